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

	connector  *Connector   // the first of connectors
	connectors []*Connector // each by another key
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
	if !l.readable(file) {
		return nil
	}
	doc, err := parser.ParseSchema(file)
	if err == nil {
		return doc
	}
	l.unparsed(file, err)
	return nil
}

// readable looks at a file before it is parsed. It reports whether that is worth trying.
func (l *loader) readable(file *ast.Source) bool {
	if len(file.Input) > maxFile {
		l.problems = append(l.problems, Problem{
			File: file.Name, Message: fmt.Sprintf("the file has %d bytes; more than %d are not read", len(file.Input), maxFile),
			Hint: "is this the right file?",
		})
		return false
	}
	l.lines[file] = newLines(file.Input)
	if i := invalidUTF8(file.Input); i >= 0 {
		l.problem(place{file, utf8.RuneCountInString(file.Input[:i])}, "", "the file is not UTF-8", "save it as UTF-8")
		return false
	}
	return true
}

// unparsed reports that a file does not parse.
func (l *loader) unparsed(file *ast.Source, err error) {
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
	if word := foundWord(p); word != "" {
		p.Message = strings.Replace(p.Message, "found Name", "found `"+word+"`", 1)
	}
	p.Message, p.Hint = "syntax: "+p.Message, syntaxHint(p.Message, p.SourceLine)
	l.problems = append(l.problems, p)
}

// foundWord is the word at the place of a problem, or "".
func foundWord(p Problem) string {
	if p.EndColumn <= p.Column {
		return ""
	}
	return string([]rune(p.SourceLine)[p.Column-1 : p.EndColumn-1])
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
