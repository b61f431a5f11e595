package whatif

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"nazorat/internal/access"
	"nazorat/internal/amend"
	"nazorat/internal/calendar"
	"nazorat/internal/fault"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
)

// Bounds on what is under way and on what is kept.
const (
	mostAtOnce = 2
	mostKept   = 20
	longest    = 10 * time.Minute
)

// errTooLong ends a trial that takes too long.
var errTooLong = errors.New("the trial took too long")

// trials are those under way and the last that are over.
type trials struct {
	mu      sync.Mutex
	list    []*trial // the oldest first
	running int
}

// trial is one draft being tried for one officer.
type trial struct {
	id    string
	who   access.Actor
	draft *amend.Draft
	words *web.Catalogue // with the draft's own labels
	tried atomic.Int64

	mu     sync.Mutex
	report *amend.Report
	err    error
	over   chan struct{} // closed when it is over and its place is free
}

func newTrials() *trials { return &trials{} }

// begin starts a trial in the background; fault.Unavailable where too many are under way.
func (t *trials) begin(k *proceedings.Reader, who access.Actor, d *amend.Draft, words *web.Catalogue, since calendar.Date) (string, error) {
	x := &trial{id: rand.Text(), who: who, draft: d, words: words, over: make(chan struct{})}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running >= mostAtOnce {
		return "", fault.New(fault.Unavailable, "whatif.busy", nil)
	}
	t.running++
	t.list = append(t.list, x)
	if len(t.list) > mostKept {
		t.list = t.list[1:] // mostAtOnce is far less than mostKept: the oldest is over
	}
	go func() {
		defer close(x.over)
		defer func() {
			t.mu.Lock()
			t.running--
			t.mu.Unlock()
		}()
		x.run(k, since)
	}()
	return x.id, nil
}

func (x *trial) run(k *proceedings.Reader, since calendar.Date) {
	defer func() {
		if p := recover(); p != nil {
			x.end(nil, fmt.Errorf("trial: panic: %v", p)) // a draft that breaks the engine breaks its own trial only
		}
	}()
	ctx, stop := context.WithTimeoutCause(context.Background(), longest, errTooLong)
	defer stop()
	x.end(OverPast(ctx, k, &x.who, x.draft, since, func(tried int) { x.tried.Store(int64(tried)) }))
}

func (x *trial) end(r *amend.Report, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.report, x.err = r, err
}

// stands is the result, or how far the trial is, or why it failed.
func (x *trial) stands() (r *amend.Report, tried int, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.report, int(x.tried.Load()), x.err
}

// of is a trial of an officer under the mandate under which he began it; nil if there is none.
func (t *trials) of(id string, who access.Actor) *trial {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, x := range t.list {
		if x.id == id && x.who.Officer == who.Officer && x.who.Mandate == who.Mandate {
			return x
		}
	}
	return nil
}
