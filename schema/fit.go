package schema

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
	"manifold/internal/rawjson"
)

// spot is where an expression of a template stands, which decides what its value may be (LANGUAGE 1.7).
type spot uint8

const (
	inPath  spot = iota // one value
	inPair              // one value or a list: the pair is repeated
	inMixed             // one value: the pair has more text, or the expression is in its name
	inText              // one value: a header
	inItem              // one value: an item of path
)

func (s spot) String() string {
	switch s {
	case inPath, inItem:
		return "a path segment takes one text or number"
	case inText:
		return "a header takes one text or number"
	default:
		return "a query takes texts and numbers"
	}
}

// spots says for each expression of a URL template where it stands. exprs are the offsets of its braces in written.
func spots(written string, exprs [][2]int) []spot {
	masked := []byte(written) // without the insides of expressions, so that what delimits is the template's own
	for _, e := range exprs {
		for i := e[0]; i < e[1]; i++ {
			masked[i] = 0
		}
	}
	out := make([]spot, len(exprs))
	start := bytes.IndexByte(masked, '?') + 1
	if start == 0 {
		return out
	}
	next := 0
	for next < len(exprs) && exprs[next][0] < start {
		next++
	}
	for start <= len(masked) {
		end := len(masked)
		if n := bytes.IndexByte(masked[start:], '&'); n >= 0 {
			end = start + n
		}
		first := next
		for next < len(exprs) && exprs[next][0] < end {
			out[next] = inMixed
			next++
		}
		if next == first+1 && wholeValue(written, start, end, exprs[first]) {
			out[first] = inPair
		}
		start = end + 1
	}
	return out
}

// wholeValue reports whether the pair written[start:end] is a name, an equals sign and the expression, and nothing else.
func wholeValue(written string, start, end int, expr [2]int) bool {
	return strings.HasSuffix(strings.TrimSpace(written[start:expr[0]]), "=") && strings.Trim(written[expr[1]:end], "} \t\r\n") == ""
}

// fitTemplate checks that the value of an expression can stand where it stands.
func (l *loader) fitTemplate(n mapping.Node, v *ast.Value, s *scope, where spot) {
	f := l.formOf(n, formEnv{scope: s})
	written := mapping.String(n)
	p := l.inside(v, n.Offset())
	switch {
	case f.kind == object || f.kind == composite || (f.kind == list && f.item.kind == object):
		l.problem(p, s.coordinate, fmt.Sprintf("%s is %s, and %s", written, f.name(), where), l.memberHint(f, written))
	case f.kind != list || (where == inPair && f.item.kind != list):
	case where == inPair:
		l.problem(p, s.coordinate, written+" is a list of lists, and "+where.String(), "take the inner values out of their lists first")
	case strings.HasPrefix(written, "$request."), strings.HasPrefix(written, "$response."):
		l.problem(p, s.coordinate, written+" is a list, and "+where.String(), "a header may come several times; take its first value: "+written+"->first")
	case where == inMixed:
		l.problem(p, s.coordinate, written+" is a list, and only an expression that is the whole value of its pair may be one",
			"make one value of it: {"+written+"->joinNotNull(',')}")
	case where == inItem:
		l.problem(p, s.coordinate, written+" is a list, and "+where.String(), "make one value of it: "+written+"->joinNotNull(',')")
	default:
		hint := "make one value of it: {" + written + "->joinNotNull(',')}"
		if where == inPath {
			hint += ", or put it into the query: ?" + lastName(written) + "={" + written + "}"
		}
		l.problem(p, s.coordinate, written+" is a list, and "+where.String(), hint)
	}
}

// lastName is the name at the end of a written path.
func lastName(written string) string {
	name := written[strings.LastIndexAny(written, ".$")+1:]
	if !envName(name) {
		return "name"
	}
	return name
}

