package gatewaytest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// printCalls writes calls for a `calls` section: in the order of their waves, sorted within a wave. Calls that were under
// way at the same time as the line above are marked with a plus. If all go to one host, it is left out.
func printCalls(calls []MadeCall) string {
	slices.SortStableFunc(calls, func(a, b MadeCall) int {
		return cmp.Or(cmp.Compare(a.Wave, b.Wave), cmp.Compare(a.Text, b.Text))
	})
	host := ""
	for _, c := range calls {
		h := hostOf(c.Text)
		if host != "" && h != host {
			host = "\x00" // several
			break
		}
		host = h
	}
	var b strings.Builder
	wave := -1
	for _, c := range calls {
		if c.Wave == wave {
			b.WriteString("+ ")
		}
		wave = c.Wave
		b.WriteString(strings.Replace(c.Text, host, "", 1) + "\n")
	}
	return b.String()
}

// hostOf returns scheme and host of the URL in a call's text.
func hostOf(text string) string {
	_, url, _ := strings.Cut(text, " ")
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		return ""
	}
	end := strings.IndexAny(rest, "/? \n")
	if end < 0 {
		end = len(rest)
	}
	return scheme + "://" + rest[:end]
}

// firstValue cuts the JSON value at the start of text off, in canonical form.
func firstValue(text string) (value, rest string, err error) {
	dec := json.NewDecoder(strings.NewReader(text))
	var raw json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		return "", "", err
	}
	value, err = Canonical(bytes.TrimSpace(raw))
	return value, strings.TrimSpace(text[dec.InputOffset():]), err
}
