package transcode_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	"manifold/internal/protos"
)

// torture returns the definitions in testdata.
var torture = sync.OnceValue(func() *protos.Services {
	s, err := protos.Parse("testdata/torture.proto", func(name string) ([]byte, error) { return os.ReadFile(filepath.FromSlash(name)) })
	if err != nil {
		panic(err)
	}
	return s
})

// descriptor returns a message type of testdata.
func descriptor(name string) protoreflect.MessageDescriptor {
	for _, md := range torture().Messages() {
		if string(md.FullName()) == name {
			return md
		}
	}
	panic("no message " + name)
}

// reference is the slow truth: the JSON of a message by the rules in doc.go, read through reflection, as encoding/json would
// decode it with UseNumber.
func reference(md protoreflect.MessageDescriptor, wire []byte) (v any, err error) {
	defer func() {
		if p := recover(); p != nil { // dynamicpb does, of a map's key with a wrong wire type
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	m := dynamicpb.NewMessage(md)
	if err := (proto.UnmarshalOptions{AllowPartial: true, RecursionLimit: 100}).Unmarshal(wire, m); err != nil {
		return nil, err
	}
	r := referee{}
	v = r.message(m)
	return v, r.err
}

type referee struct{ err error }

func (r *referee) message(m protoreflect.Message) any {
	d := m.Descriptor()
	field := func(name protoreflect.Name) protoreflect.FieldDescriptor { return d.Fields().ByName(name) }
	get := func(name protoreflect.Name) protoreflect.Value { return m.Get(field(name)) }
	switch d.FullName() {
	case "google.protobuf.Timestamp":
		sec, nanos := get("seconds").Int(), get("nanos").Int()
		if sec < time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).Unix() || sec >= time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC).Unix() || nanos < 0 || nanos >= 1e9 {
			r.err = errors.New("timestamp")
		}
		return trimThrees(time.Unix(sec, nanos).UTC().Format("2006-01-02T15:04:05.000000000")) + "Z"
	case "google.protobuf.Duration":
		sec, nanos := get("seconds").Int(), get("nanos").Int()
		if sec < -315576000000 || sec > 315576000000 || nanos <= -1e9 || nanos >= 1e9 || sec < 0 && nanos > 0 || sec > 0 && nanos < 0 {
			r.err = errors.New("duration")
		}
		sign := ""
		if sec < 0 || nanos < 0 {
			sign, sec, nanos = "-", -sec, -nanos
		}
		return trimThrees(fmt.Sprintf("%s%d.%09d", sign, sec, nanos)) + "s"
	case "google.protobuf.Struct":
		return r.value(field("fields"), get("fields"))
	case "google.protobuf.ListValue":
		return r.value(field("values"), get("values"))
	case "google.protobuf.Value":
		if f := m.WhichOneof(d.Oneofs().Get(0)); f != nil {
			return r.value(f, m.Get(f))
		}
		return nil
	case "google.protobuf.FieldMask":
		var paths []string
		for _, p := range r.value(field("paths"), get("paths")).([]any) {
			paths = append(paths, p.(string))
		}
		return strings.Join(paths, ",")
	case "google.protobuf.Any":
		return r.any(get("type_url").String(), get("value").Bytes())
	}
	if d.FullName().Parent() == "google.protobuf" && strings.HasSuffix(string(d.Name()), "Value") {
		return r.value(field("value"), get("value"))
	}
	out := make(map[string]any)
	for i := range d.Fields().Len() {
		f := d.Fields().Get(i)
		if f.HasPresence() && !m.Has(f) && (!f.HasDefault() || f.ContainingOneof() != nil) {
			continue
		}
		name := string(f.Name())
		if f.Kind() == protoreflect.GroupKind {
			name = string(f.Message().Name())
		}
		out[name] = r.value(f, m.Get(f))
	}
	return out
}

func trimThrees(s string) string {
	for range 3 {
		s = strings.TrimSuffix(s, "000")
	}
	return strings.TrimSuffix(s, ".")
}

func (r *referee) any(url string, value []byte) any {
	if url == "" && len(value) == 0 {
		return map[string]any{}
	}
	out := map[string]any{"@type": r.text(url)}
	name := url[strings.LastIndex(url, "/")+1:]
	for _, md := range torture().Messages() {
		if string(md.FullName()) != name {
			continue
		}
		v, err := reference(md, value)
		if err != nil {
			r.err = err
		}
		if members, ok := v.(map[string]any); ok && md.FullName().Parent() != "google.protobuf" || md.Name() == "Empty" {
			maps.Copy(out, members)
			return out
		}
		out["value"] = v
	}
	return out
}

