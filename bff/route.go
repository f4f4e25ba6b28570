package bff

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/schema"
)

// maxTimeout is the longest time that a route may take.
const maxTimeout = 10 * time.Minute

// readRoute reads @route and what stands beside it.
func (l *loading) readRoute(o *Operation) {
	d := o.Definition.Directives.ForName("route")
	if d == nil {
		return
	}
	r := &Route{Method: http.MethodGet, Status: http.StatusOK, Strict: o.Client.Strict}
	o.Route = r
	if v := schema.Given(d, "method"); v != nil {
		r.Method = v.Raw
	}
	if o.Definition.Operation == ast.Mutation && r.Method == http.MethodGet {
		l.problem(schema.ProblemOf(d, o.Name, "a mutation may not be a GET: browsers and proxies repeat and prefetch those", "write method: POST, PUT, PATCH or DELETE"))
	}
	v := schema.Given(d, "path")
	r.Path = v.Raw
	r.Pattern = o.Client.Prefix + r.Path
	if wrong := badPath(r.Path, o.Client.Prefix); wrong != "" {
		l.problem(schema.ProblemAt(v.Position, o.Name, "the path cannot be used: "+wrong, "write one like /products/{id}"))
	}
	if v := schema.Given(d, "status"); v != nil {
		r.Status, _ = strconv.Atoi(v.Raw)
		if r.Status < 200 || r.Status > 299 || r.Status == http.StatusNoContent || r.Status == http.StatusPartialContent || r.Status == http.StatusResetContent {
			l.problem(schema.ProblemAt(v.Position, o.Name, "the status of a good answer with a body is one of 200 to 299, but not 204, 205 and 206", ""))
		}
	}
	if v := schema.Given(d, "timeout"); v != nil {
		var err error
		r.Timeout, err = time.ParseDuration(v.Raw)
		if err != nil || r.Timeout <= 0 || r.Timeout > maxTimeout {
			l.problem(schema.ProblemAt(v.Position, o.Name, strconv.Quote(v.Raw)+" is not a time of at most "+maxTimeout.String(), `write one like "900ms" or "2s"`))
		}
	}
	if v := schema.Given(d, "partial"); v != nil {
		r.Whole = v.Raw == "FAIL"
	}
	if v := schema.Given(d, "strict"); v != nil {
		r.Strict = v.Raw == "true"
	}
	if v := schema.Given(d, "sunset"); v != nil {
		var ok bool
		if r.Retiring, ok = readRetiring(v.Raw); !ok {
			l.problem(schema.ProblemAt(v.Position, o.Name, strconv.Quote(v.Raw)+" is not a day", `write the last day, "2027-06-30", or the first day of the warning before it, "2027-01-01/2027-06-30"`))
		}
	}
	l.readCache(o)
}

// readRetiring reads the day on which a route ends, and perhaps the one since when it is deprecated.
func readRetiring(s string) (*Retiring, bool) {
	since, end, both := strings.Cut(s, "/")
	if !both {
		since, end = "", s
	}
	var r Retiring
	var err error
	if r.End, err = day(end); err != nil {
		return nil, false
	}
	if both {
		if r.Since, err = day(since); err != nil || r.Since.After(r.End) {
			return nil, false
		}
	}
	return &r, true
}

func day(s string) (time.Time, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t, err = time.Parse(time.RFC3339, s)
	}
	return t.UTC(), err
}

// badPath says what is wrong with the path of a route, "" if nothing is. The patterns are those of net/http.ServeMux.
func badPath(p, prefix string) string {
	if !strings.HasPrefix(p, "/") {
		return "it does not begin with /"
	}
	var names []string
	segments := strings.Split(p[1:], "/")
	for i, s := range segments {
		open := strings.ContainsAny(s, "{}")
		name, tail := strings.CutSuffix(strings.TrimSuffix(strings.TrimPrefix(s, "{"), "}"), "...")
		switch {
		case s == "" && len(segments) > 1:
			return "it has an empty segment"
		case s == "." || s == "..":
			return "a segment may not be . or .."
		case !open && strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("%?#", r) }):
			return "the segment " + strconv.Quote(s) + " is not plain text"
		case !open:
		case !strings.HasPrefix(s, "{") || !strings.HasSuffix(s, "}") || !variableName(name):
			return "a variable takes a whole segment: /{name}"
		case tail && i < len(segments)-1:
			return "{" + name + "...} takes all that follows, and has to be the last segment"
		case slices.Contains(names, name):
			return "{" + name + "} stands there twice"
		default:
			names = append(names, name)
		}
	}
	switch segments[0] {
	case "graphql", "openapi.json", "docs", "mcp":
		return prefix + "/" + segments[0] + " is served by the gateway itself"
	}
	return ""
}

