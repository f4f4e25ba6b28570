package upstreams

import (
	"context"
	"crypto/tls"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"manifold/internal/deadline"
)

// requestTooLarge is said of a request beyond our limit, or the service's.
const requestTooLarge = "The request is too large for the upstream."

// GRPCTarget is where a gRPC upstream is, and how it is reached.
type GRPCTarget struct {
	// Target is a name as gRPC knows them: dns:///catalog:9102 (all addresses that the name has, which is also what a target
	// without scheme means), passthrough:///127.0.0.1:9102, unix:///run/catalog.sock, or ipv4:10.0.0.1:9102,10.0.0.2:9102.
	Target string
	TLS    bool // or plain HTTP/2
	// Config is how TLS is spoken; nil: with whom the system believes.
	Config *tls.Config
	// Authority is the name that the service is told, and whose certificate it has to have; "": that of the target.
	Authority string
}

// GRPC calls one gRPC upstream: unary methods, the messages as JSON.
//
// Every call goes to the next of the upstream's instances that are connected. It connects by the first call, again by
// itself after a connection was lost, and sends a call a second time only if the instance said that it has not begun with it.
type GRPC struct {
	upstream string
	conn     *grpc.ClientConn
	memory   *memory
	largest  int // bytes of a message
	limit    int // bytes of the JSON of one
	options  []grpc.CallOption
}

// OpenGRPC makes ready to call a gRPC upstream. It connects to nothing. The error says what is wrong with the target.
func OpenGRPC(upstream string, target GRPCTarget, o Options) (*GRPC, error) {
	o = o.withDefaults()
	dial, address, err := grpcAddress(target.Target)
	if err != nil {
		return nil, err
	}
	security := insecure.NewCredentials()
	if target.TLS {
		config := target.Config
		if config == nil {
			config = &tls.Config{RootCAs: o.RootCAs, MinVersion: tls.VersionTLS12}
		}
		security = credentials.NewTLS(config.Clone())
	}
	dial = append(
		dial,
		grpc.WithTransportCredentials(security),
		grpc.WithUserAgent(userAgent),
		grpc.WithDefaultServiceConfig(`{"loadBalancingConfig":[{"round_robin":{}}]}`),
		grpc.WithDisableServiceConfig(), // what a name server says of policies is not asked for
		grpc.WithDisableRetry(),         // there is one place that retries, and this is not it
		grpc.WithContextDialer(dialGRPC(newDialer(o.DialTimeout))),
		grpc.WithMaxHeaderListSize(uint32(o.MaxHeader)),
		grpc.WithConnectParams(grpc.ConnectParams{
			MinConnectTimeout: o.DialTimeout + o.TLSTimeout,
			Backoff:           backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 3 * time.Second},
		}),
		// Servers close connections that are pinged more often than every five minutes, unless they are told otherwise.
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 6 * time.Minute, Timeout: 10 * time.Second}),
	)
	if target.Authority != "" {
		dial = append(dial, grpc.WithAuthority(target.Authority))
	}
	conn, err := grpc.NewClient(address, dial...)
	if err != nil {
		return nil, err
	}
	return &GRPC{
		upstream: upstream, conn: conn, memory: new(memory), largest: o.MaxMessage, limit: 4 * o.MaxMessage,
		options: []grpc.CallOption{
			grpc.ForceCodecV2(rawCodec{}),
			grpc.MaxCallRecvMsgSize(o.MaxMessage),
			grpc.MaxCallSendMsgSize(o.MaxMessage),
		},
	}, nil
}

// Close gives up the connections. Calls in flight fail.
func (g *GRPC) Close() { _ = g.conn.Close() } // it only says that it was closed before

// Conn returns the connection, for questions that are not calls of the user: see Describe.
func (g *GRPC) Conn() grpc.ClientConnInterface { return g.conn }

// Call calls the method c.RPC. Its answer, or the error that is the service's answer to this call, is a Reply with a body of
// JSON: see grpcReply. That there was no answer is an error with one of the codes of callFault, or UPSTREAM_RATE_LIMITED.
func (g *GRPC) Call(ctx context.Context, c *Call) (*Reply, error) {
	md, err := grpcMetadata(c.Headers)
	if err != nil {
		return nil, badCall(g.upstream, "The call's metadata is not valid.", err)
	}
	body := c.Body
	if body == nil {
		body = []byte("{}")
	}
	// The transport may hold the message after the call has ended, so its memory is the collector's.
	message, err := c.RPC.Request.Encode(make([]byte, 0, len(body)+16), body)
	if err != nil {
		return nil, badCall(g.upstream, "The request does not fit the method's message.", err)
	}
	if len(message) > g.largest {
		return nil, badCall(g.upstream, requestTooLarge, tooLarge("the message"))
	}
	if err := over(ctx); err != nil {
		return nil, callFault(ctx, g.upstream, 0, err)
	}
	ctx = deadline.Standard(ctx) // gRPC waits on Done, and derives contexts: cheaper from one of the standard library
	var header metadata.MD
	in := received{memory: g.memory}
	var options [4]grpc.CallOption
	copy(options[:], g.options)
	options[3] = grpc.Header(&header)
	err = g.conn.Invoke(metadata.NewOutgoingContext(ctx, md), c.RPC.Path, sent(message), &in, options[:]...)
	if err == nil {
		r := g.reply(codes.OK, header, in.wire)
		r.Message, r.Limit = c.RPC.Reply, g.limit
		return r, nil
	}
	g.memory.putBlock(in.wire)
	said := status.Convert(err)
	if f := grpcFault(ctx, g.upstream, said, sizes{request: len(message), largest: g.largest}); f != nil {
		return nil, f
	}
	return g.reply(said.Code(), header, errorBody(g.memory, said)), nil
}
