package upstreams

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"manifold/internal/auth"
	"manifold/internal/fault"
	"manifold/internal/outbound"
	"manifold/schema"
)

// identifying tells the upstream who asks, by a token that the gateway signs. It stands outside of whatever shares or keeps replies: so
// the token is a part of the finished call, and nobody gets what was answered to somebody else. Nobody is told of by no token.
func identifying(upstream string, s *outbound.Signer, header string) Policy {
	return func(next Caller) Caller { return &identifier{next, upstream, s, header} }
}

type identifier struct {
	next     Caller
	upstream string
	signer   *outbound.Signer
	header   string
}

func (i *identifier) Call(ctx context.Context, c *Call) (*Reply, error) {
	if c.Identity == nil {
		return i.next.Call(ctx, with(c, i.header, ""))
	}
	token, err := i.signer.Header(c.Identity.Subject, i.signer.Copied(c.Identity.Claims))
	if err != nil {
		return nil, &fault.Error{Code: fault.Internal, Message: "Internal error.", Upstream: i.upstream, Cause: err}
	}
	if strings.EqualFold(i.header, "Authorization") {
		token = "Bearer " + token
	}
	own := with(c, i.header, token)
	own.told = toldOf(i.signer, c.Identity)
	return i.next.Call(ctx, own)
}

// toldOf is all that an upstream is told of who asks, whichever token says it.
func toldOf(s *outbound.Signer, who *auth.Identity) []byte {
	all := s.Identity(who.Subject, s.Copied(who.Claims))
	return all[:]
}

// with returns a copy of a call that has one header of a name, and no other; none if the value is empty.
func with(c *Call, name, value string) *Call {
	own := *c
	own.Headers = make([]Header, 0, len(c.Headers)+1)
	for _, h := range c.Headers {
		if !strings.EqualFold(h.Name, name) {
			own.Headers = append(own.Headers, h)
		}
	}
	if value != "" {
		own.Headers = append(own.Headers, Header{name, value})
	}
	return &own
}

// authorizing has the gateway make itself known by a token of its own. A token that the upstream refuses is fetched anew, and an
// idempotent call made once more with the new one.
func authorizing(upstream string, tokens *outbound.TokenSource) Policy {
	return func(next Caller) Caller { return &authorizer{next, upstream, tokens} }
}

type authorizer struct {
	next     Caller
	upstream string
	tokens   *outbound.TokenSource
}

func (a *authorizer) Call(ctx context.Context, c *Call) (*Reply, error) {
	for again := c.Idempotent; ; again = false {
		token, err := a.tokens.Token(ctx)
		if err != nil {
			if ended := over(ctx); ended != nil {
				return nil, callFault(ctx, a.upstream, 0, err)
			}
			return nil, &fault.Error{Code: fault.UpstreamUnavailable, Message: "The gateway cannot make itself known to the upstream.", Upstream: a.upstream, Cause: err}
		}
		own := with(c, "Authorization", token)
		r, err := a.next.Call(ctx, own)
		c.last = own.last
		if err != nil || r.Status != http.StatusUnauthorized {
			return r, err
		}
		a.tokens.Invalidate(token)
		if !again {
			return r, nil
		}
		r.Release()
	}
}

// credentials opens what a source is authenticated by.
func (u *upstream) credentials(src *schema.Source, o *Options) error {
	if t := src.Outbound.Token; t != nil {
		style := outbound.InHeader
		if t.InBody {
			style = outbound.InBody
		}
		u.tokens = outbound.NewClientCredentials(outbound.ClientCredentials{
			TokenURL: t.URL, ClientID: t.ID, ClientSecret: t.Secret, Scopes: t.Scopes, Audience: t.Audience, AuthStyle: style,
		}, outbound.Options{RootCAs: o.RootCAs})
		u.released = append(u.released, u.tokens.Close)
	}
	if i := src.Outbound.Identity; i != nil {
		var err error
		u.signer, err = outbound.NewSigner(outbound.SignerOptions{
			Issuer: i.Issuer, Audience: i.Audience, PEM: []byte(i.Key), KeyID: i.KeyID, Life: i.Life, Claims: i.Claims,
		})
		if err != nil {
			return err
		}
		u.source.identity = i.Header
	}
	return nil
}

// tlsConfig returns how a source is reached over TLS; nil if it is reached like all others.
func tlsConfig(t schema.ClientTLS, o *Options) (*tls.Config, error) {
	if t == (schema.ClientTLS{}) {
		return nil, nil
	}
	var authorities []byte
	if t.CA != "" {
		authorities = []byte(t.CA)
	}
	c, err := outbound.ClientCertificate{CertFile: t.Cert, KeyFile: t.Key, CA: authorities, ServerName: t.ServerName}.TLS()
	if err != nil {
		return nil, err
	}
	if t.CA == "" {
		c.RootCAs = o.RootCAs
	}
	return c, nil
}

// Identities are the public keys by which the tokens of all upstreams can be checked: a JWK set.
func (s *Set) Identities() []byte {
	var all struct {
		Keys []json.RawMessage `json:"keys"`
	}
	for _, u := range s.sources {
		if u.signer == nil {
			continue
		}
		var one struct {
			Keys []json.RawMessage `json:"keys"`
		}
		_ = json.Unmarshal(u.signer.JWKS(), &one) // it is ours
		for _, k := range one.Keys {
			if !slices.ContainsFunc(all.Keys, func(have json.RawMessage) bool { return string(have) == string(k) }) {
				all.Keys = append(all.Keys, k)
			}
		}
	}
	if all.Keys == nil {
		return nil
	}
	text, err := json.Marshal(all)
	if err != nil { // it was JSON before
		return nil
	}
	return text
}
