package schema

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
)

// languageSDL declares every directive of the language, and the types of their arguments, effective or not. It is read for
// each Load and never becomes part of a user's schema: users may have types called Header or Retry of their own.
const languageSDL = `
directive @link(url: String!, as: String, import: [LinkImport], for: LinkPurpose) repeatable on SCHEMA
directive @source(name: String!, http: SourceHTTP, grpc: SourceGRPC, graphql: SourceGraphQL, naming: Naming = AS_IS, errors: ConnectorErrors, isSuccess: JSONSelection, resilience: Resilience) repeatable on SCHEMA
directive @bff(name: String!, prefix: String!, auth: [String!], limit: RateLimit, graphql: GraphQLAccess = TRUSTED, strict: Boolean = false) repeatable on SCHEMA
directive @proxy(path: String!, source: String!, strip: String, methods: [HTTPMethod!], auth: [String!]) repeatable on SCHEMA
directive @connect(id: String, source: String, entity: Boolean, http: ConnectHTTP, grpc: ConnectGRPC, graphql: ConnectGraphQL, fn: String, selection: JSONSelection, batch: ConnectBatch, errors: ConnectorErrors, isSuccess: JSONSelection, resilience: Resilience) repeatable on FIELD_DEFINITION | OBJECT | INTERFACE
directive @from(path: JSONSelection!, source: String, embedded: Boolean = false) repeatable on FIELD_DEFINITION
directive @alias(options: [String!]!) on ENUM_VALUE
directive @discriminate(field: String, map: [TypeMatch!], wrapped: Boolean = false) on FIELD_DEFINITION | UNION | INTERFACE
directive @paginate(style: PageStyle!, next: JSONSelection, total: JSONSelection, maxSize: Int = 100) on FIELD_DEFINITION
directive @key(fields: String!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE
directive @lookup on FIELD_DEFINITION
directive @internal on OBJECT | FIELD_DEFINITION
directive @inaccessible on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION
directive @is(field: String!) on ARGUMENT_DEFINITION
directive @require(field: String!) on ARGUMENT_DEFINITION
directive @shareable repeatable on OBJECT | FIELD_DEFINITION
directive @external on OBJECT | FIELD_DEFINITION
directive @requires(fields: String!) on FIELD_DEFINITION
directive @tag(name: String!) repeatable on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION
directive @authenticated on FIELD_DEFINITION | OBJECT | INTERFACE | QUERY | MUTATION | SUBSCRIPTION
directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | QUERY | MUTATION | SUBSCRIPTION
directive @policy(policies: [[String!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE
directive @cost(weight: Int!) on FIELD_DEFINITION | OBJECT | ARGUMENT_DEFINITION | ENUM | SCALAR | INPUT_FIELD_DEFINITION
directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION
directive @cacheControl(maxAge: Int, scope: CacheScope, staleWhileRevalidate: Int, staleIfError: Int) on FIELD_DEFINITION | OBJECT | QUERY
directive @cacheTag(format: String!) repeatable on FIELD_DEFINITION | OBJECT
directive @invalidates(tags: [String!]!) on FIELD_DEFINITION
directive @mock(value: JSONSelection!) on FIELD_DEFINITION
directive @route(bff: String, method: HTTPMethod! = GET, path: String!, status: Int = 200, timeout: String, partial: PartialPolicy = ALLOW, limit: RateLimit, sunset: String, strict: Boolean) on QUERY | MUTATION | SUBSCRIPTION
directive @body(path: String) on VARIABLE_DEFINITION
directive @query(name: String!) on VARIABLE_DEFINITION
directive @header(name: String!) on VARIABLE_DEFINITION
directive @cookie(name: String!) on VARIABLE_DEFINITION
directive @claim(path: String!) on VARIABLE_DEFINITION
directive @flatten(prefix: String) on FIELD
directive @unwrap(path: String!) on FIELD
directive @omit on FIELD
directive @notFound on FIELD
directive @onError(fallback: JSONSelection) on FIELD
directive @reshape(selection: JSONSelection!) on QUERY | MUTATION | FIELD
directive @mcpTool(name: String, description: String) on QUERY | MUTATION
scalar JSONSelection
scalar LinkImport
enum LinkPurpose { SECURITY EXECUTION }
enum Naming { AS_IS SNAKE_CASE KEBAB_CASE PASCAL_CASE }
enum CacheScope { PUBLIC PRIVATE }
enum PageStyle { CURSOR PAGE OFFSET LINK }
enum HTTPMethod { GET POST PUT PATCH DELETE }
enum PartialPolicy { ALLOW FAIL }
enum GraphQLAccess { OPEN TRUSTED OFF }
enum BatchMatch { KEY MAP POSITION }
enum Missing { NULL ERROR }
input Header { name: String! from: String value: String }
input SourceHTTP { baseURL: String! headers: [Header!] path: JSONSelection queryParams: JSONSelection respond: [Header!] }
input SourceGRPC { target: String! proto: String reflection: Boolean metadata: [Header!] }
input SourceGraphQL { url: String! schema: String headers: [Header!] federation: Boolean = false }
input ConnectHTTP { GET: String POST: String PUT: String PATCH: String DELETE: String SSE: String body: JSONSelection headers: [Header!] path: JSONSelection queryParams: JSONSelection respond: [Header!] }
input ConnectGRPC { method: String! request: JSONSelection metadata: [Header!] }
input ConnectGraphQL { field: String! args: JSONSelection headers: [Header!] }
input ConnectBatch { maxSize: Int = 100 groupBy: JSONSelection match: BatchMatch = KEY missing: Missing = NULL }
input ConnectorErrors { message: JSONSelection extensions: JSONSelection nullOn: [Int!] fallback: JSONSelection }
input Resilience { timeout: String retry: Retry breaker: Breaker hedge: String maxConcurrent: Int rateLimit: RateLimit }
input Retry { attempts: Int! backoff: String on: [String!] budget: Float }
input Breaker { failureRatio: Float minRequests: Int openFor: String on: [String!] off: Boolean }
input RateLimit { rate: Int! per: String = "1s" burst: Int key: String }
input TypeMatch { value: String! type: String! }
`

