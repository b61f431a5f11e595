package db_test

import (
	"errors"
	"testing"
	"time"

	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
)

// What was committed without its success being told may be there: whoever shows it looks for himself.
func TestWhoListensIsToldToLookWhereACommitIsInDoubt(t *testing.T) { both(t, whoListensLooks) }

func whoListensLooks(t *testing.T, d *db.DB) {
	heard := make(chan string, 10)
	if err := d.Listen(ctx, func(text string) { heard <- text }); err != nil {
		t.Fatal(err)
	}
	stop := dbtest.Interpose(t, d, func(s dbtest.Step) error {
		if s.What == dbtest.Commit {
			return dbtest.Fault{Error: dbtest.Lost, After: true}.Take(d, s)
		}
		return s.Do()
	})
	err := d.Write(ctx, func(tx *db.Tx) error { return errors.Join(insert(tx, 1, "one"), tx.Notify("one")) })
	stop()
	if !errors.Is(err, db.ErrMaybe) || count(t, d) != 1 {
		t.Fatalf("%v", err)
	}
	for {
		select {
		case text := <-heard:
			if text == "" {
				return
			}
		case <-time.After(time.Minute):
			t.Fatal("nobody was told")
		}
	}
}

// A transaction that the database cannot end is no reason to let nobody else begin.
func TestWriterGoesOnWhereATransactionCouldNotBeEnded(t *testing.T) { both(t, writerGoesOn) }

func writerGoesOn(t *testing.T, d *db.DB) {
	for _, f := range dbtest.Faults() {
		stop := dbtest.Interpose(t, d, func(s dbtest.Step) error {
			if s.What == dbtest.Rollback {
				_ = s.Run("ROLLBACK") // so that the real one fails
				return f.Take(d, s)
			}
			return s.Do()
		})
		none := errors.New("no")
		if err := d.Write(ctx, func(tx *db.Tx) error { return errors.Join(insert(tx, 1, "one"), none) }); !errors.Is(err, none) {
			t.Errorf("%s: %v", f, err)
		}
		stop()
		for range 3 {
			if err := d.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(`DELETE FROM thing`); return err }); err != nil {
				t.Errorf("%s: %v", f, err)
			}
		}
	}
}
