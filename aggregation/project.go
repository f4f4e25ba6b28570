package aggregation

import (
	"fmt"

	"manifold/internal/fault"
	"manifold/internal/plan"
)

// outcome says what became of a value.
type outcome uint8

const (
	written outcome = iota // it is in the output
	nothing                // there is none: null, and an error if null may not be
	blamed                 // there is none, and an error at this place says why
	raised                 // a null inside was not allowed, so this value is null too; the error is at the place inside
)

// segment is one step of the response path of the value being written.
type segment struct {
	field  *plan.Field // nil: an index
	index  int32
	hidden bool // the answer has no such step: it was reshaped away
}

// project writes the members of a part's root object. ok is false if a null reached the root: then data is null.
func (f *frame) project(first bool) (ok bool) {
	return f.fields(f.part.Root.Variants[0].Fields, []int{0}, first)
}

// fields writes the members of an object of which the records are known. bases[0] is the record it was found in; -1 stands
// for a record that is not there.
func (f *frame) fields(fields []plan.Field, bases []int, first bool) (ok bool) {
	for i := range fields {
		fl := &fields[i]
		if !fl.When.Holds(f.held) {
			continue
		}
		if fl.Guard&^f.held != 0 && fl.Reshape == nil {
			if !first {
				f.out = append(f.out, ',')
			}
			first = false
			f.out = append(f.out, fl.Prefix...)
			f.path = append(f.path, segment{field: fl})
			f.blame(f.denied())
			ok = f.orNull(fl, 0, blamed, none)
			f.path = f.path[:len(f.path)-1]
			if !ok {
				return false
			}
			continue
		}
		if fl.Reshape != nil {
			if first, ok = f.reshaped(fl, bases, first); !ok {
				return false
			}
			continue
		}
		if !first {
			f.out = append(f.out, ',')
		}
		first = false
		base := bases[fl.Base]
		f.out = append(f.out, fl.Prefix...)
		if fl.Const != nil {
			f.out = append(f.out, fl.Const...)
			continue
		}
		f.path = append(f.path, segment{field: fl})
		switch {
		case base >= 0 && fl.Virtual:
			mark := len(f.out)
			how := f.object(fl.Object, base)
			if how != written {
				f.out = f.out[:mark]
			}
			ok = f.orNull(fl, 0, how, base)
		case base >= 0:
			ok = f.value(fl, 0, base+fl.Slot, base)
		case base == lost:
			ok = f.orNull(fl, 0, blamed, none)
		default:
			ok = f.orNull(fl, 0, nothing, none)
		}
		f.path = f.path[:len(f.path)-1]
		if !ok {
			return false
		}
	}
	return true
}

// Records that are not there: none because there is nothing, lost because their call failed, for which the object was blamed.
const (
	none = -1
	lost = -2
)

// object writes an object that was found in the record at base.
func (f *frame) object(o *plan.Object, base int) outcome {
	if f.enough() {
		return raised
	}
	if f.anyMissing(o.NullIf, base) {
		return nothing
	}
	if how := f.required(o, o.Require, base); how != written {
		return how
	}
	variant := 0
	if o.Abstract != nil {
		if variant = f.variant(o.Abstract, base); variant < 0 {
			f.blame(f.untold(o, base))
			return blamed
		}
	}
	if o.Variants[variant].Guard&^f.held != 0 {
		f.blame(f.denied())
		return blamed
	}
	if o.Abstract != nil {
		if f.anyMissing(o.Variants[variant].NullIf, base) {
			return nothing
		}
		if how := f.required(o, o.Variants[variant].Require, base); how != written {
			return how
		}
	}
	var few [8]int
	bases := append(few[:0], base)
	for i := range o.Bases {
		bases = append(bases, f.joined(o, i, base))
	}
	if o.Bare {
		if !f.fields(o.Variants[variant].Fields, bases, true) {
			return raised
		}
		return written
	}
	f.out = append(f.out, '{')
	if !f.fields(o.Variants[variant].Fields, bases, true) {
		return raised
	}
	f.out = append(f.out, '}')
	return written
}

// enough reports whether the operation is to be given up: the response is too long, or nobody waits for it any more. Records
// that are shared, or that lead back to each other, can make a long response of a short reply.
func (f *frame) enough() bool {
	if f.stop != nil {
		return true
	}
	f.written++
	if len(f.out) > f.engine.limits.Response {
		f.stop = fault.New(fault.ResponseLimit, fmt.Sprintf("The response is longer than %d bytes.", f.engine.limits.Response))
	} else if f.written%1024 == 0 && f.ctx.Err() != nil {
		f.stop = &fault.Error{Code: fault.DeadlineExceeded, Message: "The request ended before its response was written.", Cause: f.ctx.Err()}
	}
	return f.stop != nil
}

