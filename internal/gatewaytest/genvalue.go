package gatewaytest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"manifold/schema"
)

// whole makes the raw value that a connector returns for one key.
func (w *world) whole(d dice, c *genConn, key []string) any {
	if c.named != "" && !d.chance(w.values) {
		o := w.object(d, c.sel, c.source, 0)
		o.Set(c.named, pick(d, c.typ.members).name)
		if d.chance(w.values) {
			o.Set(c.named, pick(d, []any{"Stranger", nil, jsonInt(1)}))
		}
		return o
	}
	if c.typ.kind != genObject {
		return w.value(d, c.typ, c.source, 0)
	}
	places := c.sel
	if places == nil {
		places = defaults(c.typ, c.source)
	}
	if len(key) == 0 || len(c.keys) == 0 || !c.typ.entity() {
		return w.object(d, places, c.source, 0)
	}
	parts := strings.Split(key[0], "\x00")
	o := w.entity(d, places, c, parts)
	if w.s.agree {
		return o
	}
	for _, p := range places {
		for i, k := range c.keys {
			at := p.keyAt(k, c.source)
			if at == nil || i >= len(parts) {
				continue
			}
			v := w.keyAs(d, parts[i])
			// A key that nobody asks for: were it that of another item, a batch would see two items of one key and a batch of
			// one only the right one. References are spoilt too, to true and to "nobody", and those are asked for.
			if d.chance(w.values / 8) {
				v = pick(d, []any{nil, "stray", false, NewObject(), []any{}})
			}
			put(o, at, v)
		}
	}
	return o
}

// entity makes what a loader says of one key. What is in another key, or lies beside a key, all loaders of an entity say alike:
// which of them is asked for it is the planner's choice.
func (w *world) entity(d dice, places []place, c *genConn, parts []string) *Object {
	n := numberOf(parts[0])
	o := NewObject()
	w.fill(d, o, places, c.source, 0, n)
	for _, p := range places {
		switch p.f.role {
		case isKeyField:
			put(o, p.path, w.agreed(p.f.name, n))
		case holdsKey:
			for _, m := range p.members(c.source) {
				v := w.agreed(m.f.name, n)
				if m.f.role != isKeyField {
					v = w.value(w.dice("agreed", m.f.name, n), m.f.typ, c.source, 0)
				}
				put(o, append(slices.Clone(p.path), m.path...), v)
			}
		}
	}
	return o
}

// agreed is a key member of the entity with number n.
func (w *world) agreed(name string, n int) any {
	switch name {
	case "code":
		return fmt.Sprintf("c%d", n)
	case "num":
		return jsonInt(n)
	default:
		return strconv.Itoa(n)
	}
}

// numberOf is the number that all keys of an entity have in common: 3 of "3" and of "c3".
func numberOf(key string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(key, "c"))
	if err != nil {
		return len(key)
	}
	return n
}

// members are the places in an object that members of keys lie in.
func (p place) members(src *genSource) []place {
	if p.sub != nil {
		return p.sub
	}
	return defaults(p.f.typ, src)
}

// keyAt is where a raw object has a member of its key, if it is at this place; else nil.
func (p place) keyAt(k string, src *genSource) []string {
	outer, inner, nested := strings.Cut(k, ".")
	switch {
	case p.f.name != outer || p.f.role != isKeyField && p.f.role != holdsKey:
		return nil
	case !nested:
		return p.path
	case p.sub == nil:
		return append(slices.Clone(p.path), spelt(inner, src))
	}
	for _, m := range p.sub {
		if m.f.name == inner {
			return append(slices.Clone(p.path), m.path...)
		}
	}
	return nil
}

// defaults are the places of a type's fields under the default mapping. Fields that another upstream owns are in the raw
// object too, with other values: nobody may take them from there.
func defaults(t *genType, src *genSource) []place {
	var out []place
	for _, f := range t.all() {
		p := place{f: f, path: f.path}
		if p.path == nil {
			p.path = []string{spelt(f.name, src)}
		}
		if f.role == refBuilt {
			p.keys, p.by = f.keyAt, f.by
		}
		out = append(out, p)
	}
	return out
}

// spelt is a field's name as the source spells it.
func spelt(name string, src *genSource) string {
	naming := map[string]schema.Naming{"SNAKE_CASE": schema.SnakeCase, "KEBAB_CASE": schema.KebabCase, "PASCAL_CASE": schema.PascalCase}[src.naming]
	return upstreamName(name, &schema.Connector{Source: &schema.Source{Naming: naming}})
}

// object makes a raw object with a value at every place.
func (w *world) object(d dice, places []place, src *genSource, depth int) *Object {
	o := NewObject()
	w.fill(d, o, places, src, depth, 1+d.IntN(6))
	return o
}

// fill makes the values at the places of an object whose keys all say n.
func (w *world) fill(d dice, o *Object, places []place, src *genSource, depth, n int) {
	for _, i := range d.Perm(len(places)) {
		p := places[i]
		switch {
		case p.keys != nil:
			to := 1 + d.IntN(6)
			for j, at := range p.keys {
				w.put(d, o, at, w.key(d, keyName(p.by[j]), to))
			}
		case p.path == nil: // an object that a mapping builds
			w.fill(d, o, p.sub, src, depth, n)
		case p.f.role == isKeyField:
			w.put(d, o, p.path, w.key(d, p.f.name, n))
		case p.f.role == holdsKey && !w.s.agree && d.in(12):
			put(o, p.path, nil)
		case p.f.role == holdsKey: // always an object: what becomes of a key in another value is left open
			inner := NewObject()
			w.fill(d, inner, p.members(src), src, depth+1, n)
			put(o, p.path, inner)
		case p.f.role == refList:
			w.put(d, o, p.path, w.lists(d, 1, func() any { return w.key(d, keyName(p.f.by[0]), 1+d.IntN(6)) }))
			if p.sub != nil || !sameStrings(p.path, p.f.path) { // picked by a selection: objects, not keys
				w.put(d, o, p.path, w.lists(d, 1, func() any { return w.picked(d, p, src, depth+1) }))
			}
		default:
			w.put(d, o, p.path, w.lists(d, p.f.lists, func() any { return w.picked(d, p, src, depth+1) }))
		}
	}
}

