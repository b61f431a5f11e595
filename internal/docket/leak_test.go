package docket_test

import (
	"context"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"nazorat/internal/db"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
)

// A docket that was closed leaves nothing running, and nobody waiting: whoever sends something then is told.
func TestClosedDocketLeavesNothingRunning(t *testing.T) { // alone: it looks at all that runs
	founded.Each(t, newOffice, func(t *testing.T, location string) {
		h := court(t, location) // makes the database, and is closed after the test
		before := goleak.IgnoreCurrent()
		d, err := db.Open(ctx, location)
		if err != nil {
			t.Fatal(err)
		}
		dir, err := directory.Open(ctx, d)
		if err != nil {
			t.Fatal(err)
		}
		k := docket.Open(d, dir, nil, docket.Options{Now: h.Now, NewID: func() string { return "x" }})
		var all sync.WaitGroup
		gone, cancel := context.WithCancel(ctx)
		for i := range 50 {
			all.Go(func() {
				of := ctx
				if i%2 == 0 {
					of = gone
				}
				_, _ = k.Act(of, docket.Command{Law: "none", Act: "none", Actor: duty})
			})
		}
		cancel()
		k.Close()
		all.Wait()
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		goleak.VerifyNone(t, before)
	})
}
