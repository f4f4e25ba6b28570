package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"manifold/aggregation"
	"manifold/internal/config"
	"manifold/internal/gateway"
	"manifold/internal/store"
	"manifold/upstreams"
)

// live is a gateway that serves files and can read them again.
type live struct {
	serve    *serveCmd
	world    *world
	gateway  *gateway.Gateway
	reloader *gateway.Reloader
	metrics  *gateway.Metrics
	config   *config.Config // as it was at the start
	store    *store.Store   // of kept replies, for all generations; nil: none are kept
	setup    setup
}

// openLive reads the files and builds the first generation of them. The error is schema.Problems if they are at fault.
func openLive(c *serveCmd, w *world, s setup) (*live, error) {
	l := &live{serve: c, world: w, setup: s, metrics: gateway.NewMetrics()}
	first, cfg := l.read()
	if first.Err != nil {
		return nil, first.Err
	}
	l.config = cfg
	if !cfg.Cache.Off {
		l.store = openStore(cfg, l.metrics)
		first.Options.Upstreams.Store = l.store
	}
	first.Options.Revision = first.Revision()
	gen, err := gateway.Build(first.Files, first.Options, nil)
	if err != nil {
		l.closeStore()
		return nil, err
	}
	tellProblems(w, gen.Warnings())
	l.gateway = gateway.New(gen)
	l.reloader = gateway.NewReloader(l.gateway, first, func() *gateway.Inputs { in, _ := l.read(); return in }, l.metrics, s.Logger)
	return l, nil
}

// openStore opens what keeps replies. A Redis that is down is waited for in the background.
func openStore(cfg *config.Config, m *gateway.Metrics) *store.Store {
	o := store.Options{MaxBytes: int64(cfg.Cache.Memory), Count: m.Kept}
	if url := cfg.Redis.URL.Reveal(); url != "" {
		o.Redis = &store.RedisOptions{URL: url, Prefix: cfg.Redis.Prefix}
	}
	s := store.New(o)
	m.WatchStore(s)
	return s
}

// storeOf tells whether what gateway.yaml says of the store has changed, without telling what it says: an address may hold a password.
func storeOf(cfg *config.Config) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %t %q %q", cfg.Cache.Memory, cfg.Cache.Off, cfg.Redis.URL.Reveal(), cfg.Redis.Prefix))
	return hex.EncodeToString(sum[:4])
}

func (l *live) closeStore() {
	if l.store != nil {
		l.store.Close()
	}
}

// read reads all files anew. What flags say wins over gateway.yaml.
func (l *live) read() (*gateway.Inputs, *config.Config) {
	in, err := readInputs(l.serve.Files, l.serve.Config, l.world.Env)
	cfg := in.config
	if l.serve.Listen != "" {
		cfg.Listen = config.Address(l.serve.Listen)
	}
	if l.serve.Admin != "" {
		cfg.Admin = config.Address(l.serve.Admin)
	}
	if l.serve.Dev {
		cfg.Mode = config.Development
	}
	if l.serve.Federation {
		cfg.Federation = true
	}
	out := &gateway.Inputs{
		Files: in.sources, Err: err, Watch: append([]string{in.path}, in.names...),
		Fixed: []gateway.Fixed{{Name: "listen", Value: string(cfg.Listen)}, {Name: "admin", Value: string(cfg.Admin)}, {Name: "cache and redis", Value: storeOf(cfg)}},
	}
	if in.there {
		out.Texts = append(out.Texts, gateway.Text{Name: in.path, Body: in.text})
	}
	for _, f := range cfg.Files {
		out.Texts = append(out.Texts, gateway.Text{Name: in.near(f.Path), Body: string(f.Text), Value: true})
		out.Watch = append(out.Watch, in.near(f.Path))
	}
	for _, s := range in.sources {
		out.Texts = append(out.Texts, gateway.Text{Name: s.Name, Body: s.Input})
	}
	for _, s := range in.operations {
		out.Texts = append(out.Texts, gateway.Text{Name: s.Name, Body: s.Input})
	}
	out.Watch = append(out.Watch, folders(in.bff, in.operations)...)
	for _, name := range in.files.names() {
		text, _ := in.files.read(name)
		out.Texts = append(out.Texts, gateway.Text{Name: name, Body: string(text)})
		out.Watch = append(out.Watch, name)
	}
	out.Options = options(cfg)
	out.Options.Operations = in.operations
	out.Options.Read = in.files.read
	out.Options.Functions, out.Options.AuthFailed, out.Options.RouteUsed = l.world.Functions, l.metrics.AuthFailed, l.metrics.RouteUsed
	out.Options.Coalesced, out.Options.Upstreams.Meter, out.Options.Upstreams.Store = l.metrics.Coalesced, l.metrics.Upstreams(), l.store
	out.Options.Env, out.Options.Logger, out.Options.Mock = l.world.Env, l.setup.Logger, l.serve.mock()
	return out, cfg
}

