package outbound

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// authority issues certificates.
type authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{}
	a.cert, a.key = a.make(t, &x509.Certificate{Subject: pkix.Name{CommonName: "CA"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	return a
}

// make signs a certificate, the first one with its own key.
func (a *authority) make(t *testing.T, c *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c.SerialNumber = big.NewInt(time.Now().UnixNano())
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, by := a.cert, a.key
	if parent == nil {
		parent, by = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	out, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return out, key
}

// client returns a client certificate and its key, in PEM.
func (a *authority) client(t *testing.T, name string) (cert, key []byte) {
	t.Helper()
	c, k := a.make(t, &x509.Certificate{Subject: pkix.Name{CommonName: name}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	return certPEM(c), pkcs8(t, k)
}

func certPEM(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

func (a *authority) pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(a.cert)
	return p
}

// serve starts a server that answers the name of the client's certificate, which it has to have.
func (a *authority) serve(t *testing.T, change func(*tls.Config)) string {
	t.Helper()
	c, k := a.make(t, &x509.Certificate{DNSNames: []string{"orders.internal"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.TLS.PeerCertificates[0].Subject.CommonName)
	}))
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s.TLS = &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{c.Raw}, PrivateKey: k}},
		ClientAuth:   tls.RequireAndVerifyClientCert, ClientCAs: a.pool(),
	}
	if change != nil {
		change(s.TLS)
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL
}

// call makes one call over a connection of its own.
func call(url string, config *tls.Config) (string, error) {
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: config, DisableKeepAlives: true}}
	resp, err := client.Get(url)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return string(text), err
}

// files are a pair and its authority in a folder.
type files struct {
	dir string
	ClientCertificate
	clock *clock
	told  chan error
}

func newFiles(t *testing.T, a *authority, name string) *files {
	t.Helper()
	f := &files{dir: t.TempDir(), clock: newClock(), told: make(chan error, 10)}
	f.ClientCertificate = ClientCertificate{
		CertFile: filepath.Join(f.dir, "cert.pem"), KeyFile: filepath.Join(f.dir, "key.pem"), CA: certPEM(a.cert),
		ServerName: "orders.internal", Now: f.clock.now, Failed: func(err error) { f.told <- err },
	}
	cert, key := a.client(t, name)
	write(t, f.CertFile, cert)
	write(t, f.KeyFile, key)
	return f
}

// write replaces a file, as those do that renew certificates.
func write(t *testing.T, name string, text []byte) {
	t.Helper()
	if err := os.WriteFile(name+".new", text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(name+".new", name); err != nil {
		t.Fatal(err)
	}
}

// failures is what was told since the last time.
func (f *files) failures() []string {
	var out []string
	for len(f.told) > 0 {
		out = append(out, (<-f.told).Error())
	}
	return out
}

func TestACertificateIsReplaced(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	url := a.serve(t, nil)
	f := newFiles(t, a, "one")
	config, err := f.TLS()
	if err != nil {
		t.Fatal(err)
	}
	cert, key := a.client(t, "two")
	for _, step := range []struct {
		does  string
		do    func()
		shows string
		fails string
	}{
		{"nothing", func() {}, "one", ""},
		{"a second passes", func() { f.clock.add(time.Second) }, "one", ""},
		{"another certificate, without its key", func() { write(t, f.CertFile, cert); f.clock.add(time.Second) }, "one", "private key does not match public key"},
		{"it stays so", func() { f.clock.add(time.Second) }, "one", ""},
		{"the key comes, a moment later", func() { write(t, f.KeyFile, key); f.clock.add(time.Second - 1) }, "one", ""},
		{"a second is over", func() { f.clock.add(1) }, "two", ""},
		{"no key", func() { os.Remove(f.KeyFile); f.clock.add(time.Second) }, "two", "no such file"},
		{"still none", func() { f.clock.add(time.Second) }, "two", ""},
		{"rubbish", func() { write(t, f.KeyFile, []byte("s3cr3t")); f.clock.add(time.Second) }, "two", "failed to find any PEM data in key input"},
		{"back to the first", func() {
			cert, key := a.client(t, "one again")
			write(t, f.KeyFile, key)
			write(t, f.CertFile, cert)
			f.clock.add(time.Minute)
		}, "one again", ""},
	} {
		step.do()
		got, err := call(url, config)
		if err != nil || got != step.shows {
			t.Errorf("%s: the server sees %q, %v; want %q", step.does, got, err, step.shows)
		}
		failures := f.failures()
		switch {
		case step.fails == "" && len(failures) > 0:
			t.Errorf("%s: told %q", step.does, failures)
		case step.fails != "" && (len(failures) != 1 || !strings.Contains(failures[0], step.fails)):
			t.Errorf("%s: told %q, want %s", step.does, failures, step.fails)
		case strings.Contains(strings.Join(failures, ""), "s3cr3t"):
			t.Errorf("%s: it shows the key: %q", step.does, failures)
		}
	}
}

func TestAMovedFileWithTheSameTimeIsSeen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := time.Unix(1_900_000_000, 0)
	p := &pair{certFile: filepath.Join(dir, "cert"), keyFile: filepath.Join(dir, "key")}
	put := func(name, text string) {
		t.Helper()
		write(t, name, []byte(text))
		if err := os.Chtimes(name, at, at); err != nil {
			t.Fatal(err)
		}
	}
	none := p.stat()
	put(p.certFile, "a")
	put(p.keyFile, "a")
	first := p.stat()
	if none.equal(first) || first.equal(none) || !first.equal(p.stat()) || !none.equal(stamps{}) {
		t.Error("it cannot tell whether files are there")
	}
	other := filepath.Join(dir, "other") // beside the old one, so that it is another file for sure
	put(other, "b")
	if err := os.Rename(other, p.certFile); err != nil {
		t.Fatal(err)
	}
	if first.equal(p.stat()) {
		t.Error("it does not see another file")
	}
}

