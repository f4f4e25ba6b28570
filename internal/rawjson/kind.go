package rawjson

// Kind is the kind of a JSON value.
type Kind uint8

// Kinds of values. Invalid is the kind of a byte that starts no value.
const (
	Invalid Kind = iota
	Null
	True
	False
	Number
	String
	Object
	Array
)

// KindOf tells from the first byte of a value which kind it has to be. It says nothing about the bytes that follow.
func KindOf(first byte) Kind { return kinds[first] }

// kinds is read only. A table costs one load where a switch costs a branch that replies of mixed types mispredict.
var kinds = [256]Kind{
	'n': Null,
	't': True,
	'f': False,
	'-': Number, '0': Number, '1': Number, '2': Number, '3': Number, '4': Number,
	'5': Number, '6': Number, '7': Number, '8': Number, '9': Number,
	'"': String,
	'{': Object,
	'[': Array,
}

// String returns the name of the kind as people write it: "null", "true", "a number".
func (k Kind) String() string {
	switch k {
	case Null:
		return "null"
	case True:
		return "true"
	case False:
		return "false"
	case Number:
		return "a number"
	case String:
		return "a string"
	case Object:
		return "an object"
	case Array:
		return "an array"
	default:
		return "no value"
	}
}
