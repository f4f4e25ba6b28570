package resolvers

import (
	"slices"
	"strings"

	"manifold/internal/mapping"
	"manifold/internal/plan"
	"manifold/internal/rawjson"
)

// inferring works out what a mapping makes of a value that is described. What it cannot tell is anything; what it tells is so.
// A property that no object has is a problem: the mapping reads the answer that stands above it, and nothing else.
type inferring struct {
	problem func(offset int, message, hint string)
}

func unknown() *plan.Answer { return &plan.Answer{Kind: plan.AnswerAny, Nullable: true} }

// of describes the value of n. here and at are what `$` and `@` stand for.
func (i *inferring) of(n mapping.Node, here, at *plan.Answer) *plan.Answer {
	switch n := n.(type) {
	case *mapping.Literal:
		return literalAnswer(n.JSON)
	case *mapping.Array:
		out := &plan.Answer{Kind: plan.AnswerList, Item: unknown()}
		for k, item := range n.Items {
			of := i.of(item, here, at)
			if k == 0 {
				out.Item = of
				continue
			}
			out.Item = either(out.Item, of)
		}
		return out
	case *mapping.Object:
		return i.selection(n, here)
	case *mapping.Choice:
		left, right := i.of(n.Left, here, at), i.of(n.Right, here, at)
		bare := *left
		bare.Nullable = false
		out := either(&bare, right)
		return out
	case *mapping.Path:
		return i.path(n, here, at)
	default:
		return unknown()
	}
}

func literalAnswer(json []byte) *plan.Answer {
	switch rawjson.KindOf(json[0]) {
	case rawjson.String:
		return &plan.Answer{Kind: plan.AnswerString}
	case rawjson.True, rawjson.False:
		return &plan.Answer{Kind: plan.AnswerBoolean}
	case rawjson.Number:
		if _, ok := rawjson.Int32(json); ok {
			return &plan.Answer{Kind: plan.AnswerInt}
		}
		return &plan.Answer{Kind: plan.AnswerFloat}
	case rawjson.Array:
		return &plan.Answer{Kind: plan.AnswerList, Item: unknown()}
	default:
		return unknown()
	}
}

func (i *inferring) path(p *mapping.Path, here, at *plan.Answer) *plan.Answer {
	var a *plan.Answer
	switch p.Root {
	case mapping.RootHere:
		a = here
	case mapping.RootAt:
		a = at
	case mapping.RootValue:
		a = i.of(p.Value, here, at)
	case mapping.RootVar:
		return unknown()
	}
	for k := range p.Steps {
		s := &p.Steps[k]
		switch s.Kind {
		case mapping.StepKey:
			a = i.property(a, s)
		case mapping.StepSelect:
			a = i.selection(s.Select, a)
		case mapping.StepMethod:
			a = i.method(a, s, here)
		case mapping.StepOptional:
			a = nullableCopy(a)
		}
		if s.Optional {
			a = nullableCopy(a)
		}
	}
	return a
}

// property describes a member; paths go through lists by themselves.
func (i *inferring) property(a *plan.Answer, s *mapping.Step) *plan.Answer {
	switch a.Kind {
	case plan.AnswerList:
		return &plan.Answer{Kind: plan.AnswerList, Nullable: a.Nullable, Item: i.property(a.Item, s)}
	case plan.AnswerObject:
		for k := range a.Members {
			if m := &a.Members[k]; m.Name == s.Name {
				if a.Nullable || m.Optional {
					return nullableCopy(m.Type)
				}
				return m.Type
			}
		}
		names := make([]string, len(a.Members))
		for k := range a.Members {
			names[k] = a.Members[k].Name
		}
		i.problem(s.At, "the answer has no member "+s.Name+" there", "there is "+strings.Join(names, ", "))
		return unknown()
	case plan.AnswerAny, plan.AnswerOneOf, plan.AnswerMap:
		return unknown()
	default:
		i.problem(s.At, s.Name+" is read of a value that has no members", "")
		return unknown()
	}
}