func variableName(s string) bool {
	for i, r := range s {
		if r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

// Wildcards are the names in the path of a route.
func (r *Route) Wildcards() (names []string) {
	for s := range strings.SplitSeq(r.Path, "/") {
		if strings.HasPrefix(s, "{") {
			names = append(names, strings.TrimSuffix(strings.Trim(s, "{}"), "..."))
		}
	}
	return names
}

// muxPattern is the pattern of a route as net/http wants it: of the root of a client that path alone.
func (r *Route) muxPattern() string {
	if strings.HasSuffix(r.Pattern, "/") {
		return r.Method + " " + r.Pattern + "{$}"
	}
	return r.Method + " " + r.Pattern
}

// checkRoutes refuses routes of a client that a request could not choose between.
func (l *loading) checkRoutes(c *Client) {
	mux := http.NewServeMux()
	taken := map[string]*Operation{}
	for _, o := range c.Operations {
		if o.Route == nil {
			continue
		}
		pattern := o.Route.muxPattern()
		if clash := register(mux, pattern); clash == "" {
			taken[pattern] = o
			continue
		}
		hint := "give one of them another path or method"
		i := slices.IndexFunc(c.Operations, func(other *Operation) bool {
			return other.Route != nil && taken[other.Route.muxPattern()] == other && conflicts(pattern, other.Route.muxPattern())
		})
		if i >= 0 {
			other := c.Operations[i]
			hint += fmt.Sprintf("; the other is %s, %s %s", other.Name, other.Route.Method, other.Route.Path)
		}
		l.problem(schema.ProblemOf(o.Definition.Directives.ForName("route"), o.Name, "two routes match the same requests", hint))
	}
}

// register adds a pattern, and returns what net/http has against it.
func register(mux *http.ServeMux, pattern string) (clash string) {
	defer func() {
		if p := recover(); p != nil { // it has no other way to say so
			clash = fmt.Sprint(p)
		}
	}()
	mux.Handle(pattern, http.NotFoundHandler())
	return ""
}

func conflicts(a, b string) bool {
	mux := http.NewServeMux()
	return register(mux, a) != "" || register(mux, b) != ""
}

// readTool reads @mcpTool.
func (l *loading) readTool(o *Operation) {
	d := o.Definition.Directives.ForName("mcpTool")
	if d == nil {
		return
	}
	o.Tool = &Tool{Name: snake(o.Name), Description: o.Description}
	if v := schema.Given(d, "name"); v != nil {
		o.Tool.Name = v.Raw
		if !toolName(v.Raw) {
			l.problem(schema.ProblemAt(v.Position, o.Name, "the name of a tool has 1 to 64 letters, digits, - and _", ""))
		}
	}
	if v := schema.Given(d, "description"); v != nil {
		o.Tool.Description = v.Raw
	}
	if strings.TrimSpace(o.Tool.Description) == "" {
		l.problem(schema.ProblemOf(d, o.Name, "the tool has no description, by which a model decides when to use it",
			`write @mcpTool(description: "..."), or a description above the operation`))
	}
}

func toolName(s string) bool {
	return s != "" && len(s) <= 64 && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '_' && r != '-' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	})
}

// snake writes MobileHome as mobile_home.
func snake(s string) string {
	var b strings.Builder
	for i, r := range s {
		if r >= 'A' && r <= 'Z' {
			if i > 0 && (s[i-1] < 'A' || s[i-1] > 'Z') {
				b.WriteByte('_')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
