package fn_test

import (
	"context"
	"fmt"

	"manifold/fn"
)

// Product is what discount reads of each object.
type Product struct {
	PriceCents int `json:"priceCents"`
}

// Args are the arguments of the field.
type Args struct {
	Percent int `json:"percent"`
}

func discount(_ context.Context, products []Product, args Args) ([]int, error) {
	return fn.Each(products, func(p Product) (int, error) {
		if args.Percent > 50 {
			return 0, fn.Errorf(fn.BadUserInput, "no more than half is given away, not %d %%", args.Percent)
		}
		return p.PriceCents * (100 - args.Percent) / 100, nil
	})
}

// A function serves the field `discount(percent: Int!): Int @connect(fn: "pricing.Discount")`. A program hands the set to
// manifold.Main.
func ExampleRegister() {
	var functions fn.Set
	fn.Register(&functions, "pricing.Discount", discount)

	values, err := discount(context.Background(), []Product{{PriceCents: 200}, {PriceCents: 999}}, Args{Percent: 10})
	fmt.Println(values, err)
	// Output: [180 899] <nil>
}
