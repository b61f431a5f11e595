package app

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
	"nazorat/internal/notice"
	"nazorat/internal/telemetry"
	"nazorat/internal/web"
)

// How long a writer may hold up those who wait for it, and how far the journal's
// checkpoints may be behind, before an office is not called well.
const (
	stuckAfter  = 10 * time.Second
	behindAfter = time.Minute
)

// ObserveBatches is what a docket is given (docket.Options.Observe) so that its batches are counted, and told
// of where they could not be saved.
func ObserveBatches(t *telemetry.Telemetry, traces *telemetry.Traces, log *slog.Logger) func(docket.Batch) {
	return func(b docket.Batch) {
		t.Batch(b.Acts, b.Refused, b.Alone, b.Took)
		traces.Span(context.Background(), "commit", b.Took, attribute.Int("acts", b.Acts), attribute.Int("others", len(b.Refused)), attribute.Bool("alone", b.Alone))
		for _, err := range b.Refused {
			if fault.Is(err, fault.Unavailable) {
				log.Error("acts were not saved", "acts", len(b.Refused), "error", err) // one tells for all of the batch
				return
			}
		}
	}
}

// ObservePages is what pages are given (Pages.Observe) so that they are counted.
func ObservePages(t *telemetry.Telemetry) func(context.Context, web.Answered) {
	return func(ctx context.Context, a web.Answered) { t.Page(ctx, a.Page, a.Status, a.Took, a.Stream) }
}

