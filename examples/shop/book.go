package shop

import (
	"slices"
	"strconv"
	"sync"
)

// book holds all orders. It is safe for concurrent use. An order never changes once it is in the book.
type book struct {
	mu     sync.RWMutex
	orders []Order        // oldest first
	byID   map[string]int // place in orders
	byKey  map[string]int // Idempotency-Key of the POST that made it
}

func newBook(orders []Order) *book {
	b := &book{orders: orders, byID: make(map[string]int, len(orders)), byKey: map[string]int{}}
	for i, o := range orders {
		b.byID[o.ID] = i
	}
	return b
}

func (b *book) one(id string) (Order, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	at, ok := b.byID[id]
	if !ok {
		return Order{}, false
	}
	return b.orders[at], true
}

// add gives o the next id and keeps it. If key is not empty and has been used before, nothing is added, and the order
// that was made with it is returned.
func (b *book) add(o Order, key string) Order {
	b.mu.Lock()
	defer b.mu.Unlock()
	if at, ok := b.byKey[key]; ok && key != "" {
		return b.orders[at]
	}
	at := len(b.orders)
	o.ID = orderID(at + 1)
	b.orders = append(b.orders, o)
	b.byID[o.ID] = at
	if key != "" {
		b.byKey[key] = at
	}
	return o
}

// search says which orders are wanted.
type search struct {
	status  string       // "" is any
	users   map[int]bool // nil is all
	perUser int          // with users: at most so many of each
	limit   int          // without users: at most so many in all
}

// find returns the orders wanted, newest first. It is never nil.
func (b *book) find(s search) []Order {
	b.mu.RLock()
	defer b.mu.RUnlock()
	found, taken := []Order{}, map[int]int{}
	for _, o := range slices.Backward(b.orders) {
		if !matches(o.Status, s.status) {
			continue
		}
		if s.users == nil {
			if len(found) == s.limit {
				break
			}
			found = append(found, o)
			continue
		}
		if s.users[o.UserID] && taken[o.UserID] < s.perUser {
			taken[o.UserID]++
			found = append(found, o)
		}
	}
	return found
}

// matches reports whether an order of status is wanted by filter. A group's name finds the whole group.
func matches(status, filter string) bool {
	return filter == "" || status == filter || statusGroup(status) == filter
}

// statusGroup is the status that a customer sees, or "" for an unknown one: "new" is shown as "pending", "in_transit" as
// "shipped".
func statusGroup(status string) string {
	switch status {
	case "new", "pending":
		return "pending"
	case "in_transit", "shipped":
		return "shipped"
	case "delivered":
		return "delivered"
	}
	return ""
}

func orderID(n int) string { return "o" + strconv.Itoa(n) }
