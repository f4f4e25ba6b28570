package schema

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/gofunc"
	"manifold/internal/mapping"
	"manifold/internal/template"
)

// Gateway is the checked model of gateway.graphql: what is served, and from where. It is immutable.
type Gateway struct {
	// Schema is what clients see and what their documents are validated against: the user's types without any directive,
	// type or field that only we understand, and without what is @inaccessible or @internal.
	Schema  *ast.Schema
	Sources []*Source
	Clients []*Client        // kinds of clients with routes of their own
	Proxies []*Proxy         // paths that are handed on to sources
	Types   map[string]*Type // every type by name: those of Schema, built-in scalars included, and those that clients do not see
	// Query, Mutation and Subscription are nil where the public schema has none.
	Query, Mutation, Subscription *Type
	// Env holds the environment variables that mappings and templates read by $env, as they were at load.
	Env map[string]string
	// RequestHeaders are the headers of clients' requests that mappings and templates read by $request: canonical names, sorted.
	RequestHeaders []string
	// Warnings are Problems that do not stop the gateway (an N+1 connector, ...).
	Warnings Problems
	// Mocked are the names of the sources whose replies are made up. They are not among Sources.
	Mocked []string

	order     []string            // names of the types, as written
	tags      map[string][]string // names of @tag, by coordinate
	shareable map[string]bool     // coordinates of fields that are @shareable
}

// Source is an upstream as declared by @source, or one that stands for the host of connectors which name it themselves by an
// absolute URL: its Name is host and port, and Pos is nil.
type Source struct {
	Name       string
	Index      int    // position in Gateway.Sources
	BaseURL    string // absolute, environment expanded: scheme://host[:port][/path], no trailing slash, no query
	Slash      bool   // baseURL has a path with a trailing slash: it belongs to connectors that have no path of their own (as in Apollo's)
	Headers    []Header
	Resilience Resilience
	Instances  Instances
	Outbound   Outbound
	GRPC       *GRPC    // nil: no gRPC
	GraphQL    *GraphQL // nil: no GraphQL
	// Function makes it the source that stands for a Go function of this program: its Name is the function's, and Pos is nil.
	Function *gofunc.Function
	Extra    *template.Extra // path and queryParams; nil: neither
	Respond  []Header        // headers of replies that clients get; From names a header of the reply
	Naming   Naming
	Errors   Errors
	Success  mapping.Node // isSuccess, or nil: 2xx
	// Config is what mappings and templates of the source's connectors read by $config: the JSON of each member.
	Config map[string]json.RawMessage
	// Personal: it is told who asks, or a text of it reads that.
	Personal bool
	// Writes: some call of it changes something, by a method of HTTP.
	Writes bool
	Pos    *ast.Position
}

// Address is the base URL with its trailing slash, if it has one.
func (s *Source) Address() string {
	if s.Slash {
		return s.BaseURL + "/"
	}
	return s.BaseURL
}

// Header is one header rule of a source or connector: the request's values of From, or the text of Value.
type Header struct {
	Name  string
	From  string         // header of the client's request whose values are all forwarded, or ""
	Value *template.Text // or nil
}

// Naming turns a field name into the upstream's spelling.
type Naming uint8

// The ways of naming.
const (
	AsIs Naming = iota
	SnakeCase
	KebabCase
	PascalCase
)

// Type is a type of the schema with all that the planner has to know.
type Type struct {
	Name string
	Kind ast.DefinitionKind
	Def  *ast.Definition // of the public schema; nil for a type that clients do not see

	// Of objects, interfaces and input objects.
	Fields map[string]*Field
	Order  []*Field // in the order written

	// Of objects and interfaces.
	Keys []Key // from @key; the first is the preferred one
	// Loaders load an entity by key: @connect on its main block, and entity fields of Query. Each reads another key; the
	// first is the preferred one.
	Loaders []*Connector

	// Of interfaces and unions. A value may also be of a type that clients do not see, if MayHide: it is then what a value
	// of an unknown type is, null with an error.
	Possible      []*Type // the object types that clients can see
	MayHide       bool
	Discriminator *Discriminator
	// Represented is how the router of a supergraph may name an entity. Only the union _Entity has it.
	Represented []Representation

	Cache  *Cache  // of objects and interfaces: @cacheControl
	Guards []Guard // of objects: what a request has to be granted to see one, where its type is not the field's own

	// Of enums. Clients neither send nor get what is hidden; defaults of the schema and hidden fields may hold it.
	Values map[string]string // upstream spelling (options of @alias and the name itself) -> name
	Send   map[string]string // name -> spelling sent to upstreams
	Hidden map[string]bool   // names that clients do not see; nil without any
}

