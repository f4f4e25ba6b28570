package gatewaytest

import (
	"encoding/json"
	"strconv"
	"strings"

	"manifold/internal/fault"
	"manifold/internal/mapping"
	"manifold/schema"
)

func jsonInt(n int) json.Number { return json.Number(strconv.Itoa(n)) }

// batch is the use of a batch connector for one key.
type batch struct {
	c     *schema.Connector
	f     *schema.Field   // the field it is written on, or nil
	t     *schema.Type    // whose fields name the key in an item
	shape *mapping.Object // of the items, once they are built
	// braces build the items; nil: the items are built.
	braces *mapping.Object
	key    *Object
	vars   variables
}

// match finds the part of a batch's reply that belongs to the only key of the batch.
func match(b batch, value any) answer {
	if b.c.Batch.GroupBy != nil {
		return b.grouped(value)
	}
	if empty(value) {
		return b.missing()
	}
	switch b.c.Batch.Match {
	case schema.MatchMap:
		object, ok := value.(*Object)
		if !ok {
			return failed(fault.UpstreamBadResponse)
		}
		return b.made(object.Get(b.keyText()))
	case schema.MatchPosition:
		items, ok := value.([]any)
		if !ok || len(items) != 1 {
			return failed(fault.UpstreamBadResponse)
		}
		return b.made(items[0])
	}
	items, ok := value.([]any)
	if !ok {
		return failed(fault.UpstreamBadResponse)
	}
	for _, item := range items {
		a := b.made(item)
		if _, isObject := a.value.v.(*Object); isObject && b.itemKey(a.value) == b.keyText() {
			return a
		}
	}
	return b.missing()
}

// missing is the answer for a key without an item.
func (b batch) missing() answer {
	if b.c.Batch.MissingError {
		return failed(fault.NotFound)
	}
	return answer{}
}

// made is the answer for a key with an item.
func (b batch) made(item any) answer {
	if empty(item) {
		return b.missing()
	}
	v := build(b.braces, item, b.vars, true)
	return answer{value: located{v: v, shape: b.shape, via: b.c, whole: true, given: b.shape != nil}, found: true}
}

// grouped collects the items that belong to the key: one-to-many, or one-to-one on a field that is no list.
func (b batch) grouped(value any) answer {
	items, ok := value.([]any)
	if !ok && !empty(value) {
		return failed(fault.UpstreamBadResponse)
	}
	hits := []any{}
	for _, item := range items {
		if text, ok := scalarText(evaluate(b.c.Batch.GroupBy, item, b.vars)); ok && text == b.keyText() {
			hits = append(hits, item)
		}
	}
	switch {
	case b.f != nil && b.f.Type.Elem != nil:
		return b.made(hits)
	case len(hits) == 0:
		return b.missing()
	case len(hits) == 1:
		return b.made(hits[0])
	default:
		return failed(fault.UpstreamBadResponse)
	}
}

// noKey is the text of a key that equals none.
const noKey = "\x00none"

// keyText is the text keys are compared by; the members of a composite key are kept apart by a byte no text holds.
func (b batch) keyText() string {
	var parts []string
	for _, in := range b.c.Inputs {
		text, _ := scalarText(valueAt(b.key, in.Path))
		parts = append(parts, text)
	}
	return strings.Join(parts, "\x00")
}

// itemKey reads the key of an item by the mapping of its type.
func (b batch) itemKey(item located) string {
	var parts []string
	for _, in := range b.c.Inputs {
		text, ok := scalarText(keyIn(item, b.t, in.Path))
		if !ok {
			return noKey
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "\x00")
}

// keyIn reads the key at a path of fields of t from a reply that carries it: by its mapping, else by properties of the same
// names.
func keyIn(item located, t *schema.Type, path []string) any {
	for _, name := range path {
		if f := t.Fields[name]; f != nil {
			item, t = read(item, f), f.Named
			continue
		}
		if item.shape != nil {
			item = located{v: property(item.v, name)}
		} else {
			item = located{v: property(item.v, upstreamName(name, item.via)), via: item.via}
		}
	}
	return item.v
}
