// Package typescript writes a typed client for the routes of a client as one TypeScript file without a dependency. It runs
// wherever there is fetch: browsers, Node, Deno, Bun, workers.
package typescript
