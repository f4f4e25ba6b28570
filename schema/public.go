package schema

import (
	"errors"

	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"
)

// publish builds the schema that clients see, from trees that hold nothing of ours any more and without what is hidden, and
// completes the model with it.
// gqlparser checks it once more: what it finds was overlooked by us, and is still a problem rather than a surprise later.
func (l *loader) publish(g *Gateway, doc *document) {
	sd := validator.PreludeDocument()
	for _, t := range l.order {
		if l.hides(t.name) {
			continue
		}
		for i, b := range t.blocks {
			if i == 0 && !b.ext {
				sd.Definitions = append(sd.Definitions, l.shown(b.def))
			} else {
				sd.Extensions = append(sd.Extensions, l.shown(b.def))
			}
		}
		g.order = append(g.order, t.name)
	}
	sd.Schema = append(sd.Schema, l.shownRoots(doc.schemas)...)
	sd.SchemaExtension = append(sd.SchemaExtension, l.shownRoots(doc.schemaExts)...)
	sd.Directives = append(sd.Directives, doc.directives...)
	sd.DirectiveExtensions = append(sd.DirectiveExtensions, doc.dirExts...)

	public, err := validator.ValidateSchemaDocument(sd)
	if err != nil {
		l.lastNet(err)
		return
	}
	delete(public.Directives, "defer") // gqlparser's own; nothing here defers
	g.Schema, g.tags = public, l.tags
	g.shareable = map[string]bool{}
	for _, t := range l.order {
		for _, f := range t.fields {
			if shareable(f) != nil {
				g.shareable[f.coordinate()] = true
			}
		}
	}
	for name, t := range g.Types {
		t.Def = public.Types[name]
	}
}

func (l *loader) lastNet(err error) {
	p := Problem{Message: err.Error()}
	if ge := (*gqlerror.Error)(nil); errors.As(err, &ge) {
		p.Message = ge.Message
		p.File, _ = ge.Extensions["file"].(string)
		if len(ge.Locations) > 0 && ge.Locations[0].Line > 0 {
			p.Line, p.Column = ge.Locations[0].Line, ge.Locations[0].Column
		}
		for src, lines := range l.lines {
			if src.Name == p.File {
				p.SourceLine = lines.line(p.Line)
			}
		}
	}
	p.Hint = "this is a rule of the GraphQL specification, section 3"
	l.problems = append(l.problems, p)
}
