package schema

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// use is one directive of our language on one element, taken out of the tree. Its names, types and required parts are
// checked; a reader must still expect any argument to be absent, because a faulty one was reported and left as it is.
type use struct {
	name string
	dir  *ast.Directive
	at   place
	// faulty: problems were found in it, so that something missing may only be misspelt.
	faulty bool
}

// arg returns the value of an argument, or nil if it is absent or null.
func (u *use) arg(name string) *ast.Value {
	if a := u.dir.Arguments.ForName(name); a != nil && a.Value != nil && a.Value.Kind != ast.NullValue {
		return a.Value
	}
	return nil
}

// member returns the value of a member of an input object, or nil if it is absent or null.
func member(v *ast.Value, name string) *ast.Value {
	if v == nil || v.Kind != ast.ObjectValue {
		return nil
	}
	if m := v.Children.ForName(name); m != nil && m.Kind != ast.NullValue {
		return m
	}
	return nil
}

// items returns the values of a list; a single value counts as a list of one (GraphQL 3.11).
func items(v *ast.Value) []*ast.Value {
	if v == nil {
		return nil
	}
	if v.Kind != ast.ListValue {
		return []*ast.Value{v}
	}
	out := make([]*ast.Value, 0, len(v.Children))
	for _, c := range v.Children {
		out = append(out, c.Value)
	}
	return out
}

// text returns the text of a string value. ok is false for every other value, nil included.
func text(v *ast.Value) (s string, ok bool) {
	if v == nil || (v.Kind != ast.StringValue && v.Kind != ast.BlockValue) {
		return "", false
	}
	return v.Raw, true
}

// truth returns the value of a Boolean, or otherwise if there is none.
func truth(v *ast.Value, otherwise bool) bool {
	if v == nil || v.Kind != ast.BooleanValue {
		return otherwise
	}
	return v.Raw == "true"
}

func usesOf(uses []*use, name string) []*use {
	var out []*use
	for _, u := range uses {
		if u.name == name {
			out = append(out, u)
		}
	}
	return out
}

func first(uses []*use, name string) *use {
	for _, u := range uses {
		if u.name == name {
			return u
		}
	}
	return nil
}

// uses holds the decoded directives of elements that have no struct of their own here.
type uses struct {
	schema map[*ast.Source][]*use
	fields map[*ast.FieldDefinition][]*use
	values map[*ast.EnumValueDefinition][]*use
	faulty map[*ast.FieldDefinition]bool // a directive could not be read: the field may be bound
}

// declare notes the directives that the user defines.
func (l *loader) declare(doc *document) {
	l.declared = map[string]*ast.DirectiveDefinition{}
	for _, d := range doc.directives {
		p, coordinate := atDirective(d.Position), "@"+d.Name
		switch {
		case l.lang.ours[d.Name] != nil:
			l.problem(p, coordinate, coordinate+" belongs to the language and may not be defined again",
				"remove this definition; the directive can be used without it")
		case l.declared[d.Name] != nil:
			l.problem(p, coordinate, coordinate+" is defined twice", "keep one of the definitions")
		default:
			l.declared[d.Name] = d
		}
	}
}

// decode checks every directive of the document, and takes ours out of the tree.
func (l *loader) decode(doc *document) *uses {
	all := &uses{
		schema: map[*ast.Source][]*use{},
		fields: map[*ast.FieldDefinition][]*use{},
		values: map[*ast.EnumValueDefinition][]*use{},
		faulty: map[*ast.FieldDefinition]bool{},
	}
	for _, list := range [][]*ast.SchemaDefinition{doc.schemas, doc.schemaExts} {
		for _, s := range list {
			var ours []*use
			s.Directives, ours = l.directives(s.Directives, ast.LocationSchema, "schema")
			if src := s.Position.Src; src != nil {
				all.schema[src] = append(all.schema[src], ours...)
			}
		}
	}
	for _, b := range doc.blocks {
		b.def.Directives, b.uses = l.directives(b.def.Directives, ast.DirectiveLocation(b.def.Kind), b.def.Name)
		l.decodeMembers(b.def, all)
	}
	for _, list := range []ast.DirectiveDefinitionList{doc.directives, doc.dirExts} {
		for _, d := range list {
			d.Directives, _ = l.directives(d.Directives, ast.LocationDirectiveDefinition, "@"+d.Name)
			l.decodeArguments(d.Arguments, "@"+d.Name)
		}
	}
	return all
}

