package resolvers

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
	"manifold/internal/plan"
	"manifold/schema"
)

// describing works out what the answer of a named operation looks like, and checks what reshapes it on the way.
type describing struct {
	*compilation

	op        string
	problems  schema.Problems
	flattened map[*plan.Answer]bool // objects that have members of flattened ones
	said      map[*ast.Directive]bool
}

func (d *describing) problem(p schema.Problem) { d.problems = append(d.problems, p) }

// complain notes a problem with a directive, once: its field may be described once for each type that it stands in.
func (d *describing) complain(at *ast.Directive, coordinate, message, hint string) {
	if d.said[at] {
		return
	}
	d.said[at] = true
	d.problem(schema.ProblemOf(at, coordinate, message, hint))
}

func (d *describing) operation(op *ast.OperationDefinition) *plan.Answer {
	d.op, d.said = op.Name, map[*ast.Directive]bool{}
	root := d.model.Query
	if op.Operation == ast.Mutation {
		root = d.model.Mutation
	}
	out := d.members(root, []selection{{set: op.SelectionSet}}, op.Name)
	s := reshapeOf(op.Directives)
	if s.reshape != nil {
		out = d.reshaped(out, s.reshape, op.Name)
	}
	return out
}

// members describes an object of a concrete type.
func (d *describing) members(t *schema.Type, from []selection, coordinate string) *plan.Answer {
	out := &plan.Answer{Kind: plan.AnswerObject, Name: t.Name}
	fields, err := d.collect(t, from, 0)
	if err != nil {
		d.problem(schema.Problem{Coordinate: coordinate, Message: err.Error()})
		return out
	}
	origin := map[string]string{}
	add := func(m plan.AnswerMember, from string, at *ast.Field) {
		if before, taken := origin[m.Name]; taken {
			if before != from {
				d.problem(schema.ProblemAt(at.Position, coordinate+"."+at.Alias, "the answer has a member "+m.Name+" already: that of "+before,
					"give one of them an alias, or write @flatten(prefix:)"))
			}
			return
		}
		origin[m.Name] = from
		out.Members = append(out.Members, m)
	}
	for _, f := range fields {
		inner := coordinate + "." + f.key
		s := d.shapingOf(f, inner)
		value := d.value(t, f, s, inner)
		optional := len(simple(f.when)) > 0
		switch {
		case s.omit != nil:
		case s.flatten != nil:
			d.flattened[out] = true
			for _, m := range value.Members {
				m.Name = s.prefix + m.Name
				m.Optional = m.Optional || optional
				if value.Nullable && !m.Type.Nullable {
					m.Type = nullableCopy(m.Type)
				}
				add(m, f.key+"."+m.Name, f.node)
			}
		default:
			m := plan.AnswerMember{Name: f.key, Type: value, Optional: optional}
			if f.def != nil {
				m.Description, m.Deprecated = f.def.Def.Description, deprecated(f.def.Def.Directives)
			}
			add(m, f.key, f.node)
		}
	}
	return out
}

func nullableCopy(a *plan.Answer) *plan.Answer {
	out := *a
	out.Nullable = true
	return &out
}

func deprecated(list ast.DirectiveList) string {
	switch at := list.ForName("deprecated"); {
	case at == nil:
		return ""
	case argument(at, "reason") != nil && argument(at, "reason").Raw != "":
		return argument(at, "reason").Raw
	default:
		return "No longer supported"
	}
}

// shapingOf reads the directives of a field. Where it is selected several times, they are the same everywhere.
func (d *describing) shapingOf(f *collected, coordinate string) shaping {
	for _, other := range f.again {
		if ours(other.Directives) != ours(f.node.Directives) {
			d.problem(schema.ProblemAt(other.Position, coordinate, "the field is selected more than once, and not with the same directives",
				"write the directives wherever it is selected"))
		}
	}
	return reshapeOf(f.node.Directives)
}

