package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"manifold/internal/store"
	"manifold/schema"
)

// Bounds of the file. The parser's time grows with the square of the nesting, and its stack with the nesting.
const (
	maxFile    = 1 << 20
	maxNesting = 64
	maxLine    = 200 // runes of a line that are shown with a problem
)

// World is what a reading may ask.
type World struct {
	Env      func(name string) (value string, ok bool) // nil: an empty environment
	ReadFile func(path string) ([]byte, error)         // of ${file:path}; nil: there are no files
	Near     func(path string) string                  // where a file is that is read later; nil: where it says
}

func (w *World) near(path string) string {
	if w.Near == nil || path == "" {
		return path
	}
	return w.Near(path)
}

// Default returns what holds where nothing is written.
func Default() *Config {
	c := &Config{}
	r := &reader{}
	r.defaults(reflect.ValueOf(c).Elem())
	return c
}

// Parse reads the text of a file. name stands in problems. The error is schema.Problems, all faults at once; the Config is
// then what could be read, for its Files.
func Parse(name, text string, w World) (*Config, error) {
	c := &Config{}
	text = strings.TrimPrefix(strings.ReplaceAll(text, "\r\n", "\n"), "\ufeff")
	r := &reader{name: name, lines: strings.Split(text, "\n"), world: w}
	r.defaults(reflect.ValueOf(c).Elem())
	if body := r.parse(text); body != nil {
		r.value(body, reflect.ValueOf(c).Elem(), key{})
	}
	r.checkAuth(&c.Auth)
	r.checkSources(c.Sources)
	if url := c.Redis.URL.Reveal(); url != "" {
		if err := store.CheckURL(url); err != nil {
			r.problem(c.Redis.At, "redis.url", "it is not the address of a Redis: "+err.Error(), "for example redis://cache.internal:6379")
		}
	}
	if !headerName(c.Limits.Upstream.TimeoutHeader) {
		r.problem(schema.Spot{File: name, Line: 1, Column: 1}, "limits.upstream.timeoutHeader", "it is not the name of a header", "for example X-Request-Timeout-Ms")
	}
	c.Files = r.files
	if len(r.problems) == 0 {
		return c, nil
	}
	slices.SortStableFunc(r.problems, func(a, b schema.Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return c, r.problems
}

// reader reads one file, once.
type reader struct {
	name     string
	lines    []string
	world    World
	files    []File
	problems schema.Problems
}

// parse returns the file's mapping, or nil if it has none: it holds only comments, or there is a problem.
func (r *reader) parse(text string) ast.Node {
	start := schema.Spot{File: r.name, Line: 1, Column: 1}
	switch {
	case len(text) > maxFile:
		r.problem(start, "", "the file is larger than 1 MiB", "is it gateway.yaml at all?")
		return nil
	case strings.TrimSpace(text) == "":
		r.problem(start, "", "the file is empty", "every key has a default: remove the file to use them all")
		return nil
	}
	if t := tooDeep(text); t != nil {
		r.problem(r.spot(t), "", fmt.Sprintf("more than %d levels of brackets or dashes", maxNesting), "")
		return nil
	}
	file, err := parser.ParseBytes([]byte(text), 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.syntax(err)
		return nil
	}
	var body ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case body != nil:
			r.problem(r.at(doc.Body), "", "there is a second document in the file", "write all into one, without ---")
			return nil
		default:
			body = doc.Body
		}
	}
	return body
}

// tooDeep returns a token that is nested too deep within brackets or within the dashes of one line, or nil.
func tooDeep(text string) *token.Token {
	depth, marks, line := 0, 0, 0
	for _, t := range lexer.Tokenize(text) {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.SequenceEntryType, token.MappingKeyType:
			if t.Position.Line != line {
				line, marks = t.Position.Line, 0
			}
			marks++
		}
		if depth > maxNesting || marks > maxNesting {
			return t
		}
	}
	return nil
}

// syntax reports a text that is no YAML.
func (r *reader) syntax(err error) {
	at, message := schema.Spot{File: r.name, Line: 1, Column: 1}, err.Error()
	if e, ok := errors.AsType[yaml.Error](err); ok {
		message = e.GetMessage()
		if t := e.GetToken(); t != nil {
			at = r.spot(t)
		}
	}
	r.problem(at, "", "this is not YAML: "+message, "")
}

// spot is the place of a token.
func (r *reader) spot(t *token.Token) schema.Spot {
	s := schema.Spot{File: r.name, Line: 1, Column: 1}
	if t == nil || t.Position == nil {
		return s
	}
	s.Line, s.Column = t.Position.Line, max(t.Position.Column, 1)
	if s.Line <= len(r.lines) && len([]rune(r.lines[s.Line-1])) <= maxLine {
		s.SourceLine = r.lines[s.Line-1]
	}
	return s
}

// at is the place where a value begins: of a mapping, its first key.
func (r *reader) at(n ast.Node) schema.Spot {
	switch n := n.(type) {
	case *ast.MappingNode:
		if n.IsFlowStyle || len(n.Values) == 0 {
			return r.spot(n.Start)
		}
		return r.at(n.Values[0])
	case *ast.MappingValueNode:
		return r.spot(n.Key.GetToken())
	default:
		return r.spot(n.GetToken())
	}
}

func (r *reader) problem(at schema.Spot, coordinate, message, hint string) {
	r.problems = append(r.problems, schema.Problem{
		File: at.File, Line: at.Line, Column: at.Column, SourceLine: at.SourceLine,
		Coordinate: coordinate, Message: message, Hint: hint,
	})
}
