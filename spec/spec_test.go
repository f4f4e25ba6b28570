package spec

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"manifold/internal/gatewaytest"
)

var update = flag.Bool("update", false, "rewrite the golden sections of the specs; read the diff before you commit it")

// TestSpecs runs every archive of this folder.
func TestSpecs(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 60 {
		t.Fatalf("only %d specs were found", len(files))
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(file, ".txtar"), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s, err := gatewaytest.ParseSpec(data)
			if err != nil {
				t.Fatal(err)
			}
			have := gatewaytest.RunSpec(t, s)
			if s.Check(t, have, *update) {
				if err := os.WriteFile(file, s.Format(), 0o600); err != nil {
					t.Fatal(err)
				}
				t.Logf("%s has changed", file)
			}
		})
	}
}

// TestReference checks the reference interpreter against the specs, as far as it can answer them without batching.
func TestReference(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		compared, err := gatewaytest.AgreeSpec(data)
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		total += compared
	}
	t.Logf("%d requests compared", total)
	if total < 40 {
		t.Errorf("only %d requests of the specs could be compared", total)
	}
}
