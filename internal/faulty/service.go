package faulty

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Behaviour is what a Service does with a request. The zero value answers 200 with {}.
type Behaviour struct {
	Status int           // 0 is 200
	Header string        // more header lines, each with its end
	Type   string        // Content-Type; "" is application/json
	Body   string        // "" is {}
	Delay  time.Duration // before the first byte
	Fault  Fault
}

// Fault is what goes wrong with an answer.
type Fault uint8

// Faults.
const (
	None       Fault = iota
	Hang             // never answer
	HangInBody       // answer the head and half of the body, and stop
	ResetHead        // RST instead of an answer
	ResetBody        // RST in the middle of the body
	Truncate         // close in the middle of the body
	NoEnd            // a chunked body that is not ended
	Endless          // a chunked body without end
	Garbage          // bytes that are not HTTP
)

// Service is an upstream on loopback. It is closed with its test. Its methods may be called at any time, by anybody.
type Service struct {
	t       testing.TB
	address string
	name    string

	mu       sync.Mutex
	does     func(*http.Request) Behaviour
	listener net.Listener // nil: it is dead
	conns    map[*net.TCPConn]bool

	running  sync.WaitGroup
	requests atomic.Int64
	faults   atomic.Int64
}

const anyPort = "127.0.0.1:0"

// Serve starts a service. Its answers carry name in the header X-Instance.
func Serve(t testing.TB, name string) *Service {
	t.Helper()
	s := &Service{t: t, name: name, address: anyPort, conns: map[*net.TCPConn]bool{}}
	s.Do(Behaviour{})
	s.Revive()
	t.Cleanup(func() {
		s.Kill()
		s.running.Wait()
	})
	return s
}

// Address is host:port; it stays the same over deaths.
func (s *Service) Address() string { return s.address }

// URL is that of its root, without a slash.
func (s *Service) URL() string { return "http://" + s.address }

// Requests counts those that arrived whole.
func (s *Service) Requests() int64 { return s.requests.Load() }

// Faults counts the answers with something wrong in them: a Fault, or a status of 5xx.
func (s *Service) Faults() int64 { return s.faults.Load() }

// Do has every request from now on answered alike.
func (s *Service) Do(b Behaviour) { s.DoFunc(func(*http.Request) Behaviour { return b }) }

// DoFunc has every request from now on answered as f says.
func (s *Service) DoFunc(f func(*http.Request) Behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.does = f
}

// Kill ends the service as the end of its process would: nobody listens, and every connection is reset.
func (s *Service) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener != nil {
		_ = s.listener.Close()
		s.listener = nil
	}
	for c := range s.conns {
		reset(c)
	}
}

// Revive has it listen again, at the same address.
func (s *Service) Revive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener != nil {
		return
	}
	var l net.Listener
	var err error
	for range 200 { // the port may be held by what is just ending
		if l, err = (&net.ListenConfig{}).Listen(s.t.Context(), "tcp", s.address); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err != nil {
		s.t.Errorf("service %s: %v", s.name, err)
		return
	}
	if s.listener = l; s.address == anyPort {
		s.address = l.Addr().String()
	}
	s.running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			conn, ok := c.(*net.TCPConn)
			if !ok || !s.keep(conn, l) {
				_ = c.Close()
				continue
			}
			s.running.Go(func() { s.serve(conn) })
		}
	})
}

// keep notes a connection, unless the service died in this moment.
func (s *Service) keep(c *net.TCPConn, l net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener != l {
		return false
	}
	s.conns[c] = true
	return true
}

func (s *Service) serve(c *net.TCPConn) {
	defer func() {
		s.mu.Lock()
		delete(s.conns, c)
		s.mu.Unlock()
		_ = c.Close()
	}()
	in := bufio.NewReader(c)
	for {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		s.requests.Add(1)
		s.mu.Lock()
		does := s.does
		s.mu.Unlock()
		b := does(r)
		if b.Fault != None || b.Status >= 500 {
			s.faults.Add(1)
		}
		if b.Delay > 0 && !s.pause(c, b.Delay) {
			return
		}
		if !s.answer(c, &b) {
			return
		}
	}
}

// pause waits, but no longer than the connection lives.
func (s *Service) pause(c *net.TCPConn, d time.Duration) (alive bool) {
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(min(5*time.Millisecond, time.Until(end))) {
		s.mu.Lock()
		alive := s.listener != nil && s.conns[c]
		s.mu.Unlock()
		if !alive {
			return false
		}
	}
	return true
}

// answer writes the answer. It returns false if the connection is over.
func (s *Service) answer(c *net.TCPConn, b *Behaviour) bool {
	status, body, kind := b.Status, b.Body, b.Type
	if status == 0 {
		status = 200
	}
	if body == "" {
		body = "{}"
	}
	if kind == "" {
		kind = "application/json"
	}
	head := fmt.Sprintf("HTTP/1.1 %d %s\r\nContent-Type: %s\r\nX-Instance: %s\r\n%s", status, http.StatusText(status), kind, s.name, b.Header)
	plain := fmt.Sprintf("%sContent-Length: %d\r\n\r\n", head, len(body))
	half := body[:len(body)/2]
	switch b.Fault {
	case None:
		_, err := io.WriteString(c, plain+body)
		return err == nil
	case Hang:
		_, _ = io.Copy(io.Discard, c)
	case HangInBody:
		_, _ = io.WriteString(c, plain+half)
		_, _ = io.Copy(io.Discard, c)
	case ResetHead:
		reset(c)
	case ResetBody:
		_, _ = io.WriteString(c, plain+half)
		reset(c)
	case Truncate:
		_, _ = io.WriteString(c, plain+half)
	case NoEnd:
		_, _ = fmt.Fprintf(c, "%sTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", head, len(body), body)
	case Endless:
		chunk := "8000\r\n" + strings.Repeat(" ", 0x8000) + "\r\n"
		for _, err := io.WriteString(c, head+"Transfer-Encoding: chunked\r\n\r\n"); err == nil; {
			_, err = io.WriteString(c, chunk)
		}
	case Garbage:
		_, _ = io.WriteString(c, "\x16\x03\x01 this is not HTTP\r\n\r\n")
	}
	return false
}

// reset ends a connection by RST.
func reset(c *net.TCPConn) {
	_ = c.SetLinger(0)
	_ = c.Close()
}
