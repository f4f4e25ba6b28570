package gateway

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/bff/openapi"
	"manifold/internal/auth"
	"manifold/internal/fault"
	"manifold/schema"
)

// openAuth makes what says who requests come from, and puts it into the options. It is nil if nobody can be known.
func openAuth(o *Options, prev *Generation) (*auth.Authenticator, error) {
	if o.Auth.Empty() {
		return nil, nil //nolint:nilnil // nobody is known, and that is no error
	}
	var before *auth.Authenticator
	if prev != nil {
		before = prev.auth
	}
	a, err := auth.Open(o.Auth, auth.Options{Logger: o.Logger, Failed: o.AuthFailed}, before)
	if err != nil {
		return nil, err
	}
	o.Identify, o.Challenge, o.ready = a.Identify, a.Challenge, a.Ready
	return a, nil
}

// checkMethods finds names of methods that gateway.yaml does not have: they would let nobody be known.
func checkMethods(model *schema.Gateway, o Options) schema.Problems {
	if !o.Auth.Empty() || o.Identify == nil {
		return CheckMethods(model, &o.Auth)
	}
	return nil // a test says who requests come from
}

// CheckMethods compares the methods that clients and proxies name with those that gateway.yaml has.
func CheckMethods(model *schema.Gateway, c *auth.Config) (problems schema.Problems) {
	var names []string
	for _, m := range c.Methods() {
		names = append(names, m.Name)
	}
	check := func(methods []string, pos *ast.Position, coordinate string) {
		for _, m := range methods {
			if slices.Contains(names, m) {
				continue
			}
			hint := "gateway.yaml has none: write it under auth"
			if len(names) > 0 {
				hint = "there is " + strings.Join(names, ", ")
			}
			problems = append(problems, schema.ProblemOf(&ast.Directive{Position: pos}, coordinate, "auth names the method "+m+", which gateway.yaml does not have", hint))
		}
	}
	for _, client := range model.Clients {
		check(client.Auth, client.Pos, `@bff(name: "`+client.Name+`")`)
	}
	for _, p := range model.Proxies {
		check(p.Auth, p.Pos, `@proxy(path: "`+p.Path+`")`)
	}
	return problems
}

// OpenAPIMethods are the methods as documents of routes tell of them.
func OpenAPIMethods(c *auth.Config) (out []openapi.Method) {
	for _, m := range c.Methods() {
		out = append(out, openapi.Method(m))
	}
	return out
}

// identified says who a request for GraphQL comes from, before anything of it is read; methods nil: by any. A credential that is
// not valid is refused.
func identified(next http.Handler, o Options, methods []string) http.Handler {
	if o.Identify == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, err := o.Identify(r, methods)
		if err == nil {
			if who != nil {
				r = r.WithContext(auth.NewContext(r.Context(), who))
			}
			next.ServeHTTP(w, r)
			return
		}
		code := fault.Internal
		if f, ok := errors.AsType[*fault.Error](err); ok {
			code = f.Code
		}
		message := "internal error"
		switch code {
		case fault.Unauthenticated:
			message = "the credential is not valid"
			if o.Challenge != nil {
				if challenge := o.Challenge(methods, true); challenge != "" {
					w.Header().Set("WWW-Authenticate", challenge)
				}
			}
		case fault.CSRFPrevented:
			message = "a request of another site may not use the cookie of this one"
		}
		writeSmall(w, statusOf(code), `{"errors":[{"message":"`+message+`","extensions":{"code":"`+string(code)+`"}}]}`)
	})
}
