package problem

import (
	"net/http"

	"manifold/internal/fault"
)

// Status is the HTTP status of a problem, by its code.
func Status(code fault.Code) int {
	switch code {
	case fault.BadRequest, fault.BadUserInput:
		return http.StatusBadRequest
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden, fault.CSRFPrevented:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.MethodNotAllowed:
		return http.StatusMethodNotAllowed
	case fault.NotAcceptable:
		return http.StatusNotAcceptable
	case fault.RequestTooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.UnsupportedMediaType:
		return http.StatusUnsupportedMediaType
	case fault.UpstreamTimeout, fault.DeadlineExceeded:
		return http.StatusGatewayTimeout
	case fault.UpstreamUnavailable, fault.UpstreamError, fault.UpstreamBadResponse, fault.UpstreamTooLarge:
		return http.StatusBadGateway
	case fault.UpstreamRateLimited, fault.UpstreamOverloaded, fault.CircuitOpen, fault.NotExecuted:
		return http.StatusServiceUnavailable
	default: // INTERNAL, and limits that an operation of ours runs into
		return http.StatusInternalServerError
	}
}
