package template

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"manifold/internal/mapping"
)

// extras are URLs with path and queryParams whose number of segments does not depend on what $args.a and $args.b hold. The
// texts of segments and values are wanted as they are; A and B stand for the two arguments.
var extras = []struct {
	text, sourcePath, sourceQuery, path, query string
	segments, pairs                            []string // pairs are name and value by turns
}{
	{text: "/", path: "$([$args.a, $args.b])", segments: []string{"v1", "A", "B"}},
	{text: "/t/{$args.b}", sourcePath: "$(['s', $args.a])", path: "$([$args.a, 'x'])", segments: []string{"v1", "s", "A", "t", "B", "A", "x"}},
	{text: "/t", path: "$args.list", segments: []string{"v1", "t", "A", "B"}},
	{text: "/", query: "a: $args.a b: $args.b", segments: []string{"v1"}, pairs: []string{"a", "A", "b", "B"}},
	{
		text: "/x?t={$args.a}", sourceQuery: "s: $args.b", query: "\"a[]\": $args.list", segments: []string{"v1", "x"},
		pairs: []string{"s", "B", "t", "A", "a[]", "A", "a[]", "B"},
	},
	{text: "/x", query: "$args.object", segments: []string{"v1", "x"}, pairs: []string{"A", "B"}},
}

// FuzzExtra checks that every value of path and queryParams arrives as it was sent, in the one place where it stands, and that
// nothing else of the URL depends on it.
func FuzzExtra(f *testing.F) {
	urls := make([]*URL, len(extras))
	for i, e := range extras {
		u, err := ParseURL(e.text)
		if err != nil {
			f.Fatal(err)
		}
		urls[i] = u.WithBase("https://base.internal:8443/v1").With(extra(f, e.sourcePath, e.sourceQuery), extra(f, e.path, e.query))
		for j, v := range hostile {
			f.Add(uint8(i), v, hostile[(i+j)%len(hostile)])
		}
	}
	f.Fuzz(func(t *testing.T, n uint8, one, two string) {
		if !utf8.ValidString(one) || !utf8.ValidString(two) {
			return
		}
		e := extras[int(n)%len(extras)]
		segments, pairs := filledIn(e.segments, one, two), filledIn(e.pairs, one, two)
		got, err := urls[int(n)%len(extras)].Append(nil, extraValues(t, one, two), nil)
		if bad := slices.ContainsFunc(segments, func(s string) bool { return s == "" || s == "." || s == ".." }); (err != nil) != bad {
			t.Fatalf("%+v with %q, %q: %s, %v", e, one, two, got, err)
		}
		if err != nil {
			return
		}
		parsed, err := url.Parse(string(got))
		if err != nil || parsed.Scheme != "https" || parsed.Host != "base.internal:8443" || parsed.User != nil || strings.Contains(string(got), "#") {
			t.Fatalf("%+v with %q, %q leaves the host: %s, %v", e, one, two, got, err)
		}
		var have []string
		for _, s := range strings.Split(parsed.EscapedPath(), "/")[1:] {
			plain, err := url.PathUnescape(s)
			if err != nil {
				t.Fatal(err)
			}
			have = append(have, plain)
		}
		if !slices.Equal(have, segments) {
			t.Fatalf("%+v with %q, %q: segments %q, want %q", e, one, two, have, segments)
		}
		if have = queryOf(t, parsed.RawQuery); !slices.Equal(have, pairs) {
			t.Fatalf("%+v with %q, %q: query %q, want %q", e, one, two, have, pairs)
		}
	})
}

func filledIn(texts []string, one, two string) (out []string) {
	for _, s := range texts {
		switch s {
		case "A":
			s = one
		case "B":
			s = two
		}
		out = append(out, s)
	}
	return out
}

func extraValues(t testing.TB, one, two string) mapping.Env {
	t.Helper()
	list, err := json.Marshal([]string{one, two})
	if err != nil {
		t.Fatal(err)
	}
	object, err := json.Marshal(map[string]string{one: two})
	if err != nil {
		t.Fatal(err)
	}
	env := values(t, one, two).(vars)
	env["args.list"], env["args.object"] = string(list), string(object)
	return env
}

// queryOf returns names and values of a query by turns, in order.
func queryOf(t testing.TB, query string) (out []string) {
	t.Helper()
	if query == "" {
		return nil
	}
	for pair := range strings.SplitSeq(query, "&") {
		one, err := url.ParseQuery(pair)
		if err != nil || len(one) != 1 {
			t.Fatalf("%q is no pair: %v", pair, err)
		}
		for name, values := range one {
			out = append(out, name, values[0])
		}
	}
	return out
}

