// Package gatewaytest holds what the tests of the whole gateway share: the runner of the txtar specs with its mock
// upstream, the reference interpreter, and the generators of the differential fuzzer.
//
// The reference is slow on purpose. It reads the checked model (package schema), decodes every reply with encoding/json and
// resolves field by field, parent by parent: no plan, no batching, no cache, no bytes. It shares nothing with the engine
// but the model, the templates of URLs and headers, and the closed list of error codes, so what both agree on is likely
// true. Where LANGUAGE or the GraphQL specification leaves freedom, the reference is the place that says what was chosen.
//
// Nothing here may be imported by code that serves requests.
package gatewaytest
