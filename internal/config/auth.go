package config

import (
	"encoding/hex"
	"fmt"
	"net"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"manifold/internal/auth"
	"manifold/schema"
)

// Auth says how requests are known.
type Auth struct {
	JWT     []JWT   `key:"jwt" about:"Issuers whose tokens are believed."`
	APIKeys APIKeys `key:"apiKeys" about:"Keys of programs. Only their hashes are kept."`
}

// JWT is an issuer of tokens.
type JWT struct {
	Name       string      `key:"name" default:"jwt" example:"partners" about:"What @bff(auth:) calls it."`
	Issuer     string      `key:"issuer" example:"https://id.example.com" about:"The claim iss, letter by letter." need:"yes"`
	Audience   []Text      `key:"audience" example:"[shop]" about:"One of these has to be in the claim aud. Without it any will do, also tokens that were made for others."`
	Algorithms []Text      `key:"algorithms" example:"[RS256, ES256]" about:"Ways of signing that are taken: RS, PS, ES with 256 to 512, EdDSA; HS256 to HS512 with a secret." need:"yes"`
	JWKS       Text        `key:"jwks" example:"https://id.example.com/.well-known/jwks.json" about:"Where its keys are. They are fetched in the background."`
	Keys       Text        `key:"keys" example:"${file:keys.json}" about:"Its keys, as a JWK set or in PEM."`
	Secret     Secret      `key:"secret" example:"${file:/run/secrets/jwt}" about:"A secret that it shares with the gateway, of 32 bytes or more, for HS256 to HS512."`
	Scopes     string      `key:"scopes" example:"permissions" about:"The claim that has the scopes; default scope, else scp."`
	Cookie     string      `key:"cookie" example:"session" about:"The cookie that carries the token; default is the header Authorization."`
	Leeway     Duration    `key:"leeway" default:"30s" min:"0s" max:"10m" example:"5s" about:"How far clocks may differ."`
	Refresh    Duration    `key:"refresh" default:"15m" min:"1m" max:"24h" example:"5m" about:"Between two looks at jwks. A key that the issuer takes back is good no longer than this and a minute."`
	At         schema.Spot // of the item
}

// APIKeys are the keys of programs.
type APIKeys struct {
	Name   string      `key:"name" default:"apiKey" example:"partnerKey" about:"What @bff(auth:) calls them."`
	Header string      `key:"header" default:"X-API-Key" example:"X-Partner-Key" about:"The header that carries a key."`
	File   Text        `key:"file" example:"keys.yaml" about:"A file with more keys, under keys: too."`
	Keys   []APIKey    `key:"keys" about:"The keys. manifold keys new makes one."`
	At     schema.Spot // of the mapping
}

// APIKey is one key.
type APIKey struct {
	SHA256  string      `key:"sha256" example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" about:"The SHA-256 of the key." need:"yes"`
	Owner   string      `key:"owner" example:"warehouse" about:"Whose it is: $claims.sub and $client.id." need:"yes"`
	Plan    string      `key:"plan" example:"gold" about:"What the owner pays for: $client.plan."`
	Scopes  []Text      `key:"scopes" example:"['orders:read']" about:"What the key is granted."`
	Expires string      `key:"expires" example:"2027-06-30" about:"The first day, or instant, on which it is not good any more."`
	At      schema.Spot // of the item
}

// keysFile is a file of API keys.
type keysFile struct {
	Keys []APIKey `key:"keys"`
}

// checkAuth checks what single values cannot tell, and reads the file of keys.
func (r *reader) checkAuth(a *Auth) {
	if a.APIKeys.File.Value != "" {
		a.APIKeys.Keys = append(a.APIKeys.Keys, r.keysOf(a.APIKeys.File)...)
	}
	names := map[string]bool{}
	name := func(s string, at schema.Spot) {
		if names[s] {
			r.problem(at, "auth", "two methods are called "+s, "give each a name of its own")
		}
		names[s] = true
	}
	for i := range a.JWT {
		name(a.JWT[i].Name, a.JWT[i].At)
		r.checkJWT(&a.JWT[i])
	}
	if a.APIKeys.At.Line > 0 {
		name(a.APIKeys.Name, a.APIKeys.At)
		if !headerName(a.APIKeys.Header) {
			r.problem(a.APIKeys.At, "auth.apiKeys.header", fmt.Sprintf("%q is not the name of a header", a.APIKeys.Header), "for example X-API-Key")
		}
	}
	owners := map[string]bool{}
	for i := range a.APIKeys.Keys {
		k := &a.APIKeys.Keys[i]
		if sum, err := hex.DecodeString(k.SHA256); err != nil || len(sum) != 32 {
			r.problem(k.At, "auth.apiKeys.keys", "sha256 has to be 64 hexadecimal digits", "manifold keys new --owner NAME prints a key and this line")
		}
		if owners[k.SHA256] {
			r.problem(k.At, "auth.apiKeys.keys", "the key is there twice", "keep one of them")
		}
		owners[k.SHA256] = true
		if _, err := expiry(k.Expires); err != nil {
			r.problem(k.At, "auth.apiKeys.keys", fmt.Sprintf("%q is not a day", k.Expires), "for example 2027-06-30")
		}
	}
}

