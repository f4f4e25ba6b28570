package config

import "manifold/schema"

// Config is gateway.yaml. The tags of a key: its name, its default as it would be written, the least and the greatest value,
// an example, and what it is for.
type Config struct {
	Listen Address `key:"listen" default:":8080" example:"127.0.0.1:8080" about:"Public address: GraphQL at /graphql."`
	Admin  Address `key:"admin" example:"127.0.0.1:9090" about:"Address of metrics, health, status and reload. Without it there is no such listener. Never make it public."`
	Mode   Mode    `key:"mode" default:"production" example:"development" about:"development switches on the playground, introspection, suggestions, and the services' own error texts. Not for production."`
	Schema []Text  `key:"schema" default:"[gateway.graphql]" example:"[gateway.graphql, more/]" about:"Schema files, and folders that hold them, from the folder of this file. Files named on the command line take their place."`
	// BFF is where the operations of clients are.
	BFF Text `key:"bff" default:"bff" example:"clients/" about:"Folder of the clients' operations, from the folder of this file: in it is a folder for each client, as bff/mobile/*.graphql."`
	// GraphQL is who may send what to /graphql.
	GraphQL Access `key:"graphql" example:"trusted" about:"What /graphql takes: open is any document, trusted only those of the clients' folders, off none. Without it, what the most open of the clients may send; without clients it is open. Development is always open."`
	Auth    Auth   `key:"auth" about:"How requests are known: see auth.md. Without it everybody is nobody."`
	// Federation makes the gateway a subgraph of somebody's supergraph.
	Federation bool `key:"federation" default:"false" example:"true" about:"true makes the gateway a subgraph of Apollo Federation: it serves _service and _entities. Then let only the router reach it: every entity can be asked for by its key."`

	// Coalesce has equal queries that are under way at the same time run once.
	Coalesce bool `key:"coalesce" default:"true" example:"false" about:"Queries that are equal in all that their answers depend on (the operation, its variables, who asks, every header that is forwarded or read) and under way at the same time run once. false runs each by itself."`

	Faults bool  `key:"faults" default:"false" example:"true" about:"true lets requests have calls fail on purpose: X-Manifold-Fault: reviews=timeout, orders=503@30%. For tests, and for who builds pages; never where clients are real."`
	Cache  Cache `key:"cache" about:"Replies of services that are kept: those that say so themselves (RFC 9111), and what has @cacheControl."`
	Redis  Redis `key:"redis" about:"A Redis that gateways share as a second cache. Without one each keeps replies for itself."`

	Sources map[string]Source `key:"sources" about:"What this environment says about a @source, by its name."`
	Limits  Limits            `key:"limits" about:"What one request may cost."`

	// Files are the files that the values were read from by ${file:...}, for whoever watches them.
	Files []File
	Spots Spots
}

// Cache is the memory for kept replies.
type Cache struct {
	Memory Size `key:"memory" default:"64MiB" min:"1MiB" max:"64GiB" example:"256MiB" about:"Memory for kept replies. Those that are used least go first."`
	Off    bool `key:"off" default:"false" example:"true" about:"true keeps nothing."`
}

// Redis is the second tier of the cache.
type Redis struct {
	URL    Secret      `key:"url" example:"redis://user:${file:/run/secrets/redis}@cache.internal:6379/0" about:"Its address; rediss:// for TLS. A Redis that is down costs no request more than 50 ms, and is left alone then." need:"yes"`
	Prefix string      `key:"prefix" default:"manifold:" example:"shop:" about:"What its keys begin with. Gateways with the same prefix share replies."`
	At     schema.Spot // of the mapping
}

