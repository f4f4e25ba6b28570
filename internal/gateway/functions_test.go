package gateway

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/fn"
	"manifold/internal/auth"
)

// A function reads the headers of the client's request. What it says when it fails is for the log, and for clients only in
// development or if its author wrote it for them.
func TestFunctionsOfAGateway(t *testing.T) {
	t.Parallel()
	var set fn.Set
	fn.RegisterRoot(&set, "who", func(ctx context.Context, _ fn.None) (string, error) {
		return fn.RequestOf(ctx).Header.Get("X-User"), nil
	})
	fn.RegisterRoot(&set, "fails", func(context.Context, fn.None) (int, error) { return 0, errors.New("row 7 is locked") })
	fn.RegisterRoot(&set, "panics", func(context.Context, fn.None) (int, error) { panic("row 8 is locked") })
	fn.RegisterRoot(&set, "says", func(context.Context, fn.None) (int, error) { return 0, fn.Errorf("LOCKED", "try again") })
	const sdl = `type Query {
  who: String @connect(fn: "who")
  fails: Int @connect(fn: "fails")
  panics: Int @connect(fn: "panics")
  says: Int @connect(fn: "says")
}`
	for _, dev := range []bool{false, true} {
		var log bytes.Buffer
		gen, err := Build([]*ast.Source{{Name: "gateway.graphql", Input: sdl}}, Options{
			Logger: slog.New(slog.NewTextHandler(&log, nil)), Functions: set.Functions(), Dev: dev,
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		gw := New(gen)
		r := postRequest(`{"query":"{ who fails panics says }"}`)
		r.Header.Set("X-User", "ada")
		answer := bodyOf(t, ask(gw, r))
		gw.Close()
		for text, want := range map[string]bool{
			`"data":{"who":"ada","fails":null,"panics":null,"says":null}`: true,
			"row 7 is locked":       dev,
			"row 8 is locked":       dev,
			`"message":"try again"`: true, `"code":"LOCKED"`: true, `"code":"INTERNAL"`: true,
		} {
			if strings.Contains(answer, text) != want {
				t.Errorf("development %v: %s\nhas %s: want %v", dev, answer, text, want)
			}
		}
		for _, text := range []string{"row 7 is locked", "row 8 is locked"} {
			if !strings.Contains(log.String(), text) {
				t.Errorf("the log lacks %q:\n%s", text, log.String())
			}
		}
	}
}

// A function knows who asks, over GraphQL and by a route.
func TestFunctionsKnowWhoAsks(t *testing.T) {
	t.Parallel()
	var set fn.Set
	fn.RegisterRoot(&set, "me", func(ctx context.Context, _ fn.None) (string, error) {
		r := fn.RequestOf(ctx)
		if r.Identity == nil {
			return "nobody", nil
		}
		return strings.Join([]string{r.Header.Get("X-User"), r.Identity.Method, r.Identity.Subject, strings.Join(r.Identity.Scopes, " "), string(r.Identity.Claims)}, "/"), nil
	})
	gen, err := Build([]*ast.Source{{Name: "gateway.graphql", Input: `extend schema @bff(name: "tv", prefix: "/tv", graphql: OPEN) type Query { me: String @connect(fn: "me") }`}}, Options{
		Logger: slog.New(slog.DiscardHandler), Functions: set.Functions(),
		Operations: []*ast.Source{{Name: "bff/tv/me.graphql", Input: `query Me @route(bff: "tv", path: "/me") { me }`}},
		Identify: func(r *http.Request, _ []string) (*auth.Identity, error) {
			if r.Header.Get("X-User") == "" {
				return nil, nil
			}
			return &auth.Identity{Method: "jwt", Subject: "7", Scopes: []string{"a", "b"}, Claims: []byte(`{"sub":"7"}`)}, nil
		},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	gw := New(gen)
	defer gw.Close()
	const known = `ada/jwt/7/a b/{\"sub\":\"7\"}`
	for user, want := range map[string]string{"": "nobody", "ada": known} {
		route := httptest.NewRequest("GET", "/tv/me", nil)
		post := postRequest(`{"query":"{ me }"}`)
		for _, r := range []*http.Request{route, post} {
			r.Header.Set("X-User", user)
			if answer := bodyOf(t, ask(gw, r)); !strings.Contains(answer, `"`+want+`"`) {
				t.Errorf("%s %s of %q: %s", r.Method, r.URL.Path, user, answer)
			}
		}
	}
}
