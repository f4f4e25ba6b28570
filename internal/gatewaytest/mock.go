package gatewaytest

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"google.golang.org/grpc/codes"

	"manifold/internal/fault"
	"manifold/schema"
	"manifold/upstreams"
)

// Mock is an upstream with canned answers. It is safe for concurrent use.
type Mock struct {
	answers  []*canned
	services map[string]*Service // GraphQL services, by the name of the source

	mu    sync.Mutex
	calls []MadeCall
	wrong []string // calls without an answer
	whole bool     // a function failed for several parents because of one of them: the reference asks for each alone
}

// canned is one line of a `mock` section:
//
//	[?] METHOD URL [<- BODY] STATUS [(NAME: VALUE; ...)] [BODY | @FILE]
//	[?] METHOD URL [<- BODY] !timeout | !refused | !truncated
//	[?] RPC URL [<- BODY] STATUS_OF_GRPC [MESSAGE]
//
// A question mark says that the line may stay unused. `<-` is the body the request must have: JSON, or a word that is none. The answer's media type is
// application/json unless a content-type is given; other headers may be given beside it. `@FILE` is the section `mock/FILE`. A URL is compared byte for byte.
// Of equal lines the first unused one answers, the last one again and again.
type canned struct {
	line     string
	method   string
	url      string
	body     string // wanted, canonical JSON or a text without spaces; "" for any
	optional bool
	fault    *fault.Error
	reply    upstreams.Reply
	used     int
}

// MadeCall is a call the mock has seen.
type MadeCall struct {
	Wave int // calls of the same wave were under way at the same time
	Text string
}

// ParseMock reads a `mock` section. files are the archive's sections by name.
func ParseMock(text string, files map[string]string) (*Mock, error) {
	m := &Mock{}
	for _, line := range lines(text) {
		c, err := parseCanned(line, files)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", line, err)
		}
		m.answers = append(m.answers, c)
	}
	return m, nil
}

func parseCanned(line string, files map[string]string) (*canned, error) {
	c := &canned{line: line}
	rest := line
	if after, ok := strings.CutPrefix(rest, "?"); ok {
		c.optional, rest = true, strings.TrimSpace(after)
	}
	c.method, rest = word(rest)
	c.url, rest = word(rest)
	if after, ok := strings.CutPrefix(rest, "<-"); ok {
		after = strings.TrimSpace(after)
		value, end, err := firstValue(after)
		switch {
		case err != nil && (after == "" || strings.IndexByte(`{["`, after[0]) >= 0):
			return nil, fmt.Errorf("the wanted body: %w", err)
		case err != nil: // a form, or plain text
			value, end = word(after)
		}
		c.body, rest = value, end
	}
	status, rest := word(rest)
	if strings.HasPrefix(status, "!") {
		c.fault = cannedFault(status)
		if c.fault == nil || rest != "" {
			return nil, fmt.Errorf("want !timeout, !refused or !truncated at the end")
		}
		return c, nil
	}
	if c.method == schema.RPC && status != "" && 'A' <= status[0] && status[0] <= 'Z' {
		return c, c.refuse(status, rest)
	}
	code, err := strconv.Atoi(status)
	if err != nil || code < 100 || code > 599 {
		return nil, fmt.Errorf("want an HTTP status, have %q", status)
	}
	c.reply = upstreams.Reply{Status: code, ContentType: "application/json"}
	if strings.HasPrefix(rest, "(") {
		inner, after, ok := strings.Cut(rest[1:], ")")
		if !ok {
			return nil, fmt.Errorf("the headers have no closing bracket")
		}
		rest = strings.TrimSpace(after)
		header := http.Header{"Content-Type": {c.reply.ContentType}}
		for h := range strings.SplitSeq(inner, ";") {
			name, value, ok := strings.Cut(h, ":")
			if name = strings.TrimSpace(name); name == "" || !ok {
				return nil, fmt.Errorf("header %q has no name or no value", h)
			}
			if strings.EqualFold(name, "content-type") {
				header.Del(name)
			}
			header.Add(name, strings.TrimSpace(value))
		}
		c.reply = *upstreams.NewReply(code, header, nil)
	}
	if name, ok := strings.CutPrefix(rest, "@"); ok {
		body, ok := files["mock/"+name]
		if !ok {
			return nil, fmt.Errorf("there is no section %q", "mock/"+name)
		}
		rest = body
	}
	c.reply.Body = []byte(rest)
	return c, nil
}

