package cli

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strconv"

	"manifold/internal/auth"
)

// keysCmd is `manifold keys`.
type keysCmd struct {
	New keysNewCmd `cmd:"" help:"Make an API key."`
}

// keysNewCmd is `manifold keys new`.
type keysNewCmd struct {
	Owner string `required:"" help:"Whose key it is." placeholder:"NAME"`
}

// Help is the long text of `manifold keys new --help`.
func (*keysNewCmd) Help() string {
	return `Prints a new API key on standard output, once, and on standard error the line for gateway.yaml: the gateway keeps the hash
of the key only.

Example:

    manifold keys new --owner warehouse`
}

// Run makes a key.
func (c *keysNewCmd) Run(w *world) error {
	var random [24]byte
	if _, err := rand.Read(random[:]); err != nil {
		return err
	}
	key := "mf_" + base64.RawURLEncoding.EncodeToString(random[:])
	fmt.Fprintln(w.Stdout, key)
	fmt.Fprintf(w.Stderr, "under auth.apiKeys.keys of gateway.yaml:\n  - { sha256: %s, owner: %s }\n", auth.HashKey(key), strconv.Quote(c.Owner))
	return nil
}
