package reviews_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"go.uber.org/goleak"

	"manifold/examples/shop/reviews"
	"manifold/examples/shop/reviews/graph"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func noon() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }

// start serves reviews of p1 to p32 by users 1 to 200 on loopback and returns the URL. It ends with the test.
func start(t *testing.T) string {
	t.Helper()
	o := reviews.Options{Users: 200, Now: noon}
	for i := range 32 {
		o.Products = append(o.Products, fmt.Sprint("p", i+1))
	}
	server := httptest.NewServer(reviews.Handler(o))
	t.Cleanup(server.Close)
	return server.URL + "/graphql"
}

// post asks as any client would and returns the answer's text. Variables are name and value in turn.
func post(t *testing.T, to, document string, variables ...any) string {
	t.Helper()
	values := map[string]any{}
	for i := 0; i+1 < len(variables); i += 2 {
		values[variables[i].(string)] = variables[i+1]
	}
	body, err := json.Marshal(map[string]any{"query": document, "variables": values})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(to, "application/json", bytes.NewReader(body))
	return text(t, resp, err)
}

func text(t *testing.T, resp *http.Response, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	to := start(t)
	for _, c := range []struct{ name, document, want string }{
		{
			"one review", `{ review(id: "r1") { id stars authorId product { id } createdAt } none: review(id: "r9999") { id } }`,
			`{"data":{"review":{"id":"r1","stars":5,"authorId":"1","product":{"id":"p1"},"createdAt":"CREATED"},"none":null}}`,
		},
		{
			"products in the order of the ids, null for unknown ones, twice if asked twice",
			`{ productsByIds(ids: ["p32", "none", "p1", "p1"]) { id rating reviewCount reviews { stars } questions { id } } }`,
			`{"data":{"productsByIds":[{"id":"p32","rating":null,"reviewCount":0,"reviews":[],"questions":[]},null,LAMP,LAMP]}}`,
		},
		{"the newest first", `{ reviewsOf(productId: "p1", first: 2) { id } }`, `{"data":{"reviewsOf":[{"id":"r5"},{"id":"r4"}]}}`},
		{
			"the best first, of equals the newest", `{ reviewsOf(productId: "p1", order: BEST) { id } }`,
			`{"data":{"reviewsOf":[{"id":"r4"},{"id":"r2"},{"id":"r1"},{"id":"r5"},{"id":"r3"}]}}`,
		},
		{
			"the worst first, of equals the newest", `{ reviewsOf(productId: "p1", order: WORST, first: 3) { id } }`,
			`{"data":{"reviewsOf":[{"id":"r5"},{"id":"r3"},{"id":"r4"}]}}`,
		},
		{"of no product", `{ reviewsOf(productId: "none") { id } }`, `{"data":{"reviewsOf":[]}}`},
		{
			"a null argument is the default", `{ productsByIds(ids: ["p1"]) { a: reviews(first: null) { id } b: reviews(first: 0) { id } } }`,
			`{"data":{"productsByIds":[{"a":[{"id":"r5"},{"id":"r4"},{"id":"r3"},{"id":"r2"},{"id":"r1"}],"b":[]}]}}`,
		},
		{"of nothing", `{ productsByIds(ids: []) { id } latest(first: 0) { id } }`, `{"data":{"productsByIds":[],"latest":[]}}`},
	} {
		want := strings.NewReplacer(
			"LAMP", `{"id":"p1","rating":4.6,"reviewCount":5,"reviews":[{"stars":4},{"stars":5},{"stars":4},{"stars":5},{"stars":5}],"questions":[]}`,
			"CREATED", "2025-09-02T03:46:00Z",
		).Replace(c.want)
		if got := post(t, to, c.document); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	to := start(t)
	add := `mutation { addReview(input: { productId: %q, authorId: %q, stars: %d }) { id } }`
	many := `{ productsByIds(ids: [` + strings.Repeat(`"p1" `, 51) + `]) { id } }`
	for _, c := range []struct{ name, document, code, says string }{
		{"too many ids", many, "BAD_USER_INPUT", "up to 50 values, not 51"},
		{"too many reviews", `{ reviewsOf(productId: "p1", first: 101) { id } }`, "BAD_USER_INPUT", "from 0 to 100, not 101"},
		{"fewer than none", `{ latest(first: -1) { id } }`, "BAD_USER_INPUT", "not -1"},
		{"fewer than none below", `{ productsByIds(ids: ["p1"]) { questions(first: -2) { id } } }`, "BAD_USER_INPUT", "not -2"},
		{"no such product", fmt.Sprintf(add, "p33", "1", 3), "BAD_USER_INPUT", `no product \"p33\"`},
		{"no such author", fmt.Sprintf(add, "p1", "201", 3), "BAD_USER_INPUT", `no user \"201\"`},
		{"an author with a name", fmt.Sprintf(add, "p1", "ada", 3), "BAD_USER_INPUT", `no user \"ada\"`},
		{"no stars", fmt.Sprintf(add, "p1", "1", 0), "BAD_USER_INPUT", "from 1 to 5, not 0"},
		{"six stars", fmt.Sprintf(add, "p1", "1", 6), "BAD_USER_INPUT", "from 1 to 5, not 6"},
		{"an unknown field", `{ nothing }`, "GRAPHQL_VALIDATION_FAILED", "nothing"},
		{"no GraphQL", `{ review(`, "GRAPHQL_PARSE_FAILED", "Expected"},
	} {
		got := post(t, to, c.document)
		if !strings.Contains(got, `"code":"`+c.code+`"`) || !strings.Contains(got, c.says) {
			t.Errorf("%s: got %s, want %s and %q", c.name, got, c.code, c.says)
		}
	}
	if got := post(t, to, `{ productsByIds(ids: ["p1"]) { reviewCount } latest(first: 1) { id } }`); got != `{"data":{"productsByIds":[{"reviewCount":5}],"latest":[{"id":"q50"}]}}` {
		t.Errorf("something was added all the same: %s", got)
	}
}

func TestAddedReviewIsThere(t *testing.T) {
	t.Parallel()
	to := start(t)
	const add = `mutation($in: AddReviewInput!) { addReview(input: $in) {
		id stars body authorId attachments { __typename } createdAt product { id rating reviewCount } } }`
	in := map[string]any{"productId": "p1", "authorId": "7", "stars": 1, "body": "Too \"bright\" 💡"}
	want := `{"data":{"addReview":{"id":"r251","stars":1,"body":"Too \"bright\" 💡","authorId":"7","attachments":[],` +
		`"createdAt":"2026-06-01T12:00:00Z","product":{"id":"p1","rating":4,"reviewCount":6}}}}`
	if got := post(t, to, add, "in", in); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	got := post(t, to, `{ review(id: "r251") { authorId } latest(first: 1) { id } productsByIds(ids: ["p1"]) { reviews(first: 1) { id } } }`)
	if got != `{"data":{"review":{"authorId":"7"},"latest":[{"id":"r251"}],"productsByIds":[{"reviews":[{"id":"r251"}]}]}}` {
		t.Errorf("after it was added: %s", got)
	}
}

// Many clients write and read at once: every review gets an id of its own, and none is lost.
func TestManyWriters(t *testing.T) {
	t.Parallel()
	to := start(t)
	answers := make([]string, 16)
	var wait sync.WaitGroup
	for i := range answers {
		wait.Go(func() {
			answers[i] = post(t, to, `mutation { addReview(input: { productId: "p32", authorId: 3, stars: 4 }) { id product { rating } } }`)
			post(t, to, `{ latest { id product { rating reviews { id } questions { id } } } reviewsOf(productId: "p32", order: BEST) { id } }`)
		})
	}
	wait.Wait()
	all := strings.Join(answers, "")
	for i := range answers {
		if want := fmt.Sprintf(`{"data":{"addReview":{"id":"r%d","product":{"rating":4}}}}`, 251+i); !strings.Contains(all, want) {
			t.Errorf("nobody got %s", want)
		}
	}
	if got := post(t, to, `{ productsByIds(ids: ["p32"]) { reviewCount } }`); got != `{"data":{"productsByIds":[{"reviewCount":16}]}}` {
		t.Errorf("got %s, want 16", got)
	}
}

// Posts are an interface and attachments a union, and the data has each kind of both, and the holes that real data has.
func TestPostsShowEverything(t *testing.T) {
	t.Parallel()
	to := start(t)
	const document = `{ latest(first: 100) { __typename id body authorId createdAt product { id }
		... on Review { stars attachments { __typename ... on Photo { url width height } ... on Video { url seconds } } }
		... on Question { answer } } }`
	got := post(t, to, document)
	for _, part := range []string{
		`"__typename":"Review"`, `"__typename":"Question"`, `"__typename":"Photo","url":"https://media.example.com/posts/`,
		`"__typename":"Video","url":"https://media.example.com/posts/`, `"body":null`, `"answer":null`, `"answer":"`,
		`"attachments":[]`, `"stars":1,`, `"stars":5,`,
	} {
		if !strings.Contains(got, part) {
			t.Errorf("no post has %s in\n%s", part, got)
		}
	}
	if strings.Contains(got, `"errors"`) || got != post(t, start(t), document) {
		t.Error("there are errors, or another start answers differently")
	}
	var posts struct {
		Data struct {
			Latest []struct{ ID, CreatedAt string }
		}
	}
	if err := json.Unmarshal([]byte(got), &posts); err != nil || len(posts.Data.Latest) != 100 {
		t.Fatalf("%d posts, %v", len(posts.Data.Latest), err)
	}
	for i, p := range posts.Data.Latest[1:] {
		if p.CreatedAt >= posts.Data.Latest[i].CreatedAt {
			t.Errorf("%s is not older than %s before it", p.ID, posts.Data.Latest[i].ID)
		}
	}
}

func TestTransports(t *testing.T) {
	t.Parallel()
	to := start(t)
	resp, err := http.Get(to + "?query=" + url.QueryEscape(`{ review(id: 1) { id } }`))
	if got := text(t, resp, err); got != `{"data":{"review":null}}` {
		t.Errorf("GET: %s", got)
	}
	got := post(t, to, `{ __type(name: "Post") { kind possibleTypes { name } } }`)
	if got != `{"data":{"__type":{"kind":"INTERFACE","possibleTypes":[{"name":"Review"},{"name":"Question"}]}}}` {
		t.Errorf("introspection: %s", got)
	}
	large, err := http.Post(to, "application/json", strings.NewReader(`{"query":"`+strings.Repeat(" ", 1<<20)+`{ latest { id } }"}`))
	if got := text(t, large, err); !strings.Contains(got, "too large") || !strings.Contains(got, `"data":null`) {
		t.Errorf("a body of more than 1 MiB: %s", got)
	}
	elsewhere, err := http.Get(strings.TrimSuffix(to, "/graphql"))
	if text(t, elsewhere, err); elsewhere.StatusCode != http.StatusNotFound {
		t.Errorf("another path: %d", elsewhere.StatusCode)
	}
}

// OnRequest sees every document, one that is refused too, with the values of the request's context.
func TestOnRequest(t *testing.T) {
	t.Parallel()
	type key struct{}
	var told []string
	h := reviews.Handler(reviews.Options{Products: []string{"a", "b", "c", "d"}, Users: 3, Now: noon, OnRequest: func(ctx context.Context, document string) {
		told = append(told, fmt.Sprint(ctx.Value(key{}), " ", document))
	}})
	for _, document := range []string{"{ nothing }", "{ latest { id } }"} {
		r := httptest.NewRequestWithContext(context.WithValue(t.Context(), key{}, "ours"), "GET", "/graphql?query="+url.QueryEscape(document), nil)
		r.Header.Set("Content-Type", "application/json")
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	if got := strings.Join(told, ", "); got != "ours { nothing }, ours { latest { id } }" {
		t.Errorf("told %q", got)
	}
}

// The code in graph was made from schema.graphql as it is. If this fails, run `make generate`.
func TestCodeIsOfTheSchema(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("schema.graphql")
	if err != nil {
		t.Fatal(err)
	}
	said, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphql", Input: string(file)})
	if err != nil {
		t.Fatal(err)
	}
	var want, got strings.Builder
	formatter.NewFormatter(&want).FormatSchema(said)
	formatter.NewFormatter(&got).FormatSchema(graph.NewExecutableSchema(graph.Config{}).Schema())
	if got.String() != want.String() {
		t.Errorf("the code was made from\n%s\nand schema.graphql says\n%s", got.String(), want.String())
	}
}
