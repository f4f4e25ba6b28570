package gateway

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/plan"
)

const testSDL = `
type Query { user(id: ID, filter: Filter): User users: [User!]! node: Node pet: Pet text(s: String, n: Int): String color(c: Color): String }
type Mutation { rename(name: String!): User }
type Subscription { ticks: Int }
interface Node { id: ID! name: String friend: User }
type User implements Node { id: ID! name: String friend: User friends: [User!] age: Int nick(short: Boolean): String }
type Shop implements Node { id: ID! name: String friend: User owner: User! age: String nick(short: Boolean): String }
union Pet = Dog | Cat
type Dog { name: String owner: User bark: Int }
type Cat { name: String owner: Shop meow: String }
input Filter { name: String tags: [String!] nested: Filter }
enum Color { RED GREEN }
`

// fakeAnswer is a finished result.
type fakeAnswer struct {
	data, errors string
	released     *atomic.Int32
}

func (a fakeAnswer) Data() []byte                       { return []byte(a.data) }
func (a fakeAnswer) HasErrors() bool                    { return a.errors != "" }
func (a fakeAnswer) AppendErrors(dst []byte) []byte     { return append(dst, a.errors...) }
func (a fakeAnswer) AppendExtensions(dst []byte) []byte { return dst }
func (a fakeAnswer) Status() int                        { return 200 }
func (a fakeAnswer) AddHeaders(http.Header)             {}
func (a fakeAnswer) Release()                           { a.released.Add(1) }

// fakeSchema is an ExecutableSchema that answers every operation alike.
type fakeSchema struct {
	schema   *ast.Schema
	exec     func(ctx context.Context, x *exchange) graphql.ResponseHandler
	ran      atomic.Int32
	released atomic.Int32
	compiled atomic.Int32
}

func (f *fakeSchema) Schema() *ast.Schema { return f.schema }

func (f *fakeSchema) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

var emptyResponse = &graphql.Response{Data: []byte("null")}

func (f *fakeSchema) Exec(ctx context.Context) graphql.ResponseHandler {
	f.ran.Add(1)
	x := exchangeFrom(ctx)
	if f.exec != nil {
		return f.exec(ctx, x)
	}
	op := x.operation(graphql.GetOperationContext(ctx).Operation)
	if _, err := op.plan(f.compile); err != nil {
		panic(err)
	}
	x.finish(fakeAnswer{data: `{"ok":true}`, released: &f.released})
	return graphql.OneShot(emptyResponse)
}

func (f *fakeSchema) compile(_ *ast.QueryDocument, op *ast.OperationDefinition) (*plan.Operation, error) {
	f.compiled.Add(1)
	return &plan.Operation{Name: op.Name}, nil
}

func newFake(t testing.TB) *fakeSchema {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Input: testSDL})
	if err != nil {
		t.Fatal(err)
	}
	return &fakeSchema{schema: schema}
}

// serve returns the handler of /graphql in front of f.
func (f *fakeSchema) serve(l Limits, dev bool) http.Handler {
	srv := handler.New(f)
	install(srv, f.schema, l, dev, slog.New(slog.DiscardHandler))
	return srv
}

// ask sends one request and returns the response.
func ask(h http.Handler, r *http.Request) *http.Response {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec.Result()
}

func postRequest(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return r
}

func bodyOf(t testing.TB, resp *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
