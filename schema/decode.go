package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

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
		args:   map[*ast.ArgumentDefinition][]*use{},
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
			l.decodeArguments(d.Arguments, "@"+d.Name, all)
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
		l.decodeArguments(f.Arguments, coordinate, all)
	}
	for _, v := range def.EnumValues {
		v.Directives, all.values[v] = l.directives(v.Directives, ast.LocationEnumValue, def.Name+"."+v.Name)
	}
}

// decodeArguments checks the directives of the arguments of a field or of a directive.
func (l *loader) decodeArguments(args ast.ArgumentDefinitionList, coordinate string, all *uses) {
	for _, a := range args {
		a.Directives, all.args[a] = l.directives(a.Directives, ast.LocationArgumentDefinition, coordinate+"("+a.Name+":)")
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
				u := &use{name: d.Name, dir: d, at: p, faulty: len(l.problems) > before}
				if !l.noted(u, coordinate) {
					ours = append(ours, u)
				}
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
			l.problem(p, coordinate, "unknown directive @"+d.Name, l.unknownDirective(d))
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

func (l *loader) unknownDirective(d *ast.Directive) string {
	if l.full() {
		return ""
	}
	_, rest, prefixed := strings.Cut(d.Name, "__")
	known := slices.Concat(slices.Collect(maps.Keys(l.lang.ours)), slices.Collect(maps.Keys(l.declared)),
		[]string{"deprecated", "specifiedBy", "oneOf"}, l.names[d.Position.Src].known(prefixed))
	hint := l.didYouMean(d.Name, known, "@")
	switch {
	case hint != "":
		return hint
	case prefixed && l.lang.ours[rest] != nil:
		return "write @" + rest + ": no @link gives this prefix a meaning"
	default:
		return "a directive of your own must be defined: directive @" + d.Name + " on ..."
	}
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
