package bff

import (
	"slices"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/aggregation"
	"manifold/internal/plan"
	"manifold/schema"
)

// API is everything that clients can call besides GraphQL's own endpoint. It is immutable.
type API struct {
	Clients []*Client
}

// Prefixes are the paths below which clients are served, each once.
func (a *API) Prefixes() (out []string) {
	for _, c := range a.Clients {
		if !slices.Contains(out, c.Prefix) {
			out = append(out, c.Prefix)
		}
	}
	return out
}

// Sharing returns the clients that have a prefix.
func (a *API) Sharing(prefix string) (out []*Client) {
	for _, c := range a.Clients {
		if c.Prefix == prefix {
			out = append(out, c)
		}
	}
	return out
}

// Client is a kind of client and its operations, in the order of their names.
type Client struct {
	*schema.Client

	Operations []*Operation
	// Trusted are the documents that the client may send to its GraphQL endpoint, by id.
	Trusted map[string]*Trusted
}

// Operation is a named operation of a client.
type Operation struct {
	Name        string
	Description string // the text above the operation
	Client      *Client
	Document    *schema.Document
	Definition  *ast.OperationDefinition
	Plan        *plan.Operation
	Answer      *plan.Answer
	Variables   []Variable // in the order of the definition
	Guard       Guard
	Route       *Route // nil: it has none
	Tool        *Tool  // nil: it is no tool for agents

	finds bool     // what it asks for may not be there (@notFound)
	vary  []string // headers of requests that answers depend on, sorted
	// varyLines are the Vary header: shared, never written.
	varyLines []string

	observe  func(Usage)            // nil: nobody counts
	together *aggregation.Coalescer // of equal requests; nil: they run alone
}

// Route is where and how an operation is served.
type Route struct {
	Method   string
	Path     string // below the client's prefix, as written: "/products/{id}"
	Pattern  string // of the whole path: "/web/products/{id}"
	Status   int    // of a good answer
	Timeout  time.Duration
	Whole    bool // an answer with holes is none (partial: FAIL)
	Strict   bool
	Retiring *Retiring
	Cache    *Cache // nil: nobody is told anything

	cacheControl []string // the header of a good answer
}

// Retiring says since when a route is deprecated, and when it ends.
type Retiring struct {
	Since time.Time // zero: ever since
	End   time.Time
}

// Cache is what a route says of how long its answer holds (RFC 9111, RFC 5861).
type Cache struct {
	MaxAge, StaleWhileRevalidate, StaleIfError int // seconds; -1: nothing is said
	Private                                    bool
}

// Tool is an operation as a tool of the Model Context Protocol.
type Tool struct{ Name, Description string }

// Place says where a variable comes from.
type Place uint8

// The places.
const (
	InQuery Place = iota
	InPath
	InHeader
	InCookie
	InClaim
	InBody
)

// Variable is a variable of an operation and where a request has it.
type Variable struct {
	Name       string
	In         Place
	Key        string   // its name there; of InBody and InClaim the path in dots, "" for the whole body
	Steps      []string // of InBody and InClaim: the members that lead to it
	Definition *ast.VariableDefinition
	Type       *schema.Type // the named type inside of its type
	Shape      *plan.Answer // what its value looks like

	about string
}

// Required reports whether a request has to have it.
func (v *Variable) Required() bool {
	return v.Definition.Type.NonNull && v.Definition.DefaultValue == nil
}

// Has reports whether the operation reads something of a kind of place.
func (o *Operation) Has(in Place) bool {
	for i := range o.Variables {
		if o.Variables[i].In == in {
			return true
		}
	}
	return false
}
