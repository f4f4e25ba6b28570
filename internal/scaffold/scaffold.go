package scaffold

import (
	"fmt"
	"strings"
)

// Source is a service: @source(name: Name, http: { baseURL: BaseURL }).
type Source struct{ Name, BaseURL string }

// Sample is a reply of a service to GET Path.
type Sample struct {
	Source string // its name; "" for the only one
	Path   string // from the baseURL on, with its query: "/users?ids=1,2"
	File   string // where Reply comes from, for messages
	Reply  []byte // JSON
}

// Error is a fault in what Make was given, with what to do about it.
type Error struct{ Message, Hint string }

func (e *Error) Error() string { return e.Message }

// Make returns the text of a gateway.graphql for samples. Notes are what a person should look at in it. The error is an *Error.
func Make(sources []Source, samples []Sample) (text string, notes []string, err error) {
	if len(sources) == 0 {
		return "", nil, &Error{"there is no source", "name one with its address: --source users=http://users.internal"}
	}
	if len(samples) == 0 {
		return "", nil, &Error{"there is no sample", "give a path with a reply of it: --get /users=users.json"}
	}
	m := &maker{names: &nameSet{}, types: map[typeKey]*resource{}}
	for _, s := range sources {
		if err := m.addSource(s); err != nil {
			return "", nil, err
		}
	}
	for _, s := range samples {
		if err := m.addSample(s); err != nil {
			return "", nil, err
		}
	}
	m.chooseNaming()
	m.plan()
	return m.write(), m.notes, nil
}

// maker gathers what the samples show.
type maker struct {
	sources   []*source
	routes    []*route
	resources []*resource
	types     map[typeKey]*resource
	names     *nameSet // of types
	notes     []string
	usesJSON  bool
}

type source struct {
	Source

	naming naming
}

func (m *maker) addSource(s Source) error {
	if s.Name == "" || s.BaseURL == "" {
		return &Error{fmt.Sprintf("the source %q has no name or no address", s.Name+"="+s.BaseURL), "write it so: --source users=http://users.internal"}
	}
	for _, o := range m.sources {
		if o.Name == s.Name {
			return &Error{"the source " + s.Name + " is given twice", "give each source a name of its own"}
		}
	}
	m.sources = append(m.sources, &source{Source: s})
	return nil
}

func (m *maker) addSample(s Sample) error {
	src, err := m.sourceOf(s)
	if err != nil {
		return err
	}
	r, err := newRoute(s, src)
	if err != nil {
		return err
	}
	for _, o := range m.routes {
		if o.source == src && o.pattern() == r.pattern() {
			o.merge(r)
			return nil
		}
	}
	m.routes = append(m.routes, r)
	return nil
}

func (m *maker) sourceOf(s Sample) (*source, error) {
	var names []string
	for _, o := range m.sources {
		if o.Name == s.Source || (s.Source == "" && len(m.sources) == 1) {
			return o, nil
		}
		names = append(names, o.Name)
	}
	if s.Source == "" {
		return nil, &Error{"it is not said which source " + s.Path + " belongs to", "put its name before the path: --get " + names[0] + ":" + s.Path + "=" + s.File}
	}
	return nil, &Error{"there is no source " + s.Source, "the sources are " + strings.Join(names, ", ")}
}

func (m *maker) note(format string, args ...any) {
	m.notes = append(m.notes, fmt.Sprintf(format, args...))
}