// ours prints the directives that reshape, to compare them.
func ours(list ast.DirectiveList) string {
	var b strings.Builder
	for _, name := range []string{"flatten", "unwrap", "omit", "notFound", "onError", "reshape"} {
		if at := list.ForName(name); at != nil {
			b.WriteString(name)
			for _, a := range at.Arguments {
				b.WriteString(" " + a.Name + ":" + a.Value.String())
			}
			b.WriteByte(';')
		}
	}
	return b.String()
}

// value describes what is shown of a field.
func (d *describing) value(t *schema.Type, f *collected, s shaping, coordinate string) *plan.Answer {
	var out *plan.Answer
	if f.def == nil { // __typename
		out = &plan.Answer{Kind: plan.AnswerEnum, Enum: []string{t.Name}}
	} else {
		out = d.typed(f.def.Type, f, coordinate)
	}
	if s.unwrap != nil {
		out = d.unwrapped(out, s, coordinate)
	}
	d.checkShaping(f, s, out, coordinate)
	if s.reshape != nil {
		out = d.reshaped(out, s.reshape, coordinate)
	}
	if s.onError != nil {
		out = d.replaced(out, s, coordinate)
	}
	return out
}

// typed describes a value of a type.
func (d *describing) typed(t *ast.Type, f *collected, coordinate string) *plan.Answer {
	if t.Elem != nil {
		return &plan.Answer{Kind: plan.AnswerList, Nullable: !t.NonNull, Item: d.typed(t.Elem, f, coordinate)}
	}
	out := d.named(f.def.Named, f, coordinate)
	out.Nullable = !t.NonNull
	return out
}

func (d *describing) named(t *schema.Type, f *collected, coordinate string) *plan.Answer {
	switch t.Kind {
	case ast.Object:
		return d.members(t, f.subs, coordinate)
	case ast.Interface, ast.Union:
		return d.variants(t, f, coordinate)
	case ast.Enum:
		out := &plan.Answer{Kind: plan.AnswerEnum, Name: t.Name, Shared: true}
		if t.Def != nil {
			out.Description = t.Def.Description
			for _, v := range t.Def.EnumValues {
				out.Enum = append(out.Enum, v.Name)
			}
		}
		return out
	}
	out := &plan.Answer{Kind: leafKind(kindOf(t)), Name: t.Name}
	if out.Kind == plan.AnswerAny && t.Def != nil {
		out.Description = t.Def.Description
		if at := t.Def.Directives.ForName("specifiedBy"); at != nil {
			out.Format = argument(at, "url").Raw
		}
	}
	return out
}

func leafKind(k plan.Kind) plan.AnswerKind {
	switch k {
	case plan.Int:
		return plan.AnswerInt
	case plan.Float:
		return plan.AnswerFloat
	case plan.String:
		return plan.AnswerString
	case plan.Boolean:
		return plan.AnswerBoolean
	case plan.ID:
		return plan.AnswerID
	default:
		return plan.AnswerAny
	}
}

// variants describes an object of one of several types. If a member tells which, they are told apart; else all of them are one
// object, whose members are there as the type has them.
func (d *describing) variants(t *schema.Type, f *collected, coordinate string) *plan.Answer {
	types := possible(t)
	all := make([]*plan.Answer, len(types))
	for i, p := range types {
		all[i] = d.members(p, f.subs, coordinate)
	}
	if len(all) == 1 {
		return all[0]
	}
	if told := discriminator(all); told != "" {
		return &plan.Answer{Kind: plan.AnswerOneOf, Name: t.Name, Variants: all, Discriminator: told}
	}
	return merged(t.Name, all)
}

// discriminator is the member by which all variants tell their type, "" if there is none.
func discriminator(all []*plan.Answer) string {
	for _, m := range all[0].Members {
		tells := func(v *plan.Answer) bool {
			return slices.ContainsFunc(v.Members, func(other plan.AnswerMember) bool {
				return other.Name == m.Name && !other.Optional && other.Type.Kind == plan.AnswerEnum && !other.Type.Shared &&
					slices.Equal(other.Type.Enum, []string{v.Name})
			})
		}
		if !slices.ContainsFunc(all, func(v *plan.Answer) bool { return !tells(v) }) {
			return m.Name
		}
	}
	return ""
}

