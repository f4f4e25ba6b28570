package outbound

import "log/slog"

// What people may see of the types that hold secrets. Without these a careless %+v would print them.

// String implements fmt.Stringer.
func (c ClientCredentials) String() string { return "client credentials of " + c.ClientID }

// GoString implements fmt.GoStringer.
func (c ClientCredentials) GoString() string { return c.String() }

// LogValue implements slog.LogValuer.
func (c ClientCredentials) LogValue() slog.Value { return slog.StringValue(c.String()) }

// String implements fmt.Stringer.
func (*TokenSource) String() string { return "token source" }

// GoString implements fmt.GoStringer.
func (s *TokenSource) GoString() string { return s.String() }

// String implements fmt.Stringer.
func (o SignerOptions) String() string { return "signer of " + o.Issuer + " for " + o.Audience }

// GoString implements fmt.GoStringer.
func (o SignerOptions) GoString() string { return o.String() }

// LogValue implements slog.LogValuer.
func (o SignerOptions) LogValue() slog.Value { return slog.StringValue(o.String()) }

// String implements fmt.Stringer.
func (s *Signer) String() string { return "signer with the key " + s.keyID }

// GoString implements fmt.GoStringer.
func (s *Signer) GoString() string { return s.String() }
