package upstreams

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"manifold/internal/fault"
	"manifold/internal/rawjson"
)

// statuses says what an answer of a gRPC service would be over HTTP, so that what gateway.graphql says of statuses (nullOn,
// errors) holds for both. The numbers are those of google.rpc.Code. A code without a status is no answer: see grpcFault.
var statuses = map[codes.Code]struct {
	http int
	name string
}{
	codes.OK:                 {200, "OK"},
	codes.Unknown:            {500, "UNKNOWN"},
	codes.InvalidArgument:    {400, "INVALID_ARGUMENT"},
	codes.NotFound:           {404, "NOT_FOUND"},
	codes.AlreadyExists:      {409, "ALREADY_EXISTS"},
	codes.PermissionDenied:   {403, "PERMISSION_DENIED"},
	codes.FailedPrecondition: {400, "FAILED_PRECONDITION"},
	codes.Aborted:            {409, "ABORTED"},
	codes.OutOfRange:         {400, "OUT_OF_RANGE"},
	codes.Unimplemented:      {501, "UNIMPLEMENTED"},
	codes.Internal:           {500, "INTERNAL"},
	codes.DataLoss:           {500, "DATA_LOSS"},
	codes.Unauthenticated:    {401, "UNAUTHENTICATED"},
}

// known returns code, or Unknown if it is none of the list.
func known(code codes.Code) codes.Code {
	if statuses[code].http == 0 {
		return codes.Unknown
	}
	return code
}

// reply returns the reply with a status and a body that is its own now. Metadata are its headers, but for binary ones.
func (g *GRPC) reply(code codes.Code, header metadata.MD, body *block) *Reply {
	r := g.memory.reply()
	r.Status, r.ContentType, r.Aborted = statuses[known(code)].http, mediaType, code == codes.Aborted
	r.plain, r.Body = body, body.b
	for name, values := range header {
		if name == "content-type" || strings.HasSuffix(name, "-bin") {
			continue
		}
		for _, v := range values {
			if isFieldValue(v) {
				r.lines = append(append(append(append(r.lines, name...), ':'), v...), '\n')
			}
		}
	}
	return r
}

// isFieldValue reports whether a header line can hold v.
func isFieldValue(v string) bool {
	for i := range len(v) {
		if v[i] < ' ' && v[i] != '\t' || v[i] == 0x7f {
			return false
		}
	}
	return true
}

// errorBody is what an error of the service reads like to the errors mappings of gateway.graphql:
// {"code":"NOT_FOUND","message":"no such product"}.
func errorBody(m *memory, said *status.Status) *block {
	name := statuses[known(said.Code())].name
	body := m.block(len(name) + len(said.Message()) + 64)
	body.b = rawjson.Quote(append(body.b, `{"code":`...), name)
	body.b = rawjson.Quote(append(body.b, `,"message":`...), said.Message())
	body.b = append(body.b, '}')
	return body
}

// GRPCStatus is what a call returns that ended with a status other than OK, for those who stand in for a service.
func GRPCStatus(upstream string, code codes.Code, message string) (*Reply, error) {
	said := status.New(code, message)
	if f := grpcFault(context.Background(), upstream, said, sizes{}); f != nil {
		return nil, f
	}
	m := new(memory)
	r := (&GRPC{memory: m}).reply(code, nil, errorBody(m, said))
	r.memory = nil // it may be handed out again and again
	return r, nil
}

// sizes of the messages of a call, in bytes.
type sizes struct {
	request int
	largest int // that a message may have
}

// grpcFault is callFault for a call that ended with a status other than OK. It returns nil if the status is the service's
// answer to the call.
//
//   - RESOURCE_EXHAUSTED is UPSTREAM_RATE_LIMITED, unless it is about too large a message: ours about the answer is
//     UPSTREAM_RESPONSE_TOO_LARGE, the service's about the request is BAD_USER_INPUT.
//   - DEADLINE_EXCEEDED is UPSTREAM_TIMEOUT, also when the service's own deadline passed.
//   - UNAVAILABLE is UPSTREAM_UNAVAILABLE; so is CANCELLED if nobody here cancelled: the connection was closed.
//   - What the client says of an answer that breaks the rules is UPSTREAM_BAD_RESPONSE.
func grpcFault(ctx context.Context, upstream string, said *status.Status, s sizes) *fault.Error {
	cause := said.Err()
	if over(ctx) != nil {
		return callFault(ctx, upstream, 0, cause)
	}
	switch {
	case s.beyondOurs(said):
		return callFault(ctx, upstream, 0, tooLarge(said.Message()))
	case s.beyondTheirs(said):
		return badCall(upstream, requestTooLarge, cause)
	case said.Code() == codes.ResourceExhausted:
		return &fault.Error{
			Code: fault.UpstreamRateLimited, Message: "The upstream limits how often it is called.", Upstream: upstream, Status: 429, Cause: cause,
		}
	case said.Code() == codes.DeadlineExceeded:
		return &fault.Error{
			Code: fault.UpstreamTimeout, Message: "The upstream did not answer in time.", Upstream: upstream, Status: 504,
			Cause: fmt.Errorf("%w: %w", context.DeadlineExceeded, cause),
		}
	case brokenRules(said):
		return callFault(ctx, upstream, 0, malformed(said.Message()))
	case said.Code() == codes.Unavailable || said.Code() == codes.Canceled:
		return callFault(ctx, upstream, 0, cause)
	}
	return nil
}

// beyondOurs reports whether a status was made on this side of the wire, of an answer that is beyond a limit.
func (s sizes) beyondOurs(said *status.Status) bool {
	switch text := said.Message(); said.Code() {
	case codes.ResourceExhausted: // a service may say so of a call of its own, but hardly with the same limit
		limit := strconv.Itoa(s.largest)
		return strings.HasPrefix(text, "grpc: ") && (strings.HasSuffix(text, " larger than max "+limit) || strings.HasSuffix(text, " vs. "+limit+")"))
	case codes.Internal:
		return text == "peer header list size exceeded limit"
	default:
		return false
	}
}

// beyondTheirs reports whether the service found the request too large: what it says has the size of the request. Go says it in
// one way, Java in another.
func (s sizes) beyondTheirs(said *status.Status) bool {
	text, size := said.Message(), strconv.Itoa(s.request)
	return said.Code() == codes.ResourceExhausted && (strings.HasPrefix(text, "grpc: received message larger than max ("+size+" vs. ") ||
		strings.HasPrefix(text, "gRPC message exceeds maximum size ") && strings.HasSuffix(text, ": "+size))
}

// brokenRules reports whether a status was made on this side of the wire, of an answer that gRPC cannot read. The client gives
// such statuses codes that services use too, so only their texts tell; a service that sends one of these texts is believed to
// have broken the rules.
func brokenRules(said *status.Status) bool {
	switch said.Code() {
	case codes.Internal, codes.Unknown, codes.Unimplemented:
	default:
		return false
	}
	if strings.HasPrefix(said.Message(), "grpc: error unmarshalling request") { // the service's own: it cannot read what it got
		return false
	}
	for _, text := range []string{
		"unexpected EOF", "unexpected HTTP status code", "malformed header", "grpc: ", "stream terminated by RST_STREAM", "cardinality violation",
		"server closed the stream without sending trailers", "transport: ", "malformed grpc-", "a HEADERS frame cannot", "received invalid frame",
		"invalid header field ", "invalid pseudo-header ", "duplicate pseudo-header ", "pseudo header field ", "mix of request and response pseudo headers",
		"protocol error: ",
	} {
		if strings.HasPrefix(said.Message(), text) {
			return true
		}
	}
	return false
}