// effective lists the parts of the language that work. What languageSDL declares and this list lacks is a Problem: a part
// that were only read and not obeyed would serve data that its author meant to protect.
// Adding a feature is adding its lines here.
func effective() []string {
	return []string{
		"@link", "@link(url:)", "@link(as:)", "@link(import:)", "@link(for:)",
		"@source", "@source(name:)", "@source(http:)", "@source(grpc:)", "@source(graphql:)", "@source(naming:)", "@source(errors:)", "@source(isSuccess:)", "@source(resilience:)",
		"@connect", "@connect(id:)", "@connect(source:)", "@connect(entity:)", "@connect(http:)", "@connect(grpc:)", "@connect(graphql:)", "@connect(fn:)", "@connect(selection:)",
		"@connect(batch:)", "@connect(errors:)", "@connect(isSuccess:)", "@connect(resilience:)",
		"@from", "@from(path:)", "@from(source:)", "@from(embedded:)",
		"@alias", "@alias(options:)",
		"@discriminate", "@discriminate(field:)", "@discriminate(map:)", "@discriminate(wrapped:)",
		"@key", "@key(fields:)", "@key(resolvable:)",
		"@lookup", "@is", "@is(field:)", "@require", "@require(field:)", "@shareable", "@requires", "@requires(fields:)", "@external",
		"@internal", "@inaccessible", "@tag", "@tag(name:)",
		"@cacheControl", "@cacheControl(maxAge:)", "@cacheControl(scope:)", "@cacheControl(staleWhileRevalidate:)", "@cacheControl(staleIfError:)",
		"@cacheTag", "@cacheTag(format:)", "@invalidates", "@invalidates(tags:)",
		"@mock", "@mock(value:)",
		"@proxy", "@proxy(path:)", "@proxy(source:)", "@proxy(strip:)", "@proxy(methods:)", "@proxy(auth:)",
		"@authenticated", "@requiresScopes", "@requiresScopes(scopes:)",
		"@bff", "@bff(name:)", "@bff(prefix:)", "@bff(auth:)", "@bff(graphql:)", "@bff(strict:)",
		"SourceHTTP.baseURL", "SourceHTTP.headers", "SourceHTTP.path", "SourceHTTP.queryParams", "SourceHTTP.respond",
		"SourceGRPC.target", "SourceGRPC.proto", "SourceGRPC.reflection", "SourceGRPC.metadata",
		"SourceGraphQL.url", "SourceGraphQL.schema", "SourceGraphQL.headers", "SourceGraphQL.federation",
		"ConnectGraphQL.field", "ConnectGraphQL.args", "ConnectGraphQL.headers",
		"ConnectGRPC.method", "ConnectGRPC.request", "ConnectGRPC.metadata",
		"ConnectHTTP.GET", "ConnectHTTP.POST", "ConnectHTTP.PUT", "ConnectHTTP.PATCH", "ConnectHTTP.DELETE",
		"ConnectHTTP.body", "ConnectHTTP.headers", "ConnectHTTP.path", "ConnectHTTP.queryParams", "ConnectHTTP.respond",
		"ConnectBatch.maxSize", "ConnectBatch.groupBy", "ConnectBatch.match", "ConnectBatch.missing",
		"ConnectorErrors.message", "ConnectorErrors.extensions", "ConnectorErrors.nullOn", "ConnectorErrors.fallback",
		"Resilience.timeout", "Resilience.maxConcurrent", "Resilience.retry", "Resilience.breaker", "Resilience.hedge", "Resilience.rateLimit",
		"Breaker.failureRatio", "Breaker.minRequests", "Breaker.openFor", "Breaker.on", "Breaker.off", "RateLimit.rate", "RateLimit.per", "RateLimit.burst",
		"Retry.attempts", "Retry.backoff", "Retry.on", "Retry.budget",
		"Header.name", "Header.from", "Header.value",
		"TypeMatch.value", "TypeMatch.type",
	}
}

