package mapping

import "testing"

// TestReplace replaces $args.a by $this.x.y, $args.o by an object, and $args as a whole by an object of both.
func TestReplace(t *testing.T) {
	t.Parallel()
	parse := func(text string) Node {
		n, err := ParseExpression(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return n
	}
	with := func(name, property string) Node {
		switch name + "." + property {
		case "args.a":
			return parse("$this.x.y")
		case "args.o":
			return parse("$({ i: $this.i })")
		case "args.":
			return parse("$({ a: $this.x.y })")
		default:
			return nil
		}
	}
	for _, c := range []struct{ text, want string }{
		{"$args.a", "$this.x.y"},
		{"$args.a.b->first", "$this.x.y.b->first"},
		{"$args.b", "$args.b"},
		{"$this.a", "$this.a"},
		{"$args", "$({ a: $this.x.y })"},
		{"$args { a }", "$({ a: $this.x.y }) { a }"},
		{"$args.o.i", "$({ i: $this.i }).i"},
		{"id: $args.a name: list->map([@, $args.a])", "id: $this.x.y name: list->map([@, $this.x.y])"},
		{"$([$args.a, 1])", "$([$this.x.y, 1])"},
		{"$args.b ?? $args.a", "$args.b ?? $this.x.y"},
		{"x->as($args)->echo($args.a)", "x->as($args)->echo($args.a)"},
		{"$(x->as($args)->echo($args.a)) ?? $args.a", "$(x->as($args)->echo($args.a)) ?? $this.x.y"},
		{"...$args.o { i }", "...$({ i: $this.i }) { i }"},
	} {
		read := Parse
		n, err := read(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		before := String(n)
		if got := String(Replace(n, with)); got != c.want {
			t.Errorf("%s becomes %s, want %s", c.text, got, c.want)
		}
		if String(n) != before {
			t.Errorf("%s was changed", c.text)
		}
	}
}