// refuse makes the answer a status of gRPC: NOT_FOUND and its like.
func (c *canned) refuse(name, message string) error {
	var code codes.Code
	if err := code.UnmarshalJSON([]byte(strconv.Quote(name))); err != nil || code == codes.OK {
		return fmt.Errorf("want a status of gRPC that is an error, have %q", name)
	}
	reply, err := upstreams.GRPCStatus("", code, message)
	if f, ok := errors.AsType[*fault.Error](err); ok {
		c.fault = f
		return nil
	}
	c.reply = *reply
	return err
}

// word cuts the first word off text.
func word(text string) (first, rest string) {
	i := strings.IndexAny(text, " \t")
	if i < 0 {
		return text, ""
	}
	return text[:i], strings.TrimSpace(text[i:])
}

// cannedFault is the error that package upstreams makes of a failed call.
func cannedFault(name string) *fault.Error {
	switch name {
	case "!timeout":
		return &fault.Error{Code: fault.UpstreamTimeout, Message: "The upstream did not answer in time."}
	case "!refused":
		return &fault.Error{Code: fault.UpstreamUnavailable, Message: "The upstream is not available."}
	case "!truncated":
		return &fault.Error{Code: fault.UpstreamBadResponse, Message: "The upstream sent a malformed response.", Status: 200}
	default:
		return nil
	}
}

// answer finds the canned answer of a call and notes the call.
func (m *Mock) answer(source string, c *upstreams.Call, wave int) (*upstreams.Reply, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls = append(m.calls, MadeCall{Wave: wave, Text: callText(c)})
	var hit *canned
	for _, a := range m.answers {
		if a.matches(c) {
			hit = a
			if a.used == 0 {
				break
			}
		}
	}
	if hit == nil {
		m.wrong = append(m.wrong, callText(c))
		return nil, &fault.Error{Code: fault.UpstreamUnavailable, Message: "no mock answers " + callText(c), Upstream: source}
	}
	hit.used++
	if hit.fault != nil {
		f := *hit.fault
		f.Upstream = source
		return nil, &f
	}
	reply := hit.reply
	return &reply, nil
}

func (c *canned) matches(call *upstreams.Call) bool {
	if c.method != call.Method || c.url != string(call.URL) {
		return false
	}
	if c.body == "" {
		return true
	}
	have, err := Canonical(call.Body)
	return err == nil && have == c.body || string(call.Body) == c.body
}

// callText is one call as a `calls` section shows it: the method and URL, the headers the connector sends, the body.
func callText(c *upstreams.Call) string {
	var b strings.Builder
	b.WriteString(c.Method + " " + string(c.URL))
	if len(c.Body) > 0 {
		b.WriteString(" <- " + string(c.Body))
	}
	for _, h := range c.Headers {
		b.WriteString("\n    " + h.Name + ": " + h.Value)
	}
	return b.String()
}

// Faults lists what was called without an answer, and what was never called.
func (m *Mock) Faults() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []string
	for _, c := range m.wrong {
		out = append(out, "no mock line answers: "+c)
	}
	for _, s := range m.services {
		for _, w := range s.Wrong() {
			out = append(out, "a service got what is not valid: "+w)
		}
	}
	for _, a := range m.answers {
		if a.used == 0 && !a.optional {
			out = append(out, "mock line was never asked for: "+a.line)
		}
	}
	return out
}

// takeCalls returns the calls seen since the last time: those of one wave sorted, each but the first of its wave marked
// with a plus.
func (m *Mock) takeCalls() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	calls := m.calls
	m.calls = nil
	return printCalls(calls)
}
