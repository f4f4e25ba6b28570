package auth

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
)

// keySet are the keys of one issuer. It is immutable.
type keySet struct{ keys []verifyKey }

// verifyKey is a key and the algorithms that it may be used with.
type verifyKey struct {
	kid  string
	alg  string // the only one, or ""
	raw  any    // *rsa.PublicKey, *ecdsa.PublicKey, ed25519.PublicKey, []byte
	fits func(alg string) bool
}

// Sizes of RSA keys, in bits: smaller ones are broken, larger ones cost too much (RELIABILITY A4).
const (
	minRSA = 2048
	maxRSA = 8192
)

// maxKeys is how many keys of a set are looked at.
const maxKeys = 100

// readKeys reads a JWK set (RFC 7517), or keys in PEM. Keys that are for something else, or of a kind that is not known, are
// left out; a set in which nothing is left is an error.
func readKeys(text []byte) (*keySet, error) {
	pem := strings.Contains(string(text), "-----BEGIN ")
	set, err := jwk.Parse(text, jwk.WithPEM(pem), jwk.WithIgnoreParseError(!pem))
	if err != nil {
		return nil, errors.New("it is neither a JWK set nor PEM")
	}
	out := &keySet{}
	var skipped []string
	for i := range min(set.Len(), maxKeys) {
		key, _ := set.Key(i)
		v, err := readKey(key)
		if err != nil {
			skipped = append(skipped, err.Error())
			continue
		}
		out.keys = append(out.keys, *v)
	}
	if len(out.keys) == 0 {
		return nil, fmt.Errorf("it has no key that signatures can be checked with: %s", strings.Join(append(skipped, "it has no keys")[:max(1, len(skipped))], "; "))
	}
	return out, nil
}

func readKey(key jwk.Key) (*verifyKey, error) {
	v := &verifyKey{}
	v.kid, _ = key.KeyID()
	if use, ok := key.KeyUsage(); ok && use != "sig" {
		return nil, errors.New("a key is not for signatures")
	}
	if alg, ok := key.Algorithm(); ok {
		v.alg = alg.String()
	}
	public, err := key.PublicKey()
	if err != nil {
		return nil, errors.New("a key cannot be read")
	}
	if err := jwk.Export(public, &v.raw); err != nil {
		return nil, errors.New("a key cannot be read")
	}
	switch raw := v.raw.(type) {
	case *rsa.PublicKey:
		if bits := raw.N.BitLen(); bits < minRSA || bits > maxRSA {
			return nil, fmt.Errorf("an RSA key has %d bits", bits)
		}
		v.fits = func(alg string) bool { return strings.HasPrefix(alg, "RS") || strings.HasPrefix(alg, "PS") }
	case *ecdsa.PublicKey:
		want := map[string]string{"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}[raw.Curve.Params().Name]
		v.fits = func(alg string) bool { return alg == want }
	case ed25519.PublicKey:
		v.fits = func(alg string) bool { return alg == "EdDSA" }
	default: // symmetric keys are secrets, and stand in gateway.yaml as such
		return nil, errors.New("a key is of a kind that is not taken")
	}
	return v, nil
}

// secretKeys are the keys of an issuer that shares a secret with us.
func secretKeys(secret []byte) *keySet {
	return &keySet{keys: []verifyKey{{raw: secret, fits: func(alg string) bool { return strings.HasPrefix(alg, "HS") }}}}
}

// verify checks the signature of a token. The key has to be of a kind that fits the algorithm: a public key is never a secret
// (RFC 8725, 2.1). errKey says that no key of the set has the token's name.
func (s *keySet) verify(t *token) error {
	alg, ok := jwa.LookupSignatureAlgorithm(t.alg)
	if !ok {
		return errAlgorithm
	}
	named := slices.ContainsFunc(s.keys, func(k verifyKey) bool { return k.kid != "" })
	tried := 0
	for i := range s.keys {
		k := &s.keys[i]
		if (t.kid != "" && k.kid != "" && k.kid != t.kid) || !k.fits(t.alg) || (k.alg != "" && k.alg != t.alg) {
			continue
		}
		if t.kid != "" && k.kid == "" && named {
			continue
		}
		if tried++; tried > 4 { // a token without a name must not cost a check with every key
			break
		}
		if _, err := jws.VerifyCompactFast(k.raw, []byte(t.text), alg); err == nil {
			return nil
		}
	}
	if tried == 0 {
		return errKey
	}
	return errSignature
}

// KnownAlgorithms are the algorithms that a method may allow.
func KnownAlgorithms() []string {
	return []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "HS256", "HS384", "HS512"}
}

// CheckKeys says what is wrong with a text of keys; nil if nothing is.
func CheckKeys(text []byte) error {
	_, err := readKeys(text)
	return err
}
