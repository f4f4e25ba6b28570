package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// defaultFile is read when the command line names no file.
const defaultFile = "gateway.graphql"

// readSources reads the schema files that names stand for. A folder stands for the .graphql files right inside it (its
// sub-folders may hold operations, which are something else). No names at all stand for gateway.graphql here.
// A file is read once, however often it is named.
func readSources(names []string) ([]*ast.Source, error) {
	if len(names) == 0 {
		if _, err := os.Stat(defaultFile); err != nil {
			return nil, &usageError{
				"there is no " + defaultFile + " in this folder",
				`name the files to read, or try "manifold demo", which needs none`,
			}
		}
		names = []string{defaultFile}
	}
	var sources []*ast.Source
	seen := map[string]bool{}
	for _, name := range names {
		paths, err := schemaFiles(name)
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			if seen[filepath.Clean(path)] {
				continue
			}
			seen[filepath.Clean(path)] = true
			text, err := os.ReadFile(path)
			if err != nil {
				return nil, unreadable(path, err)
			}
			sources = append(sources, &ast.Source{Name: path, Input: string(text)})
		}
	}
	return sources, nil
}

// schemaFiles returns the paths that one name of the command line stands for, in the order of their names.
func schemaFiles(name string) ([]string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, unreadable(name, err)
	}
	if !info.IsDir() {
		return []string{name}, nil
	}
	entries, err := os.ReadDir(name)
	if err != nil {
		return nil, unreadable(name, err)
	}
	var paths []string
	for _, e := range entries {
		if !e.IsDir() && strings.HasSuffix(e.Name(), ".graphql") {
			paths = append(paths, filepath.Join(name, e.Name()))
		}
	}
	if len(paths) == 0 {
		return nil, &usageError{
			fmt.Sprintf("the folder %s has no .graphql file", name),
			"name the files themselves, or a folder that holds them (sub-folders are not read)",
		}
	}
	slices.Sort(paths)
	return paths, nil
}

// unreadable is the failure of reading a file that the command line names.
func unreadable(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &usageError{"there is no file " + name, "file names are relative to the folder you are in"}
	}
	return &usageError{fmt.Sprintf("%s cannot be read: %v", name, errors.Unwrap(err)), "is it a file that you may read?"}
}