// merged describes variants as one object.
func merged(name string, all []*plan.Answer) *plan.Answer {
	out := &plan.Answer{Kind: plan.AnswerObject, Name: name}
	for n, v := range all {
		for _, m := range v.Members {
			i := slices.IndexFunc(out.Members, func(have plan.AnswerMember) bool { return have.Name == m.Name })
			if i < 0 {
				m.Optional = m.Optional || n > 0
				out.Members = append(out.Members, m)
				continue
			}
			out.Members[i].Type = either(out.Members[i].Type, m.Type)
			out.Members[i].Optional = out.Members[i].Optional || m.Optional
		}
		for i := range out.Members {
			if !slices.ContainsFunc(v.Members, func(m plan.AnswerMember) bool { return m.Name == out.Members[i].Name }) {
				out.Members[i].Optional = true
			}
		}
	}
	return out
}

// either describes a value that is of one of two descriptions.
func either(a, b *plan.Answer) *plan.Answer {
	out := *a
	out.Nullable = a.Nullable || b.Nullable
	x, y := *a, *b
	x.Nullable, y.Nullable = false, false
	switch {
	case reflect.DeepEqual(&x, &y):
	case a.Kind == plan.AnswerEnum && b.Kind == plan.AnswerEnum:
		out.Name, out.Shared = "", false
		for _, v := range b.Enum {
			if !slices.Contains(out.Enum, v) {
				out.Enum = append(slices.Clip(out.Enum), v)
			}
		}
	default:
		return &plan.Answer{Kind: plan.AnswerAny, Nullable: true}
	}
	return &out
}

// dots splits a path of response keys.
func dots(path string) []string { return strings.Split(path, ".") }

// unwrapped describes what a path of response keys leads to.
func (d *describing) unwrapped(a *plan.Answer, s shaping, coordinate string) *plan.Answer {
	for _, key := range s.path {
		if a = d.only(a, key, s, coordinate); a == nil {
			return &plan.Answer{Kind: plan.AnswerAny, Nullable: true}
		}
	}
	return a
}

// only describes an object by its only member, or a list by that of its items; nil after a problem.
func (d *describing) only(a *plan.Answer, key string, s shaping, coordinate string) *plan.Answer {
	if a.Kind == plan.AnswerList {
		item := d.only(a.Item, key, s, coordinate)
		if item == nil {
			return nil
		}
		return &plan.Answer{Kind: plan.AnswerList, Nullable: a.Nullable, Item: item}
	}
	var names []string
	var found *plan.AnswerMember
	for i := range a.Members {
		names = append(names, a.Members[i].Name)
		if a.Members[i].Name == key {
			found = &a.Members[i]
		}
	}
	path := argument(s.unwrap, "path").Raw
	switch {
	case a.Kind == plan.AnswerOneOf:
		d.complain(s.unwrap, coordinate, "the path "+path+" leads through an object of several types", "unwrap inside of them, or use @reshape")
	case a.Kind != plan.AnswerObject:
		d.complain(s.unwrap, coordinate, "the path "+path+" leads into a value that has no members", "end it before "+key)
	case d.flattened[a]:
		d.complain(s.unwrap, coordinate, "the path "+path+" leads through an object in which others are flattened", "unwrap without @flatten inside: a longer path does the same")
	case found == nil:
		d.complain(s.unwrap, coordinate, key+" is not selected there", "it is a path of names in the answer; there is "+strings.Join(names, ", "))
	case found.Optional:
		d.complain(s.unwrap, coordinate, key+" may be left out, and nothing would be in its place", "take @include or @skip off it, or put it on the whole field")
	case len(names) > 1:
		others := slices.DeleteFunc(names, func(n string) bool { return n == key })
		d.complain(s.unwrap, coordinate, strings.Join(others, ", ")+" would not be seen: only "+key+" takes the place of the object", "remove what is not shown, or mark it with @omit")
	default:
		if a.Nullable && !found.Type.Nullable {
			return nullableCopy(found.Type)
		}
		return found.Type
	}
	return nil
}

