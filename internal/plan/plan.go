// Package plan holds the compiled form of an operation: which calls are made, in which order, with which keys; what is
// found in their replies; and how the response is written. It is plain data with a printer. Package resolvers writes it,
// package aggregation runs it, and neither knows the other: whatever decides how an operation runs stands here and prints.
//
// A plan is immutable once compiled and shared by all requests that send the same document.
package plan

import (
	"time"

	"manifold/internal/mapping"
	"manifold/internal/template"
	"manifold/internal/transcode"
)

// Operation is a compiled operation.
type Operation struct {
	Name string // "" for an anonymous one
	Kind string // "query" or "mutation"
	// Parts run one after the other. A query has exactly one; a mutation has one for each root field (GraphQL 6.2.2).
	Parts []*Part
	// Tests are what @skip and @include depend on. Bit i of a Cond stands for Tests[i].
	Tests []Test
	// Variables are the names of the operation's variables; a Value refers to them by index.
	Variables []string
	// Guards are what something in the operation wants of who asks. An answer differs with them.
	Guards []Guard
	// Together says that equal requests which are under way at the same time may have one run: those with equal variables, of the
	// same sender, with equal values of the headers Varies.
	Together bool
	Varies   []string // headers of the client's request that are forwarded or read: canonical names, sorted
	// MaxAge is how long whoever asked may keep a good answer; 0: the schema does not say of all that is in it. With Public it is the
	// same for everybody.
	MaxAge time.Duration
	Public bool
	// Mapping makes the answer of the data (@reshape on the operation); nil: the data is the answer.
	Mapping mapping.Node
}

// Test is true when the Boolean variable has the wanted value; or, if Variable is negative, when the request is granted what
// Guards[-1-Variable] wants.
type Test struct {
	Variable int
	Want     bool
}

// Guard is what a request has to be granted: one of the alternatives of scopes whole, or, without any, to come from somebody who
// is known.
type Guard struct{ Scopes [][]string }

// Cond is a condition in disjunctive form: it holds if all tests of at least one mask hold. An empty Cond always holds.
type Cond []uint64

// Holds reports whether c holds, held being the set of tests that are true.
func (c Cond) Holds(held uint64) bool {
	for _, m := range c {
		if held&m == m {
			return true
		}
	}
	return len(c) == 0
}

// Part is a set of calls that run together and the root fields they serve.
type Part struct {
	Width   int     // slots of the root record, which is always at base 0
	Given   []Given // values known before any call
	Loaders []*Loader
	Fetches []*Fetch // every fetch stands after the fetches it needs
	Root    *Object
}

// Given is a value known from the request alone (a key in an argument), put into the root record before the first call.
type Given struct {
	Slot   int
	Value  Value
	Member []string // names of members that lead from Value to the key inside of it; nil: it is the key
}

// Mode says how often a loader calls.
type Mode uint8

// Modes of a loader.
const (
	Once  Mode = iota // one call, without a key: root fields
	Each              // one call for each key
	Batch             // one call for up to MaxSize keys
)

// Loader is a connector as used by this operation: one request template, one set of arguments, one shape of reply.
// Whatever it has loaded once in a request it does not load again; that is the identity of entities within a request.
type Loader struct {
	Index    int
	Name     string // coordinate of the connector: "User", "User.posts"
	Mode     Mode
	Upstream int    // index of the upstream; -1 if nothing is called
	Source   string // name of the upstream, "" if nothing is called
	Request  *Request
	Args     []Arg
	Keys     []string // names of the key's members, as in $this.NAME or $batch.NAME (nested ones joined by dots)
	KeyArgs  bool     // the key is in the arguments of the root field: null there is bad input
	Private  bool     // its name and its templates are not for clients: errors do not quote them
	Personal bool     // what it asks for or answers depends on who asks
	// Table answers in place of an upstream: the JSON of each key (of "" for Once). It serves introspection.
	Table   map[string][]byte
	Reply   Reply
	MaxSize int  // of a Batch
	Shared  bool // keys come from several places of the plan
	// NullKeys is set if the members of the key are only read by the request, so that they may be null or missing: a field's
	// own connector, called once for each of its parents, and a Go function. The key of an entity may not, nor that of a Batch
	// whose items carry it.
	NullKeys bool
	Needed   []int // with NullKeys: members of the key without which nothing is called nevertheless
	Match    Match
	Match1   bool // of a Batch by group: a key has at most one item, and two are an error
	Missing  bool // a key without an item is an error instead of null
	Outcome  Outcome
}

// Match says how the items of a batch reply find their keys.
type Match uint8

// Ways of matching.
const (
	MatchKey      Match = iota // an item carries its key; a key has one item
	MatchGroup                 // an item carries the key it belongs to; a key has a list of items
	MatchMap                   // the reply is an object whose property names are the keys
	MatchPosition              // item i belongs to key i
)

