package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
)

// On PostgreSQL the server refuses everything after a statement that failed.
// SQLite would go on, and the two halves of what was meant to be one would part.
func TestStatementThatFailedSpoilsItsTransaction(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		err := d.Write(ctx, func(tx *db.Tx) error {
			if err := insert(tx, 1, "one"); err != nil {
				return err
			}
			if err := insert(tx, 2, "one"); err == nil {
				t.Error("a second name went in")
			}
			if err := insert(tx, 3, "three"); err == nil {
				t.Error("a statement went through after one that had failed")
			}
			return nil
		})
		if err == nil || count(t, d) != 0 {
			t.Errorf("%v, %d rows", err, count(t, d))
		}
	})
}

func TestFailurePassedOverInASavepointIsUndoneAndTold(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		err := d.Write(ctx, func(tx *db.Tx) error {
			err := tx.Savepoint(func() error {
				_ = insert(tx, 1, "one")
				_ = insert(tx, 2, "one")
				return nil
			})
			if err == nil || !strings.Contains(err.Error(), "passed over") {
				t.Errorf("the savepoint: %v", err)
			}
			return insert(tx, 3, "three")
		})
		if err != nil || count(t, d) != 1 {
			t.Errorf("%v, %d rows", err, count(t, d))
		}
	})
}

func TestSavepointsLieInEachOther(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		boom := errors.New("boom")
		err := d.Write(ctx, func(tx *db.Tx) error {
			return tx.Savepoint(func() error {
				if err := insert(tx, 1, "one"); err != nil {
					return err
				}
				if err := tx.Savepoint(func() error { return errors.Join(insert(tx, 2, "two"), boom) }); !errors.Is(err, boom) {
					t.Errorf("the inner one: %v", err)
				}
				return tx.Savepoint(func() error { return insert(tx, 3, "three") })
			})
		})
		if err != nil || count(t, d) != 2 {
			t.Errorf("%v, %d rows", err, count(t, d))
		}
	})
}

func TestRowThatIsNotThereIsNoFailure(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		err := d.Write(ctx, func(tx *db.Tx) error {
			var name string
			if err := tx.QueryRow(`SELECT name FROM thing WHERE id = $1`, 7).Scan(&name); !errors.Is(err, sql.ErrNoRows) {
				t.Errorf("%q, %v", name, err)
			}
			return insert(tx, 1, "one")
		})
		if err != nil || count(t, d) != 1 {
			t.Errorf("%v, %d rows", err, count(t, d))
		}
	})
}

func TestFailureOfAStatementThatReturnsRowsSpoilsToo(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		err := d.Write(ctx, func(tx *db.Tx) error {
			for id, name := range []string{"one", "one", "two"} {
				var got int
				err := tx.QueryRow(`INSERT INTO thing (id, name) VALUES ($1, $2) RETURNING id`, id, name).Scan(&got)
				if (err != nil) != (id > 0) || err == nil && got != id {
					t.Errorf("row %d: %d, %v", id, got, err)
				}
			}
			return nil
		})
		if err == nil || count(t, d) != 0 {
			t.Errorf("%v, %d rows", err, count(t, d))
		}
	})
}

func TestTextThatNotEveryDatabaseStoresIsRefused(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		for _, text := range []string{"a\x00b", "\xff", "қ\xd2"} {
			err := d.Write(ctx, func(tx *db.Tx) error { return insert(tx, 1, text) })
			if !errors.Is(err, db.ErrText) || db.Unavailable(err) {
				t.Errorf("write %q: %v", text, err)
			}
			var n int
			if err := d.QueryRow(ctx, `SELECT count(*) FROM thing WHERE name = $1`, text).Scan(&n); !errors.Is(err, db.ErrText) {
				t.Errorf("read %q: %v", text, err)
			}
		}
	})
}

