// Package docket keeps proceedings: it takes an act, asks the law, and writes
// what follows. It owns the tables of proceedings, and how acts come together, are
// decided in memory and committed; what an edition's coming into force does to open
// proceedings; and what acts enter into the directory. What is read of proceedings
// is package proceedings' (a Docket embeds its Reader, since whoever acts reads);
// that the rows are what the entries lead to is held by package replay, which does not
// know this one.
//
// One act is one entry of the journal, the proceeding's new state, its
// deadlines, its place in the tallies, all in one transaction: no effect
// without its entry, no entry without its effect. Acts that arrive together are
// committed together, in a way that one which is refused or fails
// never harms its neighbours; an act is acknowledged when it is on disk.
//
// A proceeding has a version, the number of its entries. Whoever acts says
// which version he saw; if another act came between, he is told (a Conflict)
// and nothing is done. A form sent twice is done once: the second sending is
// answered with what the first one did.
//
// What an act does in other proceedings (links) is done in the same transaction
// by the same officer at the same moment, and refused where any part of it is.
// A new edition of a law takes hold of open proceedings on its day, or with the
// next act if that comes first; what it changes is an entry too, of nobody's.
package docket

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/directory"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/stored"
	"nazorat/internal/vault"
)

// Docket keeps proceedings. Safe for concurrent use. Close it before its database.
type Docket struct {
	*proceedings.Reader

	db    *db.DB
	dir   *directory.Directory
	newID func() string

	deaf    func() // ends the listening
	unheard error  // why changes are not heard of

	memory  *memory
	observe func(Batch)

	queue chan *request
	stop  chan struct{}
	done  chan struct{}

	uploads atomic.Pointer[vault.Keeper] // documents that acts name have to have been brought there; nil: to nowhere
	taking  sync.WaitGroup               // files that are being taken away
	log     *slog.Logger

	waiting atomic.Int64 // requests that are not answered yet
	since   atomic.Int64 // when that was 0 last, in nanoseconds since 1970

	mu       sync.Mutex
	watchers map[chan Change]struct{}
}

// Options of a docket. Clock and ids are handed in so that tests and
// simulations are repeatable.
type Options struct {
	Now   func() calendar.Moment
	NewID func() string // ids that cannot be guessed

	Policies *access.Policies // who may see and do what; without any nobody may do anything

	Observe func(Batch)  // is told of every batch, if it is given; it must not take long
	Log     *slog.Logger // of what fails once its act was answered; nil: of nothing

	// Except, if given, says by what exception somebody may read one proceeding: see proceedings.Options.
	Except func(ctx context.Context, who access.Actor, proceeding string) (string, error)
}

// Open starts a docket over a migrated database.
func Open(d *db.DB, dir *directory.Directory, laws []*procedure.Law, o Options) *Docket {
	k := &Docket{Reader: proceedings.Open(d, dir, laws, proceedings.Options{Now: o.Now, Policies: o.Policies, Except: o.Except}),
		db: d, dir: dir, newID: o.NewID, memory: newMemory(), observe: o.Observe,
		queue: make(chan *request), stop: make(chan struct{}), done: make(chan struct{}), watchers: map[chan Change]struct{}{}}
	if k.log = o.Log; k.log == nil {
		k.log = slog.New(slog.DiscardHandler)
	}
	listening, stop := context.WithCancel(context.Background())
	k.deaf = stop
	k.unheard = d.Listen(listening, k.hear)
	go k.write()
	return k
}

// TakeUploads lets an act name documents alone that its officer has brought into the vault. Without it documents are hashes, of which nothing else is known here.
// What acts erase is taken away there.
func (k *Docket) TakeUploads(to *vault.Keeper) { k.uploads.Store(to) }

// Hears reports why this process does not hear of what others change, if it does not.
func (k *Docket) Hears() error { return k.unheard }

// Close stops taking acts and waits until those under way are on disk, and what they erased is off it, the latter for a time.
func (k *Docket) Close() {
	close(k.stop)
	<-k.done
	k.deaf()
	k.tookAway()
}

