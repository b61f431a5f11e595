package db_test

import (
	"context"
	"database/sql"
	"errors"
	"runtime"
	"testing"
	"time"

	"nazorat/internal/db"
)

func TestWhoCountsHoldsNoPageUp(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		if err := d.Write(ctx, func(tx *db.Tx) error { return errors.Join(insert(tx, 1, "a"), insert(tx, 2, "b")) }); err != nil {
			t.Fatal(err)
		}
		var counting []*sql.Rows
		for range runtime.GOMAXPROCS(0) {
			rows, err := d.QueryMuch(ctx, `SELECT id FROM thing ORDER BY id`)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			if !rows.Next() {
				t.Fatal("no row", rows.Err())
			}
			counting = append(counting, rows)
		}
		for range 40 {
			if n := count(t, d); n != 2 {
				t.Fatalf("a page read %d", n)
			}
		}
		short, stop := context.WithTimeout(ctx, 50*time.Millisecond)
		defer stop()
		if rows, err := d.QueryMuch(short, `SELECT count(*) FROM thing`); !errors.Is(err, context.DeadlineExceeded) {
			if err == nil {
				err = errors.Join(rows.Err(), rows.Close())
			}
			t.Errorf("one more than there are processors did not wait: %v", err)
		}
		if err := counting[0].Close(); err != nil {
			t.Fatal(err)
		}
		rows, err := d.QueryMuch(ctx, `SELECT count(*) FROM thing`)
		if err != nil {
			t.Fatal("after one had ended", err)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Error(err)
		}
	})
}

func TestWhoCountsCannotWrite(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		rows, err := d.QueryMuch(ctx, `INSERT INTO thing (id, name) VALUES (1, 'a') RETURNING id`)
		if err == nil {
			rows.Next()
			err = errors.Join(rows.Err(), rows.Close())
		}
		if err == nil || count(t, d) != 0 {
			t.Errorf("wrote: %v", err)
		}
	})
}

// On a server each session is told what it is for: a page's has no workers, whose start takes longer than a page may, and the plan of none of its values.
func TestSessionsAreToldWhatTheyAreFor(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		if d.Dialect.Name != db.Postgres.Name {
			t.Skip("of servers alone")
		}
		for _, c := range []struct {
			setting, page, counting string
		}{
			{"max_parallel_workers_per_gather", "0", "2"},
			{"plan_cache_mode", "force_generic_plan", "force_custom_plan"},
			{"statement_timeout", "15s", "2min"},
			{"default_transaction_read_only", "on", "on"},
		} {
			var page, counting string
			if err := d.QueryRow(ctx, `SELECT current_setting($1)`, c.setting).Scan(&page); err != nil {
				t.Fatal(err)
			}
			rows, err := d.QueryMuch(ctx, `SELECT current_setting($1)`, c.setting)
			if err != nil {
				t.Fatal(err)
			}
			if rows.Next() {
				err = rows.Scan(&counting)
			}
			if err := errors.Join(err, rows.Err(), rows.Close()); err != nil {
				t.Fatal(err)
			}
			if page != c.page || counting != c.counting {
				t.Errorf("%s: %s of a page, %s of counting; want %s, %s", c.setting, page, counting, c.page, c.counting)
			}
		}
	})
}
