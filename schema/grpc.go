package schema

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"google.golang.org/protobuf/reflect/protoreflect"

	"manifold/internal/mapping"
	"manifold/internal/protos"
	"manifold/internal/template"
	"manifold/internal/transcode"
)

// GRPC is what a source that speaks gRPC is called by.
type GRPC struct {
	Target   string // as grpc-go takes it: host:port, dns:///host:port, unix:///path
	TLS      bool
	Services *protos.Services
	Methods  []*RPCMethod // those that connectors call, each once
}

// RPCMethod is a method that connectors call: its definition, and what turns its messages into JSON and back.
type RPCMethod struct {
	*protos.Method
	Codec *transcode.Method
}

// RPC is the Method of a call of gRPC. Its URL is grpc://SOURCE/package.Service/Method, its body the JSON of the request.
const RPC = "RPC"

// grpcSource reads the transport of a source that speaks gRPC.
func (l *loader) grpcSource(v *ast.Value, s *Source, sc *scope, over Overlay) {
	s.GRPC = &GRPC{}
	s.BaseURL = "grpc://" + s.Name
	if strings.ContainsFunc(s.Name, func(r rune) bool { return !nameByte(byte(min(r, 127)), false) && r != '-' && r != '.' }) {
		l.problem(atDirective(s.Pos), sc.coordinate, "the name of a gRPC source is letters, digits, `-`, `_` and `.`", "rename it")
		s.BaseURL = "grpc://source"
	}
	if over.BaseURL != "" {
		if wrong := s.GRPC.at(strings.TrimSpace(over.BaseURL)); wrong != "" {
			l.spotProblem(over.BaseURLAt, "sources."+s.Name+".grpc.target", "target cannot be used: "+wrong, targetHint)
		}
	} else {
		l.target(member(v, "target"), s, sc)
	}
	s.Headers = mergeHeaders(l.metadata(member(v, "metadata"), sc), l.overlaidHeaders(s.Name, over))
	definition, reflection := member(v, "proto"), truth(member(v, "reflection"), false)
	switch {
	case definition != nil && reflection:
		l.problem(at(definition.Position), sc.coordinate, "proto and reflection are two ways of knowing the service", "keep one of them")
	case definition != nil:
		s.GRPC.Services = l.definitions(definition, sc.coordinate)
	case !reflection:
		l.problem(at(v.Position), sc.coordinate, "it is not said what the service's methods are", `name its definition, proto: "service.proto", or say reflection: true`)
	case l.mocks(s): // it may not be there yet
	case l.reflect == nil:
		l.problem(at(member(v, "reflection").Position), sc.coordinate, "the service cannot be asked for its methods here", `name its definition: proto: "service.proto"`)
	default:
		services, err := l.reflect(s.GRPC.Target, s.GRPC.TLS)
		if err != nil {
			l.problem(at(member(v, "reflection").Position), sc.coordinate, "the service does not tell its methods: "+err.Error(), `name its definition instead: proto: "service.proto"`)
		}
		s.GRPC.Services = services
	}
}

// target reads the address of a gRPC source: host:port, a name that grpc-go resolves (dns:///host:port), or grpcs://host:port
// for TLS.
func (l *loader) target(v *ast.Value, s *Source, sc *scope) {
	if _, ok := text(v); !ok {
		return
	}
	t, ok := l.expand(v, sc, false)
	if !ok {
		return
	}
	if t, ok = l.expandBase(v, t, s, sc.coordinate); !ok {
		return
	}
	if wrong := s.GRPC.at(strings.TrimSpace(t)); wrong != "" {
		l.problem(at(v.Position), sc.coordinate, "target cannot be used: "+wrong, targetHint)
	}
}

const targetHint = "write host:port, dns:///host:port, or grpcs://host:port for TLS"

// at sets the address. It returns what is wrong with it, if anything is.
func (g *GRPC) at(t string) (wrong string) {
	plain := strings.TrimPrefix(t, "grpc://")
	plain, g.TLS = strings.CutPrefix(plain, "grpcs://")
	g.Target = plain
	switch {
	case strings.HasPrefix(t, "http://"), strings.HasPrefix(t, "https://"):
		return "it is a URL of HTTP"
	case plain == "" || strings.ContainsAny(plain, " {}"):
		return "it names no host"
	}
	return ""
}

