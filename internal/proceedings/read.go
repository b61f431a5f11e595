package proceedings

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
	"nazorat/internal/procedure"
	"nazorat/internal/stored"
)

// Proceeding is one proceeding as it stands.
type Proceeding struct {
	ID         string
	Law        *procedure.Law
	Number     string
	Title      string
	Office     string
	Supervisor string
	InCharge   string
	RootState  string
	Secrecy    string         // how closed it is; "" where nothing closes it
	Parties    stored.Parties // to it
	Version    int64
	Edition    string // of the law, the one that took hold of it last
	Opened     calendar.Moment
	Changed    calendar.Moment
	State      procedure.State
	Exception  string // by which it was read, where no policy lets its reader read it: see Options.Except
}

// isNone reports whether nothing of that name is there: also where no database could store the name.
func isNone(err error) bool { return errors.Is(err, sql.ErrNoRows) || errors.Is(err, db.ErrText) }

const selectProceeding = `SELECT id, law, number, title, office, supervisor, in_charge, root_state, secrecy, parties, version, edition, opened, changed, state FROM proceeding WHERE id = $1`

// Proceeding reads one proceeding for somebody who may see it; else, and where
// there is none, it is fault.NotFound. What he may see by an exception only, and no policy
// keeps shut even so, names it.
func (k *Reader) Proceeding(ctx context.Context, who access.Actor, id string) (*Proceeding, error) {
	p, err := k.read(ctx, id, func(what access.Resource) bool { return k.MayRead(who, what) })
	if k.except == nil || !fault.Is(err, fault.NotFound) {
		return p, err
	}
	// It is asked of what is not there too: that takes as long.
	by, failed := k.except(ctx, who, id)
	if failed != nil {
		return nil, fmt.Errorf("exceptions for %s: %w", id, failed)
	}
	if by == "" {
		return nil, err
	}
	if p, err = k.read(ctx, id, func(what access.Resource) bool { return k.Decide(who, access.OpenInEmergency, what).Allowed }); err == nil {
		p.Exception = by
	}
	return p, err
}

// Stored reads a proceeding for those who hold the database, and hold what is stored
// against what its entries lead to (package replay). It asks nobody; no page calls it.
func (k *Reader) Stored(ctx context.Context, id string) (*Proceeding, error) {
	return k.read(ctx, id, func(access.Resource) bool { return true })
}

// read reads a proceeding that may be read. The policies are asked about what is not there too: that takes as long.
func (k *Reader) read(ctx context.Context, id string, may func(access.Resource) bool) (*Proceeding, error) {
	none := fault.New(fault.NotFound, "proceeding.none", nil)
	var p Proceeding
	var law string
	var state []byte
	err := k.db.QueryRow(ctx, selectProceeding, id).Scan(&p.ID, &law, &p.Number, &p.Title, &p.Office, &p.Supervisor, &p.InCharge, &p.RootState,
		&p.Secrecy, &p.Parties, &p.Version, &p.Edition, &p.Opened, &p.Changed, &state)
	if isNone(err) {
		may(access.Resource{})
		return nil, none
	}
	if err != nil {
		return nil, fmt.Errorf("read proceeding: %w", err)
	}
	if !may(Resource(law, p.Office, p.Supervisor, p.InCharge, p.RootState, p.Secrecy, p.Parties)) {
		return nil, none
	}
	if p.Law = k.laws[law]; p.Law == nil {
		return nil, fmt.Errorf("proceeding %s: the law %s is not loaded", id, law)
	}
	p.State, err = stored.DecodeState(p.Law, state)
	if err != nil {
		return nil, fmt.Errorf("proceeding %s: %w", id, err)
	}
	return &p, nil
}

// ByNumber finds a proceeding's id by its number; fault.NotFound if there is
// none that the asker may see, Forbidden for whoever may not search.
func (k *Reader) ByNumber(ctx context.Context, who access.Actor, number string) (string, error) {
	if refused := k.MaySearch(who); refused != nil {
		return "", refused
	}
	return k.find(ctx, number, func(what access.Resource) bool { return k.MayRead(who, what) })
}

// find finds a proceeding that may be read. The policies are asked as in read.
func (k *Reader) find(ctx context.Context, number string, may func(access.Resource) bool) (string, error) {
	id, what, err := k.numbered(ctx, number)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return "", err
	}
	if !may(what) || err != nil {
		return "", fault.New(fault.NotFound, "proceeding.none", nil)
	}
	return id, nil
}

