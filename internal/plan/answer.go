package plan

// Answer describes the JSON that a route answers with, or a value in it, after everything that reshapes it; and what a route
// takes. OpenAPI documents and generated clients are made of it.
type Answer struct {
	Kind        AnswerKind
	Name        string // of the GraphQL type it comes from; "" if a mapping made it
	Shared      bool   // it is the same wherever Name stands: an input type or an enum. Only what is shared may lead back to itself
	Nullable    bool
	Description string
	Enum        []string       // of an AnswerEnum
	Format      string         // of a custom scalar: its @specifiedBy URL, or ""
	Members     []AnswerMember // of an AnswerObject, in the order in which they are written
	Item        *Answer        // of an AnswerList; of an AnswerMap: of each of its values
	Variants    []*Answer      // of an AnswerOneOf: objects
	// Discriminator is the member of all Variants that tells them apart, a text that is the Name of one; "" if none does.
	Discriminator string
}

// AnswerKind is a kind of JSON value.
type AnswerKind uint8

// The kinds.
const (
	AnswerAny AnswerKind = iota // a custom scalar, or a value nothing is known of
	AnswerInt
	AnswerFloat
	AnswerString
	AnswerID
	AnswerBoolean
	AnswerEnum
	AnswerObject
	AnswerMap // an object whose member names are data
	AnswerList
	AnswerOneOf
)

// AnswerMember is a member of an object.
type AnswerMember struct {
	Name        string
	Type        *Answer
	Optional    bool // it may be left out (@include, @skip)
	Description string
	Deprecated  string // the reason; "" if it is not deprecated
}
