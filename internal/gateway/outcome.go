package gateway

import (
	"bytes"
	"errors"
	"net/http"
	"strconv"
	"time"

	"manifold/aggregation"
	"manifold/internal/fault"
	"manifold/internal/rawjson"
)

// outcome is the result of an operation as the transport writes it.
type outcome struct {
	result *aggregation.Result
	maxAge time.Duration // that the client may keep it, if all of it is good; 0: the schema does not say
	public bool          // everybody may
	dev    bool
}

var _ answer = (*outcome)(nil)

// Status is 200, also of partial data; 504 if there is none at all since the time of the request was over.
func (o *outcome) Status() int {
	if errs := o.result.Errors; len(errs) > 0 && errs[0].Fault.Code == fault.DeadlineExceeded && string(o.result.Data) == "null" {
		return http.StatusGatewayTimeout
	}
	return http.StatusOK
}

func (o *outcome) Data() []byte    { return o.result.Data }
func (o *outcome) HasErrors() bool { return len(o.result.Errors) > 0 }
func (o *outcome) Release()        { o.result.Release() }

// AddHeaders adds the headers that the replies of upstreams put into the response. Such a response is for one client only and
// is not to be kept by anyone. Others may be, if the schema says so of all that is in it and nothing went wrong.
func (o *outcome) AddHeaders(h http.Header) {
	for _, r := range o.result.Respond {
		h.Add(r.Name, r.Value)
	}
	switch {
	case len(o.result.Respond) > 0:
		h.Set("Cache-Control", "no-store")
	case o.maxAge > 0 && len(o.result.Errors) == 0 && len(o.result.Degraded) == 0:
		scope := "private"
		if o.public {
			scope = "public"
		}
		h.Set("Cache-Control", scope+", max-age="+strconv.Itoa(int(o.maxAge/time.Second)))
	}
}

// AppendExtensions appends the member extensions of the response, if there is something to say in it: which values are not what their
// upstreams would say now.
func (o *outcome) AppendExtensions(dst []byte) []byte {
	all := o.result.Degraded
	if len(all) == 0 {
		return dst
	}
	dst = append(dst, `,"extensions":{"gateway":{"degraded":[`...)
	for i, d := range all {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '{')
		if d.Coordinate != "" {
			dst = append(rawjson.Quote(append(dst, `"connector":`...), d.Coordinate), ',')
		}
		if name := fault.Shown(d.Upstream); name != "" {
			dst = append(rawjson.Quote(append(dst, `"upstream":`...), name), ',')
		}
		dst = append(rawjson.Quote(append(dst, `"kind":`...), d.Kind), '}')
	}
	return append(dst, "]}}"...)
}

// AppendErrors appends the errors of the response (GraphQL 7.1.2): message, locations, path, and the code, the upstream's
// logical name and whatever the user's errors.extensions says. In development the cause is shown too; it may hold an
// upstream's own text.
func (o *outcome) AppendErrors(dst []byte) []byte {
	dst = append(dst, '[')
	for i := range o.result.Errors {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = o.appendError(dst, &o.result.Errors[i])
	}
	return append(dst, ']')
}

func (o *outcome) appendError(dst []byte, e *aggregation.Error) []byte {
	dst = append(dst, `{"message":`...)
	dst = rawjson.Quote(dst, e.Fault.Message)
	if e.Line > 0 {
		dst = append(dst, `,"locations":[{"line":`...)
		dst = strconv.AppendInt(dst, int64(e.Line), 10)
		dst = append(dst, `,"column":`...)
		dst = strconv.AppendInt(dst, int64(e.Column), 10)
		dst = append(dst, `}]`...)
	}
	if e.Path != nil {
		dst = append(dst, `,"path":`...)
		dst = append(dst, e.Path...)
	}
	dst = append(dst, `,"extensions":`...)
	dst = o.appendExtensions(dst, e.Fault)
	return append(dst, '}')
}

// appendExtensions writes the extensions. What the user's mapping says wins; if it sets code, ours is gatewayCode.
func (o *outcome) appendExtensions(dst []byte, f *fault.Error) []byte {
	code := `{"code":`
	if memberOf(f.Extensions, "code") != nil {
		code = `{"gatewayCode":`
	}
	dst = append(dst, code...)
	dst = rawjson.Quote(dst, string(f.Code))
	if name := fault.Shown(f.Upstream); name != "" && memberOf(f.Extensions, "upstream") == nil {
		dst = append(dst, `,"upstream":`...)
		dst = rawjson.Quote(dst, name)
	}
	if o.dev && f.Cause != nil && memberOf(f.Extensions, "detail") == nil {
		dst = append(dst, `,"detail":`...)
		dst = rawjson.Quote(dst, cut(f.Cause.Error()))
	}
	if members := bytes.TrimSpace(f.Extensions); len(members) > 2 {
		if inner := bytes.TrimSpace(members[1 : len(members)-1]); len(inner) > 0 {
			dst = append(dst, ',')
			dst = append(dst, inner...)
		}
	}
	return append(dst, '}')
}

// faultMessage returns what a client may read of an error that kept an operation from running.
func faultMessage(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Message
	}
	return "internal error"
}
