package schema

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/paths"
	"manifold/internal/template"
)

// Proxy is one @proxy: paths whose requests are handed on to a source as they are, beside the graph. No two proxies have a path
// in common, unless the paths of one are all among the other's: then the narrower one has them.
type Proxy struct {
	Path    string         // as written: "/legacy/*"
	Pattern *paths.Pattern // of Path
	Source  *Source        // nil: it is mocked, and there is nobody to hand requests on to
	Base    *template.URL  // the source's address, with its path and queryParams; what is left of the path follows
	Strip   string         // "" or the first segments of Path, which are taken off
	Methods []string       // in the order of HTTPMethod; nil: every method
	Auth    []string       // names of methods of authentication, one of which a request must pass; nil: anybody
	Pos     *ast.Position
}

// Stripped is how many segments are taken off.
func (p *Proxy) Stripped() int { return strings.Count(p.Strip, "/") }

// OwnPaths are the patterns of paths that the gateway itself serves, in whatever mode.
func OwnPaths() []string {
	return []string{"/graphql", "/livez", "/readyz", "/healthz", "/playground", "/playground/"}
}

// readProxies reads every @proxy, after the sources and the clients.
func (l *loader) readProxies(all *uses, files []*ast.Source) {
	for _, file := range files {
		for _, u := range usesOf(all.schema[file], "proxy") {
			if p := l.readProxy(u); p != nil {
				l.proxies = append(l.proxies, p)
			}
		}
	}
}

// readProxy returns nil if the path cannot be read.
func (l *loader) readProxy(u *use) *Proxy {
	path, ok := text(u.arg("path"))
	if !ok {
		return nil
	}
	p := &Proxy{Path: path, Pos: u.dir.Position}
	coordinate := proxyCoordinate(p)
	if v := u.arg("source"); v != nil {
		l.proxiedSource(p, v, coordinate)
	}
	p.Methods = l.proxiedMethods(u.arg("methods"), coordinate)
	p.Auth = l.proxiedAuth(u.arg("auth"), coordinate)
	if p.Pattern = l.proxiedPath(u.arg("path"), coordinate); p.Pattern == nil {
		return nil
	}
	p.Strip = l.strip(u.arg("strip"), p, coordinate)
	l.checkProxied(p, at(u.arg("path").Position), coordinate)
	return p
}

func proxyCoordinate(p *Proxy) string { return `@proxy(path: "` + p.Path + `")` }

// proxiedPath reads a pattern of net/http, or one that ends in `*`, which is whatever follows.
func (l *loader) proxiedPath(v *ast.Value, coordinate string) *paths.Pattern {
	path, all := strings.CutSuffix(v.Raw, "*")
	all = all && strings.HasSuffix(path, "/")
	if !all {
		path = v.Raw
	}
	if i := strings.IndexByte(path, '*'); i >= 0 {
		l.problem(l.inside(v, i), coordinate, "* stands for whatever follows, and only as the last segment", "write /{name}/ for one segment")
		return nil
	}
	if !strings.HasPrefix(path, "/") {
		hint := "write the path alone: /legacy/*"
		if word, _, _ := strings.Cut(path, "/"); word != "" && !strings.ContainsAny(word, " .:") {
			hint = "write /" + v.Raw
		}
		l.problem(at(v.Position), coordinate, "the path does not begin with /", hint)
		return nil
	}
	pattern, err := paths.Parse(path)
	if e, ok := errors.AsType[*paths.Error](err); ok {
		l.problem(l.inside(v, e.At), coordinate, e.Message, e.Hint)
		return nil
	}
	return pattern
}

// proxiedSource finds the source, which has to be one of HTTP.
func (l *loader) proxiedSource(p *Proxy, v *ast.Value, coordinate string) {
	s := l.source(v, coordinate)
	if s == nil {
		return
	}
	other := ""
	switch {
	case s.GRPC != nil:
		other = "gRPC"
	case s.GraphQL != nil:
		other = "GraphQL"
	}
	if other != "" {
		l.problem(at(v.Position), coordinate, fmt.Sprintf("the source %s speaks %s, and requests are handed on by HTTP only", s.Name, other),
			`declare a second source with http: { baseURL: "..." }`)
		return
	}
	p.Source = s
	if s.BaseURL == "" { // a problem already, or mocked
		return
	}
	slash, err := template.ParseURL("/")
	if err != nil {
		panic("schema: a slash is no URL: " + err.Error())
	}
	p.Base = slash.WithBase(s.BaseURL).With(s.Extra, nil)
}

