package follow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/duty"
	"nazorat/internal/journal"
	"nazorat/internal/leaf"
)

func TestMain(m *testing.M) { dbtest.Main(m, dbtest.NoSync) }

// trail is a follower's own table: which leaves it was told of, and how often. Its key finds a leaf that is told twice.
var trail = []db.Migration{{ID: "trail/0001", SQL: `CREATE TABLE trail (leaf {int} PRIMARY KEY, shape {int} NOT NULL) {strict};`}}

func open(t *testing.T, location string) *db.DB {
	t.Helper()
	d, err := db.Create(t.Context(), location)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(t.Context(), slices.Concat(duty.Migrations, leaf.Migrations, Migrations, trail)); err != nil {
		t.Fatal(err)
	}
	return d
}

// grow appends leaves, as acts do, and says so.
func grow(t *testing.T, d *db.DB, n int) {
	t.Helper()
	err := d.Write(context.Background(), func(tx *db.Tx) error {
		tip, err := leaf.Head(tx)
		if err != nil {
			return err
		}
		if err := tip.Append(tx, make([]journal.Hash, n)); err != nil {
			return err
		}
		return tx.Notify("docket\nsomething")
	})
	if err != nil {
		t.Fatal(err)
	}
}

// writes a row for each leaf.
func writes(shape int64) func(context.Context, *db.Tx, int64, int64) error {
	return func(_ context.Context, tx *db.Tx, from, to int64) error {
		for n := from; n < to; n++ {
			if _, err := tx.Exec(`INSERT INTO trail (leaf, shape) VALUES ($1, $2)`, n, shape); err != nil {
				return err
			}
		}
		return nil
	}
}

func empties(_ context.Context, tx *db.Tx) (bool, error) {
	n, err := tx.Exec(`DELETE FROM trail WHERE leaf IN (SELECT leaf FROM trail LIMIT 7)`)
	return n > 0, err
}

// trailed is how many leaves were told, and of which shapes the rows are.
func trailed(t *testing.T, d *db.DB) (n, low, high int64) {
	t.Helper()
	if err := d.QueryRow(context.Background(), `SELECT count(*), coalesce(min(shape), 0), coalesce(max(shape), 0) FROM trail`).Scan(&n, &low, &high); err != nil {
		t.Fatal(err)
	}
	return n, low, high
}

// until waits for what another goroutine brings about.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(what)
		}
	}
}

func TestEveryLeafIsFollowedOnceWhateverFails(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		d := open(t, location)
		k := New(d)
		grow(t, d, 300)
		fails := errors.New("fails")
		calls := 0
		f := Follower{Name: "trail", Version: 1, Most: 11, Follow: func(ctx context.Context, tx *db.Tx, from, to int64) error {
			if err := writes(1)(ctx, tx, from, to); err != nil {
				return err
			}
			if calls++; calls%3 == 0 { // after it wrote: the place must not have moved, and the rows must be gone
				return fails
			}
			return nil
		}}
		failed := 0
		for {
			err := k.CatchUp(t.Context(), f)
			if err == nil {
				break
			}
			if failed++; !errors.Is(err, fails) || failed > 100 {
				t.Fatal(err)
			}
		}
		if n, _, _ := trailed(t, d); n != 300 || failed == 0 {
			t.Errorf("%d leaves of 300 followed, %d times failed", n, failed)
		}
		grow(t, d, 5)
		if l, err := k.Lag(t.Context(), "trail"); err != nil || l.Behind() != 5 || l.Next != 300 {
			t.Errorf("the lag is %+v, %v; 5 leaves are new", l, err)
		}
	})
}

func TestAnotherVersionBeginsAnew(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		d := open(t, location)
		k := New(d)
		grow(t, d, 40)
		f := Follower{Name: "trail", Version: 1, Most: 16, Follow: writes(1), Empty: empties}
		for _, version := range []int64{1, 2} {
			f.Version, f.Follow = version, writes(version)
			if err := k.CatchUp(t.Context(), f); err != nil {
				t.Fatal(err)
			}
			if n, low, high := trailed(t, d); n != 40 || low != version || high != version {
				t.Errorf("version %d: %d rows, of shapes %d to %d", version, n, low, high)
			}
		}
		f.Version, f.Empty = 3, nil // what was sent is not sent again
		if err := k.CatchUp(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		if n, low, _ := trailed(t, d); n != 40 || low != 2 {
			t.Errorf("without Empty: %d rows, the lowest shape %d", n, low)
		}
	})
}

