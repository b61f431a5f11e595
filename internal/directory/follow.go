package directory

import (
	"context"
	"database/sql"
	"fmt"

	"nazorat/internal/db"
	"nazorat/internal/procedure"
)

// noticeTitle is what is said with a commit that changed the offices or who is competent for them.
const noticeTitle = "directory"

// Follow enters what acts did to the directory, in their own transaction, in the order
// in which they were done. A *Refused says which record cannot be entered, and then
// nothing was written. It reads with a few statements and writes with a few, however many
// records there are.
func (d *Directory) Follow(tx *db.Tx, list []Entry) error {
	p, err := load(tx, list)
	if err != nil {
		return fmt.Errorf("read the directory: %w", err)
	}
	for _, e := range list {
		if refused := p.enter(e); refused != nil {
			return refused
		}
	}
	if err := p.write(tx); err != nil {
		return fmt.Errorf("write the directory: %w", err)
	}
	if !Changed(list) {
		return nil
	}
	return tx.Notify(noticeTitle)
}

const (
	officeColumns     = `SELECT id, code, kind, coalesce(parent, ''), path, place, name_uz, name_ru, name_en, file, made_in, founded_under, closed, closed_in FROM office`
	competenceColumns = `SELECT office, role, competent, valid_from, valid_to, basis, made_in, made_seq, ended_in FROM competence`
	officerColumns    = `SELECT id, name, login, file, made_in FROM officer`
	mandateColumns    = `SELECT id, officer, role, office, valid_from, valid_to, given_to, basis, manner, instead_of, made_in, made_seq, ended_in FROM mandate`
	absenceColumns    = `SELECT id, officer, valid_from, valid_to, basis, substitute, made_in, made_seq FROM absence`
)

// readTogether is how many keys one statement asks for at most.
const readTogether = 128

// keys are what some statement asks for, each once, in the order in which they came.
type keys struct {
	list []string
	seen map[string]bool
}

func (k *keys) add(s string) {
	if s == "" || k.seen[s] {
		return
	}
	if k.seen == nil {
		k.seen = map[string]bool{}
	}
	k.seen[s] = true
	k.list = append(k.list, s)
}

// each asks a statement for keys, so many at a time, and gives every row to f.
func each(tx *db.Tx, text string, k *keys, f func(*sql.Rows) error) error {
	for list := k.list; len(list) > 0; {
		n := min(len(list), readTogether)
		args := db.Keys(list[:n])
		if err := rowsOf(f)(tx.Query(text+db.In(len(args), 1), args...)); err != nil { //nolint:rowserrcheck // rowsOf does
			return err
		}
		list = list[n:]
	}
	return nil
}

