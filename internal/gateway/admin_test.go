package gateway

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAdmin(t *testing.T) {
	t.Parallel()
	d := newDesk(t, versionSDL("a", "http://api.test"), io.Discard)
	h := Admin(d.gateway, d.Reloader, d.metrics)
	steps := []struct {
		method, path string
		header       map[string]string
		text         string // put before the request
		status       int
		says         []string
	}{
		{"GET", "/livez", nil, "", 200, []string{"ok"}},
		{"GET", "/readyz", nil, "", 200, []string{"ok"}},
		{"GET", "/status", nil, "", 200, []string{`"generation": 1`, `"revision": "`, `"built": "`}},
		{"GET", "/graphql", nil, "", 404, nil},
		{"GET", "/-/reload", nil, "", 405, nil},
		{"POST", "/-/reload", map[string]string{"Origin": "https://evil.test"}, "", 403, nil},
		{"POST", "/-/reload", map[string]string{"Sec-Fetch-Site": "cross-site"}, "", 403, nil},
		{"POST", "/-/reload", map[string]string{"Origin": "null"}, "", 403, nil},
		{"POST", "/-/reload", map[string]string{"Origin": "http://example.com"}, "", 200, []string{`"result": "unchanged"`}}, // httptest's own host
		{"POST", "/-/reload", nil, versionSDL("b", "http://api.test"), 200, []string{`"result": "applied"`, `"generation": 2`}},
		{"POST", "/-/reload", nil, "type Query {", 422, []string{`"result": "rejected"`, `"generation": 2`, `gateway.graphql:1:`}},
		{"GET", "/status", nil, "", 200, []string{`"generation": 2`, `"result": "rejected"`, `"trigger": "admin"`}},
		{"GET", "/metrics", nil, "", 200, []string{
			`manifold_config_reload_total{result="applied"} 1`, `manifold_config_reload_total{result="rejected"} 1`,
			`manifold_config_reload_total{result="unchanged"} 1`, "manifold_config_generation 2", "go_goroutines",
		}},
	}
	for _, s := range steps {
		if s.text != "" {
			d.put(inputsOf(s.text))
		}
		r := httptest.NewRequest(s.method, s.path, nil)
		for name, value := range s.header {
			r.Header.Set(name, value)
		}
		resp := ask(h, r)
		body := bodyOf(t, resp)
		if resp.StatusCode != s.status {
			t.Errorf("%s %s %v: status %d, want %d\n%s", s.method, s.path, s.header, resp.StatusCode, s.status, body)
		}
		for _, says := range s.says {
			if !strings.Contains(body, says) {
				t.Errorf("%s %s: no %s in\n%.600s", s.method, s.path, says, body)
			}
		}
	}
	// Nothing of it is on the public listener.
	for _, path := range []string{"/metrics", "/status", "/-/reload"} {
		if resp := ask(d.gateway, httptest.NewRequest("POST", path, nil)); resp.StatusCode != 404 {
			t.Errorf("public %s: status %d", path, resp.StatusCode)
		}
	}
}
