package template

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"manifold/internal/mapping"
)

// vars answers variables by "name" or "name.key".
type vars map[string]string

func (v vars) Var(name, key string) []byte {
	if key != "" {
		name += "." + key
	}
	if text, ok := v[name]; ok {
		return []byte(text)
	}
	return nil
}

func TestURL(t *testing.T) {
	t.Parallel()
	env := vars{
		"args.id": `7`, "args.name": `"a b/c?d#e&f=g+h%;\\\"é\u0000\r\n"`, "args.none": `null`, "args.ok": `true`,
		"args.list": `["a", null ,"b,c"]`, "args.empty": `[]`, "args.exp": `1e+5`, "args.dots": `".."`, "args.dot": `"."`,
		"args.object": `{"a":[1]}`, "batch.id": `[1,2,3]`, "args.blank": `""`, "args.template": `"{$args.id}${HOME}{{x}}"`,
	}
	for _, c := range []struct{ text, base, want string }{
		{"/users", "", "/users"},
		{"/users", "http://api", "http://api/users"},
		{"/users", "http://api:8080/v2", "http://api:8080/v2/users"},
		{"/users/", "http://api/v2/", "http://api/v2/users/"},
		{"?a=1", "http://api/v2/", "http://api/v2/?a=1"},
		{"?a=1", "https://api", "https://api/?a=1"},
		{"?a={$args.none}", "https://api?k=v&w", "https://api/?k=v&w"},
		{"/x?a={$args.id}", "https://api/v 2?k={v}", "https://api/v%202/x?k=%7Bv%7D&a=7"},
		{"https://api/users/{$args.id}", "", "https://api/users/7"},
		{"HTTP://api", "", "HTTP://api/"},
		{"http://[::1]:80?a=1", "", "http://[::1]:80/?a=1"},
		{"http://api/a", "http://other/v2", "http://api/a"},
		// Path.
		{"/users/{$args.id}/posts", "", "/users/7/posts"},
		{"/users/{$args.name}", "", "/users/a%20b%2Fc%3Fd%23e%26f%3Dg%2Bh%25%3B%5C%22%C3%A9%00%0D%0A"},
		{"/a-{$args.id}.{$args.ok}/x", "", "/a-7.true/x"},
		{"/a{$args.blank}", "", "/a"},
		{"/...{$args.id}", "", "/...7"},
		{"/{$batch.id->joinNotNull(',')}", "", "/1,2,3"},
		{"/a b/é/%2f%zz/<>{$(\"{\")}", "", "/a%20b/%C3%A9/%2f%25zz/%3C%3E%7B"},
		{"//x", "http://api", "(a path begins with one slash)"},
		{"users/{$args.id}/posts?a={$args.id}", "http://api/v2/", "http://api/v2/users/7/posts?a=7"},
		{"users?at=http://a", "http://api", "http://api/users?at=http://a"},
		{"./x", "http://api", "(the path segment . leads out of the path)"},
		{"/a//b", "", "/a//b"},
		{"/{$args.template}", "", "/%7B$args.id%7D$%7BHOME%7D%7B%7Bx%7D%7D"},
		// Query.
		{"/users?ids={$batch.id->joinNotNull(',')}", "", "/users?ids=1,2,3"},
		{"/users?id={$batch.id}", "", "/users?id=1&id=2&id=3"},
		{"/users?x=1&y=2&id={$args.list}&z", "", "/users?x=1&y=2&id=a&id=b,c&z"},
		{"/users?id={$args.empty}&id={$args.none}&a={$args.gone}", "", "/users"},
		{"/users?id={$args.none}&a=1", "", "/users?a=1"},
		{"/users?id=<{$args.id}>&t=x:{$args.list}", "", "/users?id=%3C7%3E&t=x:a&t=x:b,c"},
		{"/users?q={$args.name}", "", "/users?q=a%20b/c?d%23e%26f%3Dg%2Bh%25%3B%5C%22%C3%A9%00%0D%0A"},
		{"/users?e={$args.exp}&d={$args.dots}", "", "/users?e=1e%2B5&d=.."},
		{"/users?{$args.ok}={$args.id}&{$args.none}=1&{$args.id}", "", "/users?true=7&7"},
		{"/users?a={$args.id}-{$args.ok}&b={$args.id}{$args.none}", "", "/users?a=7-true"},
		{"/users?a={$args.blank}", "", "/users?a="},
		{"/users?a=b=c&d=e f+g&&", "", "/users?a=b=c&d=e%20f+g"},
		{"/users?x={$args.none ?? 'all'}", "", "/users?x=all"},
		// Folding.
		{"\n  https://api\n  /users/{\n $args.id # the id\n}\n  ?a=1\n  &b={ $args.id }\n", "", "https://api/users/7?a=1&b=7"},
	} {
		u, err := ParseURL(c.text)
		if err != nil {
			if fault := (*SyntaxError)(nil); !errors.As(err, &fault) || c.want != "("+fault.Message+")" {
				t.Errorf("%q: %v", c.text, err)
			}
			continue
		}
		if c.base != "" {
			u = u.WithBase(c.base)
		}
		got, err := u.Append([]byte("#"), env, nil)
		if err != nil || string(got) != "#"+c.want {
			t.Errorf("%q below %q:\n got %s, %v\nwant %s", c.text, c.base, got[1:], err, c.want)
		}
	}
}

