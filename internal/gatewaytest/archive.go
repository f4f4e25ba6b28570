package gatewaytest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"golang.org/x/tools/txtar"

	"manifold/internal/auth"
	"manifold/schema"
)

// Spec is one behaviour of the gateway, read from a txtar archive (see spec/README.md for the sections).
type Spec struct {
	Archive *txtar.Archive
	Sources []*ast.Source // the *.graphql files, in order
	// Services is the data of GraphQL services by the name of the source: see Service.
	Services map[string]string
	Files    map[string]string // other files, by name: *.proto, *.graphqls
	Env      map[string]string
	Config   map[string]schema.Overlay // $config of the sources
	Mock     *Mock
	Mocked   schema.Mock // the sources that are mocked
	// Federation: the gateway is served as a subgraph.
	Federation bool
	// Operations are the files of clients: bff/CLIENT/NAME.graphql.
	Operations []*ast.Source
	HTTP       []*SpecHTTP    // the `http` sections, in order
	Identity   *auth.Identity // who sends them; nil: nobody
	// Requests are the `request` sections, in order. A spec of a bad file has none.
	Requests []*SpecRequest
}

// SpecRequest is one request of a spec: the section `request LABEL` and the other sections with the same label.
type SpecRequest struct {
	Label     string // "" for the plain section `request`
	Query     string
	Operation string // name, or ""
	Variables []byte // JSON, or nil
	Header    http.Header
}

// goldens are the sections that a run fills in, in the order in which new ones are written.
func goldens() []string {
	return []string{"plan", "calls", "response", "response-headers", "answer", "problems", "warnings", "sdl", "subgraph"}
}

// ParseSpec reads an archive. Errors name the section.
func ParseSpec(data []byte) (*Spec, error) {
	s := &Spec{Archive: txtar.Parse(data), Env: map[string]string{}, Config: map[string]schema.Overlay{}}
	if len(bytes.TrimSpace(s.Archive.Comment)) == 0 {
		return nil, fmt.Errorf("the first lines must say what the spec shows")
	}
	files := map[string]string{}
	for _, f := range s.Archive.Files {
		if _, twice := files[f.Name]; twice {
			return nil, fmt.Errorf("section %q stands twice", f.Name)
		}
		files[f.Name] = string(f.Data)
	}
	for _, f := range s.Archive.Files {
		if err := s.section(f.Name, string(f.Data), files); err != nil {
			return nil, fmt.Errorf("section %q: %w", f.Name, err)
		}
	}
	if len(s.Sources) == 0 {
		return nil, fmt.Errorf("there is no *.graphql section")
	}
	if s.Mock == nil {
		s.Mock = &Mock{}
	}
	return s, nil
}

