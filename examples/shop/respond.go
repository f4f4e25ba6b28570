package shop

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// failure is an error that a service tells its client.
type failure struct {
	status  int
	code    string
	message string
}

func (f *failure) Error() string { return f.message }

// badRequest is a failure of the client's parameters.
func badRequest(format string, args ...any) *failure {
	return &failure{http.StatusBadRequest, "BAD_REQUEST", fmt.Sprintf(format, args...)}
}

// notFound is the failure of asking for one thing that is not there.
func notFound(format string, args ...any) *failure {
	return &failure{http.StatusNotFound, "NOT_FOUND", fmt.Sprintf(format, args...)}
}

// reply writes v as JSON.
func reply(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil { // the shop's types always marshal; a new one that does not must be seen
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}

// fail writes f as the services' error object.
func fail(w http.ResponseWriter, f *failure) {
	type body struct {
		Message string `json:"message"`
		Code    string `json:"code"`
	}
	reply(w, f.status, map[string]body{"error": {f.message, f.code}})
}

// methods answers a path by method. Another method is a 405 that lists those there are; HEAD goes with GET.
type methods map[string]http.HandlerFunc

func (m methods) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if h, ok := m[method]; ok {
		h(w, r)
		return
	}
	allowed := make([]string, 0, len(m))
	for name := range m {
		allowed = append(allowed, name)
	}
	slices.Sort(allowed)
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	fail(w, &failure{
		http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED",
		fmt.Sprintf("%s is not possible here; %s is", r.Method, strings.Join(allowed, ", ")),
	})
}

// unknownPath answers every path that no service has.
func unknownPath(w http.ResponseWriter, r *http.Request) {
	fail(w, notFound("there is nothing at %s", r.URL.Path))
}