// name says what a form is, for people.
func (f form) name() string {
	switch {
	case f.kind == list:
		return "a list of objects"
	case f.kind == object && f.of != nil && f.of.kind == ast.InputObject:
		return "an object (input " + f.of.name + ")"
	case f.kind == object || f.kind == composite:
		return "an object"
	default:
		return "one value"
	}
}

func (l *loader) memberHint(f form, written string) string {
	of := f.of
	if f.kind == list {
		of = f.item.of
	}
	if of == nil {
		return "name one value"
	}
	for _, inner := range of.fields {
		if k := l.typeForm(inner.def.Type).kind; k == scalar || k == anything {
			return "name a member of it, as " + written + "." + inner.def.Name
		}
	}
	return "name a member of it"
}

// fitField checks that what a mapping makes can be the value of a field. what names the mapping for people.
func (l *loader) fitField(n mapping.Node, f *field, p place, coordinate string, s *scope) {
	made := l.formOf(n, formEnv{scope: s})
	t := f.def.Type
	switch {
	case made.kind == list && t.Elem == nil && l.isComposite(t.Name()) && isArray(n):
		l.problem(p, coordinate, fmt.Sprintf("the mapping makes a list, but the field %s is %s", f.def.Name, t),
			"list the members without brackets, as \"id name\"")
	case made.kind == list && t.Elem == nil && !l.ownScalar(t):
		l.problem(p, coordinate, fmt.Sprintf("the mapping makes a list, but the field %s is %s", f.def.Name, t),
			fmt.Sprintf("take one item, as by ->first, or write the type as [%s]", t.Name()))
	case made.kind == scalar && t.Elem != nil:
		l.problem(p, coordinate, fmt.Sprintf("the mapping makes one value, but the field %s is the list %s", f.def.Name, t),
			fmt.Sprintf("make a list of it, as $([ ... ]), or write the type as %s", t.Name()))
	case made.kind == scalar && l.isComposite(t.Name()):
		l.problem(p, coordinate, fmt.Sprintf("the mapping makes one value, but the field %s is the object %s", f.def.Name, t),
			"write an object: { name: value }")
	case made.json != nil:
		l.fitConstant(made.json, f, p, coordinate)
	}
}

func isArray(n mapping.Node) bool {
	_, ok := n.(*mapping.Array)
	return ok
}

// fitConstant checks a constant against a scalar or enum, as replies are checked (LANGUAGE: Values).
func (l *loader) fitConstant(json []byte, f *field, p place, coordinate string) {
	name := f.def.Type.Name()
	fits, hint := true, ""
	switch t := l.types[name]; {
	case t != nil && t.kind == ast.Enum:
		value, known := t.model.Values[string(rawjson.Unquote(nil, quoted(json)))]
		hidden := func(name string) bool { return t.model.Hidden[name] && !f.model.Hidden }
		fits = (known && json[0] == '"' && !hidden(value)) || len(t.model.Send) == 0
		hint = "the values are " + oneOf(slices.DeleteFunc(sortedKeys(t.model.Send), hidden))
		if known && hidden(value) {
			hint = "clients do not see this value; " + hint
		}
	case t != nil:
	case name == "Int" || name == "Float":
		fits = json[0] != '"' && json[0] != 't' && json[0] != 'f' && (name == "Float" || !bytes.ContainsAny(json, ".eE"))
		hint = "write a number without quotes: $(1)"
	case name == "Boolean":
		fits = json[0] == 't' || json[0] == 'f'
		hint = "write $(true) or $(false)"
	}
	if !fits {
		l.problem(p, coordinate, fmt.Sprintf("the mapping makes the constant %s, but the field %s is %s", json, f.def.Name, f.def.Type), hint)
	}
}

// quoted returns a JSON string, or the empty one for any other value.
func quoted(json []byte) []byte {
	if len(json) < 2 || json[0] != '"' {
		return []byte(`""`)
	}
	return json
}

// ownScalar reports whether t is a scalar of the user, whose values may be any JSON.
func (l *loader) ownScalar(t *ast.Type) bool {
	own := l.types[t.Name()]
	return own != nil && own.kind == ast.Scalar
}
