package resolvers

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"manifold/internal/rawjson"
	"manifold/schema"
)

// coercion turns JSON tokens into values of input types (GraphQL 3.5, 3.9 to 3.12: "Input Coercion"). Results are
// appended to out; after an error out holds rubbish. It goes on after an error, so that a client sees all of them.
//
// Where the specification leaves a choice it is made as graphql-js makes it: an Int or ID may be written 1.0 or 1e2,
// nothing else is converted. Stricter than graphql-js is one thing only: a member given twice is an error, not the last
// one.
type coercion struct {
	model      *schema.Gateway
	definition *ast.VariableDefinition
	out        []byte
	errs       gqlerror.List
	path       []step
	members    [][]byte // tokens of the members of the input objects that are open, in the order of their fields
	scratch    []byte
}

// step is one step of a path inside a variable: a name, or the index of an item if there is none.
type step struct {
	name  string
	index int
}

// value appends the value of a token for type t, whose innermost named type is named.
func (c *coercion) value(token []byte, t *ast.Type, named *schema.Type) {
	switch {
	case token[0] == 'n':
		if t.NonNull {
			c.fail("a value of type " + t.String() + " is required, not null")
			return
		}
		c.out = append(c.out, "null"...)
	case t.Elem != nil:
		c.list(token, t, named)
	case named.Kind == ast.InputObject:
		c.object(token, named)
	case named.Kind == ast.Enum:
		c.enum(token, named)
	default:
		c.scalar(token, named)
	}
}

// list appends a list; what is no list stands for a list of one item.
func (c *coercion) list(token []byte, t *ast.Type, named *schema.Type) {
	c.out = append(c.out, '[')
	if token[0] != '[' {
		c.value(token, t.Elem, named)
		c.out = append(c.out, ']')
		return
	}
	c.path = append(c.path, step{})
	top := len(c.path) - 1
	first := true
	_, _ = rawjson.Elements(token, 0, func(item []byte) error { // the text has been checked
		if !first {
			c.out = append(c.out, ',')
		}
		first = false
		c.value(item, t.Elem, named)
		c.path[top].index++
		return nil
	})
	c.path = c.path[:top]
	c.out = append(c.out, ']')
}

// object appends an input object in the order of its fields, with the defaults of those that are absent. Of a field that
// clients do not see it is always the default.
func (c *coercion) object(token []byte, named *schema.Type) {
	if token[0] != '{' {
		c.fail("expected " + named.Name + ", an object; got " + show(token))
		return
	}
	fields := named.Order
	base := len(c.members)
	for range fields {
		c.members = append(c.members, nil)
	}
	c.collect(token, named, base)
	if named.Def.Directives.ForName("oneOf") != nil {
		c.oneOf(named, base)
	}
	c.path = append(c.path, step{})
	top := len(c.path) - 1
	c.out = append(c.out, '{')
	start := len(c.out)
	for i, f := range fields {
		given, byDefault := c.members[base+i], f.Def.DefaultValue
		if given == nil && byDefault == nil && !f.Type.NonNull {
			continue
		}
		if len(c.out) > start {
			c.out = append(c.out, ',')
		}
		c.path[top].name = f.Name
		c.out = append(c.out, '"')
		c.out = append(c.out, f.Name...)
		c.out = append(c.out, '"', ':')
		switch {
		case given != nil:
			c.value(given, f.Type, f.Named)
		case byDefault != nil:
			c.literal(byDefault, f.Type, f.Named)
		default:
			c.fail("a value of type " + f.Type.String() + " is required")
		}
	}
	c.out = append(c.out, '}')
	c.path = c.path[:top]
	c.members = c.members[:base]
}

// collect notes the tokens of an object's members from c.members[base] on.
func (c *coercion) collect(token []byte, named *schema.Type, base int) {
	_, _ = rawjson.Members(token, 0, func(key, value []byte) error {
		for i, f := range named.Order {
			if f.Hidden || !rawjson.EqualKey(key, f.Name) {
				continue
			}
			if c.members[base+i] != nil {
				c.fail("the field \"" + f.Name + "\" is given twice")
			}
			c.members[base+i] = value
			return nil
		}
		c.fail("the input type " + named.Name + " has no field " + show(key))
		return nil
	})
}

