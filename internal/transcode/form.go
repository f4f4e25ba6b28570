package transcode

import (
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// form is how a message is written in JSON.
type form uint8

const (
	plainForm form = iota // an object of its fields
	timestampForm
	durationForm
	wrapperForm // the value of its only field
	structForm
	valueForm
	listForm
	maskForm
	anyForm
)

// forms are the messages that have a form of their own, with their fields in the order of the declaration.
var forms = map[protoreflect.FullName]struct {
	form   form
	fields string
}{
	"google.protobuf.Timestamp":   {timestampForm, "int64 1, int32 2"},
	"google.protobuf.Duration":    {durationForm, "int64 1, int32 2"},
	"google.protobuf.Struct":      {structForm, "map google.protobuf.Struct.FieldsEntry 1"},
	"google.protobuf.Value":       {valueForm, "enum 1, double 2, string 3, bool 4, message google.protobuf.Struct 5, message google.protobuf.ListValue 6"},
	"google.protobuf.ListValue":   {listForm, "repeated message google.protobuf.Value 1"},
	"google.protobuf.FieldMask":   {maskForm, "repeated string 1"},
	"google.protobuf.Any":         {anyForm, "string 1, bytes 2"},
	"google.protobuf.DoubleValue": {wrapperForm, "double 1"},
	"google.protobuf.FloatValue":  {wrapperForm, "float 1"},
	"google.protobuf.Int64Value":  {wrapperForm, "int64 1"},
	"google.protobuf.UInt64Value": {wrapperForm, "uint64 1"},
	"google.protobuf.Int32Value":  {wrapperForm, "int32 1"},
	"google.protobuf.UInt32Value": {wrapperForm, "uint32 1"},
	"google.protobuf.BoolValue":   {wrapperForm, "bool 1"},
	"google.protobuf.StringValue": {wrapperForm, "string 1"},
	"google.protobuf.BytesValue":  {wrapperForm, "bytes 1"},
}

// formOf returns the form of a message. One that has only the name of a known type, as a descriptor set may hold, is plain:
// the code for the known ones finds their fields by place.
func formOf(md protoreflect.MessageDescriptor) form {
	known, ok := forms[md.FullName()]
	if !ok {
		return plainForm
	}
	var fields []string
	for i := range md.Fields().Len() {
		fd := md.Fields().Get(i)
		words := []string{fd.Kind().String()}
		switch {
		case fd.IsMap():
			words[0] = "map"
		case fd.IsList():
			words = append([]string{"repeated"}, words...)
		}
		if fd.Message() != nil {
			words = append(words, string(fd.Message().FullName()))
		}
		fields = append(fields, strings.Join(append(words, strconv.Itoa(int(fd.Number()))), " "))
	}
	if strings.Join(fields, ", ") != known.fields {
		return plainForm
	}
	return known.form
}
