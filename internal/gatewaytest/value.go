package gatewaytest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// A decoded JSON value is one of: nil, bool, json.Number, string, []any, *Object; or absent{} for what is not there.

// Object is a decoded JSON object. The order of its members is kept.
type Object struct {
	Names   []string
	Members map[string]any
	raw     any // what braces picked it from, nil if it was not picked: there @discriminate reads the type
}

// absent stands for a value that is not there, which is not the same as null.
type absent struct{}

func isAbsent(v any) bool { _, ok := v.(absent); return ok }

// empty reports whether v is null or absent.
func empty(v any) bool { return v == nil || isAbsent(v) }

// NewObject returns an object without members.
func NewObject() *Object { return &Object{Members: map[string]any{}} }

// Set adds or replaces a member.
func (o *Object) Set(name string, v any) {
	if _, ok := o.Members[name]; !ok {
		o.Names = append(o.Names, name)
	}
	o.Members[name] = v
}

// Get returns a member, or absent{}.
func (o *Object) Get(name string) any {
	if v, ok := o.Members[name]; ok {
		return v
	}
	return absent{}
}

// maxDepth is how deep a reply may nest (DESIGN 3).
const maxDepth = 200

// Decode decodes one JSON text. Of members with equal names the last wins. It refuses what encoding/json lets pass but a
// gateway must not pass on: invalid UTF-8, lone surrogates, and nesting beyond 200.
func Decode(text []byte) (any, error) {
	if !utf8.Valid(text) {
		return nil, errors.New("invalid UTF-8")
	}
	if loneSurrogate(string(text)) {
		return nil, errors.New("lone surrogate")
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	v, err := decodeValue(dec, 0)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("text after the value")
	}
	return v, nil
}

func decodeValue(dec *json.Decoder, depth int) (any, error) {
	tok, err := dec.Token()
	if err != nil {
		return nil, err
	}
	delim, ok := tok.(json.Delim)
	if !ok {
		return tok, nil
	}
	if depth == maxDepth {
		return nil, errors.New("nested too deeply")
	}
	if delim == '[' {
		list := []any{}
		for dec.More() {
			item, err := decodeValue(dec, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		_, err = dec.Token()
		return list, err
	}
	object := NewObject()
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		member, err := decodeValue(dec, depth+1)
		if err != nil {
			return nil, err
		}
		object.Set(name.(string), member)
	}
	_, err = dec.Token()
	return object, err
}

// loneSurrogate reports whether text, taken as JSON, has an escaped surrogate without its partner.
func loneSurrogate(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		i++
		if i >= len(text) || text[i] != 'u' {
			continue
		}
		unit := hex4(text, i+1)
		i += 4
		switch {
		case unit >= 0xDC00 && unit <= 0xDFFF:
			return true
		case unit >= 0xD800 && unit <= 0xDBFF:
			if low := hex4(text, i+3); !strings.HasPrefix(text[min(i+1, len(text)):], `\u`) || low < 0xDC00 || low > 0xDFFF {
				return true
			}
			i += 6
		}
	}
	return false
}

func hex4(text string, at int) int {
	var n int
	if at+4 > len(text) {
		return -1
	}
	if _, err := fmt.Sscanf(text[at:at+4], "%04x", &n); err != nil {
		return -1
	}
	return n
}

// Encode returns the compact JSON text of a decoded value. Numbers keep their text; absent{} is null.
func Encode(v any) string {
	var b strings.Builder
	encode(&b, v)
	return b.String()
}

func encode(b *strings.Builder, v any) {
	switch v := v.(type) {
	case nil, absent, broken: // what failed inside of a value is null in its JSON
		b.WriteString("null")
	case bool:
		fmt.Fprint(b, v)
	case json.Number:
		b.WriteString(v.String())
	case string:
		b.WriteString(quote(v))
	case []any:
		b.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			encode(b, item)
		}
		b.WriteByte(']')
	case *Object:
		b.WriteByte('{')
		for i, name := range v.Names {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(quote(name) + ":")
			encode(b, v.Members[name])
		}
		b.WriteByte('}')
	default:
		panic(fmt.Sprintf("no JSON value: %T", v))
	}
}

func quote(s string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic(err) // a string always encodes
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Canonical returns text decoded and encoded again, so that two spellings of the same value compare equal: whitespace and
// escapes are normalised, the order of members and the text of numbers are not.
func Canonical(text []byte) (string, error) {
	v, err := Decode(text)
	if err != nil {
		return "", err
	}
	return Encode(v), nil
}