// Tell shows the figures of the office until ctx ends or stop is called.
func (o *Office) Tell(ctx context.Context, t *telemetry.Telemetry, pages *web.Server, log *slog.Logger) (stop func()) {
	t.Gauge("nazorat_queue_acts", func() float64 { n, _ := o.Docket.Waiting(); return float64(n) })
	t.Gauge("nazorat_streams_open", func() float64 { return float64(pages.Streams()) })
	t.Gauge("nazorat_looks_waiting", func() float64 { n, _ := o.Looks.Waiting(); return float64(n) })
	t.Gauge("nazorat_looks_oldest_seconds", func() float64 { _, oldest := o.Looks.Waiting(); return oldest.Seconds() })
	for name := range o.work(log) {
		t.Gauge("nazorat_duty_held", func() float64 { return truth(o.duties.Holds(name)) }, "duty", name)
	}
	for pool := range o.DB.Stats() {
		for name, of := range poolFigures {
			t.Gauge("nazorat_db_"+name, func() float64 { return of(o.DB.Stats()[pool]) }, "pool", pool)
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	watch := func(name string, every time.Duration, read func(context.Context) (map[string]float64, error)) {
		wg.Go(func() {
			t.Watch(ctx, name, every, read, func(err error) { log.Warn("figures cannot be read", "figures", name, "error", err) })
		})
	}
	watch("deadlines", 15*time.Second, o.deadlineFigures)
	watch("journal", 5*time.Second, o.journalFigures)
	watch("followers", 5*time.Second, o.followerFigures)
	watch("messages", 15*time.Second, o.messageFigures)
	return func() {
		cancel()
		wg.Wait()
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func (o *Office) deadlineFigures(ctx context.Context) (map[string]float64, error) {
	f, err := o.Docket.Figures(ctx, o.Docket.Now())
	return map[string]float64{
		telemetry.Series("nazorat_deadlines", "are", "open"):         float64(f.Open),
		telemetry.Series("nazorat_deadlines", "are", "late"):         float64(f.Late),
		telemetry.Series("nazorat_deadlines", "are", "late_release"): float64(f.Release),
	}, err
}

// messageFigures count what waits to leave the office, and what was given up within a day.
func (o *Office) messageFigures(ctx context.Context) (map[string]float64, error) {
	now := o.Docket.Now()
	list, err := notice.Queues(ctx, o.DB, now-24*calendar.Hour)
	if err != nil {
		return nil, err
	}
	out := map[string]float64{}
	for _, c := range []notice.Channel{notice.Email, notice.SMS} { // also where there is nothing: a figure that is gone is no nought
		for _, s := range []notice.State{notice.Waiting, notice.GivenUp} {
			out[telemetry.Series("nazorat_messages", "channel", string(c), "state", string(s))] = 0
		}
		out[telemetry.Series("nazorat_messages_oldest_seconds", "channel", string(c))] = 0
	}
	for _, q := range list {
		out[telemetry.Series("nazorat_messages", "channel", string(q.Channel), "state", string(q.State))] = float64(q.N)
		if q.State == notice.Waiting {
			out[telemetry.Series("nazorat_messages_oldest_seconds", "channel", string(q.Channel))] = float64(now-q.Oldest) / float64(calendar.Second)
		}
	}
	return out, nil
}

func (o *Office) journalFigures(ctx context.Context) (map[string]float64, error) {
	l, err := o.lag(ctx)
	out := map[string]float64{"nazorat_journal_leaves": float64(l.size), "nazorat_checkpoint_lag_leaves": float64(l.size - l.signed)}
	if l.signed > 0 {
		out["nazorat_checkpoint_age_seconds"] = l.age.Seconds()
	}
	if len(o.witnesses) > 0 && err == nil {
		var seen int64
		switch s, cosigned := o.Tree.LatestCosigned(ctx, 1); {
		case cosigned == nil:
			seen = s.Size
		case !fault.Is(cosigned, fault.NotFound):
			err = cosigned
		}
		out["nazorat_cosigned_lag_leaves"] = float64(l.size - seen)
	}
	return out, err
}

// lag says how far the journal's checkpoints are behind its leaves.
type lag struct {
	size, signed int64
	age          time.Duration // of the newest checkpoint
}

func (o *Office) lag(ctx context.Context) (l lag, err error) {
	// The checkpoint first: what comes between is signed later, never before.
	s, err := o.Tree.Latest(ctx)
	switch {
	case fault.Is(err, fault.NotFound):
	case err != nil:
		return l, err
	default:
		l.signed, l.age = s.Size, time.Duration(o.Docket.Now()-s.At)*(time.Second/time.Duration(calendar.Second))
	}
	l.size, err = o.Tree.Size(ctx)
	return l, err
}

// Checks are what must hold for this process to be of use.
func (o *Office) Checks(t *telemetry.Telemetry) []telemetry.Check {
	var journal progress
	checks := []telemetry.Check{
		{Name: "database", Holds: func(ctx context.Context) (string, error) {
			if err := o.DB.Ready(ctx); err != nil {
				return "cannot be reached", err
			}
			return "", nil
		}},
		{Name: "schema", Holds: o.schema},
		{Name: "writer", Holds: func(context.Context) (string, error) {
			waiting, from := o.Docket.Waiting()
			if last := t.Batched(); last.After(from) {
				from = last
			}
			if waiting > 0 && time.Since(from) > stuckAfter {
				return "acts wait and none is done", nil
			}
			return "", nil
		}},
	}
	if o.signer != nil {
		checks = append(checks, telemetry.Check{Name: "journal", Shared: true, Holds: func(ctx context.Context) (string, error) {
			l, err := o.lag(ctx)
			if err != nil {
				return "cannot be read", err
			}
			if journal.stands(l.size, l.signed) > behindAfter {
				return "its checkpoints are behind", nil
			}
			return "", nil
		}})
	}
	return checks
}

func (o *Office) schema(ctx context.Context) (string, error) {
	pending, err := o.DB.Pending(ctx, Migrations())
	switch {
	case errors.Is(err, db.ErrNewer):
		return "newer than this program", err
	case db.Unavailable(err):
		return "cannot be read", err
	case err != nil:
		return "not what this program made", err
	case len(pending) > 0:
		return "older than this program", nil
	}
	return "", nil
}

// progress remembers how many leaves there were when they were not yet signed, and since when those are waited for.
type progress struct {
	mu   sync.Mutex
	want int64
	at   time.Time
}

// stands gives how long leaves have waited to be signed, as far as it was asked.
func (p *progress) stands(size, signed int64) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if signed >= p.want {
		p.want, p.at = size, time.Now()
	}
	if signed >= size {
		return 0
	}
	return time.Since(p.at)
}

// poolFigures are what is told of a pool of connections.
var poolFigures = map[string]func(sql.DBStats) float64{
	"connections":        func(s sql.DBStats) float64 { return float64(s.OpenConnections) },
	"connections_in_use": func(s sql.DBStats) float64 { return float64(s.InUse) },
	"waits":              func(s sql.DBStats) float64 { return float64(s.WaitCount) },
	"wait_seconds":       func(s sql.DBStats) float64 { return s.WaitDuration.Seconds() },
}
