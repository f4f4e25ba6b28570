package outbound

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"time"
)

// ClientCertificate is what the gateway shows to a server that wants to know who calls (mutual TLS).
type ClientCertificate struct {
	CertFile   string // PEM: the certificate, then those between it and its authority; "": none is shown
	KeyFile    string // PEM
	CA         []byte // PEM: who may vouch for the server; nil: those of the system
	ServerName string // in the server's certificate; "": the host that is called

	Now func() time.Time // nil: time.Now
	// Failed is told when changed files are not taken, once for each change. It is called in a handshake, by one goroutine at a
	// time, and must not wait. Nil: nobody is told.
	Failed func(error)
}

// TLS reads the files and returns a configuration for calls, TLS 1.2 or later. When the files of the certificate change, handshakes
// from then on show the new one; connections that are open keep the old one. The files are looked at in handshakes, at most once per
// second. A certificate without its key, as there is for a moment while files are replaced, is not taken: the old one stays.
func (c ClientCertificate) TLS() (*tls.Config, error) {
	now := c.Now
	if now == nil {
		now = time.Now
	}
	config := &tls.Config{ServerName: c.ServerName, MinVersion: tls.VersionTLS12}
	if c.CA != nil {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(c.CA) {
			return nil, errors.New("the authorities of a server are no certificates in PEM")
		}
	}
	if c.CertFile == "" {
		return config, nil
	}
	p := &pair{certFile: c.CertFile, keyFile: c.KeyFile, now: now, failed: c.Failed}
	p.looked, p.seen = now(), p.stat()
	if err := p.load(); err != nil {
		return nil, err
	}
	config.GetClientCertificate = p.get
	return config, nil
}
