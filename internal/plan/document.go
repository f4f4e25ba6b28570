package plan

// Document is the question that a call puts to a GraphQL service: one field of its Query or Mutation, with what is wanted of
// the value. Values are variables, never part of the text. Several queries that are ready together travel in one document:
// then each has its own response key and its own prefix for the names of its variables.
type Document struct {
	Mutation  bool
	Field     string // the field, which is its response key too in a document of its own
	Variables []DocumentVariable
	// Call is the field with its arguments and its selection, cut before the name of each variable. Nothing in it has to be
	// escaped in a JSON string.
	Call []string
	// Alone is the beginning of the body of a request that asks nothing else: `{"query":"...","variables":`.
	Alone []byte
	// Fits says how the arguments of the field are written; nil for those that are written as they are found.
	Fits map[string]*Fit
	// Needed are the arguments of the field that may not be null.
	Needed []string
}

// DocumentVariable is a variable of a Document: an argument of the field, which Request.Body makes; or the value of an argument
// further inside; or whether a part of the selection is wanted.
type DocumentVariable struct {
	Name  string
	Type  string // as the service writes it: "[ID!]!"
	Value *Value // of an argument further inside, else nil
	When  Cond   // of a part of the selection, else nil
}

// Argument reports whether the variable is an argument of the field itself.
func (v *DocumentVariable) Argument() bool { return v.Value == nil && v.When == nil }

// appendHead appends the beginning of a document: its kind and, for each of the questions in it, its variables.
func appendHead(dst []byte, mutation bool, questions []Question) []byte {
	if mutation {
		dst = append(dst, "mutation"...)
	} else {
		dst = append(dst, "query"...)
	}
	n := 0
	for _, q := range questions {
		for i := range q.Document.Variables {
			v := &q.Document.Variables[i]
			if n++; n == 1 {
				dst = append(dst, '(')
			} else {
				dst = append(dst, ", "...)
			}
			dst = append(dst, '$')
			dst = append(dst, q.Prefix...)
			dst = append(dst, v.Name...)
			dst = append(dst, ": "...)
			dst = append(dst, v.Type...)
		}
	}
	if n > 0 {
		dst = append(dst, ')')
	}
	return dst
}

// Question is a Document as a part of one: Key is its response key, "" for that of the field; Prefix stands before the names
// of its variables.
type Question struct {
	Document    *Document
	Key, Prefix string
}

// AppendDocument appends the text of a document with some questions of one kind.
func AppendDocument(dst []byte, questions []Question) []byte {
	dst = appendHead(dst, questions[0].Document.Mutation, questions)
	dst = append(dst, " {"...)
	for _, q := range questions {
		dst = append(dst, ' ')
		if q.Key != "" {
			dst = append(dst, q.Key...)
			dst = append(dst, ": "...)
		}
		for i, piece := range q.Document.Call {
			if i > 0 {
				dst = append(dst, q.Prefix...)
			}
			dst = append(dst, piece...)
		}
	}
	return append(dst, " }"...)
}

// String returns the document on its own.
func (d *Document) String() string {
	return string(AppendDocument(nil, []Question{{Document: d}}))
}
