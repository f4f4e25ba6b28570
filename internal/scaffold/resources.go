package scaffold

import (
	"slices"
	"strings"
)

// typeKey tells resources apart: services may use one word for two things.
type typeKey struct {
	source *source
	noun   string // in the singular, lower case
}

// resource is an object type that a path asks for.
type resource struct {
	key    typeKey
	name   string // of the type
	shape  *shape // of its objects, over all samples
	routes []*route
	loader *route // loads one by key, or many; nil: none does
	id     string // the property that is the key, if there is a loader
	byMap  bool   // the batch's reply is an object whose property names are the keys

	out *objectType
}

// plan finds the resources, how each is loaded, and what its objects have.
func (m *maker) plan() {
	for _, name := range reserved() {
		m.names.take(name)
	}
	for _, r := range m.routes {
		if r.noun() != "" && (r.objects() != nil || r.byMap()) {
			res := m.resource(r)
			res.routes = append(res.routes, r)
		}
	}
	for _, res := range m.resources {
		res.name = m.names.take(typeName(singular(res.routes[0].noun())))
		res.chooseLoader()
		res.mergeShapes()
	}
	for _, res := range m.resources {
		res.out = m.objectType(res.name, res.shape, res.key.source, res.id)
	}
	for _, res := range m.resources {
		m.addReferences(res.out)
	}
}

func (m *maker) resource(r *route) *resource {
	key := typeKey{r.source, strings.ToLower(singular(r.noun()))}
	if m.types[key] == nil {
		m.types[key] = &resource{key: key}
		m.resources = append(m.resources, m.types[key])
	}
	return m.types[key]
}

// resourceOf returns the resource that a route gives objects of, or nil.
func (m *maker) resourceOf(r *route) *resource {
	res := m.types[typeKey{r.source, strings.ToLower(singular(r.noun()))}]
	if res == nil || !slices.Contains(res.routes, r) {
		return nil
	}
	return res
}

// objects is the shape of the objects that a route gives: the one, or those of the list. nil: it gives something else.
func (r *route) objects() *shape {
	s := r.shape
	if s.kinds&^isNull == isList && s.item != nil {
		s = s.item
	}
	if s.kinds&^isNull != isObject || r.byMap() || !describable(s) {
		return nil
	}
	return s
}

// byMap reports whether a batch's reply is an object whose property names are the keys that were asked for.
func (r *route) byMap() bool {
	p := r.batch()
	if p == nil || r.shape.kinds != isObject || len(r.shape.order) == 0 {
		return false
	}
	asked := strings.Split(strings.Join(p.values, ","), ",")
	for _, name := range r.shape.order {
		if member := r.shape.members[name]; !slices.Contains(asked, name) || member.kinds != isObject {
			return false
		}
	}
	return true
}

// loaded is the shape of the objects that a batch or an item route gives, and the property that is their key; "" if there
// is none.
func (r *route) loaded() (objects *shape, id string) {
	want := "id"
	if r.item() {
		want = r.segments[len(r.segments)-1].param
	}
	objects = r.objects()
	if r.byMap() {
		objects = &shape{}
		for _, name := range r.shape.order {
			objects.merge(r.shape.members[name], false)
		}
	}
	if objects == nil || (r.batch() != nil && !r.byMap() && r.shape.kinds != isList) || (r.item() && r.shape.kinds != isObject) {
		return nil, ""
	}
	for _, name := range objects.order {
		if camel(name) == want && objects.isKey(name) {
			return objects, name
		}
	}
	own := camel(singular(r.noun()) + "_" + want)
	for _, name := range objects.order {
		if camel(name) == own && objects.isKey(name) {
			return objects, name
		}
	}
	return objects, ""
}

// chooseLoader prefers a batch, unless one object alone has more properties.
func (res *resource) chooseLoader() {
	var best *shape
	for _, r := range res.routes {
		if !r.item() && r.batch() == nil {
			continue
		}
		objects, id := r.loaded()
		if id == "" || (best != nil && res.loader.batch() != nil && hasAll(best, objects)) {
			continue
		}
		if best == nil || r.item() || hasAll(objects, best) {
			best, res.loader, res.id, res.byMap = objects, r, id, r.byMap()
		}
	}
}

// hasAll reports whether a has every property of b, inside of its objects too.
func hasAll(a, b *shape) bool {
	for name, inner := range b.members {
		mine := a.members[name]
		if mine == nil || !hasAll(mine, inner) {
			return false
		}
	}
	if b.item != nil && b.item.objects > 0 {
		return a.item != nil && hasAll(a.item, b.item)
	}
	return true
}

// mergeShapes puts together what all routes show of the objects. What a list leaves out is loaded, if it has the key.
func (res *resource) mergeShapes() {
	res.shape = &shape{}
	if res.loader != nil {
		objects, _ := res.loader.loaded()
		res.shape.merge(objects, false)
	}
	for _, r := range res.routes {
		if objects := r.objects(); r != res.loader && objects != nil {
			res.shape.merge(objects, res.loader != nil && objects.isKey(res.id))
		}
	}
}

// parent returns the resource whose object a path like /users/1/orders goes through, if it can be loaded.
func (m *maker) parent(r *route) *resource {
	n := slices.IndexFunc(r.segments, func(s segment) bool { return s.param != "" })
	if n < 1 || n == len(r.segments)-1 || r.params() != 1 || len(r.query) > 0 {
		return nil
	}
	res := m.types[typeKey{r.source, strings.ToLower(singular(r.segments[n-1].text))}]
	if res == nil || res.loader == nil {
		return nil
	}
	return res
}
