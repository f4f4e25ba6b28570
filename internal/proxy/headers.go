package proxy

import (
	"net/http"
	"net/http/httputil"
	"net/netip"
	"strings"
)

// rewrite makes the request that is sent. httputil has taken off what belongs to the connection, and what Connection lists, before the
// rules are applied: a client cannot have a header of ours dropped by listing it.
func (x *exchange) rewrite(pr *httputil.ProxyRequest) {
	x.sent = true
	out := pr.Out
	client := *out.URL
	*out.URL = *x.target
	out.URL.RawQuery = query(x.target.RawQuery, client.RawQuery)
	out.URL.ForceQuery = client.ForceQuery
	out.Host = ""

	x.dropUnsaid(out.Header)
	x.tellOrigin(out.Header)
	for name, values := range x.headers {
		if len(values) == 0 {
			delete(out.Header, name)
			continue
		}
		out.Header[name] = values
	}
	if !strings.EqualFold(out.Header.Get("Upgrade"), "websocket") { // h2c would be a tunnel past all that is decided here
		out.Header.Del("Upgrade")
		out.Header.Del("Connection")
	}
	if out.Body != nil {
		out.Body = x.upload(out)
	}
}

// dropUnsaid takes out the headers that are not the client's to set, however they are spelt.
func (x *exchange) dropUnsaid(h http.Header) {
	for name := range h {
		if !x.says(name) {
			delete(h, name)
		}
	}
}

// says reports whether a client may set a header: not one that a rule of the source makes, nor one by which a proxy tells where a
// request comes from and what it was before.
func (x *exchange) says(name string) bool {
	key := folded(name)
	switch key {
	case "forwarded", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip", "cf-connecting-ip",
		"x-original-url", "x-original-host", "x-rewrite-url", "proxy":
		return false
	case "x-http-method-override", "x-http-method", "x-method-override":
		return x.limit == nil // else the method would be another one than was let through
	}
	return !strings.HasPrefix(key, "x-forwarded") && !x.rules.names[key]
}

// tellOrigin says where the request comes from: as everybody does, and as RFC 7239 wants it.
func (x *exchange) tellOrigin(h http.Header) {
	proto := "http"
	if x.in.TLS != nil {
		proto = "https"
	}
	forwarded := "proto=" + proto
	if quoted := quotedHost(x.in.Host); quoted != "" {
		forwarded = "host=" + quoted + ";" + forwarded
		h["X-Forwarded-Host"] = []string{x.in.Host}
	}
	if peer, err := netip.ParseAddrPort(x.in.RemoteAddr); err == nil {
		addr := peer.Addr().Unmap().WithZone("")
		h["X-Forwarded-For"] = []string{addr.String()}
		node := addr.String()
		if addr.Is6() {
			node = `"[` + node + `]"`
		}
		forwarded = "for=" + node + ";" + forwarded
	}
	h["X-Forwarded-Proto"] = []string{proto}
	h["Forwarded"] = []string{forwarded}
	if x.stripped != "" {
		h["X-Forwarded-Prefix"] = []string{x.stripped}
	}
}

// quotedHost is a Host header as a quoted text, "" if there is none. One with a quote in it is none.
func quotedHost(host string) string {
	if host == "" || strings.ContainsAny(host, `"\`) {
		return ""
	}
	return `"` + host + `"`
}
