// Package spec holds the behaviour of the gateway as readable archives, one for each behaviour: see README.md.
package spec
