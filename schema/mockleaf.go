package schema

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
	"manifold/internal/rawjson"
)

// variety is what tells a made-up object from others of its type: the key that it was asked for by, or its number in a list.
type variety struct {
	node *mapping.Path // reads the key; nil: n counts
	kind string        // name of the key's type
	n    int           // from 1
}

// varietyOf is the variety of objects whose connector has a single value of t for its first input.
func (m *mocking) varietyOf(t *typ, c *Connector, variable string) variety {
	v := variety{n: 1}
	if t == nil || len(c.Inputs) == 0 || len(c.Inputs[0].Path) > 1 {
		return v
	}
	f := t.byName[c.Inputs[0].Path[0]]
	if f == nil || f.def.Type.Elem != nil {
		return v
	}
	switch name := f.def.Type.Name(); name {
	case "ID", "String", "Int":
		v.node, v.kind = variablePath(variable, f.def.Name), name
	}
	return v
}

// leaf makes a value of a scalar or an enum. key says that it is the key of an entity, which has the variety of what refers
// to it.
func (k maker) leaf(f *field, name string, key bool) mapping.Node {
	v := k.variety
	field := f.def.Name
	id := idName(field)
	if t := k.types[name]; t != nil {
		if t.kind == ast.Enum {
			return k.enumValue(t)
		}
		return k.customLeaf(field, name)
	}
	switch name {
	case "ID":
		if v.node != nil {
			return v.node
		}
		return constantText(strconv.Itoa(v.n))
	case "Int":
		switch {
		case (id || key) && v.kind == "Int":
			return v.node
		case id || key:
			return constant(strconv.Itoa(v.n))
		}
		return constant(strconv.Itoa(madeNumber(field)))
	case "Float":
		return constant(strconv.Itoa(madeNumber(field)) + ".5")
	case "Boolean":
		return constant(strconv.FormatBool(!strings.HasPrefix(field, "hasNext") && !strings.HasPrefix(field, "hasPrev") && !strings.HasPrefix(field, "hasMore")))
	}
	switch lower := strings.ToLower(field); {
	case (id || key && v.kind == "String") && v.node != nil:
		return method(v.node, "toString")
	case id:
		return constantText(strconv.Itoa(v.n))
	case strings.HasSuffix(lower, "email"):
		return k.text("user", "@example.com")
	case strings.HasSuffix(lower, "url"), strings.HasSuffix(lower, "uri"):
		return k.text("https://example.com/"+strings.Join(words(field), "-")+"/", "")
	}
	return k.text(strings.Join(words(field), " ")+" ", "")
}

// idName reports whether a field is an id by its name: id, userId, user_id, ID.
func idName(name string) bool {
	return name == "id" || name == "ID" || strings.HasSuffix(name, "Id") || strings.HasSuffix(name, "ID") || strings.HasSuffix(name, "_id")
}

// text makes a text that holds the variety.
func (k maker) text(before, after string) mapping.Node {
	if k.variety.node == nil {
		return constantText(before + strconv.Itoa(k.variety.n) + after)
	}
	parts := &mapping.Array{Items: []mapping.Node{constantText(before), k.variety.node}}
	if after != "" {
		parts.Items = append(parts.Items, constantText(after))
	}
	return method(&mapping.Path{Root: mapping.RootValue, Value: parts}, "joinNotNull", constantText(""))
}

// enumValue makes a value of an enum, in the upstream's spelling.
func (k maker) enumValue(t *typ) mapping.Node {
	var names []string
	for _, b := range t.blocks {
		for _, v := range b.def.EnumValues {
			if k.hides(t.name + "." + v.Name) {
				continue
			}
			names = append(names, v.Name)
		}
	}
	if len(names) == 0 {
		return constant("null")
	}
	i := 0
	if k.variety.node == nil && !k.steady {
		i = (k.variety.n - 1) % len(names)
	}
	return constantText(t.model.Send[names[i]])
}

// customLeaf makes a value of a scalar of the user, by its name.
func (k maker) customLeaf(field, name string) mapping.Node {
	n := 1
	if k.variety.node == nil && !k.steady {
		n = k.variety.n
	}
	has := func(parts ...string) bool {
		for _, part := range parts {
			if strings.Contains(strings.ToLower(name), part) {
				return true
			}
		}
		return false
	}
	switch {
	case has("datetime", "timestamp", "instant"):
		return constantText(fmt.Sprintf("2026-01-%02dT09:30:00Z", n))
	case has("date"):
		return constantText(fmt.Sprintf("2026-01-%02d", n))
	case has("duration"):
		return constantText("PT15M")
	case has("time"):
		return constantText("09:30:00")
	case has("uuid", "guid"):
		return constantText(fmt.Sprintf("00000000-0000-4000-8000-%012d", n))
	case has("url", "uri"):
		return k.text("https://example.com/"+strings.Join(words(field), "-")+"/", "")
	case has("email"):
		return k.text("user", "@example.com")
	case has("json", "object", "map", "any"):
		return &mapping.Object{}
	case has("decimal", "float", "double", "money", "number"):
		return constant(strconv.Itoa(madeNumber(field)) + ".5")
	case has("int", "long", "short", "byte"):
		return constant(strconv.Itoa(madeNumber(field)))
	default:
		return k.text(strings.Join(words(field), " ")+" ", "")
	}
}

// madeNumber is a number from 10 to 99 that a name always gives.
func madeNumber(name string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // never fails
	return 10 + int(h.Sum32()%90)
}

func constant(json string) *mapping.Literal { return &mapping.Literal{JSON: []byte(json)} }

func constantText(s string) *mapping.Literal { return &mapping.Literal{JSON: rawjson.Quote(nil, s)} }
