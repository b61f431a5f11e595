package torture_test

import (
	"log/slog"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"nazorat/internal/app"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/docket"
	"nazorat/internal/seal"
)

// An office that was closed leaves nothing running: not after acts, duties and
// signatures, nor where its database went away meanwhile.
func TestClosedOfficeLeavesNothingRunning(t *testing.T) { // alone: it looks at all that runs
	server := dbtest.Private(t, dbtest.NoSync)
	for name, at := range map[string]string{"sqlite": dbtest.SQLite(t), "postgres": server.Database(t, "office")} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, at, 1)
			before := goleak.IgnoreCurrent()
			d, err := db.Open(ctx, o.at)
			if err != nil {
				t.Fatal(err)
			}
			a, err := app.Open(ctx, d, docket.Options{Now: o.moment})
			if err != nil {
				t.Fatal(err)
			}
			signer, err := seal.Open(ctx, o.nodes[0].key)
			if err != nil {
				t.Fatal(err)
			}
			a.SignWith(signer, nil)
			stop := a.Keep(ctx, slog.New(slog.DiscardHandler))
			acts := func() {
				var all sync.WaitGroup
				for range 20 {
					all.Go(func() { _, _ = a.Docket.Act(ctx, register("a report")) })
				}
				all.Wait()
			}
			_, unwatch := a.Docket.Watch()
			acts()
			until(t, "it is signed", func() bool { n, err := a.Tree.Published(ctx); return err == nil && n > 0 })
			if name == "postgres" {
				server.Kill(t)
				acts()
				server.Start(t)
				until(t, "it is back", func() bool { return d.Ready(ctx) == nil })
				acts()
			}
			unwatch()
			stop()
			if err := a.Close(); err != nil {
				t.Error(err)
			}
			goleak.VerifyNone(t, before)
		})
	}
}
