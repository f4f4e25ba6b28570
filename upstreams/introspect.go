package upstreams

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"manifold/internal/introspect"
)

const (
	introspectTime  = 10 * time.Second // how long a service may take to tell its schema
	introspectBytes = 32 << 20         // how long the schema may be
)

// Introspect asks the GraphQL service at url for its schema by a POST, and returns its reply. A service that does not know the
// words of the latest edition is asked again in older ones. It is meant for the loading of a schema: it connects, asks, and
// closes. Of o the limits on time and size are not used; there are own ones.
func Introspect(ctx context.Context, url string, headers []Header, o Options) ([]byte, error) {
	o.Timeout, o.MaxResponse = introspectTime, introspectBytes
	ctx, cancel := context.WithTimeout(ctx, introspectTime)
	defer cancel()
	set, err := Open(nil, o, nil)
	if err != nil {
		return nil, err
	}
	defer set.Close()
	body, _, err := ask(ctx, set, url, headers, introspect.QueryAll)
	if err != nil || introspect.Answered(body) {
		return body, err
	}
	body, status, err := ask(ctx, set, url, headers, introspect.Query)
	if err != nil || introspect.Answered(body) {
		return body, err
	}
	if status != 200 {
		return nil, fmt.Errorf("it answers with status %d", status)
	}
	return body, nil // what is wrong with it is said by who reads it
}

// ask sends one query. The body is the caller's.
func ask(ctx context.Context, set *Set, url string, headers []Header, query string) (body []byte, status int, err error) {
	text, err := json.Marshal(struct {
		Query string `json:"query"`
	}{query})
	if err != nil {
		return nil, 0, err
	}
	reply, err := set.Absolute().Call(ctx, &Call{
		Method: "POST", URL: []byte(url), Body: text,
		Headers: append([]Header{{Name: "Accept", Value: "application/graphql-response+json, application/json"}}, headers...),
	})
	if err != nil {
		return nil, 0, err
	}
	defer reply.Release()
	return append([]byte(nil), reply.Body...), reply.Status, nil
}

// IntrospectBy returns what asks a GraphQL service for its schema under the limits o.
func IntrospectBy(o Options) func(url string, headers []introspect.Header) (*introspect.Schema, error) {
	return func(url string, headers []introspect.Header) (*introspect.Schema, error) {
		list := make([]Header, len(headers))
		for i, h := range headers {
			list[i] = Header(h)
		}
		text, err := Introspect(context.Background(), url, list, o)
		if err != nil {
			return nil, err
		}
		return introspect.ParseReply(url, text)
	}
}
