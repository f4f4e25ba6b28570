package schema

import "maps"

// help describes every part of the language for people: directives ("@source"), their arguments ("@source(name:)"), and the
// types of these with their members ("SourceHTTP", "SourceHTTP.baseURL", "Naming.AS_IS"). Editors show it.
func help() map[string]string {
	return merged(helpOfBinding(), helpOfEntities(), helpOfPolicies(), helpOfRoutes(), helpOfTypes())
}

func merged(parts ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, part := range parts {
		maps.Copy(out, part)
	}
	return out
}

func helpOfBinding() map[string]string {
	return map[string]string{
		"@link":          "Names a specification that the file was written for. Not needed; files for Apollo's connectors may keep theirs.",
		"@link(url:)":    "Address of the specification, with its version.",
		"@link(as:)":     "The prefix of names that are not imported: as: \"c\" for @c__source. Default: the specification's name.",
		"@link(import:)": "The names that the file uses without a prefix. { name: \"@connect\", as: \"@bind\" } gives one another name.",
		"@link(for:)":    "What the specification is for. It has no effect.",

		"@source":              "Declares a service and what holds for all its calls.",
		"@source(name:)":       "What connectors call it: @connect(source: \"name\"). Names are private to their file.",
		"@source(http:)":       "A service that speaks HTTP and JSON.",
		"@source(grpc:)":       "A service that speaks gRPC.",
		"@source(graphql:)":    "A service that speaks GraphQL.",
		"@source(naming:)":     "How the service spells your field names, in replies that no selection picks from.",
		"@source(errors:)":     "What a failed reply means. A connector's own errors win, member by member.",
		"@source(isSuccess:)":  "A mapping of the reply: the call has failed if its value is not true. Default: the status is 200 to 299.",
		"@source(resilience:)": "Timeout, retries, breaker and limits of all its calls.",

		"@connect":              "Says where a value comes from. On a field: the reply is its value. On a type: it loads objects by key. On `extend type`: it serves the fields of that block.",
		"@connect(id:)":         "A name for this connector in plans and messages. Default: its coordinate.",
		"@connect(source:)":     "The service to call. Left out if the URL is a whole address.",
		"@connect(entity:)":     "On a root field: true makes it the loader of its type; its arguments are the key.",
		"@connect(http:)":       "The HTTP request to make.",
		"@connect(grpc:)":       "The gRPC method to call.",
		"@connect(graphql:)":    "The field of a GraphQL service to ask for.",
		"@connect(fn:)":         "The Go function to call.",
		"@connect(selection:)":  "A mapping: what is taken from the reply. Exactly what it lists is there. Default: each field is found by its own name.\n\nExample: \"$.data { id name: full_name }\"",
		"@connect(batch:)":      "How one call serves many keys. The call must read them by $batch.",
		"@connect(errors:)":     "What a failed reply means.",
		"@connect(isSuccess:)":  "A mapping of the reply: the call has failed if its value is not true. Default: the status is 200 to 299.",
		"@connect(resilience:)": "Timeout, retries, breaker and limits of this connector's calls.",

		"@from":            "Says where a field is found in the reply, if not under its own name.",
		"@from(path:)":     "A mapping of the object around: \"profile.full_name\". For a reference, its key: \"{ id: author_id }\".",
		"@from(source:)":   "Only in replies of this source. Repeat @from for others.",
		"@from(embedded:)": "true: the reply carries this entity whole, it is not loaded by key.",

		"@alias":           "How services spell an enum value.",
		"@alias(options:)": "All spellings that are understood. The first one is sent.",

		"@discriminate":           "Says which type an object of an interface or union has.",
		"@discriminate(field:)":   "The property of the object, as the service spells it, that names the type.",
		"@discriminate(map:)":     "Which value is which type. Default: the value is the type's name.",
		"@discriminate(wrapped:)": "true: the object lies in a property named by its type: {\"Card\": {...}}.",

		"@paginate":           "Says how a list is read page by page.",
		"@paginate(style:)":   "How the service counts pages.",
		"@paginate(next:)":    "A mapping of the reply: what leads to the next page.",
		"@paginate(total:)":   "A mapping of the reply: how many items there are.",
		"@paginate(maxSize:)": "The largest page that clients may ask for.",

		"@mock":         "What the field is while its service is mocked, by `manifold serve --mock`. Without that it has no effect.",
		"@mock(value:)": "A mapping that makes the value: \"$('Ada')\", \"$([{ id: 1 }, { id: 2 }])\", \"$args.currency->match(['EUR', 100], [@, 120])\".\n\nIt may read $args, $this, $request.headers and $env. What it leaves out of an object is made up.",
	}
}

