package notice

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/duty"
)

// Delivering is the name of the duty under which Deliver runs.
const Delivering = "messages"

const (
	// deliverEvery is how often it is looked whether something is to be sent.
	deliverEvery = 2 * time.Second
	// mostSent is how many messages of a channel are under way at once.
	mostSent = 8
	// lease is how long a message is one process's: longer than it can take, by more than clocks are apart.
	lease = 5 * calendar.Minute
)

// Pauses between tries: each about twice the one before.
const (
	firstPause   = 15 * calendar.Second
	longestPause = 30 * calendar.Minute
	urgentPause  = 2 * calendar.Minute // of what is about a release, and of codes
)

// Deliver sends what waits, until ctx ends: each channel by itself, so that one whose other side hangs does not hold up the others. It is the work
// of a duty; where no channel is set it has nothing to do.
func (k *Keeper) Deliver(ctx context.Context) error {
	channels := k.Channels()
	if len(channels) == 0 {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ends := make(chan error, len(channels))
	for _, c := range channels {
		go func() { ends <- k.deliverBy(ctx, c) }()
	}
	var first error
	for range channels {
		if err := <-ends; first == nil {
			first = err
		}
		cancel() // where the duty is lost it is lost for all
	}
	return first
}

func (k *Keeper) deliverBy(ctx context.Context, c Channel) error {
	failing := false
	for {
		n, err := k.deliverSome(ctx, c)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, duty.ErrLost):
			return err
		case err != nil && !failing:
			k.log.ErrorContext(ctx, "messages cannot be looked at", "channel", c, "error", err)
		}
		failing = err != nil
		if n == mostSent && err == nil {
			continue
		}
		t := time.NewTimer(deliverEvery)
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-t.C:
		}
	}
}

// held is a message that this process is at.
type held struct {
	letterOut
	channel                       Channel
	reference, gateway, holder    string
	officer                       string // "": it goes to nobody of the service
	calm                          int
	state                         State
	attempts                      int
	madeAt, until, changed, taken calendar.Moment
}

// DeliverSome does once what is due of some messages of each channel: sends those that wait, asks what became of those that were sent. It gives how many it took.
func (k *Keeper) DeliverSome(ctx context.Context) (n int, _ error) {
	for _, c := range k.Channels() {
		took, err := k.deliverSome(ctx, c)
		if n += took; err != nil {
			return n, err
		}
	}
	return n, nil
}

func (k *Keeper) deliverSome(ctx context.Context, c Channel) (int, error) {
	list, err := k.take(ctx, c)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	var wait sync.WaitGroup
	results := make([]outcome, len(list))
	for i := range list {
		wait.Go(func() { results[i] = k.hand(ctx, &list[i]) })
	}
	wait.Wait()
	// What is known now is written down also where the process is stopping: else it would be sent again.
	return len(list), k.settle(context.WithoutCancel(ctx), list, results)
}

// What is urgent is not kept waiting by what is not. next is put behind the lease: what is taken is not due before that is over.
const takeMessages = `UPDATE message SET holder = $1, next = $2, attempts = attempts + CASE state WHEN 'waiting' THEN 1 ELSE 0 END
WHERE id IN (SELECT id FROM message WHERE next > 0 AND next <= $3 AND channel = $4 ORDER BY calm, next, id LIMIT $5)
RETURNING id, reference, channel, officer, calm, address, subject, body, state, made, until, attempts, changed, gateway`

// take makes some messages this process's for a while. Of two processes each message is one's: who takes is alone, and what is taken is not due before its lease is over.
func (k *Keeper) take(ctx context.Context, c Channel) (out []held, _ error) {
	now := k.reader.Now()
	holder := k.newID()
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		out = nil
		if err := duty.Fence(ctx, tx); err != nil {
			return err
		}
		if err := tx.Alone("outbox"); err != nil {
			return err
		}
		rows, err := tx.Query(takeMessages, holder, now+lease, now, string(c), mostSent)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			h := held{holder: holder, taken: now}
			if err := rows.Scan(&h.id, &h.reference, &h.channel, &h.officer, &h.calm, &h.to, &h.subject, &h.letterOut.text, &h.state, &h.madeAt, &h.until, &h.attempts, &h.changed, &h.gateway); err != nil {
				return err
			}
			h.made = h.madeAt.Time()
			out = append(out, h)
		}
		return rows.Err()
	}, db.Repeatable)
	if err != nil {
		return nil, fmt.Errorf("take messages: %w", err)
	}
	return out, nil
}

