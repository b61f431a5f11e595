package portal

import (
	"io/fs"
	"path"
	"slices"

	"nazorat/internal/directory"
	"nazorat/internal/fact"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// rulesFile stands beside a law's editions and says how citizens report under it.
const rulesFile = "online.yaml"

// rules are how citizens report under a law.
type rules struct {
	law     *procedure.Law
	article string
	role    string // under which the office does the acts
	named   string // the act of who says who he is
	reached string // its field that says where he is reached
	unnamed string // the act of who does not; "": that is not possible
	apart   string // the article by which those are kept apart
	kind    string // of the offices that receive
	place   string // the field by which the office is found
}

// readRules reads how citizens report, from the first of some laws that says so; nil where none does. It refuses a file that names what there is not.
func readRules(fsys fs.FS, laws []*procedure.Law) (*rules, error) {
	s := lawtext.New(fsys)
	for _, law := range laws {
		file := path.Join(law.Name, rulesFile)
		if !slices.Contains(s.Files(law.Name, ".yaml"), file) {
			continue
		}
		top, ok := s.Read(file)
		if !ok {
			return nil, s.Err()
		}
		r := readOne(s, top, law)
		return r, s.Err()
	}
	return nil, s.Err()
}

func readOne(s *lawtext.Source, top lawtext.Node, law *procedure.Law) *rules {
	k := s.Keys(top, "article", "confidence", "role", "named", "unnamed", "received_by", "place")
	r := &rules{law: law, article: s.Text(k["article"]), role: s.Text(k["role"]), place: s.Text(k["place"])}
	s.OneOf(k["confidence"].Or(top), "confidence", "V", "V+", "N", "M")
	r.kind = directory.Kinds()[s.OneOf(k["received_by"].Or(top), "received_by", directory.Kinds()...)]
	last := law.Editions[len(law.Editions)-1]
	act := func(at lawtext.Node) string {
		rule := last.Act(s.Text(at))
		switch {
		case rule == nil:
			s.BadName(at, "act", s.Text(at), law.Names.Acts.List)
			return ""
		case !rule.Opens || !rule.Role(r.role):
			s.Bad(at, "the act %s is none that opens a proceeding and that the role %s does", rule.Name, r.role)
		case rule.Field(r.place) == nil || rule.Field(r.place).Type != fact.Place || rule.Field(r.place).Optional:
			s.Bad(at, "the act %s does not ask for a place %q", rule.Name, r.place)
		}
		return rule.Name
	}
	named := s.Keys(k["named"].Or(top), "act", "reached")
	r.named, r.reached = act(named["act"].Or(top)), s.Text(named["reached"])
	if rule := last.Act(r.named); rule != nil && rule.Field(r.reached) == nil {
		s.Bad(named["reached"].Or(top), "the act %s has no field %q", r.named, r.reached)
	}
	if _, there := k["unnamed"]; there {
		unnamed := s.Keys(k["unnamed"], "act", "article")
		r.unnamed, r.apart = act(unnamed["act"].Or(top)), s.Text(unnamed["article"])
	}
	return r
}

// act is the act of a report.
func (r *rules) act(named bool) string {
	if named {
		return r.named
	}
	return r.unnamed
}
