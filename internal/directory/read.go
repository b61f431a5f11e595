package directory

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// mostDirectory bounds a directory file.
const mostDirectory = 16 << 20

// The types of the file have the names that a person who wrote a key wrong is told.
type (
	file struct {
		Offices     []office     `yaml:"offices"`
		Competences []competence `yaml:"competences"`
		Officers    []officer    `yaml:"officers"`
	}
	office struct {
		ID     string            `yaml:"id"`
		Code   string            `yaml:"code"`
		Kind   string            `yaml:"kind"`
		Parent string            `yaml:"parent"`
		Place  string            `yaml:"place"`
		Names  map[string]string `yaml:"names"`
	}
	competence struct {
		Office    string `yaml:"office"`
		Role      string `yaml:"role"`
		Competent string `yaml:"competent"`
	}
	officer struct {
		ID       string    `yaml:"id"`
		Name     string    `yaml:"name"`
		Login    string    `yaml:"login"`
		Mandates []mandate `yaml:"mandates"`
	}
	mandate struct {
		Role   string `yaml:"role"`
		Office string `yaml:"office"`
		Order  string `yaml:"order"`
	}
)

// ReadService reads a directory written as YAML: offices, competences and
// officers with their mandates.
func ReadService(r io.Reader) (*Service, error) {
	dec := yaml.NewDecoder(io.LimitReader(r, mostDirectory))
	dec.KnownFields(true)
	var f file
	if err := dec.Decode(&f); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the directory is empty")
		}
		return nil, fmt.Errorf("the directory: %w", err)
	}
	if err := f.check(); err != nil {
		return nil, fmt.Errorf("the directory: %w", err)
	}
	s := &Service{}
	for _, o := range f.Offices {
		s.Offices = append(s.Offices, Office{ID: o.ID, Code: o.Code, Kind: o.Kind, Parent: o.Parent, Place: o.Place, Names: o.Names})
	}
	for _, c := range f.Competences {
		s.Competences = append(s.Competences, Competence(c))
	}
	for _, o := range f.Officers {
		n := NewOfficer{Officer: Officer{ID: o.ID, Name: o.Name, Login: Login(o.Login)}}
		for j, m := range o.Mandates {
			n.Mandates = append(n.Mandates, Mandate{ID: fmt.Sprintf("%s-%d", o.ID, j+1), Officer: o.ID, Role: m.Role, Office: m.Office, Order: m.Order})
		}
		s.Officers = append(s.Officers, n)
	}
	return s, nil
}

// check finds what the database would refuse in words of its own.
func (f *file) check() error {
	offices, codes := map[string]bool{}, map[string]bool{}
	for i, o := range f.Offices {
		switch {
		case o.ID == "" || o.Code == "" || o.Names["uz"] == "":
			return fmt.Errorf("office %d needs id, code and names: { uz: ... }", i+1)
		case offices[o.ID]:
			return fmt.Errorf("office %s is there twice", o.ID)
		case codes[o.Code]:
			return fmt.Errorf("office %s: the code %s is taken", o.ID, o.Code)
		case !slices.Contains(Kinds(), o.Kind):
			return fmt.Errorf("office %s: there is no kind %q: %s", o.ID, o.Kind, strings.Join(Kinds(), ", "))
		case o.Parent != "" && !offices[o.Parent]:
			return fmt.Errorf("office %s: its parent %s does not stand before it", o.ID, o.Parent)
		}
		offices[o.ID], codes[o.Code] = true, true
	}
	parts := map[[2]string]bool{}
	for _, c := range f.Competences {
		for _, o := range []string{c.Office, c.Competent} {
			if !offices[o] {
				return fmt.Errorf("competence %s for %s: it names the office %s, which is not in the directory", c.Role, c.Office, o)
			}
		}
		if k := [2]string{c.Office, c.Role}; c.Role == "" || parts[k] {
			return fmt.Errorf("competence %q for %s: each role of an office is laid down once", c.Role, c.Office)
		}
		parts[[2]string{c.Office, c.Role}] = true
	}
	ids, logins := map[string]bool{}, map[string]bool{}
	for i, o := range f.Officers {
		switch {
		case o.ID == "" || o.Name == "" || Login(o.Login) == "" || len(o.Mandates) == 0:
			return fmt.Errorf("officer %d needs id, name, login and mandates", i+1)
		case ids[o.ID]:
			return fmt.Errorf("officer %s is there twice", o.ID)
		case logins[Login(o.Login)]:
			return fmt.Errorf("officer %s: the login %s is taken", o.ID, Login(o.Login))
		}
		for _, m := range o.Mandates {
			if m.Role == "" || !offices[m.Office] {
				return fmt.Errorf("officer %s: the mandate %q needs a role and an office that is in the directory, not %q", o.ID, m.Role, m.Office)
			}
		}
		ids[o.ID], logins[Login(o.Login)] = true, true
	}
	return nil
}
