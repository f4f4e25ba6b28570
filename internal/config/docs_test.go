package config_test

import (
	"cmp"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"math/big"
	"os"
	"strings"
	"testing"

	"manifold/internal/config"
)

var update = flag.Bool("update", false, "rewrite the tables of docs/config.md")

const document = "../../docs/config.md"

// docs/config.md has a table of all keys between two marks. It is what the struct says.
func TestDocumentHasEveryKey(t *testing.T) {
	t.Parallel()
	const open, end = "<!-- keys -->\n", "<!-- end of keys -->\n"
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), open)
	have, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatal("the marks are missing")
	}
	if want := table(); have != want {
		if *update {
			if err := os.WriteFile(document, []byte(before+open+want+end+after), 0o600); err != nil {
				t.Fatal(err)
			}
			return
		}
		t.Errorf("the table is old: go test ./internal/config -update")
	}
}

func table() string {
	var b strings.Builder
	b.WriteString("| Key | Value | Default | Example | What it is for |\n|---|---|---|---|---|\n")
	for _, k := range config.Keys() {
		value := k.Kind
		switch {
		case value == "":
			value = "keys"
		case k.Least != "":
			value += ", " + k.Least + " to " + k.Most
		case k.Needed:
			value += ", needed"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", k.Path, value, code(k.Default), code(k.Example), k.About)
	}
	return b.String()
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

// Every example of the table is one: a file with nothing but it is read without a problem.
func TestExamplesOfKeys(t *testing.T) {
	t.Parallel()
	for _, k := range config.Keys() {
		if k.Kind == "" {
			continue
		}
		if k.Example == "" || k.About == "" {
			t.Errorf("%s has no example or no text", k.Path)
			continue
		}
		value := k.Example
		if !strings.HasPrefix(value, "{") && !strings.HasPrefix(value, "[") {
			value = `"` + value + `"`
		}
		path := strings.Split(strings.ReplaceAll(strings.ReplaceAll(k.Path, "*", "users"), "[]", ".[]"), ".")
		var b strings.Builder
		closing := ""
		for i, name := range path {
			switch name {
			case "[]":
				b.WriteString("[")
				closing = "]" + closing
			default:
				other := ""
				if i > 0 && path[i-1] == "[]" && name == "name" {
					other = "value: x, "
				} else if i > 0 && path[i-1] == "[]" {
					other = "name: x, "
				}
				if strings.HasPrefix(k.Path, "auth.") && i > 0 && path[i-1] == "[]" {
					other = needed(k.Path, name)
				}
				if k.Path == "redis.prefix" && name == "prefix" {
					other = `url: "redis://a:1", `
				}
				if strings.HasPrefix(k.Path, "sources.") {
					other = cmp.Or(beside(path[:i+1]), other)
				}
				b.WriteString("{ " + other + name + ": ")
				closing = " }" + closing
			}
		}
		w := world()
		w.ReadFile = fileOf
		text := b.String() + value + closing
		if _, err := config.Parse("gateway.yaml", text, w); err != nil {
			t.Errorf("%s\n%v", text, err)
		}
	}
}

// beside is what a key of a source is nothing without.
func beside(path []string) string {
	switch strings.TrimPrefix(strings.Join(path, "."), "sources.users.") {
	case "instances.[].weight":
		return `address: "a:1", `
	case "instances.[].address":
		return "weight: 2, "
	case "discover.every":
		return `dns: "a:1", `
	case "balance":
		return `instances: [{ address: "a:1" }], `
	case "balance.header":
		return "by: header, "
	case "healthCheck.service":
		return "grpc: true, "
	case "healthCheck.every", "healthCheck.timeout":
		return "path: /healthz, "
	case "resilience.retry.backoff", "resilience.retry.on", "resilience.retry.budget":
		return "attempts: 2, "
	case "resilience.rateLimit.per", "resilience.rateLimit.burst":
		return "rate: 5, "
	case "auth.tls.cert":
		return "key: a, "
	case "auth.tls.key":
		return "cert: a, "
	}
	needs := map[string][][2]string{
		"oauth2":   {{"tokenURL", "'https://a/t'"}, {"clientID", "a"}, {"clientSecret", "a"}},
		"identity": {{"issuer", "a"}, {"audience", "a"}, {"key", "'${file:a.pem}'"}},
	}
	if len(path) != 5 || path[2] != "auth" {
		return ""
	}
	out := ""
	for _, need := range needs[path[3]] {
		if need[0] != path[4] {
			out += need[0] + ": " + need[1] + ", "
		}
	}
	return out
}

// needed are the keys without which an item of auth is none.
func needed(path, name string) string {
	switch {
	case strings.HasPrefix(path, "auth.jwt[]"):
		needs := []string{"issuer: a", "algorithms: [RS256]", `jwks: "https://a/k"`}
		switch name {
		case "issuer":
			needs = needs[1:]
		case "algorithms":
			needs = []string{needs[0], needs[2]}
		case "jwks", "keys":
			needs = needs[:2]
		case "secret":
			needs = []string{needs[0], "algorithms: [HS256]"}
		}
		return strings.Join(needs, ", ") + ", "
	case strings.HasPrefix(path, "auth.apiKeys.keys[]"):
		needs := "sha256: " + strings.Repeat("a", 64) + ", owner: a, "
		switch name {
		case "sha256":
			return "owner: a, "
		case "owner":
			return strings.TrimSuffix(needs, "owner: a, ")
		case "keys":
			return ""
		}
		return needs
	default:
		return ""
	}
}

// fileOf answers ${file:...} in examples.
func fileOf(path string) ([]byte, error) {
	switch {
	case strings.HasSuffix(path, ".pem"):
		_, key, _ := ed25519.GenerateKey(nil)
		der, err := x509.MarshalPKCS8PrivateKey(key)
		return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), err
	case strings.HasSuffix(path, ".crt"):
		_, key, _ := ed25519.GenerateKey(nil)
		made := &x509.Certificate{SerialNumber: big.NewInt(1)}
		der, err := x509.CreateCertificate(rand.Reader, made, made, key.Public(), key)
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), err
	case strings.HasSuffix(path, ".json"):
		return []byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"1EH2mYB-LwUKQp6Z1BXdpJ0B7qE_-80mBd6HFHJeQ7w"}]}`), nil
	case strings.HasSuffix(path, ".yaml"):
		return []byte("keys:\n  - { sha256: " + strings.Repeat("b", 64) + ", owner: b }\n"), nil
	default:
		return []byte(strings.Repeat("x", 32)), nil
	}
}

// The documents' examples are read without a problem.
func TestExamplesOfTheDocument(t *testing.T) {
	t.Parallel()
	var blocks []string
	for _, name := range []string{document, "../../docs/auth.md", "../../docs/policies.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		these := strings.Split(string(text), "```yaml\n")[1:]
		if len(these) == 0 {
			t.Fatalf("%s has no example", name)
		}
		blocks = append(blocks, these...)
	}
	w := config.World{
		Env:      func(string) (string, bool) { return "http://users.test", true },
		ReadFile: fileOf,
	}
	for _, block := range blocks {
		example, _, _ := strings.Cut(block, "```")
		if _, err := config.Parse("gateway.yaml", example, w); err != nil {
			t.Errorf("%s\n%v", example, err)
		}
	}
}

// The JSON Schema names the keys that the reader knows.
func TestJSONSchema(t *testing.T) {
	t.Parallel()
	var s map[string]any
	if err := json.Unmarshal(config.JSONSchema(), &s); err != nil {
		t.Fatal(err)
	}
	for _, k := range config.Keys() {
		at := s
		for name := range strings.SplitSeq(k.Path, ".") {
			name, list := strings.CutSuffix(name, "[]")
			if name == "*" {
				at, _ = at["additionalProperties"].(map[string]any)
				continue
			}
			properties, _ := at["properties"].(map[string]any)
			at, _ = properties[name].(map[string]any)
			if list {
				at, _ = at["items"].(map[string]any)
			}
		}
		if at == nil || at["description"] != k.About {
			t.Errorf("%s is not in the schema", k.Path)
		}
	}
}
