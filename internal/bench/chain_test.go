package main

import (
	"path/filepath"
	"testing"

	"nazorat/internal/app"
	"nazorat/internal/db"
	"nazorat/internal/demo"
	"nazorat/internal/docket"
	"nazorat/internal/journal"
	"nazorat/internal/proceedings"
)

// lived is the journal of a synthetic service, stream by stream.
func lived(b *testing.B) (*app.Office, []*proceedings.Proceeding) {
	b.Helper()
	o := demo.Options{Cases: min(2000, cases(b)), Seed: 1, Now: now()}
	d, _, service := create(b, "sqlite:"+filepath.Join(b.TempDir(), "lived.db"), o)
	clock := demo.NewClock(o.Now, now)
	office, err := app.Open(ctx, d, docket.Options{Now: clock.Now, NewID: clock.NewID})
	must(b, err)
	b.Cleanup(func() { must(b, office.Close()) })
	_, err = demo.Live(ctx, office.Docket, clock, service, o)
	must(b, err)
	var out []*proceedings.Proceeding
	for _, id := range ids(b, d) {
		p, err := office.Docket.Stored(ctx, id)
		must(b, err)
		out = append(out, p)
	}
	return office, out
}

func ids(b *testing.B, d *db.DB) []string {
	b.Helper()
	rows, err := d.Query(ctx, `SELECT id FROM proceeding ORDER BY id`)
	must(b, err)
	defer rows.Close()
	var out []string
	for rows.Next() {
		var id string
		must(b, rows.Scan(&id))
		out = append(out, id)
	}
	must(b, rows.Err())
	return out
}

// BenchmarkJournal checks journals: "chain" the hashes of entries that lie in
// memory, on one goroutine; "replay" from the database, with the law applied
// again to every act and compared. Budget: 300,000 entries a second.
func BenchmarkJournal(b *testing.B) {
	office, all := lived(b)
	b.Run("chain", func(b *testing.B) {
		var streams [][]proceedings.Logged
		for _, p := range all {
			s, err := office.Docket.History(ctx, p, 1<<62, 1<<20)
			must(b, err)
			streams = append(streams, s) // newest first
		}
		n := 0
		for b.Loop() {
			for _, s := range streams {
				var chain journal.Chain
				for i := len(s) - 1; i >= 0; i-- {
					must(b, chain.Follow(&s[i].Sealed))
					n++
				}
			}
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "entries/s")
	})
	b.Run("replay", func(b *testing.B) {
		n := int64(0)
		for b.Loop() {
			for _, p := range all {
				must(b, office.Replay.Check(ctx, p))
				n += p.Version
			}
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "entries/s")
	})
}
