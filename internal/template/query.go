package template

import (
	"bytes"

	"manifold/internal/mapping"
	"manifold/internal/rawjson"
)

// pair is one name=value of a query. Pairs without expressions are literal text, ampersands between them included.
type pair struct {
	literal string
	members *part // if not nil, there is nothing else: its value is an object, each member of which is a pair
	name    []part
	value   []part
	equals  bool // an equals sign is written
	only    int  // index in value of the only expression of the pair; -1: there are several, or one in the name
}

// readQuery reads the pairs from f.text[start] to the end. Empty ones are left out.
func readQuery(f *flat, start int) (pairs []pair) {
	for start < len(f.text) {
		end := len(f.text)
		if i := bytes.IndexByte(f.text[start:], '&'); i >= 0 {
			end = start + i
		}
		if end > start {
			pairs = appendPair(pairs, readPair(f, start, end))
		}
		start = end + 1
	}
	return pairs
}

func appendPair(pairs []pair, p pair) []pair {
	if last := len(pairs) - 1; last >= 0 && p.literal != "" && pairs[last].literal != "" {
		pairs[last].literal += "&" + p.literal
		return pairs
	}
	return append(pairs, p)
}

func readPair(f *flat, start, end int) pair {
	written := f.text[start:end]
	if bytes.IndexByte(written, 0) < 0 {
		return pair{literal: string(queryText.literal(nil, written))}
	}
	p := pair{only: -1}
	middle := end
	if i := bytes.IndexByte(written, '='); i >= 0 {
		middle = start + i
		p.equals = true
		p.value = f.parts(middle+1, end, queryText.literal)
	}
	p.name = f.parts(start, middle, queryText.literal)
	for i := range p.value {
		if p.value[i].expr != nil {
			p.only = i
		}
	}
	if bytes.Count(written, []byte{0}) > 1 || bytes.IndexByte(written[:middle-start], 0) >= 0 {
		p.only = -1
	}
	return p
}

// append appends the pair behind a separator: once, or for every item of a list, or not at all if a value is null or
// missing.
func (p *pair) append(dst []byte, separator byte, env mapping.Env, a *mapping.Arena) ([]byte, error) {
	if p.literal != "" {
		return append(append(dst, separator), p.literal...), nil
	}
	if p.members != nil {
		return p.members.appendMembers(dst, separator, env, a)
	}
	if p.only < 0 {
		return p.appendMixed(dst, separator, env, a)
	}
	expr := &p.value[p.only]
	v, err := expr.eval(env, a)
	if err != nil || v == nil {
		return dst, err
	}
	if v[0] != '[' {
		return p.appendOne(dst, separator, v)
	}
	for i, more := rawjson.Space(v, 1), v[rawjson.Space(v, 1)] != ']'; more; {
		end, err := rawjson.Skip(v, i, 1)
		if err != nil {
			return dst, expr.fault("is not valid JSON")
		}
		if item := v[i:end]; item[0] != 'n' {
			if dst, err = p.appendOne(dst, separator, item); err != nil {
				return dst, err
			}
			separator = '&'
		}
		if i, more, err = rawjson.Next(v, end, ']'); err != nil {
			return dst, expr.fault("is not valid JSON")
		}
	}
	return dst, nil
}

// appendOne appends the pair with v for its only expression.
func (p *pair) appendOne(dst []byte, separator byte, v []byte) ([]byte, error) {
	dst = append(dst, separator)
	for i := range p.name {
		dst = append(dst, p.name[i].text...)
	}
	dst = append(dst, '=')
	var err error
	for i := range p.value {
		if i != p.only {
			dst = append(dst, p.value[i].text...)
			continue
		}
		if dst, err = p.value[i].appendEscaped(dst, v, &queryValue); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// appendMixed appends a pair of several expressions, none of which may be a list.
func (p *pair) appendMixed(dst []byte, separator byte, env mapping.Env, a *mapping.Arena) ([]byte, error) {
	mark := len(dst)
	dst, ok, err := appendQueryParts(append(dst, separator), p.name, env, a)
	if err != nil || !ok {
		return dst[:mark], err
	}
	if p.equals {
		if dst, ok, err = appendQueryParts(append(dst, '='), p.value, env, a); err != nil || !ok {
			return dst[:mark], err
		}
	}
	return dst, nil
}

// appendQueryParts appends one side of a pair; ok is false if a value is null or missing.
func appendQueryParts(dst []byte, parts []part, env mapping.Env, a *mapping.Arena) (out []byte, ok bool, err error) {
	for i := range parts {
		p := &parts[i]
		if p.expr == nil {
			dst = append(dst, p.text...)
			continue
		}
		v, err := p.eval(env, a)
		if err != nil || v == nil {
			return dst, false, err
		}
		if dst, err = p.appendEscaped(dst, v, &queryValue); err != nil {
			return dst, false, err
		}
	}
	return dst, true, nil
}
