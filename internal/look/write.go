package look

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"nazorat/internal/db"
	"nazorat/internal/journal"
	"nazorat/internal/leaf"
)

// write is the one writer of this process: it writes what waits, again and again until Close.
func (k *Keeper) write() {
	defer close(k.done)
	tick := time.NewTicker(writeEvery)
	defer tick.Stop()
	for {
		select {
		case <-k.kick:
		case <-tick.C:
		case <-k.stop:
			k.round()
			k.leave()
			return
		}
		k.round()
	}
}

// round writes the batches that wait, the oldest first. What cannot be written and is
// spooled waits for the next round; what somebody waits for is given up.
func (k *Keeper) round() {
	k.mu.Lock()
	k.shut()
	list := slices.Clone(k.full)
	k.mu.Unlock()
	for _, b := range list {
		err := k.commit(b)
		if err != nil && b.segment != nil {
			b.maybe = b.maybe || errors.Is(err, db.ErrMaybe)
			if !k.failing {
				k.log.Error("looks cannot be written; they are kept, and pages are refused when that lasts", "looks", len(b.looks), "error", err)
			}
			k.failing = true
			// It may take long by now: then a power failure must not take them.
			if err := b.segment.sync(); err != nil {
				k.log.Error("the spool of looks could not be synced", "error", err)
			}
			return
		}
		k.mu.Lock()
		k.full = slices.DeleteFunc(k.full, func(x *batch) bool { return x == b })
		k.waiting -= len(b.looks)
		k.mu.Unlock()
		if k.failing && err == nil {
			k.failing = false
			k.log.Info("looks are written again")
		}
		if b.segment != nil {
			b.segment.drop(k.log)
		}
		b.err = err
		close(b.done)
	}
}

// leave ends those who wait for what was not written, and leaves its files to the next process.
func (k *Keeper) leave() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, b := range k.full {
		if b.segment != nil {
			b.segment.leave()
		}
		b.err = errNotBegun
		close(b.done)
	}
	k.full = nil
}

// commit writes a batch as one leaf.
func (k *Keeper) commit(b *batch) error {
	return k.db.Write(context.Background(), func(tx *db.Tx) error {
		list := b.looks
		if b.maybe {
			var err error
			if list, err = missing(tx, list); err != nil {
				return err
			}
		}
		return enter(tx, list)
	}, db.Repeatable)
}

// Write records looks together with what else also writes, in one transaction, and
// returns when both are on disk: for what must not happen without its entry in the
// journal. also may be run more than once.
func (k *Keeper) Write(ctx context.Context, looks []journal.Look, also func(*db.Tx) error) error {
	list := make([]sealed, len(looks))
	for i, l := range looks {
		l.About, l.Why = shortened(l.About), shortened(l.Why)
		list[i] = seal(l, journal.NewSalt())
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		if err := also(tx); err != nil {
			return err
		}
		return enter(tx, list)
	}, db.Repeatable)
}

// With is Write for rooms that keep tables and pages that call them: what it gives writes looks together with what it is handed.
func (k *Keeper) With(looks ...journal.Look) func(context.Context, func(*db.Tx) error) error {
	return func(ctx context.Context, also func(*db.Tx) error) error { return k.Write(ctx, looks, also) }
}

var insertLooks = db.NewRows(`INSERT INTO look (leaf, n, at, kind, page, proceeding, thing, about, shown, namesakes, officer, role, mandate, office, basis, purpose, serves, why, emergency, hash, salt)`, 21, ``)

// enter appends looks to the journal as one leaf.
func enter(tx *db.Tx, list []sealed) error {
	if len(list) == 0 {
		return nil
	}
	tip, err := leaf.Head(tx)
	if err != nil {
		return err
	}
	args, hashes := make([]any, 0, len(list)*insertLooks.Columns), make([]journal.Hash, len(list))
	for i := range list {
		l := &list[i]
		hashes[i] = l.hash
		args = append(args, tip.Size, int64(i+1), int64(l.At), l.Kind, l.Page, l.Proceeding, int64(l.Thing), l.About, l.Shown, l.Namesakes, l.Officer, l.Role, l.Mandate, l.Office,
			l.Basis, l.Purpose, l.Serves, l.Why, l.Emergency, l.hash[:], l.salt[:])
	}
	if _, err := tx.ExecRows(insertLooks, args); err != nil {
		return fmt.Errorf("append looks: %w", err)
	}
	return tip.Append(tx, []journal.Hash{journal.CommitLooks(hashes)})
}

const selectThere = `SELECT hash FROM look WHERE at >= $1 AND at <= $2 AND officer IN `

// missing are those of some looks that are not in the journal: a process may have ended, or an
// answer been lost, between the commit and what should have followed it.
func missing(tx *db.Tx, list []sealed) ([]sealed, error) {
	var officers []string
	from, to := list[0].At, list[0].At
	for i := range list {
		from, to = min(from, list[i].At), max(to, list[i].At)
		if !slices.Contains(officers, list[i].Officer) {
			officers = append(officers, list[i].Officer)
		}
	}
	keys := db.Keys(officers)
	rows, err := tx.Query(selectThere+db.In(len(keys), 3), append([]any{from, to}, keys...)...)
	if err != nil {
		return nil, fmt.Errorf("look for looks: %w", err)
	}
	defer rows.Close()
	there := map[journal.Hash]bool{}
	for rows.Next() {
		var raw []byte
		if err := rows.Scan(&raw); err != nil {
			return nil, err
		}
		hash, err := journal.HashOf(raw)
		if err != nil {
			return nil, err
		}
		there[hash] = true
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(list), func(s sealed) bool { return there[s.hash] }), nil
}
