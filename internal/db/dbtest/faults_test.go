package dbtest_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	driversqlite "modernc.org/sqlite"

	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
)

func TestErrorOfSQLiteHasTheCodeThatWasAskedFor(t *testing.T) {
	t.Parallel()
	var e *driversqlite.Error
	if err := dbtest.SQLiteError(778); !errors.As(err, &e) || e.Code() != 778 || e.Error() != "injected (778)" {
		t.Errorf("%v", err)
	}
}

// Each fault does what it says, and the database is as good as before it.
func TestEachFaultIsWhatItSays(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		ctx := context.Background()
		d, err := db.Create(ctx, location)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if err := d.Migrate(ctx, []db.Migration{{ID: "t/0001", SQL: `CREATE TABLE thing (id {int} PRIMARY KEY) {strict};`}}); err != nil {
			t.Fatal(err)
		}
		id := 0
		write := func() error {
			id++
			return d.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(`INSERT INTO thing (id) VALUES ($1)`, id); return err })
		}
		there := func() (n int) {
			if err := d.QueryRow(ctx, `SELECT count(*) FROM thing WHERE id = $1`, id).Scan(&n); err != nil {
				t.Error(err)
			}
			return n
		}
		var steps []dbtest.Step
		stop := dbtest.Interpose(t, d, func(s dbtest.Step) error { steps = append(steps, s); return s.Do() })
		if err := write(); err != nil || there() != 1 {
			t.Fatalf("with a hook that lets everything happen: %v", err)
		}
		stop()
		want := []string{"begin", "statement", "commit", "read"}
		if got := slices.Collect(func(yield func(string) bool) {
			for _, s := range steps {
				if !yield(string(s.What)) {
					return
				}
			}
		}); !slices.Equal(got, want) {
			t.Fatalf("steps %v, want %v", got, want)
		}
		for _, f := range dbtest.Faults() {
			if f.Told { // which is no fault of that step
				continue
			}
			for at, what := range want[:3] {
				seen := 0
				stop := dbtest.Interpose(t, d, func(s dbtest.Step) error {
					if seen++; seen == at+1 {
						return f.Take(d, s)
					}
					return s.Do()
				})
				err := write()
				stop()
				if err == nil {
					t.Errorf("%s, %s: no error", what, f)
				}
				if got := db.Unavailable(err); got != (f.Error != dbtest.Constraint) && what != "commit" {
					t.Errorf("%s, %s: unavailable %v (%v)", what, f, got, err)
				}
				if maybe := errors.Is(err, db.ErrMaybe); maybe != (what == "commit" && f.Error == dbtest.Lost) {
					t.Errorf("%s, %s: whether it took effect is open: %v (%v)", what, f, maybe, err)
				}
				happened := what == "commit" && f.After
				if n := there(); n == 1 != happened {
					t.Errorf("%s, %s: %d rows", what, f, n)
				}
				if err := write(); err != nil || there() != 1 {
					t.Errorf("%s, %s: afterwards %v", what, f, err)
				}
			}
		}
	})
}
