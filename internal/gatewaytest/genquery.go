package gatewaytest

import (
	"fmt"
	"hash/fnv"
	"strings"
)

// genQuery writes a query over a generated schema.
type genQuery struct {
	d         dice
	s         *genSchema
	variables []string // definitions
	values    *Object  // of the variables
	fragments []genFragment
	conds     int
	number    int // of the entity that the arguments being written pick
}

type genFragment struct {
	name string
	typ  *genType
	text string
}

// newQuery returns a valid query and the values of its variables.
func newQuery(d dice, s *genSchema) (text string, variables *Object) {
	q := &genQuery{d: d, s: s, values: NewObject()}
	for i := range 2 {
		q.variables = append(q.variables, fmt.Sprintf("$c%d: Boolean!", i))
		q.values.Set(fmt.Sprintf("c%d", i), d.in(2))
	}
	q.conds = 2
	root, kind := s.query, "query"
	if s.change != nil && d.in(3) {
		root, kind = s.change, "mutation"
	}
	body := q.selections(root, 3+q.d.IntN(2))
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s) %s\n", kind, strings.Join(q.variables, ", "), body)
	for _, f := range q.fragments {
		fmt.Fprintf(&b, "fragment %s on %s %s\n", f.name, f.typ.name, f.text)
	}
	return b.String(), q.values
}

// selections writes a selection set of t. Every document uses both conditions somewhere, or it would not be valid.
func (q *genQuery) selections(t *genType, depth int) string {
	var out []string
	if t == q.s.query || t == q.s.change {
		out = append(out, "__typename @include(if: $c0) @skip(if: $c1)")
	}
	for range 1 + q.d.IntN(3) {
		out = append(out, q.selection(t, depth))
	}
	return "{ " + strings.Join(out, " ") + " }"
}

func (q *genQuery) selection(t *genType, depth int) string {
	switch q.d.IntN(14) {
	case 0:
		return "__typename" + q.condition()
	case 1:
		return "..." + q.condition() + " " + q.selections(t, depth)
	case 2:
		return "... on " + t.name + q.condition() + " " + q.selections(t, depth)
	case 3:
		return "..." + q.fragment(t, depth) + q.condition()
	}
	if len(t.members) > 0 && (t.kind == genUnion || q.d.in(2)) {
		m := pick(q.d, t.members)
		if q.d.in(4) {
			return "..." + q.fragment(m, depth) + q.condition()
		}
		return "... on " + m.name + q.condition() + " " + q.selections(m, depth)
	}
	if t.implement != "" && q.d.in(6) {
		return "... on " + t.implement + q.condition() + " { __typename }"
	}
	f := pick(q.d, t.all())
	if f.typ.composite() && depth == 0 {
		f = t.all()[0]
		if f.typ.composite() {
			return "__typename"
		}
	}
	return q.field(t, f, depth)
}

func (q *genQuery) field(t *genType, f *genField, depth int) string {
	args := q.arguments(f)
	alias := ""
	switch {
	case args != "":
		h := fnv.New32a()
		fmt.Fprint(h, t.name, f.name, args)
		alias = fmt.Sprintf("k%x: ", h.Sum32())
	case q.d.in(5):
		alias = "al_" + f.name + ": "
	}
	text := alias + f.name + args + q.condition()
	if f.typ.composite() {
		text += " " + q.selections(f.typ, depth-1)
	}
	return text
}

func (q *genQuery) condition() string {
	if !q.d.in(7) {
		return ""
	}
	name := pick(q.d, []string{"skip", "include"})
	if q.d.in(5) {
		return fmt.Sprintf(" @%s(if: %t)", name, q.d.in(2))
	}
	return fmt.Sprintf(" @%s(if: $c%d)", name, q.d.IntN(q.conds))
}

// fragment returns the name of a fragment on t: one that is there already, or a new one.
func (q *genQuery) fragment(t *genType, depth int) string {
	for _, f := range q.fragments {
		if f.typ == t && q.d.in(2) {
			return f.name
		}
	}
	text := q.selections(t, max(depth-1, 0))
	name := fmt.Sprintf("F%d", len(q.fragments))
	q.fragments = append(q.fragments, genFragment{name: name, typ: t, text: text})
	return name
}

