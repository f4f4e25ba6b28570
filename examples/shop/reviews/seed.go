package reviews

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"manifold/examples/shop/reviews/graph"
)

// The size of the service. Every start makes the same data: tests and documents rely on single values of it.
const (
	postCount = 300
	seed      = 20260604
)

// fill makes the posts that every start begins with; one in six is a question. The first product has just the five reviews
// that come first, 4.6 stars on average, and the first of them is by user 1. Nobody has written about the last two products.
func (s *store) fill(products []string, users int) {
	rnd := rand.New(rand.NewPCG(seed, 1))
	others := products[1 : len(products)-2]
	at := time.Date(2025, 9, 1, 12, 0, 0, 0, time.UTC)
	for i := range postCount {
		at = at.Add(time.Duration(1+rnd.IntN(1800)) * time.Minute)
		id, author := pick(rnd, others), strconv.Itoa(1+rnd.IntN(users))
		stars := pick(rnd, []int32{1, 2, 3, 3, 4, 4, 4, 5, 5, 5})
		if lamp := []int32{5, 5, 4, 5, 4}; i < len(lamp) {
			id, stars = products[0], lamp[i]
		}
		if i == 0 {
			author = "1"
		}
		product := s.products[id].handle
		if i%6 == 5 {
			asked, answer := question(rnd)
			s.addQuestion(&graph.Question{
				ID: "q" + strconv.Itoa(1+i/6), Body: asked, AuthorID: author, Product: product, Answer: answer, CreatedAt: at,
			})
			continue
		}
		s.addReview(&graph.Review{
			Stars: stars, Body: opinion(rnd, stars), AuthorID: author, Product: product,
			Attachments: attachments(rnd, i), CreatedAt: at,
		})
	}
}

// opinion fits the stars. One in four says nothing.
func opinion(rnd *rand.Rand, stars int32) *string {
	if rnd.IntN(4) == 0 {
		return nil
	}
	return new(pick(rnd, map[int32][]string{
		1: {"Broke on the second day.", "Not what the picture shows."},
		2: {"Smaller than I thought.", "Does what it should, but only just."},
		3: {"Fine for the price.", "It is all right.\nThe box was damaged."},
		4: {"Good, and quickly here.", "Would buy it again.", "Très bien, merci."},
		5: {"Just what I wanted!", "Best I ever had.", "Sehr schön 🙂", "My mother loves it."},
	}[stars]))
}

// question is asked, and one time in three nobody knows.
func question(rnd *rand.Rand) (asked, answer *string) {
	all := [][2]string{
		{"Can it be left outside?", "Ours has been in the rain all year."},
		{"Is it a good gift for a child?", "From eight years on, I would say."},
		{"How long did the parcel take?", "Three days."},
		{"Does it come with a warranty?", "Two years."},
	}
	pair := pick(rnd, all)
	if rnd.IntN(3) == 0 {
		return &pair[0], nil
	}
	return &pair[0], &pair[1]
}

// attachments are what hangs on post i. Most have none.
func attachments(rnd *rand.Rand, i int) []graph.Attachment {
	url := fmt.Sprintf("https://media.example.com/posts/%d", i+1)
	switch rnd.IntN(8) {
	case 0:
		return []graph.Attachment{graph.Photo{URL: url + ".jpg", Width: 1600, Height: 1200}}
	case 1:
		return []graph.Attachment{
			graph.Video{URL: url + ".mp4", Seconds: int32(5 + rnd.IntN(90))},
			graph.Photo{URL: url + ".jpg", Width: 900, Height: 1600},
		}
	}
	return []graph.Attachment{}
}

func pick[T any](rnd *rand.Rand, from []T) T { return from[rnd.IntN(len(from))] }
