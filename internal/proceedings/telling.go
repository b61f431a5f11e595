package proceedings

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/procedure"
	"nazorat/internal/stored"
)

// This file is for whoever tells officers of what happens and of what runs out: it looks over the whole service, and asks of each
// telling whether the officer who would be told may read it.

// Telling is one thing about a proceeding that one officer would be told.
type Telling struct {
	Who        access.Actor
	Proceeding string
	Act        string // of the entry that it tells of; "": of none
	Officer    string // who did it
	Starter    string // the act that started the deadline that it tells of; "": of none
	Thing      int32  // that the deadline runs for
}

const selectAsked = `SELECT p.id, ` + asked + ` FROM proceeding p WHERE p.id IN `

// MayTell says of each telling whether its officer may read, now, the proceeding and the sheet that it is about: two
// questions to the database, however many tellings there are.
func (k *Reader) MayTell(ctx context.Context, list []Telling) ([]bool, error) {
	out := make([]bool, len(list))
	what, err := k.askedOf(ctx, list)
	if err != nil {
		return nil, err
	}
	at := k.now()
	var unsure []string // of which the state has to be read
	for i := range list {
		t := &list[i]
		r, there := what[t.Proceeding]
		law := k.laws[r.Law]
		if !there || law == nil || !k.DecideAt(at, t.Who, access.Read, r).Allowed {
			continue
		}
		out[i] = true
		if law.At(at).Classed() && k.mayHide(at, t.Who, law.At(at), r) {
			unsure = append(unsure, t.Proceeding)
		}
	}
	states, err := k.statesOf(ctx, unsure, what)
	if err != nil {
		return nil, err
	}
	for i := range list {
		t := &list[i]
		r := what[t.Proceeding]
		if !out[i] || k.laws[r.Law] == nil || !slices.Contains(unsure, t.Proceeding) {
			continue
		}
		state, there := states[t.Proceeding]
		out[i] = there && k.sightOf(at, t.Who, k.laws[r.Law], state, r).tells(t)
	}
	return out, nil
}

// tells reports whether nothing of a telling is hidden.
func (s *sight) tells(t *Telling) bool {
	if t.Act != "" && s.sheet(t.Act, t.Officer, 0) != nil {
		return false
	}
	return t.Starter == "" || s.deadline(0, s.law.Act(t.Starter), t.Thing) == nil
}

// distinct gives each of some texts once, in order.
func distinct(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

func (k *Reader) askedOf(ctx context.Context, list []Telling) (map[string]access.Resource, error) {
	var ids []string
	for i := range list {
		ids = append(ids, list[i].Proceeding)
	}
	out := map[string]access.Resource{}
	if ids = distinct(ids); len(ids) == 0 {
		return out, nil
	}
	keys := db.Keys(ids)
	rows, err := k.db.Query(ctx, selectAsked+db.In(len(keys), 1), keys...)
	if err != nil {
		return nil, fmt.Errorf("read proceedings: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var r access.Resource
		if err := rows.Scan(into(&r, &id)...); err != nil {
			return nil, err
		}
		out[id] = r
	}
	return out, rows.Err()
}

func (k *Reader) statesOf(ctx context.Context, ids []string, what map[string]access.Resource) (map[string]*procedure.State, error) {
	out := map[string]*procedure.State{}
	if ids = distinct(slices.Clone(ids)); len(ids) == 0 {
		return out, nil
	}
	keys := db.Keys(ids)
	rows, err := k.db.Query(ctx, `SELECT id, state FROM proceeding WHERE id IN `+db.In(len(keys), 1), keys...)
	if err != nil {
		return nil, fmt.Errorf("read states: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var data []byte
		if err := rows.Scan(&id, &data); err != nil {
			return nil, err
		}
		state, err := stored.DecodeState(k.laws[what[id].Law], data)
		if err != nil {
			return nil, fmt.Errorf("proceeding %s: %w", id, err)
		}
		out[id] = &state
	}
	return out, rows.Err()
}

// Of is the proceeding of a deadline as the policies ask about it.
func (d *Deadline) Of() access.Resource { return d.of }

// Range is a stretch of time in which deadlines may end: behind From, up to To. After is where the reading of it goes on.
type Range struct {
	From, To calendar.Moment
	After    After
	Release  bool // of those alone by whose running out a person must be set free
}

// Ended is a deadline that ends within a range.
type Ended struct {
	Range int // which, from 0
	Deadline
}

// endingQuery asks for the running deadlines that end within some ranges, in the order of their ends in each, at most limit of each.
func endingQuery(ranges []Range, limit int) (text string, args []any) {
	args = []any{limit}
	text = `SELECT x.i, ` + deadlineColumns + ` FROM (`
	for i, r := range ranges {
		if i > 0 {
			text += ` UNION ALL `
		}
		only := ""
		if r.Release {
			only = ` AND d.breach = 'release'`
		}
		n := len(args) + 1
		text += fmt.Sprintf(`SELECT * FROM (SELECT %d AS i, d.due, d.proceeding, d.no FROM deadline d WHERE d.status = 'running' AND d.due > $%d AND d.due <= $%d AND (d.due, d.proceeding, d.no) > ($%d, $%d, $%d)%s ORDER BY d.due, d.proceeding, d.no LIMIT $1) o%d`,
			i, n, n+1, n+2, n+3, n+4, only, i)
		args = append(args, r.From, r.To, r.After.Due, r.After.Proceeding, r.After.No)
	}
	return text + `) x JOIN deadline d ON d.proceeding = x.proceeding AND d.no = x.no JOIN proceeding p ON p.id = d.proceeding ORDER BY x.i, x.due, x.proceeding, x.no`, args
}

// Ending lists the running deadlines of the whole service that end within some ranges, for those who watch over them: of each range at
// most limit, the earliest first. How many ranges there are follows from the laws, so that few texts are kept.
func (k *Reader) Ending(ctx context.Context, ranges []Range, limit int) ([]Ended, error) {
	if len(ranges) == 0 {
		return nil, nil
	}
	text, args := endingQuery(ranges, limit)
	rows, err := k.db.Query(ctx, text, args...)
	if err != nil {
		return nil, fmt.Errorf("read deadlines: %w", err)
	}
	defer rows.Close()
	var out []Ended
	for rows.Next() {
		var e Ended
		if err := e.scanAlong(rows, &e.Range); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

const selectRunningTerm = `SELECT ` + deadlineColumns + ` FROM deadline d JOIN proceeding p ON p.id = d.proceeding WHERE d.status = 'running' AND d.proceeding IN `

// RunningOf lists the running deadlines of some proceedings, for those who watch over them.
func (k *Reader) RunningOf(ctx context.Context, proceedings []string) ([]Deadline, error) {
	ids := distinct(slices.Clone(proceedings))
	if len(ids) == 0 {
		return nil, nil
	}
	keys := db.Keys(ids)
	return scanDeadlines(k.db.Query(ctx, selectRunningTerm+db.In(len(keys), 1), keys...)) //nolint:rowserrcheck // scanDeadlines does
}

// scanAlong reads a row of deadlineColumns behind one more.
func (d *Deadline) scanAlong(rows *sql.Rows, first any) error { return d.scan(aheadOf{rows, first}) }

// aheadOf is a row whose first column goes somewhere else.
type aheadOf struct {
	rows  *sql.Rows
	first any
}

// Scan reads the row.
func (a aheadOf) Scan(into ...any) error { return a.rows.Scan(append([]any{a.first}, into...)...) }
