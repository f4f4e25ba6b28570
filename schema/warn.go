package schema

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// warn finds what works, but hardly as meant: connectors that make one call for each item of a list, and arguments that
// nothing reads.
func (l *loader) warn() {
	w := &walk{loader: l, seen: map[reached]bool{}, warned: map[*Connector]bool{}}
	for _, op := range []ast.Operation{ast.Query, ast.Mutation} {
		if root := l.roots[op]; root != nil {
			w.visit(root, false)
		}
	}
}

type walk struct {
	*loader
	seen   map[reached]bool
	warned map[*Connector]bool
}

type reached struct {
	t      *typ
	inList bool
}

func (w *walk) visit(t *typ, inList bool) {
	if w.seen[reached{t, inList}] {
		return
	}
	w.seen[reached{t, inList}] = true
	if t.kind != ast.Object {
		for _, o := range w.possible(t) {
			w.visit(o, inList)
		}
	}
	for _, f := range t.fields {
		m := f.model
		w.unreadArguments(f)
		if inList {
			w.check(m.Connector)
			if m.Connector == nil && m.Block != t.model.Loader().Block() {
				w.check(m.Block)
			}
		}
		target := w.types[f.def.Type.Name()]
		if target == nil || !target.composite() {
			continue
		}
		inner := inList || f.def.Type.Elem != nil
		if inner && m.Connector == nil && !m.Embedded && !m.Lookup {
			w.check(target.model.Loader())
		}
		w.visit(target, inner)
	}
}

// unreadArguments warns of arguments that have no effect.
func (w *walk) unreadArguments(f *field) {
	c := f.model.Connector
	if f.model.Lookup || w.pushed[f] || (c == nil && w.mock.All && w.isRoot(f.owner)) || (c != nil && (w.unread[c] || c.Coordinate != f.coordinate())) {
		return
	}
	for _, a := range w.visibleArguments(f.def.Arguments) {
		if c == nil || !slices.Contains(c.Args, a.Name) {
			hint := "read it by $args." + a.Name + ", or remove it"
			if fn := c.Function(); fn != nil {
				hint = fmt.Sprintf("give the arguments of the function a member `json:%q`, or remove it", a.Name)
			}
			w.warning(at(a.Position), f.coordinate(), "argument "+a.Name+" has no effect: no connector of this field reads it", hint)
		}
	}
}

func (w *walk) check(c *Connector) {
	if c == nil || c.HTTP == nil || c.HTTP.URL == nil || c.Batch != nil || len(c.Inputs) == 0 || w.warned[c] {
		return
	}
	w.warned[c] = true
	if c.HTTP.Method == FN {
		w.warning(atDirective(c.Pos), c.Coordinate, "inside a list this makes one call for each item (N+1)",
			"register the function by fn.Register, which gets all items at once, and put it on the type: type ... @connect(fn: ...)")
		return
	}
	w.warning(atDirective(c.Pos), c.Coordinate, "inside a list this makes one call for each item (N+1)",
		fmt.Sprintf("read the keys of all items at once, if the service can: %s: %q", c.HTTP.Method, batchSpelling(c)))
}

// batchSpelling rewrites a URL that reads one key into one that reads many: a key in the path moves to the query.
func batchSpelling(c *Connector) string {
	url := c.HTTP.URL.String()
	if c.Source != nil {
		url = strings.TrimPrefix(url, c.Source.BaseURL)
	}
	one := "{$this."
	if c.KeyArgs {
		one = "{$args."
		if len(c.Inputs) == 1 { // an argument may have another name than the field that it is
			url = regexp.MustCompile(`\{\$args\.[A-Za-z0-9_.]+`).ReplaceAllLiteralString(url, one+inputNames(c)[0])
		}
	}
	path, query, hasQuery := strings.Cut(url, "?")
	if i := strings.Index(path, "/"+one); i >= 0 {
		name := strings.Join(c.Inputs[0].Path, ".")
		rest := ""
		if j := strings.IndexByte(path[i+1:], '/'); j >= 0 {
			rest = path[i+1+j:]
		}
		path = path[:i] + rest + "?" + c.Inputs[0].Path[len(c.Inputs[0].Path)-1] + "={$batch." + name + "}"
		if hasQuery {
			path += "&" + query
		}
		return strings.ReplaceAll(path, one, "{$batch.")
	}
	if !strings.Contains(url, one) { // the key stands in path, queryParams or the body
		separator := "?"
		if hasQuery {
			separator = "&"
		}
		return url + separator + c.Inputs[0].Path[len(c.Inputs[0].Path)-1] + "={$batch." + strings.Join(c.Inputs[0].Path, ".") + "}"
	}
	return strings.ReplaceAll(url, one, "{$batch.")
}
