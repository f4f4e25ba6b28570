package config

import (
	"crypto/x509"
	"net"
	"net/url"
	"time"

	"manifold/internal/outbound"
	"manifold/schema"
)

// SourceAuth says how the gateway makes itself known to a source.
type SourceAuth struct {
	OAuth2   ClientToken    `key:"oauth2" about:"A token that the gateway gets by its own credentials (client credentials, RFC 6749 section 4.4), as Authorization: Bearer. It is fetched once for all, and again before it ends."`
	Identity SignedIdentity `key:"identity" about:"A short-lived JWT, signed by the gateway, that says who asks. Its public keys are at /.well-known/jwks.json."`
	TLS      ClientTLS      `key:"tls" about:"Mutual TLS, and whose certificates are believed. Files are named from the folder of this one, and read again when they change."`
}

// ClientToken is oauth2 of a source.
type ClientToken struct {
	TokenURL     string      `key:"tokenURL" example:"https://id.example.com/oauth2/token" about:"Where tokens are fetched." need:"yes"`
	ClientID     string      `key:"clientID" example:"gateway" about:"Who the gateway is there." need:"yes"`
	ClientSecret Secret      `key:"clientSecret" example:"${file:/run/secrets/users-client}" about:"Its secret. It is never shown." need:"yes"`
	Scopes       []Text      `key:"scopes" example:"['users:read']" about:"What is asked for."`
	Audience     string      `key:"audience" example:"users" about:"Whom the token is for, where the server wants to know."`
	InBody       bool        `key:"inBody" default:"false" example:"true" about:"true sends id and secret in the body, for servers that do not read them from the header."`
	At           schema.Spot // of the mapping
}

// SignedIdentity is identity of a source.
type SignedIdentity struct {
	Issuer   string      `key:"issuer" example:"https://gateway.internal" about:"The claim iss." need:"yes"`
	Audience string      `key:"audience" example:"users" about:"The claim aud: the source alone." need:"yes"`
	Key      Secret      `key:"key" example:"${file:/run/secrets/gateway.pem}" about:"The private key, in PEM (PKCS#8): Ed25519, ECDSA P-256 or P-384, RSA of 2048 bits or more." need:"yes"`
	KeyID    string      `key:"keyID" example:"2026-11" about:"The kid; default is the thumbprint of the key."`
	Life     Duration    `key:"life" default:"60s" min:"10s" max:"10m" example:"30s" about:"How long a token is good. It is used again for the same identity for half of that."`
	Claims   []Text      `key:"claims" example:"[tenant, roles]" about:"Claims of the client's own token that are copied."`
	Header   string      `key:"header" default:"Authorization" example:"X-Identity" about:"The header that carries it: as Authorization with Bearer before it."`
	At       schema.Spot // of the mapping
}

// ClientTLS is tls of a source.
type ClientTLS struct {
	Cert       string      `key:"cert" example:"/etc/manifold/users.crt" about:"The gateway's certificate, in PEM, with those between it and the root."`
	Key        string      `key:"key" example:"/etc/manifold/users.key" about:"Its private key, in PEM."`
	CA         Text        `key:"ca" example:"/etc/manifold/internal-ca.crt" about:"Who may sign the source's certificate; default is whom the system believes."`
	ServerName string      `key:"serverName" example:"users.internal" about:"Whose certificate it has to be; default is the host of the source's URL."`
	At         schema.Spot // of the mapping

	authorities string // the text of CA
}

// model returns what schema reads.
func (a *SourceAuth) model() schema.Outbound {
	out := schema.Outbound{TLS: schema.ClientTLS{Cert: a.TLS.Cert, Key: a.TLS.Key, CA: a.TLS.authorities, ServerName: a.TLS.ServerName}}
	if t := &a.OAuth2; t.TokenURL != "" {
		out.Token = &schema.ClientToken{
			URL: t.TokenURL, ID: t.ClientID, Secret: t.ClientSecret.Reveal(), Scopes: texts(t.Scopes), Audience: t.Audience, InBody: t.InBody,
		}
	}
	if i := &a.Identity; i.Issuer != "" {
		out.Identity = &schema.SignedIdentity{
			Issuer: i.Issuer, Audience: i.Audience, Key: i.Key.Reveal(), KeyID: i.KeyID, Life: time.Duration(i.Life), Claims: texts(i.Claims), Header: i.Header,
		}
	}
	return out
}

// checkOutbound checks what single values cannot tell.
func (r *reader) checkOutbound(a *SourceAuth, at string) {
	if t := &a.OAuth2; t.TokenURL != "" {
		u, err := url.Parse(t.TokenURL)
		switch {
		case err != nil || u.Host == "" || u.User != nil:
			r.problem(t.At, at+".oauth2.tokenURL", "it is not a URL that tokens can be fetched from", "for example https://id.example.com/oauth2/token")
		case u.Scheme != "https" && !loopback(u.Hostname()):
			r.problem(t.At, at+".oauth2.tokenURL", "the secret has to go over https", "for example https://id.example.com/oauth2/token")
		}
	}
	if i := &a.Identity; i.Issuer != "" && i.Key.Reveal() != "" {
		_, err := outbound.NewSigner(outbound.SignerOptions{
			Issuer: i.Issuer, Audience: i.Audience, PEM: []byte(i.Key.Reveal()), KeyID: i.KeyID, Life: time.Duration(i.Life), Claims: texts(i.Claims),
		})
		if err != nil {
			r.problem(i.At, at+".identity", "nothing can be signed: "+err.Error(), "openssl genpkey -algorithm ed25519 makes a key")
		}
		if !headerName(i.Header) {
			r.problem(i.At, at+".identity.header", "it is not the name of a header", "for example X-Identity")
		}
		if a.OAuth2.TokenURL != "" && i.Header == "Authorization" {
			r.problem(i.At, at+".identity", "oauth2 and identity both want the header Authorization", "give identity another one: header: X-Identity")
		}
	}
	if (a.TLS.Cert == "") != (a.TLS.Key == "") {
		r.problem(a.TLS.At, at+".tls", "cert and key go together", "write both")
	}
	a.TLS.Cert, a.TLS.Key = r.world.near(a.TLS.Cert), r.world.near(a.TLS.Key)
	if ca := a.TLS.CA; ca.Value != "" && r.world.ReadFile != nil {
		text, err := r.world.ReadFile(ca.Value)
		r.files = append(r.files, File{ca.Value, text})
		switch {
		case err != nil:
			r.problem(ca.At, at+".tls.ca", "the file "+ca.Value+" cannot be read", "the path is taken from the folder of this file; the gateway must be allowed to read it")
		case !x509.NewCertPool().AppendCertsFromPEM(text):
			r.problem(ca.At, at+".tls.ca", "the file "+ca.Value+" holds no certificate in PEM", "it begins with -----BEGIN CERTIFICATE-----")
		}
		a.TLS.authorities = string(text)
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
