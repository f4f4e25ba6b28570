package schema

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/gofunc"
	"manifold/internal/mapping"
	"manifold/internal/template"
)

// FN is the Method of a call of a Go function. Its URL is fn://go/NAME, its body {"parents":[...],"args":{...}}.
const FN = "FN"

// functionBase is where functions are: in this program.
const functionBase = "fn://go"

// Function returns the Go function that a connector calls, nil if it calls none.
func (c *Connector) Function() *gofunc.Function {
	if c == nil || c.Source == nil {
		return nil
	}
	return c.Source.Function
}

// Lacks reports whether the value of a connector cannot have a field: it is what a Go function makes, whose type is known.
func (c *Connector) Lacks(name string) bool {
	f := c.Function()
	return f != nil && c.Selection == nil && f.Value.Kind == gofunc.Object && f.Value.Member(name) == nil && !readsInput(c, name)
}

// functionConnector reads a @connect that calls a Go function. In all but its transport it is a connector like any other: of one
// that gets parents, the batch is matched by position, and the keys are what its parent struct names.
func (l *loader) functionConnector(u *use, s site, nth int) *Connector {
	c := &Connector{Coordinate: s.coordinate(), Pos: u.dir.Position}
	c.ID = l.connectorID(u, c.Coordinate, nth)
	v := u.arg("fn")
	for _, other := range []string{"http", "grpc", "graphql", "source"} {
		if o := u.arg(other); o != nil {
			l.problem(at(o.Position), c.Coordinate, "a connector makes one call: fn and "+other+" are two", "keep one of them")
		}
	}
	sc := l.scopeOf(s)
	f := l.function(v, s, c)
	if f != nil {
		sc.source = c.Source
		l.readFunction(f, v, s, c, sc)
	}
	l.readSelection(u, s, c, sc, true)
	c.Errors, c.Success = l.outcome(u, sc)
	c.Timeout = l.resilience(u.arg("resilience"), c.Coordinate, true).Timeout
	c.Inputs, c.Args = sc.read.inputs, sc.read.args
	l.unread[c] = f == nil || sc.read.faulty || u.faulty
	for _, name := range sortedKeys(sc.required) {
		r := sc.required[name]
		hint := "remove the argument, and name the field in the struct of the function's parents"
		if len(r.leaves) > 0 {
			hint = fmt.Sprintf("remove the argument, and give the function's parent struct a member `json:%q`", r.leaves[0].path[0])
		}
		l.problem(r.at, argumentCoordinate(s.field.coordinate(), r.argument), "a function reads what it requires by the struct of its parents, not by arguments", hint)
	}
	l.readFunctionBatch(f, u, c, sc)
	if f != nil {
		l.checkFunctionReads(f, u, s, c, sc)
	}
	return c
}

// function finds the function that a connector names, and gives the connector the source that stands for it. It returns nil after
// a problem, and without one if the function need not be there because it is mocked.
func (l *loader) function(v *ast.Value, s site, c *Connector) *gofunc.Function {
	name, ok := text(v)
	if !ok {
		return nil
	}
	source := l.functionSource(name)
	f := l.functions.Find(name)
	names := l.functions.Names()
	p := at(v.Position)
	switch {
	case f != nil:
		source.Function = f
	case l.mocks(source):
	case len(names) == 0:
		l.problem(p, c.Coordinate, fmt.Sprintf("there is no Go function %q: this program has none", name),
			"build one of your own that registers it, by package manifold/fn: docs/functions.md shows how; or try it with --mock")
		return nil
	default:
		hint := l.didYouMean(name, names, "")
		if hint == "" {
			hint = "register it by package manifold/fn, in the program that serves this file"
		}
		l.problem(p, c.Coordinate, fmt.Sprintf("there is no Go function %q", name), hint)
		return nil
	}
	c.Source = source
	url, err := template.ParseURL("/" + name)
	if err != nil { // of a name that only a mock answers to
		return f
	}
	c.HTTP = &HTTP{Method: FN, Safe: s.field == nil || s.owner != l.roots[ast.Mutation], URL: url.WithBase(functionBase)}
	return f
}