// Limits bound what one request may cost.
type Limits struct {
	Body                Size     `key:"body" default:"1MiB" min:"1KiB" max:"1GiB" example:"256KiB" about:"Size of a request body, after decompression."`
	Tokens              int      `key:"tokens" default:"4000" min:"1" max:"1000000" example:"2000" about:"Words and signs of a document."`
	Nesting             int      `key:"nesting" default:"64" min:"1" max:"500" example:"32" about:"Levels of brackets open at once."`
	Fields              int      `key:"fields" default:"1500" min:"1" max:"1000000" example:"500" about:"Fields of an operation, fragments counted where they are spread."`
	RootFields          int      `key:"rootFields" default:"30" min:"1" max:"100000" example:"10" about:"Root fields of an operation."`
	Aliases             int      `key:"aliases" default:"100" min:"1" max:"100000" example:"30" about:"Aliases of an operation."`
	Directives          int      `key:"directives" default:"50" min:"1" max:"100000" example:"20" about:"Directives of a document."`
	Fragments           int      `key:"fragments" default:"100" min:"1" max:"1000" example:"50" about:"Fragment definitions of a document."`
	Overlap             int      `key:"overlap" default:"20000" min:"100" max:"10000000" example:"10000" about:"Steps of comparing fields of the same response name."`
	IntrospectionFields int      `key:"introspectionFields" default:"500" min:"1" max:"100000" example:"300" about:"Fields of introspection."`
	IntrospectionDepth  int      `key:"introspectionDepth" default:"20" min:"1" max:"100" example:"15" about:"Levels of introspection."`
	Errors              int      `key:"errors" default:"20" min:"1" max:"1000" example:"50" about:"Errors that are reported for one request."`
	DocumentCache       Size     `key:"documentCache" default:"32MiB" min:"64KiB" max:"16GiB" example:"64MiB" about:"Memory for documents and their plans."`
	CachedDocument      Size     `key:"cachedDocument" default:"16KiB" min:"1KiB" max:"16MiB" example:"32KiB" about:"Longest document that is kept."`
	PersistedQueries    Size     `key:"persistedQueries" default:"8MiB" min:"64KiB" max:"16GiB" example:"16MiB" about:"Memory for automatic persisted queries."`
	Timeout             Duration `key:"timeout" default:"10s" min:"10ms" max:"10m" example:"3s" about:"Time for one request, once it has been read. A route with a timeout has its own. Clients shorten it by X-Request-Timeout-Ms."`
	Calls               int      `key:"calls" default:"1000" min:"1" max:"65535" example:"200" about:"Calls of services that one operation may need."`
	Parallel            int      `key:"parallel" default:"64" min:"1" max:"10000" example:"16" about:"Of these at the same time."`
	Response            Size     `key:"response" default:"32MiB" min:"64KiB" max:"1GiB" example:"8MiB" about:"Size of the data that one operation may answer."`

	Upstream Upstream `key:"upstream" about:"What one call of a service may cost."`
}

// Upstream bounds the calls of services.
type Upstream struct {
	Timeout       Duration `key:"timeout" default:"3s" min:"1ms" max:"10m" example:"800ms" about:"Time for one call, connecting included."`
	DialTimeout   Duration `key:"dialTimeout" default:"1s" min:"1ms" max:"1m" example:"300ms" about:"Time for one TCP connect, name lookup included."`
	TimeoutHeader string   `key:"timeoutHeader" default:"X-Envoy-Expected-Rq-Timeout-Ms" example:"X-Request-Timeout-Ms" about:"The header that tells a service how many milliseconds a call has left (gRPC has grpc-timeout); none sends none."`
	TLSTimeout    Duration `key:"tlsTimeout" default:"2s" min:"1ms" max:"1m" example:"1s" about:"Time for one TLS handshake."`
	Silence       Duration `key:"silence" default:"5m" min:"1s" max:"24h" example:"1m" about:"How long a stream may stand still that @proxy hands on; sockets may for as long as they like."`
	MaxResponse   Size     `key:"maxResponse" default:"8MiB" min:"1KiB" max:"1GiB" example:"2MiB" about:"Size of a reply, after decompression."`
	MaxMessage    Size     `key:"maxMessage" default:"4MiB" min:"1KiB" max:"1GiB" example:"16MiB" about:"Size of a gRPC message, in both directions."`
	MaxHeader     Size     `key:"maxHeader" default:"64KiB" min:"1KiB" max:"16MiB" example:"32KiB" about:"Size of a reply's header."`
	MaxConcurrent int      `key:"maxConcurrent" default:"256" min:"1" max:"100000" example:"512" about:"Calls of one source that run at once, if resilience does not say; as many wait for at most 50 ms, others are refused."`
	MaxConns      int      `key:"maxConns" default:"256" min:"1" max:"100000" example:"512" about:"Open connections to one host and port; further calls wait."`
	IdleConns     int      `key:"idleConns" default:"64" min:"1" max:"100000" example:"128" about:"Of these, how many are kept without work."`
	IdleTimeout   Duration `key:"idleTimeout" default:"1m" min:"1s" max:"1h" example:"30s" about:"How long a connection is kept without work."`
}

// Spots are the places of values that cannot be changed while the gateway runs.
type Spots struct{ Listen, Admin schema.Spot }

// File is a file that was read.
type File struct {
	Path string
	Text []byte // nil if it could not be read
}

// later are the keys of the design that have no effect yet, and what to do until then. They are refused, never ignored.
func later(path string) (hint string, known bool) {
	switch path {
	case "telemetry", "state":
		return "leave it out", true
	case "resilience":
		return "write it for each source, sources.NAME.resilience; limits.upstream.timeout holds for all of them", true
	case "limits.cost":
		return "use fields, rootFields and calls", true
	case "limits.depth":
		return "use nesting", true
	default:
		return "", false
	}
}
