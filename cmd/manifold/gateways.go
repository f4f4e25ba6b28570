package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// found is one gateway that check has found: the files that "serve" would read together.
type found struct {
	name    string // the folder, or "" if the command line names the files
	sources []*ast.Source
}

// findGateways returns the gateways that the names of the command line stand for. A single folder stands for itself and all
// folders below: each that has a gateway in it is one. Anything else is one gateway, as it is for "serve".
// skipped are the folders whose .graphql files make no gateway: operations of clients, parts of another gateway.
func findGateways(names []string) (gateways []found, skipped []string, err error) {
	if len(names) != 1 {
		sources, err := readSources(names)
		return []found{{sources: sources}}, nil, err
	}
	if info, err := os.Stat(names[0]); err != nil || !info.IsDir() {
		sources, err := readSources(names)
		return []found{{sources: sources}}, nil, err
	}
	folders, err := schemaFolders(names[0])
	if err != nil {
		return nil, nil, unreadable(names[0], err)
	}
	for _, folder := range folders {
		sources, err := readSources([]string{folder})
		switch {
		case err != nil:
			return nil, nil, err
		case len(folders) == 1 || holdsGateway(sources):
			gateways = append(gateways, found{folder, sources})
		default:
			skipped = append(skipped, folder)
		}
	}
	if len(gateways) == 0 {
		return nil, nil, &usageError{
			"no folder in " + names[0] + " has a gateway", "a gateway is the .graphql files of one folder, with a type Query in them",
		}
	}
	return gateways, skipped, nil
}

// schemaFolders returns the folders from root on that have .graphql files, in the order of their names. Hidden folders and
// those of package managers are not entered.
func schemaFolders(root string) (folders []string, err error) {
	has := map[string]bool{}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch name := d.Name(); {
		case err != nil:
			return err
		case d.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "vendor" || name == "testdata"):
			return filepath.SkipDir
		case !d.IsDir() && strings.HasSuffix(name, ".graphql") && !has[filepath.Dir(path)]:
			has[filepath.Dir(path)] = true
			folders = append(folders, filepath.Dir(path))
		}
		return nil
	})
	return folders, err
}

// holdsGateway reports whether files declare what clients may ask for, or services. Operations of clients do neither.
func holdsGateway(sources []*ast.Source) bool {
	declares := regexp.MustCompile(`(?m)^\s*(extend\s+)?(type\s+Query\b|schema\b)`)
	for _, s := range sources {
		if declares.MatchString(s.Input) {
			return true
		}
	}
	return false
}