// metadata reads rules for what goes with a call; they are those of headers.
func (l *loader) metadata(v *ast.Value, sc *scope) []Header {
	rules := l.headers(v, sc, asking)
	for _, item := range items(v) {
		name, ok := text(member(item, "name"))
		if ok && reservedMetadata(name) {
			l.problem(at(member(item, "name").Position), sc.coordinate, "the metadata "+name+" belongs to gRPC itself, or is binary", "choose another name")
		}
	}
	return rules
}

// reservedMetadata reports whether a name is one of gRPC's own, or of a binary value.
func reservedMetadata(name string) bool {
	name = strings.ToLower(name)
	return strings.HasPrefix(name, "grpc-") || strings.HasSuffix(name, "-bin")
}

// definitions reads a .proto file with its imports, or a descriptor set.
func (l *loader) definitions(v *ast.Value, coordinate string) *protos.Services {
	name, ok := text(v)
	if !ok {
		return nil
	}
	p := at(v.Position)
	file := beside(v.Position.Src, name)
	if l.read == nil {
		l.problem(p, coordinate, "files cannot be read here: "+name, "")
		return nil
	}
	var services *protos.Services
	var err error
	if strings.HasSuffix(name, ".proto") {
		services, err = protos.Parse(file, l.read)
	} else {
		var set []byte
		if set, err = l.read(file); err == nil {
			services, err = protos.ParseSet(file, set)
		}
	}
	var faults protos.Problems
	switch {
	case err == nil:
		return services
	case errors.As(err, &faults):
		for _, f := range faults {
			if f.File == file && f.Line == 0 { // of the file as a whole: what matters is who names it
				l.problem(p, coordinate, file+": "+f.Msg, "the path is taken from the folder of "+path.Base(filepath.ToSlash(v.Position.Src.Name)))
				continue
			}
			l.problems = append(l.problems, Problem{File: f.File, Line: f.Line, Column: f.Col, Coordinate: coordinate, Message: f.Msg, Hint: f.Hint})
		}
	case errors.Is(err, fs.ErrNotExist):
		l.problem(p, coordinate, "there is no file "+file, "the path is taken from the folder of "+path.Base(filepath.ToSlash(v.Position.Src.Name)))
	default:
		l.problem(p, coordinate, "the file cannot be read: "+err.Error(), "")
	}
	return nil
}

// beside is a path as a file means it: from its own folder.
func beside(file *ast.Source, name string) string {
	if path.IsAbs(name) || filepath.IsAbs(name) {
		return name
	}
	return path.Join(path.Dir(filepath.ToSlash(file.Name)), name)
}

// grpc reads the transport of a connector that makes a gRPC call.
func (l *loader) grpc(v *ast.Value, s site, c *Connector, sc *scope) *HTTP {
	name, ok := text(member(v, "method"))
	if !ok {
		return nil
	}
	if c.Source == nil {
		return nil // reported, or the connector names none
	}
	if c.Source.GRPC == nil {
		l.problem(at(v.Position), c.Coordinate, fmt.Sprintf("source %q speaks no gRPC", c.Source.Name), `write http: { ... }, or declare @source(grpc: { target: "..." })`)
		return nil
	}
	out := &HTTP{Method: RPC, Safe: s.field == nil || s.owner != l.roots[ast.Mutation]}
	out.Headers = mergeHeaders(c.Source.Headers, l.metadata(member(v, "metadata"), sc))
	out.Body = l.expression(member(v, "request"), sc, asking)
	if out.Body == nil {
		out.Body = &mapping.Object{}
	}
	url, err := template.ParseURL("/" + strings.TrimPrefix(name, "/"))
	if c.Source.GRPC.Services == nil && l.mocks(c.Source) && err == nil {
		out.URL = url.WithBase(c.Source.BaseURL)
		return out
	}
	if c.Source.GRPC.Services == nil || err != nil {
		return nil
	}
	m := c.Source.GRPC.Services.Method(strings.TrimPrefix(name, "/"))
	p := at(member(v, "method").Position)
	switch {
	case m == nil:
		hint := "write package.Service/Method"
		if near := c.Source.GRPC.Services.Near(name); near != "" {
			hint = "did you mean " + near + "?"
		} else if all := c.Source.GRPC.Services.Methods(); len(all) > 0 && len(all) < 12 {
			hint = "the methods are " + oneOf(all)
		}
		l.problem(p, c.Coordinate, "there is no method "+name, hint)
		return nil
	case m.Streaming:
		l.notYet(p, c.Coordinate, "the streaming method "+name, "call one that takes one message and returns one")
		return nil
	}
	c.RPC = c.Source.GRPC.compiled(m)
	out.URL = url.WithBase(c.Source.BaseURL)
	l.fitRequest(out.Body, m.Input, member(v, "request"), sc)
	return out
}

