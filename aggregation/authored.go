package aggregation

import (
	"errors"

	"manifold/internal/fault"
	"manifold/internal/mapping"
	"manifold/internal/plan"
	"manifold/internal/rawjson"
)

// authored returns a fault as the author of the mapping wants it shown, if its cause is an ->error of the mapping: with that
// message and code. Our code moves to gatewayCode, as with errors.extensions.
func authored(e *fault.Error) *fault.Error {
	raised, ok := errors.AsType[*mapping.EvalError](e.Cause)
	if !ok || raised.Code == "" {
		return e
	}
	e.Message = raised.Message
	e.Extensions = append(rawjson.Quote([]byte(`{"code":`), raised.Code), '}')
	return e
}

// unmapped returns the slot of a computed value that a mapping cannot make: only the fields that read it fail.
func (f *frame) unmapped(err error, c *plan.Computed) slot {
	message := "The upstream sent a value that the mapping cannot use."
	if l := f.env.l; l != nil && l.plan.Request == nil {
		message = "The value cannot be computed."
	}
	return f.fail(authored(&fault.Error{
		Code: fault.UpstreamBadResponse, Message: message,
		Upstream: f.env.source(), Cause: errors.Join(err, errors.New("in the mapping "+mapping.String(c.Expr))),
	}))
}
