package proceedings_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/laws"
)

// What is read of proceedings that acts brought about is tested with those acts, in package docket.
// Here are the questions themselves: over rows that no law would bring about, and how a database answers them.

func TestMain(m *testing.M) { dbtest.Main(m, dbtest.NoSync) }

// noon is a clock that stands still.
func noon() calendar.Moment { return calendar.Moment(1_772_434_800) * calendar.Second }

// builtIn are the policies that are built in, loaded once for all tests: nobody changes them.
var builtIn = sync.OnceValues(func() (*access.Policies, error) { return access.Load(laws.FS) })

// policies are those that are built in.
func policies(tb testing.TB) *access.Policies {
	tb.Helper()
	p, err := builtIn()
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// bare is a database without a proceeding, of two offices of the interior under their prosecutors.
func bare(t *testing.T, location string) (*db.DB, *directory.Directory) {
	t.Helper()
	d, err := db.Create(t.Context(), location)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := d.Migrate(t.Context(), slices.Concat(directory.Migrations, docket.Migrations)); err != nil {
		t.Fatal(err)
	}
	dir, err := directory.Open(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	s := &directory.Service{Offices: []directory.Office{{ID: "gp", Code: "00", Kind: directory.Prosecutor, Place: "17"}}}
	for _, n := range []string{"1", "2"} {
		s.Offices = append(s.Offices, directory.Office{ID: "pr-" + n, Code: "0" + n, Kind: directory.Prosecutor, Parent: "gp", Place: "1726"},
			directory.Office{ID: "iib-" + n, Code: "172" + n, Kind: directory.Interior, Place: "1726"})
		s.Competences = append(s.Competences, directory.Competence{Office: "iib-" + n, Role: directory.SupervisorRole, Competent: "pr-" + n},
			directory.Competence{Office: "iib-" + n, Role: "prosecutor", Competent: "pr-" + n}, directory.Competence{Office: "iib-" + n, Role: "prosecutor_general", Competent: "gp"})
	}
	if err := dir.Import(t.Context(), s, 1); err != nil {
		t.Fatal(err)
	}
	return d, dir
}

// plan is how the database would look for something.
func plan(t *testing.T, d *db.DB, text string, args ...any) string {
	t.Helper()
	var plan []string
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		explain, into := "EXPLAIN QUERY PLAN ", make([]any, 4)
		if d.Dialect.Name == db.Postgres.Name {
			explain, into = "EXPLAIN ", make([]any, 1)
			// Next to no rows are there: without this the server would rightly read them all.
			if _, err := tx.Exec(`SET LOCAL enable_seqscan = off`); err != nil {
				return err
			}
		}
		rows, err := tx.Query(explain+text, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var detail string
			for i := range into {
				into[i] = new(any)
			}
			into[len(into)-1] = &detail
			if err := rows.Scan(into...); err != nil {
				return err
			}
			plan = append(plan, detail)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(plan, "\n")
}