// compiled returns a method with its codec, made once for all its connectors.
func (g *GRPC) compiled(m *protos.Method) *RPCMethod {
	for _, have := range g.Methods {
		if have.Method == m {
			return have
		}
	}
	r := &RPCMethod{m, transcode.NewMethod(m.Path(), m.Input, m.Output, g.Services.Messages())}
	g.Methods = append(g.Methods, r)
	return r
}

// fitRequest checks that the members which a mapping gives to a message are fields of it, and that lists and messages stand
// where they may.
func (l *loader) fitRequest(n mapping.Node, m protoreflect.MessageDescriptor, v *ast.Value, sc *scope) {
	o, ok := n.(*mapping.Object)
	if !ok || v == nil || wellKnown(m) {
		return
	}
	for i := range o.Members {
		e := &o.Members[i]
		if e.Spread {
			continue
		}
		f := messageField(m, e.Name)
		p := l.inside(v, e.At)
		if f == nil {
			l.problem(p, sc.coordinate, fmt.Sprintf("the message %s has no field %s", m.FullName(), e.Name), l.didYouMean(e.Name, fieldsOf(m), ""))
			continue
		}
		made := l.formOf(e.Value, formEnv{scope: sc})
		switch inner := f.Message(); {
		case f.IsMap():
		case made.kind == list && !f.IsList() && (inner == nil || !wellKnown(inner)):
			l.problem(p, sc.coordinate, fmt.Sprintf("the mapping makes a list of %s, but the field of %s is one value", e.Name, m.FullName()), "take one item, as by ->first")
		case made.kind == scalar && f.IsList():
			l.problem(p, sc.coordinate, fmt.Sprintf("the mapping makes one value of %s, but the field of %s is repeated", e.Name, m.FullName()), "make a list of it: "+e.Name+": $([ ... ])")
		case (made.kind == object) && inner == nil && !f.IsList():
			l.problem(p, sc.coordinate, fmt.Sprintf("the mapping makes an object of %s, but the field of %s is %s", e.Name, m.FullName(), f.Kind()), "name one value")
		case made.kind == scalar && inner != nil && !wellKnown(inner):
			l.problem(p, sc.coordinate, fmt.Sprintf("the mapping makes one value of %s, but the field of %s is the message %s", e.Name, m.FullName(), inner.FullName()), "write an object: "+e.Name+": { ... }")
		case inner != nil && !f.IsMap():
			l.fitRequest(e.Value, inner, v, sc)
		}
	}
}

// wellKnown reports whether a message is written as something else than an object of its fields.
func wellKnown(m protoreflect.MessageDescriptor) bool {
	return m.FullName().Parent() == "google.protobuf"
}

// messageField finds a field by its name in the definition, or in JSON. A group may also be called what its field is.
func messageField(m protoreflect.MessageDescriptor, name string) protoreflect.FieldDescriptor {
	if f := m.Fields().ByTextName(name); f != nil {
		return f
	}
	if f := m.Fields().ByName(protoreflect.Name(name)); f != nil {
		return f
	}
	return m.Fields().ByJSONName(name)
}

func fieldsOf(m protoreflect.MessageDescriptor) []string {
	var names []string
	for i := range m.Fields().Len() {
		names = append(names, m.Fields().Get(i).TextName())
	}
	return names
}
