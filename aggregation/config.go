package aggregation

import (
	"maps"
	"slices"
)

// config returns a member of the $config of the upstream that is called, or the object of all, in the order of their names.
func (e *environment) config(key string) []byte {
	up, all := e.l.plan.Upstream, e.f.engine.config
	if up < 0 || up >= len(all) {
		return nil
	}
	members := all[up]
	if key != "" {
		return members[key]
	}
	return e.hold(func(b []byte) []byte {
		b = append(b, '{')
		n := 0
		for _, name := range slices.Sorted(maps.Keys(members)) {
			b = appendMember(b, &n, name, members[name])
		}
		return append(b, '}')
	})
}
