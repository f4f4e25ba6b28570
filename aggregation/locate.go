package aggregation

import (
	"manifold/internal/mapping"
	"manifold/internal/plan"
	"manifold/internal/rawjson"
)

// locator reads one text once, guided by a shape, and notes in the frame's slots where the wanted values are. Everything it
// passes, wanted or not, is checked to be valid JSON; the first fault ends it with an error.
type locator struct {
	f   *frame
	b   []byte
	buf uint16      // number of b among the frame's buffers
	env mapping.Env // for values made by mappings

	noted *plan.Shape // where its items are is noted; nil: of none
}

// value locates the value at b[i] and returns its slot. base is the record that Inline shapes fill. Depth is the number of
// arrays and objects around it.
func (l *locator) value(i, depth int, s *plan.Shape, base int) (out slot, end int, err error) {
	if i < len(l.b) {
		switch c := l.b[i]; {
		case c == '{' && s.Kind == plan.Record:
			base = l.f.alloc(s.Width)
			end, err = l.object(i, depth, s, base)
			return slot{kind: record, from: uint32(base)}, end, err
		case c == '{' && s.Kind == plan.Inline:
			end, err = l.object(i, depth, s, base)
			return slot{kind: object, buf: l.buf, from: uint32(i), to: uint32(end)}, end, err
		case c == '[' && s.Kind == plan.List:
			return l.list(i, depth, s.Item)
		case c == '{' && s.Kind == plan.Map:
			return l.entries(i, depth, s.Item)
		case c == '[' && s.Kind == plan.Inline:
			out, end, err = l.token(i, depth)
			if err == nil {
				err = l.lift(i, end, s, base)
			}
			return out, end, err
		case s.Bare != nil && rawjson.KindOf(c) != rawjson.Null && c != '{' && c != '[':
			return l.bare(i, depth, s, base)
		}
	}
	return l.token(i, depth)
}

// bare is the object that a selection makes of the scalar at b[i]; the scalar itself, if that is nothing.
func (l *locator) bare(i, depth int, s *plan.Shape, base int) (out slot, end int, err error) {
	if out, end, err = l.token(i, depth); err != nil {
		return out, end, err
	}
	made, fault := mapping.Eval(s.Bare, l.b[i:end], l.env, &l.f.arena)
	if fault == nil && (len(made) == 0 || made[0] != '{') {
		return out, end, nil
	}
	out = slot{kind: object, buf: l.buf, from: uint32(i), to: uint32(end)}
	if s.Kind == plan.Record {
		base = l.f.alloc(s.Width)
		out = slot{kind: record, from: uint32(base)}
	}
	return out, end, l.compute(i, end, s, base)
}

// token notes the value at b[i] as it stands.
func (l *locator) token(i, depth int) (out slot, end int, err error) {
	out = slot{buf: l.buf, from: uint32(i)}
	if i >= len(l.b) {
		_, err = rawjson.Skip(l.b, i, depth)
		return out, i, err
	}
	switch rawjson.KindOf(l.b[i]) {
	case rawjson.String:
		out.kind = text
		end, out.plain, err = rawjson.SkipString(l.b, i)
	case rawjson.Number:
		out.kind = number
		end, out.plain, err = rawjson.SkipNumber(l.b, i)
	case rawjson.Object:
		out.kind = object
		end, err = rawjson.Skip(l.b, i, depth)
	case rawjson.Array:
		out.kind = array
		end, err = rawjson.Skip(l.b, i, depth)
	case rawjson.True:
		out.kind = truth
		end, err = rawjson.SkipLiteral(l.b, i)
	case rawjson.False:
		out.kind = untrue
		end, err = rawjson.SkipLiteral(l.b, i)
	default:
		out.kind = null
		end, err = rawjson.SkipLiteral(l.b, i)
	}
	out.to = uint32(end)
	return out, end, err
}

// object locates the properties of the object at b[i] into the record at base.
func (l *locator) object(i, depth int, s *plan.Shape, base int) (end int, err error) {
	start, b := i, l.b
	if depth >= rawjson.MaxDepth {
		return rawjson.Skip(b, i, depth)
	}
	i = rawjson.Space(b, i+1)
	if i < len(b) && b[i] == '}' {
		return i + 1, l.compute(start, i+1, s, base)
	}
	next := 0 // replies repeat the order of their properties: after one that was found, try the one found next the last time
	for more := true; more; {
		keyEnd, at, plain, err := rawjson.Key(b, i)
		if err != nil {
			return i, err
		}
		var p int
		if plain {
			name := b[i+1 : keyEnd-1]
			if next < len(s.Props) && s.Props[next].Name == string(name) {
				p = next
			} else {
				p = find(s.Props, name)
			}
		} else {
			p = findEscaped(s.Props, b[i:keyEnd])
		}
		if p < 0 {
			if i, err = rawjson.Skip(b, at, depth+1); err != nil {
				return i, err
			}
		} else {
			next = p + 1
			if i, err = l.property(at, depth+1, &s.Props[p], base); err != nil {
				return i, err
			}
		}
		if i+1 < len(b) && b[i] == ',' && b[i+1] == '"' { // compact JSON needs no call to go on
			i++
			continue
		}
		if i, more, err = rawjson.Next(b, i, '}'); err != nil {
			return i, err
		}
	}
	if len(s.Computed) > 0 {
		return i, l.compute(start, i, s, base)
	}
	return i, nil
}

