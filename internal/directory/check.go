package directory

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"nazorat/internal/procedure"
)

// ErrAstray is what Check answers where the rows are not what the journal leads to.
var ErrAstray = errors.New("the directory is not what its acts lead to")

// Check lives through all that acts entered, from what the office was founded with, and holds what comes out
// against the tables. entries gives them in the order of the journal.
func (d *Directory) Check(ctx context.Context, entries func(func(Entry) error) error) error {
	have := newProjection()
	for _, x := range []struct {
		text string
		f    func(*sql.Rows) error
	}{{officeColumns, have.scanOffice}, {officerColumns, have.scanOfficer}, {absenceColumns, have.scanAbsence}, {competenceColumns, have.scanCompetence}, {admissionColumns, have.scanAdmission}} {
		if err := rowsOf(x.f)(d.db.Query(ctx, x.text)); err != nil { //nolint:rowserrcheck // rowsOf does
			return fmt.Errorf("read the directory: %w", err)
		}
	}
	var mandates []*mandateRow
	err := rowsOf(func(rows *sql.Rows) error {
		one := newProjection()
		err := one.scanMandate(rows)
		mandates = append(mandates, one.mandates...)
		return err
	})(d.db.Query(ctx, mandateColumns)) //nolint:rowserrcheck // rowsOf does
	if err != nil {
		return fmt.Errorf("read the directory: %w", err)
	}
	have.mandates = mandates
	lived := have.founded()
	err = entries(func(e Entry) error {
		if e.Record.Does == procedure.EraseDocument {
			return nil // the vault has it
		}
		if refused := lived.enter(e); refused != nil {
			return fmt.Errorf("%w: %s/%d: %w", ErrAstray, e.Proceeding, e.Seq, refused)
		}
		return nil
	})
	if err != nil {
		return err
	}
	want, got := lived.lines(), have.lines()
	for i := range max(len(want), len(got)) {
		switch {
		case i >= len(got):
			return fmt.Errorf("%w: %q is not there", ErrAstray, want[i])
		case i >= len(want):
			return fmt.Errorf("%w: nothing leads to %q", ErrAstray, got[i])
		case want[i] != got[i]:
			return fmt.Errorf("%w: %q, and the journal leads to %q", ErrAstray, got[i], want[i])
		}
	}
	return nil
}

// founded is what was there before any act. Names of an office that acts changed are those of now, as the former are in no table.
func (p *projection) founded() *projection {
	out := newProjection()
	for id, o := range p.offices {
		if o.madeIn == "" {
			c := *o
			c.file, c.Parent, c.Closed, c.closedIn = "", o.foundedUnder, 0, ""
			out.offices[id] = &c
		}
	}
	for _, o := range out.offices {
		o.Path = out.path(o)
	}
	for id, o := range p.officers {
		if o.madeIn == "" {
			c := *o
			c.file = ""
			out.officers[id] = &c
		}
	}
	for _, m := range p.mandates {
		if m.madeIn == "" {
			c := *m
			c.To, c.ended = c.given, ""
			out.mandates = append(out.mandates, &c)
		}
	}
	for _, x := range p.competences {
		if x.madeIn == "" {
			c := *x
			c.to, c.ended = 0, ""
			out.competences = append(out.competences, &c)
		}
	}
	return out
}

// lines are all rows as texts, in order.
func (p *projection) lines() (out []string) {
	for _, o := range p.offices {
		out = append(out, fmt.Sprintf("office %+v in %q from %q, closed in %q", o.Office, o.file, o.madeIn, o.closedIn))
	}
	for _, o := range p.officers {
		out = append(out, fmt.Sprintf("officer %+v in %q from %q", o.Officer, o.file, o.madeIn))
	}
	for _, m := range p.mandates {
		out = append(out, fmt.Sprintf("mandate %+v given to %d, by %s/%d, ended in %q", m.Mandate, m.given, m.madeIn, m.seq, m.ended))
	}
	for _, c := range p.competences {
		out = append(out, fmt.Sprintf("competence %+v from %d to %d on %q, by %s/%d, ended in %q", c.Competence, c.from, c.to, c.basis, c.madeIn, c.seq, c.ended))
	}
	for _, a := range p.admissions {
		out = append(out, fmt.Sprintf("admission %+v given to %d, by %s/%d, ended in %q", a.Admission, a.given, a.madeIn, a.seq, a.ended))
	}
	for _, a := range p.absences {
		out = append(out, fmt.Sprintf("absence %+v by %s/%d", a.Absence, a.madeIn, a.seq))
	}
	slices.SortFunc(out, strings.Compare)
	return out
}
