// Package problem writes errors as application/problem+json (RFC 9457), for whatever is not GraphQL. Their codes are those of
// GraphQL's errors.
package problem
