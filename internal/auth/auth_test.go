package auth_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"manifold/internal/auth"
	"manifold/internal/fault"
)

// signers are keys of every kind, made once: RSA keys take their time.
type signers struct {
	rsa   *rsa.PrivateKey
	ec    *ecdsa.PrivateKey
	ed    ed25519.PrivateKey
	other ed25519.PrivateKey
}

var keys = sync.OnceValue(func() signers {
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	e, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	_, d, _ := ed25519.GenerateKey(rand.Reader)
	_, o, _ := ed25519.GenerateKey(rand.Reader)
	return signers{r, e, d, o}
})

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// jwks is the set of public keys.
func (s signers) jwks() string {
	x, y := make([]byte, 32), make([]byte, 32)
	s.ec.X.FillBytes(x)
	s.ec.Y.FillBytes(y)
	return fmt.Sprintf(`{"keys":[{"kty":"RSA","kid":"r","alg":"RS256","n":%q,"e":%q},{"kty":"EC","kid":"e","crv":"P-256","x":%q,"y":%q},%s]}`,
		b64(s.rsa.N.Bytes()), b64(big.NewInt(int64(s.rsa.E)).Bytes()), b64(x), b64(y), okp("d", s.ed))
}

func okp(kid string, key ed25519.PrivateKey) string {
	return fmt.Sprintf(`{"kty":"OKP","kid":%q,"crv":"Ed25519","x":%q}`, kid, b64(key.Public().(ed25519.PublicKey)))
}

