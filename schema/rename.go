package schema

import (
	"regexp"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// names is what one file calls the directives of the specifications that it links, as in Apollo's link specification
// (specs.apollo.dev/link/v1.0): an import may rename a directive; one that is not imported has the name of its specification,
// or what the link's `as` says, before its own (@connect__source); the directive that is called like its specification is
// called like its prefix alone. Our own names hold besides, with and without a link.
type names struct {
	local    map[string]string // name in this file -> ours, where they differ
	prefixes map[string]string // prefix -> specification
}

// rename gives every directive of the document the name that it has in the language, so that nothing after it has to know
// what a file calls it. Messages use the names of the language; the line that they show has the file's own.
func (l *loader) rename(doc *document) {
	l.names = map[*ast.Source]*names{}
	schemas := slices.Concat(doc.schemas, doc.schemaExts)
	var links ast.DirectiveList
	for _, s := range schemas {
		links = append(links, s.Directives...)
	}
	own := l.linkNames(links)
	for _, d := range links {
		if d.Name == "link" || d.Name == own[d.Position.Src] {
			l.readNames(readLink(&use{name: "link", dir: d, at: atDirective(d.Position)}), doc)
		}
	}
	if len(l.names) == 0 {
		return
	}
	for _, s := range schemas {
		l.renameAll(s.Directives)
	}
	for _, b := range doc.blocks {
		l.renameAll(b.def.Directives)
		for _, f := range b.def.Fields {
			l.renameAll(f.Directives)
			l.renameArguments(f.Arguments)
		}
		for _, v := range b.def.EnumValues {
			l.renameAll(v.Directives)
		}
	}
	for _, list := range []ast.DirectiveDefinitionList{doc.directives, doc.dirExts} {
		for _, d := range list {
			d.Name = l.prefixed(d.Position.Src, d.Name) // for declare to say that it is ours
			l.renameAll(d.Directives)
			l.renameArguments(d.Arguments)
		}
	}
}

func (l *loader) renameArguments(args ast.ArgumentDefinitionList) {
	for _, a := range args {
		l.renameAll(a.Directives)
	}
}

func (l *loader) renameAll(list ast.DirectiveList) {
	for _, d := range list {
		n := l.names[d.Position.Src]
		if n == nil {
			continue
		}
		if ours := n.local[d.Name]; ours != "" {
			d.Name = ours
		} else {
			d.Name = l.prefixed(d.Position.Src, d.Name)
		}
	}
}

// prefixed returns our name of a directive that is written with the prefix of its specification; else the name itself.
func (l *loader) prefixed(file *ast.Source, name string) string {
	n := l.names[file]
	prefix, rest, ok := strings.Cut(name, "__")
	if n == nil || !ok || !slices.Contains(specs()[n.prefixes[prefix]], rest) {
		return name
	}
	return rest
}

// linkNames returns what files call @link itself, where a link to the link specification gives it another name.
func (l *loader) linkNames(links ast.DirectiveList) map[*ast.Source]string {
	out := map[*ast.Source]string{}
	for _, d := range links {
		if l.lang.ours[d.Name] != nil {
			continue
		}
		k := readLink(&use{dir: d})
		as, _ := text(k.arg("as"))
		itself := as == d.Name || slices.ContainsFunc(items(k.arg("import")), func(v *ast.Value) bool {
			name, as, _ := imported(v)
			local, _ := text(as)
			return name == "@link" && local == "@"+d.Name
		})
		if k.spec == "link" && itself {
			out[d.Position.Src] = d.Name
		}
	}
	return out
}

// readNames takes note of the names that one link gives.
func (l *loader) readNames(k link, doc *document) {
	file := k.dir.Position.Src
	n := l.names[file]
	if n == nil {
		n = &names{local: map[string]string{}, prefixes: map[string]string{}}
		l.names[file] = n
	}
	if specs()[k.spec] != nil {
		l.readPrefix(k, n, doc)
	}
	for _, item := range items(k.arg("import")) {
		if name, as, ok := imported(item); ok && as != nil {
			l.readImport(n, name, as, doc)
		}
	}
}

// readPrefix reads what a link puts before the names that it does not import.
func (l *loader) readPrefix(k link, n *names, doc *document) {
	prefix, p := k.spec, k.at
	if v := k.arg("as"); v != nil {
		as, ok := text(v)
		if !ok {
			return
		}
		prefix, p = as, at(v.Position)
		if !isName(as) || strings.Contains(as, "__") || strings.HasSuffix(as, "_") {
			l.problem(p, "@link", "`as` is not a name that can stand before others: "+brief(v), "write letters and digits, as in @link(url: ..., as: \"c\")")
			return
		}
	}
	if other := n.prefixes[prefix]; other != "" && other != k.spec {
		l.problem(p, "@link", "the prefix "+prefix+" stands for "+other+" already", "give one of the two links another name by `as`")
		return
	}
	n.prefixes[prefix] = k.spec
	if prefix != k.spec && slices.Contains(specs()[k.spec], k.spec) && l.lang.ours[prefix] == nil && !defines(doc, prefix) {
		n.local[prefix] = k.spec
	}
}

// readImport reads an import that renames.
func (l *loader) readImport(n *names, name string, as *ast.Value, doc *document) {
	local, _ := text(as)
	ours, isDirective := strings.CutPrefix(name, "@")
	local, asDirective := strings.CutPrefix(local, "@")
	problem := func(message, hint string) { l.problem(at(as.Position), "@link", message, hint) }
	switch other := n.local[local]; {
	case isDirective && !asDirective:
		problem(name+" is a directive, and "+local+" is not the name of one", `write as: "@`+local+`"`)
	case asDirective && !isDirective:
		problem(name+" is a type, and @"+local+" is not the name of one", `write as: "`+local+`"`)
	case !isName(local) || strings.HasPrefix(local, "__"):
		problem("`as` is not a name: "+brief(as), `write it as in { name: "`+name+`", as: "@bind" }`)
	case !isDirective: // the file defines the type by this name, or does not use it
	case other != "" && other != ours:
		problem("@"+local+" stands for @"+other+" already", "give one of the two another name")
	case l.lang.ours[local] != nil || l.lang.standard[local] != nil:
		problem("@"+local+" is a directive of its own, which holds without an import", "choose another name")
	case defines(doc, local):
		problem("@"+local+" is defined here, so it cannot stand for "+name, "choose another name, or remove the definition")
	default:
		n.local[local] = ours
	}
}

// defines reports whether the user defines a directive.
func defines(doc *document, name string) bool { return doc.directives.ForName(name) != nil }

func isName(s string) bool { return regexp.MustCompile(`^[_A-Za-z][_0-9A-Za-z]*$`).MatchString(s) }

// known lists the names by which a file may call directives of ours that differ from ours; those with a prefix only if
// they are looked for.
func (n *names) known(prefixed bool) []string {
	if n == nil {
		return nil
	}
	out := sortedKeys(n.local)
	if prefixed {
		for _, prefix := range sortedKeys(n.prefixes) {
			for _, d := range specs()[n.prefixes[prefix]] {
				out = append(out, prefix+"__"+d)
			}
		}
	}
	return out
}
