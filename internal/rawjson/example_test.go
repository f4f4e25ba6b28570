package rawjson_test

import (
	"fmt"

	"manifold/internal/rawjson"
)

func ExampleMembers() {
	reply := []byte(`{"id": 7.0, "name": "Ann\n", "tags": ["a", "b"]}`)
	_, err := rawjson.Members(reply, 0, func(key, value []byte) error {
		if rawjson.EqualKey(key, "id") {
			id, ok := rawjson.Int32(value)
			fmt.Println("id is", id, ok)
			return nil
		}
		fmt.Printf("%s is %v: %s\n", key, rawjson.KindOf(value[0]), value)
		return nil
	})
	fmt.Println(err)
	// Output:
	// id is 7 true
	// "name" is a string: "Ann\n"
	// "tags" is an array: ["a", "b"]
	// <nil>
}

func ExampleValid() {
	fmt.Println(rawjson.Valid([]byte(`{"price": 01}`)))
	// Output: invalid JSON at byte 10: a number with a leading zero
}
