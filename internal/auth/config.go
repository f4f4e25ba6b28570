package auth

import "time"

// Config is what gateway.yaml says of authentication. It is plain data: Open makes an Authenticator of it.
type Config struct {
	JWT     []JWT
	APIKeys *APIKeys // nil: there are none
}

// Empty reports whether nobody can be known.
func (c *Config) Empty() bool { return len(c.JWT) == 0 && c.APIKeys == nil }

// JWT is one issuer of tokens (RFC 7519), and how its tokens are checked.
type JWT struct {
	Name       string
	Issuer     string
	Audience   []string // one of which a token is for; empty: any
	Algorithms []string // of RFC 7518 and RFC 8037: RS256, ES256, EdDSA, ...
	JWKS       string   // URL of its keys, or ""
	Keys       []byte   // its keys, as a JWK set or as PEM, or nil
	Secret     []byte   // of HS256 to HS512, or nil
	Scopes     string   // the claim that has the scopes; "": scope, else scp
	Cookie     string   // the cookie that carries tokens; "": the header Authorization
	Leeway     time.Duration
	Refresh    time.Duration // between two looks at JWKS
}

// APIKeys are keys that programs send in a header.
type APIKeys struct {
	Name   string
	Header string
	Keys   []APIKey
}

// APIKey is one key: not itself, but its hash.
type APIKey struct {
	SHA256  string // of the key's text, in hexadecimal digits
	Owner   string
	Plan    string
	Scopes  []string
	Expires time.Time // zero: never
}

// Method is a way of authentication, as clients have to know it.
type Method struct {
	Name   string
	Bearer bool   // a token in the header Authorization
	Header string // else a key in this header
	Cookie string // else a token in this cookie
}

// Methods lists the methods.
func (c *Config) Methods() (out []Method) {
	for i := range c.JWT {
		j := &c.JWT[i]
		out = append(out, Method{Name: j.Name, Bearer: j.Cookie == "", Cookie: j.Cookie})
	}
	if c.APIKeys != nil {
		out = append(out, Method{Name: c.APIKeys.Name, Header: c.APIKeys.Header})
	}
	return out
}
