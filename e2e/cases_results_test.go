package e2e_test

import (
	"fmt"
	"strings"
)

// nullCases are null propagation and the paths of errors.
func nullCases() []sameCase {
	cases := []sameCase{
		{Name: "null where it may be", Query: `{ nest { value child { value child { value } } } }`},
		{Name: "null in a required field", Query: `{ nest { value child { child { id required } } } }`},
		{Name: "null in a required object", Query: `{ nest { child { value child { id must { id } } } } }`},
		{Name: "a required object whose field is null", Query: `{ nest { id child { id must { required } } } }`},
		{Name: "a list of nullable items", Query: `{ nest { child { list { id required } } } }`},
		{Name: "a required list of required items", Query: `{ nest { id child { mustList { id required } } } }`},
		{Name: "null in a list of required items", Query: `{ nest { child { id items { id } } } }`},
		{Name: "null where a required list is", Query: `{ nest { child { id child { mustList { id } } } } }`},
		{Name: "errors of two siblings", Query: `{ nest { child { a: child { required } b: child { id must { id } } c: child { value } } } }`},
		{Name: "two errors under one object", Query: `{ nest { child { child { required must { id } } } } }`},
		{Name: "text where a list of objects is", Query: `{ nests { id list { id } } }`},
		{Name: "an object where a list of objects is", Query: `{ nests { id mustList { id } } }`},
		{Name: "a number where a list of objects is", Query: `{ nests { id items { id } } }`},
		{Name: "a null item of a root list", Query: `{ nests { must { required } id } hero { id } }`},
		{Name: "a null far below a required root", Query: `{ fleet { id length } hero { id } }`},
		{Name: "lists of lists of required items", Query: `{ fleet { id coordinates } }`},
		{Name: "a scalar where a list is", Query: `{ grid { scalar } }`},
		{Name: "a scalar where an inner list is", Query: `{ grid { flat } }`},
		{Name: "objects in lists of lists", Query: `{ grid { objects { int required } } }`},
		{Name: "required objects in lists of lists", Query: `{ grid { strictObjects { int } } }`},
		{Name: "the same data by several paths", Query: `{ a: nest { child { child { required } } } b: nest { child { child { id } } } }`},
		{
			Name: "a scalar where an object is", Query: `{ integer { object { int } } word { object { int } } yes { object { int } } }`,
			ours:    `{"integer":{"object":null},"word":{"object":null},"yes":{"object":null}} !["integer","object"] !["word","object"] !["yes","object"]`,
			because: "graphql-js looks for members of anything; a service that sends 7 for an object is mistaken, and the client is told",
		},
		{
			Name: "a list where an object is", Query: `{ list { object { int } } }`,
			ours:    `{"list":{"object":null}} !["list","object"]`,
			because: "graphql-js looks for members of anything; a service that sends a list for an object is mistaken, and the client is told",
		},
		{Name: "an object of other members", Query: `{ object { object { int __typename } } }`},
	}
	for name := range strings.FieldsSeq("a b c d e") {
		cases = append(cases, sameCase{Name: "a list of lists, " + name, Query: fmt.Sprintf(`{ grid { %s } texts { plain } }`, name)})
	}
	return cases
}

// leafCases read each kind of JSON value by each type: 15 times 8 operations. In the table are those of which we mean to make
// something else than graphql-js: it bends JavaScript values (true is the Int 1, "7" too), we check what a service sends.
func leafCases() []sameCase {
	const strict = "a value is checked, never bent: text and booleans are no numbers, and numbers no booleans"
	ours := map[string]struct{ ours, because string }{
		"digits.int":       {"null!", strict},
		"digits.float":     {"null!", strict},
		"digits.required":  {"null!!", strict},
		"yes.int":          {"null!", strict},
		"yes.float":        {"null!", strict},
		"yes.required":     {"null!!", strict},
		"no.int":           {"null!", strict},
		"no.float":         {"null!", strict},
		"no.required":      {"null!!", strict},
		"integer.boolean":  {"null!", strict},
		"zero.boolean":     {"null!", strict},
		"big.boolean":      {"null!", strict},
		"fraction.boolean": {"null!", strict},
		"huge.boolean":     {"null!", strict},
		"huge.id":          {"null!", "an ID of more than 64 digits is a mistake; graphql-js would make it the text 1e+300"},
	}
	var cases []sameCase
	for kind := range strings.FieldsSeq("integer zero big fraction huge digits word emptyText enumName yes no none absent object list") {
		for field := range strings.FieldsSeq("int float string boolean id color json ints required") {
			c := sameCase{Name: kind + "." + field, Query: fmt.Sprintf(`{ %s { %s } }`, kind, field)}
			if d := ours[kind+"."+field]; d.because != "" {
				c.because = d.because
				at := fmt.Sprintf(` ![%q,%q]`, kind, field)
				c.ours = fmt.Sprintf(`{%q:{%q:null}}`, kind, field) + at
				if d.ours == "null!!" {
					c.ours = fmt.Sprintf(`{%q:null}`, kind) + at
				}
			}
			cases = append(cases, c)
		}
	}
	return cases
}
