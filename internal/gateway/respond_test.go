package gateway

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
)

// TestRespond hands headers of replies to clients by both transports: on a success, on a failure, and only where it is said.
func TestRespond(t *testing.T) {
	t.Parallel()
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["Content-Type"] = []string{"application/json"}
		h["Set-Cookie"] = []string{"sid=1; HttpOnly", "theme=dark"}
		h["X-Secret"] = []string{"hidden"}
		if r.URL.Path == "/ended" {
			w.WriteHeader(http.StatusUnauthorized)
		}
		_, _ = io.WriteString(w, `1`)
	}))
	defer upstream.Close()
	gw := production(t, fmt.Sprintf(`
extend schema @source(name: "api", http: { baseURL: %q })
type Query {
  plain: Int @connect(source: "api", http: { GET: "/plain" })
  session: Int @connect(source: "api", http: { GET: "/session", respond: [{ name: "set-cookie", from: "SET-COOKIE" }] })
  ended: Int @connect(source: "api", http: { GET: "/ended", respond: [{ name: "Set-Cookie", from: "Set-Cookie" }, { name: "X-Status", value: "{$status}" }] })
}
type Mutation {
  login: Int @connect(source: "api", http: { POST: "/login", respond: [{ name: "Set-Cookie", from: "Set-Cookie" }] })
}`, upstream.URL), nil, NewMetrics())
	cookies := []string{"sid=1; HttpOnly", "theme=dark"}
	for _, test := range []struct {
		request *http.Request
		cookies []string
		status  string
		answer  string
	}{
		{postRequest(`{"query":"mutation { login again: login }"}`), cookies, "", `{"data":{"login":1,"again":1}}`},
		{postRequest(`{"query":"{ plain }"}`), nil, "", `{"data":{"plain":1}}`},
		{getRequest("{ plain }"), nil, "", `{"data":{"plain":1}}`},
		{getRequest("{ session plain }"), cookies, "", `{"data":{"session":1,"plain":1}}`},
		{
			getRequest("{ ended }"), cookies, "401",
			`{"errors":[{"message":"The upstream does not know who calls.","locations":[{"line":1,"column":3}],"path":["ended"],` +
				`"extensions":{"code":"UNAUTHENTICATED","upstream":"api"}}],"data":{"ended":null}}`,
		},
		{getRequest("{ ended: plain }"), nil, "", `{"data":{"ended":1}}`},
	} {
		resp := ask(gw, test.request)
		if answer := bodyOf(t, resp); answer != test.answer || resp.StatusCode != 200 {
			t.Errorf("%d %s", resp.StatusCode, answer)
		}
		h := resp.Header
		kept := ""
		if test.cookies != nil || test.request.Method == http.MethodGet {
			kept = "no-store"
		}
		if !slices.Equal(h["Set-Cookie"], test.cookies) || h.Get("X-Status") != test.status || h.Get("Cache-Control") != kept || h["X-Secret"] != nil {
			t.Errorf("%s: headers %q", test.answer, h)
		}
		if h.Get("Content-Type") != "application/graphql-response+json; charset=utf-8" && h.Get("Content-Type") != "application/json; charset=utf-8" {
			t.Errorf("%s: content type %q", test.answer, h.Get("Content-Type"))
		}
	}
}

func getRequest(query string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/graphql?query="+url.QueryEscape(query), nil)
	r.Header.Set("Apollo-Require-Preflight", "1")
	return r
}
