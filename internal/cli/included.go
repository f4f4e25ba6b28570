package cli

import (
	"io/fs"
	"os"
	"slices"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/schema"
)

// included are the files that the schema files name, as definitions of gRPC services, read at one time: what a build sees is
// what was there when its inputs were read.
type included struct {
	mu    sync.Mutex
	files map[string]includedFile
	done  bool
}

type includedFile struct {
	text []byte
	err  error
}

// include reads what the schema files name.
func include(sources []*ast.Source) *included {
	in := &included{files: map[string]includedFile{}}
	schema.Includes(sources, in.read)
	in.done = true
	return in
}

// read returns a file, from memory if it was read before. It is safe for concurrent use.
func (in *included) read(path string) ([]byte, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	f, ok := in.files[path]
	switch {
	case ok:
		return f.text, f.err
	case in.done:
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	f.text, f.err = os.ReadFile(path)
	in.files[path] = f
	return f.text, f.err
}

// names returns the paths that were looked at, those of missing files included, in order.
func (in *included) names() []string {
	var names []string
	for name := range in.files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
