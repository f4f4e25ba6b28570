package upstreams

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"os"
	"syscall"
	"testing"
	"time"

	"manifold/internal/fault"
)

func TestCallFault(t *testing.T) {
	t.Parallel()
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	for name, c := range map[string]struct {
		ctx  context.Context
		err  error
		code fault.Code
		is   error // what the fault must wrap
	}{
		"reset":                        {t.Context(), syscall.ECONNRESET, fault.UpstreamUnavailable, syscall.ECONNRESET},
		"dial timeout, not the call's": {t.Context(), os.ErrDeadlineExceeded, fault.UpstreamUnavailable, os.ErrDeadlineExceeded},
		"late":                         {late, os.ErrDeadlineExceeded, fault.UpstreamTimeout, context.DeadlineExceeded},
		"late, and reset":              {late, syscall.ECONNRESET, fault.UpstreamTimeout, syscall.ECONNRESET},
		"cancelled":                    {cancelled, io.EOF, fault.Internal, context.Canceled},
		"malformed":                    {t.Context(), malformed("x"), fault.UpstreamBadResponse, malformed("x")},
		"malformed, wrapped":           {late, fmt.Errorf("a: %w", malformed("x")), fault.UpstreamBadResponse, malformed("x")},
		"too large":                    {t.Context(), tooLarge("x"), fault.UpstreamTooLarge, tooLarge("x")},
		"net/http's malformed":         {t.Context(), protocolError(fmt.Errorf("a: %w", textproto.ProtocolError("x"))), fault.UpstreamBadResponse, malformed("x")},
	} {
		f := callFault(c.ctx, "users", 200, c.err)
		if f.Code != c.code || !errors.Is(f, c.is) || f.Upstream != "users" || f.Status != 200 {
			t.Errorf("%s: got %+v, want %s wrapping %v", name, f, c.code, c.is)
		}
	}
}
