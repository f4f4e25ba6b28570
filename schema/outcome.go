package schema

import (
	"fmt"
	"strconv"

	"manifold/internal/mapping"
)

// outcome reads errors and isSuccess, of a source or a connector.
func (l *loader) outcome(u *use, s *scope) (Errors, mapping.Node) {
	var e Errors
	if v := u.arg("errors"); v != nil {
		e.Message = l.expression(member(v, "message"), s, failing)
		e.Extensions = l.selection(member(v, "extensions"), s, failing)
		e.Fallback = l.expression(member(v, "fallback"), s, failing)
		if list := member(v, "nullOn"); list != nil {
			e.NullOn = []int{}
			for _, item := range items(list) {
				n, err := strconv.Atoi(item.Raw)
				if err == nil && (n < 100 || n > 599) {
					l.problem(at(item.Position), s.coordinate, fmt.Sprintf("nullOn: %d is not an HTTP status", n), "statuses are 100 to 599")
				}
				e.NullOn = append(e.NullOn, n)
			}
		}
	}
	return e, l.expression(u.arg("isSuccess"), s, failing)
}

// inherit fills what the connector does not say from its source, member by member.
func inherit(c *Connector, s *Source) {
	if c.Errors.Message == nil {
		c.Errors.Message = s.Errors.Message
	}
	if c.Errors.Extensions == nil {
		c.Errors.Extensions = s.Errors.Extensions
	}
	if c.Errors.NullOn == nil {
		c.Errors.NullOn = s.Errors.NullOn
	}
	if c.Errors.Fallback == nil {
		c.Errors.Fallback = s.Errors.Fallback
	}
	if c.Success == nil {
		c.Success = s.Success
	}
}

// notFound makes null of NOT_FOUND, unless nullOn is written. A gRPC service says it of what was asked for; a 404 over HTTP may as
// well be a wrong path. Of a batch it need not be true for each key, so there it stays an error.
func notFound(c *Connector) {
	if c.Errors.NullOn == nil && c.HTTP != nil && c.HTTP.Method == RPC && c.Batch == nil {
		c.Errors.NullOn = []int{404}
	}
}
