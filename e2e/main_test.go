// Package e2e_test checks the gateway from outside: the built binary answers graphql-js, the clients that people use, the
// audits of GraphQL over HTTP, and a browser. What these need besides Go is installed by setup.sh; if that fails, so do the
// tests.
package e2e_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Where things are. TestMain fills it in before any test runs; nobody writes it after.
var have struct {
	manifold string // the binary under test, built with the race detector
	modules  string // node_modules
	browser  string
	dir      string // a folder for this run
}

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "manifold-e2e-")
	if err != nil {
		return fail(err)
	}
	defer os.RemoveAll(dir)
	have.dir = dir
	have.manifold = filepath.Join(dir, "manifold")
	if _, err := output(exec.Command("go", "build", "-race", "-o", have.manifold, "manifold/cmd/manifold")); err != nil {
		return fail(err)
	}
	out, err := output(exec.Command("bash", "setup.sh"))
	if err != nil {
		return fail(err)
	}
	have.modules, have.browser, _ = strings.Cut(strings.TrimSpace(out), "\n")
	return m.Run()
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, "the end-to-end tests cannot start:", err)
	return 1
}

// output runs cmd and returns what it prints; the error has what it says on standard error.
func output(cmd *exec.Cmd) (string, error) {
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, errs.String())
	}
	return out.String(), nil
}
