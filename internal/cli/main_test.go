package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// asProgram, in the environment, is the folder of the module, and makes the test binary be the program itself: what the tests
// start as a process is Main, signals and exit codes included, with the race detector in it.
const asProgram = "MANIFOLD_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if folder := os.Getenv(asProgram); folder != "" {
		Main(Program{Demo: demoOf(folder)})
	}
	os.Exit(m.Run())
}

// demoOf is the demo as it lies in the folder of the module.
func demoOf(folder string) Demo {
	var texts [2]string
	for i, name := range []string{"gateway.graphql", "gateway.yaml"} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			panic(err)
		}
		texts[i] = string(text)
	}
	return Demo{Gateway: texts[0], Config: texts[1], Files: os.DirFS(folder)}
}

// program returns a command that runs the program with args. It is killed when the test ends.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	folder, err := filepath.Abs(root())
	if err != nil {
		t.Fatal(err)
	}
	cmd.Env = append(os.Environ(), asProgram+"="+folder)
	return cmd
}

// call runs the program in this process, without its environment, and returns its exit code and what it printed.
func call(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, &world{Stdout: &out, Stderr: &errs, Env: func(string) (string, bool) { return "", false }, Program: Program{Demo: demoOf(root())}})
	return code, out.String(), errs.String()
}

// write puts text into a file of a folder of the test's own and returns its path.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// root is the folder of the module, as seen from this package.
func root(names ...string) string {
	return filepath.Join(append([]string{"..", ".."}, names...)...)
}

// contains reports each of parts that text does not have.
func contains(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s has no %q:\n%s", what, part, text)
		}
	}
}
