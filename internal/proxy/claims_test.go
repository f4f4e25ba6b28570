package proxy_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"manifold/internal/auth"
	"manifold/internal/fault"
	"manifold/internal/paths"
	"manifold/internal/proxy"
	"manifold/internal/template"
	"manifold/schema"
)

// sent is a transport that answers with the headers that it was given.
type sent func(*http.Request)

func (s sent) RoundTrip(r *http.Request) (*http.Response, error) {
	s(r)
	return &http.Response{StatusCode: 204, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}

// What a template says of who asks is asked once, and only where a template asks.
func TestClaims(t *testing.T) {
	t.Parallel()
	text := func(s string) *template.Text {
		out, err := template.ParseText(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	slash, err := template.ParseURL("/")
	if err != nil {
		t.Fatal(err)
	}
	pattern := func(s string) *paths.Pattern {
		out, err := paths.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	known := &schema.Source{Name: "old", BaseURL: "http://old", Headers: []schema.Header{
		{Name: "X-User-Id", Value: text("{$claims.sub}")},
		{Name: "X-Tenant", Value: text("t-{$claims.org.tenant}")},
		{Name: "X-App", Value: text("{$client.id}/{$client.plan}")},
		{Name: "X-Roles", Value: text("{$claims.roles->joinNotNull(',')}")},
	}}
	plain := &schema.Source{Name: "plain", Index: 1, BaseURL: "http://plain"}
	var asked []string
	var got http.Header
	h := proxy.Handler(proxy.Options{
		Model: &schema.Gateway{Proxies: []*schema.Proxy{
			{Path: "/known/*", Pattern: pattern("/known/"), Source: known, Base: slash.WithBase(known.BaseURL)},
			{Path: "/in/*", Pattern: pattern("/in/"), Source: known, Base: slash.WithBase(known.BaseURL), Auth: []string{"jwt"}},
			{Path: "/plain/*", Pattern: pattern("/plain/"), Source: plain, Base: slash.WithBase(plain.BaseURL)},
		}},
		Stream: func(int) http.RoundTripper { return sent(func(r *http.Request) { got = r.Header }) },
		Identify: func(r *http.Request, methods []string) (*auth.Identity, error) {
			asked = append(asked, strings.Join(append(methods, "?"), ","))
			switch r.Header.Get("Authorization") {
			case "":
				return nil, nil
			case "ann":
				return &auth.Identity{
					Claims: []byte(`{"sub":"ann","org":{"tenant":"acme"},"roles":["a","b"]}`), Client: []byte(`{"id":"app","plan":null}`),
				}, nil
			case "odd":
				return &auth.Identity{Claims: []byte(`{"sub":"a\r\nX-Admin: 1"}`), Client: []byte(`{}`)}, nil
			default:
				return nil, fault.New(fault.Unauthenticated, "The token is not valid.")
			}
		},
	}, http.NotFoundHandler())
	for _, test := range []struct {
		path, credential string
		status           int
		asked            []string
		headers          string // X-User-Id X-Tenant X-App X-Roles
	}{
		{"/known/x", "ann", 204, []string{"?"}, "[ann] [t-acme] [app/] [a,b]"},
		{"/known/x", "", 204, []string{"?"}, "[] [t-] [/] []"},
		{"/known/x", "wrong", 401, []string{"?"}, ""},
		{"/known/x", "odd", 400, []string{"?"}, ""},
		{"/in/x", "ann", 204, []string{"jwt,?"}, "[ann] [t-acme] [app/] [a,b]"},
		{"/in/x", "", 401, []string{"jwt,?"}, ""},
		{"/plain/x", "wrong", 204, nil, "[eve] [] [] []"},
		{"/elsewhere", "wrong", 404, nil, ""},
	} {
		asked, got = nil, nil
		r := httptest.NewRequest("GET", test.path, http.NoBody)
		r.Header.Set("X-User-Id", "eve")
		if test.credential != "" {
			r.Header.Set("Authorization", test.credential)
		}
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		var headers []string
		for _, name := range []string{"X-User-Id", "X-Tenant", "X-App", "X-Roles"} {
			headers = append(headers, "["+strings.Join(got[name], "|")+"]")
		}
		if got == nil {
			headers = nil
		}
		body, _ := io.ReadAll(rec.Body)
		if rec.Code != test.status || !slices.Equal(asked, test.asked) || strings.Join(headers, " ") != test.headers {
			t.Errorf("%s as %q: %d, asked %q, sent %q; want %d, %q, %q\n%s",
				test.path, test.credential, rec.Code, asked, headers, test.status, test.asked, test.headers, body)
		}
	}
}
