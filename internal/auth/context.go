package auth

import "context"

type contextKey struct{}

// NewContext returns a context that carries who a request comes from; nil is nobody.
func NewContext(ctx context.Context, who *Identity) context.Context {
	return context.WithValue(ctx, contextKey{}, who)
}

// FromContext returns who a request comes from, nil if nobody is known.
func FromContext(ctx context.Context) *Identity {
	who, _ := ctx.Value(contextKey{}).(*Identity)
	return who
}
