package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/schema"
)

// found is one gateway that check has found: the files that "serve" would read together.
type found struct {
	name string // the folder, or "" if the command line names the files
	in   *inputs
	err  error // schema.Problems of its gateway.yaml, or nil
}

// findGateways returns the gateways that the names of the command line stand for. A single folder stands for itself and all
// folders below: each that has a gateway in it is one, with the gateway.yaml beside it unless the command line names one.
// Anything else is one gateway, as it is for "serve".
// skipped are the folders whose .graphql files make no gateway: operations of clients, parts of another gateway.
func findGateways(names []string, config string, env func(string) (string, bool)) (gateways []found, skipped []string, err error) {
	if len(names) != 1 || !isFolder(names[0]) {
		g, err := readGateway("", names, config, env)
		return []found{g}, nil, err
	}
	folders, err := schemaFolders(names[0])
	if err != nil {
		return nil, nil, unreadable(names[0], err)
	}
	for _, folder := range folders {
		if slices.ContainsFunc(gateways, func(g found) bool { return within(folder, g.in.bff) }) {
			continue // operations of a gateway, checked with it
		}
		beside := config
		if path := filepath.Join(folder, defaultConfig); config == "" && isFile(path) {
			beside = path
		}
		g, err := readGateway(folder, []string{folder}, beside, env)
		switch {
		case err != nil:
			return nil, nil, err
		case g.err != nil || len(folders) == 1 || holdsGateway(g.in.sources):
			gateways = append(gateways, g)
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

// readGateway reads the files of one gateway. Problems of its gateway.yaml are part of what was found.
func readGateway(name string, files []string, config string, env func(string) (string, bool)) (found, error) {
	in, err := readInputs(files, config, env)
	if problems, ok := errors.AsType[schema.Problems](err); ok {
		return found{name, in, problems}, nil
	}
	return found{name, in, nil}, err
}

// within reports whether a folder is root, or lies in it.
func within(folder, root string) bool {
	rel, err := filepath.Rel(root, folder)
	return err == nil && root != "" && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
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
