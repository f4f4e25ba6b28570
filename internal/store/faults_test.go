package store

import (
	"context"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// proxy stands between a store and its Redis, and does harm when it is told.
type proxy struct {
	listener net.Listener
	target   string // the socket of a Redis

	mu    sync.Mutex
	harm  harm
	conns map[net.Conn]bool
	all   sync.WaitGroup
}

// harm is what a proxy does. The zero value does none.
type harm struct {
	refuse bool          // connections, those that there are included
	hang   bool          // nothing is answered
	slow   time.Duration // until an answer
	reset  int           // the connection is reset after so many bytes of an answer; 0: it is not
	answer string        // to whatever is said, instead of Redis
}

func startProxy(t *testing.T, target string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, target: target, conns: map[net.Conn]bool{}}
	p.all.Go(p.accept)
	t.Cleanup(func() {
		l.Close()
		p.do(harm{refuse: true})
		p.all.Wait()
	})
	return p
}

func (p *proxy) do(h harm) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.harm = h
	if h.refuse {
		for c := range p.conns {
			c.Close()
		}
	}
}

func (p *proxy) now() harm {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.harm
}

// keep notes a connection, so that it can be cut.
func (p *proxy) keep(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns[c] = true
	return !p.harm.refuse
}

func (p *proxy) cut(all ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range all {
		c.Close()
		delete(p.conns, c)
	}
}

func (p *proxy) accept() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return
		}
		c.(*net.TCPConn).SetLinger(0) // a close is a reset
		p.all.Go(func() { p.serve(c) })
	}
}

func (p *proxy) serve(c net.Conn) {
	defer p.cut(c)
	if !p.keep(c) {
		return
	}
	up, err := net.Dial("unix", p.target)
	if err != nil {
		return
	}
	defer p.cut(up)
	if !p.keep(up) {
		return
	}
	p.all.Go(func() { p.answers(c, up) })
	buffer := make([]byte, 64<<10)
	for {
		n, err := c.Read(buffer)
		if err != nil {
			return
		}
		if text := p.now().answer; text != "" {
			c.Write([]byte(text))
			continue
		}
		up.Write(buffer[:n])
	}
}

func (p *proxy) answers(c, up net.Conn) {
	defer p.cut(c, up)
	buffer := make([]byte, 64<<10)
	for {
		n, err := up.Read(buffer)
		if err != nil {
			return
		}
		switch h := p.now(); {
		case h.hang, h.answer != "":
		case h.slow > 0:
			later := append([]byte(nil), buffer[:n]...)
			time.AfterFunc(h.slow, func() { c.Write(later) })
		case h.reset > 0 && n > h.reset:
			c.Write(buffer[:h.reset])
			return
		default:
			c.Write(buffer[:n])
		}
	}
}

func (p *proxy) options() *RedisOptions {
	return &RedisOptions{URL: "redis://" + p.listener.Addr().String(), Prefix: "test:"}
}

func (p *proxy) open(t *testing.T) *Store {
	t.Helper()
	s := open(t, Options{Redis: p.options()})
	eventually(t, "the store is connected", func() bool { return s.Stats().Up })
	return s
}

// faults are what can be wrong with a Redis, or on the way to it.
func faults() map[string]harm {
	return map[string]harm{
		"refused":                   {refuse: true},
		"hangs":                     {hang: true},
		"slow":                      {slow: 5 * time.Second},
		"reset in an answer":        {reset: 2},
		"loading":                   {answer: "-LOADING Redis is loading the dataset in memory\r\n"},
		"HTTP":                      {answer: "HTTP/1.1 400 Bad Request\r\n\r\n"},
		"noise":                     {answer: string(noise(100))},
		"one answer too many":       {answer: strings.Repeat("+OK\r\n", 50)},
		"a giant string":            {answer: "$9223372036854775807\r\n"},
		"a string of half a tera":   {answer: "$549755813888\r\n"},
		"a negative length":         {answer: "$-5\r\n"},
		"a giant array":             {answer: "*2147483647\r\n"},
		"a message of a channel":    {answer: ">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nb\r\n"},
		"not its turn":              {answer: "-ERR Protocol error: invalid multibulk length\r\n-ERR again\r\n"},
		"an answer that never ends": {answer: "$100\r\nabc"},
	}
}