func helpOfEntities() map[string]string {
	return map[string]string{
		"@key":              "Names the fields that pick one object of this type. With @connect on the type, other services' replies can refer to it by key. Write several for a type that is loaded by several keys.",
		"@key(fields:)":     "Names of scalar or enum fields, parted by spaces: \"id\", \"tenant number\". One inside of an object is \"organization { id }\".",
		"@key(resolvable:)": "false: the type cannot be loaded by this key here.",

		"@lookup":       "On a field of Query: one entity by its key. Without @connect it is served by the loader of its type.",
		"@internal":     "Hidden from clients; for the gateway's own use, as a @lookup that only loads references.",
		"@inaccessible": "Hidden from clients; connectors, keys and mappings use it. A hidden argument or input field has its default.",

		"@is":              "On an argument of a root field that fetches one entity: the argument is this field of it. Not needed where both have the same name.",
		"@is(field:)":      "A field: \"id\"; a path to one: \"organization.id\"; or what the members of an input object are: \"{ line: row number }\".",
		"@require":         "The argument is filled in from the object that has the field, whichever service knows the value; clients do not see it. The connector reads it by $args.",
		"@require(field:)": "A field of the object: \"weightGrams\"; a path, which may lead through fields with calls of their own: \"size.width\"; or what the members of an input object are: \"{ w: size.width }\".",

		"@shareable":         "Several blocks or files serve this field, or all fields of the type, alike: written on each of them. Fields of a key need it not.",
		"@external":          "An older word, used with @requires: the field is only mentioned here, another block serves it.",
		"@requires":          "An older word for @require: the connector reads these fields by $this.",
		"@requires(fields:)": "Names of fields of the object, parted by spaces: \"weight size { width }\".",
		"@tag":               "A label for other tools. It is accepted and has no effect.",
		"@tag(name:)":        "The label: letters, digits, _, - and /.",
	}
}

func helpOfPolicies() map[string]string {
	return map[string]string{
		"@authenticated":           "Only for clients that have proved who they are.",
		"@requiresScopes":          "Only for clients with these scopes.",
		"@requiresScopes(scopes:)": "Lists of scopes; all of one list are needed.",
		"@policy":                  "Only for clients that pass these policies.",
		"@policy(policies:)":       "Lists of policies; all of one list must pass.",

		"@cost":                                 "What asking for this costs.",
		"@cost(weight:)":                        "Points that count against the limit of an operation.",
		"@listSize":                             "How long a list may be, for the cost of what lies in it.",
		"@listSize(assumedSize:)":               "The length to reckon with.",
		"@listSize(slicingArguments:)":          "Arguments that bound the length.",
		"@listSize(sizedFields:)":               "Fields inside that hold the list.",
		"@listSize(requireOneSlicingArgument:)": "true: one of the arguments must be given.",

		"@cacheControl":                        "How long an answer may be kept.",
		"@cacheControl(maxAge:)":               "Seconds.",
		"@cacheControl(scope:)":                "Whether it is the same for all clients.",
		"@cacheControl(staleWhileRevalidate:)": "Seconds for which an old answer may be given while a new one is fetched.",
		"@cacheControl(staleIfError:)":         "Seconds for which an old answer may be given if the service fails.",
		"@cacheTag":                            "A name by which kept answers can be dropped.",
		"@cacheTag(format:)":                   "A template of the name.",
		"@invalidates":                         "Kept answers that this mutation drops.",
		"@invalidates(tags:)":                  "Templates of their tags.",

		"@bff":             "Declares a group of routes for one kind of client.",
		"@bff(name:)":      "What routes call it.",
		"@bff(prefix:)":    "The first part of their paths.",
		"@bff(auth:)":      "How clients prove who they are.",
		"@bff(limit:)":     "How many requests are served.",
		"@bff(graphql:)":   "Whether these clients may send GraphQL.",
		"@bff(strict:)":    "Whether parameters that nothing takes are refused, with 400.",
		"@proxy":           "Hands requests of a path on to a service as they are, and its replies back.",
		"@proxy(path:)":    "The paths: \"/legacy/*\" for all below, or a pattern as in \"/files/{id}\". The narrower of two wins.",
		"@proxy(source:)":  "The service, one of HTTP. The path follows its baseURL; its headers hold here too.",
		"@proxy(strip:)":   "The first segments of the path, which are taken off.",
		"@proxy(methods:)": "The methods that are handed on. HEAD comes with GET; OPTIONS is handed on always. Default: every method.",
		"@proxy(auth:)":    "Names of methods of gateway.yaml, one of which a request must pass. Default: anybody.",
	}
}

