package schema

import "testing"

func TestWordEnd(t *testing.T) {
	t.Parallel()
	cases := []struct {
		line   string
		column int
		want   int
	}{
		{`a: Int @connect(sorce: "api")`, 17, 22},
		{`a: Int @connect(sorce: "api")`, 24, 29},
		{`a: Int @connect(sorce: "api")`, 8, 16},
		{`GET: "/users/{$args.idd}"`, 15, 24},
		{`GET: "/users/{$args.}"`, 15, 20},
		{`"é" name`, 5, 9},
		{`name: "not closed`, 7, 0},
		{`name: "a\"b" x`, 7, 13},
		{`selection: """`, 12, 0},
		{`default: ""`, 10, 12},
		{`type Query {`, 12, 0},
		{`short`, 9, 0},
		{``, 1, 0},
	}
	for _, c := range cases {
		if got := wordEnd(c.line, c.column); got != c.want {
			t.Errorf("wordEnd(%q, %d) = %d, want %d", c.line, c.column, got, c.want)
		}
	}
}
