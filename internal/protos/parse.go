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
)

// Reader returns the text of a file. A file that is not there is an error for which errors.Is(err, fs.ErrNotExist) holds. It
// may be called from several goroutines at once.
type Reader func(path string) ([]byte, error)

// Parse reads the .proto file named entry and what it imports. Paths have slashes.
//
// An import is looked for in the folder of entry, then in each folder above it as far as the path of entry goes (so the
// usual layout, where imports begin at some folder above, needs no configuration), then in each of roots. The types of
// google.protobuf are built in and never read; those of google/api, google/rpc and google/type are built in and are used where no
// file is found. The error is a [Problems].
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

// missing is the error of an import that is nowhere: its name.
type missing string

func (m missing) Error() string { return string(m) + " is not there" }

func (m missing) Is(target error) bool { return target == fs.ErrNotExist }

var errImport = errors.New("an import is a path below a folder, with slashes")

func (f *finder) find(name string) (protocompile.SearchResult, error) {
	if d := standard(name); d != nil {
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
	if d := common(name); d != nil {
		return protocompile.SearchResult{Desc: d}, nil
	}
	return protocompile.SearchResult{}, missing(name)
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

// problem turns an error of the compiler into a Problem.
func (f *finder) problem(e reporter.ErrorWithPos) Problem {
	at := e.GetPosition()
	f.mu.Lock()
	file := f.found[at.Filename]
	f.mu.Unlock()
	if file == "" {
		file = f.entryPath
	}
	p := Problem{File: file, Line: at.Line, Col: at.Col, Msg: f.message(e.Unwrap())}
	if name, ok := errors.AsType[missing](e.Unwrap()); ok {
		p.Hint = "put it at " + path.Join(f.places[0], string(name)) +
			", or name a descriptor set, which has all imports: protoc --include_imports --descriptor_set_out=service.protoset"
	}
	return p
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
