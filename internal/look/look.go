// Package look keeps who looked at what: every look at personal data, by whom, when,
// from which mandate, and for what.
//
// Looks are entries of the journal, but many and short: some hundreds share one leaf
// (journal.CommitLooks), written by each process for its own pages about once a second,
// under the same head lock as acts. The package owns the tables look and
// look_purpose, the spool, the rules of looking (laws/policies/looking.yaml), and what
// is unusual about looking.
//
// Invariants: a look that Add took is not lost with the process. Where there is a spool, a file beside the
// database, the look is in it before Add returns, and whoever starts next writes it into the journal, once;
// where there is none, Add waits for the commit. Rows are only ever added. Looks that
// cannot be recorded, or not soon enough, are refused, and with them the page.
//
// It decides nothing about who may look: that is access. It never tells whether a proceeding exists.
package look

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
)

// Kinds of looks.
const (
	View     = "view"     // a page or an answer about one proceeding
	Search   = "search"   // somebody looked for a proceeding
	List     = "list"     // a list of proceedings
	Download = "download" // a file was taken away
	Looks    = "looks"    // somebody looked who had looked

	Opened    = "opened"    // a proceeding was opened in an emergency
	Tried     = "tried"     // the same, at a number that is not there
	Confirmed = "confirmed" // an emergency was confirmed
	Objected  = "objected"  // an emergency was objected to, and so ended
)

// Kinds of what administrators do to the ways in of officers and systems, each written with what was done (With). about is the
// officer or the system, why the identity or the scopes.
const (
	IdentityProposed = "identity_proposed"
	IdentityBound    = "identity_bound"
	IdentityRefused  = "identity_refused"
	IdentityRemoved  = "identity_removed"
	SystemRegistered = "system_registered"
	SystemConfirmed  = "system_confirmed"
	SystemRenewed    = "system_renewed"
	SystemRevoked    = "system_revoked"
)

// Why an officer was let look.
const (
	Own         = "own"       // the policies let him look freely
	ForPurpose  = "purpose"   // he said what for
	InEmergency = "emergency" // he broke the glass
)

// System stands for the role of a system that looks in its own name; its officer is the client.
const System = "client"

// InNameOf is the officer in whose name a system looked at a proceeding, by the mandate that the look names; "" where it looked in nobody's, or no system did.
func InNameOf(l *journal.Look) string {
	if l.Role != System || l.Proceeding == "" {
		return ""
	}
	return l.About
}

const (
	// mostTogether is how many looks share a leaf.
	mostTogether = 500
	// mostWaiting bounds what waits for the journal in one process; what is over is refused.
	mostWaiting = 50_000
	// writeEvery is how long a look waits for others.
	writeEvery = time.Second
	// longestText of a look: what was typed is kept, within a bound.
	longestText = 1000
)

// Keeper keeps looks. Safe for concurrent use. It records nothing before Begin.
type Keeper struct {
	db    *db.DB
	rules *Rules
	log   *slog.Logger

	mu      sync.Mutex
	begun   bool
	stopped bool
	spool   *spool // nil: Add waits for the commit
	open    *batch // takes looks
	full    []*batch
	waiting int
	failing bool // of the writer alone: what could not be written was told
	kick    chan struct{}
	stop    chan struct{}
	done    chan struct{}
}

// batch is looks that are written together.
type batch struct {
	looks   []sealed
	segment *segment // nil: they are nowhere but in memory
	since   time.Time
	maybe   bool // some of it may be in the journal already
	done    chan struct{}
	err     error // of those who wait, once done is closed
}

// sealed is a look with its salt and what commits to it.
type sealed struct {
	journal.Look
	salt journal.Salt
	hash journal.Hash
}

func seal(l journal.Look, salt journal.Salt) sealed {
	var room [1024]byte
	return sealed{l, salt, journal.CommitLook(l.AppendCanonical(room[:0]), salt)}
}

// Open gives the looks in a migrated database.
func Open(d *db.DB, rules *Rules) *Keeper {
	return &Keeper{db: d, rules: rules, log: slog.New(slog.DiscardHandler), kick: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{})}
}

// Rules of looking.
func (k *Keeper) Rules() *Rules { return k.rules }

// Begin lets looks be recorded. spool is the folder of the spool, "" for none: then each
// page waits until its look is in the database. What a process before left in the spool is taken up.
// Called again it does nothing.
func (k *Keeper) Begin(spool string, log *slog.Logger) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.begun {
		return nil
	}
	k.log = log
	if spool != "" {
		s, left, err := openSpool(spool, log)
		switch {
		case errors.Is(err, errors.ErrUnsupported):
			log.Warn("there is no spool of looks on this system: pages wait for the database")
		case err != nil:
			return fmt.Errorf("spool of looks: %w", err)
		default:
			k.spool = s
			for _, b := range left {
				b.since = time.Now()
				k.full, k.waiting = append(k.full, b), k.waiting+len(b.looks)
			}
		}
	}
	k.begun = true
	go k.write()
	k.wake()
	return nil
}

