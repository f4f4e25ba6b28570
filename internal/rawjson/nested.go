package rawjson

import "strconv"

// Key checks the name of a member at b[i], its colon, and the space around that. The token of the name is b[i:end], plain
// if it holds no backslash. Its value starts at b[value], unless the text ends there.
func Key(b []byte, i int) (end, value int, plain bool, err error) {
	if uint(i) >= uint(len(b)) || b[i] != '"' {
		return i, i, false, unexpected(b, i, "a property name")
	}
	end, plain, err = SkipString(b, i)
	if err != nil {
		return i, i, false, err
	}
	value = Space(b, end)
	if uint(value) >= uint(len(b)) || b[value] != ':' {
		return i, i, false, unexpected(b, value, "':' after a property name")
	}
	return end, Space(b, value+1), plain, nil
}

// skipNested is Skip for an array or an object. It remembers of each open level only whether it is an object, one bit
// each, which is all that is needed to go on when a value inside has ended.
func skipNested(b []byte, i, depth int) (end int, err error) {
	var (
		objects  [256 / 64]uint64 // bit n: the level around level n is an object
		level    uint             // how many are open
		inObject bool             // the innermost one is an object
		limit    = uint(max(0, min(MaxDepth, MaxDepth-depth)))
	)
	for {
		// An item of an array, or a member of an object, starts at i.
		if inObject {
			if _, i, _, err = Key(b, i); err != nil {
				return i, err
			}
		}
		kind := Invalid
		if uint(i) < uint(len(b)) {
			kind = kinds[b[i]]
		}
		switch kind {
		case String:
			i, _, err = SkipString(b, i)
		case Number:
			i, _, err = SkipNumber(b, i)
		case Object, Array:
			if level >= limit {
				return i, tooDeep(i)
			}
			bit := uint64(1) << (level % 64)
			objects[level/64%4] &^= bit
			if inObject {
				objects[level/64%4] |= bit
			}
			level++
			inObject = kind == Object
			i = Space(b, i+1)
			if uint(i) >= uint(len(b)) || b[i] != closing(inObject) {
				continue
			}
			// An empty one is closed below, like any other.
		default:
			i, err = SkipLiteral(b, i)
		}
		if err != nil {
			return i, err
		}
		// A value or the last one of a level has ended. Close the levels that end here; stop after a comma.
		for {
			i = Space(b, i)
			if uint(i) >= uint(len(b)) {
				return i, unclosed(b, i, closing(inObject))
			}
			if b[i] == ',' {
				i = Space(b, i+1)
				break
			}
			if b[i] != closing(inObject) {
				return i, unclosed(b, i, closing(inObject))
			}
			i++
			level--
			if level == 0 {
				return i, nil
			}
			inObject = objects[level/64%4]>>(level%64)&1 != 0
		}
	}
}

// closing returns the byte that closes an object or an array.
func closing(object bool) byte {
	if object {
		return '}'
	}
	return ']'
}

// unclosed returns the error of a value that is followed neither by a comma nor by the end of what it is in.
func unclosed(b []byte, i int, closing byte) error {
	return unexpected(b, i, "',' or '"+string(rune(closing))+"'")
}

// tooDeep returns the error of an array or object at i that is one level too many.
func tooDeep(i int) error {
	return &Error{Offset: i, Msg: "nested deeper than " + strconv.Itoa(MaxDepth) + " levels"}
}
