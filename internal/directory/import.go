package directory

import (
	"context"
	"fmt"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
)

// Service is a whole directory to be put in place, when an office is founded: who there is, for which
// offices. Offices stand after their parents. What changes afterwards changes by acts (see Follow).
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
	Mandates []Mandate
}

// Import puts a service in place, all or nothing. The paths of offices are worked out from their parents.
func (d *Directory) Import(ctx context.Context, s *Service, now calendar.Moment) error {
	offices, err := officeRows(s)
	if err != nil {
		return fmt.Errorf("import the directory: %w", err)
	}
	var competences, officers, mandates []any
	for _, c := range s.Competences {
		competences = append(competences, c.Office, c.Role, c.Competent, int64(now), int64(0), "", "", int64(0), "")
	}
	for _, o := range s.Officers {
		officers = append(officers, o.ID, o.Name, o.Login, "", "")
		for _, m := range o.Mandates {
			from := m.From
			if from == 0 {
				from = now
			}
			manner := m.Manner
			if manner == "" {
				manner = Appointment
			}
			mandates = append(mandates, m.ID, o.ID, m.Role, m.Office, int64(from), int64(m.To), int64(m.To), m.Order, manner, m.InsteadOf, "", int64(0), "")
		}
	}
	err = d.db.Write(ctx, func(tx *db.Tx) error {
		for _, x := range []struct {
			what string
			rows *db.Rows
			args []any
		}{{"offices", insertOffices, offices}, {"competences", insertCompetences, competences}, {"officers", insertOfficers, officers}, {"mandates", insertMandates, mandates}} {
			if _, err := tx.ExecRows(x.rows, x.args); err != nil {
				return fmt.Errorf("%s: %w", x.what, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("import the directory: %w", err)
	}
	return d.Reload(ctx)
}

// officeRows gives the values of the rows of offices.
func officeRows(s *Service) (rows []any, err error) {
	paths := map[string]string{}
	for _, o := range s.Offices {
		var parent any
		path := "/" + o.ID + "/"
		if o.Parent != "" {
			above, ok := paths[o.Parent]
			if !ok {
				return nil, fmt.Errorf("office %s: its parent %s does not stand before it", o.ID, o.Parent)
			}
			parent, path = o.Parent, above+o.ID+"/"
		}
		paths[o.ID] = path
		rows = append(rows, o.ID, o.Code, o.Kind, parent, path, o.Place, o.Name("uz"), o.Name("ru"), o.Name("en"), "", "", o.Parent)
	}
	return rows, nil
}
