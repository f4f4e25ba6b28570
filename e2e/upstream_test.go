package e2e_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// upstream is the service behind testdata/same.graphql.
type upstream struct {
	data map[string]json.RawMessage
	mu   sync.Mutex
	sums map[string]int // guarded by mu
}

// startUpstream serves the members of same.json, each at a path of its name: text for text.
func startUpstream(t *testing.T, data string) (url string) {
	t.Helper()
	u := &upstream{sums: map[string]int{}}
	if err := json.Unmarshal([]byte(data), &u.data); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{name}", u.member)
	mux.HandleFunc("GET /humans", u.byID)
	mux.HandleFunc("GET /starships", u.byID)
	mux.HandleFunc("POST /echo", u.echo)
	mux.HandleFunc("POST /add", u.add)
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv.URL
}

func (u *upstream) member(w http.ResponseWriter, r *http.Request) {
	value, ok := u.data[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	reply(w, value)
}

// byID answers with those objects whose ids are asked for, last one first.
func (u *upstream) byID(w http.ResponseWriter, r *http.Request) {
	var all, found []json.RawMessage
	_ = json.Unmarshal(u.data[strings.Trim(r.URL.Path, "/")], &all)
	wanted := strings.Split(r.URL.Query().Get("ids"), ",")
	for _, one := range slices.Backward(all) {
		var key struct{ ID string }
		if json.Unmarshal(one, &key) == nil && slices.Contains(wanted, key.ID) {
			found = append(found, one)
		}
	}
	body, _ := json.Marshal(append([]json.RawMessage{}, found...))
	reply(w, body)
}

func (*upstream) echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	reply(w, body)
}

func (u *upstream) add(w http.ResponseWriter, r *http.Request) {
	var in struct {
		To string
		N  int
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.N < 0 {
		http.Error(w, "only upwards", http.StatusBadRequest)
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.sums[in.To] += in.N
	body, _ := json.Marshal(map[string]int{"total": u.sums[in.To]})
	reply(w, body)
}

func reply(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body)
}
