package torture_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"nazorat/internal/app"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/docket"
	"nazorat/internal/seal"
	"nazorat/internal/torture"
)

// Whoever looks for what was lost must see it: each row spoils a good database in one place.
func TestAuditSeesWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := newOffice(t, "sqlite:"+filepath.Join(dir, "office.db"), 1)
	o.open(func(a *app.Office) {
		var list []docket.Command
		for i := range 10 {
			list = append(list, register(fmt.Sprint("report ", i)))
		}
		opened, err := a.Docket.ActAll(ctx, list)
		if err != nil {
			t.Fatal(err)
		}
		list = []docket.Command{{Proceeding: opened[1].Proceeding, Act: "open_inquiry", Actor: sardor, Form: map[string]string{"crime_article": "CC 169"}}}
		for i := range 259 { // a full tile, and a part of one
			list = append(list, docket.Command{Proceeding: opened[i%10].Proceeding, Act: "assign", Actor: prosecutor, Form: map[string]string{"assign_to": malika.Officer}})
		}
		if _, err := a.Docket.ActAll(ctx, list); err != nil {
			t.Fatal(err)
		}
		signer, err := seal.Open(ctx, o.nodes[0].key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Tree.Checkpoint(ctx, signer, calendar.Moment(1)); err != nil {
			t.Fatal(err)
		}
	})
	good, err := os.ReadFile(filepath.Join(dir, "office.db"))
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct{ what, change string }{
		{"nothing", ""},
		{"a leaf's data", `UPDATE journal_leaf SET data = CAST(zeroblob(32) || substr(data, 33) AS BLOB) WHERE first = 0`},
		{"the last leaves", `DELETE FROM journal_leaf WHERE first = 256`},
		{"an entry", `DELETE FROM entry WHERE leaf = 100`},
		{"the last entry", `DELETE FROM entry WHERE leaf = 269`},
		{"the hash of an entry", `UPDATE entry SET hash = zeroblob(32) WHERE leaf = 7`},
		{"what an entry says", `UPDATE entry SET form = replace(form, 'report 7"', 'report 8"') WHERE leaf = 7`},
		{"who did it", `UPDATE entry SET officer = 'sardor' WHERE leaf = 7`},
		{"a stored hash of the tree", `UPDATE journal_node SET hash = zeroblob(32)`},
		{"a hash of no tree", `INSERT INTO journal_node (level, n, hash) VALUES (16, 0, zeroblob(32)), (8, 5, zeroblob(32))`},
		{"the head", `UPDATE journal_head SET size = size + 1`},
		{"the head's hashes", `UPDATE journal_head SET peaks = zeroblob(length(peaks))`},
		{"a checkpoint of another tree", `UPDATE checkpoint SET note = replace(note, substr(note, 21, 6), 'AAAAAA')`},
		{"a checkpoint of what was lost", `UPDATE checkpoint SET size = 280, note = replace(note, '270', '280')`},
		{"a deadline's end", `UPDATE deadline SET due = due + 1 WHERE proceeding = (SELECT proceeding FROM entry WHERE leaf = 3)`},
		{"a deadline that is over", `UPDATE deadline SET closed = closed + 1 WHERE status = 'met' AND proceeding = (SELECT proceeding FROM entry WHERE leaf = 1)`},
		{"what became of a deadline", `UPDATE deadline SET status = 'late' WHERE status = 'met' AND proceeding = (SELECT proceeding FROM entry WHERE leaf = 1)`},
		{"a deadline that was met", `DELETE FROM deadline WHERE status = 'met' AND proceeding = (SELECT proceeding FROM entry WHERE leaf = 1)`},
		{"a deadline", `DELETE FROM deadline WHERE proceeding = (SELECT proceeding FROM entry WHERE leaf = 3)`},
		{"a stage", `UPDATE proceeding SET root_state = 'refused' WHERE id = (SELECT proceeding FROM entry WHERE leaf = 3)`},
		{"a version", `UPDATE proceeding SET version = 2 WHERE id = (SELECT proceeding FROM entry WHERE leaf = 3)`},
		{"a count on a board", `UPDATE tally SET n = n - 1`},
		{"a series", `UPDATE numbering SET last = last + 1`},
		{"a copy of nothing", `INSERT INTO copy (office, role, at, proceeding, seq) VALUES ('pr-1', 'prosecutor', 1, 'x', 1)`},
	} {
		path := filepath.Join(dir, fmt.Sprintf("%d.db", i))
		if err := os.WriteFile(path, good, 0o600); err != nil {
			t.Fatal(err)
		}
		spoil(t, path, c.change)
		d, err := db.Open(ctx, "sqlite:"+path)
		if err != nil {
			t.Fatal(err)
		}
		a, err := app.Open(ctx, d, docket.Options{Now: o.moment})
		if err != nil {
			t.Fatal(err)
		}
		audit := torture.NewAudit(d, o.keys...)
		err = errors.Join(audit.Follow(ctx, nil), audit.Replay(ctx, a.Docket.Reader), audit.Counts(ctx), audit.Deadlines(ctx))
		if (err == nil) != (c.change == "") {
			t.Errorf("%s: the audit says %v", c.what, err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
}

// spoil changes a database behind the office's back.
func spoil(t *testing.T, path, change string) {
	t.Helper()
	d, err := db.Open(ctx, "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var triggers []string
	rows, err := d.Query(ctx, `SELECT name FROM sqlite_master WHERE type = 'trigger'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		triggers = append(triggers, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	err = d.Write(ctx, func(tx *db.Tx) error {
		for _, name := range triggers {
			if _, err := tx.Exec(`DROP TRIGGER ` + name); err != nil {
				return err
			}
		}
		if change == "" {
			return nil
		}
		n, err := tx.Exec(change)
		if err == nil && n == 0 {
			err = errors.New("it changes nothing")
		}
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", change, err)
	}
}
