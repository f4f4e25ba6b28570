package aggregation

import (
	"context"
	"time"

	"github.com/graph-gophers/dataloader/v7"
)

// sharing is the identity of a loader whose keys come from several places of the plan: a dataloader for this request, whose
// batch is ended by Flush when the plan says that all keys are there, never by its timer. It hands each distinct key a
// number; the same key from another place, or in a later wave, gets the same one.
//
// A dataloader costs 0.6 to 1.2 us and 7 allocations a key (BenchmarkKeys), so a loader that has a single feeder looks its
// keys up in its own table.
type sharing struct {
	loader *dataloader.Loader[string, int]
	next   int // number of the next new key; touched by the batch function only, which runs between Flush and the thunks
	loads  []load
}

type load struct {
	number  dataloader.Thunk[int]
	parts   []slot
	text    string
	into    int
	waiting bool
}

// never is longer than any request: Flush ends every batch.
const never = 24 * time.Hour

func (s *sharing) reset() {
	s.loader, s.next = nil, 0
	clear(s.loads)
	s.loads = s.loads[:0]
}

// load adds a key to the batch. into is the slot that waits for its answer, if waiting is set.
func (s *sharing) load(ctx context.Context, key string, parts []slot, into int, waiting bool) {
	if s.loader == nil {
		s.loader = dataloader.NewBatchedLoader(s.number, dataloader.WithWait[string, int](never))
	}
	s.loads = append(s.loads, load{
		number: s.loader.Load(ctx, key), parts: append([]slot(nil), parts...), text: key, into: into, waiting: waiting,
	})
}

// number is the batch function: it gets the distinct new keys in the order of their first use.
func (s *sharing) number(_ context.Context, keys []string) []*dataloader.Result[int] {
	out := make([]*dataloader.Result[int], len(keys))
	for i := range keys {
		out[i] = &dataloader.Result[int]{Data: s.next}
		s.next++
	}
	return out
}

// settleShared ends the batch of a shared loader: every load gets the number of its key, new keys join the loader.
func (f *frame) settleShared(r *running, l *loading) {
	s := &l.shared
	if len(s.loads) == 0 {
		return
	}
	s.loader.Flush()
	for i := range s.loads {
		ld := &s.loads[i]
		n, err := ld.number()
		if err != nil { // number returns a result for every key and cannot fail
			continue
		}
		if n == len(l.keys) {
			from := len(l.texts)
			l.texts = append(l.texts, ld.text...)
			l.add(f.engine.seed.of(l.texts[from:]), from, ld.parts)
		}
		if ld.waiting {
			f.await(r, l, n, ld.into)
		}
	}
	clear(s.loads)
	s.loads = s.loads[:0]
}
