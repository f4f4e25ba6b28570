package config

import (
	"fmt"
	"net"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"manifold/schema"
)

// key is where a value stands: its path as written, its path with * for names that the user chose, and its tags.
type key struct {
	path, pattern string
	tags          reflect.StructTag
}

func (k key) child(name, pattern string, tags reflect.StructTag) key {
	if k.path == "" {
		return key{name, pattern, tags}
	}
	return key{k.path + "." + name, k.pattern + "." + pattern, tags}
}

// defaults fills v with the defaults of its tags.
func (r *reader) defaults(v reflect.Value) {
	for i := range v.NumField() {
		f, tags := v.Field(i), v.Type().Field(i).Tag
		text, has := tags.Lookup("default")
		switch {
		case f.Type() == reflect.TypeFor[[]Text]() && has:
			f.Set(reflect.ValueOf([]Text{{Value: strings.Trim(text, "[]")}}))
		case has:
			r.scalar(text, schema.Spot{}, f, key{tags: tags})
		case f.Kind() == reflect.Struct && tags.Get("key") != "" && f.Type() != reflect.TypeFor[Text]() && f.Type() != reflect.TypeFor[Secret]():
			r.defaults(f)
		}
	}
}

// value reads n into v.
func (r *reader) value(n ast.Node, v reflect.Value, k key) {
	switch n := n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode:
		r.problem(r.at(n), k.path, "anchors, aliases and tags of YAML are not read here", "write the value itself")
		return
	case *ast.NullNode:
		r.problem(r.at(n), k.path, "there is no value", "write one, or leave the key out")
		return
	}
	switch v.Type() {
	case reflect.TypeFor[Text](), reflect.TypeFor[Secret]():
		r.text(n, v, k)
		return
	case reflect.TypeFor[Values]():
		v.Set(reflect.ValueOf(r.values(n, k)))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		r.object(n, v, k)
	case reflect.Map:
		r.named(n, v, k)
	case reflect.Slice:
		r.list(n, v, k)
	default:
		r.text(n, v, k)
	}
}

// members returns the keys of a mapping, each once. ok is false if n is none.
func (r *reader) members(n ast.Node, k key) (out []*ast.MappingValueNode, ok bool) {
	var all []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		all = n.Values
	case *ast.MappingValueNode:
		all = []*ast.MappingValueNode{n}
	default:
		what := k.path
		if what == "" {
			what = "the file"
		}
		r.problem(r.at(n), k.path, what+" holds keys with values, and this is "+kindOf(n), "write key: value")
		return nil, false
	}
	seen := map[string]bool{}
	for _, m := range all {
		name, plain := keyText(m)
		switch {
		case !plain:
			r.problem(r.at(m), k.path, "this cannot be a key", "keys are words; merge keys, anchors and ? are not read here")
		case seen[name]:
			r.problem(r.at(m), k.child(name, "*", "").path, "the key is there twice", "keep one of them")
		default:
			seen[name] = true
			out = append(out, m)
		}
	}
	return out, true
}

func keyText(m *ast.MappingValueNode) (name string, plain bool) {
	switch k := m.Key.(type) {
	case *ast.StringNode:
		return k.Value, true
	case *ast.IntegerNode, *ast.BoolNode, *ast.FloatNode:
		return k.GetToken().Value, true
	default:
		return "", false
	}
}

// object reads a mapping whose keys are the fields of a struct.
func (r *reader) object(n ast.Node, v reflect.Value, k key) {
	members, ok := r.members(n, k)
	if !ok {
		return
	}
	if at := v.FieldByName("At"); at.IsValid() {
		at.Set(reflect.ValueOf(r.at(n)))
	}
	fields := map[string]int{}
	var names []string
	for i := range v.NumField() {
		if name := v.Type().Field(i).Tag.Get("key"); name != "" {
			fields[name] = i
			names = append(names, name)
		}
	}
	given := map[string]bool{}
	for _, m := range members {
		name, _ := keyText(m)
		given[name] = true
		if i, known := fields[name]; known {
			r.value(m.Value, v.Field(i), k.child(name, name, v.Type().Field(i).Tag))
			r.note(v, name, m)
			continue
		}
		inner := k.child(name, name, "")
		if hint, planned := later(inner.pattern); planned {
			r.problem(r.at(m), inner.path, name+" is part of gateway.yaml but not effective yet", hint)
			continue
		}
		r.problem(r.at(m), inner.path, "there is no key "+name+" here", didYouMean(name, names))
	}
	for _, name := range names {
		if v.Type().Field(fields[name]).Tag.Get("need") != "" && !given[name] {
			r.problem(r.at(n), k.path, "the key "+name+" is missing", "write "+name+": "+v.Type().Field(fields[name]).Tag.Get("example"))
		}
	}
}

// note keeps the places of values that need a restart.
func (r *reader) note(v reflect.Value, name string, m *ast.MappingValueNode) {
	c, ok := reflect.TypeAssert[*Config](v.Addr())
	switch {
	case ok && name == "listen":
		c.Spots.Listen = r.at(m.Value)
	case ok && name == "admin":
		c.Spots.Admin = r.at(m.Value)
	}
}

