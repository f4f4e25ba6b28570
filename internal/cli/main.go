// Package cli is the command line of manifold: it serves one GraphQL endpoint over many services, as a gateway.graphql says.
//
// The package reads the command line, the files and the environment, and wires the parts together. It decides nothing
// about a request. Each command has a file of its own; wire.go alone names the parts it is made of; exit.go says how a
// failure is told and which exit code it gives.
package cli

import (
	"context"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"manifold/internal/gofunc"
)

// Program is what a binary brings along besides the commands.
type Program struct {
	Functions *gofunc.Set // Go functions that connectors may call; nil: none
	Demo      Demo
}

// Demo is the gateway that `demo` serves.
type Demo struct {
	Gateway string // the text of its gateway.graphql
	Config  string // the text of its gateway.yaml
	Files   fs.FS  // files that these name; bff/CLIENT/*.graphql; its page in examples/shop/page
}

// Main runs the command of os.Args, and ends the process with its exit code.
func Main(p Program) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	code := run(ctx, os.Args[1:], &world{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.LookupEnv, Program: p})
	stop()
	os.Exit(code)
}

// world is all that a command may touch besides files and sockets.
type world struct {
	Stdin  io.Reader // nil is empty
	Stdout io.Writer // the answer of a command, and nothing else
	Stderr io.Writer // problems, logs, what a person wants to know
	Env    func(name string) (value string, ok bool)
	Program
}

// input returns what can be read from standard input.
func (w *world) input() io.Reader {
	if w.Stdin == nil {
		return strings.NewReader("")
	}
	return w.Stdin
}
