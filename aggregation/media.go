package aggregation

import (
	"bytes"
	"fmt"
	"mime"
	"strings"
	"unicode/utf8"

	"manifold/internal/rawjson"
	"manifold/upstreams"
)

var byteOrderMark = []byte("\xef\xbb\xbf")

// isJSON recognises JSON by its media type. A reply without one is taken for JSON and has to prove it.
func isJSON(contentType string) bool {
	if contentType == "" || contentType == "application/json" {
		return true
	}
	kind, _, _ := strings.Cut(contentType, ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	return strings.HasSuffix(kind, "/json") || strings.HasSuffix(kind, "+json")
}

func isText(contentType string) bool {
	const kind = "text/plain"
	return len(contentType) >= len(kind) && strings.EqualFold(contentType[:len(kind)], kind)
}

// decodeText returns a text body as a JSON string (LANGUAGE 6: text/plain is a string in its charset). Known are UTF-8,
// US-ASCII and ISO-8859-1, whose bytes are the first 256 code points.
func decodeText(r *upstreams.Reply) ([]byte, error) {
	charset := "utf-8"
	if _, params, err := mime.ParseMediaType(r.ContentType); err == nil && params["charset"] != "" {
		charset = strings.ToLower(params["charset"])
	}
	body := bytes.TrimPrefix(r.Body, byteOrderMark)
	switch charset {
	case "utf-8", "utf8", "us-ascii", "ascii":
		if !utf8.Valid(body) {
			return nil, fmt.Errorf("the text is not %s", charset)
		}
	case "iso-8859-1", "latin1":
		wide := make([]byte, 0, len(body)+len(body)/8)
		for _, c := range body {
			wide = utf8.AppendRune(wide, rune(c))
		}
		body = wide
	default:
		return nil, fmt.Errorf("text in the charset %s is not read", charset)
	}
	return rawjson.Quote(nil, body), nil
}
