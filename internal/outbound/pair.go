package outbound

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// pairInterval is how often the files of a pair are looked at, at most.
const pairInterval = time.Second

// pair is a certificate and its key in two files. What is in use is swapped whole.
type pair struct {
	certFile, keyFile string
	now               func() time.Time
	failed            func(error) // may be nil
	current           atomic.Pointer[tls.Certificate]

	mu     sync.Mutex // of the one who looks
	looked time.Time
	seen   stamps // of the files that were read last, taken before they were read: what changes meanwhile is seen the next time
}

// stamps are the cert file and the key file; nil: there is none.
type stamps [2]os.FileInfo

// get is a tls.Config.GetClientCertificate. It shows the certificate whatever authorities the server asks for: that it is the wrong
// one is for the server to say.
func (p *pair) get(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	if p.mu.TryLock() { // others need not wait for the one who looks
		p.look()
		p.mu.Unlock()
	}
	return p.current.Load(), nil
}

// look reads the files again if they have changed.
func (p *pair) look() {
	now := p.now()
	if now.Sub(p.looked) < pairInterval {
		return
	}
	p.looked = now
	found := p.stat()
	if found.equal(p.seen) {
		return
	}
	p.seen = found
	if err := p.load(); err != nil && p.failed != nil {
		p.failed(err)
	}
}

// load takes the pair into use if the key is that of the certificate.
func (p *pair) load() error {
	// The errors of package tls quote nothing of a key.
	loaded, err := tls.LoadX509KeyPair(p.certFile, p.keyFile)
	if err != nil {
		return fmt.Errorf("a client certificate cannot be used (%s, %s): %w", p.certFile, p.keyFile, err)
	}
	p.current.Store(&loaded)
	return nil
}

func (p *pair) stat() stamps {
	var s stamps
	for i, name := range []string{p.certFile, p.keyFile} {
		if info, err := os.Stat(name); err == nil {
			s[i] = info
		}
	}
	return s
}

func (s stamps) equal(t stamps) bool {
	for i := range s {
		a, b := s[i], t[i]
		if a == nil || b == nil {
			if a != b {
				return false
			}
			continue
		}
		// Another file with the same time is one that was moved into place.
		if a.Size() != b.Size() || !a.ModTime().Equal(b.ModTime()) || !os.SameFile(a, b) {
			return false
		}
	}
	return true
}
