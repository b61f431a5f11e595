// Package duty lets exactly one of the processes of an office do what must be
// done once: it owns the table duty, with who holds which duty.
//
// A duty is held by lease. Its holder renews it every RenewEvery; whoever wants
// it watches, and takes it when it has not been renewed for Lease. A holder that
// could not renew gives the work up a second before anybody may take it. So a
// duty whose holder died is taken up within 10 seconds, and one whose holder was
// stopped in good order within one.
//
// No two clocks are ever compared, and no clock of a wall is read to decide
// anything: a lease runs on the monotonic clock of each process, from what that
// process itself did or saw. The database keeps a count of renewals, which is
// all that two processes must agree on; setting a clock, the database's too,
// changes nothing.
//
// What no lease can know is that a process stood still (a machine asleep, a
// long halt) between looking at its lease and writing. What is written under a
// duty calls Fence in the same transaction: it fails where the duty has passed
// on, and while it goes on nobody can take the duty.
package duty

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"nazorat/internal/db"
)

// How long a duty is held, and how often its holder and those who want it look at it.
const (
	Lease      = 8 * time.Second
	RenewEvery = 2 * time.Second
	// notice is how long work has to end between losing a lease and another's taking it.
	notice = time.Second
	// lookEvery is how often those who want a duty look at it, and a holder that could not renew tries again.
	lookEvery = 500 * time.Millisecond
	// letGoWithin bounds how long giving up a duty may take: it runs out by itself anyway.
	letGoWithin = 4 * time.Second
)

// ErrLost is what Fence gives where the duty is another's by now.
var ErrLost = errors.New("the duty has passed to another process")

// Migrations of this package's table.
var Migrations = []db.Migration{{ID: "duty/0001", SQL: `
CREATE TABLE duty (
	name    TEXT PRIMARY KEY,
	holder  TEXT NOT NULL,
	beat    {int} NOT NULL CHECK (beat > 0),
	renewed {int} NOT NULL
) {strict};
`}}

// Keeper keeps duties for one process. Safe for concurrent use.
type Keeper struct {
	db      *db.DB
	process string
	mono    func() time.Duration

	mu   sync.Mutex
	held map[string]bool
}

// New makes a keeper. process is how logs and the doctor call this process, such
// as its host and number; it need not be unique.
func New(d *db.DB, process string) *Keeper {
	start := time.Now()
	return &Keeper{db: d, process: process, held: map[string]bool{}, mono: func() time.Duration { return time.Since(start) }}
}

// Keep runs work whenever this process holds the duty of that name, and gives the
// duty up when ctx ends, once work has returned. The context of work ends with ctx
// and when the duty is lost; work must return soon after, and is run again when
// the duty comes back. Work that returns an error by itself is told in the log
// and begun anew after a while, here or by another process; work that returns nil
// by itself has nothing left to do, and Keep returns.
func (k *Keeper) Keep(ctx context.Context, log *slog.Logger, name string, work func(context.Context) error) {
	for ctx.Err() == nil {
		l := &lease{db: k.db, name: name, holder: k.process + "/" + rand.Text()[:10], mono: k.mono}
		if !acquire(ctx, log, l) {
			if l.asked { // its answer may have been lost on the way: ctx ended, or the database went away
				letGo(ctx, log, l)
			}
			return
		}
		log.Info("duty taken up", "duty", name, "holder", l.holder)
		k.mark(name, true)
		lost, err := hold(ctx, l, work)
		k.mark(name, false)
		letGo(ctx, log, l)
		switch {
		case ctx.Err() != nil:
			return
		case lost:
			log.Warn("duty lost", "duty", name, "holder", l.holder)
		case err == nil:
			return
		default:
			log.Error("duty", "duty", name, "error", err)
			sleep(ctx, Lease)
		}
	}
}

