// Package manifold is the gateway as a program: Main runs it, with Go functions of your own if you have any.
package manifold

import "embed"

// DemoGateway is the text of the gateway.graphql beside this file. The binary carries it along, and what it names, so that
// `manifold demo` works in any directory.
//
//go:embed gateway.graphql
var DemoGateway string

//go:embed examples/shop/catalog/catalog.proto examples/shop/reviews/schema.graphql
var demoFiles embed.FS

// ReadDemo returns a file that DemoGateway names.
func ReadDemo(path string) ([]byte, error) { return demoFiles.ReadFile(path) }