// named reads a mapping whose keys the user chooses.
func (r *reader) named(n ast.Node, v reflect.Value, k key) {
	members, ok := r.members(n, k)
	if !ok {
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, m := range members {
		name, _ := keyText(m)
		item := reflect.New(v.Type().Elem()).Elem()
		if item.Kind() == reflect.Struct {
			r.defaults(item)
		}
		r.value(m.Value, item, k.child(name, "*", ""))
		if at := item.FieldByName("At"); at.IsValid() {
			at.Set(reflect.ValueOf(r.at(m)))
		}
		v.SetMapIndex(reflect.ValueOf(name), item)
	}
}

// list reads a list. A single text may stand for a list of one.
func (r *reader) list(n ast.Node, v reflect.Value, k key) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok && v.Type().Elem() != reflect.TypeFor[Text]() {
		r.problem(r.at(n), k.path, "a list is needed, and this is "+kindOf(n), "write - before each item")
		return
	}
	items := []ast.Node{n}
	if ok {
		items = seq.Values
	}
	out := reflect.MakeSlice(v.Type(), len(items), len(items))
	for i, item := range items {
		name := "[" + strconv.Itoa(i) + "]"
		if of := out.Index(i); of.Kind() == reflect.Struct && of.Type() != reflect.TypeFor[Text]() {
			r.defaults(of)
		}
		r.value(item, out.Index(i), key{k.path + name, k.pattern + "[]", ""})
	}
	if len(items) == 0 && k.tags.Get("default") != "" {
		r.problem(r.at(n), k.path, "the list is empty", "leave the key out for "+k.tags.Get("default"))
		return
	}
	v.Set(out)
}

// text reads a scalar, expanded.
func (r *reader) text(n ast.Node, v reflect.Value, k key) {
	s, ok := scalarText(n)
	if !ok {
		r.problem(r.at(n), k.path, "a single value is needed, and this is "+kindOf(n), exampleOf(k))
		return
	}
	if s, ok = r.expand(s, n, k); ok {
		r.scalar(s, r.at(n), v, k)
	}
}

// scalar reads the text of a single value into v.
func (r *reader) scalar(s string, at schema.Spot, v reflect.Value, k key) {
	var err error
	var n int64
	switch v.Interface().(type) {
	case Secret:
		v.Set(reflect.ValueOf(Secret{s}))
		return
	case Text:
		v.Set(reflect.ValueOf(Text{s, at}))
		if s == "" {
			err = fmt.Errorf("the text is empty")
		}
	case Address:
		v.SetString(s)
		err = checkAddress(s)
	case Mode:
		v.SetString(s)
		if Mode(s) != Production && Mode(s) != Development {
			r.problem(at, k.path, fmt.Sprintf("%q is not a mode", s), didYouMean(s, []string{string(Production), string(Development)}))
		}
	case Access:
		v.SetString(s)
		if a := Access(s); a != Open && a != Trusted && a != Off {
			r.problem(at, k.path, fmt.Sprintf("%q is neither open, trusted nor off", s), didYouMean(s, []string{string(Open), string(Trusted), string(Off)}))
		}
	case Balancing:
		v.SetString(s)
		if _, known := balancings[Balancing(s)]; !known {
			all := []string{string(LeastLoaded), string(RoundRobin), string(ByURL), string(ByHeader)}
			r.problem(at, k.path, fmt.Sprintf("%q is none of %s", s, strings.Join(all, ", ")), didYouMean(s, all))
		}
	case Part:
		r.part(s, at, v, k)
		return
	case Size:
		var size Size
		size, err = parseSize(s)
		n = int64(size)
	case Duration:
		var d Duration
		d, err = parseDuration(s)
		n = int64(d)
	case bool:
		if s != "true" && s != "false" {
			err = fmt.Errorf("%q is neither true nor false", s)
		}
		v.SetBool(s == "true")
	case int:
		if n, err = strconv.ParseInt(strings.ReplaceAll(s, "_", ""), 10, 64); err != nil {
			err = fmt.Errorf("%q is not a whole number", s)
		}
	default:
		v.SetString(s)
		if s == "" {
			err = fmt.Errorf("the text is empty")
		}
	}
	if err != nil {
		r.problem(at, k.path, err.Error(), exampleOf(k))
		return
	}
	if v.CanInt() && r.within(n, at, v, k) {
		v.SetInt(n)
	}
}

// part reads a part of a whole.
func (r *reader) part(s string, at schema.Spot, v reflect.Value, k key) {
	f, err := strconv.ParseFloat(s, 64)
	least, _ := strconv.ParseFloat(k.tags.Get("min"), 64)
	switch {
	case err != nil || f != f:
		r.problem(at, k.path, fmt.Sprintf("%q is not a number", s), exampleOf(k))
	case f < least:
		r.problem(at, k.path, "the value is too small: at least "+k.tags.Get("min"), exampleOf(k))
	case f > 1:
		r.problem(at, k.path, "the value is too large: at most 1", exampleOf(k))
	default:
		v.SetFloat(f)
	}
}

// within checks a number against the bounds of its tags.
func (r *reader) within(n int64, at schema.Spot, v reflect.Value, k key) bool {
	bound := func(tag string) (int64, bool) {
		text, ok := k.tags.Lookup(tag)
		if !ok {
			return 0, false
		}
		limit := reflect.New(v.Type()).Elem()
		r.scalar(text, at, limit, key{})
		return limit.Int(), true
	}
	if least, ok := bound("min"); ok && n < least {
		r.problem(at, k.path, "the value is too small: at least "+k.tags.Get("min"), exampleOf(k))
		return false
	}
	if most, ok := bound("max"); ok && n > most {
		r.problem(at, k.path, "the value is too large: at most "+k.tags.Get("max"), exampleOf(k))
		return false
	}
	return true
}

func checkAddress(s string) error {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return fmt.Errorf("%q is not an address: host:port is needed", s)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("%q is not an address: the port is a number up to 65535", s)
	}
	return nil
}

// scalarText returns the text of a scalar as it is written, quotes removed.
func scalarText(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	default:
		return "", false
	}
}

func kindOf(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.NullNode:
		return "nothing"
	default:
		return "a single value"
	}
}

func exampleOf(k key) string {
	if example := k.tags.Get("example"); example != "" {
		return "for example " + example
	}
	return ""
}
