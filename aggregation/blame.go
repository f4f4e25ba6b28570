package aggregation

import (
	"strconv"

	"manifold/internal/fault"
)

// misfits blames the value in a slot for not being what its type wants.
func (f *frame) misfits(at int, want string) {
	f.spoilt = append(f.spoilt, at)
	f.blame(misfit(want))
}

func misfit(want string) *fault.Error {
	return fault.New(fault.UpstreamBadResponse, "The upstream sent a value that is not "+want+".")
}

// Error is an error of the response: what went wrong, and for which place of the response.
type Error struct {
	Path         []byte // JSON array of response keys and indexes; nil for an error of the whole operation
	Line, Column int    // of the field in the client's document; 0 if unknown
	Replaced     bool   // something else is shown in the place of the value that failed (@onError)
	Fault        *fault.Error
}

// blame notes an error at the place that is being written.
func (f *frame) blame(e *fault.Error) {
	out := Error{Fault: e}
	if len(f.path) == 0 {
		f.errs = append(f.errs, out)
		return
	}
	out.Path = append(out.Path, '[')
	for _, s := range f.path {
		if s.hidden {
			out.Line, out.Column = s.field.Line, s.field.Column
			continue
		}
		if len(out.Path) > 1 {
			out.Path = append(out.Path, ',')
		}
		if s.field == nil {
			out.Path = strconv.AppendInt(out.Path, int64(s.index), 10)
			continue
		}
		out.Path = append(out.Path, s.field.Prefix[:len(s.field.Prefix)-1]...)
		out.Line, out.Column = s.field.Line, s.field.Column
	}
	out.Path = append(out.Path, ']')
	f.errs = append(f.errs, out)
}
