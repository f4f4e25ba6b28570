package gatewaytest

import (
	"strings"
	"testing"

	"manifold/internal/fault"
	"manifold/upstreams"
)

func TestParseSpecFaults(t *testing.T) {
	t.Parallel()
	const sdl = "-- gateway.graphql --\ntype Query { a: Int }\n"
	for _, test := range []struct{ name, text, want string }{
		{"no description", sdl, "what the spec shows"},
		{"no schema", "Shows.\n-- request --\n{ a }\n", "no *.graphql"},
		{"unknown section", "Shows.\n" + sdl + "-- reqest --\n{ a }\n", "unknown section"},
		{"twice", "Shows.\n" + sdl + sdl, "stands twice"},
		{"variables of nothing", "Shows.\n" + sdl + "-- variables two --\n{}\n", `no section "request two"`},
		{"bad status", "Shows.\n" + sdl + "-- mock --\nGET http://x/ OK\n", "want an HTTP status"},
		{"bad special", "Shows.\n" + sdl + "-- mock --\nGET http://x/ !late\n", "want !timeout"},
		{"bad body", "Shows.\n" + sdl + "-- mock --\nGET http://x/ <- {a} 200\n", "wanted body"},
		{"bad file", "Shows.\n" + sdl + "-- mock --\nGET http://x/ 200 @big.json\n", `no section "mock/big.json"`},
		{"bad header", "Shows.\n" + sdl + "-- mock --\nGET http://x/ 200 (x-a) {}\n", "has no name or no value"},
		{"bad config", "Shows.\n" + sdl + "-- config --\napi key=1\n", "SOURCE {JSON}"},
		{"bad env", "Shows.\n" + sdl + "-- env --\nA\n", "NAME=VALUE"},
	} {
		if _, err := ParseSpec([]byte(test.text)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: have %v, want %q in it", test.name, err, test.want)
		}
	}
}

func TestMock(t *testing.T) {
	t.Parallel()
	m, err := ParseMock(`
		# a comment
		GET  http://x/a 200 {"n": 1}
		GET  http://x/a 200 {"n": 2}
		POST http://x/b <- {"k":[1,2]} 201 (content-type: text/plain) hello  there
		?    GET http://x/never 500
		GET  http://x/c !refused
		GET  http://x/d 200 @d.json
		GET  http://x/unused 200
	`, map[string]string{"mock/d.json": "{}\n"})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, url, body string) string {
		reply, err := m.answer("src", &upstreams.Call{Method: method, URL: []byte(url), Body: []byte(body)}, 1)
		if err != nil {
			return err.Error()
		}
		return reply.ContentType + " " + string(reply.Body)
	}
	for _, test := range []struct{ have, want string }{
		{ask("GET", "http://x/a", ""), `application/json {"n": 1}`},
		{ask("GET", "http://x/a", ""), `application/json {"n": 2}`},
		{ask("GET", "http://x/a", ""), `application/json {"n": 2}`},
		{ask("POST", "http://x/b", `{ "k": [1, 2] }`), "text/plain hello  there"},
		{ask("GET", "http://x/c", ""), string(fault.UpstreamUnavailable)},
		{ask("GET", "http://x/d", ""), "application/json {}"},
		{ask("POST", "http://x/b", `{"k":[2,1]}`), "no mock answers"},
		{strings.Join(m.Faults(), "\n"), `POST http://x/b <- {"k":[2,1]}`},
		{strings.Join(m.Faults(), "\n"), "never asked for: GET  http://x/unused 200"},
	} {
		if !strings.Contains(test.have, test.want) {
			t.Errorf("have %q, want %q in it", test.have, test.want)
		}
	}
	if n := len(m.Faults()); n != 2 {
		t.Errorf("%d faults, want 2: %q", n, m.Faults())
	}
}

func TestPrintCalls(t *testing.T) {
	t.Parallel()
	calls := []MadeCall{{2, "GET http://x/c"}, {1, "GET http://x/b"}, {1, "GET http://x/a\n    H: 1"}}
	if have, want := printCalls(calls), "GET /a\n    H: 1\n+ GET /b\nGET /c\n"; have != want {
		t.Error(Diff(want, have))
	}
	calls = append(calls, MadeCall{3, "GET http://y/c"})
	if have := printCalls(calls); !strings.Contains(have, "GET http://y/c") || !strings.Contains(have, "GET http://x/c") {
		t.Errorf("two hosts must be told apart:\n%s", have)
	}
}

func TestDiff(t *testing.T) {
	t.Parallel()
	if d := Diff("a\nb\n", "a\nb\n"); d != "" {
		t.Errorf("equal texts differ:\n%s", d)
	}
	have := Diff("1\n2\n3\n4\n5\n6\nold\n7\n", "1\n2\n3\n4\n5\n6\nnew\n7\n")
	if want := "--- want\n+++ have\n  4\n  5\n  6\n- old\n+ new\n  7\n"; have != want {
		t.Errorf("have\n%swant\n%s", have, want)
	}
}

// TestSpecGoldens shows that an update fills in what is missing in its place, and that a wrong golden is seen.
func TestSpecGoldens(t *testing.T) {
	t.Parallel()
	s, err := ParseSpec([]byte("Shows.\n-- gateway.graphql --\ntype Query { a: Int @connect(selection: \"$(1)\") }\n" +
		"-- request one --\n{ a }\n-- request two --\n{ b: a }\n-- response two --\nold\n"))
	if err != nil {
		t.Fatal(err)
	}
	have := RunSpec(t, s)
	if !s.Check(t, have, true) {
		t.Fatal("an update changes nothing")
	}
	var names []string
	for _, f := range s.Archive.Files {
		names = append(names, f.Name)
	}
	want := "gateway.graphql|request one|plan one|calls one|response one|request two|plan two|calls two|response two"
	if got := strings.Join(names, "|"); got != want {
		t.Errorf("sections\n%s\nwant\n%s", got, want)
	}
	if text, _ := s.Golden("response two"); text != "{\"data\":{\"b\":1}}\n" {
		t.Errorf("response two is %q", text)
	}
}

func TestDifference(t *testing.T) {
	t.Parallel()
	base := Result{Data: `{"a":1.0}`, Errors: []Error{{`["a"]`, fault.UpstreamError}}, Calls: 2}
	for name, have := range map[string]*Result{
		"number text": {Data: `{"a":1}`, Errors: base.Errors, Calls: 2},
		"order":       {Data: `{"b":1,"a":1.0}`, Errors: base.Errors, Calls: 2},
		"no error":    {Data: base.Data, Calls: 2},
		"path":        {Data: base.Data, Errors: []Error{{`["b"]`, fault.UpstreamError}}, Calls: 2},
		"code":        {Data: base.Data, Errors: []Error{{`["a"]`, fault.NotFound}}, Calls: 2},
		"more calls":  {Data: base.Data, Errors: base.Errors, Calls: 3},
	} {
		want := base
		if difference(&want, have) == "" {
			t.Errorf("%s: the difference is not seen", name)
		}
	}
	want, same := base, base
	same.Calls = 1
	if d := difference(&want, &same); d != "" {
		t.Errorf("equal results differ: %s", d)
	}
}