func (s *Spec) section(name, text string, files map[string]string) error {
	kind, label, _ := strings.Cut(name, " ")
	switch {
	case strings.HasPrefix(name, "bff/"):
		s.Operations = append(s.Operations, &ast.Source{Name: name, Input: text})
	case kind == "http":
		s.HTTP = append(s.HTTP, &SpecHTTP{Label: label, Text: text})
	case name == "identity":
		return s.identity([]byte(text))
	case strings.HasSuffix(name, ".graphql"):
		s.Sources = append(s.Sources, &ast.Source{Name: name, Input: text})
	case strings.HasSuffix(name, ".proto"), strings.HasSuffix(name, ".graphqls"):
		if s.Files == nil {
			s.Files = map[string]string{}
		}
		s.Files[name] = text
	case name == "env":
		for _, line := range lines(text) {
			key, value, ok := strings.Cut(line, "=")
			if !ok {
				return fmt.Errorf("want NAME=VALUE, have %q", line)
			}
			s.Env[key] = value
		}
	case name == "config":
		for _, line := range lines(text) {
			source, members, _ := strings.Cut(line, " ")
			var o schema.Overlay
			if err := json.Unmarshal([]byte(members), &o.Config); err != nil {
				return fmt.Errorf("want SOURCE {JSON}, have %q", line)
			}
			s.Config[source] = o
		}
	case name == "mock":
		m, err := ParseMock(text, files)
		s.Mock = m
		return err
	case kind == "service":
		if s.Services == nil {
			s.Services = map[string]string{}
		}
		s.Services[label] = text
	case name == "mocked":
		for _, line := range lines(text) {
			if line == "all" {
				s.Mocked.All = true
				continue
			}
			s.Mocked.Sources = append(s.Mocked.Sources, line)
		}
	case name == "federation":
		if strings.TrimSpace(text) != "" {
			return fmt.Errorf("it holds nothing")
		}
		s.Federation = true
	case strings.HasPrefix(name, "mock/"): // the body of a canned answer
	case kind == "request":
		r := &SpecRequest{Label: label, Query: text, Header: http.Header{}}
		s.Requests = append(s.Requests, r)
		r.Operation = strings.TrimSpace(files[labelled("operation", label)])
		if v, ok := files[labelled("variables", label)]; ok {
			r.Variables = []byte(v)
		}
		for _, line := range lines(files[labelled("headers", label)]) {
			key, value, ok := strings.Cut(line, ":")
			if !ok {
				return fmt.Errorf("want NAME: VALUE, have %q", line)
			}
			r.Header.Add(key, strings.TrimSpace(value))
		}
	case kind == "operation", kind == "variables", kind == "headers":
		if _, ok := files[labelled("request", label)]; !ok {
			return fmt.Errorf("there is no section %q", labelled("request", label))
		}
	case isGolden(kind):
	default:
		return fmt.Errorf("unknown section")
	}
	return nil
}

// identity reads who sends the requests.
func (s *Spec) identity(text []byte) error {
	var given struct {
		Method  string          `json:"method"`
		Subject string          `json:"subject"`
		Scopes  []string        `json:"scopes"`
		Claims  json.RawMessage `json:"claims"`
		Client  json.RawMessage `json:"client"`
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&given); err != nil {
		return err
	}
	slices.Sort(given.Scopes)
	s.Identity = &auth.Identity{Method: given.Method, Subject: given.Subject, Scopes: given.Scopes, Claims: given.Claims, Client: given.Client}
	return nil
}

func isGolden(kind string) bool {
	return slices.Contains(goldens(), kind)
}

func labelled(kind, label string) string {
	if label == "" {
		return kind
	}
	return kind + " " + label
}

// lines are the lines of text that hold something; a line that starts with # is a comment.
func lines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	return out
}

// Golden returns what a section should hold; ok is false if the spec has no such section.
func (s *Spec) Golden(name string) (text string, ok bool) {
	for _, f := range s.Archive.Files {
		if f.Name == name {
			return string(f.Data), true
		}
	}
	return "", false
}

// SetGolden replaces a section, or adds it after the sections of the same label.
func (s *Spec) SetGolden(name, text string) {
	at := len(s.Archive.Files)
	_, label, _ := strings.Cut(name, " ")
	for i, f := range s.Archive.Files {
		if f.Name == name {
			s.Archive.Files[i].Data = []byte(text)
			return
		}
		if kind, l, _ := strings.Cut(f.Name, " "); l == label && before(kind, name) {
			at = i + 1
		}
	}
	s.Archive.Files = append(s.Archive.Files[:at:at], append([]txtar.File{{Name: name, Data: []byte(text)}}, s.Archive.Files[at:]...)...)
}

// before reports whether a section of this kind stands before the golden called name: all inputs do, and the goldens in
// their order.
func before(kind, name string) bool {
	golden, _, _ := strings.Cut(name, " ")
	order := goldens()
	return slices.Index(order, kind) < slices.Index(order, golden)
}

// Format returns the archive as text.
func (s *Spec) Format() []byte { return txtar.Format(s.Archive) }
