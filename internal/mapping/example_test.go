package mapping_test

import (
	"fmt"

	"manifold/internal/mapping"
)

func ExampleEval() {
	n, err := mapping.Parse(`$.users { id name: profile.full_name friends: friend_ids->map({ id: @ }) }`)
	if err != nil {
		fmt.Println(err)
		return
	}
	reply := []byte(`{"users":[{"id":1,"profile":{"full_name":"Ada"},"friend_ids":[2,3]},{"id":2}]}`)
	var arena mapping.Arena
	value, err := mapping.Eval(n, reply, nil, &arena)
	fmt.Println(string(value), err)
	// Output: [{"id":1,"name":"Ada","friends":[{"id":2},{"id":3}]},{"id":2}] <nil>
}

func ExampleSyntaxError() {
	_, err := mapping.Parse("id name = title")
	fmt.Println(err)
	// Output: unexpected `=`, a member is expected (at byte 8); a name is followed by a colon
}
