package upstreams_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"manifold/internal/faulty"
	"manifold/schema"
	"manifold/upstreams"
)

// Instances of gRPC: calls are spread, and one that fails is left out.
func TestInstancesOfGRPC(t *testing.T) {
	t.Parallel()
	good := serveGRPC(t, echoes)
	bad := serveGRPC(t, func(context.Context, string, []byte) ([]byte, error) {
		return nil, status.Error(codes.Unavailable, "going down")
	})
	set := openSource(t, &schema.Source{
		Name: "catalog", GRPC: &schema.GRPC{Target: "dns:///catalog.test:9102"},
		Instances:  schema.Instances{List: []schema.Instance{{Address: good.address}, {Address: bad.address}}},
		Resilience: schema.Resilience{Retry: &schema.Retry{Attempts: 2}},
	}, upstreams.Options{Alone: true})
	for n := range 50 {
		r, err := set.Caller(0).Call(soon(t), &upstreams.Call{Method: "RPC", RPC: echo(t), Body: []byte("{}"), Idempotent: true})
		if err != nil {
			t.Fatalf("call %d: %v", n, err)
		}
		r.Release()
	}
	if bad.calls.Load() != 5 || good.calls.Load() != 50 {
		t.Errorf("the bad one got %d calls, the good one %d; want 5 and 50", bad.calls.Load(), good.calls.Load())
	}
}

// An instance that the name server forgets ends the calls that it has.
func TestAnInstanceOfGRPCThatIsGone(t *testing.T) {
	t.Parallel()
	began, end := make(chan struct{}), make(chan struct{})
	s := serveGRPC(t, func(_ context.Context, _ string, body []byte) ([]byte, error) {
		close(began)
		<-end
		return body, nil
	})
	_, port, _ := net.SplitHostPort(s.address)
	dns := &names{}
	dns.set(nil, "catalog.test", "127.0.0.1")
	set := openSource(t, &schema.Source{
		Name: "catalog", GRPC: &schema.GRPC{Target: "catalog.test:9102"},
		Instances: schema.Instances{DNS: "catalog.test:" + port, Every: 10 * time.Millisecond},
	}, upstreams.Options{Resolver: dns})
	outcome := make(chan error, 1)
	go func() {
		r, err := set.Caller(0).Call(soon(t), &upstreams.Call{Method: "RPC", RPC: echo(t), Body: []byte("{}"), Idempotent: true})
		if err == nil {
			r.Release()
		}
		outcome <- err
	}()
	<-began
	dns.set(nil, "catalog.test", "127.0.0.2")
	eventually(t, "the address is gone", func() bool { return set.Status()[0].Instances[0].Address == "127.0.0.2:"+port })
	close(end)
	if err := <-outcome; err != nil {
		t.Errorf("the call that was under way: %v", err)
	}
}

// Instances of https: the certificate has to be that of the URL's name, wherever the instance is.
func TestInstancesOverTLS(t *testing.T) {
	t.Parallel()
	url, o := serveTLS(t, true, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, "%q", r.Host)
	})
	address := strings.TrimPrefix(url, "https://")
	for name, good := range map[string]bool{"example.com": true, "other.test": false} { // the former is in the certificate of httptest
		set := openSource(t, &schema.Source{
			Name: "api", BaseURL: "https://" + name, Instances: schema.Instances{List: []schema.Instance{{Address: address}}},
		}, o)
		r, err := set.Caller(0).Call(t.Context(), get("https://"+name))
		if (err == nil) != good {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			if string(r.Body) != `"`+name+`"` {
				t.Errorf("Host is %s", r.Body)
			}
			r.Release()
		}
	}
}

// certificate writes a certificate that signs itself, and its key, to files.
func certificate(t *testing.T, dir, name string) (certFile, keyFile string, cert *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, BasicConstraintsValid: true, IsCA: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, name+".crt"), filepath.Join(dir, name+".key")
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cert, err = x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certFile, keyFile, cert
}

// Mutual TLS: the service lets nobody in but who has the certificate.
func TestMutualTLS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	certFile, keyFile, cert := certificate(t, dir, "gateway")
	clients := x509.NewCertPool()
	clients.AddCert(cert)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, "%q", r.TLS.PeerCertificates[0].Subject.CommonName)
	}))
	s.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: clients, MinVersion: tls.VersionTLS12}
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	ca := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
	for name, c := range map[string]struct {
		tls  schema.ClientTLS
		good bool
	}{
		"with the certificate":    {schema.ClientTLS{Cert: certFile, Key: keyFile, CA: ca}, true},
		"without one":             {schema.ClientTLS{CA: ca}, false},
		"nobody signs the server": {schema.ClientTLS{Cert: certFile, Key: keyFile}, false},
		"another name":            {schema.ClientTLS{Cert: certFile, Key: keyFile, CA: ca, ServerName: "other.test"}, false},
	} {
		set := openSource(t, &schema.Source{Name: "api", BaseURL: s.URL, Outbound: schema.Outbound{TLS: c.tls}}, upstreams.Options{})
		r, err := set.Caller(0).Call(t.Context(), get(s.URL))
		if (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			if string(r.Body) != `"gateway"` {
				t.Errorf("%s: the service knows %s", name, r.Body)
			}
			r.Release()
		}
	}
	if _, err := upstreams.Open([]*schema.Source{{Name: "api", BaseURL: s.URL, Outbound: schema.Outbound{TLS: schema.ClientTLS{Cert: certFile, Key: certFile}}}}, upstreams.Options{}, nil); err == nil {
		t.Error("a key that is none is found when the first call is made, instead of at the start")
	}
}

// E19: one connection of twenty is reset. With retries hardly anybody sees it.
func TestConnectionsThatAreReset(t *testing.T) {
	t.Parallel()
	s := faulty.Serve(t, "a")
	s.Do(faulty.Behaviour{Header: "Connection: close\r\n"})
	way := faulty.Through(t, s.Address())
	way.Toxic("reset_peer", `{"timeout":0}`, 0.05)
	set := openSource(t, &schema.Source{
		Name: "api", BaseURL: "http://api.test", Instances: schema.Instances{List: []schema.Instance{{Address: way.Address()}}},
		Resilience: schema.Resilience{Retry: &schema.Retry{Attempts: 3, Backoff: time.Millisecond}},
	}, upstreams.Options{})
	const calls = 600
	good, lowest := 0, 100.0
	for range calls {
		if _, outcome := once(set); outcome == "200" {
			good++
		}
		lowest = min(lowest, set.Status()[0].Retries) // good calls fill it up again
	}
	if good < calls*995/1000 {
		t.Errorf("%d of %d calls are good", good, calls)
	}
	if lowest >= 99.5 {
		t.Error("nothing was reset: the test shows nothing")
	}
}
