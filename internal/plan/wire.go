package plan

import "manifold/internal/transcode"

// WireReply says how a reply that is a message of Protocol Buffers is read without being turned into JSON first. It says what Path
// and Shape of the Reply say of its JSON, so that the same slots are filled with the same values.
type WireReply struct {
	Path  []WireStep // from the message to the value
	Value WireField  // Slot and Prop are not used
}

// WireStep is a field of a message on the way to the value.
type WireStep struct {
	Type  transcode.Type // of the message
	Index int            // of its field
}

// Wire is a Shape of kind Record or Inline, for messages of one type.
type Wire struct {
	Type   transcode.Type
	Width  int
	Fields []WireField // of all fields of the type, by index
	Late   []int       // indexes of wanted fields that have a value if they are not sent
}

// WireHow says what is done with a field of a message.
type WireHow uint8

// Ways of reading a field.
const (
	WireSkip    WireHow = iota
	WireToken           // a scalar: its JSON is what Slot notes
	WireTokens          // a list of scalars that are strings on the wire
	WireInline          // a message whose values lie in the record around it
	WireRecord          // a message with a record of its own
	WireRecords         // a list of them
	WireText            // anything else becomes JSON, and that is located as Prop or Shape says
)

// WireField says how a field of a message is read.
type WireField struct {
	How    WireHow
	Slot   int    // that is filled; of WireText, one that is
	Absent []byte // the JSON that stands for a field that was not sent; nil: there is no value
	Inner  *Wire  // of WireInline, WireRecord and WireRecords
	Prop   *Prop  // of WireText
	Shape  *Shape
}
