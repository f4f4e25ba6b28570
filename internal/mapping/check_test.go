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
		{"x: a->last", "6 the method `last` is part of the language but not effective yet; effective now: first, joinNotNull, map, size"},
		{"x: a->first(1)", "6 the method `first` takes no argument; for example items->first"},
		{"x: a->map", "6 the method `map` takes one argument; for example ids->map({ id: @ })"},
		{"x: a->joinNotNull(1)", "18 the argument of `joinNotNull` must be a text; for example ids->joinNotNull(',')"},
		{"x: $config.a y: $args", "3 no $config here"},
		{"x: a->map($config)->last y: $($env.X)", "10 no $config here|20 the method `last` is part of the language but not effective yet; effective now: first, joinNotNull, map, size|30 no $env here"},
		{"x: a->as($me)->map($me.x)", "6 the method `as` is part"},
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
