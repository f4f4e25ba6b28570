package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/schema"
	"manifold/upstreams"
)

// buildTimeout is how long a generation may take to build. A slow one is given up; requests never wait for it.
const buildTimeout = 10 * time.Second

// maxTold is how many problems of one text are logged.
const maxTold = 20

// Result says how a reload ended.
type Result string

// The results.
const (
	Applied   Result = "applied"
	Unchanged Result = "unchanged" // the text is what is served already
	Rejected  Result = "rejected"  // it has problems; what was served is served on
)

// Trigger says who asked for a reload.
type Trigger string

// The triggers.
const (
	BySignal Trigger = "signal"
	ByAdmin  Trigger = "admin"
	ByWatch  Trigger = "watch"
)

// Report is what came of a reload.
type Report struct {
	Result     Result    `json:"result"`
	Trigger    Trigger   `json:"trigger"`
	At         time.Time `json:"at"`
	Generation int       `json:"generation"`         // that is served now
	Problems   []string  `json:"problems,omitempty"` // of a rejected text
	Restart    []string  `json:"restart,omitempty"`  // settings whose change needs a restart
}

// Reloader replaces the generation of a gateway when its text has changed. A text with problems changes nothing but the
// counters. Its methods may be called at any time; reloads happen one after the other.
type Reloader struct {
	gateway *Gateway
	read    func() *Inputs
	logger  *slog.Logger
	metrics *Metrics
	exists  func(path string) bool
	build   func([]*ast.Source, Options, *Generation) (*Generation, error)

	mu     sync.Mutex
	tried  string // hash of the inputs taken last, whatever came of them
	served []Text
	fixed  []Fixed
	last   Report
}

// NewReloader returns a reloader of gw, which serves first. read reads the inputs anew; it may be called from several
// goroutines at once. m may be nil.
func NewReloader(gw *Gateway, first *Inputs, read func() *Inputs, m *Metrics, logger *slog.Logger) *Reloader {
	if m == nil {
		m = NewMetrics()
	}
	m.generation.Set(float64(gw.Live().number))
	m.lastGood.Set(float64(gw.Live().built.Unix()))
	m.watchUpstreams(func() *upstreams.Set { return gw.Live().set })
	m.watchKeys(func() map[string]time.Duration {
		if a := gw.Live().auth; a != nil {
			return a.KeysAge()
		}
		return nil
	})
	exists := func(path string) bool { _, err := os.Stat(path); return err == nil } //nolint:gosec // the operator named the file
	return &Reloader{
		gateway: gw, read: guarded(read, logger), logger: logger, metrics: m, exists: exists, build: Build,
		tried: first.hash(), served: first.Texts, fixed: first.Fixed,
	}
}

// guarded reads, and makes an error of a panic: a file must not end what is served.
func guarded(read func() *Inputs, logger *slog.Logger) func() *Inputs {
	return func() (in *Inputs) {
		defer func() {
			if p := recover(); p != nil {
				logger.Error("reading the configuration panicked", "panic", p, "stack", string(debug.Stack()))
				in = &Inputs{Err: fmt.Errorf("internal error: %v", p)}
			}
		}()
		return read()
	}
}

// Revision names the text of in.
func (in *Inputs) Revision() string { return in.hash()[:16] }

// Reload reads the inputs and serves them, if they are new and without problems.
func (r *Reloader) Reload(ctx context.Context, by Trigger) Report { return r.apply(ctx, r.read(), by) }

// Last returns the report of the last reload. Its Result is "" if there was none.
func (r *Reloader) Last() Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

func (r *Reloader) known(hash string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return hash == r.tried
}

// apply serves in, if it is new and without problems.
func (r *Reloader) apply(ctx context.Context, in *Inputs, by Trigger) Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tried = in.hash()
	start := time.Now()
	report := Report{Trigger: by, At: start.UTC()}
	live := r.gateway.Live()
	err := r.refuse(in, by)
	switch {
	case err != nil:
	case in.Revision() == live.revision:
		report.Result = Unchanged
	default:
		err = r.replace(ctx, in, live)
	}
	report.Generation = r.gateway.Live().number
	if report.Result != Unchanged {
		report.Result = Applied
		if err != nil {
			report.Result = Rejected
			report.Problems = lines(err)
		}
	}
	if err == nil {
		report.Restart = r.changed(in.Fixed)
	}
	r.metrics.count(report)
	r.tell(ctx, report, time.Since(start), err)
	r.last = report
	return report
}

