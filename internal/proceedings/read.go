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

// Proceeding is one proceeding as it stands, and as whoever it was read for sees it: see sheets.go.
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
	State      procedure.State // what its reader sees of it; in the place of a thing that he does not see stands one that is withheld
	Exception  string          // by which it was read, where no policy lets its reader read it: see Options.Except

	HiddenThings []Hidden // things that its reader does not see

	sight *sight           // what its reader sees; nil: it was read for nobody
	whole *procedure.State // the state as it is
}

// isNone reports whether nothing of that name is there: also where no database could store the name.
func isNone(err error) bool { return errors.Is(err, sql.ErrNoRows) || errors.Is(err, db.ErrText) }

const selectProceeding = `SELECT id, law, number, title, office, supervisor, in_charge, root_state, secrecy, parties, version, edition, opened, changed, state FROM proceeding WHERE id = $1`

// Proceeding reads one proceeding for somebody who may see it; else, and where
// there is none, it is fault.NotFound. What he may see by an exception only, and no policy
// keeps shut even so, names it.
func (k *Reader) Proceeding(ctx context.Context, who access.Actor, id string) (*Proceeding, error) {
	p, err := k.read(ctx, id, func(what access.Resource) bool { return k.MayRead(who, what) })
	if err == nil {
		return p.seen(k.sightOf(k.now(), who, p.Law, &p.State, p.Resource())), nil
	}
	if k.except == nil || !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	// It is asked of what is not there too: that takes as long.
	by, failed := k.except(ctx, who, id)
	if failed != nil {
		return nil, fmt.Errorf("exceptions for %s: %w", id, failed)
	}
	if by == "" {
		return nil, err
	}
	if p, err = k.read(ctx, id, func(what access.Resource) bool { return k.Decide(who, access.OpenInEmergency, what).Allowed }); err != nil {
		return nil, err
	}
	p.Exception = by
	return p.seen(k.sightOf(k.now(), who, p.Law, &p.State, p.Resource())), nil
}

// Stored reads a proceeding for those who hold the database, and hold what is stored
// against what its entries lead to (package replay). It asks nobody; no page calls it.
func (k *Reader) Stored(ctx context.Context, id string) (*Proceeding, error) {
	p, err := k.read(ctx, id, func(access.Resource) bool { return true })
	if err != nil {
		return nil, err
	}
	return p.seen(&sight{whole: true}), nil
}

// read reads a proceeding that may be read, with all that is in it. The policies are asked about what is not there too: that takes as long.
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
	p.State, err = k.large.decode(p.Law, state)
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
// for what may be opened in an emergency, and for telling a victim of his case, both of which ask the policies afterwards. fault.NotFound if there is none.
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

// Logged is an entry as whoever reads it sees it. Of one that is hidden it has the number, and when it was written down.
type Logged struct {
	journal.Sealed
	Hidden   *Hidden // why it is not shown; nil: it is
	Withheld int     // how much of what followed is not shown, since it is about what is hidden
}

const selectEntries = `SELECT leaf, proceeding, seq, law, edition, act, thing, officer, role, mandate, office, client, done, recorded, form, cargo, effects, previous, hash, salt
FROM entry WHERE proceeding = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3`

// History gives the entries of a proceeding before a number, newest first. The
// caller has read the proceeding, and so may see them.
func (k *Reader) History(ctx context.Context, p *Proceeding, before int64, limit int) ([]Logged, error) {
	return k.logged(ctx, selectEntries, p, before, limit)
}

const selectStream = `SELECT leaf, proceeding, seq, law, edition, act, thing, officer, role, mandate, office, client, done, recorded, form, cargo, effects, previous, hash, salt
FROM entry WHERE proceeding = $1 AND seq > $2 ORDER BY seq LIMIT $3`

// Entries gives the entries of a proceeding after a number, oldest first. The caller
// has read the proceeding, and so may see them.
func (k *Reader) Entries(ctx context.Context, p *Proceeding, after int64, limit int) ([]Logged, error) {
	return k.logged(ctx, selectStream, p, after, limit)
}

