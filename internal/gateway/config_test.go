package gateway

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/schema"
)

// $config is read in a URL, a header, and a selection, each source its own; an overlay's header takes the place of the
// source's, and braces in it are text.
func TestConfigOfSources(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"path":%q,"key":%q,"token":%q}`, r.URL.RequestURI(), r.Header.Get("Key"), r.Header.Get("Token"))
	}))
	defer srv.Close()
	const sdl = `extend schema
  @source(name: "one", http: { baseURL: "http://unused.test", headers: [{ name: "Token", value: "old" }] })
  @source(name: "two", http: { baseURL: "http://unused.test" })
scalar JSON
type Query {
  one: T @connect(source: "one", selection: "path key token part: $config.page.size all: $config"
    http: { GET: "/{$config.tenant}?n={$config.page.size}&list={$config.list->joinNotNull(',')}", headers: [{ name: "Key", value: "k-{$config.tenant}" }] })
  two: U @connect(source: "two", http: { GET: "/{$config.tenant}" }, selection: "path all: $config")
}
type U { path: String all: JSON }
type T { path: String key: String token: String part: Int all: JSON }
`
	overlay := func(config string) schema.Overlay {
		o := schema.Overlay{BaseURL: srv.URL}
		if err := json.Unmarshal([]byte(config), &o.Config); err != nil {
			t.Fatal(err)
		}
		return o
	}
	one := overlay(`{"tenant": "a b", "page": {"size": 50}, "list": [1, 2]}`)
	one.Headers = []schema.OverlayHeader{{Name: "token", Value: "{$args.x} new"}}
	gen, err := Build([]*ast.Source{{Name: "g", Input: sdl}}, Options{
		Logger: slog.New(slog.DiscardHandler), Overlays: map[string]schema.Overlay{"one": one, "two": overlay(`{"tenant": 7}`)},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer gen.Close()
	got := bodyOf(t, ask(New(gen), postRequest(`{"query":"{one{path key token part all} two{path all}}"}`)))
	want := `{"data":{"one":{"path":"/a%20b?n=50&list=1,2","key":"k-a b","token":"{$args.x} new","part":50,` +
		`"all":{"list":[1, 2],"page":{"size": 50},"tenant":"a b"}},"two":{"path":"/7","all":{"tenant":7}}}}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
