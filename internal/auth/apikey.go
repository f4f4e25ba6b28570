package auth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"slices"
	"time"

	"manifold/internal/rawjson"
)

// HashKey is what is kept of an API key.
func HashKey(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// keyring finds API keys by their hashes. A hash is found through a map, whose time tells nothing of use: whoever could choose
// hashes would have to invert SHA-256. The last comparison takes the same time for all.
type keyring struct {
	method *APIKeys
	keys   map[[sha256.Size]byte]*APIKey
	whole  map[[sha256.Size]byte]*Identity
}

func newKeyring(m *APIKeys) *keyring {
	k := &keyring{method: m, keys: map[[sha256.Size]byte]*APIKey{}, whole: map[[sha256.Size]byte]*Identity{}}
	for i := range m.Keys {
		key := &m.Keys[i]
		var sum [sha256.Size]byte
		if n, err := hex.Decode(sum[:], []byte(key.SHA256)); err != nil || n != len(sum) {
			continue // gateway.yaml has been checked
		}
		who := &Identity{Method: m.Name, Subject: key.Owner, Scopes: slices.Clone(key.Scopes)}
		slices.Sort(who.Scopes)
		claims := append([]byte(`{"sub":`), rawjson.Quote(nil, key.Owner)...)
		who.Claims = append(claims, '}')
		client := append([]byte(`{"id":`), rawjson.Quote(nil, key.Owner)...)
		client = append(client, `,"plan":`...)
		if key.Plan == "" {
			client = append(client, "null"...)
		} else {
			client = rawjson.Quote(client, key.Plan)
		}
		who.Client = append(client, '}')
		k.keys[sum], k.whole[sum] = key, who
	}
	return k
}

// identify says whose key it is.
func (k *keyring) identify(key string, now time.Time) (*Identity, error) {
	if key == "" || len(key) > 512 {
		return nil, errMalformed
	}
	sum := sha256.Sum256([]byte(key))
	found := k.keys[sum]
	if found == nil {
		return nil, errKey
	}
	have, _ := hex.DecodeString(found.SHA256)
	if subtle.ConstantTimeCompare(have, sum[:]) != 1 {
		return nil, errKey
	}
	if !found.Expires.IsZero() && !now.Before(found.Expires) {
		return nil, errExpired
	}
	return k.whole[sum], nil
}
