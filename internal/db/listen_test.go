package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
)

// ears collects what is heard.
func ears(t *testing.T, ctx context.Context, d *db.DB) <-chan string {
	t.Helper()
	heard := make(chan string, 10_000)
	if err := d.Listen(ctx, func(text string) { heard <- text }); err != nil {
		t.Fatal(err)
	}
	return heard
}

func next(t *testing.T, heard <-chan string) string {
	t.Helper()
	select {
	case text := <-heard:
		return text
	case <-time.After(soon):
		t.Fatal("nothing was heard")
		return ""
	}
}

func say(t *testing.T, d *db.DB, texts ...string) {
	t.Helper()
	err := d.Write(ctx, func(tx *db.Tx) error {
		for _, text := range texts {
			if err := tx.Notify(text); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNoticeIsHeardByAllAfterTheCommitAndOnlyThen(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		one, two := ears(t, t.Context(), d), ears(t, t.Context(), d)
		boom := errors.New("boom")
		if err := d.Write(ctx, func(tx *db.Tx) error { return errors.Join(tx.Notify("rolled back"), boom) }); !errors.Is(err, boom) {
			t.Fatal(err)
		}
		err := d.Write(ctx, func(tx *db.Tx) error {
			if err := tx.Notify("kept"); err != nil {
				return err
			}
			if err := tx.Savepoint(func() error { return errors.Join(tx.Notify("of a savepoint that was rolled back"), boom) }); !errors.Is(err, boom) {
				return err
			}
			return tx.Savepoint(func() error { return errors.Join(insert(tx, 1, "one"), tx.Notify("of a savepoint"), tx.Notify("kept")) })
		})
		if err != nil {
			t.Fatal(err)
		}
		say(t, d, "last")
		for _, heard := range []<-chan string{one, two} {
			for _, want := range []string{"kept", "of a savepoint", "last"} {
				if got := next(t, heard); got != want {
					t.Errorf("heard %q, want %q", got, want)
				}
			}
		}
	})
}

func TestNoticeHasABound(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		heard := ears(t, t.Context(), d)
		for _, text := range []string{"", strings.Repeat("x", 8000), "a\x00b"} {
			if err := d.Write(ctx, func(tx *db.Tx) error { return tx.Notify(text) }); err == nil {
				t.Errorf("%d bytes went through", len(text))
			}
		}
		long := strings.Repeat("x", 7999)
		say(t, d, long)
		if got := next(t, heard); got != long {
			t.Errorf("heard %d bytes", len(got))
		}
	})
}

func TestWhoDoesNotListenAnyMoreHearsNothing(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		ended, end := context.WithCancel(ctx)
		before, stays := ears(t, ended, d), ears(t, t.Context(), d)
		say(t, d, "one")
		next(t, before)
		end()
		say(t, d, "two")
		for next(t, stays) != "two" {
		}
		select {
		case text := <-before:
			t.Errorf("heard %q", text)
		default:
		}
	})
}

// A listener who is slow holds up nobody, and is told that he missed something.
func TestSlowListenerIsToldToLookAgain(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		at, goOn := make(chan struct{}), make(chan struct{})
		var heard []string
		done := make(chan struct{})
		err := d.Listen(t.Context(), func(text string) {
			if len(heard) == 0 {
				close(at)
				<-goOn
			}
			if heard = append(heard, text); text == "last" {
				close(done)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		quick := ears(t, t.Context(), d)
		say(t, d, "first")
		<-at
		var many []string
		for i := range 3000 {
			many = append(many, fmt.Sprint(i))
		}
		say(t, d, many...)
		say(t, d, "last")
		for text := ""; text != "last"; text = next(t, quick) {
		}
		close(goOn)
		<-done
		if len(heard) > 2000 || heard[0] != "first" || heard[1] != "" {
			t.Errorf("heard %d, the first of them %q", len(heard), heard[:2])
		}
	})
}

func TestOtherProcessesHearToo(t *testing.T) {
	t.Parallel()
	at := dbtest.Postgres(t)
	one := create(t, at)
	two, err := db.Open(ctx, at)
	if err != nil {
		t.Fatal(err)
	}
	defer two.Close()
	heard := ears(t, t.Context(), two)
	say(t, one, "from one")
	if got := next(t, heard); got != "from one" {
		t.Errorf("heard %q", got)
	}
	elsewhere := create(t, dbtest.Postgres(t))
	say(t, elsewhere, "from another office on the same server")
	say(t, one, "again")
	if got := next(t, heard); got != "again" {
		t.Errorf("heard %q", got)
	}
}

// What was said while the connection was lost nobody heard; so the listener is told to look at everything.
func TestListenerLooksAgainAfterTheServerWasAway(t *testing.T) {
	t.Parallel()
	s := dbtest.Private(t)
	d := create(t, s.Database(t, "office"))
	heard := ears(t, t.Context(), d)
	say(t, d, "before")
	next(t, heard)
	for range 2 {
		s.Kill(t)
		s.Start(t)
		if got := next(t, heard); got != "" {
			t.Errorf("heard %q", got)
		}
		until(t, "back", func() bool { return d.Ready(ctx) == nil })
		say(t, d, "after")
		for next(t, heard) != "after" { // it may have come back in two steps
		}
	}
}

func TestNothingGoesOnAfterClose(t *testing.T) {
	leaks := goleak.IgnoreCurrent()
	dbtest.Each(t, func(t *testing.T, location string) {
		d, err := db.Create(ctx, location)
		if err != nil {
			t.Fatal(err)
		}
		heard := ears(t, ctx, d)
		say(t, d, "one")
		next(t, heard)
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		if err := d.Listen(ctx, func(string) {}); err == nil {
			t.Error("a closed database listens")
		}
	})
	goleak.VerifyNone(t, leaks, goleak.IgnoreAnyFunction("testing.tRunner"))
}
