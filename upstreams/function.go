package upstreams

import (
	"context"
	"errors"

	"manifold/internal/deadline"
	"manifold/internal/fault"
	"manifold/internal/gofunc"
	"manifold/internal/rawjson"
)

// Function calls a Go function of this program as if it were an upstream. Its errors are replies with a status, and a body of
// JSON as those of gRPC are: {"code":"NOT_FOUND","message":"no such product"}.
//
// A call ends with its context, whatever the function does: the function runs on a goroutine of its own, keeps nothing of the
// Call, and is left to itself then. A function may read any header of the client's request, so whatever keeps replies, or shares
// them between requests, has to leave its calls alone.
type Function struct {
	function *gofunc.Function
	largest  int // bytes of the JSON of its value
}

// NewFunction returns the caller of a function.
func NewFunction(f *gofunc.Function, o Options) *Function {
	return &Function{function: f, largest: o.withDefaults().MaxResponse}
}

// Call calls the function with the Body.
func (f *Function) Call(ctx context.Context, c *Call) (*Reply, error) {
	name := f.function.Name
	run, err := f.function.Prepare(c.Body)
	if err != nil {
		return nil, badCall(name, "The arguments do not fit the function.", err)
	}
	if err := over(ctx); err != nil {
		return nil, callFault(ctx, name, 0, err)
	}
	ctx = deadline.Standard(ctx) // contexts that the function derives are cheaper then
	done := make(chan gofunc.Answer, 1)
	go func() { done <- run(ctx) }()
	var answer gofunc.Answer
	select {
	case answer = <-done:
	case <-ctx.Done():
		return nil, callFault(ctx, name, 0, ctx.Err())
	}
	if err := answer.Err; err != nil {
		if panicked, ok := errors.AsType[*gofunc.Panic](err); ok {
			return nil, &fault.Error{Code: fault.Internal, Message: "Internal error.", Upstream: name, Cause: panicked}
		}
		if over(ctx) != nil {
			return nil, callFault(ctx, name, 0, err)
		}
		return f.failed(err), nil
	}
	if len(answer.Value) > f.largest {
		return nil, callFault(ctx, name, 200, tooLarge("the value of the function"))
	}
	reply := &Reply{Status: 200, ContentType: mediaType, Body: answer.Value}
	for n, err := range answer.Items {
		if err == nil {
			continue
		}
		if reply.Items == nil {
			reply.Items = make([]*Reply, len(answer.Items))
		}
		reply.Items[n] = f.failed(err)
	}
	return reply, nil
}

// known codes of functions, with the statuses that HTTP has for them.
var functionStatuses = map[string]int{
	string(fault.BadUserInput):    400,
	string(fault.Unauthenticated): 401,
	string(fault.Forbidden):       403,
	string(fault.NotFound):        404,
}

// failed is the reply of a function that returned an error.
func (f *Function) failed(err error) *Reply {
	e := &fault.Error{Code: fault.UpstreamError, Message: "The upstream answered with an error.", Upstream: f.function.Name, Status: 500, Cause: err}
	code := string(e.Code)
	said, authored := errors.AsType[*gofunc.Error](err)
	_, unfit := errors.AsType[*gofunc.Unfit](err)
	if authored && said.Message != "" {
		e.Message = said.Message
	}
	switch {
	case authored && functionStatuses[said.Code] != 0:
		e.Code, e.Status = fault.Code(said.Code), functionStatuses[said.Code]
		code = said.Code
	case authored && said.Code != "":
		code = said.Code
		e.Extensions = append(rawjson.Quote([]byte(`{"code":`), said.Code), '}')
	case authored:
	case unfit:
		e.Code, e.Message, code = fault.UpstreamBadResponse, "The upstream sent an answer that cannot be used.", string(fault.UpstreamBadResponse)
	case errors.Is(err, context.DeadlineExceeded): // of a context of its own
		e.Code, e.Message, e.Status, code = fault.UpstreamTimeout, "The upstream did not answer in time.", 504, string(fault.UpstreamTimeout)
	}
	body := rawjson.Quote([]byte(`{"code":`), code)
	body = rawjson.Quote(append(body, `,"message":`...), e.Message)
	return &Reply{Status: e.Status, ContentType: mediaType, Body: append(body, '}'), Fault: e}
}
