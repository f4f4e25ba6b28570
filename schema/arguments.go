package schema

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

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
		hint := "write an object: { name: value }"
		if c.ours && def.Name == "ConnectHTTP" {
			hint = orElse(requestHint(v), hint)
		}
		c.problem(at(v.Position), c.coordinate, fmt.Sprintf("%s must be %s, not %s", part, t.String(), brief(v)), hint)
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
