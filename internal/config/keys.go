package config

import (
	"reflect"
	"strings"
)

// Key describes one key of gateway.yaml, for documents and editors.
type Key struct {
	Path    string // as limits.upstream.timeout; * stands for a name that the user chooses, [] for an item of a list
	Kind    string // "size", "number", ...; "" if it only holds other keys
	Default string // as it would be written, or ""
	Example string
	About   string
	Least   string
	Most    string
	Needed  bool
}

// Keys returns every key, in the order of the documentation.
func Keys() []Key { return keysOf(nil, reflect.TypeFor[Config](), "") }

func keysOf(out []Key, t reflect.Type, prefix string) []Key {
	for f := range t.Fields() {
		name := f.Tag.Get("key")
		if name == "" {
			continue
		}
		k := Key{
			Path: prefix + name, Kind: kindName(f.Type), Default: f.Tag.Get("default"), Example: f.Tag.Get("example"),
			About: f.Tag.Get("about"), Least: f.Tag.Get("min"), Most: f.Tag.Get("max"), Needed: f.Tag.Get("need") != "",
		}
		out = append(out, k)
		switch {
		case k.Kind != "":
		case f.Type.Kind() == reflect.Map:
			out = keysOf(out, f.Type.Elem(), k.Path+".*.")
		case f.Type.Kind() == reflect.Slice:
			out = keysOf(out, f.Type.Elem(), k.Path+"[].")
		default:
			out = keysOf(out, f.Type, k.Path+".")
		}
	}
	return out
}

// kindName says what a value is, or "" for what holds other keys.
func kindName(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[Address]():
		return "address"
	case reflect.TypeFor[Mode]():
		return strings.Join([]string{string(Production), string(Development)}, " or ")
	case reflect.TypeFor[Access]():
		return strings.Join([]string{string(Open), string(Trusted)}, ", ") + " or " + string(Off)
	case reflect.TypeFor[Balancing]():
		return strings.Join([]string{string(LeastLoaded), string(RoundRobin), string(ByURL)}, ", ") + " or " + string(ByHeader)
	case reflect.TypeFor[Part]():
		return "part"
	case reflect.TypeFor[Size]():
		return "size"
	case reflect.TypeFor[Duration]():
		return "time span"
	case reflect.TypeFor[Secret]():
		return "secret text"
	case reflect.TypeFor[Values]():
		return "any"
	case reflect.TypeFor[[]Text]():
		return "list of texts"
	case reflect.TypeFor[bool]():
		return "true or false"
	case reflect.TypeFor[int]():
		return "number"
	case reflect.TypeFor[Text](), reflect.TypeFor[string]():
		return "text"
	default:
		return ""
	}
}
