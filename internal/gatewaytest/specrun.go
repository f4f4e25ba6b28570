package gatewaytest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"manifold/internal/auth"
	"manifold/internal/protos"
	"manifold/schema"
	"manifold/upstreams"
)

// RunSpec runs a spec and returns its goldens as they came out: by section name. Faults of the spec itself and of its mock
// are reported to t. It runs under a fake clock, so that calls that are under way together can be told from calls that
// follow each other.
func RunSpec(t *testing.T, s *Spec) map[string]string {
	t.Helper()
	out := map[string]string{}
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		runSpec(t, s, out)
	})
	return out
}

func runSpec(t *testing.T, s *Spec, out map[string]string) {
	t.Helper()
	g, err := OpenWith(s.Sources, s.Env, s.Options(), s.answer())
	if err != nil {
		out["problems"] = err.Error() + "\n"
		if len(s.Requests) > 0 {
			t.Errorf("the gateway does not load:\n%v", err)
		}
		return
	}
	if len(g.Model.Warnings) > 0 {
		out["warnings"] = g.Model.Warnings.Error() + "\n"
	}
	out["sdl"], out["subgraph"] = schema.PublicSDL(g.Model), schema.SubgraphSDL(g.Model)
	if err := s.serve(g.Model); err != nil {
		t.Error(err)
	}
	for _, r := range s.Requests {
		s.request(t, g, r, out)
	}
	if len(s.Operations) > 0 {
		server := s.routes(g, out)
		if server == nil && len(s.HTTP) > 0 {
			t.Errorf("the operations do not load:\n%v", out["problems"])
			return
		}
		for _, h := range s.HTTP {
			s.call(t, server, h, out)
		}
	}
	for _, f := range s.Mock.Faults() {
		t.Error(f)
	}
}

// Options are what the gateway of a spec is told besides its files.
func (s *Spec) Options() schema.Options {
	read := func(path string) ([]byte, error) {
		text, ok := s.Files[path]
		if !ok {
			return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
		}
		return []byte(text), nil
	}
	reflect := func(target string, _ bool) (*protos.Services, error) { // a service at users:1 tells what users.proto says
		name, _, _ := strings.Cut(target, ":")
		if s.Files[name+".proto"] == "" {
			return nil, errors.New("it does not answer")
		}
		return protos.Parse(name+".proto", read)
	}
	return schema.Options{Overlays: s.Config, Mock: s.Mocked, Read: read, Reflect: reflect, Functions: Functions(), Federation: s.Federation}
}

// answer makes the mock take one tick for each call. Waves are numbered by the clock.
func (s *Spec) answer() func(context.Context, *schema.Source, *upstreams.Call) (*upstreams.Reply, error) {
	var mu sync.Mutex
	var last time.Time
	wave := 0
	return func(ctx context.Context, source *schema.Source, call *upstreams.Call) (*upstreams.Reply, error) {
		mu.Lock()
		if now := time.Now(); now != last {
			last, wave = now, wave+1
		}
		mine := wave
		mu.Unlock()
		reply, err := s.Mock.answerOf(ctx, source, call, mine)
		time.Sleep(tick)
		return reply, err
	}
}

func (s *Spec) request(t *testing.T, g *Gateway, r *SpecRequest, out map[string]string) {
	t.Helper()
	p, errs := g.Prepare(r.Query, r.Operation)
	if len(errs) > 0 {
		out[labelled("response", r.Label)] = refusalText(errs)
		return
	}
	out[labelled("plan", r.Label)] = p.Plan()
	result, errs := g.Run(auth.NewContext(context.Background(), s.Identity), p, r.Variables, r.Header)
	out[labelled("calls", r.Label)] = s.Mock.takeCalls()
	if len(errs) > 0 {
		out[labelled("response", r.Label)] = refusalText(errs)
		return
	}
	defer result.Release()
	if _, err := Decode(result.Data); err != nil {
		t.Errorf("request %s: the data is not valid JSON: %v", r.Label, err)
	}
	out[labelled("response", r.Label)] = responseText(result)
	if len(result.Respond) > 0 {
		var b strings.Builder
		for _, h := range result.Respond {
			b.WriteString(h.Name + ": " + h.Value + "\n")
		}
		out[labelled("response-headers", r.Label)] = b.String()
	}
	time.Sleep(tick) // the next request is another wave
}

// Required names the sections a spec must have: what comes out, and what was called for it.
func (s *Spec) Required() []string {
	if len(s.Requests)+len(s.HTTP) == 0 {
		for _, name := range []string{"problems", "warnings", "sdl", "subgraph"} {
			if _, ok := s.Golden(name); ok {
				return nil
			}
		}
		return []string{"problems"}
	}
	var out []string
	for _, r := range s.Requests {
		out = append(out, labelled("response", r.Label))
	}
	for _, h := range s.HTTP {
		out = append(out, labelled("answer", h.Label))
	}
	return out
}

// Check compares what came out with the goldens. With update it replaces them instead, adds plans and calls where they are
// missing, and reports whether the archive has changed.
func (s *Spec) Check(t *testing.T, have map[string]string, update bool) (changed bool) {
	t.Helper()
	for _, name := range s.Required() {
		if _, ok := s.Golden(name); !ok && !update {
			t.Errorf("there is no section %q; it should be\n%s", name, have[name])
		}
	}
	for _, name := range s.order(have, update) {
		want, ok := s.Golden(name)
		got, made := have[name]
		if ok && want == got {
			continue
		}
		if update && made {
			s.SetGolden(name, got)
			changed = true
			continue
		}
		if !made && got == "" && want != "" {
			got = "(nothing)\n"
		}
		t.Errorf("section %q\n%s", name, Diff(want, got))
	}
	return changed
}

// order lists the goldens to compare: those the spec has and, to be written, those that every request should have.
func (s *Spec) order(have map[string]string, update bool) []string {
	var out []string
	has := map[string]bool{}
	add := func(name string) {
		if !has[name] {
			has[name] = true
			out = append(out, name)
		}
	}
	for _, f := range s.Archive.Files {
		if kind := kindOf(f.Name); isGolden(kind) {
			add(f.Name)
		}
	}
	if !update {
		return out
	}
	for _, name := range s.Required() {
		add(name)
	}
	for _, r := range s.Requests {
		for _, kind := range []string{"plan", "calls", "response-headers"} {
			if _, made := have[labelled(kind, r.Label)]; made {
				add(labelled(kind, r.Label))
			}
		}
	}
	for _, h := range s.HTTP {
		if _, made := have[labelled("calls", h.Label)]; made {
			add(labelled("calls", h.Label))
		}
	}
	return out
}

func kindOf(section string) string {
	var kind string
	if _, err := fmt.Sscan(section, &kind); err != nil {
		return section
	}
	return kind
}
