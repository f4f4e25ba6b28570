package mapping

import "manifold/internal/rawjson"

// harvest holds what the members of an object find in one value, each under the number of the member. Most objects that a
// mapping builds read several properties of one value: it is gone through once for all of them, not once for each, which
// took a request with `->map({ four members })` over a reply of 27 KB from 98 us to 70 (BenchmarkMapping).
type harvest struct {
	reads  [maxHarvest]bool // which members do
	values [maxHarvest][]byte
}

const maxHarvest = 16

// layout says which properties the members of an object read of one value. An arena keeps the last one: the items of a list
// are made one after the other into objects of the same layout.
type layout struct {
	object *Object
	root   Root // of the paths that read the value
	count  int  // how many do
	twice  bool // two of them read the same property
	reads  [maxHarvest]bool
	names  [maxHarvest]string
}

// layoutOf returns the layout of an object of at most maxHarvest members.
func (a *Arena) layoutOf(o *Object) *layout {
	if a.layout.object == o {
		return &a.layout
	}
	here, at := layout{object: o, root: RootHere}, layout{object: o, root: RootAt}
	for i := range o.Members {
		p, ok := o.Members[i].Value.(*Path)
		if !ok || len(p.Steps) == 0 || p.Steps[0].Kind != StepKey {
			continue
		}
		switch p.Root {
		case RootHere:
			here.add(i, p.Steps[0].Name)
		case RootAt:
			at.add(i, p.Steps[0].Name)
		}
	}
	if a.layout = here; at.count > here.count {
		a.layout = at
	}
	return &a.layout
}

func (l *layout) add(i int, name string) {
	for j := range i {
		l.twice = l.twice || l.reads[j] && l.names[j] == name
	}
	l.reads[i], l.names[i] = true, name
	l.count++
}

// gather goes through the value that most members of o read, if at least two do. ok is false if there is nothing to be
// gained; then each member looks for itself.
func (h *harvest) gather(s scope, o *Object) (ok bool, err error) {
	n := len(o.Members)
	if n < 2 || n > maxHarvest {
		return false, nil
	}
	l := s.arena.layoutOf(o)
	v := s.here
	if l.root == RootAt {
		v = s.at
	}
	if l.count < 2 || len(v) == 0 || v[0] != '{' {
		return false, nil
	}
	if !s.arena.spend(len(v)) {
		return false, tooMuch(o.At)
	}
	next := 0 // properties mostly come in the order of the members
	it := properties(v)
	for it.next() {
		i := next
		for range n {
			if i >= n {
				i = 0
			}
			if l.reads[i] && rawjson.EqualKey(it.key, l.names[i]) {
				h.values[i], next = it.value, i+1
				if !l.twice {
					break
				}
			}
			i++
		}
	}
	h.reads = l.reads // members may be objects that are laid out meanwhile
	return true, invalid(it.err, o.At)
}

// appendFound is append for member number i of an object, whose first property has been looked for.
func (s scope) appendFound(b []byte, m *Member, h *harvest, i int) (out []byte, ok bool, err error) {
	if !h.reads[i] {
		return s.append(b, m.Value)
	}
	if h.values[i] == nil {
		return b, false, nil
	}
	return s.appendWalk(b, h.values[i], m.Value.(*Path).Steps[1:])
}