func sameStrings(a, b []string) bool { return strings.Join(a, ".") == strings.Join(b, ".") }

func (w *world) picked(d dice, p place, src *genSource, depth int) any {
	if p.sub != nil && depth < 6 {
		return w.object(d, p.sub, src, depth)
	}
	if p.f.role == isKeyField {
		return w.key(d, p.f.name, 1+d.IntN(6))
	}
	return w.value(d, p.f.typ, src, depth)
}

// value makes a raw value of a type, sometimes another one.
func (w *world) value(d dice, t *genType, src *genSource, depth int) any {
	switch {
	case d.chance(w.values):
		return w.junk(d)
	case d.in(10):
		return nil
	case t.kind == genEnum:
		return pick(d, t.spellings)
	case !t.composite():
		return scalarValue(d, t.name)
	case depth > 4:
		return nil
	case t.kind == genObject:
		return w.object(d, defaults(t, src), src, depth)
	}
	m := pick(d, t.members)
	o := w.object(d, defaults(m, src), src, depth+1)
	kind := m.name
	if d.chance(w.values) {
		kind = "Stranger"
	}
	switch t.disc {
	case byWrapper:
		outer := NewObject()
		outer.Set("other", nil)
		outer.Set(kind, o)
		return outer
	case byMap:
		kind = strings.ToLower(kind)
	}
	o.Set("kind", kind)
	return o
}

// lists wraps values in n lists of up to three items.
func (w *world) lists(d dice, n int, item func() any) any {
	if n == 0 {
		return item()
	}
	if d.chance(w.values) {
		return w.junk(d)
	}
	list := []any{}
	for range d.IntN(4) {
		list = append(list, w.lists(d, n-1, item))
	}
	return list
}

// put sets the value at a path; sometimes what stands in the way is something else.
func (w *world) put(d dice, o *Object, path []string, v any) {
	if isAbsent(v) || d.chance(w.values/2) {
		return
	}
	for _, name := range path[:len(path)-1] {
		next, ok := o.Get(name).(*Object)
		if !ok {
			if !isAbsent(o.Get(name)) {
				return
			}
			if d.chance(w.values / 2) {
				inner := NewObject()
				inner.Set(path[len(path)-1], v)
				o.Set(name, pick(d, []any{nil, jsonInt(5), []any{}, []any{inner, nil, inner}, "text"}))
				return
			}
			next = NewObject()
			o.Set(name, next)
		}
		o = next
	}
	o.Set(path[len(path)-1], v)
}

// put sets the value at a path of an object for certain.
func put(o *Object, path []string, v any) {
	for _, name := range path[:len(path)-1] {
		next, ok := o.Get(name).(*Object)
		if !ok {
			next = NewObject()
			o.Set(name, next)
		}
		o = next
	}
	o.Set(path[len(path)-1], v)
}

// key makes the value of a key field or of a reference's key, as the entity with number n has it.
func (w *world) key(d dice, name string, n int) any {
	if d.chance(w.values) {
		return pick(d, []any{nil, absent{}, "404", jsonInt(404), true, []any{}, NewObject()})
	}
	if name == "code" {
		return fmt.Sprintf("c%d", n)
	}
	if !w.s.agree && d.in(15) {
		return nil
	}
	if name == "num" {
		return jsonInt(n)
	}
	return w.keyAs(d, strconv.Itoa(n))
}

// keyAs spells a key as a number or as a text.
func (w *world) keyAs(d dice, key string) any {
	if n, err := strconv.Atoi(key); err == nil && strconv.Itoa(n) == key && d.in(2) {
		return jsonInt(n)
	}
	return key
}

func scalarValue(d dice, name string) any {
	switch name {
	case "Int":
		return json.Number(pick(d, []string{"0", "7", "-3", "2147483647", "-2147483648", "1.0", "1e2"}))
	case "Float":
		return json.Number(pick(d, []string{"0", "1.50", "-2e-3", "1E5", "12345678901234567890"}))
	case "Boolean":
		return d.in(2)
	case "ID":
		return pick(d, []any{"x1", json.Number("12"), "é\n", ""})
	case "JSON":
		o := NewObject()
		o.Set("b", []any{json.Number("1.0"), nil, "x"})
		o.Set("a", NewObject())
		return pick(d, []any{o, "text", json.Number("1e400"), false, []any{o}})
	default:
		return pick(d, []any{"", "plain", "quote \" slash / back \\", "tab\tline\n\u0001", "é 😀 \u2028", json.Number("1.50"), true})
	}
}

// junk is a value that rarely fits.
func (w *world) junk(d dice) any {
	o := NewObject()
	o.Set("id", "nobody")
	return pick(d, []any{
		nil, true, "junk", json.Number("1.5"), json.Number("1e400"), json.Number("2147483648"), json.Number("-0"),
		[]any{},
		[]any{nil},
		[]any{"x", json.Number("1")},
		NewObject(), o,
		[]any{o},
	})
}
