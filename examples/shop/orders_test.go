package shop_test

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"manifold/examples/shop"
)

func noon() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }

func TestOneOrder(t *testing.T) {
	t.Parallel()
	status, _, body := ask(t, shop.Orders(noon), "GET", "/v2/orders/o1", "")
	o := decode[shop.Order](t, body)
	if status != 200 || o.UserID != 1 || o.Status != "in_transit" || o.TotalCents != 1999 || len(o.Lines) != 2 {
		t.Errorf("got %d %+v, want order o1 of user 1, in transit, 1999 cents, two lines", status, o)
	}
	if o.Lines[0].ProductName != "Lamp" || o.Payment == nil || o.Payment.Last4 != "4242" {
		t.Errorf("got lines %+v and payment %+v, want a lamp first, and card 4242", o.Lines, o.Payment)
	}
}

type orderPage struct{ Items []shop.Order }

// Every order found must be wanted, newest first, and none that is wanted may be missing.
func TestOrderSearch(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, uri string
		want      func(o shop.Order) bool // of all 500 orders; nil: only the number is checked
		number    int                     // with want == nil
	}{
		{"of some users", "/v2/orders?user_id=1,2,999&per_user=100", func(o shop.Order) bool { return o.UserID <= 2 }, 0},
		{
			"a status finds its whole group", "/v2/orders?user_id=1,2,3,4,5,6&per_user=100&status=shipped",
			func(o shop.Order) bool { return o.UserID <= 6 && (o.Status == "shipped" || o.Status == "in_transit") }, 0,
		},
		{
			"the newer spelling finds only itself", "/v2/orders?user_id=1,2,3&per_user=100&status=in_transit",
			func(o shop.Order) bool { return o.UserID <= 3 && o.Status == "in_transit" }, 0,
		},
		{"an empty status is any", "/v2/orders?user_id=4&status=&per_user=100", func(o shop.Order) bool { return o.UserID == 4 }, 0},
		{"one for each user", "/v2/orders?user_id=1,2,3&per_user=1", nil, 3},
		{"none for each user", "/v2/orders?user_id=1,2,3&per_user=0", nil, 0},
		{"of nobody", "/v2/orders?user_id=", nil, 0},
		{"the newest of all", "/v2/orders?limit=7", nil, 7},
	}
	h := shop.Orders(noon)
	all := everyOrder(t, h)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, _, body := ask(t, h, "GET", c.uri, "")
			found := decode[orderPage](t, body).Items
			if found == nil {
				t.Fatalf("items is null: %s", body)
			}
			want := c.number
			if c.want != nil {
				want = 0
				for _, o := range all {
					if c.want(o) {
						want++
					}
				}
				if want == 0 {
					t.Fatal("the case is empty: no order is wanted")
				}
			}
			if len(found) != want {
				t.Errorf("%d orders found, want %d", len(found), want)
			}
			for i, o := range found {
				if c.want != nil && !c.want(o) {
					t.Errorf("order %s (%s of user %d) is not wanted", o.ID, o.Status, o.UserID)
				}
				if i > 0 && o.PlacedAt > found[i-1].PlacedAt {
					t.Errorf("order %s is newer than %s before it", o.ID, found[i-1].ID)
				}
			}
		})
	}
}

// everyOrder asks for the orders of all users, 50 users at a time as the service allows.
func everyOrder(t *testing.T, h http.Handler) []shop.Order {
	t.Helper()
	var all []shop.Order
	for first := 1; first <= 200; first += 50 {
		ids := make([]string, 50)
		for i := range ids {
			ids[i] = strconv.Itoa(first + i)
		}
		_, _, body := ask(t, h, "GET", "/v2/orders?per_user=100&user_id="+strings.Join(ids, ","), "")
		all = append(all, decode[orderPage](t, body).Items...)
	}
	if len(all) != 500 {
		t.Fatalf("%d orders in all, want 500", len(all))
	}
	return all
}

func TestPlacedOrderIsThere(t *testing.T) {
	t.Parallel()
	h := shop.Orders(noon)
	post := `{"user_id":"7","lines":[{"product_id":"p1","qty":2},{"product_id":"p2"}],"note":"ignored"}`
	status, header, body := ask(t, h, "POST", "/v2/orders", post)
	o := decode[shop.Order](t, body)
	if status != 201 || o.ID != "o501" || o.Status != "new" || o.TotalCents != 2*1299+700 || o.UserID != 7 {
		t.Errorf("got %d %s, want 201 with order o501, new, 3298 cents, of user 7", status, body)
	}
	if o.PlacedAt != "2026-06-01T12:00:00Z" || header.Get("Location") != "/v2/orders/o501" {
		t.Errorf("placed at %s, location %q", o.PlacedAt, header.Get("Location"))
	}
	if status, _, again := ask(t, h, "GET", "/v2/orders/o501", ""); status != 200 || again != body {
		t.Errorf("GET of the new order: %d %s, want %s", status, again, body)
	}
	_, _, body = ask(t, h, "GET", "/v2/orders?user_id=7&per_user=1", "")
	if items := decode[orderPage](t, body).Items; len(items) != 1 || items[0].ID != "o501" {
		t.Errorf("the newest order of user 7 is %s, want o501", body)
	}
}

