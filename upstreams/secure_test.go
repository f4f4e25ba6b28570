package upstreams_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"manifold/internal/fault"
	"manifold/upstreams"
)

// serveTLS starts an https service, with HTTP/2 or without, and returns options that trust it.
func serveTLS(t *testing.T, http2 bool, h http.HandlerFunc) (string, upstreams.Options) {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.EnableHTTP2 = http2
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return s.URL, upstreams.Options{RootCAs: pool, Timeout: 10 * time.Second}
}

func TestSecureCall(t *testing.T) {
	t.Parallel()
	for _, version := range []int{1, 2} {
		t.Run(itoa(version), func(t *testing.T) {
			t.Parallel()
			var got *http.Request
			var body []byte
			url, o := serveTLS(t, version == 2, func(w http.ResponseWriter, r *http.Request) {
				got = r
				body, _ = io.ReadAll(r.Body)
				w.Header().Set("Content-Type", "text/plain")
				w.Header()["X-A"] = []string{"1", "2"}
				w.WriteHeader(201)
				io.WriteString(w, "hello")
			})
			call := post(url+"/a%2Fb/c?d=%20e#f", `{"a":1}`)
			call.Headers = []upstreams.Header{
				{Name: "x-b", Value: "1"}, {Name: "X-B", Value: "2"}, {Name: "Connection", Value: "close"}, {Name: "Host", Value: "elsewhere"},
			}
			r, err := open(t, o, url).Caller(0).Call(t.Context(), call)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Release()
			if r.Status != 201 || r.ContentType != "text/plain" || string(r.Body) != "hello" || !slices.Equal(r.Header("x-a"), []string{"1", "2"}) {
				t.Errorf("got %d %q %q %q", r.Status, r.ContentType, r.Body, r.Header("x-a"))
			}
			if got.ProtoMajor != version || got.RequestURI != "/a%2Fb/c?d=%20e" || got.Host != strings.TrimPrefix(url, "https://") || string(body) != `{"a":1}` {
				t.Errorf("sent %s %s to %s: %q", got.Proto, got.RequestURI, got.Host, body)
			}
			want := http.Header{
				"Accept": {"application/json"}, "Accept-Encoding": {"gzip"}, "Content-Type": {"application/json"},
				"Content-Length": {"7"}, "User-Agent": {"manifold"}, "X-B": {"1", "2"},
			}
			for name, values := range want {
				if !slices.Equal(got.Header[name], values) {
					t.Errorf("header %s is %q, want %q", name, got.Header[name], values)
				}
			}
			if left := got.Header.Get("X-Envoy-Expected-Rq-Timeout-Ms"); left == "" {
				t.Error("the upstream is not told how much time is left")
			}
			if len(got.Header) != len(want)+1 {
				t.Errorf("sent headers %v", got.Header)
			}
		})
	}
}

func TestSecureCallFaults(t *testing.T) {
	t.Parallel()
	zip := func(text string) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		io.WriteString(z, text)
		z.Close()
		return b.Bytes()
	}
	for name, c := range map[string]struct {
		handle http.HandlerFunc
		code   fault.Code // "": the body is hello
	}{
		"never answers": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, fault.UpstreamTimeout},
		"hangs in the body": {func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "[1")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, fault.UpstreamTimeout},
		"breaks off": {func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "[1")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, "broken"},
		"announces too much": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "2000000")
			w.Write(make([]byte, 1000))
		}, fault.UpstreamTooLarge},
		"sends too much": {func(w http.ResponseWriter, _ *http.Request) {
			for range 3000 {
				if _, err := w.Write(make([]byte, 1000)); err != nil {
					return
				}
			}
		}, fault.UpstreamTooLarge},
		"gzip": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(zip("hello"))
		}, ""},
		"gzip bomb": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(zip(strings.Repeat("\x00", 10<<20)))
		}, fault.UpstreamTooLarge},
		"gzip that is not": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			io.WriteString(w, "hello")
		}, fault.UpstreamBadResponse},
	} {
		for _, version := range []int{1, 2} {
			t.Run(name+" by HTTP/"+itoa(version), func(t *testing.T) {
				t.Parallel()
				url, o := serveTLS(t, version == 2, c.handle)
				o.MaxResponse = 1 << 20
				if c.code == fault.UpstreamTimeout {
					o.Timeout = 150 * time.Millisecond
				}
				caller := open(t, o, url).Caller(0)
				switch c.code {
				case "":
					wantBody(t, caller, get(url), "hello")
				case "broken": // a cut connection in one version, a reset stream in the other
					fails(t, caller, get(url), []fault.Code{fault.UpstreamBadResponse, fault.UpstreamUnavailable}[version-1])
				default:
					fails(t, caller, get(url), c.code)
				}
			})
		}
	}
}

func TestSecureCallDoesNotFollow(t *testing.T) {
	t.Parallel()
	url, o := serveTLS(t, true, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	})
	r, err := open(t, o, url).Caller(0).Call(t.Context(), get(url+"/a"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if r.Status != 302 || !slices.Equal(r.Header("Location"), []string{"/elsewhere"}) {
		t.Errorf("got %d %q", r.Status, r.Header("Location"))
	}
}

func TestSecureCallChecksTheCertificate(t *testing.T) {
	t.Parallel()
	url, o := serveTLS(t, true, func(http.ResponseWriter, *http.Request) { t.Error("called") })
	o.RootCAs = x509.NewCertPool()
	fails(t, open(t, o, url).Caller(0), get(url), fault.UpstreamUnavailable)
}

func TestSecureCallCancelled(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{})
	url, o := serveTLS(t, true, func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	})
	caller := open(t, o, url).Caller(0)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	_, err := caller.Call(ctx, get(url))
	wantCode(t, err, fault.Internal)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v does not wrap context.Canceled", err)
	}
}

func TestSecureCallRefusesBeforeDialing(t *testing.T) {
	t.Parallel()
	url, o := serveTLS(t, true, func(http.ResponseWriter, *http.Request) { t.Error("called") })
	caller := open(t, o, url).Caller(0)
	call := get(url)
	call.Headers = []upstreams.Header{{Name: "X", Value: "a\r\nb"}}
	fails(t, caller, call, fault.BadUserInput)
	fails(t, caller, get("https://127.0.0.1:1/"), fault.BadUserInput)
}
