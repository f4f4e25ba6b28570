package bench_test

import (
	"testing"

	"manifold"
	"manifold/internal/auth"
	"manifold/internal/config"
)

// demoAuth is how the demo's requests are known.
func demoAuth(tb testing.TB) auth.Config {
	tb.Helper()
	c, err := config.Parse("gateway.yaml", manifold.DemoConfig, config.World{ReadFile: manifold.ReadDemo})
	if err != nil {
		tb.Fatal(err)
	}
	return c.Authentication()
}
