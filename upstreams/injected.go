package upstreams

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// FaultHeader is the header of a client's request by which calls fail on purpose, where that is allowed:
//
//	X-Manifold-Fault: reviews=timeout, orders=503@30%, users=delay:200ms
//
// NAME is a source, and * all of them. What happens: timeout, connect, a status, delay:TIME, garbage; with @N% to so many of the calls.
const FaultHeader = "X-Manifold-Fault"

// injecting has calls fail as their request asks for. What it does looks to every policy around as if the upstream did it.
func injecting(upstream string) Policy {
	return func(next Caller) Caller { return &injector{next, upstream} }
}

type injector struct {
	next     Caller
	upstream string
}

func (i *injector) Call(ctx context.Context, c *Call) (*Reply, error) {
	if c.Faults == "" {
		return i.next.Call(ctx, c)
	}
	what, err := faultFor(c.Faults, i.upstream)
	if err != nil {
		return nil, badCall(i.upstream, "The header "+FaultHeader+" is not right: "+err.Error()+".", err)
	}
	name, value, _ := strings.Cut(what, ":")
	switch name {
	case "":
		return i.next.Call(ctx, c)
	case "delay":
		d, _ := time.ParseDuration(value) // it was checked
		select {
		case <-time.After(d):
			return i.next.Call(ctx, c)
		case <-ctx.Done():
			return nil, callFault(ctx, i.upstream, 0, ctx.Err())
		}
	case "timeout":
		<-ctx.Done()
		return nil, callFault(ctx, i.upstream, 0, ctx.Err())
	case "connect":
		return nil, callFault(ctx, i.upstream, 0, errInjected)
	case "garbage":
		return NewReply(http.StatusOK, http.Header{"Content-Type": {mediaType}}, []byte("{ injected")), nil
	default:
		status, _ := strconv.Atoi(name)
		return NewReply(status, http.Header{"Content-Type": {mediaType}}, []byte(`{"error":"injected"}`)), nil
	}
}

var errInjected = errors.New("injected by the client's request")

// faultFor returns what is to happen to a call of an upstream, "" for nothing. The first rule for it counts.
func faultFor(header, upstream string) (what string, err error) {
	found := false
	for rule := range strings.SplitSeq(header, ",") {
		name, does, ok := strings.Cut(strings.TrimSpace(rule), "=")
		if !ok {
			return "", fmt.Errorf("%q is not NAME=FAULT", strings.TrimSpace(rule))
		}
		does, part, some := strings.Cut(does, "@")
		percent := 100.0
		if some {
			if percent, err = strconv.ParseFloat(strings.TrimSuffix(part, "%"), 64); err != nil || !strings.HasSuffix(part, "%") || percent < 0 || percent > 100 {
				return "", fmt.Errorf("%q is not a part of the calls, as 30%%", part)
			}
		}
		if !knownFault(does) {
			return "", fmt.Errorf("%q is not timeout, connect, garbage, delay:200ms or a status", does)
		}
		if found || name != upstream && name != "*" {
			continue
		}
		found = true
		if rand.Float64()*100 < percent {
			what = does
		}
	}
	return what, nil
}

func knownFault(s string) bool {
	switch s {
	case "timeout", "connect", "garbage":
		return true
	}
	if d, ok := strings.CutPrefix(s, "delay:"); ok {
		t, err := time.ParseDuration(d)
		return err == nil && t >= 0 && t <= time.Minute
	}
	n, err := strconv.Atoi(s)
	return err == nil && n >= 200 && n <= 599
}
