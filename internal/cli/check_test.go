package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"manifold/schema"
)

// idle has two warnings and no problem: a source and a type that nothing uses.
const idle = `extend schema
  @source(name: "api", http: { baseURL: "http://api.test" })
  @source(name: "old", http: { baseURL: "http://old.test" })
type Query { a: Int @connect(source: "api", http: { GET: "/a" }) }
type Left { b: Int }
`

const fine = `extend schema @source(name: "api", http: { baseURL: "http://api.test" })
type Query { a: Int @connect(source: "api", http: { GET: "/a" }) }
`

// tree writes files into a folder of the test's own.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestWarningsFailOnlyIfStrict(t *testing.T) {
	t.Parallel()
	file := write(t, "gateway.graphql", idle)
	code, stdout, stderr := call(t, "check", file)
	if code != exitOK || !strings.Contains(stdout, "ok: 2 sources, 1 root field, 2 warnings") {
		t.Errorf("exit code %d, stdout %q", code, stdout)
	}
	contains(t, "stderr", stderr, file+":3:3: warning: ", "no connector uses this source", file+":5:6: warning: Left: ", "2 warnings\n")

	code, stdout, stderr = call(t, "check", "--strict", file)
	if code != exitProblem || stdout != "" {
		t.Errorf("--strict: exit code %d and output %q", code, stdout)
	}
	contains(t, "stderr", stderr, "2 warnings\n", "warnings fail because of --strict")

	code, stdout, stderr = call(t, "check", "--strict", "--json", file)
	if code != exitProblem || stderr != "" || strings.Count(stdout, `"severity": "warning"`) != 2 {
		t.Errorf("--strict --json: exit code %d, stderr %q, stdout\n%s", code, stderr, stdout)
	}
	if code, _, _ = call(t, "check", "--strict", write(t, "gateway.graphql", fine)); code != exitOK {
		t.Errorf("--strict without warnings: exit code %d", code)
	}
}

// Each folder with a gateway is one; what belongs to clients, to other tools or to nobody is not taken for one.
func TestCheckOfAFolderOfGateways(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{
		"shop/gateway.graphql":          fine,
		"blog/gateway.graphql":          broken,
		"blog/home/home.graphql":        "query Home { me { id } }",
		"node_modules/x/schema.graphql": "type Query {",
		".cache/old.graphql":            "type Query {",
	})
	code, stdout, stderr := call(t, "check", dir)
	if code != exitProblem || strings.TrimSpace(stdout) != "ok: "+filepath.Join(dir, "shop")+": 1 source, 1 root field, 0 warnings" {
		t.Errorf("exit code %d, stdout\n%s", code, stdout)
	}
	contains(t, "stderr", stderr, filepath.Join(dir, "blog", "gateway.graphql")+":3:", "2 problems in 2 gateways",
		"skipped: "+filepath.Join(dir, "blog", "home"))
	if strings.Contains(stderr, "node_modules") || strings.Contains(stderr, ".cache") {
		t.Errorf("a folder was entered that should not be:\n%s", stderr)
	}

	var got struct{ Problems []struct{ File string } }
	code, stdout, _ = call(t, "check", "--json", dir)
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != exitProblem || len(got.Problems) != 2 {
		t.Errorf("--json: exit code %d, %v\n%s", code, err, stdout)
	}
}

func TestEndColumnInJSON(t *testing.T) {
	t.Parallel()
	_, stdout, _ := call(t, "check", "--json", write(t, "gateway.graphql", broken))
	var got struct {
		Problems []struct{ Column, EndColumn int }
	}
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || len(got.Problems) != 2 {
		t.Fatalf("%v\n%s", err, stdout)
	}
	for i, word := range []string{`"apo"`, `$args.id`} {
		if p := got.Problems[i]; p.EndColumn-p.Column != len(word) {
			t.Errorf("problem %d goes from %d to %d, want %d characters", i, p.Column, p.EndColumn, len(word))
		}
	}
}

// The mark is as long as the word and stands under it, in a block string too, behind tabs and letters of several bytes.
func TestMarks(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, sdl, line, marks string }{
		{
			"in a string", `type Query { a(id: ID!): Int @connect(http: { GET: "http://x/{$args.idd}" }) }`,
			`    type Query { a(id: ID!): Int @connect(http: { GET: "http://x/{$args.idd}" }) }`,
			`                                                                  ^^^^^^^^^`,
		},
		{
			"in a block string", "type Query { a: T @connect(http: { GET: \"http://x\" }, selection: \"\"\"\n\t  id\n\t  name: 'é'->sise\n\"\"\") }\ntype T { id: ID name: Int }",
			"    \t  name: 'é'->sise",
			"    \t             ^^^^",
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, _, stderr := call(t, "check", write(t, "gateway.graphql", c.sdl))
			contains(t, "stderr", stderr, c.line+"\n"+c.marks+"\n")
		})
	}
}

// A line of a thousand characters is cut around the place.
func TestLongLinesAreCut(t *testing.T) {
	t.Parallel()
	line := strings.Repeat("é", 600) + `"apo"` + strings.Repeat("x", 600)
	shown, at := excerpt(line, 601)
	if r := []rune(shown); len(r) > shownLine+10 || string(r[at-1:at+4]) != `"apo"` {
		t.Errorf("%d characters, and at %d stands %q", len(r), at, string(r[at-1:at+4]))
	}
}

func TestColoursAreForTerminals(t *testing.T) {
	t.Parallel()
	p := schema.Problem{File: "g.graphql", Line: 1, Column: 3, EndColumn: 5, Message: "wrong", Hint: "right", SourceLine: "abcd"}
	var plain, coloured bytes.Buffer
	tellProblem(&plain, &p, paint{})
	tellProblem(&coloured, &p, paint{true})
	if want := "g.graphql:1:3: wrong\n    abcd\n      ^^\n  hint: right\n"; plain.String() != want {
		t.Errorf("got\n%s\nwant\n%s", plain.String(), want)
	}
	if !strings.Contains(coloured.String(), "\x1b[31mwrong\x1b[0m") || !strings.Contains(coloured.String(), "\x1b[31m^^\x1b[0m") {
		t.Errorf("no colours: %q", coloured.String())
	}

	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	none := func(string) (string, bool) { return "", false }
	if painter(&plain, none).on || painter(file, none).on {
		t.Error("a file is painted")
	}
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // a character device, as a terminal is
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if !painter(null, none).on {
		t.Skip("this system's null device is no character device")
	}
	for name, value := range map[string]string{"NO_COLOR": "1", "TERM": "dumb"} {
		if painter(null, func(n string) (string, bool) { return value, n == name }).on {
			t.Errorf("%s=%s does not turn colours off", name, value)
		}
	}
}
