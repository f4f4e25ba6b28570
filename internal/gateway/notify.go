package gateway

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/fsnotify/fsnotify"
)

// notifier tells that a file may have changed. It watches folders, not files: an editor that renames a new file over the
// old one, and a platform that swaps a link to a folder (Kubernetes' ..data), leave a watched file behind.
type notifier struct {
	events  chan struct{} // has room for one; more say nothing new
	watcher *fsnotify.Watcher
	logger  *slog.Logger
	ended   chan struct{}

	mu      sync.Mutex
	names   map[string]bool // files that matter
	folders map[string]bool // in which every .graphql file matters
	failed  bool            // has been told
}

// newNotifier returns a notifier that follows nothing. Where the system has none to give, it never sends: polling remains.
func newNotifier(logger *slog.Logger) *notifier {
	n := &notifier{events: make(chan struct{}, 1), logger: logger, ended: make(chan struct{})}
	w, err := fsnotify.NewWatcher()
	if err != nil {
		logger.Warn("changes of files are found by polling only", "cause", err)
		close(n.ended)
		return n
	}
	n.watcher = w
	go n.listen()
	return n
}

// listen passes on the events that matter.
func (n *notifier) listen() {
	defer close(n.ended)
	for {
		select {
		case e, ok := <-n.watcher.Events:
			if !ok {
				return
			}
			if !n.matters(e.Name) {
				continue
			}
		case _, ok := <-n.watcher.Errors: // an overflow: something was missed
			if !ok {
				return
			}
		}
		select {
		case n.events <- struct{}{}:
		default:
		}
	}
}

func (n *notifier) matters(name string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	name = filepath.Clean(name)
	return n.names[name] || strings.HasPrefix(filepath.Base(name), "..") ||
		(strings.HasSuffix(name, ".graphql") && n.folders[filepath.Dir(name)])
}

// follow watches paths, files or folders, and where links lead. Folders that came back are found again.
func (n *notifier) follow(paths []string) {
	if n.watcher == nil {
		return
	}
	names, folders := map[string]bool{}, map[string]bool{}
	for _, p := range paths {
		for _, p := range []string{p, resolved(p)} {
			names[filepath.Clean(p)] = true
			folders[filepath.Clean(p)] = true
		}
	}
	n.mu.Lock()
	n.names, n.folders = names, folders
	told := n.failed
	n.mu.Unlock()
	watched := map[string]bool{}
	for p := range names {
		for _, folder := range []string{p, filepath.Dir(p)} {
			if isFolder(folder) && n.watcher.Add(folder) == nil {
				watched[folder] = true
			}
		}
	}
	for _, old := range n.watcher.WatchList() {
		if !watched[old] {
			_ = n.watcher.Remove(old)
		}
	}
	if len(watched) == 0 && !told {
		n.logger.Warn("changes of files are found by polling only: no folder can be watched")
		n.mu.Lock()
		n.failed = true
		n.mu.Unlock()
	}
}

func resolved(path string) string {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return path
	}
	return target
}

func isFolder(path string) bool {
	info, err := os.Stat(path) //nolint:gosec // the operator named the file
	return err == nil && info.IsDir()
}

func (n *notifier) close() {
	if n.watcher != nil {
		_ = n.watcher.Close()
	}
	<-n.ended
}
