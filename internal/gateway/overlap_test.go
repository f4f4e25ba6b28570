package gateway

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// applyRule runs one rule over a document.
func applyRule(t testing.TB, schema *ast.Schema, text string, rule validator.Rule) gqlerror.List {
	t.Helper()
	doc, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	var list gqlerror.List
	events := new(validator.Events)
	rule.RuleFunc(events, func(options ...validator.ErrorOption) {
		e := &gqlerror.Error{}
		for _, o := range options {
			o(e)
		}
		list = append(list, e)
	})
	validator.Walk(schema, doc, events)
	return list
}

func TestOverlap(t *testing.T) {
	t.Parallel()
	schema := newFake(t).schema
	const ok = ""
	tests := map[string]struct{ query, says string }{
		"same field":                              {`{user{id id}}`, ok},
		"same field, same alias":                  {`{user{a:id a:id}}`, ok},
		"different fields":                        {`{user{a:id a:name}}`, `"user.a" cannot be merged: "id" and "name" are different fields`},
		"different arguments":                     {`{a:text(n:1) a:text(n:2)}`, "arguments differ"},
		"missing argument":                        {`{a:text(n:1) a:text}`, "arguments differ"},
		"another argument":                        {`{a:text(n:1) a:text(s:"1")}`, "arguments differ"},
		"arguments in any order":                  {`{a:text(n:1,s:"x") a:text(s:"x",n:1)}`, ok},
		"same variable":                           {`query($n:Int){a:text(n:$n) a:text(n:$n)}`, ok},
		"variable and literal":                    {`query($n:Int){a:text(n:$n) a:text(n:1)}`, "arguments differ"},
		"objects in any order":                    {`{user(filter:{name:"a",tags:["b"]}){id} user(filter:{tags:["b"],name:"a"}){id}}`, ok},
		"objects that differ":                     {`{user(filter:{name:"a"}){id} user(filter:{name:"b"}){id}}`, "arguments differ"},
		"lists in another order":                  {`{user(filter:{tags:["a","b"]}){id} user(filter:{tags:["b","a"]}){id}}`, "arguments differ"},
		"list and single value":                   {`{user(filter:{tags:["a"]}){id} user(filter:{tags:"a"}){id}}`, "arguments differ"},
		"below":                                   {`{user{friend{a:id}} user{friend{a:name}}}`, `"user.friend.a"`},
		"through fragments":                       {`{user{...A ...B}} fragment A on User{a:id} fragment B on User{a:name}`, `"user.a"`},
		"field and fragment":                      {`{user{a:id ...B}} fragment B on User{friend{id} a:name}`, `"user.a"`},
		"fragment in itself below":                {`{user{...A friend{...A}}} fragment A on User{a:id}`, ok},
		"objects that never meet":                 {`{node{...on User{a:id} ...on Shop{a:name}}}`, "different types"},
		"objects that never meet, same shape":     {`{node{...on User{a:name} ...on Shop{a:nick}}}`, ok},
		"objects that never meet, arguments":      {`{node{...on User{nick(short:true)} ...on Shop{nick}}}`, ok},
		"interface meets its type":                {`{node{a:name ...on Shop{a:nick}}}`, "different fields"},
		"types differ in null":                    {`{node{...on User{o:friend{id}} ...on Shop{o:owner{id}}}}`, "different types, User and User!"},
		"types differ in list":                    {`{node{...on User{o:friends{id}} ...on Shop{o:owner{id}}}}`, "different types, [User!] and User!"},
		"leaf types differ":                       {`{node{...on User{age} ...on Shop{age}}}`, "different types, Int and String"},
		"leaf and composite":                      {`{node{...on User{o:age} ...on Shop{o:friend{id}}}}`, "different types"},
		"shape below types that never meet":       {`{pet{...on Dog{owner{x:id}} ...on Cat{owner{x:name}}}}`, "different types"},
		"fields below types that never meet":      {`{pet{...on Dog{owner{x:name}} ...on Cat{owner{x:nick}}}}`, ok},
		"fields of one type beside another":       {`{pet{...on Dog{owner{x:name}} ...on Cat{owner{id}} ...on Dog{owner{x:nick}}}}`, `"pet.owner.x"`},
		"interface field meets two types below":   {`{node{friend{x:name} ...on User{friend{id}} ...on Shop{friend{x:nick}}}}`, `"node.friend.x"`},
		"typename":                                {`{pet{__typename ...on Dog{__typename}}}`, ok},
		"typename against a field":                {`{pet{__typename ...on Dog{__typename:name}}}`, "different fields"},
		"unknown fields are for others to report": {`{user{a:nope a:id}}`, ok},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			errs := applyRule(t, schema, test.query, overlapRule(20_000))
			switch {
			case test.says == ok && len(errs) > 0:
				t.Errorf("refused: %v", errs)
			case test.says != ok && len(errs) == 0:
				t.Error("accepted")
			case test.says != ok && (!strings.Contains(errs[0].Message, test.says) || len(errs[0].Locations) != 2):
				t.Errorf("%q at %v", errs[0].Message, errs[0].Locations)
			}
		})
	}
}

