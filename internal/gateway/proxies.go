package gateway

import (
	"net/http"

	"manifold/bff"
	"manifold/internal/proxy"
	"manifold/schema"
	"manifold/upstreams"
)

// proxied puts the proxies of a gateway before all that it serves itself.
func proxied(next http.Handler, model *schema.Gateway, api *bff.API, set *upstreams.Set, o Options) http.Handler {
	return proxy.Handler(proxy.Options{
		Model: model, Stream: set.Stream, Identify: o.Identify, Challenge: o.Challenge,
		Prefixes: api.Prefixes(), Logger: o.Logger, Dev: o.Dev,
	}, next)
}
