package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"
)

// remote is the second tier. Its goroutines are watch and a few that write.
type remote struct {
	options RedisOptions
	now     func() time.Time
	count   *counter
	tags    *tags
	gate    *gate
	codec   *codec
	writes  queue

	ctx       context.Context // ends with the store
	cancel    context.CancelFunc
	running   sync.WaitGroup
	client    atomic.Pointer[rueidis.Client] // nil until watch has made it
	confirmed atomic.Int64                   // when all stamps of tags that are known were those of Redis, unix ns
	journal   stamp                          // of watch: the last invalidation that it has seen
	full      time.Time                      // of watch: when all stamps were read
}

// outcome is what became of an operation.
type outcome uint8

const (
	done      outcome = iota
	absent            // there is no such key
	wrongType         // the key is something else than a string
	refused           // by a Redis that still reads
	failed
	givenUp // by the caller, or not begun
)

// Redis keeps nothing longer, in ms. A tag that it forgets makes values invalid, and nothing else.
const longestPX = int64(30 * 24 * time.Hour / time.Millisecond)

func newRemote(o RedisOptions, t *tags, now func() time.Time, c *counter) *remote {
	r := &remote{options: o, now: now, count: c, tags: t, gate: newGate(now), codec: newCodec(), writes: newQueue()}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	r.running.Go(r.watch)
	for range writers {
		r.running.Go(r.write)
	}
	return r
}

// close ends the goroutines and the connections. Operations under way fail.
func (r *remote) close() {
	r.cancel()
	r.running.Wait()
	if c := r.client.Load(); c != nil {
		(*c).Close()
	}
}

func (r *remote) valueKey(sum [sha256.Size]byte) string {
	return r.options.Prefix + hex.EncodeToString(sum[:])
}

func (r *remote) tagKey(name string) string {
	sum := sha256.Sum256([]byte(name))
	return r.options.Prefix + "t:" + hex.EncodeToString(sum[:])
}

// journalKey is the key that changes with every invalidation.
func (r *remote) journalKey() string { return r.options.Prefix + "i" }

