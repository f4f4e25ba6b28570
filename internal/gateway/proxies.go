package gateway

import (
	"net/http"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/bff"
	"manifold/internal/proxy"
	"manifold/schema"
	"manifold/upstreams"
)

// checkProxies finds proxies that ask who a request comes from where nobody can be known: they would refuse everybody.
func checkProxies(model *schema.Gateway, o Options) (problems schema.Problems) {
	for _, p := range model.Proxies {
		if p.Auth != nil && o.Identify == nil {
			problems = append(problems, schema.ProblemOf(&ast.Directive{Position: p.Pos}, `@proxy(path: "`+p.Path+`")`,
				"auth names methods of authentication, and there are none", "write them into gateway.yaml under auth, or remove auth here"))
		}
	}
	return problems
}

// proxied puts the proxies of a gateway before all that it serves itself.
func proxied(next http.Handler, model *schema.Gateway, api *bff.API, set *upstreams.Set, o Options) http.Handler {
	return proxy.Handler(proxy.Options{
		Model: model, Stream: set.Stream, Identify: o.Identify, Challenge: o.Challenge,
		Prefixes: api.Prefixes(), Logger: o.Logger, Dev: o.Dev,
	}, next)
}
