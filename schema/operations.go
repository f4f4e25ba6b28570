package schema

import (
	"errors"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"manifold/internal/mapping"
)

// Document is a file of operations that somebody who runs the gateway has written for a client. It is valid against the public
// schema, but for the directives of our language on it, which are valid by theirs.
type Document struct {
	File *ast.Source
	// Query has every directive where it was written.
	Query *ast.QueryDocument
	// Text is the document as a client may send it: without our directives.
	Text string
}

// Documents reads files of operations. Faults of all of them are in the problems; a file with faults is not among the
// documents. The files must not change afterwards.
func (g *Gateway) Documents(files []*ast.Source) ([]*Document, Problems) {
	l := &loader{lang: newLanguage(), lines: map[*ast.Source]*lines{}}
	l.lang.effective = map[string]bool{}
	for _, part := range effectiveInOperations() {
		l.lang.effective[part] = true
	}
	var out []*Document
	for _, f := range files {
		l.files = append(l.files, f.Name)
		before := len(l.problems)
		if d := l.document(g, f); d != nil && len(l.problems) == before {
			out = append(out, d)
		}
	}
	return out, l.problems.Sorted(l.files)
}

// ProblemAt is a problem at a node of a document.
func ProblemAt(pos *ast.Position, coordinate, message, hint string) Problem {
	l := &loader{lines: map[*ast.Source]*lines{}}
	p := at(pos)
	if p.src != nil {
		l.lines[p.src] = newLines(p.src.Input)
	}
	l.problem(p, coordinate, message, hint)
	return l.problems[0]
}

// ProblemOf is a problem with a directive, at its @.
func ProblemOf(d *ast.Directive, coordinate, message, hint string) Problem {
	pos := *d.Position
	if pos.Start > 0 {
		pos.Start--
	}
	return ProblemAt(&pos, coordinate, message, hint)
}

// ProblemInside is a problem with the text of a string value: err says where inside, if it is a *mapping.SyntaxError.
func ProblemInside(v *ast.Value, err error, coordinate string) Problem {
	p, ok := errors.AsType[*mapping.SyntaxError](err)
	if !ok {
		return ProblemAt(v.Position, coordinate, err.Error(), "")
	}
	src := v.Position.Src
	l := &loader{lines: map[*ast.Source]*lines{src: newLines(src.Input)}}
	l.problem(l.lines[src].inside(v, p.At), coordinate, p.Message, p.Hint)
	return l.problems[0]
}

func (l *loader) document(g *Gateway, file *ast.Source) *Document {
	if !l.readable(file) {
		return nil
	}
	doc, err := parser.ParseQuery(file)
	if err != nil {
		l.unparsed(file, err)
		return nil
	}
	s := &stripping{loader: l}
	s.document(doc)
	for _, e := range validator.ValidateWithRules(g.Schema, doc, rules.NewDefaultRules()) {
		l.invalid(file, e)
	}
	var text strings.Builder
	formatter.NewFormatter(&text, formatter.WithIndent("  ")).FormatQueryDocument(doc)
	s.putBack()
	return &Document{File: file, Query: doc, Text: text.String()}
}

// invalid notes what validation found.
func (l *loader) invalid(file *ast.Source, e *gqlerror.Error) {
	p := Problem{File: file.Name, Message: e.Message}
	if message, hint, ok := strings.Cut(e.Message, " Did you mean "); ok {
		p.Message, p.Hint = message, "did you mean "+hint
	}
	if len(e.Locations) > 0 {
		p.Line, p.Column = e.Locations[0].Line, max(1, e.Locations[0].Column)
		p.SourceLine = l.lines[file].line(p.Line)
		p.EndColumn = wordEnd(p.SourceLine, p.Column)
	}
	if !l.full() {
		l.problems = append(l.problems, p)
	}
}

// stripping takes our directives out of a document for as long as others look at it.
type stripping struct {
	*loader

	lists []stripped
}

type stripped struct {
	at  *ast.DirectiveList
	was ast.DirectiveList
}

func (s *stripping) putBack() {
	for _, l := range s.lists {
		*l.at = l.was
	}
}

func (s *stripping) document(doc *ast.QueryDocument) {
	for _, op := range doc.Operations {
		s.list(&op.Directives, operationLocation(op.Operation), op.Name)
		for _, v := range op.VariableDefinitions {
			s.list(&v.Directives, ast.LocationVariableDefinition, op.Name+"($"+v.Variable+":)")
		}
		s.selections(op.SelectionSet, op.Name)
	}
	for _, f := range doc.Fragments {
		s.list(&f.Directives, ast.LocationFragmentDefinition, f.Name)
		s.selections(f.SelectionSet, f.Name)
	}
}

func operationLocation(kind ast.Operation) ast.DirectiveLocation {
	switch kind {
	case ast.Mutation:
		return ast.LocationMutation
	case ast.Subscription:
		return ast.LocationSubscription
	default:
		return ast.LocationQuery
	}
}

func (s *stripping) selections(set ast.SelectionSet, coordinate string) {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			inner := coordinate + "." + sel.Alias
			s.list(&sel.Directives, ast.LocationField, inner)
			s.selections(sel.SelectionSet, inner)
		case *ast.InlineFragment:
			s.list(&sel.Directives, ast.LocationInlineFragment, coordinate)
			s.selections(sel.SelectionSet, coordinate)
		case *ast.FragmentSpread:
			s.list(&sel.Directives, ast.LocationFragmentSpread, coordinate)
		}
	}
}

// list checks our directives of a list and takes them out.
func (s *stripping) list(list *ast.DirectiveList, location ast.DirectiveLocation, coordinate string) {
	var rest ast.DirectiveList
	seen := map[string]bool{}
	for _, d := range *list {
		def := s.lang.ours[d.Name]
		if def == nil {
			rest = append(rest, d)
			continue
		}
		if s.allowed(d, def, location, coordinate, seen[d.Name]) && s.ready(atDirective(d.Position), coordinate, "@"+d.Name) {
			s.checkArguments(d, def, coordinate, true)
		}
		seen[d.Name] = true
	}
	if len(rest) < len(*list) {
		s.lists = append(s.lists, stripped{list, *list})
		*list = rest
	}
}

// Given returns the value of an argument of one of our directives, nil if it is absent or null.
func Given(d *ast.Directive, name string) *ast.Value { return (&use{dir: d}).arg(name) }
