package demo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/procedure"
	"nazorat/laws"
)

// Fill registers o.Cases reports for tests under load, each at its own moment of
// the past: through a docket of its own, many acts to a transaction. Never for
// anything but load.
//
// The database holds the service s and nobody else writes to it meanwhile. What
// is in it already stays; numbers go on. It stops between batches when ctx ends.
func Fill(ctx context.Context, d *db.DB, dir *directory.Directory, law *procedure.Law, s *directory.Service, o Options) error {
	w, err := newWorld([]*procedure.Law{law}, s, o)
	if err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	f := &filler{world: w}
	if err := d.QueryRow(ctx, `SELECT count(*) FROM proceeding`).Scan(&f.given); err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	f.ids = random(o.Seed, fillStream+uint64(f.given))
	policies, err := access.Load(laws.FS)
	if err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	k := docket.Open(d, dir, []*procedure.Law{law}, docket.Options{Now: f.now, NewID: f.newID, Policies: policies})
	defer k.Close()
	moments := w.arrivals(random(o.Seed, arrivalStream), o.Cases, 0, period)
	// Thinking reports up is half of the work, so it runs beside the writing; batches are written in their order.
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	queue := make(chan chan filled, runtime.NumCPU())
	go func() {
		defer close(queue)
		for from := 0; from < len(moments); from += fillBatch {
			out := make(chan filled, 1)
			select {
			case queue <- out:
			case <-ctx.Done():
				return
			}
			go func() { out <- f.make(from, moments[from:min(from+fillBatch, len(moments))]) }()
		}
	}()
	done := 0
	for out := range queue {
		b := <-out
		if b.err != nil {
			return fmt.Errorf("fill: %w", b.err)
		}
		f.moments = b.moments
		if _, err := k.ActAll(ctx, b.commands); err != nil {
			return fmt.Errorf("fill: %w", err)
		}
		done += len(b.commands)
		if o.Progress != nil {
			o.Progress(done, o.Cases)
		}
	}
	return ctx.Err()
}

// fillBatch is how many proceedings one transaction holds.
const fillBatch = 2000

// filler is the clock and the source of ids of the docket that it fills: one
// batch after the other, one act after the other.
type filler struct {
	world   *world
	moments []calendar.Moment // of the acts of the batch that are still to come
	given   int               // ids, with those that were there
	ids     *rand.Rand
}

type filled struct {
	commands []docket.Command
	moments  []calendar.Moment
	err      error
}

func (f *filler) now() calendar.Moment {
	at := f.moments[0]
	f.moments = f.moments[1:]
	return at
}

// newID gives ids in order, so that the trees grow at their right end; the rest of each cannot be guessed.
func (f *filler) newID() string {
	f.given++
	return fmt.Sprintf("%09X%s", f.given, seededID(f.ids)[9:])
}

// make thinks up the reports of a batch. Safe beside others.
func (f *filler) make(from int, moments []calendar.Moment) filled {
	out := filled{moments: moments}
	for i, at := range moments {
		c, err := f.report(from+i, at)
		if err != nil {
			out.err = err
			return out
		}
		out.commands = append(out.commands, *c)
	}
	return out
}

// fillStream keeps the chance of filled cases apart from that of cases that live.
const fillStream = 1 << 40

func (f *filler) report(n int, at calendar.Moment) (*docket.Command, error) {
	var why error
	l := f.world.born(&birth{index: fillStream + uint64(n), at: at, rule: f.world.mainBirth()}, func(act, reason string) { why = fmt.Errorf("%s: %s", act, reason) })
	s := l.step()
	if s == nil || s.refused != nil || why != nil {
		return nil, errors.Join(errors.New("a report could not be registered"), why)
	}
	s.command.Done = at
	return &s.command, nil
}
