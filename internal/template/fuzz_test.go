package template

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"manifold/internal/mapping"
)

// hostile are values that have broken other gateways.
var hostile = []string{
	"..", ".", "", "%2e%2e", "a/b", "?x", "#", "@evil", `\`, "\x00", "\r\n", "😀", "//evil.com", "{$args.b}", "${HOME}", "{{env.SECRET}}", "..;", "a&b=c",
	" ", "+", "%", "[::1]", ":80",
}

var templates = []string{
	"/users/{$args.a}", "/a/{$args.a}{$args.b}/c", "/a-{$args.a}/.{$args.b}?x={$args.a}&{$args.b}=1", "?q={$args.a}{$args.b}",
	"http://api:81/{$args.a}?x={$args.b}", "/%2{$args.a}", "/{$args.a}/{$args.b}/?z",
}

// FuzzURL checks that values change nothing but their own place: not the scheme, the host, the port, nor the number of
// path segments, of which none is `.` or `..`.
func FuzzURL(f *testing.F) {
	for i, text := range templates {
		for j, v := range hostile {
			f.Add(text, v, hostile[(i+j)%len(hostile)])
		}
	}
	f.Fuzz(func(t *testing.T, text, one, two string) {
		u, err := ParseURL(text)
		if err != nil {
			return
		}
		u = u.WithBase("https://base.internal:8443/v1")
		env := values(t, one, two)
		got, err := u.Append(nil, env, nil)
		if err != nil {
			return
		}
		parsed, err := url.Parse(string(got))
		if err != nil {
			t.Fatalf("%q with %q, %q is no URL: %s: %v", text, one, two, got, err)
		}
		tame, err := u.Append(nil, values(t, "x", "x"), nil)
		if err != nil {
			return
		}
		want, err := url.Parse(string(tame))
		if err != nil {
			t.Fatalf("%q is no URL: %s: %v", text, tame, err)
		}
		if parsed.Scheme != want.Scheme || parsed.Host != want.Host || parsed.User != nil || parsed.Fragment != "" || parsed.Host != u.Host() {
			t.Fatalf("%q with %q, %q leaves the host: %s", text, one, two, got)
		}
		segments := strings.Split(parsed.EscapedPath(), "/")
		if len(segments) != strings.Count(want.EscapedPath(), "/")+1 {
			t.Fatalf("%q with %q, %q changes the path: %s", text, one, two, got)
		}
		for _, s := range segments {
			if plain, err := url.PathUnescape(s); err != nil || plain == "." || plain == ".." {
				t.Fatalf("%q with %q, %q has a segment %q: %v", text, one, two, s, err)
			}
		}
		if strings.Count(parsed.RawQuery, "&") > strings.Count(want.RawQuery, "&") {
			t.Fatalf("%q with %q, %q adds a pair: %s", text, one, two, got)
		}
		for _, c := range got {
			if c <= ' ' || c >= 0x7f {
				t.Fatalf("%q with %q, %q holds a byte that no URL may: %q", text, one, two, got)
			}
		}
	})
}

// FuzzRoundTrip checks that a value arrives as it was sent, in a path and in a query.
func FuzzRoundTrip(f *testing.F) {
	for _, v := range hostile {
		f.Add(v)
	}
	u, err := ParseURL("http://api/{$args.a}?q={$args.a}")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, v string) {
		if !utf8.ValidString(v) {
			return
		}
		got, err := u.Append(nil, values(t, v, ""), nil)
		if err != nil {
			if v != "" && v != "." && v != ".." {
				t.Fatalf("%q: %v", v, err)
			}
			return
		}
		parsed, err := url.Parse(string(got))
		if err != nil || parsed.Path != "/"+v || parsed.Query().Get("q") != v {
			t.Fatalf("%q became %s: %v", v, got, err)
		}
	})
}

// FuzzText checks that no value ends the header it stands in.
func FuzzText(f *testing.F) {
	for _, v := range hostile {
		f.Add("Bearer {$args.a} {$args.b}", v, "x")
	}
	f.Fuzz(func(t *testing.T, text, one, two string) {
		x, err := ParseText(text)
		if err != nil {
			return
		}
		got, _, err := x.Append(nil, values(t, one, two), nil)
		if err != nil {
			return
		}
		for _, c := range got {
			if c < ' ' && c != '\t' || c == 0x7f {
				t.Fatalf("%q with %q, %q is no header: %q", text, one, two, got)
			}
		}
	})
}

// FuzzHeader checks that a value arrives as it was sent, with the text around it as it is written, or not at all.
func FuzzHeader(f *testing.F) {
	for i, v := range hostile {
		f.Add(v, hostile[len(hostile)-1-i])
	}
	x, err := ParseText("a={$args.a}; b={$args.b};")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, one, two string) {
		if !utf8.ValidString(one) || !utf8.ValidString(two) {
			return
		}
		got, _, err := x.Append(nil, values(t, one, two), nil)
		control := strings.ContainsFunc(one+two, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
		if (err != nil) != control || err == nil && string(got) != "a="+one+"; b="+two+";" {
			t.Fatalf("%q, %q became %q: %v", one, two, got, err)
		}
	})
}

func values(t testing.TB, one, two string) mapping.Env {
	t.Helper()
	a, err := json.Marshal(one)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(two)
	if err != nil {
		t.Fatal(err)
	}
	return vars{"args.a": string(a), "args.b": string(b), "args": `{"a":` + string(a) + `,"b":` + string(b) + `}`}
}
