// Package paths reads the patterns of paths that net/http has, compares them, and matches them. A schema is checked by it before
// anything is served, and what it matches is the path as the client sent it: net/http's own multiplexer cleans a path and
// redirects, which a request that is handed on must not suffer.
package paths