// oneOf checks an object of a @oneOf type: exactly one field is given, and not null.
func (c *coercion) oneOf(named *schema.Type, base int) {
	count, null := 0, false
	for i := range named.Order {
		if token := c.members[base+i]; token != nil {
			count++
			null = null || token[0] == 'n'
		}
	}
	switch {
	case count != 1:
		c.fail("exactly one field of " + named.Name + " has to be given, not " + strconv.Itoa(count))
	case null:
		c.fail("the one field of " + named.Name + " may not be null")
	}
}

// literal appends a default value of the document or the schema, which is coerced as any literal.
func (c *coercion) literal(v *ast.Value, t *ast.Type, named *schema.Type) {
	k := compilation{Compiler: &Compiler{model: c.model}}
	value := k.value(v, t, named, nil)
	c.out = append(c.out, value.Literal...)
}

// enum appends the upstream's spelling of a value.
func (c *coercion) enum(token []byte, named *schema.Type) {
	if token[0] == '"' {
		c.scratch = rawjson.Unquote(c.scratch[:0], token)
		if spelling, ok := named.Send[string(c.scratch)]; ok && !named.Hidden[string(c.scratch)] {
			c.out = rawjson.Quote(c.out, spelling)
			return
		}
	}
	c.fail(show(token) + " is not a value of the enum " + named.Name)
}

func (c *coercion) scalar(token []byte, named *schema.Type) {
	kind := rawjson.KindOf(token[0])
	ok := false
	switch named.Name {
	case "Int":
		if kind == rawjson.Number {
			var v int32
			if v, ok = rawjson.Int32(token); ok {
				c.out = strconv.AppendInt(c.out, int64(v), 10)
			}
		}
	case "Float":
		if ok = kind == rawjson.Number && rawjson.FiniteFloat(token); ok {
			c.out = append(c.out, token...)
		}
	case "String":
		if ok = kind == rawjson.String; ok {
			c.text(token)
		}
	case "Boolean":
		if ok = kind == rawjson.True || kind == rawjson.False; ok {
			c.out = append(c.out, token...)
		}
	case "ID":
		switch kind {
		case rawjson.String:
			ok = true
			c.text(token)
		case rawjson.Number:
			c.out = append(c.out, '"')
			c.out, ok = rawjson.IntegerText(c.out, token)
			c.out = append(c.out, '"')
		}
	default:
		ok = true
		c.custom(token)
	}
	if !ok {
		c.fail("expected " + named.Name + ", got " + show(token))
	}
}

// text appends a string with no more escapes than it needs.
func (c *coercion) text(token []byte) {
	if bytes.IndexByte(token, '\\') < 0 {
		c.out = append(c.out, token...)
		return
	}
	c.scratch = rawjson.Unquote(c.scratch[:0], token)
	c.out = rawjson.Quote(c.out, c.scratch)
}

// custom appends the value of a custom scalar as it is, without the space between its tokens.
func (c *coercion) custom(token []byte) {
	for i := 0; i < len(token); {
		switch token[i] {
		case ' ', '\n', '\r', '\t':
			i++
		case '"':
			end, _, _ := rawjson.SkipString(token, i)
			c.text(token[i:end])
			i = end
		default:
			c.out = append(c.out, token[i])
			i++
		}
	}
}

// fail adds an error at the present place.
func (c *coercion) fail(what string) {
	if len(c.errs) >= maxVariableErrors {
		return
	}
	text := []byte(`variable "$`)
	for i, s := range c.path {
		switch {
		case s.name == "":
			text = append(text, '[')
			text = strconv.AppendInt(text, int64(s.index), 10)
			text = append(text, ']')
			continue
		case i > 0:
			text = append(text, '.')
		}
		text = append(text, s.name...)
	}
	text = append(text, `": `...)
	c.errs = append(c.errs, variableError(string(text)+what, c.definition.Position))
}

// show returns a value as an error message quotes it: short scalars as they are, of others the kind.
func show(token []byte) string {
	const longest = 40
	switch kind := rawjson.KindOf(token[0]); {
	case kind == rawjson.Object || kind == rawjson.Array:
		return kind.String()
	case len(token) <= longest:
		return string(token)
	default:
		end := longest
		for !utf8.RuneStart(token[end]) {
			end--
		}
		return string(token[:end]) + "..."
	}
}
