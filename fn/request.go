package fn

import (
	"context"
	"encoding/json"
	"net/http"
)

// Request is what a function may know of the request that it is called for.
type Request struct {
	// Header are the headers of the client's request. They are shared: a function must not write to them.
	Header http.Header
	// Identity is who the request comes from, as the gateway verified it; nil is nobody. It is shared: a function must not write
	// to it.
	Identity *Identity
}

// Identity is a verified sender.
type Identity struct {
	Method  string          // which of the methods of gateway.yaml verified it
	Subject string          // "sub" of a token, the owner of an API key
	Scopes  []string        // what it was granted, sorted
	Claims  json.RawMessage // of the token: a JSON object, as $claims
}

type requestKey struct{}

// RequestOf returns the request that a function is called for. It is never nil; outside of a gateway it is empty.
func RequestOf(ctx context.Context) *Request {
	if r, ok := ctx.Value(requestKey{}).(*Request); ok {
		return r
	}
	return &Request{}
}

// WithRequest returns a context with a request, as the gateway gives it to functions. Tests of functions can use it.
func WithRequest(ctx context.Context, r *Request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}
