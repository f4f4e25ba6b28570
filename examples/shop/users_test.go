package shop_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"manifold/examples/shop"
)

// ask sends one request to h and returns the status, the header and the body.
func ask(t *testing.T, h http.Handler, method, uri, body string, header ...string) (int, http.Header, string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, uri, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if got := w.Header().Get("Content-Type"); got != "application/json" {
		t.Errorf("%s %s: content type %q, want application/json", method, uri, got)
	}
	return w.Code, w.Header(), w.Body.String()
}

// decode reads the JSON text body as a T.
func decode[T any](t *testing.T, body string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return v
}

// failures is a table of requests that a service refuses, with its error code and a part of its message.
type failures []struct {
	name, method, uri, body string
	status                  int
	code, says              string
}

func (cases failures) run(t *testing.T, h http.Handler) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			status, _, body := ask(t, h, c.method, c.uri, c.body)
			type failure struct {
				Error struct{ Message, Code string }
			}
			got := decode[failure](t, body).Error
			if status != c.status || got.Code != c.code || !strings.Contains(got.Message, c.says) {
				t.Errorf("got %d %s %q, want %d %s and %q", status, got.Code, got.Message, c.status, c.code, c.says)
			}
		})
	}
}

type userPage struct {
	Data  []shop.User
	Total int
}

func TestOneUser(t *testing.T) {
	t.Parallel()
	status, _, body := ask(t, shop.Users(), "GET", "/users/1", "")
	u := decode[shop.User](t, body)
	if status != 200 || u.ID != 1 || u.Profile.FullName != "Ada Moreau" || u.Tier != "pro" {
		t.Errorf("got %d %+v, want user 1, Ada Moreau, pro", status, u)
	}
}

func TestUserSelection(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, uri string
		ids       []int
		total     int
	}{
		{"by ids, in the service's own order, without unknown ones", "/users?ids=9,2,999,5", []int{2, 5, 9}, 3},
		{"ids may be repeated parameters", "/users?ids=3&ids=4", []int{3, 4}, 2},
		{"an id asked for twice comes once", "/users?ids=3,3", []int{3}, 1},
		{"no ids find nobody", "/users?ids=", []int{}, 0},
		{"unknown parameters are ignored", "/users?ids=1&shade=blue", []int{1}, 1},
		{"a page", "/users?limit=3&offset=197", []int{198, 199, 200}, 200},
		{"behind the end", "/users?offset=200", []int{}, 200},
	}
	h := shop.Users()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			status, _, body := ask(t, h, "GET", c.uri, "")
			page := decode[userPage](t, body)
			ids := []int{}
			for _, u := range page.Data {
				ids = append(ids, u.ID)
			}
			if status != 200 || !slices.Equal(ids, c.ids) || page.Total != c.total {
				t.Errorf("got %d, ids %v of %d; want %v of %d", status, ids, page.Total, c.ids, c.total)
			}
			if strings.Contains(body, `"data":null`) {
				t.Error("an empty list is written as null")
			}
		})
	}
}

func TestBasicIsFree(t *testing.T) {
	t.Parallel()
	_, _, body := ask(t, shop.Users(), "GET", "/users?tier=free&limit=100", "")
	seen := map[string]int{}
	for _, u := range decode[userPage](t, body).Data {
		seen[u.Tier]++
	}
	if seen["free"] == 0 || seen["basic"] == 0 || len(seen) != 2 {
		t.Errorf("tiers found: %v, want free and its old name basic", seen)
	}
}

// The demo's data has the holes that real data has; without them the gateway's null handling would not be seen.
func TestUsersHaveHoles(t *testing.T) {
	t.Parallel()
	_, _, body := ask(t, shop.Users(), "GET", "/users?limit=100", "")
	mails, addresses := 0, 0
	for _, u := range decode[userPage](t, body).Data {
		if u.Email == nil {
			mails++
		} else if strings.ContainsFunc(*u.Email, func(r rune) bool { return r > 'z' || r == ' ' }) {
			t.Errorf("user %d has the mail address %q", u.ID, *u.Email)
		}
		if u.Address == nil {
			addresses++
		}
	}
	if mails == 0 || addresses == 0 {
		t.Errorf("%d users without email, %d without address; want some of both", mails, addresses)
	}
}

func TestUserFailures(t *testing.T) {
	t.Parallel()
	many := "/users?ids=" + manyIDs(101)
	failures{
		{"unknown user", "GET", "/users/201", "", 404, "NOT_FOUND", "no user 201"},
		{"user zero", "GET", "/users/0", "", 404, "NOT_FOUND", "no user 0"},
		{"id is a word", "GET", "/users/ada", "", 400, "BAD_REQUEST", `"ada"`},
		{"ids is a word", "GET", "/users?ids=1,ada", "", 400, "BAD_REQUEST", "ids"},
		{"too many ids", "GET", many, "", 400, "BAD_REQUEST", "up to 100"},
		{"limit is zero", "GET", "/users?limit=0", "", 400, "BAD_REQUEST", "limit"},
		{"offset is negative", "GET", "/users?offset=-1", "", 400, "BAD_REQUEST", "offset"},
		{"wrong method", "DELETE", "/users/1", "", 405, "METHOD_NOT_ALLOWED", "GET"},
		{"unknown path", "GET", "/people", "", 404, "NOT_FOUND", "/people"},
	}.run(t, shop.Users())
}

// manyIDs is a list of n different numbers.
func manyIDs(n int) string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = strconv.Itoa(i + 1)
	}
	return strings.Join(ids, ",")
}
