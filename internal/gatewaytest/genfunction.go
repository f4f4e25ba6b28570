package gatewaytest

import (
	"context"
	"fmt"
	"strings"

	"manifold/fn"
)

// This file makes fields that Go functions serve: the functions of all generated schemas, and where they are written.

// makeFunctions adds functions to a third of all schemas.
func (s *genSchema) makeFunctions() {
	if !s.d.in(3) {
		return
	}
	joinable := s.joinable()
	made := &genType{name: "FN", kind: genObject, fields: []*genField{
		{name: "size", typ: &genType{name: "Int"}, text: "Int", role: inReply},
		{name: "words", typ: &genType{name: "String"}, text: pick(s.d, []string{"[String]", "[String!]"}), lists: 1, role: inReply},
	}}
	s.values = append(s.values, made)
	s.query.fields = append(s.query.fields, &genField{
		name: s.fieldName(), typ: made, text: "[FN]", lists: 1, role: connected, args: []genArg{{name: "size", typ: "Int"}},
		conn: &genConn{id: -1, written: `@connect(fn: "gen.Make")`},
	})
	if len(joinable) == 0 {
		return
	}
	made.fields = append(made.fields, &genField{
		name: "thing", typ: pick(s.d, joinable), role: refBuilt, by: []string{"id"}, keyAt: [][]string{{"ref"}},
	})
	made.fields[2].text = made.fields[2].typ.name
	for i, t := range joinable {
		label := s.labelField("gen.Label")
		if i == 0 || s.d.in(2) {
			t.also = append(t.also, s.functionBlock(made))
			if s.d.in(2) {
				label = s.labelField("gen.Counted")
			}
		}
		if s.d.in(2) {
			t.also = append(t.also, &genBlock{fields: []*genField{label}})
		}
	}
}

// functionBlock is a block of an entity that a function serves.
func (s *genSchema) functionBlock(made *genType) *genBlock {
	b := &genBlock{connect: `@connect(fn: "gen.Block"` + pick(s.d, []string{"", "", ", batch: { maxSize: 2 }", `, errors: { fallback: "null" }`}) + ")"}
	b.fields = []*genField{
		{name: "fnCount", typ: &genType{name: "Int"}, text: "Int", role: inReply, path: []string{"count"}},
		{name: s.fieldName(), typ: made, text: pick(s.d, []string{"FN", "FN!"}), role: inReply, path: []string{"made"}},
	}
	return b
}

// labelField is a field of an entity that a function serves alone.
func (s *genSchema) labelField(function string) *genField {
	return &genField{
		name: s.fieldName(), typ: &genType{name: "String"}, text: pick(s.d, []string{"String", "String!"}), role: connected,
		args: []genArg{{name: "times", typ: "Int", def: "2"}, {name: "upper", typ: "Boolean"}},
		conn: &genConn{id: -1, written: fmt.Sprintf("@connect(fn: %q)", function)},
	}
}

// generated registers the functions of generated schemas.
func generated(s *fn.Set) {
	fn.Register(s, "gen.Block", genBlocks)
	fn.Register(s, "gen.Label", genLabels)
	fn.Register(s, "gen.Counted", genCounted)
	fn.RegisterRoot(s, "gen.Make", genMake)
}

type madeByGo struct {
	Size  *int      `json:"size"`
	Words []*string `json:"words"`
	Ref   *string   `json:"ref"`
}

type counted struct {
	ID    string `json:"id"`
	Count *int   `json:"fnCount"`
}

type blockByGo struct {
	Count *int      `json:"count"`
	Made  *madeByGo `json:"made"`
}

// newMade depends on n alone. Now and then a part of it is null.
func newMade(n int) *madeByGo {
	if n%5 == 4 {
		return nil
	}
	m := &madeByGo{}
	if n%3 > 0 {
		m.Size = &n
		ref := fmt.Sprint(n%7 + 1)
		m.Ref = &ref
	}
	for i := range n % 4 {
		word := fmt.Sprintf("word \"%d\"", i)
		m.Words = append(m.Words, &word)
		if i%3 == 1 {
			m.Words = append(m.Words, nil)
		}
	}
	return m
}

func genBlocks(_ context.Context, parents []key, _ fn.None) ([]*blockByGo, error) {
	return fn.Each(parents, func(p key) (*blockByGo, error) {
		n := numberOf(p.ID)
		switch n % 6 {
		case 5:
			return nil, fn.Errorf(fn.Forbidden, "Not %s.", p.ID)
		case 4:
			return nil, nil
		}
		return &blockByGo{Count: &n, Made: newMade(n + 1)}, nil
	})
}

type labelling struct {
	Times *int  `json:"times"`
	Upper *bool `json:"upper"`
}

// label is a text of n and id, and an error now and then.
func (l labelling) label(id string, n int) (*string, error) {
	times := 1
	if l.Times != nil {
		times = *l.Times
	}
	if n == times {
		return nil, fn.Errorf("ODD", "as often as its number")
	}
	text := strings.Repeat("é"+id, times%5)
	if l.Upper != nil && *l.Upper {
		text = strings.ToUpper(text)
	}
	return &text, nil
}

func genLabels(_ context.Context, parents []key, l labelling) ([]*string, error) {
	return fn.Each(parents, func(p key) (*string, error) { return l.label(p.ID, numberOf(p.ID)) })
}

// genCounted reads what another function serves.
func genCounted(_ context.Context, parents []counted, l labelling) ([]*string, error) {
	return fn.Each(parents, func(p counted) (*string, error) {
		if p.Count == nil {
			return nil, nil
		}
		return l.label(p.ID, *p.Count)
	})
}

func genMake(_ context.Context, args struct {
	Size *int `json:"size"`
},
) ([]*madeByGo, error) {
	if args.Size == nil {
		return nil, nil
	}
	if *args.Size == 6 {
		return nil, fn.Errorf(fn.BadUserInput, "Six is too many.")
	}
	out := []*madeByGo{}
	for n := range *args.Size {
		out = append(out, newMade(n))
	}
	return out, nil
}
