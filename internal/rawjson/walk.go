package rawjson

// Members calls fn for each member of the object that starts at b[i], in order, and returns the index after the object.
// Key is the token of the name with its quotes, to be compared with EqualKey; value is the token of the value. Both are
// parts of b. Of equal names each is passed.
//
// Every value has been checked when fn sees it, but what comes after it has not: an error of the text may come after some
// calls. An error of fn ends the walk and is returned as it is. If b[i] is not an object, that is an error.
func Members(b []byte, i int, fn func(key, value []byte) error) (end int, err error) {
	if uint(i) >= uint(len(b)) || b[i] != '{' {
		return i, unexpected(b, i, "an object")
	}
	i = Space(b, i+1)
	if uint(i) < uint(len(b)) && b[i] == '}' {
		return i + 1, nil
	}
	for more := true; more; {
		keyEnd, value, _, err := Key(b, i)
		if err != nil {
			return i, err
		}
		end, err = Skip(b, value, 1)
		if err != nil {
			return end, err
		}
		if err = fn(b[i:keyEnd:keyEnd], b[value:end:end]); err != nil {
			return end, err
		}
		if i, more, err = Next(b, end, '}'); err != nil {
			return i, err
		}
	}
	return i, nil
}

// Elements calls fn for each item of the array that starts at b[i]. For the rest it is like Members.
func Elements(b []byte, i int, fn func(value []byte) error) (end int, err error) {
	if uint(i) >= uint(len(b)) || b[i] != '[' {
		return i, unexpected(b, i, "an array")
	}
	i = Space(b, i+1)
	if uint(i) < uint(len(b)) && b[i] == ']' {
		return i + 1, nil
	}
	for more := true; more; {
		end, err = Skip(b, i, 1)
		if err != nil {
			return end, err
		}
		if err = fn(b[i:end:end]); err != nil {
			return end, err
		}
		if i, more, err = Next(b, end, ']'); err != nil {
			return i, err
		}
	}
	return i, nil
}

// Next reads what follows a value that ended before i in an object or array that ends with closing, '}' or ']'. After a
// comma it returns more, and the index where the next member or item has to start; after closing it returns the index
// after that. Anything else is an error.
func Next(b []byte, i int, closing byte) (next int, more bool, err error) {
	i = Space(b, i)
	if uint(i) < uint(len(b)) {
		switch b[i] {
		case ',':
			return Space(b, i+1), true, nil
		case closing:
			return i + 1, false, nil
		}
	}
	return i, false, unclosed(b, i, closing)
}
