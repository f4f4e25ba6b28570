package schema

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Client is a kind of client with an API of its own, as @bff declares it: operations as plain HTTP routes below a prefix.
type Client struct {
	Name    string
	Prefix  string // of its paths, "/m/v1"; no slash at its end
	Auth    []string
	AnyAuth bool // Auth is not given: every method of gateway.yaml will do
	GraphQL Access
	Strict  bool // a query parameter or member that nothing takes is refused
	Pos     *ast.Position
}

// Access says which documents a client may send.
type Access uint8

// The accesses.
const (
	AccessTrusted Access = iota // its own operations, by id or hash
	AccessOpen                  // any
	AccessOff                   // none
)

// readClients reads every @bff.
func (l *loader) readClients(all *uses, files []*ast.Source) {
	byName := map[string]*Client{}
	for _, file := range files {
		for _, u := range usesOf(all.schema[file], "bff") {
			c := l.readClient(u)
			if c == nil {
				continue
			}
			if before := byName[c.Name]; before != nil {
				l.problem(u.at, schemaCoordinate(u.dir), "the client "+c.Name+" is declared twice", "keep one of them; the other is in "+before.Pos.Src.Name)
				continue
			}
			byName[c.Name] = c
			l.clients = append(l.clients, c)
		}
	}
	l.checkPrefixes()
}

func (l *loader) readClient(u *use) *Client {
	name, _ := text(u.arg("name"))
	prefix, _ := text(u.arg("prefix"))
	if u.faulty {
		return nil
	}
	coordinate := schemaCoordinate(u.dir)
	c := &Client{Name: name, Prefix: strings.TrimSuffix(prefix, "/"), Pos: u.dir.Position, Strict: truth(u.arg("strict"), false)}
	if !clientName(name) {
		l.problem(at(u.arg("name").Position), coordinate, "the name of a client has letters, digits, - and _ only",
			"its operations are in the folder of that name: bff/mobile/*.graphql")
	}
	if wrong := badPrefix(prefix); wrong != "" {
		l.problem(at(u.arg("prefix").Position), coordinate, "the prefix cannot be used: "+wrong, "write a path like /m/v1")
	}
	switch v := u.arg("graphql"); {
	case v == nil:
	case v.Raw == "OPEN":
		c.GraphQL = AccessOpen
	case v.Raw == "OFF":
		c.GraphQL = AccessOff
	}
	given := u.arg("auth")
	c.AnyAuth = given == nil
	for _, item := range items(given) {
		method, _ := text(item)
		if method == "" {
			l.problem(at(item.Position), coordinate, "the name of a method of authentication may not be empty", "write the names that gateway.yaml gives under auth")
		}
		c.Auth = append(c.Auth, method)
	}
	if given != nil && len(c.Auth) == 0 {
		l.problem(at(given.Position), coordinate, "the list of methods is empty, so nobody could be known", "leave auth out to take every method of gateway.yaml")
	}
	return c
}

func clientName(s string) bool {
	return s != "" && len(s) <= 64 && !strings.ContainsFunc(s, func(r rune) bool { return !wordRune(r) && r != '-' })
}

// badPrefix says what is wrong with a prefix, "" if nothing is.
func badPrefix(s string) string {
	segments := strings.Split(strings.TrimSuffix(strings.TrimPrefix(s, "/"), "/"), "/")
	switch {
	case !strings.HasPrefix(s, "/"):
		return "it does not begin with /"
	case s == "/":
		return "every path of the gateway begins with it"
	case strings.ContainsAny(s, "{}?#%"):
		return "a prefix is fixed text"
	}
	for _, segment := range segments {
		if segment == "" || segment == "." || segment == ".." || strings.ContainsFunc(segment, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return "its segments are words of visible ASCII"
		}
	}
	switch segments[0] {
	case "graphql", "playground", "livez", "readyz", "healthz":
		return "/" + segments[0] + " belongs to the gateway itself"
	}
	return ""
}

// checkPrefixes refuses prefixes that lie in each other. Several clients may share one: see package bff.
func (l *loader) checkPrefixes() {
	for i, c := range l.clients {
		for _, other := range l.clients[:i] {
			if strings.HasPrefix(c.Prefix, other.Prefix+"/") || strings.HasPrefix(other.Prefix, c.Prefix+"/") {
				l.problem(atDirective(c.Pos), `@bff(name: "`+c.Name+`")`, "the prefix "+c.Prefix+" and that of "+other.Name+", "+other.Prefix+", lie in each other",
					"give them prefixes side by side, or the same one")
			}
		}
	}
}
