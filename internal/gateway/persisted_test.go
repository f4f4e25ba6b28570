package gateway

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"manifold/internal/fault"
)

func sum(text string) string {
	s := sha256.Sum256([]byte(text))
	return hex.EncodeToString(s[:])
}

func persistedRequest(query, hash string) *http.Request {
	body := map[string]any{"extensions": map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": hash}}}
	if query != "" {
		body["query"] = query
	}
	b, _ := json.Marshal(body)
	return postRequest(string(b))
}

func TestPersistedQueries(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	h := f.serve(Limits{}, false)
	expect := func(r *http.Request, status int, code fault.Code) {
		t.Helper()
		resp := ask(h, r)
		body := bodyOf(t, resp)
		if resp.StatusCode != status {
			t.Errorf("status %d, want %d: %s", resp.StatusCode, status, body)
		}
		checkBody(t, body, code, "")
	}
	const query, invalid = "{ user { id } }", "{ nope }"
	resp := ask(h, persistedRequest("", sum(query)))
	if body := bodyOf(t, resp); resp.StatusCode != 200 || !strings.Contains(body, `"message":"PersistedQueryNotFound"`) ||
		!strings.Contains(body, string(fault.PersistedQueryNotFound)) {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	expect(persistedRequest(query, sum(invalid)), 400, fault.PersistedQueryHashMismatch)
	expect(persistedRequest("", sum(invalid)), 200, fault.PersistedQueryNotFound) // not planted
	expect(persistedRequest(query, sum(query)), 200, "")
	expect(persistedRequest("", sum(query)), 200, "")

	expect(persistedRequest(invalid, sum(invalid)), 422, fault.ValidationFailed)
	expect(persistedRequest("", sum(invalid)), 200, fault.PersistedQueryNotFound)
	large := "{ user { id } } #" + strings.Repeat("x", 20_000)
	expect(persistedRequest(large, sum(large)), 200, "")
	expect(persistedRequest("", sum(large)), 200, fault.PersistedQueryNotFound)

	const mutation = `mutation { rename(name: "a") { id } }`
	expect(persistedRequest(mutation, sum(mutation)), 200, "")
	ext := url.QueryEscape(`{"persistedQuery":{"version":1,"sha256Hash":"` + sum(mutation) + `"}}`)
	expect(httptest.NewRequest(http.MethodGet, "/graphql?extensions="+ext, nil), 405, fault.MethodNotAllowed)
	ext = url.QueryEscape(`{"persistedQuery":{"version":1,"sha256Hash":"` + sum(query) + `"}}`)
	expect(httptest.NewRequest(http.MethodGet, "/graphql?extensions="+ext, nil), 200, "")
}

func TestPersistedQueryExtensionIsReadStrictly(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	h := f.serve(Limits{}, false)
	for _, ext := range []string{
		`{"persistedQuery":1}`,
		`{"persistedQuery":{}}`,
		`{"persistedQuery":{"version":2,"sha256Hash":"` + sum("a") + `"}}`,
		`{"persistedQuery":{"version":1}}`,
		`{"persistedQuery":{"version":1,"sha256Hash":7}}`,
		`{"persistedQuery":{"version":1,"sha256Hash":"abc"}}`,
		`{"persistedQuery":{"version":1,"sha256Hash":"` + strings.ToUpper(sum("a")) + `"}}`,
	} {
		resp := ask(h, postRequest(`{"extensions":`+ext+`}`))
		if resp.StatusCode != 400 {
			t.Errorf("%s: %d", ext, resp.StatusCode)
		}
		checkBody(t, bodyOf(t, resp), fault.BadRequest, "persistedQuery")
	}
	for _, ext := range []string{`{}`, `{"persistedQuery":null}`, `{"other":{"persistedQuery":1}}`} {
		if resp := ask(h, postRequest(`{"query":"{user{id}}","extensions":`+ext+`}`)); resp.StatusCode != 200 {
			t.Errorf("%s: %d", ext, resp.StatusCode)
		}
	}
}

func TestPersistedQueriesAreBounded(t *testing.T) {
	t.Parallel()
	l := DefaultLimits()
	l.PersistedBytes = 64 << 10
	p := newPersisted(l)
	for i := range 5000 {
		text := "{ a" + strconv.Itoa(i) + " }"
		p.keep(sum(text), text)
	}
	if entries, weight := p.texts.size(); weight > l.PersistedBytes || entries < 100 {
		t.Errorf("%d texts weigh %d", entries, weight)
	}
}
