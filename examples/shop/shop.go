package shop

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Options say how a shop runs. The zero value is a shop on free loopback ports.
type Options struct {
	UsersAddr  string           // host:port of the users service; "" is 127.0.0.1:0
	OrdersAddr string           // host:port of the orders service; "" is 127.0.0.1:0
	Now        func() time.Time // the clock of new orders; nil is time.Now

	// OnCall, if not nil, is told of every request a service has answered. It is called by many goroutines at once.
	OnCall func(Call)
}

// Call is one request that a service has answered.
type Call struct {
	Service string // "users" or "orders"
	Method  string
	URI     string // path and query as they came
	Status  int
	Took    time.Duration
}

// Shop is a running shop.
type Shop struct {
	UsersURL  string // base URL of the users service: http://127.0.0.1:9101
	OrdersURL string // base URL of the orders service: http://127.0.0.1:9103/v2

	servers []*http.Server
	wait    sync.WaitGroup
	detach  func() bool
	once    sync.Once
	failed  error
}

// Start opens the ports of all services and serves them until Close is called or ctx ends. On return, the services
// answer. The error says which service could not listen; nothing is left running then.
func Start(ctx context.Context, o Options) (*Shop, error) {
	now := o.Now
	if now == nil {
		now = time.Now
	}
	s := &Shop{}
	users, err := s.serve(ctx, "users", o.UsersAddr, Users(), o.OnCall)
	if err != nil {
		return nil, err
	}
	orders, err := s.serve(ctx, "orders", o.OrdersAddr, Orders(now), o.OnCall)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.UsersURL = "http://" + users
	s.OrdersURL = "http://" + orders + "/v2"
	s.detach = context.AfterFunc(ctx, func() { _ = s.stop() })
	return s, nil
}

// Env returns the shop's addresses under the names that the shop's gateway.graphql reads.
func (s *Shop) Env() map[string]string {
	return map[string]string{"USERS_URL": s.UsersURL, "ORDERS_URL": s.OrdersURL}
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
		for _, srv := range s.servers {
			if err := srv.Shutdown(ctx); err != nil {
				s.failed = errors.Join(s.failed, err, srv.Close())
			}
		}
		s.wait.Wait()
	})
	return s.failed
}

// serve starts one service and returns the address it got.
func (s *Shop) serve(ctx context.Context, name, addr string, h http.Handler, onCall func(Call)) (string, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return "", fmt.Errorf("the %s service of the shop cannot listen: %w", name, err)
	}
	srv := &http.Server{Handler: watched(name, h, onCall), ReadHeaderTimeout: 5 * time.Second}
	s.servers = append(s.servers, srv)
	s.wait.Go(func() { _ = srv.Serve(ln) }) // ends with ErrServerClosed, by Close
	return ln.Addr().String(), nil
}

// watched tells onCall of every request that h has answered.
func watched(service string, h http.Handler, onCall func(Call)) http.Handler {
	if onCall == nil {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		noted := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		h.ServeHTTP(noted, r)
		onCall(Call{
			Service: service, Method: r.Method, URI: r.URL.RequestURI(),
			Status: noted.status, Took: time.Since(start),
		})
	})
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
