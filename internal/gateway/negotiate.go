package gateway

import (
	"strings"

	"manifold/internal/fault"
)

// The media types we answer with, as ready header values; they are shared and never written.
var (
	jsonType    = []string{"application/json; charset=utf-8"}
	graphqlType = []string{"application/graphql-response+json; charset=utf-8"}
)

// responseType picks the media type of the response from the Accept headers (RFC 9110 section 12.5.1). Without one, or
// where wildcards leave the choice to us, it is application/json, which every client can read. Of two types accepted
// alike the one named more exactly wins, then the one named first.
//
// The refusal of a client that accepts neither is itself sent as application/json.
func responseType(accept []string) ([]string, *refusal) {
	switch {
	case len(accept) == 0:
		return jsonType, nil
	case len(accept) == 1:
		switch accept[0] { // what clients mostly send
		case "application/json", "*/*", "application/json, */*", "":
			return jsonType, nil
		case "application/graphql-response+json", "application/graphql-response+json, application/json;q=0.9",
			"application/graphql-response+json,application/json;q=0.9",
			"application/graphql-response+json, application/json":
			return graphqlType, nil
		}
	}
	var json, graphql preference
	order := 0
	for _, line := range accept {
		for line != "" {
			var item string
			item, line, _ = strings.Cut(line, ",")
			order++
			media, weight, ok := mediaRange(item)
			if !ok {
				continue
			}
			switch media {
			case "application/json":
				json.take(weight, exact, order)
			case "application/graphql-response+json":
				graphql.take(weight, exact, order)
			case "application/*":
				json.take(weight, subtype, order)
				graphql.take(weight, subtype, order)
			case "*/*":
				json.take(weight, anything, order)
				graphql.take(weight, anything, order)
			}
		}
	}
	switch {
	case json.weight == 0 && graphql.weight == 0:
		return jsonType, refuse(fault.NotAcceptable,
			"this endpoint answers with application/graphql-response+json or application/json; the Accept header allows neither")
	case graphql.weight != json.weight:
		if graphql.weight > json.weight {
			return graphqlType, nil
		}
	case graphql.exactness != json.exactness:
		if graphql.exactness > json.exactness {
			return graphqlType, nil
		}
	case graphql.exactness == exact && graphql.order < json.order:
		return graphqlType, nil
	}
	return jsonType, nil
}

// How exactly a media range names a type.
const (
	anything = 1 + iota
	subtype
	exact
)

// preference is what the Accept headers say of one media type.
type preference struct {
	weight    int // 0 to 1000; 0: not acceptable
	exactness int // 0: no range matches it
	order     int
}

// take notes a range that matches: the most exact one decides, whatever its weight.
func (p *preference) take(weight, exactness, order int) {
	if exactness > p.exactness {
		*p = preference{weight: weight, exactness: exactness, order: order}
	}
}

// mediaRange splits one item of an Accept header into its lower-case media range and its weight in thousandths. It is
// not ok if it asks for a charset that is not UTF-8, or if its weight is not one.
func mediaRange(item string) (media string, weight int, ok bool) {
	media, params, _ := strings.Cut(item, ";")
	media = strings.ToLower(strings.TrimSpace(media))
	weight = 1000
	for params != "" {
		var param string
		param, params, _ = strings.Cut(params, ";")
		name, value, _ := strings.Cut(strings.TrimSpace(param), "=")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "q":
			if weight, ok = quality(strings.TrimSpace(value)); !ok {
				return media, 0, false
			}
		case "charset":
			if !utf8Charset(value) {
				return media, 0, false
			}
		}
	}
	return media, weight, media != ""
}

// quality reads a weight of RFC 9110 section 12.4.2, as thousandths.
func quality(text string) (thousandths int, ok bool) {
	whole, fraction, _ := strings.Cut(text, ".")
	if whole != "0" && whole != "1" || len(fraction) > 3 {
		return 0, false
	}
	thousandths = int(whole[0]-'0') * 1000
	unit := 100
	for _, c := range []byte(fraction) {
		if c < '0' || c > '9' {
			return 0, false
		}
		thousandths += int(c-'0') * unit
		unit /= 10
	}
	return thousandths, thousandths <= 1000
}

// utf8Charset reports whether the value of a charset parameter names UTF-8.
func utf8Charset(value string) bool {
	value = strings.Trim(strings.TrimSpace(value), `"`)
	return strings.EqualFold(value, "utf-8") || strings.EqualFold(value, "utf8")
}

// requestType refuses a POST whose body is not declared as JSON in UTF-8.
//
// A browser sends a form, plain text or a body without a type to any site without asking it first (a "simple" request of
// CORS). Such a POST is refused as forged, unless it carries a header that makes a browser ask. application/json makes
// it ask as well. A GET needs nothing of the kind: it only reads, and CORS keeps its answer from the page that sent it.
func requestType(contentType string, preflighted bool) *refusal {
	if contentType == "application/json" {
		return nil
	}
	media, params, _ := strings.Cut(contentType, ";")
	media = strings.ToLower(strings.TrimSpace(media))
	switch media {
	case "application/json":
		for params != "" {
			var param string
			param, params, _ = strings.Cut(params, ";")
			name, value, _ := strings.Cut(strings.TrimSpace(param), "=")
			if strings.EqualFold(strings.TrimSpace(name), "charset") && !utf8Charset(value) {
				return refuse(fault.UnsupportedMediaType, "JSON has to be sent as UTF-8")
			}
		}
		return nil
	case "multipart/form-data":
		return refuse(fault.UnsupportedMediaType, "file uploads are not served: send application/json")
	case "", "text/plain", "application/x-www-form-urlencoded":
		if !preflighted {
			return refuse(fault.CSRFPrevented, "a POST needs Content-Type: application/json")
		}
	}
	return refuse(fault.UnsupportedMediaType, "a POST needs Content-Type: application/json")
}