// options are what gateway.yaml says, in the words of the gateway.
func options(c *config.Config) gateway.Options {
	n := &c.Limits
	return gateway.Options{
		Dev: c.Mode == config.Development, Alone: !c.Coalesce,
		Limits: gateway.Limits{
			Body: int(n.Body), Tokens: n.Tokens, Nesting: n.Nesting, Fields: n.Fields, RootFields: n.RootFields, Aliases: n.Aliases,
			Directives: n.Directives, Fragments: n.Fragments, Overlap: n.Overlap,
			IntrospectionFields: n.IntrospectionFields, IntrospectionDepth: n.IntrospectionDepth, Errors: n.Errors,
			CacheBytes: int(n.DocumentCache), CacheText: int(n.CachedDocument), PersistedBytes: int(n.PersistedQueries),
		},
		Calls: aggregation.Limits{Time: time.Duration(n.Timeout), Calls: n.Calls, Parallel: n.Parallel, Response: int(n.Response)},
		Upstreams: upstreams.Options{
			Timeout: time.Duration(n.Upstream.Timeout), DialTimeout: time.Duration(n.Upstream.DialTimeout),
			TLSTimeout: time.Duration(n.Upstream.TLSTimeout), Silence: time.Duration(n.Upstream.Silence), MaxResponse: int(n.Upstream.MaxResponse), MaxMessage: int(n.Upstream.MaxMessage),
			MaxHeader: int(n.Upstream.MaxHeader), MaxConcurrent: n.Upstream.MaxConcurrent, MaxConns: n.Upstream.MaxConns, IdleConns: n.Upstream.IdleConns,
			IdleTimeout: time.Duration(n.Upstream.IdleTimeout), Alone: !c.Coalesce, Faults: c.Faults, TimeHeader: n.Upstream.TimeoutHeader,
		},
		Overlays: c.Overlays(), Federation: c.Federation, GraphQL: gateway.Access(c.GraphQL), Auth: c.Authentication(),
	}
}

// run serves until ctx ends: requests on public, operators on admin (nil: none), SIGHUP, and with watch the files.
func (l *live) run(ctx context.Context, public, admin net.Listener, watch bool) error {
	defer l.closeStore()
	ctx, end := context.WithCancel(ctx)
	defer end() // a listener that fails ends the others
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)

	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer end()
		return gateway.Serve(ctx, public, l.gateway)
	})
	if admin != nil {
		group.Go(func() error { return gateway.Serve(ctx, admin, gateway.Admin(l.gateway, l.reloader, l.metrics)) })
	}
	if watch {
		group.Go(func() error { l.reloader.Watch(ctx); return nil })
	}
	group.Go(func() error {
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-hangups:
				l.reloader.Reload(ctx, gateway.BySignal)
			}
		}
	})
	return group.Wait()
}

// Close frees the connections to upstreams.
func (l *live) Close() { l.gateway.Close() }