// rowsOf gives every row of an answer to f.
func rowsOf(f func(*sql.Rows) error) func(*sql.Rows, error) error {
	return func(rows *sql.Rows, err error) error {
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := f(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	}
}

// load reads the part of the directory that records are about.
func load(tx *db.Tx, list []Entry) (*projection, error) {
	p := newProjection()
	var files, logins, officers, offices, codes keys
	for _, e := range list {
		v := values(e.Record.Values)
		files.add(e.Proceeding)
		logins.add(Login(v.text("login")))
		officers.add(v.text("officer"))
		for _, slot := range []string{"office", "parent", "competent"} {
			offices.add(v.text(slot))
		}
		codes.add(v.text("code"))
	}
	for _, x := range []struct {
		by string
		of *keys
	}{{"file", &files}, {"login", &logins}, {"id", &officers}} {
		if err := each(tx, officerColumns+` WHERE `+x.by+` IN `, x.of, p.scanOfficer); err != nil {
			return nil, err
		}
	}
	for _, x := range []struct {
		by string
		of *keys
	}{{"file", &files}, {"id", &offices}, {"code", &codes}} {
		if err := each(tx, officeColumns+` WHERE `+x.by+` IN `, x.of, p.scanOffice); err != nil {
			return nil, err
		}
	}
	closing, err := p.loadOffices(tx, list)
	if err != nil {
		return nil, err
	}
	var named, filed keys
	for id := range p.officers {
		named.add(id)
	}
	for id, o := range p.offices {
		if o.file != "" {
			filed.add(id)
		}
	}
	if err := each(tx, mandateColumns+` WHERE officer IN `, &named, p.scanMandate); err != nil {
		return nil, err
	}
	if err := each(tx, mandateColumns+` WHERE instead_of <> '' AND instead_of IN `, &named, p.scanMandate); err != nil {
		return nil, err
	}
	if err := each(tx, absenceColumns+` WHERE officer IN `, &named, p.scanAbsence); err != nil {
		return nil, err
	}
	if err := each(tx, admissionColumns+` WHERE officer IN `, &named, p.scanAdmission); err != nil {
		return nil, err
	}
	if err := p.loadTies(tx, closing); err != nil {
		return nil, err
	}
	return p, each(tx, competenceColumns+` WHERE office IN `, &filed, p.scanCompetence)
}

func (p *projection) scanOfficer(rows *sql.Rows) error {
	var o officerRow
	err := rows.Scan(&o.ID, &o.Name, &o.Login, &o.file, &o.madeIn)
	if err == nil && p.officers[o.ID] == nil {
		p.officers[o.ID] = &o
	}
	return err
}

func (p *projection) scanOffice(rows *sql.Rows) error {
	var o officeRow
	var uz, ru, en string
	err := rows.Scan(&o.ID, &o.Code, &o.Kind, &o.Parent, &o.Path, &o.Place, &uz, &ru, &en, &o.file, &o.madeIn, &o.foundedUnder, &o.Closed, &o.closedIn)
	o.Names = map[string]string{"uz": uz, "ru": ru, "en": en}
	if err == nil && p.offices[o.ID] == nil {
		p.offices[o.ID] = &o
	}
	return err
}

func (p *projection) scanMandate(rows *sql.Rows) error {
	var m mandateRow
	err := rows.Scan(&m.ID, &m.Officer, &m.Role, &m.Office, &m.From, &m.To, &m.given, &m.Order, &m.Manner, &m.InsteadOf, &m.madeIn, &m.seq, &m.ended)
	if err != nil {
		return err
	}
	for _, x := range p.mandates {
		if x.ID == m.ID {
			return nil // of both: his, and instead of one who is looked at too
		}
	}
	p.mandates = append(p.mandates, &m)
	return nil
}

func (p *projection) scanAbsence(rows *sql.Rows) error {
	var a absenceRow
	err := rows.Scan(&a.ID, &a.Officer, &a.From, &a.To, &a.Order, &a.Substitute, &a.madeIn, &a.seq)
	p.absences = append(p.absences, &a)
	return err
}

func (p *projection) scanCompetence(rows *sql.Rows) error {
	var c competenceRow
	err := rows.Scan(&c.Office, &c.Role, &c.Competent, &c.from, &c.to, &c.basis, &c.madeIn, &c.seq, &c.ended)
	for _, x := range p.competences {
		if x.Office == c.Office && x.Role == c.Role && x.from == c.from {
			return err // of both: its own, and one that the other has for it
		}
	}
	p.competences = append(p.competences, &c)
	return err
}

var (
	insertOffices     = db.NewRows(`INSERT INTO office (id, code, kind, parent, path, place, name_uz, name_ru, name_en, file, made_in, founded_under)`, 12, "")
	insertCompetences = db.NewRows(`INSERT INTO competence (office, role, competent, valid_from, valid_to, basis, made_in, made_seq, ended_in)`, 9, "")
	insertOfficers    = db.NewRows(`INSERT INTO officer (id, name, login, file, made_in)`, 5, "")
	insertMandates    = db.NewRows(`INSERT INTO mandate (id, officer, role, office, valid_from, valid_to, given_to, basis, manner, instead_of, made_in, made_seq, ended_in)`, 13, "")
	insertAbsences    = db.NewRows(`INSERT INTO absence (id, officer, valid_from, valid_to, basis, substitute, made_in, made_seq)`, 8, "")

	changeOffices  = db.NewUpdates("office", db.Columns("name_uz", "TEXT", "name_ru", "TEXT", "name_en", "TEXT", "file", "TEXT"), db.Columns("id", "TEXT"))
	moveOffices    = db.NewUpdates("office", db.Columns("parent", "TEXT", "path", "TEXT"), db.Columns("id", "TEXT"))
	closeOffices   = db.NewUpdates("office", db.Columns("closed", "{int}", "closed_in", "TEXT"), db.Columns("id", "TEXT"))
	changeOfficers = db.NewUpdates("officer", db.Columns("file", "TEXT"), db.Columns("id", "TEXT"))
	endMandates    = db.NewUpdates("mandate", db.Columns("valid_to", "{int}", "ended_in", "TEXT"), db.Columns("id", "TEXT"))
	endCompetences = db.NewUpdates("competence", db.Columns("valid_to", "{int}", "ended_in", "TEXT"), db.Columns("office", "TEXT", "role", "TEXT", "valid_from", "{int}"))
)

// written is what a projection has to write: rows that are new, and rows that changed.
type written struct {
	officers, offices, mandates, competences, absences, admissions          []any
	ofOfficers, ofOffices, endedMandates, endedCompetences, endedAdmissions []any
	movedOffices, closedOffices                                             []any
}

// write writes what records changed. What ends comes before what begins: one office has a role for another at a time.
func (p *projection) write(tx *db.Tx) error {
	var w written
	for _, o := range p.offices {
		var parent any // none: NULL
		if o.Parent != "" {
			parent = o.Parent
		}
		switch {
		case o.fresh:
			w.offices = append(w.offices, o.ID, o.Code, o.Kind, parent, o.Path, o.Place, o.Names["uz"], o.Names["ru"], o.Names["en"], o.file, o.madeIn, o.foundedUnder)
		case o.changed:
			w.ofOffices = append(w.ofOffices, o.Names["uz"], o.Names["ru"], o.Names["en"], o.file, o.ID)
		}
		o.write(&w)
	}
	for _, o := range p.officers {
		switch {
		case o.fresh:
			w.officers = append(w.officers, o.ID, o.Name, o.Login, o.file, o.madeIn)
		case o.changed:
			w.ofOfficers = append(w.ofOfficers, o.file, o.ID)
		}
	}
	for _, m := range p.mandates {
		switch {
		case m.fresh:
			w.mandates = append(w.mandates, m.ID, m.Officer, m.Role, m.Office, int64(m.From), int64(m.To), int64(m.given), m.Order, m.Manner, m.InsteadOf, m.madeIn, m.seq, m.ended)
		case m.changed:
			w.endedMandates = append(w.endedMandates, int64(m.To), m.ended, m.ID)
		}
	}
	for _, c := range p.competences {
		switch {
		case c.fresh:
			w.competences = append(w.competences, c.Office, c.Role, c.Competent, int64(c.from), int64(c.to), c.basis, c.madeIn, c.seq, c.ended)
		case c.changed:
			w.endedCompetences = append(w.endedCompetences, int64(c.to), c.ended, c.Office, c.Role, int64(c.from))
		}
	}
	for _, a := range p.absences {
		if a.fresh {
			w.absences = append(w.absences, a.ID, a.Officer, int64(a.From), int64(a.To), a.Order, a.Substitute, a.madeIn, a.seq)
		}
	}
	for _, a := range p.admissions {
		switch {
		case a.fresh:
			w.admissions = append(w.admissions, a.Officer, a.Level, int64(a.From), int64(a.To), int64(a.given), a.Order, a.madeIn, a.seq, a.ended)
		case a.changed:
			w.endedAdmissions = append(w.endedAdmissions, int64(a.To), a.ended, a.Officer, a.Level, int64(a.From))
		}
	}
	return w.write(tx)
}

func (w *written) write(tx *db.Tx) error {
	for _, x := range []struct {
		what string
		of   *db.Updates
		args []any
	}{{"offices", changeOffices, w.ofOffices}, {"offices", moveOffices, w.movedOffices}, {"offices", closeOffices, w.closedOffices}, {"officers", changeOfficers, w.ofOfficers},
		{"mandates", endMandates, w.endedMandates}, {"competences", endCompetences, w.endedCompetences}, {"admissions", endAdmissions, w.endedAdmissions}} {
		n, err := tx.ExecUpdates(x.of, x.args)
		if err == nil && n != int64(len(x.args)/x.of.Columns) {
			err = fmt.Errorf("%d of %d rows were there", n, len(x.args)/x.of.Columns)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", x.what, err)
		}
	}
	for _, x := range []struct {
		what string
		of   *db.Rows
		args []any
	}{{"offices", insertOffices, w.offices}, {"competences", insertCompetences, w.competences}, {"officers", insertOfficers, w.officers},
		{"mandates", insertMandates, w.mandates}, {"absences", insertAbsences, w.absences}, {"admissions", insertAdmissions, w.admissions}} {
		if _, err := tx.ExecRows(x.of, x.args); err != nil {
			return fmt.Errorf("%s: %w", x.what, err)
		}
	}
	return nil
}

// Leaver is who an act puts out of what he was in charge of: the officer of its file; "" where it is no officer's.
func Leaver(tx *db.Tx, e Entry) (string, error) {
	var id string
	err := each(tx, `SELECT id FROM officer WHERE file IN `, &keys{list: []string{e.Proceeding}}, func(rows *sql.Rows) error { return rows.Scan(&id) })
	if err != nil {
		return "", fmt.Errorf("read whose file it is: %w", err)
	}
	return id, nil
}

// Filed is the office whose file a proceeding is; "" where it is none's.
func Filed(tx *db.Tx, file string) (id string, err error) {
	err = each(tx, `SELECT id FROM office WHERE file IN `, &keys{list: []string{file}}, func(rows *sql.Rows) error { return rows.Scan(&id) })
	if err != nil {
		return "", fmt.Errorf("read which office's file it is: %w", err)
	}
	return id, nil
}

// Changed reports whether entries touch what is kept in memory: offices, who is competent for them, and who is admitted to what.
func Changed(list []Entry) bool {
	for _, e := range list {
		switch e.Record.Does {
		case procedure.EnterOffice, procedure.FileOfOffice, procedure.NameOffice, procedure.MoveOffice, procedure.CloseOffice, procedure.SetCompetence, procedure.EndCompetence,
			procedure.AdmitTo, procedure.EndAdmission, procedure.EndAllMandates:
			return true
		}
	}
	return false
}

// Hear reads the offices anew where a notice of the database says that they changed,
// or, if it is empty, may have. What could not be read now is read with the next notice.
func (d *Directory) Hear(ctx context.Context, text string) error {
	if text != noticeTitle && text != "" {
		return nil
	}
	return d.Reload(ctx)
}
