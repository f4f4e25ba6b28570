package bff

import (
	"net/http"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/schema"
)

// readVariables decides where each variable of an operation comes from: what a directive says, else the path, else the query
// of a GET or DELETE, else a member of the body.
func (l *loading) readVariables(o *Operation) {
	var wild []string
	if o.Route != nil {
		wild = o.Route.Wildcards()
	}
	for _, def := range o.Definition.VariableDefinitions {
		v := Variable{
			Name: def.Variable, In: InQuery, Key: def.Variable, Definition: def, Type: l.model.Types[def.Type.Name()],
			Shape: l.inputs.of(def.Type), about: l.about(o, def.Variable),
		}
		if o.Route != nil && o.Route.Method != http.MethodGet && o.Route.Method != http.MethodDelete {
			v.In, v.Steps = InBody, []string{def.Variable}
		}
		if i := slices.Index(wild, def.Variable); i >= 0 {
			v.In, v.Steps = InPath, nil
			wild = slices.Delete(wild, i, i+1)
		}
		l.readBinding(o, &v)
		l.checkBinding(o, &v)
		o.Variables = append(o.Variables, v)
	}
	for _, name := range wild {
		names := make([]string, 0, len(o.Variables))
		for i := range o.Variables {
			names = append(names, "$"+o.Variables[i].Name)
		}
		hint := "the operation has no variables: declare query " + o.Name + "($" + name + ": ID!)"
		if len(names) > 0 {
			hint = "its variables are " + strings.Join(names, ", ")
		}
		d := o.Definition.Directives.ForName("route")
		l.problem(schema.ProblemAt(schema.Given(d, "path").Position, o.Name, "{"+name+"} is no variable of the operation", hint))
	}
	l.checkTogether(o)
}

// bindings are the directives that say where a variable comes from.
var bindings = [...]string{"body", "query", "header", "cookie", "claim"}

// readBinding reads the directive on a variable.
func (l *loading) readBinding(o *Operation, v *Variable) {
	coordinate := o.Name + "($" + v.Name + ":)"
	var found *ast.Directive
	for _, name := range bindings {
		d := v.Definition.Directives.ForName(name)
		switch {
		case d == nil:
			continue
		case found != nil:
			l.problem(schema.ProblemOf(d, coordinate, "a variable comes from one place: @"+found.Name+" and @"+name+" are two", "keep one of them"))
			return
		}
		found = d
	}
	if found == nil {
		return
	}
	if v.In == InPath {
		l.problem(schema.ProblemOf(found, coordinate, "the variable stands in the path already", "remove @"+found.Name+", or {"+v.Name+"} from the path"))
		return
	}
	v.Key, v.Steps = "", nil
	for _, name := range [...]string{"name", "path"} {
		if given := schema.Given(found, name); given != nil {
			v.Key = given.Raw
			if v.Key == "" {
				l.problem(schema.ProblemAt(given.Position, coordinate, "@"+found.Name+"("+name+":) may not be empty", ""))
			}
		}
	}
	switch found.Name {
	case "query":
		v.In = InQuery
	case "header":
		v.In = InHeader
		if !token(v.Key) || strings.EqualFold(v.Key, "authorization") || strings.EqualFold(v.Key, "cookie") {
			l.problem(schema.ProblemOf(found, coordinate, "the header "+v.Key+" cannot be read as a variable", "credentials are read as claims: @claim(path:)"))
		}
	case "cookie":
		v.In = InCookie
		if !token(v.Key) {
			l.problem(schema.ProblemOf(found, coordinate, v.Key+" is not the name of a cookie", ""))
		}
	case "claim":
		v.In, v.Steps = InClaim, strings.Split(v.Key, ".")
	default:
		v.In = InBody
		if v.Key != "" {
			v.Steps = strings.Split(v.Key, ".")
		}
	}
	if slices.Contains(v.Steps, "") {
		l.problem(schema.ProblemOf(found, coordinate, "the path "+v.Key+" has an empty member", `write names joined by dots: "address.city"`))
	}
}

// token reports whether s is a token of RFC 9110, as names of headers and cookies are.
func token(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

// checkBinding checks that a place can hold a value of the variable's type.
func (l *loading) checkBinding(o *Operation, v *Variable) {
	coordinate, t := o.Name+"($"+v.Name+":)", v.Definition.Type
	wrong := ""
	switch {
	case v.In == InPath && t.Elem != nil:
		wrong = "a list cannot stand in a path"
	case v.In == InPath && v.Type.Kind == ast.InputObject:
		wrong = "an object cannot stand in a path"
	case (v.In == InHeader || v.In == InCookie) && v.Type.Kind == ast.InputObject:
		wrong = "an object cannot stand in a header or cookie"
	case v.In == InCookie && t.Elem != nil:
		wrong = "a list cannot stand in a cookie"
	case v.In == InHeader && t.Elem != nil && t.Elem.Elem != nil, v.In == InQuery && t.Elem != nil && t.Elem.Elem != nil:
		wrong = "a list of lists can only come in a body"
	case v.In == InBody && o.Route != nil && (o.Route.Method == http.MethodGet):
		wrong = "a GET has no body"
	}
	if wrong != "" {
		l.problem(schema.ProblemAt(v.Definition.Position, coordinate, wrong, "bind it elsewhere: @query, @header, @claim, or @body of a POST"))
	}
}

// checkTogether checks the bindings of an operation against each other.
func (l *loading) checkTogether(o *Operation) {
	for i := range o.Variables {
		v := &o.Variables[i]
		for j := range i {
			other := &o.Variables[j]
			if v.In != other.In || v.In == InClaim || v.In == InPath {
				continue
			}
			if v.Key == other.Key && v.In != InBody {
				l.problem(schema.ProblemAt(v.Definition.Position, o.Name+"($"+v.Name+":)", "$"+other.Name+" is read from the same place", "give one of them another name"))
			}
			if v.In == InBody && (within(v.Steps, other.Steps) || within(other.Steps, v.Steps)) {
				l.problem(schema.ProblemAt(v.Definition.Position, o.Name+"($"+v.Name+":)", "$"+other.Name+" takes the same part of the body", "bind them to different members: @body(path:)"))
			}
		}
	}
}

// within reports whether a path leads to, or into, what another one leads to.
func within(inner, outer []string) bool {
	return len(inner) >= len(outer) && slices.Equal(inner[:len(outer)], outer)
}

// about says what a variable is for, as the first argument does that takes it.
func (l *loading) about(o *Operation, name string) string {
	var find func(set ast.SelectionSet) string
	find = func(set ast.SelectionSet) string {
		for _, sel := range set {
			switch sel := sel.(type) {
			case *ast.Field:
				for _, a := range sel.Arguments {
					if a.Value.Kind == ast.Variable && a.Value.Raw == name && sel.Definition != nil {
						if def := sel.Definition.Arguments.ForName(a.Name); def != nil && def.Description != "" {
							return def.Description
						}
					}
				}
				if s := find(sel.SelectionSet); s != "" {
					return s
				}
			case *ast.InlineFragment:
				if s := find(sel.SelectionSet); s != "" {
					return s
				}
			case *ast.FragmentSpread:
				if sel.Definition != nil {
					if s := find(sel.Definition.SelectionSet); s != "" {
						return s
					}
				}
			}
		}
		return ""
	}
	return find(o.Definition.SelectionSet)
}
