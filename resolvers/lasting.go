package resolvers

import (
	"slices"
	"strings"
	"time"

	"manifold/internal/plan"
)

// lasting tells how long whoever asked may keep a good answer: as long as the part of it that may be kept for the shortest time; and it is
// public if every part is. One call without @cacheControl is enough, and nothing is said of the whole.
// Credentials do not count for what is PUBLIC; every other header of the client's does. read are those that mappings read.
func lasting(op *plan.Operation, read []string) (maxAge time.Duration, public bool) {
	if op.Kind != "query" {
		return 0, false
	}
	maxAge, public = -1, len(op.Guards) == 0 && len(read) == 0
	for _, part := range op.Parts {
		for _, l := range part.Loaders {
			public = public && !l.Personal
			if l.Request == nil {
				continue
			}
			c := l.Request.Cache
			if c == nil || l.Request.Function || len(l.Request.Respond) > 0 {
				return 0, false
			}
			public = public && c.Public && !slices.ContainsFunc(l.Request.Headers, func(h plan.Header) bool { return h.From != "" && !credential(h.From) })
			if maxAge < 0 || c.MaxAge < maxAge {
				maxAge = c.MaxAge
			}
		}
	}
	if maxAge < time.Second {
		return 0, false
	}
	return maxAge, public
}

func credential(header string) bool {
	return strings.EqualFold(header, "Authorization") || strings.EqualFold(header, "Cookie")
}
