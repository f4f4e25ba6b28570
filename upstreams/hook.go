package upstreams

import (
	"context"
	"net"
	"time"

	"manifold/internal/deadline"
)

// hook wakes an exchange up when its call is over, by the deadline of its connection.
type hook struct {
	stop func() bool
	ran  chan struct{} // closed when the connection was woken up
}

// hookOn registers a connection with the context of its call.
func hookOn(ctx context.Context, c net.Conn) *hook {
	h := &hook{ran: make(chan struct{})}
	h.stop = context.AfterFunc(deadline.Standard(ctx), func() {
		defer close(h.ran)
		_ = c.SetDeadline(time.Unix(1, 0)) // of the past; what it wakes up finds out why
	})
	return h
}

// unhook ends the registration. After that nothing touches the connection any more, so that it may serve another call.
func (x *exchange) unhook() {
	if x.hook == nil {
		return
	}
	if !x.hook.stop() {
		<-x.hook.ran
	}
	x.hook = nil
}
