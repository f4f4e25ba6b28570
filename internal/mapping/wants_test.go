package mapping

import (
	"fmt"
	"strings"
	"testing"
)

func (w *Want) String() string {
	var b strings.Builder
	if w.Whole {
		b.WriteByte('!')
	}
	if len(w.Names) > 0 {
		b.WriteByte('{')
		for i, n := range w.Names {
			if i > 0 {
				b.WriteByte(' ')
			}
			fmt.Fprintf(&b, "%s%s", n, w.Props[n])
		}
		b.WriteByte('}')
	}
	return b.String()
}

func TestWants(t *testing.T) {
	for text, want := range map[string]string{
		"id name":                                "{id! name!}",
		"full: profile.name profile { age }":     "{profile{name! age!}}",
		"$.data.items { id org { num } }":        "{data{items{id! org{num!}}}}",
		"owner: { id: ownerId }":                 "{ownerId!}",
		"...x { a b }":                           "{x{a! b!}}",
		"tags->joinNotNull(',')":                 "{tags!}",
		"items->size":                            "{items}",
		"items->first.name":                      "{items{name!}}",
		"ids->map({ id: @ })":                    "{ids!}",
		"items->map({ id: @.key n: $.n })":       "{items{key!} n!}",
		"items->filter(@.live->eq(true)) { id }": "{items{live! id!}}",
		"kind->match(['a', $.x], [@, $.y.z])":    "{kind! x! y{z!}}",
		"items->as($all)->map({ n: $all->size id: @.id a: $all.b })": "{items{id! b!}}",
		"$(a ?? b.c)":                      "{a! b{c!}}",
		"labels->get('color')":             "{labels{color!}}",
		"$args.x":                          "",
		"all: $->jsonStringify":            "!",
		"a: $([x, @.y])":                   "{x! y!}",
		"items->groupBy('kind')":           "{items!}",
		"user: author->echo({ id: @.id })": "{author{id!}}",
	} {
		n, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		w := &Want{}
		Wants(n, w)
		if got := w.String(); got != want {
			t.Errorf("%s: reads %s, want %s", text, got, want)
		}
	}
}