func TestWhatIsNotWantedForThePastBeginsAtTheEnd(t *testing.T) {
	t.Parallel()
	d := open(t, dbtest.SQLite(t))
	k := New(d)
	grow(t, d, 9)
	f := Follower{Name: "trail", Version: 1, Follow: writes(1), FromHere: true}
	for _, want := range []int64{0, 4} {
		if err := k.CatchUp(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		if n, _, _ := trailed(t, d); n != want {
			t.Errorf("%d leaves followed, want %d", n, want)
		}
		if want == 0 {
			grow(t, d, 4)
		}
	}
}

// Two processes want the duty; each of them dies now and then in the middle of a step. Rows that were written twice
// would break the key, leaves that were passed over would be missing.
func TestProcessesThatTakeOverFollowEachLeafOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		d := open(t, location)
		log := slog.New(slog.DiscardHandler)
		var told atomic.Int64
		for i := range 6 {
			ctx, die := context.WithCancel(t.Context())
			f := Follower{Name: "trail", Version: 1, Most: 10, Follow: func(ctx context.Context, tx *db.Tx, from, to int64) error {
				if told.Add(1)%5 == 0 {
					die()
				}
				return writes(1)(ctx, tx, from, to)
			}}
			grow(t, d, 50)
			done := make(chan struct{})
			go func() {
				defer close(done)
				duty.New(d, fmt.Sprint("process", i)).Keep(ctx, log, f.Duty(), func(ctx context.Context) error { return New(d).Run(ctx, log, f) })
			}()
			until(t, "it neither followed nor died", func() bool {
				n, _, _ := trailed(t, d)
				return ctx.Err() != nil || n == int64(50*(i+1))
			})
			die()
			<-done
		}
		if err := New(d).CatchUp(t.Context(), Follower{Name: "trail", Version: 1, Follow: writes(1)}); err != nil {
			t.Fatal(err)
		}
		if n, _, _ := trailed(t, d); n != 300 {
			t.Errorf("%d leaves of 300 followed", n)
		}
	})
}

func TestItIsWokenByWhoeverWrites(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		d := open(t, location)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			done <- New(d).Run(ctx, slog.New(slog.DiscardHandler), Follower{Name: "trail", Version: 1, Follow: writes(1)})
		}()
		k := New(d)
		until(t, "it never began", func() bool {
			l, err := k.Lags(ctx)
			return err == nil && len(l) == 1
		})
		for i := range int64(3) {
			start := time.Now()
			grow(t, d, 1)
			until(t, "it was not woken", func() bool { n, _, _ := trailed(t, d); return n == i+1 })
			if took := time.Since(start); took > Clock-Gather {
				t.Errorf("it took %v: the clock woke it, and nobody else", took)
			}
		}
		stop()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestWhoLostTheDutyWritesNothing(t *testing.T) {
	t.Parallel()
	d := open(t, dbtest.SQLite(t))
	grow(t, d, 1)
	first, second := duty.New(d, "first"), duty.New(d, "second")
	log := slog.New(slog.DiscardHandler)
	f := Follower{Name: "trail", Version: 1, Follow: writes(1)}
	var stale context.Context
	ctx, stop := context.WithCancel(t.Context())
	first.Keep(ctx, log, f.Duty(), func(ctx context.Context) error { stale = context.WithoutCancel(ctx); stop(); return nil })
	ctx, stop = context.WithCancel(t.Context())
	second.Keep(ctx, log, f.Duty(), func(context.Context) error {
		if err := New(d).CatchUp(stale, f); !errors.Is(err, duty.ErrLost) {
			t.Errorf("who lost the duty was told %v", err)
		}
		stop()
		return nil
	})
	if n, _, _ := trailed(t, d); n != 0 {
		t.Errorf("who lost the duty wrote %d rows", n)
	}
}

// Whoever catches up leaves the database to others for as long as he had it: a follower that has a million leaves before it would be the only one who works.
func TestWhoCatchesUpRestsAsLongAsHeWorked(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		d := open(t, location)
		grow(t, d, 40)
		type stretch struct {
			leaf     int64
			from, to time.Time
		}
		var worked []stretch
		f := Follower{Name: "trail", Version: 1, Most: 5, Follow: func(ctx context.Context, tx *db.Tx, from, to int64) error {
			start := time.Now()
			time.Sleep(20 * time.Millisecond)
			err := writes(1)(ctx, tx, from, to)
			if n := len(worked); n > 0 && worked[n-1].leaf == from {
				worked = worked[:n-1] // the same once more, where the transaction came to nothing
			}
			worked = append(worked, stretch{from, start, time.Now()})
			return err
		}}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- New(d).Run(ctx, slog.New(slog.DiscardHandler), f) }()
		until(t, "it did not catch up", func() bool { n, _, _ := trailed(t, d); return n == 40 })
		stop()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if len(worked) < 8 {
			t.Fatalf("%d steps for 40 leaves of 5 at most", len(worked))
		}
		for i, w := range worked[1:] {
			before := worked[i]
			if rest := w.from.Sub(before.to); rest < before.to.Sub(before.from) {
				t.Errorf("it worked for %v and rested for %v", before.to.Sub(before.from), rest)
			}
		}
	})
}
