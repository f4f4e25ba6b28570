// Command gen makes the Go code of a .proto file: it does what protoc does, so that nobody has to install protoc.
//
//	gen -out DIR -plugin 'go run example.com/protoc-gen-x' [-plugin ...] FILE.proto
//
// FILE is read from the current folder. Each plugin is a command line without quotes; it gets protoc's request on standard
// input, with the parameter paths=source_relative, and the files it answers with are written to DIR, without their folders.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/protoutil"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/pluginpb"
)

func main() {
	var plugins []string
	out := flag.String("out", ".", "folder that the code goes to")
	flag.Func("plugin", "command line of a plugin; repeatable", func(line string) error {
		plugins = append(plugins, line)
		return nil
	})
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := generate(ctx, flag.Arg(0), *out, plugins)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// generate compiles the proto file once and hands it to each plugin.
func generate(ctx context.Context, file, out string, plugins []string) error {
	if file == "" || len(plugins) == 0 {
		return errors.New("a .proto file and a -plugin are needed")
	}
	compiler := protocompile.Compiler{
		Resolver:       protocompile.WithStandardImports(&protocompile.SourceResolver{}),
		SourceInfoMode: protocompile.SourceInfoStandard, // comments travel into the code
	}
	files, err := compiler.Compile(ctx, file)
	if err != nil {
		return err
	}
	request, err := proto.Marshal(&pluginpb.CodeGeneratorRequest{
		FileToGenerate: []string{file},
		Parameter:      new("paths=source_relative"),
		ProtoFile:      withImports(files[0], map[string]bool{}),
	})
	if err != nil {
		return err
	}
	for _, plugin := range plugins {
		if err := run(ctx, plugin, request, out); err != nil {
			return fmt.Errorf("%s: %w", plugin, err)
		}
	}
	return nil
}

// withImports returns file after all that it imports, as plugins want it. What is in seen is left out.
func withImports(file protoreflect.FileDescriptor, seen map[string]bool) []*descriptorpb.FileDescriptorProto {
	if seen[file.Path()] {
		return nil
	}
	seen[file.Path()] = true
	var all []*descriptorpb.FileDescriptorProto
	for imports, i := file.Imports(), 0; i < imports.Len(); i++ {
		all = append(all, withImports(imports.Get(i).FileDescriptor, seen)...)
	}
	return append(all, protoutil.ProtoFromFileDescriptor(file))
}

// run hands request to one plugin and writes the files that it answers with.
func run(ctx context.Context, plugin string, request []byte, out string) error {
	words := strings.Fields(plugin)
	if len(words) == 0 {
		return errors.New("the command line is empty")
	}
	cmd := exec.CommandContext(ctx, words[0], words[1:]...) //nolint:gosec // running what its caller names is what it is for
	cmd.Stdin, cmd.Stderr = bytes.NewReader(request), os.Stderr
	answer, err := cmd.Output()
	if err != nil {
		return err
	}
	var made pluginpb.CodeGeneratorResponse
	if err := proto.Unmarshal(answer, &made); err != nil {
		return err
	}
	if made.GetError() != "" {
		return errors.New(made.GetError())
	}
	for _, f := range made.GetFile() {
		name := filepath.Join(out, filepath.Base(f.GetName()))
		if err := os.WriteFile(name, []byte(f.GetContent()), 0o600); err != nil {
			return err
		}
	}
	return nil
}
