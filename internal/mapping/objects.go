package mapping

import "manifold/internal/rawjson"

// member is one member of an object, or of one that is put together from several.
type member struct {
	name  string
	value []byte
}

// memberList holds the members of an object, each name once: in the place of the first, with the value of the last.
type memberList struct {
	list  []member
	index map[string]int // only if there are many
}

// few is how many names are compared one by one.
const few = 8

func (m *memberList) put(name string, value []byte) {
	if i := m.find(name); i >= 0 {
		m.list[i].value = value
		return
	}
	m.list = append(m.list, member{name, value})
	switch {
	case m.index != nil:
		m.index[name] = len(m.list) - 1
	case len(m.list) > few:
		m.index = make(map[string]int, 2*few)
		for i := range m.list {
			m.index[m.list[i].name] = i
		}
	}
}

func (m *memberList) find(name string) int {
	if m.index != nil {
		if i, ok := m.index[name]; ok {
			return i
		}
		return -1
	}
	for i := range m.list {
		if m.list[i].name == name {
			return i
		}
	}
	return -1
}

// putAll adds the members of an object.
func (m *memberList) putAll(object []byte) error {
	it := properties(object)
	for it.next() {
		m.put(string(rawjson.Unquote(nil, it.key)), it.value)
	}
	return it.err
}

func membersOf(object []byte, at int) (m memberList, err error) {
	err = m.putAll(object)
	return m, invalid(err, at)
}

// entries is the list of an object's members, each as an object with key and value.
func entries(s scope, v []byte, step *Step) ([]byte, error) {
	return s.listMembers(v, step, func(b []byte, m *member) []byte {
		b = append(b, `{"key":`...)
		b = rawjson.Quote(b, m.name)
		b = append(b, `,"value":`...)
		b = append(b, m.value...)
		return append(b, '}')
	})
}

// keys is the list of the names of an object's members.
func keys(s scope, v []byte, step *Step) ([]byte, error) {
	return s.listMembers(v, step, func(b []byte, m *member) []byte { return rawjson.Quote(b, m.name) })
}

// values is the list of the values of an object's members.
func values(s scope, v []byte, step *Step) ([]byte, error) {
	return s.listMembers(v, step, func(b []byte, m *member) []byte { return append(b, m.value...) })
}

func (s scope) listMembers(v []byte, step *Step, write func([]byte, *member) []byte) ([]byte, error) {
	if v[0] != '{' {
		return nil, misuse(step, "takes an object", v)
	}
	all, err := membersOf(v, step.At)
	if err != nil {
		return nil, err
	}
	b := append(s.arena.open(), '[')
	for i := range all.list {
		if i > 0 {
			b = append(b, ',')
		}
		b = write(b, &all.list[i])
	}
	return s.arena.close(append(b, ']')), nil
}

// groupBy is an object with a member for each value that the argument has for the items of a list: the list of these items.
// The value is a text, a number or a Boolean, and its text is the name. Items for which it is null or missing are left out.
func groupBy(s scope, v []byte, step *Step) ([]byte, error) {
	var names memberList
	var groups [][][]byte
	err := each(v, step, func(item []byte) (bool, error) {
		s.at = item
		key, err := s.orNull(step.Args[0])
		if err != nil || isNull(key) {
			return true, err
		}
		name := string(key)
		switch key[0] {
		case '{', '[':
			return false, misgiven(step, step.Args[0], "a text, a number or a Boolean")
		case '"':
			name = string(rawjson.Unquote(nil, key))
		}
		i := names.find(name)
		if i < 0 {
			i = len(groups)
			names.put(name, null)
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], item)
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	b := append(s.arena.open(), '{')
	for i, items := range groups {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(rawjson.Quote(b, names.list[i].name), ':', '[')
		for j, item := range items {
			if j > 0 {
				b = append(b, ',')
			}
			b = append(b, item...)
		}
		b = append(b, ']')
	}
	return s.arena.close(append(b, '}')), nil
}