// Many clients send the same key at once: one order is made, and all of them get it.
func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	h := shop.Orders(noon)
	post := `{"user_id":1,"lines":[{"product_id":"p9","quantity":1}]}`
	answers := make([]string, 16)
	var wait sync.WaitGroup
	for i := range answers {
		wait.Go(func() {
			_, _, answers[i] = ask(t, h, "POST", "/v2/orders", post, "Idempotency-Key", "abc")
		})
	}
	wait.Wait()
	for _, answer := range answers {
		if decode[shop.Order](t, answer).ID != "o501" {
			t.Errorf("got %s, want order o501", answer)
		}
	}
	_, _, body := ask(t, h, "POST", "/v2/orders", post)
	if id := decode[shop.Order](t, body).ID; id != "o502" {
		t.Errorf("an order without the key is %s, want o502", id)
	}
}

func TestQuote(t *testing.T) {
	t.Parallel()
	cases := []struct{ body, want string }{
		{`{"zip":"10115","weight_grams":900}`, `{"quote":{"cents":610,"carrier":"Parcel Post","days":2}}`},
		{`{"zip":"80331","weight_grams":1001}`, `{"quote":{"cents":970,"carrier":"Parcel Post","days":4}}`},
	}
	for _, c := range cases {
		status, _, body := ask(t, shop.Orders(noon), "POST", "/v2/shipping/quote", c.body)
		if status != 200 || strings.TrimSpace(body) != c.want {
			t.Errorf("%s: got %d %s, want %s", c.body, status, body, c.want)
		}
	}
}

func TestOrderFailures(t *testing.T) {
	t.Parallel()
	failures{
		{"unknown order", "GET", "/v2/orders/o9999", "", 404, "NOT_FOUND", `"o9999"`},
		{"without the version", "GET", "/orders/o1", "", 404, "NOT_FOUND", "/orders/o1"},
		{"unknown status", "GET", "/v2/orders?status=lost", "", 400, "BAD_REQUEST", `"lost"`},
		{"user is a word", "GET", "/v2/orders?user_id=ada", "", 400, "BAD_REQUEST", "user_id"},
		{"per_user is a word", "GET", "/v2/orders?user_id=1&per_user=all", "", 400, "BAD_REQUEST", "per_user"},
		{"wrong method", "PUT", "/v2/orders", "{}", 405, "METHOD_NOT_ALLOWED", "GET, POST"},
		{"not JSON", "POST", "/v2/orders", "user_id=1", 400, "BAD_REQUEST", "JSON"},
		{"no user", "POST", "/v2/orders", `{"lines":[{"product_id":"p1"}]}`, 400, "BAD_REQUEST", "user_id"},
		{"user is no number", "POST", "/v2/orders", `{"user_id":"x","lines":[]}`, 400, "BAD_REQUEST", "JSON"},
		{"no lines", "POST", "/v2/orders", `{"user_id":1,"lines":[]}`, 400, "BAD_REQUEST", "at least one line"},
		{"unknown product", "POST", "/v2/orders", `{"user_id":1,"lines":[{"product_id":"p99"}]}`, 422, "UNKNOWN_PRODUCT", "p99"},
		{"quantity zero", "POST", "/v2/orders", `{"user_id":1,"lines":[{"product_id":"p1","qty":0}]}`, 400, "BAD_REQUEST", "quantity"},
		{"quote without zip", "POST", "/v2/shipping/quote", `{"weight_grams":1}`, 400, "BAD_REQUEST", "zip"},
		{"quote of nothing", "POST", "/v2/shipping/quote", `{"zip":"1"}`, 400, "BAD_REQUEST", "weight_grams"},
		{"huge body", "POST", "/v2/orders", `{"note":"` + strings.Repeat("x", 1<<20) + `"}`, 413, "TOO_LARGE", "1 MiB"},
	}.run(t, shop.Orders(noon))

	status, _, body := ask(t, shop.Orders(noon), "POST", "/v2/orders", "{}", "Content-Type", "text/plain")
	if status != 415 {
		t.Errorf("text/plain: %d %s, want 415", status, body)
	}
}
