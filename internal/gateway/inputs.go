package gateway

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Inputs is all that a generation is built from, read at one time.
type Inputs struct {
	Files   []*ast.Source // of the schema
	Texts   []Text        // every text that was read, those of Files included
	Options Options       // Revision is set by the reload
	Fixed   []Fixed       // what a reload cannot change
	Watch   []string      // files and folders whose change means to read again
	Err     error         // why no generation can be built: schema.Problems, or a file that cannot be read
}

// Text is a file that was read.
type Text struct {
	Name, Body string
	Value      bool // a single value, as a mounted secret, and no document
}

// Fixed is a setting that holds until the process ends.
type Fixed struct{ Name, Value string }

// hash is equal for equal inputs. It tells a failure from another one, too.
func (in *Inputs) hash() string {
	h := sha256.New()
	part := func(s string) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		h.Write([]byte(s))
	}
	for _, t := range in.Texts {
		part(t.Name)
		part(t.Body)
	}
	if in.Err != nil {
		part(in.Err.Error())
	}
	return hex.EncodeToString(h.Sum(nil))
}

// cutOff returns the name of a text that looks like the beginning of what it was: an editor, a copy or a full disk has not
// written the rest. Text that ends with its line is an edit like any other.
func (in *Inputs) cutOff(before []Text) string {
	for _, t := range in.Texts {
		for _, old := range before {
			if t.Name == old.Name && !t.Value && len(t.Body) < len(old.Body) && strings.HasPrefix(old.Body, t.Body) && !strings.HasSuffix(t.Body, "\n") {
				return t.Name
			}
		}
	}
	return ""
}

// gone returns the name of a text that was there before and whose file is not there any more.
func (in *Inputs) gone(before []Text, exists func(string) bool) string {
	for _, old := range before {
		found := false
		for _, t := range in.Texts {
			found = found || t.Name == old.Name
		}
		if !found && !exists(old.Name) {
			return old.Name
		}
	}
	return ""
}
