package proceedings

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
	"nazorat/internal/stored"
)

// MonthAsked is what is asked of a month: in the proceedings of a law that an office has, as its lists have them. The caller makes sure that none of its acts and terms
// has a class of sheets, and that its reader may see the office.
type MonthAsked struct {
	Law, Office string
	From, To    calendar.Moment // from the first up to the second, without it
	Terms       []string        // that are to be met
	Acts        []string        // that are counted
	Again       []string        // acts that are seldom done twice
	Waiting     []string        // states in which somebody owes something
	Limit       int             // rows of each kind
}

// MonthRow is a proceeding, and why it is there. Office, InCharge and Stage are of now.
type MonthRow struct {
	ID, Number, Office, InCharge, Stage string
	Term                                string // of Undecided and Late: it began at Began, and ended at Due as that was then
	No                                  int32
	Began, Due                          calendar.Moment
	Done                                calendar.Moment // of Late: when it was met; of Again: the last time. Of Undecided where it was met after the month; 0: it runs
	Times                               int             // of Again
}

// Month is what is told of one.
type Month struct {
	Undecided MonthList // a term ran at its end, those first that ended first; of more than Limit those are told that end first by now
	Late      MonthList // a term was met in it, after its end, likewise
	Again     MonthList
	Waiting   MonthList // now, whatever the month: nobody owes anything, or one owes it who is not there
	Done      map[string]int64
}

// MonthList is the first rows of a kind, as many as were asked for.
type MonthList struct {
	Rows []MonthRow
	More bool // there are more
}

const (
	monthRow   = `SELECT p.id, p.number, p.office, p.in_charge, p.root_state`
	monthTerms = monthRow + `, d.term, d.no, d.started, d.due, CASE WHEN d.status IN ('running', 'stopped') THEN 0 ELSE d.closed END FROM deadline d JOIN proceeding p ON p.id = d.proceeding
WHERE d.law = %s AND d.term IN %s AND d.started < %s`
	// Ends of long ago stand with the proceedings that changed since.
	monthUndecided = monthTerms + ` AND (d.status IN ('running', 'stopped') OR p.changed >= %s AND d.closed >= %[3]s)`
	monthLate      = monthTerms + ` AND p.changed >= %s AND d.status = 'late' AND d.closed >= %[4]s AND d.closed < %[3]s`
	monthTermsBy   = ` ORDER BY d.due, d.proceeding, d.no`
	monthAgain     = monthRow + `, count(*), max(e.done) FROM proceeding p JOIN entry e ON e.proceeding = p.id WHERE p.law = %s AND p.changed >= %s AND e.act IN %s AND e.done < %s`
	monthAgainBy   = ` GROUP BY p.id, p.number, p.office, p.in_charge, p.root_state HAVING count(*) > 1 AND max(e.done) >= %s ORDER BY 7 DESC, p.id`
	monthDone      = `SELECT e.act, count(*) FROM proceeding p JOIN entry e ON e.proceeding = p.id WHERE p.law = %s AND p.changed >= %s AND e.act IN %s AND e.done >= %[2]s AND e.done < %[4]s`
	// What the officer in charge owes where there is none is in nobody's list.
	monthWaiting = monthRow + ` FROM proceeding p WHERE p.law = %s AND p.root_state IN %s AND p.opened < %s
AND NOT EXISTS (SELECT 1 FROM deadline d WHERE d.proceeding = p.id AND d.status = 'running' AND (d.officer <> '' OR d.role <> %s))`
	monthWaitingBy = ` ORDER BY p.opened, p.id`
	// What moved an end says which one it was before; the last comes first, so that what is read last is the earliest.
	monthMoved = `SELECT e.proceeding, e.effects FROM entry e WHERE e.proceeding IN %s AND e.done >= %s AND e.effects LIKE '%%"was":%%' ORDER BY e.proceeding, e.seq DESC`
)

