package mapping

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

// TestParse reads selections; the canonical spelling shows what was understood.
func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want, kind string }{
		// Picks and members.
		{"id name", "id name", "object"},
		{"id, name,", "id name", "object"},
		{"id", "{ id }", "object"},
		{" # all of it\n id # the key\n name", "id name", "object"},
		{"full: profile.name", "full: profile.name", "object"},
		{"address { street city }", "{ address { street city } }", "object"},
		{"id address { street }", "id address { street }", "object"},
		{"owner: { id: ownerId }", "owner: { id: ownerId }", "object"},
		{`"odd-key" other: "odd key".x more: $."odd"`, `"odd-key" other: $."odd key".x more: odd`, "object"},
		{`"a b": c`, `"a b": c`, "object"},
		{"a: a", "{ a }", "object"},
		{"...path { a b }", "...path { a b }", "object"},
		{"id ...a.b { c }", "id ...a.b { c }", "object"},
		{"a...b { c }", "a ...b { c }", "object"},
		{"$.data { id } next: meta.next", "...data { id } next: meta.next", "object"},
		{"id a.b { c }", "id ...a.b { c }", "object"},
		{"x: a? { b }", "x: a? { b }", "object"},
		{"a? b", "a? b", "object"},
		{"__typename: 'A' id", `__typename: "A" id`, "object"},
		{"{ a: 1, b: 'x' }", `a: 1 b: "x"`, "object"},
		{"{ }", "{ }", "object"},
		{"n: 1 m: -2.50 h: .5 w: 7. z: 007 e: 1e3", "n: 1 m: -2.50 h: 0.5 w: 7 z: 7 e: 1e3", "object"},
		{"a: true b: false c: null d: true.x", "a: true b: false c: null d: $.true.x", "object"},
		{"a: 1 ...b { c }", "a: 1 ...b { c }", "object"},
		{"true other", "true: $.true other", "object"},
		// Paths.
		{"$", "$", "path"},
		{"@", "@", "path"},
		{"$.data", "$.data", "path"},
		{"$.data { id }", "$.data { id }", "path"},
		{"data.items { id }", "data.items { id }", "path"},
		{"data . items\n{ id }", "data.items { id }", "path"},
		{"$ { id }", "$ { id }", "path"},
		{"a?.b?->first?", "a?.b?->first?", "path"},
		{"$?.a", "$?.a", "path"},
		{"items->first { id }", "items->first { id }", "path"},
		{"items->first()", "items->first", "path"},
		{"ids->joinNotNull(',')", `ids->joinNotNull(",")`, "path"},
		{"ids -> map ( { id: @, } , )", "ids->map({ id: @ })", "path"},
		{"$args.input.lines { product_id: productId }", "$args.input.lines { product_id: productId }", "path"},
		{"$(a.b)->first", "$(a.b)->first", "path"},
		{"[1, 2]->first", "$([1, 2])->first", "path"},
		{"{ a: { b: 1 } }.a.b", "$({ a: { b: 1 } }).a.b", "path"},
		{"12->size", "$(12)->size", "path"},
		{"$('x'->size)", `$($("x")->size)`, "path"},
		// Constants, lists, alternatives.
		{"$('Hello World!')", `$("Hello World!")`, "literal"},
		{"$(12)", "$(12)", "literal"},
		{"null", "$(null)", "literal"},
		{"-3", "$(-3)", "literal"},
		{"[]", "[]", "array"},
		{"[1, $args.x, [a], { b }]", "[1, $args.x, [a], { b }]", "array"},
		{"a ?? b ?? 'c'", `a ?? b ?? "c"`, "choice"},
		{"a.b ?! $(c ?? d)", "a.b ?! $(c ?? d)", "choice"},
		{"a? ?? b", "a? ?? b", "choice"},
		{"x: a ?? 1 y: b ?! 2", "x: a ?? 1 y: b ?! 2", "object"},
		{`$("a\n\"\u00e9\uD83D\uDE00\/'")`, `$("a\n\"é😀/'")`, "literal"},
		{"$('it\\'s\nnew')", `$("it's\nnew")`, "literal"},
	} {
		n, err := Parse(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got := String(n); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.text, got, c.want)
		}
		if got := kind(n); got != c.kind {
			t.Errorf("%s is of kind %s, want %s", c.text, got, c.kind)
		}
		same(t, Parse, n)
		same(t, ParseExpression, n)
	}
}

func TestParseExpression(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want, kind string }{
		{"user_id", "$.user_id", "path"},
		{"data { id }", "$.data { id }", "path"},
		{"{ id: authorId }", "id: authorId", "object"},
		{"{ id }", "{ id }", "object"},
		{"zip: $args.zip weight_grams: $args.grams", "zip: $args.zip weight_grams: $args.grams", "object"},
		{"ids: $batch.id", "ids: $batch.id", "object"},
		{"id name", "id name", "object"},
		{"$args.input", "$args.input", "path"},
		{"$status->eq(200)", "$status->eq(200)", "path"},
		{"friendIds->map({ id: @ })", "friendIds->map({ id: @ })", "path"},
		{"error.message ?? 'failed'", `error.message ?? "failed"`, "choice"},
		{`"text"`, `$("text")`, "literal"},
		{"null", "$(null)", "literal"},
		{"true", "$(true)", "literal"},
		{"[]", "[]", "array"},
		{"{}", "{ }", "object"},
	} {
		n, err := ParseExpression(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got := String(n); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.text, got, c.want)
		}
		if got := kind(n); got != c.kind {
			t.Errorf("%s is of kind %s, want %s", c.text, got, c.kind)
		}
		same(t, ParseExpression, n)
		same(t, Parse, n)
	}
}

