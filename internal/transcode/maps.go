package transcode

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"unicode/utf8"

	"google.golang.org/protobuf/reflect/protoreflect"

	"manifold/internal/rawjson"
)

// entry is one entry of a map on the wire.
type entry struct {
	wire   []byte
	text   []byte // the key, if it is a string
	number uint64 // the key, if it is not; signed ones are shifted so that they sort
}

// Fields of an entry's message, by index.
const (
	keyField   = 0
	valueField = 1
)

// entriesOf appends a map as an object sorted by key, of equal keys the last. Many servers send maps in random order; so
// equal replies are equal JSON.
func (d *decoding) entriesOf(dst, w []byte, f *field, s slot, depth int) ([]byte, error) {
	bottom := len(d.entries)
	key := &f.entry.fields[keyField]
	err := d.each(w, f, s, depth, func(part []byte) error {
		base := d.open(len(f.entry.fields))
		if err := d.index(part, f.entry, base, depth); err != nil {
			return err
		}
		e := entry{wire: part, number: key.order(d.present(base + keyField))}
		if k := d.slots[base+keyField]; k.count > 0 {
			e.text = part[k.from:k.to]
		}
		d.slots = d.slots[:base]
		d.entries = append(d.entries, e)
		return nil
	})
	if err != nil {
		return dst, err
	}
	sorted := d.entries[bottom:]
	slices.SortStableFunc(sorted, compareEntries)
	dst = append(dst, '{')
	for i := range sorted {
		e := d.entries[bottom+i] // the stack may have moved
		if i+1 < len(sorted) && compareEntries(e, d.entries[bottom+i+1]) == 0 {
			continue
		}
		if dst, err = key.appendKey(dst, e); err != nil {
			return dst, err
		}
		if dst, err = d.entryValue(append(dst, ':'), e.wire, f.entry, depth); err != nil {
			return dst, err
		}
		dst = append(dst, ',')
	}
	d.entries = d.entries[:bottom]
	return closed(dst, '}'), nil
}

func compareEntries(a, b entry) int {
	return cmp.Or(bytes.Compare(a.text, b.text), cmp.Compare(a.number, b.number))
}

// order returns a key as a number by which keys of its kind sort. Applying it twice gives the key back.
func (f *field) order(v uint64) uint64 {
	const sign = 1 << 63
	switch f.kind {
	case protoreflect.BoolKind:
		return min(v, 1)
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return v
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return uint64(uint32(v))
	default:
		return uint64(f.signed(v)) ^ sign
	}
}

// appendKey appends the name of a member.
func (f *field) appendKey(dst []byte, e entry) ([]byte, error) {
	const sign = 1 << 63
	switch f.kind {
	case protoreflect.StringKind:
		if !utf8.Valid(e.text) {
			return dst, errUTF8
		}
		return rawjson.Quote(dst, e.text), nil
	case protoreflect.BoolKind:
		dst = appendBool(append(dst, '"'), e.number != 0)
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind, protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		dst = strconv.AppendUint(append(dst, '"'), e.number, 10)
	default:
		dst = strconv.AppendInt(append(dst, '"'), int64(e.number^sign), 10)
	}
	return append(dst, '"'), nil
}

// entryValue appends the value of an entry. One that was not sent is zero, or the empty message.
func (d *decoding) entryValue(dst, w []byte, m *message, depth int) ([]byte, error) {
	base := d.open(len(m.fields))
	if err := d.index(w, m, base, depth); err != nil {
		return dst, err
	}
	f, s := &m.fields[valueField], d.slots[base+valueField]
	d.slots = d.slots[:base]
	switch {
	case s.count > 0:
		return d.single(dst, w, f, s, depth)
	case f.message != nil:
		return d.value(dst, nil, f.message, depth+1)
	default:
		return append(dst, f.zero...), nil
	}
}
