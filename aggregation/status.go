package aggregation

import "manifold/internal/fault"

// refusal returns what a reply says by a status that is no success. 404 is not null by itself, as nullOn makes it: a service
// whose path is wrong says 404 too.
func refusal(status int) (fault.Code, string) {
	switch status {
	case 301, 302, 303, 307, 308:
		return fault.UpstreamBadResponse, "The upstream sent a redirect, which is not followed."
	case 400, 409, 422:
		return fault.BadUserInput, "The upstream does not accept the input."
	case 401:
		return fault.Unauthenticated, "The upstream does not know who calls."
	case 403:
		return fault.Forbidden, "The upstream does not allow this."
	case 404:
		return fault.NotFound, "The upstream does not have this."
	case 429:
		return fault.UpstreamRateLimited, "The upstream limits how often it is called."
	default:
		return fault.UpstreamError, "The upstream answered with an error."
	}
}
