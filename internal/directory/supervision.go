package directory

import (
	"fmt"
	"io/fs"
	"slices"
	"sort"

	"go.yaml.in/yaml/v3"
)

// SupervisionFile says, beside the law of a service, which kinds of offices another kind
// supervises in its territory.
const SupervisionFile = "supervision.yaml"

// Supervision is what follows from the place and the kind of an office where nothing is laid
// down for it: the offices of the kinds Of are supervised by that of the kind By whose place is
// the nearest around theirs. The zero Supervision derives nothing.
type Supervision struct {
	Article string   `yaml:"article"`
	By      string   `yaml:"by"`
	Of      []string `yaml:"of"`
	// Places are how many digits of a SOATO code the territories have, from the smallest: district, region, country.
	Places []int `yaml:"places"`
}

// ReadSupervision reads the rule of a service from the folder of its law. A folder without the file has none.
func ReadSupervision(fsys fs.FS, law string) (Supervision, error) {
	var s Supervision
	text, err := fs.ReadFile(fsys, law+"/"+SupervisionFile)
	if err != nil {
		return s, fmt.Errorf("read who supervises whom: %w", err)
	}
	if err := yaml.Unmarshal(text, &s); err != nil {
		return s, fmt.Errorf("%s/%s: %w", law, SupervisionFile, err)
	}
	for _, k := range append(slices.Clone(s.Of), s.By) {
		if !slices.Contains(Kinds(), k) {
			return s, fmt.Errorf("%s/%s: there is no kind of offices %q", law, SupervisionFile, k)
		}
	}
	if s.Article == "" || len(s.Of) == 0 || len(s.Places) == 0 || !sort.SliceIsSorted(s.Places, func(i, j int) bool { return s.Places[i] > s.Places[j] }) {
		return s, fmt.Errorf("%s/%s: it wants article, by, of, and places from the longest code to the shortest", law, SupervisionFile)
	}
	return s, nil
}

// derive gives, for offices without a supervisor of their own, the one that follows from place and kind.
func (s *Supervision) derive(t *Tree) map[string]string {
	if s.By == "" {
		return nil
	}
	at := map[string][]*Office{} // by place: the offices that supervise
	for _, o := range t.offices {
		if o.Kind == s.By && o.Closed == 0 {
			at[o.Place] = append(at[o.Place], o)
		}
	}
	out := map[string]string{}
	for _, o := range t.offices {
		if _, said := t.comp[[2]string{o.ID, SupervisorRole}]; said || !slices.Contains(s.Of, o.Kind) {
			continue
		}
		if by := s.nearest(at, o.Place); by != "" {
			out[o.ID] = by
		}
	}
	return out
}

// nearest is the office in the smallest territory around a place. Where there are several in
// it nobody can tell which is meant, and none follows: it is to be laid down.
func (s *Supervision) nearest(at map[string][]*Office, place string) string {
	for _, digits := range s.Places {
		if len(place) < digits {
			continue
		}
		if here := at[place[:digits]]; len(here) > 0 {
			if len(here) == 1 {
				return here[0].ID
			}
			return ""
		}
	}
	return ""
}

// Supervise sets what follows from place and kind. It is called once, before the directory
// is read anew for the first time by anybody who asks.
func (d *Directory) Supervise(s Supervision) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.supervision = s
}
