package gofunc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"

	"manifold/internal/rawjson"
)

// decoder reads one JSON token into a value. Like package encoding/json it leaves out members that the type does not have, and
// reads null as the zero value. Unlike it, it takes a number for a text and a text that is a number for a number, since services
// disagree on what an ID is, and compares names as they are written.
//
// Nothing of the token is kept: the bytes belong to a request, and a function may outlive it.
type decoder func(token []byte, to reflect.Value) error

// decoderOf makes the decoder of a type.
func decoderOf(t reflect.Type) decoder {
	return (&decoders{done: map[reflect.Type]*decoder{}}).of(t)
}

type decoders struct{ done map[reflect.Type]*decoder }

func (d *decoders) of(t reflect.Type) decoder {
	if known := d.done[t]; known != nil { // perhaps not made yet: the type leads back to itself
		return func(token []byte, to reflect.Value) error { return (*known)(token, to) }
	}
	made := new(decoder)
	d.done[t] = made
	*made = d.make(t)
	return *made
}

func (d *decoders) make(t reflect.Type) decoder {
	self := describer{in: true}
	if self.custom(t) || self.text(t) || t == reflect.TypeFor[json.Number]() {
		return standard
	}
	switch t.Kind() {
	case reflect.Pointer:
		return pointer(t.Elem(), d.of(t.Elem()))
	case reflect.Bool:
		return orZero(boolean)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return orZero(integer)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return orZero(unsigned)
	case reflect.Float32, reflect.Float64:
		return orZero(float)
	case reflect.String:
		return orZero(text)
	case reflect.Slice:
		if t.Elem().Kind() != reflect.Uint8 {
			return list(d.of(t.Elem()))
		}
	case reflect.Struct:
		return d.object(t)
	default:
	}
	return standard
}

func isNull(token []byte) bool { return len(token) > 0 && token[0] == 'n' }

func orZero(read decoder) decoder {
	return func(token []byte, to reflect.Value) error {
		if isNull(token) {
			to.SetZero()
			return nil
		}
		return read(token, to)
	}
}

func standard(token []byte, to reflect.Value) error {
	return json.Unmarshal(token, to.Addr().Interface())
}

func pointer(t reflect.Type, read decoder) decoder {
	return orZero(func(token []byte, to reflect.Value) error {
		v := reflect.New(t)
		if err := read(token, v.Elem()); err != nil {
			return err
		}
		to.Set(v)
		return nil
	})
}

func boolean(token []byte, to reflect.Value) error {
	if token[0] != 't' && token[0] != 'f' {
		return misfit(token, to)
	}
	to.SetBool(token[0] == 't')
	return nil
}

// plainNumber returns the token of a number, also of one that is written as a text; nil if it is none.
func plainNumber(token []byte) []byte {
	if token[0] == '"' {
		token = rawjson.Unquote(nil, token)
	}
	if end, _, err := rawjson.SkipNumber(token, 0); err != nil || end != len(token) || end == 0 {
		return nil
	}
	return token
}

// wholeNumber returns the digits of a whole number, however it is spelt; nil if it is none.
func wholeNumber(token []byte) []byte {
	number := plainNumber(token)
	if number == nil {
		return nil
	}
	var digits [24]byte
	whole, _ := rawjson.IntegerText(digits[:0], number) // empty if it is not whole
	return whole
}

func integer(token []byte, to reflect.Value) error {
	whole := wholeNumber(token)
	n, err := strconv.ParseInt(string(whole), 10, to.Type().Bits())
	if err != nil {
		return misfit(token, to)
	}
	to.SetInt(n)
	return nil
}

func unsigned(token []byte, to reflect.Value) error {
	whole := wholeNumber(token)
	n, err := strconv.ParseUint(string(whole), 10, to.Type().Bits())
	if err != nil {
		return misfit(token, to)
	}
	to.SetUint(n)
	return nil
}

func float(token []byte, to reflect.Value) error {
	x, err := strconv.ParseFloat(string(plainNumber(token)), to.Type().Bits())
	if err != nil {
		return misfit(token, to)
	}
	to.SetFloat(x)
	return nil
}

func text(token []byte, to reflect.Value) error {
	switch token[0] {
	case '"':
		if inner := token[1 : len(token)-1]; bytes.IndexByte(inner, '\\') < 0 {
			to.SetString(string(inner))
			return nil
		}
		to.SetString(string(rawjson.Unquote(nil, token)))
	case '{', '[', 't', 'f':
		return misfit(token, to)
	default: // an ID that is a number
		var digits [24]byte
		if whole, ok := rawjson.IntegerText(digits[:0], token); ok {
			token = whole
		}
		to.SetString(string(token))
	}
	return nil
}

func list(read decoder) decoder {
	return orZero(func(token []byte, to reflect.Value) error {
		if token[0] != '[' {
			return misfit(token, to)
		}
		items, n := reflect.MakeSlice(to.Type(), 0, 4), 0
		_, err := rawjson.Elements(token, 0, func(value []byte) error {
			items = reflect.Append(items, reflect.Zero(to.Type().Elem()))
			n++
			return read(value, items.Index(n-1))
		})
		to.Set(items)
		return err
	})
}

func (d *decoders) object(t reflect.Type) decoder {
	type member struct {
		name  string
		index []int
		read  decoder
	}
	var members []member
	for _, f := range fieldsOf(t) {
		m := member{f.name, f.index, d.of(f.field.Type)}
		if f.quoted {
			m.read = standard
		}
		members = append(members, m)
	}
	return orZero(func(token []byte, to reflect.Value) error {
		if token[0] != '{' {
			return misfit(token, to)
		}
		_, err := rawjson.Members(token, 0, func(key, value []byte) error {
			for i := range members {
				m := &members[i]
				if !rawjson.EqualKey(key, m.name) {
					continue
				}
				field, err := fieldAt(to, m.index)
				if err == nil {
					err = m.read(value, field)
				}
				if err != nil {
					return fmt.Errorf("%s: %w", m.name, err)
				}
				break
			}
			return nil
		})
		return err
	})
}

// fieldAt returns a field of a struct. Embedded pointers on the way get something to point to.
func fieldAt(v reflect.Value, index []int) (reflect.Value, error) {
	for n, i := range index {
		if n > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				if !v.CanSet() {
					return v, fmt.Errorf("the embedded pointer to %s cannot be set, because that type is not exported", v.Type().Elem())
				}
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v, nil
}

// misfit is the error of a value that a Go type cannot hold.
func misfit(token []byte, to reflect.Value) error {
	const shown = 40
	if len(token) > shown {
		token = append(token[:shown:shown], "..."...)
	}
	return fmt.Errorf("%s does not fit %s", token, to.Type())
}
