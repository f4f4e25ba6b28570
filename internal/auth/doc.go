// Package auth says who a request comes from. A request is identified once, where it enters; what the gateway and every
// service behind it are told of its sender is the Identity made here, never what the request says of itself.
package auth