func (f *frame) anyMissing(slots []int, base int) bool {
	for _, s := range slots {
		if f.slots[base+s].missing() {
			return true
		}
	}
	return false
}

// required looks at the record that a reference points to. Without it the object is null, and nothing else counts.
func (f *frame) required(o *plan.Object, require []int, base int) outcome {
	for len(require) > 0 && !o.Bases[require[0]-1].When.Holds(f.held) {
		require = require[1:]
	}
	if len(require) == 0 {
		return written
	}
	at := base + o.Bases[require[0]-1].Slot
	switch s := f.slots[at]; s.kind {
	case record:
		return written
	case absent, null, asked:
		return nothing
	case failed:
		f.blame(f.faults[s.from])
	default:
		f.misfits(at, "an object")
	}
	return blamed
}

// joined returns the record joined to an object as base i+1, none, or lost; for a call that failed the object is blamed
// (LANGUAGE 6).
func (f *frame) joined(o *plan.Object, i, base int) int {
	b := &o.Bases[i]
	if !b.When.Holds(f.held) {
		return none
	}
	s := f.slots[base+b.Slot]
	switch s.kind {
	case record:
		return int(s.from)
	case absent, null, asked:
		return none
	case failed:
		if !f.failedBefore(o.Bases[:i], base, s) {
			f.blame(f.faults[s.from])
		}
	default:
		f.misfits(base+b.Slot, "an object")
	}
	return lost
}

// failedBefore reports whether an earlier base is lost for the same fault: its key was to come from there.
func (f *frame) failedBefore(bases []plan.Base, base int, s slot) bool {
	for i := range bases {
		if bases[i].When.Holds(f.held) && f.slots[base+bases[i].Slot] == s {
			return true
		}
	}
	return false
}

// value writes the value in slot at, which lies at list depth d of a field's type. It returns false if null may not be here.
func (f *frame) value(fl *plan.Field, d, at, base int) bool {
	mark := len(f.out)
	how := f.attempt(fl, d, at, base)
	if how == written {
		return true
	}
	f.out = f.out[:mark]
	return f.orNull(fl, d, how, at)
}

// orNull ends a value that is not written: with null, or by raising (GraphQL 6.4.4). It would have been in slot at, or in the record there;
// none: in no reply.
func (f *frame) orNull(fl *plan.Field, d int, how outcome, at int) bool {
	if how == written {
		return true
	}
	if fl.Type.NonNull&(1<<d) == 0 {
		f.out = append(f.out, "null"...)
		return true
	}
	if how == nothing {
		f.spoilt = append(f.spoilt, at)
		f.blame(fault.New(fault.UpstreamBadResponse, "A value is missing that may not be null: its type is "+fl.Type.Name+"."))
	}
	return false
}

func (f *frame) attempt(fl *plan.Field, d, at, base int) outcome {
	switch s := f.slots[at]; {
	case s.kind <= null:
		return nothing
	case s.kind == failed:
		f.blame(f.faults[s.from])
		return blamed
	case d < fl.Type.Lists:
		if s.kind != list {
			f.misfits(at, "a list")
			return blamed
		}
		return f.items(fl, d, s)
	case fl.Type.Kind != plan.Composite:
		if !f.leaf(&fl.Type, s) {
			f.misfits(at, "of type "+fl.Type.Name)
			return blamed
		}
		return written
	case s.kind == record:
		return f.object(fl.Object, int(s.from))
	case s.kind == object && base >= 0:
		return f.object(fl.Object, base)
	case fl.Object.Abstract != nil && fl.Object.Abstract.Keys != nil:
		f.blame(fault.New(fault.BadUserInput, "A representation is an object with a __typename and a key."))
		return blamed
	default:
		f.misfits(at, "an object")
		return blamed
	}
}

func (f *frame) items(fl *plan.Field, d int, s slot) outcome {
	f.out = append(f.out, '[')
	for n := range s.to {
		if n > 0 {
			f.out = append(f.out, ',')
		}
		f.path = append(f.path, segment{index: int32(n)})
		ok := f.value(fl, d+1, int(s.from+n), none)
		f.path = f.path[:len(f.path)-1]
		if !ok {
			return raised
		}
	}
	f.out = append(f.out, ']')
	return written
}
