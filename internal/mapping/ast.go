package mapping

import "slices"

// Node is one expression of a mapping. Its offset is in bytes from the start of the mapping's text.
// Nodes are immutable after Parse and may be read by many goroutines.
type Node interface {
	Offset() int
	node()
}

// Root says where a Path starts.
type Root uint8

// Roots of a Path.
const (
	RootHere  Root = iota // `$`, or a bare key: the object of the enclosing { }, or the whole input outside of one
	RootAt                // `@`: the value being processed by a method, else the same as $
	RootVar               // `$args`, `$this`, ...: Path.Name holds the name without the dollar
	RootValue             // `$(...)`: Path.Value holds the expression
)

// Path walks from a root through steps: `$.data.items`, `$args.id`, `ids->joinNotNull(',')`, `address { city }`.
type Path struct {
	Root  Root
	Name  string
	Value Node
	Steps []Step
	At    int
}

// StepKind says what one step of a Path does.
type StepKind uint8

// Kinds of steps.
const (
	StepKey      StepKind = iota // .name: a property; through a list, of every item
	StepMethod                   // ->name(args)
	StepSelect                   // { ... }: always the last step
	StepOptional                 // a lone ? that ends a path: null becomes missing
)

// Step is one step of a Path.
type Step struct {
	Kind     StepKind
	Name     string  // of StepKey and StepMethod
	Optional bool    // written a?.b or a?->m(): a missing or null value ends the path as missing
	Args     []Node  // of StepMethod
	Select   *Object // of StepSelect
	At       int
}

// Object builds an object; over a list it builds one for every item.
type Object struct {
	Members []Member
	At      int
}

// Member is one `name: value` of an Object. A spread (`...path { a b }`) has no name: the members of its value join the
// object. A plain pick `id` is a Member named "id" with the Path `$.id`.
type Member struct {
	Name   string
	Spread bool
	Value  Node
	At     int
}

// Literal is a constant, as compact JSON text.
type Literal struct {
	JSON []byte
	At   int
}

// Array is `[a, b]` inside $( ).
type Array struct {
	Items []Node
	At    int
}

// Choice is `left ?? right` (right if left is null or missing) or `left ?! right` (right if left is missing).
type Choice struct {
	Left, Right Node
	NullToo     bool // ??
	At          int
}

// Offset returns n.At.
func (n *Path) Offset() int { return n.At }

// Offset returns n.At.
func (n *Object) Offset() int { return n.At }

// Offset returns n.At.
func (n *Literal) Offset() int { return n.At }

// Offset returns n.At.
func (n *Array) Offset() int { return n.At }

// Offset returns n.At.
func (n *Choice) Offset() int { return n.At }

func (*Path) node()    {}
func (*Object) node()  {}
func (*Literal) node() {}
func (*Array) node()   {}
func (*Choice) node()  {}

// Keys returns the property names of a path that is purely structural: it starts at `$` and has only key steps and at
// most one final selection, which is returned too (nil without one). ok is false for every other node.
func Keys(n Node) (keys []string, sel *Object, ok bool) {
	if o, isObject := n.(*Object); isObject {
		return nil, o, true
	}
	p, isPath := n.(*Path)
	if !isPath || (p.Root != RootHere && p.Root != RootAt) {
		return nil, nil, false
	}
	for _, s := range p.Steps {
		switch s.Kind {
		case StepKey:
			keys = append(keys, s.Name)
		case StepSelect:
			sel = s.Select
		default:
			return nil, nil, false
		}
	}
	return keys, sel, true
}

// Picks reports whether n only says where in a reply objects lie, and what of them is selected: nothing is evaluated to find
// them, and what the selection leaves out can be read beside it.
func Picks(n Node) bool {
	_, sel, ok := Keys(n)
	return ok && !spreadsEvaluated(sel)
}

// spreadsEvaluated reports whether a selection spreads what has to be evaluated: which members there are is known only then,
// so the whole object is evaluated.
func spreadsEvaluated(sel *Object) bool {
	return sel != nil && slices.ContainsFunc(sel.Members, func(m Member) bool {
		_, inner, plain := Keys(m.Value)
		return m.Spread && (!plain || inner == nil || spreadsEvaluated(inner))
	})
}

// Env answers the variables of a mapping: $args, $this, $batch, $status and so on.
type Env interface {
	// Var returns the JSON text of variable name (without its dollar), or of its property key if key is not "".
	// nil means missing. A property of a list variable ($batch.id) is the list of the items' properties.
	// The bytes stay valid and unchanged until the request ends; the caller must not write to them.
	Var(name, key string) []byte
}
