package paths_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"manifold/internal/paths"
)

// pool are patterns that lie to each other in all ways.
var pool = []string{
	"/", "/{$}", "/{a}", "/{a...}", "/a", "/b", "/a/", "/a/{$}", "/a/{x}", "/a/{x...}", "/a/b", "/a/b/", "/a/b/{$}", "/{a}/b", "/{a}/b/",
	"/{a}/{b}", "/{a}/{b}/{$}", "/{a}/{b...}", "/a/{x}/c", "/{a}/b/c", "/{a}/b/{c}", "/a/b/c/d", "/a/{x}/{y...}", "/%61", "/a%20b/{x}",
}

func TestPatternsAreThoseOfNetHTTP(t *testing.T) {
	t.Parallel()
	for _, a := range pool {
		for _, b := range pool {
			p, q := parse(t, a), parse(t, b)
			got := p.Compare(q)
			conflict := got == paths.Equal || got == paths.Crossing
			if refused := refuses(a, b); refused != conflict {
				t.Errorf("%s to %s is %d, and net/http refuses them: %v", a, b, got, refused)
			}
			if turned := map[paths.Relation]paths.Relation{paths.Narrower: paths.Wider, paths.Wider: paths.Narrower}; turned[got] != 0 && q.Compare(p) != turned[got] {
				t.Errorf("%s to %s is %d, and the other way round %d", a, b, got, q.Compare(p))
			}
			if got == paths.Narrower && serving([]string{a, b}, sample(a)) != a {
				t.Errorf("%s is narrower than %s, but net/http prefers it not", a, b)
			}
		}
	}
}

// sample is a path that a pattern matches.
func sample(pattern string) string {
	var out []string
	for s := range strings.SplitSeq(pattern, "/") {
		switch {
		case s == "{$}" || strings.HasSuffix(s, "...}"):
			s = ""
		case strings.HasPrefix(s, "{"):
			s = "z"
		}
		out = append(out, s)
	}
	return strings.Join(out, "/")
}

// FuzzMatch compares with net/http on clean paths: it redirects others.
func FuzzMatch(f *testing.F) {
	for _, path := range []string{"/", "/a", "/a/", "/a/b", "/x/b", "/a/b/c", "/a/b/c/d", "/%61/%62", "/a%2Fb", "/a%2fb/c", "/a/b%2f", "/a b/c", "/a%20b/c", "/%zz", "/a/%2e%2e/b"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		u, err := url.ParseRequestURI(path)
		if err != nil || !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "?#") || (u.RawPath != "" && u.RawPath != u.EscapedPath()) {
			t.Skip("no path, or one that net/http rewrites")
		}
		if strings.Contains(strings.ToLower(path)+"/", "/%2f/") {
			t.Skip("net/http takes a segment that is an escaped slash for the slash at the end")
		}
		raw := paths.Raw(u)
		if raw != u.EscapedPath() {
			t.Fatalf("the raw path is %s, want %s", raw, u.EscapedPath())
		}
		for _, pattern := range pool {
			p := parse(t, pattern)
			got, slash := p.Match(raw), p.Slashless(raw)
			switch served := serving([]string{pattern}, path); {
			case served == "redirected" && slash && !got:
			case served == "redirected" && strings.Contains(raw+"/", "//"), strings.Contains(raw+"/", "/./"), strings.Contains(raw+"/", "/../"):
			case (served == pattern) != got || slash:
				t.Errorf("%s of %s: matches %v, slashless %v; net/http says %q", path, pattern, got, slash, served)
			}
		}
	})
}

// serving returns the pattern by which net/http serves a path, or "redirected", or "".
func serving(patterns []string, path string) (served string) {
	mux := http.NewServeMux()
	for _, p := range patterns {
		mux.HandleFunc(p, func(http.ResponseWriter, *http.Request) { served = p })
	}
	rec := httptest.NewRecorder()
	u, err := url.ParseRequestURI(path)
	if err != nil {
		return ""
	}
	mux.ServeHTTP(rec, &http.Request{Method: "GET", URL: u})
	if rec.Code == http.StatusTemporaryRedirect || rec.Code == http.StatusMovedPermanently {
		return "redirected"
	}
	return served
}

// refuses reports whether net/http does not take two patterns at once.
func refuses(a, b string) (refused bool) {
	defer func() { refused = recover() != nil }()
	mux := http.NewServeMux()
	mux.HandleFunc(a, http.NotFound)
	mux.HandleFunc(b, http.NotFound)
	return false
}

func parse(t *testing.T, text string) *paths.Pattern {
	t.Helper()
	p, err := paths.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return p
}

func TestBadPatterns(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":               "0: a path begins with a slash",
		"a/b":            "0: a path begins with a slash",
		"GET /a":         "0: a path begins with a slash",
		"h.example/a":    "0: a path begins with a slash",
		"//a":            "1: a segment of the path is empty",
		"/a//b":          "3: a segment of the path is empty",
		"/a/../b":        `3: the path holds the segment ".."`,
		"/a/%2e%2E/b":    `3: the path holds the segment ".."`,
		"/a/./b":         `3: the path holds the segment "."`,
		"/a?b=1":         "2: the path holds the character '?'",
		"/a#b":           "2: the path holds the character '#'",
		"/a b":           "2: the path holds the character ' '",
		"/a%zz":          `1: "a%zz" is not escaped well`,
		"/a%2fb":         "1: the path holds an escaped slash",
		"/a{b}":          "2: a wildcard is a whole segment",
		"/{b}a":          "1: a wildcard is a whole segment",
		"/{b":            "1: a wildcard is a whole segment",
		"/b}":            "2: a wildcard is a whole segment",
		"/{}":            `1: "" is not a name of a wildcard`,
		"/{1a}":          `1: "1a" is not a name of a wildcard`,
		"/{a-b}":         `1: "a-b" is not a name of a wildcard`,
		"/{a}/{a}":       "5: the name a is given twice",
		"/{a...}/b":      "1: {a...} stands at the end only",
		"/{$}/b":         "1: {$} stands at the end only",
		"/{...}":         `1: "" is not a name of a wildcard`,
		"/caf\u00e9":     "4: the path holds the character '\u00e9'",
		"/a/{b}/c/{b...": "9: a wildcard is a whole segment",
	} {
		_, err := paths.Parse(text)
		e, ok := errors.AsType[*paths.Error](err)
		if !ok {
			t.Errorf("%q: %v, want %s", text, err, want)
			continue
		}
		if got := fmt.Sprintf("%d: %s", e.At, e.Message); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestRawKeepsEscapes(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"/a%2Fb":         "/a%2Fb",
		"/a%2fb|c":       "/a%2fb%7Cc",
		"/caf\u00e9/%41": "/caf%C3%A9/%41",
		"/a//b/../c;d=1": "/a//b/../c;d=1",
		"/[a]":           "/[a]",
	} {
		u, err := url.ParseRequestURI(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := paths.Raw(u); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	if got := paths.Raw(&url.URL{Host: "h"}); got != "/" {
		t.Errorf("no path: %q", got)
	}
}
