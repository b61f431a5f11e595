package notice

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/duty"
	"nazorat/internal/proceedings"
)

// Watching is the name of the duty under which Watch runs.
const Watching = "notices"

// lookEvery is how often the clock is looked at, and againAfter how soon after it could not be.
const (
	lookEvery  = 5 * time.Second
	againAfter = 10 * time.Second
	// longestLook is over how long a stretch of time one look reaches: after a long night the office looks at it in pieces; after a
	// very long one, or with a clock that stood at nothing, in mostLooks larger ones.
	longestLook = calendar.Hour
	mostLooks   = 500
	// mostOfRange is how many deadlines of a range are looked at in one transaction.
	mostOfRange = 200
	// rangesAtOnce is how many ranges are asked for at once: so many always, so that the database keeps one text.
	rangesAtOnce = 8
)

// Watch tells of what comes due, until ctx ends. It is the work of a duty.
func (k *Keeper) Watch(ctx context.Context) error {
	failing := false
	for {
		err := k.Look(ctx)
		wait := lookEvery
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, duty.ErrLost):
			return err
		case err != nil:
			if wait = againAfter; !failing {
				k.log.ErrorContext(ctx, "notices of the clock are not made", "error", err)
			}
			failing = true
		case failing:
			k.log.InfoContext(ctx, "notices of the clock are made again")
			failing = false
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-t.C:
		}
	}
}

// Names of what the clock remembers.
const looked = "looked"

const (
	selectClock = `SELECT at FROM notice_clock WHERE name = $1`
	moveClock   = `INSERT INTO notice_clock (name, at) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET at = excluded.at`
)

// Look tells of every moment of a deadline that came since the last look. An office that looks for the first time tells of persons who
// should be free already, and of nothing else that was before. A clock that was put back is followed from where it stands now.
func (k *Keeper) Look(ctx context.Context) error {
	now := k.reader.Now()
	var from calendar.Moment
	err := k.db.QueryRow(ctx, selectClock, looked).Scan(&from)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		if err := k.sweep(ctx, []proceedings.Range{{To: now, Release: true}}, 0, now); err != nil {
			return err
		}
		return k.lookedUntil(ctx, now)
	case err != nil:
		return fmt.Errorf("read the clock: %w", err)
	case now < from:
		return k.lookedUntil(ctx, now)
	}
	before, stretch := from, max(longestLook, (now-from)/mostLooks)
	for from < now {
		to := min(from+stretch, now)
		// It is told as of now: what a stretch that lies back would have warned of may be over.
		for ranges := range slices.Chunk(k.ranges(from, to), rangesAtOnce) {
			if err := k.sweep(ctx, ranges, from, now); err != nil {
				return err
			}
		}
		if err := k.lookedUntil(ctx, to); err != nil {
			return err
		}
		from = to
	}
	if before/calendar.Minute == now/calendar.Minute {
		return nil
	}
	return k.unheard(ctx, now)
}

// ranges are where deadlines end of which a moment lies behind from, up to to: in order, none within another, with empty ones behind them up to a multiple of rangesAtOnce.
func (k *Keeper) ranges(from, to calendar.Moment) (out []proceedings.Range) {
	var all []stretch
	for _, s := range k.spans {
		all = append(all, s.ends(from, to)...)
	}
	slices.SortFunc(all, func(a, b stretch) int { return cmp.Compare(a.from, b.from) })
	for _, x := range all {
		if n := len(out); n > 0 && x.from <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, x.to)
			continue
		}
		out = append(out, proceedings.Range{From: x.from, To: x.to})
	}
	for len(out)%rangesAtOnce != 0 {
		out = append(out, proceedings.Range{})
	}
	return out
}

// lookedUntil notes how far the clock was followed. All that came until then is written down before.
func (k *Keeper) lookedUntil(ctx context.Context, to calendar.Moment) error {
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		if err := duty.Fence(ctx, tx); err != nil {
			return err
		}
		_, err := tx.Exec(moveClock, looked, to)
		return err
	}, db.Repeatable)
	if err != nil {
		return fmt.Errorf("follow the clock: %w", err)
	}
	return nil
}

// sweep tells of the moments behind from, up to now, of the deadlines that end within some ranges: page by page, each
// in a transaction of its own. What was told before it was interrupted is not told again.
func (k *Keeper) sweep(ctx context.Context, ranges []proceedings.Range, from, now calendar.Moment) error {
	ranges = slices.Clone(ranges)
	for {
		list, err := k.reader.Ending(ctx, ranges, mostOfRange)
		if err != nil {
			return err
		}
		read := make([]int, len(ranges))
		seen := map[deadlineKey]bool{}
		var drafts []*draft
		for i := range list {
			d := &list[i]
			read[d.Range]++
			ranges[d.Range].After = proceedings.After{Due: d.Due, Proceeding: d.Proceeding, No: d.No}
			at := deadlineKey{d.Proceeding, d.No}
			if seen[at] {
				continue
			}
			seen[at] = true
			of, err := k.clocked(&d.Deadline, from, now, from == 0)
			if err != nil {
				return err
			}
			drafts = append(drafts, of...)
		}
		if err := k.tell(ctx, drafts, now); err != nil {
			return err
		}
		more := false
		for i := range ranges {
			if read[i] < mostOfRange {
				ranges[i].To = ranges[i].From // there is no more of it
			} else {
				more = true
			}
		}
		if !more {
			return nil
		}
	}
}

// tell writes down what came of drafts.
func (k *Keeper) tell(ctx context.Context, drafts []*draft, now calendar.Moment) error {
	if len(drafts) == 0 {
		return nil
	}
	all, err := k.resolve(ctx, drafts, now)
	if err != nil {
		return err
	}
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		if err := duty.Fence(ctx, tx); err != nil {
			return err
		}
		return k.write(tx, slices.Clone(all), drafts, now)
	}, db.Repeatable)
	if err != nil {
		return fmt.Errorf("tell of deadlines: %w", err)
	}
	return nil
}

const selectUnheard = `SELECT DISTINCT s.proceeding FROM notice_step s JOIN deadline d ON d.proceeding = s.proceeding AND d.no = s.no
WHERE s.receivers = 0 AND s.release = 1 AND d.status = 'running' AND d.due = s.due ORDER BY s.proceeding LIMIT 200`

// unheard tells steps of releases that there was nobody to tell of, once there is somebody.
func (k *Keeper) unheard(ctx context.Context, now calendar.Moment) error {
	ids, err := k.unheardOf(ctx)
	if err != nil || len(ids) == 0 {
		return err
	}
	list, err := k.reader.RunningOf(ctx, ids)
	if err != nil {
		return err
	}
	var drafts []*draft
	for i := range list {
		if list[i].Due >= now {
			continue
		}
		of, err := k.clocked(&list[i], now, now, true)
		if err != nil {
			return err
		}
		for _, d := range of {
			if d.urgent == Release {
				drafts = append(drafts, d)
			}
		}
	}
	return k.tell(ctx, drafts, now)
}

func (k *Keeper) unheardOf(ctx context.Context) (ids []string, _ error) {
	rows, err := k.db.Query(ctx, selectUnheard)
	if err != nil {
		return nil, fmt.Errorf("read steps: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
