package upstreams

import (
	"context"
	"time"

	"manifold/internal/protos"
)

// reflectTime is how long a service may take to tell its methods.
const reflectTime = 5 * time.Second

// Reflect asks a gRPC service for its methods by server reflection. It is meant for the loading of a schema: it connects, asks,
// and closes.
func Reflect(target string, tls bool) (*protos.Services, error) {
	ctx, cancel := context.WithTimeout(context.Background(), reflectTime)
	defer cancel()
	g, err := OpenGRPC(target, GRPCTarget{Target: target, TLS: tls}, Options{})
	if err != nil {
		return nil, err
	}
	defer g.Close()
	set, err := Describe(ctx, g.Conn())
	if err != nil {
		return nil, err
	}
	return protos.ParseSet(target, set)
}
