package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const someUsers = `{"data":[{"id":1,"full_name":"Ann"},{"id":2,"full_name":"Bob"}]}`

// What init writes passes check, without a warning.
func TestInitWritesAFileThatPassesCheck(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{"users.json": someUsers, "user.json": `{"data":{"id":1,"full_name":"Ann"}}`})
	out := filepath.Join(dir, "gateway.graphql")
	args := []string{
		"init", "--source", "users=http://users.test", "--get", "/users?limit=2=" + filepath.Join(dir, "users.json"),
		"--get", "/users/1=" + filepath.Join(dir, "user.json"), "--out", out,
	}
	code, stdout, stderr := call(t, args...)
	if code != exitOK || stdout != "" {
		t.Fatalf("exit code %d, stdout %q, stderr\n%s", code, stdout, stderr)
	}
	contains(t, "stderr", stderr, "wrote "+out+": 1 source, 2 root fields, 0 warnings", "manifold serve --dev "+out)
	if code, _, stderr := call(t, "check", "--strict", out); code != exitOK {
		t.Errorf("check: exit code %d\n%s", code, stderr)
	}

	before, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	contains(t, "the file", string(before), "naming: SNAKE_CASE", "fullName: String!", "user(id: ID!): User @lookup")
	code, _, stderr = call(t, append(args, "--source", "x=http://x.test")...)
	if code != exitUsage {
		t.Errorf("which source: exit code %d\n%s", code, stderr)
	}
	code, _, stderr = call(t, args...)
	if after, err := os.ReadFile(out); err != nil || code != exitUsage || !bytes.Equal(before, after) {
		t.Errorf("a second time: exit code %d, %v", code, err)
	}
	contains(t, "stderr", stderr, out+" is there already", "--force")
	if code, _, stderr = call(t, append(args, "--force")...); code != exitOK {
		t.Errorf("--force: exit code %d\n%s", code, stderr)
	}
}

func TestInitReadsStandardInput(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	w := &world{Stdin: strings.NewReader(someUsers), Stdout: &out, Stderr: &errs, Env: func(string) (string, bool) { return "", false }}
	args := []string{"init", "--source", "users=http://users.test", "--get", "/users=-", "--out", "-"}
	if code := run(t.Context(), args, w); code != exitOK || errs.Len() != 0 {
		t.Errorf("exit code %d, stderr\n%s", code, &errs)
	}
	contains(t, "stdout", out.String(), "users: [User!]", `selection: "$.data"`)
}

func TestInitRefusals(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{"a.json": "[]", "bad.json": "<html>"})
	a, source := filepath.Join(dir, "a.json"), "users=http://users.test"
	cases := []struct {
		name  string
		args  []string
		code  int
		says  string
		hints string
	}{
		{"nothing", nil, exitUsage, "there is no source", "--source"},
		{"no sample", []string{"--source", source}, exitUsage, "there is no sample", "--get"},
		{"no address", []string{"--source", "users", "--get", "/a=" + a}, exitUsage, "has no address", "http://"},
		{"no file", []string{"--source", source, "--get", "/users"}, exitUsage, "names no file", "users.json"},
		{"a file that is not there", []string{"--source", source, "--get", "/a=none.json"}, exitUsage, "there is no file none.json", "relative"},
		{"stdin twice", []string{"--source", source, "--get", "/a=-", "--get", "/b=-"}, exitUsage, "one reply only", "files"},
		{"no JSON", []string{"--source", source, "--get", "/a=" + filepath.Join(dir, "bad.json")}, exitUsage, "is not JSON", "curl"},
		{"an address that is none", []string{"--source", "users=users.test", "--get", "/a=" + a}, exitProblem, "must begin with http://", "scheme"},
		{"a folder that is not there", []string{"--source", source, "--get", "/a=" + a, "--out", filepath.Join(dir, "no", "g.graphql")}, exitProblem, "cannot be written", "folder"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"init"}, c.args...)
			if !strings.Contains(strings.Join(args, " "), "--out") {
				args = append(args, "--out", filepath.Join(t.TempDir(), "gateway.graphql"))
			}
			code, stdout, stderr := call(t, args...)
			if code != c.code || stdout != "" {
				t.Errorf("exit code %d and output %q, want %d and nothing", code, stdout, c.code)
			}
			contains(t, "stderr", stderr, c.says, "hint: ", c.hints)
		})
	}
}
