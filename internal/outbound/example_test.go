package outbound_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"manifold/internal/outbound"
)

func ExampleSigner() {
	signer, err := outbound.NewSigner(outbound.SignerOptions{
		Issuer: "https://gateway", Audience: "orders", KeyID: "2030-01", Claims: []string{"org"},
		Key: ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)),
		Now: func() time.Time { return time.Unix(1_900_000_000, 0) },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	token, err := signer.Header("7", map[string]json.RawMessage{"org": []byte(`"acme"`), "email": []byte(`"ann@acme"`)})
	if err != nil {
		fmt.Println(err)
		return
	}
	parts := strings.Split(token, ".")
	for _, part := range parts[:2] {
		text, _ := base64.RawURLEncoding.DecodeString(part)
		before, after, _ := strings.Cut(string(text), `"jti":"`)
		if after != "" { // 22 random characters
			before += `"jti":"..` + after[22:]
		}
		fmt.Println(before)
	}
	// Output:
	// {"alg":"EdDSA","kid":"2030-01","typ":"JWT"}
	// {"iss":"https://gateway","aud":"orders","sub":"7","iat":1900000000,"exp":1900000060,"jti":"..","org":"acme"}
}