// effectiveInOperations is the same for the directives of clients' operations.
func effectiveInOperations() []string {
	return []string{
		"@route", "@route(bff:)", "@route(method:)", "@route(path:)", "@route(status:)", "@route(timeout:)", "@route(partial:)",
		"@route(sunset:)", "@route(strict:)",
		"@body", "@body(path:)", "@query", "@query(name:)", "@header", "@header(name:)", "@cookie", "@cookie(name:)", "@claim", "@claim(path:)",
		"@cacheControl", "@cacheControl(maxAge:)", "@cacheControl(scope:)", "@cacheControl(staleWhileRevalidate:)", "@cacheControl(staleIfError:)",
		"@authenticated", "@requiresScopes", "@requiresScopes(scopes:)",
		"@flatten", "@flatten(prefix:)", "@unwrap", "@unwrap(path:)", "@omit", "@notFound", "@onError", "@onError(fallback:)",
		"@reshape", "@reshape(selection:)",
		"@mcpTool", "@mcpTool(name:)", "@mcpTool(description:)",
	}
}

// refused names the words of older federation schemas that the language does not take, with what to write instead.
func refused() map[string]string {
	return map[string]string{
		"provides":         "write @from(path: ..., embedded: true) on the field whose reply carries more of the entity than its key",
		"override":         "leave the field only in the block that shall serve it; a field has one owner",
		"interfaceObject":  "write `interface` and list its types with `implements`; a binding on the interface holds for all of them",
		"extends":          "write `extend type` instead of `type ... @extends`",
		"composeDirective": "declare the directive with `directive @name on ...`; it is kept in the public schema",
	}
}

// language is what Load knows about directives.
type language struct {
	ours      map[string]*ast.DirectiveDefinition // of our language
	types     map[string]*ast.Definition          // of their arguments
	standard  map[string]*ast.DirectiveDefinition // of GraphQL itself
	builtin   map[string]*ast.Definition          // scalars and introspection types of GraphQL itself
	effective map[string]bool
	refused   map[string]string
}

func newLanguage() *language {
	doc, err := parser.ParseSchema(&ast.Source{Name: "language", Input: languageSDL, BuiltIn: true})
	if err != nil {
		panic("schema: the declaration of the language does not parse: " + err.Error())
	}
	l := &language{
		ours:      map[string]*ast.DirectiveDefinition{},
		types:     map[string]*ast.Definition{},
		standard:  map[string]*ast.DirectiveDefinition{},
		builtin:   map[string]*ast.Definition{},
		effective: map[string]bool{},
		refused:   refused(),
	}
	for _, d := range doc.Directives {
		l.ours[d.Name] = d
	}
	for _, d := range doc.Definitions {
		l.types[d.Name] = d
	}
	prelude := validator.PreludeDocument()
	for _, d := range prelude.Directives {
		l.standard[d.Name] = d
	}
	for _, d := range prelude.Definitions {
		l.builtin[d.Name] = d
		if d.Kind == ast.Scalar {
			l.types[d.Name] = d
		}
	}
	for _, e := range effective() {
		l.effective[e] = true
	}
	return l
}