// Held lists the duties that this process holds now, in order.
func (k *Keeper) Held() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var out []string
	for name := range k.held {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// Holds reports whether this process holds a duty now.
func (k *Keeper) Holds(name string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.held[name]
}

func (k *Keeper) mark(name string, held bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if held {
		k.held[name] = true
	} else {
		delete(k.held, name)
	}
}

// acquire waits until the lease is held; false if ctx ended first.
func acquire(ctx context.Context, log *slog.Logger, l *lease) bool {
	told := false
	for {
		got, err := l.take(ctx)
		if got {
			return true
		}
		if err != nil && !told && ctx.Err() == nil {
			log.Warn("duty cannot be looked at", "duty", l.name, "error", err)
		}
		told = err != nil // once for each time that the database is away
		if !sleep(ctx, lookEvery) {
			return false
		}
	}
}

// hold runs work under the lease, which it renews until work has returned. lost says that the lease ended first.
func hold(outer context.Context, l *lease, work func(context.Context) error) (lost bool, err error) {
	ctx, cancel := context.WithCancel(context.WithValue(outer, fenceKey{}, l.fence()))
	defer cancel()
	// Renewing may hang as long as the database does: the end of the lease must not wait for it.
	end := time.AfterFunc(l.left(), cancel)
	defer end.Stop()
	// It is renewed also while work winds up after ctx ended, so that nobody takes it meanwhile.
	until, done := context.WithCancel(context.WithoutCancel(ctx))
	defer done()
	var renewing sync.WaitGroup
	renewing.Go(func() {
		for wait := RenewEvery; sleep(until, wait); {
			within, stop := context.WithTimeout(until, Lease)
			err := l.renew(within)
			stop()
			switch left := l.left(); {
			case left <= 0:
				cancel()
				return
			case err != nil:
				wait = lookEvery
			case !end.Reset(left): // it has ended already: too late is lost
				cancel()
				return
			default:
				wait = RenewEvery
			}
		}
	})
	err = work(ctx)
	lost = ctx.Err() != nil && outer.Err() == nil
	done()
	renewing.Wait()
	return lost, err
}

// letGo gives the duty up, so that another need not wait for the end of the lease.
func letGo(ctx context.Context, log *slog.Logger, l *lease) {
	within, stop := context.WithTimeout(context.WithoutCancel(ctx), letGoWithin)
	defer stop()
	if err := l.release(within); err != nil {
		log.Warn("duty not given up, it runs out", "duty", l.name, "error", err)
	}
}

// sleep reports whether it slept to the end.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

type fenceKey struct{}

// fence is what a transaction needs to know of a lease.
type fence struct{ name, holder string }

const holdRow = `UPDATE duty SET holder = holder WHERE name = $1 AND holder = $2`

// Fence makes sure that the duty under which ctx was given is still held, and
// stays so until the transaction ends. It gives ErrLost where it has passed on,
// and nil under a context that no duty gave: who does the work by himself, in a
// test or a command, is fenced by nobody.
func Fence(ctx context.Context, tx *db.Tx) error {
	f, ok := ctx.Value(fenceKey{}).(fence)
	if !ok {
		return nil
	}
	n, err := tx.Exec(holdRow, f.name, f.holder)
	if err != nil {
		return fmt.Errorf("hold the duty %s: %w", f.name, err)
	}
	if n != 1 {
		return fmt.Errorf("%s: %w", f.name, ErrLost)
	}
	return nil
}

// Holding is who holds a duty.
type Holding struct {
	Name    string
	Holder  string
	Renewed int64 // microseconds, by the clock of the holder's process: for people, nothing is decided by it
}

const selectAll = `SELECT name, holder, renewed FROM duty ORDER BY name`

// All duties that are held, as the database has them: the holder may have died since.
func All(ctx context.Context, d *db.DB) ([]Holding, error) {
	rows, err := d.Query(ctx, selectAll)
	if err != nil {
		return nil, fmt.Errorf("read duties: %w", err)
	}
	defer rows.Close()
	var out []Holding
	for rows.Next() {
		var h Holding
		if err := rows.Scan(&h.Name, &h.Holder, &h.Renewed); err != nil {
			return nil, fmt.Errorf("read duties: %w", err)
		}
		out = append(out, h)
	}
	return out, rows.Err()
}

// lease is one process's view of one duty, for one time of holding it.
type lease struct {
	db     *db.DB
	name   string
	holder string
	mono   func() time.Duration // of this process

	mu    sync.Mutex
	until time.Duration // up to when it is held; 0: it is not
	seen  row           // what stood in the database when it was wanted,
	since time.Duration // and since when that has not changed
	asked bool          // it was claimed, and nobody said that another was quicker: the row may be its own
}

type row struct {
	holder string
	beat   int64
}

const (
	selectDuty = `SELECT holder, beat FROM duty WHERE name = $1`
	insertDuty = `INSERT INTO duty (name, holder, beat, renewed) VALUES ($1, $2, 1, $3) ON CONFLICT (name) DO NOTHING`
	takeDuty   = `UPDATE duty SET holder = $1, beat = beat + 1, renewed = $2 WHERE name = $3 AND holder = $4 AND beat = $5`
	renewDuty  = `UPDATE duty SET beat = beat + 1, renewed = $1 WHERE name = $2 AND holder = $3`
	dropDuty   = `DELETE FROM duty WHERE name = $1 AND holder = $2`
)

func (l *lease) fence() fence { return fence{l.name, l.holder} }

// left is how long the work may go on.
func (l *lease) left() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.until - l.mono()
}

