package faulty

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// ask makes a request on a connection of its own, and returns what came of it.
func ask(url string) string {
	c := &http.Client{Timeout: 300 * time.Millisecond, Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := c.Get(url)
	if err != nil {
		return "no answer"
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return "no body"
	}
	return r.Status + " " + string(body)
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		does Behaviour
		want string
	}{
		"none":       {Behaviour{}, "200 OK {}"},
		"a status":   {Behaviour{Status: 503, Body: "down"}, "503 Service Unavailable down"},
		"a hang":     {Behaviour{Fault: Hang}, "no answer"},
		"half":       {Behaviour{Fault: HangInBody}, "no body"},
		"reset":      {Behaviour{Fault: ResetHead}, "no answer"},
		"reset late": {Behaviour{Fault: ResetBody, Body: "12345678"}, "no body"},
		"cut off":    {Behaviour{Fault: Truncate}, "no body"},
		"no end":     {Behaviour{Fault: NoEnd}, "no body"},
		"endless":    {Behaviour{Fault: Endless}, "no body"},
		"garbage":    {Behaviour{Fault: Garbage}, "no answer"},
		"late":       {Behaviour{Delay: time.Second}, "no answer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := Serve(t, "a")
			s.Do(c.does)
			if got := ask(s.URL()); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			wrong := c.does.Fault != None || c.does.Status >= 500
			if s.Requests() != 1 || (s.Faults() == 1) != wrong {
				t.Errorf("%d requests, %d faults", s.Requests(), s.Faults())
			}
		})
	}
}

func TestKillAndRevive(t *testing.T) {
	t.Parallel()
	s := Serve(t, "a")
	before := s.Address()
	s.Kill()
	if got := ask(s.URL()); got != "no answer" {
		t.Errorf("dead, and yet %s", got)
	}
	s.Revive()
	if got := ask(s.URL()); got != "200 OK {}" || s.Address() != before {
		t.Errorf("%s at %s, before at %s", got, s.Address(), before)
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		tally := Load{Rate: 100, For: time.Second, Send: func(n int) string {
			if n == 50 { // a stall of one does not hold the others up
				time.Sleep(time.Second)
				return "slow"
			}
			time.Sleep(time.Millisecond)
			return ""
		}}.Run()
		if tally.Sent != 100 || tally.Good != 99 || tally.Failures["slow"] != 1 || tally.Failed() != 1 {
			t.Error(tally)
		}
		if took := time.Since(start); took != 1500*time.Millisecond {
			t.Errorf("it took %v", took)
		}
		if tally.Quantile(0.98, 0, time.Second) != time.Millisecond || tally.Quantile(1, 0, time.Second) != time.Second {
			t.Error("quantiles are wrong")
		}
		if tally.LastFailure() != 500*time.Millisecond || !strings.Contains(tally.String(), "slow:1") {
			t.Errorf("%v, %s", tally.LastFailure(), tally)
		}
	})
}
