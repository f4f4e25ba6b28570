package schema

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// specs are the specifications that may be linked, by name, with the directives of each that we know: those of ours and
// those that are refused with a hint of their own.
func specs() map[string][]string {
	return map[string][]string{
		"connect": {"source", "connect"},
		"federation": {
			"key", "requires", "external", "shareable", "inaccessible", "tag", "authenticated", "requiresScopes", "policy",
			"cost", "listSize", "cacheTag", "provides", "override", "interfaceObject", "extends", "composeDirective",
		},
		"link":           {"link"},
		"tag":            {"tag"},
		"inaccessible":   {"inaccessible"},
		"authenticated":  {"authenticated"},
		"requiresScopes": {"requiresScopes"},
		"policy":         {"policy"},
		"cost":           {"cost", "listSize"},
		"composite":      {"key", "lookup", "internal", "inaccessible", "is", "require", "shareable", "external", "provides", "override"},
	}
}

// link is one @link as it is written, whether it is right or not.
type link struct {
	*use
	spec         string // name of the specification, "" if its address is not one of those we know
	major, minor int
}

func readLink(u *use) link {
	k := link{use: u}
	address, _ := text(u.arg("url"))
	parts := regexp.MustCompile(`^https://specs\.(apollo\.dev|graphql\.org)/([A-Za-z]+)/v([0-9]+)\.([0-9]+)/?$`).FindStringSubmatch(address)
	if parts != nil {
		k.spec = parts[2]
		k.major, _ = strconv.Atoi(parts[3])
		k.minor, _ = strconv.Atoi(parts[4])
	}
	return k
}

// imported reads one import: "@connect", or { name: "@connect", as: "@bind" }. as is nil if it keeps its name.
func imported(v *ast.Value) (name string, as *ast.Value, ok bool) {
	if name, ok = text(v); ok {
		return name, nil, true
	}
	name, ok = text(member(v, "name"))
	if other, given := text(member(v, "as")); given && other != name {
		as = member(v, "as")
	}
	return name, as, ok
}

// checkLink checks one @link. Our directives need none, so a link only has to be one that we understand: a known
// specification in a version we know. What it calls its names is read by rename.
func (l *loader) checkLink(u *use) {
	v := u.arg("url")
	address, ok := text(v)
	if !ok {
		return
	}
	const coordinate = "@link"
	k := readLink(u)
	if k.spec == "" {
		l.problem(at(v.Position), coordinate, "this specification is not known: "+address,
			`known is https://specs.apollo.dev/connect/v0.4, and federation; remove other links`)
		return
	}
	known := specs()
	if known[k.spec] == nil {
		l.problem(at(v.Position), coordinate, "this specification is not known: "+address, l.didYouMean(k.spec, sortedKeys(known), ""))
		return
	}
	versions := map[string]bool{
		"connect": k.major == 0 && k.minor >= 1 && k.minor <= 4, "federation": k.major == 2, "link": k.major == 1,
	}
	if fine, listed := versions[k.spec]; listed && !fine {
		l.problem(at(v.Position), coordinate, "version v"+strconv.Itoa(k.major)+"."+strconv.Itoa(k.minor)+" of "+k.spec+" is not known",
			"connect is known from v0.1 to v0.4, federation from v2.0")
	}
	for _, item := range items(u.arg("import")) {
		l.checkImport(item, k.spec, known[k.spec])
	}
}

// checkImport checks that an imported name is one of the specification.
func (l *loader) checkImport(v *ast.Value, spec string, directives []string) {
	const coordinate = "@link"
	if v == nil {
		return
	}
	name, _, ok := imported(v)
	switch directive, isDirective := strings.CutPrefix(name, "@"); {
	case !ok:
		l.problem(at(v.Position), coordinate, "an import is a name in quotes", `write "@connect", or { name: "@connect" }`)
	case !isDirective:
		// A file that names a type of the specification defines it, so it is enough that there is one.
		foreign := []string{"URLPathTemplate", "FieldSet", "Import", "Purpose", "Scope", "Policy", "FieldSelectionMap", "FieldSelectionSet"}
		if !slices.Contains(foreign, name) && l.lang.types[name] == nil {
			l.problem(at(v.Position), coordinate, "there is no "+name+" to import", l.didYouMean(name, sortedKeys(l.lang.types), ""))
		}
	case l.lang.refused[directive] != "":
		l.problem(at(v.Position), coordinate, name+" is not part of the language", l.lang.refused[directive])
	case slices.Contains(directives, directive):
	case l.lang.ours[directive] != nil:
		l.problem(at(v.Position), coordinate, "there is no "+name+" in "+spec, "take it out: "+name+" needs no import")
	default:
		l.problem(at(v.Position), coordinate, "there is no "+name+" to import", l.didYouMean(directive, directives, "@"))
	}
}
