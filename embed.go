// Package manifold holds what the binary carries along: the demo shop's gateway.graphql and what it names, so that `manifold
// demo` works in any directory.
package manifold

import "embed"

// DemoGateway is the text of the gateway.graphql beside this file.
//
//go:embed gateway.graphql
var DemoGateway string

//go:embed examples/shop/catalog/catalog.proto examples/shop/reviews/schema.graphql
var demoFiles embed.FS

// ReadDemo returns a file that DemoGateway names.
func ReadDemo(path string) ([]byte, error) { return demoFiles.ReadFile(path) }
