package upstreams

import "strings"

// source is whose replies are kept.
type source struct {
	name     string
	target   string // of gRPC, whose calls do not say where they go; "" for HTTP, where the URL does
	identity string // the header that says who asks; "": none does
	writes   bool   // calls of it may change what a URL stands for
}

// key is what an entry is found by: whose call it is, whether credentials count, and the call, without those that do not count. Of a
// token that says who asks only what it says counts: the next one says the same.
func (k *cache) key(c *Call) string {
	var few [512]byte
	key := appendText(appendText(append(few[:0], 1), k.source.name), k.source.target)
	public := c.Cache != nil && c.Cache.Public
	if !public && k.source.identity == "" {
		return string(c.appendKey(append(key, 'a')))
	}
	open := *c
	open.Headers = make([]Header, 0, len(c.Headers))
	for _, h := range c.Headers {
		if !public && isCredential(h.Name) || !isCredential(h.Name) && !strings.EqualFold(h.Name, k.source.identity) {
			open.Headers = append(open.Headers, h)
		}
	}
	if public {
		key = append(key, 'p')
	} else {
		key = appendText(append(key, 't'), c.told)
	}
	return string(open.appendKey(key))
}

// place is the tag of all that is kept of a URL: a change that goes there makes it invalid, whoever it was for (RFC 9111, 4.4). No tag of a
// user's is like it.
func (k *cache) place(c *Call) string { return "\x00" + k.source.name + "\x00" + string(c.URL) }

func isCredential(name string) bool {
	return strings.EqualFold(name, "Authorization") || strings.EqualFold(name, "Cookie")
}
