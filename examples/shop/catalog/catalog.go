// Package catalog is the shop's gRPC service. It tells what the shop sells: catalog.proto says how, products.go what.
package catalog

import (
	"context"
	"encoding/base64"
	"strconv"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/status"

	"manifold/examples/shop/catalog/catalogpb"
)

const (
	maxIDs      = 200 // of one BatchGetProducts. The gateway's batch size must not be above it.
	pageSize    = 20  // if the client names none
	maxPageSize = 100
)

// NewServer returns a server that has the catalog, the health service and reflection, and serves nothing yet. The catalog
// never changes.
func NewServer(options ...grpc.ServerOption) *grpc.Server {
	server := grpc.NewServer(options...)
	catalogpb.RegisterCatalogServer(server, &service{products: makeProducts()})
	alive := health.NewServer()
	alive.SetServingStatus(catalogpb.Catalog_ServiceDesc.ServiceName, healthpb.HealthCheckResponse_SERVING)
	healthpb.RegisterHealthServer(server, alive)
	reflection.Register(server)
	return server
}

// service answers from products, which stand in the order of their ids and are never written.
type service struct {
	catalogpb.UnimplementedCatalogServer

	products []*catalogpb.Product
}

// BatchGetProducts answers in the catalog's own order, not in that of the ids.
func (s *service) BatchGetProducts(
	_ context.Context, in *catalogpb.BatchGetProductsRequest,
) (*catalogpb.BatchGetProductsResponse, error) {
	if n := len(in.GetIds()); n > maxIDs {
		return nil, status.Errorf(codes.InvalidArgument, "ids may hold up to %d values, not %d", maxIDs, n)
	}
	wanted := make(map[string]bool, len(in.GetIds()))
	for _, id := range in.GetIds() {
		wanted[id] = true
	}
	out := &catalogpb.BatchGetProductsResponse{}
	for _, p := range s.products {
		if wanted[p.GetId()] {
			out.Products = append(out.Products, p)
		}
	}
	return out, nil
}

// ListProducts answers one page of a category.
func (s *service) ListProducts(
	_ context.Context, in *catalogpb.ListProductsRequest,
) (*catalogpb.ListProductsResponse, error) {
	category := in.GetCategory()
	if _, ok := catalogpb.Category_name[int32(category)]; !ok {
		return nil, status.Errorf(codes.InvalidArgument, "there is no category %d", category)
	}
	size := int(in.GetPageSize())
	switch {
	case size < 0:
		return nil, status.Errorf(codes.InvalidArgument, "page_size must not be negative, as %d is", size)
	case size == 0:
		size = pageSize
	case size > maxPageSize:
		size = maxPageSize
	}
	var all []*catalogpb.Product
	for _, p := range s.products {
		if category == catalogpb.Category_CATEGORY_UNSPECIFIED || p.GetCategory() == category {
			all = append(all, p)
		}
	}
	first, ok := readToken(in.GetPageToken(), category)
	if !ok || first > len(all) {
		return nil, status.Errorf(codes.InvalidArgument, "page_token %q is not of this list", in.GetPageToken())
	}
	end := min(first+size, len(all))
	out := &catalogpb.ListProductsResponse{Products: all[first:end], TotalSize: int32(len(all))}
	if end < len(all) {
		out.NextPageToken = writeToken(end, category)
	}
	return out, nil
}

// writeToken names the page that starts after n products of a category. Clients are not meant to read it.
func writeToken(n int, category catalogpb.Category) string {
	return base64.RawURLEncoding.EncodeToString([]byte(category.String() + ":" + strconv.Itoa(n)))
}

// readToken is the reverse of writeToken. It is not ok for a token of another category. The first page has none.
func readToken(token string, category catalogpb.Category) (n int, ok bool) {
	if token == "" {
		return 0, true
	}
	text, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return 0, false
	}
	number, ours := strings.CutPrefix(string(text), category.String()+":")
	n, err = strconv.Atoi(number)
	return n, ours && err == nil && n >= 0
}
