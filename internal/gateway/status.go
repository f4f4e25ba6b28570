package gateway

import (
	"net/http"

	"manifold/internal/fault"
)

// statusOf returns the HTTP status of a request that was refused with code: it carries no data. The same status is sent
// for both media types, so that load balancers and dashboards see the truth whatever the client accepts.
func statusOf(code fault.Code) int {
	switch code {
	case fault.MethodNotAllowed:
		return http.StatusMethodNotAllowed
	case fault.NotAcceptable, fault.NotSupported:
		return http.StatusNotAcceptable
	case fault.UnsupportedMediaType:
		return http.StatusUnsupportedMediaType
	case fault.RequestTooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.ValidationFailed, fault.OperationUnknown, fault.BadUserInput:
		return http.StatusUnprocessableEntity
	case fault.PersistedQueryNotFound:
		return http.StatusOK // the protocol's own answer to "do you have it?", not a failure
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden, fault.PersistedQueryRequired:
		return http.StatusForbidden
	case fault.DeadlineExceeded:
		return http.StatusGatewayTimeout
	case fault.Internal:
		return http.StatusInternalServerError
	default: // malformed requests, documents that do not parse, every limit
		return http.StatusBadRequest
	}
}

// refusal is a request error together with what HTTP wants to know about it.
type refusal struct {
	fault  *fault.Error
	status int    // 0: statusOf the fault's code
	allow  string // value of the Allow header, or ""
	close  bool   // the connection cannot be used again: a part of the body was left unread
}

func refuse(code fault.Code, message string) *refusal {
	return &refusal{fault: fault.New(code, message)}
}