// strip reads the prefix that is taken off: whole segments of the path.
func (l *loader) strip(v *ast.Value, p *Proxy, coordinate string) string {
	written, ok := text(v)
	if !ok {
		return ""
	}
	prefix := strings.TrimSuffix(written, "/")
	rest, found := strings.CutPrefix(p.Path, prefix)
	switch {
	case prefix == "":
		l.problem(at(v.Position), coordinate, "strip takes nothing off", "remove it, or name the first segments of the path")
	case !found || (rest != "" && rest[0] != '/'):
		l.problem(at(v.Position), coordinate, fmt.Sprintf("%s does not begin with %s", p.Path, written), "strip the first segments of the path: "+stripHint(p.Path))
	case strings.HasSuffix(prefix, "...}") || strings.HasSuffix(prefix, "{$}") || strings.HasSuffix(prefix, "*"):
		l.problem(at(v.Position), coordinate, "strip takes segments off, and not what follows them", "strip the first segments of the path: "+stripHint(p.Path))
	default:
		return prefix
	}
	return ""
}

// stripHint is what of a path may be stripped.
func stripHint(path string) string {
	if i := strings.LastIndexByte(path, '/'); i > 0 {
		return path[:i]
	}
	return path
}

// proxiedMethods reads the methods, each once.
func (l *loader) proxiedMethods(v *ast.Value, coordinate string) (methods []string) {
	if v == nil {
		return nil
	}
	for _, item := range items(v) {
		if item.Kind != ast.EnumValue { // reported
			continue
		}
		if slices.Contains(methods, item.Raw) {
			l.problem(at(item.Position), coordinate, item.Raw+" is listed twice", "remove one of the two")
			continue
		}
		methods = append(methods, item.Raw)
	}
	if len(items(v)) == 0 {
		l.problem(at(v.Position), coordinate, "the list of methods is empty, so nothing could be asked", "leave methods out to hand on every method")
	}
	order := l.lang.types["HTTPMethod"].EnumValues
	slices.SortFunc(methods, func(a, b string) int { return indexOf(order, a) - indexOf(order, b) })
	return methods
}

func indexOf(values ast.EnumValueList, name string) int {
	return slices.IndexFunc(values, func(v *ast.EnumValueDefinition) bool { return v.Name == name })
}

// proxiedAuth reads the names of methods of authentication. Whether gateway.yaml has them is not known here.
func (l *loader) proxiedAuth(v *ast.Value, coordinate string) (names []string) {
	if v == nil {
		return nil
	}
	for _, item := range items(v) {
		name, ok := text(item)
		if !ok { // reported
			continue
		}
		if name == "" {
			l.problem(at(item.Position), coordinate, "the name of a method of authentication may not be empty", "write the names that gateway.yaml gives under auth")
			continue
		}
		names = append(names, name)
	}
	if len(items(v)) == 0 {
		l.problem(at(v.Position), coordinate, "the list of methods is empty, so nobody could be known", "leave auth out to let everybody in")
	}
	return names
}

// checkProxied compares the paths of a proxy with all others that are served.
func (l *loader) checkProxied(p *Proxy, where place, coordinate string) {
	for _, own := range OwnPaths() {
		if r := relation(p.Pattern, own); r == paths.Equal || r == paths.Narrower { // of those that cross, ours wins
			l.problem(where, coordinate, "the gateway itself serves "+strings.TrimSuffix(own, "/"), "choose another path")
		}
	}
	for _, c := range l.clients {
		if badPrefix(c.Prefix) != "" { // reported
			continue
		}
		itself, below := relation(p.Pattern, c.Prefix), relation(p.Pattern, c.Prefix+"/")
		if itself == paths.Equal || (below != paths.Disjoint && below != paths.Wider) {
			l.problem(where, coordinate, fmt.Sprintf("the paths below %s are those of the client %s", c.Prefix, c.Name), "choose another path, or another prefix in @bff")
		}
	}
	for _, before := range l.proxies {
		other := l.whereIs(atDirective(before.Pos))
		switch p.Pattern.Compare(before.Pattern) {
		case paths.Equal:
			l.problem(where, coordinate, "the same paths are handed on twice: by "+before.Path+" at "+other, "keep one of the two")
		case paths.Crossing:
			l.problem(where, coordinate, fmt.Sprintf("some paths belong to %s too, at %s, and neither of the two is narrower", before.Path, other),
				"let one of them begin with what tells them apart")
		default:
		}
	}
}

// relation is that of a pattern to a path. A prefix of @bff may hold characters that no pattern has.
func relation(p *paths.Pattern, own string) paths.Relation {
	q, err := paths.Parse(own)
	if err != nil {
		return paths.Disjoint
	}
	return p.Compare(q)
}

// mockedProxies takes mocked sources out of proxies: nothing is made up for these.
func (l *loader) mockedProxies() {
	for _, p := range l.proxies {
		if p.Source != nil && l.mocks(p.Source) {
			p.Source, p.Base = nil, nil
		}
	}
}
