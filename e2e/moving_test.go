package e2e_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"manifold/examples/shop"
	"manifold/examples/shop/catalog/catalogpb"
)

// restProduct is a product as a REST service would tell it.
type restProduct struct {
	ID              string    `json:"id"`
	Name            string    `json:"name"`
	Category        string    `json:"category"`
	PriceCents      int64     `json:"price_cents"`
	WeightGrams     int32     `json:"weight_grams"`
	CreatedAt       string    `json:"created_at"`
	DiscountPercent *int32    `json:"discount_percent"`
	Tags            []string  `json:"tags"`
	InStock         *restLeft `json:"in_stock,omitempty"`
}

type restLeft struct {
	Pieces int32 `json:"pieces"`
}

// restCatalog is the shop's catalog as a REST service: it asks the gRPC service and writes JSON by hand.
func restCatalog(t *testing.T, address string) (url string) {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	goods := catalogpb.NewCatalogClient(conn)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var found []*catalogpb.Product
		q := r.URL.Query()
		if ids := q.Get("ids"); ids != "" {
			reply, err := goods.BatchGetProducts(r.Context(), &catalogpb.BatchGetProductsRequest{Ids: strings.Split(ids, ",")})
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			found = reply.GetProducts()
		} else {
			size, _ := strconv.Atoi(q.Get("page_size"))
			category := catalogpb.Category(catalogpb.Category_value["CATEGORY_"+q.Get("category")])
			reply, err := goods.ListProducts(r.Context(), &catalogpb.ListProductsRequest{Category: category, PageSize: int32(size)})
			if err != nil {
				http.Error(w, `{}`, http.StatusBadRequest)
				return
			}
			found = reply.GetProducts()
		}
		out := []restProduct{}
		for _, p := range found {
			one := restProduct{
				ID: p.GetId(), Name: p.GetName(), Category: strings.TrimPrefix(p.GetCategory().String(), "CATEGORY_"), PriceCents: p.GetPriceCents(),
				WeightGrams: p.GetWeightGrams(), CreatedAt: p.GetCreatedAt().AsTime().Format(time.RFC3339Nano), DiscountPercent: p.DiscountPercent, Tags: p.GetTags(),
			}
			if one.Tags == nil {
				one.Tags = []string{}
			}
			if s := p.GetInStock(); s != nil {
				one.InStock = &restLeft{s.GetPieces()}
			}
			out = append(out, one)
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"products": out})
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// moves are all the lines that differ when the catalog moves from gRPC to REST: its @source, and the calls of its connectors.
var moves = [][2]string{
	{
		`    grpc: {
      target: "${CATALOG_TARGET:-dns:///127.0.0.1:9102}"
      proto: "examples/shop/catalog/catalog.proto" # its methods and messages; what is read of them is checked
    }
`, `    http: { baseURL: "${CATALOG_URL}" }
`,
	},
	{
		`      grpc: {
        method: "shop.catalog.v1.Catalog/ListProducts"
        request: "category: $args.category page_size: $args.first"
      }
`, `      http: { GET: "/products?category={$args.category}&page_size={$args.first}" }
`,
	},
	{
		`    grpc: { method: "shop.catalog.v1.Catalog/BatchGetProducts", request: "ids: $batch.id" }
`, `    http: { GET: "/products?ids={$batch.id->joinNotNull(',')}" }
`,
	},
}

// TestMovingATypeChangesItsConnectorsOnly: the catalog behind gRPC and the same catalog behind REST differ in the lines that say how
// it is called. Clients cannot tell them apart: every answer is byte for byte the same.
func TestMovingATypeChangesItsConnectorsOnly(t *testing.T) {
	t.Parallel()
	services, err := shop.Start(context.WithoutCancel(t.Context()), shop.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = services.Close() })
	env := []string{"CATALOG_URL=" + restCatalog(t, services.CatalogAddr)}
	for name, value := range services.Env() {
		env = append(env, name+"="+value)
	}
	overGRPC := read(t, "../gateway.graphql")
	overREST := overGRPC
	for _, m := range moves {
		if strings.Count(overREST, m[0]) != 1 {
			t.Fatalf("the shop's file does not have this once:\n%s", m[0])
		}
		overREST = strings.Replace(overREST, m[0], m[1], 1)
	}
	folder := t.TempDir()
	for _, beside := range []string{"bff", "examples/shop/reviews"} {
		if err := os.CopyFS(filepath.Join(folder, beside), os.DirFS(filepath.Join("..", beside))); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{
		"gateway.yaml":            read(t, "../gateway.yaml"),
		"examples/shop/keys.json": read(t, "../examples/shop/keys.json"),
		"rest.graphql":            overREST,
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	one, other := serve(t, "../gateway.graphql", env...), serve(t, filepath.Join(folder, "rest.graphql"), env...)
	const all = `id name category priceCents weightGrams createdAt tags discountPercent inStock`
	for _, query := range []string{
		`{ products(first: 100) { ` + all + ` } }`,
		`{ products(category: GAMES, first: 3) { ` + all + ` rating reviews(first: 1) { stars author { name } } } none: products(category: UNSPECIFIED) { id } }`,
		`{ a: product(id: "p1") { ` + all + ` } b: product(id: "p7") { name inStock } gone: product(id: "p9999") { name } odd: product(id: "") { name } }`,
		`{ user(id: 1) { name orders(first: 5) { lines { quantity product { ` + all + ` rating } } } } }`,
		`{ latestPosts(first: 9) { product { name priceCents } ... on Review { stars } } }`,
	} {
		was, is := posted(t, one, query), posted(t, other, query)
		if was != is || !strings.Contains(was, `"data":{`) {
			t.Errorf("%s\nover gRPC %s\nover REST %s", query, was, is)
		}
	}
}

func posted(t *testing.T, url, query string) string {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/graphql", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer)
}