func TestFaultsOfRedisAreNotThoseOfCallers(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	for name, h := range faults() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startProxy(t, r.path)
			s := p.open(t)
			tag := "tag of " + name
			s.Set(name, hour("v", tag))
			eventually(t, "it is in Redis", func() bool { s.memory.drop(name); return value(s, name) == "v" })
			before := s.Stats()
			p.do(h)

			// Many at once, so that the client is in its pipelining way.
			var all sync.WaitGroup
			for range 20 {
				all.Go(func() {
					for range 10 {
						began := time.Now()
						if got := value(s, "none"); got != "-" {
							t.Errorf("got %q, want nothing", got)
						}
						if took := time.Since(began); took > 500*time.Millisecond { // 50 ms, on a machine that has other things to do
							t.Errorf("a Get took %s", took)
						}
					}
				})
			}
			all.Wait()
			if got := value(s, name); got != "v" {
				t.Errorf("memory has %q, want v", got)
			}
			eventually(t, "the gate is open", func() bool { value(s, "none"); return !s.Stats().Up })
			if s.Invalidate(context.Background(), tag) || value(s, name) != "-" {
				t.Error("an invalidation is for this process, and returns false")
			}
			st := s.Stats()
			if st.Of(Redis, Error) == before.Of(Redis, Error) || st.Of(Redis, Skipped) == 0 || st.Unsent != 1 {
				t.Errorf("%v was counted, and %d wait", st.Counts[Redis], st.Unsent)
			}

			p.do(harm{})
			eventually(t, "Redis was told", func() bool { return s.Stats().Unsent == 0 })
			if got := value(s, name); got != "-" {
				t.Errorf("what was made invalid is %q", got)
			}
			s.Set(name, hour("new", tag))
			eventually(t, "the new value is in Redis", func() bool { s.memory.drop(name); return value(s, name) == "new" })
		})
	}
}

// Answers that are well-formed but wrong are no reason to give Redis up, and do no harm.
func TestAnswersThatAreWrong(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	for name, answer := range map[string]string{
		"OK": "+OK\r\n", "a number": ":12\r\n", "a string": "$3\r\nabc\r\n", "null": "$-1\r\n", "an array": "*2\r\n$1\r\na\r\n:1\r\n", "nothing": "*0\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startProxy(t, r.path)
			s := p.open(t)
			p.do(harm{answer: answer})
			s.Set("k", hour("v", "x"))
			if got := value(s, "k") + value(s, "none"); got != "v-" {
				t.Errorf("got %s, want v-", got)
			}
			if s.Invalidate(context.Background(), "x", "y") {
				t.Error("it believes that Redis was told")
			}
		})
	}
}

func TestWhoStaysConnectedHearsAfterAPartition(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	p := startProxy(t, r.path)
	a, b := p.open(t), r.open(t)
	b.Set("k", hour("v", "x"))
	eventually(t, "a has it", func() bool { return value(a, "k") == "v" })
	p.do(harm{refuse: true})
	eventually(t, "a is cut off", func() bool { value(a, "none"); return !a.Stats().Up })
	if !b.Invalidate(context.Background(), "x") {
		t.Error("Redis was not told")
	}
	a.Set("mine", hour("m", "y"))
	if a.Invalidate(context.Background(), "y") {
		t.Error("a believes that Redis was told")
	}
	if got := value(a, "k"); got != "v" {
		t.Errorf("a has %q, want what it had", got)
	}
	p.do(harm{})
	eventually(t, "a has heard", func() bool { return value(a, "k") == "-" })
}

func TestNewAndCloseWaitForNobody(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	for name, h := range faults() {
		p := startProxy(t, r.path)
		p.do(h)
		began := time.Now()
		s := New(Options{MaxBytes: 1 << 20, Redis: p.options()})
		s.Set("k", hour("v"))
		if got := value(s, "k") + value(s, "none"); got != "v-" {
			t.Errorf("%s: got %s, want v-", name, got)
		}
		if took := time.Since(began); took > 200*time.Millisecond {
			t.Errorf("%s: until it was of use it took %s", name, took)
		}
		began = time.Now()
		if s.Close(); time.Since(began) > 2*time.Second {
			t.Errorf("%s: Close took %s", name, time.Since(began))
		}
	}
}

func TestCloseEndsAllGoroutines(t *testing.T) { // alone: it counts those of the process
	r := startRedis(t)
	before := runtime.NumGoroutine()
	for range 5 {
		s := r.open(t)
		s.Set("k", hour("v", "x"))
		value(s, "none")
		s.Invalidate(context.Background(), "x")
		s.Close()
		s.Close()
		s.Set("l", hour("v", "x")) // it goes on in memory
		if got := value(s, "l") + value(s, "none"); got != "v-" {
			t.Errorf("after Close got %s, want v-", got)
		}
		if s.Invalidate(context.Background(), "x") || value(s, "l") != "-" {
			t.Error("after Close an invalidation is for this process, and returns false")
		}
	}
	eventually(t, "they have ended", func() bool { return runtime.NumGoroutine() <= before })
}
