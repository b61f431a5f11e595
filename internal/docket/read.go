package docket

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
	"nazorat/internal/procedure"
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
	Version    int64
	Opened     calendar.Moment
	Changed    calendar.Moment
	State      procedure.State
}

const selectProceeding = `SELECT id, law, number, title, office, supervisor, in_charge, root_state, version, opened, changed, state FROM proceeding WHERE id = $1`

// Proceeding reads one proceeding for somebody who may see it; else, and where
// there is none, it is fault.NotFound.
func (k *Docket) Proceeding(ctx context.Context, who Actor, id string) (*Proceeding, error) {
	none := fault.New(fault.NotFound, "proceeding.none", nil)
	var p Proceeding
	var law string
	var state []byte
	err := k.db.QueryRow(ctx, selectProceeding, id).Scan(&p.ID, &law, &p.Number, &p.Title, &p.Office, &p.Supervisor, &p.InCharge, &p.RootState,
		&p.Version, &p.Opened, &p.Changed, &state)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, none
	}
	if err != nil {
		return nil, fmt.Errorf("read proceeding: %w", err)
	}
	if !access.MayRead(k.dir.Tree(), who.Subject(), access.Resource{Office: p.Office, Supervisor: p.Supervisor}) {
		return nil, none
	}
	if p.Law = k.laws[law]; p.Law == nil {
		return nil, fmt.Errorf("proceeding %s: the law %s is not loaded", id, law)
	}
	p.State, err = p.Law.DecodeState(state)
	if err != nil {
		return nil, fmt.Errorf("proceeding %s: %w", id, err)
	}
	return &p, nil
}

// ByNumber finds a proceeding's id by its number; fault.NotFound if there is
// none that the asker may see.
func (k *Docket) ByNumber(ctx context.Context, who Actor, number string) (string, error) {
	none := fault.New(fault.NotFound, "proceeding.none", nil)
	var id, office, super string
	err := k.db.QueryRow(ctx, `SELECT id, office, supervisor FROM proceeding WHERE number = $1`, strings.TrimSpace(number)).Scan(&id, &office, &super)
	if errors.Is(err, sql.ErrNoRows) {
		return "", none
	}
	if err != nil {
		return "", fmt.Errorf("find number: %w", err)
	}
	if !access.MayRead(k.dir.Tree(), who.Subject(), access.Resource{Office: office, Supervisor: super}) {
		return "", none
	}
	return id, nil
}

// Logged is an entry of the journal with its hash.
type Logged struct {
	journal.Entry
	Hash journal.Hash
}

const selectEntries = `SELECT proceeding, seq, law, edition, act, thing, officer, role, mandate, office, done, recorded, form, effects, previous, hash
FROM entry WHERE proceeding = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3`

// History gives the entries of a proceeding before a number, newest first. The
// caller has read the proceeding, and so may see them.
func (k *Docket) History(ctx context.Context, p *Proceeding, before int64, limit int) ([]Logged, error) {
	return k.entries(ctx, selectEntries, p.ID, before, limit)
}

const selectStream = `SELECT proceeding, seq, law, edition, act, thing, officer, role, mandate, office, done, recorded, form, effects, previous, hash
FROM entry WHERE proceeding = $1 AND seq > $2 ORDER BY seq LIMIT $3`

