package bff

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"manifold/aggregation"
	"manifold/internal/fault"
	"manifold/internal/onewrite"
	"manifold/internal/problem"
	"manifold/internal/rawjson"
)

// respond writes what came of an operation, and returns the status.
//
// The answer is the data, reshaped, as it is. A hole in it is told by X-Gateway-Partial, the paths of the holes, and with
// `Prefer: errors` (RFC 7240) by a member _errors. It is no answer at all, but a problem, if a root is missing that the answer
// is about, or if the route wants a whole one.
func (s *Server) respond(w http.ResponseWriter, r *http.Request, o *Operation, x *scratch, result *aggregation.Result) int {
	h := w.Header()
	if h["Vary"] == nil {
		h["Vary"] = o.varyLines
	} else { // by the kind of device
		h["Vary"] = append(h["Vary"][:1:1], o.varyLines...)
	}
	if refused := o.refused(result); refused != nil {
		if refused.fault.Code == fault.Unauthenticated {
			refused.challenge = s.unknown(o.Client, refused.fault, false).challenge
		}
		return s.problem(w, r, refused)
	}
	data, values := result.Data, new([2]string) // values of the headers that every answer has its own of
	h["Cache-Control"] = o.Route.cacheControl
	if len(result.Errors) > 0 {
		h["Cache-Control"] = noStore
		h.Set("X-Gateway-Partial", paths(result.Errors))
		h.Add("Vary", "Prefer")
		if prefersErrors(r.Header) && data[0] == '{' {
			x.out = s.withErrors(x.out[:0], data, result.Errors)
			data = x.out
			h.Set("Preference-Applied", "errors")
		}
	}
	if len(result.Degraded) > 0 {
		h["Cache-Control"] = noStore
		h.Set("X-Gateway-Degraded", degraded(result.Degraded))
	}
	for _, header := range result.Respond {
		h.Add(header.Name, header.Value)
	}
	if len(result.Respond) > 0 {
		h["Cache-Control"] = noStore
	}
	h["Content-Type"] = jsonType
	h["X-Content-Type-Options"] = noSniffing
	status := o.Route.Status
	if status == http.StatusOK && o.Route.Method == http.MethodGet && len(result.Errors) == 0 && len(result.Respond) == 0 {
		tag := entityTag(data)
		values[0] = tag
		h["Etag"] = values[:1:1]
		if matches(r.Header["If-None-Match"], tag) {
			h.Del("Content-Type")
			w.WriteHeader(http.StatusNotModified)
			return http.StatusNotModified
		}
	}
	if data = s.packers.compress(x.packed, h, r.Header, data); h["Content-Encoding"] != nil {
		x.packed = data
	}
	values[1] = strconv.Itoa(len(data))
	h["Content-Length"] = values[1:]
	onewrite.Whole(r.Context(), len(data))
	w.WriteHeader(status)
	_, _ = w.Write(data) // net/http leaves it out for HEAD; an error means that the client has gone
	return status
}

// Header values that are shared and never written.
var (
	jsonType   = []string{"application/json"}
	noSniffing = []string{"nosniff"}
	noStore    = []string{"no-store"}
)

// refused says why a result is no answer; nil if it is one.
func (o *Operation) refused(result *aggregation.Result) *refusal {
	var first *fault.Error
	if len(result.Errors) > 0 {
		first = result.Errors[0].Fault
	}
	switch {
	case result.NotFound:
		return &refusal{fault: fault.New(fault.NotFound, "There is no such thing here."), status: http.StatusNotFound}
	case first == nil:
		return nil
	case result.Lost != nil:
		return &refusal{fault: result.Lost}
	case string(result.Data) == "null":
		return &refusal{fault: first}
	case o.Route != nil && o.Route.Whole:
		return &refusal{fault: first, status: http.StatusBadGateway}
	default:
		return nil
	}
}

// paths lists the places of errors: `recent, featured.0.rating`.
func paths(errs []aggregation.Error) string {
	const longest = 1024 // a header that grew with the answer would be refused by proxies
	var b strings.Builder
	seen := map[string]bool{}
	for i := range errs {
		p := dotted(errs[i].Path)
		if seen[p] {
			continue
		}
		seen[p] = true
		if b.Len()+len(p) > longest {
			b.WriteString(", ...")
			break
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p)
	}
	return b.String()
}

