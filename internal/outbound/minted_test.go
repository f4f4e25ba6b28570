package outbound

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestTokensAreReusedForHalfOfTheirLife(t *testing.T) {
	t.Parallel()
	c := newClock()
	o := signerOptions(c)
	o.Claims, o.Life = []string{"org", "plan"}, 20*time.Second
	s := newSigner(t, o)
	claims := func(org, plan string) map[string]json.RawMessage {
		return map[string]json.RawMessage{"org": []byte(org), "plan": []byte(plan), "iat": []byte(fmt.Sprint(c.now().UnixNano()))}
	}
	first := sign(t, s, "7", claims("1", ""))
	c.add(10*time.Second - 1)
	if sign(t, s, "7", claims("1", "")) != first {
		t.Error("it was not reused")
	}
	verify(t, s, first, c)
	for name, other := range map[string]string{
		"subject":       sign(t, s, "8", claims("1", "")),
		"no subject":    sign(t, s, "", claims("1", "")),
		"claim":         sign(t, s, "7", claims("2", "")),
		"other claim":   sign(t, s, "7", claims("", "1")),
		"no claims":     sign(t, s, "7", nil),
		"shifted parts": sign(t, s, "7\x011", nil),
	} {
		if other == first {
			t.Errorf("the token is that of another identity: %s", name)
		}
	}
	c.add(1)
	second := sign(t, s, "7", claims("1", ""))
	if second == first {
		t.Error("it was reused for too long")
	}
	c.add(-time.Hour)
	third := sign(t, s, "7", claims("1", ""))
	if third == second {
		t.Error("it comes from the future")
	}
	verify(t, s, third, c)
}

func TestOneIdentityIsSignedOnceForAll(t *testing.T) {
	t.Parallel()
	key := &opaque{key: testKeys()["RS256"]}
	o := signerOptions(newClock())
	o.Key = key
	s := newSigner(t, o)
	before := key.count.Load()
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			if _, err := s.Header("7", nil); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := key.count.Load() - before; n != 1 {
		t.Errorf("signed %d times, want once", n)
	}
}

func TestMintedIsBounded(t *testing.T) {
	t.Parallel()
	m, at := newMinted(2), time.Unix(1, 0)
	calls := 0
	get := func(who byte, text string) {
		t.Helper()
		got, err := m.get(Identity{who}, at, time.Second, func() (string, error) { calls++; return text, nil })
		if err != nil || got != text {
			t.Errorf("got %q, %v", got, err)
		}
	}
	long := strings.Repeat("x", maxKept+1)
	for i, step := range []struct {
		who   byte
		text  string
		calls int
	}{
		{1, "a", 1},
		{2, "b", 2},
		{1, "a", 2},
		{3, "c", 3}, // 2 was used longest ago
		{1, "a", 3},
		{2, "b", 4},
		{4, long, 5},
		{4, long, 6}, // too long to be kept
	} {
		if get(step.who, step.text); calls != step.calls {
			t.Errorf("step %d: minted %d times, want %d", i, calls, step.calls)
		}
	}
	if n := m.kept.Len(); n != 2 {
		t.Errorf("%d are kept", n)
	}
}

// Header of an identity that called before, and of one that is new.
func BenchmarkHeader(b *testing.B) {
	claims := map[string]json.RawMessage{"org": []byte(`"acme"`), "roles": []byte(`["reader","writer","admin"]`), "plan": []byte(`"gold"`)}
	for _, algorithm := range []string{"EdDSA", "ES256", "ES384", "RS256"} {
		o := SignerOptions{Issuer: "https://gateway", Audience: "orders", Key: testKeys()[algorithm], Claims: []string{"org", "roles", "plan"}}
		s := newSigner(b, o)
		b.Run(algorithm+"/minted", func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				sign(b, s, fmt.Sprint(i), claims)
			}
		})
		b.Run(algorithm+"/reused", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sign(b, s, "7", claims)
			}
		})
	}
	s := newSigner(b, SignerOptions{Issuer: "https://gateway", Audience: "orders", Key: testKeys()["EdDSA"]})
	b.Run("reused/parallel", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				sign(b, s, "7", nil)
			}
		})
	})
}
