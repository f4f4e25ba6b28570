package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/bff"
	"manifold/internal/config"
	"manifold/internal/scaffold"
)

// initCmd is `manifold init`.
type initCmd struct {
	Source []string `help:"A service and its address. Repeat it for further ones." placeholder:"NAME=URL" sep:"none"`
	Get    []string `help:"A path, and a file with the service's reply to it; - is standard input. Repeat it." placeholder:"PATH=FILE" sep:"none"`
	Out    string   `help:"The file to write; - is standard output." default:"gateway.graphql" placeholder:"FILE"`
	Force  bool     `help:"Write over a file that is there."`
}

// Help is the long text of "manifold init --help".
func (*initCmd) Help() string {
	return `Writes a first gateway.graphql from the address of a service and a few of its replies. It infers types, what may be
null, how the service spells names, and how one object is loaded by key. Nothing is called: you save the replies.

A number or an odd word in a path is taken for a key: /users/1 is any user. So is {id}. With two services, put the name
of the service before the path.

Examples:

    curl -s http://users.internal/users?limit=20 > users.json
    curl -s http://users.internal/users/1 > user.json
    manifold init --source users=http://users.internal --get '/users?limit=20=users.json' --get /users/1=user.json
    curl -s http://users.internal/users | manifold init --source users=http://users.internal --get /users=-
    manifold init --source users=http://u.test --source orders=http://o.test \
      --get 'users:/users?ids=1,2=users.json' --get orders:/orders=orders.json`
}

// Run writes the file.
func (c *initCmd) Run(w *world) error {
	sources, err := c.sources()
	if err != nil {
		return err
	}
	samples, err := c.samples(w)
	if err != nil {
		return err
	}
	text, notes, err := scaffold.Make(sources, samples)
	if fault, ok := errors.AsType[*scaffold.Error](err); ok {
		return &usageError{fault.Message, fault.Hint}
	}
	if err != nil {
		return err
	}
	model, err := load(&inputs{sources: []*ast.Source{{Name: c.Out, Input: text}}, files: include(nil), config: config.Default()}, w)
	if err != nil { // the address is the only part of it that we have not written
		return err
	}
	if err := c.write(w, text); err != nil {
		return err
	}
	for _, note := range notes {
		fmt.Fprintln(w.Stderr, "note: "+note)
	}
	tellProblems(w, model.Warnings)
	if c.Out != "-" {
		fmt.Fprintf(w.Stderr, "wrote %s: %s\nnext: read it, then manifold serve --dev %s\n", c.Out, summary(model, &bff.API{}), c.Out)
	}
	return nil
}

func (c *initCmd) sources() (out []scaffold.Source, err error) {
	for _, text := range c.Source {
		name, address, ok := strings.Cut(text, "=")
		if !ok {
			return nil, &usageError{fmt.Sprintf("--source %s has no address", text), "write it so: --source users=http://users.internal"}
		}
		out = append(out, scaffold.Source{Name: name, BaseURL: address})
	}
	return out, nil
}

// samples reads the replies. The file's name stands behind the last equals sign: a path may hold others.
func (c *initCmd) samples(w *world) (out []scaffold.Sample, err error) {
	stdin := ""
	for _, text := range c.Get {
		i := strings.LastIndexByte(text, '=')
		if i <= 0 || i == len(text)-1 {
			return nil, &usageError{fmt.Sprintf("--get %s names no file", text), "write the path and the file with its reply: --get /users=users.json"}
		}
		s := scaffold.Sample{Path: text[:i], File: text[i+1:]}
		if source, path, ok := strings.Cut(s.Path, ":"); ok && !strings.HasPrefix(text, "/") {
			s.Source, s.Path = source, path
		}
		if s.File == "-" {
			if stdin != "" {
				return nil, &usageError{"standard input can hold one reply only, and " + stdin + " has it", "save the others to files"}
			}
			s.File, stdin = "standard input", s.Path
			s.Reply, err = io.ReadAll(w.input())
		} else {
			s.Reply, err = os.ReadFile(s.File)
		}
		if err != nil {
			return nil, unreadable(s.File, err)
		}
		out = append(out, s)
	}
	return out, nil
}

// write puts the text where --out says. A file that is there is kept unless --force is given.
func (c *initCmd) write(w *world, text string) error {
	if c.Out == "-" {
		_, err := fmt.Fprint(w.Stdout, text)
		return err
	}
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if c.Force {
		flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	file, err := os.OpenFile(c.Out, flags, 0o644) //nolint:gosec // others may read it: it holds no secret
	if errors.Is(err, fs.ErrExist) {
		return &usageError{c.Out + " is there already", "write over it with --force, or to another file with --out"}
	}
	if err != nil {
		return &hinted{fmt.Errorf("%s cannot be written: %w", c.Out, errors.Unwrap(err)), "does its folder exist, and may you write there?"}
	}
	if _, err := io.WriteString(file, text); err != nil {
		return errors.Join(err, file.Close())
	}
	return file.Close()
}
