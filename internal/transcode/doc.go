// Package transcode turns the JSON of a request into the wire form of a Protocol Buffers message, and the wire form of a
// reply into JSON. Both directions are compiled once per message type, from its descriptor; at request time there is no
// reflection, and nothing is allocated but what the result needs.
//
// # JSON of replies
//
// A [Decoder] writes compact JSON by rules that lose nothing:
//
//   - Members are the fields by their names in the .proto, in the order in which they are declared.
//   - Integers of all sizes are numbers with all their digits. Floats are the shortest number that reads back as the same;
//     "NaN", "Infinity" and "-Infinity" are strings, so that only the field that reads them fails.
//   - An enum is the name of its value, without the enum's name before it: CATEGORY_BOOKS of enum Category is "BOOKS",
//     unless another value is called that. A number without a name is that number.
//   - bytes are base64 with padding. Maps are objects sorted by key; of equal keys the last counts.
//   - A field without presence is always there, with its zero value, [] or {}. A field with presence that was not sent is
//     left out, but for proto2 fields with a written default: those have it.
//   - Timestamp, Duration, the wrappers, Struct, Value and ListValue are as in the JSON mapping of Protocol Buffers. A
//     FieldMask is its paths with commas between, spelt as sent. An Any has "@type" beside its fields (or "value"), and
//     "@type" alone where the type is not known.
//
// Of a scalar sent several times the last counts, and messages are merged. What is not in the descriptor is skipped.
//
// # JSON of requests
//
// An [Encoder] reads an object whose members are fields by their names in the .proto or by their JSON names. null means
// absent. Anything that does not fit is an [Error] with the path that leads there. See Encode.
//
// # Ownership and concurrency
//
// Encoders and Decoders are immutable and safe for concurrent use. Both functions append to what they are given and keep
// nothing of it.
package transcode