// logged are entries of a proceeding as its reader sees them.
func (k *Reader) logged(ctx context.Context, text string, p *Proceeding, at int64, limit int) ([]Logged, error) {
	if p.sight == nil {
		return nil, errUnread
	}
	list, err := k.entries(ctx, text, p.Number, p.ID, at, limit)
	if err != nil {
		return nil, err
	}
	out := make([]Logged, len(list))
	for i := range list {
		out[i] = p.sight.entry(list[i])
	}
	return out, nil
}

// entries of the proceeding with a number, as the journal keeps them.
func (k *Reader) entries(ctx context.Context, text, number string, args ...any) ([]journal.Sealed, error) {
	rows, err := k.db.Query(ctx, text, args...)
	if err != nil {
		return nil, fmt.Errorf("read entries: %w", err)
	}
	defer rows.Close()
	var out []journal.Sealed
	for rows.Next() {
		l := journal.Sealed{Number: number, Entry: journal.Entry{Format: journal.Format}}
		var form, cargo, effects, previous, hash, salt []byte
		err := rows.Scan(&l.At, &l.Proceeding, &l.Seq, &l.Law, &l.Edition, &l.Act, &l.Thing, &l.Officer, &l.Role, &l.Mandate, &l.Office, &l.Client, &l.Done, &l.Recorded,
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

	of access.Resource
}

const deadlineColumns = `d.proceeding, p.number, p.title, d.no, d.law, d.term, d.thing, d.role, d.office, d.officer, d.breach, d.started, d.due, d.status, d.closed, d.basis, ` + asked

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

// scan reads a row of deadlineColumns.
func (d *Deadline) scan(rows db.Row) error {
	var basis []byte
	err := rows.Scan(into(&d.of, &d.Proceeding, &d.Number, &d.Title, &d.No, &d.Law, &d.Term, &d.Thing, &d.Role, &d.Office, &d.Officer, &d.Breach, &d.Started,
		&d.Due, &d.Status, &d.Closed, &basis)...)
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
// and over; the newest 500, and the times of waiting that have not been followed up. Those that its reader does not see are told apart.
func (k *Reader) Deadlines(ctx context.Context, p *Proceeding) (seen []Deadline, hidden []Hidden, err error) {
	if p.sight == nil {
		return nil, nil, errUnread
	}
	list, err := scanDeadlines(k.db.Query(ctx, selectDeadlines, p.ID))
	if err != nil {
		return nil, nil, err
	}
	if waits := waits(p); len(waits) > 0 {
		list = append(list, waits...)
		slices.SortStableFunc(list, func(a, b Deadline) int { return cmp.Compare(b.No, a.No) })
	}
	for i := range list {
		if h := p.sight.stored(&list[i].Basis); h != nil {
			hidden = append(hidden, *h)
			continue
		}
		seen = append(seen, list[i])
	}
	return seen, hidden, nil
}

// waits are the times of waiting of a proceeding, which the state alone knows.
func waits(p *Proceeding) (out []Deadline) {
	for i := range p.whole.Deadlines {
		d := &p.whole.Deadlines[i]
		if t := p.Law.TermOf(d); t.Waiting() {
			out = append(out, Deadline{Proceeding: p.ID, Number: p.Number, Title: p.Title, No: d.No, Law: p.Law.Name, Term: t.Name, Thing: d.Thing,
				Office: p.Office, Breach: t.Breach.String(), Started: d.Start, Due: d.Due, Status: stored.Waiting, Basis: stored.EncodeDeadline(p.Law, d)})
		}
	}
	return out
}

// Deadline of a proceeding that the caller has read; fault.NotFound if it has none of that number, and
// fault.Forbidden with what hides it where its reader does not see it.
func (k *Reader) Deadline(ctx context.Context, p *Proceeding, no int32) (*Deadline, error) {
	if p.sight == nil {
		return nil, errUnread
	}
	list, err := scanDeadlines(k.db.Query(ctx, selectDeadline, p.ID, no))
	if err != nil {
		return nil, err
	}
	for _, d := range append(list, waits(p)...) {
		if d.No != no {
			continue
		}
		if h := p.sight.stored(&d.Basis); h != nil {
			return nil, h.Fault()
		}
		return &d, nil
	}
	return nil, fault.New(fault.NotFound, "deadline.none", nil)
}
