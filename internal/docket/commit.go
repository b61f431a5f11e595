package docket

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"nazorat/internal/db"
	"nazorat/internal/fault"
)

type request struct {
	ctx      context.Context
	commands []Command
	receipts []*Receipt
	err      error
	failed   bool // err is no refusal: something went wrong
	reply    chan struct{}
}

// mostTogether bounds a batch, and so how long the first of it waits for the last.
const mostTogether = 256

// Batch tells of acts that were committed together, for whoever measures.
type Batch struct {
	Acts    int           // requests that came together
	Refused []error       // what those met that were not done
	Alone   bool          // something could not be written, so each was written by itself
	Took    time.Duration // from the first look to the last byte on disk
}

// write is the one writer: it takes what waits, commits it together, answers.
func (k *Docket) write() {
	defer close(k.done)
	for {
		var batch []*request
		select {
		case r := <-k.queue:
			batch = append(batch, r)
		case <-k.stop:
			return
		}
	more:
		for len(batch) < mostTogether {
			select {
			case r := <-k.queue:
				batch = append(batch, r)
			default:
				break more
			}
		}
		k.commit(batch)
	}
}

// errAlone ends a transaction of which something cannot be written or went wrong in another way than by a refusal.
var errAlone = errors.New("each of the batch is done by itself")

// commit does what came together in one transaction: decided in memory one
// after the other, then written with few statements. If anything of it cannot
// be written, or goes wrong in another way than by a refusal, all of it is
// taken back and done again, each in a savepoint of its own: what one of them
// met never harms its neighbours. (No savepoint at first: what it costs to be
// ready to take a part back is a tenth of the whole.)
func (k *Docket) commit(batch []*request) {
	start := time.Now()
	told := Batch{Acts: len(batch)}
	err := k.remember(func() ([]*sheet, error) {
		sheets, err := k.together(batch)
		if errors.Is(err, errAlone) {
			told.Alone = true
			k.memory.doubt() // should it be what went wrong, nothing heals but reading
			sheets, err = k.alone(batch)
		}
		return sheets, err
	})
	for _, r := range batch {
		if err != nil {
			// Whether it is on disk cannot be told from here; sending the form again will tell. A refusal may
			// follow from what others of the batch did, and most likely did not do: it is no answer either.
			r.err = fault.New(fault.Unavailable, "fault.not_saved", nil).Because(err)
		}
		if r.err != nil {
			r.receipts = nil
			told.Refused = append(told.Refused, r.err)
		}
	}
	told.Took = time.Since(start)
	if k.observe != nil {
		k.observe(told)
	}
	for _, r := range batch {
		close(r.reply)
	}
}

// remember lets a transaction read from the memory, which has what was committed before another reads. What the transaction erased is taken away
// once others may go on.
func (k *Docket) remember(write func() ([]*sheet, error)) error {
	sheets, err := k.written(write)
	for _, s := range sheets {
		k.takeAway(s.erasures)
	}
	return err
}

// written gives what is on disk.
func (k *Docket) written(write func() ([]*sheet, error)) ([]*sheet, error) {
	k.memory.turn.Lock()
	defer k.memory.turn.Unlock()
	sheets, err := write()
	if err != nil {
		k.memory.doubt()
		return nil, err
	}
	for _, s := range sheets {
		k.memory.keep(s)
		k.directed(s)
	}
	return sheets, nil
}

// partOf is how many acts are decided before their rows are handed over. A file
// has a processor to gain by it; a server has ways there and back to save.
func partOf(d db.Dialect) int {
	if d.Name == db.SQLite.Name {
		return 8
	}
	return 64
}

// together does a batch in one transaction without savepoints.
func (k *Docket) together(batch []*request) (sheets []*sheet, err error) {
	err = k.db.Write(context.Background(), func(tx *db.Tx) error {
		sheets = nil // a transaction that is run again begins anew
		err := guarded(func() error {
			s, err := k.sheet(tx, batch)
			if err != nil {
				return err
			}
			part := partOf(k.db.Dialect)
			if len(batch) > part {
				s.typist = newTypist()
				defer s.typist.end()
			}
			for i, r := range batch {
				if s.do(r); r.failed {
					return wentWrong(r.err)
				}
				if i%part == part-1 {
					if err := s.part(); err != nil {
						return err
					}
				}
			}
			sheets = append(sheets, s)
			return s.flush()
		})
		return wentWrong(err)
	}, db.Repeatable)
	return sheets, err
}

// wentWrong says what comes of a transaction that cannot be committed: where the database is away, nothing.
func wentWrong(err error) error {
	if err == nil || db.Unavailable(err) || errors.Is(err, errAlone) {
		return err
	}
	return fmt.Errorf("%w: %w", errAlone, err)
}

// alone does each request of a batch in a savepoint of its own.
func (k *Docket) alone(batch []*request) (sheets []*sheet, err error) {
	err = k.db.Write(context.Background(), func(tx *db.Tx) error {
		sheets = nil
		for _, r := range batch {
			var own *sheet
			err := tx.Savepoint(func() error {
				r.err, r.failed = nil, false
				return guarded(func() (err error) {
					if own, err = k.sheet(tx, []*request{r}); err != nil {
						return err
					}
					if own.do(r); r.err != nil {
						return r.err
					}
					return own.flush()
				})
			})
			switch {
			case err == nil:
				sheets = append(sheets, own)
			case db.Unavailable(err):
				return err
			case r.err == nil:
				r.err, r.failed = err, true
			}
		}
		return nil
	}, db.Repeatable)
	return sheets, err
}

// guarded makes an error of a panic: a mistake that one request brings to light fails that one, not the office.
func guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("act: panic: %v\n%s", p, debug.Stack())
		}
	}()
	return f()
}

// do carries out one request; what it did is on the sheet if r.err is nil.
func (s *sheet) do(r *request) {
	r.receipts, r.failed = nil, false
	gone := false
	r.err = guarded(func() error {
		if err := r.ctx.Err(); err != nil {
			gone = true
			return err // whoever sent it has gone
		}
		t := s.turn()
		for i := range r.commands {
			receipt, err := s.k.decide(t, &r.commands[i])
			if err != nil {
				return err
			}
			r.receipts = append(r.receipts, receipt)
		}
		if len(t.records) > 0 {
			if err := t.followed(); err != nil {
				return err
			}
		}
		t.keep()
		return nil
	})
	r.failed = r.err != nil && !gone && fault.Of(r.err).Kind == fault.Internal
}
