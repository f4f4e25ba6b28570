package auth

import "slices"

// Identity is who a request comes from, as it was verified. Nil is nobody: an anonymous request. It is immutable and may be
// shared by requests that bring the same credential.
type Identity struct {
	Method  string   // the name of the method that verified it, as gateway.yaml gives it
	Subject string   // "sub" of a token, the owner of an API key
	Scopes  []string // what it was granted, sorted
	Claims  []byte   // $claims: a JSON object
	Client  []byte   // $client: a JSON object with the members id and plan, each a text or null
}

// Granted reports whether one of the alternatives is granted whole: @requiresScopes is an OR of ANDs.
func (i *Identity) Granted(alternatives [][]string) bool {
	if i == nil {
		return false
	}
	return slices.ContainsFunc(alternatives, func(all []string) bool {
		return !slices.ContainsFunc(all, func(scope string) bool {
			_, has := slices.BinarySearch(i.Scopes, scope)
			return !has
		})
	})
}
