package upstreams_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"
	"go.uber.org/goleak"
)

// benchServer makes the test binary the upstream of a benchmark instead of a test, so that the CPU time of the
// benchmark's process is that of the client alone.
const benchServer = "UPSTREAMS_BENCH_SERVER"

// posts is a reply like those of the load lab: 27 KB of JSON.
func posts() []byte {
	var b bytes.Buffer
	b.WriteByte('[')
	for i := 1; i <= 100; i++ {
		if i > 1 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":%d,"userId":%d,"title":"a title of some words, %d","body":"%s"}`,
			i, i%10+1, i, strings.Repeat("lorem ipsum dolor ", 11))
	}
	b.WriteByte(']')
	return b.Bytes()
}

// serveBench serves posts on a free port until its standard input ends.
func serveBench() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(l.Addr())
	body := posts()
	go fasthttp.Serve(l, func(c *fasthttp.RequestCtx) {
		c.Response.Header.SetContentType("application/json")
		c.Response.SetBodyRaw(body)
	})
	io.Copy(io.Discard, os.Stdin)
}

func TestMain(m *testing.M) {
	switch os.Getenv(benchServer) {
	case "http":
		serveBench()
		return
	case "grpc":
		serveBenchGRPC()
		return
	}
	// The client that the benchmark compares with cannot be closed.
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*HostClient).connsCleaner"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*TCPDialer).tcpAddrsClean"))
}
