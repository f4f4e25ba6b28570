package shop

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"

	"manifold/examples/shop/catalog"
)

// maxOrderUsers is how many users' orders one call may ask for.
const maxOrderUsers = 50

// Order is an order as the orders service tells it.
type Order struct {
	ID         string   `json:"id"`
	Status     string   `json:"status"` // "new", "pending", "in_transit", "shipped" or "delivered"
	TotalCents int      `json:"total_cents"`
	PlacedAt   string   `json:"placed_at"` // RFC 3339
	UserID     int      `json:"user_id"`
	Lines      []Line   `json:"lines"`
	Payment    *Payment `json:"payment"` // null until paid
}

// Line is one product of an order.
type Line struct {
	ProductID   string `json:"product_id"`
	ProductName string `json:"product_name"`
	Quantity    int    `json:"quantity"`
	PriceCents  int    `json:"price_cents"` // of one piece, when it was ordered
}

// Payment is how an order was paid. Kind says which of the other members are there.
type Payment struct {
	Kind     string `json:"kind"` // "card" or "wallet"
	Brand    string `json:"brand,omitempty"`
	Last4    string `json:"last4,omitempty"`
	Provider string `json:"provider,omitempty"`
}

// Orders returns the orders service with orders o1 to o500. Orders that are posted are kept in memory; now is the time
// they are placed at.
func Orders(now func() time.Time) http.Handler {
	s := &orderService{book: newBook(makeOrders()), now: now}
	mux := http.NewServeMux()
	mux.Handle("/v2/orders", methods{http.MethodGet: s.list, http.MethodPost: s.place})
	mux.Handle("/v2/orders/{id}", methods{http.MethodGet: s.one})
	mux.Handle("/v2/shipping/quote", methods{http.MethodPost: s.quote})
	mux.Handle("/v2/shipping/quotes", methods{http.MethodPost: s.quotes})
	mux.HandleFunc("/", unknownPath)
	return mux
}

type orderService struct {
	book *book
	now  func() time.Time
}

func (s *orderService) one(w http.ResponseWriter, r *http.Request) {
	order, ok := s.book.one(r.PathValue("id"))
	if !ok {
		fail(w, notFound("there is no order %q", r.PathValue("id")))
		return
	}
	reply(w, http.StatusOK, order)
}

// list answers the orders of some users, or of all, newest first.
func (s *orderService) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	users, f := idsParam(q, "user_id", maxOrderUsers)
	if f != nil {
		fail(w, f)
		return
	}
	perUser, f := intParam(q, "per_user", 10, 0, 100)
	if f != nil {
		fail(w, f)
		return
	}
	limit, f := intParam(q, "limit", 20, 1, 100)
	if f != nil {
		fail(w, f)
		return
	}
	status := q.Get("status")
	if status != "" && statusGroup(status) == "" {
		fail(w, badRequest("status is one of new, pending, in_transit, shipped, delivered, not %q", status))
		return
	}
	find := search{status: status, limit: limit}
	if q.Has("user_id") {
		find = search{status: status, users: users, perUser: perUser}
	}
	reply(w, http.StatusOK, map[string]any{"items": s.book.find(find)})
}

// placing is the body of a new order. Quantity has two spellings, as the service once had.
type placing struct {
	UserID looseInt `json:"user_id"`
	Lines  []struct {
		ProductID string `json:"product_id"`
		Qty       *int   `json:"qty"`
		Quantity  *int   `json:"quantity"`
	} `json:"lines"`
	Payment *Payment `json:"payment"`
}

// looseInt is a whole number written as a number or as text.
type looseInt int

func (n *looseInt) UnmarshalJSON(text []byte) error {
	if len(text) > 2 && text[0] == '"' {
		text = text[1 : len(text)-1]
	}
	return json.Unmarshal(text, (*int)(n))
}

// place makes a new order. A second POST with the same Idempotency-Key answers with the order that the first one made.
func (s *orderService) place(w http.ResponseWriter, r *http.Request) {
	var in placing
	if f := readJSON(r, &in); f != nil {
		fail(w, f)
		return
	}
	order, f := in.order()
	if f != nil {
		fail(w, f)
		return
	}
	order.PlacedAt = s.now().UTC().Format(time.RFC3339)
	order = s.book.add(order, r.Header.Get("Idempotency-Key"))
	w.Header().Set("Location", "/v2/orders/"+order.ID)
	reply(w, http.StatusCreated, order)
}

// order checks what was posted and prices it.
func (in *placing) order() (Order, *failure) {
	if in.UserID < 1 || in.UserID > userCount {
		return Order{}, badRequest("user_id must name a user, and %d does not", in.UserID)
	}
	if len(in.Lines) == 0 {
		return Order{}, badRequest("an order needs at least one line")
	}
	order := Order{Status: "new", UserID: int(in.UserID), Payment: in.Payment}
	for i, line := range in.Lines {
		product, ok := catalog.ProductByID(line.ProductID)
		if !ok {
			return Order{}, &failure{
				http.StatusUnprocessableEntity, "UNKNOWN_PRODUCT",
				fmt.Sprintf("line %d: there is no product %q", i+1, line.ProductID),
			}
		}
		quantity := 1
		if line.Quantity != nil {
			quantity = *line.Quantity
		}
		if line.Qty != nil {
			quantity = *line.Qty
		}
		if quantity < 1 || quantity > 1000 {
			return Order{}, badRequest("line %d: the quantity must be from 1 to 1000, not %d", i+1, quantity)
		}
		order.Lines = append(order.Lines, Line{product.ID, product.Name, quantity, product.PriceCents})
		order.TotalCents += quantity * product.PriceCents
	}
	return order, nil
}

// readJSON decodes a body of at most 1 MiB. Members it does not know are ignored.
func readJSON(r *http.Request, into any) *failure {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if !strings.EqualFold(kind, "application/json") {
		return &failure{http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", "the body must be application/json"}
	}
	err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<20)).Decode(into)
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return &failure{http.StatusRequestEntityTooLarge, "TOO_LARGE", "the body may have up to 1 MiB"}
	}
	if err != nil {
		return badRequest("the body is not the JSON expected here: %v", err)
	}
	return nil
}
