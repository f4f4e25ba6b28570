package gateway

import (
	"bytes"
	"encoding/json"
	"testing"
)

// FuzzEnvelope compares what readEnvelope accepts with encoding/json, which is laxer: of equal members it takes the last,
// it takes them in any case, and it repairs what is not UTF-8.
func FuzzEnvelope(f *testing.F) {
	for _, seed := range []string{
		`{"query":"{a}"}`,
		` {"query":"\u0061\ud83d\ude00","variables":{"a":[1,{"b":null}]},"operationName":"A","extensions":{}} `,
		`{"query":null,"variables":null,"x":[{}],"y":1e5}`,
		`{}`, `[]`, `{"query":"a","query":"b"}`, `{"Query":"a"}`, `{"query":"a",}`, `{"query":"a"}x`, "\xef\xbb\xbf{}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, _, refused := readEnvelope(body, nil)
		if refused != nil {
			if refused.fault.Message == "" || statusOf(refused.fault.Code) != 400 {
				t.Errorf("refused with %v", refused.fault)
			}
			return
		}
		var want struct {
			Query         string          `json:"query"`
			OperationName string          `json:"operationName"`
			Variables     json.RawMessage `json:"variables"`
			Extensions    json.RawMessage `json:"extensions"`
		}
		if err := json.Unmarshal(body, &want); err != nil {
			t.Fatalf("accepted %q: %v", body, err)
		}
		if got.query != want.Query || got.operationName != want.OperationName ||
			!sameObject(got.variables, want.Variables) || !sameObject(got.extensions, want.Extensions) {
			t.Errorf("%q is read as %+v", body, got)
		}
	})
}

func sameObject(ours []byte, theirs json.RawMessage) bool {
	if string(theirs) == "null" {
		theirs = nil
	}
	return bytes.Equal(ours, theirs)
}
