package gateway

import "testing"

func TestResponseType(t *testing.T) {
	t.Parallel()
	const (
		json    = "application/json; charset=utf-8"
		graphql = "application/graphql-response+json; charset=utf-8"
	)
	tests := []struct {
		accept []string
		want   string // "" for a refusal
	}{
		{nil, json},
		{[]string{""}, json},
		{[]string{"*/*"}, json},
		{[]string{"application/*"}, json},
		{[]string{"application/json"}, json},
		{[]string{"Application/JSON"}, json},
		{[]string{"application/graphql-response+json"}, graphql},
		{[]string{"application/graphql-response+json; charset=utf-8"}, graphql},
		{[]string{"application/graphql-response+json; charset=utf-16, application/json"}, json},
		{[]string{"application/graphql-response+json, application/json;q=0.9"}, graphql},
		{[]string{"application/graphql-response+json;q=0.5, application/json;q=0.9"}, json},
		{[]string{"application/json, application/graphql-response+json"}, json},
		{[]string{"application/graphql-response+json, application/json, */*"}, graphql},
		{[]string{"application/graphql-response+json, */*"}, graphql},
		{[]string{"*/*, application/graphql-response+json"}, graphql},
		{[]string{"application/graphql-response+json;q=0.1, */*"}, json},
		{[]string{"application/json;q=0, */*"}, graphql},
		{[]string{"application/json;q=0, application/*;q=0.1"}, graphql},
		{[]string{"text/html", "application/json;q=0.001"}, json},
		{[]string{"text/html, image/png"}, ""},
		{[]string{"application/json;q=0"}, ""},
		{[]string{"*/*;q=0"}, ""},
		{[]string{"application/json;q=2"}, ""},
		{[]string{"application/json;q=1.5"}, ""},
		{[]string{"multipart/mixed"}, ""},
		{[]string{",;,"}, ""},
		{[]string{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}, json},
	}
	for _, test := range tests {
		got, refused := responseType(test.accept)
		if refused != nil != (test.want == "") || refused == nil && got[0] != test.want {
			t.Errorf("%q: %v, %v; want %q", test.accept, got, refused, test.want)
		}
	}
}
