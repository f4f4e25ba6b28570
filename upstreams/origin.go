package upstreams

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// origin is where calls go: scheme, host and port.
type origin struct {
	text      string // scheme://authority as written: what the URL of a call begins with
	authority string // host[:port] as written; the Host header
	address   string // host:port to connect to
	secure    bool   // https
}

var schemeEnd = []byte("://")

var errOrigin = errors.New("an absolute http or https URL without credentials is needed")

// parseOrigin reads the origin of an absolute URL.
func parseOrigin(text string) (*origin, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, err
	}
	if u.Hostname() == "" || u.User != nil || u.Opaque != "" {
		return nil, errOrigin
	}
	for _, b := range []byte(u.Host) {
		if b >= 0x7f || b == '%' { // names of other scripts are written as xn--; a zone is nobody else's business
			return nil, errOrigin
		}
	}
	o := &origin{authority: u.Host}
	port := "80"
	switch u.Scheme {
	case "http":
	case "https":
		o.secure, port = true, "443"
	default:
		return nil, errOrigin
	}
	if u.Port() != "" {
		port = u.Port()
	}
	o.address = net.JoinHostPort(strings.ToLower(u.Hostname()), port)
	o.text = string(originOf([]byte(text)))
	return o, nil
}

// originOf returns the scheme://authority part of an absolute URL, empty if it is not one.
func originOf(raw []byte) []byte {
	i := bytes.Index(raw, schemeEnd)
	if i < 0 {
		return nil
	}
	from := i + len(schemeEnd)
	if end := bytes.IndexAny(raw[from:], "/?#"); end >= 0 {
		return raw[:from+end]
	}
	return raw
}

// target returns what of raw, the URL of a call, goes into the request line: path and query, to be prefixed with "/"
// unless it begins with one. It fails if raw leads anywhere but to o.
//
// The URL is compared with o on every call because it holds text of clients: `http://api` + `@elsewhere` must not be
// a way out, whatever the template that made it has let through.
func (o *origin) target(raw []byte) ([]byte, error) {
	n := len(o.text)
	if len(raw) < n || string(raw[:n]) != o.text {
		return nil, fmt.Errorf("the URL does not begin with %s", o.text)
	}
	t := raw[n:]
	if len(t) > 0 && t[0] != '/' && t[0] != '?' && t[0] != '#' {
		return nil, fmt.Errorf("the URL does not begin with %s", o.text)
	}
	for i, b := range t {
		if b == '#' {
			return t[:i], nil // a fragment is never sent (RFC 9110, 4.2.5)
		}
		if b <= ' ' || b >= 0x7f {
			return nil, fmt.Errorf("the URL holds the byte 0x%02x", b)
		}
	}
	return t, nil
}
