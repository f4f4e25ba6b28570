package gateway

import (
	"context"
	"time"
)

const (
	quietTime = 200 * time.Millisecond // for which the inputs must stay the same before they are taken
	pollTime  = 2 * time.Second        // between two looks without an event: file systems of networks send none
)

// Watch reloads whenever the inputs have changed, until ctx ends. Whatever writes the files, and however often, there is
// one reload when all is quiet: two readings a quiet time apart must be equal, without an event between them, and that
// reading is what is built. Half-written text is so taken only from a writer who rests for longer in the middle of a file.
func (r *Reloader) Watch(ctx context.Context) {
	files := newNotifier(r.logger)
	defer files.close()
	w := &watch{
		known: r.known,
		read: func() *Inputs {
			in := r.read()
			files.follow(in.Watch)
			return in
		},
		apply: func(in *Inputs) { r.apply(ctx, in, ByWatch) },
	}
	w.run(ctx, files.events)
}

// watch decides when inputs are taken. It knows time and readings; the events come from elsewhere and mean only "look".
type watch struct {
	known func(hash string) bool // whether inputs have been taken already, by whatever trigger
	read  func() *Inputs
	apply func(*Inputs)
}

func (w *watch) run(ctx context.Context, events <-chan struct{}) {
	poll := time.NewTicker(pollTime)
	defer poll.Stop()
	quiet := time.NewTimer(time.Hour)
	quiet.Stop()
	defer quiet.Stop()

	w.read() // tells the notifier what to follow
	seen, waiting := "", false
	for {
		again := false
		select {
		case <-ctx.Done():
			return
		case <-quiet.C:
			again = true
		case <-events: // the quiet time begins anew
		case <-poll.C:
			if waiting {
				continue // the timer will look
			}
		}
		in := w.read()
		switch now := in.hash(); {
		case w.known(now):
			waiting = false
		case again && now == seen:
			waiting = false
			w.apply(in)
		default:
			seen, waiting = now, true
			quiet.Reset(quietTime)
		}
	}
}
