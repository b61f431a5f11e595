package app

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/notice"
	"nazorat/internal/portal"
	"nazorat/internal/publiclog"
	"nazorat/internal/seal"
	"nazorat/internal/vault"
)

// mostWait is how long the runner sleeps at most. A machine that was asleep at
// midnight, and a proceeding that could not follow, are come back to within it.
const mostWait = time.Hour

// againAfter is how soon it is tried again where the database was away: at
// midnight of all times everything may be started anew.
const againAfter = 5 * time.Second

// Keep does what the office has to do by itself, until ctx ends or stop is called; stop waits for what is under
// way and gives up the duties that this process held. Of all processes of the office one at a time does each.
func (o *Office) Keep(ctx context.Context, log *slog.Logger) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	for name, work := range o.work(log) {
		wg.Go(func() { o.duties.Keep(ctx, log, name, work) })
	}
	return func() {
		cancel()
		wg.Wait()
	}
}

// work of the office that nobody asks for, by the name of the duty.
func (o *Office) work(log *slog.Logger) map[string]func(context.Context) error {
	list := map[string]func(context.Context) error{
		"in_force":       func(ctx context.Context) error { return o.keepInForce(ctx, log) },
		notice.Watching:  o.Notices.Watch,
		portal.Receiving: o.Portal.Receive,
	}
	if len(o.Notices.Channels()) > 0 {
		list[notice.Delivering] = o.Notices.Deliver
	}
	if o.Vault != nil {
		list[vault.Sweeping] = func(ctx context.Context) error { return o.Vault.Sweep(ctx, log) }
	}
	if o.signer != nil {
		list["checkpoints"] = func(ctx context.Context) error {
			return publiclog.Sign(ctx, o.Tree, o.signer, signEvery, o.Docket.Now, log)
		}
	}
	if len(o.witnesses) > 0 {
		list["witnesses"] = func(ctx context.Context) error {
			return publiclog.NewAsker(o.Tree, o.witnesses, &http.Client{Timeout: witnessWithin}).Run(ctx, askEvery, log)
		}
	}
	o.followed(list, log)
	return list
}

// How often the journal's tree is signed when it has grown, how often witnesses are
// asked for a new checkpoint, and how long one may take to answer.
const (
	signEvery     = time.Second
	askEvery      = 10 * time.Second
	witnessWithin = 10 * time.Second
)

// SignWith lets this process sign checkpoints of the journal, as one of those that may, and ask
// witnesses for their signatures. It is called before Keep.
func (o *Office) SignWith(s seal.Signer, witnesses []publiclog.Witness) {
	o.signer, o.witnesses = s, witnesses
}

// keepInForce lets the editions of the laws take hold of open proceedings: at
// once, and whenever a day begins where one of the laws holds.
func (o *Office) keepInForce(ctx context.Context, log *slog.Logger) error {
	for {
		took, err := o.Docket.ComeIntoForce(ctx, o.Docket.Now())
		if took.Entries+took.Plain > 0 {
			log.Info("an edition came into force", "changed", took.Entries, "left_as_they_were", took.Plain)
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			log.Error("come into force", "error", err)
		}
		wait := o.untilMidnight()
		if db.Unavailable(err) {
			wait = min(wait, againAfter)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
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
