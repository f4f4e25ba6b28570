package outbound

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
)

// Sizes of RSA keys, in bits: smaller ones are broken, larger ones cost too much.
const (
	minRSA = 2048
	maxRSA = 8192
)

// signingKey takes one of the two, and says how it signs.
func signingKey(key crypto.Signer, text []byte) (crypto.Signer, jwa.SignatureAlgorithm, error) {
	none := jwa.EmptySignatureAlgorithm()
	if (key == nil) == (len(text) == 0) {
		return nil, none, errors.New("a signed identity needs one key")
	}
	if key == nil {
		parsed, err := parseKey(text)
		if err != nil {
			return nil, none, err
		}
		key = parsed
	}
	algorithm, err := algorithmOf(key.Public())
	return key, algorithm, err
}

// parseKey reads a private key in PKCS#8 (RFC 5958). Its errors quote nothing of the text.
func parseKey(text []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(text)
	switch {
	case block == nil:
		return nil, errors.New("the key is no PEM")
	case block.Type != "PRIVATE KEY":
		return nil, errors.New(`the key is not in PKCS#8 ("BEGIN PRIVATE KEY"); openssl pkcs8 -topk8 -nocrypt makes it so`)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("the key cannot be read as PKCS#8")
	}
	key, ok := parsed.(crypto.Signer)
	if !ok {
		return nil, errors.New("the key is of a kind that signs nothing")
	}
	return key, nil
}

// algorithmOf returns the one algorithm that a key is used with (RFC 7518, 3.1; RFC 8037).
func algorithmOf(public crypto.PublicKey) (jwa.SignatureAlgorithm, error) {
	switch k := public.(type) {
	case *rsa.PublicKey:
		if bits := k.N.BitLen(); bits < minRSA || bits > maxRSA {
			return jwa.EmptySignatureAlgorithm(), fmt.Errorf("an RSA key has %d to %d bits, not %d", minRSA, maxRSA, bits)
		}
		return jwa.RS256(), nil
	case *ecdsa.PublicKey:
		switch k.Curve {
		case elliptic.P256():
			return jwa.ES256(), nil
		case elliptic.P384():
			return jwa.ES384(), nil
		}
		return jwa.EmptySignatureAlgorithm(), errors.New("an ECDSA key is of the curve P-256 or P-384")
	case ed25519.PublicKey:
		return jwa.EdDSA(), nil
	}
	return jwa.EmptySignatureAlgorithm(), errors.New("the key is neither RSA, ECDSA nor Ed25519")
}

// publicSet returns the name of the key, and the JWK set that holds its public half.
func publicSet(public crypto.PublicKey, id string, algorithm jwa.SignatureAlgorithm) (keyID string, set []byte, err error) {
	key, err := jwk.Import(public)
	if err != nil {
		return "", nil, errors.New("the public key cannot be told")
	}
	if id == "" {
		sum, err := key.Thumbprint(crypto.SHA256)
		if err != nil {
			return "", nil, errors.New("the public key cannot be told")
		}
		id = base64.RawURLEncoding.EncodeToString(sum)
	}
	keys := jwk.NewSet()
	if err := errors.Join(
		key.Set(jwk.KeyIDKey, id), key.Set(jwk.AlgorithmKey, algorithm), key.Set(jwk.KeyUsageKey, jwk.ForSignature), keys.AddKey(key),
	); err != nil {
		return "", nil, errors.New("the public key cannot be told")
	}
	set, err = json.Marshal(keys)
	return id, set, err
}
