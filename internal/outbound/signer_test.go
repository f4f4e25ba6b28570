package outbound

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
)

// testKeys are keys of every kind that signs, by the algorithm, made once.
var testKeys = sync.OnceValue(func() map[string]crypto.Signer {
	out := map[string]crypto.Signer{}
	for name, generate := range map[string]func() (crypto.Signer, error){
		"RS256": func() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 2048) },
		"ES256": func() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) },
		"ES384": func() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P384(), rand.Reader) },
		"EdDSA": func() (crypto.Signer, error) { _, key, err := ed25519.GenerateKey(rand.Reader); return key, err },
	} {
		key, err := generate()
		if err != nil {
			panic(err)
		}
		out[name] = key
	}
	return out
})

// opaque is a key that only signs, as one in hardware does, and counts how often.
type opaque struct {
	key   crypto.Signer
	count atomic.Int32
}

func (o *opaque) Public() crypto.PublicKey { return o.key.Public() }

func (o *opaque) Sign(r io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	o.count.Add(1)
	return o.key.Sign(r, digest, opts)
}

func pkcs8(t testing.TB, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// clock is a time that a test sets.
type clock struct{ ns atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.ns.Store(time.Date(2030, 1, 2, 3, 4, 5, 678, time.UTC).UnixNano())
	return c
}

func (c *clock) now() time.Time      { return time.Unix(0, c.ns.Load()) }
func (c *clock) add(d time.Duration) { c.ns.Add(int64(d)) }

func signerOptions(c *clock) SignerOptions {
	return SignerOptions{Issuer: "https://gateway", Audience: "orders", Key: testKeys()["ES256"], Now: c.now}
}

func newSigner(t testing.TB, o SignerOptions) *Signer {
	t.Helper()
	s, err := NewSigner(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sign(t testing.TB, s *Signer, subject string, claims map[string]json.RawMessage) string {
	t.Helper()
	text, err := s.Header(subject, claims)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// verify does what an upstream does, and returns the members of the payload.
func verify(t *testing.T, s *Signer, text string, at *clock) map[string]json.RawMessage {
	t.Helper()
	set, err := jwk.Parse(s.JWKS())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := jws.Verify([]byte(text), jws.WithKeySet(set))
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	var out map[string]json.RawMessage
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	var from, to int64
	if err := errors.Join(json.Unmarshal(out["iat"], &from), json.Unmarshal(out["exp"], &to)); err != nil {
		t.Fatal(err)
	}
	if now := at.now().Unix(); now < from || now >= to {
		t.Errorf("it is good from %d to %d, but not now: %d", from, to, now)
	}
	return out
}

func TestTokensOfEveryKeyAreVerified(t *testing.T) {
	t.Parallel()
	for algorithm, key := range testKeys() {
		for kind, set := range map[string]func(*SignerOptions){
			"key":    func(o *SignerOptions) { o.Key = key },
			"opaque": func(o *SignerOptions) { o.Key = &opaque{key: key} },
			"PEM":    func(o *SignerOptions) { o.Key, o.PEM = nil, pkcs8(t, key) },
			"named":  func(o *SignerOptions) { o.Key, o.KeyID = key, `2030 "new"` },
		} {
			t.Run(algorithm+" "+kind, func(t *testing.T) {
				t.Parallel()
				c := newClock()
				o := signerOptions(c)
				set(&o)
				s := newSigner(t, o)
				text := sign(t, s, "7", nil)
				got := verify(t, s, text, c)
				message, err := jws.Parse([]byte(text))
				if err != nil {
					t.Fatal(err)
				}
				head := message.Signatures()[0].ProtectedHeaders()
				alg, _ := head.Algorithm()
				typ, _ := head.Type()
				kid, _ := head.KeyID()
				if alg.String() != algorithm || typ != "JWT" || kid == "" || (o.KeyID != "" && kid != o.KeyID) {
					t.Errorf("alg %s, typ %s, kid %s", alg, typ, kid)
				}
				iat := c.now().Unix()
				for name, want := range map[string]string{
					"iss": `"https://gateway"`, "aud": `"orders"`, "sub": `"7"`, "iat": fmt.Sprint(iat), "exp": fmt.Sprint(iat + 60),
				} {
					if string(got[name]) != want {
						t.Errorf("%s: %s, want %s", name, got[name], want)
					}
				}
				if jti, err := base64.RawURLEncoding.DecodeString(strings.Trim(string(got["jti"]), `"`)); err != nil || len(jti) != 16 {
					t.Errorf("jti: %s", got["jti"])
				}
				if len(got) != 6 {
					t.Errorf("members %v", slices.Sorted(maps.Keys(got)))
				}
			})
		}
	}
}

func TestJWKSIsPublic(t *testing.T) {
	t.Parallel()
	for algorithm, key := range testKeys() {
		o := signerOptions(newClock())
		o.Key = key
		s := newSigner(t, o)
		var set struct{ Keys []map[string]string }
		if err := json.Unmarshal(s.JWKS(), &set); err != nil || len(set.Keys) != 1 {
			t.Fatalf("%v: %s", err, s.JWKS())
		}
		k := set.Keys[0]
		if k["alg"] != algorithm || k["use"] != "sig" || len(k["kid"]) != 43 {
			t.Errorf("%s: %v", algorithm, k)
		}
		for _, private := range []string{"d", "p", "q", "dp", "dq", "qi", "k"} {
			if _, has := k[private]; has {
				t.Errorf("%s tells its private member %q", algorithm, private)
			}
		}
		s.JWKS()[0] = 'x'
		if s.JWKS()[0] != '{' {
			t.Error("the bytes are not the caller's")
		}
	}
}

func TestClaimsAreCopied(t *testing.T) {
	t.Parallel()
	c := newClock()
	o := signerOptions(c)
	o.Claims = []string{"org", "roles", "n", "none", `od"d`}
	s := newSigner(t, o)
	got := verify(t, s, sign(t, s, "7", map[string]json.RawMessage{
		"org": []byte(`{"id":1.0}`), "roles": []byte(`["a"]`), "n": []byte("12345678901234567890.10"), `od"d`: []byte("null"),
		"secret": []byte(`"x"`), "iss": []byte(`"evil"`), "aud": []byte(`"evil"`), "sub": []byte(`"evil"`), "exp": []byte("1"), "jti": []byte(`"evil"`),
	}), c)
	for name, want := range map[string]string{
		"org": `{"id":1.0}`, "roles": `["a"]`, "n": "12345678901234567890.10", `od"d`: "null", "iss": `"https://gateway"`, "sub": `"7"`, "aud": `"orders"`,
	} {
		if string(got[name]) != want {
			t.Errorf("%s: %s, want %s", name, got[name], want)
		}
	}
	if len(got) != 10 {
		t.Errorf("members %v", slices.Sorted(maps.Keys(got)))
	}
}

func TestACallerWhomNobodyIdentified(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := newSigner(t, signerOptions(c))
	if got := verify(t, s, sign(t, s, "", nil), c); got["sub"] != nil {
		t.Errorf("sub: %s", got["sub"])
	}
}

func TestIdentitiesThatAreNotSigned(t *testing.T) {
	t.Parallel()
	o := signerOptions(newClock())
	o.Claims = []string{"org"}
	s := newSigner(t, o)
	for name, c := range map[string]struct{ subject, claim, err string }{
		"another object":     {"7", `1},{"sub":"8"`, `its claim "org" is no JSON`},
		"another member":     {"7", `1,"sub":"8"`, `its claim "org" is no JSON`},
		"broken":             {"7", `"`, `its claim "org" is no JSON`},
		"claim is no UTF-8":  {"7", "\"\xff\"", `its claim "org" is no JSON`},
		"subject is no UTF8": {"a\xff", "1", "its subject is no UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := s.Header(c.subject, map[string]json.RawMessage{"org": []byte(c.claim)})
			if text != "" || err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("Header() = %q, %v; want %s", text, err, c.err)
			}
		})
	}
}

func TestSignersThatAreNone(t *testing.T) {
	t.Parallel()
	small, err := rsa.GenerateKey(rand.Reader, 1024) // it must be refused
	if err != nil {
		t.Fatal(err)
	}
	p521, err := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	agrees, err := p521.ECDH()
	if err != nil {
		t.Fatal(err)
	}
	pkcs1 := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(small)})
	text := func(pem []byte) func(*SignerOptions) { return func(o *SignerOptions) { o.Key, o.PEM = nil, pem } }
	for name, c := range map[string]struct {
		change func(*SignerOptions)
		err    string
	}{
		"no issuer":   {func(o *SignerOptions) { o.Issuer = "" }, "needs an issuer"},
		"no audience": {func(o *SignerOptions) { o.Audience = "" }, "needs an issuer and an audience"},
		"no key":      {func(o *SignerOptions) { o.Key = nil }, "needs one key"},
		"two keys":    {func(o *SignerOptions) { o.PEM = pkcs8(t, o.Key) }, "needs one key"},
		"too short":   {func(o *SignerOptions) { o.Life = 9 * time.Second }, "not 9s"},
		"too long":    {func(o *SignerOptions) { o.Life = 11 * time.Minute }, "not 11m0s"},
		"fraction":    {func(o *SignerOptions) { o.Life = 10*time.Second + 1 }, "whole seconds"},
		"reserved":    {func(o *SignerOptions) { o.Claims = []string{"org", "exp"} }, `"exp" is the gateway's own`},
		"nameless":    {func(o *SignerOptions) { o.Claims = []string{""} }, "no name"},
		"twice":       {func(o *SignerOptions) { o.Claims = []string{"a", "b", "a"} }, `"a" is copied twice`},
		"small RSA":   {text(pkcs8(t, small)), "2048 to 8192 bits, not 1024"},
		"P-521":       {text(pkcs8(t, p521)), "P-256 or P-384"},
		"ECDH":        {text(pkcs8(t, agrees)), "P-256 or P-384"},
		"PKCS#1":      {text(pkcs1), "not in PKCS#8"},
		"no PEM":      {text([]byte("s3cr3t")), "is no PEM"},
		"broken PEM":  {text(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("s3cr3t")})), "cannot be read"},
		"cannot sign": {func(o *SignerOptions) { o.Key = broken{o.Key} }, "cannot be signed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := signerOptions(newClock())
			c.change(&o)
			s, err := NewSigner(o)
			if s != nil || err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("NewSigner() = %v, %v; want %s", s, err, c.err)
			}
			if err != nil {
				hidden(t, strings.ReplaceAll(err.Error(), "s3cr3t", secret))
			}
		})
	}
}

// broken is a key in hardware that was pulled out.
type broken struct{ crypto.Signer }

func (broken) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, io.ErrClosedPipe
}