// Numbered is the proceeding of a number as the policies ask about it, for those
// who hold the database (see WholePast): no page tells it. fault.NotFound if there is none.
func (k *Reader) Numbered(ctx context.Context, number string) (access.Resource, error) {
	_, what, err := k.numbered(ctx, number)
	return what, err
}

// Found is the proceeding of a number, and how the policies ask about it, whether or not somebody may see it:
// for what may be opened in an emergency alone. fault.NotFound if there is none.
func (k *Reader) Found(ctx context.Context, number string) (id string, what access.Resource, err error) {
	return k.numbered(ctx, number)
}

func (k *Reader) numbered(ctx context.Context, number string) (id string, what access.Resource, err error) {
	err = k.db.QueryRow(ctx, `SELECT p.id, `+asked+` FROM proceeding p WHERE p.number = $1`, strings.TrimSpace(number)).Scan(into(&what, &id)...)
	if isNone(err) {
		return "", what, fault.New(fault.NotFound, "proceeding.none", nil)
	}
	if err != nil {
		return "", what, fmt.Errorf("find number: %w", err)
	}
	return id, what, nil
}

// Logged is an entry as the journal keeps it.
type Logged = journal.Sealed

const selectEntries = `SELECT leaf, proceeding, seq, law, edition, act, thing, officer, role, mandate, office, done, recorded, form, cargo, effects, previous, hash, salt
FROM entry WHERE proceeding = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3`

// History gives the entries of a proceeding before a number, newest first. The
// caller has read the proceeding, and so may see them.
func (k *Reader) History(ctx context.Context, p *Proceeding, before int64, limit int) ([]Logged, error) {
	return k.entries(ctx, selectEntries, p.Number, p.ID, before, limit)
}

const selectStream = `SELECT leaf, proceeding, seq, law, edition, act, thing, officer, role, mandate, office, done, recorded, form, cargo, effects, previous, hash, salt
FROM entry WHERE proceeding = $1 AND seq > $2 ORDER BY seq LIMIT $3`

// Entries gives the entries of a proceeding after a number, oldest first. The caller
// has read the proceeding, and so may see them.
func (k *Reader) Entries(ctx context.Context, p *Proceeding, after int64, limit int) ([]Logged, error) {
	return k.entries(ctx, selectStream, p.Number, p.ID, after, limit)
}

// entries of the proceeding with a number.
func (k *Reader) entries(ctx context.Context, text, number string, args ...any) ([]Logged, error) {
	rows, err := k.db.Query(ctx, text, args...)
	if err != nil {
		return nil, fmt.Errorf("read entries: %w", err)
	}
	defer rows.Close()
	var out []Logged
	for rows.Next() {
		l := Logged{Number: number, Entry: journal.Entry{Format: journal.Format}}
		var form, cargo, effects, previous, hash, salt []byte
		err := rows.Scan(&l.At, &l.Proceeding, &l.Seq, &l.Law, &l.Edition, &l.Act, &l.Thing, &l.Officer, &l.Role, &l.Mandate, &l.Office, &l.Done, &l.Recorded,
			&form, &cargo, &effects, &previous, &hash, &salt)
		if err != nil {
			return nil, err
		}
		if l.Previous, err = journal.HashOf(previous); err != nil {
			return nil, err
		}
		if l.Leaf, err = journal.HashOf(hash); err != nil {
			return nil, err
		}
		if l.Salt, err = journal.SaltOf(salt); err != nil {
			return nil, err
		}
		if len(cargo) > 0 {
			l.Cargo = cargo
		}
		if err := json.Unmarshal(form, &l.Form); err != nil {
			return nil, fmt.Errorf("entry %s/%d: form: %w", l.Proceeding, l.Seq, err)
		}
		if err := json.Unmarshal(effects, &l.Effects); err != nil {
			return nil, fmt.Errorf("entry %s/%d: effects: %w", l.Proceeding, l.Seq, err)
		}
		out = append(out, l)
	}
	return out, rows.Err()
}