// checkShaping checks directives of a field against each other and against what they stand on. a is the value after @unwrap.
func (d *describing) checkShaping(f *collected, s shaping, a *plan.Answer, coordinate string) {
	if s.flatten != nil {
		switch {
		case s.omit != nil:
			d.complain(s.flatten, coordinate, "@omit shows nothing that @flatten could lift", "keep one of them")
		case s.reshape != nil || s.onError != nil:
			d.complain(s.flatten, coordinate, "members that are lifted can be neither reshaped nor replaced as a whole", "write @reshape and @onError on the fields inside")
		case a.Kind == plan.AnswerList:
			d.complain(s.flatten, coordinate, "the members of a list's items have no one place to go", "remove @flatten; @unwrap takes one member out of each item")
		case a.Kind == plan.AnswerOneOf:
			d.complain(s.flatten, coordinate, "which members there would be depends on the type of the object", "remove @flatten")
		case a.Kind != plan.AnswerObject:
			d.complain(s.flatten, coordinate, "there is no object whose members could be lifted", "remove @flatten")
		case f.def != nil && len(possible(f.def.Named)) > 1 && s.unwrap == nil:
			d.complain(s.flatten, coordinate, "which members there would be depends on the type of the object", "remove @flatten")
		case s.unwrap != nil:
			d.complain(s.flatten, coordinate, "what is unwrapped cannot be flattened, too", "write @flatten on the field inside that is an object")
		}
		if v := argument(s.flatten, "prefix"); v != nil && !memberName(v.Raw) {
			d.complain(s.flatten, coordinate, fmt.Sprintf("%q cannot begin a name", v.Raw), "use letters, digits and _")
		}
	}
	if s.omit != nil && (s.reshape != nil || s.unwrap != nil) {
		d.complain(s.omit, coordinate, "what is not shown need not be reshaped", "keep one of them")
	}
}

func memberName(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// reshaped describes what a mapping makes of a value.
func (d *describing) reshaped(a *plan.Answer, at *ast.Directive, coordinate string) *plan.Answer {
	v := argument(at, "selection")
	n, err := mapping.Parse(v.Raw)
	if err != nil {
		d.problem(schema.ProblemInside(v, err, coordinate))
		return a
	}
	unknown := false
	for _, fault := range mapping.Check(n, func(name string) error {
		if name == "env" {
			return nil
		}
		unknown = true
		return fmt.Errorf("$%s is not known here: a mapping of the answer reads the answer, and $env", name)
	}) {
		d.problem(schema.ProblemInside(v, fault, coordinate))
	}
	if unknown {
		return a
	}
	i := inferring{problem: func(offset int, message, hint string) {
		d.problem(schema.ProblemInside(v, &mapping.SyntaxError{At: offset, Message: message, Hint: hint}, coordinate))
	}}
	return i.of(n, a, a)
}

// replaced describes a value in whose place a fallback may stand.
func (d *describing) replaced(a *plan.Answer, s shaping, coordinate string) *plan.Answer {
	v := argument(s.onError, "fallback")
	if v == nil {
		if !a.Nullable {
			d.complain(s.onError, coordinate, "the value may not be null, and without a fallback null takes its place", `write @onError(fallback: "..."), a constant that fits`)
		}
		return a
	}
	json, err := constantOf(v.Raw)
	if err != nil {
		d.problem(schema.ProblemInside(v, err, coordinate))
		return a
	}
	if bytes.Equal(json, []byte("null")) {
		return nullableCopy(a)
	}
	if wrong := misfit(json, a); wrong != "" {
		d.problem(schema.ProblemAt(v.Position, coordinate, "the fallback does not fit: "+wrong, "a fallback looks like what it replaces"))
	}
	return a
}
