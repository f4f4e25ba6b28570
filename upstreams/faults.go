package upstreams

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"manifold/internal/fault"
)

// malformed is an answer that breaks the rules of HTTP, of gzip, or stops in the middle.
type malformed string

func (m malformed) Error() string { return string(m) }

// What an answer is whose connection broke, or was closed, in the middle of it.
const (
	cutInHead = malformed("the answer ends within its head")
	cutInBody = malformed("the answer ends within its body")
)

// cutOff reports whether a call failed because its connection broke while the answer came.
func cutOff(err error) bool { return errors.Is(err, cutInHead) || errors.Is(err, cutInBody) }

// tooLarge is an answer beyond a limit.
type tooLarge string

func (t tooLarge) Error() string { return string(t) }

// callFault is the one place where a failed call gets its code. status is that of the reply, or 0 if it did not get
// so far.
//
//   - The context was cancelled: INTERNAL, wrapping context.Canceled. Nobody is left to read it, and policies must not
//     count it against the upstream.
//   - A deadline passed, ours or the context's: UPSTREAM_TIMEOUT, wrapping context.DeadlineExceeded.
//   - The answer breaks the rules or was cut short: UPSTREAM_BAD_RESPONSE.
//   - The answer is beyond a limit: UPSTREAM_RESPONSE_TOO_LARGE.
//   - Anything else is the network (dial, name, TLS, reset, closed before an answer): UPSTREAM_UNAVAILABLE.
func callFault(ctx context.Context, upstream string, status int, err error) *fault.Error {
	f := &fault.Error{Upstream: upstream, Status: status, Cause: err}
	_, bad := errors.AsType[malformed](err)
	_, large := errors.AsType[tooLarge](err)
	ended := over(ctx)
	switch {
	case bad:
		f.Code, f.Message = badResponse()
	case large:
		f.Code, f.Message = largeResponse()
	case errors.Is(ended, context.Canceled):
		f.Code, f.Message = fault.Internal, "The call was cancelled."
		f.Cause = wrap(context.Canceled, err)
	case ended != nil:
		f.Code, f.Message = fault.UpstreamTimeout, "The upstream did not answer in time."
		f.Cause = wrap(context.DeadlineExceeded, err)
	default:
		f.Code, f.Message = fault.UpstreamUnavailable, "The upstream is not available."
	}
	return f
}

func badResponse() (fault.Code, string) {
	return fault.UpstreamBadResponse, "The upstream sent a malformed response."
}

func largeResponse() (fault.Code, string) {
	return fault.UpstreamTooLarge, "The upstream sent too large a response."
}

// over returns why ctx is over: context.Canceled or context.DeadlineExceeded; nil if it is not. It looks at the clock,
// since the timer of a context may fire a little after what waits for the same deadline.
func over(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if at, ok := ctx.Deadline(); ok && !time.Now().Before(at) {
		return context.DeadlineExceeded
	}
	return nil
}

// wrap makes sure that errors.Is(result, is) holds, and keeps what else err says.
func wrap(is, err error) error {
	// What the network says of a deadline of ours is "i/o timeout": of no use beside is.
	if errors.Is(err, is) || errors.Is(err, os.ErrDeadlineExceeded) {
		return is
	}
	return fmt.Errorf("%w: %w", is, err)
}

// badCall is a call that is refused before anything is sent.
func badCall(upstream, message string, cause error) *fault.Error {
	return &fault.Error{Code: fault.BadUserInput, Message: message, Upstream: upstream, Cause: cause}
}
