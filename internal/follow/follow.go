// Package follow lets projections trail the journal: what can be told from the
// entries and need not stand in the transaction of the act (an index for searching,
// notices, statistics) is written behind it, by a follower, in the order of the leaves.
//
// It owns the table follower: how far each follower has come. A follower is told
// ranges of leaves, one after the other and without gaps, and writes what follows
// from them in the transaction that it is given; in the same transaction its place
// moves on. So every leaf is followed exactly once, whatever is killed when: the
// journal is the outbox, and the place is the only thing to remember. (What leaves
// the database, such as mail, a follower only writes down; sending it is not his.)
//
//	f := follow.Follower{Name: "find", Version: 3, Follow: index.Follow, Empty: index.Empty}
//	k := follow.New(d)
//	duties.Keep(ctx, log, f.Duty(), func(ctx context.Context) error { return k.Run(ctx, log, f) })
//
// A leaf that is committed is never late: leaves are numbered under the head row of
// the journal, so below its size nothing comes in behind. Not every leaf is an entry:
// looks are leaves too, and a range may have no entry at all.
//
// Of all processes of an office one follows (package duty); another takes over when
// it dies, and where the duty has passed on nothing more is written (duty.Fence). It
// is woken by the notices of whoever writes, at most every Gather, so that a service at
// work pays a few commits a second and not one for each batch of acts; and by a clock,
// for what no notice tells.
//
// When the shape of what a follower writes has changed (Version), it empties its
// tables and follows the journal from its beginning. What it cannot follow stops it and
// is tried again, in smaller steps, so that the log names the leaf: acts go on, readers
// see what there was, and the lag grows for everybody to see (Lags). It skips nothing.
//
// It refuses to say what a reader sees meanwhile: who reads a projection tells how fresh it is.
package follow

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/duty"
	"nazorat/internal/leaf"
)

// Migrations of this package's table. next is the leaf that a follower was not told of yet; emptying is 1 while
// its tables are being emptied, and what they hold then is neither the old nor the new; moved is when its place last changed.
var Migrations = []db.Migration{{ID: "follow/0001", SQL: `
CREATE TABLE follower (
	name     TEXT PRIMARY KEY,
	version  {int} NOT NULL,
	next     {int} NOT NULL CHECK (next >= 0),
	emptying {int} NOT NULL CHECK (emptying IN (0, 1)),
	moved    {int} NOT NULL
) {strict};
`}}

// How often it is looked whether there is something to follow: not more often than Gather, where notices come
// one after the other, and not more seldom than Clock.
const (
	Gather = 200 * time.Millisecond
	Clock  = 5 * time.Second
	// againAfter is how long it waits where it could not follow.
	againAfter = 2 * time.Second
)

// A step is made shorter or longer until it takes about so long: on SQLite acts wait meanwhile.
const (
	tooLong  = 100 * time.Millisecond
	tooShort = 25 * time.Millisecond
	// Most is how many leaves a step has at most, where the follower does not say.
	Most = 1024
)

// Follower is one projection that trails the journal.
type Follower struct {
	Name    string // of its duty and its place; small letters
	Version int64  // of the shape of what it writes: another one is written anew
	Most    int64  // leaves that it is told of at once at most; 0: the Most of this package

	// Follow writes what follows from the leaves [from, to), which are committed and not empty. It writes
	// by tx alone; it may be called again with the same leaves where the transaction came to nothing.
	Follow func(ctx context.Context, tx *db.Tx, from, to int64) error

	// Empty takes away a bounded part of what it wrote, and says whether there is more. A follower without it
	// keeps what it wrote, and its place, when its version changes: what was sent once is not sent again.
	Empty func(ctx context.Context, tx *db.Tx) (more bool, err error)

	// FromHere lets a follower that is new to a database begin at the end of the journal and not at its
	// beginning: for what would not be wanted for the past.
	FromHere bool
}

// Duty is the name of the duty under which it runs.
func (f *Follower) Duty() string { return "follow_" + f.Name }

func (f *Follower) most() int64 {
	if f.Most > 0 {
		return f.Most
	}
	return Most
}

// Keeper keeps the places of followers. Safe for concurrent use.
type Keeper struct {
	db   *db.DB
	tree *leaf.Log
	now  func() calendar.Moment
}

// New keeps them in a migrated database.
func New(d *db.DB) *Keeper {
	return &Keeper{db: d, tree: leaf.Open(d), now: func() calendar.Moment { return calendar.At(time.Now()) }}
}

// Run follows until ctx ends. It is the work of a duty; what it returns before is for the duty's keeper to tell.
func (k *Keeper) Run(ctx context.Context, log *slog.Logger, f Follower) error {
	wake := make(chan struct{}, 1)
	err := k.db.Listen(ctx, func(string) {
		select {
		case wake <- struct{}{}:
		default:
		}
	})
	if err != nil {
		return fmt.Errorf("follow %s: %w", f.Name, err)
	}
	most := f.most()
	for {
		start := time.Now()
		did, err := k.step(ctx, &f, most)
		wait, took := Gather, time.Since(start)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, duty.ErrLost):
			return err
		case err != nil:
			log.Error("follow", "follower", f.Name, "error", err)
			most, wait = max(1, most/2), againAfter
		case took > tooLong:
			most = max(1, most/2)
		case did.full && took < tooShort:
			most = min(f.most(), 2*most)
		}
		if err == nil && did.more { // others write in between, and have the processor for as long as it had it: it may have a million leaves before it
			if !pause(ctx, took, nil) {
				return ctx.Err()
			}
			continue
		}
		if !pause(ctx, wait, nil) || err == nil && !pause(ctx, Clock, wake) {
			return ctx.Err()
		}
	}
}

