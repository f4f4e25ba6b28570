package onewrite

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Responses of every size around what net/http gathers arrive whole, several on one connection, pipelined ones too, and the last one when
// the connection is closed.
func TestResponsesAreWrittenOnce(t *testing.T) {
	t.Parallel()
	l := listen(t)
	srv := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Path[1:])
		body := bytes.Repeat([]byte("x"), n)
		w.Header().Set("Content-Length", strconv.Itoa(n))
		Whole(r.Context(), n)
		_, _ = w.Write(body)
	})}
	go func() { _ = srv.Serve(On(srv, l)) }()
	t.Cleanup(func() { _ = srv.Close() })
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	in := bufio.NewReader(c)
	read := func(n int) {
		t.Helper()
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		defer res.Body.Close()
		if got, err := io.ReadAll(res.Body); err != nil || len(got) != n {
			t.Fatalf("%d bytes: %d came, %v", n, len(got), err)
		}
	}
	sizes := []int{0, 1, 2047, 2048, 5000, 8192, 9000, 100_000}
	for n := 3700; n < 4200; n++ { // with its header one of them is 4096 bytes long
		sizes = append(sizes, n)
	}
	for _, n := range sizes {
		fmt.Fprintf(c, "GET /%d HTTP/1.1\r\nHost: a\r\n\r\n", n)
		read(n)
	}
	for _, n := range []int{3900, 5000, 3950, 4096} {
		fmt.Fprintf(c, "GET /%d HTTP/1.1\r\nHost: a\r\n\r\n", n)
	}
	for _, n := range []int{3900, 5000, 3950, 4096} {
		read(n)
	}
	fmt.Fprint(c, "GET /4500 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	read(4500)
	if _, err := in.ReadByte(); err != io.EOF {
		t.Errorf("after the last response: %v", err)
	}
}

// A piece that is held waits for the next one, and for the end at the latest; without the word of a handler nothing is held.
func TestWhatIsHeldBack(t *testing.T) {
	t.Parallel()
	l := listener{listen(t)}
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer accepted.Close()
	c, ok := accepted.(*conn)
	if !ok {
		t.Fatalf("a connection is a %T", accepted)
	}
	arrived := func() (n int) {
		buf := make([]byte, 64<<10)
		_ = client.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		for {
			m, err := client.Read(buf)
			if n += m; err != nil {
				return n
			}
		}
	}
	write := func(n int) {
		t.Helper()
		if m, err := c.Write(make([]byte, n)); m != n || err != nil {
			t.Fatalf("%d of %d bytes, %v", m, n, err)
		}
	}
	write(serverBuffer)
	if n := arrived(); n != serverBuffer {
		t.Errorf("nobody asked, and %d bytes came", n)
	}
	c.armed = true
	write(serverBuffer)
	if n := arrived(); n != 0 {
		t.Errorf("%d bytes came before the second piece", n)
	}
	write(100)
	if n := arrived(); n != serverBuffer+100 {
		t.Errorf("%d bytes came in the end", n)
	}
	write(serverBuffer)
	if n := arrived(); n != serverBuffer {
		t.Errorf("of the next response %d bytes came", n)
	}
	c.armed = true
	write(10)
	if n := arrived(); n != 10 {
		t.Errorf("of a small piece %d bytes came", n)
	}
	c.armed = true
	write(serverBuffer)
	if n, err := c.ReadFrom(strings.NewReader("a file")); n != 6 || err != nil {
		t.Errorf("%d bytes of a file, %v", n, err)
	}
	if n := arrived(); n != serverBuffer+6 {
		t.Errorf("before a file and with it %d bytes came", n)
	}
	c.armed = true
	write(serverBuffer)
	c.flush()
	if n := arrived(); n != serverBuffer {
		t.Errorf("at the end %d bytes came", n)
	}
}