// Request is an HTTP request to be filled in. A nil Request means that the reply is computed from the mapping alone.
type Request struct {
	Method     string
	URL        *template.URL
	Headers    []Header
	Body       mapping.Node // nil: no body
	Encoding   template.Encoding
	Idempotent bool          // equal requests of one operation are made once
	Timeout    time.Duration // of a call; 0: that of the upstream
	Retry      *Retry        // when it is made again; nil: as the upstream says
	Hedge      time.Duration // after it a call is made a second time; 0: as the upstream says
	// Respond are headers that the client's response gets when the reply is there. Whatever keeps replies, or shares them
	// between requests, has to leave such a call alone: its reply may hold what is meant for one client (a session).
	Respond []Header
	RPC     *transcode.Method // of a call of gRPC, whose Method is RPC; nil for HTTP
	// Document is what a GraphQL service is asked, with the members of Body as arguments; nil for other calls. Body is the JSON
	// of Document and variables then.
	Document *Document
	// Cache says how replies may be kept; nil: as they say themselves.
	Cache *Cache
	// Invalidates are the tags of what a call that went well makes invalid.
	Invalidates []*template.Text
	// Told is the header that tells the upstream who asks; "": it is not told.
	Told string
	// Function is set for a Go function of this program, whose Method is FN: the parents of a batch fail, and fall back, each for
	// itself.
	Function bool
}

// Retry says when a call is made again. A zero field is what the upstream says.
type Retry struct {
	Attempts int // in all
	Backoff  time.Duration
	On       []string
}

// Cache is @cacheControl of a call.
type Cache struct {
	MaxAge               time.Duration
	StaleWhileRevalidate time.Duration
	StaleIfError         time.Duration
	Public               bool             // credentials do not count
	Each                 bool             // of a batch: every item is kept by its key, instead of the reply
	Salt                 string           // with Each: tells loaders apart that make equal calls
	Tags                 []*template.Text // read $this of the key
}

// Header is one header rule.
type Header struct {
	Name  string
	From  string         // all values of this header of the client's request; in Respond, of the reply
	Value *template.Text // or this text
}

// Outcome says what a reply means that is not plain success.
type Outcome struct {
	Success    mapping.Node // nil: status 200-299
	NullOn     []int
	Fallback   mapping.Node // takes the place of the reply's value after Reply.Path, or nil
	Message    mapping.Node
	Extensions mapping.Node
}

// Reply says where the value is in a reply, and what is to be found in it.
type Reply struct {
	Transform mapping.Node // if not nil, the reply is first replaced by this mapping's value (methods in the selection)
	Blind     bool         // Transform reads nothing of the body, which may be of any type
	Path      []string     // properties from the reply's root to the value
	PathExpr  mapping.Node // Path as a mapping, for replies in which it leads through a list
	Wire      *WireReply   // how replies that are messages of gRPC are read; nil: as JSON
	Shape     *Shape       // of the value; of a Batch: of the list of items, or the Map of them
	// KeySlots are the slots of a record that hold its key: the key of a Batch's item, or of an entity loaded one by one. An
	// entity whose reply does not repeat its key gets the one it was asked by.
	KeySlots []int
}

// Fetch is one planned use of a loader: the keys gathered by its feeders go out together.
type Fetch struct {
	ID      int // 1, 2, ... in the order of Part.Fetches; it prints as #1
	Loader  *Loader
	Wave    int   // 1 for what can run at once; else one more than the latest need
	Needs   []int // IDs of fetches that must be done before keys can be gathered
	Feeders []Feeder
}

// Feeder says where the keys of a fetch come from, and where the answers go.
type Feeder struct {
	Place string // response path, for people: "posts[].user"
	Steps []Step // from the root record to the records that hold the keys
	Keys  []Ref  // one for each member of the loader's key; empty for Once
	Into  int    // slot of the reached record that gets the answer; -1 for keys that are only loaded early
	When  Cond
}

// Step goes from a record to the records of one of its values: to a record, or to each record of a list. For an object that
// lies inside the record itself there is nowhere to go; then the step only tests.
type Step struct {
	Ref  Ref // Slot -1: no value to go through, only Hops
	When Cond
	Type *TypeTest // only from objects of these types
}

// Ref names a slot as seen from a record: through the records joined in the slots Hops, one after the other, then Slot.
//
// Within are slots of objects that the value lies in. Where a reply has something else in the place of one of them, as a list,
// there is no value.
type Ref struct {
	Hops   []int
	Slot   int
	Within []Within
}

// Within is a slot, as seen from the record that the first Hops of a Ref lead to.
type Within struct{ Hops, Slot int }

// TypeTest keeps the objects of some member types of an interface or union.
type TypeTest struct {
	Abstract *Abstract
	Variants []bool // indexed as Abstract.Names
}

