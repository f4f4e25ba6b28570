package mapping

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"id c: a->first b: $args.x", ""},
		{"x: a->frist", "6 unknown method `frist`; did you mean `first`?"},
		{"x: a->joinnotnull(',')", "6 unknown method `joinnotnull`; did you mean `joinNotNull`?"},
		{"x: a->zzzzzzz", "6 unknown method `zzzzzzz`; the methods are add"},
		{"x: a->withError('odd')", "6 the method `withError` is part of the language but not effective yet; effective now: add, and, as"},
		{"x: a->first(1)", "6 the method `first` takes no argument; for example items->first"},
		{"x: a->map", "6 the method `map` takes one argument; for example ids->map({ id: @ })"},
		{"x: a->joinNotNull(1)", "18 the argument of `joinNotNull` must be a text; for example ids->joinNotNull(',')"},
		{"x: $config.a y: $args", "3 no $config here"},
		{"x: a->map($config)->last y: $($env.X)", "10 no $config here|30 no $env here"},
		{"x: a->as($me)->map($me.x)", ""},
		{"x: a->as($me) y: $me", "17 no $me here"},
		{"x: $([1->as($me), $me])", "18 no $me here"},
		{"x: $(a->as($me))->map($me)", "22 no $me here"},
		{"x: a->as(me)", "9 the argument of `as` must be a variable: $name; for example id->as($id)"},
		{"x: a->as($this)", "9 the argument of `as` must be a name of your own: $this has a meaning already; for example"},
		{"x: a->slice(1, 2, 3)", "6 the method `slice` takes 2 arguments at most; for example items->slice(0, 5)"},
		{"x: a->slice(1.5)", "12 the argument of `slice` must be a whole number"},
		{"x: a->slice('1')", "12 the argument of `slice` must be a whole number"},
		{"x: a->add", "6 the method `add` takes one argument or more"},
		{"x: a->add(1, true)", "13 the argument of `add` must be a number"},
		{"x: a->match(1, 2)", "12 the argument of `match` must be a pair: [value, result]"},
		{"x: a->match([1, 2], [3])", "20 the argument of `match` must be a pair: [value, result]"},
		{"x: a->matchIf([@->eq(1), 2])", ""},
		{"x: a->in(1)", "9 the argument of `in` must be a list"},
		{"x: a->filter('yes')", "13 the argument of `filter` must be true or false"},
		{"x: a->and(1)", "10 the argument of `and` must be true or false"},
		{"x: a->get({ })", "10 the argument of `get` must be a text or a number"},
		{"x: a->date('MMM')", "11 the argument of `date` must be `iso`, `seconds`, `millis`, or a pattern"},
		{"x: a->date('DD.MM.YYYY HH:mm', 'millis')", ""},
		{"x: a->error('X')", "6 the method `error` takes 2 arguments; for example state->error('BAD_STATE', 'The state is unknown.')"},
		{"x: a->parseInt(1, 2)", "6 the method `parseInt` takes one argument at most"},
	} {
		n, err := Parse(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		faults := Check(n, func(name string) error {
			if name == "args" {
				return nil
			}
			return errors.New("no $" + name + " here")
		})
		var got []string
		for _, f := range faults {
			line := fmt.Sprint(f.At, " ", f.Message)
			if f.Hint != "" {
				line += "; " + f.Hint
			}
			got = append(got, line)
		}
		want := strings.Split(c.want, "|")
		if c.want == "" {
			want = nil
		}
		if !slices.EqualFunc(got, want, strings.HasPrefix) {
			t.Errorf("%s:\n got %q\nwant %q", c.text, got, want)
		}
	}
}

func TestMethodNames(t *testing.T) {
	t.Parallel()
	if names := methodNames(); !slices.IsSorted(names) {
		t.Error("the names are not sorted")
	}
	for _, name := range methodNames() {
		if !methodNamed(name).known {
			t.Errorf("%s is listed but not known", name)
		}
	}
	// Every method of LANGUAGE section 2.
	language := `echo map filter find first last slice get size entries keys values has in contains match matchIf as
		joinNotNull split not and or eq ne gt gte lt lte add sub mul div mod typeof toString parseInt jsonStringify jsonParse
		groupBy date error`
	for name := range strings.FieldsSeq(language) {
		if !slices.Contains(methodNames(), name) {
			t.Errorf("%s is not known", name)
		}
	}
}

func TestVariables(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"id", ""},
		{"$args", "args@0"},
		{"$args.input.lines->first.x", "args.input.lines@0"},
		{"zip: $args.zip grams: $(1 ?? $this.grams)", "args.zip@5 this.grams@29"},
		{"a->map($args.x)", "args.x@7"},
		{"$this { id o: org { id name } }", "this.id@8 this.org.id@20 this.org.name@23"},
		{"$this { id: { a: b } c: $args.c f: @ }", "this.b@17 this@0 args.c@24"},
		{"$this { a: [b] }", "this@0"},
		{"$this { a: b->map({ c: $.k }) }", "this.b@11 this@0"},
		{"$this { a: b { c: $.k } }", "this.b.k@18"},
		{"a->as($x)->map($x.b)", ""},
	} {
		n, err := ParseExpression(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		var got []string
		for _, u := range Variables(n) {
			got = append(got, fmt.Sprintf("%s@%d", strings.Join(append([]string{u.Name}, u.Path...), "."), u.At))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.text, strings.Join(got, " "), c.want)
		}
	}
}
