package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/config"
	"manifold/schema"
)

// defaultConfig is read if it is there and the command line names no other.
const defaultConfig = "gateway.yaml"

// inputs is what the commands work on: gateway.yaml and the schema files.
type inputs struct {
	sources    []*ast.Source
	operations []*ast.Source // of clients
	bff        string        // the folder of operations, even if it is not there
	files      *included     // that the sources name
	config     *config.Config
	names      []string // files and folders of the schema
	path       string   // of gateway.yaml, even if it is not there
	text       string   // of gateway.yaml
	there      bool     // gateway.yaml is
}

// readInputs reads gateway.yaml, and the schema files that files, or else gateway.yaml, name. What could be read is returned
// beside an error.
func readInputs(files []string, path string, env func(string) (string, bool)) (*inputs, error) {
	in, err := readTexts(files, path, env)
	in.files = include(in.sources)
	if err == nil {
		err = in.readOperations()
	}
	return in, err
}

func readTexts(files []string, path string, env func(string) (string, bool)) (*inputs, error) {
	in := &inputs{config: config.Default(), path: path, names: files}
	if path == "" {
		in.path = besideOf(files)
	}
	if len(files) == 0 {
		in.names = []string{defaultFile}
	}
	text, err := os.ReadFile(in.path)
	switch {
	case err == nil:
		in.there, in.text = true, string(text)
	case path != "" || !errors.Is(err, fs.ErrNotExist):
		return in, unreadable(in.path, err)
	}
	if !in.there {
		in.sources, err = readSources(files)
		return in, err
	}
	in.config, err = config.Parse(in.path, in.text, config.World{
		Env: env, ReadFile: func(name string) ([]byte, error) { return os.ReadFile(in.near(name)) }, Near: in.near,
	})
	if err != nil {
		return in, err
	}
	if len(files) == 0 {
		return in, in.readSchema()
	}
	in.sources, err = readSources(files)
	return in, err
}

// besideOf is the gateway.yaml that counts where none is named: the one in this folder, else the one beside the schema.
func besideOf(files []string) string {
	if len(files) == 0 || isFile(defaultConfig) {
		return defaultConfig
	}
	folder := files[0]
	if !isFolder(folder) {
		folder = filepath.Dir(folder)
	}
	if path := filepath.Join(folder, defaultConfig); isFile(path) {
		return path
	}
	return defaultConfig
}

// near is a path as gateway.yaml means it: from its own folder.
func (in *inputs) near(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(in.path), path)
}

// readSchema reads the files that gateway.yaml names. A name that leads nowhere is a problem at its place.
func (in *inputs) readSchema() error {
	in.names = nil
	for _, name := range in.config.Schema {
		in.names = append(in.names, in.near(name.Value))
	}
	var problems schema.Problems
	for i, name := range in.names {
		if at := in.config.Schema[i].At; at.Line > 0 {
			if _, err := schemaFiles(name); err != nil {
				usage, _ := errors.AsType[*usageError](err)
				problems = append(problems, schema.Problem{
					File: at.File, Line: at.Line, Column: at.Column, SourceLine: at.SourceLine,
					Coordinate: "schema", Message: usage.message, Hint: "names are taken from the folder of " + filepath.Base(in.path),
				})
			}
		}
	}
	if problems != nil {
		return problems
	}
	names := in.names
	if len(names) == 1 && names[0] == defaultFile {
		names = nil // for the message of a folder without one
	}
	var err error
	in.sources, err = readSources(names)
	return err
}
