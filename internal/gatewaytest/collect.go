package gatewaytest

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/schema"
)

// group is the fields of one response key.
type group struct {
	key    string
	fields []*ast.Field
}

// collect is CollectFields (GraphQL 6.3.2) for an object of type t, over the selection sets of all given fields.
func (x *execution) collect(t *schema.Type, from []*ast.Field) []*group {
	var groups []*group
	visited := map[string]bool{}
	var add func(set ast.SelectionSet)
	add = func(set ast.SelectionSet) {
		for _, sel := range set {
			switch sel := sel.(type) {
			case *ast.Field:
				if !x.included(sel.Directives) {
					continue
				}
				i := slices.IndexFunc(groups, func(g *group) bool { return g.key == responseKey(sel) })
				if i < 0 {
					i = len(groups)
					groups = append(groups, &group{key: responseKey(sel)})
				}
				groups[i].fields = append(groups[i].fields, sel)
			case *ast.InlineFragment:
				if x.included(sel.Directives) && x.applies(t, sel.TypeCondition) {
					add(sel.SelectionSet)
				}
			case *ast.FragmentSpread:
				if !x.included(sel.Directives) || visited[sel.Name] {
					continue
				}
				visited[sel.Name] = true
				def := x.request.Document.Fragments.ForName(sel.Name)
				if def != nil && x.applies(t, def.TypeCondition) {
					add(def.SelectionSet)
				}
			}
		}
	}
	for _, f := range from {
		add(f.SelectionSet)
	}
	return groups
}

func responseKey(f *ast.Field) string {
	if f.Alias != "" {
		return f.Alias
	}
	return f.Name
}

// included evaluates @skip and @include.
func (x *execution) included(ds ast.DirectiveList) bool {
	for _, d := range ds {
		if d.Name != "skip" && d.Name != "include" {
			continue
		}
		v := d.Arguments.ForName("if").Value
		on := v.Raw == "true"
		if v.Kind == ast.Variable {
			on = x.variables[v.Raw] == true
		}
		if on == (d.Name == "skip") {
			return false
		}
	}
	return true
}

// applies is DoesFragmentTypeApply.
func (x *execution) applies(t *schema.Type, condition string) bool {
	if condition == "" || condition == t.Name {
		return true
	}
	c := x.model.Types[condition]
	return c != nil && slices.ContainsFunc(c.Possible, func(p *schema.Type) bool { return p.Name == t.Name })
}

func encodeStep(b *strings.Builder, step any) {
	if i, ok := step.(int); ok {
		b.WriteString(strconv.Itoa(i))
		return
	}
	text, err := json.Marshal(step)
	if err != nil {
		panic(err) // a response key always encodes
	}
	b.Write(text)
}
