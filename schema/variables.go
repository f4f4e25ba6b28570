package schema

import (
	"fmt"
	"net/textproto"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
)

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
			return
		}
		l.requestHeaders[textproto.CanonicalMIMEHeaderKey(u.Path[1])] = true
	case "status":
		if at == asking {
			l.problem(p, s.coordinate, "there is no $status before the call is made", "")
		}
	case "response":
		switch {
		case at == asking:
			l.problem(p, s.coordinate, "there is no $response before the call is made", "")
		case len(u.Path) < 2 || u.Path[0] != "headers":
			l.problem(p, s.coordinate, "$response has only headers", "write $response.headers.name, or $response.headers.\"odd-name\"")
		}
	case "context": // an empty object
	case "config":
		l.useConfig(u, p, s)
	case "claims": // what is in them, only the request knows
		s.read.who = true
	case "client":
		s.read.who = true
		l.useClient(u, p, s)
	case "page", "key":
		l.notYet(p, s.coordinate, "$"+u.Name, "take it out; effective are $args, $this, $batch, $claims, $client, $request.headers, $response.headers, $status, $env and $config")
	default:
		l.problem(p, s.coordinate, "unknown variable $"+u.Name,
			l.didYouMean(u.Name, []string{"args", "this", "batch", "request", "response", "env", "config", "status", "context", "claims", "client"}, "$"))
	}
}

func (l *loader) useEnv(u mapping.Use, p place, s *scope) {
	if len(u.Path) != 1 {
		l.problem(p, s.coordinate, "$env needs the name of one variable", "write $env.NAME")
		return
	}
	value, set := l.env(u.Path[0])
	if !set && l.mocks(s.source) { // read by a call that is not made
		return
	}
	if !set {
		l.problem(p, s.coordinate, "the environment variable "+u.Path[0]+" is not set", "set it before the gateway starts")
		return
	}
	l.used[u.Path[0]] = value
}

// useClient checks what is read of who asks.
func (l *loader) useClient(u mapping.Use, p place, s *scope) {
	members := []string{"id", "plan"}
	if len(u.Path) > 0 && !slices.Contains(members, u.Path[0]) {
		l.problem(p, s.coordinate, "$client has no member "+u.Path[0], orElse(l.didYouMean(u.Path[0], members, "$client."), "it has id and plan; what a token says is in $claims"))
	}
}

func (l *loader) useArgs(u mapping.Use, p place, s *scope) {
	if s.field == nil {
		hint := s.noArgs
		if len(u.Path) > 0 && s.parent != nil && s.parent.byName[u.Path[0]] != nil {
			hint = "a connector on a type has no arguments; it reads a field of the object: $this." + u.Path[0] + ", or $batch." + u.Path[0] + " for many at once"
		}
		l.problem(p, s.coordinate, "$args cannot be read here", hint)
		return
	}
	args := s.field.def.Arguments
	names := make([]string, len(args))
	for i, a := range args {
		names[i] = a.Name
	}
	if len(u.Path) == 0 {
		for _, name := range names {
			if r := s.required[name]; r != nil {
				l.useRequired(r, mapping.Use{Name: "args", Path: []string{name}}, p, s)
				continue
			}
			s.read.arg(name)
		}
		return
	}
	if r := s.required[u.Path[0]]; r != nil {
		l.useRequired(r, u, p, s)
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
	if at == responding {
		l.problem(p, s.coordinate, variable+" cannot be read here: a response has one set of headers, whatever its objects are",
			"it reads "+respondReads)
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
		s.read.faulty = true
		return
	}
	if u.Name == "this" && s.read.this.src == nil {
		s.read.this = p
	}
	if u.Name == "batch" && s.read.batch.src == nil {
		s.read.batch = p
	}
	s.read.uses = append(s.read.uses, inputUse{path, p})
	s.read.input(Input{Path: path})
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
		if f == nil && t.main() == nil && !l.isRoot(t) {
			return nil, false // reported: the type that is extended is not there
		}
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
		if f.def.Type.Elem != nil && i < len(path)-1 {
			l.notYet(p, coordinate, "a value inside of the list "+done, "read a field of an object; what lies in a list can be picked by the selection of the connector that brings it")
			return nil, false
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
