package gatewaytest

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"manifold/bff"
	"manifold/internal/auth"
)

// SpecHTTP is a request of a route: the section `http LABEL`, written like one of HTTP/1.1, in which the length of the body needs
// not be told. The section `answer LABEL` is what it gets: the status, the headers in order of their names but for those that
// say nothing new, an empty line, the body.
type SpecHTTP struct {
	Label string
	Text  string
}

// routes opens the clients of a spec. It returns nil after a problem.
func (s *Spec) routes(g *Gateway, out map[string]string) *bff.Server {
	api, problems := bff.Load(s.Operations, g.Model, g.compiler)
	if len(problems) > 0 {
		section := "warnings"
		if problems.Failed() {
			section = "problems"
		}
		out[section] += problems.Error() + "\n"
	}
	if problems.Failed() {
		return nil
	}
	return bff.NewServer(api, bff.Options{
		Model: g.Model, Engine: g.engine,
		Identify: func(r *http.Request, methods []string) (*auth.Identity, error) {
			who, _ := r.Context().Value(whoKey{}).(*auth.Identity)
			if who != nil && methods != nil && !slices.Contains(methods, who.Method) {
				return nil, nil
			}
			return who, nil
		},
		Challenge: func([]string, bool) string { return "Bearer" },
	})
}

type whoKey struct{}

// call makes a request of a route.
func (s *Spec) call(t *testing.T, server *bff.Server, h *SpecHTTP, out map[string]string) {
	t.Helper()
	head, body, _ := strings.Cut(h.Text, "\n\n")
	body = strings.TrimSuffix(body, "\n")
	first, rest, _ := strings.Cut(strings.TrimSpace(head)+"\n", "\n")
	text := first + " HTTP/1.1\r\nHost: gateway.test\r\n" + strings.ReplaceAll(rest, "\n", "\r\n") + fmt.Sprintf("Content-Length: %d\r\n\r\n", len(body)) + body
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
	if err != nil {
		t.Errorf("section %q: %v", labelled("http", h.Label), err)
		return
	}
	r = r.WithContext(context.WithValue(context.Background(), whoKey{}, s.Identity))
	w := httptest.NewRecorder()
	server.ServeHTTP(w, r)
	out[labelled("calls", h.Label)] = s.Mock.takeCalls()
	out[labelled("answer", h.Label)] = answerText(w)
	time.Sleep(tick) // the next request is another wave
}

// answerText writes a response as specs show it.
func answerText(w *httptest.ResponseRecorder) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%d %s\n", w.Code, http.StatusText(w.Code))
	var names []string
	for name := range w.Header() {
		if name != "Content-Length" && name != "X-Content-Type-Options" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, "%s: %s\n", name, strings.Join(w.Header()[name], ", "))
	}
	if w.Body.Len() > 0 {
		fmt.Fprintf(&b, "\n%s\n", w.Body.Bytes())
	}
	return b.String()
}