// pause waits, or until it is woken; false where ctx ended.
func pause(ctx context.Context, d time.Duration, wake <-chan struct{}) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
	case <-wake:
	}
	return true
}

// CatchUp follows to the end of the journal as it is when it begins: for commands and tests. It needs no duty; where
// a process follows meanwhile they take turns.
func (k *Keeper) CatchUp(ctx context.Context, f Follower) error {
	end, err := k.tree.Size(ctx)
	if err != nil {
		return err
	}
	for {
		did, err := k.step(ctx, &f, f.most())
		if err != nil {
			return err
		}
		if !did.more || did.next >= end {
			return nil
		}
	}
}

// step is what one step did.
type step struct {
	next int64 // where the follower stands
	more bool  // there is more to do at once
	full bool  // it had as many leaves as it may have
}

// place is where a follower stands.
type place struct {
	version, next int64
	emptying      bool
}

const (
	selectPlace = `SELECT version, next, emptying FROM follower WHERE name = $1`
	lockPlace   = `UPDATE follower SET name = name WHERE name = $1 RETURNING version, next, emptying`
	insertPlace = `INSERT INTO follower (name, version, next, emptying, moved) VALUES ($1, $2, $3, 0, $4)`
	movePlace   = `UPDATE follower SET version = $2, next = $3, emptying = $4, moved = $5 WHERE name = $1`
)

func (p *place) scan(row db.Row) (there bool, err error) {
	var emptying int
	err = row.Scan(&p.version, &p.next, &emptying)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	p.emptying = emptying == 1
	return err == nil, err
}

// step follows some leaves, or empties something, in one transaction; where there is nothing to do it writes nothing.
func (k *Keeper) step(ctx context.Context, f *Follower, most int64) (did step, err error) {
	size, err := k.tree.Size(ctx)
	if err != nil {
		return did, err
	}
	var p place
	there, err := p.scan(k.db.QueryRow(ctx, selectPlace, f.Name))
	if err != nil {
		return did, fmt.Errorf("follow %s: %w", f.Name, err)
	}
	if there && p.version == f.Version && !p.emptying && p.next >= size {
		return step{next: p.next}, nil
	}
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		did = step{}
		if err := duty.Fence(ctx, tx); err != nil {
			return err
		}
		return k.move(ctx, tx, f, size, most, &did)
	}, db.Repeatable)
	if err != nil {
		return step{}, fmt.Errorf("follow %s: %w", f.Name, err)
	}
	return did, nil
}

// move is a step within its transaction. size is what the journal had before it.
func (k *Keeper) move(ctx context.Context, tx *db.Tx, f *Follower, size, most int64, did *step) error {
	var p place
	there, err := p.scan(tx.QueryRow(lockPlace, f.Name))
	if err != nil {
		return err
	}
	now := k.now()
	if !there {
		p = place{version: f.Version}
		if f.FromHere {
			p.next = size
		}
		if _, err := tx.Exec(insertPlace, f.Name, p.version, p.next, now); err != nil {
			return err
		}
	}
	if p.version != f.Version {
		p.version = f.Version
		if f.Empty != nil {
			p.next, p.emptying = 0, true
		}
	}
	switch {
	case p.emptying && f.Empty != nil:
		if p.emptying, err = f.Empty(ctx, tx); err != nil {
			return fmt.Errorf("empty: %w", err)
		}
		did.more = p.emptying || size > 0
	case p.next < size:
		to := min(p.next+most, size)
		if err := f.Follow(ctx, tx, p.next, to); err != nil {
			return fmt.Errorf("leaves %d to %d: %w", p.next, to-1, err)
		}
		did.full, did.more, p.next = to-p.next == most, to < size, to
	}
	did.next = p.next
	emptying := 0
	if p.emptying {
		emptying = 1
	}
	_, err = tx.Exec(movePlace, f.Name, p.version, p.next, emptying, now)
	return err
}

// Lag is how far a follower is behind the journal.
type Lag struct {
	Name     string
	Next     int64 // leaf that it was not told of yet
	Size     int64 // of the journal
	Emptying bool  // it is being written anew, and has not begun yet
	Moved    calendar.Moment
}

// Behind is how many leaves it has not followed.
func (l Lag) Behind() int64 { return max(0, l.Size-l.Next) }

const selectLags = `SELECT f.name, f.next, f.emptying, f.moved, h.size FROM follower f CROSS JOIN journal_head h ORDER BY f.name`

// Lags are those of all followers that ever began, by name.
func (k *Keeper) Lags(ctx context.Context) ([]Lag, error) {
	rows, err := k.db.Query(ctx, selectLags)
	if err != nil {
		return nil, fmt.Errorf("read followers: %w", err)
	}
	defer rows.Close()
	var out []Lag
	for rows.Next() {
		var l Lag
		var emptying int
		if err := rows.Scan(&l.Name, &l.Next, &emptying, &l.Moved, &l.Size); err != nil {
			return nil, fmt.Errorf("read followers: %w", err)
		}
		l.Emptying = emptying == 1
		out = append(out, l)
	}
	return out, rows.Err()
}

// Lag is that of one follower; of one that never began it is the whole journal.
func (k *Keeper) Lag(ctx context.Context, name string) (Lag, error) {
	list, err := k.Lags(ctx)
	if err != nil {
		return Lag{}, err
	}
	for _, l := range list {
		if l.Name == name {
			return l, nil
		}
	}
	size, err := k.tree.Size(ctx)
	return Lag{Name: name, Size: size}, err
}
