package protos

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/reporter"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// Reader returns the text of a file. A file that is not there is an error for which errors.Is(err, fs.ErrNotExist) holds. It
// may be called from several goroutines at once.
type Reader func(path string) ([]byte, error)

// Parse reads the .proto file named entry and what it imports. Paths have slashes.
//
// An import is looked for in the folder of entry, then in each folder above it as far as the path of entry goes (so the
// usual layout, where imports begin at some folder above, needs no configuration), then in each of roots. The types of
// google.protobuf are built in and never read. The error is a [Problems].
func Parse(entry string, read Reader, roots ...string) (*Services, error) {
	f := &finder{read: read, places: append(folders(entry), roots...), found: make(map[string]string)}
	name := path.Base(entry)
	f.entry, f.entryPath = name, entry
	var problems Problems
	c := protocompile.Compiler{
		Resolver: protocompile.ResolverFunc(f.find),
		Reporter: reporter.NewReporter(func(e reporter.ErrorWithPos) error {
			problems = append(problems, f.problem(e))
			return nil
		}, nil),
	}
	files, err := c.Compile(context.Background(), name)
	placed, ok := errors.AsType[reporter.ErrorWithPos](err)
	switch {
	case len(problems) > 0:
		return nil, problems.sorted()
	case ok:
		return nil, Problems{f.problem(placed)}
	case err != nil:
		return nil, Problems{{File: entry, Msg: f.message(err)}}
	}
	return servicesOf(withImports([]protoreflect.FileDescriptor{files[0]})), nil
}

// folders returns the folder of a file and those above it.
func folders(file string) []string {
	var all []string
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		all = append(all, dir)
		if dir == "." || dir == "/" {
			return all
		}
	}
}

// finder finds imports.
type finder struct {
	read   Reader
	places []string

	entry, entryPath string

	mu    sync.Mutex
	found map[string]string // path by name in imports
}

var errImport = errors.New("an import is a path below a folder, with slashes")

func (f *finder) find(name string) (protocompile.SearchResult, error) {
	if d := builtIn(name); d != nil {
		return protocompile.SearchResult{Desc: d}, nil
	}
	if name == f.entry {
		return f.open(name, f.entryPath)
	}
	if path.IsAbs(name) || name != path.Clean(name) || strings.HasPrefix(name, "../") || strings.Contains(name, `\`) {
		return protocompile.SearchResult{}, errImport
	}
	for _, dir := range f.places {
		r, err := f.open(name, path.Join(dir, name))
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return r, err
		}
	}
	return protocompile.SearchResult{}, fs.ErrNotExist
}

func (f *finder) open(name, file string) (protocompile.SearchResult, error) {
	text, err := f.read(file)
	if err != nil {
		return protocompile.SearchResult{}, err
	}
	f.mu.Lock()
	f.found[name] = file
	f.mu.Unlock()
	return protocompile.SearchResult{Source: bytes.NewReader(text)}, nil
}

// builtIn returns the file of a type of google.protobuf, or nil.
func builtIn(name string) protoreflect.FileDescriptor {
	if !strings.HasPrefix(name, "google/protobuf/") {
		return nil
	}
	r, err := protocompile.WithStandardImports(protocompile.ResolverFunc(func(string) (protocompile.SearchResult, error) {
		return protocompile.SearchResult{}, protoregistry.NotFound
	})).FindFileByPath(name)
	if err != nil {
		return nil
	}
	return r.Desc
}

// problem turns an error of the compiler into a Problem.
func (f *finder) problem(e reporter.ErrorWithPos) Problem {
	at := e.GetPosition()
	f.mu.Lock()
	file := f.found[at.Filename]
	f.mu.Unlock()
	if file == "" {
		file = f.entryPath
	}
	return Problem{File: file, Line: at.Line, Col: at.Col, Msg: f.message(e.Unwrap())}
}

// message says in our words what the compiler says of files.
func (f *finder) message(err error) string {
	switch {
	case errors.Is(err, errImport):
		return errImport.Error()
	case errors.Is(err, fs.ErrNotExist):
		return "the file is not there; looked in " + strings.Join(f.places, ", ")
	}
	return err.Error()
}