// selection describes the object that is made of a value, or of each item of a list.
func (i *inferring) selection(o *mapping.Object, a *plan.Answer) *plan.Answer {
	if a.Kind == plan.AnswerList {
		return &plan.Answer{Kind: plan.AnswerList, Nullable: a.Nullable, Item: i.selection(o, a.Item)}
	}
	out := &plan.Answer{Kind: plan.AnswerObject, Nullable: a.Nullable}
	inside := *a
	inside.Nullable = false
	for k := range o.Members {
		m := &o.Members[k]
		of := i.of(m.Value, &inside, &inside)
		if !m.Spread {
			// What is missing is left out of an object that a mapping makes; what is null is null.
			out.Members = append(out.Members, plan.AnswerMember{Name: m.Name, Type: of, Optional: i.missing(m.Value, &inside)})
			continue
		}
		if of.Kind != plan.AnswerObject {
			return unknown()
		}
		for _, inner := range of.Members {
			inner.Optional = inner.Optional || of.Nullable
			if at := slices.IndexFunc(out.Members, func(have plan.AnswerMember) bool { return have.Name == inner.Name }); at >= 0 {
				out.Members[at] = inner
				continue
			}
			out.Members = append(out.Members, inner)
		}
	}
	return out
}

// missing reports whether a value may be missing, rather than null.
func (i *inferring) missing(n mapping.Node, here *plan.Answer) bool {
	p, ok := n.(*mapping.Path)
	if !ok {
		_, isLiteral := n.(*mapping.Literal)
		_, isArray := n.(*mapping.Array)
		return !isLiteral && !isArray
	}
	if p.Root == mapping.RootVar {
		return true
	}
	a := here
	for k := range p.Steps {
		s := &p.Steps[k]
		if s.Optional || s.Kind == mapping.StepOptional {
			return true
		}
		if s.Kind == mapping.StepMethod {
			return !total(s.Name)
		}
		if s.Kind != mapping.StepKey || a.Kind != plan.AnswerObject {
			continue
		}
		at := slices.IndexFunc(a.Members, func(m plan.AnswerMember) bool { return m.Name == s.Name })
		if at < 0 || a.Members[at].Optional {
			return true
		}
		if a.Members[at].Type.Nullable && k < len(p.Steps)-1 {
			return true
		}
		a = a.Members[at].Type
	}
	return false
}

// total reports whether a method has a value for every value that is there.
func total(name string) bool {
	switch name {
	case "size", "toString", "jsonStringify", "typeof", "eq", "ne", "not", "and", "or", "map", "filter", "slice", "sortBy", "keyBy",
		"groupBy", "joinNotNull", "entries", "keys", "values", "contains", "has", "in", "gt", "gte", "lt", "lte":
		return true
	default:
		return false
	}
}

// method describes the result of a method.
func (i *inferring) method(a *plan.Answer, s *mapping.Step, here *plan.Answer) *plan.Answer {
	item := unknown()
	if a.Kind == plan.AnswerList {
		item = a.Item
	}
	arg := func() *plan.Answer {
		if len(s.Args) == 0 {
			return unknown()
		}
		return i.of(s.Args[0], here, item)
	}
	of := func(kind plan.AnswerKind) *plan.Answer { return &plan.Answer{Kind: kind, Nullable: a.Nullable} }
	switch s.Name {
	case "joinNotNull", "toString", "jsonStringify", "typeof", "trim", "trimStart", "trimEnd", "date":
		return of(plan.AnswerString)
	case "size":
		return of(plan.AnswerInt)
	case "eq", "ne", "not", "and", "or", "contains", "has", "in", "gt", "gte", "lt", "lte":
		return of(plan.AnswerBoolean)
	case "filter", "slice", "sortBy":
		if len(s.Args) > 0 && s.Name != "slice" {
			arg()
		}
		if a.Kind == plan.AnswerList {
			return a
		}
		return unknown()
	case "first", "last", "find", "get":
		if a.Kind == plan.AnswerList {
			return nullableCopy(item)
		}
		return unknown()
	case "map":
		return &plan.Answer{Kind: plan.AnswerList, Nullable: a.Nullable, Item: nullableCopy(arg())}
	case "keyBy":
		arg()
		return &plan.Answer{Kind: plan.AnswerMap, Nullable: a.Nullable, Item: item}
	case "groupBy":
		arg()
		return &plan.Answer{Kind: plan.AnswerMap, Nullable: a.Nullable, Item: &plan.Answer{Kind: plan.AnswerList, Item: item}}
	case "keys":
		return &plan.Answer{Kind: plan.AnswerList, Nullable: a.Nullable, Item: &plan.Answer{Kind: plan.AnswerString}}
	case "split":
		return &plan.Answer{Kind: plan.AnswerList, Nullable: a.Nullable, Item: &plan.Answer{Kind: plan.AnswerString}}
	default:
		return unknown()
	}
}
