package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"nazorat/internal/amend"
	"nazorat/internal/app"
	"nazorat/internal/db"
	"nazorat/internal/demo"
	"nazorat/internal/docket"
	"nazorat/internal/whatif"
	"nazorat/laws"
)

// past is an office with a hundred thousand proceedings that were lived through:
// some thousands by the demonstration, act by act, and copies of them under other
// ids and numbers, as far as a trial reads them.
func past(b *testing.B) string {
	b.Helper()
	want := size(b, "NAZORAT_BENCH_PAST", 100_000)
	return once(b, filepath.Join(room(b), fmt.Sprintf("past-%d.db", want)), func(path string) {
		start := time.Now()
		o := demo.Options{Cases: min(2000, want), Seed: 1, Now: now()}
		d, _, service := create(b, "sqlite:"+path, o)
		clock := demo.NewClock(o.Now, now)
		office, err := app.Open(ctx, d, docket.Options{Now: clock.Now, NewID: clock.NewID})
		must(b, err)
		_, err = demo.Live(ctx, office.Docket, clock, service, o)
		must(b, err)
		// The copies are leaves of no tree: a trial reads acts and asks no proof of them.
		must(b, d.Write(ctx, func(tx *db.Tx) error {
			var leaves int64
			if err := tx.QueryRow(`SELECT count(*) FROM entry`).Scan(&leaves); err != nil {
				return err
			}
			for i := 1; i < want/o.Cases; i++ {
				if _, err := tx.Exec(`INSERT INTO proceeding (id, law, number, office, supervisor, in_charge, root_state, title, version, edition, opened, changed, head, state)
SELECT id || '-' || $1, law, number || '-' || $1, office, supervisor, in_charge, root_state, title, version, edition, opened, changed, head, state FROM proceeding WHERE length(id) = 26`, i); err != nil {
					return err
				}
				if _, err := tx.Exec(`INSERT INTO entry (leaf, proceeding, seq, law, edition, act, thing, officer, role, mandate, office, client, done, recorded, form, cargo, submission, previous, hash, salt, effects)
SELECT leaf + $2, proceeding || '-' || $1, seq, law, edition, act, thing, officer, role, mandate, office, client, done, recorded, form, cargo, submission || '-' || $1, previous, hash, salt, effects
FROM entry WHERE leaf < $3`, i, int64(i)*leaves, leaves); err != nil {
					return err
				}
			}
			return nil
		}))
		must(b, office.Close())
		fmt.Fprintf(os.Stderr, "lived through %d proceedings and copied them to %d in %.0f s\n", o.Cases, want, time.Since(start).Seconds())
	})
}

// shorter is a draft that gives three days less to decide on a report.
const shorter = `terms:
  decide_on_report:
    article: CPC 329
    starts: register_report
    within: 7d
    rolls: next_working_day
    owed_by: officer_in_charge
    met_by: [open_inquiry, open_investigation, refuse, transfer]
    extended_by: { extend_check: { to: 1mo } }
    breach: escalate
`

// BenchmarkWhatIf tries a draft over a hundred thousand proceedings of the
// database: every act decided twice, every deadline set beside its other.
// Budget: 10 s, with both cores of the machine.
func BenchmarkWhatIf(b *testing.B) {
	o := open(b, "sqlite:"+past(b))
	newest := law(b).Editions[len(law(b).Editions)-1]
	d, err := amend.LoadDraft(laws.FS, newest.Law.Name, amend.Text{Name: "shorter.yaml", Text: []byte(fmt.Sprintf("procedure: %s\nin_force: 2027-01-01\nbased_on: %s\n%s", newest.Law.Name, newest.Name, shorter))})
	must(b, err)
	var r *amend.Report
	for b.Loop() {
		r, err = whatif.OverPast(ctx, o.Docket.Reader, nil, d, 0, nil)
		must(b, err)
	}
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	took := b.Elapsed().Seconds() / float64(b.N)
	b.ReportMetric(took*100_000/float64(r.Proceedings), "s") // for 100,000
	b.ReportMetric(float64(r.Proceedings), "proceedings")
	b.ReportMetric(float64(r.Acts)/took, "acts/s")
	b.ReportMetric(float64(r.Sum.Earlier), "moved")
	b.ReportMetric(0, "ns/op")
}
