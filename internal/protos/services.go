package protos

import (
	"maps"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Services is every method and message of some definitions, imports included.
type Services struct {
	methods  map[string]*Method
	messages []protoreflect.MessageDescriptor
}

// Method is one method of a service.
type Method struct {
	Name          string // shop.catalog.v1.Catalog/GetProduct
	Input, Output protoreflect.MessageDescriptor
	Streaming     bool // it takes or returns more than one message
}

// Path is what the method is called by on the wire.
func (m *Method) Path() string { return "/" + m.Name }

// Method returns the method with a name like shop.catalog.v1.Catalog/GetProduct, or nil.
func (s *Services) Method(name string) *Method { return s.methods[name] }

// Methods returns the names of all methods, sorted.
func (s *Services) Methods() []string { return slices.Sorted(maps.Keys(s.methods)) }

// Messages returns all message types: those that an Any may hold.
func (s *Services) Messages() []protoreflect.MessageDescriptor { return s.messages }

// Near returns the name of a method that somebody who wrote name may have meant, or "".
func (s *Services) Near(name string) string {
	meant := strings.TrimPrefix(name, "/")
	if i := strings.LastIndexByte(meant, '.'); i >= 0 && !strings.Contains(meant, "/") {
		meant = meant[:i] + "/" + meant[i+1:]
	}
	best, distance := "", len(meant)/3+2
	for _, n := range s.Methods() {
		if n == meant || strings.HasSuffix(n, "."+meant) || strings.HasSuffix(n, "/"+meant) {
			return n
		}
		if d := levenshtein.ComputeDistance(strings.ToLower(meant), strings.ToLower(n)); d < distance {
			best, distance = n, d
		}
	}
	if len(meant) > 256 {
		return ""
	}
	return best
}

// withImports adds to files all that they import, each once.
func withImports(files []protoreflect.FileDescriptor) []protoreflect.FileDescriptor {
	var (
		all  []protoreflect.FileDescriptor
		seen = make(map[string]bool)
		add  func(f protoreflect.FileDescriptor)
	)
	add = func(f protoreflect.FileDescriptor) {
		if seen[f.Path()] {
			return
		}
		seen[f.Path()] = true
		all = append(all, f)
		for i := range f.Imports().Len() {
			add(f.Imports().Get(i).FileDescriptor)
		}
	}
	for _, f := range files {
		add(f)
	}
	return all
}

func servicesOf(files []protoreflect.FileDescriptor) *Services {
	s := &Services{methods: make(map[string]*Method)}
	for _, f := range files {
		s.addMessages(f.Messages())
		for i := range f.Services().Len() {
			service := f.Services().Get(i)
			for k := range service.Methods().Len() {
				md := service.Methods().Get(k)
				m := &Method{
					Name:  string(service.FullName()) + "/" + string(md.Name()),
					Input: md.Input(), Output: md.Output(),
					Streaming: md.IsStreamingClient() || md.IsStreamingServer(),
				}
				s.methods[m.Name] = m
			}
		}
	}
	return s
}

func (s *Services) addMessages(all protoreflect.MessageDescriptors) {
	for i := range all.Len() {
		if m := all.Get(i); !m.IsMapEntry() {
			s.messages = append(s.messages, m)
			s.addMessages(m.Messages())
		}
	}
}