func (s signers) publicPEM(t *testing.T) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(&s.rsa.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// claims are good ones, changed: nil takes a member away.
func claims(change map[string]any) map[string]any {
	c := map[string]any{"iss": "https://id", "aud": "shop", "sub": "7", "exp": time.Now().Add(time.Hour).Unix(), "scope": "b a"}
	for name, v := range change {
		if v == nil {
			delete(c, name)
			continue
		}
		c[name] = v
	}
	return c
}

// sign makes a token. The signer is one of the keys, or a secret.
func sign(t *testing.T, header string, payload any, signer any) string {
	t.Helper()
	text, ok := payload.(string)
	if !ok {
		body, err := json.Marshal(payload)
		if err != nil {
			t.Fatal(err)
		}
		text = string(body)
	}
	input := b64([]byte(header)) + "." + b64([]byte(text))
	sum := sha256.Sum256([]byte(input))
	var signature []byte
	var err error
	switch key := signer.(type) {
	case *rsa.PrivateKey:
		signature, err = rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	case *ecdsa.PrivateKey:
		r, s, wrong := ecdsa.Sign(rand.Reader, key, sum[:])
		signature, err = make([]byte, 64), wrong
		r.FillBytes(signature[:32])
		s.FillBytes(signature[32:])
	case ed25519.PrivateKey:
		signature = ed25519.Sign(key, []byte(input))
	case []byte:
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(input))
		signature = mac.Sum(nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + b64(signature)
}

const (
	headerR = `{"alg":"RS256","kid":"r"}`
	headerE = `{"alg":"ES256","kid":"e","typ":"at+jwt"}`
	headerD = `{"alg":"EdDSA","kid":"d","typ":"JWT"}`
)

func config() auth.Config {
	return auth.Config{JWT: []auth.JWT{
		{
			Name: "jwt", Issuer: "https://id", Audience: []string{"shop", "web"}, Algorithms: []string{"RS256", "ES256", "EdDSA"},
			Keys: []byte(keys().jwks()), Leeway: 30 * time.Second,
		},
		{Name: "other", Issuer: "https://other", Algorithms: []string{"EdDSA"}, Keys: []byte(`{"keys":[` + okp("o", keys().other) + `]}`)},
		{Name: "cookie", Cookie: "session", Issuer: "https://id", Algorithms: []string{"EdDSA"}, Keys: []byte(keys().jwks())},
	}, APIKeys: &auth.APIKeys{Name: "apiKey", Header: "X-API-Key", Keys: []auth.APIKey{
		{SHA256: auth.HashKey("good"), Owner: "warehouse", Plan: "gold", Scopes: []string{"z", "a"}},
		{SHA256: auth.HashKey("old"), Owner: "warehouse", Expires: time.Now().Add(-time.Hour)},
	}}}
}

func open(t *testing.T, c auth.Config) *auth.Authenticator {
	t.Helper()
	a, err := auth.Open(c, auth.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

// TestTokens is the table of RELIABILITY A1 to A4.
func TestTokens(t *testing.T) {
	t.Parallel()
	a, k := open(t, config()), keys()
	now := time.Now().Unix()
	for name, test := range map[string]struct {
		token string
		good  bool
	}{
		"RS256":                  {sign(t, headerR, claims(nil), k.rsa), true},
		"ES256":                  {sign(t, headerE, claims(nil), k.ec), true},
		"EdDSA":                  {sign(t, headerD, claims(nil), k.ed), true},
		"no kid":                 {sign(t, `{"alg":"EdDSA"}`, claims(nil), k.ed), true},
		"one of the audiences":   {sign(t, headerD, claims(map[string]any{"aud": []string{"x", "web"}}), k.ed), true},
		"clocks differ":          {sign(t, headerD, claims(map[string]any{"exp": now - 10, "nbf": now + 10}), k.ed), true},
		"alg none":               {b64([]byte(`{"alg":"none"}`)) + "." + b64([]byte(`{"iss":"https://id"}`)) + ".", false},
		"alg None signed":        {sign(t, `{"alg":"None","kid":"d"}`, claims(nil), k.ed), false},
		"public key as a secret": {sign(t, `{"alg":"HS256","kid":"r"}`, claims(nil), k.publicPEM(t)), false},
		"alg of another key":     {sign(t, `{"alg":"ES256","kid":"r"}`, claims(nil), k.rsa), false},
		"alg not allowed":        {sign(t, `{"alg":"RS512","kid":"r"}`, claims(nil), k.rsa), false},
		"alg not of the key":     {sign(t, `{"alg":"PS256","kid":"r"}`, claims(nil), k.rsa), false},
		"crit":                   {sign(t, `{"alg":"EdDSA","kid":"d","crit":["b64"],"b64":false}`, claims(nil), k.ed), false},
		"jku":                    {sign(t, `{"alg":"EdDSA","kid":"d","jku":"https://evil/k"}`, claims(nil), k.ed), false},
		"x5u":                    {sign(t, `{"alg":"EdDSA","kid":"d","x5u":"https://evil/k"}`, claims(nil), k.ed), false},
		"jwk":                    {sign(t, `{"alg":"EdDSA","jwk":`+okp("x", k.other)+`}`, claims(nil), k.other), false},
		"JWE":                    {sign(t, `{"alg":"RSA-OAEP","enc":"A128GCM","kid":"r"}`, claims(nil), k.rsa), false},
		"kid is a path":          {sign(t, `{"alg":"EdDSA","kid":"../../x"}`, claims(nil), k.ed), false},
		"kid is long":            {sign(t, `{"alg":"EdDSA","kid":"`+strings.Repeat("x", 300)+`"}`, claims(nil), k.ed), false},
		"kid is a number":        {sign(t, `{"alg":"EdDSA","kid":1}`, claims(nil), k.ed), false},
		"typ of something else":  {sign(t, `{"alg":"EdDSA","kid":"d","typ":"logout+jwt"}`, claims(nil), k.ed), false},
		"another issuer's key":   {sign(t, `{"alg":"EdDSA","kid":"o"}`, claims(nil), k.other), false},
		"no exp":                 {sign(t, headerD, claims(map[string]any{"exp": nil}), k.ed), false},
		"exp past":               {sign(t, headerD, claims(map[string]any{"exp": now - 60}), k.ed), false},
		"exp a text":             {sign(t, headerD, claims(map[string]any{"exp": "4102444800"}), k.ed), false},
		"exp infinite":           {sign(t, headerD, `{"iss":"https://id","aud":"shop","exp":1e999}`, k.ed), false},
		"nbf ahead":              {sign(t, headerD, claims(map[string]any{"nbf": now + 60}), k.ed), false},
		"iat ahead":              {sign(t, headerD, claims(map[string]any{"iat": now + 60}), k.ed), false},
		"iat a text":             {sign(t, headerD, claims(map[string]any{"iat": "now"}), k.ed), false},
		"no aud":                 {sign(t, headerD, claims(map[string]any{"aud": nil}), k.ed), false},
		"aud of others":          {sign(t, headerD, claims(map[string]any{"aud": []string{"shops"}}), k.ed), false},
		"aud a number":           {sign(t, headerD, claims(map[string]any{"aud": 1}), k.ed), false},
		"iss of nobody":          {sign(t, headerD, claims(map[string]any{"iss": "https://id/"}), k.ed), false},
		"iss a beginning":        {sign(t, headerD, claims(map[string]any{"iss": "https://i"}), k.ed), false},
		"no iss":                 {sign(t, headerD, claims(map[string]any{"iss": nil}), k.ed), false},
		"sub a number":           {sign(t, headerD, claims(map[string]any{"sub": 7}), k.ed), false},
		"claims twice":           {sign(t, headerD, `{"iss":"https://id","aud":"shop","exp":4102444800,"sub":"1","sub":"2"}`, k.ed), false},
		"claims no object":       {sign(t, headerD, `[]`, k.ed), false},
		"more after the claims":  {sign(t, headerD, `{"iss":"https://id"} {}`, k.ed), false},
		"long":                   {strings.Repeat("x", 50_000), false},
		"a thousand dots":        {strings.Repeat(".", 1000), false},
		"PBES2":                  {sign(t, `{"alg":"PBES2-HS256+A128KW","p2c":1000000000}`, claims(nil), []byte("x")), false},
		"not base64":             {"a.b.!!!", false},
		"empty parts":            {"..", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header.Set("Authorization", "Bearer "+test.token)
			for range 2 { // the second time it may be known
				who, err := a.Identify(r, nil)
				if test.good && (err != nil || who == nil || who.Subject != "7" || strings.Join(who.Scopes, " ") != "a b") {
					t.Fatalf("%v %+v", err, who)
				}
				if f, ok := errors.AsType[*fault.Error](err); !test.good && (!ok || f.Code != fault.Unauthenticated || f.Message != "The credential is not valid." || who != nil) {
					t.Fatalf("%v %+v", err, who)
				}
			}
		})
	}
}

// TestCredentials is about where a credential stands, and how many there are (RELIABILITY A3, A8).
func TestCredentials(t *testing.T) {
	t.Parallel()
	a, k := open(t, config()), keys()
	good, other := sign(t, headerD, claims(nil), k.ed), sign(t, `{"alg":"EdDSA","kid":"o"}`, claims(map[string]any{"iss": "https://other", "sub": "9"}), k.other)
	for name, test := range map[string]struct {
		method  string
		header  http.Header
		methods []string
		subject string
		code    fault.Code
	}{
		"nobody":                 {},
		"lower case":             {header: http.Header{"Authorization": {"bearer " + good}}, subject: "7"},
		"two headers":            {header: http.Header{"Authorization": {"Bearer " + good, "Bearer " + good}}, code: fault.Unauthenticated},
		"tab":                    {header: http.Header{"Authorization": {"Bearer\t" + good}}, code: fault.Unauthenticated},
		"two spaces":             {header: http.Header{"Authorization": {"Bearer  " + good}}, code: fault.Unauthenticated},
		"no token":               {header: http.Header{"Authorization": {"Bearer "}}, code: fault.Unauthenticated},
		"another scheme":         {header: http.Header{"Authorization": {"Basic abc"}}},
		"of another method":      {header: http.Header{"Authorization": {"Bearer " + other}}, methods: []string{"jwt"}},
		"of this method":         {header: http.Header{"Authorization": {"Bearer " + other}}, methods: []string{"other"}, subject: "9"},
		"cookie":                 {header: http.Header{"Cookie": {"session=" + good}}, subject: "7"},
		"cookie not looked at":   {header: http.Header{"Cookie": {"session=" + good}}, methods: []string{"jwt"}},
		"two cookies":            {header: http.Header{"Cookie": {"session=" + good + "; session=" + good}}, code: fault.Unauthenticated},
		"cookie and header":      {header: http.Header{"Cookie": {"session=" + good}, "Authorization": {"Bearer " + good}}, subject: "7"},
		"cookie and another":     {header: http.Header{"Cookie": {"session=" + good}, "Authorization": {"Bearer " + other}}, code: fault.Unauthenticated},
		"cookie, same site":      {method: http.MethodPost, header: http.Header{"Cookie": {"session=" + good}, "Sec-Fetch-Site": {"same-origin"}}, subject: "7"},
		"cookie, another site":   {method: http.MethodPost, header: http.Header{"Cookie": {"session=" + good}, "Sec-Fetch-Site": {"cross-site"}}, code: fault.CSRFPrevented},
		"cookie, another origin": {method: http.MethodPost, header: http.Header{"Cookie": {"session=" + good}, "Origin": {"https://evil.test"}}, code: fault.CSRFPrevented},
		"header, another site":   {method: http.MethodPost, header: http.Header{"Authorization": {"Bearer " + good}, "Sec-Fetch-Site": {"cross-site"}}, subject: "7"},
		"API key":                {header: http.Header{"X-Api-Key": {"good"}}, subject: "warehouse"},
		"API key in upper case":  {header: http.Header{"X-Api-Key": {"GOOD"}}, code: fault.Unauthenticated},
		"beginning of a key":     {header: http.Header{"X-Api-Key": {"goo"}}, code: fault.Unauthenticated},
		"hash of a key":          {header: http.Header{"X-Api-Key": {auth.HashKey("good")}}, code: fault.Unauthenticated},
		"old key":                {header: http.Header{"X-Api-Key": {"old"}}, code: fault.Unauthenticated},
		"two keys":               {header: http.Header{"X-Api-Key": {"good", "good"}}, code: fault.Unauthenticated},
		"key and token":          {header: http.Header{"X-Api-Key": {"good"}, "Authorization": {"Bearer " + good}}, code: fault.Unauthenticated},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			method := test.method
			if method == "" {
				method = http.MethodGet
			}
			r := httptest.NewRequest(method, "https://shop.test/?access_token="+good, nil)
			maps.Copy(r.Header, test.header)
			who, err := a.Identify(r, test.methods)
			f, _ := errors.AsType[*fault.Error](err)
			code, subject := fault.Code(""), ""
			if f != nil {
				code = f.Code
			}
			if who != nil {
				subject = who.Subject
			}
			if code != test.code || subject != test.subject {
				t.Errorf("%q %q (%v)", code, subject, err)
			}
		})
	}
}

func TestAPIKeySaysWhoseItIs(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("X-Api-Key", "good")
	who, err := open(t, config()).Identify(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	if string(who.Claims) != `{"sub":"warehouse"}` || string(who.Client) != `{"id":"warehouse","plan":"gold"}` || strings.Join(who.Scopes, " ") != "a z" || who.Method != "apiKey" {
		t.Errorf("%+v %s %s", who, who.Claims, who.Client)
	}
}

// server is an issuer whose answer can change.
type server struct {
	answer atomic.Pointer[string]
	status atomic.Int64
	count  atomic.Int64
}

func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	s.count.Add(1)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	w.WriteHeader(int(s.status.Load()))
	_, _ = w.WriteString(*s.answer.Load())
	return w.Result(), nil
}

func (s *server) say(status int, text string) {
	s.answer.Store(&text)
	s.status.Store(int64(status))
}

// remote opens an authenticator whose issuer is s, under the fake clock of a bubble.
func remote(t *testing.T, s *server) *auth.Authenticator {
	t.Helper()
	a, err := auth.Open(auth.Config{JWT: []auth.JWT{{
		Name: "jwt", Issuer: "https://id", Algorithms: []string{"EdDSA"}, JWKS: "https://id/k", Refresh: 15 * time.Minute,
	}}}, auth.Options{Client: &http.Client{Transport: s}, Logger: slog.New(slog.DiscardHandler)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func asks(a *auth.Authenticator, token string) error {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	_, err := a.Identify(r, nil)
	return err
}

// Keys change without a restart and without refused tokens; one that is taken back is good for a stated time (RELIABILITY A5).
func TestKeysRotate(t *testing.T) {
	k := keys()
	synctest.Test(t, func(t *testing.T) {
		s := &server{}
		s.say(200, `{"keys":[`+okp("d", k.ed)+`]}`)
		a := remote(t, s)
		defer a.Close()
		synctest.Wait()
		if !a.Ready() {
			t.Error("it is not ready")
		}
		far := map[string]any{"exp": time.Now().Add(24 * time.Hour).Unix()}
		first, second := sign(t, headerD, claims(far), k.ed), sign(t, `{"alg":"EdDSA","kid":"n"}`, claims(far), k.other)
		if err := asks(a, first); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Minute)
		s.say(200, `{"keys":[`+okp("d", k.ed)+`,`+okp("n", k.other)+`]}`)
		if err := asks(a, second); err != nil {
			t.Errorf("a token with a new key: %v", err)
		}
		if n := s.count.Load(); n != 2 {
			t.Errorf("%d fetches", n)
		}
		s.say(200, `{"keys":[`+okp("n", k.other)+`]}`)
		time.Sleep(17 * time.Minute)
		if err := asks(a, first); err == nil {
			t.Error("a token with a key that was taken back is good")
		}
		if err := asks(a, second); err != nil {
			t.Error(err)
		}
	})
}

// While the issuer does not answer, its keys of before are good (RELIABILITY D2); without any, tokens are refused.
func TestIssuerIsDown(t *testing.T) {
	k := keys()
	synctest.Test(t, func(t *testing.T) {
		for _, broken := range []struct {
			status int
			text   string
		}{{503, ""}, {200, "<html>"}, {200, `{"keys":[]}`}, {200, strings.Repeat(" ", 2<<20)}} {
			s := &server{}
			s.say(broken.status, broken.text)
			a := remote(t, s)
			synctest.Wait()
			token := sign(t, headerD, claims(map[string]any{"exp": time.Now().Add(24 * time.Hour).Unix()}), k.ed)
			if a.Ready() || asks(a, token) == nil {
				t.Error("a token is good without a key")
			}
			s.say(200, `{"keys":[`+okp("d", k.ed)+`]}`)
			time.Sleep(time.Minute)
			if err := asks(a, token); err != nil || !a.Ready() {
				t.Errorf("the issuer is back: %v", err)
			}
			s.say(broken.status, broken.text)
			time.Sleep(3 * time.Hour)
			if err := asks(a, token); err != nil {
				t.Errorf("the issuer is down: %v", err)
			}
			a.Close()
		}
	})
}

// Tokens with keys that nobody has do not make the issuer pay (RELIABILITY A7).
func TestUnknownKeysDoNotFlood(t *testing.T) {
	k := keys()
	synctest.Test(t, func(t *testing.T) {
		s := &server{}
		s.say(200, `{"keys":[`+okp("d", k.ed)+`]}`)
		a := remote(t, s)
		defer a.Close()
		synctest.Wait()
		start := time.Now()
		for i := range 500 {
			if asks(a, sign(t, fmt.Sprintf(`{"alg":"EdDSA","kid":"x%d"}`, i), claims(map[string]any{"exp": time.Now().Add(24 * time.Hour).Unix()}), k.ed)) == nil {
				t.Fatal("a token with an unknown key is good")
			}
			time.Sleep(500 * time.Millisecond)
		}
		if n, most := s.count.Load(), int64(time.Since(start)/(30*time.Second))+2; n > most {
			t.Errorf("%d fetches in %s", n, time.Since(start))
		}
	})
}

// What is fetched is shared by the next authenticator with the same issuer, and ended with the last.
func TestKeysAreCarriedOver(t *testing.T) {
	k := keys()
	synctest.Test(t, func(t *testing.T) {
		s := &server{}
		s.say(200, `{"keys":[`+okp("d", k.ed)+`]}`)
		a := remote(t, s)
		synctest.Wait()
		c := auth.Config{JWT: []auth.JWT{{Name: "jwt", Issuer: "https://id", Algorithms: []string{"EdDSA"}, JWKS: "https://id/k", Refresh: 15 * time.Minute}}}
		next, err := auth.Open(c, auth.Options{Client: &http.Client{Transport: s}, Logger: slog.New(slog.DiscardHandler)}, a)
		if err != nil {
			t.Fatal(err)
		}
		a.Close()
		a.Close()
		if err := asks(next, sign(t, headerD, claims(map[string]any{"exp": time.Now().Add(time.Hour).Unix()}), k.ed)); err != nil {
			t.Error(err)
		}
		if n := s.count.Load(); n != 1 || !next.Ready() {
			t.Errorf("%d fetches", n)
		}
		next.Close() // a bubble with a goroutine left fails
	})
}

func TestBadKeys(t *testing.T) {
	t.Parallel()
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"x":           "it is neither a JWK set nor PEM",
		`{"keys":[]}`: "it has no key that signatures can be checked with",
		`{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}`:                                                  "a key is of a kind that is not taken",
		`{"keys":[{"kty":"RSA","n":"` + b64(small.N.Bytes()) + `","e":"AQAB"}]}`:                   "it has no key that signatures can be checked with",
		`{"keys":[` + strings.Replace(okp("d", keys().ed), `"kid"`, `"use":"enc","kid"`, 1) + `]}`: "a key is not for signatures",
	} {
		if err := auth.CheckKeys([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v", text, err)
		}
	}
	if err := auth.CheckKeys(keys().publicPEM(t)); err != nil {
		t.Error(err)
	}
}

// No change of a good token is good.
func FuzzToken(f *testing.F) {
	k := keys()
	a, err := auth.Open(config(), auth.Options{}, nil)
	if err != nil {
		f.Fatal(err)
	}
	input := b64([]byte(headerD)) + "." + b64([]byte(`{"iss":"https://id","aud":"shop","sub":"7","exp":4102444800}`))
	good := input + "." + b64(ed25519.Sign(k.ed, []byte(input)))
	f.Add(good)
	f.Add("a.b.c")
	f.Fuzz(func(t *testing.T, token string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header["Authorization"] = []string{"Bearer " + token}
		who, err := a.Identify(r, nil)
		if (err == nil) != (token == good) || (who != nil) != (err == nil) {
			t.Errorf("%q: %v %v", token, who, err)
		}
	})
}

func BenchmarkIdentify(b *testing.B) {
	a, err := auth.Open(config(), auth.Options{}, nil)
	if err != nil {
		b.Fatal(err)
	}
	input := b64([]byte(headerD)) + "." + b64([]byte(`{"iss":"https://id","aud":"shop","sub":"7","exp":4102444800,"scope":"a b"}`))
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Authorization", "Bearer "+input+"."+b64(ed25519.Sign(keys().ed, []byte(input))))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.Identify(r, nil); err != nil {
			b.Fatal(err)
		}
	}
}
