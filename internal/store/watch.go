package store

import "time"

// fullReading is how often all stamps are read, whatever the journal says: Redis may have lost some.
const fullReading = time.Minute

// watch connects, and then asks Redis every second what was made invalid. That is also the probe of a Redis that has failed.
func (r *remote) watch() {
	for r.client.Load() == nil {
		client, err := connect(r.ctx, r.options.URL)
		if err == nil {
			r.client.Store(&client)
			break
		}
		r.count.add(Redis, Error)
		if !r.sleep(time.Minute) { // the URL is wrong, and will not become right
			return
		}
	}
	for {
		if !r.poll() {
			if r.ctx.Err() == nil {
				r.count.add(Redis, Error)
			}
		} else {
			r.catchUp()
		}
		if !r.sleep(max(r.gate.rest(), restTime)) {
			return
		}
	}
}

// sleep returns false if the store was closed.
func (r *remote) sleep(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.ctx.Done():
		return false
	}
}

// poll learns what was made invalid elsewhere. It returns false if Redis does not say.
func (r *remote) poll() bool {
	began := r.now()
	text, out := r.ask(r.ctx, r.journalKey(), probeTime)
	if out > wrongType {
		return false
	}
	seen := parseStamp(string(text)) // absent, or not ours: there is no stamp
	if seen != r.journal || r.full.IsZero() || began.Sub(r.full) >= fullReading {
		if !r.read(r.ctx, r.tags.names(), probeTime) {
			return false
		}
		r.journal, r.full = seen, began
	}
	r.confirmed.Store(began.UnixNano())
	return true
}

// catchUp tells Redis of the invalidations that wait.
func (r *remote) catchUp() {
	for {
		names, stamps := r.tags.waiting(tagsAtOnce)
		if len(names) == 0 || !r.invalidate(r.ctx, names, stamps) {
			return
		}
	}
}