// Month tells of a month what the actor may read, with six queries.
func (k *Reader) Month(ctx context.Context, who access.Actor, a MonthAsked) (*Month, error) {
	m := &Month{Done: map[string]int64{}}
	read := func(text func(q *Query) string, end func(q *Query) string, row func(scan func(...any) error) error) error {
		q := k.Query(who)
		all := text(q)
		of, some := q.Of(a.Office)
		if !some {
			return nil
		}
		may, some := q.Readable()
		if !some {
			return nil
		}
		rows, err := k.db.Query(ctx, all+of+may+end(q), q.Values()...)
		if err != nil {
			return fmt.Errorf("prepare a month: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			if err := row(rows.Scan); err != nil {
				return err
			}
		}
		return rows.Err()
	}
	// list reads up to one row more than are told: that there is one says that there are more.
	list := func(into *MonthList, text, end func(q *Query) string, fields func(r *MonthRow) []any) error {
		return read(text, func(q *Query) string { return end(q) + fmt.Sprintf(` LIMIT %d`, a.Limit+1) }, func(scan func(...any) error) error {
			var r MonthRow
			if err := scan(append([]any{&r.ID, &r.Number, &r.Office, &r.InCharge, &r.Stage}, fields(&r)...)...); err != nil {
				return err
			}
			if into.More = len(into.Rows) == a.Limit; !into.More {
				into.Rows = append(into.Rows, r)
			}
			return nil
		})
	}
	by := func(text string) func(*Query) string { return func(*Query) string { return text } }
	for text, into := range map[string]*MonthList{monthUndecided: &m.Undecided, monthLate: &m.Late} {
		err := list(into, func(q *Query) string {
			return fmt.Sprintf(text, q.Arg(a.Law), q.Args(a.Terms), q.Arg(int64(a.To)), q.Arg(int64(a.From)))
		}, by(monthTermsBy), func(r *MonthRow) []any { return []any{&r.Term, &r.No, &r.Began, &r.Due, &r.Done} })
		if err != nil {
			return nil, err
		}
	}
	if err := k.endsThen(ctx, who, &m.Undecided, a.To); err != nil {
		return nil, err
	}
	err := list(&m.Again, func(q *Query) string {
		return fmt.Sprintf(monthAgain, q.Arg(a.Law), q.Arg(int64(a.From)), q.Args(a.Again), q.Arg(int64(a.To)))
	}, func(q *Query) string { return fmt.Sprintf(monthAgainBy, q.Arg(int64(a.From))) }, func(r *MonthRow) []any { return []any{&r.Times, &r.Done} })
	if err != nil {
		return nil, err
	}
	err = read(func(q *Query) string {
		return fmt.Sprintf(monthDone, q.Arg(a.Law), q.Arg(int64(a.From)), q.Args(a.Acts), q.Arg(int64(a.To)))
	}, func(*Query) string { return ` GROUP BY e.act` }, func(scan func(...any) error) error {
		var act string
		var n int64
		if err := scan(&act, &n); err != nil {
			return err
		}
		m.Done[act] = n
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = list(&m.Waiting, func(q *Query) string {
		return fmt.Sprintf(monthWaiting, q.Arg(a.Law), q.Args(a.Waiting), q.Arg(int64(a.To)), q.Arg(procedure.InCharge))
	}, by(monthWaitingBy), func(*MonthRow) []any { return nil })
	return m, err
}

// endsThen gives terms the ends that they had at a moment, before what was done since extended, recounted or stopped them, and puts them in the order of these.
func (k *Reader) endsThen(ctx context.Context, who access.Actor, list *MonthList, then calendar.Moment) error {
	if len(list.Rows) == 0 || then >= k.now() {
		return nil
	}
	type running struct {
		proceeding string
		no         int32
	}
	at := map[running]*MonthRow{}
	var ids []string
	for i := range list.Rows {
		r := &list.Rows[i]
		at[running{r.ID, r.No}] = r
		ids = append(ids, r.ID)
	}
	slices.Sort(ids)
	q := k.Query(who)
	text := fmt.Sprintf(monthMoved, q.Args(slices.Compact(ids)), q.Arg(int64(then)))
	rows, err := k.db.Query(ctx, text, q.Values()...)
	if err != nil {
		return fmt.Errorf("read the ends of then: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var text []byte
		if err := rows.Scan(&id, &text); err != nil {
			return fmt.Errorf("read the ends of then: %w", err)
		}
		var effects []stored.Effect
		if err := json.Unmarshal(text, &effects); err != nil {
			return fmt.Errorf("entry of %s: effects: %w", id, err)
		}
		for _, f := range slices.Backward(effects) {
			if f.Was == 0 || f.Deadline == nil {
				continue
			}
			if r := at[running{id, f.Deadline.No}]; r != nil {
				r.Due = calendar.Moment(f.Was)
			}
		}
	}
	slices.SortStableFunc(list.Rows, func(x, y MonthRow) int { return cmp.Compare(x.Due, y.Due) })
	return rows.Err()
}

// Of is the condition that the proceeding p is one of an office, as its lists have them, to be added behind others: those that it supervises, those that it has, or those of all
// offices below it that the actor may list. some is false where these are none.
func (q *Query) Of(office string) (text string, some bool) {
	tree := q.k.dir.Tree()
	switch {
	case len(tree.Children(office)) > 0:
		ids := q.k.MayListUnder(q.w.who, office)
		if len(ids) == 0 {
			return "", false
		}
		in := q.Args(ids)
		return ` AND (p.supervisor IN ` + in + ` OR p.office IN ` + in + `)`, true
	case tree.Supervises(office):
		q.w.supervisor = office
		return ` AND p.supervisor = ` + q.Arg(office), true
	}
	q.w.office = office
	return ` AND p.office = ` + q.Arg(office), true
}

const selectRunningAt = `SELECT p.id, p.number, p.title, d.due FROM deadline d JOIN proceeding p ON p.id = d.proceeding WHERE d.law = %s AND d.term = %s AND d.status = 'running'`

// RunningAt are proceedings of an office in which a term runs, the earliest end first, as far as the actor may read them. The term has no class of sheets.
func (k *Reader) RunningAt(ctx context.Context, who access.Actor, law, term, office string, limit int) (out []Listed, _ error) {
	q := k.Query(who)
	text := fmt.Sprintf(selectRunningAt, q.Arg(law), q.Arg(term)) + ` AND d.office = ` + q.Arg(office)
	may, some := q.Readable()
	if !some {
		return nil, nil
	}
	rows, err := k.db.Query(ctx, text+may+fmt.Sprintf(` ORDER BY d.due, d.proceeding LIMIT %d`, limit), q.Values()...)
	if err != nil {
		return nil, fmt.Errorf("read what runs: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var l Listed
		if err := rows.Scan(&l.ID, &l.Number, &l.Title, &l.NextDue); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, rows.Err()
}
