package gatewaytest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"manifold/fn"
	"manifold/internal/fault"
	"manifold/internal/gofunc"
	"manifold/schema"
	"manifold/upstreams"
)

// Functions are the Go functions that the gateways of specs can call: spec/README.md says what they do.
func Functions() *gofunc.Set {
	var s fn.Set
	fn.Register(&s, "test.Double", double)
	fn.Register(&s, "test.Price", price)
	fn.Register(&s, "test.Quotes", quotes)
	fn.Register(&s, "test.Users", users)
	fn.Register(&s, "test.Fail", fail)
	fn.Register(&s, "test.Describe", describe)
	fn.Register(&s, "test.Measure", measure)
	fn.Register(&s, "test.Related", related)
	fn.Register(&s, "pricing.Discount", discount) // of docs/language.md
	fn.RegisterRoot(&s, "test.Greet", greet)
	fn.RegisterRoot(&s, "test.Place", placed)
	generated(&s)
	return s.Functions()
}

func double(_ context.Context, parents []struct {
	N int `json:"n"`
}, _ fn.None,
) ([]int, error) {
	values := make([]int, len(parents))
	for i, p := range parents {
		values[i] = 2 * p.N
	}
	return values, nil
}

func discount(_ context.Context, products []struct {
	PriceCents int `json:"priceCents"`
}, args struct {
	Percent int `json:"percent"`
},
) ([]int, error) {
	values := make([]int, len(products))
	for i, p := range products {
		values[i] = p.PriceCents * (100 - args.Percent) / 100
	}
	return values, nil
}

type money struct {
	Amount   int    `json:"amount"`
	Currency string `json:"currency"`
}

func price(_ context.Context, parents []struct {
	ID    string `json:"id"`
	Grams *int   `json:"grams"`
	Maker *struct {
		Country *string `json:"country"`
	} `json:"maker"`
}, args struct {
	Currency string `json:"currency"`
	Off      *int   `json:"off"`
},
) ([]*money, error) {
	return fn.Each(parents, func(p struct {
		ID    string `json:"id"`
		Grams *int   `json:"grams"`
		Maker *struct {
			Country *string `json:"country"`
		} `json:"maker"`
	},
	) (*money, error) {
		m := &money{Amount: 100 * len(p.ID), Currency: args.Currency}
		if p.Grams != nil {
			m.Amount += *p.Grams
		}
		if p.Maker != nil && p.Maker.Country != nil {
			m.Currency += "/" + *p.Maker.Country
		}
		if args.Off != nil {
			m.Amount -= *args.Off
		}
		return m, nil
	})
}

// quotes has as many quotes for a key as the key says.
func quotes(_ context.Context, parents []key, args struct {
	First int `json:"first"`
},
) ([][]money, error) {
	values := make([][]money, len(parents))
	for i, p := range parents {
		n, _ := strconv.Atoi(p.ID)
		values[i] = []money{}
		for k := range min(n, args.First) {
			values[i] = append(values[i], money{Amount: k + 1, Currency: "EUR"})
		}
	}
	return values, nil
}

type key struct {
	ID string `json:"id"`
}

type user struct {
	Name string `json:"name"`
}

// users knows the users 1 to 9.
func users(_ context.Context, keys []key, _ fn.None) ([]*user, error) {
	values := make([]*user, len(keys))
	for i, k := range keys {
		if len(k.ID) == 1 && k.ID != "0" {
			values[i] = &user{Name: "user " + k.ID}
		}
	}
	return values, nil
}

// fail fails as the key of its parent says.
func fail(_ context.Context, parents []key, _ fn.None) ([]string, error) {
	for _, p := range parents {
		switch p.ID {
		case "all":
			return nil, errors.New("password=secret")
		case "all-forbidden":
			return nil, fn.Errorf(fn.Forbidden, "Not for you.")
		case "panic":
			panic("password=secret")
		case "short":
			return nil, nil
		}
	}
	return fn.Each(parents, func(p key) (string, error) {
		switch p.ID {
		case "secret":
			return "", errors.New("password=secret")
		case "missing":
			return "", fn.Errorf(fn.NotFound, "There is no %s.", p.ID)
		case "out":
			return "", fn.Errorf("OUT_OF_STOCK", "Sold out.")
		}
		return "fine", nil
	})
}