func TestParseLegacy(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`a: "the book" b: true c: null.x d: 'k' ?? 'text'`: `a: $."the book" b: $.true c: $.null.x d: k ?? "text"`,
		`a: $("Book") b: x->eq("y")`:                       `a: "Book" b: x->eq("y")`,
		"true":                                             "true: $.true",
	} {
		n, err := ParseLegacy(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := String(n); got != want {
			t.Errorf("%s:\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestParseAt(t *testing.T) {
	t.Parallel()
	text := `/users/{ $args.id->map({ a: "}" }) # to the end
 }/posts`
	n, end, err := ParseAt(text, strings.IndexByte(text, '{')+1)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := String(n), `$args.id->map({ a: "}" })`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if text[end:] != "}/posts" {
		t.Errorf("stopped before %q", text[end:])
	}
	if n.Offset() != strings.IndexByte(text, '$') {
		t.Errorf("the offset is %d", n.Offset())
	}
	var fault *SyntaxError
	if _, _, err = ParseAt("{ ?", 1); !errors.As(err, &fault) || fault.At != 2 {
		t.Errorf("got %v", err)
	}
}

func TestSyntaxErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text    string
		at      int
		message string
	}{
		{"", 0, "empty"},
		{"  # nothing", 0, "empty"},
		{"id $.object", 3, "no name"},
		{"id a->first.b", 3, "no name"},
		{"a { b", 2, "the { is not closed"},
		{"x: $(a", 3, "the $( is not closed"},
		{"a->m(1", 4, "the ( is not closed"},
		{"a->m(1 2)", 7, "unexpected `2`, a comma or )"},
		{"a->", 3, "a method name"},
		{"a.", 2, "a property name"},
		{"a: ", 3, "a value"},
		{"a: 'x", 3, "does not end"},
		{`a: "\q"`, 4, "unknown escape"},
		{`a: "\uD83Dx"`, 4, "unknown escape"},
		{"id x id", 5, "stands twice"},
		{"a ?? b ?! c", 7, "do not mix"},
		{"x { y } .z", 8, "unexpected `.`"},
		{"id = 3", 3, "unexpected `=`"},
		{"id }", 3, "unexpected `}`"},
		{"users(first: 1)", 5, "unexpected `(`"},
		{"$ args", 2, "unexpected `a`"},
		{"a: b\xff", 4, "UTF-8"},
		{strings.Repeat("a{", 200), 201, "too deeply"},
		{strings.Repeat("$(", 200) + "1", 202, "too deeply"},
		{"$(1" + strings.Repeat("??1", 200) + ")", 303, "too many"},
	} {
		_, err := Parse(c.text)
		var fault *SyntaxError
		if !errors.As(err, &fault) {
			t.Errorf("%q: no error", c.text)
			continue
		}
		if fault.At != c.at || !strings.Contains(fault.Message, c.message) {
			t.Errorf("%.30q: got %d %q, want %d %q", c.text, fault.At, fault.Message, c.at, c.message)
		}
	}
}

func TestOffsets(t *testing.T) {
	t.Parallel()
	text := "id x: $args.y->map(@.z) ...a { b }"
	n, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	members := n.(*Object).Members
	path := members[1].Value.(*Path)
	got := []int{members[0].At, members[1].At, path.At, path.Steps[0].At, path.Steps[1].At, path.Steps[1].Args[0].Offset(), members[2].At, members[2].Value.Offset()}
	want := []int{0, 3, strings.Index(text, "$"), strings.Index(text, ".y"), strings.Index(text, "map"), strings.Index(text, "@"), strings.Index(text, "..."), strings.Index(text, "a {")}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"$.data.items { id }": "data items", "data": "data", "data.items": "data items", "$": "", "items->first": "no", "$args.x": "no", "a.b?": "no",
	} {
		n, err := ParseExpression(text)
		if err != nil {
			t.Fatal(err)
		}
		keys, _, ok := Keys(n)
		got := strings.Join(keys, " ")
		if !ok {
			got = "no"
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func kind(n Node) string {
	return strings.ToLower(strings.TrimPrefix(reflect.TypeOf(n).String(), "*mapping."))
}

// same fails the test unless n, printed and parsed again, is n again but for its offsets.
func same(t *testing.T, parse func(string) (Node, error), n Node) {
	t.Helper()
	text := String(n)
	again, err := parse(text)
	if err != nil {
		t.Errorf("what was printed does not parse: %s: %v", text, err)
		return
	}
	if !reflect.DeepEqual(bare(n), bare(again)) {
		t.Errorf("what was printed means something else: %s became %s", text, String(again))
	}
}

// bare returns n without offsets.
func bare(n Node) Node {
	switch n := n.(type) {
	case *Path:
		p := *n
		p.At = 0
		if p.Value != nil {
			p.Value = bare(p.Value)
		}
		p.Steps = nil
		for _, s := range n.Steps {
			s.At = 0
			args := s.Args
			s.Args = nil
			for _, arg := range args {
				s.Args = append(s.Args, bare(arg))
			}
			if s.Select != nil {
				s.Select = bare(s.Select).(*Object)
			}
			p.Steps = append(p.Steps, s)
		}
		return &p
	case *Object:
		o := &Object{}
		for _, m := range n.Members {
			o.Members = append(o.Members, Member{Name: m.Name, Spread: m.Spread, Value: bare(m.Value)})
		}
		return o
	case *Array:
		a := &Array{}
		for _, item := range n.Items {
			a.Items = append(a.Items, bare(item))
		}
		return a
	case *Choice:
		return &Choice{Left: bare(n.Left), Right: bare(n.Right), NullToo: n.NullToo}
	case *Literal:
		return &Literal{JSON: n.JSON}
	}
	return n
}
