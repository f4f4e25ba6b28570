package gateway

import (
	"embed"
	"net/http"
	"path"
	"strconv"
)

// The playground is GraphiQL, embedded: it works without the internet and sends nothing to anybody. playground/build.sh
// tells where its files come from.
//
//go:embed playground/*.html playground/*.js playground/*.css playground/LICENSES.txt
var playgroundFiles embed.FS

// playgroundPath is where the files of the playground are served; the page itself is at / and at /playground.
const playgroundPath = "/playground/"

// playgroundPolicy lets the page load and ask nothing but this server. Styles may be inline, since GraphiQL measures and
// places its panes by them; scripts may not.
const playgroundPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; " +
	"img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

var playgroundTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".txt":  "text/plain; charset=utf-8",
}

// newPlayground serves the page at / and at /playground, for a proxy may have the first, and its files below playgroundPath.
func newPlayground() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := "playground/index.html"
		itself := r.URL.Path == "/" || r.URL.Path == "/playground"
		if !itself {
			name = path.Join("playground", path.Base(r.URL.Path))
		}
		content, err := playgroundFiles.ReadFile(name)
		if err != nil || !itself && r.URL.Path != "/"+name {
			notFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", playgroundTypes[path.Ext(name)])
		h.Set("Content-Length", strconv.Itoa(len(content)))
		h.Set("Content-Security-Policy", playgroundPolicy)
		h.Set("Referrer-Policy", "no-referrer")
		h["X-Content-Type-Options"] = noSniffing
		h.Set("Cache-Control", "no-cache") // the next version of the binary may bring other files
		_, _ = w.Write(content)
	})
}
