package scaffold

import "strconv"

// shape is what all values seen at one place have in common.
type shape struct {
	kinds    kind // all kinds that were seen
	big      bool // an integer of more than 32 bits was seen
	expected int  // how many values there should have been
	present  int  // how many there were, null or not
	nulls    int
	item     *shape   // of lists
	order    []string // of objects: members in the order first seen
	members  map[string]*shape
	objects  int
}

// see adds one value.
func (s *shape) see(v *value) {
	s.present++
	s.kinds |= v.kind
	switch v.kind {
	case isNull:
		s.nulls++
	case isInt:
		if _, err := strconv.ParseInt(v.text, 10, 32); err != nil {
			s.big = true
		}
	case isList:
		if s.item == nil {
			s.item = &shape{}
		}
		for _, item := range v.items {
			s.item.expected++
			s.item.see(item)
		}
	case isObject:
		s.objects++
		for _, name := range v.names {
			s.member(name).see(v.members[name])
		}
	default:
	}
	s.settle()
}

// settle says of each member that every object should have had it.
func (s *shape) settle() {
	for _, m := range s.members {
		m.expected = s.objects
	}
}

func (s *shape) member(name string) *shape {
	if s.members == nil {
		s.members = map[string]*shape{}
	}
	if s.members[name] == nil {
		s.members[name] = &shape{}
		s.order = append(s.order, name)
	}
	return s.members[name]
}

// merge adds what was seen elsewhere of the same thing. If elsewhere is partial, members that it never has are not missing:
// they are loaded from where they are.
func (s *shape) merge(o *shape, partial bool) {
	had := s.objects
	s.kinds |= o.kinds
	s.big = s.big || o.big
	s.expected += o.expected
	s.present += o.present
	s.nulls += o.nulls
	s.objects += o.objects
	if o.item != nil {
		if s.item == nil {
			s.item = &shape{}
		}
		s.item.merge(o.item, false)
	}
	for _, name := range o.order {
		known := s.members[name] != nil
		m := s.member(name)
		m.merge(o.members[name], false)
		if !known {
			m.expected += had
		}
	}
	for name, m := range s.members {
		if o.members[name] == nil && !partial {
			m.expected += o.objects
		}
	}
}

// always reports whether a value was there each time and never null, of at least two times: one is no evidence.
func (s *shape) always() bool { return s.present == s.expected && s.nulls == 0 && s.present >= 2 }

// isKey reports whether each object has this member, a text or whole number, and never null.
func (s *shape) isKey(name string) bool {
	m := s.members[name]
	return m != nil && s.kinds == isObject && m.present == s.objects && m.nulls == 0 && m.kinds&^(isInt|isString) == 0
}
