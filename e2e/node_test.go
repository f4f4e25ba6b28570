package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// node runs node/<script>. The script reads in as JSON from its standard input and prints one JSON value, which is read
// into out. A script that throws fails the test.
func node(t *testing.T, script string, in, out any) {
	t.Helper()
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", filepath.Join("node", script))
	cmd.Env = append(os.Environ(), "NODE_PATH="+have.modules, "NODE_ENV=production")
	cmd.Stdin = bytes.NewReader(text)
	cmd.WaitDelay = 5 * time.Second
	answer, err := output(cmd)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(answer), out); err != nil {
		t.Fatalf("%s printed no JSON for us (%v):\n%s", script, err, answer)
	}
}
