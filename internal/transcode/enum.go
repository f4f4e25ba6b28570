package transcode

import (
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"manifold/internal/rawjson"
)

// enum is a compiled enum type.
type enum struct {
	name   string
	null   bool             // google.protobuf.NullValue
	dense  [][]byte         // JSON by number, for small numbers; nil: no value
	others map[int32][]byte // JSON of the other numbers
	values map[string]int32 // by name, with and without prefix
}

// enumOf compiles an enum type.
func enumOf(ed protoreflect.EnumDescriptor) *enum {
	e := &enum{
		name: string(ed.FullName()), null: ed.FullName() == "google.protobuf.NullValue",
		others: make(map[int32][]byte), values: make(map[string]int32),
	}
	all := ed.Values()
	count := make(map[string]int) // how many values would have a short name
	for i := range all.Len() {
		name := string(all.Get(i).Name())
		e.values[name] = int32(all.Get(i).Number())
		count[name]++
		if short := withoutPrefix(name, string(ed.Name())); short != name {
			count[short]++
		}
	}
	for i := range all.Len() {
		name, number := string(all.Get(i).Name()), int32(all.Get(i).Number())
		if short := withoutPrefix(name, string(ed.Name())); count[short] == 1 {
			name = short
			e.values[short] = number
		}
		e.set(number, rawjson.Quote(nil, name))
	}
	return e
}

// set notes the JSON of a number. Of several names for one number the first counts.
func (e *enum) set(number int32, token []byte) {
	const dense = 256
	if number < 0 || number >= dense {
		if e.others[number] == nil {
			e.others[number] = token
		}
		return
	}
	for len(e.dense) <= int(number) {
		e.dense = append(e.dense, nil)
	}
	if e.dense[number] == nil {
		e.dense[number] = token
	}
}

// append appends the JSON of a value.
func (e *enum) append(dst []byte, number int32) []byte {
	if e.null {
		return append(dst, "null"...)
	}
	var token []byte
	if number >= 0 && int(number) < len(e.dense) {
		token = e.dense[number]
	} else {
		token = e.others[number]
	}
	if token == nil {
		return strconv.AppendInt(dst, int64(number), 10)
	}
	return append(dst, token...)
}

// withoutPrefix returns the name of a value without the name of its enum and the underscore after it, or the whole name if
// it does not begin so or if what is left is no name. Case and underscores do not count: HTTP_METHOD_GET and HttpMethod_GET
// of enum HTTPMethod are both GET.
func withoutPrefix(value, enum string) string {
	i := 0
	for _, c := range []byte(strings.ReplaceAll(enum, "_", "")) {
		for i < len(value) && value[i] == '_' {
			i++
		}
		if i == len(value) || lower(value[i]) != lower(c) {
			return value
		}
		i++
	}
	if i == len(value) || value[i] != '_' {
		return value
	}
	short := value[i+1:]
	if short == "" || '0' <= short[0] && short[0] <= '9' {
		return value
	}
	return short
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}
