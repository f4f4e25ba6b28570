package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// versionCmd is `manifold version`.
type versionCmd struct{}

// Run prints the version, what it was built from, and with what.
func (*versionCmd) Run(w *world) error {
	_, err := fmt.Fprintf(w.Stdout, "manifold %s (%s, %s/%s)\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// version is the module's version if it was built from one, else the commit, else "unreleased".
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unreleased"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return s.Value[:12]
		}
	}
	return "unreleased"
}
