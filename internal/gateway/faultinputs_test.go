package gateway

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"manifold/internal/faulty"
	"manifold/schema"
)

const oneSDL = `
extend schema @source(name: "api", http: { baseURL: "ADDRESS", headers: [{ name: "Authorization", from: "Authorization" }] })
type Query { a(x: String): Int @connect(source: "api", http: { GET: "/internal", queryParams: "x: $args.x" }) }`

// leak is what services say of themselves; no client may see it.
const leak = `SELECT * FROM users WHERE id=1; panic at /srv/app/main.go:12; http://10.0.0.7:5432/secret "} {{.}}`

// safeCases are the table S, but for values that clients choose (safeValues) and the environment of proxies (safeProxies).
func safeCases() []faultCase {
	var cases []faultCase
	one := func(id string, code, outcome string, does faulty.Behaviour) faultCase {
		return faultCase{
			id: id, sdl: oneSDL, does: func(*http.Request) faulty.Behaviour { return does },
			secrets: []string{"SELECT", "panic", "main.go", "10.0.0.7", "127.0.0.1", "internal", "dial", "http://", "mine", "bearer"},
			steps: []faultStep{{
				query: `{ a(x: "mine") }`, header: map[string]string{"Authorization": "bearer of it"}, data: `{"a":null}`, code: code, path: `["a"]`, calls: 1,
				metrics: map[string]float64{called(outcome): 1},
			}},
		}
	}
	// S2: what a name stands for, and what is written, may not be where clouds keep the credentials of machines, nor no host at all.
	for _, address := range []string{
		"169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255",
	} {
		c := one("S2 "+address, "UPSTREAM_UNAVAILABLE", "unavailable", faulty.Behaviour{Body: "1"})
		c.steps[0].calls = 0
		c.setup = func(o *Options, _ *faultWorld) {
			o.Overlays = map[string]schema.Overlay{"api": {Instances: schema.Instances{List: []schema.Instance{{Address: net.JoinHostPort(address, "80")}}}}}
		}
		byName := c
		byName.id += " by its name"
		byName.setup = func(o *Options, _ *faultWorld) {
			o.Upstreams.Resolver = told{address}
			o.Overlays = map[string]schema.Overlay{"api": {Instances: schema.Instances{DNS: "cdn.test:80", Every: time.Second}}}
		}
		cases = append(cases, c, byName)
	}
	// S3: a redirect is not followed, and credentials go nowhere.
	for _, status := range []int{301, 302, 303, 307, 308} {
		c := one(fmt.Sprint("S3 ", status), "UPSTREAM_BAD_RESPONSE", "ok", faulty.Behaviour{})
		c.services = 2
		c.setup = func(_ *Options, w *faultWorld) {
			w.services[0].Do(faulty.Behaviour{Status: status, Header: "Location: " + w.services[1].URL() + "/evil\r\n"})
			w.services[1].Do(faulty.Behaviour{Body: "1"})
		}
		cases = append(cases, c)
	}
	// S7: what a method is, and what belongs to gRPC, is not for clients to say: such a schema is not served.
	for name, c := range map[string]struct{ metadata, method, refused string }{
		"a method of the client's":   {``, `notes.Notes/{$args.m}`, `there is no method notes.Notes/{$args.m}`},
		"metadata of gRPC":           {`{ name: "grpc-timeout", value: "1S" }`, `notes.Notes/Get`, "the metadata grpc-timeout belongs to gRPC itself"},
		"metadata that are binary":   {`{ name: "x-bin", value: "{$args.m}" }`, `notes.Notes/Get`, "the metadata x-bin belongs to gRPC itself, or is binary"},
		"metadata of the connection": {`{ name: "Connection", value: "{$args.m}" }`, `notes.Notes/Get`, "Connection"},
	} {
		cases = append(cases, faultCase{
			id: "S7 " + name, refused: c.refused,
			setup: func(o *Options, _ *faultWorld) {
				o.Read = func(string) ([]byte, error) { return []byte(notesProto), nil }
			},
			sdl: fmt.Sprintf(`
extend schema @source(name: "api", grpc: { target: "dns:///notes.test:1", proto: "notes.proto" })
type Query { a(m: String!): Note @connect(source: "api", grpc: { method: %q, metadata: [%s] }, selection: "text") }
type Note { text: String }`, c.method, c.metadata),
		})
	}
	// S8: what a service says of itself is not told.
	return append(cases,
		one("S8 in a status", "UPSTREAM_ERROR", "5xx", faulty.Behaviour{Status: 500, Type: "text/plain", Body: leak}),
		one("S8 in JSON", "UPSTREAM_ERROR", "5xx", faulty.Behaviour{Status: 503, Body: `{"error":` + strconvJSON(leak) + `}`}),
		one("S8 in a header", "UPSTREAM_BAD_RESPONSE", "ok", faulty.Behaviour{Type: "SELECT/html", Body: leak}),
		one("S8 in broken JSON", "UPSTREAM_BAD_RESPONSE", "ok", faulty.Behaviour{Body: `{"a":"` + leak}),
		one("S8 in another type", "UPSTREAM_BAD_RESPONSE", "ok", faulty.Behaviour{Body: strconvJSON(leak)}),
		one("S8 instead of HTTP", "UPSTREAM_BAD_RESPONSE", "bad_response", faulty.Behaviour{Fault: faulty.Garbage}),
	)
}

const notesProto = `syntax = "proto3"; package notes; service Notes { rpc Get(Note) returns (Note); } message Note { string text = 1; }`

// told is a name server that says the same of every name.
type told struct{ address string }

func (n told) LookupHost(context.Context, string) ([]string, error) { return []string{n.address}, nil }

func (n told) LookupSRV(context.Context, string, string, string) (string, []*net.SRV, error) {
	return "", nil, nil
}
