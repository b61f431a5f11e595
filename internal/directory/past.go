package directory

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/script"
)

// Held is a mandate with its officer and, where he has it instead of another one, that one's name.
type Held struct {
	Mandate
	Name  string // of the officer
	Login string
	// Away is until when he is on leave at the moment asked about; 0: he is not.
	Away   calendar.Moment
	Whose  string // the name of the officer instead of whom he acts
	File   string // in which it was given; "": the office was founded with it
	Seq    int64
	Ended  string // the file in which it was ended before its time; ""
	ByWhom string // the file of the officer
}

const heldColumns = `SELECT m.id, m.officer, m.role, m.office, m.valid_from, m.valid_to, m.basis, m.manner, m.instead_of, m.made_in, m.made_seq, m.ended_in,
o.name, o.login, o.file, coalesce((SELECT w.name FROM officer w WHERE w.id = m.instead_of), ''),
coalesce((SELECT max(a.valid_to) FROM absence a WHERE a.officer = m.officer AND a.valid_from <= $1 AND a.valid_to > $1), 0)
FROM mandate m JOIN officer o ON o.id = m.officer WHERE `

const (
	selectCould = heldColumns + `m.office = $2 AND ($3 = '' OR m.role = $3) AND m.valid_from < $4 AND (m.valid_to = 0 OR m.valid_to > $1) AND (m.valid_to = 0 OR m.valid_to > m.valid_from)
ORDER BY m.role, o.name, m.valid_from, m.id LIMIT 500`
	selectEver = heldColumns + `m.officer = $2 OR m.instead_of = $2 ORDER BY m.valid_from DESC, m.id LIMIT 500`
)

func (d *Directory) held(ctx context.Context, text string, args ...any) ([]Held, error) {
	var out []Held
	err := rowsOf(func(rows *sql.Rows) error {
		var h Held
		err := rows.Scan(&h.ID, &h.Officer, &h.Role, &h.Office, &h.From, &h.To, &h.Order, &h.Manner, &h.InsteadOf, &h.File, &h.Seq, &h.Ended, &h.Name, &h.Login, &h.ByWhom, &h.Whose, &h.Away)
		out = append(out, h)
		return err
	})(d.db.Query(ctx, text, args...)) //nolint:rowserrcheck // rowsOf does
	if err != nil {
		return nil, fmt.Errorf("read mandates: %w", err)
	}
	return out, nil
}

// Could lists who could act for an office, in a role or ("") in any, at any time from one moment up to
// another: by a mandate of his own, as a substitute or by delegation; at most 500. It answers of the past
// as of today, from mandates as they are known now: one that was ended early could act until then.
func (d *Directory) Could(ctx context.Context, office, role string, from, to calendar.Moment) ([]Held, error) {
	return d.held(ctx, selectCould, from, office, role, to)
}

// Ever lists all mandates that an officer ever had, and those that others have or had instead of
// him, the newest first; at most 500. Away is asked of now.
func (d *Directory) Ever(ctx context.Context, officer string, now calendar.Moment) ([]Held, error) {
	return d.held(ctx, selectEver, now, officer)
}

const selectAll = heldColumns + `(m.valid_to = 0 OR m.valid_to > $1) AND m.office IN `

// All gives every mandate of some offices that is in force at a moment or to come, by office, role and name.
func (d *Directory) All(ctx context.Context, offices []string, at calendar.Moment) ([]Held, error) {
	if len(offices) == 0 {
		return nil, nil
	}
	args := make([]any, 0, len(offices)+1)
	args = append(args, at)
	for _, o := range offices {
		args = append(args, o)
	}
	return d.held(ctx, selectAll+db.In(len(offices), 2)+` ORDER BY m.office, m.role, o.name, m.id`, args...)
}

const selectTaken = `SELECT login FROM officer WHERE login IN `

// Taken says which logins are somebody's.
func (d *Directory) Taken(ctx context.Context, logins []string) (map[string]bool, error) {
	out := map[string]bool{}
	for len(logins) > 0 {
		n := min(len(logins), readTogether)
		args := db.Keys(logins[:n])
		err := rowsOf(func(rows *sql.Rows) error {
			var login string
			err := rows.Scan(&login)
			out[login] = true
			return err
		})(d.db.Query(ctx, selectTaken+db.In(len(args), 1), args...)) //nolint:rowserrcheck // rowsOf does
		if err != nil {
			return nil, fmt.Errorf("read logins: %w", err)
		}
		logins = logins[n:]
	}
	return out, nil
}

// Personal is an officer with his file.
type Personal struct {
	Officer
	File string // the proceeding; "" while nobody has opened one
}

const selectPersonal = `SELECT id, name, login, file FROM officer WHERE `

func (d *Directory) personal(ctx context.Context, text string, args ...any) ([]Personal, error) {
	var out []Personal
	err := rowsOf(func(rows *sql.Rows) error {
		var p Personal
		err := rows.Scan(&p.ID, &p.Name, &p.Login, &p.File)
		out = append(out, p)
		return err
	})(d.db.Query(ctx, text, args...)) //nolint:rowserrcheck // rowsOf does
	if err != nil {
		return nil, fmt.Errorf("read officers: %w", err)
	}
	return out, nil
}

