package bff

import (
	"crypto/sha256"
	"encoding/hex"
)

// A client that may send only its own documents names them: by the name of the operation, or by the SHA-256 of the text that
// the gateway has of it, which manifests hand to client tools.

// trust fills Trusted with the client's operations.
func (c *Client) trust() {
	for _, o := range c.Operations {
		t := &Trusted{Name: o.Name, Text: o.Document.Text}
		c.Trusted[o.Name] = t
		c.Trusted[Hash(t.Text)] = t
	}
}

// Hash is the id of a document in manifests: the SHA-256 of its text, in hexadecimal digits.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
