package upstreams

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"time"
)

// secure calls one https upstream through net/http, which speaks HTTP/2 if the upstream offers it (ALPN).
type secure struct {
	upstream  string
	origin    *origin
	transport *http.Transport
	memory    *memory
	options   *Options
}

// secureTransport returns the transport of all https upstreams. It follows no redirects, keeps no cookies and knows no
// proxy: a RoundTripper does the first two only within an http.Client, and Proxy is nil.
func secureTransport(o *Options) *http.Transport {
	return &http.Transport{
		DialContext:            newDialer(o.DialTimeout).DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: o.RootCAs, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    o.TLSTimeout,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // decompress bounds what comes out
		MaxConnsPerHost:        o.MaxConns,
		MaxIdleConnsPerHost:    o.IdleConns,
		IdleConnTimeout:        o.IdleTimeout,
		MaxResponseHeaderBytes: int64(o.MaxHeader),
	}
}

// Call sends c and reads the whole answer. net/http sends a call again under about the same conditions as plain does.
func (s *secure) Call(ctx context.Context, c *Call) (*Reply, error) {
	if _, err := s.origin.target(c.URL); err != nil {
		return nil, badCall(s.upstream, "The call's URL is not one of the upstream.", err)
	}
	if err := checkCall(c); err != nil {
		return nil, badCall(s.upstream, "The call's method or headers are not valid.", err)
	}
	if err := over(ctx); err != nil {
		return nil, callFault(ctx, s.upstream, 0, err)
	}
	u, err := url.Parse(string(c.URL))
	if err != nil {
		return nil, badCall(s.upstream, "The call's URL is not valid.", err)
	}
	res, err := s.transport.RoundTrip(request(ctx, c, u, s.options.TimeHeader))
	if err != nil {
		return nil, callFault(ctx, s.upstream, 0, protocolError(err))
	}
	defer res.Body.Close()
	r, err := s.read(res)
	if err != nil {
		return nil, callFault(ctx, s.upstream, res.StatusCode, err)
	}
	// A connection that is given up says goodbye first, and a service that hears it may end its answer where it is: whole as to
	// framing, and yet cut off.
	if err := over(ctx); err != nil {
		r.Release()
		return nil, callFault(ctx, s.upstream, res.StatusCode, err)
	}
	return r, nil
}

// request is appendRequest for net/http.
func request(ctx context.Context, c *Call, u *url.URL, timeHeader string) *http.Request {
	h := make(http.Header, len(c.Headers)+4)
	for _, v := range c.Headers {
		if role(v.Name) != roleOurs {
			h.Add(v.Name, v.Value)
		}
	}
	byDefault := func(name, value string) {
		if _, ok := h[name]; !ok {
			h[name] = []string{value}
		}
	}
	byDefault("User-Agent", userAgent)
	byDefault("Accept", mediaType)
	h["Accept-Encoding"] = []string{"gzip"}
	if end, ok := ctx.Deadline(); ok && timeHeader != NoHeader {
		h.Set(timeHeader, strconv.FormatInt(max(time.Until(end).Milliseconds(), 1), 10))
	}
	r := &http.Request{Method: c.Method, URL: u, Host: u.Host, Header: h, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
	if c.Body != nil {
		byDefault("Content-Type", mediaType)
		r.ContentLength = int64(len(c.Body))
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(c.Body)), nil }
		r.Body, _ = r.GetBody()
		if len(c.Body) == 0 {
			r.Body = http.NoBody
		}
	}
	return r.WithContext(ctx)
}

// read makes the reply of res, whose body it reads to the end or as far as is allowed.
func (s *secure) read(res *http.Response) (*Reply, error) {
	limit := s.options.MaxResponse
	if res.ContentLength > int64(limit) && res.Request.Method != "HEAD" {
		return nil, tooLarge("Content-Length")
	}
	in, err := s.memory.readAll(res.Body, int(res.ContentLength), limit)
	if err != nil {
		return nil, err
	}
	h := head{}
	for _, v := range res.Header["Content-Encoding"] {
		h.parseCoding([]byte(v))
	}
	r := s.memory.reply()
	r.Status, r.ContentType, r.header = res.StatusCode, res.Header.Get("Content-Type"), res.Header
	r.raw, r.Body = in, in.b
	if h.coding == codingNone || len(in.b) == 0 {
		return r, nil
	}
	if r.plain, err = s.memory.decompress(h.coding, in.b, limit); err != nil {
		r.Release()
		return nil, err
	}
	r.Body = r.plain.b
	return r, nil
}

// readAll reads at most limit bytes of body, of which announced are expected (-1: not known).
func (m *memory) readAll(body io.Reader, announced, limit int) (*block, error) {
	k := m.block(min(announced, maxBlock-1) + 1)
	for {
		if len(k.b) == cap(k.b) {
			k = m.grow(k, min(2*cap(k.b), limit+1))
		}
		n, err := body.Read(k.b[len(k.b):cap(k.b)])
		k.b = k.b[:len(k.b)+n]
		switch {
		case len(k.b) > limit:
			err = tooLarge("the body")
		case err == nil:
			continue
		case err == io.EOF:
			return k, nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			err = cutInBody
		}
		m.putBlock(k)
		return nil, err
	}
}

// protocolError turns net/http's error of a malformed head into ours. Others of its kind have no type to know them by,
// and count as network errors.
func protocolError(err error) error {
	if p, ok := errors.AsType[textproto.ProtocolError](err); ok {
		return malformed(p.Error())
	}
	return err
}
