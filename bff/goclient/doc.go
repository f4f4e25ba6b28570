// Package goclient writes a typed client for the routes of a client as one Go file that needs the standard library alone.
package goclient