func helpOfRoutes() map[string]string {
	return map[string]string{
		"@route":           "Serves this operation at a path of its own.",
		"@route(bff:)":     "The group it belongs to.",
		"@route(method:)":  "The HTTP method.",
		"@route(path:)":    "The path; {name} is a variable.",
		"@route(status:)":  "The status of a good answer.",
		"@route(timeout:)": "How long a request may take.",
		"@route(partial:)": "Whether an answer with holes is given.",
		"@route(limit:)":   "How many requests are served.",
		"@route(sunset:)":  "The day on which the route ends.",
		"@route(strict:)":  "Whether parameters that nothing takes are refused, with 400; default: as the client says.",

		"@body": "The variable is the request's body.", "@body(path:)": "A part of the body.",
		"@query": "The variable is a parameter of the URL.", "@query(name:)": "Its name.",
		"@header": "The variable is a header.", "@header(name:)": "Its name.",
		"@cookie": "The variable is a cookie.", "@cookie(name:)": "Its name.",
		"@claim": "The variable is a claim of the client's token.", "@claim(path:)": "The path of the claim.",

		"@flatten": "Lifts the members of this object into the one around it.", "@flatten(prefix:)": "Goes before their names.",
		"@unwrap": "Puts a value from inside in place of the object.", "@unwrap(path:)": "The path of the value.",
		"@omit":     "Leaves the field out of the answer.",
		"@notFound": "If this is null, the status is 404.",
		"@onError":  "What stands here if it fails.", "@onError(fallback:)": "A mapping of a constant.",
		"@reshape": "Gives the answer another shape.", "@reshape(selection:)": "A mapping of the answer.",
		"@mcpTool": "Offers this operation as a tool to language models.", "@mcpTool(name:)": "Its name.", "@mcpTool(description:)": "What it does.",
	}
}

