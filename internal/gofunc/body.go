package gofunc

import (
	"errors"
	"fmt"

	"manifold/internal/rawjson"
)

// readBody reads {"parents":[...],"args":{...}}: each parent is handed to parent, nil of functions that have none, and the
// arguments to args.
func readBody(body []byte, parent, args func(token []byte) error) error {
	_, err := rawjson.Members(body, 0, func(key, value []byte) error {
		switch {
		case rawjson.EqualKey(key, "args"):
			if err := args(value); err != nil {
				return fmt.Errorf("args: %w", err)
			}
		case rawjson.EqualKey(key, "parents"):
			if parent == nil {
				return errors.New("the function takes no parents")
			}
			_, err := rawjson.Elements(value, 0, parent)
			return err
		}
		return nil
	})
	if err != nil {
		return &Unfit{err}
	}
	return nil
}
