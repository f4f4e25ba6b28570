package gateway

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"manifold/internal/fault"
	"manifold/internal/rawjson"
)

// persisted keeps the texts of automatic persisted queries: a client sends the SHA-256 of a text it has sent before.
// A text is kept only after it has been found valid and within the limits, and only under its own hash, so nobody can
// plant a document under a hash that others use. The protocol is Apollo's.
type persisted struct {
	texts   *textCache[string]
	maxText int
}

func newPersisted(l Limits) *persisted {
	return &persisted{texts: newTextCache[string](l.PersistedBytes), maxText: l.CacheText}
}

// resolve fills in params.Query if the request has only its hash. If it has both, they have to agree; then hash is
// returned, and keep is due as soon as the text is known to be valid.
func (p *persisted) resolve(extensions []byte, params *graphql.RawParams) (hash string, err *gqlerror.Error) {
	request := memberOf(extensions, "persistedQuery")
	if request == nil || rawjson.KindOf(request[0]) == rawjson.Null {
		return "", nil
	}
	if rawjson.KindOf(request[0]) != rawjson.Object {
		return "", requestError(fault.BadRequest, "extensions.persistedQuery has to be an object")
	}
	if version := memberOf(request, "version"); string(version) != "1" {
		return "", requestError(fault.BadRequest, "extensions.persistedQuery.version has to be 1")
	}
	hash, ok := hexSum(memberOf(request, "sha256Hash"))
	if !ok {
		return "", requestError(fault.BadRequest,
			"extensions.persistedQuery.sha256Hash has to be a SHA-256 sum: 64 hexadecimal digits in lower case")
	}
	if params.Query == "" {
		text, ok := p.texts.get(hash)
		if !ok {
			// Clients compare this message word for word.
			return "", requestError(fault.PersistedQueryNotFound, "PersistedQueryNotFound")
		}
		params.Query = text
		return "", nil
	}
	sum := sha256.Sum256([]byte(params.Query))
	if hex.EncodeToString(sum[:]) != hash {
		return "", requestError(fault.PersistedQueryHashMismatch, "the hash is not that of the query")
	}
	return hash, nil
}

// keep stores a text that has been validated.
func (p *persisted) keep(hash, text string) {
	if len(text) <= p.maxText {
		p.texts.add(hash, text, len(hash)+len(text)+128)
	}
}

// hexSum returns the text of a JSON string that is a SHA-256 sum.
func hexSum(token []byte) (string, bool) {
	if len(token) != 2+2*sha256.Size || token[0] != '"' {
		return "", false
	}
	text := token[1 : len(token)-1]
	for _, c := range text {
		if c-'0' >= 10 && c-'a' >= 6 {
			return "", false
		}
	}
	return string(text), true
}

// memberOf returns the value of a member of a valid JSON object, or nil. The first of that name is taken.
func memberOf(object []byte, name string) []byte {
	if len(object) == 0 {
		return nil
	}
	i := rawjson.Space(object, 1)
	for i < len(object) && object[i] == '"' {
		keyEnd, value, _, err := rawjson.Key(object, i)
		if err != nil {
			return nil
		}
		end, err := rawjson.Skip(object, value, 0)
		if err != nil {
			return nil
		}
		if rawjson.EqualKey(object[i:keyEnd], name) {
			return object[value:end]
		}
		i = rawjson.Space(object, end)
		if i < len(object) && object[i] == ',' {
			i = rawjson.Space(object, i+1)
		}
	}
	return nil
}
