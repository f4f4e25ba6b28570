package gateway

import (
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"manifold/internal/plan"
)

func TestCacheStaysWithinItsWeight(t *testing.T) {
	t.Parallel()
	const limit = cacheShards * 1000
	c := newTextCache[int](limit)
	for i := range 10_000 {
		c.add(strconv.Itoa(i), i, 100)
		if entries, weight := c.size(); weight > limit || weight != 100*entries {
			t.Fatalf("%d entries weigh %d", entries, weight)
		}
	}
	if entries, _ := c.size(); entries != cacheShards*10 {
		t.Errorf("%d entries are kept", entries)
	}
	if got := c.add("large", 7, 1001); got != 7 {
		t.Errorf("add returned %d", got)
	}
	if _, ok := c.get("large"); ok {
		t.Error("an entry larger than its shard is kept")
	}
}

func TestCacheKeepsWhatIsUsed(t *testing.T) {
	t.Parallel()
	c := newTextCache[int](cacheShards * 4000) // 40 entries in each shard
	for i := range 50 {
		c.add("hot "+strconv.Itoa(i), i, 100)
	}
	for i := range 10_000 { // a flood of texts that are sent once
		c.add(strconv.Itoa(i), i, 100)
		c.get("hot " + strconv.Itoa(i%50))
	}
	for i := range 50 {
		if v, ok := c.get("hot " + strconv.Itoa(i)); !ok || v != i {
			t.Errorf("entry %d was in use and is gone", i)
		}
	}
	recent := 0
	for i := 9900; i < 10_000; i++ {
		if _, ok := c.get(strconv.Itoa(i)); ok {
			recent++
		}
	}
	if recent < 90 {
		t.Errorf("%d of the last 100 entries are kept", recent)
	}
}

func TestCacheReturnsTheOlderOfTwo(t *testing.T) {
	t.Parallel()
	c := newTextCache[string](1 << 20)
	if c.add("a", "first", 1) != "first" || c.add("a", "second", 1) != "first" {
		t.Error("the second value replaced the first")
	}
}

// TestPlanIsCompiledOnce counts allocations, so it runs alone.
func TestPlanIsCompiledOnce(t *testing.T) {
	doc, err := parser.ParseQuery(&ast.Source{Input: "query A { a } query B($x: Int) { b }"})
	if err != nil {
		t.Fatal(err)
	}
	d := newDocument("text", doc, 12)
	if len(d.bare.Operations[1].VariableDefinitions) != 0 || len(d.full.Operations[1].VariableDefinitions) != 1 {
		t.Error("variables are not hidden from gqlgen, or are lost")
	}
	var compiled atomic.Int32
	compile := func(doc *ast.QueryDocument, op *ast.OperationDefinition) (*plan.Operation, error) {
		compiled.Add(1)
		if doc != d.full {
			t.Error("not the full document")
		}
		if op.Name == "B" {
			return nil, errors.New("no")
		}
		return &plan.Operation{Name: op.Name}, nil
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if p, err := d.operations[0].plan(compile); err != nil || p.Name != "A" {
				t.Error(p, err)
			}
			if _, err := d.operations[1].plan(compile); err == nil {
				t.Error("the error is lost")
			}
		})
	}
	wait.Wait()
	if n := compiled.Load(); n != 2 {
		t.Errorf("compiled %d times", n)
	}
	if n := testing.AllocsPerRun(100, func() { _, _ = d.operations[0].plan(compile) }); n != 0 {
		t.Errorf("%v allocations for a known plan", n)
	}
}

func BenchmarkCacheGet(b *testing.B) {
	c := newTextCache[int](1 << 20)
	text := "query A { posts { id userId title user { id name email } } }"
	c.add(text, 1, 100)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, ok := c.get(text); !ok {
				b.Fatal("gone")
			}
		}
	})
}
