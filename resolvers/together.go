package resolvers

import (
	"net/textproto"
	"slices"

	"manifold/internal/plan"
)

// together decides whether equal requests of an operation may have one run, and which headers of a request its results depend on.
// They may not if something is changed, or called that has to be called for each request; or if what is called hands out headers
// that may be meant for one client. reads are the headers that mappings of the gateway read.
func together(op *plan.Operation, reads []string) {
	op.Together = op.Kind == "query"
	op.Varies = slices.Clone(reads)
	for _, part := range op.Parts {
		for _, l := range part.Loaders {
			r := l.Request
			if r == nil {
				continue
			}
			if !r.Idempotent || r.Function || len(r.Respond) > 0 {
				op.Together = false
			}
			for _, h := range r.Headers {
				if h.From != "" {
					op.Varies = append(op.Varies, textproto.CanonicalMIMEHeaderKey(h.From))
				}
			}
		}
	}
	slices.Sort(op.Varies)
	op.Varies = slices.Compact(op.Varies)
}
