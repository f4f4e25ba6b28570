package upstreams

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestReplyHeader(t *testing.T) {
	t.Parallel()
	r := &Reply{lines: []byte("A: 1\r\nX-Bc:  two words \r\na:2\nEmpty:\r\nColon: a:b\r\n\r\n")}
	for name, want := range map[string][]string{
		"a": {"1", "2"}, "x-bC": {"two words"}, "EMPTY": {""}, "colon": {"a:b"}, "x": nil, "": nil,
	} {
		if got := r.Header(name); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// Headers are found after the memory they lie in has moved, folded ones too.
func TestReplyHeaderOfALongAnswer(t *testing.T) {
	t.Parallel()
	m, o := new(memory), Options{}.withDefaults()
	x := m.exchange()
	x.ctx, x.memory, x.options = t.Context(), m, &o
	body := strings.Repeat("x", 3<<20)
	answer := "HTTP/1.1 103 Hints\r\nX-A: not this\r\n\r\nHTTP/1.1 200 OK\r\nX-A: one\r\n two\r\nContent-Type: text/html\r\nX-A: three\r\n\r\n" + body
	if err := x.run(newConn(&tape{left: answer, piece: 10_000}), "GET"); err != nil {
		t.Fatal(err)
	}
	p := &plain{memory: m, options: &o, host: newHost("", &o)}
	r, err := p.finish(x, newConn(&tape{}))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if got, want := r.Header("x-a"), []string{"one   two", "three"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if r.ContentType != "text/html" || string(r.Body) != body {
		t.Errorf("got %q and %d bytes", r.ContentType, len(r.Body))
	}
}

func TestReplyOfATest(t *testing.T) {
	t.Parallel()
	r := &Reply{Status: 200, Body: []byte("abc")}
	r.Release()
	if r.Status != 200 || string(r.Body) != "abc" || r.Header("a") != nil {
		t.Errorf("changed to %+v", r)
	}
}

func TestReleasedMemoryIsPoisoned(t *testing.T) {
	t.Parallel()
	if !poisoned {
		t.Skip("only in race builds")
	}
	m := new(memory)
	r := m.reply()
	r.raw = m.block(10)
	r.raw.b = append(r.raw.b, "secret"...)
	r.Body = r.raw.b
	body := r.Body
	r.Release()
	if !bytes.Equal(body, bytes.Repeat([]byte{0xCC}, len(body))) {
		t.Errorf("a late reader finds %q", body)
	}
	r.Release() // does nothing
}

func TestBlockClasses(t *testing.T) {
	t.Parallel()
	m := new(memory)
	for n, want := range map[int]int{
		0: minBlock, 1: minBlock, minBlock: minBlock, minBlock + 1: 2 * minBlock, 100_000: 128 << 10,
		maxBlock - 1: maxBlock, maxBlock: maxBlock, maxBlock + 1: maxBlock + 1, 5 << 20: 5 << 20,
	} {
		if got := cap(m.block(n).b); got != want {
			t.Errorf("block(%d) has room for %d, want %d", n, got, want)
		}
	}
	if c := class(maxBlock); c != blockClasses-1 {
		t.Errorf("the largest block is of class %d", c)
	}
}