// do does an operation within so much time. It returns the replies if it is done, or the last one is absent.
func (r *remote) do(ctx context.Context, patience time.Duration, build func(rueidis.Builder) []rueidis.Completed) ([]rueidis.RedisResult, outcome) {
	client := r.client.Load()
	if client == nil || ctx.Err() != nil || r.ctx.Err() != nil {
		return nil, givenUp
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	replies := (*client).DoMulti(limited, build((*client).B())...)
	worst := done
	for i := range replies {
		worst = max(worst, judge(replies[i].Error()))
	}
	switch {
	case worst < refused:
		r.gate.succeeded()
	case worst == failed && (ctx.Err() != nil || r.ctx.Err() != nil):
		return nil, givenUp
	case worst == failed:
		r.gate.failed()
	}
	return replies, worst
}

// judge says what an error of an operation means.
func judge(err error) outcome {
	if err == nil {
		return done
	}
	if rueidis.IsRedisNil(err) {
		return absent
	}
	reply, ok := rueidis.IsRedisErr(err)
	if !ok {
		return failed
	}
	switch code, _, _ := strings.Cut(reply.Error(), " "); code {
	case "WRONGTYPE":
		return wrongType
	case "OOM", "READONLY", "MISCONF", "NOREPLICAS":
		return refused
	default:
		return failed
	}
}

// get reads the entry of a key from Redis.
func (r *remote) get(ctx context.Context, key string) (*item, Result) {
	if !r.gate.lets() {
		return nil, Skipped
	}
	sum := sha256.Sum256([]byte(key))
	began := time.Now()
	text, out := r.ask(ctx, r.valueKey(sum), operationTime)
	switch out {
	case done:
	case absent:
		return nil, Miss
	case wrongType:
		return nil, Corrupt
	case givenUp:
		return nil, Skipped
	default:
		return nil, Error
	}
	e, stamps, err := r.codec.decode(sum, text)
	if err != nil {
		return nil, Corrupt
	}
	now := r.now()
	if e.Stored.After(now) { // the clock of who stored it is ahead
		e.Stored = now
	}
	if !now.Before(e.Stored.Add(e.life())) {
		return nil, Expired
	}
	if !r.read(ctx, r.doubtful(e.Tags), operationTime-time.Since(began)) {
		return nil, Error
	}
	held, ok := r.tags.match(e.Tags, stamps, e.Stored.UnixNano())
	if !ok {
		return nil, Invalidated
	}
	it := newItem(&e, held)
	return it, it.state(now)
}

// ask reads one key.
func (r *remote) ask(ctx context.Context, key string, patience time.Duration) ([]byte, outcome) {
	replies, out := r.do(ctx, patience, func(b rueidis.Builder) []rueidis.Completed {
		return []rueidis.Completed{b.Get().Key(key).Build()}
	})
	if out != done {
		return nil, out
	}
	text, err := replies[0].AsBytes()
	if err != nil { // a number, or a list: not what Redis says to GET
		return nil, wrongType
	}
	return text, done
}

// doubtful returns those of the tags whose stamps may have changed since they were read.
func (r *remote) doubtful(names []string) []string {
	if len(names) == 0 || r.now().UnixNano()-r.confirmed.Load() < int64(2*restTime) {
		return r.tags.unknown(names)
	}
	return names
}

// tagsAtOnce is how many tags one operation reads or writes.
const tagsAtOnce = 512

// read learns the stamps of tags. It returns false if Redis does not say them.
func (r *remote) read(ctx context.Context, names []string, patience time.Duration) bool {
	for len(names) > 0 {
		some := names[:min(len(names), tagsAtOnce)]
		names = names[len(some):]
		replies, out := r.do(ctx, patience, func(b rueidis.Builder) []rueidis.Completed {
			return []rueidis.Completed{r.mget(b, some)}
		})
		if out != done || !r.learn(some, &replies[0]) {
			return false
		}
	}
	return true
}

func (r *remote) mget(b rueidis.Builder, names []string) rueidis.Completed {
	keys := make([]string, len(names))
	for i, name := range names {
		keys[i] = r.tagKey(name)
	}
	return b.Mget().Key(keys...).Build()
}

// learn takes the reply to mget. It returns false if that is none.
func (r *remote) learn(names []string, reply *rueidis.RedisResult) bool {
	all, err := reply.ToArray()
	if err != nil || len(all) != len(names) {
		return false
	}
	stamps := make([]stamp, len(names))
	for i := range all {
		text, _ := all[i].ToString() // null and whatever else is no string: there is no stamp
		stamps[i] = parseStamp(text)
	}
	r.tags.learn(names, stamps)
	return true
}

// invalidate tells Redis of invalidations, with the stamps that they got here. It returns false if Redis was not told of all.
func (r *remote) invalidate(ctx context.Context, names []string, stamps []stamp) bool {
	for len(names) > 0 {
		n := min(len(names), tagsAtOnce)
		replies, out := r.do(ctx, operationTime, func(b rueidis.Builder) []rueidis.Completed {
			all := make([]rueidis.Completed, 0, n+1)
			for i := range n {
				all = append(all, b.Set().Key(r.tagKey(names[i])).Value(stamps[i].text()).PxMilliseconds(longestPX).Build())
			}
			// Last: who sees it sees the others.
			return append(all, b.Set().Key(r.journalKey()).Value(newStamp(r.now()).text()).PxMilliseconds(longestPX).Build())
		})
		if out != done || !allOK(replies) {
			return false
		}
		r.tags.sent(names[:n], stamps[:n])
		names, stamps = names[n:], stamps[n:]
	}
	return true
}

func allOK(replies []rueidis.RedisResult) bool {
	for i := range replies {
		if text, err := replies[i].ToString(); err != nil || text != "OK" {
			return false
		}
	}
	return true
}
