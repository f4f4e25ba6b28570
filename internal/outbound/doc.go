// Package outbound makes the credentials that the gateway itself shows to upstreams: OAuth 2.0 tokens of its own account
// (TokenSource), signed statements of who the caller is (Signer), and client certificates (ClientCertificate). Who calls the gateway
// is the business of package auth; what is made here is never made from what a request says of itself.
//
// Everything is made once, when the text is loaded, and may be used concurrently. Nothing here calls the upstream or knows its name:
// errors are plain, and say what failed; whoever makes the call gives them a code. No error, log or JSON of this package shows a
// secret, a key or a token.
package outbound
