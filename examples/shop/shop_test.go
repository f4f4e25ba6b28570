package shop_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"manifold/examples/shop"
)

// get asks a running service and returns the status and the body.
func get(t *testing.T, url string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func TestShopServesAndTellsItsCalls(t *testing.T) {
	t.Parallel()
	calls := make(chan shop.Call, 10)
	s, err := shop.Start(t.Context(), shop.Options{OnCall: func(c shop.Call) { calls <- c }})
	if err != nil {
		t.Fatal(err)
	}
	env := s.Env()
	if status, body := get(t, env["USERS_URL"]+"/users/1"); status != 200 || !strings.Contains(body, "Ada Moreau") {
		t.Errorf("users: %d %s", status, body)
	}
	if c := <-calls; c.Service != "users" || c.URI != "/users/1" || c.Status != 200 || c.Method != "GET" {
		t.Errorf("told of %+v", c)
	}
	if status, body := get(t, env["ORDERS_URL"]+"/orders/none"); status != 404 {
		t.Errorf("orders: %d %s, want 404", status, body)
	}
	if c := <-calls; c.Service != "orders" || c.URI != "/v2/orders/none" || c.Status != 404 {
		t.Errorf("told of %+v", c)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}

func TestEndOfContextClosesTheShop(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s, err := shop.Start(ctx, shop.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := s.Close(); err != nil { // waits for the closing that cancel began, or does it
		t.Fatal(err)
	}
	addr := strings.TrimPrefix(s.UsersURL, "http://")
	if conn, err := net.Dial("tcp", addr); err == nil {
		_ = conn.Close()
		t.Error("the users service still accepts connections")
	}
}

func TestTakenPort(t *testing.T) {
	t.Parallel()
	first, err := shop.Start(t.Context(), shop.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = first.Close() })
	taken := strings.TrimSuffix(strings.TrimPrefix(first.OrdersURL, "http://"), "/v2")
	second, err := shop.Start(t.Context(), shop.Options{OrdersAddr: taken})
	if err == nil {
		_ = second.Close()
		t.Fatal("two shops on one port")
	}
	if !strings.Contains(err.Error(), "the orders service") || second != nil {
		t.Errorf("got %v and %v, want an error that names the service, and no shop", err, second)
	}
}

// The seed is part of the demo: documents and tests quote single values.
func TestEveryStartAnswersTheSame(t *testing.T) {
	t.Parallel()
	for _, uri := range []string{"/users?limit=100", "/users?limit=100&offset=100"} {
		_, _, a := ask(t, shop.Users(), "GET", uri, "")
		_, _, b := ask(t, shop.Users(), "GET", uri, "")
		if a != b {
			t.Errorf("two services answer %s differently", uri)
		}
	}
}
