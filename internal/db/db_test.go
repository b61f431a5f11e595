package db_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
)

var ctx = context.Background()

var things = []db.Migration{
	{ID: "t/0001", SQL: `CREATE TABLE thing (id {int} PRIMARY KEY, name TEXT NOT NULL UNIQUE, raw {bytes}) {strict};`},
	{ID: "t/0002", SQL: `CREATE TABLE log (id {int} PRIMARY KEY, what TEXT NOT NULL) {strict};
{append_only:log}`},
}

func TestMain(m *testing.M) { dbtest.Main(m) }

// both runs a test on a database of each kind, with the tables of things.
func both(t *testing.T, f func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) { f(t, create(t, location)) })
}

func create(t *testing.T, location string) *db.DB {
	t.Helper()
	d, err := db.Create(ctx, location)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(ctx, things); err != nil {
		t.Fatal(err)
	}
	return d
}

func insert(tx *db.Tx, id int, name string) error {
	_, err := tx.Exec(`INSERT INTO thing (id, name) VALUES ($1, $2)`, id, name)
	return err
}

func count(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	if err := d.QueryRow(ctx, `SELECT count(*) FROM thing`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestDatabaseIsNeverMadeByAccident(t *testing.T) {
	t.Parallel()
	at := filepath.Join(t.TempDir(), "office.db")
	if _, err := db.Open(ctx, "sqlite:"+at); !errors.Is(err, db.ErrNoDatabase) {
		t.Errorf("open of nothing: %v", err)
	}
	if _, err := os.Stat(at); err == nil {
		t.Error("opening made a file")
	}
	d, err := db.Create(ctx, "sqlite:"+at)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := db.Create(ctx, "sqlite:"+at); !errors.Is(err, db.ErrExists) {
		t.Errorf("create over another: %v", err)
	}
	if info, err := os.Stat(at); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// A PostgreSQL database is there already, empty; whoever makes an office of it first has it.
func TestOfficeIsMadeOnceInAServersDatabase(t *testing.T) {
	t.Parallel()
	at := dbtest.Postgres(t)
	if _, err := db.Open(ctx, at); !errors.Is(err, db.ErrNoDatabase) {
		t.Errorf("open of an empty one: %v", err)
	}
	made := make(chan *db.DB, 4)
	for range cap(made) {
		go func() {
			d, err := db.Create(ctx, at)
			if err != nil && !errors.Is(err, db.ErrExists) {
				t.Errorf("create: %v", err)
			}
			made <- d
		}()
	}
	n := 0
	for range cap(made) {
		if d := <-made; d != nil {
			n++
			defer d.Close()
		}
	}
	if n != 1 {
		t.Errorf("made %d times", n)
	}
	d, err := db.Open(ctx, at)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Discard(ctx); err == nil {
		t.Error("a database that was only opened was discarded")
	}
}

func TestHalfAnOfficeIsDiscarded(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		for range 2 { // after the first there is room for the second
			if err := create(t, location).Discard(ctx); err != nil {
				t.Fatal(err)
			}
			if _, err := db.Open(ctx, location); !errors.Is(err, db.ErrNoDatabase) {
				t.Errorf("what is left: %v", err)
			}
		}
	})
}

func TestLocationThatIsNoneIsSaidWithoutItsPassword(t *testing.T) {
	t.Parallel()
	for location, want := range map[string]string{
		"office.db": "want sqlite:PATH", "sqlite:": "want sqlite:PATH", "mysql://user:secret@host/db": "want sqlite:PATH",
		"postgres://user:secret@127.0.0.1:1/db":            "127.0.0.1:1/db",
		"postgres://user:secret@127.0.0.1:1/db?readers=no": "readers=no", "postgres://user:secret@127.0.0.1:1/%zz": "it is no URL",
		"postgres://user:secret@127.0.0.1:1/db?sslmode=never": "sslmode",
	} {
		_, err := db.Open(ctx, location)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", location, err)
		}
	}
}

func TestWriteIsAllOrNothing(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		boom := errors.New("boom")
		err := d.Write(ctx, func(tx *db.Tx) error {
			if err := insert(tx, 1, "one"); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) || count(t, d) != 0 {
			t.Errorf("after a failed write: %v, %d rows", err, count(t, d))
		}
		func() {
			defer func() { _ = recover() }()
			_ = d.Write(ctx, func(tx *db.Tx) error {
				if err := insert(tx, 1, "one"); err != nil {
					return err
				}
				panic("boom")
			})
		}()
		if count(t, d) != 0 {
			t.Error("a panic left a row behind")
		}
		if err := d.Write(ctx, func(tx *db.Tx) error { return insert(tx, 1, "one") }); err != nil || count(t, d) != 1 {
			t.Errorf("the next write: %v", err)
		}
	})
}

