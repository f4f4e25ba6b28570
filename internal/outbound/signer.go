package outbound

import (
	"bytes"
	"cmp"
	"crypto"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jws"
)

// SignerOptions say what a Signer states, and with which key. Its String, GoString, LogValue and JSON do not show the key.
type SignerOptions struct {
	Issuer   string // "iss": who the gateway is
	Audience string // "aud": the one upstream that the tokens are for
	// One of Key and PEM. PEM is PKCS#8. RSA of at least 2048 bits signs with RS256, ECDSA P-256 and P-384 with ES256 and ES384,
	// Ed25519 with EdDSA.
	Key    crypto.Signer    `json:"-"`
	PEM    []byte           `json:"-"`
	KeyID  string           // "kid"; "": the thumbprint of the key (RFC 7638)
	Life   time.Duration    // 10 s to 10 min, whole seconds; 0: 60 s
	Claims []string         // the caller's claims that are copied, each with its own name
	Now    func() time.Time `json:"-"` // nil: time.Now
}

// Lives of tokens. They cannot be taken back, so they are short; clocks differ, so they are not shorter than that.
const (
	defaultSigned  = 60 * time.Second
	shortestSigned = 10 * time.Second
	longestSigned  = 10 * time.Minute
)

// Signer states to one upstream who the caller is: a JWT (RFC 7519) that the gateway signs, so that the upstream need not trust
// every peer that can reach it. A token is reused for the same identity up to half of its life, so it has at least the other half
// left when it is sent. Its "jti" therefore names a token, not a call. A Signer may be used concurrently.
type Signer struct {
	issuer, audience string
	claims           []string
	life             time.Duration // whole seconds
	now              func() time.Time
	algorithm        jwa.SignatureAlgorithm
	key              crypto.Signer
	keyID            string
	jwks             []byte
	minted           *minted
}

// NewSigner checks the options and signs once, so that a key that cannot sign is found when the text is loaded.
func NewSigner(o SignerOptions) (*Signer, error) {
	life := cmp.Or(o.Life, defaultSigned)
	switch {
	case o.Issuer == "" || o.Audience == "":
		return nil, errors.New("a signed identity needs an issuer and an audience")
	case life < shortestSigned || life > longestSigned || life%time.Second != 0:
		return nil, fmt.Errorf("a signed identity lives for 10s to 10m, in whole seconds, not %s", life)
	}
	if err := checkClaims(o.Claims); err != nil {
		return nil, err
	}
	key, algorithm, err := signingKey(o.Key, o.PEM)
	if err != nil {
		return nil, err
	}
	s := &Signer{
		issuer: o.Issuer, audience: o.Audience, claims: slices.Clone(o.Claims), life: life, now: o.Now,
		algorithm: algorithm, key: key, minted: newMinted(maxMinted),
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.keyID, s.jwks, err = publicSet(key.Public(), o.KeyID, algorithm); err != nil {
		return nil, err
	}
	if _, err := s.mint("", nil, s.now()); err != nil {
		return nil, err
	}
	return s, nil
}

// checkClaims refuses claims that are ours to state: a caller's token must not choose for whom, by whom or until when ours is good.
func checkClaims(names []string) error {
	for i, name := range names {
		switch {
		case name == "":
			return errors.New("a claim to copy has no name")
		case slices.Contains([]string{"iss", "aud", "sub", "iat", "nbf", "exp", "jti"}, name):
			return fmt.Errorf("the claim %q is the gateway's own, and cannot be copied from the caller", name)
		case slices.Contains(names[:i], name):
			return fmt.Errorf("the claim %q is copied twice", name)
		}
	}
	return nil
}

// Copied returns those claims of a JSON object that tokens may copy; nil if they copy none.
func (s *Signer) Copied(claims []byte) (out map[string]json.RawMessage) {
	if len(s.claims) > 0 {
		_ = json.Unmarshal(claims, &out) // what is no object has none
	}
	return out
}

// Header returns a token for the caller with this subject and these claims, in the compact form of RFC 7515, without a scheme.
// Claims are JSON values; those not named in SignerOptions.Claims are left out, and those that the caller lacks are missing. An
// empty subject is a caller whom nobody identified: the token has no "sub" then. Nothing of claims is kept.
func (s *Signer) Header(subject string, claims map[string]json.RawMessage) (string, error) {
	now := s.now()
	return s.minted.get(s.Identity(subject, claims), now, s.life/2, func() (string, error) { return s.mint(subject, claims, now) })
}

// JWKS returns the public key as a JWK set (RFC 7517), for upstreams to fetch. The bytes are the caller's.
func (s *Signer) JWKS() []byte { return bytes.Clone(s.jwks) }

// mint signs a token. It has no "nbf", and needs none: an upstream whose clock is a little behind would refuse it.
func (s *Signer) mint(subject string, claims map[string]json.RawMessage, now time.Time) (string, error) {
	payload, err := s.payload(subject, claims, now)
	if err != nil {
		return "", err
	}
	head := jws.NewHeaders()
	if err := errors.Join(head.Set(jws.TypeKey, "JWT"), head.Set(jws.KeyIDKey, s.keyID)); err != nil {
		return "", errors.New("an identity cannot be signed: the name of the key is not taken")
	}
	text, err := jws.Sign(payload, jws.WithKey(s.algorithm, s.key, jws.WithProtectedHeaders(head)))
	if err != nil {
		return "", fmt.Errorf("an identity cannot be signed: %w", err)
	}
	return string(text), nil
}

// payload is written by hand: the caller's claims stay the bytes that they are, and package jwt would bring encryption with it.
func (s *Signer) payload(subject string, claims map[string]json.RawMessage, now time.Time) ([]byte, error) {
	if !utf8.ValidString(subject) { // JSON has one text for all that are not, so two callers would be the same
		return nil, errors.New("an identity cannot be signed: its subject is no UTF-8")
	}
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	var out bytes.Buffer
	out.WriteByte('{')
	member(&out, "iss", quote(s.issuer))
	member(&out, "aud", quote(s.audience))
	if subject != "" {
		member(&out, "sub", quote(subject))
	}
	member(&out, "iat", strconv.AppendInt(nil, now.Unix(), 10))
	member(&out, "exp", strconv.AppendInt(nil, now.Unix()+int64(s.life/time.Second), 10))
	member(&out, "jti", quote(base64.RawURLEncoding.EncodeToString(id[:])))
	for _, name := range s.claims {
		value := claims[name]
		if len(value) == 0 {
			continue
		}
		if !json.Valid(value) || !utf8.Valid(value) { // else it could close our object and begin another
			return nil, fmt.Errorf("an identity cannot be signed: its claim %q is no JSON", name)
		}
		member(&out, name, value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

func member(out *bytes.Buffer, name string, value []byte) {
	if out.Len() > 1 {
		out.WriteByte(',')
	}
	out.Write(quote(name))
	out.WriteByte(':')
	out.Write(value)
}

func quote(s string) []byte {
	text, _ := json.Marshal(s) //nolint:errchkjson // of a string it never fails
	return text
}