func (k *Keeper) wake() {
	select {
	case k.kick <- struct{}{}:
	default:
	}
}

// unrecorded is what a page answers where a look cannot be recorded: nobody sees unrecorded.
func unrecorded(cause error) error {
	return fault.New(fault.Unavailable, "look.not_recorded", nil).Because(cause)
}

var (
	errNotBegun = errors.New("looks are not recorded by this process")
	errBehind   = errors.New("looks have waited for the journal for too long")
	errTooMany  = errors.New("too many looks wait for the journal")
)

// Add records a look. It returns once the look cannot be lost with this process any
// more; a fault of kind Unavailable says that it was not recorded, and whoever looks must not be shown anything.
func (k *Keeper) Add(l journal.Look) error {
	l.About, l.Why = shortened(l.About), shortened(l.Why)
	if !db.Storable(l.Page) || !db.Storable(l.Proceeding) {
		return fault.New(fault.NotFound, "proceeding.none", nil)
	}
	s := seal(l, journal.NewSalt())
	k.mu.Lock()
	b, err := k.take(s)
	k.mu.Unlock()
	if err != nil {
		return unrecorded(err)
	}
	if b.segment != nil {
		return nil
	}
	k.wake()
	<-b.done
	if b.err != nil {
		return unrecorded(b.err)
	}
	return nil
}

// take puts a look into the open batch. The caller holds the lock.
func (k *Keeper) take(s sealed) (*batch, error) {
	switch {
	case !k.begun || k.stopped:
		return nil, errNotBegun
	case k.oldest() > k.behind():
		return nil, errBehind
	case k.waiting >= mostWaiting:
		return nil, errTooMany
	}
	if k.open == nil {
		b := &batch{since: time.Now(), done: make(chan struct{})}
		if k.spool != nil {
			var err error
			if b.segment, err = k.spool.begin(); err != nil {
				return nil, err
			}
		}
		k.open = b
	}
	b := k.open
	if b.segment != nil {
		if err := b.segment.append(&s); err != nil {
			k.shut() // what is in it stays good; the next look has a new one
			return nil, err
		}
	}
	b.looks = append(b.looks, s)
	k.waiting++
	if len(b.looks) >= mostTogether {
		k.shut()
		k.wake()
	}
	return b, nil
}

// oldest is how long the oldest look has waited. The caller holds the lock.
func (k *Keeper) oldest() time.Duration {
	switch {
	case len(k.full) > 0:
		return time.Since(k.full[0].since)
	case k.open != nil:
		return time.Since(k.open.since)
	}
	return 0
}

func (k *Keeper) behind() time.Duration { return time.Duration(k.rules.Behind) * time.Microsecond }

// shut closes the open batch. The caller holds the lock.
func (k *Keeper) shut() {
	if k.open == nil {
		return
	}
	if len(k.open.looks) > 0 {
		k.full = append(k.full, k.open)
	} else if k.open.segment != nil {
		k.open.segment.drop(k.log)
	}
	k.open = nil
}

// Waiting is how many looks are not in the database yet, and how long the oldest of them has waited.
func (k *Keeper) Waiting() (n int, oldest time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.waiting, k.oldest()
}

// Flush waits until what this process has recorded so far is in the database.
func (k *Keeper) Flush(ctx context.Context) error {
	k.mu.Lock()
	var list []*batch
	if k.begun && !k.stopped {
		k.shut()
		list = append(list, k.full...)
	}
	k.mu.Unlock()
	k.wake()
	for _, b := range list {
		select {
		case <-b.done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// Close writes what waits, as far as that can be done, and ends. What cannot be written stays in the spool.
func (k *Keeper) Close() {
	k.mu.Lock()
	running := k.begun && !k.stopped
	k.stopped = true
	k.mu.Unlock()
	if !running {
		return
	}
	close(k.stop)
	<-k.done
}

// shortened keeps a text within its bound, and makes it one that can be stored.
func shortened(text string) string {
	runes := []rune(text)
	if len(runes) > longestText {
		runes = runes[:longestText]
	}
	out := runes[:0:0]
	for _, r := range runes {
		if r != 0 {
			out = append(out, r)
		}
	}
	return string(out)
}

// Past is a look as it was recorded, with its place in the journal.
type Past struct {
	journal.Look
	Leaf int64
	N    int64
}

// After is where a list of looks goes on: behind this one. The zero value is the beginning.
type After struct {
	At      calendar.Moment
	Leaf, N int64
}