// functionSource returns the source that stands for a function, made if it is new. Its name is the function's.
func (l *loader) functionSource(name string) *Source {
	for _, s := range l.sources {
		if s.Name == name && s.BaseURL == functionBase {
			return s
		}
	}
	s := &Source{Name: name, Index: len(l.sources), BaseURL: functionBase}
	l.sources = append(l.sources, s)
	return s
}

// readFunction makes the body of the call, and notes what the structs of a function read: fields of the parent, and arguments.
func (l *loader) readFunction(f *gofunc.Function, v *ast.Value, s site, c *Connector, sc *scope) {
	variable := func(name string) mapping.Node { return &mapping.Path{Root: mapping.RootVar, Name: name} }
	body := &mapping.Object{}
	c.HTTP.Body = body
	p := at(v.Position)
	before := len(l.problems)
	switch {
	case f.Parent == nil:
	case sc.parent == nil:
		l.problem(p, c.Coordinate, fmt.Sprintf("the function %s is for objects, and %s has no parent object", f.Name, s.owner.name),
			"register it by fn.RegisterRoot, as a function without parents")
	default:
		l.fitParent(f, sc.parent, p, c.Coordinate, sc)
		sc.read.batch = p
		body.Members = append(body.Members, mapping.Member{Name: "parents", Value: variable("batch")})
	}
	if len(f.Args.Members) > 0 {
		l.fitFunctionArgs(f, s, p, c.Coordinate, sc)
		body.Members = append(body.Members, mapping.Member{Name: "args", Value: variable("args")})
	}
	sc.read.faulty = sc.read.faulty || len(l.problems) > before
}

// readFunctionBatch reads what batch: says of a function.
func (l *loader) readFunctionBatch(f *gofunc.Function, u *use, c *Connector, sc *scope) {
	v := u.arg("batch")
	switch {
	case f == nil:
		return
	case f.Parent == nil && v != nil && sc.read.batch.src == nil:
		l.problem(at(v.Position), c.Coordinate, "batch is given, but the function "+f.Name+" takes no parents", "register it by fn.Register, or remove batch")
		return
	case f.Parent == nil && sc.read.batch.src != nil:
		l.problem(sc.read.batch, c.Coordinate, "$batch is read, but the function "+f.Name+" takes no parents", "use $this")
		return
	case f.Parent == nil:
		return
	case sc.read.this.src != nil:
		l.problem(sc.read.this, c.Coordinate, "$this and $batch cannot be read by one connector", "the function gets its parents all at once: use $batch")
	}
	c.Batch = &Batch{MaxSize: l.maxSize(member(v, "maxSize"), c.Coordinate), Match: MatchPosition, MissingError: raw(member(v, "missing")) == "ERROR"}
	if m := member(v, "match"); m != nil && m.Raw != "POSITION" {
		l.problem(at(m.Position), c.Coordinate, "a function answers its parents in their order: they are matched by POSITION", "remove match")
	}
	if m := member(v, "groupBy"); m != nil {
		l.problem(at(m.Position), c.Coordinate, "a function answers its parents in their order: there is nothing to group", "let it return a list for each parent")
	}
}

func raw(v *ast.Value) string {
	if v == nil {
		return ""
	}
	return v.Raw
}

// checkFunctionReads checks that what a function is called for can be told apart.
func (l *loader) checkFunctionReads(f *gofunc.Function, u *use, s site, c *Connector, sc *scope) {
	switch {
	case s.field != nil:
	case sc.parent == nil:
		l.notYet(u.at, c.Coordinate, "a connector on a root type", "put it on each field")
	case f.Parent == nil:
		l.problem(at(u.arg("fn").Position), c.Coordinate, "the connector of a type must read its key, but the function "+f.Name+" takes no parents",
			"register it by fn.Register, with a struct that names the key")
	}
}

// mockedFunctions gives the connectors of types whose function is made up, and not there, the key of the type as what they read.
func (l *loader) mockedFunctions() {
	for _, t := range l.order {
		for _, b := range t.blocks {
			for _, c := range b.connectors {
				if c.HTTP == nil || c.HTTP.Method != FN || c.Function() != nil || len(t.model.Keys) == 0 {
					continue
				}
				for _, name := range t.model.Keys[0].Fields {
					c.Inputs = append(c.Inputs, Input{Path: strings.Split(name, ".")})
				}
			}
		}
	}
}
