package schema_test

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/schema"
)

func ExampleLoad() {
	file := &ast.Source{Name: "gateway.graphql", Input: `extend schema @source(name: "api", http: { baseURL: "http://api" })
type Query {
  user(id: ID!): User @connect(source: "api", http: { GET: "/users/{$args.idd}" }, selection: "id name: full_name email")
}
type User { id: ID! name: String @policy(policies: [["a"]]) }`}
	_, err := schema.Load([]*ast.Source{file}, nil)
	fmt.Println(err)
	// Output:
	// gateway.graphql:3:69: Query.user: Query.user has no argument idd
	//   hint: did you mean $args.id?
	// gateway.graphql:3:115: Query.user: the mapping lists email, which is not a field of User
	//   hint: known here: id, name
	// gateway.graphql:5:34: User.name: @policy is part of the language but not effective yet
	//   hint: take it out: it is refused rather than ignored
}
