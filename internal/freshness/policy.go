package freshness

import "time"

// Request is what a cache has to know of the request that a reply belongs to.
type Request struct {
	Method string // as sent; only GET and HEAD have replies that may be kept
	// Personal says that the request carried Authorization, or anything else of one user.
	Personal bool
	// Isolated says that the key of the cache holds whose the request is, so that nobody else will ever find its reply. A reply is then
	// judged as by a private cache.
	Isolated bool
	// NoStore says that the request itself forbids to keep what comes of it (RFC 9111, 5.2.1.5).
	NoStore bool
}

// Policy says what a cache may do with a reply. All times count from the moment it was received, none is negative, and all are zero
// if the reply may not be kept.
type Policy struct {
	Store  bool
	Reason Reason // why not; "" if and only if Store

	Fresh                time.Duration // for how long it may be used without asking
	StaleWhileRevalidate time.Duration // beyond Fresh: it may be used while a newer one is asked for (RFC 5861, 3)
	StaleIfError         time.Duration // beyond Fresh: it may be used if there is no newer one to be had (RFC 5861, 4)

	// Revalidate says that the reply has a validator that Revalidation can send, and is of a status that a 304 can confirm.
	Revalidate bool
	// Private says that the reply may be kept, or be kept for so long, only because the scope is isolated. It must reach no other user.
	Private bool
	// Vary has the names of request headers that have to be the same for the reply to be used (RFC 9111, 4.1): lower case, sorted, each
	// once. It is nil if there are none.
	Vary []string
}

// Reason says why a reply may not be kept. The list is closed, and its words are good as values of a metric.
type Reason string

// The reasons, in the order in which they are looked for.
const (
	Stored        Reason = ""            // it may be kept
	ByMethod      Reason = "method"      // it is no reply to GET or HEAD
	ByStatus      Reason = "status"      // its status is none that we know how to keep
	ByNoStore     Reason = "no-store"    // reply or request says no-store
	ByVary        Reason = "vary"        // Vary: * fits no other request
	BySetCookie   Reason = "set-cookie"  // it sets a cookie, and others would get it
	ByPrivate     Reason = "private"     // it is for one user, and others would get it
	ByCredentials Reason = "credentials" // it was asked for with them, and does not say that others may have it
	BySilence     Reason = "silence"     // it does not say for how long it is fresh
	ByAge         Reason = "age"         // it is stale already, cannot be confirmed, and may not be used stale
)
