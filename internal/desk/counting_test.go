package desk

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/proceedings"
)

// bubble is the clock of a test's bubble.
func bubble() calendar.Moment { return calendar.At(time.Now()) }

// What is long to count is shown for a moment as it was, and counted anew beside the page; what is quick is always counted.
func TestLongCountsAreShownAMomentOld(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, n, takes := newCounting(bubble), 0, 50*time.Millisecond
		count := func(context.Context) (*Figures, error) {
			n++
			k := &Figures{Own: proceedings.Counts{Overdue: n}, At: calendar.At(time.Now())}
			time.Sleep(takes)
			return k, nil
		}
		see := func(want int, waited time.Duration, what string) {
			t.Helper()
			start := time.Now()
			k, err := c.get(t.Context(), "gp", count)
			if err != nil || k.Own.Overdue != want || time.Since(start) != waited {
				t.Errorf("%s: %+v after %s, %v; want %d after %s", what, k, time.Since(start), err, want, waited)
			}
			synctest.Wait()
		}
		see(1, takes, "the first time")
		see(1, 0, "at once after it")
		time.Sleep(1100 * time.Millisecond)
		see(1, 0, "more than half as old as may be")
		time.Sleep(takes)
		synctest.Wait()
		see(2, 0, "counted anew meanwhile")
		time.Sleep(3 * time.Second)
		see(3, takes, "after a time without readers")
		takes = time.Millisecond
		time.Sleep(3 * time.Second)
		see(4, takes, "quick now")
		see(5, takes, "quick counts are not kept")
	})
}

// However long it takes, readers who come together wait for one counting; what began earlier and ended later is not kept; a panic beside a page is the next reader's.
func TestReadersOfLongCountsShareThem(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCounting(bubble)
		var n atomic.Int32
		var takes atomic.Int64
		takes.Store(int64(3 * time.Second))
		count := func(context.Context) (*Figures, error) {
			k := &Figures{Own: proceedings.Counts{Overdue: int(n.Add(1))}, At: calendar.At(time.Now())}
			time.Sleep(time.Duration(takes.Load()))
			return k, nil
		}
		get := func() int {
			k, err := c.get(t.Context(), "gp", count)
			if err != nil {
				t.Fatal(err)
			}
			return k.Own.Overdue
		}
		first := get()
		if again := get(); first != 1 || again != 1 {
			t.Error("what took longer than it is kept is counted for each reader")
		}
		time.Sleep(time.Minute)
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() { get() })
		}
		all.Wait()
		if n.Load() != 2 {
			t.Errorf("counted %d times", n.Load())
		}
		takes.Store(int64(500 * time.Millisecond))
		all.Go(func() { _, _ = c.anew(t.Context(), "gp", count) })
		time.Sleep(100 * time.Millisecond)
		takes.Store(int64(100 * time.Millisecond))
		if _, err := c.anew(t.Context(), "gp", count); err != nil {
			t.Fatal(err)
		}
		all.Wait()
		if got := get(); got != 4 {
			t.Errorf("shown are figures of counting %d", got)
		}
		time.Sleep(c.most * 3 / 4)
		k, err := c.get(t.Context(), "gp", func(context.Context) (*Figures, error) { panic("a mistake in counting") })
		synctest.Wait()
		if err != nil || k.Own.Overdue != 4 {
			t.Errorf("%+v, %v", k, err)
		}
	})
}

// A clock that was put back, and an error, keep nothing.
func TestCountsOfAnotherTimeAreNotShown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		now := calendar.At(time.Now())
		c := newCounting(func() calendar.Moment { return now })
		count := func(context.Context) (*Figures, error) {
			time.Sleep(time.Second)
			return &Figures{At: now}, nil
		}
		if _, err := c.get(t.Context(), "gp", count); err != nil {
			t.Fatal(err)
		}
		now--
		broken := errors.New("no database")
		if _, err := c.get(t.Context(), "gp", func(context.Context) (*Figures, error) { return nil, broken }); !errors.Is(err, broken) {
			t.Errorf("Figures of a later moment were shown: %v", err)
		}
	})
}