func (r *reader) checkJWT(j *JWT) {
	at, where := j.At, "auth.jwt"
	given := 0
	for _, has := range []bool{j.JWKS.Value != "", j.Keys.Value != "", j.Secret.Reveal() != ""} {
		if has {
			given++
		}
	}
	if given != 1 {
		r.problem(at, where, "the keys of "+j.Name+" come from one place: jwks, keys or secret", "write one of them")
	}
	for _, alg := range j.Algorithms {
		symmetric := strings.HasPrefix(alg.Value, "HS")
		switch {
		case !slices.Contains(auth.KnownAlgorithms(), alg.Value):
			r.problem(alg.At, where+".algorithms", fmt.Sprintf("%q is not a way of signing that is taken", alg.Value), didYouMean(alg.Value, auth.KnownAlgorithms()))
		case symmetric != (j.Secret.Reveal() != "") && given == 1:
			r.problem(alg.At, where+".algorithms", alg.Value+" does not go with these keys", "HS256 to HS512 want a secret, and a secret wants them")
		}
	}
	if s := j.Secret.Reveal(); s != "" && len(s) < 32 {
		r.problem(at, where+".secret", "the secret is shorter than 32 bytes", "a short one can be guessed from a single token")
	}
	if j.JWKS.Value != "" {
		if wrong := badJWKS(j.JWKS.Value); wrong != "" {
			r.problem(j.JWKS.At, where+".jwks", "jwks cannot be used: "+wrong, "for example https://id.example.com/.well-known/jwks.json")
		}
	}
	if j.Keys.Value != "" {
		if err := auth.CheckKeys([]byte(j.Keys.Value)); err != nil {
			r.problem(j.Keys.At, where+".keys", "the keys cannot be read: "+err.Error(), "write ${file:keys.json}, a JWK set, or a file in PEM")
		}
	}
	if j.Cookie != "" && !headerName(j.Cookie) {
		r.problem(at, where+".cookie", fmt.Sprintf("%q is not the name of a cookie", j.Cookie), "")
	}
}

// badJWKS says why keys may not be fetched from a URL, "" if they may. What decides who somebody is has to come over TLS, but from
// this machine.
func badJWKS(s string) string {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "":
		return "it is not a URL"
	case u.User != nil:
		return "it holds a user name or password"
	case u.Scheme == "https":
		return ""
	case u.Scheme != "http":
		return "it must begin with https://"
	}
	if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
		return ""
	}
	return "keys have to come over https"
}

func headerName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

func expiry(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t, err = time.Parse(time.RFC3339, s)
	}
	return t, err
}

// keysOf reads a file of API keys.
func (r *reader) keysOf(file Text) []APIKey {
	if r.world.ReadFile == nil {
		return nil
	}
	text, err := r.world.ReadFile(file.Value)
	r.files = append(r.files, File{file.Value, text})
	if err != nil {
		r.problem(file.At, "auth.apiKeys.file", "the file "+file.Value+" cannot be read", "the path is taken from the folder of this file; the gateway must be allowed to read it")
		return nil
	}
	var out keysFile
	inner := &reader{name: file.Value, lines: strings.Split(string(text), "\n"), world: r.world}
	if body := inner.parse(string(text)); body != nil {
		inner.value(body, reflect.ValueOf(&out).Elem(), key{})
	}
	r.files = append(r.files, inner.files...)
	r.problems = append(r.problems, inner.problems...)
	return out.Keys
}

// Authentication is what the gateway needs to know who requests come from.
func (c *Config) Authentication() auth.Config {
	var out auth.Config
	for i := range c.Auth.JWT {
		j := &c.Auth.JWT[i]
		m := auth.JWT{
			Name: j.Name, Issuer: j.Issuer, Audience: values(j.Audience), Algorithms: values(j.Algorithms), JWKS: j.JWKS.Value,
			Scopes: j.Scopes, Cookie: j.Cookie, Leeway: time.Duration(j.Leeway), Refresh: time.Duration(j.Refresh),
		}
		if j.Keys.Value != "" {
			m.Keys = []byte(j.Keys.Value)
		}
		if s := j.Secret.Reveal(); s != "" {
			m.Secret = []byte(s)
		}
		out.JWT = append(out.JWT, m)
	}
	if c.Auth.APIKeys.At.Line == 0 {
		return out
	}
	out.APIKeys = &auth.APIKeys{Name: c.Auth.APIKeys.Name, Header: c.Auth.APIKeys.Header}
	for i := range c.Auth.APIKeys.Keys {
		k := &c.Auth.APIKeys.Keys[i]
		ends, _ := expiry(k.Expires)
		out.APIKeys.Keys = append(out.APIKeys.Keys, auth.APIKey{
			SHA256: strings.ToLower(k.SHA256), Owner: k.Owner, Plan: k.Plan, Scopes: values(k.Scopes), Expires: ends,
		})
	}
	return out
}

func values(list []Text) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = list[i].Value
	}
	return out
}
