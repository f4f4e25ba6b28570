package shop

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"google.golang.org/grpc"

	"manifold/examples/shop/catalog"
	"manifold/examples/shop/reviews"
)

// Options say how a shop runs. The zero value is a shop on free loopback ports.
type Options struct {
	UsersAddr   string           // host:port of the users service; "" is 127.0.0.1:0
	CatalogAddr string           // host:port of the catalog service; "" is 127.0.0.1:0
	OrdersAddr  string           // host:port of the orders service; "" is 127.0.0.1:0
	ReviewsAddr string           // host:port of the reviews service; "" is 127.0.0.1:0
	Now         func() time.Time // the clock of new orders and reviews; nil is time.Now

	// OnCall, if not nil, is told of every request a service has answered. It is called by many goroutines at once.
	OnCall func(Call)
}

// Shop is a running shop.
type Shop struct {
	UsersURL    string // base URL of the users service: http://127.0.0.1:9101
	CatalogAddr string // host:port of the catalog service: 127.0.0.1:9102
	OrdersURL   string // base URL of the orders service: http://127.0.0.1:9103/v2
	ReviewsURL  string // URL of the reviews service: http://127.0.0.1:9104/graphql

	stops  []func(context.Context) error // one for each service
	wait   sync.WaitGroup
	detach func() bool
	once   sync.Once
	failed error
}

// Start opens the ports of all services and serves them until Close is called or ctx ends. On return, the services
// answer. The error says which service could not listen; nothing is left running then.
func Start(ctx context.Context, o Options) (*Shop, error) {
	now := o.Now
	if now == nil {
		now = time.Now
	}
	s := &Shop{}
	if err := s.start(ctx, o, now); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.detach = context.AfterFunc(ctx, func() { _ = s.stop() })
	return s, nil
}

// start starts one service after the other. After an error, those before it run.
func (s *Shop) start(ctx context.Context, o Options, now func() time.Time) error {
	users, err := listen(ctx, "users", o.UsersAddr)
	if err != nil {
		return err
	}
	s.UsersURL = "http://" + users.Addr().String()
	s.serve(users, watched("users", Users(), o.OnCall))

	goods, err := listen(ctx, "catalog", o.CatalogAddr)
	if err != nil {
		return err
	}
	s.CatalogAddr = goods.Addr().String()
	s.serveGRPC(goods, catalog.NewServer(grpc.UnaryInterceptor(watchedGRPC("catalog", o.OnCall))))

	orders, err := listen(ctx, "orders", o.OrdersAddr)
	if err != nil {
		return err
	}
	s.OrdersURL = "http://" + orders.Addr().String() + "/v2"
	s.serve(orders, watched("orders", Orders(now), o.OnCall))

	posts, err := listen(ctx, "reviews", o.ReviewsAddr)
	if err != nil {
		return err
	}
	s.ReviewsURL = "http://" + posts.Addr().String() + "/graphql"
	s.serve(posts, watched("reviews", Reviews(now), o.OnCall))
	return nil
}

// Reviews returns the reviews service, of the catalog's products and the users of Users. Reviews that are added are kept in
// memory; now is the time they are made at.
func Reviews(now func() time.Time) http.Handler {
	var ids []string
	for _, p := range catalog.Products() {
		ids = append(ids, p.ID)
	}
	return reviews.Handler(reviews.Options{Products: ids, Users: userCount, Now: now, OnRequest: noteDocument})
}

// Env returns the shop's addresses under the names that the shop's gateway.graphql reads.
func (s *Shop) Env() map[string]string {
	return map[string]string{
		"USERS_URL": s.UsersURL, "CATALOG_TARGET": "dns:///" + s.CatalogAddr,
		"ORDERS_URL": s.OrdersURL, "REVIEWS_URL": s.ReviewsURL,
	}
}

// Close lets running requests end, for two seconds at most, and frees the ports. Closing twice is closing once.
func (s *Shop) Close() error {
	if s.detach != nil {
		s.detach()
	}
	return s.stop()
}

// stop is Close without the link to Start's context, which may call it before that link is known.
func (s *Shop) stop() error {
	s.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		for _, stop := range s.stops {
			s.failed = errors.Join(s.failed, stop(ctx))
		}
		s.wait.Wait()
	})
	return s.failed
}

// listen opens the port of one service.
func listen(ctx context.Context, name, addr string) (net.Listener, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("the %s service of the shop cannot listen: %w", name, err)
	}
	return ln, nil
}

// serve serves HTTP on ln.
func (s *Shop) serve(ln net.Listener, h http.Handler) {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	s.wait.Go(func() { _ = server.Serve(ln) }) // ends with ErrServerClosed, by Close
	s.stops = append(s.stops, func(ctx context.Context) error {
		err := server.Shutdown(ctx)
		if err != nil {
			err = errors.Join(err, server.Close())
		}
		return err
	})
}

// serveGRPC serves gRPC on ln.
func (s *Shop) serveGRPC(ln net.Listener, server *grpc.Server) {
	s.wait.Go(func() { _ = server.Serve(ln) }) // ends without an error, by Close
	s.stops = append(s.stops, func(ctx context.Context) error {
		cut := context.AfterFunc(ctx, server.Stop) // a stream may stay open for ever
		server.GracefulStop()
		if !cut() {
			return ctx.Err()
		}
		return nil
	})
}
