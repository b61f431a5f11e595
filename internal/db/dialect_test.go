package db_test

import (
	"testing"

	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
)

// A column of several values keeps all others out, and on SQLite no table of
// them is made whenever a row is written.
func TestAColumnOfFewValuesIsComparedWithEach(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		d := create(t, location)
		if err := d.Migrate(ctx, append(things, db.Migration{ID: "t/0003", SQL: `CREATE TABLE term (no {int} PRIMARY KEY,
	status TEXT NOT NULL CHECK (status IN ('running', 'met' ,'ended')), step {int} NOT NULL CHECK (step IN (0, 1, 2))) {strict};`})); err != nil {
			t.Fatal(err)
		}
		const insert = `INSERT INTO term (no, status, step) VALUES ($1, $2, $3)`
		for i, x := range []struct {
			status string
			step   int
			good   bool
		}{{"running", 0, true}, {"met", 1, true}, {"ended", 2, true}, {"", 0, false}, {"Met", 0, false}, {"running", 3, false}, {"late", 1, false}} {
			err := d.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(insert, i, x.status, x.step)
				return err
			})
			if x.good != (err == nil) {
				t.Errorf("%q, %d: %v", x.status, x.step, err)
			}
		}
		if d.Dialect.Name != db.SQLite.Name {
			return
		}
		rows, err := d.Query(ctx, `EXPLAIN `+insert, 9, "met", 1)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		n := 0
		for rows.Next() {
			var at, p1, p2, p3, p5 int
			var opcode string
			var p4, comment *string
			if err := rows.Scan(&at, &opcode, &p1, &p2, &p3, &p4, &p5, &comment); err != nil {
				t.Fatal(err)
			}
			if n++; opcode == "OpenEphemeral" {
				t.Errorf("step %d makes a table", at)
			}
		}
		if err := rows.Err(); err != nil || n == 0 {
			t.Errorf("%d steps, %v", n, err)
		}
	})
}
