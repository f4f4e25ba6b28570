package shop

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"manifold/examples/shop/catalog"
)

// The size of the shop. Every start makes the same data: tests and documents rely on single values of it.
const (
	userCount  = 200
	orderCount = 500
	seed       = 20260601
)

// home is a place where users live.
type home struct{ country, locale, city, postal, street string }

func homes() []home {
	return []home{
		{"FR", "fr-FR", "Lyon", "69002", "Rue des Lilas"},
		{"SE", "sv-SE", "Malmö", "211 22", "Storgatan"},
		{"DE", "de-DE", "Köln", "50667", "Lindenallee"},
		{"PL", "pl-PL", "Łódź", "90-001", "ulica Lipowa"},
		{"GB", "en-GB", "Leeds", "LS1 4DY", "Mill Lane"},
		{"US", "en-US", "Portland", "97204", "Orchard Way"},
		{"IN", "en-IN", "Pune", "411001", "Station Road"},
		{"JP", "ja-JP", "京都市", "600-8216", "烏丸通"},
		{"BR", "pt-BR", "Recife", "50030-230", "Rua da Praia"},
		{"TR", "tr-TR", "İzmir", "35210", "Liman Caddesi"},
	}
}

const (
	firstNames = "Zoë Łukasz Mira Jonas Aisha Tomás Ingrid Ravi Chloé Hana Omar Lena Mateus Yuki Nora Emre Sofia Björn Priya Kofi " +
		"Elif Daniel Marta Haruto Grace Iker Amina Pavel Ida Noah"
	lastNames = "Lindqvist Okafor Dvořák Tanaka Müller Sato Kowalska Oliveira Haddad Novak Yılmaz Jensen Moreau Iyer Costa O'Brien " +
		"Weber Nakamura Schulz Mensah Rossi Laine García Horvat Patel"
)

// makeUsers makes users 1 to userCount, in this order. User 1 is always Ada Moreau, who pays for pro.
func makeUsers() []User {
	rnd := rand.New(rand.NewPCG(seed, 1))
	first, last := strings.Fields(firstNames), strings.Fields(lastNames)
	places := homes()
	users := make([]User, userCount)
	for i := range users {
		name := pick(rnd, first) + " " + pick(rnd, last)
		tier := pick(rnd, []string{"free", "free", "free", "basic", "pro"})
		if i == 0 {
			name, tier = "Ada Moreau", "pro"
		}
		at := pick(rnd, places)
		joined := time.Date(2021, 1, 4, 8, 0, 0, 0, time.UTC).Add(time.Duration(i)*8*time.Hour + minutes(rnd, 400))
		u := User{ID: i + 1, Tier: tier, CreatedAt: joined.Format(time.RFC3339)}
		u.Profile = Profile{FullName: name, Locale: at.locale}
		if i == 0 || rnd.IntN(12) > 0 { // one in twelve has never confirmed an address
			u.Email = new(fmt.Sprintf("%s.%d@example.com", mailName(name), u.ID))
		}
		if i == 0 || rnd.IntN(10) > 0 {
			where := fmt.Sprintf("%s %d", at.street, 1+rnd.IntN(140))
			u.Address = &Address{Street: where, City: at.city, PostalCode: at.postal, Country: at.country}
		}
		users[i] = u
	}
	return users
}

// makeOrders makes orders o1 to o500, oldest first. o1 is always Ada's, of a lamp and a cable, on its way.
func makeOrders() []Order {
	rnd := rand.New(rand.NewPCG(seed, 2))
	products := catalog.Products()
	orders := make([]Order, orderCount)
	placed := time.Date(2025, 9, 1, 7, 30, 0, 0, time.UTC)
	for i := range orders {
		placed = placed.Add(minutes(rnd, 1200))
		o := Order{
			ID: orderID(i + 1), UserID: 1 + rnd.IntN(userCount), PlacedAt: placed.Format(time.RFC3339),
			Status: age(rnd, i),
		}
		o.Payment = payment(rnd, o.Status)
		for range 1 + rnd.IntN(4) {
			p := pick(rnd, products)
			o.Lines = append(o.Lines, Line{p.ID, p.Name, 1 + rnd.IntN(3), p.PriceCents})
		}
		if i < 12 { // the first users have something to show
			o.UserID = 1 + i/2
		}
		if i == 0 {
			o.Status, o.Payment = "in_transit", &Payment{Kind: "card", Brand: "visa", Last4: "4242"}
			o.Lines = []Line{line(products[0]), line(products[1])}
		}
		for _, l := range o.Lines {
			o.TotalCents += l.Quantity * l.PriceCents
		}
		orders[i] = o
	}
	return orders
}

func line(p catalog.Product) Line { return Line{p.ID, p.Name, 1, p.PriceCents} }

// age tells how far order i has come: old ones are delivered, the newest are new.
func age(rnd *rand.Rand, i int) string {
	if i < orderCount*7/10 {
		return pick(rnd, []string{"delivered", "delivered", "delivered", "delivered", "shipped"})
	}
	return pick(rnd, []string{"delivered", "shipped", "in_transit", "pending", "new"})
}

// payment is by card or by wallet. Some orders that are still pending are not paid yet.
func payment(rnd *rand.Rand, status string) *Payment {
	way := rnd.IntN(5)
	if way < 2 && statusGroup(status) == "pending" {
		return nil
	}
	if way < 2 {
		return &Payment{Kind: "wallet", Provider: pick(rnd, []string{"PayFriend", "Klar", "OnePurse"})}
	}
	brand := pick(rnd, []string{"visa", "mastercard", "amex"})
	return &Payment{Kind: "card", Brand: brand, Last4: fmt.Sprintf("%04d", rnd.IntN(10_000))}
}

// mailName spells name in ASCII for a mail address: "Zoë O'Brien" is "zoe.obrien".
func mailName(name string) string {
	plain := strings.NewReplacer(
		" ", ".", "'", "", "ë", "e", "é", "e", "á", "a", "ö", "o", "ü", "u", "í", "i", "ř", "r", "ı", "i", "ł", "l",
	)
	return plain.Replace(strings.ToLower(name))
}

func pick[T any](rnd *rand.Rand, from []T) T { return from[rnd.IntN(len(from))] }

func minutes(rnd *rand.Rand, n int) time.Duration { return time.Duration(rnd.IntN(n)) * time.Minute }
