//go:build unix

package upstreams_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"manifold/schema"
	"manifold/upstreams"
)

// upstream starts the server process, of "http" or "grpc", and returns its address.
func upstream(b *testing.B, protocol string) string {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), benchServer+"="+protocol)
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	addr, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(addr)
}

func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// measure calls f from 16 goroutines per CPU, as a loaded gateway would, and reports the process's CPU time per call.
func measure(b *testing.B, f func() error) {
	b.Helper()
	if err := f(); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.SetParallelism(16)
	b.ResetTimer()
	before := cpu()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if err := f(); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64((cpu()-before).Nanoseconds())/float64(b.N), "cpu-ns/op")
}

var errShort = errors.New("short reply")

// BenchmarkGet compares clients on a GET of 27 KB of JSON over loopback. The figure to look at is cpu-ns/op.
func BenchmarkGet(b *testing.B) {
	want := len(posts())

	b.Run("ours", func(b *testing.B) {
		url := "http://" + upstream(b, "http")
		set, err := upstreams.Open([]*schema.Source{{Name: "posts", BaseURL: url}}, upstreams.Options{}, nil)
		if err != nil {
			b.Fatal(err)
		}
		defer set.Close()
		caller := set.Caller(0)
		call := &upstreams.Call{Method: "GET", URL: []byte(url + "/posts")}
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		measure(b, func() error {
			r, err := caller.Call(ctx, call)
			if err != nil {
				return err
			}
			if len(r.Body) != want {
				return errShort
			}
			r.Release()
			return nil
		})
	})

	b.Run("nethttp", func(b *testing.B) {
		url := "http://" + upstream(b, "http") + "/posts"
		transport := &http.Transport{MaxIdleConns: 1024, MaxIdleConnsPerHost: 1024, DisableCompression: true}
		defer transport.CloseIdleConnections()
		buffers := make(chan []byte, 1024)
		measure(b, func() error {
			ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
			if err != nil {
				return err
			}
			res, err := transport.RoundTrip(req)
			if err != nil {
				return err
			}
			defer res.Body.Close()
			var buf []byte
			select {
			case buf = <-buffers:
			default:
				buf = make([]byte, 64<<10)
			}
			n, err := io.ReadFull(res.Body, buf[:res.ContentLength])
			buffers <- buf
			if n != want {
				return errShort
			}
			return err
		})
	})

	b.Run("fasthttp", func(b *testing.B) {
		addr := upstream(b, "http")
		client := &fasthttp.HostClient{Addr: addr, MaxConns: 1024, DisableHeaderNamesNormalizing: true, DisablePathNormalizing: true}
		measure(b, func() error {
			req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
			defer fasthttp.ReleaseRequest(req)
			defer fasthttp.ReleaseResponse(res)
			req.SetRequestURI("http://" + addr + "/posts")
			if err := client.DoTimeout(req, res, 3*time.Second); err != nil {
				return err
			}
			if len(res.Body()) != want {
				return errShort
			}
			return nil
		})
	})
}
