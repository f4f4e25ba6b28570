package upstreams

import (
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"
)

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
		if out := public && isCredential(h.Name) || strings.EqualFold(h.Name, k.source.identity); !out {
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

// places is into how many parts the URLs of a source are divided where Redis has to know of each.
const places = 4096

// place is the tag of all that is kept of a URL: a change that goes there makes it invalid, whoever it was for (RFC 9111, 4.4). No tag of a
// user's is like it. In a Redis, of which every gateway reads all tags that are in use again when one of them has changed, it is the tag of
// all URLs of one part: so a change takes a few others with it, and there are never too many tags.
func (k *cache) place(c *Call) string {
	if k.store.Shared() {
		return "\x00" + k.source.name + "\x01" + strconv.FormatUint(xxhash.Sum64(c.URL)%places, 36)
	}
	return "\x00" + k.source.name + "\x00" + string(c.URL)
}

func isCredential(name string) bool {
	return strings.EqualFold(name, "Authorization") || strings.EqualFold(name, "Cookie")
}
