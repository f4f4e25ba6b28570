// Package manifold holds what the binary carries along: the demo shop's gateway.graphql, so that `manifold demo` works
// in any directory.
package manifold

import _ "embed"

// DemoGateway is the text of the gateway.graphql beside this file.
//
//go:embed gateway.graphql
var DemoGateway string
