package desk

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"nazorat/internal/calendar"
	"nazorat/internal/proceedings"
)

// Figures are what a board counts, as they were at a moment.
type Figures struct {
	Own   proceedings.Counts
	Below []proceedings.Counts // of the offices below, or of those that it supervises
	At    calendar.Moment      // by the docket's clock

	begun, ended time.Time
}

// counting keeps what is long to count, as on the board of a whole republic: a
// page then shows figures a moment old, and says of when they are, instead of
// having its reader wait. The live part of a board counts anew.
// Safe for concurrent use.
type counting struct {
	clock func() calendar.Moment
	slow  time.Duration // what was counted quicker is not kept
	most  time.Duration // how long a figure is shown at most; from half of it on it is counted anew, beside the page

	one  singleflight.Group // readers who wait for the same figures
	mu   sync.Mutex
	kept map[string]*Figures // by what Boards call them
}

func newCounting(clock func() calendar.Moment) *counting {
	return &counting{clock: clock, slow: 20 * time.Millisecond, most: 2 * time.Second, kept: map[string]*Figures{}}
}

// get gives what count counts, which has a name: now, or as it was a moment ago.
func (c *counting) get(ctx context.Context, name string, count func(context.Context) (*Figures, error)) (*Figures, error) {
	c.mu.Lock()
	k := c.kept[name]
	c.mu.Unlock()
	if k == nil { // quick, as far as is known: whoever has just acted sees it counted
		return c.anew(ctx, name, count)
	}
	now := c.clock() // it may have been set, in a demonstration or a trial
	if time.Since(k.ended) >= c.most || now < k.At || now-k.At >= calendar.Moment((c.most+k.ended.Sub(k.begun))/time.Microsecond) {
		k, err, _ := c.one.Do(name, func() (any, error) { return c.anew(context.WithoutCancel(ctx), name, count) })
		if err != nil {
			return nil, err
		}
		return k.(*Figures), nil
	}
	if time.Since(k.ended) > c.most/2 {
		c.one.DoChan(name, func() (_ any, err error) {
			defer func() {
				if p := recover(); p != nil { // no page fails by it, and no process: the next one that counts for itself tells
					err = fmt.Errorf("count: panic: %v", p)
				}
			}()
			return c.anew(context.WithoutCancel(ctx), name, count)
		})
	}
	return k, nil
}

// anew counts, and keeps the figures if that took long and no newer ones are kept.
func (c *counting) anew(ctx context.Context, name string, count func(context.Context) (*Figures, error)) (*Figures, error) {
	begun := time.Now()
	k, err := count(ctx)
	if err != nil {
		return nil, err
	}
	k.begun, k.ended = begun, time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	switch old := c.kept[name]; {
	case old != nil && old.begun.After(begun):
	case k.ended.Sub(begun) >= c.slow:
		c.kept[name] = k
	default:
		delete(c.kept, name)
	}
	return k, nil
}
