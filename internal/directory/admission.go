package directory

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
)

// Who is admitted to what is secret. An admission is an officer's own, whatever his
// mandates: it has an end from the beginning, and is given and taken away by acts alone. Few
// officers have one, and every reading asks; so those of now and of later are kept with the tree of offices.

// Admission lets an officer see what is of a level of secrecy, for a time.
type Admission struct {
	Officer  string
	Level    string // a word of the laws
	From, To calendar.Moment
	Order    string // that it rests on
}

// Holds reports whether the admission is in force at a moment.
func (a *Admission) Holds(at calendar.Moment) bool { return a.From <= at && at < a.To }

// Clearance are the levels that an officer is admitted to now, as policies are asked about them. What the time is is
// asked only of one who has an admission: few have, and every reading asks.
func (t *Tree) Clearance(officer string, now func() calendar.Moment) string {
	if len(t.admitted[officer]) == 0 {
		return ""
	}
	at := now()
	var levels []string
	for i := range t.admitted[officer] {
		if a := &t.admitted[officer][i]; a.Holds(at) {
			levels = append(levels, a.Level)
		}
	}
	return access.Levels(levels...)
}

// Admissions of an officer, the newest first: those that are over are not among them.
func (t *Tree) Admissions(officer string, at calendar.Moment) (out []Admission) {
	for _, a := range t.admitted[officer] {
		if a.To > at && a.To > a.From {
			out = append(out, a)
		}
	}
	slices.Reverse(out)
	return out
}

type admissionRow struct {
	marks
	Admission
	given         calendar.Moment
	madeIn, ended string
	seq           int64
}

const admissionColumns = `SELECT officer, level, valid_from, valid_to, given_to, basis, made_in, made_seq, ended_in FROM admission`

var (
	insertAdmissions = db.NewRows(`INSERT INTO admission (officer, level, valid_from, valid_to, given_to, basis, made_in, made_seq, ended_in)`, 9, "")
	endAdmissions    = db.NewUpdates("admission", db.Columns("valid_to", "{int}", "ended_in", "TEXT"), db.Columns("officer", "TEXT", "level", "TEXT", "valid_from", "{int}"))
)

func (p *projection) scanAdmission(rows *sql.Rows) error {
	var a admissionRow
	err := rows.Scan(&a.Officer, &a.Level, &a.From, &a.To, &a.given, &a.Order, &a.madeIn, &a.seq, &a.ended)
	p.admissions = append(p.admissions, &a)
	return err
}

// admissions are read into a tree.
func (d *Directory) admissions(ctx context.Context, t *Tree) error {
	p := newProjection()
	if err := rowsOf(p.scanAdmission)(d.db.Query(ctx, admissionColumns+` ORDER BY officer, valid_from, level`)); err != nil { //nolint:rowserrcheck // rowsOf does
		return fmt.Errorf("read admissions: %w", err)
	}
	for _, a := range p.admissions {
		t.admitted[a.Officer] = append(t.admitted[a.Officer], a.Admission)
	}
	return nil
}

// open reports whether an admission is in force at a moment, or to come.
func (a *admissionRow) open(at calendar.Moment) bool { return a.To > at && a.To > a.From }

// end ends an admission with an act; one that was to come never is.
func (a *admissionRow) end(e Entry) { a.To, a.ended, a.changed = max(e.At, a.From), e.Proceeding, true }

func (p *projection) admit(e Entry, v values, of *officerRow) *Refused {
	a := &admissionRow{marks: marks{fresh: true}, madeIn: e.Proceeding, seq: e.Seq, given: v.moment("to"),
		Admission: Admission{Officer: of.ID, Level: v.text("level"), From: v.moment("from"), To: v.moment("to"), Order: v.text("basis")}}
	if a.To <= max(a.From, e.At) {
		return refuse(e, "to", EndsBefore)
	}
	if slices.ContainsFunc(p.admissions, func(x *admissionRow) bool {
		return x.Officer == a.Officer && x.Level == a.Level && (x.From == a.From || x.open(x.From) && x.From < a.To && a.From < x.To)
	}) {
		return refuse(e, "level", HasItAlready)
	}
	p.admissions = append(p.admissions, a)
	return nil
}

// endAdmissions ends those of an officer to a level, or ("") to any; it reports whether there was one.
func (p *projection) endAdmissions(e Entry, of *officerRow, level string) (found bool) {
	for _, a := range p.admissions {
		if a.Officer == of.ID && (level == "" || a.Level == level) && a.open(e.At) {
			a.end(e)
			found = true
		}
	}
	return found
}
