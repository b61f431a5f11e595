package lawtext

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// placesDir holds tables of places, for all laws of the tree.
const placesDir = "places"

// Places is a table of places: the regions of a country by their SOATO code, with
// their names by language. What lies in a region has a code that begins with the
// region's. Read-only once read, and then safe for concurrent use.
type Places struct {
	Regions []string // codes, sorted
	names   map[string]map[string]string
	at      map[string][2]int
}

// At is where a region stands on a map of tiles, one for each: how many tiles from the left and from above; ok is false where the table does not say.
func (p *Places) At(code string) (at [2]int, ok bool) {
	if p == nil {
		return at, false
	}
	at, ok = p.at[code]
	return at, ok
}

// Names are the names of the regions in one language, by code.
func (p *Places) Names(lang string) map[string]string {
	if p == nil {
		return nil
	}
	return p.names[lang]
}

// Known reports whether a code has the form of a SOATO code and lies in a region of the
// table: four digits for a region, seven for a district or town, ten for a settlement.
func (p *Places) Known(code string) bool {
	switch len(code) {
	case 4, 7, 10:
	default:
		return false
	}
	if strings.Trim(code, "0123456789") != "" {
		return false
	}
	return p == nil || slices.Contains(p.Regions, code[:4])
}

// Places reads places/<name>.yaml; nil, with a problem at the place that named it, where there is none.
func (s *Source) Places(at Node, name string) *Places {
	file := path.Join(placesDir, name+".yaml")
	if !slices.Contains(s.Files(placesDir, ".yaml"), file) {
		var known []string
		for _, f := range s.Files(placesDir, ".yaml") {
			known = append(known, strings.TrimSuffix(path.Base(f), ".yaml"))
		}
		s.BadName(at, "table of places", name, known)
		return nil
	}
	top, ok := s.Read(file)
	if !ok {
		return nil
	}
	p := &Places{names: map[string]map[string]string{}, at: map[string][2]int{}}
	for _, e := range s.Entries(s.Keys(top, "regions")["regions"]) {
		if len(e.Name) != 4 || strings.Trim(e.Name, "0123456789") != "" {
			s.Bad(e.Key, "%q is no code of a region", e.Name).Meant = "four digits in quotes, such as \"1703\""
			continue
		}
		p.Regions = append(p.Regions, e.Name)
		keys := s.Keys(e.Value, append(slices.Clone(Languages), "at")...)
		s.at(p, e, keys["at"])
		delete(keys, "at")
		for lang, n := range keys {
			if p.names[lang] == nil {
				p.names[lang] = map[string]string{}
			}
			p.names[lang][e.Name] = s.Text(n)
		}
	}
	slices.Sort(p.Regions)
	return p
}

// mostTiles is how wide and how high a map of tiles is at most.
const mostTiles = 20

// at reads where a region stands on a map of tiles.
func (s *Source) at(p *Places, e Entry, n Node) {
	if !n.Given() {
		return
	}
	list := s.List(n)
	var at [2]int
	for i := range list {
		v, err := strconv.Atoi(list[i].Word())
		if err != nil || v < 0 || v >= mostTiles || len(list) != 2 {
			s.Bad(n, "this is no place on a map of tiles").Meant = "how many tiles from the left and from above: [3, 1]"
			return
		}
		at[i] = v
	}
	for code, other := range p.at {
		if other == at {
			s.Bad(n, "the region %s stands there already", code)
		}
	}
	p.at[e.Name] = at
}
