package openapi

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"manifold/bff"
	"manifold/bff/typescript"
	"manifold/internal/plan"
)

var (
	//go:embed page.html
	pageText string
	//go:embed page.css
	pageStyle string
)

// Page is what a person reads of a client's routes: one page that loads nothing.
type Page struct {
	HTML   []byte
	Policy string // its Content-Security-Policy
}

type pageView struct {
	Title, Version, Prefix string
	Style                  template.CSS
	Security               []string
	Routes                 []routeView
	Types                  string // that the routes share
}

type routeView struct {
	Name, Method, Path, Description, Retiring, Needs string
	Parameters                                       []parameterView
	Body, Curl, Answer, Example                      string
	Status                                           int
	Problems                                         []problemView
}

type parameterView struct {
	Name, In, Type, About, Default string
	Required                       bool
}

type problemView struct {
	Status  int
	Meaning string
}

// NewPage makes the page of a client.
func NewPage(c *bff.Client, methods []Method) (*Page, error) {
	doc := Build(c, methods)
	view := pageView{Title: c.Name + " API", Version: doc.Info.Version, Prefix: c.Prefix, Style: template.CSS(pageStyle)} //nolint:gosec // ours
	view.Types = typescript.Types(c)
	view.Security = doc.Components.SecuritySchemes.names
	for _, o := range c.Operations {
		if o.Route != nil {
			view.Routes = append(view.Routes, routeOf(o))
		}
	}
	page, err := template.New("page").Parse(pageText)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := page.Execute(&out, view); err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(pageStyle))
	return &Page{
		HTML: out.Bytes(),
		Policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
			"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	}, nil
}

func routeOf(o *bff.Operation) routeView {
	r := routeView{
		Name: o.Name, Method: o.Route.Method, Path: o.Route.Pattern, Description: o.Description, Status: o.Route.Status,
		Answer: typescript.Type(o.Answer, ""), Example: pretty(Example(o.Answer, o.Name)),
	}
	if o.Route.Retiring != nil {
		r.Retiring = "This route ends on " + o.Route.Retiring.End.Format("2 January 2006") + "."
	}
	if o.Guarded() {
		r.Needs = "who asks has to be known"
	}
	for _, all := range o.Guard.Scopes {
		r.Needs += "; scopes: " + strings.Join(all, " and ")
	}
	for _, p := range o.Parameters() {
		bare := *p.Type
		bare.Nullable = false
		r.Parameters = append(r.Parameters, parameterView{
			Name: p.Name, In: placeName(p.In), Type: typescript.Type(&bare, ""), About: p.Description, Default: p.Default, Required: p.Required,
		})
	}
	body, _ := o.Body()
	if body != nil {
		bare := *body // shown whole, even if it has a name
		bare.Shared, bare.Nullable = false, false
		r.Body = typescript.Type(&bare, "")
	}
	r.Curl = curl(o, body)
	for _, status := range o.Statuses() {
		r.Problems = append(r.Problems, problemView{status, http.StatusText(status) + ". " + meaning(status)})
	}
	return r
}

func pretty(text []byte) string {
	var out bytes.Buffer
	if json.Indent(&out, text, "", "  ") != nil {
		return string(text)
	}
	return out.String()
}

// curl is a command line that asks for a route.
func curl(o *bff.Operation, body *plan.Answer) string {
	var b strings.Builder
	b.WriteString("curl")
	if o.Route.Method != http.MethodGet {
		b.WriteString(" -X " + o.Route.Method)
	}
	path, query := o.Route.Pattern, url.Values{}
	for _, p := range o.Parameters() {
		bare := *p.Type
		bare.Nullable = false
		if bare.Kind == plan.AnswerList {
			bare = *bare.Item
		}
		text := strings.Trim(string(Example(&bare, p.Name)), `"`)
		switch {
		case p.In == bff.InPath:
			path = strings.NewReplacer("{"+p.Name+"}", text, "{"+p.Name+"...}", text).Replace(path)
		case p.Required && p.In == bff.InQuery:
			query.Set(p.Name, text)
		case p.Required && p.In == bff.InHeader:
			b.WriteString(" -H " + strconv.Quote(p.Name+": "+text))
		}
	}
	if o.Guarded() {
		b.WriteString(` -H "Authorization: Bearer $TOKEN"`)
	}
	if body != nil {
		b.WriteString(` -H "Content-Type: application/json" -d '` + string(Example(body, "body")) + `'`)
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	b.WriteString(` "$GATEWAY` + path + `"`)
	return b.String()
}
