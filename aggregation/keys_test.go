package aggregation

import (
	"context"
	"fmt"
	"hash/maphash"
	"strconv"
	"testing"

	"manifold/internal/plan"
)

// feedKeys adds n keys, each twice, to a loader as gather does, and returns how many distinct ones it has.
func feedKeys(f *frame, l *loading, n int) int {
	r := &running{fetch: &plan.Fetch{Loader: l.plan}}
	fd := &plan.Feeder{Keys: []plan.Ref{{Slot: 0}}, Into: 1}
	for i := range 2 * n {
		f.arg = strconv.AppendInt(f.arg[:0], int64(i%n), 10)
		s := f.keep(f.arg)
		base := f.alloc(2)
		f.slots[base] = s
		f.feed(r, l, fd, base)
	}
	if l.plan.Shared {
		f.settleShared(r, l)
	}
	return len(l.keys)
}

func keysFrame(shared bool) (*frame, *loading) {
	f := &frame{engine: &Engine{seed: seed{maphash.MakeSeed()}}, ctx: context.Background()}
	l := &loading{}
	l.reset(&plan.Loader{Keys: []string{"id"}, Shared: shared})
	return f, l
}

func TestKeysAreDistinctWhereverTheyComeFrom(t *testing.T) {
	t.Parallel()
	for _, shared := range []bool{false, true} {
		f, l := keysFrame(shared)
		if n := feedKeys(f, l, 100); n != 100 {
			t.Errorf("shared %v: %d distinct keys of 100", shared, n)
		}
		if n := feedKeys(f, l, 150); n != 150 {
			t.Errorf("shared %v: %d distinct keys after a second wave, want 150", shared, n)
		}
		for i := range 150 {
			if string(l.text(i)) != fmt.Sprint(i) {
				t.Fatalf("shared %v: key %d is %q", shared, i, l.text(i))
			}
		}
	}
}

func TestCompositeKeysDoNotRunIntoEachOther(t *testing.T) {
	t.Parallel()
	f, _ := keysFrame(false)
	one, _ := f.appendKey(nil, []slot{f.keep([]byte(`"a"`)), f.keep([]byte(`"bc"`))})
	two, _ := f.appendKey(nil, []slot{f.keep([]byte(`"ab"`)), f.keep([]byte(`"c"`))})
	if string(one) == string(two) {
		t.Fatal("(a, bc) and (ab, c) are the same key")
	}
	text, _ := f.appendKey(nil, []slot{f.keep([]byte(`"1"`))})
	digit, _ := f.appendKey(nil, []slot{f.keep([]byte(`1`))})
	if string(text) != string(digit) {
		t.Fatal(`1 and "1" are different keys`)
	}
	for _, no := range []string{"null", "{}", "[1]"} {
		if _, ok := f.appendKey(nil, []slot{f.keep([]byte(no))}); ok {
			t.Errorf("%s is a key", no)
		}
	}
}

func TestAHugeFrameIsNotPooled(t *testing.T) {
	t.Parallel()
	f, _ := keysFrame(false)
	if f.size() > maxKept {
		t.Fatal("an empty frame is huge")
	}
	f.alloc(maxKept/12 + 1)
	if f.size() <= maxKept {
		t.Fatal("a frame with a million bytes of slots is not huge")
	}
}

// BenchmarkKeys compares the two ways of collecting keys: 100 keys, each used twice.
func BenchmarkKeys(b *testing.B) {
	for name, shared := range map[string]bool{"table": false, "dataloader": true} {
		b.Run(name, func(b *testing.B) {
			f, l := keysFrame(shared)
			b.ReportAllocs()
			for b.Loop() {
				f.slots, f.scratch = f.slots[:0], f.scratch[:0]
				l.reset(l.plan)
				feedKeys(f, l, 100)
			}
		})
	}
}
