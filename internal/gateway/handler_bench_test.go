package gateway

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
)

// discard is a ResponseWriter that keeps nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

// readyAnswer is an answer that costs nothing.
type readyAnswer struct{ data []byte }

func (a *readyAnswer) Data() []byte                       { return a.data }
func (a *readyAnswer) HasErrors() bool                    { return false }
func (a *readyAnswer) AppendExtensions(dst []byte) []byte { return dst }
func (a *readyAnswer) Status() int                        { return 200 }
func (a *readyAnswer) AddHeaders(http.Header)             {}
func (a *readyAnswer) AppendErrors(dst []byte) []byte     { return dst }
func (a *readyAnswer) Release()                           {}

// benchHandler returns a handler that answers with 27 KB, and one request for it.
func benchHandler(tb testing.TB) (http.Handler, func() *http.Request) {
	tb.Helper()
	f := newFake(tb)
	answer := &readyAnswer{data: []byte(`{"text":"` + strings.Repeat("x", 27<<10) + `"}`)}
	compile := f.compile
	f.exec = func(ctx context.Context, x *exchange) graphql.ResponseHandler {
		op := x.operation(graphql.GetOperationContext(ctx).Operation)
		if _, err := op.plan(compile); err != nil {
			tb.Error(err)
		}
		x.finish(answer)
		return func(context.Context) *graphql.Response { return nil }
	}
	body := []byte(`{"query":"query A($id: ID!) { user(id: $id) { id name friend { id name } } }","variables":{"id":"7"},"operationName":"A"}`)
	reader := bytes.NewReader(body)
	r := httptest.NewRequest(http.MethodPost, "/graphql", io.NopCloser(reader))
	r.ContentLength = int64(len(body))
	r.Header.Set("Content-Type", "application/json")
	return f.serve(Limits{}, false), func() *http.Request {
		reader.Reset(body)
		return r
	}
}

// BenchmarkPost measures everything between the server and the engine.
func BenchmarkPost(b *testing.B) {
	h, request := benchHandler(b)
	w := &discard{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		h.ServeHTTP(w, request())
	}
}

// TestPostAllocations holds the number of allocations between the server and the engine, gqlgen's included. It counts
// them, so it runs alone.
func TestPostAllocations(t *testing.T) {
	if raceBuild {
		t.Skip("the race detector makes pools drop what they hold")
	}
	h, request := benchHandler(t)
	w := &discard{header: http.Header{}}
	n := testing.AllocsPerRun(200, func() {
		clear(w.header)
		h.ServeHTTP(w, request())
	})
	const most = 20
	if n > most {
		t.Errorf("%v allocations, want at most %d", n, most)
	}
}
