package spec

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"manifold/internal/gatewaytest"
)

type sk struct {
	Errors []map[string]any
	Data   json.RawMessage
}

func TestSketch(t *testing.T) {
	files, _ := filepath.Glob("*.txtar")
	for _, file := range files {
		t.Run(strings.TrimSuffix(file, ".txtar"), func(t *testing.T) {
			data, _ := os.ReadFile(file)
			s, err := gatewaytest.ParseSpec(data)
			if err != nil {
				t.Fatal(err)
			}
			have := gatewaytest.RunSpec(t, s)
			for _, f := range s.Archive.Files {
				name := f.Name
				switch strings.Fields(name)[0] {
				case "calls":
					if have[name] != string(f.Data) {
						t.Errorf("%s:\n%s", name, gatewaytest.Diff(string(f.Data), have[name]))
					}
				case "problems", "warnings", "sdl":
					t.Logf("%s:\n%s", name, have[name])
				case "response":
					var a, b sk
					if err := json.Unmarshal(f.Data, &a); err != nil {
						t.Error("sketch", err)
					}
					if err := json.Unmarshal([]byte(have[name]), &b); err != nil {
						t.Error("have", err, have[name])
					}
					if string(a.Data) != string(b.Data) {
						t.Errorf("%s data:\nwant %s\nhave %s", name, a.Data, b.Data)
					}
					bad := len(a.Errors) != len(b.Errors)
					for i := range a.Errors {
						if bad {
							break
						}
						x, y := a.Errors[i], b.Errors[i]
						code := y["extensions"].(map[string]any)["code"]
						if fmt.Sprint(x["path"]) != fmt.Sprint(y["path"]) || x["code"] != code {
							bad = true
						}
						if m, ok := x["message"]; ok && m != y["message"] {
							bad = true
						}
					}
					if bad {
						t.Errorf("%s errors:\nwant %s\nhave %s", name, f.Data, have[name])
					}
				}
			}
		})
	}
}
