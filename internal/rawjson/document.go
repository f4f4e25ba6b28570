package rawjson

// Document checks that b is one JSON value with nothing but space around it, and returns where the value is: b[start:end].
//
// A byte order mark before it is skipped; RFC 8259 section 8.1 lets a parser ignore one, and some services send it.
func Document(b []byte) (start, end int, err error) {
	if len(b) >= 3 && string(b[:3]) == "\xef\xbb\xbf" {
		start = 3
	}
	start = Space(b, start)
	end, err = Skip(b, start, 0)
	if err != nil {
		return start, end, err
	}
	if rest := Space(b, end); rest < len(b) {
		return start, end, unexpected(b, rest, "nothing after the value")
	}
	return start, end, nil
}

// Valid returns nil if Document finds nothing wrong with b.
func Valid(b []byte) error {
	_, _, err := Document(b)
	return err
}
