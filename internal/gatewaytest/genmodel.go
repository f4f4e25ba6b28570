package gatewaytest

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// This file holds what the generators of the differential fuzzer know of a schema they make: enough to print it, to answer
// its calls and to write queries over it. It is not a model of the language; package schema reads the printed text anew.

// genSource is an upstream.
type genSource struct {
	name   string
	naming string // of @source: AS_IS, ...
}

type genKind uint8

const (
	genScalar genKind = iota
	genEnum
	genObject
	genUnion
	genInterface
)

type genType struct {
	name   string
	kind   genKind
	fields []*genField
	// Entities: what they are loaded by. A type without keys is a plain value.
	keys   []string // paths: id, org.num
	second []string // another key, or nil
	both   bool     // each key has a loader
	loader *genConn // nil for values and for entities that only extensions or other connectors serve
	more   *genConn // another loader, or nil
	extra  []*genField
	block  *genConn // of the extension block that holds the fields of extra
	also   []*genBlock
	// Abstract types.
	members []*genType
	disc    discriminating
	// Enums: all spellings an upstream may use.
	values    []string
	spellings []string
	implement string // name of an interface
	guard     string // as it is written, or ""
}

func (t *genType) entity() bool { return len(t.keys) > 0 }

// held reports whether members of a key of t lie in an object.
func (t *genType) held() bool {
	return slices.ContainsFunc(slices.Concat(t.keys, t.second), func(k string) bool { return strings.Contains(k, ".") })
}

// spare reports whether t has members of a key that are not in its first one. All loaders give them, and where none is called
// by them the loader that is asked for them is the planner's choice.
func (t *genType) spare() bool {
	return slices.ContainsFunc(t.second, func(k string) bool { return !slices.Contains(t.keys, k) })
}

// sure reports whether a connector of t always answers: where the planner may choose whom to ask, a failure of one would be
// seen or not.
func (s *genSchema) sure(t *genType) bool {
	return s.agree && t.entity() && (t.block != nil || t.more != nil)
}

func (t *genType) composite() bool { return t.kind >= genObject }

// all returns the fields of every block.
func (t *genType) all() []*genField {
	all := append(t.fields[:len(t.fields):len(t.fields)], t.extra...)
	for _, b := range t.also {
		all = append(all, b.fields...)
	}
	return all
}

func (t *genType) field(name string) *genField {
	for _, f := range t.all() {
		if f.name == name {
			return f
		}
	}
	return nil
}

// discriminating is how the members of an abstract type are told apart.
type discriminating uint8

const (
	byMap      discriminating = iota // @discriminate(field:, map:)
	byTypeName                       // @discriminate(field:)
	byWrapper                        // @discriminate(wrapped: true)
	byItself                         // by the __typename of a GraphQL service
)

// genRole is where a field's value comes from.
type genRole uint8

const (
	isKeyField genRole = iota
	inReply            // a leaf, a value object or an abstract value in the reply
	refDefault         // an entity in the reply that carries its key among other things
	refBuilt           // @from(path: "{ id: x }")
	refList            // @from(path: "xs->map({ id: @ })")
	refWhole           // @from(embedded: true)
	connected          // a connector of its own
	lookedUp           // @lookup
	holdsKey           // an object in the reply that members of a key lie in
	grouping           // a namespace
)

type genField struct {
	name  string
	typ   *genType
	lists int
	text  string // of the type, with its wrappers
	role  genRole
	path  []string   // @from(path:), nil for the name as the source spells it
	how   string     // methods behind path
	by    []string   // of refBuilt and refList: the key
	keyAt [][]string // of refBuilt: where each member of the key is
	args  []genArg
	conn  *genConn
	guard string // as it is written, or ""
}

type genArg struct {
	name string
	typ  string // with its wrappers
	enum *genType
	def  string // default, or ""
	is   string // of @is, or ""
	key  bool   // it picks an entity, or helps to
	// of @require, or "": clients do not see the argument
	require string
	// of an argument of an input type
	members []genArg
}

// genInput is an input type.
type genInput struct {
	name    string
	members []genArg
}

type genMode uint8

const (
	once genMode = iota
	each
	many
)

type genMatch uint8

const (
	matchKey genMatch = iota
	matchMap
	matchPosition
	matchGroup
)

// genConn is a connector; its endpoint's URL path is /eN.
type genConn struct {
	id       int
	source   *genSource // nil: computed
	written  string     // as it is written, of what no genSource serves
	mode     genMode
	match    genMatch
	group    string // property that holds the key, of matchGroup
	keys     []string
	keyArgs  bool     // written on a root field as the loader of its type
	keyPaths []string // where its arguments have each key, of keyArgs
	post     bool
	maxSize  int
	missing  bool
	nullOn   bool
	fallback string
	success  bool // isSuccess: every status is
	typ      *genType
	lists    int
	root     []string
	how      string  // methods behind root
	sel      []place // explicit selection, nil for default mapping
	args     []string
	inPath   []string // arguments that are path segments
	value    string   // the selection of a computed value
	named    string   // where an explicit selection finds the type's name, of abstract types
}

// place is where a value of a field stands in a raw object, and how it is taken from there.
type place struct {
	f    *genField
	path []string
	how  string     // methods behind path
	sub  []place    // the object is picked member by member; without a path it is built of them
	keys [][]string // an object is built of the keys found here
	by   []string   // which keys those are
}

// dice is a source of chance with the shapes of decision the generators need.
type dice struct{ *rand.Rand }

func newDice(a, b uint64) dice { return dice{rand.New(rand.NewPCG(a, b))} }

// in is true once in n times.
func (d dice) in(n int) bool { return d.IntN(n) == 0 }

// chance is true with probability p.
func (d dice) chance(p float64) bool { return d.Float64() < p }

func pick[T any](d dice, from []T) T { return from[d.IntN(len(from))] }
