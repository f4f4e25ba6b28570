package outbound

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// Bounds of what a token server may answer.
const (
	maxAnswer   = 1 << 20
	maxHead     = 64 << 10
	maxToken    = 16 << 10 // a longer header is taken by hardly any server
	defaultLife = 5 * time.Minute
)

// fetcher returns the function that asks for a token (RFC 6749, 4.4.2).
func fetcher(c ClientCredentials, client *http.Client) func(context.Context) (token, error) {
	u, err := url.Parse(c.TokenURL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return func(context.Context) (token, error) {
			return token{}, errors.New("no token: the token URL is no http or https URL")
		}
	}
	config := &clientcredentials.Config{
		ClientID: c.ClientID, ClientSecret: c.ClientSecret, TokenURL: c.TokenURL, Scopes: slices.Clone(c.Scopes),
		EndpointParams: url.Values{}, AuthStyle: oauth2.AuthStyleInHeader,
	}
	if c.Audience != "" {
		config.EndpointParams.Set("audience", c.Audience)
	}
	if c.AuthStyle == InBody {
		config.AuthStyle = oauth2.AuthStyleInParams
	}
	return func(ctx context.Context) (token, error) {
		got, err := config.Token(context.WithValue(ctx, oauth2.HTTPClient, client))
		if err != nil {
			return token{}, tokenError(ctx, err)
		}
		return readToken(got)
	}
}

// readToken checks a token. What the server does not say of it is assumed: it is a bearer token, and lives for 5 minutes. A life
// that is not positive says nothing; some servers mean by it that the token never ends.
func readToken(t *oauth2.Token) (token, error) {
	switch {
	case t.Type() != "Bearer": // RFC 6749, 7.1: one of a type that we do not know must not be used
		return token{}, errors.New("no token: the token server gave one that is no bearer token")
	case len(t.AccessToken) > maxToken:
		return token{}, fmt.Errorf("no token: the token server gave one of more than %d bytes", maxToken)
	case strings.ContainsFunc(t.AccessToken, func(r rune) bool { return r <= ' ' || r > '~' }):
		return token{}, errors.New("no token: the token server gave one that is not printable ASCII")
	}
	life := defaultLife
	if !t.Expiry.IsZero() {
		// The library adds the life, which is whole seconds, to a clock that it does not let us choose.
		if told := time.Until(t.Expiry).Round(time.Second); told > 0 {
			life = told
		}
	}
	return token{text: t.AccessToken, life: life}, nil
}

// tokenClient returns a client that talks to the token server and to nobody else: it follows no redirect and asks no proxy, for the
// secret would go there too. A connection serves one fetch; the next one is minutes away.
func tokenClient(roots *x509.CertPool) *http.Client {
	return &http.Client{
		Transport: &tokenTransport{base: &http.Transport{
			TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			DisableKeepAlives:      true,
			MaxResponseHeaderBytes: maxHead,
		}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// tokenTransport reads answers whole, so that one that is too long is told from one that is no JSON.
type tokenTransport struct{ base http.RoundTripper }

var errTooLong = errors.New("the answer is longer than 1 MiB")

// RoundTrip implements http.RoundTripper.
func (t *tokenTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("Accept", "application/json") // some answer with a form otherwise
	resp, err := t.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxAnswer {
		return nil, errTooLong
	}
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) { // the library takes JSON that is called text for a form
		resp.Header.Set("Content-Type", "application/json")
	}
	resp.Body = io.NopCloser(bytes.NewReader(text))
	return resp, nil
}

// tokenError says why there is no token. The library's own errors quote what the server answered, which may quote what it was sent;
// only texts go through that cannot hold either.
func tokenError(ctx context.Context, err error) error {
	if refusal, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		status := refusal.Response.StatusCode
		switch {
		case slices.Contains(refusals(), refusal.ErrorCode):
			return fmt.Errorf("no token: the token server answered %s (status %d)", refusal.ErrorCode, status)
		case status/100 == 3:
			return fmt.Errorf("no token: the token server answered with a redirect (status %d), which is not followed", status)
		}
		return fmt.Errorf("no token: the token server answered with status %d", status)
	}
	if _, called := errors.AsType[*url.Error](err); !called {
		return errors.New("no token: the answer of the token server is none of RFC 6749")
	}
	if ctx.Err() != nil {
		return fmt.Errorf("no token: the token server did not answer in time: %w", ctx.Err())
	}
	if cause := network(err); cause != nil {
		return fmt.Errorf("no token: the token server cannot be reached: %w", cause)
	}
	return errors.New("no token: the token server does not speak HTTP")
}

// network returns the part of an error that comes from our side of the connection; nil if there is none.
func network(err error) error {
	if e, ok := errors.AsType[*net.OpError](err); ok {
		return e
	}
	if e, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return e
	}
	for _, known := range []error{errTooLong, io.ErrUnexpectedEOF, io.EOF, http.ErrSchemeMismatch} {
		if errors.Is(err, known) {
			return known
		}
	}
	return nil
}

// refusals are the codes of RFC 6749, 5.2 and 4.1.2.1. Others are not shown: a server may write anything there.
func refusals() []string {
	return []string{
		"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope",
		"access_denied", "server_error", "temporarily_unavailable",
	}
}
