package upstreams

import (
	"context"
	"errors"
	"net"
	"runtime"
	"testing"
	"time"
)

// testHost returns a host whose service accepts connections and does nothing, and a way to make connections idle.
func testHost(t *testing.T, o Options) *host {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o = o.withDefaults()
	h := newHost(l.Addr().String(), &o)
	t.Cleanup(func() {
		h.close()
		l.Close()
	})
	return h
}

// take gets n connections.
func take(t *testing.T, h *host, n int) []*conn {
	t.Helper()
	var list []*conn
	for range n {
		c, _, err := h.get(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, c)
	}
	return list
}

func counts(h *host) (open, idle int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.open, len(h.idle)
}

func TestSweep(t *testing.T) {
	t.Parallel()
	o := Options{IdleConns: 2, IdleTimeout: time.Hour}
	for name, c := range map[string]struct {
		ages []time.Duration // of the idle connections
		left int
	}{
		"none":                          {nil, 0},
		"one is too old":                {[]time.Duration{61 * time.Minute, time.Minute}, 1},
		"all are too old":               {[]time.Duration{3 * time.Hour, 2 * time.Hour, 2 * time.Hour}, 0},
		"more than IdleConns, just now": {[]time.Duration{3 * time.Minute, 2 * time.Minute, time.Minute, 0}, 4},
		"more than IdleConns, some not used lately":  {[]time.Duration{20 * time.Minute, 16 * time.Minute, time.Minute, 0, 0}, 3},
		"more than IdleConns, none used lately":      {[]time.Duration{20 * time.Minute, 20 * time.Minute, 20 * time.Minute, 20 * time.Minute}, 2},
		"IdleConns, none used lately, none too old ": {[]time.Duration{59 * time.Minute, 58 * time.Minute}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := testHost(t, o)
			for _, cn := range take(t, h, len(c.ages)) {
				h.put(cn)
			}
			for i, age := range c.ages {
				h.idle[i].since = time.Now().Add(-age)
			}
			h.sweep()
			if open, idle := counts(h); open != c.left || idle != c.left {
				t.Errorf("%d open, %d idle, want %d", open, idle, c.left)
			}
			if h.armed != (c.left > 0) {
				t.Errorf("armed: %v with %d left", h.armed, c.left)
			}
		})
	}
}

func TestHostTakesTheLastUsedFirst(t *testing.T) {
	t.Parallel()
	h := testHost(t, Options{})
	list := take(t, h, 3)
	for _, c := range list {
		h.put(c)
	}
	if c := take(t, h, 1)[0]; c != list[2] {
		t.Error("another connection came first")
	}
	if open, idle := counts(h); open != 3 || idle != 2 {
		t.Errorf("%d open, %d idle", open, idle)
	}
}

func untilOneWaits(h *host) {
	for waiting := 0; waiting == 0; runtime.Gosched() {
		h.mu.Lock()
		waiting = len(h.waiters)
		h.mu.Unlock()
	}
}

// A fresh connection is to be had even if all places are taken by idle ones.
func TestHostMakesRoomForAFreshConnection(t *testing.T) {
	t.Parallel()
	h := testHost(t, Options{MaxConns: 2})
	for _, c := range take(t, h, 2) {
		h.put(c)
	}
	c, used, err := h.get(t.Context(), true)
	if err != nil || used {
		t.Fatalf("used %v, error %v", used, err)
	}
	if open, idle := counts(h); open != 2 || idle != 1 {
		t.Errorf("%d open, %d idle", open, idle)
	}
	h.drop(c)
}

// What a finished call leaves goes to those who wait, in their order.
func TestHostServesWaiters(t *testing.T) {
	t.Parallel()
	h := testHost(t, Options{MaxConns: 1})
	held := take(t, h, 1)[0]
	for _, leave := range []func(*conn){h.put, h.drop, h.put} {
		got := make(chan *conn)
		go func() {
			c, _, err := h.get(context.Background(), false)
			if err != nil {
				t.Error(err)
			}
			got <- c
		}()
		untilOneWaits(h)
		leave(held)
		held = <-got
		if open, idle := counts(h); open != 1 || idle != 0 {
			t.Errorf("%d open, %d idle", open, idle)
		}
	}
	h.put(held)
}

// A waiter that gives up in the moment it is served hands on what it was given.
func TestHostLosesNothingToAWaiterThatGivesUp(t *testing.T) {
	t.Parallel()
	h := testHost(t, Options{MaxConns: 1})
	gaveUp, served := 0, 0
	for i := range 200 {
		held := take(t, h, 1)[0]
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			c, _, err := h.get(ctx, false)
			switch {
			case err == nil:
				served++
				h.put(c)
			case errors.Is(err, context.Canceled):
				gaveUp++
			default:
				t.Error(err)
			}
		}()
		untilOneWaits(h)
		h.mu.Lock() // so that both have happened before the waiter goes on; the first of them is what it wakes up for
		if i%2 == 0 {
			cancel()
		}
		w := h.nextWaiter()
		if w != nil {
			w.ready <- held
		}
		cancel()
		h.mu.Unlock()
		<-done
		if w == nil {
			h.put(held)
		}
		if open, idle := counts(h); open != 1 || idle != 1 {
			t.Fatalf("round %d: %d open, %d idle", i, open, idle)
		}
	}
	if gaveUp == 0 || served == 0 {
		t.Errorf("%d gave up, %d were served: the test has lost its aim", gaveUp, served)
	}
}
