package gateway

import (
	"net/http"

	"github.com/99designs/gqlgen/graphql"

	"manifold/internal/body"
)

// post serves POST: a JSON envelope in the body (GraphQL over HTTP, section 6).
type post struct{ *endpoint }

var _ graphql.Transport = (*post)(nil)

// Supports reports whether r is a POST, whatever its body: what is wrong with it is said by Do.
func (*post) Supports(r *http.Request) bool { return r.Method == http.MethodPost }

// Do serves one request. Nothing runs before the whole request is read and found well formed.
func (t *post) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	mediaType, refused := responseType(r.Header["Accept"])
	x, ctx := t.exchanges.get(r.Context(), r.Header)
	defer t.end(w, r, x, mediaType)
	if refused == nil {
		refused = requestType(r.Header.Get("Content-Type"), preflighted(r.Header))
	}
	if refused == nil {
		refused = unread(t.bodies.Read(r, &x.in))
	}
	var env envelope
	if refused == nil {
		env, x.out, refused = readEnvelope(x.in.Body, x.out)
	}
	if refused != nil {
		t.writeRefusal(w, x, mediaType, refused)
		return
	}
	t.run(ctx, w, r, exec, x, env, mediaType)
}

// preflighted reports whether r has a header that a page of another origin cannot set without asking first.
func preflighted(h http.Header) bool {
	return h["Graphql-Preflight"] != nil || h["Apollo-Require-Preflight"] != nil || h["X-Requested-With"] != nil
}

// unread is the refusal of a request whose body could not be read.
func unread(r *body.Refusal) *refusal {
	if r == nil {
		return nil
	}
	return &refusal{fault: r.Fault, status: r.Status, close: r.Close}
}
