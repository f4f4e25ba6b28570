package store

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/redis/rueidis"
)

// RedisOptions say which Redis is the second tier.
type RedisOptions struct {
	// URL is redis://user:password@host:port/db, rediss:// for TLS, or unix://user:password@/path?db=0. CheckURL says what is wrong
	// with one; a store with a URL that is wrong counts errors.
	URL string
	// Prefix begins all keys, so that several gateways, or versions of one, may share a Redis.
	Prefix string
}

// Patience with Redis.
const (
	operationTime = 50 * time.Millisecond  // of one that a request may wait for
	connectTime   = 250 * time.Millisecond // and as long for the greeting
	probeTime     = 2 * connectTime
)

// CheckURL says what is wrong with the URL of a Redis; nil if nothing is.
func CheckURL(url string) error {
	_, err := clientOption(url)
	return err
}

// clientOption reads the URL of one Redis.
func clientOption(url string) (rueidis.ClientOption, error) {
	o, err := rueidis.ParseURL(url)
	switch {
	case err != nil: // it may hold the whole URL, password included
		return o, errors.New("it is not redis://, rediss:// or unix:// with an address and, if need be, the number of a database")
	case len(o.InitAddress) != 1 || o.Sentinel.MasterSet != "":
		return o, errors.New("it has to name one Redis; addr and master_set are not taken")
	case o.InitAddress[0] == "":
		return o, errors.New("it names no path of a socket")
	}
	o.ForceSingleClient = true
	o.AlwaysRESP2 = true // all that we need, and no messages that nobody asked for
	o.DisableRetry = true
	o.DisableCache = true
	o.ClientSetInfo = rueidis.DisableClientSetInfo
	o.ConnWriteTimeout = connectTime
	o.Dialer = net.Dialer{Timeout: connectTime}
	o.ReadBufferEachConn, o.WriteBufferEachConn = 64<<10, 64<<10
	return o, nil
}

// connect returns a client, also if Redis is not there: it then connects with the next operation. Its connections end with ctx.
func connect(ctx context.Context, url string) (rueidis.Client, error) {
	o, err := clientOption(url)
	if err != nil {
		return nil, err
	}
	network := "tcp"
	if o.DialCtxFn != nil { // of ParseURL, for unix
		network = "unix"
	}
	o.DialCtxFn = func(dialing context.Context, address string, d *net.Dialer, t *tls.Config) (net.Conn, error) {
		dialing, cancel := context.WithCancel(dialing)
		defer cancel()
		defer context.AfterFunc(ctx, cancel)()
		c, err := dial(dialing, network, address, d, t)
		if err != nil {
			return nil, fmt.Errorf("connect to Redis: %w", err)
		}
		return &guard{Conn: c, stop: context.AfterFunc(ctx, func() { c.Close() })}, nil
	}
	client, err := rueidis.NewClient(o)
	if client != nil {
		return client, nil
	}
	return nil, err
}

func dial(ctx context.Context, network, address string, d *net.Dialer, t *tls.Config) (net.Conn, error) {
	if t == nil {
		return d.DialContext(ctx, network, address)
	}
	secure := tls.Dialer{NetDialer: d, Config: t}
	return secure.DialContext(ctx, network, address)
}