// Command asks for one act.
type Command struct {
	Law        string // for an act that opens a proceeding
	Proceeding string // "" for one that opens
	Version    int64  // the version that the actor saw; 0: whichever it is
	Act        string
	Thing      int32
	Form       map[string]string // as typed, by field
	Done       calendar.Moment   // when it was done; 0: now
	Submission string            // the same for every sending of one form; "" is given one
	Actor      access.Actor
	Through    access.Client // of the system that Actor.Client names, as policies are asked about it: it must be allowed what he is, in this proceeding and wherever the act leads

	cargo *procedure.Cargo // what comes along from another proceeding; only a link brings any
}

// Receipt acknowledges an act that is on disk.
type Receipt struct {
	Proceeding string
	Number     string
	Seq        int64
	Leaf       int64 // its number in the journal of the office
	Recorded   calendar.Moment
	Hash       journal.Hash
	Effects    []stored.Effect
	Linked     []Linked // acts done along with it in other proceedings, in the order in which they were done
	Repeated   bool     // the form had been sent before; this is what it did then
}

// Change tells that something changed, and on whose boards.
type Change struct {
	Proceeding string
	Offices    []string // the office that has it, its supervisor, and who owes something
	All        bool     // something may have been missed: everybody looks again
}

// Watch gives a channel of changes, from now on. A watcher that does not keep
// up loses changes rather than hold up the office; it only ever says "look
// again". Call stop when done.
func (k *Docket) Watch() (changes <-chan Change, stop func()) {
	ch := make(chan Change, 64)
	k.mu.Lock()
	k.watchers[ch] = struct{}{}
	k.mu.Unlock()
	return ch, func() {
		k.mu.Lock()
		delete(k.watchers, ch)
		k.mu.Unlock()
	}
}

func (k *Docket) tell(c Change) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for ch := range k.watchers {
		select {
		case ch <- c:
		default:
		}
	}
}

// Act does one act and waits until it is on disk. Errors: a *procedure.Refusal
// in a fault (Forbidden, Invalid with the fields at fault, NotFound), a Conflict
// when another act came first, NotFound for a proceeding that is not there or
// not the actor's to see, and signin.NotPresent where the law wants a fresh proof of
// his presence and there is none: all else was allowed by then, and nothing is done.
func (k *Docket) Act(ctx context.Context, c Command) (*Receipt, error) {
	r := &request{ctx: ctx, commands: []Command{c}, reply: make(chan struct{})}
	if err := k.send(r); err != nil {
		return nil, err
	}
	if r.err != nil {
		return nil, r.err
	}
	return r.receipts[0], nil
}

// ActAll does several acts in order, all or none. It serves imports and simulations.
func (k *Docket) ActAll(ctx context.Context, commands []Command) ([]*Receipt, error) {
	r := &request{ctx: ctx, commands: commands, reply: make(chan struct{})}
	if err := k.send(r); err != nil {
		return nil, err
	}
	return r.receipts, r.err
}

// storable refuses what no database could store or look for, before a batch does.
func storable(c *Command) error {
	if !db.Storable(c.Proceeding) {
		return fault.New(fault.NotFound, "proceeding.none", nil)
	}
	if !db.Storable(c.Submission) {
		return fault.New(fault.Invalid, "fault.bad_form", nil)
	}
	fields := map[string]fault.Error{}
	for name, typed := range c.Form {
		if !db.Storable(typed) {
			fields[name] = fault.Error{Kind: fault.Invalid, Key: fact.BadText}
		}
	}
	if len(fields) > 0 {
		return &fault.Error{Kind: fault.Invalid, Key: "refusal.bad_form", Fields: fields}
	}
	return nil
}

func (k *Docket) send(r *request) error {
	for i := range r.commands {
		if err := storable(&r.commands[i]); err != nil {
			return err
		}
	}
	defer k.wait()()
	select {
	case k.queue <- r:
	case <-k.stop:
		return fault.New(fault.Unavailable, "fault.stopping", nil)
	case <-r.ctx.Done():
		return fmt.Errorf("act: %w", r.ctx.Err())
	}
	// From here on it may happen: wait for the truth, whatever ctx says.
	<-r.reply
	return nil
}
