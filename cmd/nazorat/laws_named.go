package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"nazorat/internal/app"
	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
)

// noLaw tells which laws there are to whoever named another.
func noLaw(name string, known []string) error {
	return fmt.Errorf("there is no law %q; there are: %s", name, strings.Join(known, ", "))
}

// lawNamed loads a law by its name.
func lawNamed(fsys fs.FS, known []string, name string) (*procedure.Law, error) {
	if !slices.Contains(known, name) {
		return nil, noLaw(name, known)
	}
	law, _, err := lawload.Load(fsys, name)
	return law, err
}

// editionNamed finds an edition by its date; without one, the last.
func editionNamed(law *procedure.Law, date string) (*procedure.Edition, error) {
	if date == "" {
		return law.Editions[len(law.Editions)-1], nil
	}
	if e := law.Edition(date); e != nil {
		return e, nil
	}
	var names []string
	for _, e := range law.Editions {
		names = append(names, e.Name)
	}
	return nil, fmt.Errorf("%s has no edition %q; it has: %s", law.Name, date, strings.Join(names, ", "))
}

// officeApplying opens the office of a database, which must apply a law. The caller closes it.
func officeApplying(ctx context.Context, location, law string) (*app.Office, error) {
	office, err := openOffice(ctx, location)
	if err != nil {
		return nil, err
	}
	if office.Docket.Law(law) == nil {
		return nil, errors.Join(fmt.Errorf("the office of %s does not apply the law %s", location, law), office.Close())
	}
	return office, nil
}