// Deadline is a deadline as lists show it.
type Deadline struct {
	Proceeding string
	Number     string // of the proceeding
	Title      string
	No         int32
	Law        string
	Term       string
	Thing      int32
	Role       string
	Office     string
	Officer    string
	Breach     string
	Started    calendar.Moment
	Due        calendar.Moment
	Status     string
	Closed     calendar.Moment
	Basis      stored.Deadline
}

const deadlineColumns = `d.proceeding, p.number, p.title, d.no, d.law, d.term, d.thing, d.role, d.office, d.officer, d.breach, d.started, d.due, d.status, d.closed, d.basis`

const (
	selectDeadlines = `SELECT ` + deadlineColumns + ` FROM deadline d JOIN proceeding p ON p.id = d.proceeding
WHERE d.proceeding = $1 ORDER BY d.no DESC LIMIT 500`
	selectDeadline = `SELECT ` + deadlineColumns + ` FROM deadline d JOIN proceeding p ON p.id = d.proceeding WHERE d.proceeding = $1 AND d.no = $2`
	selectMine     = `SELECT ` + deadlineColumns + ` FROM deadline d JOIN proceeding p ON p.id = d.proceeding
WHERE d.status = 'running' AND d.officer = $1 AND d.officer <> '' AND d.office = $6 AND (d.due >= $7 OR d.breach <> 'lapse') AND (d.due, d.proceeding, d.no) > ($2, $3, $4)`
	orderMine     = ` ORDER BY d.due, d.proceeding, d.no LIMIT $5`
	selectOffices = `SELECT ` + deadlineColumns + ` FROM deadline d JOIN proceeding p ON p.id = d.proceeding
WHERE d.status = 'running' AND d.office = $1 AND d.role = $2 AND d.officer = '' AND (d.due >= $7 OR d.breach <> 'lapse') AND (d.due, d.proceeding, d.no) > ($3, $4, $5)`
	orderOffices  = ` ORDER BY d.due, d.proceeding, d.no LIMIT $6`
	selectOverdue = `SELECT ` + deadlineColumns + ` FROM deadline d JOIN proceeding p ON p.id = d.proceeding
WHERE d.status = 'running' AND d.supervisor = $1 AND d.due < $2 AND d.breach NOT IN ('lapse', 'at_once')`
	orderLate      = ` ORDER BY d.due, d.proceeding, d.no LIMIT $3`
	selectOwedLate = `SELECT ` + deadlineColumns + ` FROM deadline d JOIN proceeding p ON p.id = d.proceeding
WHERE d.status = 'running' AND d.office = $1 AND d.due < $2 AND d.breach NOT IN ('lapse', 'at_once')`
	// Read in the order of the ends, not by office: the oldest few of many offices are found without looking at all of theirs.
	// The empty text keeps the database from choosing the other index.
	selectOverdueUnder = `SELECT ` + deadlineColumns + ` FROM deadline d JOIN proceeding p ON p.id = d.proceeding
WHERE d.status = 'running' AND d.due < $1 AND d.breach NOT IN ('lapse', 'at_once') AND `
	selectFellDue = `SELECT ` + deadlineColumns + ` FROM deadline d JOIN proceeding p ON p.id = d.proceeding
WHERE d.status = 'running' AND d.due >= $1 AND d.due < $2 ORDER BY d.due LIMIT $3`
)

// scan reads a row of deadlineColumns, and what else was asked for behind them.
func (d *Deadline) scan(rows *sql.Rows, more ...any) error {
	var basis []byte
	err := rows.Scan(append([]any{&d.Proceeding, &d.Number, &d.Title, &d.No, &d.Law, &d.Term, &d.Thing, &d.Role, &d.Office, &d.Officer, &d.Breach, &d.Started,
		&d.Due, &d.Status, &d.Closed, &basis}, more...)...)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(basis, &d.Basis); err != nil {
		return fmt.Errorf("deadline %s/%d: %w", d.Proceeding, d.No, err)
	}
	return nil
}

