// Package reviews is the shop's GraphQL service. It tells what customers wrote about products: schema.graphql says how. It
// knows products and users by their ids only.
package reviews

import (
	"context"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"manifold/examples/shop/reviews/graph"
)

// Options say what the service knows of the rest of the shop.
type Options struct {
	Products []string         // ids of the products that may be reviewed, at least four
	Users    int              // users 1 to this may write
	Now      func() time.Time // the clock of new reviews

	// OnRequest, if not nil, is told the document of every GraphQL request before it is parsed, with the request's context.
	OnRequest func(ctx context.Context, document string)
}

// Handler returns the service, which answers at /graphql by POST and GET, introspection included. Reviews that are added
// are kept in memory.
func Handler(o Options) http.Handler {
	root := &resolvers{store: newStore(o.Products), users: o.Users, now: o.Now}
	root.store.fill(o.Products, o.Users)
	server := handler.New(graph.NewExecutableSchema(graph.Config{Resolvers: root}))
	server.AddTransport(transport.GET{})
	server.AddTransport(transport.POST{})
	server.SetQueryCache(lru.New[*ast.QueryDocument](100))
	server.Use(extension.Introspection{})
	if o.OnRequest != nil {
		server.Use(watcher{o.OnRequest})
	}
	mux := http.NewServeMux()
	mux.Handle("/graphql", http.MaxBytesHandler(server, 1<<20))
	return mux
}

// watcher is a gqlgen extension that tells of each request.
type watcher struct {
	tell func(ctx context.Context, document string)
}

var _ interface {
	graphql.HandlerExtension
	graphql.OperationParameterMutator
} = watcher{}

// ExtensionName is how gqlgen calls it.
func (watcher) ExtensionName() string { return "watcher" }

// Validate has nothing to check.
func (watcher) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters changes nothing: it is where gqlgen shows a request before anything can refuse it.
func (w watcher) MutateOperationParameters(ctx context.Context, request *graphql.RawParams) *gqlerror.Error {
	w.tell(ctx, request.Query)
	return nil
}
