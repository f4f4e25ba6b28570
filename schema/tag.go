package schema

import (
	"slices"
	"strings"
)

// maxTag is how many characters the name of a tag may have.
const maxTag = 128

// checkTag checks a @tag, and notes it. It is a label for other tools: it is shown where the gateway is a subgraph of theirs.
func (l *loader) checkTag(u *use, coordinate string) {
	v := u.arg("name")
	name, ok := text(v)
	if !ok {
		return
	}
	switch i := strings.IndexFunc(name, func(r rune) bool { return !wordRune(r) && r != '-' && r != '/' }); {
	case name == "":
		l.problem(at(v.Position), coordinate, "the name of a tag may not be empty", `write @tag(name: "internal"), or remove it`)
	case i >= 0:
		l.problem(l.inside(v, i), coordinate, "a tag's name has letters, digits, _, - and / only", "other tools read it; write it with these")
	case len(name) > maxTag:
		l.problem(at(v.Position), coordinate, "a tag's name has 128 characters at most", "shorten it")
	case !slices.Contains(l.tags[coordinate], name):
		l.tags[coordinate] = append(l.tags[coordinate], name)
	}
}
