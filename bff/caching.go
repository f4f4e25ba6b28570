package bff

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"manifold/schema"
)

// readCache reads the @cacheControl of an operation.
func (l *loading) readCache(o *Operation) {
	d := o.Definition.Directives.ForName("cacheControl")
	if d == nil {
		return
	}
	c := &Cache{MaxAge: -1, StaleWhileRevalidate: -1, StaleIfError: -1}
	for name, into := range map[string]*int{"maxAge": &c.MaxAge, "staleWhileRevalidate": &c.StaleWhileRevalidate, "staleIfError": &c.StaleIfError} {
		v := schema.Given(d, name)
		if v == nil {
			continue
		}
		if *into, _ = strconv.Atoi(v.Raw); *into < 0 {
			l.problem(schema.ProblemAt(v.Position, o.Name, "@cacheControl("+name+":) is a number of seconds, 0 or more", ""))
		}
	}
	if v := schema.Given(d, "scope"); v != nil {
		c.Private = v.Raw == "PRIVATE"
	}
	if o.Route != nil && o.Route.Method != http.MethodGet {
		l.problem(schema.ProblemOf(d, o.Name, "only answers to GET are kept by anyone", "remove @cacheControl, or make the route a GET"))
	}
	if c.MaxAge < 0 {
		l.problem(schema.ProblemOf(d, o.Name, "@cacheControl says nothing without maxAge", "write @cacheControl(maxAge: 60)"))
	}
	if o.Route != nil {
		o.Route.Cache = c
	}
}

// checkSharing makes answers private that depend on who asks, and refuses to call them public.
func (l *loading) checkSharing(o *Operation) {
	if o.Route == nil || o.Route.Cache == nil {
		return
	}
	why := personal(o)
	d := o.Definition.Directives.ForName("cacheControl")
	v := schema.Given(d, "scope")
	public := v != nil && v.Raw == "PUBLIC"
	if why == "" {
		// What a Go function reads of a request is not known: its author has to say that it is the same for everybody.
		o.Route.Cache.Private = o.Route.Cache.Private || !public && callsFunction(o)
		return
	}
	if public {
		l.problem(schema.ProblemAt(v.Position, o.Name, "the answer cannot be public: "+why, "leave scope out; it is private then"))
	}
	o.Route.Cache.Private = true
}

// personal says why an answer may be another one for another person, "" if it may not.
func personal(o *Operation) string {
	for i := range o.Variables {
		v := &o.Variables[i]
		switch v.In {
		case InClaim:
			return "$" + v.Name + " is a claim of who asks"
		case InCookie:
			return "$" + v.Name + " comes from a cookie"
		case InQuery, InPath, InHeader, InBody:
		}
	}
	if o.Definition.Directives.ForName("authenticated") != nil || o.Definition.Directives.ForName("requiresScopes") != nil {
		return "not everybody may have it"
	}
	if len(o.Plan.Guards) > 0 {
		return "a part of it is not for everybody"
	}
	for _, part := range o.Plan.Parts {
		for _, loader := range part.Loaders {
			if loader.Personal {
				return loader.Name + " depends on who asks"
			}
			if loader.Request == nil {
				continue
			}
			for _, h := range loader.Request.Headers {
				if h.From != "" && credential(h.From) {
					return loader.Name + " forwards " + h.From
				}
			}
		}
	}
	return ""
}

func callsFunction(o *Operation) bool {
	for _, part := range o.Plan.Parts {
		for _, loader := range part.Loaders {
			if loader.Request != nil && loader.Request.Function {
				return true
			}
		}
	}
	return false
}

func credential(name string) bool {
	return slices.Contains([]string{"authorization", "cookie", "x-api-key", "proxy-authorization"}, strings.ToLower(name))
}

// header is the Cache-Control of a good answer.
func (c *Cache) header() string {
	var b strings.Builder
	b.WriteString("public")
	if c.Private {
		b.Reset()
		b.WriteString("private")
	}
	for _, part := range []struct {
		name  string
		value int
	}{{"max-age", c.MaxAge}, {"stale-while-revalidate", c.StaleWhileRevalidate}, {"stale-if-error", c.StaleIfError}} {
		if part.value >= 0 {
			b.WriteString(", " + part.name + "=" + strconv.Itoa(part.value))
		}
	}
	return b.String()
}