func helpOfTypes() map[string]string {
	return map[string]string{
		"JSONSelection": "A mapping: text that picks values out of JSON and builds JSON of them, as \"id name: profile.full_name\".",
		"LinkImport":    "A name, or { name: ..., as: ... }.",

		"LinkPurpose": "What a linked specification is for.", "LinkPurpose.SECURITY": "It protects data.", "LinkPurpose.EXECUTION": "It changes how operations run.",

		"Naming": "How a service spells field names.", "Naming.AS_IS": "createdAt is createdAt.", "Naming.SNAKE_CASE": "createdAt is created_at.",
		"Naming.KEBAB_CASE": "createdAt is created-at.", "Naming.PASCAL_CASE": "createdAt is CreatedAt.",
		"CacheScope": "For whom a kept answer is.", "CacheScope.PUBLIC": "For all clients.", "CacheScope.PRIVATE": "For one client.",
		"PageStyle": "How a service counts pages.", "PageStyle.CURSOR": "By a text that leads to the next page.", "PageStyle.PAGE": "By numbers of pages.",
		"PageStyle.OFFSET": "By numbers of items.", "PageStyle.LINK": "By a Link header.",
		"HTTPMethod": "A method of HTTP.", "HTTPMethod.GET": "Reads.", "HTTPMethod.POST": "Creates, or asks with a body.", "HTTPMethod.PUT": "Replaces.",
		"HTTPMethod.PATCH": "Changes a part.", "HTTPMethod.DELETE": "Removes.",
		"PartialPolicy": "What to do with an answer that has holes.", "PartialPolicy.ALLOW": "Give it.", "PartialPolicy.FAIL": "Fail.",
		"GraphQLAccess": "Who may send GraphQL.", "GraphQLAccess.OPEN": "Any operation.", "GraphQLAccess.TRUSTED": "Known operations.", "GraphQLAccess.OFF": "None.",
		"BatchMatch": "How items of a batch's reply find their keys.", "BatchMatch.KEY": "The item holds the key fields.",
		"BatchMatch.MAP": "The reply is an object whose property names are the keys.", "BatchMatch.POSITION": "Item 1 belongs to key 1; the length is checked.",
		"Missing": "What a key without an item means.", "Missing.NULL": "Null, without an error.", "Missing.ERROR": "Null, with an error.",

		"Header": "A header of a call.", "Header.name": "Its name.", "Header.from": "Forwards all values of this header of the client's request; in respond, of the service's reply.",
		"Header.value": "A text, which may hold ${ENVIRONMENT} and {expressions}.",

		"SourceHTTP":             "A service that speaks HTTP and JSON.",
		"SourceHTTP.baseURL":     "Scheme, host, and a path if you like; no query. ${NAME} and ${NAME:-default} are read from the environment when the file is loaded.",
		"SourceHTTP.headers":     "Headers of every call. Nothing of a client's request is forwarded unless it is listed.",
		"SourceHTTP.path":        "A mapping that makes a list: segments that are put before the path of every connector, as \"$([$config.version])\".",
		"SourceHTTP.queryParams": "A mapping that makes an object: parameters of every URL. A null one is left out, a list repeats it.",
		"SourceHTTP.respond":     "Headers of the response to the client: from names a header of the service's reply, all of whose values are handed on; value is a text.",
		"SourceGRPC":             "A service that speaks gRPC.", "SourceGRPC.target": "Its address: host:port, dns:///host:port, or grpcs://host:port for TLS.",
		"SourceGRPC.proto":      "The .proto file that defines it, or a descriptor set (.protoset).",
		"SourceGRPC.reflection": "true: ask the service for its description.", "SourceGRPC.metadata": "Metadata of every call.",
		"SourceGraphQL": "A service that speaks GraphQL.", "SourceGraphQL.url": "Its address.", "SourceGraphQL.schema": "A file with its schema.",
		"SourceGraphQL.headers": "Headers of every call.", "SourceGraphQL.federation": "true: it is a federation subgraph.",

		"ConnectHTTP":      "An HTTP request: one method with its URL.",
		"ConnectHTTP.GET":  "The URL template, behind the source's baseURL: \"/users/{$args.id}\". Equal GET calls of an operation are made once.",
		"ConnectHTTP.POST": "The URL template of a POST.", "ConnectHTTP.PUT": "The URL template of a PUT.", "ConnectHTTP.PATCH": "The URL template of a PATCH.",
		"ConnectHTTP.DELETE": "The URL template of a DELETE.", "ConnectHTTP.SSE": "The URL template of a stream of events.",
		"ConnectHTTP.body":        "A mapping of the values that are sent: \"name: $args.name\". As JSON, unless a Content-Type header says application/x-www-form-urlencoded or text/plain.",
		"ConnectHTTP.headers":     "Headers of this call; they replace the source's of the same name.",
		"ConnectHTTP.path":        "A mapping that makes a list: segments that are put behind the path, as \"$([$args.shop, $args.id])\". Null ones are left out.",
		"ConnectHTTP.queryParams": "A mapping that makes an object: parameters of the URL, as \"page: $args.page\". A null one is left out, a list repeats it.",
		"ConnectHTTP.respond":     "Headers of the response to the client, as the source's; one of the same name replaces it.",
		"ConnectGRPC":             "A gRPC call.", "ConnectGRPC.method": "package.Service/Method.", "ConnectGRPC.request": "A mapping of the message.", "ConnectGRPC.metadata": "Metadata of the call.",
		"ConnectGraphQL": "A field of a GraphQL service.", "ConnectGraphQL.field": "Its name.", "ConnectGraphQL.args": "A mapping of its arguments.", "ConnectGraphQL.headers": "Headers of the call.",

		"ConnectBatch":         "How one call serves many keys.",
		"ConnectBatch.maxSize": "How many keys one call may have. More are split into calls that run at once.",
		"ConnectBatch.groupBy": "One-to-many: the property of an item, as the service spells it, that holds the key of its parent.",
		"ConnectBatch.match":   "How items find their keys.", "ConnectBatch.missing": "What a key without an item means.",

		"ConnectorErrors":            "What a failed reply means.",
		"ConnectorErrors.message":    "A mapping of the failed reply: the error's message. Default: a message that says nothing of the reply.",
		"ConnectorErrors.extensions": "A mapping of the failed reply: members of the error's extensions.",
		"ConnectorErrors.nullOn":     "Statuses that mean null, without an error.",
		"ConnectorErrors.fallback":   "A mapping of the value that takes the place of a failed one, without an error.",

		"Resilience": "What keeps a slow or failing service from hurting others.", "Resilience.timeout": "How long a call may take.", "Resilience.retry": "When a call is made again.",
		"Resilience.breaker": "When calls are no longer made for a while.", "Resilience.hedge": "After this time a second call is made.",
		"Resilience.maxConcurrent": "How many calls may run at once.", "Resilience.rateLimit": "How many calls may be made.",
		"Retry": "When a call is made again.", "Retry.attempts": "How many calls in all.", "Retry.backoff": "How long to wait before the next one.",
		"Retry.on": "Statuses and faults that are worth it.", "Retry.budget": "The share of calls that may be repeats.",
		"Breaker": "When calls are no longer made for a while.", "Breaker.failureRatio": "The share of failed calls.", "Breaker.minRequests": "The number of calls before it counts.",
		"Breaker.openFor": "How long no call is made.", "Breaker.on": "What counts as failed.", "Breaker.off": "true: there is none.",
		"RateLimit": "So many in a time.", "RateLimit.rate": "How many.", "RateLimit.per": "In which time.", "RateLimit.burst": "How many at once.", "RateLimit.key": "Who is counted apart.",
		"TypeMatch": "Which value means which type.", "TypeMatch.value": "The value of the property.", "TypeMatch.type": "The name of the type.",
	}
}
