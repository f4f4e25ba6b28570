package cli

import "manifold/schema"

// mockFlags say which services are mocked.
type mockFlags struct {
	Mock       bool     `help:"Call no service: make up what they would answer, from the types and @mock." xor:"mock"`
	MockSource []string `help:"Make up the answers of this source, and call the others. May be given several times." placeholder:"NAME" sep:"none" xor:"mock"`
}

func (f *mockFlags) mock() schema.Mock { return schema.Mock{All: f.Mock, Sources: f.MockSource} }
