package config

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"manifold/schema"
)

// Address is host:port; the host may be empty, which means all addresses of the machine. "" is no address.
type Address string

// Access says which documents an endpoint takes; "" is not said.
type Access string

// The accesses.
const (
	Open    Access = "open"
	Trusted Access = "trusted"
	Off     Access = "off"
)

// Balancing says which instance gets a call; "" is not said.
type Balancing string

// The ways to balance.
const (
	LeastLoaded Balancing = "leastLoaded"
	RoundRobin  Balancing = "roundRobin"
	ByURL       Balancing = "url"
	ByHeader    Balancing = "header"
)

// balancings are their names in a schema.
var balancings = map[Balancing]schema.Balance{LeastLoaded: schema.ByLoad, RoundRobin: schema.ByTurn, ByURL: schema.ByURL, ByHeader: schema.ByHeader}

// Part is a part of a whole, from 0 to 1.
type Part float64

// Mode is production or development.
type Mode string

// The modes.
const (
	Production  Mode = "production"
	Development Mode = "development"
)

// Size is a number of bytes, written as 512KiB or 1MiB.
type Size int

// Duration is a time span, written as 800ms or 1m30s.
type Duration time.Duration

// Text is a value whose place is needed later.
type Text struct {
	Value string
	At    schema.Spot
}

// redacted stands for a secret wherever one could be shown.
const redacted = "[redacted]"

// Secret is a text that no log, error or JSON shows.
type Secret struct{ text string }

// NewSecret hides text.
func NewSecret(text string) Secret { return Secret{text} }

// Reveal returns the text. It is for the call that needs it, and for nothing that people read.
func (s Secret) Reveal() string { return s.text }

// String implements fmt.Stringer.
func (Secret) String() string { return redacted }

// GoString implements fmt.GoStringer.
func (Secret) GoString() string { return redacted }

// MarshalJSON implements json.Marshaler.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText implements encoding.TextMarshaler.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue implements slog.LogValuer.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// Values is the $config of a source: the JSON of each member. Any of them may be a secret, so only the names are shown.
type Values map[string]json.RawMessage

// String implements fmt.Stringer.
func (v Values) String() string {
	names := slices.Sorted(maps.Keys(v))
	for i := range names {
		names[i] += ":" + redacted
	}
	return "{" + strings.Join(names, " ") + "}"
}

// GoString implements fmt.GoStringer.
func (v Values) GoString() string { return v.String() }

// MarshalJSON implements json.Marshaler.
func (v Values) MarshalJSON() ([]byte, error) {
	shown := make(map[string]Secret, len(v))
	for name := range v {
		shown[name] = Secret{}
	}
	return json.Marshal(shown)
}

// LogValue implements slog.LogValuer.
func (v Values) LogValue() slog.Value { return slog.StringValue(v.String()) }

// units of sizes, the longest name first.
func units() []unit {
	return []unit{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"B", 1}}
}

type unit struct {
	name  string
	bytes int
}

func parseSize(s string) (Size, error) {
	digits, factor := s, 1
	for _, u := range units() {
		if rest, ok := strings.CutSuffix(s, u.name); ok {
			digits, factor = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 || digits[0] == '+' {
		return 0, fmt.Errorf("%q is not a size", s)
	}
	if n > math.MaxInt/factor {
		return 0, fmt.Errorf("%q is too large", s)
	}
	return Size(n * factor), nil
}

// String writes a size as a person would.
func (s Size) String() string {
	for _, u := range []unit{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if s != 0 && int(s)%u.bytes == 0 {
			return strconv.Itoa(int(s)/u.bytes) + u.name
		}
	}
	return strconv.Itoa(int(s)) + "B"
}

func parseDuration(s string) (Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is not a time span", s)
	}
	return Duration(d), nil
}

// String writes a time span as a person would.
func (d Duration) String() string {
	s := time.Duration(d).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
