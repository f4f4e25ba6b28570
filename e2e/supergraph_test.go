package e2e_test

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// goods is what the services behind testdata/supergraph know, by path: lists of objects, found by the keys in the query.
const goods = `{
  "/products": [
    { "id": "1", "sku": "a", "name": "Anvil", "makerId": "m1" },
    { "id": "2", "sku": "b/2", "name": "Bell", "makerId": "m2" },
    { "id": "3", "sku": "c", "name": "Clock", "makerId": null }],
  "/makers": [{ "id": "m1", "name": "Acme" }, { "id": "m2", "name": "Bolt \"&\" Sons" }],
  "/reviews": [
    { "id": "r1", "text": "heavy", "productSku": "a" },
    { "id": "r2", "text": "😀", "productSku": "b/2" },
    { "id": "r3", "text": "of what?", "productSku": "gone" }],
  "/ratings": [{ "sku": "a", "rating": 4.5 }, { "sku": "c", "rating": 1 }],
  "/fame": [{ "id": "m2", "fame": 7 }]
}`

// startGoods serves goods.
func startGoods(t *testing.T) (url string) {
	t.Helper()
	var all map[string][]map[string]any
	if err := json.Unmarshal([]byte(goods), &all); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		found := slices.Clone(all[r.URL.Path])
		for name, values := range r.URL.Query() {
			wanted := strings.Split(strings.Join(values, ","), ",")
			found = slices.DeleteFunc(found, func(o map[string]any) bool {
				key, _ := o[strings.TrimSuffix(name, "s")].(string)
				return !slices.Contains(wanted, key)
			})
		}
		body, _ := json.Marshal(found)
		reply(w, body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// supergraphQueries are asked of the supergraph, and of one gateway that serves both files. The answers are the same, but for what
// is said of a product that is not there: Federation's router has its key and so takes it for one, a gateway looks.
var supergraphQueries = []struct{ query, want, alone string }{
	{ // from products to reviews, by one key and the other
		query: `{ products { id sku name rating maker { name fame } } }`,
		want: `{"products":[
			{"id":"1","sku":"a","name":"Anvil","rating":4.5,"maker":{"name":"Acme","fame":null}},
			{"id":"2","sku":"b/2","name":"Bell","rating":null,"maker":{"name":"Bolt \"&\" Sons","fame":7}},
			{"id":"3","sku":"c","name":"Clock","rating":1,"maker":null}]}`,
	},
	{ // and back: products that reviews only name
		query: `{ reviews { text product { __typename sku maker { fame name } } } }`,
		want: `{"reviews":[
			{"text":"heavy","product":{"__typename":"Product","sku":"a","maker":{"fame":null,"name":"Acme"}}},
			{"text":"😀","product":{"__typename":"Product","sku":"b/2","maker":{"fame":7,"name":"Bolt \"&\" Sons"}}},
			{"text":"of what?","product":{"__typename":"Product","sku":"gone","maker":null}}]}`,
		alone: `{"reviews":[
			{"text":"heavy","product":{"__typename":"Product","sku":"a","maker":{"fame":null,"name":"Acme"}}},
			{"text":"😀","product":{"__typename":"Product","sku":"b/2","maker":{"fame":7,"name":"Bolt \"&\" Sons"}}},
			{"text":"of what?","product":null}]}`,
	},
}

// TestSubgraphsOfASupergraph has two gateways composed to a supergraph, by what Query._service tells, and asks it by another
// implementation of Federation, which calls them by Query._entities.
func TestSubgraphsOfASupergraph(t *testing.T) {
	t.Parallel()
	env := []string{"UPSTREAM=" + startGoods(t)}
	const products, reviews = "testdata/supergraph/products.graphql", "testdata/supergraph/reviews.graphql"
	in := struct {
		Subgraphs map[string]string `json:"subgraphs"`
		Queries   []string          `json:"queries"`
	}{Subgraphs: map[string]string{
		"products": start(t, env, "serve", "--federation", products) + "/graphql",
		"reviews":  start(t, env, "serve", "--federation", reviews) + "/graphql",
	}}
	for _, q := range supergraphQueries {
		in.Queries = append(in.Queries, q.query)
	}
	var out struct {
		SDL     map[string]string
		Errors  []string
		Answers []response
	}
	node(t, "supergraph.cjs", in, &out)
	if len(out.Errors) > 0 {
		t.Fatalf("no supergraph:\n%s\n%s\n%s", strings.Join(out.Errors, "\n"), out.SDL["products"], out.SDL["reviews"])
	}
	one := start(t, env, "serve", products, reviews)
	for i, q := range supergraphQueries {
		if have, want := out.Answers[i].String(), canonical(json.RawMessage(q.want)); have != want {
			t.Errorf("%s of the supergraph\nwant %s\nhave %s", q.query, want, have)
		}
		want := canonical(json.RawMessage(cmp.Or(q.alone, q.want)))
		if have := ask(t, one, sameCase{Query: q.query}).String(); have != want {
			t.Errorf("%s of one gateway\nwant %s\nhave %s", q.query, want, have)
		}
	}
	for name, file := range map[string]string{"products": products, "reviews": reviews} {
		cmd := exec.CommandContext(t.Context(), have.manifold, "schema", "--federation", file)
		cmd.Env = append(os.Environ(), env...)
		text, err := output(cmd)
		if err != nil {
			t.Fatal(err)
		}
		if text != out.SDL[name] {
			t.Errorf("manifold schema --federation prints\n%s\n_service tells\n%s", text, out.SDL[name])
		}
	}
}
