// Package manifold is the gateway as a program: Main runs it, with Go functions of your own if you have any.
package manifold

import (
	"embed"
	"io/fs"
)

// DemoGateway is the text of the gateway.graphql beside this file. The binary carries it along, and what it names, so that
// `manifold demo` works in any directory.
//
//go:embed gateway.graphql
var DemoGateway string

// DemoConfig is the text of the gateway.yaml beside it.
//
//go:embed gateway.yaml
var DemoConfig string

//go:embed examples/shop/catalog/catalog.proto examples/shop/reviews/schema.graphql examples/shop/keys.json examples/shop/demo.token
//go:embed bff/mobile/*.graphql bff/web/*.graphql
//go:embed examples/shop/page/index.html examples/shop/page/*.css examples/shop/page/*.js
var demoFiles embed.FS

// ReadDemo returns a file that DemoGateway or DemoConfig names.
func ReadDemo(path string) ([]byte, error) { return demoFiles.ReadFile(path) }

// DemoFiles are the demo's files: the operations of its clients in bff/, its page in examples/shop/page/.
func DemoFiles() fs.FS { return demoFiles }