func (l *lease) extend(from time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.until = from + Lease - notice
}

// take takes the duty if nobody has it, or if its holder has not renewed it for as long as a lease.
func (l *lease) take(ctx context.Context) (bool, error) {
	found, free, err := l.look(ctx)
	if err != nil || !free {
		return false, err
	}
	return l.claim(ctx, found)
}

// look says how the duty stands, and whether it may be claimed.
func (l *lease) look(ctx context.Context) (found row, free bool, err error) {
	err = l.db.QueryRow(ctx, selectDuty, l.name).Scan(&found.holder, &found.beat)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return found, false, fmt.Errorf("look at the duty %s: %w", l.name, err)
	}
	if found != l.seen { // since the answer came, not since it was asked for: a renewal may have come between
		l.seen, l.since = found, l.mono()
	}
	return found, found.holder == "" || found.holder == l.holder || l.mono()-l.since >= Lease, nil
}

// claim takes the duty if it still stands as it was found.
func (l *lease) claim(ctx context.Context, found row) (bool, error) {
	from := l.mono()
	n, err := l.change(ctx, func(tx *db.Tx) (int64, error) {
		if found.holder == "" {
			return tx.Exec(insertDuty, l.name, l.holder, time.Now().UnixMicro())
		}
		return tx.Exec(takeDuty, l.holder, time.Now().UnixMicro(), l.name, found.holder, found.beat)
	})
	l.asked = err != nil || n > 0
	if err != nil || n == 0 {
		return false, err
	}
	l.extend(from)
	return l.left() > 0, nil
}

// renew makes the lease longer. Where the duty has passed on, the lease is over.
// An error leaves it as it was, whether or not the renewal took effect.
func (l *lease) renew(ctx context.Context) error {
	from := l.mono()
	n, err := l.change(ctx, func(tx *db.Tx) (int64, error) {
		return tx.Exec(renewDuty, time.Now().UnixMicro(), l.name, l.holder)
	})
	switch {
	case err != nil:
		return err
	case n == 0:
		l.mu.Lock()
		l.until = 0
		l.mu.Unlock()
	default:
		l.extend(from)
	}
	return nil
}

// release gives the duty up; nothing happens where it has passed on.
func (l *lease) release(ctx context.Context) error {
	l.mu.Lock()
	l.until = 0
	l.mu.Unlock()
	_, err := l.change(ctx, func(tx *db.Tx) (int64, error) { return tx.Exec(dropDuty, l.name, l.holder) })
	return err
}

func (l *lease) change(ctx context.Context, f func(*db.Tx) (int64, error)) (n int64, err error) {
	err = l.db.Write(ctx, func(tx *db.Tx) error {
		n, err = f(tx)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("duty %s: %w", l.name, err)
	}
	return n, nil
}
