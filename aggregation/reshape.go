package aggregation

import (
	"manifold/internal/fault"
	"manifold/internal/mapping"
	"manifold/internal/plan"
)

// reshaped writes a field that is shown other than plainly. bases are as for fields; first says whether it would be the first
// member of its object. It returns whether the next one still would be, and whether the object may stand.
//
// A flattened object is written like any other, and its braces are given up: the opening one takes the place of the comma
// before it, or is that of the object around it.
func (f *frame) reshaped(fl *plan.Field, bases []int, first bool) (stillFirst, ok bool) {
	r := fl.Reshape
	start := len(f.out)
	switch {
	case r.Flatten && first:
		f.out = f.out[:start-1]
	case r.Flatten, r.Bare, r.Omit:
	default:
		if !first {
			f.out = append(f.out, ',')
		}
		f.out = append(f.out, fl.Prefix...)
	}
	mark, errs := len(f.out), len(f.errs)
	f.path = append(f.path, segment{field: fl, hidden: r.Flatten || r.Bare})
	how := blamed
	if fl.Guard&^f.held != 0 {
		f.blame(f.denied())
	} else {
		how = f.shown(fl, bases[fl.Base])
	}
	if how == written && r.Mapping != nil {
		how = f.mapped(r.Mapping, mark)
	}
	if how != written {
		f.out = f.out[:mark]
		how = f.missed(fl, how, errs)
	}
	none := how != written
	if none {
		ok = f.orNull(fl, 0, how, bases[fl.Base])
	} else {
		ok = true
	}
	f.path = f.path[:len(f.path)-1]
	switch {
	case !ok:
		return first, false
	case r.Omit:
		f.out = f.out[:start]
		return first, true
	case !r.Flatten:
		return false, true
	case none:
		f.out = f.out[:mark]
		if first {
			f.out = append(f.out, '{')
		}
		return f.nulls(&fl.Object.Variants[0], f.held, first), true
	default:
		return f.lifted(mark, first), true
	}
}

// shown writes the value of a field.
func (f *frame) shown(fl *plan.Field, base int) outcome {
	switch {
	case fl.Const != nil:
		f.out = append(f.out, fl.Const...)
		return written
	case base >= 0 && fl.Virtual:
		return f.object(fl.Object, base)
	case base >= 0:
		return f.attempt(fl, 0, base+fl.Slot, base)
	case base == lost:
		return blamed
	default:
		return nothing
	}
}

// missed decides what stands for a value that could not be written. errs is how many errors there were before it.
func (f *frame) missed(fl *plan.Field, how outcome, errs int) outcome {
	r := fl.Reshape
	if how == nothing {
		if r.NotFound {
			f.notFound = true
			f.out = append(f.out, "null"...)
			return written
		}
		if fl.Type.NonNull&1 == 0 || r.Fallback == nil {
			return how
		}
		f.blame(fault.New(fault.UpstreamBadResponse, "A value is missing that may not be null: its type is "+fl.Type.Name+"."))
	}
	if r.Fallback != nil {
		for i := errs; i < len(f.errs); i++ {
			f.errs[i].Replaced = true
		}
		f.out = append(f.out, r.Fallback...)
		return written
	}
	if r.Vital && f.lost == nil && len(f.errs) > errs {
		f.lost = f.errs[errs].Fault
	}
	return how
}

// lifted gives up the braces of the object that was written from mark on, and returns whether its parent still has no member.
func (f *frame) lifted(mark int, first bool) (stillFirst bool) {
	f.out = f.out[:len(f.out)-1]
	switch empty := len(f.out) == mark+1; {
	case first:
		return empty
	case empty:
		f.out = f.out[:mark]
	default:
		f.out[mark] = ','
	}
	return false
}

// nulls writes the members of a flattened object that is null, and returns whether its parent still has no member. They are there
// also if it is null because its type is denied: held are the tests that count as held.
func (f *frame) nulls(v *plan.Variant, held uint64, first bool) bool {
	held |= v.Guard
	for i := range v.Fields {
		fl := &v.Fields[i]
		switch r := fl.Reshape; {
		case !fl.When.Holds(held), r != nil && r.Omit:
			continue
		case r != nil && r.Flatten:
			first = f.nulls(&fl.Object.Variants[0], held, first)
			continue
		}
		if !first {
			f.out = append(f.out, ',')
		}
		first = false
		f.out = append(f.out, fl.Prefix...)
		f.out = append(f.out, "null"...)
	}
	return first
}

// mapped replaces what was written from mark on by what a mapping makes of it.
func (f *frame) mapped(n mapping.Node, mark int) outcome {
	f.env = environment{f: f}
	value, err := mapping.Eval(n, f.out[mark:len(f.out):len(f.out)], &f.env, &f.arena)
	if err != nil {
		f.blame(&fault.Error{Code: fault.Internal, Message: "The value cannot be reshaped.", Cause: err})
		return blamed
	}
	if len(value) == 0 {
		return nothing
	}
	f.out = append(f.out[:mark], value...)
	return written
}
