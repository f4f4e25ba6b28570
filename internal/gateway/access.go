package gateway

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"manifold/bff"
	"manifold/internal/fault"
	"manifold/schema"
)

// Access says which documents /graphql takes: "open", "trusted", "off", or "" for what the most open of the clients may send.
type Access string

// access is which documents an endpoint takes. Nil takes any, and knows none by name.
type access struct {
	level   schema.Access
	trusted map[string]*bff.Trusted // by id
}

// accessFor returns the access of /graphql.
func accessFor(said Access, dev bool, clients []*bff.Client) *access {
	a := &access{level: schema.AccessOff, trusted: map[string]*bff.Trusted{}}
	for _, c := range clients {
		for id, t := range c.Trusted {
			if other, taken := a.trusted[id]; taken && other.Text != t.Text { // a name that means two things means nothing
				t = nil
			}
			a.trusted[id] = t
		}
		switch {
		case c.GraphQL == schema.AccessOpen:
			a.level = schema.AccessOpen
		case c.GraphQL == schema.AccessTrusted && a.level == schema.AccessOff:
			a.level = schema.AccessTrusted
		}
	}
	switch {
	case dev || said == "open" || (said == "" && len(clients) == 0):
		a.level = schema.AccessOpen
	case said == "trusted":
		a.level = schema.AccessTrusted
	case said == "off":
		a.level = schema.AccessOff
	}
	if a.level == schema.AccessOpen && len(a.trusted) == 0 {
		return nil
	}
	return a
}

// document picks the text of a request that may name it by id: as documentId of the envelope (appendix of GraphQL over HTTP), as
// hash of a persisted query, or by sending the text itself.
func (a *access) document(x *exchange, params *graphql.RawParams) *gqlerror.Error {
	if a == nil {
		if x.documentID != "" {
			return requestError(fault.PersistedQueryNotFound, "no document of this id is known")
		}
		return nil
	}
	id := strings.TrimPrefix(x.documentID, "sha256:")
	if id == "" {
		if sum, ok := hexSum(memberOf(memberOf(x.extensions, "persistedQuery"), "sha256Hash")); ok {
			id = sum
		}
	}
	known := a.trusted[id]
	switch {
	case known != nil && (params.Query == "" || params.Query == known.Text):
		params.Query = known.Text
		x.extensions = nil // what it says of the hash is settled
		return nil
	case known != nil:
		return requestError(fault.PersistedQueryRequired, "the document is not the one that its id names")
	case x.documentID != "":
		return requestError(fault.PersistedQueryNotFound, "no document of this id is known")
	case a.level == schema.AccessOpen:
		return nil
	case params.Query != "" && a.trusted[bff.Hash(params.Query)] != nil:
		return nil
	default:
		return requestError(fault.PersistedQueryRequired, "only documents that the gateway knows are served here: send documentId, or the hash of one")
	}
}

type accessKey struct{}

// endpointFor serves GraphQL under an access of its own.
func endpointFor(a *access, graphql http.Handler) http.Handler {
	if a == nil {
		return graphql
	}
	if a.level == schema.AccessOff {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			writeSmall(w, http.StatusNotFound, `{"errors":[{"message":"GraphQL is not served here","extensions":{"code":"NOT_FOUND"}}]}`)
		})
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		graphql.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), accessKey{}, a)))
	})
}

// clientEndpoint serves GraphQL to clients that share a prefix, each under its own access.
func clientEndpoint(clients []*bff.Client, graphql http.Handler, o Options) http.Handler {
	endpoints := make([]http.Handler, len(clients))
	for i, c := range clients {
		methods := c.Auth
		if c.AnyAuth {
			methods = nil
		}
		endpoints[i] = identified(endpointFor(&access{level: c.GraphQL, trusted: c.Trusted}, graphql), o, methods)
	}
	if len(clients) == 1 {
		return endpoints[0]
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		endpoints[slices.Index(clients, bff.Choose(clients, r.Header))].ServeHTTP(w, r)
	})
}

func accessFrom(ctx context.Context) *access {
	a, _ := ctx.Value(accessKey{}).(*access)
	return a
}
