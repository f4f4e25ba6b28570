package gatewaytest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"manifold/aggregation"
	"manifold/internal/fault"
)

// responseText is the response as clients in production get it.
func responseText(r *aggregation.Result) string {
	var b strings.Builder
	b.WriteByte('{')
	if len(r.Errors) > 0 {
		b.WriteString(`"errors":[`)
		for i := range r.Errors {
			if i > 0 {
				b.WriteByte(',')
			}
			e := &r.Errors[i]
			fmt.Fprintf(&b, `{"message":%s`, quote(e.Fault.Message))
			if e.Line > 0 {
				fmt.Fprintf(&b, `,"locations":[{"line":%d,"column":%d}]`, e.Line, e.Column)
			}
			if e.Path != nil {
				fmt.Fprintf(&b, `,"path":%s`, e.Path)
			}
			b.WriteString(`,"extensions":` + extensions(e.Fault) + `}`)
		}
		b.WriteString(`],`)
	}
	fmt.Fprintf(&b, `"data":%s}`, r.Data)
	return b.String() + "\n"
}

// extensions are the code, the upstream's name and what the user's mapping adds. If that sets code, ours is gatewayCode.
func extensions(f *fault.Error) string {
	all := NewObject()
	users := map[string]json.RawMessage{}
	if f.Extensions != nil {
		if err := json.Unmarshal(f.Extensions, &users); err != nil {
			return "invalid extensions: " + err.Error()
		}
	}
	code := "code"
	if users["code"] != nil {
		code = "gatewayCode"
	}
	all.Set(code, string(f.Code))
	if f.Upstream != "" && users["upstream"] == nil {
		all.Set("upstream", f.Upstream)
	}
	text := strings.TrimSuffix(Encode(all), "}")
	if len(users) > 0 {
		text += "," + strings.TrimPrefix(strings.TrimSuffix(string(f.Extensions), "}"), "{")
	}
	return text + "}"
}

// refusalText is the response to a request that never ran: errors and no data.
func refusalText(errs gqlerror.List) string {
	var b strings.Builder
	b.WriteString(`{"errors":[`)
	for i, e := range errs {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"message":%s`, quote(e.Message))
		for j, at := range e.Locations {
			if j == 0 {
				b.WriteString(`,"locations":[`)
			} else {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"line":%d,"column":%d}`, at.Line, at.Column)
		}
		if len(e.Locations) > 0 {
			b.WriteByte(']')
		}
		code := fault.Internal
		if f, ok := errors.AsType[*fault.Error](e.Err); ok {
			code = f.Code
		}
		fmt.Fprintf(&b, `,"extensions":{"code":%s}}`, quote(string(code)))
	}
	b.WriteString("]}\n")
	return b.String()
}
