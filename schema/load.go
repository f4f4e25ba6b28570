package schema

import (
	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/gofunc"
	"manifold/internal/introspect"
	"manifold/internal/protos"
)

// Load reads the files of one gateway into a checked model. env answers `${NAME}` and `$env.NAME`; it is asked during Load
// only; nil is an empty environment. The files must not change afterwards: positions and problems refer to them.
//
// The error is of type Problems and holds every fault that could be found, at least one of Severity Error; the Gateway is
// nil then. Warnings alone are no error: they are in Gateway.Warnings.
func Load(files []*ast.Source, env func(name string) (value string, ok bool)) (*Gateway, error) {
	return LoadWith(files, Options{Env: env})
}

// Options are what a reading is told besides the files.
type Options struct {
	Env      func(name string) (value string, ok bool) // as in Load
	Overlays map[string]Overlay                        // by the name of the sources that they lie over
	Mock     Mock                                      // what is made up instead of called
	// Read returns a file that the schema names, such as the definition of a gRPC service. A path is taken from the folder of
	// the file that names it. nil: there are no files.
	Read func(path string) ([]byte, error)
	// Reflect asks a gRPC service for its methods. nil: services are not asked.
	Reflect func(target string, tls bool) (*protos.Services, error)
	// Introspect asks a GraphQL service for its schema, with the headers whose values are constant. nil: services are not asked.
	Introspect func(url string, headers []introspect.Header) (*introspect.Schema, error)
	// Federation makes the gateway a subgraph of Apollo Federation: it serves Query._service and Query._entities.
	Federation bool
	// Functions are the Go functions that connectors may call. nil: there are none.
	Functions *gofunc.Set
}

// LoadWith is Load with overlays. Faults of an overlay are Problems at the place where it is written.
func LoadWith(files []*ast.Source, o Options) (*Gateway, error) {
	if o.Env == nil {
		o.Env = func(string) (string, bool) { return "", false }
	}
	l := &loader{
		lang:     newLanguage(),
		env:      o.Env,
		overlays: o.Overlays,
		mock:     o.Mock,
		read:     o.Read,
		reflect:  o.Reflect,

		introspect: o.Introspect,
		functions:  o.Functions,
		lines:      map[*ast.Source]*lines{},
		used:       map[string]string{},

		requestHeaders: map[string]bool{},

		hidden:     map[string]*use{},
		tags:       map[string][]string{},
		subgraph:   o.Federation,
		inputs:     files,
		selections: map[*Connector]*ast.Value{},
		unread:     map[*Connector]bool{},
		members:    map[*typ][]*typ{},
		namespaces: map[*typ]bool{},
		asked:      map[*Connector]bool{},
	}
	for _, f := range files {
		l.files = append(l.files, f.Name)
	}
	g := l.load(files)
	problems := l.problems.Sorted(l.files)
	for _, p := range problems {
		if p.Severity == Error {
			return nil, problems
		}
	}
	g.Warnings, g.RequestHeaders = problems, sortedKeys(l.requestHeaders)
	return g, nil
}

// maxProblems bounds the list that one run returns.
const maxProblems = 1000

// loader reads one set of files, once.
type loader struct {
	lang    *language
	env     func(string) (string, bool)
	read    func(string) ([]byte, error)
	reflect func(string, bool) (*protos.Services, error)

	introspect func(string, []introspect.Header) (*introspect.Schema, error)
	functions  *gofunc.Set

	overlays map[string]Overlay
	mock     Mock
	used     map[string]string // $env variables that were read
	files    []string

	requestHeaders map[string]bool // that $request reads

	lines    map[*ast.Source]*lines
	problems Problems

	comparisons int // of names, for hints

	tags     map[string][]string // names of @tag, by coordinate
	subgraph bool                // Options.Federation

	args       map[*ast.ArgumentDefinition][]*use  // our directives on arguments
	declared   map[string]*ast.DirectiveDefinition // by the user
	names      map[*ast.Source]*names              // what files call our directives: see rename.go
	hidden     map[string]*use                     // what clients do not see, by coordinate: see hide.go
	inputs     []*ast.Source
	selections map[*Connector]*ast.Value // where each selection is written
	unread     map[*Connector]bool       // connectors whose texts are faulty or not effective: what they read is not known
	pushed     map[*field]bool           // fields whose arguments are handed on to a GraphQL service
	mentions   []*field                  // that are @external where they are written
	members    map[*typ][]*typ           // of interfaces and unions: the object types they may be
	namespaces map[*typ]bool
	asked      map[*Connector]bool // loaders that fill what a reply leaves out

	types   map[string]*typ // of the user and of GraphQL itself
	order   []*typ          // the user's, in the order written
	roots   map[ast.Operation]*typ
	sources []*Source
	clients []*Client
	proxies []*Proxy
	byFile  map[sourceName]*Source
	ids     map[string]place     // of connectors
	legacy  map[*ast.Source]bool // files linked to connect v0.1 to v0.3, whose mappings mean literals differently
}

// sourceName: names of sources are private to their file.
type sourceName struct {
	file *ast.Source
	name string
}

// load returns nil only if there are problems.
func (l *loader) load(files []*ast.Source) *Gateway {
	if len(files) == 0 {
		l.problem(place{}, "", "there is no file to read", "name at least one, usually gateway.graphql")
		return nil
	}
	doc, ok := l.parse(files)
	if !ok {
		return nil
	}
	l.rename(doc)
	l.declare(doc)
	uses := l.decode(doc)
	l.args = uses.args
	l.merge(doc, uses)
	l.checkSDL(doc)
	l.checkVisible(doc)
	g := l.describe(uses)
	if l.failed() {
		return nil
	}
	l.publish(g, doc)
	if l.subgraph && !l.failed() {
		l.federate(g)
	}
	return g
}

// failed reports whether a problem of Severity Error was found so far.
func (l *loader) failed() bool {
	for i := range l.problems {
		if l.problems[i].Severity == Error {
			return true
		}
	}
	return false
}

// problem notes a fault at a place. hint may be empty.
func (l *loader) problem(p place, coordinate, message, hint string) {
	l.note(Error, p, coordinate, message, hint)
}

// warning notes something that works, but hardly as meant.
func (l *loader) warning(p place, coordinate, message, hint string) {
	l.note(Warning, p, coordinate, message, hint)
}

// full reports whether further problems are dropped.
func (l *loader) full() bool { return len(l.problems) > maxProblems }

func (l *loader) note(s Severity, p place, coordinate, message, hint string) {
	if l.full() || (s == Warning && len(l.problems) == maxProblems) {
		return
	}
	if len(l.problems) == maxProblems {
		s, p, coordinate, message, hint = Error, place{}, "", "there are more problems; these are enough for one run", ""
	}
	problem := Problem{Severity: s, Coordinate: coordinate, Message: message, Hint: hint}
	if p.src != nil {
		problem.File = p.src.Name
		if lines := l.lines[p.src]; lines != nil {
			problem.Line, problem.Column, problem.SourceLine = lines.find(p.rune)
			problem.EndColumn = wordEnd(problem.SourceLine, problem.Column)
		}
	} else if len(l.files) > 0 {
		problem.File = l.files[0]
	}
	l.problems = append(l.problems, problem)
}