func TestURLValueErrors(t *testing.T) {
	t.Parallel()
	env := vars{
		"args.none": `null`, "args.blank": `""`, "args.dots": `".."`, "args.dot": `"\u002e"`, "args.list": `[1]`, "args.object": `{}`,
		"args.nested": `[[1]]`, "args.number": `1`, "args.two": `"2"`,
	}
	for _, c := range []struct {
		text, message string
		missing       bool
	}{
		{"/{$args.none}", "{$args.none} is null, and a path segment needs a value", true},
		{"/a/b-{ $args.gone }", "{$args.gone} is null", true},
		{"/{$args.blank}", "{$args.blank} is empty, and a path segment may not be", false},
		{"/{$args.blank}{$args.blank}", "{$args.blank} is empty", false},
		{"/{$args.dots}/x", "leads out of the path", false},
		{"/{$args.dot}{$args.dot}", "leads out of the path", false},
		{"/.{$args.dot}", "leads out of the path", false},
		{"/%2E{$args.dot}", "leads out of the path", false},
		{"/%2{$('e.')}", "", false},
		{"/{$args.list}", "is a list, and only one value", false},
		{"/{$args.object}", "is an object", false},
		{"/x?a={$args.object}", "is an object", false},
		{"/x?a={$args.nested}", "is a list", false},
		{"/x?a={$args.number}{$args.list}", "{$args.list} is a list", false},
		{"/x?{$args.list}=1", "is a list", false},
		{"/{$args.number->size}", "failed: the method `size`", false},
	} {
		u, err := ParseURL(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		got, err := u.Append([]byte("#"), env, nil)
		if c.message == "" {
			if err != nil {
				t.Errorf("%q: %v", c.text, err)
			}
			continue
		}
		var fault *ValueError
		if !errors.As(err, &fault) || !strings.Contains(fault.Error(), c.message) || fault.Missing != c.missing {
			t.Errorf("%q: got %v, want %q", c.text, err, c.message)
			continue
		}
		if string(got) != "#" {
			t.Errorf("%q: %q was left behind", c.text, got)
		}
		if want := strings.Index(c.text, "$args"); fault.At != want {
			if fault.At != strings.LastIndex(c.text, "$args") {
				t.Errorf("%q: the offset is %d, want %d", c.text, fault.At, want)
			}
		}
	}
	u, _ := ParseURL("/{$args.number->size}")
	_, err := u.Append(nil, env, nil)
	if inner := (*mapping.EvalError)(nil); !errors.As(err, &inner) {
		t.Errorf("the cause is lost: %v", err)
	}
}

func TestURLSyntaxErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text    string
		at      int
		message string
	}{
		{"", 0, "empty"},
		{" \n ", 0, "empty"},
		{"ftp://x/", 0, "a URL begins with /"},
		{"{$args.url}", 0, "scheme and host of a URL are constant"},
		{"http://{$args.host}/x", 7, "scheme, host and port of a URL are constant"},
		{"http://api{$args.x}", 10, "scheme, host and port of a URL are constant"},
		{"http://api:{$args.x}/", 11, "scheme, host and port of a URL are constant"},
		{"http:///x", 0, "not scheme, host and port"},
		{"http://a b/x", 0, "not scheme, host and port"},
		{"http://a:x/", 0, "not scheme, host and port"},
		{"http://u:p@a/", 0, "must not hold a user name"},
		{"http://a%80/", 0, "is not a host"},
		{"http://münchen/", 0, "is not a host"},
		{"//api/x", 0, "one slash"},
		{"/a#b", 2, "no # part"},
		{"/x?a=#{$args.x}", 5, "no # part"},
		{"/a/../b", 3, "leads out of the path"},
		{"/a/%2E./b", 3, "leads out of the path"},
		{"/a}", 2, "a } without its {"},
		{"/a/{$args.x", 3, "the { is not closed"},
		{"/a/{", 3, "the { is not closed"},
		{"/a/{$args.x y}", 12, "unexpected `y`"},
		{"/a/{}", 4, "a value is expected"},
		{"/a/{$args.}", 10, "a property name"},
		{"/a\x00b", 2, "a control character"},
		{"/a\xff", 0, "UTF-8"},
		{"\n\n /a/\n {?}", 9, "a value is expected"},
	} {
		_, err := ParseURL(c.text)
		var fault *SyntaxError
		if !errors.As(err, &fault) || fault.At != c.at || !strings.Contains(fault.Message, c.message) {
			t.Errorf("%q: got %v, want %d %q", c.text, err, c.at, c.message)
		}
	}
}

