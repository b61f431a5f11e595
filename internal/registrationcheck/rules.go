package registrationcheck

import (
	"fmt"
	"io/fs"
	"path"
	"slices"

	"nazorat/internal/directory"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// rulesFile stands beside a law's editions.
const rulesFile = "monthly.yaml"

// rules are what a month is looked through for under a law.
type rules struct {
	law                 *procedure.Law
	article             string
	kinds               []string // of offices that have the page
	registered, decided []string // acts
	terms               []string
	again               []string // acts
	waiting             []string // states
	check               *check   // nil: no law has an act for it
}

// check is the act by which the check is recorded.
type check struct {
	law              *procedure.Law
	begin, act, term string
	fills            map[string]string // fields of the act, by what is known here
}

// What of a month fills a field of the act.
const (
	fillFrom       = "from"
	fillTo         = "to"
	fillRegistered = "registered"
	fillDecided    = "decided"
)

// readRules reads what is looked for, of the first of some laws that says so; nil where none does. It refuses a file that names what there is not, or
// what the law hides from somebody who reads the proceeding: all that is listed here is seen by whoever may read it.
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
		r := readOne(s, top, law, laws)
		return r, s.Err()
	}
	return nil, s.Err()
}

func readOne(s *lawtext.Source, top lawtext.Node, law *procedure.Law, laws []*procedure.Law) *rules {
	k := s.Keys(top, "article", "confidence", "offices", "registered", "decided", "terms", "again", "waiting", "check")
	s.OneOf(k["confidence"].Or(top), "confidence", "V", "V+", "N", "M")
	r := &rules{law: law, article: s.Text(k["article"].Or(top))}
	for _, n := range s.List(k["offices"].Or(top)) {
		r.kinds = append(r.kinds, directory.Kinds()[s.OneOf(n, "office", directory.Kinds()...)])
	}
	acts := func(key string) (out []string) {
		for _, n := range s.List(k[key].Or(top)) {
			id := law.Act(n.Word())
			if id < 0 {
				s.BadName(n, "act", n.Word(), law.Names.Acts.List)
				continue
			}
			hidden(s, n, law, id)
			out = append(out, n.Word())
		}
		return out
	}
	r.registered, r.decided, r.again = acts("registered"), acts("decided"), acts("again")
	for _, n := range s.List(k["terms"].Or(top)) {
		term := termOf(law, n.Word())
		if term == nil {
			s.BadName(n, "term", n.Word(), law.Names.Terms.List)
			continue
		}
		for _, id := range term.StartedBy {
			hidden(s, n, law, id)
		}
		if term.Per > 0 {
			s.Bad(n, "the term %s runs for each of several things; one of the proceeding itself is wanted", term.Name)
		}
		r.terms = append(r.terms, term.Name)
	}
	for _, n := range s.List(k["waiting"].Or(top)) {
		if states := law.Names.States[0].List; !slices.Contains(states, n.Word()) {
			s.BadName(n, "state", n.Word(), states)
		}
		r.waiting = append(r.waiting, n.Word())
	}
	if at, there := k["check"]; there {
		r.check = readCheck(s, at, laws)
	}
	return r
}

func readCheck(s *lawtext.Source, at lawtext.Node, laws []*procedure.Law) *check {
	k := s.Keys(at, "law", "begin", "act", "term", "fills")
	i := slices.IndexFunc(laws, func(l *procedure.Law) bool { return l.Name == s.Text(k["law"].Or(at)) })
	if i < 0 {
		s.Bad(k["law"].Or(at), "there is no law %q", s.Text(k["law"].Or(at)))
		return nil
	}
	c := &check{law: laws[i], begin: s.Text(k["begin"].Or(at)), act: s.Text(k["act"].Or(at)), term: s.Text(k["term"].Or(at)), fills: map[string]string{}}
	last := c.law.Editions[len(c.law.Editions)-1]
	for _, key := range []string{"begin", "act"} {
		if name := s.Text(k[key].Or(at)); last.Act(name) == nil {
			s.BadName(k[key].Or(at), "act", name, c.law.Names.Acts.List)
			return nil
		}
	}
	if term := termOf(c.law, c.term); term == nil {
		s.BadName(k["term"].Or(at), "term", c.term, c.law.Names.Terms.List)
	} else {
		for _, id := range term.StartedBy {
			hidden(s, k["term"].Or(at), c.law, id)
		}
	}
	for _, e := range s.Entries(k["fills"].Or(at)) {
		if last.Act(c.act).Field(e.Key.Word()) == nil {
			s.Bad(e.Key, "the act %s has no field %q", c.act, e.Key.Word())
		}
		words := []string{fillFrom, fillTo, fillRegistered, fillDecided}
		c.fills[e.Key.Word()] = words[s.OneOf(e.Value, "figure of the month", words...)]
	}
	return c
}

// termOf is a term by its name, as the last edition has it that has it.
func termOf(law *procedure.Law, name string) *procedure.Term {
	for i := len(law.Editions) - 1; i >= 0; i-- {
		for _, t := range law.Editions[i].Terms {
			if t != nil && t.Name == name {
				return t
			}
		}
	}
	return nil
}

// hidden refuses an act to whose sheets an edition gives a class.
func hidden(s *lawtext.Source, at lawtext.Node, law *procedure.Law, act procedure.ActID) {
	for _, e := range law.Editions {
		if class := e.SheetOf(act); class != "" {
			s.Bad(at, "what it says is hidden from some who read the proceeding: sheets of the act %s are of the class %s", law.Names.Acts.List[act], class)
			return
		}
	}
}

// errOf tells where the file is at fault.
func errOf(err error) error { return fmt.Errorf("what a month is looked through for: %w", err) }