// dotted writes a JSON path, ["featured",0,"rating"], as featured.0.rating. Names of response keys have no dots.
func dotted(path []byte) string {
	if len(path) < 3 {
		return "."
	}
	return strings.NewReplacer(`"`, "", ",", ".").Replace(string(path[1 : len(path)-1]))
}

// prefersErrors reports whether a client asks for errors beside the data (RFC 7240).
func prefersErrors(h http.Header) bool {
	for _, line := range h["Prefer"] {
		for item := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(item), "errors") {
				return true
			}
		}
	}
	return false
}

// withErrors appends an object with one more member, _errors.
func (s *Server) withErrors(out, data []byte, errs []aggregation.Error) []byte {
	out = append(out, data[:len(data)-1]...)
	if len(data) > 2 {
		out = append(out, ',')
	}
	out = append(out, `"_errors":[`...)
	for i := range errs {
		if i > 0 {
			out = append(out, ',')
		}
		e := &errs[i]
		out = append(out, `{"code":`...)
		out = rawjson.Quote(out, string(e.Fault.Code))
		out = append(out, `,"message":`...)
		out = rawjson.Quote(out, e.Fault.Message)
		if e.Path != nil {
			out = append(out, `,"path":`...)
			out = append(out, e.Path...)
		}
		if name := fault.Shown(e.Fault.Upstream); name != "" {
			out = append(out, `,"upstream":`...)
			out = rawjson.Quote(out, name)
		}
		out = append(out, '}')
	}
	return append(out, "]}"...)
}

// entityTag is a weak one: the same answer may be sent compressed in several ways. It is the same on every instance. Whoever could
// make two answers with the same hash could as well send the same answer twice, so no cryptography is needed.
func entityTag(data []byte) string {
	var buf [40]byte
	b := append(buf[:0], `W/"`...)
	b = strconv.AppendUint(b, xxhash.Sum64(data), 36)
	b = append(b, '-')
	b = strconv.AppendInt(b, int64(len(data)), 36)
	return string(append(b, '"'))
}

// matches reports whether If-None-Match has the tag (RFC 9110, 13.1.2: weak comparison).
func matches(lines []string, tag string) bool {
	for _, line := range lines {
		for item := range strings.SplitSeq(line, ",") {
			item = strings.TrimSpace(item)
			if item == "*" || strings.TrimPrefix(item, "W/") == strings.TrimPrefix(tag, "W/") {
				return true
			}
		}
	}
	return false
}

// announce tells a client that the route will end (RFC 8594, RFC 9745).
func (r *Route) announce(h http.Header) {
	if r.Retiring == nil {
		return
	}
	since := int64(0) // it has always been so
	if !r.Retiring.Since.IsZero() {
		since = r.Retiring.Since.Unix()
	}
	h["Deprecation"] = []string{"@" + strconv.FormatInt(since, 10)}
	h["Sunset"] = []string{r.Retiring.End.Format(http.TimeFormat)}
}

// retryAfter is how long a client should wait that was refused for overload.
const retryAfter = 2 * time.Second

// refusal is why a request has no answer.
type refusal struct {
	fault     *fault.Error
	status    int      // 0: problem.Status of the code
	more      []string // further messages of the same kind
	challenge string   // value of WWW-Authenticate, or ""
	close     bool     // the connection cannot be used again
}

// problem answers with a problem, and returns its status.
func (s *Server) problem(w http.ResponseWriter, _ *http.Request, r *refusal) int {
	h := w.Header()
	if r.challenge != "" {
		h.Set("WWW-Authenticate", r.challenge)
	}
	if r.close {
		h.Set("Connection", "close")
	}
	status := r.status
	if status == 0 {
		status = problem.Status(r.fault.Code)
	}
	if status == http.StatusServiceUnavailable && h.Get("Retry-After") == "" {
		h.Set("Retry-After", strconv.Itoa(int(retryAfter.Seconds())))
	}
	p := problem.Problem{Status: status, Code: r.fault.Code, Detail: r.fault.Message, Upstream: fault.Shown(r.fault.Upstream), Errors: r.more}
	if s.o.Dev && r.fault.Cause != nil {
		p.Cause = r.fault.Cause.Error()
	}
	problem.Send(w, p)
	return status
}

// degraded names the connectors whose values are not what their upstreams would say now, and why.
func degraded(all []aggregation.Degraded) string {
	var out []string
	for _, d := range all {
		out = append(out, cmp.Or(d.Coordinate, fault.Shown(d.Upstream), "upstream")+"="+d.Kind)
	}
	return strings.Join(out, ", ")
}
