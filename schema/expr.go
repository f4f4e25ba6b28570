package schema

import (
	"errors"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
)

// scope says what an expression may read where it stands, and notes what it does read.
type scope struct {
	coordinate string

	field  *field // $args are its arguments; nil: there are none
	noArgs string // why

	source   *Source              // $config is that of it; nil: there is none
	required map[string]*required // arguments that the parent gives

	parent   *typ // $this and $batch have its fields; nil: there is none
	noParent string

	read reads
}

// reads is what the texts of one connector read.
type reads struct {
	inputs []Input // of $this and $batch
	uses   []inputUse
	args   []string
	who    bool  // $claims or $client is read
	faulty bool  // some text could not be read, or reads what it may not
	this   place // of the first $this; the zero place: none
	batch  place

	required   *required // the first one that is read
	requiredAt place
}

// inputUse is one reading of $this.path or $batch.path.
type inputUse struct {
	path []string
	at   place
}

// side says on which side of a call a text stands.
type side uint8

const (
	asking     side = iota // URL, headers, body: there is no reply yet
	answering              // selection, @from: `$` is the reply
	failing                // errors, isSuccess: `$` is the reply and $status its status; $this and $batch are not there
	responding             // respond: $status and $response are there, but neither `$` nor $this and $batch
)

// selection reads a mapping that picks from a reply, with the meaning of the linked version of connect.
func (l *loader) selection(v *ast.Value, s *scope, at side) mapping.Node {
	parse := mapping.Parse
	if v != nil && v.Position != nil && l.legacy[v.Position.Src] {
		parse = mapping.ParseLegacy
	}
	return l.expr(v, s, at, parse)
}

// expression reads a mapping that stands for a value: `user_id` is that property.
func (l *loader) expression(v *ast.Value, s *scope, at side) mapping.Node {
	return l.expr(v, s, at, mapping.ParseExpression)
}

// expr returns nil for an absent value and after a syntax error.
func (l *loader) expr(v *ast.Value, s *scope, at side, parse func(string) (mapping.Node, error)) mapping.Node {
	t, ok := text(v)
	if !ok {
		return nil
	}
	n, err := parse(t)
	if err != nil {
		s.read.faulty = true
		l.syntax(v, s.coordinate, err, 0)
		return nil
	}
	l.checkNode(n, v, s, at)
	return n
}

// syntax reports a fault inside of a text; offset is where the parsed part begins.
func (l *loader) syntax(v *ast.Value, coordinate string, err error, offset int) {
	if e := (*mapping.SyntaxError)(nil); errors.As(err, &e) {
		hint := e.Hint
		if t, _ := text(v); hint == "" && offset+e.At < len(t) {
			hint = mappingHint(t[offset+e.At:])
		}
		l.problem(l.inside(v, offset+e.At), coordinate, e.Message, hint)
		return
	}
	l.problem(l.inside(v, offset), coordinate, err.Error(), "")
}

// checkNode checks methods, variables and roots of a mapping whose offsets count from the start of the value v.
func (l *loader) checkNode(n mapping.Node, v *ast.Value, s *scope, at side) {
	for _, e := range mapping.Check(n, nil) {
		l.problem(l.inside(v, e.At), s.coordinate, e.Message, e.Hint)
	}
	before := len(l.problems)
	for _, u := range mapping.Variables(n) {
		l.checkUse(u, l.inside(v, u.At), s, at)
	}
	s.read.faulty = s.read.faulty || len(l.problems) > before
	if at == asking || at == responding {
		if p := replyPath(n, false, false); p != nil {
			message, hint := "there is no reply to read from here", replyHint(p, s)
			if at == responding {
				message, hint = "a header of the response cannot read the body of the reply", "it reads "+respondReads
			}
			l.problem(l.inside(v, p.At), s.coordinate, message, hint)
		}
	}
}

// replyPath returns the first path that reads the reply itself: one from `$` or `@`, or a bare name, outside of anything
// that gives these another meaning. here and item say whether `$` and `@` mean something else already.
func replyPath(n mapping.Node, here, item bool) *mapping.Path {
	switch n := n.(type) {
	case *mapping.Path:
		if (n.Root == mapping.RootHere && !here) || (n.Root == mapping.RootAt && !item && !here) {
			return n
		}
		if n.Value != nil {
			if p := replyPath(n.Value, here, item); p != nil {
				return p
			}
		}
		for i := range n.Steps {
			for _, arg := range n.Steps[i].Args {
				if p := replyPath(arg, here, true); p != nil {
					return p
				}
			}
			if sel := n.Steps[i].Select; sel != nil {
				if p := replyPath(sel, true, true); p != nil {
					return p
				}
			}
		}
	case *mapping.Object:
		for i := range n.Members {
			if p := replyPath(n.Members[i].Value, here, item); p != nil {
				return p
			}
		}
	case *mapping.Array:
		for _, e := range n.Items {
			if p := replyPath(e, here, item); p != nil {
				return p
			}
		}
	case *mapping.Choice:
		if p := replyPath(n.Left, here, item); p != nil {
			return p
		}
		return replyPath(n.Right, here, item)
	}
	return nil
}

// checkTemplate checks the expressions of a URL or header template that was parsed already; v is its value in the file.
// written is the text that was parsed: it differs from the value where the environment was expanded. where is inPath for a
// URL, the parts of which are told apart here.
func (l *loader) checkTemplate(written string, v *ast.Value, s *scope, where spot, at side) {
	var nodes []mapping.Node
	var exprs [][2]int
	for i := 0; i < len(written); {
		open := strings.IndexByte(written[i:], '{')
		if open < 0 {
			break
		}
		start := i + open
		n, end, err := mapping.ParseAt(written, start+1)
		if err != nil {
			return // the template's own parser has reported it
		}
		i = end + 1
		if start > 0 && written[start-1] == '$' && replyPath(n, false, false) != nil {
			s.read.faulty = true
			l.problem(l.inside(v, start-1), s.coordinate, "${...} is read in baseURL and in header values only", dollarHint(n, s))
			continue
		}
		before := len(l.problems)
		l.checkNode(n, v, s, at)
		if len(l.problems) == before {
			nodes, exprs = append(nodes, n), append(exprs, [2]int{start, end})
		}
	}
	places := spots(written, exprs)
	for i, n := range nodes {
		if where != inPath {
			places[i] = where
		}
		l.fitTemplate(n, v, s, places[i])
	}
}
