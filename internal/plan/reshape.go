package plan

import "manifold/internal/mapping"

// Reshape says how a field is shown other than as GraphQL would. It changes the answer only: what is fetched, checked and
// blamed is the same.
type Reshape struct {
	Flatten bool // the members of the object take the place of the field (@flatten); their names have the prefix already
	Bare    bool // the field is the one that is shown of a Bare object: without its name
	Omit    bool // it is not shown (@omit)
	// NotFound says that the answer is about this field: if it is null without an error, there is nothing (@notFound).
	NotFound bool
	// Vital says that there is no answer if this field failed.
	Vital bool
	// Fallback is the JSON that is shown if the value failed (@onError); nil: null.
	Fallback []byte
	Mapping  mapping.Node // makes what is shown of the value's JSON (@reshape); nil: it is shown itself
}