func TestURLParts(t *testing.T) {
	t.Parallel()
	text := "\n https://api:8080\n /users/{ $args.org.id }\n ?x={$batch.id->foo}"
	u, err := ParseURL(text)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := u.String(), "https://api:8080/users/{$args.org.id}?x={$batch.id->foo}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if !u.Absolute() || u.Host() != "api:8080" {
		t.Errorf("host %q", u.Host())
	}
	got := fmt.Sprint(u.Variables())
	want := fmt.Sprintf("[{args [org id] %d} {batch [id] %d}]", strings.Index(text, "$args"), strings.Index(text, "$batch"))
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	faults := u.Check(func(string) error { return nil })
	if len(faults) != 1 || faults[0].At != strings.Index(text, "foo") {
		t.Errorf("got %v", faults)
	}
	if u, _ = ParseURL("/x"); u.Absolute() || u.Host() != "" {
		t.Error("a relative URL is not absolute")
	}
	if below := u.WithBase("http://api/v1?k=1"); below.Host() != "api" || below.String() != "/x" || u.Absolute() {
		t.Errorf("host %q, text %q", below.Host(), below.String())
	}
}

func TestURLNoAllocation(t *testing.T) {
	var env mapping.Env = fixed{id: []byte(`7`), name: []byte(`"a b\n"`), ids: []byte(`[1,2,3]`)}
	for _, text := range []string{
		"/users/{$args.id}", "/users/{$args.name}?n={$args.name}", "/users?id={$batch.ids}", "/users?ids={$batch.ids->joinNotNull(',')}&s=a",
	} {
		u, err := ParseURL(text)
		if err != nil {
			t.Fatal(err)
		}
		u = u.WithBase("http://api/v1")
		dst := make([]byte, 0, 1024)
		var arena mapping.Arena
		allocs := testing.AllocsPerRun(100, func() {
			arena.Reset()
			if _, err := u.Append(dst, env, &arena); err != nil {
				t.Fatal(err)
			}
		})
		if allocs != 0 {
			t.Errorf("%s: %v allocations", text, allocs)
		}
	}
}

type fixed struct{ id, name, ids []byte }

func (f fixed) Var(_, key string) []byte {
	switch key {
	case "id":
		return f.id
	case "name":
		return f.name
	}
	return f.ids
}

func BenchmarkURL(b *testing.B) {
	ids := []byte("[1")
	for i := range 99 {
		ids = fmt.Appendf(ids, ",%d", i+2)
	}
	var env mapping.Env = fixed{id: []byte(`"user-7"`), ids: append(ids, ']')}
	for _, text := range []string{"/users/{$args.id}", "/users?id={$batch.ids}", "/users?ids={$batch.ids->joinNotNull(',')}"} {
		u, err := ParseURL(text)
		if err != nil {
			b.Fatal(err)
		}
		u = u.WithBase("http://api/v1")
		b.Run(text[6:], func(b *testing.B) {
			b.ReportAllocs()
			dst := make([]byte, 0, 4096)
			var arena mapping.Arena
			for b.Loop() {
				arena.Reset()
				if dst, err = u.Append(dst[:0], env, &arena); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
