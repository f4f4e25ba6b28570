package schema_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite testdata/problems.txtar; read the diff before you commit it")

// TestProblems reads testdata/problems.txtar: NAME.graphql is a bad file, NAME.problems the whole text of its error, with
// file, line, column, coordinate, message and hint of every problem.
func TestProblems(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/problems.txtar")
	if err != nil {
		t.Fatal(err)
	}
	archive := txtar.Parse(text)
	files := archive.Files
	if len(files) < 2*40 {
		t.Fatalf("only %d files were read", len(files))
	}
	if *update {
		for i := 0; i+1 < len(files); i += 2 {
			_, ps := load(t, string(files[i].Data))
			files[i+1].Data = []byte(ps.Error() + "\n")
		}
		if err := os.WriteFile("testdata/problems.txtar", txtar.Format(archive), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	for i := 0; i+1 < len(files); i += 2 {
		name, ok := strings.CutSuffix(files[i].Name, ".graphql")
		if !ok || files[i+1].Name != name+".problems" {
			t.Fatalf("%s is not followed by %s.problems", files[i].Name, name)
		}
		sdl, want := string(files[i].Data), strings.TrimSuffix(string(files[i+1].Data), "\n")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, ps := load(t, sdl)
			if got := ps.Error(); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
