package outbound

import (
	"cmp"
	"context"
	"crypto/x509"
	"time"
)

// AuthStyle is how the client shows its id and secret to the token server (RFC 6749, 2.3.1).
type AuthStyle string

// The styles. The zero AuthStyle is InHeader, which every server has to understand. Nothing is tried out: a wrong guess counts as a
// failed login at many servers.
const (
	InHeader AuthStyle = "header" // Authorization: Basic
	InBody   AuthStyle = "body"   // client_id and client_secret in the form
)

// ClientCredentials is the account that the gateway has at a token server (RFC 6749, 4.4). Its String, GoString, LogValue and JSON
// do not show the secret.
type ClientCredentials struct {
	TokenURL     string // http or https
	ClientID     string
	ClientSecret string    `json:"-"`
	Scopes       []string  // asked for; none: what the server gives by default
	Audience     string    // sent as the parameter "audience", which is not of the RFC but widely known; "": not sent
	AuthStyle    AuthStyle // zero: InHeader
}

// Options are what a TokenSource takes from its surroundings. The zero value is good.
type Options struct {
	RootCAs *x509.CertPool   // nil: those of the system
	Now     func() time.Time // nil: time.Now
	Timeout time.Duration    // of one fetch, whole; 0: 5 s
	// Failed is told of every fetch that failed, also of those in the background that no caller hears of. Close waits for it. Nil:
	// nobody is told.
	Failed func(error)
}

// fetchTimeout is how long a token server may take. It is not the caller's deadline: the next caller wants the token too.
const fetchTimeout = 5 * time.Second

// NewClientCredentials returns the source of the tokens of an account. Nothing is fetched before the first Token. The caller closes
// it.
func NewClientCredentials(c ClientCredentials, o Options) *TokenSource {
	ctx, stop := context.WithCancel(context.Background())
	s := &TokenSource{
		now: o.Now, failed: o.Failed, timeout: cmp.Or(o.Timeout, fetchTimeout), fetch: fetcher(c, tokenClient(o.RootCAs)),
		ctx: ctx, stop: stop,
	}
	if s.now == nil {
		s.now = time.Now
	}
	return s
}
