package aggregation

// slot notes what was found at one place of a reply: 12 bytes, whatever the value. Slots refer to each other and to reply
// bytes by number, so growing a slice moves nothing that matters.
type slot struct {
	kind  kind
	plain bool   // of text: no escapes in it; of number: an integer as written
	buf   uint16 // of tokens: which reply; 0 is the frame's scratch
	from  uint32 // of tokens: offset of the first byte; record: its base; list: its first slot; failed: number of the fault
	to    uint32 // of tokens: offset after the last byte; list: number of items
}

type kind uint8

const (
	absent kind = iota
	null
	truth  // true
	untrue // false
	number
	text
	object // a JSON object as it stands; of an Inline shape: present, its values are in the slots beside
	array  // a JSON array as it stands
	record // a located object
	list   // a located array
	failed // the call that should have brought it failed
	asked  // a fetch is under way
)

// missing reports whether there is no value: absent and null are different only to mappings.
func (s slot) missing() bool { return s.kind <= null }

// token reports whether s points to bytes.
func (s slot) token() bool { return s.kind >= null && s.kind <= array }