func find(props []plan.Prop, name []byte) int {
	for i := range props {
		if len(props[i].Name) == len(name) && props[i].Name == string(name) {
			return i
		}
	}
	return -1
}

func findEscaped(props []plan.Prop, token []byte) int {
	for i := range props {
		if rawjson.EqualKey(token, props[i].Name) {
			return i
		}
	}
	return -1
}

// property locates one wanted property. If it came before, the last one counts (as in encoding/json), and what the first one
// filled is cleared.
func (l *locator) property(i, depth int, p *plan.Prop, base int) (end int, err error) {
	if p.Shape == nil {
		var s slot
		s, end, err = l.token(i, depth)
		l.f.slots[base+p.Raw] = s
		return end, err
	}
	if p.Shape.Kind == plan.Inline && l.f.slots[base+p.Slot].kind != absent {
		for _, inner := range p.Shape.Inner {
			l.f.slots[base+inner] = slot{}
		}
	}
	s, end, err := l.value(i, depth, p.Shape, base)
	l.f.slots[base+p.Slot] = s
	if p.Raw >= 0 && err == nil {
		if !s.token() {
			raw := slot{kind: object, buf: l.buf, from: uint32(i), to: uint32(end)}
			if s.kind == list {
				raw.kind = array
			}
			s = raw
		}
		l.f.slots[base+p.Raw] = s
	}
	return end, err
}

// list locates the items of the array at b[i]. The items' slots stand side by side; until the last one is known they wait on a
// stack, because items may bring slots of their own.
func (l *locator) list(i, depth int, item *plan.Shape) (out slot, end int, err error) {
	b, f := l.b, l.f
	if depth >= rawjson.MaxDepth {
		end, err = rawjson.Skip(b, i, depth)
		return out, end, err
	}
	mark := len(f.stack)
	i = rawjson.Space(b, i+1)
	more := true
	if i < len(b) && b[i] == ']' {
		i, more = i+1, false
	}
	for more {
		var s slot
		start := i
		if s, i, err = l.value(i, depth+1, item, -1); err != nil {
			return out, i, err
		}
		if item == l.noted {
			f.spans = append(f.spans, span{start, i})
		}
		f.stack = append(f.stack, s)
		if i, more, err = rawjson.Next(b, i, ']'); err != nil {
			return out, i, err
		}
	}
	return l.settle(mark), i, nil
}

// entries locates the members of the object at b[i] as a list of names and values in turn.
func (l *locator) entries(i, depth int, item *plan.Shape) (out slot, end int, err error) {
	b, f := l.b, l.f
	mark := len(f.stack)
	i = rawjson.Space(b, i+1)
	more := true
	if i < len(b) && b[i] == '}' {
		i, more = i+1, false
	}
	for more {
		keyEnd, at, plain, err := rawjson.Key(b, i)
		if err != nil {
			return out, i, err
		}
		name := slot{kind: text, plain: plain, buf: l.buf, from: uint32(i), to: uint32(keyEnd)}
		var s slot
		if s, i, err = l.value(at, depth+1, item, -1); err != nil {
			return out, i, err
		}
		f.stack = append(f.stack, name, s)
		if i, more, err = rawjson.Next(b, i, '}'); err != nil {
			return out, i, err
		}
	}
	return l.settle(mark), i, nil
}

// settle moves the items above mark from the stack to their place and returns their list.
func (l *locator) settle(mark int) slot {
	f := l.f
	first := len(f.slots)
	f.slots = append(f.slots, f.stack[mark:]...)
	f.stack = f.stack[:mark]
	return slot{kind: list, from: uint32(first), to: uint32(len(f.slots) - first)}
}

// compute makes the values that are not simply found: each mapping is applied to the object b[start:end].
func (l *locator) compute(start, end int, s *plan.Shape, base int) error {
	for i := range s.Computed {
		if err := l.apply(l.b[start:end], &s.Computed[i], base); err != nil {
			return err
		}
	}
	return nil
}

// lift reads an array where a path expected an object: paths map through lists (LANGUAGE 2), so every value inside becomes
// the list of the items' values.
func (l *locator) lift(start, end int, s *plan.Shape, base int) error {
	for i := range s.Lift {
		if err := l.apply(l.b[start:end], &s.Lift[i], base); err != nil {
			return err
		}
	}
	return nil
}

// apply evaluates a mapping and locates its result, which is put into the frame's scratch. If the mapping
// fails, so does the slot it was to fill, and nothing else.
func (l *locator) apply(in []byte, c *plan.Computed, base int) error {
	value, err := mapping.Eval(c.Expr, in, l.env, &l.f.arena)
	if err != nil {
		l.f.slots[base+c.Slot] = l.f.unmapped(err, c)
		return nil
	}
	if value == nil {
		l.f.slots[base+c.Slot] = slot{}
		return nil
	}
	s, err := l.f.locateScratch(value, c.Shape, base, l.env)
	l.f.slots[base+c.Slot] = s
	return err
}

// locateScratch copies a computed value into the scratch and locates it there. The value is valid JSON without space around.
func (f *frame) locateScratch(value []byte, s *plan.Shape, base int, env mapping.Env) (slot, error) {
	from := len(f.scratch)
	f.scratch = append(f.scratch, value...)
	l := locator{f: f, b: f.scratch[:len(f.scratch):len(f.scratch)], env: env}
	out, _, err := l.value(rawjson.Space(l.b, from), 0, s, base)
	return out, err
}