// Entity reports whether objects of t can be fetched by key.
func (t *Type) Entity() bool { return len(t.Loaders) > 0 }

// Loader returns the preferred loader, nil if there is none.
func (t *Type) Loader() *Connector {
	if len(t.Loaders) == 0 {
		return nil
	}
	return t.Loaders[0]
}

// KeyField reports whether a field of t, or a field inside of it, picks objects of t: it is in a @key, or a loader reads it.
func (t *Type) KeyField(name string) bool {
	return t.inKey(name) || slices.ContainsFunc(t.Loaders, func(c *Connector) bool {
		return slices.ContainsFunc(c.Inputs, func(in Input) bool { return in.Path[0] == name })
	})
}

// inKey reports whether a field of t is in a @key, or holds a field that is.
func (t *Type) inKey(name string) bool {
	return slices.ContainsFunc(t.Keys, func(k Key) bool {
		return slices.ContainsFunc(k.Fields, func(f string) bool {
			head, _, _ := strings.Cut(f, ".")
			return head == name
		})
	})
}

// Representation is one way in which another gateway may name an entity: by its type, and the key that a loader reads.
type Representation struct {
	Type *Type
	By   *Connector
}

// Key is one @key: the fields that pick one object, in the order written. Those inside of objects are joined by dots:
// "organization.id".
type Key struct {
	Fields     []string
	Resolvable bool
	place      place
}

// Discriminator says how the member type of an interface or union is found (LANGUAGE: @discriminate).
type Discriminator struct {
	Field   string            // property of the raw reply that names the type; "" with Wrapped or a mapping's own __typename
	Map     map[string]string // value -> type name; nil: the value is the name
	Wrapped bool              // {"Foo": {...}}
}

// Field is a field of an object, an interface or an input object.
type Field struct {
	Name   string
	Parent *Type
	Def    *ast.FieldDefinition // as written, with what clients do not see of it
	Type   *ast.Type
	Named  *Type // the named type inside Type
	Args   []*Arg
	Hidden bool    // clients do not see it
	Guards []Guard // what a request has to be granted to see it; all of them
	Cache  *Cache  // @cacheControl

	// Connector is the field's own binding, or nil.
	Connector *Connector
	// Block is the connector of the SDL block the field was written in (@connect on `type` or `extend type`), or nil.
	// A field with neither Connector nor Block is found in the reply that carries its parent.
	Block *Connector
	// Lookup marks a root field without a Connector of its own that is served by the loader of its type.
	Lookup bool
	// LookupKeys has for every field of a key the argument that gives it, and the members inside of the argument: "id" -> [id],
	// "organization.id" -> [by organization id]. It is also set for a field with a Connector whose arguments name the key of
	// its type.
	LookupKeys map[string][]string
	// Loader is the loader that LookupKeys are the key of: of a Lookup field, one of its type's; the field's own Connector if
	// that has KeyArgs; else nil.
	Loader *Connector

	From     []From // @from, one for each source or one for all
	Embedded bool   // @from(embedded: true): the reply carries the entity whole

	Discriminator *Discriminator // overrides that of Named for this field

	// Also are the further definitions of a @shareable field: where else it may be found. They differ in Def, Block and From.
	Also []*Field

	// Namespace marks a field without any binding whose object type has a binding on every field: it is the empty object,
	// found in no reply (Query.admin).
	Namespace bool
}

// For returns the definition of a shared field by which the replies of a source are read: the one in a block that the source
// serves, else the one in the file that declares the source, else f itself.
func (f *Field) For(source *Source) *Field {
	if len(f.Also) == 0 || source == nil {
		return f
	}
	all := append([]*Field{f}, f.Also...)
	for _, d := range all {
		if d.Block.AsksFor(source) {
			return d
		}
	}
	for _, d := range all {
		if source.Pos != nil && d.Def.Position.Src == source.Pos.Src {
			return d
		}
	}
	return f
}

// From is one @from: where a field is found in a reply.
type From struct {
	Source *Source // nil: any
	Path   mapping.Node
}