// describe tells what it was given.
func describe(_ context.Context, parents []struct {
	Tags  []string `json:"tags"`
	Title *string  `json:"title"`
}, _ fn.None,
) ([]string, error) {
	values := make([]string, len(parents))
	for i, p := range parents {
		title := "nothing"
		if p.Title != nil {
			title = *p.Title
		}
		values[i] = title + ": " + strings.Join(p.Tags, ", ")
	}
	return values, nil
}

// level is an enum of the functions of specs.
type level string

// measured is a value with what JSON has no type for.
type measured struct {
	Level level          `json:"level"`
	Bytes int64          `json:"bytes"`
	At    time.Time      `json:"at"`
	Extra map[string]any `json:"extra"`
	Wait  *time.Duration `json:"wait"`
}

// measure turns the level of its parent around, and gives back what it was given otherwise.
func measure(_ context.Context, parents []struct {
	Level level     `json:"level"`
	Bytes int64     `json:"bytes"`
	Since time.Time `json:"since"`
}, args struct {
	As []level `json:"as"`
},
) ([]measured, error) {
	values := make([]measured, len(parents))
	for i, p := range parents {
		at := map[level]level{"LOW": "HIGH", "HIGH": "LOW"}[p.Level]
		if len(args.As) > 0 {
			at = args.As[0]
		}
		values[i] = measured{Level: at, Bytes: p.Bytes + 1, At: p.Since.Add(time.Hour), Extra: map[string]any{"<": []int{1}}}
	}
	return values, nil
}

// related refers to the objects whose keys are one less and one more.
func related(_ context.Context, parents []key, _ fn.None) ([][]key, error) {
	values := make([][]key, len(parents))
	for i, p := range parents {
		n, _ := strconv.Atoi(p.ID)
		values[i] = []key{{strconv.Itoa(n - 1)}, {strconv.Itoa(n + 1)}}
	}
	return values, nil
}

func greet(ctx context.Context, args struct {
	Name *string `json:"name"`
},
) (string, error) {
	switch {
	case args.Name == nil:
		return "Hello, " + fn.RequestOf(ctx).Header.Get("X-User"), nil
	case *args.Name == "":
		return "", fn.Errorf(fn.BadUserInput, "A name is missing.")
	}
	return "Hello, " + *args.Name, nil
}

type order struct {
	ID    string `json:"id"`
	Total int    `json:"total"`
}

func placed(_ context.Context, args struct {
	Input struct {
		Lines []struct {
			SKU      string `json:"sku"`
			Quantity int    `json:"quantity"`
		} `json:"lines"`
	} `json:"input"`
},
) (*order, error) {
	o := &order{}
	for _, l := range args.Input.Lines {
		o.ID += l.SKU
		o.Total += l.Quantity
	}
	return o, nil
}

// ask calls a function as the gateway does, and notes the call.
func (m *Mock) ask(ctx context.Context, source *schema.Source, call *upstreams.Call, wave int) (*upstreams.Reply, error) {
	m.mu.Lock()
	m.calls = append(m.calls, MadeCall{Wave: wave, Text: callText(call)})
	m.mu.Unlock()
	reply, err := upstreams.NewFunction(source.Function, upstreams.Options{}).Call(ctx, call)
	if err != nil || reply.Fault != nil {
		m.mu.Lock()
		m.whole = m.whole || bytes.Contains(call.Body, []byte(`},{`))
		m.mu.Unlock()
	}
	return reply, err
}

// itemOf is what a function said to its only parent: nothing, or why it failed.
func itemOf(c *schema.Connector, reply *upstreams.Reply) (value any, failure *fault.Error) {
	if slices.Contains(c.Errors.NullOn, reply.Status) {
		return nil, nil
	}
	body, _ := bodyOf(reply)
	return body, fault.New(reply.Fault.Code, "reference")
}
