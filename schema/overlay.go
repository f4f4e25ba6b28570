package schema

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/textproto"
	"slices"
	"strings"

	"manifold/internal/mapping"
	"manifold/internal/template"
)

// Overlay is what one environment says about a source: its address, headers with secrets, and the values of $config. It
// never changes what a source means. Its texts are constant: nothing in them is expanded or read as a template.
type Overlay struct {
	Transport string          // what it is about: http, grpc or graphql; "": http, or no call at all
	Also      []string        // other transports that something is said of too: one of them is not the source's
	BaseURL   string          // replaces the source's baseURL, target or url; "": it stays
	Headers   []OverlayHeader // each replaces the source's header, or metadata, of the same name
	Config    map[string]json.RawMessage

	Resilience Resilience // lies over the source's, member by member
	Instances  Instances
	Outbound   Outbound

	At        Spot // where it is written
	BaseURLAt Spot
	HealthAt  Spot // of the checks of instances
	TLSAt     Spot // of the certificates
}

// OverlayHeader is a constant header.
type OverlayHeader struct {
	Name, Value string
	At          Spot
}

// Spot is a place in a file that is no GraphQL.
type Spot struct {
	File         string
	Line, Column int // from 1, the column in runes
	SourceLine   string
}

// checkOverlays reports overlays that lie over nothing.
func (l *loader) checkOverlays() {
	var names []string
	for _, s := range l.sources {
		if s.Pos != nil && !slices.Contains(names, s.Name) {
			names = append(names, s.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.overlays)) {
		if !slices.Contains(names, name) {
			l.spotProblem(l.overlays[name].At, "sources."+name, "no schema file declares a source "+name, l.didYouMean(name, names, ""))
		}
	}
}

// overlaidURL returns the address that an overlay gives, which word calls it, or "" after a problem.
func (l *loader) overlaidURL(name, word string, o Overlay) string {
	s, wrong, hint := checkBase(o.BaseURL)
	if wrong != "" {
		l.spotProblem(o.BaseURLAt, "sources."+name+"."+o.transport()+"."+word, word+" cannot be used: "+wrong, hint)
	}
	return s
}

func (o *Overlay) transport() string { return cmp.Or(o.Transport, "http") }

// fitOverlay checks that an overlay is about the transport that the source has: http, grpc or graphql.
func (l *loader) fitOverlay(name, has string, o Overlay) {
	for _, said := range append([]string{o.transport()}, o.Also...) {
		if said != has && o.Transport != "" {
			l.spotProblem(o.At, "sources."+name+"."+said, fmt.Sprintf("the source is called by %s: %s has no effect", has, said),
				"write "+map[string]string{"http": "http: { baseURL: ... }", "grpc": "grpc: { target: ... }", "graphql": "graphql: { url: ... }"}[has])
		}
	}
}

// overlaidHeaders makes header rules of an overlay's constant texts.
func (l *loader) overlaidHeaders(name string, o Overlay) []Header {
	var out []Header
	for _, h := range o.Headers {
		coordinate := "sources." + name + "." + o.transport() + ".headers"
		if o.Transport == "grpc" {
			coordinate = "sources." + name + ".grpc.metadata"
		}
		canonical := textproto.CanonicalMIMEHeaderKey(h.Name)
		var wrong, hint string
		switch {
		case !token(h.Name):
			wrong, hint = fmt.Sprintf("%q is not a name of a header", h.Name), "names are letters, digits and dashes"
		case o.Transport == "grpc" && reservedMetadata(h.Name):
			wrong, hint = "the metadata "+h.Name+" belongs to gRPC itself, or is binary", "choose another name"
		case hopByHop(canonical):
			wrong, hint = "the header "+h.Name+" belongs to the connection and cannot be set", "remove this rule"
		case slices.ContainsFunc(out, func(other Header) bool { return strings.EqualFold(other.Name, h.Name) }):
			wrong, hint = "the header "+h.Name+" is given twice", "keep one of them"
		case strings.ContainsFunc(h.Value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
			wrong, hint = "the value of the header "+h.Name+" holds a control character", "is there a line break in the secret?"
		}
		if wrong != "" {
			l.spotProblem(h.At, coordinate, wrong, hint)
			continue
		}
		text, err := template.ParseText(strings.ReplaceAll(h.Value, "{", `{$("{")}`))
		if err != nil {
			l.spotProblem(h.At, coordinate, "the value of the header "+h.Name+" cannot be used", "")
			continue
		}
		out = append(out, Header{Name: h.Name, Value: text})
	}
	return out
}

// spotProblem notes a fault at a place outside of the schema files.
func (l *loader) spotProblem(at Spot, coordinate, message, hint string) {
	if l.full() {
		return
	}
	l.problems = append(l.problems, Problem{
		File: at.File, Line: at.Line, Column: at.Column, SourceLine: at.SourceLine,
		Coordinate: coordinate, Message: message, Hint: hint,
	})
}

// useConfig checks a reading of $config against what the source's overlay has.
func (l *loader) useConfig(u mapping.Use, p place, s *scope) {
	if s.source == nil {
		l.problem(p, s.coordinate, "$config cannot be read here: it belongs to a source", "name one: source: \"...\"")
		return
	}
	if len(u.Path) == 0 {
		return // the whole of it, whatever it has
	}
	names := slices.Sorted(maps.Keys(s.source.Config))
	value, known := s.source.Config[u.Path[0]]
	if !known && l.mocks(s.source) { // read by a call that is not made
		return
	}
	if !known {
		l.unknownConfig(u.Path[0], names, s.source, p, s.coordinate)
		return
	}
	done := "$config." + u.Path[0]
	for _, name := range u.Path[1:] {
		var members map[string]json.RawMessage
		if json.Unmarshal(value, &members) != nil {
			if value[0] != '[' { // a list maps through; what its items have is not looked at
				l.problem(p, s.coordinate, done+" is no object and has no member "+name, "end the path there")
			}
			return
		}
		if value, known = members[name]; !known {
			l.problem(p, s.coordinate, done+" has no member "+name, l.didYouMean(name, slices.Collect(maps.Keys(members)), done+"."))
			return
		}
		done += "." + name
	}
}

func (l *loader) unknownConfig(name string, names []string, s *Source, p place, coordinate string) {
	hint := l.didYouMean(name, names, "$config.")
	if len(names) == 0 {
		hint = fmt.Sprintf("write it into gateway.yaml: sources: { %s: { config: { %s: ... } } }", s.Name, name)
	}
	l.problem(p, coordinate, fmt.Sprintf("the config of source %s has no %s", s.Name, name), hint)
}

// configText returns a scalar of a source's config as text, for a base URL.
func (l *loader) configText(name string, s *Source, p place, coordinate string) (text string, ok bool) {
	value, known := s.Config[name]
	if !known {
		l.unknownConfig(name, slices.Sorted(maps.Keys(s.Config)), s, p, coordinate)
		return "", false
	}
	switch value[0] {
	case '{', '[', 'n':
		l.problem(p, coordinate, "$config."+name+" is no text and no number", "a part of an address is one of these")
		return "", false
	case '"':
		return text, json.Unmarshal(value, &text) == nil
	default:
		return string(value), true
	}
}
