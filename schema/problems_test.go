package schema_test

import (
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestProblems reads testdata/problems.txtar: NAME.graphql is a bad file, NAME.problems the whole text of its error, with
// file, line, column, coordinate, message and hint of every problem.
func TestProblems(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/problems.txtar")
	if err != nil {
		t.Fatal(err)
	}
	files := txtar.Parse(text).Files
	if len(files) < 2*40 {
		t.Fatalf("only %d files were read", len(files))
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
