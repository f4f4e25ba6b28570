package aggregation

import (
	"bytes"

	"manifold/internal/fault"
)

// gaveUp reports whether a root field of a mutation failed in a way that will not get better within the request: its time is over, or
// its upstream is not called. The root fields after it are not executed (RELIABILITY C.2): clients rely on their order.
func (f *frame) gaveUp() bool {
	for i := range f.errs {
		switch e := &f.errs[i]; e.Fault.Code {
		case fault.DeadlineExceeded, fault.NotExecuted:
			return true
		case fault.CircuitOpen:
			if !bytes.ContainsRune(e.Path, ',') { // of the root field itself; response keys hold no commas
				return true
			}
		default:
		}
	}
	return false
}

// notExecuted writes the members of a part that is not run. Each says so: it is safe to ask for it again.
func (f *frame) notExecuted(first bool) (ok bool) {
	fields := f.part.Root.Variants[0].Fields
	e := fault.New(fault.NotExecuted, "This field was not executed, because one before it failed.")
	for i := range fields {
		fl := &fields[i]
		if fl.Const != nil || !fl.When.Holds(f.held) || fl.Guard&^f.held != 0 {
			continue
		}
		f.path = append(f.path, segment{field: fl})
		f.blame(e)
		f.path = f.path[:len(f.path)-1]
	}
	return f.fields(fields, []int{lost}, first)
}
