package gateway

import (
	"sync/atomic"
	"time"
)

// life counts who uses a generation: its requests, and the gateway for as long as it is live. It costs a request two
// atomic additions.
type life struct {
	users atomic.Int64
	late  *time.Timer // closes what requests keep too long; written by retire before it releases
}

// begin counts the gateway itself.
func (l *life) begin() { l.users.Store(1) }

// take counts one more user, unless all have gone: then the generation is closed and stays so.
func (l *life) take() bool {
	for {
		n := l.users.Load()
		if n == 0 {
			return false
		}
		if l.users.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// release ends a use. The last one closes.
func (l *life) release(closeIt func()) {
	if l.users.Add(-1) > 0 {
		return
	}
	if l.late != nil {
		l.late.Stop()
	}
	closeIt()
}

// retire ends the gateway's own use, and closes after grace whoever is left. closeIt may run twice.
func (l *life) retire(grace time.Duration, closeIt func()) {
	l.late = time.AfterFunc(grace, closeIt)
	l.release(closeIt)
}
