package proceedings

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fault"
)

// Lists of deadlines and proceedings, of whoever asks for them.

// After is where a list of deadlines goes on: behind this one. The zero After is the beginning.
type After struct {
	Due        calendar.Moment
	Proceeding string
	No         int32
}

// Mine lists what an officer himself owes for the office that he acts for, the
// earliest first. What he owed for an office that he has left is on that office's board;
// a possibility that is gone is nobody's work, and stands on the page of its proceeding only.
func (k *Reader) Mine(ctx context.Context, who access.Actor, after After, limit int) ([]Deadline, error) {
	return k.filled(ctx, who, after, limit, func(after After) ([]Deadline, error) {
		return k.deadlinesWithin(ctx, selectMine, orderMine, k.within(who, who.Owes(), after.Due, after.Proceeding, after.No, limit, who.Office, k.now()))
	})
}

// OfRole lists what is owed by whoever has the actor's role in his office, the earliest first; as Mine, without possibilities that are gone.
func (k *Reader) OfRole(ctx context.Context, who access.Actor, after After, limit int) ([]Deadline, error) {
	return k.filled(ctx, who, after, limit, func(after After) ([]Deadline, error) {
		return k.deadlinesWithin(ctx, selectOffices, orderOffices, k.within(who, who.Office, who.Role, after.Due, after.Proceeding, after.No, limit, k.now()))
	})
}

// Overdue lists what is overdue in the proceedings that the actor's office supervises, the longest overdue first.
func (k *Reader) Overdue(ctx context.Context, who access.Actor, before calendar.Moment, limit int) ([]Deadline, error) {
	w := k.within(who, who.Office, before, limit)
	w.supervisor = who.Office
	return k.overdueWithin(ctx, selectOverdue, orderLate, w)
}

// deadlinesWithin lists those in proceedings that the actor may read.
func (k *Reader) deadlinesWithin(ctx context.Context, text, order string, w *within) ([]Deadline, error) {
	more, some := w.where()
	if !some {
		return nil, nil
	}
	return scanDeadlines(k.db.Query(ctx, text+more+order, w.args...))
}

// overdueWithin lists of those the ones that he sees; it has no further page.
func (k *Reader) overdueWithin(ctx context.Context, text, order string, w *within) ([]Deadline, error) {
	list, err := k.deadlinesWithin(ctx, text, order, w)
	if err != nil {
		return nil, err
	}
	return k.visible(ctx, w.who, list)
}

// OverdueOf lists what is overdue in the proceedings that an office, or one
// below it, supervises, or that an office which supervises nobody owes itself, as
// far as the actor may read them. The caller has made sure that he may see the office.
func (k *Reader) OverdueOf(ctx context.Context, who access.Actor, office string, before calendar.Moment, limit int) ([]Deadline, error) {
	tree := k.dir.Tree()
	if len(tree.Children(office)) > 0 {
		ids := db.Keys(k.MayListUnder(who, office))
		if len(ids) == 0 {
			return nil, nil
		}
		in := db.In(len(ids), 3)
		text := selectOverdueUnder + `(d.supervisor || '' IN ` + in + ` OR d.office || '' IN ` + in + `)`
		return k.overdueWithin(ctx, text, ` ORDER BY d.due LIMIT $2`, k.within(who, append([]any{before, limit}, ids...)...))
	}
	w := k.within(who, office, before, limit)
	if tree.Supervises(office) {
		w.supervisor = office
		return k.overdueWithin(ctx, selectOverdue, orderLate, w)
	}
	return k.overdueWithin(ctx, selectOwedLate, orderLate, w)
}

// FellDue lists the deadlines of the whole service that ran out between two moments, for those who watch over them.
func (k *Reader) FellDue(ctx context.Context, from, to calendar.Moment, limit int) ([]Deadline, error) {
	return scanDeadlines(k.db.Query(ctx, selectFellDue, from, to, limit))
}

