package schema

import (
	"iter"

	"manifold/internal/mapping"
)

// fitReplies checks that what is read of replies is in them where the service says what its replies are: in the messages of
// gRPC as far as it is read by paths alone, in the types of a GraphQL service.
func (l *loader) fitReplies() {
	for _, t := range l.order {
		for _, b := range t.blocks {
			for _, c := range b.connectors {
				l.fitReply(c, t, nil)
				l.fitAnswer(c, t, nil)
			}
		}
		for _, f := range t.fields {
			for _, d := range f.definitions() {
				l.fitReply(d.model.Connector, l.types[f.def.Type.Name()], f)
				l.fitAnswer(d.model.Connector, l.types[f.def.Type.Name()], f)
			}
		}
	}
}

// readOf yields the fields of t that are read of an object in a reply of c, in the order of t, each with its mapping: the members
// that a selection lists; without a selection the fields that the reply carries, with nil. whole says that the object is what c,
// which stands on t, gives.
func readOf(c *Connector, t *typ, selection *mapping.Object, whole bool) iter.Seq2[*field, mapping.Node] {
	return func(yield func(*field, mapping.Node) bool) {
		var listed *members
		if selection != nil {
			listed = flatten(selection)
		}
		for _, f := range t.fields {
			var value mapping.Node
			switch {
			case listed != nil:
				if value = listed.values[f.def.Name]; value == nil {
					continue
				}
			case !carried(c, t, f, whole):
				continue
			}
			if !yield(f, value) {
				return
			}
		}
	}
}

// carried reports whether a field is read of a reply of c by its own name, or by its @from.
func carried(c *Connector, t *typ, f *field, whole bool) bool {
	d := f.model.For(c.Source)
	switch {
	case d.Connector != nil, f.model.Namespace, t.model.KeyField(f.def.Name): // a reply need not repeat its key
		return false
	case whole:
		return d.Block == c.Block()
	default:
		return d.Block == nil || d.Block.Source == c.Source
	}
}

// fromOf returns the @from of a field that holds for the replies of a source, nil if there is none.
func fromOf(f *field, source *Source) (path mapping.Node) {
	for _, from := range f.model.For(source).From {
		if from.Source == nil || from.Source == source {
			path = from.Path
		}
	}
	return path
}

// insideText returns the place of a part of a connector's selection.
func (l *loader) insideText(c *Connector, n mapping.Node) place {
	if v := l.selections[c]; v != nil {
		return l.inside(v, n.Offset())
	}
	return at(c.Pos)
}
