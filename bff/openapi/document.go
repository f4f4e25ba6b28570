package openapi

import "encoding/json"

// Document is an OpenAPI document, with the parts of it that we write (https://spec.openapis.org/oas/v3.1.1).
type Document struct {
	OpenAPI    string            `json:"openapi"`
	Info       Info              `json:"info"`
	Servers    []Server          `json:"servers"`
	Paths      ordered[PathItem] `json:"paths"`
	Components Components        `json:"components"`
}

// Info names the document.
type Info struct {
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	Version     string `json:"version"`
}

// Server is where paths begin.
type Server struct {
	URL string `json:"url"`
}

// PathItem is what a path serves, by method in lower case.
type PathItem = ordered[*Operation]

// Operation is one route.
type Operation struct {
	OperationID string                `json:"operationId"`
	Summary     string                `json:"summary,omitempty"`
	Description string                `json:"description,omitempty"`
	Deprecated  bool                  `json:"deprecated,omitempty"`
	Parameters  []Parameter           `json:"parameters,omitempty"`
	RequestBody *RequestBody          `json:"requestBody,omitempty"`
	Responses   ordered[*Response]    `json:"responses"`
	Security    []map[string][]string `json:"security,omitempty"`
}

// Parameter is a parameter of a route.
type Parameter struct {
	Name        string               `json:"name"`
	In          string               `json:"in"`
	Description string               `json:"description,omitempty"`
	Required    bool                 `json:"required,omitempty"`
	Deprecated  bool                 `json:"deprecated,omitempty"`
	Style       string               `json:"style,omitempty"`
	Explode     *bool                `json:"explode,omitempty"`
	Schema      *Schema              `json:"schema,omitempty"`
	Content     map[string]MediaType `json:"content,omitempty"`
	Example     json.RawMessage      `json:"example,omitempty"`
}

// RequestBody is the body that a route takes.
type RequestBody struct {
	Required bool                 `json:"required"`
	Content  map[string]MediaType `json:"content"`
}

// MediaType is a body.
type MediaType struct {
	Schema  *Schema         `json:"schema"`
	Example json.RawMessage `json:"example,omitempty"`
}

// Response is what a route answers with one status.
type Response struct {
	Ref         string               `json:"$ref,omitempty"`
	Description string               `json:"description,omitempty"`
	Headers     ordered[Header]      `json:"headers,omitzero"`
	Content     map[string]MediaType `json:"content,omitempty"`
}

// Header is a header of a response.
type Header struct {
	Description string  `json:"description"`
	Schema      *Schema `json:"schema"`
}

// Components are what several places refer to.
type Components struct {
	Schemas         ordered[*Schema]   `json:"schemas"`
	Responses       ordered[*Response] `json:"responses"`
	SecuritySchemes ordered[Security]  `json:"securitySchemes,omitzero"`
}

// Security is a way to say who asks.
type Security struct {
	Type         string `json:"type"`
	Scheme       string `json:"scheme,omitempty"`
	BearerFormat string `json:"bearerFormat,omitempty"`
	In           string `json:"in,omitempty"`
	Name         string `json:"name,omitempty"`
	Description  string `json:"description,omitempty"`
}

// Schema is a JSON Schema (draft 2020-12).
type Schema struct {
	Ref                  string           `json:"$ref,omitempty"`
	Title                string           `json:"title,omitempty"`
	Description          string           `json:"description,omitempty"`
	Deprecated           bool             `json:"deprecated,omitempty"`
	Type                 any              `json:"type,omitempty"` // a text, or a list of texts
	Format               string           `json:"format,omitempty"`
	Enum                 []any            `json:"enum,omitempty"`
	Const                any              `json:"const,omitempty"`
	Default              json.RawMessage  `json:"default,omitempty"`
	Items                *Schema          `json:"items,omitempty"`
	Properties           ordered[*Schema] `json:"properties,omitzero"`
	Required             []string         `json:"required,omitempty"`
	AdditionalProperties *Schema          `json:"additionalProperties,omitempty"`
	OneOf                []*Schema        `json:"oneOf,omitempty"`
	Discriminator        *Discriminator   `json:"discriminator,omitempty"`
	Minimum              *int             `json:"minimum,omitempty"`
	Maximum              *int             `json:"maximum,omitempty"`
}

// Discriminator says which member tells variants apart.
type Discriminator struct {
	PropertyName string            `json:"propertyName"`
	Mapping      map[string]string `json:"mapping"`
}

// ordered is a JSON object whose members keep the order in which they were set.
type ordered[V any] struct {
	names  []string
	values map[string]V
}

func (o *ordered[V]) set(name string, v V) {
	if o.values == nil {
		o.values = map[string]V{}
	}
	if _, there := o.values[name]; !there {
		o.names = append(o.names, name)
	}
	o.values[name] = v
}

func (o *ordered[V]) get(name string) (V, bool) {
	v, ok := o.values[name]
	return v, ok
}

// IsZero makes omitzero and empty members go together.
func (o ordered[V]) IsZero() bool { return len(o.names) == 0 }

// MarshalJSON implements json.Marshaler.
func (o ordered[V]) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, name := range o.names {
		if i > 0 {
			out = append(out, ',')
		}
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(o.values[name])
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, key...), ':'), value...)
	}
	return append(out, '}'), nil
}
