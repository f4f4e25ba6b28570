package schema

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// readSources reads every @source. Names are private to their file; Gateway.Sources holds those of all files.
func (l *loader) readSources(all *uses, files []*ast.Source) {
	l.byFile = map[sourceName]*Source{}
	for _, file := range files {
		for _, u := range all.schema[file] {
			switch u.name {
			case "link":
				l.checkLink(u)
			case "source":
				l.readSource(file, u)
			}
		}
	}
}

func (l *loader) readSource(file *ast.Source, u *use) {
	name, _ := text(u.arg("name"))
	coordinate := schemaCoordinate(u.dir)
	s := &Source{Name: name, Index: len(l.sources), Pos: u.dir.Position}
	if name == "" {
		if v := u.arg("name"); v != nil {
			l.problem(at(v.Position), "@source", "the name of a source may not be empty", "connectors refer to it: @connect(source: ...)")
		}
		return
	}
	if l.byFile[sourceName{file, name}] != nil {
		l.problem(u.at, coordinate, "source "+name+" is declared twice in this file", "rename one of them")
		return
	}
	l.byFile[sourceName{file, name}] = s
	l.sources = append(l.sources, s)

	s.Naming = naming(u.arg("naming"))
	over, overlaid := l.overlays[name]
	s.Config = over.Config
	scope := &scope{
		coordinate: coordinate, source: s, noArgs: "a source has no arguments: use $args in a connector",
		noParent: "a source has no parent object: use it in a connector",
	}
	h, g, q := u.arg("http"), u.arg("grpc"), u.arg("graphql")
	if two := given(u, "http", "grpc", "graphql"); len(two) > 1 {
		l.problem(u.at, coordinate, fmt.Sprintf("a source has one transport: %s and %s are two", two[0], two[1]), "declare two sources")
	}
	switch {
	case q != nil:
		l.fitOverlay(name, "graphql", over)
		l.graphqlSource(q, s, scope, over)
	case g != nil:
		l.fitOverlay(name, "grpc", over)
		l.grpcSource(g, s, scope, over)
	case h != nil:
		l.fitOverlay(name, "http", over)
		if over.BaseURL != "" {
			s.BaseURL = l.overlaidURL(name, "baseURL", over)
		} else {
			s.BaseURL = l.baseURL("baseURL", member(h, "baseURL"), s, coordinate)
		}
		s.BaseURL, s.Slash = strings.CutSuffix(s.BaseURL, "/")
		s.Headers = l.headers(member(h, "headers"), scope, asking)
		s.Extra = l.extra(h, scope)
		s.Respond = l.headers(member(h, "respond"), scope, responding)
		if overlaid {
			s.Headers = mergeHeaders(s.Headers, l.overlaidHeaders(name, over))
		}
	case !u.faulty:
		l.problem(u.at, coordinate, "the source has no transport", `write http: { baseURL: "https://..." }`)
	}
	s.Errors, s.Success = l.outcome(u, scope)
	s.Resilience = l.resilience(u.arg("resilience"), coordinate, false).under(over.Resilience)
	s.Instances, s.Outbound = over.Instances, over.Outbound
	l.fitEnvironment(s, over)
	s.Personal = scope.read.who || s.Outbound.Identity != nil
}

// given lists those of the arguments that a directive has.
func given(u *use, names ...string) (out []string) {
	for _, name := range names {
		if u.arg(name) != nil {
			out = append(out, name)
		}
	}
	return out
}

func naming(v *ast.Value) Naming {
	if v == nil {
		return AsIs
	}
	switch v.Raw {
	case "SNAKE_CASE":
		return SnakeCase
	case "KEBAB_CASE":
		return KebabCase
	case "PASCAL_CASE":
		return PascalCase
	default:
		return AsIs
	}
}

// baseURL reads and checks the address of a source, which word calls it. It returns "" if there is a problem.
func (l *loader) baseURL(word string, v *ast.Value, source *Source, coordinate string) string {
	if _, ok := text(v); !ok {
		return ""
	}
	s, ok := l.expand(v, &scope{coordinate: coordinate, source: source}, false)
	if !ok {
		return ""
	}
	if s, ok = l.expandBase(v, s, source, coordinate); !ok {
		return ""
	}
	if l.mocks(source) { // not used, and perhaps not known
		return ""
	}
	s, wrong, hint := checkBase(s)
	if wrong != "" {
		l.problem(at(v.Position), coordinate, word+" cannot be used: "+wrong, hint)
	}
	return s
}

// checkBase returns a base URL as it is used, with at most one slash at the end of its path, or what is wrong with it and what
// to write instead.
func checkBase(s string) (clean, wrong, hint string) {
	s = strings.TrimSpace(s)
	u, err := url.Parse(s)
	hint = "write scheme, host and, if need be, port and path: http://users.internal:8080/v1"
	switch {
	case strings.ContainsAny(s, "{}"):
		wrong, hint = "it holds a template", "only ${NAME}, {$env.NAME} and {$config.name} are read here; put the rest into the connectors"
	case err != nil:
		wrong = "it is not a URL"
	case u.Scheme != "http" && u.Scheme != "https":
		wrong = "it must begin with http:// or https://"
	case u.Hostname() == "":
		wrong = "it names no host"
	case u.User != nil:
		wrong, hint = "it holds a user name or password", "send credentials in a header"
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.HasSuffix(s, "#"):
		wrong, hint = "it has a query or a fragment", "end it after the path; a query belongs to the connectors"
	default:
		clean = strings.TrimRight(s, "/")
		if clean != s && strings.Trim(u.Path, "/") != "" {
			clean += "/"
		}
		return clean, "", ""
	}
	return "", wrong, hint
}

// source finds a source by the name that a connector or @from gives; nil after a problem.
func (l *loader) source(v *ast.Value, coordinate string) *Source {
	name, ok := text(v)
	if !ok {
		return nil
	}
	file := v.Position.Src
	if s := l.byFile[sourceName{file, name}]; s != nil {
		return s
	}
	var names []string
	elsewhere := ""
	for key := range l.byFile {
		switch {
		case key.file == file:
			names = append(names, key.name)
		case key.name == name:
			elsewhere = key.file.Name
		}
	}
	hint := l.didYouMean(name, names, "")
	switch {
	case elsewhere != "":
		hint = "it is declared in " + elsewhere + "; names of sources are private to their file"
	case len(names) == 0:
		hint = fmt.Sprintf("declare it: extend schema @source(name: %q, http: { baseURL: \"...\" })", name)
	}
	l.problem(at(v.Position), coordinate, fmt.Sprintf("source %q is not declared", name), hint)
	return nil
}

// origin returns the source that stands for a host which a connector names itself, by an absolute URL. Its name, as operators see it, is
// that of the host after two slashes; clients do not see it (fault.Shown).
func (l *loader) origin(scheme, host string) *Source {
	base := scheme + "://" + host
	for _, s := range l.sources {
		if s.Pos == nil && s.BaseURL == base {
			return s
		}
	}
	s := &Source{Name: "//" + host, Index: len(l.sources), BaseURL: base}
	l.sources = append(l.sources, s)
	return s
}
