package reviews

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"manifold/examples/shop/reviews/graph"
)

const (
	maxProducts = 50 // of one productsByIds. The gateway's batch size must not be above it.
	maxFirst    = 100
)

// resolvers is what gqlgen's code calls, field by field.
type resolvers struct {
	store *store
	users int
	now   func() time.Time
}

var _ graph.ResolverRoot = (*resolvers)(nil)

// Query resolves the fields of Query.
func (r *resolvers) Query() graph.QueryResolver { return query{r.store} }

// Mutation resolves the fields of Mutation.
func (r *resolvers) Mutation() graph.MutationResolver { return mutation{r} }

// ProductReviews resolves the fields of ProductReviews that its struct does not hold.
func (r *resolvers) ProductReviews() graph.ProductReviewsResolver { return productReviews{r.store} }

type query struct{ store *store }

func (q query) Review(_ context.Context, id string) (*graph.Review, error) {
	return q.store.review(id), nil
}

func (q query) ReviewsOf(_ context.Context, productID string, first int32, order graph.ReviewOrder) ([]*graph.Review, error) {
	n, err := pageOf(&first)
	if err != nil {
		return nil, err
	}
	return q.store.reviewsOf(productID, n, order), nil
}

//nolint:revive // the name is gqlgen's
func (q query) ProductsByIds(_ context.Context, ids []string) ([]*graph.ProductReviews, error) {
	if len(ids) > maxProducts {
		return nil, badInput("ids may hold up to %d values, not %d", maxProducts, len(ids))
	}
	found := make([]*graph.ProductReviews, len(ids))
	for i, id := range ids {
		if p := q.store.products[id]; p != nil {
			found[i] = p.handle
		}
	}
	return found, nil
}

func (q query) Latest(_ context.Context, first int32) ([]graph.Post, error) {
	n, err := pageOf(&first)
	if err != nil {
		return nil, err
	}
	return q.store.latest(n), nil
}

type mutation struct{ *resolvers }

func (m mutation) AddReview(_ context.Context, in graph.AddReviewInput) (*graph.Review, error) {
	p := m.store.products[in.ProductID]
	if p == nil {
		return nil, badInput("there is no product %q", in.ProductID)
	}
	if author, err := strconv.Atoi(in.AuthorID); err != nil || author < 1 || author > m.users {
		return nil, badInput("there is no user %q", in.AuthorID)
	}
	if in.Stars < 1 || in.Stars > 5 {
		return nil, badInput("stars must be from 1 to 5, not %d", in.Stars)
	}
	return m.store.addReview(&graph.Review{
		Stars: in.Stars, Body: in.Body, AuthorID: in.AuthorID, Product: p.handle,
		Attachments: []graph.Attachment{}, CreatedAt: m.now().UTC().Truncate(time.Second),
	}), nil
}

type productReviews struct{ store *store }

func (p productReviews) Rating(_ context.Context, of *graph.ProductReviews) (*float64, error) {
	stars, n := p.store.stars(of.ID)
	if n == 0 {
		return nil, nil
	}
	return new(math.Round(10*float64(stars)/float64(n)) / 10), nil
}

func (p productReviews) ReviewCount(_ context.Context, of *graph.ProductReviews) (int32, error) {
	_, n := p.store.stars(of.ID)
	return int32(n), nil
}

func (p productReviews) Reviews(_ context.Context, of *graph.ProductReviews, first *int32) ([]*graph.Review, error) {
	n, err := pageOf(first)
	if err != nil {
		return nil, err
	}
	return p.store.reviewsOf(of.ID, n, graph.ReviewOrderNewest), nil
}

func (p productReviews) Questions(_ context.Context, of *graph.ProductReviews, first *int32) ([]*graph.Question, error) {
	n, err := pageOf(first)
	if err != nil {
		return nil, err
	}
	return p.store.questionsOf(of.ID, n), nil
}

// pageOf checks how many are wanted. A null that a client wrote is the same as nothing, which is 5.
func pageOf(first *int32) (int, error) {
	if first == nil {
		return 5, nil
	}
	if *first < 0 || *first > maxFirst {
		return 0, badInput("first must be from 0 to %d, not %d", maxFirst, *first)
	}
	return int(*first), nil
}

// badInput is an error of the client's making.
func badInput(format string, args ...any) error {
	return &gqlerror.Error{
		Message: fmt.Sprintf(format, args...), Extensions: map[string]any{"code": "BAD_USER_INPUT"},
	}
}
