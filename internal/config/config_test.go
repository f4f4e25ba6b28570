package config_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"manifold/internal/config"
	"manifold/schema"
)

// world has a few variables and files.
func world() config.World {
	env := map[string]string{"URL": "http://env.internal", "EMPTY": "", "LIMIT": "512KiB", "TRICK": "a: {b: ${URL}}", "TOKEN": "s3cr3t"}
	files := map[string]string{"token": "f1le\r\n", "empty": "", "large": strings.Repeat("x", 70_000)}
	return config.World{
		Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		ReadFile: func(path string) ([]byte, error) {
			text, ok := files[path]
			if !ok {
				return nil, fs.ErrNotExist
			}
			return []byte(text), nil
		},
	}
}

func parse(t *testing.T, text string) *config.Config {
	t.Helper()
	c, err := config.Parse("gateway.yaml", text, world())
	if err != nil {
		t.Fatalf("%v", err)
	}
	return c
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]*config.Config{"no file": config.Default(), "comments": parse(t, "# nothing\n")} {
		if c.Listen != ":8080" || c.Admin != "" || c.Mode != config.Production || len(c.Schema) != 1 || c.Schema[0].Value != "gateway.graphql" ||
			c.Limits.Body != 1<<20 || c.Limits.Tokens != 4000 || c.Limits.Upstream.Timeout != config.Duration(3*time.Second) {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

func TestEveryKindOfValue(t *testing.T) {
	t.Parallel()
	c := parse(t, `# how it runs
listen: 127.0.0.1:0
admin: "[::1]:9090"
mode: development
schema: [ "a.graphql", more/ ]
sources:
  users:
    http:
      baseURL: ${URL}/v1
      headers:
        - { name: Authorization, value: "Bearer ${file:token}" }
    config:
      tenant: "${TOKEN}"
      page: { size: 50, on: [true, null, 1.50, 017, 12345678901234567890] }
      text: |
        two
        lines
  "7": { http: { baseURL: "http://${NONE:-fallback}:80" } }
limits:
  body: ${LIMIT}
  tokens: 2_000
  upstream: { timeout: 1m30s, maxResponse: 4096 }
`)
	users := c.Sources["users"]
	if c.Listen != "127.0.0.1:0" || c.Admin != "[::1]:9090" || c.Mode != config.Development || len(c.Schema) != 2 || c.Schema[1].Value != "more/" {
		t.Errorf("%+v", c)
	}
	if users.HTTP.BaseURL.Value != "http://env.internal/v1" || users.HTTP.BaseURL.At.Line != 9 || users.HTTP.BaseURL.At.Column != 16 {
		t.Errorf("%+v", users.HTTP.BaseURL)
	}
	if c.Sources["7"].HTTP.BaseURL.Value != "http://fallback:80" {
		t.Errorf("%+v", c.Sources["7"])
	}
	if got := users.HTTP.Headers[0].Value.Reveal(); got != "Bearer f1le" {
		t.Errorf("header %q", got)
	}
	for name, want := range map[string]string{
		"tenant": `"s3cr3t"`, "page": `{"size":50,"on":[true,null,1.50,"017",12345678901234567890]}`, "text": `"two\nlines\n"`,
	} {
		if got := string(users.Config[name]); got != want {
			t.Errorf("config.%s is %s, want %s", name, got, want)
		}
	}
	if c.Limits.Body != 512<<10 || c.Limits.Tokens != 2000 || c.Limits.Upstream.MaxResponse != 4096 ||
		c.Limits.Upstream.Timeout != config.Duration(90*time.Second) || c.Limits.Aliases != 100 {
		t.Errorf("%+v", c.Limits)
	}
	if len(c.Files) != 1 || c.Files[0].Path != "token" {
		t.Errorf("files %+v", c.Files)
	}
	o := c.Overlays()["users"]
	if o.BaseURL != "http://env.internal/v1" || o.At.Line != 7 || o.At.Column != 3 || o.Headers[0].At.Line != 11 {
		t.Errorf("overlay %+v", o)
	}
}

// What is said of a source stands under its transport; what is said of another one is not lost, so that it can be refused.
func TestOverlaysOfEachTransport(t *testing.T) {
	t.Parallel()
	c := parse(t, `sources:
  a: { grpc: { target: "dns:///a:1", metadata: [{ name: x, value: y }] } }
  b: { graphql: { url: "http://b/graphql", headers: [{ name: X, value: y }] } }
  c: { http: { baseURL: "http://c" }, graphql: { url: "http://c/graphql" } }
  d: { config: { x: 1 } }
`)
	all := c.Overlays()
	if o := all["a"]; o.Transport != "grpc" || o.BaseURL != "dns:///a:1" || len(o.Headers) != 1 || o.Headers[0].Value != "y" || o.BaseURLAt.Line != 2 || len(o.Also) != 0 {
		t.Errorf("a: %+v", o)
	}
	if o := all["b"]; o.Transport != "graphql" || o.BaseURL != "http://b/graphql" || len(o.Headers) != 1 {
		t.Errorf("b: %+v", o)
	}
	if o := all["c"]; o.Transport != "http" || !slices.Equal(o.Also, []string{"graphql"}) {
		t.Errorf("c: %+v", o)
	}
	if o := all["d"]; o.Transport != "" || len(o.Also) != 0 || len(o.Config) != 1 {
		t.Errorf("d: %+v", o)
	}
}

// What a variable brings in is a text: no YAML, and not expanded again.
func TestExpandedOnce(t *testing.T) {
	t.Parallel()
	c := parse(t, "sources: { a: { config: { x: '${TRICK}' } } }\n")
	if got := string(c.Sources["a"].Config["x"]); got != `"a: {b: ${URL}}"` {
		t.Errorf("got %s", got)
	}
}

func TestSecretsAreNeverShown(t *testing.T) {
	t.Parallel()
	c := parse(t, `sources: { a: { http: { headers: [{ name: A, value: "${TOKEN}" }] }, config: { x: "${TOKEN}" } } }`)
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "config", c, "secret", c.Sources["a"].HTTP.Headers[0].Value, "values", c.Sources["a"].Config)
	secret := c.Sources["a"].HTTP.Headers[0].Value
	for how, text := range map[string]string{
		"JSON": string(asJSON), "log": log.String(), "%v": fmt.Sprintf("%v %s", secret, c.Sources["a"].Config),
		"%+v": fmt.Sprintf("%+v", c), "%#v": fmt.Sprintf("%#v %#v", secret, c.Sources["a"].Config),
	} {
		if strings.Contains(text, "s3cr3t") || !strings.Contains(text, "redacted") {
			t.Errorf("%s: %s", how, text)
		}
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 70)
	tests := []struct{ name, text, want string }{
		{"empty file", "", "1:1: the file is empty"},
		{"blank file", " \n\n", "1:1: the file is empty"},
		{"list", "- a\n", "1:1: the file holds keys with values, and this is a list"},
		{"a word", "hello\n", "1:1: the file holds keys with values, and this is a single value"},
		{"unknown key", "lsiten: :80\n", "1:1: lsiten: there is no key lsiten here\n  hint: did you mean listen?"},
		{"unknown key inside", "limits:\n  tokns: 5\n", "2:3: limits.tokns: there is no key tokns here\n  hint: did you mean tokens?"},
		{"unknown key in flow", "limits: { body: 1MiB, upstream: { timeot: 1s } }\n", "1:35: limits.upstream.timeot: there is no key timeot here\n  hint: did you mean timeout?"},
		{"twice", "listen: :80\nlisten: :81\n", "2:1: listen: the key is there twice"},
		{"no value", "listen:\n", "1:9: listen: there is no value"},
		{"no source", "sources:\n  users:\n", "2:10: sources.users: there is no value"},
		{"address without port", "listen: localhost\n", `1:9: listen: "localhost" is not an address: host:port is needed`},
		{"port", "admin: :99999\n", `1:8: admin: ":99999" is not an address: the port is a number up to 65535`},
		{"named port", "listen: :http\n", "1:9: listen:"},
		{"a number for an address", "listen: 8080\n", `1:9: listen: "8080" is not an address`},
		{"mode", "mode: dev\n", `1:7: mode: "dev" is not a mode`},
		{"mode, hint", "mode: developmnt\n", "did you mean development?"},
		{"size", "limits: { body: 1MB }\n", "1:17: limits.body: \"1MB\" is not a size\n  hint: for example 256KiB"},
		{"negative size", "limits: { body: -1 }\n", `1:17: limits.body: "-1" is not a size`},
		{"small size", "limits: { body: 12 }\n", "1:17: limits.body: the value is too small: at least 1KiB"},
		{"large size", "limits: { body: 2GiB }\n", "1:17: limits.body: the value is too large: at most 1GiB"},
		{"huge size", "limits: { body: 9223372036854775807GiB }\n", "is too large"},
		{"number", "limits: { tokens: many }\n", `1:19: limits.tokens: "many" is not a whole number`},
		{"broken number", "limits: { tokens: 1.5 }\n", `1:19: limits.tokens: "1.5" is not a whole number`},
		{"zero", "limits: { tokens: 0 }\n", "1:19: limits.tokens: the value is too small: at least 1"},
		{"time span without unit", "limits: { upstream: { timeout: 5 } }\n", "1:32: limits.upstream.timeout: \"5\" is not a time span\n  hint: for example 800ms"},
		{"negative time span", "limits: { upstream: { timeout: -5s } }\n", `"-5s" is not a time span`},
		{"long time span", "limits: { upstream: { timeout: 2h } }\n", "limits.upstream.timeout: the value is too large: at most 10m"},
		{"list for a number", "limits: { tokens: [1] }\n", "1:19: limits.tokens: a single value is needed, and this is a list"},
		{"mapping for a text", "listen: { a: 1 }\n", "1:9: listen: a single value is needed, and this is a mapping"},
		{"text for a mapping", "limits: lots\n", "1:9: limits: limits holds keys with values, and this is a single value"},
		{"no schema", "schema: []\n", "1:9: schema: the list is empty"},
		{"empty schema name", "schema: [a, '']\n", "1:13: schema[1]: the text is empty"},
		{"headers as mapping", "sources: { a: { http: { headers: { A: b } } } }\n", "1:34: sources.a.http.headers: a list is needed, and this is a mapping"},
		{"header without value", "sources: { a: { http: { headers: [{ name: A }] } } }\n", "1:35: sources.a.http.headers[0]: the key value is missing"},
		{"header from", "sources: { a: { http: { headers: [{ name: A, from: B, value: c }] } } }\n", "1:46: sources.a.http.headers[0].from: there is no key from here"},
		{"unset variable", "listen: ${NONE}\n", "1:9: listen: the environment variable NONE is not set\n  hint: set it, or write ${NONE:-default}"},
		{"unset inside a text", "sources: { a: { http: { baseURL: \"http://${NONE}/v1\" } } }\n", "1:42: sources.a.http.baseURL: the environment variable NONE"},
		{"unset in config", "sources:\n  a:\n    config:\n      list: [1, \"ü ${NONE}\"]\n", "4:20: sources.a.config.list[]: the environment variable NONE"},
		{"empty variable", "listen: ${EMPTY}\n", "1:9: listen:"},
		{"bad name", "listen: ${A-B}\n", "1:9: listen: ${A-B} is not a name of an environment variable"},
		{"not closed", "mode: a${URL\n", "1:8: mode: ${ is not closed"},
		{"no such file", "mode: ${file:none}\n", "1:7: mode: the file none cannot be read"},
		{"empty secret", "mode: ${file:empty}\n", "1:7: mode: the file empty is empty"},
		{"large secret", "mode: ${file:large}\n", "1:7: mode: the file large is larger than 64 KiB"},
		{"no file name", "mode: ${file:}\n", "1:7: mode: ${file:} names no file"},
		{"anchor", "listen: &a :80\n", "1:9: listen: anchors, aliases and tags"},
		{"alias", "listen: *a\n", "anchors, aliases and tags"},
		{"tag", "limits: { tokens: !!int '3' }\n", "1:19: limits.tokens: anchors, aliases and tags"},
		{"merge", "limits: { <<: { tokens: 3 } }\n", "1:11: limits: this cannot be a key"},
		{"alias in config", "sources: { a: { config: { x: *b } } }\n", "1:30: sources.a.config.x: JSON cannot say this"},
		{"infinity in config", "sources: { a: { config: { x: .inf } } }\n", "1:30: sources.a.config.x: JSON cannot say this"},
		{"two documents", "listen: :80\n---\nlisten: :81\n", "3:1: there is a second document"},
		{"syntax", "limits: { body: 1MiB\nmode: production\n", "this is not YAML"},
		{"quote", "listen: ':80\n", "1:9: this is not YAML: could not find end"},
		{"indentation", "listen: :80\n admin: :81\n", "this is not YAML"},
		{"tab", "limits:\n\ttokens: 5\n", "this is not YAML"},
		{"too deep", "x: " + deep, "1:68: more than 64 levels"},
		{"too many dashes", strings.Repeat("- ", 70), "more than 64 levels"},
		{"too large", "# " + strings.Repeat("x", 1<<20), "1:1: the file is larger than 1 MiB"},
		{"no keys", "auth:\n  jwt:\n    - { issuer: a, algorithms: [RS256] }\n", "auth.jwt: the keys of jwt come from one place: jwks, keys or secret"},
		{"none", "auth:\n  jwt:\n    - { issuer: a, algorithms: [none], jwks: \"https://a/k\" }\n", "\"none\" is not a way of signing that is taken"},
		{"confusion", "auth:\n  jwt:\n    - { issuer: a, algorithms: [HS256], jwks: \"https://a/k\" }\n", "HS256 does not go with these keys"},
		{"short secret", "auth:\n  jwt:\n    - { issuer: a, algorithms: [HS256], secret: abc }\n", "the secret is shorter than 32 bytes"},
		{"plain http", "auth:\n  jwt:\n    - { issuer: a, algorithms: [RS256], jwks: \"http://a/k\" }\n", "keys have to come over https"},
		{"bad keys", "auth:\n  jwt:\n    - { issuer: a, algorithms: [RS256], keys: abc }\n", "the keys cannot be read: it is neither a JWK set nor PEM"},
		{"twice", "auth:\n  jwt:\n    - { issuer: a, algorithms: [RS256], jwks: \"https://a/k\" }\n    - { issuer: b, algorithms: [RS256], jwks: \"https://b/k\" }\n", "two methods are called jwt"},
		{"api key", "auth:\n  apiKeys:\n    keys: [{ sha256: abc, owner: a }]\n", "sha256 has to be 64 hexadecimal digits"},
		{"expiry", "auth:\n  apiKeys:\n    keys: [{ sha256: abc, owner: a, expires: soon }]\n", "\"soon\" is not a day"},
		{"graphql", "graphql: closed\n", "1:10: graphql: \"closed\" is neither open, trusted nor off"},
		{"redis", "redis: { url: x }\n", "redis.url: it is not the address of a Redis"},
		{"telemetry", "telemetry: { log: json }\n", "1:1: telemetry: telemetry is part of"},
		{"resilience", "resilience: { timeout: 1s }\n", "1:1: resilience: resilience is part of gateway.yaml but not effective yet"},
		{"retries", "sources:\n  a: { resilience: { retry: { attempts: 2, on: [connect, 404] } } }\n", `2:58: sources.a.resilience.retry.on: "404" is no reason`},
		{"a breaker", "sources:\n  a: { resilience: { breaker: { failureRatio: 1.5, on: ['429'] } } }\n", "2:47: sources.a.resilience.breaker.failureRatio: the value is too large: at most 1"},
		{"instances", "sources:\n  a: { instances: [{ address: here }] }\n", "2:31: sources.a.instances[0].address: \"here\" is not an address"},
		{"an instance twice", "sources:\n  a: { instances: [{ address: 'a:1' }, { address: 'a:1' }] }\n", "sources.a.instances: the address a:1 is there twice"},
		{"an instance without host", "sources:\n  a: { instances: [{ address: ':1' }] }\n", "sources.a.instances: the address has no host"},
		{"addresses from two places", "sources:\n  a: { instances: [{ address: 'a:1' }], discover: { dns: 'b:2' } }\n", "sources.a.discover: the addresses are written down already"},
		{"balancing by nothing", "sources:\n  a: { instances: [{ address: 'a:1' }], balance: { by: header } }\n", "sources.a.balance: by: header and header: NAME go together"},
		{"balancing one", "sources:\n  a: { balance: { by: url } }\n", "sources.a.balance: the source has one address"},
		{"balancing", "sources:\n  a: { instances: [{ address: 'a:1' }], balance: { by: luck } }\n", `sources.a.balance.by: "luck" is none of leastLoaded`},
		{"a check of nothing", "sources:\n  a: { healthCheck: { every: 2s } }\n", "sources.a.healthCheck: instances are asked in one way"},
		{"a path of a check", "sources:\n  a: { healthCheck: { path: health } }\n", "sources.a.healthCheck.path: a path begins with /"},
		{"timeout", "sources:\n  a: { resilience: { timeout: 1h } }\n", "2:31: sources.a.resilience.timeout: "},
		{"at once", "sources:\n  a: { resilience: { maxConcurrent: 0 } }\n", "2:37: sources.a.resilience.maxConcurrent: "},
		{"cost", "limits: { cost: 5 }\n", "1:11: limits.cost: cost is part of"},
		{"depth", "limits: { depth: 5 }\n", "hint: use nesting"},
		{"after CRLF", "# a\r\n\r\nmode: x\r\n", `3:7: mode: "x" is not a mode`},
		{"after a mark", "\ufeffmode: xx\n", `1:7: mode: "xx" is not a mode`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Parse("gateway.yaml", test.text, world())
			if problems, ok := errors.AsType[schema.Problems](err); !ok || len(problems) == 0 {
				t.Fatalf("no problem: %v", err)
			}
			want := test.want
			if want[0] >= '0' && want[0] <= '9' {
				want = "gateway.yaml:" + want
			}
			if !strings.Contains(err.Error(), want) {
				t.Errorf("got\n%v\nwant\n%s", err, want)
			}
		})
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	_, err := config.Parse("gateway.yaml", "mode: x\nlisten: y\nlimits: { body: z, tokens: 0 }\nredis: {}\nnone: 1\n", world())
	problems, _ := errors.AsType[schema.Problems](err)
	var lines []int
	for _, p := range problems {
		lines = append(lines, p.Line)
		if p.SourceLine == "" || p.Hint == "" {
			t.Errorf("no line or no hint: %+v", p)
		}
	}
	if fmt.Sprint(lines) != "[1 2 3 3 4 5]" {
		t.Errorf("problems in lines %v:\n%v", lines, err)
	}
}

// No text makes the reader fail but by Problems.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "listen: :80", "sources: { a: { config: { x: [1, {y: ${URL}}] } } }", "a: |\n  b\n? c\n: d\n", "x: !!int &a *b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := config.Parse("gateway.yaml", text, world())
		if _, ok := errors.AsType[schema.Problems](err); c == nil || (err != nil && !ok) {
			t.Errorf("%v, %v", c, err)
		}
		if err != nil {
			return
		}
		for _, s := range c.Sources {
			for name, value := range s.Config {
				if !json.Valid(value) {
					t.Errorf("%s is %s", name, value)
				}
			}
		}
	})
}
