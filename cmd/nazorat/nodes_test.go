package main

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"nazorat/internal/db/dbtest"
)

var aDuty = regexp.MustCompile(`(?m)^nazorat_duty_held\{duty="([a-z_]+)"\} ([01])$`)

// holds reports whether a node has a duty, as its figures tell it.
func (s *served) holds(c *http.Client, duty string) bool {
	s.t.Helper()
	return strings.Contains(ask(s.t, c, http.MethodGet, s.figures+"/metrics", nil).body, `nazorat_duty_held{duty="`+duty+`"} 1`)
}

// holdsAll reports whether a node has every duty that there is. What another held when it died nobody gives up for it.
func (s *served) holdsAll(c *http.Client) bool {
	s.t.Helper()
	all := aDuty.FindAllStringSubmatch(ask(s.t, c, http.MethodGet, s.figures+"/metrics", nil).body, -1)
	return len(all) > 1 && !slices.ContainsFunc(all, func(d []string) bool { return d[2] == "0" })
}

// Of two nodes one dies without a word. The other has its duties soon, and whoever was signed in there is signed in here.
func TestAnotherNodeTakesUpWhatADeadOneDid(t *testing.T) {
	t.Parallel()
	first := initOffice(t, dbtest.Postgres(t))
	second := &served{t: t, location: first.location, passwords: first.passwords}
	first.serve()
	c := first.signedIn("d.ergashev")
	wait := func(what string, within time.Duration, holds func() bool) time.Duration {
		t.Helper()
		start := time.Now()
		for !holds() {
			if time.Since(start) > within {
				t.Fatalf("not within %s: %s", within, what)
			}
			time.Sleep(20 * time.Millisecond)
		}
		return time.Since(start)
	}
	wait("the first node has every duty", time.Minute, func() bool { return first.holdsAll(c) })
	second.serve()
	if status, _, err := first.report(c, "submission-0000001"); err != nil || status != http.StatusSeeOther {
		t.Fatalf("%d, %v", status, err)
	}
	if second.holds(c, "in_force") {
		t.Error("both have the duty")
	}
	if err := first.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	// Whatever was sent and not answered is sent again, to the other; it is done once.
	for range 2 {
		if status, _, err := second.report(c, "submission-0000002"); err != nil || status != http.StatusSeeOther {
			t.Fatalf("on the other node: %d, %v", status, err)
		}
	}
	// Ten seconds are the promise (internal/duty holds it, in time that is made up); here the machine may be busy.
	took := wait("the second node has the duty", time.Minute, func() bool { return second.holds(c, "in_force") })
	t.Logf("taken up after %s", took)
	wait("the second node has every duty", time.Minute, func() bool { return second.holdsAll(c) })
	if err := second.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if log, err := second.wait(); err != nil {
		t.Errorf("%v\n%s", err, log)
	}
	if stored := second.stored(); len(stored) != 2 {
		t.Errorf("in the journal: %v", stored)
	}
}
