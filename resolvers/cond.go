package resolvers

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/fault"
	"manifold/internal/plan"
	"manifold/schema"
)

// maxTests is how many different (variable, wanted value) pairs the @skip and @include of one operation may test: the
// bits of a mask.
const maxTests = 64

// maxAlternatives bounds the conditions of one field.
const maxAlternatives = 256

// occurrence is a conjunction of tests; never marks one that cannot hold.
type occurrence struct {
	mask  uint64
	never bool
}

// tests numbers the conditions of an operation.
type tests struct {
	list      []plan.Test
	guards    []plan.Guard
	variables []string
	overflow  bool
}

// and narrows o by the @skip and @include among directives.
func (t *tests) and(o occurrence, directives ast.DirectiveList) occurrence {
	for _, d := range directives {
		want := d.Name == "include"
		if !want && d.Name != "skip" {
			continue
		}
		arg := d.Arguments.ForName("if")
		if arg == nil || arg.Value == nil {
			continue
		}
		if arg.Value.Kind != ast.Variable {
			if (arg.Value.Raw == "true") != want {
				o.never = true
			}
			continue
		}
		v := slices.Index(t.variables, arg.Value.Raw)
		o.mask |= t.bit(v, want)
		if o.mask&t.bit(v, !want) != 0 {
			o.never = true
		}
	}
	return o
}

// guarded returns the bits of guards.
func (t *tests) guarded(guards []schema.Guard) (mask uint64) {
	for _, g := range guards {
		i := slices.IndexFunc(t.guards, func(have plan.Guard) bool { return slices.EqualFunc(have.Scopes, g.Scopes, slices.Equal) })
		if i < 0 {
			i = len(t.guards)
			t.guards = append(t.guards, plan.Guard{Scopes: g.Scopes})
		}
		mask |= t.bit(-1-i, true)
	}
	return mask
}

// given narrows o by tests that are known to hold.
func (t *tests) given(o occurrence, held uint64) occurrence {
	o.mask |= held
	for i, test := range t.list {
		if o.mask&(1<<i) != 0 && o.mask&t.contrary(test) != 0 {
			o.never = true
		}
	}
	return o
}

// contrary returns the bit of the opposite of a test. That of a guard is 0 as long as nobody has asked for it: there are few
// bits.
func (t *tests) contrary(test plan.Test) uint64 {
	test.Want = !test.Want
	if test.Variable < 0 && !slices.Contains(t.list, test) {
		return 0
	}
	return t.bit(test.Variable, test.Want)
}

func (t *tests) bit(variable int, want bool) uint64 {
	i := slices.Index(t.list, plan.Test{Variable: variable, Want: want})
	if i < 0 {
		i = len(t.list)
		t.list = append(t.list, plan.Test{Variable: variable, Want: want})
	}
	if i >= maxTests {
		t.overflow = true
		return 0
	}
	return 1 << i
}

func (t *tests) err() error {
	if t.overflow {
		return fault.New(fault.BadUserInput, "@skip, @include and guards are combined in too many ways; up to 32 variables and guards are served")
	}
	return nil
}

// without returns when mask holds and no alternative of c does, in disjunctive form; nothing if that cannot be.
func (t *tests) without(mask uint64, c plan.Cond) plan.Cond {
	out := plan.Cond{mask}
	for _, m := range c {
		var next plan.Cond
		for i := range t.list {
			if m&(1<<i) == 0 {
				continue
			}
			test := t.list[i]
			no := t.bit(test.Variable, !test.Want)
			for _, have := range out {
				if have&(1<<i) == 0 {
					next = or(next, have|no)
				}
			}
		}
		out = next
		if len(out) > maxAlternatives {
			t.overflow = true
			return out
		}
	}
	return out
}

// both returns when two conditions hold together, in disjunctive form; nothing if that cannot be.
func (t *tests) both(a, b plan.Cond) plan.Cond {
	var out plan.Cond
	for _, x := range a {
		for _, y := range b {
			if o := t.given(occurrence{mask: x}, y); !o.never {
				out = or(out, o.mask)
			}
		}
	}
	return out
}

// minus returns when a holds and b does not, in disjunctive form; nothing if that cannot be.
func (t *tests) minus(a, b plan.Cond) plan.Cond {
	var out plan.Cond
	for _, mask := range orAll(nil, a) {
		for _, m := range t.without(mask, b) {
			out = or(out, m)
		}
	}
	return out
}

// or adds the conjunction mask to the alternatives in c. alternatives that another one makes needless are dropped; the
// result is empty if c always holds.
func or(c plan.Cond, mask uint64) plan.Cond {
	for _, m := range c {
		if mask&m == m {
			return c
		}
	}
	kept := plan.Cond{}
	for _, m := range c {
		if m&mask != mask {
			kept = append(kept, m)
		}
	}
	return append(kept, mask)
}

// orAll adds the alternatives of when, of which none means always.
func orAll(c, when plan.Cond) plan.Cond {
	if len(when) == 0 {
		return or(c, 0)
	}
	for _, mask := range when {
		c = or(c, mask)
	}
	return c
}

// common returns the tests that hold whenever c does.
func common(c plan.Cond) uint64 {
	if len(c) == 0 {
		return 0
	}
	mask := c[0]
	for _, m := range c[1:] {
		mask &= m
	}
	return mask
}

// simple returns c as the plan wants it: empty if it always holds.
func simple(c plan.Cond) plan.Cond {
	if slices.Contains(c, 0) {
		return nil
	}
	return c
}
