package bff

import (
	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/plan"
)

// mark tells the plan without which root fields there is no answer: one that the answer is about (@notFound), one whose members
// are the answer (@flatten), and one that is all there is. What is replaced when it fails (@onError) is not vital.
func (o *Operation) mark() {
	nodes := map[string]*ast.Field{}
	rootFields(o.Definition.SelectionSet, nodes)
	shown := 0
	for _, f := range nodes {
		if f.Directives.ForName("omit") == nil && f.Name != "__typename" {
			shown++
		}
	}
	for _, part := range o.Plan.Parts {
		fields := part.Root.Variants[0].Fields
		for i := range fields {
			f := &fields[i]
			node := nodes[f.Key]
			if node == nil || f.Const != nil || node.Directives.ForName("onError") != nil {
				continue
			}
			if shown > 1 && node.Directives.ForName("notFound") == nil && node.Directives.ForName("flatten") == nil {
				continue
			}
			if f.Reshape == nil {
				f.Reshape = &plan.Reshape{}
			}
			f.Reshape.Vital = true
		}
	}
	o.finds = finds(o.Definition.SelectionSet)
}

// rootFields finds the root fields of an operation by their response keys.
func rootFields(set ast.SelectionSet, out map[string]*ast.Field) {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			if out[sel.Alias] == nil {
				out[sel.Alias] = sel
			}
		case *ast.InlineFragment:
			rootFields(sel.SelectionSet, out)
		case *ast.FragmentSpread:
			if sel.Definition != nil {
				rootFields(sel.Definition.SelectionSet, out)
			}
		}
	}
}

// finds reports whether a selection has a @notFound.
func finds(set ast.SelectionSet) bool {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			if sel.Directives.ForName("notFound") != nil || finds(sel.SelectionSet) {
				return true
			}
		case *ast.InlineFragment:
			if finds(sel.SelectionSet) {
				return true
			}
		case *ast.FragmentSpread:
			if sel.Definition != nil && finds(sel.Definition.SelectionSet) {
				return true
			}
		}
	}
	return false
}
