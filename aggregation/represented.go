package aggregation

import (
	"slices"
	"strings"

	"manifold/internal/fault"
	"manifold/internal/plan"
)

// represented returns the first variant from n on, of those of the same type, whose key the representation at base has; -1 if
// it has none.
func (f *frame) represented(a *plan.Abstract, n, base int) int {
	for name := a.Names[n]; n < len(a.Names) && a.Names[n] == name; n++ {
		if !slices.ContainsFunc(a.Keys[n].Slots, func(s int) bool { return !f.slots[base+s].isKey() }) {
			return n
		}
	}
	return -1
}

// isKey reports whether s may be a member of a key.
func (s slot) isKey() bool { return s.kind > null && s.kind < object }

// untold says why the type of the object at base is not known.
func (f *frame) untold(o *plan.Object, base int) *fault.Error {
	a := o.Abstract
	if a.Keys == nil {
		return fault.New(fault.UpstreamBadResponse, "The upstream does not say which type of "+o.Coordinate+" this is.")
	}
	name := ""
	if s := f.slots[base+a.Ref.Slot]; s.kind == text {
		text, _ := f.appendKey(nil, []slot{s})
		name = string(text)
	}
	if name == "" {
		return fault.New(fault.BadUserInput, "A representation has no __typename.")
	}
	var keys []string
	for i, key := range a.Keys {
		if a.Names[i] == name {
			keys = append(keys, `"`+key.Name+`"`)
		}
	}
	if keys == nil {
		return fault.New(fault.BadUserInput, "A representation names a type that is no entity here.")
	}
	return fault.New(fault.BadUserInput, "A representation of "+name+" has no key. It needs "+strings.Join(keys, " or ")+".")
}