// FuzzExtraText checks with any mapping that scheme, host and port stay, that no segment leads out, and that what comes out
// is a URL.
func FuzzExtraText(f *testing.F) {
	for i, e := range extras {
		for j, v := range hostile {
			f.Add(e.path, e.query, v, hostile[(i+j)%len(hostile)])
		}
	}
	f.Add("$args.a->split('/')", "$args->entries->first", "a/../b", "")
	f.Fuzz(func(t *testing.T, path, query, one, two string) {
		var nodes [2]mapping.Node
		for i, text := range []string{path, query} {
			n, err := mapping.ParseExpression(text)
			if err != nil {
				return
			}
			nodes[i] = n
		}
		e, err := NewExtra(nodes[0], nodes[1])
		if err != nil {
			return
		}
		u, err := ParseURL("/t")
		if err != nil {
			t.Fatal(err)
		}
		got, err := u.WithBase("https://base.internal:8443/v1").With(e, e).Append(nil, extraValues(t, one, two), nil)
		if err != nil {
			return
		}
		parsed, err := url.Parse(string(got))
		if err != nil || parsed.Scheme != "https" || parsed.Host != "base.internal:8443" || parsed.User != nil || parsed.Fragment != "" {
			t.Fatalf("%q, %q with %q, %q: %s, %v", path, query, one, two, got, err)
		}
		segments := strings.Split(parsed.EscapedPath(), "/")[1:]
		for i, s := range segments {
			if plain, err := url.PathUnescape(s); err != nil || plain == "." || plain == ".." || plain == "" && i < len(segments)-1 {
				t.Fatalf("%q, %q with %q, %q has a segment %q: %v", path, query, one, two, s, err)
			}
		}
		for _, c := range got {
			if c <= ' ' || c >= 0x7f {
				t.Fatalf("%q, %q with %q, %q holds a byte that no URL may: %q", path, query, one, two, got)
			}
		}
	})
}

// FuzzForm checks that every value of an object arrives under its name, as net/url reads a form.
func FuzzForm(f *testing.F) {
	for i, v := range hostile {
		text, err := json.Marshal(map[string]any{v: hostile[len(hostile)-1-i], "l": []any{v, 1, nil, map[string]any{v: true}}})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add(`{"a":{"b":[1.50,{"c":"d"}],"e":{}},"f":[],"g":null,"\u00e9":"\ud83d\ude00"}`)
	n := node(f, "$args.x")
	f.Fuzz(func(t *testing.T, text string) {
		dec := json.NewDecoder(strings.NewReader(text))
		dec.UseNumber()
		var object map[string]any
		if !utf8.ValidString(text) || strings.Contains(text, `\u`) || !json.Valid([]byte(text)) || dec.Decode(&object) != nil || object == nil {
			return
		}
		if strings.Count(text, ":") != keys(object) || strings.Count(text, "[")+strings.Count(text, "{") > 100 {
			return // the same name twice, or too deep
		}
		got, err := AsForm.AppendBody(nil, []byte(strings.TrimSpace(text)), n)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		want := url.Values{}
		for name, v := range object {
			flatForm(want, name, v)
		}
		have, err := url.ParseQuery(string(got))
		for name := range have { // two ways of writing a[b]
			slices.Sort(have[name])
			slices.Sort(want[name])
		}
		if err != nil || have.Encode() != want.Encode() {
			t.Fatalf("%s became %s: %v\nwant %s", text, got, err, want.Encode())
		}
		for _, c := range got {
			if c <= ' ' || c >= 0x7f {
				t.Fatalf("%s holds a byte that no form may: %q", text, got)
			}
		}
	})
}

// FuzzFormValue is FuzzForm for one name inside another, and one value.
func FuzzFormValue(f *testing.F) {
	for i, v := range hostile {
		f.Add(v, hostile[len(hostile)-1-i], v)
	}
	n := node(f, "$args.x")
	f.Fuzz(func(t *testing.T, name, inner, value string) {
		if !utf8.ValidString(name + "|" + inner + "|" + value) {
			return
		}
		text, err := json.Marshal(map[string]any{name: map[string]any{inner: []string{value}}})
		if err != nil {
			t.Fatal(err)
		}
		got, err := AsForm.AppendBody(nil, text, n)
		if err != nil {
			t.Fatal(err)
		}
		if have := queryOf(t, string(got)); !slices.Equal(have, []string{name + "[" + inner + "][0]", value}) {
			t.Fatalf("%s became %s", text, got)
		}
	})
}

// keys counts the members of an object and of all objects in it.
func keys(v any) (n int) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			n += 1 + strings.Count(name, ":") + keys(inner)
		}
	case []any:
		for _, inner := range v {
			n += keys(inner)
		}
	case string:
		n = strings.Count(v, ":")
	}
	return n
}

func flatForm(into url.Values, name string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for inner, value := range v {
			flatForm(into, name+"["+inner+"]", value)
		}
	case []any:
		for i, value := range v {
			flatForm(into, name+"["+strconv.Itoa(i)+"]", value)
		}
	case nil:
		into.Add(name, "")
	case bool:
		into.Add(name, strconv.FormatBool(v))
	case json.Number:
		into.Add(name, v.String())
	case string:
		into.Add(name, v)
	}
}
