package store

import (
	"crypto/sha256"
	"sync/atomic"

	"github.com/redis/rueidis"
)

// Bounds of what waits to be written.
const (
	writers        = 2
	maxQueued      = 1024
	maxQueuedBytes = 64 << 20
)

// queue are the entries that wait to be written to Redis.
type queue struct {
	jobs  chan job
	bytes *atomic.Int64
}

type job struct {
	key string
	it  *item
}

func newQueue() queue { return queue{jobs: make(chan job, maxQueued), bytes: new(atomic.Int64)} }

// put adds an entry. It returns false if there is no room.
func (q *queue) put(key string, it *item) bool {
	weight := int64(it.weight(key))
	if q.bytes.Add(weight) <= maxQueuedBytes {
		select {
		case q.jobs <- job{key, it}:
			return true
		default:
		}
	}
	q.bytes.Add(-weight)
	return false
}

// set has an entry written in the background, if there is room for it to wait.
func (r *remote) set(key string, it *item) {
	if r.ctx.Err() != nil || !r.gate.lets() || !r.writes.put(key, it) {
		r.count.add(Redis, Skipped)
	}
}

// write writes what waits, until the store is closed.
func (r *remote) write() {
	for {
		select {
		case <-r.ctx.Done():
			return
		case j := <-r.writes.jobs:
			if result, failed := r.store(j); failed {
				r.count.add(Redis, result)
			}
			r.writes.bytes.Add(-int64(j.it.weight(j.key)))
		}
	}
}

// store writes one entry. If it cannot, it says why.
func (r *remote) store(j job) (why Result, fails bool) {
	left := min(j.it.ends.Sub(r.now()).Milliseconds(), longestPX)
	switch {
	case left <= 0:
		return Expired, true
	case !j.it.valid():
		return Invalidated, true
	case !r.gate.lets():
		return Skipped, true
	}
	stamps, ok := r.tags.stamps(j.it.held)
	if !ok {
		if !r.stampTags(j.it.entry.Tags) {
			return Error, true
		}
		if stamps, ok = r.tags.stamps(j.it.held); !ok {
			return Invalidated, true
		}
	}
	sum := sha256.Sum256([]byte(j.key))
	frame, err := r.codec.encode(sum, &j.it.entry, stamps)
	if err != nil {
		return Skipped, true
	}
	_, out := r.do(r.ctx, operationTime, func(b rueidis.Builder) []rueidis.Completed {
		return []rueidis.Completed{b.Set().Key(r.valueKey(sum)).Value(rueidis.BinaryString(frame)).PxMilliseconds(left).Build()}
	})
	return Error, out != done && out != givenUp
}

// stampTags gives stamps to the tags that have none in Redis, and learns those that have.
func (r *remote) stampTags(names []string) bool {
	names = r.tags.unknown(names)
	for len(names) > 0 {
		some := names[:min(len(names), tagsAtOnce)]
		names = names[len(some):]
		replies, out := r.do(r.ctx, operationTime, func(b rueidis.Builder) []rueidis.Completed {
			all := make([]rueidis.Completed, 0, len(some)+1)
			for _, name := range some {
				all = append(all, b.Set().Key(r.tagKey(name)).Value(firstStamp().text()).Nx().PxMilliseconds(longestPX).Build())
			}
			return append(all, r.mget(b, some))
		})
		if out > absent || !r.learn(some, &replies[len(replies)-1]) { // absent: there was one
			return false
		}
	}
	return true
}
