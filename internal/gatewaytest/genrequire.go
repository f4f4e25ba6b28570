package gatewaytest

import (
	"fmt"
	"slices"
	"strings"
)

// This file makes fields whose arguments are filled in from the parent by @require.

// requirement is a value that an argument may require.
type requirement struct {
	path string
	f    *genField // at the end of it
}

// requiredFields adds fields that require data of their parent, which another connector may have: of entities, and of Query.
func (s *genSchema) requiredFields() {
	for _, t := range append(s.things[:len(s.things):len(s.things)], s.query) {
		if s.d.in(3) {
			s.requiredField(t)
		}
	}
}

func (s *genSchema) requiredField(t *genType) {
	from := s.requirable(t)
	if len(from) == 0 {
		return
	}
	f := &genField{name: s.fieldName(), role: connected}
	f.typ = pick(s.d, []*genType{{name: "String"}, {name: "JSON"}, pick(s.d, s.values), pick(s.d, s.things)})
	f.text, f.lists = s.wrapped(f.typ.name, 0)
	f.conn = s.connector(f.typ, 0)
	f.conn.mode, f.conn.post = each, s.d.in(3)
	if t != s.query { // without a key in it, the call would be made for an object that is not there
		f.conn.keys = s.anyKey(t)
	}
	if s.d.in(2) {
		s.arguments(f)
	}
	for i := range 1 + s.d.IntN(2) {
		if s.d.in(4) {
			s.requiredObject(f, fmt.Sprintf("r%d", i), pick(s.d, from), pick(s.d, from))
			continue
		}
		n := pick(s.d, from)
		a := genArg{name: fmt.Sprintf("r%d", i), typ: bare(n.f.text) + pick(s.d, []string{"", "!"}), require: n.path}
		f.args = append(f.args, a)
		if n.f.lists == 0 && s.d.in(3) {
			f.conn.inPath = append(f.conn.inPath, a.name)
		} else {
			f.conn.args = append(f.conn.args, a.name)
		}
	}
	t.fields = append(t.fields, f)
}

// requiredObject adds an argument of an input type whose members are required.
func (s *genSchema) requiredObject(f *genField, name string, x, y requirement) {
	in := &genInput{name: fmt.Sprintf("IN%d", len(s.inputs))}
	s.inputs = append(s.inputs, in)
	in.members = []genArg{
		{name: "x", typ: bare(x.f.text) + pick(s.d, []string{"", "!"})},
		{name: "y", typ: bare(y.f.text)},
	}
	f.args = append(f.args, genArg{
		name: name, typ: in.name + pick(s.d, []string{"", "!"}), require: fmt.Sprintf("{ x: %s, y: %s }", x.path, y.path),
	})
	if f.conn.post {
		f.conn.args = append(f.conn.args, name)
		return
	}
	f.conn.args = append(f.conn.args, name+".x", name+".y")
}

// bare is a type without its last !.
func bare(text string) string { return strings.TrimSuffix(text, "!") }

// requirable lists the leaves that a field of t may require: its own, those of objects in it, of what it refers to, and of
// what its connected fields return. None of them requires anything itself.
func (s *genSchema) requirable(t *genType) (out []requirement) {
	for _, f := range t.all() {
		switch {
		case f.name == "" || f.requires() || f.needsArguments() || f.conn != nil && f.conn.keyArgs || f.role == lookedUp || f.lists > 0 && (f.typ.composite() || f.conn != nil) || f.lists > 1:
		case !f.typ.composite():
			out = append(out, requirement{f.name, f})
		case f.typ.kind == genObject && f.role != grouping:
			for _, inner := range f.typ.all() {
				if !inner.typ.composite() && inner.role != connected && inner.lists < 2 {
					out = append(out, requirement{f.name + "." + inner.name, inner})
				}
			}
		}
	}
	return out
}

// needsArguments reports whether the field cannot be read without arguments.
func (f *genField) needsArguments() bool {
	return slices.ContainsFunc(f.args, func(a genArg) bool { return strings.HasSuffix(a.typ, "!") && a.def == "" })
}

// requires reports whether an argument of the field is filled in from its parent.
func (f *genField) requires() bool {
	for _, a := range f.args {
		if a.require != "" {
			return true
		}
	}
	return false
}
