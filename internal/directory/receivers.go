package directory

import (
	"context"
	"database/sql"
	"fmt"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
)

const (
	receiverColumns = `SELECT id, officer, role, office, valid_from, valid_to, basis, manner, instead_of FROM mandate WHERE `
	receiverInForce = ` AND valid_from <= $1 AND (valid_to = 0 OR valid_to > $1)`
)

func (d *Directory) receivers(ctx context.Context, text string, args ...any) ([]Mandate, error) {
	var out []Mandate
	err := rowsOf(func(rows *sql.Rows) error {
		var m Mandate
		err := rows.Scan(&m.ID, &m.Officer, &m.Role, &m.Office, &m.From, &m.To, &m.Order, &m.Manner, &m.InsteadOf)
		out = append(out, m)
		return err
	})(d.db.Query(ctx, text, args...)) //nolint:rowserrcheck // rowsOf does
	if err != nil {
		return nil, fmt.Errorf("read mandates: %w", err)
	}
	return out, nil
}

// Holders lists the mandates in force at a moment for any of some roles at any of some offices, in whatever manner somebody has
// them: who is to be told what comes to a role. By office, role and officer.
func (d *Directory) Holders(ctx context.Context, offices, roles []string, at calendar.Moment) ([]Mandate, error) {
	if len(offices) == 0 || len(roles) == 0 {
		return nil, nil
	}
	o, r := db.Keys(offices), db.Keys(roles)
	args := append(append([]any{at}, o...), r...)
	return d.receivers(ctx, receiverColumns+`office IN `+db.In(len(o), 2)+` AND role IN `+db.In(len(r), 2+len(o))+receiverInForce+` ORDER BY office, role, officer, id`, args...)
}

// ActingFor lists the mandates in force at a moment of some officers, and of those who stand in for them: who is to be
// told what comes to an officer. His own stand before those of others.
func (d *Directory) ActingFor(ctx context.Context, officers []string, at calendar.Moment) ([]Mandate, error) {
	if len(officers) == 0 {
		return nil, nil
	}
	ids := db.Keys(officers)
	in := db.In(len(ids), 2)
	args := append([]any{at}, ids...)
	return d.receivers(ctx, receiverColumns+`officer IN `+in+receiverInForce+` UNION ALL `+receiverColumns+`instead_of <> '' AND manner = '`+Substitution+`' AND instead_of IN `+in+receiverInForce+` ORDER BY 8, 5, 1`, args...)
}

// Nearest are the offices of a kind at work in the smallest territory around a place, which is a SOATO code: of the place itself, of its district, its region,
// the country. By path; none where no office of that kind is around it.
func (t *Tree) Nearest(kind, place string) []*Office {
	for _, digits := range [...]int{10, 7, 4, 2} {
		if len(place) < digits {
			continue
		}
		var out []*Office
		for _, o := range t.Offices() {
			if o.Kind == kind && o.Closed == 0 && o.Place == place[:digits] {
				out = append(out, o)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}