// scanDeadlines and its like read a page. Behind a name that no database could
// store, which only a forged address has, there is none.
func scanDeadlines(rows *sql.Rows, err error) ([]Deadline, error) {
	if errors.Is(err, db.ErrText) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read deadlines: %w", err)
	}
	defer rows.Close()
	var out []Deadline
	for rows.Next() {
		var d Deadline
		if err := d.scan(rows); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

// Deadlines of a proceeding that the caller has read, newest first: running
// and over; the newest 500, and the times of waiting that have not been followed up.
func (k *Reader) Deadlines(ctx context.Context, p *Proceeding) ([]Deadline, error) {
	list, err := scanDeadlines(k.db.Query(ctx, selectDeadlines, p.ID))
	if err != nil {
		return nil, err
	}
	if waits := waits(p); len(waits) > 0 {
		list = append(list, waits...)
		slices.SortStableFunc(list, func(a, b Deadline) int { return cmp.Compare(b.No, a.No) })
	}
	return list, nil
}

// waits are the times of waiting of a proceeding, which the state alone knows.
func waits(p *Proceeding) (out []Deadline) {
	for i := range p.State.Deadlines {
		d := &p.State.Deadlines[i]
		if t := p.Law.TermOf(d); t.Waiting() {
			out = append(out, Deadline{Proceeding: p.ID, Number: p.Number, Title: p.Title, No: d.No, Law: p.Law.Name, Term: t.Name, Thing: d.Thing,
				Office: p.Office, Breach: t.Breach.String(), Started: d.Start, Due: d.Due, Status: stored.Waiting, Basis: stored.EncodeDeadline(p.Law, d)})
		}
	}
	return out
}

// Deadline of a proceeding that the caller has read; fault.NotFound if it has none of that number.
func (k *Reader) Deadline(ctx context.Context, p *Proceeding, no int32) (*Deadline, error) {
	list, err := scanDeadlines(k.db.Query(ctx, selectDeadline, p.ID, no))
	if err != nil {
		return nil, err
	}
	for _, d := range append(list, waits(p)...) {
		if d.No == no {
			return &d, nil
		}
	}
	return nil, fault.New(fault.NotFound, "deadline.none", nil)
}

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
	return k.deadlinesWithin(ctx, selectMine, orderMine, k.within(who, who.Owes(), after.Due, after.Proceeding, after.No, limit, who.Office, k.now()))
}

// OfRole lists what is owed by whoever has the actor's role in his office, the earliest first; as Mine, without possibilities that are gone.
func (k *Reader) OfRole(ctx context.Context, who access.Actor, after After, limit int) ([]Deadline, error) {
	return k.deadlinesWithin(ctx, selectOffices, orderOffices, k.within(who, who.Office, who.Role, after.Due, after.Proceeding, after.No, limit, k.now()))
}

// Overdue lists what is overdue in the proceedings that the actor's office supervises, the longest overdue first.
func (k *Reader) Overdue(ctx context.Context, who access.Actor, before calendar.Moment, limit int) ([]Deadline, error) {
	w := k.within(who, who.Office, before, limit)
	w.supervisor = who.Office
	return k.deadlinesWithin(ctx, selectOverdue, orderLate, w)
}

// deadlinesWithin lists those in proceedings that the actor may read.
func (k *Reader) deadlinesWithin(ctx context.Context, text, order string, w *within) ([]Deadline, error) {
	more, some := w.where()
	if !some {
		return nil, nil
	}
	return scanDeadlines(k.db.Query(ctx, text+more+order, w.args...))
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
		return k.deadlinesWithin(ctx, text, ` ORDER BY d.due LIMIT $2`, k.within(who, append([]any{before, limit}, ids...)...))
	}
	w := k.within(who, office, before, limit)
	if tree.Supervises(office) {
		w.supervisor = office
		return k.deadlinesWithin(ctx, selectOverdue, orderLate, w)
	}
	return k.deadlinesWithin(ctx, selectOwedLate, orderLate, w)
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
	NextDue   calendar.Moment // the earliest running deadline; 0: none
}

const listedColumns = `p.id, p.law, p.number, p.title, p.office, p.in_charge, p.root_state, p.opened, p.changed,
	coalesce((SELECT min(d.due) FROM deadline d WHERE d.proceeding = p.id AND d.status = 'running' AND (d.due >= $5 OR d.breach NOT IN ('lapse', 'at_once'))), 0)`

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
		if err := rows.Scan(&l.ID, &l.Law, &l.Number, &l.Title, &l.Office, &l.InCharge, &l.RootState, &l.Opened, &l.Changed, &l.NextDue); err != nil {
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
	return scanListed(k.db.Query(ctx, text+more+orderListed, w.args...))
}
