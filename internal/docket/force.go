package docket

import (
	"context"
	"errors"
	"fmt"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/duty"
	"nazorat/internal/procedure"
)

// ownSubmission begins the submissions of entries that nobody sent a form for.
const ownSubmission = procedure.ComesIntoForce + "/"

// forceTogether is how many proceedings one transaction lets an edition take
// hold of, and so how long a live act waits at most for that.
const forceTogether = 100

// Took says what an edition's coming into force did.
type Took struct {
	Entries int // proceedings that it changed, each with an entry of the journal
	Plain   int // proceedings that it left as they were
}

const selectBehind = `SELECT id FROM proceeding WHERE law = $1 AND edition = $2 AND id > $3 ORDER BY id LIMIT $4`

// ComeIntoForce lets every edition that is in force by now take hold of the
// proceedings that it has not taken hold of yet: running deadlines are counted
// anew or fall away, states that are no more are left, as the edition's
// transition rule says. What it changes it enters into the journal; where it
// changes nothing it only notes that it was there. It may run as often as one
// likes, and beside live acts: an act that comes first lets the edition take hold by itself.
//
// One proceeding that cannot follow is passed over and named in the error; the others go on.
func (k *Docket) ComeIntoForce(ctx context.Context, now calendar.Moment) (took Took, err error) {
	var errs []error
	for _, name := range k.Laws() {
		law := k.Law(name)
		last := law.At(now)
		for _, e := range law.Editions {
			if e.Index == 0 || e.Index > last.Index {
				continue
			}
			// Whatever an older edition holds comes up to this one first: each has its own day.
			for _, old := range law.Editions[:e.Index] {
				if err := k.takeHold(ctx, e, old.Name, now, &took); err != nil {
					errs = append(errs, err)
				}
				if ctx.Err() != nil {
					return took, errors.Join(append(errs, ctx.Err())...)
				}
			}
		}
	}
	return took, errors.Join(errs...)
}

// takeHold takes the proceedings that an older edition holds, in bounded transactions.
func (k *Docket) takeHold(ctx context.Context, e *procedure.Edition, by string, now calendar.Moment, took *Took) error {
	var errs []error
	after := ""
	for ctx.Err() == nil {
		ids, err := k.behind(ctx, e.Law.Name, by, after)
		if err != nil {
			return errors.Join(append(errs, err)...)
		}
		if len(ids) == 0 {
			break
		}
		after = ids[len(ids)-1]
		passed, err := k.takeTogether(ctx, e, by, ids, now, took)
		if err != nil && !general(err) {
			passed, err = k.takeEach(ctx, e, by, ids, now, took)
		}
		errs = append(errs, passed...)
		if err != nil {
			return errors.Join(append(errs, err)...)
		}
	}
	return errors.Join(errs...)
}

// general reports whether an error is none of a single proceeding: the others would meet it too.
func general(err error) bool {
	return db.Unavailable(err) || errors.Is(err, duty.ErrLost) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// takeTogether takes proceedings in one transaction; passed are the errors of those that it passed over.
func (k *Docket) takeTogether(ctx context.Context, e *procedure.Edition, by string, ids []string, now calendar.Moment, took *Took) (passed []error, err error) {
	var batch Took
	var sheets []*sheet
	write := func(tx *db.Tx) error {
		batch, passed, sheets = Took{}, nil, nil
		return guarded(func() error {
			s, err := k.sheet(tx, nil)
			if err != nil {
				return err
			}
			// Behind the head, as every batch takes its locks: who has stood still so long that the duty is another's does none of it.
			if err := duty.Fence(ctx, tx); err != nil {
				return err
			}
			if err := s.read(ids); err != nil { // one of them cannot be read: which one, is told when it is asked for alone
				clear(s.held)
			}
			for _, id := range ids {
				t := s.turn()
				entered, err := k.force(t, e, id, by, now)
				switch {
				case errors.Is(err, errMoved):
				case err != nil:
					passed = append(passed, err)
				case entered:
					t.keep()
					batch.Entries++
				default:
					t.keep()
					batch.Plain++
				}
			}
			sheets = []*sheet{s}
			return s.flush()
		})
	}
	err = k.remember(func() ([]*sheet, error) {
		err := k.db.Write(ctx, write, db.Repeatable)
		return sheets, err
	})
	if err != nil {
		return nil, err
	}
	took.Entries, took.Plain = took.Entries+batch.Entries, took.Plain+batch.Plain
	return passed, nil
}

// takeEach takes proceedings one by one, as one of them cannot be written.
func (k *Docket) takeEach(ctx context.Context, e *procedure.Edition, by string, ids []string, now calendar.Moment, took *Took) (passed []error, err error) {
	for _, id := range ids {
		alone, err := k.takeTogether(ctx, e, by, []string{id}, now, took)
		switch {
		case general(err):
			return passed, err
		case err != nil:
			alone = []error{fmt.Errorf("proceeding %s under %s: %w", id, e.Name, err)}
		}
		passed = append(passed, alone...)
	}
	return passed, nil
}

func (k *Docket) behind(ctx context.Context, law, held, after string) ([]string, error) {
	rows, err := k.db.Query(ctx, selectBehind, law, held, after, forceTogether)
	if err != nil {
		return nil, fmt.Errorf("read what an edition has not taken hold of: %w", err)
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// errMoved: an act let the edition take hold between the look and the transaction.
var errMoved = errors.New("the edition took hold meanwhile")

// force lets an edition take hold of one proceeding; entered says whether it changed anything.
func (k *Docket) force(t *turn, e *procedure.Edition, id, by string, now calendar.Moment) (entered bool, err error) {
	w := &work{t: t, cmd: &Command{Submission: ownSubmission + id + "/" + e.Name}, law: e.Law, edition: e, name: procedure.ComesIntoForce, recorded: now}
	if w.was, err = t.proceeding(id); err != nil {
		return false, err
	}
	if w.was == nil || w.was.edition != by {
		return false, errMoved
	}
	w.act = procedure.Act{Act: procedure.None, Done: e.Start(), Recorded: now}
	if e.Law.Over(&w.was.state) {
		// A matter that is over asks for nothing; should an act open it again, the edition takes hold with that act.
	} else if w.next, w.effects = e.ComeIntoForce(w.was.state, w.act.Done); len(w.effects) > 0 {
		if _, err := k.store(w); err != nil {
			return false, fmt.Errorf("proceeding %s under %s: %w", w.was.number, e.Name, err)
		}
		return true, nil
	}
	noted := *w.was
	noted.edition, noted.moved = e.Name, true
	t.held[id] = &noted
	return false, nil
}
