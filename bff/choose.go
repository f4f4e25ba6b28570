package bff

import (
	"net/http"
	"strings"
)

// Clients that share a prefix are told apart by the header X-Client, which names one of them, else by the kind of device that
// User-Agent tells of, if a client is called like it: agent, tv, tablet, mobile or web. Else it is the client declared first.

// varyByDevice are the headers that decide.
var varyByDevice = []string{"X-Client, User-Agent"}

// Choose picks the client that a request comes from, of clients that share a prefix.
func Choose(clients []*Client, h http.Header) *Client {
	for _, name := range []string{h.Get("X-Client"), deviceOf(h.Get("User-Agent"))} {
		for _, c := range clients {
			if strings.EqualFold(c.Name, name) {
				return c
			}
		}
	}
	return clients[0]
}

// choose picks the operation of that client; of the first that has one if its own has none.
func choose(clients []*Client, ops []*Operation, h http.Header) *Operation {
	c := Choose(clients, h)
	for _, o := range ops {
		if o.Client == c {
			return o
		}
	}
	return ops[0]
}

// deviceOf guesses the kind of device from the products that a User-Agent names. The order matters: a television also says
// Android, a tablet also says Mobile, and every browser says Mozilla.
func deviceOf(agent string) string {
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(agent, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("GPTBot", "ClaudeBot", "Claude-User", "ChatGPT-User", "PerplexityBot", "Googlebot", "bingbot"):
		return "agent"
	case has("SmartTV", "SMART-TV", "Smart-TV", "AppleTV", "Apple TV", "GoogleTV", "Android TV", "BRAVIA", "CrKey", "Roku", "Tizen", "Web0S", "webOS", "AFTS", "AFTM", "AFTT", "HbbTV", "NetCast"):
		return "tv"
	case has("iPad", "Tablet", "PlayBook", "Silk/"), has("Android") && !has("Mobile"):
		return "tablet"
	case has("iPhone", "iPod", "Android", "Mobile", "okhttp", "CFNetwork", "Dart/"):
		return "mobile"
	default:
		return "web"
	}
}
