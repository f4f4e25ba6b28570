package bench

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/gateway"
	"manifold/upstreams"
)

// blank is a ResponseWriter that keeps nothing, so that only our own work is measured.
type blank struct {
	header http.Header
	n      int
}

func (b *blank) Header() http.Header         { return b.header }
func (b *blank) WriteHeader(int)             {}
func (b *blank) Write(p []byte) (int, error) { b.n += len(p); return len(p), nil }

// handler builds a gateway whose upstream answers from memory.
func handler(tb testing.TB, sdl string) http.Handler {
	tb.Helper()
	o := gateway.Options{
		Logger: slog.New(slog.DiscardHandler),
		Callers: func(*upstreams.Set) func(int) upstreams.Caller {
			return func(int) upstreams.Caller {
				return shop()
			}
		},
	}
	gen, err := gateway.Build([]*ast.Source{{Name: "gateway.graphql", Input: sdl}}, o, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return gateway.New(gen)
}

type body struct{ io.ReadSeeker }

func (body) Close() error { return nil }

func benchmarkRequest(b *testing.B, sdl, query string) {
	b.Helper()
	h := handler(b, sdl)
	text := []byte(`{"query":"` + query + `"}`)
	in := body{bytes.NewReader(text)}
	r, err := http.NewRequest(http.MethodPost, "/graphql", io.NopCloser(in))
	if err != nil {
		b.Fatal(err)
	}
	r.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer abc"}}
	r.ContentLength = int64(len(text))
	w := &blank{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		in.Seek(0, io.SeekStart)
		r.Body = in
		w.n = 0
		h.ServeHTTP(w, r)
	}
	if w.n < 30 {
		b.Fatal("no answer")
	}
}

// BenchmarkHandlerNPlusOne is a whole request but for the network: envelope, gqlgen's executor, plan, two replies located,
// joined and projected, response.
func BenchmarkHandlerNPlusOne(b *testing.B) {
	benchmarkRequest(b, postsSDL, "{ posts { id userId title user { id name email } } }")
}

// BenchmarkHandlerConstant is the same without any call: the floor of a request.
func BenchmarkHandlerConstant(b *testing.B) {
	benchmarkRequest(b, `type Query { greet: String! @connect(selection: "$('Hello World!')") }`, "{ greet }")
}
