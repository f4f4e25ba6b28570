package schema

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
)

// scope says what an expression may read where it stands, and notes what it does read.
type scope struct {
	coordinate string

	field  *field // $args are its arguments; nil: there are none
	noArgs string // why

	parent   *typ // $this and $batch have its fields; nil: there is none
	noParent string

	read reads
}

// reads is what the texts of one connector read.
type reads struct {
	inputs []Input // of $this and $batch
	uses   []inputUse
	args   []string
	faulty bool  // some text could not be read, or reads what it may not
	this   place // of the first $this; the zero place: none
	batch  place
}

// inputUse is one reading of $this.path or $batch.path.
type inputUse struct {
	path []string
	at   place
}

// side says on which side of a call a text stands.
type side uint8

const (
	asking    side = iota // URL, headers, body: there is no reply yet
	answering             // selection, @from: `$` is the reply
	failing               // errors, isSuccess: `$` is the reply and $status its status; $this and $batch are not there
)

// selection reads a mapping that picks from a reply, with the meaning of the linked version of connect.
func (l *loader) selection(v *ast.Value, s *scope, at side) mapping.Node {
	parse := mapping.Parse
	if v != nil && v.Position != nil && l.legacy[v.Position.Src] {
		parse = mapping.ParseLegacy
	}
	return l.expr(v, s, at, parse)
}

// expression reads a mapping that stands for a value: `user_id` is that property.
func (l *loader) expression(v *ast.Value, s *scope, at side) mapping.Node {
	return l.expr(v, s, at, mapping.ParseExpression)
}

// expr returns nil for an absent value and after a syntax error.
func (l *loader) expr(v *ast.Value, s *scope, at side, parse func(string) (mapping.Node, error)) mapping.Node {
	t, ok := text(v)
	if !ok {
		return nil
	}
	n, err := parse(t)
	if err != nil {
		s.read.faulty = true
		l.syntax(v, s.coordinate, err, 0)
		return nil
	}
	l.checkNode(n, v, s, at)
	return n
}

// syntax reports a fault inside of a text; offset is where the parsed part begins.
func (l *loader) syntax(v *ast.Value, coordinate string, err error, offset int) {
	if e := (*mapping.SyntaxError)(nil); errors.As(err, &e) {
		l.problem(l.inside(v, offset+e.At), coordinate, e.Message, e.Hint)
		return
	}
	l.problem(l.inside(v, offset), coordinate, err.Error(), "")
}

// checkNode checks methods, variables and roots of a mapping whose offsets count from the start of the value v.
func (l *loader) checkNode(n mapping.Node, v *ast.Value, s *scope, at side) {
	for _, e := range mapping.Check(n, nil) {
		l.problem(l.inside(v, e.At), s.coordinate, e.Message, e.Hint)
	}
	before := len(l.problems)
	for _, u := range mapping.Variables(n) {
		l.checkUse(u, l.inside(v, u.At), s, at)
	}
	s.read.faulty = s.read.faulty || len(l.problems) > before
	if at == asking {
		if p := replyPath(n, false, false); p != nil {
			l.problem(l.inside(v, p.At), s.coordinate, "there is no reply to read from here",
				"values that go into a call come from $args, $this, $batch, $request.headers or $env")
		}
	}
}

// replyPath returns the first path that reads the reply itself: one from `$` or `@`, or a bare name, outside of anything
// that gives these another meaning. here and item say whether `$` and `@` mean something else already.
func replyPath(n mapping.Node, here, item bool) *mapping.Path {
	switch n := n.(type) {
	case *mapping.Path:
		if (n.Root == mapping.RootHere && !here) || (n.Root == mapping.RootAt && !item && !here) {
			return n
		}
		if n.Value != nil {
			if p := replyPath(n.Value, here, item); p != nil {
				return p
			}
		}
		for i := range n.Steps {
			for _, arg := range n.Steps[i].Args {
				if p := replyPath(arg, here, true); p != nil {
					return p
				}
			}
			if sel := n.Steps[i].Select; sel != nil {
				if p := replyPath(sel, true, true); p != nil {
					return p
				}
			}
		}
	case *mapping.Object:
		for i := range n.Members {
			if p := replyPath(n.Members[i].Value, here, item); p != nil {
				return p
			}
		}
	case *mapping.Array:
		for _, e := range n.Items {
			if p := replyPath(e, here, item); p != nil {
				return p
			}
		}
	case *mapping.Choice:
		if p := replyPath(n.Left, here, item); p != nil {
			return p
		}
		return replyPath(n.Right, here, item)
	}
	return nil
}

// checkUse checks one variable against the place where it is read.
func (l *loader) checkUse(u mapping.Use, p place, s *scope, at side) {
	switch u.Name {
	case "args":
		l.useArgs(u, p, s)
	case "this", "batch":
		l.useParent(u, p, s, at)
	case "env":
		l.useEnv(u, p, s)
	case "request":
		if len(u.Path) < 2 || u.Path[0] != "headers" {
			l.problem(p, s.coordinate, "$request has only headers", "write $request.headers.name, or $request.headers.\"odd-name\"")
		}
	case "status":
		switch at {
		case asking:
			l.problem(p, s.coordinate, "there is no $status before the call is made", "")
		case answering:
			l.notYet(p, s.coordinate, "$status in a selection", "it can be read in errors and isSuccess")
		}
	case "claims", "client", "config", "context", "response", "page", "key":
		l.notYet(p, s.coordinate, "$"+u.Name, "take it out; effective are $args, $this, $batch, $request.headers and $env")
	default:
		l.problem(p, s.coordinate, "unknown variable $"+u.Name,
			l.didYouMean(u.Name, []string{"args", "this", "batch", "request", "env", "status"}, "$"))
	}
}

