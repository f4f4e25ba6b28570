package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/schema"
)

// readOperations reads the operations of clients: the .graphql files in the folders of the folder that gateway.yaml names, or
// of "bff" beside the schema. A folder that gateway.yaml names has to be there.
func (in *inputs) readOperations() error {
	at := in.config.BFF.At
	in.bff = in.config.BFF.Value
	switch {
	case at.Line > 0:
		in.bff = in.near(in.bff)
	case in.there:
		in.bff = in.near(in.bff)
	case len(in.sources) > 0:
		in.bff = filepath.Join(filepath.Dir(in.sources[0].Name), in.bff)
	}
	var err error
	in.operations, err = operationFiles(in.bff)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist) && at.Line == 0:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return schema.Problems{{
			File: at.File, Line: at.Line, Column: at.Column, SourceLine: at.SourceLine, Coordinate: "bff",
			Message: "there is no folder " + in.bff, Hint: "it is taken from the folder of " + filepath.Base(in.path),
		}}
	default:
		return unreadable(in.bff, err)
	}
}

// operationFiles reads root/CLIENT/*.graphql, in the order of their names. Hidden folders are not entered.
func operationFiles(root string) (files []*ast.Source, err error) {
	clients, err := os.ReadDir(root)
	if err != nil {
		return nil, err
	}
	for _, client := range clients {
		if !client.IsDir() || strings.HasPrefix(client.Name(), ".") {
			continue
		}
		folder := filepath.Join(root, client.Name())
		entries, err := os.ReadDir(folder)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if e.IsDir() || !strings.HasSuffix(e.Name(), ".graphql") {
				continue
			}
			path := filepath.Join(folder, e.Name())
			text, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			files = append(files, &ast.Source{Name: path, Input: string(text)})
		}
	}
	return files, nil
}

// folders are the folder of operations and those in it that have some, to be watched.
func folders(root string, operations []*ast.Source) []string {
	out := []string{root}
	for _, f := range operations {
		if folder := filepath.Dir(f.Name); folder != out[len(out)-1] {
			out = append(out, folder)
		}
	}
	return out
}