func (q *genQuery) arguments(f *genField) string {
	var out []string
	q.number = 1 + q.d.IntN(6)
	for _, a := range f.args {
		if a.require != "" {
			continue
		}
		required := strings.HasSuffix(a.typ, "!")
		if !required && q.d.in(3) {
			continue
		}
		out = append(out, a.name+": "+q.argument(a))
	}
	if len(out) == 0 {
		return ""
	}
	return "(" + strings.Join(out, ", ") + ")"
}

// argument writes the value of an argument: a variable, or a literal that may have variables in it.
func (q *genQuery) argument(a genArg) string {
	switch {
	case q.d.in(3):
		return q.variable(a, strings.HasSuffix(a.typ, "!"))
	case a.members != nil && (strings.HasSuffix(a.typ, "!") || !q.d.in(8)):
		var out []string
		for _, m := range a.members {
			if strings.HasSuffix(m.typ, "!") || !q.d.in(4) {
				out = append(out, m.name+": "+q.argument(m))
			}
		}
		return "{ " + strings.Join(out, ", ") + " }"
	}
	return q.literal(a)
}

// literal is an argument's value as it is written in the query. The members of a key are those of one entity; now and then a
// member is of another, but not where several loaders are asked: each would answer such a key as it likes.
func (q *genQuery) literal(a genArg) string {
	switch {
	case !a.key:
		return q.s.literal(a)
	case !strings.HasSuffix(a.typ, "!") && q.d.in(8):
		if q.s.agree {
			return "null"
		}
		return q.s.literal(a)
	case strings.HasPrefix(a.typ, "String"):
		return fmt.Sprintf(`"c%d"`, q.number)
	default:
		return fmt.Sprint(q.number)
	}
}

// variable makes a variable of the argument's type, with or without a value.
func (q *genQuery) variable(a genArg, required bool) string {
	name := fmt.Sprintf("v%d", len(q.variables))
	def := "$" + name + ": " + a.typ
	if !required && q.d.in(3) {
		def += " = " + q.literal(a)
	}
	q.variables = append(q.variables, def)
	if required || !q.d.in(3) {
		q.values.Set(name, q.value(a))
	}
	return "$" + name
}

// value is a variable's value as a client would send it.
func (q *genQuery) value(a genArg) any {
	base := strings.TrimSuffix(a.typ, "!")
	switch {
	case base == a.typ && q.d.in(6):
		return nil
	case a.key && strings.TrimSuffix(a.typ, "!") == "String":
		return fmt.Sprintf("c%d", q.number)
	case a.key:
		return jsonInt(q.number)
	case a.members != nil:
		o := NewObject()
		for _, m := range a.members {
			if strings.HasSuffix(m.typ, "!") || !q.d.in(4) {
				o.Set(m.name, q.value(m))
			}
		}
		return o
	case a.enum != nil:
		return pick(q.d, a.enum.values)
	case base == "[String]":
		if q.d.in(3) {
			return "single"
		}
		return []any{"a", nil, "b c"}
	case base == "Boolean":
		return q.d.in(2)
	case base == "Int":
		return jsonInt(q.d.IntN(7))
	case base == "ID" && q.d.in(2):
		return jsonInt(1 + q.d.IntN(6))
	case base == "ID":
		return fmt.Sprint(1 + q.d.IntN(6))
	default:
		return fmt.Sprintf("c%d", 1+q.d.IntN(6))
	}
}

// literal is an argument's value as it is written in a document.
func (s *genSchema) literal(a genArg) string {
	base := strings.TrimSuffix(a.typ, "!")
	switch {
	case base == a.typ && s.d.in(8):
		return "null"
	case a.members != nil:
		var out []string
		for _, m := range a.members {
			out = append(out, m.name+": "+s.literal(m))
		}
		return "{ " + strings.Join(out, ", ") + " }"
	case a.enum != nil:
		return pick(s.d, a.enum.values)
	case base == "[String]":
		return pick(s.d, []string{`["x", "y&z"]`, `"one"`, `[]`, `["é", null]`})
	case base == "Boolean":
		return pick(s.d, []string{"true", "false"})
	case base == "Int":
		return fmt.Sprint(s.d.IntN(7))
	case base == "ID":
		return fmt.Sprintf(pick(s.d, []string{"%d", `"%d"`}), 1+s.d.IntN(6))
	default:
		return fmt.Sprintf(`"c%d"`, 1+s.d.IntN(6))
	}
}
