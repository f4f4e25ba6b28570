package shop

import (
	"net/http"
	"strconv"
)

// maxUserIDs is how many users one call may ask for by id. The gateway's batch size must not be above it.
const maxUserIDs = 100

// User is a customer as the users service tells it.
type User struct {
	ID        int      `json:"id"`
	Profile   Profile  `json:"profile"`
	Email     *string  `json:"email"` // null if never confirmed
	Tier      string   `json:"tier"`  // "free", "basic" (the old name of free) or "pro"
	Address   *Address `json:"address"`
	CreatedAt string   `json:"created_at"` // RFC 3339
}

// Profile is what a user tells about themselves.
type Profile struct {
	FullName string `json:"full_name"`
	Locale   string `json:"locale"`
}

// Address is where a user's parcels go.
type Address struct {
	Street     string `json:"street"`
	City       string `json:"city"`
	PostalCode string `json:"postal_code"`
	Country    string `json:"country"` // ISO 3166, two letters
}

// Users returns the users service. It holds users 1 to 200 and never changes.
func Users() http.Handler {
	s := &userService{users: makeUsers()}
	mux := http.NewServeMux()
	mux.Handle("/users", methods{http.MethodGet: s.list})
	mux.Handle("/users/{id}", methods{http.MethodGet: s.one})
	mux.HandleFunc("/", unknownPath)
	return mux
}

// userService answers from users, which stand in the order of their ids, from 1 without gaps.
type userService struct{ users []User }

func (s *userService) one(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil {
		fail(w, badRequest("a user's id is a whole number, not %q", r.PathValue("id")))
		return
	}
	if id < 1 || id > len(s.users) {
		fail(w, notFound("there is no user %d", id))
		return
	}
	reply(w, http.StatusOK, s.users[id-1])
}

// list answers by ids if the query has them, else with a page of all users. Both come in the order of the ids.
func (s *userService) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	found := []User{} // never null
	if q.Has("ids") {
		ids, f := idsParam(q, "ids", maxUserIDs)
		if f != nil {
			fail(w, f)
			return
		}
		for _, u := range s.users {
			if ids[u.ID] {
				found = append(found, u)
			}
		}
		reply(w, http.StatusOK, map[string]any{"data": found, "total": len(found)})
		return
	}
	limit, f := intParam(q, "limit", 20, 1, maxUserIDs)
	if f != nil {
		fail(w, f)
		return
	}
	offset, f := intParam(q, "offset", 0, 0, 1_000_000)
	if f != nil {
		fail(w, f)
		return
	}
	tier, total := q.Get("tier"), 0
	for _, u := range s.users {
		if tier != "" && tierGroup(u.Tier) != tierGroup(tier) {
			continue
		}
		if total >= offset && len(found) < limit {
			found = append(found, u)
		}
		total++
	}
	reply(w, http.StatusOK, map[string]any{"data": found, "total": total})
}

// tierGroup tells the tier that tier counts as: "basic" is what "free" was called once, and old users still carry it.
func tierGroup(tier string) string {
	if tier == "basic" {
		return "free"
	}
	return tier
}
