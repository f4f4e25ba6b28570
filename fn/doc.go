// Package fn is how a program adds Go functions to a gateway: a function serves the fields that name it in gateway.graphql.
//
//	type Product @key(fields: "id") @connect(source: "catalog", ...) { id: ID! priceCents: Int! }
//	extend type Product { discount(percent: Int!): Int @connect(fn: "pricing.Discount") }
//
// A function gets all the objects of a query whose field is asked for at once, and answers each of them. What it needs of an
// object its struct says: the gateway fetches those fields, whether the client asked for them or not. When the gateway starts,
// the names and types of these structs are compared with the types of gateway.graphql, and whatever does not fit is told with
// its place, before a request is served.
//
//	type Product struct {
//		PriceCents int `json:"priceCents"`
//	}
//	type Args struct {
//		Percent int `json:"percent"`
//	}
//
//	func Discount(ctx context.Context, products []Product, args Args) ([]int, error) { ... }
//
//	func main() {
//		var functions fn.Set
//		fn.Register(&functions, "pricing.Discount", Discount)
//		manifold.Main(&functions)
//	}
//
// # Structs
//
// Structs are read and written as package encoding/json does it, by their json tags. A member of a parent that is no pointer,
// slice or map needs a value: for an object in which it is null or missing the function is not called, and the field is null. A
// pointer takes null. A struct inside of a parent reads fields of the object there. Members of arguments that are not given have
// their zero value.
//
// Objects that are equal in what the struct reads are one parent. A batch has at most 100 parents, or batch: { maxSize } of the
// connector; batches run at the same time.
//
// # Errors
//
// An error that a function returns is that of all its parents; [Failures] are errors of single ones. What clients read of an
// error is nothing but that the field failed, unless it is an [Error]: its text and its code are for them. A panic is an error
// of the call. In development mode clients see the text of every error, and the log has it always.
//
// A call that does not end in time has failed then, whatever the function still does: it should watch its context.
package fn