// refuse says why inputs are not even built.
func (r *Reloader) refuse(in *Inputs, by Trigger) error {
	if in.Err != nil {
		return in.Err
	}
	if name := in.cutOff(r.served); name != "" {
		return schema.Problems{{File: name, Message: "the file looks cut off: it is the beginning of what is served, and its last line has no end", Hint: "write the file whole, with a line break at its end"}}
	}
	if by != ByWatch {
		return nil
	}
	if name := in.gone(r.served, r.exists); name != "" {
		return schema.Problems{{File: name, Message: "the file has vanished", Hint: "if that is meant, send SIGHUP or POST /-/reload"}}
	}
	return nil
}

// replace builds the next generation beside the live one and swaps them.
func (r *Reloader) replace(ctx context.Context, in *Inputs, live *Generation) error {
	options := in.Options
	options.Revision = in.Revision()
	next, err := r.buildAside(ctx, in.Files, options, live)
	if err != nil {
		return err
	}
	r.gateway.Swap(next)
	r.served = in.Texts
	return nil
}

// buildAside builds on a goroutine of its own, so that neither a panic nor a build without end takes more than itself. A
// generation that comes too late is closed unseen.
func (r *Reloader) buildAside(ctx context.Context, files []*ast.Source, o Options, live *Generation) (*Generation, error) {
	type outcome struct {
		g   *Generation
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		var out outcome
		defer func() {
			if p := recover(); p != nil {
				r.logger.ErrorContext(ctx, "building a generation panicked", "panic", p, "stack", string(debug.Stack()))
				out = outcome{nil, fmt.Errorf("internal error: %v", p)}
			}
			done <- out
		}()
		out.g, out.err = r.build(files, o, live)
	}()
	limit := time.NewTimer(buildTimeout)
	defer limit.Stop()
	select {
	case out := <-done:
		return out.g, out.err
	case <-limit.C:
	case <-ctx.Done():
	}
	go func() {
		if out := <-done; out.g != nil {
			out.g.Close()
		}
	}()
	return nil, errors.New("the new configuration was given up: it took too long to build")
}

// changed returns the names of settings that are not as they were when the process began.
func (r *Reloader) changed(now []Fixed) (names []string) {
	for _, f := range now {
		if !slices.Contains(r.fixed, f) {
			names = append(names, f.Name)
		}
	}
	return names
}

// tell logs a reload, each problem with its place.
func (r *Reloader) tell(ctx context.Context, report Report, took time.Duration, err error) {
	live := r.gateway.Live()
	for _, name := range report.Restart {
		r.logger.WarnContext(ctx, "a change needs a restart; the old value holds until then", "setting", name)
	}
	switch report.Result {
	case Applied:
		r.logger.InfoContext(ctx, "configuration reloaded", "generation", live.number, "revision", live.revision,
			"trigger", report.Trigger, "took", took.Round(time.Microsecond), "warnings", len(live.Warnings()))
	case Unchanged:
		r.logger.InfoContext(ctx, "configuration is unchanged", "generation", live.number, "trigger", report.Trigger)
	case Rejected:
		r.logger.ErrorContext(ctx, "configuration refused; the old one is served on", "generation", live.number,
			"trigger", report.Trigger, "problems", len(report.Problems))
		problems, ok := errors.AsType[schema.Problems](err)
		if !ok {
			r.logger.ErrorContext(ctx, err.Error())
		}
		for i := range problems {
			if i == maxTold {
				r.logger.ErrorContext(ctx, "there are more problems", "not shown", len(problems)-i)
				break
			}
			if p := &problems[i]; p.Severity == schema.Error {
				hint := p.Hint
				shown := *p
				shown.Hint = ""
				r.logger.ErrorContext(ctx, shown.String(), "hint", hint)
			}
		}
	}
}

// lines are problems as texts.
func lines(err error) (out []string) {
	problems, ok := errors.AsType[schema.Problems](err)
	if !ok {
		return []string{err.Error()}
	}
	for i := range problems {
		if problems[i].Severity == schema.Error {
			out = append(out, problems[i].String())
		}
	}
	return out
}
