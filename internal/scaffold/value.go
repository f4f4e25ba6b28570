package scaffold

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// kind says what a JSON value is.
type kind uint8

const (
	isNull kind = 1 << iota
	isBool
	isInt
	isFloat
	isString
	isList
	isObject
)

// value is JSON, with the members of objects in the order of the text.
type value struct {
	kind    kind
	text    string // of a number or text
	items   []*value
	names   []string
	members map[string]*value
}

// maxNesting bounds how deep a sample may be.
const maxNesting = 64

// decode reads one JSON value.
func decode(text []byte) (*value, error) {
	if !utf8.Valid(text) {
		return nil, errors.New("it is not UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	v, err := decodeValue(dec, 0)
	if errors.Is(err, io.EOF) {
		return nil, errors.New("it is empty, or ends too early")
	}
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("something follows the value at byte %d", dec.InputOffset())
	}
	return v, nil
}

func decodeValue(dec *json.Decoder, depth int) (*value, error) {
	if depth > maxNesting {
		return nil, fmt.Errorf("it is nested more than %d deep", maxNesting)
	}
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case bool:
		return &value{kind: isBool, text: fmt.Sprint(t)}, nil
	case string:
		return &value{kind: isString, text: t}, nil
	case json.Number:
		k := isInt
		if bytes.ContainsAny([]byte(t), ".eE") {
			k = isFloat
		}
		return &value{kind: k, text: t.String()}, nil
	case json.Delim:
		if t == '[' {
			return decodeList(dec, depth)
		}
		return decodeObject(dec, depth)
	default:
		return &value{kind: isNull}, nil
	}
}

func decodeList(dec *json.Decoder, depth int) (*value, error) {
	v := &value{kind: isList}
	for dec.More() {
		item, err := decodeValue(dec, depth+1)
		if err != nil {
			return nil, err
		}
		v.items = append(v.items, item)
	}
	_, err := dec.Token()
	return v, err
}

func decodeObject(dec *json.Decoder, depth int) (*value, error) {
	v := &value{kind: isObject, members: map[string]*value{}}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, err
		}
		name, _ := token.(string)
		member, err := decodeValue(dec, depth+1)
		if err != nil {
			return nil, err
		}
		if v.members[name] == nil {
			v.names = append(v.names, name)
		}
		v.members[name] = member
	}
	_, err := dec.Token()
	return v, err
}
