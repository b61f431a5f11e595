package db_test

import (
	"errors"
	"os"
	"testing"

	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
)

// What was filled hastily is in the file when it is filled, and what is written from then on is put on disk as ever.
func TestWhatWasWrittenHastilyIsPutOnDisk(t *testing.T) {
	t.Parallel()
	d := create(t, dbtest.SQLite(t))
	syncs := func() (n int) {
		if err := d.Write(ctx, func(tx *db.Tx) error { return tx.QueryRow(`PRAGMA synchronous`).Scan(&n) }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	const off, full = 0, 2
	if n := syncs(); n != full {
		t.Fatalf("it syncs as %d", n)
	}
	none := errors.New("no")
	for i, want := range []error{nil, none} {
		err := d.Hastily(ctx, func() error {
			if n := syncs(); n != off {
				t.Errorf("while it is filled it syncs as %d", n)
			}
			return errors.Join(d.Write(ctx, func(tx *db.Tx) error { return insert(tx, i, string(rune('a'+i))) }), want)
		})
		if !errors.Is(err, want) || want == nil && err != nil {
			t.Errorf("%v", err)
		}
		if n := syncs(); n != full {
			t.Errorf("afterwards it syncs as %d", n)
		}
		if log, err := os.Stat(d.Path() + "-wal"); err != nil || log.Size() != 0 {
			t.Errorf("the log was not copied into the file: %v, %v", log, err)
		}
		if n := count(t, d); n != i+1 {
			t.Errorf("%d rows", n)
		}
	}
}

// Whoever opens an office that is there never writes so.
func TestOnlyANewDatabaseIsWrittenHastily(t *testing.T) { both(t, onlyANewOneHastily) }

func onlyANewOneHastily(t *testing.T, d *db.DB) {
	ran := 0
	f := func() error { ran++; return nil }
	if err := d.Hastily(ctx, f); err != nil || ran != 1 {
		t.Errorf("a new one: %v, ran %d times", err, ran)
	}
	if d.Path() == "" {
		return // whether a database was just made is asked before it is asked which one it is
	}
	again, err := db.Open(ctx, "sqlite:"+d.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if err := again.Hastily(ctx, f); err == nil || ran != 1 {
		t.Errorf("one that is there: %v, ran %d times", err, ran)
	}
}
