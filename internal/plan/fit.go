package plan

// Fit is how a value is written for an argument of a GraphQL service, by the type that the service declares. A key is compared as
// text and may be a number in one service's replies and a String argument of another, which is refused as it is (GraphQL 3.5).
// Lists need no Fit of their own: each of their items is written so.
type Fit struct {
	As      Spelling
	Members map[string]*Fit // of an object; nil for other values
}

// Spelling is how one value is written.
type Spelling uint8

// Spellings.
const (
	AsFound   Spelling = iota // a type of the service's own, an enum
	AsText                    // String and ID: 7 is written "7"
	AsInt                     // "7" and 7.0 are written 7
	AsFloat                   // "7.5" is written 7.5
	AsBoolean                 // "true" is written true
)
