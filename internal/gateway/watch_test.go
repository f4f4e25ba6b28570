package gateway

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// script is a text that changes as a test says, and what was taken of it.
type script struct {
	mu    sync.Mutex
	text  string
	taken []string
	at    []time.Duration
}

func (s *script) put(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text = text
}

func (s *script) get() *Inputs {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &Inputs{Texts: []Text{{Body: s.text}}}
}

// watchInBubble runs a watch of s in fake time while fn changes it; nudge is an event.
func watchInBubble(t *testing.T, s *script, fn func(nudge func())) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		known := s.get().hash()
		events := make(chan struct{}, 1)
		w := &watch{
			known: func(hash string) bool { return hash == known },
			read:  s.get,
			apply: func(in *Inputs) {
				known = in.hash()
				s.taken = append(s.taken, in.Texts[0].Body)
				s.at = append(s.at, time.Since(start))
			},
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan bool)
		go func() { w.run(ctx, events); close(done) }()
		synctest.Wait()
		fn(func() {
			select {
			case events <- struct{}{}:
			default:
			}
			synctest.Wait()
		})
		cancel()
		<-done
	})
}

func TestWatchWaitsForQuiet(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(s *script, nudge func())
		want   string
	}{
		"one save": {func(s *script, nudge func()) { s.put("b"); nudge(); time.Sleep(quietTime) }, "[b]"},
		"not yet":  {func(s *script, nudge func()) { s.put("b"); nudge(); time.Sleep(quietTime - 1) }, "[]"},
		"storm": {func(s *script, nudge func()) {
			for i := range 200 { // 50 a second, for four seconds
				s.put(fmt.Sprint("b", i))
				nudge()
				time.Sleep(20 * time.Millisecond)
			}
			time.Sleep(time.Minute)
		}, "[b199]"},
		"truncated, then written": {func(s *script, nudge func()) {
			s.put("")
			nudge()
			time.Sleep(quietTime / 2)
			s.put("b")
			nudge()
			time.Sleep(time.Minute)
		}, "[b]"},
		"removed, then the same again": {func(s *script, nudge func()) {
			s.put("")
			nudge()
			time.Sleep(quietTime / 2)
			s.put("a")
			nudge()
			time.Sleep(time.Minute)
		}, "[]"},
		"no events": {func(s *script, _ func()) { s.put("b"); time.Sleep(pollTime + quietTime) }, "[b]"},
		"idle":      {func(_ *script, _ func()) { time.Sleep(time.Hour) }, "[]"},
		"events without a change": {func(_ *script, nudge func()) {
			for range 100 {
				nudge()
				time.Sleep(50 * time.Millisecond)
			}
		}, "[]"},
		"two saves": {func(s *script, nudge func()) {
			s.put("b")
			nudge()
			time.Sleep(time.Second)
			s.put("c")
			nudge()
			time.Sleep(time.Second)
		}, "[b c]"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &script{text: "a"}
			watchInBubble(t, s, func(nudge func()) { test.change(s, nudge) })
			if got := fmt.Sprint(s.taken); got != test.want {
				t.Errorf("taken %s at %v, want %s", got, s.at, test.want)
			}
		})
	}
}

// onDisk is a reloader that reads one file, and watches it for as long as the test runs.
func onDisk(t *testing.T, path string) *desk {
	t.Helper()
	read := func() *Inputs {
		text, err := os.ReadFile(path)
		in := inputsOf(string(text))
		in.Watch, in.Err = []string{path}, err
		return in
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, string(text), io.Discard)
	d.read = read
	d.exists = func(string) bool { return true }
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan bool)
	go func() { d.Watch(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
	return d
}

// waitFor waits until the gateway answers with version, and then for longer than any reload would take to follow.
func waitFor(t *testing.T, d *desk, version string) {
	t.Helper()
	limit := time.After(10 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for d.gateway.Live().model.Query.Order[0].Name != version {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("%s is not served after 10 s; %v", version, d.counts())
		}
	}
	<-time.After(3 * quietTime)
}

func plainSDL(field string) string {
	return fmt.Sprintf("type Query {\n  %s: String @connect(selection: \"$('x')\")\n}\n", field)
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A file that is saved 50 times a second, by truncating and by renaming over, is taken once.
func TestSaveStormOnDisk(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "gateway.graphql")
	writeFile(t, path, plainSDL("v0"))
	d := onDisk(t, path)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	rests, before := 0, time.Now() // of the storm itself: a busy machine may stop it for longer than the quiet time
	for i := range 60 {
		<-tick.C
		if time.Since(before) > quietTime*3/4 {
			rests++
		}
		before = time.Now()
		text := plainSDL(fmt.Sprint("v", i+1))
		if i%2 == 0 {
			writeFile(t, path, text)
			continue
		}
		writeFile(t, path+".tmp", text)
		if err := os.Rename(path+".tmp", path); err != nil {
			t.Fatal(err)
		}
	}
	waitFor(t, d, "v60")
	if got := d.counts(); got[0]+got[2] > 1+rests || rests == 0 && got != [3]int{1, 0, 0} {
		t.Errorf("counters %v, and the storm rested %d times", got, rests)
	}
}

// Kubernetes mounts a file as a link to ..data/file, and ..data as a link to a folder, which is swapped.
func TestLinkSwapOnDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mount := func(name, text string) {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(dir, name, "gateway.graphql"), text)
		if err := os.Symlink(name, filepath.Join(dir, "..data_tmp")); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data")); err != nil {
			t.Fatal(err)
		}
	}
	mount("..1", plainSDL("v1"))
	path := filepath.Join(dir, "gateway.graphql")
	if err := os.Symlink(filepath.Join("..data", "gateway.graphql"), path); err != nil {
		t.Fatal(err)
	}
	d := onDisk(t, path)
	mount("..2", plainSDL("v2"))
	if err := os.RemoveAll(filepath.Join(dir, "..1")); err != nil {
		t.Fatal(err)
	}
	waitFor(t, d, "v2")
	mount("..3", plainSDL("v3"))
	waitFor(t, d, "v3")
	if got := d.counts(); got != [3]int{2, 0, 0} {
		t.Errorf("counters %v", got)
	}
}

// A file that vanishes leaves the old one serving, however long; one that comes back is taken.
func TestVanishedFileOnDisk(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "gateway.graphql")
	writeFile(t, path, plainSDL("v1"))
	d := onDisk(t, path)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	<-time.After(pollTime + 2*quietTime)
	if got := d.counts(); got != [3]int{0, 0, 1} || d.gateway.Live().Number() != 1 {
		t.Errorf("counters %v", got)
	}
	writeFile(t, path, plainSDL("v2"))
	waitFor(t, d, "v2")
	if got := d.counts(); got != [3]int{1, 0, 1} {
		t.Errorf("counters %v", got)
	}
}
