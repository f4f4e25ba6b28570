package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// fieldPath is one leaf of a field set, as the names that lead to it: [organization id]. at is the offset of the last name in
// the text.
type fieldPath struct {
	names []string
	at    int
}

func (p fieldPath) String() string { return strings.Join(p.names, ".") }

// fieldSet reads `id organization { id }` (the fields of a @key or of @requires), and reports what is not written like that.
// ok is false then.
func (l *loader) fieldSet(v *ast.Value, coordinate string) (leaves []fieldPath, ok bool) {
	t, isText := text(v)
	if !isText {
		return nil, false
	}
	var open []string
	var last *fieldPath // the name just read, which a brace may follow
	flush := func() {
		if last != nil {
			leaves = append(leaves, *last)
			last = nil
		}
	}
	for i := 0; i < len(t); {
		switch c := t[i]; {
		case keySpace(rune(c)):
			i++
		case nameByte(c, true):
			flush()
			start := i
			for i < len(t) && nameByte(t[i], false) {
				i++
			}
			last = &fieldPath{names: append(open[:len(open):len(open)], t[start:i]), at: start}
		case c == '{' && last != nil:
			open, last = last.names, nil
			i++
		case c == '}' && len(open) > 0:
			if last == nil && strings.HasSuffix(strings.TrimRight(t[:i], " ,\t\r\n"), "{") {
				l.problem(l.inside(v, i), coordinate, "nothing is selected between the braces", "name a field: "+open[len(open)-1]+" { id }")
				return nil, false
			}
			flush()
			open = open[:len(open)-1]
			i++
		default:
			l.problem(l.inside(v, i), coordinate, fmt.Sprintf("unexpected %q in a list of fields", c), `write "id", "id sku", or "organization { id }"`)
			return nil, false
		}
	}
	flush()
	if len(open) > 0 {
		l.problem(l.inside(v, len(t)), coordinate, "a { is not closed", "write } behind the fields of "+open[len(open)-1])
		return nil, false
	}
	if len(leaves) == 0 {
		l.problem(at(v.Position), coordinate, "no field is named", `write "id", or "organization { id }"`)
		return nil, false
	}
	return leaves, true
}

// needsValue reports whether an argument has to be given.
func needsValue(a *ast.ArgumentDefinition) bool { return a.Type.NonNull && a.DefaultValue == nil }

func nameByte(c byte, first bool) bool {
	return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || !first && c >= '0' && c <= '9'
}

func keySpace(r rune) bool { return r == ' ' || r == ',' || r == '\t' || r == '\n' || r == '\r' }

// follow finds the field at the end of a path from t. what says for people what the path is: "the key field". Only single
// objects may lie on the way, and no field may have arguments.
func (l *loader) follow(t *typ, path []string, what string, p place, coordinate string) *field {
	return l.followThrough(t, path, what, p, coordinate, false)
}

// followThrough is follow; with optional, fields may have arguments that need not be given.
func (l *loader) followThrough(t *typ, path []string, what string, p place, coordinate string, optional bool) *field {
	done := ""
	for i, name := range path {
		f := t.byName[name]
		whole := strings.Join(path[:i+1], ".")
		switch {
		case f == nil:
			l.problem(p, coordinate, fmt.Sprintf("%s %s is not in %s", what, whole, t.name), l.didYouMean(name, t.fieldNames(), done))
			return nil
		case len(f.def.Arguments) > 0 && (!optional || slices.ContainsFunc(f.def.Arguments, needsValue)):
			l.problem(p, coordinate, whole+" cannot be "+what+": it has arguments", "name a field that needs none")
			return nil
		case i == len(path)-1:
			return f
		case f.def.Type.Elem != nil || !l.isComposite(f.def.Type.Name()):
			l.problem(p, coordinate, fmt.Sprintf("%s leads into %s, which is %s", what, whole, f.def.Type), "a path goes through single objects")
			return nil
		}
		done = whole + "."
		next := l.types[f.def.Type.Name()]
		if next.kind == ast.Union {
			l.problem(p, coordinate, fmt.Sprintf("%s leads into %s, which is a union", what, whole), "a path goes through objects and interfaces")
			return nil
		}
		t = next
	}
	return nil
}
