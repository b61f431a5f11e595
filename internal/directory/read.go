package directory

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"
)

// mostDirectory bounds a directory file.
const mostDirectory = 16 << 20

type serviceFile struct {
	Offices []struct {
		ID     string            `yaml:"id"`
		Code   string            `yaml:"code"`
		Kind   string            `yaml:"kind"`
		Parent string            `yaml:"parent"`
		Place  string            `yaml:"place"`
		Names  map[string]string `yaml:"names"`
	} `yaml:"offices"`
	Competences []struct {
		Office    string `yaml:"office"`
		Role      string `yaml:"role"`
		Competent string `yaml:"competent"`
	} `yaml:"competences"`
	Officers []struct {
		ID       string `yaml:"id"`
		Name     string `yaml:"name"`
		Login    string `yaml:"login"`
		Mandates []struct {
			Role   string `yaml:"role"`
			Office string `yaml:"office"`
			Order  string `yaml:"order"`
		} `yaml:"mandates"`
	} `yaml:"officers"`
}

// ReadService reads a directory written as YAML: offices, competences and
// officers with their mandates. Each officer gets a password made here, which
// passwords tells by login; only its hash is in the service.
func ReadService(r io.Reader) (s *Service, passwords map[string]string, err error) {
	dec := yaml.NewDecoder(io.LimitReader(r, mostDirectory))
	dec.KnownFields(true)
	var f serviceFile
	if err := dec.Decode(&f); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil, errors.New("the directory is empty")
		}
		return nil, nil, fmt.Errorf("the directory: %w", err)
	}
	s, passwords = &Service{}, map[string]string{}
	for i, o := range f.Offices {
		if o.ID == "" || o.Code == "" || o.Names["uz"] == "" {
			return nil, nil, fmt.Errorf("the directory: office %d needs id, code and names: { uz: ... }", i+1)
		}
		s.Offices = append(s.Offices, Office{ID: o.ID, Code: o.Code, Kind: o.Kind, Parent: o.Parent, Place: o.Place, Names: o.Names})
	}
	for _, c := range f.Competences {
		s.Competences = append(s.Competences, Competence(c))
	}
	for i, o := range f.Officers {
		if o.ID == "" || o.Name == "" || o.Login == "" || len(o.Mandates) == 0 {
			return nil, nil, fmt.Errorf("the directory: officer %d needs id, name, login and mandates", i+1)
		}
		password := rand.Text()
		hash, err := HashPassword(password)
		if err != nil {
			return nil, nil, err
		}
		passwords[o.Login] = password
		n := NewOfficer{Officer: Officer{ID: o.ID, Name: o.Name, Login: o.Login}, Password: hash}
		for j, m := range o.Mandates {
			n.Mandates = append(n.Mandates, Mandate{ID: fmt.Sprintf("%s-%d", o.ID, j+1), Officer: o.ID, Role: m.Role, Office: m.Office, Order: m.Order})
		}
		s.Officers = append(s.Officers, n)
	}
	return s, passwords, nil
}
