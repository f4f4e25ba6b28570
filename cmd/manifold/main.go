// Command manifold serves one GraphQL endpoint over many services, as a gateway.graphql says.
package main

import "manifold"

func main() { manifold.Main(nil) }
