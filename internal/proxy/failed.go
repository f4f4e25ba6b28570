package proxy

import (
	"context"
	"errors"
	"net/http"

	"manifold/internal/fault"
)

// failed answers a request that got no reply. Nothing of one has been sent.
func (x *exchange) failed(_ http.ResponseWriter, _ *http.Request, err error) {
	f, ok := errors.AsType[*fault.Error](err)
	switch {
	case errors.Is(err, context.Canceled): // nobody is left to read an answer
		panic(http.ErrAbortHandler)
	case !ok && !x.sent:
		f = &fault.Error{Code: fault.BadRequest, Message: "The protocol to switch to cannot be read.", Cause: err}
	case !ok:
		f = &fault.Error{Code: fault.UpstreamBadResponse, Message: "The upstream switched to another protocol than it was asked to.", Upstream: x.Source.Name, Cause: err}
	}
	if f.Code != fault.BadRequest {
		x.Logger.WarnContext(x.in.Context(), "upstream failed", "upstream", f.Upstream, "code", f.Code, "status", f.Status, "proxy", x.Path, "cause", f.Cause)
	}
	if x.client.begun {
		panic(http.ErrAbortHandler)
	}
	x.refuse(x.client, f)
}
