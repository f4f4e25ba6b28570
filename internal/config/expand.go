package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"manifold/schema"
)

// maxSecret bounds a file that ${file:...} names.
const maxSecret = 64 << 10

var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// expand replaces ${NAME}, ${NAME:-default} and ${file:path} in a value, once. ok is false after a problem. Problems tell
// names and paths, never what they stand for.
func (r *reader) expand(s string, n ast.Node, k key) (out string, ok bool) {
	var b strings.Builder
	ok = true
	for {
		before, rest, found := strings.Cut(s, "${")
		b.WriteString(before)
		if !found {
			return b.String(), ok
		}
		inner, after, closed := strings.Cut(rest, "}")
		if !closed {
			r.problem(r.inside(n, "${"), k.path, "${ is not closed", "write ${NAME}, ${NAME:-default} or ${file:path}")
			return "", false
		}
		value, wrong, hint := r.lookUp(inner)
		if wrong != "" {
			r.problem(r.inside(n, "${"+inner), k.path, wrong, hint)
			ok = false
		}
		b.WriteString(value)
		s = after
	}
}

func (r *reader) lookUp(inner string) (value, wrong, hint string) {
	if path, isFile := strings.CutPrefix(inner, "file:"); isFile {
		return r.file(path)
	}
	name, fallback, hasFallback := strings.Cut(inner, ":-")
	if !envName.MatchString(name) {
		return "", fmt.Sprintf("${%s} is not a name of an environment variable", inner), "write ${NAME}, ${NAME:-default} or ${file:path}"
	}
	set := false
	if r.world.Env != nil {
		value, set = r.world.Env(name)
	}
	switch {
	case hasFallback && value == "": // as in a shell, an empty variable takes the default too
		return fallback, "", ""
	case !set:
		return "", "the environment variable " + name + " is not set", "set it, or write ${" + name + ":-default}"
	default:
		return value, "", ""
	}
}

// file reads a file of one value: a secret that the platform has mounted. One line break at its end is not part of it.
func (r *reader) file(path string) (value, wrong, hint string) {
	const help = "the path is taken from the folder of this file; the gateway must be allowed to read it"
	if path == "" || r.world.ReadFile == nil {
		return "", "${file:} names no file that can be read", "write ${file:path}"
	}
	text, err := r.world.ReadFile(path)
	if !slices.ContainsFunc(r.files, func(f File) bool { return f.Path == path }) {
		r.files = append(r.files, File{path, text})
	}
	switch {
	case err != nil:
		return "", "the file " + path + " cannot be read", help
	case len(text) > maxSecret:
		return "", "the file " + path + " is larger than 64 KiB", "a value is a line, not a document"
	case len(text) == 0:
		return "", "the file " + path + " is empty", "is the secret mounted?"
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r"), "", ""
}

// inside is the place of part in a value, where it can be found on the value's line, else that of the value.
func (r *reader) inside(n ast.Node, part string) schema.Spot {
	s := r.at(n)
	if s.Line > len(r.lines) {
		return s
	}
	line := []rune(r.lines[s.Line-1])
	if s.Column > len(line) {
		return s
	}
	if i := strings.Index(string(line[s.Column-1:]), part); i >= 0 {
		s.Column += len([]rune(string(line[s.Column-1:])[:i]))
	}
	return s
}
