package upstreams

import "context"

// plain calls one upstream by HTTP/1.1 over the kept connections of its host.
type plain struct {
	upstream string
	origin   *origin
	common   string
	host     *host
	memory   *memory
	options  *Options
}

// Call sends c and reads the whole answer. A call that finds its kept connection closed by the upstream is sent once
// more, over a new connection, if nothing of it was sent, or if its method allows and nothing of the answer has come.
func (p *plain) Call(ctx context.Context, c *Call) (*Reply, error) {
	target, err := p.origin.target(c.URL)
	if err != nil {
		return nil, badCall(p.upstream, "The call's URL is not one of the upstream.", err)
	}
	if err := checkCall(c); err != nil {
		return nil, badCall(p.upstream, "The call's method or headers are not valid.", err)
	}
	if err := over(ctx); err != nil {
		return nil, callFault(ctx, p.upstream, 0, err)
	}
	x := p.memory.exchange()
	defer p.memory.putExchange(x)
	x.ctx, x.memory, x.options = ctx, p.memory, p.options
	x.deadline, _ = ctx.Deadline()
	x.request = appendRequest(x.request, c, target, p.common, told{p.options.TimeHeader, x.deadline})

	for fresh := false; ; fresh = true {
		cn, used, err := p.host.get(ctx, fresh)
		if err != nil {
			return nil, callFault(ctx, p.upstream, 0, err)
		}
		if err = x.run(cn, c.Method); err == nil {
			return p.finish(x, cn)
		}
		p.host.drop(cn)
		again := used && x.untouched() && (x.unsent || repeatable(c.Method)) && over(ctx) == nil
		if !again {
			return nil, callFault(ctx, p.upstream, x.head.status, err)
		}
	}
}

// finish makes the reply of an answer that was read to its end, and gives the connection back.
func (p *plain) finish(x *exchange, cn *conn) (*Reply, error) {
	body := x.in.b[x.body:x.end]
	var unzipped *block
	if x.head.coding != codingNone && len(body) > 0 {
		var err error
		if unzipped, err = p.memory.decompress(x.head.coding, body, p.options.MaxResponse); err != nil {
			p.host.drop(cn)
			return nil, callFault(x.ctx, p.upstream, x.head.status, err)
		}
		body = unzipped.b
	}
	if x.reusable() {
		p.host.put(cn)
	} else {
		p.host.drop(cn)
	}
	r := p.memory.reply()
	r.Status, r.ContentType, r.Body = x.head.status, x.contentType, body
	r.lines = x.in.b[x.lines:x.headEnd]
	r.raw, r.plain = x.in, unzipped
	x.in = nil // it is the reply's now
	return r, nil
}
