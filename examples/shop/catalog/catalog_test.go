package catalog_test

import (
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/protoutil"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	reflectpb "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"

	"manifold/examples/shop/catalog"
	"manifold/examples/shop/catalog/catalogpb"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// dial starts the service on loopback and connects to it. Both end with the test.
func dial(t *testing.T) *grpc.ClientConn {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := catalog.NewServer()
	served := make(chan error, 1)
	go func() { served <- server.Serve(ln) }()
	conn, err := grpc.NewClient(ln.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = conn.Close()
		server.Stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return conn
}

func ids(products []*catalogpb.Product) string {
	all := make([]string, len(products))
	for i, p := range products {
		all[i] = p.GetId()
	}
	return strings.Join(all, " ")
}

func TestBatch(t *testing.T) {
	t.Parallel()
	client := catalogpb.NewCatalogClient(dial(t))
	for _, c := range []struct {
		name, ids, want string
		code            codes.Code
	}{
		{"in the catalog's own order", "p10 p2 p9", "p2 p9 p10", codes.OK},
		{"each once, without unknown ones", "p3 p3 none P1 p4", "p3 p4", codes.OK},
		{"of nothing", "", "", codes.OK},
		{"as many as are allowed", "p1" + strings.Repeat(" p2", 199), "p1 p2", codes.OK},
		{"too many", strings.Repeat("p1 ", 201), "", codes.InvalidArgument},
	} {
		out, err := client.BatchGetProducts(t.Context(), &catalogpb.BatchGetProductsRequest{Ids: strings.Fields(c.ids)})
		if status.Code(err) != c.code || ids(out.GetProducts()) != c.want {
			t.Errorf("%s: got %q, %v; want %q, %s", c.name, ids(out.GetProducts()), err, c.want, c.code)
		}
	}
}

// Pages follow each other without gap or repetition, whatever their size, and only the last has no token.
func TestPages(t *testing.T) {
	t.Parallel()
	client := catalogpb.NewCatalogClient(dial(t))
	for number, name := range catalogpb.Category_name {
		var want []string
		for _, p := range catalog.Products() {
			if number == 0 || "CATEGORY_"+p.Category == name {
				want = append(want, p.ID)
			}
		}
		if len(want) == 0 {
			t.Fatalf("%s is empty", name)
		}
		for _, size := range []int32{0, 1, 3, 8, 32, 1 << 30} {
			var got []string
			in := &catalogpb.ListProductsRequest{Category: catalogpb.Category(number), PageSize: size}
			for {
				out, err := client.ListProducts(t.Context(), in)
				if err != nil {
					t.Fatalf("%s by %d: %v", name, size, err)
				}
				if n := len(out.GetProducts()); n == 0 || size > 0 && n > int(size) || int(out.GetTotalSize()) != len(want) {
					t.Fatalf("%s by %d: %d products on a page, %d in all, want %d in all", name, size, n, out.GetTotalSize(), len(want))
				}
				got = append(got, strings.Fields(ids(out.GetProducts()))...)
				if in.PageToken = out.GetNextPageToken(); in.GetPageToken() == "" {
					break
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s by %d: got %v, want %v", name, size, got, want)
			}
		}
	}
}

func TestRefusedPages(t *testing.T) {
	t.Parallel()
	client := catalogpb.NewCatalogClient(dial(t))
	books := catalogpb.Category_CATEGORY_BOOKS
	out, err := client.ListProducts(t.Context(), &catalogpb.ListProductsRequest{Category: books, PageSize: 7})
	if err != nil || out.GetNextPageToken() == "" {
		t.Fatalf("got %v, %v, want a page with another behind it", out, err)
	}
	for name, in := range map[string]*catalogpb.ListProductsRequest{
		"a negative size":             {PageSize: -1},
		"an unknown category":         {Category: 99},
		"a token of another category": {PageToken: out.GetNextPageToken()},
		"a token of our own making":   {PageToken: "7"},
		"a token that is no base64":   {Category: books, PageToken: "%%%"},
		"a token behind the end":      {PageToken: "Q0FURUdPUllfVU5TUEVDSUZJRUQ6OTk"}, // CATEGORY_UNSPECIFIED:99
		"a token before the start":    {PageToken: "Q0FURUdPUllfVU5TUEVDSUZJRUQ6LTE"}, // CATEGORY_UNSPECIFIED:-1
	} {
		if _, err := client.ListProducts(t.Context(), in); status.Code(err) != codes.InvalidArgument {
			t.Errorf("%s: got %v, want INVALID_ARGUMENT", name, err)
		}
	}
}

// The data has all that the mapping of gRPC has rules for: fields that are absent, that are zero, and each way of stock.
func TestProductsShowEverything(t *testing.T) {
	t.Parallel()
	client := catalogpb.NewCatalogClient(dial(t))
	in := &catalogpb.ListProductsRequest{PageSize: 100}
	out, err := client.ListProducts(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for i, p := range out.GetProducts() {
		table := catalog.Products()[i]
		if p.GetId() != table.ID || p.GetName() != table.Name || p.GetPriceCents() != int64(table.PriceCents) ||
			p.GetWeightGrams() != int32(table.WeightGrams) || p.GetCategory().String() != "CATEGORY_"+table.Category {
			t.Errorf("product %d is %v, want %+v", i, p, table)
		}
		if i > 0 && !p.GetCreatedAt().AsTime().After(out.GetProducts()[i-1].GetCreatedAt().AsTime()) {
			t.Errorf("%s is not newer than the one before", p.GetId())
		}
		seen[way(p)]++
		if p.DiscountPercent != nil {
			seen["discount"]++
			if p.GetDiscountPercent() == 0 {
				seen["discount zero"]++
			}
		}
		seen["tags "+strconv.FormatBool(len(p.GetTags()) > 0)]++
		seen["attributes "+strconv.FormatBool(len(p.GetAttributes()) > 0)]++
	}
	for _, what := range []string{
		"InStock", "OnOrder", "Discontinued", "nil", "discount", "discount zero",
		"tags true", "tags false", "attributes true", "attributes false",
	} {
		if seen[what] == 0 || seen[what] == len(out.GetProducts()) {
			t.Errorf("%q holds for %d of %d products: %v", what, seen[what], len(out.GetProducts()), seen)
		}
	}
	lamp := out.GetProducts()[0]
	if lamp.GetInStock().GetPieces() != 42 || lamp.GetDiscountPercent() != 10 || !slices.Equal(lamp.GetTags(), []string{"bestseller", "gift"}) {
		t.Errorf("the lamp is %v", lamp)
	}
	again, err := catalogpb.NewCatalogClient(dial(t)).ListProducts(t.Context(), in)
	if err != nil || !proto.Equal(out, again) {
		t.Errorf("another start tells something else: %v", err)
	}
}

// way is how the stock of p is told.
func way(p *catalogpb.Product) string {
	switch p.GetStock().(type) {
	case *catalogpb.Product_InStock:
		return "InStock"
	case *catalogpb.Product_OnOrder:
		return "OnOrder"
	case *catalogpb.Product_Discontinued:
		return "Discontinued"
	}
	return "nil"
}

func TestHealth(t *testing.T) {
	t.Parallel()
	client := healthpb.NewHealthClient(dial(t))
	for _, name := range []string{"", "shop.catalog.v1.Catalog"} {
		out, err := client.Check(t.Context(), &healthpb.HealthCheckRequest{Service: name})
		if err != nil || out.GetStatus() != healthpb.HealthCheckResponse_SERVING {
			t.Errorf("%q is %v, %v", name, out, err)
		}
	}
	if _, err := client.Check(t.Context(), &healthpb.HealthCheckRequest{Service: "none"}); status.Code(err) != codes.NotFound {
		t.Errorf("an unknown service: %v", err)
	}
}

func TestReflection(t *testing.T) {
	t.Parallel()
	stream, err := reflectpb.NewServerReflectionClient(dial(t)).ServerReflectionInfo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ask := func(in *reflectpb.ServerReflectionRequest) *reflectpb.ServerReflectionResponse {
		if err := stream.Send(in); err != nil {
			t.Fatal(err)
		}
		out, err := stream.Recv()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	names := map[string]bool{}
	list := &reflectpb.ServerReflectionRequest_ListServices{}
	for _, s := range ask(&reflectpb.ServerReflectionRequest{MessageRequest: list}).GetListServicesResponse().GetService() {
		names[s.GetName()] = true
	}
	if !names["shop.catalog.v1.Catalog"] || !names["grpc.health.v1.Health"] {
		t.Errorf("services listed: %v", slices.Sorted(maps.Keys(names)))
	}
	file := &reflectpb.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: "shop.catalog.v1.Catalog.ListProducts"}
	files := ask(&reflectpb.ServerReflectionRequest{MessageRequest: file}).GetFileDescriptorResponse().GetFileDescriptorProto()
	if len(files) == 0 {
		t.Error("no file has ListProducts")
	}
	if err := stream.CloseSend(); err != nil {
		t.Error(err)
	}
	if _, err := stream.Recv(); err == nil {
		t.Error("the stream goes on after its end")
	}
}

// The code in catalogpb was made from catalog.proto as it is. If this fails, run `make generate`.
func TestCodeIsOfTheProto(t *testing.T) {
	t.Parallel()
	const name = "examples/shop/catalog/catalog.proto"
	compiler := protocompile.Compiler{
		Resolver: protocompile.WithStandardImports(&protocompile.SourceResolver{ImportPaths: []string{"../../.."}}),
	}
	files, err := compiler.Compile(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	want := protoutil.ProtoFromFileDescriptor(files[0])
	got := protodesc.ToFileDescriptorProto(catalogpb.File_examples_shop_catalog_catalog_proto)
	if got.SourceCodeInfo, want.SourceCodeInfo = nil, nil; !proto.Equal(got, want) {
		t.Errorf("the code was made from\n%v\nand %s says\n%v", got, name, want)
	}
}
