package upstreams

import (
	"cmp"
	"crypto/x509"
	"time"

	"manifold/internal/deadline"
	"manifold/internal/store"
)

// Options are the limits of all calls. A zero field means its default.
type Options struct {
	Timeout     time.Duration // of one call, dial included; default 3 s
	DialTimeout time.Duration // of one TCP connect, name lookup included; default 1 s
	TLSTimeout  time.Duration // of one TLS handshake; default 2 s
	Silence     time.Duration // how long a stream may stand still; default 5 min

	MaxResponse int // bytes of a body, after decompression; default 8 MiB
	MaxMessage  int // bytes of one gRPC message on the wire, in both directions; default 4 MiB
	MaxHeader   int // bytes of a reply's header block, interim answers included; default 64 KiB

	MaxConcurrent int // calls of one upstream that run at once; as many wait for at most 50 ms; default 256

	TimeHeader string // tells upstreams of HTTP how many milliseconds a call has left; default X-Envoy-Expected-Rq-Timeout-Ms; NoHeader: none does

	MaxConns    int           // open connections to one host and port; further calls wait; default 256
	IdleConns   int           // of these, how many are kept without work for longer than a moment; default 64
	IdleTimeout time.Duration // how long a connection is kept without work; default 60 s

	Store *store.Store // keeps replies; nil: none are kept
	Alone bool         // every call is made by itself, even if an equal one is under way

	Faults bool // calls fail on purpose if their requests ask for it: see FaultHeader

	Meter Meter // counts calls; nil: nobody does

	Resolver Resolver // finds the addresses of instances; nil: the system's. It has to be comparable

	RootCAs *x509.CertPool // who may sign an https upstream's certificate; nil: the system's
}

// NoHeader is the name of no header.
const NoHeader = "none"

// withDefaults returns o with every zero field filled.
func (o Options) withDefaults() Options {
	o.Timeout = cmp.Or(o.Timeout, 3*time.Second)
	o.DialTimeout = cmp.Or(o.DialTimeout, time.Second)
	o.TLSTimeout = cmp.Or(o.TLSTimeout, 2*time.Second)
	o.Silence = cmp.Or(o.Silence, 5*time.Minute)
	o.MaxResponse = cmp.Or(o.MaxResponse, 8<<20)
	o.MaxMessage = cmp.Or(o.MaxMessage, 4<<20)
	o.MaxHeader = cmp.Or(o.MaxHeader, 64<<10)
	o.MaxConcurrent = cmp.Or(o.MaxConcurrent, 256)
	o.TimeHeader = cmp.Or(o.TimeHeader, deadline.Header)
	o.MaxConns = cmp.Or(o.MaxConns, 256)
	o.IdleConns = cmp.Or(o.IdleConns, 64)
	o.IdleTimeout = cmp.Or(o.IdleTimeout, time.Minute)
	return o
}

// DefaultOptions returns the limits that hold where nothing else is configured.
func DefaultOptions() Options { return Options{}.withDefaults() }
