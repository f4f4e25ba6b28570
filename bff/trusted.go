package bff

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// A client that may send only its own documents names them: by the name of the operation, or by the SHA-256 of the text that
// the gateway has of it, which manifests hand to client tools. Documents of a manifest have the id that it gives.

// Trusted is a document that a client may send by its id.
type Trusted struct {
	ID   string // that it is listed by
	Name string // of its operation, or ""
	Text string

	manifested bool // it comes from a manifest
}

// trust fills Trusted with the client's operations.
func (c *Client) trust() {
	for _, o := range c.Operations {
		t := &Trusted{ID: Hash(o.Document.Text), Name: o.Name, Text: o.Document.Text}
		c.Trusted[o.Name] = t
		c.Trusted[t.ID] = t
	}
}

// Manifested are the documents of the client's manifests, by name and id.
func (c *Client) Manifested() (out []*Trusted) {
	for _, t := range c.Trusted {
		if t.manifested && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b *Trusted) int { return strings.Compare(a.Name+" "+a.ID, b.Name+" "+b.ID) })
	return out
}

// Hash is the id of a document in manifests: the SHA-256 of its text, in hexadecimal digits.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
