package shop

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"manifold/examples/shop/catalog/catalogpb"
)

// Call is one request that a service has answered.
type Call struct {
	Service string // "users", "catalog", "orders" or "reviews"
	Request string // in one line: "GET /users?ids=1,2", "BatchGetProducts ids: p1, p2", "{ review(id: \"r1\") { stars } }"
	Status  string // "200" of HTTP, "OK" or "InvalidArgument" of gRPC
	Took    time.Duration
}

// document is where a request's context keeps the GraphQL document that it brought.
type document struct{}

// watched tells onCall of every request that h has answered.
func watched(service string, h http.Handler, onCall func(Call)) http.Handler {
	if onCall == nil {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		noted := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		request := r.Method + " " + r.URL.RequestURI()
		h.ServeHTTP(noted, r.WithContext(context.WithValue(r.Context(), document{}, &request)))
		onCall(Call{Service: service, Request: request, Status: strconv.Itoa(noted.status), Took: time.Since(start)})
	})
}

// noteDocument has watched tell the GraphQL document, in one line, in place of the path, which is always the same.
func noteDocument(ctx context.Context, text string) {
	line := strings.Join(strings.Fields(text), " ")
	if request, ok := ctx.Value(document{}).(*string); ok && line != "" {
		*request = shortened(line)
	}
}

// watchedGRPC tells onCall of every call of the catalog that was answered, but not of health checks and the like.
func watchedGRPC(service string, onCall func(Call)) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, in any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
		start := time.Now()
		out, err := next(ctx, in)
		name, ours := strings.CutPrefix(info.FullMethod, "/"+catalogpb.Catalog_ServiceDesc.ServiceName+"/")
		if ours && onCall != nil {
			request := strings.TrimSpace(name + " " + shortened(summary(in)))
			onCall(Call{Service: service, Request: request, Status: status.Code(err).String(), Took: time.Since(start)})
		}
		return out, err
	}
}

// summary tells the fields of a gRPC request that are set: "category: CATEGORY_BOOKS page_size: 6", "ids: p1, p2".
func summary(in any) string {
	message, ok := in.(proto.Message)
	if !ok {
		return ""
	}
	var words []string
	m := message.ProtoReflect()
	for fields, i := m.Descriptor().Fields(), 0; i < fields.Len(); i++ {
		if field := fields.Get(i); m.Has(field) {
			words = append(words, string(field.Name())+": "+fieldText(field, m.Get(field)))
		}
	}
	return strings.Join(words, " ")
}

func fieldText(field protoreflect.FieldDescriptor, v protoreflect.Value) string {
	if field.IsList() {
		list := v.List()
		items := make([]string, list.Len())
		for i := range items {
			items[i] = list.Get(i).String()
		}
		return strings.Join(items, ", ")
	}
	if field.Kind() == protoreflect.EnumKind {
		if value := field.Enum().Values().ByNumber(v.Enum()); value != nil {
			return string(value.Name())
		}
	}
	return v.String()
}

// shortened cuts text after 160 characters, and says so.
func shortened(text string) string {
	if letters := []rune(text); len(letters) > 160 {
		return string(letters[:160]) + " ..."
	}
	return text
}

// statusWriter notes the status that a handler sends.
type statusWriter struct {
	http.ResponseWriter

	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}
