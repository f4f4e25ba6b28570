package catalog

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"manifold/examples/shop/catalog/catalogpb"
)

// seed makes every start tell the same: tests and documents rely on single values.
const seed = 20260603

// makeProducts tells all of Products as the service does. What only this service knows is made up here, with the holes that
// real data has: a product may have no tags, no attributes, no discount and no stock.
func makeProducts() []*catalogpb.Product {
	rnd := rand.New(rand.NewPCG(seed, 1))
	all := make([]*catalogpb.Product, 0, len(Products()))
	created := time.Date(2023, 2, 6, 9, 0, 0, 0, time.UTC)
	for _, p := range Products() {
		created = created.Add(time.Duration(1+rnd.IntN(40*24*60)) * time.Minute)
		all = append(all, &catalogpb.Product{
			Id: p.ID, Name: p.Name, Category: catalogpb.Category(catalogpb.Category_value["CATEGORY_"+p.Category]),
			PriceCents: int64(p.PriceCents), WeightGrams: int32(p.WeightGrams), CreatedAt: timestamppb.New(created),
			DiscountPercent: discount(rnd), Tags: tags(rnd), Attributes: attributes(rnd, p.Category),
		})
		stock(rnd, all[len(all)-1])
	}
	lamp := all[0]
	lamp.DiscountPercent, lamp.Tags = new(int32(10)), []string{"bestseller", "gift"}
	lamp.Stock = &catalogpb.Product_InStock{InStock: &catalogpb.InStock{Pieces: 42}}
	return all
}

// discount is nil for a product that was never on sale, 0 for one that was.
func discount(rnd *rand.Rand) *int32 {
	switch rnd.IntN(6) {
	case 0:
		return new(int32(0))
	case 1:
		return new(int32(5 + 5*rnd.IntN(6)))
	}
	return nil
}

func tags(rnd *rand.Rand) []string {
	var some []string
	for _, tag := range []string{"bestseller", "gift", "handmade", "last chance"} {
		if rnd.IntN(4) == 0 {
			some = append(some, tag)
		}
	}
	return some
}

// attributes are words about a product. Which there are depends on its category.
func attributes(rnd *rand.Rand, category string) map[string]string {
	switch category {
	case "BOOKS":
		return map[string]string{
			"pages":    strconv.Itoa(120 + rnd.IntN(400)),
			"language": pick(rnd, "en fr de pl"), "binding": pick(rnd, "hardcover paperback"),
		}
	case "GAMES":
		return map[string]string{"players": pick(rnd, "1 2 2-4 2-6"), "min_age": pick(rnd, "6 8 12")}
	case "HOME":
		return map[string]string{"colour": pick(rnd, "white black sand moss"), "material": pick(rnd, "steel wood wool glass")}
	}
	return nil
}

// stock sets whether p can be had. That of some products was never counted.
func stock(rnd *rand.Rand, p *catalogpb.Product) {
	switch n := rnd.IntN(10); {
	case n < 6:
		p.Stock = &catalogpb.Product_InStock{InStock: &catalogpb.InStock{Pieces: int32(rnd.IntN(120))}}
	case n < 8:
		at := time.Date(2026, 7, 1+rnd.IntN(60), 6, 0, 0, 0, time.UTC)
		p.Stock = &catalogpb.Product_OnOrder{OnOrder: &catalogpb.OnOrder{ExpectedAt: timestamppb.New(at)}}
	case n < 9:
		p.Stock = &catalogpb.Product_Discontinued{Discontinued: &catalogpb.Discontinued{}}
	}
}

func pick(rnd *rand.Rand, words string) string {
	from := strings.Fields(words)
	return from[rnd.IntN(len(from))]
}