func (l *loader) decodeMembers(def *ast.Definition, all *uses) {
	location := ast.LocationFieldDefinition
	if def.Kind == ast.InputObject {
		location = ast.LocationInputFieldDefinition
	}
	for _, f := range def.Fields {
		coordinate := def.Name + "." + f.Name
		before := len(l.problems)
		f.Directives, all.fields[f] = l.directives(f.Directives, location, coordinate)
		all.faulty[f] = len(l.problems) > before
		l.decodeArguments(f.Arguments, coordinate)
	}
	for _, v := range def.EnumValues {
		v.Directives, all.values[v] = l.directives(v.Directives, ast.LocationEnumValue, def.Name+"."+v.Name)
	}
}

// decodeArguments checks the directives of arguments. None of ours is effective there yet.
func (l *loader) decodeArguments(args ast.ArgumentDefinitionList, coordinate string) {
	for _, a := range args {
		a.Directives, _ = l.directives(a.Directives, ast.LocationArgumentDefinition, coordinate+"("+a.Name+":)")
	}
}

// directives splits a list into what stays in the public schema and what is ours, and checks each.
func (l *loader) directives(list ast.DirectiveList, location ast.DirectiveLocation, coordinate string) (rest ast.DirectiveList, ours []*use) {
	seen := map[string]bool{}
	for _, d := range list {
		p := atDirective(d.Position)
		if location == ast.LocationSchema {
			coordinate = schemaCoordinate(d)
		}
		if def := l.lang.ours[d.Name]; def != nil {
			if l.allowed(d, def, location, coordinate, seen[d.Name]) && l.ready(p, coordinate, "@"+d.Name) {
				before := len(l.problems)
				l.checkArguments(d, def, coordinate, true)
				ours = append(ours, &use{name: d.Name, dir: d, at: p, faulty: len(l.problems) > before})
			}
			seen[d.Name] = true
			continue
		}
		def := l.declared[d.Name]
		if def == nil {
			def = l.lang.standard[d.Name]
		}
		switch {
		case def != nil:
			if l.allowed(d, def, location, coordinate, seen[d.Name]) {
				l.checkArguments(d, def, coordinate, false)
			}
			rest = append(rest, d)
		case l.lang.refused[d.Name] != "":
			l.problem(p, coordinate, "@"+d.Name+" is not part of the language", l.lang.refused[d.Name])
		default:
			l.problem(p, coordinate, "unknown directive @"+d.Name, l.unknownDirective(d.Name))
		}
		seen[d.Name] = true
	}
	return rest, ours
}

// schemaCoordinate names a directive of the schema: @source(name: "users").
func schemaCoordinate(d *ast.Directive) string {
	if a := d.Arguments.ForName("name"); a != nil {
		if name, ok := text(a.Value); ok && len(name) <= 64 {
			return fmt.Sprintf("@%s(name: %q)", d.Name, name)
		}
	}
	return "@" + d.Name
}

func (l *loader) unknownDirective(name string) string {
	known := slices.Concat(slices.Collect(maps.Keys(l.lang.ours)), slices.Collect(maps.Keys(l.declared)),
		[]string{"deprecated", "specifiedBy", "oneOf"})
	if hint := l.didYouMean(name, known, "@"); hint != "" {
		return hint
	}
	return "a directive of your own must be defined: directive @" + name + " on ..."
}

// ready reports whether a part of the language works, and notes a problem if it does not yet.
func (l *loader) ready(p place, coordinate, part string) bool {
	if l.lang.effective[part] {
		return true
	}
	l.notYet(p, coordinate, part, "take it out: it is refused rather than ignored")
	return false
}

func (l *loader) notYet(p place, coordinate, part, hint string) {
	l.problem(p, coordinate, part+" is part of the language but not effective yet", hint)
}

