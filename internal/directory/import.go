package directory

import (
	"context"
	"fmt"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
)

// Service is a whole directory to be put in place: who there is, for which
// offices. Offices stand after their parents.
type Service struct {
	Offices     []Office
	Competences []Competence
	Officers    []NewOfficer
}

// Competence says which office has a role for another.
type Competence struct{ Office, Role, Competent string }

// NewOfficer is an officer with his mandates.
type NewOfficer struct {
	Officer
	Password string // as HashPassword gives it, or "": cannot sign in with a password
	Mandates []Mandate
}

const (
	insertOffice     = `INSERT INTO office (id, code, kind, parent, path, place, name_uz, name_ru, name_en) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	insertCompetence = `INSERT INTO competence (office, role, competent) VALUES ($1, $2, $3)`
	insertOfficer    = `INSERT INTO officer (id, name, login, password) VALUES ($1, $2, $3, $4)`
	insertMandate    = `INSERT INTO mandate (id, officer, role, office, valid_from, valid_to, basis) VALUES ($1, $2, $3, $4, $5, $6, $7)`
)

// Import puts a service in place, all or nothing. The paths of offices are worked out from their parents.
func (d *Directory) Import(ctx context.Context, s *Service, now calendar.Moment) error {
	err := d.db.Write(ctx, func(tx *db.Tx) error {
		paths := map[string]string{}
		for _, o := range s.Offices {
			var parent any
			path := "/" + o.ID + "/"
			if o.Parent != "" {
				above, ok := paths[o.Parent]
				if !ok {
					return fmt.Errorf("office %s: its parent %s does not stand before it", o.ID, o.Parent)
				}
				parent, path = o.Parent, above+o.ID+"/"
			}
			paths[o.ID] = path
			if _, err := tx.Exec(insertOffice, o.ID, o.Code, o.Kind, parent, path, o.Place, o.Name("uz"), o.Name("ru"), o.Name("en")); err != nil {
				return fmt.Errorf("office %s: %w", o.ID, err)
			}
		}
		for _, c := range s.Competences {
			if _, err := tx.Exec(insertCompetence, c.Office, c.Role, c.Competent); err != nil {
				return fmt.Errorf("competence %s for %s: %w", c.Role, c.Office, err)
			}
		}
		for _, o := range s.Officers {
			if _, err := tx.Exec(insertOfficer, o.ID, o.Name, o.Login, o.Password); err != nil {
				return fmt.Errorf("officer %s: %w", o.ID, err)
			}
			for _, m := range o.Mandates {
				from := m.From
				if from == 0 {
					from = now
				}
				if _, err := tx.Exec(insertMandate, m.ID, o.ID, m.Role, m.Office, from, m.To, m.Order); err != nil {
					return fmt.Errorf("mandate %s: %w", m.ID, err)
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("import the directory: %w", err)
	}
	return d.Reload(ctx)
}
