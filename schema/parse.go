package schema

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"
	"github.com/vektah/gqlparser/v2/parser"
)

// maxFile is the size, in bytes, from which on a file is refused: no schema is written by hand that long, and a wrong path
// (a database dump, a log) should fail at once.
const maxFile = 16 << 20

// document is what was written: every file parsed, nothing checked.
type document struct {
	blocks     []*block // of types, in the order of the files; within a file the definitions first, then the extensions
	schemas    []*ast.SchemaDefinition
	schemaExts []*ast.SchemaDefinition
	directives ast.DirectiveDefinitionList
	dirExts    ast.DirectiveDefinitionList
}

// block is one `type X {...}` or `extend type X {...}` (or interface, enum, ...). It is the unit of ownership: a connector on
// a block serves the fields written in it.
type block struct {
	def  *ast.Definition
	ext  bool
	uses []*use // our directives on the block, once decoded

	connector *Connector
}

func (b *block) file() *ast.Source { return b.def.Position.Src }

// parse reads all files. ok is false if one of them is no GraphQL: then nothing else can be said about them.
func (l *loader) parse(files []*ast.Source) (doc *document, ok bool) {
	doc, ok = &document{}, true
	for _, file := range files {
		sd := l.parseFile(file)
		if sd == nil {
			ok = false
			continue
		}
		for _, d := range sd.Definitions {
			doc.blocks = append(doc.blocks, &block{def: d})
		}
		for _, d := range sd.Extensions {
			doc.blocks = append(doc.blocks, &block{def: d, ext: true})
		}
		doc.schemas = append(doc.schemas, sd.Schema...)
		doc.schemaExts = append(doc.schemaExts, sd.SchemaExtension...)
		doc.directives = append(doc.directives, sd.Directives...)
		doc.dirExts = append(doc.dirExts, sd.DirectiveExtensions...)
	}
	return doc, ok
}

func (l *loader) parseFile(file *ast.Source) *ast.SchemaDocument {
	if len(file.Input) > maxFile {
		l.problems = append(l.problems, Problem{
			File: file.Name, Message: fmt.Sprintf("the file has %d bytes; more than %d are not read", len(file.Input), maxFile),
			Hint: "is this the right file?",
		})
		return nil
	}
	l.lines[file] = newLines(file.Input)
	if i := invalidUTF8(file.Input); i >= 0 {
		l.problem(place{file, utf8.RuneCountInString(file.Input[:i])}, "", "the file is not UTF-8", "save it as UTF-8")
		return nil
	}
	doc, err := parser.ParseSchema(file)
	if err == nil {
		return doc
	}
	p := Problem{File: file.Name, Message: err.Error()}
	if ge := (*gqlerror.Error)(nil); errors.As(err, &ge) {
		p.Message = ge.Message
		if strings.Contains(ge.Message, "<Invalid>") {
			ge = lexical(file, ge)
			p.Message = ge.Message
		}
		if len(ge.Locations) > 0 {
			p.Line, p.Column = ge.Locations[0].Line, ge.Locations[0].Column
			p.SourceLine = l.lines[file].line(p.Line)
			if p.Line > 1 && strings.Contains(file.Input, "\r\n") {
				p.Column-- // the lexer counts the line feed of CRLF as a column
			}
			p.Column = max(1, p.Column) // that of a block string may be before its last line
			p.EndColumn = wordEnd(p.SourceLine, p.Column)
		}
	}
	p.Message, p.Hint = "syntax: "+p.Message, syntaxHint(p.Message)
	l.problems = append(l.problems, p)
	return nil
}

// lexical returns the fault of the first character that is no GraphQL, which the parser replaces by "<Invalid>".
func lexical(file *ast.Source, otherwise *gqlerror.Error) *gqlerror.Error {
	for lx := lexer.New(file); ; {
		token, err := lx.ReadToken()
		if ge := (*gqlerror.Error)(nil); errors.As(err, &ge) && ge != nil {
			return ge
		}
		if token.Kind == lexer.EOF || token.Kind == lexer.Invalid {
			return otherwise
		}
	}
}

// syntaxHint guesses what the author meant.
func syntaxHint(message string) string {
	switch {
	case strings.Contains(message, "<EOF>"):
		return "a closing brace, bracket or quote is missing somewhere above"
	case strings.Contains(message, "single quote"):
		return `GraphQL strings are written "..."; inside of a mapping both quotes may be used`
	case strings.Contains(message, "Unterminated string"):
		return `close the string with " on the same line, or write """ for a text of several lines`
	case strings.Contains(message, "escape sequence"):
		return `write a backslash twice: \\`
	case strings.Contains(message, "Expected Name, found }"), strings.Contains(message, "found {") && strings.Contains(message, "Unexpected"):
		return "braces may not be empty, and each block starts with type, extend type, interface, union, enum, input or scalar"
	case strings.Contains(message, "Expected :"):
		return "fields and arguments are written name: Type"
	default:
		return "look at this line and the one above: a missing colon, brace, bracket or quote"
	}
}

func invalidUTF8(text string) int {
	if utf8.ValidString(text) {
		return -1
	}
	for i := 0; i < len(text); {
		r, w := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && w == 1 {
			return i
		}
		i += w
	}
	return -1
}
