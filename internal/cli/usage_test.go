package cli

import (
	"strings"
	"testing"
)

// Whatever is wrong with the command line: exit code 2, nothing on standard output, and a message with a hint.
func TestWrongCommandLines(t *testing.T) {
	t.Parallel()
	empty := t.TempDir()
	shop := root("gateway.graphql")
	cases := []struct {
		name  string
		args  []string
		says  string
		hints string
	}{
		{"no command", nil, "a command is missing", "manifold demo"},
		{"unknown command", []string{"sevre"}, "sevre", "--help"},
		{"a file for a command", []string{"gateway.graphql"}, "gateway.graphql", "manifold serve gateway.graphql"},
		{"unknown flag", []string{"serve", "--port", "80"}, "--port", "manifold serve --help"},
		{"a file that is not there", []string{"check", "none.graphql"}, "there is no file none.graphql", "relative to the folder"},
		{"no gateway.graphql here", []string{"check"}, "there is no gateway.graphql", "manifold demo"},
		{"a folder without files", []string{"serve", empty}, "has no .graphql file", "sub-folders"},
		{"a folder without gateways", []string{"check", empty}, "no folder in " + empty + " has a gateway", "type Query"},
		{"plan without a query", []string{"plan", shop}, "a query is missing", "plan -q"},
		{"two queries", []string{"plan", "-q", "{a}", "-f", "x.graphql"}, "can't be used together", "manifold plan --help"},
		{"variables that are no JSON", []string{"plan", "-q", "{a}", "-v", "id=7", shop}, "--variables is not a JSON object", `{"id": 7}`},
		{"variables that are a list", []string{"plan", "-q", "{a}", "-v", "[7]", shop}, "--variables is not a JSON object", `{"id": 7}`},
		{"variables and more", []string{"plan", "-q", "{a}", "-v", "{} {}", shop}, "something follows", `{"id": 7}`},
		{"no such operation", []string{"plan", "-q", "query A {shopName} query B {shopName}", "-o", "C", shop}, `no operation "C"`, "A, B"},
		{"which operation", []string{"plan", "-q", "query A {shopName} query B {shopName}", shop}, "several operations", "A, B"},
		{"no such client", []string{"plan", "--bff", "tv", shop}, `no client "tv"`, "mobile, web"},
		{"no such operation of a client", []string{"plan", "--bff", "mobile", "-o", "C", shop}, `no operation "C"`, "MobileHome"},
		{"variables of a route", []string{"plan", "--bff", "mobile", "-v", "{}", shop}, "--variables belong to a query", "brings its own"},
		{"listen is no address", []string{"serve", "--listen", "8080", shop}, "--listen 8080 is not an address", ":8080"},
		{"unknown form of log", []string{"serve", "--log", "xml", shop}, "--log", "manifold serve --help"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := call(t, c.args...)
			if code != exitUsage || stdout != "" {
				t.Errorf("exit code %d and output %q, want %d and nothing", code, stdout, exitUsage)
			}
			contains(t, "stderr", stderr, c.says)
			if _, hint, ok := strings.Cut(stderr, "\n  hint: "); !ok || !strings.Contains(hint, c.hints) {
				t.Errorf("stderr has no hint with %q:\n%s", c.hints, stderr)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := call(t, "--help")
	if code != exitOK || stderr != "" {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
	contains(t, "--help", stdout, "serve", "demo", "check", "plan", "schema", "version", `Run "manifold demo"`)
	for _, command := range []string{"serve", "demo", "check", "plan", "schema"} {
		code, stdout, _ := call(t, command, "--help")
		if code != exitOK {
			t.Errorf("%s --help: exit code %d", command, code)
		}
		contains(t, command+" --help", stdout, "Examples:", "    manifold "+command)
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := call(t, "version")
	if code != exitOK || stderr != "" || !strings.HasPrefix(stdout, "manifold ") || !strings.Contains(stdout, "go1.") {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}
