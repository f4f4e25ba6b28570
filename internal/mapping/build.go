package mapping

import "manifold/internal/rawjson"

// appendSelection appends what o picks from v: one object for every item of a list, null for null. A number, a text or a
// Boolean has no properties: it stays what it is, unless o makes something of it (`ids { id: $ }`).
func (s scope) appendSelection(b []byte, o *Object, v []byte) ([]byte, error) {
	switch v[0] {
	case '[':
		b = append(b, '[')
		it := items(v)
		for first := true; it.next(); first = false {
			if !first {
				b = append(b, ',')
			}
			var err error
			if b, err = s.appendSelection(b, o, it.value); err != nil {
				return b, err
			}
		}
		return append(b, ']'), invalid(it.err, o.At)
	case 'n':
		return append(b, "null"...), nil
	}
	s.here, s.at = v, v
	mark := len(b)
	b, _, err := s.appendObject(b, o, false)
	if err == nil && v[0] != '{' && b[mark] == '{' && hollow(b[mark:]) {
		b = append(b[:mark], v...)
	}
	return b, err
}

// hollow reports whether an object has no members but hollow objects: nothing was found for it.
func hollow(object []byte) bool {
	it := properties(object)
	for it.next() {
		if it.value[0] != '{' || !hollow(it.value) {
			return false
		}
	}
	return it.err == nil
}

// appendObject appends the object that o makes in s, and returns how many members it has. With dropNull, members that are
// null are left out, as missing ones always are.
func (s scope) appendObject(b []byte, o *Object, dropNull bool) (out []byte, count int, err error) {
	for i := range o.Members {
		if o.Members[i].Spread {
			return s.appendMerged(b, o, dropNull)
		}
	}
	var found harvest
	gathered, err := found.gather(s, o)
	if err != nil {
		return b, 0, err
	}
	b = append(b, '{')
	for i := range o.Members {
		m := &o.Members[i]
		mark := len(b)
		if count > 0 {
			b = append(b, ',')
		}
		b = append(rawjson.Quote(b, m.Name), ':')
		start := len(b)
		var ok bool
		if gathered {
			b, ok, err = s.appendFound(b, m, &found, i)
		} else {
			b, ok, err = s.append(b, m.Value)
		}
		if err != nil {
			return b, count, err
		}
		if !ok || dropNull && isNull(b[start:]) || dropNull && emptied(m.Value, b[start:]) {
			b = b[:mark]
			continue
		}
		count++
	}
	return append(b, '}'), count, nil
}

// emptied reports whether v is an object written in the mapping of which nothing was found.
func emptied(n Node, v []byte) bool {
	o, ok := n.(*Object)
	return ok && len(o.Members) > 0 && len(v) == len("{}")
}

func isStructural(n Node) bool {
	_, _, ok := Keys(n)
	return ok
}

// appendMerged is appendObject for an object with spreads: what is spread joins the object, and of members of one name
// the later one wins, in the place of the first. Spreading null, a missing value or anything but an object adds nothing, but a
// null that a method makes is the whole object's: so a match says that there is none.
func (s scope) appendMerged(b []byte, o *Object, dropNull bool) (out []byte, count int, err error) {
	var all memberList
	for i := range o.Members {
		m := &o.Members[i]
		v, err := s.value(m.Value)
		switch {
		case err != nil:
			return b, 0, err
		case v == nil || dropNull && (isNull(v) || emptied(m.Value, v)):
		case !m.Spread:
			all.put(m.Name, v)
		case isNull(v) && !isStructural(m.Value):
			return append(b, "null"...), 0, nil
		case v[0] == '{':
			if err := all.putAll(v); err != nil {
				return b, 0, invalid(err, m.At)
			}
		}
	}
	b = append(b, '{')
	for i := range all.list {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(rawjson.Quote(b, all.list[i].name), ':')
		b = append(b, all.list[i].value...)
	}
	return append(b, '}'), len(all.list), nil
}