// Personal gives an officer by his id; nil if there is none.
func (d *Directory) Personal(ctx context.Context, id string) (*Personal, error) {
	if !db.Storable(id) {
		return nil, nil
	}
	list, err := d.personal(ctx, selectPersonal+`id = $1`, id)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// OfFile gives the officer whose file a proceeding is; nil if it is nobody's.
func (d *Directory) OfFile(ctx context.Context, file string) (*Personal, error) {
	if file == "" || !db.Storable(file) {
		return nil, nil
	}
	list, err := d.personal(ctx, selectPersonal+`file = $1`, file)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// Absences of an officer, the newest first; at most 100.
func (d *Directory) Absences(ctx context.Context, officer string) ([]Absence, error) {
	var out []Absence
	err := rowsOf(func(rows *sql.Rows) error {
		var a Absence
		err := rows.Scan(&a.ID, &a.Officer, &a.From, &a.To, &a.Order, &a.Substitute)
		out = append(out, a)
		return err
	})(d.db.Query(ctx, `SELECT id, officer, valid_from, valid_to, basis, substitute FROM absence WHERE officer = $1 ORDER BY valid_from DESC LIMIT 100`, officer)) //nolint:rowserrcheck // rowsOf does
	if err != nil {
		return nil, fmt.Errorf("read leave: %w", err)
	}
	return out, nil
}

// Found is an officer whom a search found, with an office of his.
type Found struct {
	Personal
	Role, Office string
}

// mostFound is how many a search gives.
const mostFound = 50

const selectFound = `SELECT o.id, o.name, o.login, o.file, m.role, m.office FROM officer o JOIN mandate m ON m.officer = o.id
WHERE m.office IN `

// Find looks for officers of some offices by a part of their name, or the beginning of their login; at most 50
// mandates that are in force or were last. Latin letters of another case are the same, and what is typed in
// Cyrillic finds names that are written in Latin. SQLite tells small letters from great ones in names that are written in Cyrillic.
func (d *Directory) Find(ctx context.Context, typed string, offices []string) ([]Found, error) {
	typed = strings.ToLower(strings.Join(strings.Fields(typed), " "))
	if typed == "" || len(offices) == 0 || !db.Storable(typed) {
		return nil, nil
	}
	args := make([]any, 0, len(offices)+2)
	for _, o := range offices {
		args = append(args, o)
	}
	args = append(args, "%"+escaped(typed)+"%", "%"+escaped(strings.ToLower(script.Latin(typed)))+"%", escaped(typed)+"%")
	n := len(offices)
	text := selectFound + db.In(n, 1) + fmt.Sprintf(` AND (lower(o.name) LIKE $%d ESCAPE '!' OR lower(o.name) LIKE $%d ESCAPE '!' OR o.login LIKE $%d ESCAPE '!') ORDER BY o.name, o.id, m.valid_from DESC LIMIT %d`, n+1, n+2, n+3, mostFound)
	var out []Found
	err := rowsOf(func(rows *sql.Rows) error {
		var f Found
		err := rows.Scan(&f.ID, &f.Name, &f.Login, &f.File, &f.Role, &f.Office)
		if n := len(out); err == nil && (n == 0 || out[n-1].ID != f.ID) {
			out = append(out, f)
		}
		return err
	})(d.db.Query(ctx, text, args...)) //nolint:rowserrcheck // rowsOf does
	if err != nil {
		return nil, fmt.Errorf("find officers: %w", err)
	}
	return out, nil
}

// escaped is a text in which LIKE sees no signs of its own.
func escaped(s string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s)
}

// OfficeFile is the file of an office; "" while nobody has opened one.
func (d *Directory) OfficeFile(ctx context.Context, office string) (file string, err error) {
	err = rowsOf(func(rows *sql.Rows) error { return rows.Scan(&file) })(d.db.Query(ctx, `SELECT file FROM office WHERE id = $1`, office)) //nolint:rowserrcheck // rowsOf does
	if err != nil {
		return "", fmt.Errorf("read office: %w", err)
	}
	return file, nil
}

// OfficeFiles are the files of those of some offices that have one.
func (d *Directory) OfficeFiles(ctx context.Context, offices []string) (files []string, err error) {
	if len(offices) == 0 {
		return nil, nil
	}
	keys := db.Keys(offices)
	err = rowsOf(func(rows *sql.Rows) error {
		var file string
		err := rows.Scan(&file)
		files = append(files, file)
		return err
	})(d.db.Query(ctx, `SELECT file FROM office WHERE file <> '' AND id IN `+db.In(len(keys), 1)+` ORDER BY id`, keys...)) //nolint:rowserrcheck // rowsOf does
	if err != nil {
		return nil, fmt.Errorf("read files of offices: %w", err)
	}
	return files, nil
}
