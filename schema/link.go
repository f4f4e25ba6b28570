package schema

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// checkLink checks one @link. Our directives need none, so a link only has to be one that we understand: a known
// specification in a version we know, whose imports keep their names.
func (l *loader) checkLink(u *use) {
	v := u.arg("url")
	address, ok := text(v)
	if !ok {
		return
	}
	coordinate := "@link"
	parts := regexp.MustCompile(`^https://specs\.(apollo\.dev|graphql\.org)/([A-Za-z]+)/v([0-9]+)\.([0-9]+)/?$`).FindStringSubmatch(address)
	if parts == nil {
		l.problem(at(v.Position), coordinate, "this specification is not known: "+address,
			`known is https://specs.apollo.dev/connect/v0.4, and federation; remove other links`)
		return
	}
	name := parts[2]
	major, _ := strconv.Atoi(parts[3])
	minor, _ := strconv.Atoi(parts[4])
	known := map[string]bool{
		"connect": major == 0 && minor >= 1 && minor <= 4, "federation": major == 2, "link": major == 1, "tag": true,
		"inaccessible": true, "authenticated": true, "requiresScopes": true, "policy": true, "cost": true, "composite": true,
	}
	switch ok, listed := known[name]; {
	case !listed:
		l.problem(at(v.Position), coordinate, "this specification is not known: "+address, l.didYouMean(name, sortedKeys(known), ""))
	case !ok:
		l.problem(at(v.Position), coordinate, "version v"+parts[3]+"."+parts[4]+" of "+name+" is not known",
			"connect is known from v0.1 to v0.4, federation from v2.0")
	}
	if as, ok := text(u.arg("as")); ok && as != name {
		l.notYet(at(u.arg("as").Position), coordinate, "@link(as:)", "leave it out and use the directives by their own names")
	}
	for _, item := range items(u.arg("import")) {
		l.checkImport(item, coordinate)
	}
}

// checkImport checks one imported name: "@connect" or { name: "@connect", as: "@bind" }.
func (l *loader) checkImport(v *ast.Value, coordinate string) {
	name, ok := text(v)
	if !ok && v != nil && v.Kind == ast.ObjectValue {
		name, ok = text(member(v, "name"))
		if as, given := text(member(v, "as")); given && as != name {
			l.notYet(at(member(v, "as").Position), coordinate, "a renamed import", "leave `as` out and use the name itself")
		}
	}
	switch directive, isDirective := strings.CutPrefix(name, "@"); {
	case !ok:
		if v != nil {
			l.problem(at(v.Position), coordinate, "an import is a name in quotes", `write "@connect", or { name: "@connect" }`)
		}
	case !isDirective:
		if name != "JSONSelection" && name != "URLPathTemplate" && name != "FieldSet" && l.lang.types[name] == nil {
			l.problem(at(v.Position), coordinate, "there is no "+name+" to import", l.didYouMean(name, sortedKeys(l.lang.types), ""))
		}
	case l.lang.refused[directive] != "":
		l.problem(at(v.Position), coordinate, name+" is not part of the language", l.lang.refused[directive])
	case l.lang.ours[directive] == nil:
		l.problem(at(v.Position), coordinate, "there is no "+name+" to import", l.didYouMean(directive, sortedKeys(l.lang.ours), "@"))
	}
}