func (k *Docket) entries(ctx context.Context, text string, args ...any) ([]Logged, error) {
	rows, err := k.db.Query(ctx, text, args...)
	if err != nil {
		return nil, fmt.Errorf("read entries: %w", err)
	}
	defer rows.Close()
	var out []Logged
	for rows.Next() {
		l := Logged{Entry: journal.Entry{Format: journal.Format}}
		var form, effects, previous, hash []byte
		err := rows.Scan(&l.Proceeding, &l.Seq, &l.Law, &l.Edition, &l.Act, &l.Thing, &l.Officer, &l.Role, &l.Mandate, &l.Office, &l.Done, &l.Recorded,
			&form, &effects, &previous, &hash)
		if err != nil {
			return nil, err
		}
		if l.Previous, err = journal.HashOf(previous); err != nil {
			return nil, err
		}
		if l.Hash, err = journal.HashOf(hash); err != nil {
			return nil, err
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

// Check verifies a proceeding's stream of entries: the chain of hashes, and
// that a replay under the editions named gives the state and the deadlines stored.
func (k *Docket) Check(ctx context.Context, p *Proceeding) error {
	var chain journal.Chain
	var state procedure.State
	for {
		list, err := k.entries(ctx, selectStream, p.ID, chain.Seq, 500)
		if err != nil {
			return err
		}
		for i := range list {
			l := &list[i]
			if err := chain.Next(&l.Entry, l.Hash); err != nil {
				return err
			}
			if state, err = k.replay(p.Law, state, &l.Entry); err != nil {
				return err
			}
		}
		if len(list) < 500 {
			break
		}
	}
	want, err := p.Law.EncodeState(&state)
	if err != nil {
		return err
	}
	have, err := p.Law.EncodeState(&p.State)
	if err != nil {
		return err
	}
	if string(want) != string(have) || chain.Seq != p.Version {
		return fmt.Errorf("%w: %s: the stored state is not what its %d entries lead to", journal.ErrBroken, p.ID, chain.Seq)
	}
	return k.checkRows(ctx, p, &state)
}

const selectOpen = `SELECT no, term, thing, office, officer, due, status FROM deadline WHERE proceeding = $1 AND status IN ('running', 'stopped') ORDER BY no`

// checkRows holds what lists and boards read against the state.
func (k *Docket) checkRows(ctx context.Context, p *Proceeding, s *procedure.State) error {
	broken := func(what string) error {
		return fmt.Errorf("%w: %s: %s is not what its entries lead to", journal.ErrBroken, p.ID, what)
	}
	if p.Office != s.Office || p.InCharge != s.InCharge || p.RootState != p.Law.StateName(0, s.Things[0].State) || p.Title != p.Law.Title(s) {
		return broken("the stored office, officer, stage or title")
	}
	rows, err := k.db.Query(ctx, selectOpen, p.ID)
	if err != nil {
		return fmt.Errorf("read deadlines: %w", err)
	}
	defer rows.Close()
	w := &work{law: p.Law, next: *s}
	n := 0
	for ; rows.Next(); n++ {
		var no, thing int32
		var term, office, officer, status string
		var due calendar.Moment
		if err := rows.Scan(&no, &term, &thing, &office, &officer, &due, &status); err != nil {
			return err
		}
		if n >= len(s.Deadlines) {
			return broken("a stored deadline")
		}
		d := &s.Deadlines[n]
		wantOfficer, wantOffice := k.owner(w, d)
		want := Running
		if d.Stopped != 0 {
			want = Stopped
		}
		if no != d.No || term != p.Law.TermName(d.Term) || thing != d.Thing || due != d.Due || status != want || officer != wantOfficer || office != wantOffice {
			return broken(fmt.Sprintf("the stored deadline %d", no))
		}
	}
	if n != len(s.Deadlines) {
		return broken("the number of stored deadlines")
	}
	return rows.Err()
}

func (k *Docket) replay(law *procedure.Law, s procedure.State, e *journal.Entry) (procedure.State, error) {
	edition := law.Edition(e.Edition)
	if edition == nil {
		return s, fmt.Errorf("entry %s/%d: there is no edition %s of %s", e.Proceeding, e.Seq, e.Edition, e.Law)
	}
	if len(s.Things) == 0 {
		s.Office = e.Office
	}
	act := law.Act(e.Act)
	if act < 0 {
		return s, fmt.Errorf("entry %s/%d: %s has no act %s", e.Proceeding, e.Seq, e.Law, e.Act)
	}
	form, err := law.DecodeForm(act, e.Form)
	if err != nil {
		return s, fmt.Errorf("entry %s/%d: %w", e.Proceeding, e.Seq, err)
	}
	next, effects, err := edition.Apply(s, procedure.Act{Act: act, Thing: e.Thing, Done: e.Done, Recorded: e.Recorded, Officer: e.Officer, Role: e.Role, Office: e.Office, Form: form})
	if err != nil {
		return s, fmt.Errorf("entry %s/%d: a replay refuses it: %w", e.Proceeding, e.Seq, err)
	}
	want, err := json.Marshal(law.Records(effects))
	if err != nil {
		return s, err
	}
	have, err := json.Marshal(e.Effects)
	if err != nil {
		return s, err
	}
	if string(want) != string(have) {
		return s, fmt.Errorf("%w: entry %s/%d: a replay gives other effects", journal.ErrBroken, e.Proceeding, e.Seq)
	}
	return next, nil
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
	Basis      procedure.DeadlineJSON
}

const deadlineColumns = `d.proceeding, p.number, p.title, d.no, d.law, d.term, d.thing, d.role, d.office, d.officer, d.breach, d.started, d.due, d.status, d.closed, d.basis`

const (
	selectDeadlines = `SELECT ` + deadlineColumns + ` FROM deadline d JOIN proceeding p ON p.id = d.proceeding
WHERE d.proceeding = $1 ORDER BY d.no DESC LIMIT 500`
	selectDeadline = `SELECT ` + deadlineColumns + ` FROM deadline d JOIN proceeding p ON p.id = d.proceeding WHERE d.proceeding = $1 AND d.no = $2`
	selectMine     = `SELECT ` + deadlineColumns + ` FROM deadline d JOIN proceeding p ON p.id = d.proceeding
WHERE d.status = 'running' AND d.officer = $1 AND d.officer <> '' AND d.office = $6 AND (d.due, d.proceeding, d.no) > ($2, $3, $4) ORDER BY d.due, d.proceeding, d.no LIMIT $5`
	selectOffices = `SELECT ` + deadlineColumns + ` FROM deadline d JOIN proceeding p ON p.id = d.proceeding
WHERE d.status = 'running' AND d.office = $1 AND d.role = $2 AND d.officer = '' AND (d.due, d.proceeding, d.no) > ($3, $4, $5) ORDER BY d.due, d.proceeding, d.no LIMIT $6`
	selectOverdue = `SELECT ` + deadlineColumns + ` FROM deadline d JOIN proceeding p ON p.id = d.proceeding
WHERE d.status = 'running' AND d.supervisor = $1 AND d.due < $2 AND d.breach NOT IN ('lapse', 'at_once') ORDER BY d.due, d.proceeding, d.no LIMIT $3`
	selectOwedLate = `SELECT ` + deadlineColumns + ` FROM deadline d JOIN proceeding p ON p.id = d.proceeding
WHERE d.status = 'running' AND d.office = $1 AND d.due < $2 AND d.breach NOT IN ('lapse', 'at_once') ORDER BY d.due, d.proceeding, d.no LIMIT $3`
	// Read in the order of the ends, not by office: the oldest few of many offices are found without looking at all of theirs.
	// The empty text keeps the database from choosing the other index.
	selectOverdueUnder = `SELECT ` + deadlineColumns + ` FROM deadline d JOIN proceeding p ON p.id = d.proceeding
WHERE d.status = 'running' AND d.due < $1 AND d.breach NOT IN ('lapse', 'at_once') AND `
	selectFellDue = `SELECT ` + deadlineColumns + ` FROM deadline d JOIN proceeding p ON p.id = d.proceeding
WHERE d.status = 'running' AND d.due >= $1 AND d.due < $2 ORDER BY d.due LIMIT $3`
)

func scanDeadlines(rows *sql.Rows, err error) ([]Deadline, error) {
	if err != nil {
		return nil, fmt.Errorf("read deadlines: %w", err)
	}
	defer rows.Close()
	var out []Deadline
	for rows.Next() {
		var d Deadline
		var basis []byte
		err := rows.Scan(&d.Proceeding, &d.Number, &d.Title, &d.No, &d.Law, &d.Term, &d.Thing, &d.Role, &d.Office, &d.Officer, &d.Breach, &d.Started,
			&d.Due, &d.Status, &d.Closed, &basis)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(basis, &d.Basis); err != nil {
			return nil, fmt.Errorf("deadline %s/%d: %w", d.Proceeding, d.No, err)
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

// Deadlines of a proceeding that the caller has read, newest first: running
// and over; the newest 500.
func (k *Docket) Deadlines(ctx context.Context, p *Proceeding) ([]Deadline, error) {
	return scanDeadlines(k.db.Query(ctx, selectDeadlines, p.ID))
}

// Deadline of a proceeding that the caller has read; fault.NotFound if it has none of that number.
func (k *Docket) Deadline(ctx context.Context, p *Proceeding, no int32) (*Deadline, error) {
	list, err := scanDeadlines(k.db.Query(ctx, selectDeadline, p.ID, no))
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.New(fault.NotFound, "deadline.none", nil)
	}
	return &list[0], nil
}

// After is where a list of deadlines goes on: behind this one. The zero After is the beginning.
type After struct {
	Due        calendar.Moment
	Proceeding string
	No         int32
}

// Mine lists what an officer himself owes for the office that he acts for, the
// earliest first. What he owed for an office that he has left is on that office's board.
func (k *Docket) Mine(ctx context.Context, who Actor, after After, limit int) ([]Deadline, error) {
	return scanDeadlines(k.db.Query(ctx, selectMine, who.Officer, after.Due, after.Proceeding, after.No, limit, who.Office))
}

// OfRole lists what is owed by whoever has the actor's role in his office, the earliest first.
func (k *Docket) OfRole(ctx context.Context, who Actor, after After, limit int) ([]Deadline, error) {
	return scanDeadlines(k.db.Query(ctx, selectOffices, who.Office, who.Role, after.Due, after.Proceeding, after.No, limit))
}

// Overdue lists what is overdue in the proceedings that the actor's office supervises, the longest overdue first.
func (k *Docket) Overdue(ctx context.Context, who Actor, before calendar.Moment, limit int) ([]Deadline, error) {
	return scanDeadlines(k.db.Query(ctx, selectOverdue, who.Office, before, limit))
}

// OverdueOf lists what is overdue in the proceedings that an office, or one
// below it, supervises, or that an office which supervises nobody owes itself.
// The caller has made sure that the actor may see the office.
func (k *Docket) OverdueOf(ctx context.Context, office string, before calendar.Moment, limit int) ([]Deadline, error) {
	tree := k.dir.Tree()
	if len(tree.Children(office)) > 0 {
		ids := fewLengths(tree.Under(office))
		in := db.In(len(ids), 3)
		text := selectOverdueUnder + `(d.supervisor || '' IN ` + in + ` OR d.office || '' IN ` + in + `) ORDER BY d.due LIMIT $2`
		return scanDeadlines(k.db.Query(ctx, text, append([]any{before, limit}, ids...)...))
	}
	if tree.Supervises(office) {
		return scanDeadlines(k.db.Query(ctx, selectOverdue, office, before, limit))
	}
	return scanDeadlines(k.db.Query(ctx, selectOwedLate, office, before, limit))
}

// fewLengths fills a list up to a power of two with its last value, so that few statements are kept.
func fewLengths(list []string) []any {
	out := make([]any, 0, 2*len(list))
	for _, v := range list {
		out = append(out, v)
	}
	for len(out)&(len(out)-1) != 0 {
		out = append(out, out[len(out)-1])
	}
	return out
}

// FellDue lists the deadlines of the whole service that ran out between two moments, for those who watch over them.
func (k *Docket) FellDue(ctx context.Context, from, to calendar.Moment, limit int) ([]Deadline, error) {
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

const (
	listInCharge   = `SELECT ` + listedColumns + ` FROM proceeding p WHERE p.in_charge = $1 AND p.in_charge <> '' AND p.office = $6 AND (p.changed < $2 OR p.changed = $2 AND p.id > $3) ORDER BY p.changed DESC, p.id LIMIT $4`
	listOffice     = `SELECT ` + listedColumns + ` FROM proceeding p WHERE p.office = $1 AND (p.changed < $2 OR p.changed = $2 AND p.id > $3) ORDER BY p.changed DESC, p.id LIMIT $4`
	listSupervised = `SELECT ` + listedColumns + ` FROM proceeding p WHERE p.supervisor = $1 AND (p.changed < $2 OR p.changed = $2 AND p.id > $3) ORDER BY p.changed DESC, p.id LIMIT $4`
)

// Behind is where a list of proceedings goes on; the zero Behind is the beginning.
type Behind struct {
	Changed calendar.Moment
	ID      string
}

func (b Behind) changed() calendar.Moment {
	if b.Changed == 0 {
		return 1 << 62
	}
	return b.Changed
}

func scanListed(rows *sql.Rows, err error) ([]Listed, error) {
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

// InCharge lists the proceedings of the office that he acts for that an officer is in charge of, last changed first.
func (k *Docket) InCharge(ctx context.Context, who Actor, behind Behind, limit int) ([]Listed, error) {
	return scanListed(k.db.Query(ctx, listInCharge, who.Officer, behind.changed(), behind.ID, limit, k.now(), who.Office))
}

// OfOffice lists the proceedings that an office has, and that it supervises if
// it is a supervisor, last changed first; fault.NotFound for an office that the actor may not see.
func (k *Docket) OfOffice(ctx context.Context, who Actor, office string, behind Behind, limit int) ([]Listed, error) {
	tree := k.dir.Tree()
	if tree.Office(office) == nil || !access.MayReadOffice(tree, who.Subject(), office, tree.Supervisor(office)) {
		return nil, fault.New(fault.NotFound, "office.none", nil)
	}
	if tree.Supervises(office) {
		return scanListed(k.db.Query(ctx, listSupervised, office, behind.changed(), behind.ID, limit, k.now()))
	}
	return scanListed(k.db.Query(ctx, listOffice, office, behind.changed(), behind.ID, limit, k.now()))
}
