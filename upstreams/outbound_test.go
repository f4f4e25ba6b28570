package upstreams_test

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"manifold/internal/auth"
	"manifold/internal/store"
	"manifold/schema"
	"manifold/upstreams"
)

// echoing is a service that answers with what a header of the call says.
func echoing(t *testing.T, header string, status func(value string) int) (*httptest.Server, *atomic.Int32) {
	t.Helper()
	var calls atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "public, max-age=60")
		value := r.Header.Get(header)
		if status != nil {
			w.WriteHeader(status(value))
		}
		fmt.Fprintf(w, "%q", value)
	}))
	t.Cleanup(s.Close)
	return s, &calls
}

// The gateway has a token of its own: fetched once, used by all, and fetched anew when the service refuses it.
func TestTokenOfTheGateway(t *testing.T) {
	t.Parallel()
	var fetched atomic.Int32
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if id, secret, _ := r.BasicAuth(); id != "gateway" || secret != "s3cret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"access_token":"t%d","token_type":"Bearer","expires_in":3600}`, fetched.Add(1))
	}))
	t.Cleanup(tokens.Close)
	var revoked sync.Map
	service, calls := echoing(t, "Authorization", func(value string) int {
		if _, is := revoked.Load(value); is {
			return http.StatusUnauthorized
		}
		return http.StatusOK
	})
	set := openSource(t, &schema.Source{Name: "api", BaseURL: service.URL, Outbound: schema.Outbound{Token: &schema.ClientToken{URL: tokens.URL, ID: "gateway", Secret: "s3cret"}}}, upstreams.Options{Alone: true})
	said := func(idempotent bool) string {
		t.Helper()
		c := &upstreams.Call{Method: "GET", URL: []byte(service.URL + "/"), Idempotent: idempotent, Headers: []upstreams.Header{{Name: "authorization", Value: "of a client"}}}
		r, err := set.Caller(0).Call(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Release()
		return fmt.Sprint(r.Status, " ", string(r.Body))
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if got := said(true); got != `200 "Bearer t1"` {
				t.Error(got)
			}
		})
	}
	all.Wait()
	if fetched.Load() != 1 {
		t.Errorf("the token was fetched %d times", fetched.Load())
	}
	revoked.Store("Bearer t1", true)
	before := calls.Load()
	if got := said(true); got != `200 "Bearer t2"` || calls.Load() != before+2 {
		t.Errorf("after it was revoked: %s in %d calls", got, calls.Load()-before)
	}
	revoked.Store("Bearer t2", true)
	if got := said(false); got != `401 "Bearer t2"` {
		t.Errorf("what is not idempotent is made again: %s", got)
	}
}

func TestNoTokenToBeHad(t *testing.T) {
	t.Parallel()
	service, calls := echoing(t, "Authorization", nil)
	tokens := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(tokens.Close)
	set := openSource(t, &schema.Source{Name: "api", BaseURL: service.URL, Outbound: schema.Outbound{Token: &schema.ClientToken{URL: tokens.URL, ID: "gateway", Secret: "s3cret"}}}, upstreams.Options{})
	_, err := set.Caller(0).Call(t.Context(), get(service.URL))
	if err == nil || !strings.Contains(err.Error(), "UPSTREAM_UNAVAILABLE") || strings.Contains(err.Error(), "s3cret") || calls.Load() != 0 {
		t.Errorf("%v, %d calls", err, calls.Load())
	}
}

func signingKey(t *testing.T) string {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// The service is told who asks; and since that is a part of the call, nobody gets what is kept, or under way, for somebody else (K1).
func TestWhoAsksIsSigned(t *testing.T) {
	t.Parallel()
	service, calls := echoing(t, "X-Identity", nil)
	kept := store.New(store.Options{MaxBytes: 1 << 20})
	t.Cleanup(kept.Close)
	set := openSource(t, &schema.Source{Name: "api", BaseURL: service.URL, Outbound: schema.Outbound{Identity: &schema.SignedIdentity{
		Issuer: "https://gateway", Audience: "api", Key: signingKey(t), Life: time.Minute, Claims: []string{"tenant"}, Header: "X-Identity",
	}}}, upstreams.Options{Store: kept})
	ask := func(who *auth.Identity) (subject, tenant string) {
		t.Helper()
		r, err := set.Caller(0).Call(context.Background(), &upstreams.Call{
			Method: "GET", URL: []byte(service.URL + "/"), Idempotent: true, Identity: who,
			Headers: []upstreams.Header{{Name: "x-identity", Value: "forged"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Release()
		r.Keep()
		var token string
		_ = json.Unmarshal(r.Body, &token)
		parts := strings.Split(token, ".")
		if len(parts) != 3 {
			return token, ""
		}
		payload, err := base64.RawURLEncoding.DecodeString(parts[1])
		if err != nil {
			t.Fatal(err)
		}
		var claims struct{ Sub, Tenant, Aud string }
		if err := json.Unmarshal(payload, &claims); err != nil || claims.Aud != "api" {
			t.Fatalf("%s: %v", payload, err)
		}
		return claims.Sub, claims.Tenant
	}
	anna := &auth.Identity{Subject: "anna", Claims: []byte(`{"sub":"anna","tenant":"a","role":"x"}`)}
	bert := &auth.Identity{Subject: "bert", Claims: []byte(`{"sub":"bert","tenant":"b"}`)}
	for range 3 {
		for _, who := range []*auth.Identity{anna, bert} {
			if sub, tenant := ask(who); sub != who.Subject || tenant != who.Subject[:1] {
				t.Fatalf("%s is told as %s of %s", who.Subject, sub, tenant)
			}
		}
	}
	if calls.Load() != 2 {
		t.Errorf("%d calls, want one for each: the reply may be kept", calls.Load())
	}
	if sub, _ := ask(nil); sub != "" {
		t.Errorf("nobody is told as %q", sub)
	}
	if keys := string(set.Identities()); !strings.Contains(keys, `"OKP"`) || strings.Contains(keys, `"d"`) {
		t.Errorf("the keys are %s", keys)
	}
}

// A source without secrets has no keys to tell.
func TestNoIdentities(t *testing.T) {
	t.Parallel()
	if keys := open(t, upstreams.Options{}, "http://a.test").Identities(); keys != nil {
		t.Errorf("%s", keys)
	}
}
