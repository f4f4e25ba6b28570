package aggregation

import (
	"strconv"

	"manifold/internal/mapping"
	"manifold/internal/plan"
	"manifold/internal/rawjson"
	"manifold/internal/template"
)

// maxQuestions is how many questions travel in one document: services limit the aliases of a document, too.
const maxQuestions = 50

// asking is what a call to a GraphQL service has more than others.
type asking struct {
	args    []byte  // the object of the field's arguments
	key     string  // response key in the document that the question travelled in
	members []*call // of a call that carries the questions of several: these
	alone   bool    // it is not to travel with others any more

	// of the reply
	opened bool  // what follows is known
	value  slot  // what the reply has for the question
	got    bool  // it has something
	bad    error // the reply cannot be read
	errors slot  // its errors, if it has any
}

// document returns what a call asks a GraphQL service, nil for other calls.
func (c *call) document() *plan.Document {
	if c.loader == nil {
		return nil
	}
	return c.loader.plan.Request.Document
}

// question fills in the body of a call to a GraphQL service. Values are variables, never part of the document.
func (f *frame) question(c *call) (err error) {
	req := c.loader.plan.Request
	d := req.Document
	if c.args, err = mapping.Eval(req.Body, nil, &f.env, &f.arena); err != nil {
		return err
	}
	if len(c.args) == 0 || c.args[0] != '{' {
		c.args = []byte("{}")
	}
	for i, name := range d.Needed {
		if v := memberAt(c.args, d.Needed[i:i+1]); v == nil || string(v) == "null" {
			return &template.ValueError{
				Expr: name, Missing: true, Parent: len(c.loader.plan.Keys) > 0, Reason: "is null, and the service's argument may not be",
			}
		}
	}
	c.key = d.Field
	c.Body = f.env.hold(func(b []byte) []byte {
		b = append(b, d.Alone...)
		n := 0
		b = append(f.appendVariables(append(b, '{'), &n, c, ""), '}')
		return append(b, '}')
	})
	return f.env.err
}

// appendVariables appends the variables of a question, whose names get a prefix, to an object with n members.
func (f *frame) appendVariables(b []byte, n *int, c *call, prefix string) []byte {
	name := func(name []byte) {
		if *n > 0 {
			b = append(b, ',')
		}
		*n++
		b = append(b, '"')
		b = append(b, prefix...)
		b = append(b, name...)
		b = append(b, '"', ':')
	}
	d := c.document()
	_, _ = rawjson.Members(c.args, 0, func(key, value []byte) error { // the mapping made valid JSON
		arg := key[1 : len(key)-1]
		name(arg)
		b = appendFit(b, value, d.Fits[string(arg)])
		return nil
	})
	for i := range d.Variables {
		v := &d.Variables[i]
		switch {
		case v.Value != nil:
			if value := f.env.value(v.Value); value != nil {
				name([]byte(v.Name))
				b = append(b, value...)
			}
		case v.When != nil:
			name([]byte(v.Name))
			b = strconv.AppendBool(b, v.When.Holds(f.held))
		}
	}
	return b
}

// bundle has the first call of the queue carry the questions to the same service that are queued with it: queries that are
// ready together travel as one document (LANGUAGE 6).
func (f *frame) bundle() {
	first := f.queue[0]
	if len(f.queue) == 1 || first.members != nil || !bundles(first) {
		return
	}
	var members []*call
	kept := f.queue[:1]
	for _, c := range f.queue[1:] {
		if len(members) == maxQuestions || !bundles(c) || !sameAddress(first, c) {
			kept = append(kept, c)
			continue
		}
		if members == nil {
			members = []*call{first}
		}
		members = append(members, c)
	}
	if members != nil {
		f.queue = kept
		f.queue[0] = f.carrier(members)
	}
}

func bundles(c *call) bool {
	d := c.document()
	return d != nil && !d.Mutation && !c.alone && c.Cache == nil // what is kept has to be found again, whatever else is asked
}

// carrier returns a call with the questions of several.
func (f *frame) carrier(members []*call) *call {
	first := members[0]
	c := &call{Call: first.Call, upstream: first.upstream}
	c.Body = nil
	c.members = members
	questions := make([]plan.Question, len(members))
	for i, m := range members {
		m.key = "c" + strconv.Itoa(i)
		questions[i] = plan.Question{Document: m.document(), Key: m.key, Prefix: m.key + "_"}
	}
	b := plan.AppendDocument([]byte(`{"query":"`), questions)
	b = append(b, `","variables":{`...)
	n := 0
	for i, m := range members {
		f.env = environment{f: f, l: m.loader, lo: m.lo, hi: m.hi}
		b = f.appendVariables(b, &n, m, questions[i].Prefix)
	}
	c.Body = append(b, '}', '}')
	return c
}

// answered returns the questions of a document that its reply answers. A document fails as a whole for the sake of one question in
// it: a null reaches data, or a variable does not fit. The others are asked again then: without those that errors name, or each
// alone if they name none.
func (f *frame) answered(c *call) (done []*call) {
	if c.err != nil || c.reply.Status >= 500 || c.members[0].bad != nil || c.members[0].errors.kind != array {
		return c.members
	}
	var again []*call
	for _, m := range c.members {
		if m.got {
			return c.members
		}
		if f.named(m) {
			done = append(done, m)
		} else {
			again = append(again, m)
		}
	}
	for _, m := range again {
		m.asking = asking{args: m.args, key: m.document().Field, alone: len(done) == 0}
		m.reply = nil
		f.queue = append(f.queue, m)
	}
	return done
}

// named reports whether an error of the reply is about a question.
func (f *frame) named(m *call) (found bool) {
	_, _ = rawjson.Elements(f.bytes(m.errors), 0, func(e []byte) error {
		if path := pathOf(e); len(path) > 0 && names(path[0], m.key) {
			found = true
		}
		return nil
	})
	return found
}
