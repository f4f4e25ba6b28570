package schema

import "strings"

// respondReads lists what the text of a header of the response may read, for hints.
const respondReads = "$response.headers, $status, $args, $request.headers, $config and $env"

// ownHeader reports whether a header of the response is written by the gateway alone. These say what its body is, how it may
// be kept, who may read it, or where else the gateway is to be found: an upstream knows none of that about our response.
func ownHeader(canonical string) bool {
	switch canonical {
	case "Content-Type", "Content-Encoding", "Content-Range", "Content-Location", "Content-Md5", "Accept-Ranges", "Etag", "Last-Modified",
		"Cache-Control", "Expires", "Pragma", "Age", "Vary", "Date", "Server", "Allow", "Alt-Svc", "Www-Authenticate",
		"X-Content-Type-Options":
		return true
	default:
		return strings.HasPrefix(canonical, "Access-Control-") || strings.HasPrefix(canonical, "X-Gateway-")
	}
}
