package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"nazorat/internal/app"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
)

// crowd has many more running deadlines than it has proceedings: the first of
// each is copied as further numbers, each time a quarter of an hour and a
// second later, so that they spread over the day.
func crowd(b *testing.B) string {
	b.Helper()
	from := filled(b)
	return once(b, filepath.Join(room(b), "due.db"), func(path string) {
		want := size(b, "NAZORAT_BENCH_DEADLINES", 10_000_000)
		clone(b, from, path)
		start := time.Now()
		d, err := db.Open(ctx, "sqlite:"+path)
		must(b, err)
		must(b, d.Write(ctx, func(tx *db.Tx) error {
			// Indexes that are made afterwards are made in order, in a tenth of the time.
			indexes, err := texts(tx, `SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'deadline' AND sql IS NOT NULL`)
			if err != nil {
				return err
			}
			names, err := texts(tx, `SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'deadline' AND sql IS NOT NULL`)
			if err != nil {
				return err
			}
			for _, n := range names {
				if _, err := tx.Exec(`DROP INDEX ` + n); err != nil {
					return err
				}
			}
			_, err = tx.Exec(`INSERT INTO deadline (proceeding, no, law, term, thing, role, office, officer, supervisor, breach, started, due, status, closed, basis, steps)
WITH RECURSIVE copies(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM copies WHERE k < $1)
SELECT proceeding, no + 100 * k, law, term, thing, role, office, officer, supervisor, breach, started, due + k * $2, status, closed, basis, steps
FROM deadline JOIN copies ORDER BY proceeding, k`, want/cases(b)-1, calendar.Moment(15*60+1)*1_000_000)
			if err != nil {
				return err
			}
			for _, text := range indexes {
				if _, err := tx.Exec(text); err != nil {
					return err
				}
			}
			return nil
		}))
		must(b, d.Close())
		fmt.Fprintf(os.Stderr, "made them %d deadlines in %.0f s\n", want, time.Since(start).Seconds())
	})
}

func texts(tx *db.Tx, query string) ([]string, error) {
	rows, err := tx.Query(query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// BenchmarkFellDue finds what fell due within ten minutes around moments all
// over the year at which something did: at most midnights, when the terms of
// days end, thousands did at once, so an asker gets as many as he asked for.
// Budget: 10 ms.
func BenchmarkFellDue(b *testing.B) { onBoth(b, crowd, fellDue) }

func fellDue(b *testing.B, o *app.Office) {
	var running int
	must(b, o.DB.QueryRow(ctx, `SELECT count(*) FROM deadline WHERE status = 'running'`).Scan(&running))
	for _, most := range []int{100, 1000} {
		b.Run(fmt.Sprintf("first_%d", most), func(b *testing.B) {
			r := chance()
			took, found := make([]time.Duration, b.N), 0
			for i := range b.N {
				var due calendar.Moment
				id := nth(r.IntN(cases(b)))
				must(b, o.DB.QueryRow(ctx, `SELECT due FROM deadline WHERE proceeding >= $1 ORDER BY proceeding, no LIMIT 1`, id).Scan(&due))
				start := time.Now()
				list, err := o.Docket.FellDue(ctx, due-5*calendar.Minute, due+5*calendar.Minute, most)
				took[i] = time.Since(start)
				must(b, err)
				found += len(list)
			}
			slices.Sort(took)
			b.ReportMetric(ms(took[len(took)/2]), "p50-ms")
			b.ReportMetric(ms(took[len(took)*99/100]), "p99-ms")
			b.ReportMetric(float64(found)/float64(b.N), "found")
			b.ReportMetric(float64(running), "running")
			b.ReportMetric(0, "ns/op")
		})
	}
}
