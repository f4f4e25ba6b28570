package aggregation

import (
	"manifold/internal/auth"
	"manifold/internal/fault"
	"manifold/internal/plan"
)

// granted reports whether somebody is granted what a guard wants.
func granted(g *plan.Guard, who *auth.Identity) bool {
	return who != nil && (len(g.Scopes) == 0 || who.Granted(g.Scopes))
}

// denied is the error of what a request may not see.
func (f *frame) denied() *fault.Error { return denial(f.in.Identity) }

func denial(who *auth.Identity) *fault.Error {
	if who == nil {
		return fault.New(fault.Unauthenticated, "This needs to know who asks.")
	}
	return fault.New(fault.Forbidden, "Who asks may not see this.")
}

// unknownSender is the error of a call that needs to know more of who asks than is known.
func (f *frame) unknownSender(cause error) *fault.Error {
	e := &fault.Error{Code: fault.Forbidden, Message: "The credential lacks a claim that this needs.", Cause: cause}
	if f.in.Identity == nil {
		e.Code, e.Message = fault.Unauthenticated, "This needs to know who asks."
	}
	return e
}

// Denies says why a mutation may not run for who asks, nil if it may: one of its root fields is guarded. It is refused as a whole,
// before the first of them has an effect (RELIABILITY A13). A query is never refused: what may not be seen is null in it.
func Denies(op *plan.Operation, in Input) []Error {
	if op.Kind != "mutation" || len(op.Guards) == 0 {
		return nil
	}
	f := frame{op: op, in: in}
	f.held = f.holding()
	for _, part := range op.Parts {
		fields := part.Root.Variants[0].Fields
		for i := range fields {
			if fl := &fields[i]; fl.When.Holds(f.held) && fl.Guard&^f.held != 0 {
				f.path = append(f.path[:0], segment{field: fl})
				f.blame(f.denied())
			}
		}
	}
	return f.errs
}

// memberOf returns a member of a JSON object, or the whole of it; nil if it is not there.
func memberOf(object []byte, name string) []byte {
	if name == "" {
		if len(object) == 0 {
			return nil
		}
		return object
	}
	return memberAt(object, []string{name})
}
