package gatewaytest

import (
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"manifold/internal/store"
)

// queriesPerCase is how many queries are run over one generated schema.
const queriesPerCase = 8

// TestEngineAgainstReference compares the engine with the reference over generated schemas, replies and queries.
// MANIFOLD_CASES is how many queries to run (default 3000), MANIFOLD_SEED the first seed (default 1). A difference prints
// its seed and the number of its query: MANIFOLD_SEED=that MANIFOLD_CASES=1 runs it again.
func TestEngineAgainstReference(t *testing.T) {
	t.Parallel()
	cases, first := number(t, "MANIFOLD_CASES", 3000), number(t, "MANIFOLD_SEED", 1)
	if testing.Short() {
		cases = min(cases, 400)
	}
	schemas := (cases + queriesPerCase - 1) / queriesPerCase
	shards := min(runtime.GOMAXPROCS(0), schemas)
	for shard := range shards {
		t.Run(strconv.Itoa(shard), func(t *testing.T) {
			t.Parallel()
			different := 0
			for i := shard; i < schemas && different < 3; i += shards {
				if err := compareAll(uint64(first + i)); err != nil {
					t.Error(err)
					different++
				}
			}
		})
	}
}

// TestKeptItemsAgainstReference is TestEngineAgainstReference for gateways that keep the items of batches: every query is run twice, and all
// queries of a schema share what is kept. The answers are the same, to the byte of every value.
func TestKeptItemsAgainstReference(t *testing.T) {
	t.Parallel()
	cases, first := number(t, "MANIFOLD_CASES", 3000), number(t, "MANIFOLD_SEED", 1)
	if testing.Short() {
		cases = min(cases, 400)
	}
	var hits, different atomic.Int64
	var all errgroup.Group
	all.SetLimit(runtime.GOMAXPROCS(0))
	for i := range (cases + 2*queriesPerCase - 1) / (2 * queriesPerCase) {
		all.Go(func() error {
			if different.Load() >= 3 {
				return nil
			}
			kept := store.New(store.Options{MaxBytes: 1 << 20, Count: func(_ store.Tier, r store.Result) {
				if r == store.Hit {
					hits.Add(1)
				}
			}})
			defer kept.Close()
			c, err := NewKeptCase(uint64(first+i), kept)
			if err != nil {
				t.Error(err)
				return nil
			}
			defer c.gateway.Close()
			for n := range uint64(2 * queriesPerCase) {
				if err := c.Compare(n / 2); err != nil {
					t.Error(err)
					different.Add(1)
					return nil
				}
			}
			return nil
		})
	}
	_ = all.Wait()
	if cases >= 400 && hits.Load() < int64(cases)/10 {
		t.Errorf("%d items were found in %d queries: that is no test", hits.Load(), cases)
	}
	t.Logf("%d items were found", hits.Load())
}

// compareAll runs the queries of one seed, up to the first difference.
func compareAll(seed uint64) error {
	c, err := NewCase(seed)
	if err != nil {
		return err
	}
	for n := range uint64(queriesPerCase) {
		if err := c.Compare(n); err != nil {
			return err
		}
	}
	return nil
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

// TestReshapingAgainstReference compares answers that are reshaped, over the same schemas. MANIFOLD_CASES and MANIFOLD_SEED are as
// above.
func TestReshapingAgainstReference(t *testing.T) {
	t.Parallel()
	cases, first := number(t, "MANIFOLD_CASES", 1600), number(t, "MANIFOLD_SEED", 1)
	if testing.Short() {
		cases = min(cases, 400)
	}
	ran, different := 0, 0
	for i := range cases / queriesPerCase {
		c, err := NewCase(uint64(first + i))
		if err != nil {
			t.Fatal(err)
		}
		for n := range uint64(queriesPerCase) {
			did, err := c.CompareShaped(n)
			if did {
				ran++
			}
			if err != nil {
				t.Error(err)
				if different++; different == 3 {
					return
				}
				break
			}
		}
	}
	if t.Logf("%d of %d were reshaped", ran, cases); ran < cases/4 {
		t.Errorf("only %d of %d were reshaped", ran, cases)
	}
}
