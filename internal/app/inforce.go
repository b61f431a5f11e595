package app

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"nazorat/internal/calendar"
)

// mostWait is how long the runner sleeps at most. A machine that was asleep at
// midnight, and a proceeding that could not follow, are come back to within it.
const mostWait = time.Hour

// KeepInForce lets the editions of the laws take hold of open proceedings: at
// once, and whenever a day begins where one of the laws holds. It goes on until
// ctx ends or stop is called; stop waits for what is under way.
func (o *Office) KeepInForce(ctx context.Context, log *slog.Logger) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			took, err := o.Docket.ComeIntoForce(ctx, o.Docket.Now())
			if took.Entries+took.Plain > 0 {
				log.Info("an edition came into force", "changed", took.Entries, "left_as_they_were", took.Plain)
			}
			if err != nil && !errors.Is(err, context.Canceled) {
				log.Error("come into force", "error", err)
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(o.untilMidnight()):
			}
		}
	})
	return func() {
		cancel()
		wg.Wait()
	}
}

// untilMidnight is how long to sleep: until the next day begins where a law holds, or mostWait if that is sooner.
func (o *Office) untilMidnight() time.Duration {
	now, wait := o.Docket.Now(), mostWait
	for _, name := range o.Docket.Laws() {
		zone := o.Docket.Law(name).At(now).Days.Zone()
		wait = min(wait, time.Duration(zone.Moment(zone.Date(now)+1, 0)-now)*(time.Second/time.Duration(calendar.Second)))
	}
	return max(wait, time.Second)
}