// hand does what is due of one message.
func (k *Keeper) hand(ctx context.Context, h *held) outcome {
	switch {
	case h.state == Sent && h.channel == SMS && k.Gateway.state != nil:
		if h.taken > h.changed+lasts(k.Gateway.state.lasts) {
			return outcome{state: Sent, reason: "what became of it was never said"}
		}
		return k.Gateway.arrived(ctx, h.id, h.gateway)
	case h.state == Sent:
		return outcome{state: Sent}
	case h.taken > h.until:
		return outcome{state: GivenUp}
	case h.channel == Email:
		return k.Mail.send(ctx, h.letterOut)
	default:
		return k.Gateway.text(ctx, h.letterOut)
	}
}

var (
	sentOf    = db.Columns("id", "TEXT", "holder", "TEXT")
	keepTries = db.NewUpdates("message", db.Columns("state", "TEXT", "next", "{int}", "changed", "{int}", "gateway", "TEXT", "reason", "TEXT"), sentOf)
	// What was said is of no use any more; where it went is not either once nothing more is asked of it, unless it is an officer's, who chose it and sees it.
	keepEnds = db.NewUpdates("message", db.Columns("state", "TEXT", "next", "{int}", "changed", "{int}", "gateway", "TEXT", "reason", "TEXT", "subject", "TEXT", "body", "TEXT", "address", "TEXT"), sentOf)
)

// settle writes down what came of messages. One that another process has taken meanwhile is that one's to settle.
func (k *Keeper) settle(ctx context.Context, list []held, results []outcome) error {
	now := k.reader.Now()
	var tries, ends []any
	for i := range list {
		h, r := &list[i], k.settled(&list[i], results[i], now)
		row := []any{string(r.state), int64(r.next), int64(r.changed), r.gateway, r.reason}
		if r.state == Waiting {
			tries = append(append(tries, row...), h.id, h.holder)
		} else {
			address := h.to
			if h.officer == "" && r.next == 0 {
				address = ""
			}
			ends = append(append(append(ends, row...), "", "", address), h.id, h.holder)
		}
	}
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.ExecUpdates(keepTries, tries); err != nil {
			return err
		}
		_, err := tx.ExecUpdates(keepEnds, ends)
		return err
	}, db.Repeatable)
	if err != nil {
		return fmt.Errorf("settle messages: %w", err)
	}
	k.count(ctx, list, results)
	return nil
}

// settlement is how a message stands after a try.
type settlement struct {
	outcome
	next, changed calendar.Moment
}

func (k *Keeper) settled(h *held, r outcome, now calendar.Moment) settlement {
	s := settlement{outcome: r, changed: now}
	if s.gateway == "" {
		s.gateway = h.gateway
	}
	asks := h.channel == SMS && k.Gateway.state != nil
	switch {
	case s.state == Waiting && now >= h.until:
		s.state = GivenUp
	case s.state == Waiting:
		s.next = min(now+h.pause(), h.until) // one last time, if it is still of use then
	case s.state == Sent && asks && (h.state == Waiting || now < h.changed+lasts(k.Gateway.state.lasts)):
		s.next = now + lasts(k.Gateway.state.every)
	}
	if s.state == h.state {
		s.changed = h.changed
	}
	if s.state == GivenUp && s.reason == "" {
		s.reason = "it was of no use any more"
	}
	if h.officer == "" {
		s.reason = without(s.reason, h.to)
	}
	s.reason = reasonOf(s.reason)
	return s
}

// pause until the next try, longer each time, and never the same for two messages that failed together.
func (h *held) pause() calendar.Moment {
	longest := longestPause
	if h.calm == 0 {
		longest = urgentPause
	}
	p := longest
	if n := h.attempts - 1; n < 10 {
		p = min(firstPause<<max(n, 0), longest)
	}
	return p*3/4 + calendar.Moment(rand.Int64N(int64(p/2))) // #nosec G404 -- no secret
}

// count tells in the log how a channel does, where that changes: never to whom something went, or what the other side said of it.
func (k *Keeper) count(ctx context.Context, list []held, results []outcome) {
	for i := range list {
		if list[i].state != Waiting {
			continue
		}
		c := list[i].channel
		was, _ := k.failing.Load(c)
		failed := results[i].state == Waiting
		if was == failed || was == nil && !failed {
			continue
		}
		k.failing.Store(c, failed)
		if failed {
			k.log.WarnContext(ctx, "messages are not taken; they wait", "channel", c)
		} else {
			k.log.InfoContext(ctx, "messages are taken again", "channel", c)
		}
	}
}
