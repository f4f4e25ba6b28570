package gateway

import (
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"manifold/internal/fault"
)

// notKept is the Cache-Control of what nobody may keep.
var notKept = []string{"no-store"}

// get serves GET: the members of the envelope are parameters of the URL. It runs queries only.
type get struct{ *endpoint }

var _ graphql.Transport = (*get)(nil)

// Supports reports whether r is a GET.
func (*get) Supports(r *http.Request) bool { return r.Method == http.MethodGet }

// Do serves one request.
func (t *get) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	w.Header()["Cache-Control"] = notKept // unless the schema says of all of it that it may be
	mediaType, refused := responseType(r.Header["Accept"])
	x, ctx := t.exchanges.get(r.Context(), r.Header)
	defer t.end(w, r, x, mediaType)
	if refused == nil {
		refused = plainGet(r.Header)
	}
	var env envelope
	if refused == nil {
		env, refused = readParameters(r.URL.RawQuery)
	}
	if refused != nil {
		t.writeRefusal(w, x, mediaType, refused)
		return
	}
	t.run(ctx, w, r, exec, x, env, mediaType)
}

// plainGet refuses a WebSocket handshake, and a GET that declares a body type: browsers send some of these across
// origins without asking, which has been used to measure answers that a page may not read.
func plainGet(h http.Header) *refusal {
	if strings.EqualFold(h.Get("Upgrade"), "websocket") {
		r := refuse(fault.NotSupported, "WebSocket is not served: send queries and mutations by POST")
		r.status = http.StatusBadRequest
		return r
	}
	contentType, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	if contentType = strings.TrimSpace(contentType); contentType != "" && !strings.EqualFold(contentType, "application/json") {
		return refuse(fault.UnsupportedMediaType, "a GET has no body and needs no Content-Type")
	}
	return nil
}

// otherMethod refuses all methods but GET and POST.
type otherMethod struct{ *endpoint }

var _ graphql.Transport = (*otherMethod)(nil)

// Supports takes every request: otherMethod is the last transport that is asked.
func (*otherMethod) Supports(*http.Request) bool { return true }

// Do answers 405.
func (t *otherMethod) Do(w http.ResponseWriter, r *http.Request, _ graphql.GraphExecutor) {
	refused := refuse(fault.MethodNotAllowed, "send GraphQL requests by POST, or queries by GET")
	refused.allow = "GET, POST"
	x, _ := t.exchanges.get(r.Context(), r.Header)
	defer t.end(w, r, x, jsonType)
	t.writeRefusal(w, x, jsonType, refused)
}