// TestOverlapAgreesWithGqlparser compares the rule with gqlparser's, which follows graphql-js, on generated documents.
func TestOverlapAgreesWithGqlparser(t *testing.T) {
	t.Parallel()
	schema := newFake(t).schema
	accepted := 0
	const documents = 3000
	for seed := range uint64(documents) {
		g := &queries{Rand: rand.New(rand.NewPCG(seed, 1))}
		text := g.document()
		ours := applyRule(t, schema, text, overlapRule(1_000_000))
		theirs := applyRule(t, schema, text, rules.OverlappingFieldsCanBeMergedRule)
		if (len(ours) == 0) != (len(theirs) == 0) {
			t.Fatalf("seed %d: ours %v, theirs %v\n%s", seed, ours, theirs, text)
		}
		if len(ours) == 0 {
			accepted++
		}
	}
	if accepted < documents/5 || accepted > documents*4/5 {
		t.Errorf("%d of %d documents are accepted: too one-sided to tell much", accepted, documents)
	}
}

// queries writes random documents that are valid but for overlapping fields. Response keys are few, so they meet often.
type queries struct {
	*rand.Rand
	fragments []string // types of the fragments, by number
}

var compositeFields = map[string][]struct{ field, typ string }{
	"Query": {{"user", "User"}, {"users", "User"}, {"node", "Node"}, {"pet", "Pet"}, {"user(id: 1)", "User"}},
	"Node":  {{"friend", "User"}},
	"User":  {{"friend", "User"}, {"friends", "User"}},
	"Shop":  {{"friend", "User"}, {"owner", "User"}},
	"Pet":   {},
	"Dog":   {{"owner", "User"}},
	"Cat":   {{"owner", "Shop"}},
}

var leafFields = map[string][]string{
	"Query": {"text", "text(n: 1)", "__typename"},
	"Node":  {"id", "name"},
	"User":  {"id", "name", "age", "nick", "nick(short: true)"},
	"Shop":  {"id", "name", "age", "nick", "nick(short: false)"},
	"Pet":   {"__typename"},
	"Dog":   {"name", "bark"},
	"Cat":   {"name", "meow"},
}

var narrower = map[string][]string{
	"Node": {"Node", "User", "Shop"}, "User": {"User", "Node"}, "Shop": {"Shop", "Node"},
	"Pet": {"Pet", "Dog", "Cat"}, "Dog": {"Dog", "Pet"}, "Cat": {"Cat", "Pet"}, "Query": {"Query"},
}

func (g *queries) document() string {
	types := []string{"User", "Node", "Shop", "Pet", "Dog"}
	for range g.IntN(4) {
		g.fragments = append(g.fragments, types[g.IntN(len(types))])
	}
	var b strings.Builder
	b.WriteString("{")
	g.set(&b, "Query", 0, 3)
	for i, t := range g.fragments { // every fragment is used
		root := "node"
		if t == "Pet" || t == "Dog" {
			root = "pet"
		}
		fmt.Fprintf(&b, " f%d: %s { ...F%d }", i, root, i)
	}
	b.WriteString("}")
	for i, t := range g.fragments { // a fragment spreads later ones only
		fmt.Fprintf(&b, "\nfragment F%d on %s {", i, t)
		g.set(&b, t, i+1, 2)
		b.WriteString("}")
	}
	return b.String()
}

// set writes the selections of an object of type t; fragments from number after on may be spread.
func (g *queries) set(b *strings.Builder, t string, after, depth int) {
	for range 1 + g.IntN(3) {
		switch n := g.IntN(10); {
		case n < 4 && depth > 0 && len(compositeFields[t]) > 0:
			f := compositeFields[t][g.IntN(len(compositeFields[t]))]
			b.WriteString(g.alias(f.field, f.typ) + " {")
			g.set(b, f.typ, after, depth-1)
			b.WriteString("} ")
		case n < 6 && depth > 0:
			on := narrower[t][g.IntN(len(narrower[t]))]
			b.WriteString("... on " + on + " {")
			g.set(b, on, after, depth-1)
			b.WriteString("} ")
		case n < 8 && after < len(g.fragments):
			if i := after + g.IntN(len(g.fragments)-after); fits(t, g.fragments[i]) {
				fmt.Fprintf(b, "...F%d ", i)
			}
			fallthrough
		default:
			f := leafFields[t][g.IntN(len(leafFields[t]))]
			b.WriteString(g.alias(f, "leaf") + " ")
		}
	}
}

func fits(t, fragment string) bool {
	return slices.Contains(narrower[t], fragment)
}

// alias writes a field, mostly under a key of its own, sometimes under one that others may have.
func (g *queries) alias(field, t string) string {
	switch g.IntN(12) {
	case 0:
		return "x: " + field
	case 1:
		return "y_" + t + ": " + field
	default:
		name, _, _ := strings.Cut(field, "(")
		if name != field && g.IntN(4) > 0 {
			return "with_" + name + ": " + field
		}
		return field
	}
}
