package resolvers

import (
	"manifold/internal/plan"
	"manifold/internal/transcode"
)

// wireReply returns how replies of a gRPC method are read from the wire; nil if all of a reply has to be JSON first, since a mapping
// reads it or its value is not where messages lead to.
func wireReply(p *plan.Reply, d *transcode.Decoder) *plan.WireReply {
	t := d.Type()
	if p.Transform != nil || !t.Plain() {
		return nil
	}
	if len(p.Path) == 0 {
		if p.Shape.Kind != plan.Record || len(p.Shape.Computed) > 0 {
			return nil
		}
		return &plan.WireReply{Value: plan.WireField{How: plan.WireRecord, Inner: wireOf(t, p.Shape), Shape: p.Shape}}
	}
	out := &plan.WireReply{}
	for i, name := range p.Path {
		f, ok := t.Field(name)
		if !ok {
			return nil
		}
		out.Path = append(out.Path, plan.WireStep{Type: t, Index: f.Index})
		if i == len(p.Path)-1 {
			out.Value = wireField(f, p.Shape)
			break
		}
		if f.Form != transcode.Message {
			return nil
		}
		t = f.Type
	}
	return out
}

// wireOf returns how messages of a type are read as a shape says of their JSON.
func wireOf(t transcode.Type, s *plan.Shape) *plan.Wire {
	out := &plan.Wire{Type: t, Width: s.Width, Fields: make([]plan.WireField, t.Len())}
	for i := range s.Props {
		p := &s.Props[i]
		f, ok := t.Field(p.Name)
		if !ok {
			continue // it is never there
		}
		x := plan.WireField{How: plan.WireText}
		if p.Raw < 0 || p.Slot < 0 {
			x = wireField(f, p.Shape)
		}
		x.Absent, x.Prop, x.Slot = f.Absent, p, max(p.Raw, p.Slot)
		out.Fields[f.Index] = x
		if f.Absent != nil {
			out.Late = append(out.Late, f.Index)
		}
	}
	return out
}

// wireField returns how a field is read as a shape says of its JSON; no shape means a token.
func wireField(f transcode.Field, s *plan.Shape) plan.WireField {
	x := plan.WireField{How: plan.WireText, Absent: f.Absent, Shape: s}
	switch {
	case f.Form == transcode.Scalar && (s == nil || s.Kind == plan.Token):
		x.How = plan.WireToken
	case s == nil:
	case f.Form == transcode.Texts && s.Kind == plan.List && s.Item.Kind == plan.Token:
		x.How = plan.WireTokens
	case f.Form == transcode.Message && s.Kind == plan.Inline && len(s.Computed) == 0:
		x.How, x.Inner = plan.WireInline, wireOf(f.Type, s)
	case f.Form == transcode.Message && s.Kind == plan.Record && len(s.Computed) == 0:
		x.How, x.Inner = plan.WireRecord, wireOf(f.Type, s)
	case f.Form == transcode.Messages && s.Kind == plan.List && s.Item.Kind == plan.Record && len(s.Item.Computed) == 0:
		x.How, x.Inner = plan.WireRecords, wireOf(f.Type, s.Item)
	}
	return x
}
