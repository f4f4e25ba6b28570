package schema

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

// TestEveryPartWorksOrIsAProblem writes each directive of the language, each argument and each member of an argument at a
// place where it belongs. A part that is not effective must be refused, whatever else is right or wrong with the file.
func TestEveryPartWorksOrIsAProblem(t *testing.T) {
	t.Parallel()
	l := newLanguage()
	for _, d := range l.ours {
		part := "@" + d.Name
		location := schemaSide(d)
		if location == "" {
			ps := loadText(t, frame(ast.LocationFieldDefinition, applied(l, d, "")))
			if !mentions(ps, part+" may not stand on a field") {
				t.Errorf("%s belongs to operations and was accepted:\n%v", part, ps)
			}
			continue
		}
		ps := loadText(t, frame(location, applied(l, d, "")))
		if got := mentions(ps, part+" is part of the language but not effective yet"); got == l.effective[part] {
			t.Errorf("%s: effective %v, but:\n%v", part, l.effective[part], ps)
		}
		if !l.effective[part] {
			continue
		}
		for _, a := range d.Arguments {
			argument := part + "(" + a.Name + ":)"
			ps := loadText(t, frame(location, applied(l, d, a.Name)))
			if got := mentions(ps, argument+" is part of the language but not effective yet"); got == l.effective[argument] {
				t.Errorf("%s: effective %v, but:\n%v", argument, l.effective[argument], ps)
			}
			if l.effective[argument] {
				l.walkMembers(t, d, a.Name, location, argument, l.types[a.Type.Name()], func(value string) string { return value })
			}
		}
	}
}

// walkMembers writes each member of an input object, and of those inside of it; around writes what the object stands in.
func (l *language) walkMembers(t *testing.T, d *ast.DirectiveDefinition, arg string, location ast.DirectiveLocation, path string, in *ast.Definition, around func(string) string) {
	t.Helper()
	if in.Kind != ast.InputObject {
		return
	}
	for _, m := range in.Fields {
		part := path + "." + m.Name
		value := around(fmt.Sprintf("{ %s: %s }", m.Name, example(l, m.Type)))
		ps := loadText(t, frame(location, fmt.Sprintf("@%s(%s: %s)", d.Name, arg, value)))
		effective := l.effective[in.Name+"."+m.Name]
		if got := mentions(ps, part+" is part of the language but not effective yet"); got == effective {
			t.Errorf("%s: effective %v, but:\n%v", part, effective, ps)
		}
		if effective {
			l.walkMembers(t, d, arg, location, part, l.types[m.Type.Name()], func(inner string) string {
				return around(fmt.Sprintf("{ %s: %s }", m.Name, inner))
			})
		}
	}
}

// TestPlacesOfDirectives writes each directive at every kind of place in a schema: where it does not belong it is refused, and
// so it is wherever it belongs as long as it is not effective.
func TestPlacesOfDirectives(t *testing.T) {
	t.Parallel()
	l := newLanguage()
	for _, d := range l.ours {
		part := "@" + d.Name
		for _, location := range places() {
			ps := loadText(t, frame(location, applied(l, d, "")))
			belongs := slices.Contains(d.Locations, location)
			if got := mentions(ps, part+" may not stand on"); got == belongs {
				t.Errorf("%s on %s: belongs %v, but:\n%v", part, location, belongs, ps)
			}
			if got := mentions(ps, part+" is part of the language but not effective yet"); belongs && got == l.effective[part] {
				t.Errorf("%s on %s: effective %v, but:\n%v", part, location, l.effective[part], ps)
			}
		}
	}
}

// places are the kinds of place in a schema where a directive could be written.
func places() []ast.DirectiveLocation {
	return []ast.DirectiveLocation{
		ast.LocationSchema, ast.LocationScalar, ast.LocationObject, ast.LocationFieldDefinition, ast.LocationArgumentDefinition,
		ast.LocationInterface, ast.LocationUnion, ast.LocationEnum, ast.LocationEnumValue, ast.LocationInputObject,
		ast.LocationInputFieldDefinition,
	}
}