// Texts are in the order of their bytes on both, also where the server's database speaks a language with another order.
func TestTextsAreComparedByteByByte(t *testing.T) {
	t.Parallel()
	names := []string{"o'rta", "Z", "ʻ", "a", "B", "oʻrta", "-", "қ", "b", "ў", "А", "o-rta", "ortA", "я", "Ё"}
	sorted := slices.Clone(names)
	slices.Sort(sorted)
	check := func(t *testing.T, location string) {
		d := create(t, location)
		err := d.Write(ctx, func(tx *db.Tx) error {
			for i, n := range names {
				if err := insert(tx, i, n); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for after := ""; ; {
			var next string
			err := d.QueryRow(ctx, `SELECT name FROM thing WHERE name || '' > $1 ORDER BY name || '' LIMIT 1`, after).Scan(&next)
			if errors.Is(err, sql.ErrNoRows) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			got, after = append(got, next), next
		}
		if !slices.Equal(got, sorted) {
			t.Errorf("got  %q\nwant %q", got, sorted)
		}
	}
	dbtest.Each(t, check)
	t.Run("uzbek", func(t *testing.T) {
		check(t, dbtest.PostgresWith(t, "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'uz'"))
	})
}

func TestDatabasesClockGoesOn(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		before, err := d.Now(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if off := time.Since(time.UnixMicro(before)).Abs(); off > time.Minute {
			t.Errorf("the clock is off by %v", off)
		}
		err = d.Write(ctx, func(tx *db.Tx) error {
			a, err1 := tx.Now()
			b, err2 := tx.Now()
			for b == a && err2 == nil {
				b, err2 = tx.Now()
			}
			if a < before || b < a {
				t.Errorf("%d, %d, %d", before, a, b)
			}
			return errors.Join(err1, err2)
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// A hundred writers read a number and write the next one. Each who is alone
// under a name does so one after the other.
func TestWhoIsAloneIsAlone(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				err := d.Write(ctx, func(tx *db.Tx) error {
					if err := tx.Alone("numbers"); err != nil {
						return err
					}
					var n int
					if err := tx.QueryRow(`SELECT count(*) FROM thing`).Scan(&n); err != nil {
						return err
					}
					return insert(tx, n, fmt.Sprint(n))
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := count(t, d); n != 100 {
			t.Errorf("%d rows", n)
		}
	})
}

// Two writers each hold what the other wants next. One of them has to begin again, and does so by itself if it may.
func TestDeadlockIsBegunAgain(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		err := d.Write(ctx, func(tx *db.Tx) error { return errors.Join(insert(tx, 0, "a"), insert(tx, 1, "b")) })
		if err != nil {
			t.Fatal(err)
		}
		var holding sync.WaitGroup
		holding.Add(2)
		touch := func(tx *db.Tx, id int) error {
			_, err := tx.Exec(`UPDATE thing SET raw = $1 WHERE id = $2`, []byte("x"), id)
			return err
		}
		var runs atomic.Int32
		one := func(id int) error {
			var meet sync.Once
			return d.Write(ctx, func(tx *db.Tx) error {
				runs.Add(1)
				if err := touch(tx, id); err != nil {
					return err
				}
				if d.Dialect.Name != db.SQLite.Name { // there the other one waits for his turn
					meet.Do(func() { holding.Done(); holding.Wait() })
				}
				return touch(tx, 1-id)
			}, db.Repeatable)
		}
		done := make(chan error, 2)
		for id := range 2 {
			go func() { done <- one(id) }()
		}
		for range 2 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if n := runs.Load(); d.Dialect.Name == db.Postgres.Name && n < 3 {
			t.Errorf("%d runs: they never met", n)
		}
	})
}

func TestWriteThatMayNotBeRepeatedIsTold(t *testing.T) {
	t.Parallel()
	d := create(t, dbtest.Postgres(t))
	runs := 0
	fail := func(tx *db.Tx) error {
		runs++
		_, err := tx.Exec(`DO $$ BEGIN RAISE EXCEPTION 'in the way' USING ERRCODE = '40001'; END $$`)
		return err
	}
	if err := d.Write(ctx, fail); err == nil || runs != 1 || !db.Unavailable(err) {
		t.Errorf("%d runs: %v", runs, err)
	}
	runs = 0
	if err := d.Write(ctx, fail, db.Repeatable); err == nil || runs != 5 {
		t.Errorf("%d runs where it may be repeated: %v", runs, err)
	}
}

func TestWriterWhoGaveUpInTheQueueDoesNothing(t *testing.T) {
	t.Parallel()
	d := create(t, dbtest.SQLite(t))
	started, finish := make(chan struct{}), make(chan struct{})
	first := make(chan error, 1)
	go func() {
		first <- d.Write(ctx, func(*db.Tx) error { close(started); <-finish; return nil })
	}()
	<-started
	waiting, giveUp := context.WithCancel(ctx)
	second := make(chan error, 1)
	go func() { second <- d.Write(waiting, func(tx *db.Tx) error { return insert(tx, 1, "one") }) }()
	giveUp()
	if err := <-second; !errors.Is(err, waiting.Err()) || db.Unavailable(err) {
		t.Errorf("%v", err)
	}
	close(finish)
	if err := <-first; err != nil || count(t, d) != 0 {
		t.Errorf("%v, %d rows", err, count(t, d))
	}
}