func TestHandshakesWhileACertificateIsReplaced(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	url := a.serve(t, nil)
	f := newFiles(t, a, "client")
	config, err := f.TLS()
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 10 {
				if got, err := call(url, config); err != nil || got != "client" {
					t.Errorf("%q, %v", got, err)
				}
			}
		})
	}
	for range 5 { // the pair is broken for a moment each time, and so may be told
		cert, key := a.client(t, "client")
		write(t, f.CertFile, cert)
		write(t, f.KeyFile, key)
		f.clock.add(time.Second)
	}
	all.Wait()
}

func TestHandshakesThatFail(t *testing.T) {
	t.Parallel()
	a, other := newAuthority(t), newAuthority(t)
	for name, c := range map[string]struct {
		server func(*tls.Config)
		client func(*files)
		config func(*tls.Config)
		err    string
	}{
		"nothing is wrong": {},
		"no certificate":   {config: func(c *tls.Config) { c.GetClientCertificate = nil }, err: "certificate required"},
		"of another CA": {client: func(f *files) {
			cert, key := other.client(t, "x")
			write(t, f.CertFile, cert)
			write(t, f.KeyFile, key)
		}, err: "unknown certificate authority"},
		"an unknown server": {client: func(f *files) { f.CA = certPEM(other.cert) }, err: "certificate signed by unknown authority"},
		"another server":    {client: func(f *files) { f.ServerName = "users.internal" }, err: "not users.internal"},
		"an unnamed server": {client: func(f *files) { f.ServerName = "" }, err: "127.0.0.1"},
		"no CA":             {client: func(f *files) { f.CA = nil }, err: "certificate signed by unknown authority"},
		"TLS 1.1": {
			server: func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 },
			err:    "protocol version not supported",
		},
		"TLS 1.2": {server: func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := a.serve(t, c.server)
			f := newFiles(t, a, "client")
			if c.client != nil {
				c.client(f)
			}
			config, err := f.TLS()
			if err != nil {
				t.Fatal(err)
			}
			if c.config != nil {
				c.config(config)
			}
			got, err := call(url, config)
			switch {
			case c.err == "" && (err != nil || got != "client"):
				t.Errorf("the server sees %q, %v", got, err)
			case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
				t.Errorf("error %v, want %s", err, c.err)
			}
		})
	}
}

func TestFilesThatAreNone(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	for name, c := range map[string]struct {
		do  func(*files)
		err string
	}{
		"no certificate": {func(f *files) { os.Remove(f.CertFile) }, "a client certificate cannot be used"},
		"no key":         {func(f *files) { os.Remove(f.KeyFile) }, "key.pem: no such file"},
		"another key":    {func(f *files) { _, key := a.client(t, "x"); write(t, f.KeyFile, key) }, "private key does not match public key"},
		"an empty CA":    {func(f *files) { f.CA = []byte{} }, "no certificates in PEM"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFiles(t, a, "client")
			c.do(f)
			config, err := f.TLS()
			if config != nil || err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("TLS() = %v, %v; want %s", config, err, c.err)
			}
		})
	}
}