func (r *referee) value(f protoreflect.FieldDescriptor, v protoreflect.Value) any {
	switch {
	case f.IsMap():
		out := make(map[string]any)
		v.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
			out[r.text(k.String())] = r.scalar(f.MapValue(), v)
			return true
		})
		return out
	case f.IsList():
		out := []any{}
		for i := range v.List().Len() {
			out = append(out, r.scalar(f, v.List().Get(i)))
		}
		return out
	default:
		return r.scalar(f, v)
	}
}

func (r *referee) text(s string) string {
	if !utf8.ValidString(s) {
		r.err = errors.New("utf-8")
	}
	return s
}

func (r *referee) scalar(f protoreflect.FieldDescriptor, v protoreflect.Value) any {
	switch f.Kind() {
	case protoreflect.MessageKind, protoreflect.GroupKind:
		return r.message(v.Message())
	case protoreflect.StringKind:
		return r.text(v.String())
	case protoreflect.BytesKind:
		return base64.StdEncoding.EncodeToString(v.Bytes())
	case protoreflect.BoolKind:
		return v.Bool()
	case protoreflect.EnumKind:
		return enumName(f.Enum(), v.Enum())
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		n := v.Float()
		switch {
		case math.IsNaN(n):
			return "NaN"
		case math.IsInf(n, 1):
			return "Infinity"
		case math.IsInf(n, -1):
			return "-Infinity"
		case f.Kind() == protoreflect.FloatKind:
			return float32(n)
		}
		return n
	default:
		return json.Number(v.String())
	}
}

// enumName knows the short names of testdata by heart.
func enumName(ed protoreflect.EnumDescriptor, n protoreflect.EnumNumber) any {
	if ed.FullName() == "google.protobuf.NullValue" {
		return nil
	}
	names := map[protoreflect.FullName]map[protoreflect.EnumNumber]string{
		"torture.Category":       {0: "UNSPECIFIED", 1: "BOOKS", 2: "GAMES", 100000: "FAR", -5: "BELOW", 7: "CATEGORY_3D", 8: "OTHER"},
		"torture.old.HTTPMethod": {0: "NONE", 1: "HTTP_METHOD_GET", 2: "GET", 3: "POST"},
		"torture.old.Color":      {1: "RED", 2: "GREEN"},
	}
	if name := names[ed.FullName()][n]; name != "" {
		return name
	}
	if value := ed.Values().ByNumber(n); value != nil && names[ed.FullName()] == nil { // of public definitions
		return shortName(ed, string(value.Name()))
	}
	return json.Number(strconv.Itoa(int(n)))
}

// shortName cuts the enum's own name off a value's, however both are written, if what is left is a name and no other value's.
func shortName(ed protoreflect.EnumDescriptor, name string) string {
	cut := func(name string) string {
		enum := strings.ToLower(string(ed.Name()))
		for i := range name {
			if strings.ReplaceAll(strings.ToLower(name[:i]), "_", "") == enum && name[i] == '_' && i+1 < len(name) && (name[i+1] < '0' || name[i+1] > '9') {
				return name[i+1:]
			}
		}
		return name
	}
	same := 0
	for i := range ed.Values().Len() {
		if other := string(ed.Values().Get(i).Name()); other != name && (cut(other) == cut(name) || other == cut(name)) {
			same++
		}
	}
	if same > 0 {
		return name
	}
	return cut(name)
}

// same reports whether a JSON text is what the reference made.
func same(t testing.TB, text []byte, want any) bool {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var got any
	if err := d.Decode(&got); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return equal(got, want)
}

// equal compares numbers by value where the reference has a float, and by digits where it has an integer.
func equal(got, want any) bool {
	switch want := want.(type) {
	case map[string]any:
		m, ok := got.(map[string]any)
		if !ok || len(m) != len(want) {
			return false
		}
		for k, v := range want {
			if g, ok := m[k]; !ok || !equal(g, v) {
				return false
			}
		}
		return true
	case []any:
		l, ok := got.([]any)
		if !ok || len(l) != len(want) {
			return false
		}
		for i := range l {
			if !equal(l[i], want[i]) {
				return false
			}
		}
		return true
	case float64:
		n, ok := got.(json.Number)
		f, err := strconv.ParseFloat(string(n), 64)
		return ok && err == nil && math.Float64bits(f) == math.Float64bits(want)
	case float32:
		n, ok := got.(json.Number)
		f, err := strconv.ParseFloat(string(n), 32)
		return ok && err == nil && math.Float32bits(float32(f)) == math.Float32bits(want)
	default:
		return reflect.DeepEqual(got, want)
	}
}
