package proxy

import (
	"net/http"
	"net/url"
	"strings"
)

// reply makes a reply of the upstream ours. Only what would lead a client past the gateway is changed.
func (x *exchange) reply(res *http.Response) error {
	for _, name := range []string{"Location", "Content-Location"} {
		if values := res.Header[name]; len(values) == 1 {
			if public, ok := x.public(values[0]); ok {
				res.Header[name] = []string{public}
			}
		}
	}
	delete(res.Header, "Alt-Svc") // where else the upstream can be reached, which is not where we can
	return nil
}

// public returns the public path of an address below the source's base. Others, and those relative to the path of the request, stay as
// they are.
func (x *exchange) public(address string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Opaque != "" || u.User != nil {
		return "", false
	}
	path := u.EscapedPath()
	switch {
	case u.Host == "" && (u.Scheme != "" || !strings.HasPrefix(path, "/")):
		return "", false
	case u.Host != "" && (!strings.EqualFold(u.Host, x.target.Host) || (u.Scheme != "" && u.Scheme != x.target.Scheme)):
		return "", false
	}
	rest, below := strings.CutPrefix(path, x.base)
	if !below || (rest != "" && rest[0] != '/') {
		return "", false
	}
	path = x.stripped + rest
	switch {
	case path == "":
		path = "/"
	case strings.HasPrefix(path, "//"): // that would name a host
		return "", false
	}
	out := path
	if u.RawQuery != "" || u.ForceQuery {
		out += "?" + u.RawQuery
	}
	if u.Fragment != "" {
		out += "#" + u.EscapedFragment()
	}
	return out, true
}