// allowed checks where a directive stands, and how often.
func (l *loader) allowed(d *ast.Directive, def *ast.DirectiveDefinition, location ast.DirectiveLocation, coordinate string, again bool) bool {
	if !slices.Contains(def.Locations, location) {
		places := make([]string, len(def.Locations))
		operations := true
		for i, p := range def.Locations {
			places[i] = locationWord(p)
			operations = operations && operationSide(p)
		}
		hint := "@" + d.Name + " goes on " + oneOf(places)
		if operations {
			hint += ": it belongs in operations, not in the schema"
		}
		l.problem(atDirective(d.Position), coordinate, "@"+d.Name+" may not stand on "+locationWord(location), hint)
		return false
	}
	if again && !def.IsRepeatable {
		l.problem(atDirective(d.Position), coordinate, "@"+d.Name+" is written twice here", "keep one of them")
		return false
	}
	return true
}

// oneOf joins alternatives: "a, b or c".
func oneOf(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

func operationSide(location ast.DirectiveLocation) bool {
	switch location {
	case ast.LocationQuery, ast.LocationMutation, ast.LocationSubscription, ast.LocationField, ast.LocationFragmentDefinition,
		ast.LocationFragmentSpread, ast.LocationInlineFragment, ast.LocationVariableDefinition:
		return true
	default:
		return false
	}
}

// locationWord says where in plain words: "a field", "an enum value".
func locationWord(location ast.DirectiveLocation) string {
	switch location {
	case ast.LocationSchema:
		return "the schema"
	case ast.LocationObject:
		return "a type"
	case ast.LocationFieldDefinition:
		return "a field"
	case ast.LocationField:
		return "a field of an operation"
	}
	words := strings.ToLower(strings.ReplaceAll(string(location), "_", " "))
	words = strings.Replace(words, " definition", "", 1)
	if strings.ContainsAny(words[:1], "aeio") {
		return "an " + words
	}
	return "a " + words
}

// atDirective is the place of the @ before a directive's name.
func atDirective(pos *ast.Position) place {
	p := at(pos)
	if p.rune > 0 {
		p.rune--
	}
	return p
}

// checkArguments checks the arguments of one directive against its definition.
func (l *loader) checkArguments(d *ast.Directive, def *ast.DirectiveDefinition, coordinate string, ours bool) {
	names := make([]string, len(def.Arguments))
	for i, a := range def.Arguments {
		names[i] = a.Name
	}
	c := check{loader: l, coordinate: coordinate, ours: ours}
	for i, a := range d.Arguments {
		known := def.Arguments.ForName(a.Name)
		part := "@" + d.Name + "(" + a.Name + ":)"
		switch {
		case known == nil:
			l.problem(at(a.Position), coordinate, "@"+d.Name+" has no argument "+a.Name, l.didYouMean(a.Name, names, ""))
		case d.Arguments[:i].ForName(a.Name) != nil:
			l.problem(at(a.Position), coordinate, part+" is given twice", "keep one of them")
		case ours && !l.ready(at(a.Position), coordinate, part):
		default:
			c.value(a.Value, known.Type, part)
		}
	}
	for _, a := range def.Arguments {
		if a.Type.NonNull && a.DefaultValue == nil && d.Arguments.ForName(a.Name) == nil {
			l.problem(atDirective(d.Position), coordinate, "@"+d.Name+" needs the argument "+a.Name,
				fmt.Sprintf("write @%s(%s: ...)", d.Name, a.Name))
		}
	}
}

// check compares values with input types.
type check struct {
	*loader
	coordinate string
	ours       bool // the types are those of our language, some of whose parts are not effective
}

func (c *check) lookup(name string) *ast.Definition {
	if c.ours {
		return c.lang.types[name]
	}
	if t := c.types[name]; t != nil {
		return t.blocks[0].def
	}
	return c.lang.builtin[name]
}

// value checks one value; part names it for people: "@connect(http:).headers".
func (c *check) value(v *ast.Value, t *ast.Type, part string) {
	if v == nil {
		return
	}
	if v.Kind == ast.NullValue {
		if t.NonNull {
			c.wrong(v, t, part)
		}
		return
	}
	if t.Elem != nil {
		for _, item := range items(v) {
			c.value(item, t.Elem, part)
		}
		return
	}
	def := c.lookup(t.NamedType)
	if def == nil {
		return // an unknown type is reported where it is named
	}
	switch def.Kind {
	case ast.Scalar:
		if !fitsScalar(v, def.Name) {
			c.wrong(v, t, part)
		}
	case ast.Enum:
		c.enum(v, t, def, part)
	case ast.InputObject:
		c.object(v, t, def, part)
	}
}

// fitsScalar says whether a literal may stand for a built-in scalar. Scalars of the user take every literal.
func fitsScalar(v *ast.Value, scalar string) bool {
	isString := v.Kind == ast.StringValue || v.Kind == ast.BlockValue
	switch scalar {
	case "String", "JSONSelection":
		return isString
	case "ID":
		return isString || v.Kind == ast.IntValue
	case "Int":
		_, err := strconv.ParseInt(v.Raw, 10, 32)
		return v.Kind == ast.IntValue && err == nil
	case "Float":
		return v.Kind == ast.IntValue || v.Kind == ast.FloatValue
	case "Boolean":
		return v.Kind == ast.BooleanValue
	case "LinkImport":
		return isString || v.Kind == ast.ObjectValue
	default:
		return true
	}
}

func (c *check) wrong(v *ast.Value, t *ast.Type, part string) {
	hint := ""
	switch t.Name() {
	case "String", "ID", "JSONSelection":
		hint = `write a text in quotes: "..."`
	case "Int":
		hint = "write a whole number without quotes, within 32 bits"
	case "Float":
		hint = "write a number without quotes"
	case "Boolean":
		hint = "write true or false, without quotes"
	}
	typeName := strings.Replace(t.String(), "JSONSelection", "String", 1)
	c.problem(at(v.Position), c.coordinate, fmt.Sprintf("%s must be %s, not %s", part, typeName, brief(v)), hint)
}

// brief prints a value, shortened.
func brief(v *ast.Value) string {
	switch v.Kind {
	case ast.ListValue:
		return "a list"
	case ast.ObjectValue:
		return "an object"
	}
	s := v.String()
	if len(s) > 40 {
		return "this value"
	}
	return s
}

func (c *check) enum(v *ast.Value, t *ast.Type, def *ast.Definition, part string) {
	if v.Kind == ast.EnumValue && def.EnumValues.ForName(v.Raw) != nil {
		return
	}
	names := make([]string, len(def.EnumValues))
	for i, e := range def.EnumValues {
		names[i] = e.Name
	}
	hint := "write " + oneOf(names)
	if v.Kind == ast.StringValue && def.EnumValues.ForName(v.Raw) != nil {
		hint = "write " + v.Raw + " without quotes"
	} else if n := c.nearest(v.Raw, names); n != "" {
		hint = "did you mean " + n + "?"
	}
	c.problem(at(v.Position), c.coordinate, fmt.Sprintf("%s must be %s, not %s", part, t.String(), brief(v)), hint)
}

func (c *check) object(v *ast.Value, t *ast.Type, def *ast.Definition, part string) {
	if v.Kind != ast.ObjectValue {
		c.problem(at(v.Position), c.coordinate, fmt.Sprintf("%s must be %s, not %s", part, t.String(), brief(v)),
			"write an object: { name: value }")
		return
	}
	names := make([]string, len(def.Fields))
	for i, f := range def.Fields {
		names[i] = f.Name
	}
	seen := map[string]bool{}
	for _, m := range v.Children {
		known := def.Fields.ForName(m.Name)
		inner := part + "." + m.Name
		switch {
		case known == nil:
			c.problem(at(m.Position), c.coordinate, part+" has no member "+m.Name, c.didYouMean(m.Name, names, ""))
		case seen[m.Name]:
			c.problem(at(m.Position), c.coordinate, inner+" is given twice", "keep one of them")
		case c.ours && !c.lang.effective[def.Name+"."+m.Name]:
			c.notYet(at(m.Position), c.coordinate, inner, "take it out: it is refused rather than ignored")
		default:
			c.value(m.Value, known.Type, inner)
		}
		seen[m.Name] = true
	}
	for _, f := range def.Fields {
		if f.Type.NonNull && f.DefaultValue == nil && !seen[f.Name] {
			c.problem(at(v.Position), c.coordinate, part+" needs the member "+f.Name, fmt.Sprintf("write { %s: ... }", f.Name))
		}
	}
}
