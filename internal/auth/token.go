package auth

import (
	"encoding/base64"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"manifold/internal/rawjson"
)

// Bounds of a token, checked before any cryptography (RELIABILITY A4).
const (
	maxToken  = 16 << 10
	maxHeader = 2 << 10
)

// token is a JSON Web Signature in compact form (RFC 7515, 7.1), read and not yet believed.
type token struct {
	text   string // all of it: what is signed, and the signature
	alg    string
	kid    string
	claims []byte // the JSON object of the payload
}

// Why a token is refused. The reasons are for counters and logs; clients are told nothing of them.
var (
	errMalformed = errors.New("malformed")
	errHeader    = errors.New("header")
	errAlgorithm = errors.New("algorithm")
	errIssuer    = errors.New("issuer")
	errAudience  = errors.New("audience")
	errExpired   = errors.New("expired")
	errNotYet    = errors.New("not yet valid")
	errKey       = errors.New("unknown key")
	errSignature = errors.New("signature")
	errNoKeys    = errors.New("no keys")
	errTwo       = errors.New("two credentials")
)

// readToken takes a token apart. Whatever its header names beyond algorithm, key and type would change how it has to be
// checked, or where keys come from: such a token is refused, and nothing is ever fetched for it (RFC 8725, 3.10).
func readToken(text string) (*token, error) {
	if len(text) > maxToken || strings.Count(text, ".") != 2 {
		return nil, errMalformed
	}
	first, rest, _ := strings.Cut(text, ".")
	second, signature, _ := strings.Cut(rest, ".")
	if len(first) > maxHeader || signature == "" {
		return nil, errMalformed
	}
	header, err := object(first)
	if err != nil {
		return nil, err
	}
	t := &token{text: text}
	if t.claims, err = object(second); err != nil {
		return nil, err
	}
	wrong := false
	_, _ = rawjson.Members(header, 0, func(key, value []byte) error { // object has checked it
		switch name := string(rawjson.Unquote(nil, key)); name {
		case "alg":
			t.alg, err = textOf(value)
		case "kid":
			t.kid, err = textOf(value)
		case "typ", "cty":
			var of string
			of, err = textOf(value)
			wrong = wrong || name == "typ" && !typed(of)
		case "x5t", "x5t#S256": // names of certificates, which say nothing that kid does not
		default:
			wrong = true
		}
		wrong = wrong || err != nil
		return nil
	})
	if wrong || t.alg == "" || len(t.kid) > 256 {
		return nil, errHeader
	}
	return t, nil
}

// typed reports whether a token's type is one of those that say who somebody is.
func typed(s string) bool {
	switch strings.ToLower(strings.TrimPrefix(strings.ToLower(s), "application/")) {
	case "jwt", "at+jwt", "jws", "jose":
		return true
	default:
		return false
	}
}

// object decodes a part of a token: a JSON object, each member once.
func object(part string) ([]byte, error) {
	text, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil {
		return nil, errMalformed
	}
	start, end, err := rawjson.Document(text)
	if err != nil || text[start] != '{' {
		return nil, errMalformed
	}
	text = text[start:end]
	var names []string
	_, err = rawjson.Members(text, 0, func(key, _ []byte) error {
		name := string(rawjson.Unquote(nil, key))
		if len(names) > 256 || slices.Contains(names, name) {
			return errMalformed
		}
		names = append(names, name)
		return nil
	})
	if err != nil {
		return nil, errMalformed
	}
	return text, nil
}

// member returns a member of a JSON object that has been checked, nil if it is not there.
func member(object []byte, name string) (found []byte) {
	_, _ = rawjson.Members(object, 0, func(key, value []byte) error {
		if rawjson.EqualKey(key, name) {
			found = value
		}
		return nil
	})
	return found
}

// textOf returns the text of a JSON string.
func textOf(value []byte) (string, error) {
	if len(value) == 0 || value[0] != '"' {
		return "", errMalformed
	}
	return string(rawjson.Unquote(nil, value)), nil
}

// texts returns the texts of a JSON string, or of a list of them.
func texts(value []byte) (out []string, err error) {
	if len(value) == 0 {
		return nil, nil
	}
	if value[0] == '"' {
		s, err := textOf(value)
		return []string{s}, err
	}
	if value[0] != '[' {
		return nil, errMalformed
	}
	_, _ = rawjson.Elements(value, 0, func(item []byte) error {
		s, wrong := textOf(item)
		if wrong != nil {
			err = wrong
		}
		out = append(out, s)
		return nil
	})
	return out, err
}

// instant reads a NumericDate (RFC 7519, 2). ok is false if it is there and is none.
func instant(claims []byte, name string) (at time.Time, there, ok bool) {
	value := member(claims, name)
	if value == nil {
		return at, false, true
	}
	if rawjson.KindOf(value[0]) != rawjson.Number {
		return at, true, false
	}
	seconds, err := strconv.ParseFloat(string(value), 64)
	if err != nil || math.Abs(seconds) > 1<<40 {
		return at, true, false
	}
	whole, fraction := math.Modf(seconds)
	return time.Unix(int64(whole), int64(fraction*1e9)), true, true
}

// check compares the claims with what a method wants (RFC 7519, 4.1; RFC 8725). It returns when the token ends.
func (m *JWT) check(t *token, now time.Time) (ends time.Time, err error) {
	ends, there, ok := instant(t.claims, "exp")
	switch {
	case !there || !ok:
		return ends, errExpired
	case !now.Before(ends.Add(m.Leeway)):
		return ends, errExpired
	}
	for _, name := range []string{"nbf", "iat"} {
		at, there, ok := instant(t.claims, name)
		if !ok || there && now.Add(m.Leeway).Before(at) {
			return ends, errNotYet
		}
	}
	if issuer, err := textOf(member(t.claims, "iss")); err != nil || issuer != m.Issuer {
		return ends, errIssuer
	}
	if len(m.Audience) > 0 {
		audience, err := texts(member(t.claims, "aud"))
		if err != nil || !slices.ContainsFunc(audience, func(a string) bool { return slices.Contains(m.Audience, a) }) {
			return ends, errAudience
		}
	}
	if value := member(t.claims, "sub"); value != nil {
		if _, err := textOf(value); err != nil {
			return ends, errMalformed
		}
	}
	return ends, nil
}

// identity is what a token that was believed says.
func (m *JWT) identity(t *token) *Identity {
	who := &Identity{Method: m.Name, Claims: t.claims}
	who.Subject, _ = textOf(member(t.claims, "sub"))
	names := []string{m.Scopes}
	if m.Scopes == "" {
		names = []string{"scope", "scp"}
	}
	for _, name := range names {
		granted, err := texts(member(t.claims, name))
		if err != nil || granted == nil {
			continue
		}
		for _, g := range granted { // RFC 8693, 4.2: a list with spaces; others write a list of JSON
			who.Scopes = append(who.Scopes, strings.Fields(g)...)
		}
		break
	}
	slices.Sort(who.Scopes)
	id := member(t.claims, "azp")
	if id == nil || id[0] != '"' {
		id = member(t.claims, "client_id")
	}
	if id == nil || id[0] != '"' {
		id = []byte("null")
	}
	who.Client = []byte(`{"id":` + string(id) + `,"plan":null}`)
	return who
}