// TestEffectiveNamesExist: the list of what works names nothing that the language does not have.
func TestEffectiveNamesExist(t *testing.T) {
	t.Parallel()
	l := newLanguage()
	known := map[string]bool{}
	for _, d := range l.ours {
		known["@"+d.Name] = true
		for _, a := range d.Arguments {
			known["@"+d.Name+"("+a.Name+":)"] = true
			if l.types[a.Type.Name()] == nil {
				t.Errorf("@%s(%s:) has the unknown type %s", d.Name, a.Name, a.Type)
			}
		}
	}
	for _, in := range l.types {
		for _, f := range in.Fields {
			known[in.Name+"."+f.Name] = true
			if l.types[f.Type.Name()] == nil {
				t.Errorf("%s.%s has the unknown type %s", in.Name, f.Name, f.Type)
			}
		}
	}
	for _, e := range effective() {
		if !known[e] {
			t.Errorf("%s is called effective but is no part of the language", e)
		}
	}
	for name := range l.refused {
		if l.ours[name] != nil || l.standard[name] != nil {
			t.Errorf("@%s is refused and known", name)
		}
	}
}

// TestRefusedWords: each word of older schemas that is not taken is refused by name, with advice.
func TestRefusedWords(t *testing.T) {
	t.Parallel()
	for name, advice := range refused() {
		ps := loadText(t, frame(ast.LocationFieldDefinition, "@"+name))
		found := false
		for _, p := range ps {
			found = found || (p.Message == "@"+name+" is not part of the language" && p.Hint == advice && advice != "")
		}
		if !found {
			t.Errorf("@%s: %v", name, ps)
		}
	}
}

func loadText(t *testing.T, text string) Problems {
	t.Helper()
	_, err := Load([]*ast.Source{{Name: "gateway.graphql", Input: text}}, func(string) (string, bool) { return "", false })
	if err == nil {
		return nil
	}
	var ps Problems
	if !errors.As(err, &ps) {
		t.Fatalf("not a list of problems: %v", err)
	}
	for _, p := range ps {
		if strings.HasPrefix(p.Message, "syntax") {
			t.Fatalf("the test wrote bad GraphQL: %v\n%s", ps, text)
		}
	}
	return ps
}

func mentions(ps Problems, message string) bool {
	for _, p := range ps {
		if strings.Contains(p.Message, message) {
			return true
		}
	}
	return false
}

// schemaSide returns a place in a schema where the directive may stand, or "".
func schemaSide(d *ast.DirectiveDefinition) ast.DirectiveLocation {
	for _, l := range d.Locations {
		if !operationSide(l) {
			return l
		}
	}
	return ""
}

// applied writes a directive with its required arguments and one more.
func applied(l *language, d *ast.DirectiveDefinition, argument string) string {
	var args []string
	for _, a := range d.Arguments {
		if a.Name == argument || (a.Type.NonNull && a.DefaultValue == nil) {
			args = append(args, a.Name+": "+example(l, a.Type))
		}
	}
	if len(args) == 0 {
		return "@" + d.Name
	}
	return "@" + d.Name + "(" + strings.Join(args, ", ") + ")"
}

// example writes a value of a type, of which only the kind is right.
func example(l *language, t *ast.Type) string {
	if t.Elem != nil {
		return "[" + example(l, t.Elem) + "]"
	}
	def := l.types[t.NamedType]
	switch {
	case def.Kind == ast.Enum:
		return def.EnumValues[0].Name
	case def.Kind == ast.InputObject:
		var members []string
		for _, f := range def.Fields {
			if f.Type.NonNull {
				members = append(members, f.Name+": "+example(l, f.Type))
			}
		}
		return "{ " + strings.Join(members, ", ") + " }"
	case def.Name == "Int":
		return "1"
	case def.Name == "Float":
		return "1.5"
	case def.Name == "Boolean":
		return "true"
	default:
		return `"x"`
	}
}

// frame is a schema with text at one place.
func frame(location ast.DirectiveLocation, text string) string {
	at := func(l ast.DirectiveLocation) string {
		if l == location {
			return text
		}
		return ""
	}
	return fmt.Sprintf(`extend schema @link(url: "https://specs.apollo.dev/connect/v0.4") %s
type Query %s { f(a: Int %s): Int %s }
interface I %s { g: Int }
union U %s = Query
scalar S %s
enum E %s { A %s }
input In %s { x: Int %s }`, at(ast.LocationSchema), at(ast.LocationObject), at(ast.LocationArgumentDefinition), at(ast.LocationFieldDefinition),
		at(ast.LocationInterface), at(ast.LocationUnion), at(ast.LocationScalar), at(ast.LocationEnum), at(ast.LocationEnumValue),
		at(ast.LocationInputObject), at(ast.LocationInputFieldDefinition))
}