func (l *loader) useEnv(u mapping.Use, p place, s *scope) {
	if len(u.Path) != 1 {
		l.problem(p, s.coordinate, "$env needs the name of one variable", "write $env.NAME")
		return
	}
	value, set := l.env(u.Path[0])
	if !set {
		l.problem(p, s.coordinate, "the environment variable "+u.Path[0]+" is not set", "set it before the gateway starts")
		return
	}
	l.used[u.Path[0]] = value
}

func (l *loader) useArgs(u mapping.Use, p place, s *scope) {
	if s.field == nil {
		l.problem(p, s.coordinate, "$args cannot be read here", s.noArgs)
		return
	}
	args := s.field.def.Arguments
	names := make([]string, len(args))
	for i, a := range args {
		names[i] = a.Name
	}
	if len(u.Path) == 0 {
		for _, name := range names {
			s.read.arg(name)
		}
		return
	}
	a := args.ForName(u.Path[0])
	if a == nil {
		hint := l.didYouMean(u.Path[0], names, "$args.")
		if len(names) == 0 {
			hint = fmt.Sprintf("add it: %s(%s: ...)", s.field.def.Name, u.Path[0])
		}
		l.problem(p, s.coordinate, s.field.coordinate()+" has no argument "+u.Path[0], hint)
		return
	}
	s.read.arg(a.Name)
	l.checkInputPath(u.Path[1:], a.Type, "$args."+a.Name, p, s.coordinate)
}

// checkInputPath checks a path into an argument against its input type. Lists map through; what lies in a custom scalar is
// not known.
func (l *loader) checkInputPath(path []string, t *ast.Type, done string, p place, coordinate string) {
	if len(path) == 0 {
		return
	}
	in := l.types[t.Name()]
	if in == nil || in.kind != ast.InputObject {
		if in != nil && in.kind == ast.Scalar {
			return
		}
		if l.kindOf(t.Name()) != "" {
			l.problem(p, coordinate, fmt.Sprintf("%s is %s and has no members", done, t.Name()), "end the path there")
		}
		return
	}
	f := in.byName[path[0]]
	if f == nil {
		l.problem(p, coordinate, fmt.Sprintf("%s has no member %s: it is not in input %s", done, path[0], in.name), l.didYouMean(path[0], in.fieldNames(), ""))
		return
	}
	l.checkInputPath(path[1:], f.def.Type, done+"."+path[0], p, coordinate)
}

// useParent checks $this and $batch, and notes the fields of the parent that they need.
func (l *loader) useParent(u mapping.Use, p place, s *scope, at side) {
	variable := "$" + u.Name
	if at == failing {
		l.notYet(p, s.coordinate, variable+" in errors and isSuccess", "use $, $status, $args, $request.headers or $env")
		return
	}
	if s.parent == nil {
		l.problem(p, s.coordinate, variable+" cannot be read here", s.noParent)
		return
	}
	if len(u.Path) == 0 {
		l.problem(p, s.coordinate, variable+" needs the name of a field", fmt.Sprintf("write %s.%s", variable, firstName(s.parent)))
		return
	}
	path, ok := l.parentPath(u.Path, s.parent, variable, p, s.coordinate, u.Name == "batch")
	if !ok {
		return
	}
	if u.Name == "this" && s.read.this.src == nil {
		s.read.this = p
	}
	if u.Name == "batch" && s.read.batch.src == nil {
		s.read.batch = p
	}
	s.read.uses = append(s.read.uses, inputUse{path, p})
	if !slices.ContainsFunc(s.read.inputs, func(i Input) bool { return slices.Equal(i.Path, path) }) {
		s.read.inputs = append(s.read.inputs, Input{Path: path})
	}
}

func firstName(t *typ) string {
	if len(t.fields) == 0 {
		return "id"
	}
	return t.fields[0].def.Name
}

// parentPath returns the names of fields, from t on, that a path reads. It ends at the first leaf: a path may go on into a
// custom scalar.
func (l *loader) parentPath(path []string, t *typ, done string, p place, coordinate string, single bool) (fields []string, ok bool) {
	for i, name := range path {
		f := t.byName[name]
		if f == nil {
			l.problem(p, coordinate, fmt.Sprintf("%s has no field %s: it is not in %s", done, name, t.name), l.didYouMean(name, t.fieldNames(), done+"."))
			return nil, false
		}
		done += "." + name
		if single && f.def.Type.Elem != nil {
			l.problem(p, coordinate, done+" is a list and cannot be a key", "a key of a batch is a single value")
			return nil, false
		}
		next := l.types[f.def.Type.Name()]
		if next == nil || !next.composite() {
			if i < len(path)-1 && (next == nil || next.kind != ast.Scalar) {
				l.problem(p, coordinate, fmt.Sprintf("%s is %s and has no members", done, f.def.Type.Name()), "end the path there")
				return nil, false
			}
			return path[:i+1], true
		}
		if next.kind == ast.Union {
			break
		}
		t = next
	}
	l.problem(p, coordinate, done+" is an object", "name the field of it that is needed: "+done+"."+firstName(t))
	return nil, false
}

func (r *reads) arg(name string) {
	if !slices.Contains(r.args, name) {
		r.args = append(r.args, name)
	}
}

// checkTemplate checks the expressions of a URL or header template that was parsed already; v is its value in the file.
// written is the text that was parsed: it differs from the value where the environment was expanded.
func (l *loader) checkTemplate(written string, v *ast.Value, s *scope) {
	for i := 0; i < len(written); {
		open := strings.IndexByte(written[i:], '{')
		if open < 0 {
			return
		}
		n, end, err := mapping.ParseAt(written, i+open+1)
		if err != nil {
			return // the template's own parser has reported it
		}
		l.checkNode(n, v, s, asking)
		i = end + 1
	}
}