// Arg is an argument of a field. One that clients do not see has its default, or is absent.
type Arg struct {
	Name    string
	Def     *ast.ArgumentDefinition
	Type    *ast.Type
	Named   *Type
	Default *ast.Value // nil without one
}

// Connector is one @connect: the rule of where a value comes from.
type Connector struct {
	Timeout time.Duration // of its calls; 0: that of its source
	Retry   *Retry        // when its calls are made again; nil: as its source says
	Hedge   time.Duration // after it a call is made a second time; 0: as its source says
	Cache   *Cache        // how what it brings may be kept; nil: as the replies say
	// Invalidates are the tags of what it makes invalid.
	Invalidates []*template.Text
	ID          string // id: of the directive, else the coordinate (Type or Type.field, with #n for a second one)
	Coordinate  string
	Source      *Source      // nil for a connector without transport
	HTTP        *HTTP        // nil for a connector without transport
	RPC         *RPCMethod   // the method that a gRPC call calls; nil for other calls
	Ask         *Ask         // the field of a GraphQL service that is asked for; nil for other calls
	Selection   mapping.Node // nil: default mapping
	Blind       bool         // the selection reads nothing of the reply's body, so that any body will do
	Batch       *Batch       // not nil exactly if a template reads $batch
	Errors      Errors       // merged with the source's, member by member
	Success     mapping.Node // merged with the source's; nil: 2xx
	// Inputs are the fields of the parent that its templates and selection read by $this or $batch (for a loader written on
	// a root field, the arguments that are its key), without repeats, in order of first use.
	Inputs []Input
	// Args are the names of the field's arguments it reads by $args.
	Args []string
	// KeyArgs is true for a loader written on a root field. Its texts read $this like those of every loader: what was written
	// as $args.id is $this.id here.
	KeyArgs bool
	// First is the first connector of the block, if this is another one of it.
	First *Connector
	// Twins are all connectors of the block, if this is the first of several. Each serves the whole block, by another key.
	Twins []*Connector
	// Private: it stands on, or its templates read, what clients do not see. Errors do not quote it.
	Private bool
	// Personal: what it asks for, or what it makes of the reply, depends on who asks: a text of it reads $claims or $client, or its source
	// is told.
	Personal bool
	Pos      *ast.Position
}

// Block returns the connector that stands for all connectors of c's block: the first of them. That of nil is nil.
func (c *Connector) Block() *Connector {
	if c == nil || c.First == nil {
		return c
	}
	return c.First
}

// AsksFor reports whether a connector of the block that c stands for calls a source: the fields of the block are that source's.
func (c *Connector) AsksFor(source *Source) bool {
	return c != nil && (c.Source == source || slices.ContainsFunc(c.Twins, func(twin *Connector) bool { return twin.Source == source }))
}

// Input is one value of the parent object that a connector needs.
type Input struct {
	Path    []string // field names from the parent: ["id"], ["tenant", "id"]
	NonNull bool     // it stands for an argument that may not be null: if it is null, there is no call
}

// HTTP is a request to be filled in: one of HTTP, or with the Method RPC one of gRPC, whose Headers are its metadata. Where a
// GraphQL service is asked, Body makes the arguments of the field.
type HTTP struct {
	Method   string
	Safe     bool          // of gRPC and GraphQL: equal requests may be made once, because it stands on no field of Mutation
	URL      *template.URL // with the source's address, and path and queryParams of both
	Headers  []Header      // source's and connector's merged: a connector's header replaces the source's of the same name
	Body     mapping.Node
	Encoding template.Encoding // of Body, as the Content-Type says
	Respond  []Header          // merged likewise
}

// Idempotent reports whether equal requests may be made once: GET only, until a connector can declare itself so.
func (h *HTTP) Idempotent() bool { return h.Method == "GET" || h.Safe }

// Match says how the items of a batch reply are found.
type Match uint8

// Ways of matching a batch reply.
const (
	MatchKey Match = iota
	MatchMap
	MatchPosition
)

// Batch says how many keys are served by one call.
type Batch struct {
	MaxSize      int          // at least 1
	GroupBy      mapping.Node // path in the raw item, or nil
	Match        Match
	MissingError bool // missing: ERROR
}

// Errors says what a failed reply means.
type Errors struct {
	Message    mapping.Node
	Extensions mapping.Node
	NullOn     []int
	Fallback   mapping.Node
}
