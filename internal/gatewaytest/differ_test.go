package gatewaytest

import (
	"os"
	"strconv"
	"testing"
)

// queriesPerCase is how many queries are run over one generated schema.
const queriesPerCase = 8

// TestEngineAgainstReference compares the engine with the reference over generated schemas, replies and queries.
// MANIFOLD_CASES is how many queries to run (default 4000), MANIFOLD_SEED where to begin (default 1); a difference prints
// the seed and the number of the query, and MANIFOLD_SEED=that MANIFOLD_CASES=1 repeats its schema.
func TestEngineAgainstReference(t *testing.T) {
	t.Parallel()
	cases, seed := number(t, "MANIFOLD_CASES", 4000), number(t, "MANIFOLD_SEED", 1)
	if testing.Short() {
		cases = min(cases, 400)
	}
	different := 0
	for ; cases > 0 && different < 3; seed++ {
		c, err := NewCase(uint64(seed))
		if err != nil {
			t.Fatal(err)
		}
		for n := range uint64(queriesPerCase) {
			if err := c.Compare(n); err != nil {
				t.Error(err)
				different++
				break
			}
		}
		cases -= queriesPerCase
	}
}

// FuzzEngine lets the fuzzer choose the seeds.
func FuzzEngine(f *testing.F) {
	f.Add(uint64(1), uint64(0))
	f.Fuzz(func(t *testing.T, seed, n uint64) {
		c, err := NewCase(seed)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Compare(n); err != nil {
			t.Fatal(err)
		}
	})
}

func number(t *testing.T, name string, fallback int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return fallback
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}