// ShapeKind says what is expected at a place of a reply.
type ShapeKind uint8

// Kinds of shapes. Whatever a reply really holds there is noted as it is; only the projection complains.
const (
	Token  ShapeKind = iota // note where the value is, whatever it is
	Record                  // an object with a record of its own: a root value or an item of a list
	Inline                  // an object whose values lie in the record around it
	List                    // an array of Item
	Map                     // an object whose property names are keys, each with an Item; noted as name, value, name, value
)

// Shape says what to find in one JSON value.
type Shape struct {
	Kind     ShapeKind
	Width    int        // Record: number of slots
	Props    []Prop     // Record, Inline: properties to look for
	Computed []Computed // Record, Inline: values made by a mapping from the whole object
	Inner    []int      // Inline: every slot that is filled from inside, to be cleared if the property comes twice
	Lift     []Computed // Inline: what to do instead if the value is an array (paths map through lists)
	// Bare is a selection that may make the object of a text, number or Boolean, which has no properties: `ids { id: $ }`.
	Bare *mapping.Object // Record, Inline; nil: it cannot
	Item *Shape          // List
}

// Prop is one property to find.
type Prop struct {
	Name  string
	Raw   int    // slot that notes the whole value as a token; -1: not needed
	Slot  int    // slot that notes the value as Shape says; -1: not needed
	Shape *Shape // nil: only Raw is wanted
}

// Computed is a value that a mapping makes from the raw object.
type Computed struct {
	Slot  int
	Expr  mapping.Node
	Shape *Shape
}

// Object says how an object is written. Its values come from records: base 0 is the record where the object was found,
// the others are records joined to it by key.
type Object struct {
	Coordinate string // name of its type, for people
	Bases      []Base // base 1, 2, ...
	// Require are the bases that say whether the entity is there which a reference points to: the first of them that was asked
	// for. Without its record the whole object is null.
	Require  []int
	NullIf   []int     // slots of base 0: if one of them is null or absent, so is the object (the key of a reference)
	Abstract *Abstract // nil: the object has one possible type, Variants[0]
	Variants []Variant
	// Bare says that the one field of the object that is shown takes the place of the object (@unwrap).
	Bare bool
}

// Base is a record joined to an object.
type Base struct {
	Slot int  // slot of base 0 that has the join
	When Cond // it was asked for only if this holds
}

// Abstract finds the type of an object among the variants.
type Abstract struct {
	Ref     Ref            // the value that names the type; from base 0
	Names   []string       // the possible types, in the order of Object.Variants
	ByName  map[string]int // value -> index of the type
	Wrapped []int          // slot of base 0 for each variant, -1 for none: the type is the one whose slot holds an object; nil: by Ref
	// Keys, if there are any, one for each variant, say that the objects are representations of entities which a client sent:
	// ByName leads to the first of the variants of a type, and the object is of the first one whose key it has.
	Keys []Key
}

// Key is a key by which a client may name an entity.
type Key struct {
	Name  string // its members, for people
	Slots []int  // of base 0, each with a text, a number or a Boolean
}

// Variant is how an object of one concrete type is written.
type Variant struct {
	Type    string
	Guard   uint64  // as of a Field: whoever may not see objects of this type gets null and an error in their place
	Require []int   // see Object.Require; for references whose type decides who loads them
	NullIf  []int   // likewise
	Fields  []Field // in response order
}

// Field writes one member of an object.
type Field struct {
	Key     string // response key
	Prefix  []byte // `"key":`
	When    Cond
	Guard   uint64 // tests of guards that have to hold: else null stands here, and an error
	Const   []byte // JSON to write (__typename, {} of nothing); nil: look at the slot
	Base    int
	Slot    int  // -1 with Virtual
	Virtual bool // an object made of the record it stands in, found nowhere: a reference built from a key, a namespace
	Type    Type
	Object  *Object // of composite types
	Line    int     // where the field stands in the client's document, from 1
	Column  int
	Reshape *Reshape // how it is shown, if not plainly: of the operations of clients alone
}

// Kind says how a leaf is checked and written.
type Kind uint8

// Kinds of values.
const (
	Int Kind = iota
	Float
	String
	Boolean
	ID
	Enum
	JSON // a custom scalar
	Composite
)

// Type is a field's type, ready to be checked while writing.
type Type struct {
	Kind    Kind
	Lists   int               // depth of list wrapping
	NonNull uint32            // bit d: the value at list depth d may not be null; bit Lists is the innermost type
	Name    string            // as written in the schema: "[Post!]!"
	Enum    map[string][]byte // upstream spelling -> quoted name
}

// Arg is an argument as a connector reads it by $args.
type Arg struct {
	Name  string
	Value Value
}
