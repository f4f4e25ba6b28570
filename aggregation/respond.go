package aggregation

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"manifold/internal/fault"
	"manifold/internal/template"
	"manifold/upstreams"
)

// respond notes what the reply of a call puts into the client's response, whatever its status: a 401 that ends a session says
// so by a cookie. f.env is that of the call. A value that no header can hold is a fault; then nothing of the call is noted.
func (f *frame) respond(c *call) *fault.Error {
	rules := c.loader.plan.Request.Respond
	if len(rules) == 0 || c.reply == nil {
		return nil
	}
	f.env.reply = c.reply
	for i := range rules {
		r := &rules[i]
		if r.Value == nil {
			for _, v := range c.reply.Header(r.From) {
				if !isHeaderText(v) {
					c.respond = nil
					return &fault.Error{
						Code: fault.UpstreamBadResponse, Status: c.reply.Status, Message: "The upstream sent an answer that cannot be used.",
						Cause: fmt.Errorf("the header %s holds a control character", r.From),
					}
				}
				c.respond = append(c.respond, upstreams.Header{Name: r.Name, Value: v})
			}
			continue
		}
		text, present, err := r.Value.Append(nil, &f.env, &f.arena)
		if err != nil {
			c.respond = nil
			e := &fault.Error{
				Code: fault.BadUserInput, Status: c.reply.Status, Cause: err,
				Message: "The response's header " + r.Name + " cannot be made.",
			}
			if v, ok := errors.AsType[*template.ValueError](err); ok && strings.Contains(v.Expr, "$response") {
				e.Code = fault.UpstreamBadResponse
			}
			return authored(e)
		}
		if present {
			c.respond = append(c.respond, upstreams.Header{Name: r.Name, Value: string(text)})
		}
	}
	return nil
}

// isHeaderText reports whether a value may stand in a header (RFC 9110, 5.5).
func isHeaderText(v string) bool {
	for i := range len(v) {
		if v[i] < ' ' && v[i] != '\t' || v[i] == 0x7f {
			return false
		}
	}
	return true
}

// collectRespond adds what the calls of a part have noted: in the order of the plan and of the keys, not in that in which
// replies came. Calls that share a reply say the same, which is said once.
func (f *frame) collectRespond() {
	var from []*call
	for _, c := range f.calls {
		if len(c.respond) > 0 {
			from = append(from, c)
		}
	}
	slices.SortStableFunc(from, func(a, b *call) int {
		return cmp.Or(cmp.Compare(a.run.fetch.ID, b.run.fetch.ID), cmp.Compare(a.lo, b.lo))
	})
	for _, c := range from {
		for _, h := range c.respond {
			if !slices.Contains(f.responds, h) {
				f.responds = append(f.responds, h)
			}
		}
	}
}
