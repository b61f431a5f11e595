package desk

import (
	"context"
	"sync"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/docket"
)

// figures are what a board counts, as they were at a moment.
type figures struct {
	own   docket.Counts
	below []docket.Counts
	at    calendar.Moment // by the docket's clock

	begun time.Time
	took  time.Duration
}

// counting keeps what is long to count, as on the board of a whole republic: a
// page then shows figures a moment old, and says of when they are, instead of
// having its reader wait. The live part of a board counts anew.
// Safe for concurrent use.
type counting struct {
	slow time.Duration // what was counted quicker is not kept
	most time.Duration // how old a figure is shown at most; from half of it on it is counted anew, beside the page

	mu       sync.Mutex
	kept     map[string]*figures // by office
	renewing map[string]bool
}

func newCounting() *counting {
	return &counting{slow: 20 * time.Millisecond, most: 2 * time.Second, kept: map[string]*figures{}, renewing: map[string]bool{}}
}

// get gives what count counts for an office: now, or as it was a moment ago.
func (c *counting) get(ctx context.Context, office string, now calendar.Moment, count func(context.Context) (*figures, error)) (*figures, error) {
	c.mu.Lock()
	k := c.kept[office]
	usable := k != nil && time.Since(k.begun) < c.most && now >= k.at && now-k.at < calendar.Moment(c.most/time.Microsecond)
	renew := usable && time.Since(k.begun) > c.most/2 && !c.renewing[office]
	if renew {
		c.renewing[office] = true
	}
	c.mu.Unlock()
	if !usable {
		return c.anew(ctx, office, now, count)
	}
	if renew {
		go func() {
			// Whoever asks next is told if it fails; this page has its figures.
			_, _ = c.anew(context.WithoutCancel(ctx), office, now, count)
			c.mu.Lock()
			delete(c.renewing, office)
			c.mu.Unlock()
		}()
	}
	return k, nil
}

// anew counts, and keeps the figures if that took long.
func (c *counting) anew(ctx context.Context, office string, _ calendar.Moment, count func(context.Context) (*figures, error)) (*figures, error) {
	begun := time.Now()
	k, err := count(ctx)
	if err != nil {
		return nil, err
	}
	k.begun, k.took = begun, time.Since(begun)
	c.mu.Lock()
	defer c.mu.Unlock()
	if k.took >= c.slow {
		c.kept[office] = k
	} else {
		delete(c.kept, office)
	}
	return k, nil
}
