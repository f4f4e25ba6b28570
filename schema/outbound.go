package schema

import "time"

// Outbound says how the gateway makes itself known to a source, beside what it forwards of its clients. It is what an environment says:
// the schema file has no word for it.
type Outbound struct {
	Token    *ClientToken    // of OAuth 2; nil: none
	Identity *SignedIdentity // of who asks; nil: none
	TLS      ClientTLS
}

// ClientToken is a token that the gateway gets by its own credentials (RFC 6749, 4.4).
type ClientToken struct {
	URL, ID, Secret string
	Scopes          []string
	Audience        string
	InBody          bool // the credentials are in the body instead of the header
}

// SignedIdentity is a short-lived JWT in which the gateway says who asks.
type SignedIdentity struct {
	Issuer, Audience string
	Key              string // in PEM
	KeyID            string
	Life             time.Duration
	Claims           []string // of the client's token, that are copied
	Header           string   // that carries it
}

// ClientTLS is the certificate by which the gateway makes itself known, and whom it believes. The zero value is none, and the system's.
type ClientTLS struct {
	Cert, Key  string // files in PEM
	CA         string // in PEM
	ServerName string // that the certificate of the source has to be for; "": the host of its URL
}
