// Package fault holds the closed list of error codes and the one error type of the gateway at run time.
// A fault in a user's gateway.graphql is not a fault but a Problem: see package schema.
package fault

import (
	"errors"
	"strings"
)

// Code is the machine-readable reason of an error, sent to clients as extensions.code.
// The list is closed: a client may switch over it. New codes are added here and in docs/errors.md, nowhere else.
type Code string

// Codes of requests refused before an operation runs.
const (
	BadRequest           Code = "BAD_REQUEST"
	MethodNotAllowed     Code = "METHOD_NOT_ALLOWED"
	NotAcceptable        Code = "NOT_ACCEPTABLE"
	UnsupportedMediaType Code = "UNSUPPORTED_MEDIA_TYPE"
	RequestTooLarge      Code = "REQUEST_TOO_LARGE"
	CSRFPrevented        Code = "CSRF_PREVENTED"

	ParseFailed      Code = "GRAPHQL_PARSE_FAILED"
	ValidationFailed Code = "GRAPHQL_VALIDATION_FAILED"
	OperationUnknown Code = "OPERATION_RESOLUTION_FAILURE"
	BadUserInput     Code = "BAD_USER_INPUT"
	NotSupported     Code = "NOT_SUPPORTED" // valid GraphQL that this gateway does not serve yet

	TokenLimit            Code = "TOKEN_LIMIT"
	NestingLimit          Code = "NESTING_LIMIT"
	AliasLimit            Code = "ALIAS_LIMIT"
	RootFieldLimit        Code = "ROOT_FIELD_LIMIT"
	DirectiveLimit        Code = "DIRECTIVE_LIMIT"
	FragmentLimit         Code = "FRAGMENT_LIMIT"
	OverlapLimit          Code = "OVERLAP_LIMIT"
	BatchLimit            Code = "BATCH_LIMIT"
	FieldLimit            Code = "FIELD_LIMIT"
	IntrospectionLimit    Code = "INTROSPECTION_LIMIT"
	IntrospectionDisabled Code = "INTROSPECTION_DISABLED"

	PersistedQueryNotFound     Code = "PERSISTED_QUERY_NOT_FOUND"
	PersistedQueryHashMismatch Code = "PERSISTED_QUERY_HASH_MISMATCH"
	PersistedQueryRequired     Code = "PERSISTED_QUERY_REQUIRED" // only documents that the gateway knows are served
)

// Codes of a running operation; they stand at the path of the field they emptied.
const (
	UpstreamTimeout     Code = "UPSTREAM_TIMEOUT"
	UpstreamUnavailable Code = "UPSTREAM_UNAVAILABLE" // dial, reset, TLS, DNS
	UpstreamError       Code = "UPSTREAM_ERROR"       // it answered, with a failure
	UpstreamBadResponse Code = "UPSTREAM_BAD_RESPONSE"
	UpstreamTooLarge    Code = "UPSTREAM_RESPONSE_TOO_LARGE"
	UpstreamRateLimited Code = "UPSTREAM_RATE_LIMITED"
	UpstreamOverloaded  Code = "UPSTREAM_OVERLOADED"
	CircuitOpen         Code = "CIRCUIT_OPEN"   // it failed too often to be called
	CallLimit           Code = "CALL_LIMIT"     // the operation needs more upstream calls than one may make
	ResponseLimit       Code = "RESPONSE_LIMIT" // the response would be longer than one may be
	NotFound            Code = "NOT_FOUND"
	Unauthenticated     Code = "UNAUTHENTICATED"
	Forbidden           Code = "FORBIDDEN"
	DeadlineExceeded    Code = "DEADLINE_EXCEEDED"
	NotExecuted         Code = "NOT_EXECUTED"
	Internal            Code = "INTERNAL"
)

// Error is what goes wrong at run time. Message is fit for clients in production: it never holds an upstream's own
// text, address or stack; those are in Cause, which is logged, and shown to clients in development mode only.
type Error struct {
	Code     Code
	Message  string
	Upstream string // logical name of the upstream that failed, or ""; one that has none is its host: see Shown
	Status   int    // HTTP status of the upstream's reply, or 0
	// Extensions is a JSON object from the user's own errors.extensions mapping, or nil. It wins over ours.
	Extensions []byte
	Cause      error
}

func (e *Error) Error() string {
	if e.Cause != nil {
		return string(e.Code) + ": " + e.Message + ": " + e.Cause.Error()
	}
	return string(e.Code) + ": " + e.Message
}

func (e *Error) Unwrap() error { return e.Cause }

// Shown is the name of an upstream as clients may see it. A host that a connector names itself has no other name than "//" and the host,
// which is for operators: clients get "".
func Shown(upstream string) string {
	if strings.HasPrefix(upstream, "//") {
		return ""
	}
	return upstream
}

// Is reports whether an error is, or wraps, one with a code.
func Is(err error, code Code) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Code == code
}

// Uncertain reports whether a call that failed may have had its effect all the same: it may have been sent, and nobody knows what came of it.
func Uncertain(err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return false
	}
	switch e.Code {
	case UpstreamTimeout, DeadlineExceeded, UpstreamUnavailable, UpstreamBadResponse, UpstreamTooLarge:
		return true
	default:
		return false
	}
}

// New returns an error without a cause.
func New(code Code, message string) *Error { return &Error{Code: code, Message: message} }