func TestSavepointUndoesOnlyItsOwn(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		err := d.Write(ctx, func(tx *db.Tx) error {
			if err := insert(tx, 1, "one"); err != nil {
				return err
			}
			err := tx.Savepoint(func() error {
				if err := insert(tx, 2, "two"); err != nil {
					return err
				}
				return insert(tx, 3, "one") // breaks UNIQUE
			})
			if err == nil {
				t.Errorf("a second name: %v", err)
			}
			return insert(tx, 4, "four")
		})
		if err != nil || count(t, d) != 2 {
			t.Errorf("%v, %d rows", err, count(t, d))
		}
	})
}

func TestWritersQueueAndReadersDoNotWait(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				if err := d.Write(ctx, func(tx *db.Tx) error { return insert(tx, i, strings.Repeat("x", i+1)) }); err != nil {
					t.Errorf("writer %d: %v", i, err)
				}
			})
			wg.Go(func() {
				var n int
				if err := d.QueryRow(ctx, `SELECT count(*) FROM thing`).Scan(&n); err != nil {
					t.Errorf("reader %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if n := count(t, d); n != 20 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestReadersCannotWrite(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		if rows, err := d.Query(ctx, `INSERT INTO thing (id, name) VALUES (9, 'nine') RETURNING id`); err == nil {
			for rows.Next() {
			}
			if rows.Err() == nil {
				t.Error("a reading connection wrote")
			}
			_ = rows.Close()
		}
	})
}

func TestPlaceholdersAreBoundByNumber(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		var got string
		if err := d.QueryRow(ctx, `SELECT $2 || '-' || $1`, "one", "two").Scan(&got); err != nil || got != "two-one" {
			t.Errorf("%q, %v", got, err)
		}
	})
}

func TestAppendOnlyTableRefusesChange(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		write := func(text string) error {
			return d.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(text); return err })
		}
		if err := write(`INSERT INTO log (id, what) VALUES (1, 'a')`); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{`UPDATE log SET what = 'b'`, `DELETE FROM log`, `INSERT INTO log (id, what) VALUES (1, 'b') ON CONFLICT (id) DO UPDATE SET what = 'b'`, `REPLACE INTO log (id, what) VALUES (1, 'b')`, `INSERT OR REPLACE INTO log (id, what) VALUES (1, 'b')`, `TRUNCATE log`} {
			if err := write(text); err == nil {
				t.Errorf("%s went through", text)
			}
		}
		var what string
		if err := d.QueryRow(ctx, `SELECT what FROM log WHERE id = 1`).Scan(&what); err != nil || what != "a" {
			t.Errorf("what was logged is %q now: %v", what, err)
		}
	})
}

func TestMigrationsAreForwardOnlyAndHashed(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		if p, err := d.Pending(ctx, things); err != nil || len(p) != 0 {
			t.Errorf("pending after all: %v, %v", p, err)
		}
		changed := append([]db.Migration{}, things...)
		changed[0].SQL += " -- changed"
		if _, err := d.Pending(ctx, changed); err == nil || !strings.Contains(err.Error(), "t/0001 was changed") {
			t.Errorf("a changed migration: %v", err)
		}
		if _, err := d.Pending(ctx, things[:1]); !errors.Is(err, db.ErrNewer) {
			t.Errorf("a database newer than the program: %v", err)
		}
		more := append(append([]db.Migration{}, things...), db.Migration{ID: "t/0003", SQL: `CREATE TABLE broken (id {int} PRIMARY KEY); CREATE TABLE broken (id {int});`})
		if err := d.Migrate(ctx, more); err == nil {
			t.Error("a broken migration went through")
		}
		if p, err := d.Pending(ctx, more); err != nil || len(p) != 1 {
			t.Errorf("after a broken migration: %v, %v", p, err)
		}
	})
}

func TestListOfPlaceholders(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "(NULL)", 1: "($3)", 3: "($3,$4,$5)"} {
		if got := db.In(n, 3); got != want {
			t.Errorf("In(%d, 3) = %s, want %s", n, got, want)
		}
	}
}

// Processes that start at once all find the schema up to date, and each step was done by one of them.
func TestProcessesThatMigrateAtOnceDoEachStepOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		first, err := db.Create(ctx, location)
		if err != nil {
			t.Fatal(err)
		}
		defer first.Close()
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				d, err := db.Open(ctx, location)
				if err != nil {
					t.Error(err)
					return
				}
				defer d.Close()
				if err := d.Migrate(ctx, things); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if p, err := first.Pending(ctx, things); err != nil || len(p) != 0 {
			t.Errorf("pending: %v, %v", p, err)
		}
	})
}