// Listed is a proceeding as lists show it.
type Listed struct {
	ID        string
	Law       string
	Number    string
	Title     string
	Office    string
	InCharge  string
	RootState string
	Opened    calendar.Moment
	Changed   calendar.Moment
	NextDue   calendar.Moment // the earliest running deadline that the reader sees; 0: none

	of access.Resource
}

const listedColumns = `p.id, p.law, p.number, p.title, p.office, p.in_charge, p.root_state, p.opened, p.changed,
	coalesce((SELECT min(d.due) FROM deadline d WHERE d.proceeding = p.id AND d.status = 'running' AND (d.due >= $5 OR d.breach NOT IN ('lapse', 'at_once'))), 0), ` + asked

// An officer's cases are nearly all of his office. That a database does not know,
// and would join two indexes and sort; behind coalesce it asks no index for the office.
const (
	listInCharge   = `SELECT ` + listedColumns + ` FROM proceeding p WHERE p.in_charge = $1 AND p.in_charge <> '' AND coalesce(p.office = $6, false) AND p.opened <= $2 AND (p.opened < $2 OR p.id > $3)`
	listOffice     = `SELECT ` + listedColumns + ` FROM proceeding p WHERE p.office = $1 AND p.opened <= $2 AND (p.opened < $2 OR p.id > $3)`
	listSupervised = `SELECT ` + listedColumns + ` FROM proceeding p WHERE p.supervisor = $1 AND p.opened <= $2 AND (p.opened < $2 OR p.id > $3)`
	orderListed    = ` ORDER BY p.opened DESC, p.id LIMIT $4`
)

// Behind is where a list of proceedings goes on; the zero Behind is the beginning.
type Behind struct {
	Opened calendar.Moment
	ID     string
}

func (b Behind) opened() calendar.Moment {
	if b.Opened == 0 {
		return 1 << 62
	}
	return b.Opened
}

func scanListed(rows *sql.Rows, err error) ([]Listed, error) {
	if errors.Is(err, db.ErrText) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list proceedings: %w", err)
	}
	defer rows.Close()
	var out []Listed
	for rows.Next() {
		var l Listed
		if err := rows.Scan(into(&l.of, &l.ID, &l.Law, &l.Number, &l.Title, &l.Office, &l.InCharge, &l.RootState, &l.Opened, &l.Changed, &l.NextDue)...); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, rows.Err()
}

// InCharge lists the proceedings of the office that he acts for that an officer is in charge of, the newest first.
func (k *Reader) InCharge(ctx context.Context, who access.Actor, behind Behind, limit int) ([]Listed, error) {
	w := k.within(who, who.Owes(), behind.opened(), behind.ID, limit, k.now(), who.Office)
	w.office = who.Office
	return k.listedWithin(ctx, listInCharge, w)
}

// OfOffice lists the proceedings that an office has, and that it supervises if
// it is a supervisor, the newest first, as far as the actor may read them; fault.NotFound for an office that he may not see.
func (k *Reader) OfOffice(ctx context.Context, who access.Actor, office string, behind Behind, limit int) ([]Listed, error) {
	if !k.MayList(who, office) {
		return nil, fault.New(fault.NotFound, "office.none", nil)
	}
	w := k.within(who, office, behind.opened(), behind.ID, limit, k.now())
	if k.dir.Tree().Supervises(office) {
		w.supervisor = office
		return k.listedWithin(ctx, listSupervised, w)
	}
	w.office = office
	return k.listedWithin(ctx, listOffice, w)
}

// listedWithin lists those that the actor may read.
func (k *Reader) listedWithin(ctx context.Context, text string, w *within) ([]Listed, error) {
	more, some := w.where()
	if !some {
		return nil, nil
	}
	list, err := scanListed(k.db.Query(ctx, text+more+orderListed, w.args...))
	if err != nil {
		return nil, err
	}
	return k.veilListed(ctx, w.who, list)
}
