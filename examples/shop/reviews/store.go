package reviews

import (
	"cmp"
	"slices"
	"strconv"
	"sync"

	"manifold/examples/shop/reviews/graph"
)

// store holds all posts. It is safe for concurrent use. A post never changes once it is in the store.
type store struct {
	products map[string]*product // never written after newStore

	mu      sync.RWMutex
	posts   []graph.Post // oldest first
	reviews map[string]*graph.Review
}

// product is what is said of one product. The store's lock guards all but the handle.
type product struct {
	handle    *graph.ProductReviews // holds only the id
	stars     int                   // of all reviews together
	reviews   []*graph.Review       // oldest first
	questions []*graph.Question     // oldest first
}

func newStore(products []string) *store {
	s := &store{products: make(map[string]*product, len(products)), reviews: map[string]*graph.Review{}}
	for _, id := range products {
		s.products[id] = &product{handle: &graph.ProductReviews{ID: id}}
	}
	return s
}

// addReview gives r the next id and keeps it. Its product must be of this store.
func (s *store) addReview(r *graph.Review) *graph.Review {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.products[r.Product.ID]
	r.ID = "r" + strconv.Itoa(len(s.reviews)+1)
	s.reviews[r.ID] = r
	s.posts = append(s.posts, r)
	p.reviews = append(p.reviews, r)
	p.stars += int(r.Stars)
	return r
}

// addQuestion keeps q, which has its id. Its product must be of this store.
func (s *store) addQuestion(q *graph.Question) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.posts = append(s.posts, q)
	p := s.products[q.Product.ID]
	p.questions = append(p.questions, q)
}

// review is nil if there is none with this id.
func (s *store) review(id string) *graph.Review {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.reviews[id]
}

// latest returns up to n posts, newest first.
func (s *store) latest(n int) []graph.Post {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return newest(s.posts, n)
}

// questionsOf returns up to n questions about a product, newest first.
func (s *store) questionsOf(id string, n int) []*graph.Question {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if p := s.products[id]; p != nil {
		return newest(p.questions, n)
	}
	return []*graph.Question{}
}

// reviewsOf returns up to n reviews of a product. Those with equal stars come newest first in every order.
func (s *store) reviewsOf(id string, n int, order graph.ReviewOrder) []*graph.Review {
	s.mu.RLock()
	defer s.mu.RUnlock()
	p := s.products[id]
	if p == nil {
		return []*graph.Review{}
	}
	if order == graph.ReviewOrderNewest {
		return newest(p.reviews, n)
	}
	all := newest(p.reviews, len(p.reviews))
	slices.SortStableFunc(all, func(a, b *graph.Review) int {
		if order == graph.ReviewOrderWorst {
			a, b = b, a
		}
		return cmp.Compare(b.Stars, a.Stars)
	})
	return all[:min(n, len(all))]
}

// stars returns the stars and the number of all reviews of a product.
func (s *store) stars(id string) (stars, reviews int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if p := s.products[id]; p != nil {
		return p.stars, len(p.reviews)
	}
	return 0, 0
}

// newest returns the last n of all in reverse, in memory of their own. It is never nil.
func newest[T any](all []T, n int) []T {
	last := append([]T{}, all[max(0, len(all)-n):]...)
	slices.Reverse(last)
	return last
}
