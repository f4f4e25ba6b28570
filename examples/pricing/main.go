// Command pricing is a gateway with a function of its own: the shop's catalog says what a product costs, and Discount says how
// much less it costs whom. Build it and use it like manifold itself:
//
//	go run ./examples/pricing check examples/pricing/gateway.graphql
//	go run ./examples/pricing serve examples/pricing/gateway.graphql
package main

import (
	"context"
	"fmt"

	"manifold"
	"manifold/fn"
)

// Product is what Discount reads of a product. The gateway fetches these fields, whether a client asked for them or not.
type Product struct {
	ID         string `json:"id"`
	PriceCents int    `json:"priceCents"`
}

// Args are the arguments of the field.
type Args struct {
	Coupon *string `json:"coupon"`
}

// coupons are what each coupon takes off, in percent.
var coupons = map[string]int{"SPRING": 20, "FRIENDS": 35}

// Discount returns the prices of some products in cents: all the products of a query in one call.
func Discount(_ context.Context, products []Product, args Args) ([]int, error) {
	percent := 0
	if args.Coupon != nil {
		off, ok := coupons[*args.Coupon]
		if !ok {
			return nil, &fn.Error{Code: "BAD_USER_INPUT", Message: fmt.Sprintf("there is no coupon %q", *args.Coupon)}
		}
		percent = off
	}
	return fn.Each(products, func(p Product) (int, error) {
		return p.PriceCents * (100 - percent) / 100, nil
	})
}

func functions() *fn.Set {
	var set fn.Set
	fn.Register(&set, "pricing.Discount", Discount)
	return &set
}

func main() { manifold.Main(functions()) }
