// Package protos reads the definitions of gRPC services: .proto files by [Parse], descriptor sets by [ParseSet] (which is also
// what server reflection is turned into). What comes out is a [Services]: methods by name, with the descriptors of their
// messages.
//
// The package reads no files and calls nobody: it is given a function that reads. It is not fast, and need not be: it is used
// when a gateway is loaded. A Services is immutable and safe for concurrent use.
package protos
