package bff

import (
	"context"
	"net/http"
	"slices"

	"manifold/internal/auth"
	"manifold/internal/fault"
	"manifold/internal/problem"
	"manifold/internal/rawjson"
	"manifold/resolvers"
)

// Identify says who sends a request of a client. A credential that is not valid is answered here; then refused is true.
func (s *Server) Identify(w http.ResponseWriter, r *http.Request, c *Client) (who *auth.Identity, refused bool) {
	who, why := s.who(r, c)
	if why != nil {
		s.problem(w, r, why)
	}
	return who, why != nil
}

// Call runs an operation with arguments: a JSON object with a member for each variable that is not known otherwise, by a claim, a
// header or a cookie. It returns the answer, or what is wrong as a problem (RFC 9457); both are the caller's. An answer with
// holes has a member _errors.
func (s *Server) Call(ctx context.Context, o *Operation, arguments []byte, header http.Header, who *auth.Identity) (answer []byte, ok bool) {
	refused := s.denied(o, who)
	var values [][]byte
	if refused == nil {
		values, refused = s.arguments(o, arguments, header, who)
	}
	if refused != nil {
		return told(refused), false
	}
	r := &http.Request{Header: header}
	if s.o.Run != nil {
		ctx = s.o.Run(ctx, header, who)
	}
	in := s.input(r, o, values, who)
	if refused := s.denies(o, in); refused != nil {
		return told(refused), false
	}
	result := s.o.Engine.RunTogether(ctx, o.Plan, in, o.together)
	defer result.Release()
	s.log(ctx, o, result)
	if refused := o.refused(result); refused != nil {
		return told(refused), false
	}
	if len(result.Errors) > 0 && result.Data[0] == '{' {
		return s.withErrors(nil, result.Data, result.Errors), true
	}
	return slices.Clone(result.Data), true
}

// told writes a refusal as JSON.
func told(r *refusal) []byte {
	status := r.status
	if status == 0 {
		status = problem.Status(r.fault.Code)
	}
	p := problem.Problem{Status: status, Code: r.fault.Code, Detail: r.fault.Message, Upstream: fault.Shown(r.fault.Upstream), Errors: r.more}
	return p.Append(nil)
}

// arguments makes the values of an operation's variables.
func (s *Server) arguments(o *Operation, arguments []byte, header http.Header, who *auth.Identity) ([][]byte, *refusal) {
	var given []byte
	if len(arguments) > 0 {
		var err error
		switch given, err = document(arguments); {
		case err == nil && string(given) == "null":
			given = nil
		case err != nil || given[0] != '{':
			return nil, &refusal{fault: fault.New(fault.BadRequest, "The arguments are a JSON object.")}
		}
	}
	if f := o.unknownArgument(given); f != nil {
		return nil, &refusal{fault: f}
	}
	out := []byte{'{'}
	for i := range o.Variables {
		v := &o.Variables[i]
		var value []byte
		var f *fault.Error
		switch v.In {
		case InClaim:
			value, f = v.fromClaim(nil, who)
		case InHeader:
			value, f = v.fromHeader(nil, header.Values(v.Key))
		case InCookie:
			value, f = v.fromCookie(nil, &http.Request{Header: header})
		case InQuery, InPath, InBody:
			value = memberAt(given, []string{v.Name})
		}
		if f != nil {
			return nil, &refusal{fault: f}
		}
		if len(value) == 0 {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(out, `"`+v.Name+`":`...)
		out = append(out, value...)
	}
	values, errs := resolvers.VariablesText(s.o.Model, o.Definition, append(out, '}'))
	if len(errs) == 0 {
		return values, nil
	}
	refused := &refusal{fault: fault.New(fault.BadUserInput, errs[0].Message)}
	for _, e := range errs[1:] {
		refused.more = append(refused.more, e.Message)
	}
	return nil, refused
}

// unknownArgument refuses an argument that no variable takes: a model that invents one has to be told.
func (o *Operation) unknownArgument(given []byte) (f *fault.Error) {
	if given == nil {
		return nil
	}
	_, _ = rawjson.Members(given, 0, func(key, _ []byte) error { // the text has been checked
		name := string(rawjson.Unquote(nil, key))
		if f == nil && !slices.ContainsFunc(o.Variables, func(v Variable) bool {
			return v.Name == name && v.In != InClaim && v.In != InHeader && v.In != InCookie
		}) {
			f = fault.New(fault.BadUserInput, "there is no argument "+show(name)+" here")
		}
		return nil
	})
	return f
}
