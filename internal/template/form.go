package template

import (
	"errors"
	"strconv"

	"manifold/internal/mapping"
	"manifold/internal/rawjson"
)

// Encoding says how the value of a body is written.
type Encoding uint8

// Ways of writing a body.
const (
	AsJSON Encoding = iota
	AsForm          // application/x-www-form-urlencoded
	AsText          // text/plain, in UTF-8
)

// String names the encoding as people do.
func (e Encoding) String() string {
	switch e {
	case AsForm:
		return "form"
	case AsText:
		return "text"
	default:
		return "JSON"
	}
}

// formText is what stands as it is in a form. All else is percent-encoded, the space as %20: every reader of forms takes that.
//
//nolint:gochecknoglobals // read only
var formText = allow("-._~")

// AppendBody appends v, the value of the mapping n as JSON text, in encoding e.
//
// A form is made of an object: `a=1&b=x`; its members' members and items are `a[b][0]=1`, with the brackets percent-encoded.
// Null is an empty value, as Apollo Connectors has it; a missing member is not there, nor is an empty list or object. Of a
// text body v is one text, number or Boolean. A v that is nil or null makes an empty body of both. The error is a *ValueError.
func (e Encoding) AppendBody(dst, v []byte, n mapping.Node) ([]byte, error) {
	switch {
	case e == AsJSON:
		return append(dst, v...), nil
	case len(v) == 0 || v[0] == 'n':
		return dst, nil
	}
	p := written(n)
	if e == AsText {
		text, err := p.scalar(nil, v)
		return append(dst, text...), err
	}
	if v[0] != '{' {
		return dst, p.fault("is no object, and a form needs one")
	}
	f := form{out: dst, start: len(dst)}
	switch err := f.members(v, true); {
	case errors.Is(err, errLarge):
		return dst, p.fault("is too large for a form")
	case err != nil:
		return dst, p.fault("is not valid JSON")
	}
	return f.out, nil
}

// form writes pairs from out[start] on. name is that of the value in hand.
type form struct {
	out, name []byte
	start     int
}

// maxForm is the size of the largest form. A value inside repeats the names of all that is around it, so that a form may be
// much larger than its JSON.
const maxForm = 16 << 20

var errLarge = errors.New("the form is too large")

func (f *form) members(v []byte, top bool) error {
	_, err := rawjson.Members(v, 0, func(key, v []byte) error {
		mark := len(f.name)
		name := rawjson.Unquote(nil, key)
		if top {
			f.name = formText.escape(f.name, name)
		} else {
			f.name = append(formText.escape(append(f.name, "%5B"...), name), "%5D"...)
		}
		err := f.value(v)
		f.name = f.name[:mark]
		return err
	})
	return err
}

func (f *form) items(v []byte) error {
	i := 0
	_, err := rawjson.Elements(v, 0, func(v []byte) error {
		mark := len(f.name)
		f.name = append(strconv.AppendInt(append(f.name, "%5B"...), int64(i), 10), "%5D"...)
		i++
		err := f.value(v)
		f.name = f.name[:mark]
		return err
	})
	return err
}

func (f *form) value(v []byte) error {
	switch v[0] {
	case '{':
		return f.members(v, false)
	case '[':
		return f.items(v)
	}
	if len(f.out)+len(f.name)-f.start > maxForm {
		return errLarge
	}
	if len(f.out) > f.start {
		f.out = append(f.out, '&')
	}
	f.out = append(append(f.out, f.name...), '=')
	switch v[0] {
	case 'n':
	case '"':
		f.out = formText.escape(f.out, rawjson.Unquote(nil, v))
	default:
		f.out = formText.escape(f.out, v)
	}
	return nil
}
