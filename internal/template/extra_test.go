package template

import (
	"errors"
	"strings"
	"testing"

	"manifold/internal/mapping"
)

func node(t testing.TB, text string) mapping.Node {
	t.Helper()
	if text == "" {
		return nil
	}
	n, err := mapping.ParseExpression(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return n
}

func extra(t testing.TB, path, query string) *Extra {
	t.Helper()
	if path == "" && query == "" {
		return nil
	}
	e, err := NewExtra(node(t, path), node(t, query))
	if err != nil {
		t.Fatalf("%q, %q: %v", path, query, err)
	}
	return e
}

func TestExtra(t *testing.T) {
	t.Parallel()
	env := vars{
		"args.a": `"a b/c"`, "args.n": `7`, "args.none": `null`, "args.list": `["x",null,"y/z",1]`, "args.empty": `[]`,
		"args.filter": `{"a[]":["1",null,"2&3"],"b":null,"c":true,"d e":"\u00e9","f":[]}`, "args": `{"a":"1","n":7}`,
		"config.root": `["v2"]`,
	}
	const base = "http://api/v1"
	for _, c := range []struct{ base, sourcePath, sourceQuery, text, path, query, want string }{
		{base, "", "", "/", "", "", "/v1"},
		{"http://api", "", "", "/", "", "", "/"},
		{"http://api/v1/", "", "", "/", "", "", "/v1/"},
		{base, "", "", "/", "$([1, 2])", "", "/v1/1/2"},
		{"http://api", "", "", "/", "$([1, 2])", "", "/1/2"},
		{"http://api/", "", "", "/", "$([1, 2])", "", "/1/2"},
		{base, "", "", "/users/", "$([$args.n])", "", "/v1/users/7"},
		{base, "", "", "/users/", "$([$args.none])", "", "/v1/users/"},
		{base, "", "", "/users", "$([$args.a, $args.none, $args.gone, null, true])", "", "/v1/users/a%20b%2Fc/true"},
		{base, "", "", "/users", "$([$args.n, $args.none])", "", "/v1/users/7"},
		{base, "", "", "/users", "$([$args.n, ''])", "", "/v1/users/7/"},
		{base, "", "", "/users", "$([''])", "", "/v1/users/"},
		{base, "", "", "/users", "$args.list", "", "/v1/users/x/y%2Fz/1"},
		{base, "", "", "/users", "$args.empty", "", "/v1/users"},
		{base, "", "", "/users", "$args.list->first->split('')", "", "/v1/users/x"},
		{base, "$(['s', ''])", "", "/t/{$args.n}", "$(['o'])", "", "/v1/s/t/7/o"},
		{base, "$(['s', ''])", "", "/", "$(['o'])", "", "/v1/s/o"},
		{base, "$(['s', ''])", "", "/", "", "", "/v1/s/"},
		{base, "$([''])", "", "/t", "", "", "/v1/t"},
		{"http://api", "$([''])", "", "/t", "", "", "/t"},
		{"http://api", "$args.empty", "", "/", "", "", "/"},
		{base, "$config.root", "", "?q=1", "", "", "/v1/v2?q=1"},
		// Queries.
		{base, "", "", "/", "", "a: $args.a b: $args.none c: $args.gone n: $args.n", "/v1?a=a%20b/c&n=7"},
		{base, "", "", "/x", "", "\"a[]\": $args.list", "/v1/x?a%5B%5D=x&a%5B%5D=y/z&a%5B%5D=1"},
		{base, "", "", "/x", "", "$args.filter", "/v1/x?a%5B%5D=1&a%5B%5D=2%263&c=true&d%20e=%C3%A9"},
		{base, "", "", "/x", "", "$args.none", "/v1/x"},
		{base, "", "", "/x", "", "$args", "/v1/x?a=1&n=7"},
		{base, "", "", "/x", "", "$args { n } z: $(1)", "/v1/x?n=7&z=1"},
		{base, "", "", "/x", "", "$({ a: 's', i: 1, f: .5, b: false, n: null, l: $args.list })", "/v1/x?a=s&i=1&f=0.5&b=false&l=x&l=y/z&l=1"},
		{base + "?k=0", "", "s: $(1)", "/x?t={$args.n}&u={$args.none}", "", "o: $(2)", "/v1/x?k=0&s=1&t=7&o=2"},
		{base, "", "s: $args.none", "/x", "", "o: $(2)", "/v1/x?o=2"},
	} {
		u, err := ParseURL(c.text)
		if err != nil {
			t.Fatal(err)
		}
		u = u.WithBase(c.base).With(extra(t, c.sourcePath, c.sourceQuery), extra(t, c.path, c.query))
		got, err := u.Append(nil, env, nil)
		if want := "http://api" + c.want; err != nil || string(got) != want {
			t.Errorf("%+v:\n got %s, %v\nwant %s", c, got, err, want)
		}
	}
}

func TestExtraErrors(t *testing.T) {
	t.Parallel()
	env := vars{
		"args.none": `null`, "args.blank": `""`, "args.dots": `".."`, "args.dot": `"\u002e"`, "args.object": `{"a":1}`, "args.text": `"x"`,
		"args.list": `["a",".."]`, "args.nested": `[["a"]]`, "args.deep": `{"a":{"b":1}}`, "args.lists": `{"a":[[1]]}`, "this.id": `null`,
	}
	for _, c := range []struct {
		path, query, message string
		missing              bool
	}{
		{"$([$args.blank])", "", "{$args.blank} is empty", false},
		{"$([$args.dots])", "", "leads out of the path", false},
		{"$([$args.dot])", "", "leads out of the path", false},
		{"$([$args.object])", "", "is an object", false},
		{"$([$args.list])", "", "is a list", false},
		{"$args.list", "", "{$args.list} makes the path segment . or ..", false},
		{"$args.nested", "", "is a list", false},
		{"$args.text", "", "is no list", false},
		{"$args.object", "", "is no list", false},
		{"$args.none", "", "path needs a list", true},
		{"$args.gone", "", "path needs a list", true},
		{"$(['a', $this.id])", "", "{$this.id} is null, and a path segment needs a value", true},
		{"", "$args.text", "is no object", false},
		{"", "$args.list", "is no object", false},
		{"", "$args.deep", "is an object", false},
		{"", "$args.lists", "is a list", false},
		{"", "a: $args.object", "{$args.object} is an object", false},
		{"", "a: $args.nested", "is a list", false},
	} {
		u, err := ParseURL("/x")
		if err != nil {
			t.Fatal(err)
		}
		got, err := u.WithBase("http://api").With(nil, extra(t, c.path, c.query)).Append([]byte("#"), env, nil)
		var fault *ValueError
		if !errors.As(err, &fault) || !strings.Contains(fault.Error(), c.message) || fault.Missing != c.missing || string(got) != "#" {
			t.Errorf("%q, %q: %s, %v", c.path, c.query, got, err)
		}
	}
	for path, want := range map[string]bool{
		"$(['..'])": false, "$(['a', '', 'b'])": false, "$(['.', 'b'])": false, "$([[1]])": true, "$(['%2e', '', null, 1])": false,
		"$(['%2e', null, 1, ''])": true,
	} {
		_, err := NewExtra(node(t, path), nil)
		if bad := (*SyntaxError)(nil); (err == nil) != want || err != nil && !errors.As(err, &bad) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestExtraNoAllocation(t *testing.T) {
	var env mapping.Env = fixed{id: []byte(`7`), name: []byte(`"a b\n"`), ids: []byte(`[1,2,3]`)}
	u, err := ParseURL("/users")
	if err != nil {
		t.Fatal(err)
	}
	u = u.WithBase("http://api/v1").With(nil, extra(t, "$(['a', $args.id, $args.name])", "n: $args.name i: $batch.ids"))
	dst := make([]byte, 0, 1024)
	var arena mapping.Arena
	if allocs := testing.AllocsPerRun(100, func() {
		arena.Reset()
		if _, err := u.Append(dst, env, &arena); err != nil {
			t.Fatal(err)
		}
	}); allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}

func TestForm(t *testing.T) {
	t.Parallel()
	n := node(t, "$args.x")
	for _, c := range []struct {
		as         Encoding
		json, want string
	}{
		{AsForm, `{"a":1,"b c":"x"}`, "a=1&b%20c=x"},
		{AsForm, `{"a":{"b":[1,{"c":null}],"d":[]},"e":{}}`, "a%5Bb%5D%5B0%5D=1&a%5Bb%5D%5B1%5D%5Bc%5D="},
		{AsForm, `{"a":null,"b":"","c":true,"d":-1.5e3}`, "a=&b=&c=true&d=-1.5e3"},
		{AsForm, `{"a&b=c":"d&e=f+g h%i\u0000\r\n\u00e9\ud83d\ude00"}`, "a%26b%3Dc=d%26e%3Df%2Bg%20h%25i%00%0D%0A%C3%A9%F0%9F%98%80"},
		{AsForm, `{"":{"a":1}}`, "%5Ba%5D=1"},
		{AsForm, `{}`, ""},
		{AsForm, `null`, ""},
		{AsForm, ``, ""},
		{AsForm, `[1]`, "({$args.x} is no object, and a form needs one)"},
		{AsForm, `"a=1"`, "({$args.x} is no object, and a form needs one)"},
		{AsForm, `{"` + strings.Repeat("n", 1<<20) + `":[` + strings.Repeat("1,", 20) + `1]}`, "({$args.x} is too large for a form)"},
		{AsText, `"a \"b\"\n"`, "a \"b\"\n"},
		{AsText, `12`, "12"},
		{AsText, `null`, ""},
		{AsText, `{}`, "({$args.x} is an object, and only texts, numbers and Booleans can stand here)"},
		{AsJSON, `{"a":1}`, `{"a":1}`},
	} {
		got, err := c.as.AppendBody([]byte("#"), []byte(c.json), n)
		if err != nil {
			got = []byte("#(" + err.Error() + ")")
		}
		if string(got) != "#"+c.want {
			t.Errorf("%.60s as %s:\n got %.200s\nwant %s", c.json, c.as, got[1:], c.want)
		}
	}
}
