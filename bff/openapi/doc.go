// Package openapi describes the routes of a client as an OpenAPI 3.1 document, and as a page to read.
//
// What it describes is what is served: parameters come from the variables of operations, answers from what the compiler knows of
// their reshaped data (plan.Answer). Texts are those of gateway.graphql and of the operations.
package openapi
