package shop_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"manifold/examples/shop"
	"manifold/examples/shop/catalog"
	"manifold/examples/shop/catalog/catalogpb"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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
	told(t, <-calls, "users", "GET /users/1", "200")
	if status, body := get(t, env["ORDERS_URL"]+"/orders/none"); status != 404 {
		t.Errorf("orders: %d %s, want 404", status, body)
	}
	told(t, <-calls, "orders", "GET /v2/orders/none", "404")
	askCatalog(t, strings.TrimPrefix(env["CATALOG_TARGET"], "dns:///"))
	told(t, <-calls, "catalog", "BatchGetProducts ids: p2, p1, none", "OK")
	told(t, <-calls, "catalog", "ListProducts category: CATEGORY_BOOKS page_size: -1", "InvalidArgument")
	for _, c := range []struct{ document, want string }{
		{`query A($ids: [ID!]!) { productsByIds(ids: $ids) { rating } }`, `query A($ids: [ID!]!) { productsByIds(ids: $ids) { rating } }`},
		{"\n{\n  review(id: 1) { id }\n}", "{ review(id: 1) { id } }"},
		{"{ nothing }", "{ nothing }"},
		{"{ a" + strings.Repeat("é", 200) + " }", "{ a" + strings.Repeat("é", 157) + " ..."},
		{"", "POST /graphql"},
	} {
		status := post(t, env["REVIEWS_URL"], c.document)
		told(t, <-calls, "reviews", c.want, status)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}

// told checks what OnCall is told of a call.
func told(t *testing.T, got shop.Call, service, request, status string) {
	t.Helper()
	if got.Service != service || got.Request != request || got.Status != status || got.Took <= 0 {
		t.Errorf("told of %+v, want %s, %s, %s and the time it took", got, service, request, status)
	}
}

// askCatalog makes three calls with grpc-go's own client, one of which is the health check's.
func askCatalog(t *testing.T, target string) {
	t.Helper()
	conn, err := grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	client := catalogpb.NewCatalogClient(conn)
	out, err := client.BatchGetProducts(t.Context(), &catalogpb.BatchGetProductsRequest{Ids: []string{"p2", "p1", "none"}})
	if err != nil || len(out.GetProducts()) != 2 || out.GetProducts()[0].GetName() != "Lamp" {
		t.Errorf("got %v, %v, want the lamp and the cable", out, err)
	}
	if _, err := healthpb.NewHealthClient(conn).Check(t.Context(), &healthpb.HealthCheckRequest{}); err != nil {
		t.Error(err)
	}
	_, err = client.ListProducts(t.Context(), &catalogpb.ListProductsRequest{
		Category: catalogpb.Category_CATEGORY_BOOKS, PageSize: -1,
	})
	if status.Code(err) != codes.InvalidArgument {
		t.Errorf("a negative page size: %v", err)
	}
}

// post sends a GraphQL document and returns the HTTP status.
func post(t *testing.T, url, document string) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": document, "variables": map[string]any{"ids": []string{"p1"}}})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return strconv.Itoa(resp.StatusCode)
}

// An order's products are in the catalog, at the price of the catalog, and its users are those that write reviews.
func TestServicesTellOfTheSameThings(t *testing.T) {
	t.Parallel()
	names := map[string]string{}
	for _, p := range catalog.Products() {
		names[p.ID] = p.Name
	}
	for _, o := range everyOrder(t, shop.Orders(noon)) {
		for _, l := range o.Lines {
			if names[l.ProductID] != l.ProductName {
				t.Errorf("order %s: %s is %q, in the catalog %q", o.ID, l.ProductID, l.ProductName, names[l.ProductID])
			}
		}
	}
	server := httptest.NewServer(shop.Reviews(noon))
	defer server.Close()
	resp, err := http.Get(server.URL + "/graphql?query=" + url.QueryEscape(`{ latest(first: 100) { authorId product { id } } }`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var got struct {
		Data struct {
			Latest []struct {
				AuthorID string
				Product  struct{ ID string }
			}
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil || len(got.Data.Latest) != 100 {
		t.Fatalf("%d posts, %v", len(got.Data.Latest), err)
	}
	for _, p := range got.Data.Latest {
		if status, _, _ := ask(t, shop.Users(), "GET", "/users/"+p.AuthorID, ""); status != 200 || names[p.Product.ID] == "" {
			t.Errorf("a post of user %q about product %q", p.AuthorID, p.Product.ID)
		}
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
	for _, addr := range addresses(s) {
		if conn, err := net.Dial("tcp", addr); err == nil {
			_ = conn.Close()
			t.Errorf("%s still accepts connections", addr)
		}
	}
}

// addresses are host and port of all services, in the order of their names.
func addresses(s *shop.Shop) []string {
	return []string{
		s.CatalogAddr,
		strings.TrimSuffix(strings.TrimPrefix(s.OrdersURL, "http://"), "/v2"),
		strings.TrimSuffix(strings.TrimPrefix(s.ReviewsURL, "http://"), "/graphql"),
		strings.TrimPrefix(s.UsersURL, "http://"),
	}
}

// A stream that a client keeps open holds Close up for two seconds, not for ever.
func TestOpenStreamIsCut(t *testing.T) {
	t.Parallel()
	s, err := shop.Start(t.Context(), shop.Options{})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient(s.CatalogAddr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	stream, err := healthpb.NewHealthClient(conn).Watch(t.Context(), &healthpb.HealthCheckRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); err != nil { // the stream is open
		t.Fatal(err)
	}
	if err := s.Close(); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the error that the time was up", err)
	}
}

func TestTakenPort(t *testing.T) {
	t.Parallel()
	first, err := shop.Start(t.Context(), shop.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = first.Close() })
	at := addresses(first)
	for name, o := range map[string]shop.Options{
		"catalog": {CatalogAddr: at[0]}, "orders": {OrdersAddr: at[1]}, "reviews": {ReviewsAddr: at[2]}, "users": {UsersAddr: at[3]},
	} {
		second, err := shop.Start(t.Context(), o)
		if err == nil {
			_ = second.Close()
			t.Fatal("two shops on one port")
		}
		if !strings.Contains(err.Error(), "the "+name+" service") || second != nil {
			t.Errorf("got %v and %v, want an error that names the %s service, and no shop", err, second, name)
		}
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
