// Package registering says what an officer is shown before he registers a report: what says much the same already, and which body is
// competent, with the article that says so. What is held against what, and whose which crimes are, stands beside a law (registering.yaml).
//
// It tells nobody of a proceeding that he may not read: what is alike is looked for under the policies. It refuses nothing and decides nothing; it
// owns no table.
package registering

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"nazorat/internal/access"
	"nazorat/internal/directory"
	"nazorat/internal/find"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// rulesFile stands beside a law's editions.
const rulesFile = "registering.yaml"

// Desk says what is shown. Safe for concurrent use.
type Desk struct {
	index *find.Index
	dir   *directory.Directory
	rules map[string]*rules // by law
}

// rules are those of a law.
type rules struct {
	acts                   []string
	texts, names           []string // fields that are held against what is there
	place                  string
	article, matter, where string // fields by which a body is competent
	bodies                 []body
}

// body is whose some crimes are.
type body struct {
	kind    string // of offices
	article string
	crimes  []crimes // none, and no matters: all that are left
	matters []string
}

// crimes are articles of a code from one number to another: CC 97-103; or one alone, with what stands behind its number: CC 192-1.
type crimes struct {
	code     string
	from, to int
	exact    string // "192-1"; "" for a range
}

// Open reads what some laws say. It errs where a registering.yaml is at fault.
func Open(index *find.Index, dir *directory.Directory, fsys fs.FS, laws []*procedure.Law) (*Desk, error) {
	d := &Desk{index: index, dir: dir, rules: map[string]*rules{}}
	s := lawtext.New(fsys)
	for _, law := range laws {
		file := path.Join(law.Name, rulesFile)
		if !slices.Contains(s.Files(law.Name, ".yaml"), file) {
			continue
		}
		if top, ok := s.Read(file); ok {
			d.rules[law.Name] = readOne(s, top, law)
		}
	}
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("what is shown before something is registered: %w", err)
	}
	return d, nil
}

func readOne(s *lawtext.Source, top lawtext.Node, law *procedure.Law) *rules {
	r := &rules{}
	last := law.Editions[len(law.Editions)-1]
	k := s.Keys(top, "article", "confidence", "before", "alike", "competent")
	s.OneOf(k["confidence"].Or(top), "confidence", "V", "V+", "N", "M")
	for _, n := range s.List(k["before"].Or(top)) {
		if last.Act(n.Word()) == nil {
			s.BadName(n, "act", n.Word(), law.Names.Acts.List)
		}
		r.acts = append(r.acts, n.Word())
	}
	alike := s.Keys(k["alike"].Or(top), "texts", "names", "place")
	r.texts, r.names, r.place = s.Texts(alike["texts"]), s.Texts(alike["names"]), s.Text(alike["place"])
	competent := s.Keys(k["competent"].Or(top), "by", "bodies")
	by := s.Keys(competent["by"].Or(top), "article", "matter", "place")
	r.article, r.matter, r.where = s.Text(by["article"]), s.Text(by["matter"]), s.Text(by["place"])
	field := func(at lawtext.Node, name string) {
		if name != "" && !slices.ContainsFunc(r.acts, func(act string) bool { return last.Act(act) != nil && last.Act(act).Field(name) != nil }) && law.Names.Fields[0].Find(name) < 0 {
			s.Bad(at, "there is no field %q, of one of these acts or of the proceeding", name)
		}
	}
	for _, name := range append(append([]string{r.place}, r.texts...), r.names...) {
		field(k["alike"].Or(top), name)
	}
	for _, name := range []string{r.article, r.matter, r.where} {
		field(competent["by"].Or(top), name)
	}
	for _, n := range competent["bodies"].Or(top).Items() {
		in := s.Keys(n, "office", "article", "crimes", "matters")
		b := body{kind: directory.Kinds()[s.OneOf(in["office"].Or(n), "office", directory.Kinds()...)], article: s.Text(in["article"])}
		if b.article == "" {
			s.Bad(n, "the article is wanted that says so")
		}
		for _, c := range s.List(in["crimes"]) {
			one, ok := readCrimes(c.Word())
			if !ok {
				s.Bad(c, "%q: want a code and a number, or from one number to another with a dash", c.Word())
			}
			b.crimes = append(b.crimes, one)
		}
		b.matters = s.Texts(in["matters"])
		r.bodies = append(r.bodies, b)
	}
	return r
}

// readCrimes reads "CC 97-103" or "CC 192-1". What stands behind the dash is a further number where it is larger, else a part of the number of the article.
func readCrimes(text string) (c crimes, ok bool) {
	code, numbers, found := strings.Cut(text, " ")
	first, second, dash := strings.Cut(numbers, "-")
	from, err := strconv.Atoi(first)
	if !found || err != nil {
		return c, false
	}
	c = crimes{code: code, from: from, to: from}
	if dash {
		to, err := strconv.Atoi(second)
		if err != nil {
			return c, false
		}
		if to > from {
			c.to = to
		} else {
			c.exact = numbers
		}
	}
	return c, true
}

// holds reports whether an article, as it is kept ("CC 169(2)"), is one of the crimes.
func (c crimes) holds(article string) bool {
	code, rest, _ := strings.Cut(article, " ")
	number, _, _ := strings.Cut(rest, "(")
	if code != c.code {
		return false
	}
	if c.exact != "" {
		return number == c.exact
	}
	first, _, dashed := strings.Cut(number, "-")
	n, err := strconv.Atoi(first)
	return err == nil && n >= c.from && n <= c.to && (!dashed || c.from < c.to)
}

// Competent is the body that is proposed.
type Competent struct {
	Kind    string
	Office  string // "" where the directory has none of that kind around the place
	Article string // that says whose it is
	Crime   string // the article of the crime by which it was found; "": it was not
	Matter  string // what it is about, in the citizen's word, by which it was found; "": it was not
	Place   string // SOATO code; "" where none is known, and then the office is that of the asker where it is of the kind
	Here    bool   // it is the office that has it
}

// Shown is what is shown before something is registered.
type Shown struct {
	Alike     []find.Resembling
	Competent *Competent // nil where nothing can be said
}

// Before says whether something is shown before an act is done.
func (d *Desk) Before(law, act string) bool {
	r := d.rules[law]
	return r != nil && slices.Contains(r.acts, act)
}

// Show says what is shown to an officer before he does an act for an office: of what he typed, and of what the proceeding has already ("" and nil for one that is
// opened). It is NotFound for nobody: what he may not read is not there.
func (d *Desk) Show(ctx context.Context, who access.Actor, law *procedure.Law, office, proceeding string, typed map[string]string, state *procedure.State) (*Shown, error) {
	r := d.rules[law.Name]
	if r == nil {
		return &Shown{}, nil
	}
	value := func(field string) string {
		if text := strings.TrimSpace(typed[field]); text != "" || state == nil || field == "" {
			return text
		}
		if id := law.Names.Fields[0].Find(field); id >= 0 && len(state.Things) > 0 {
			if v := state.Things[0].Field(procedure.FieldID(id)); v.Given() {
				return v.String()
			}
		}
		return ""
	}
	l := find.Likeness{Place: value(r.place), Not: proceeding}
	for _, f := range r.texts {
		if text := value(f); text != "" {
			l.Texts = append(l.Texts, text)
		}
	}
	for _, f := range r.names {
		if name := value(f); name != "" {
			l.Names = append(l.Names, name)
		}
	}
	out := &Shown{Competent: d.competent(r, office, value(r.article), value(r.matter), value(r.where))}
	var err error
	out.Alike, err = d.index.Alike(ctx, who, l)
	return out, err
}

// competent is the first body that fits; where nothing is known but the place it is that of the last rule, which has all that is left.
func (d *Desk) competent(r *rules, office, crime, matter, place string) *Competent {
	if len(r.bodies) == 0 || crime == "" && matter == "" && place == "" {
		return nil
	}
	tree := d.dir.Tree()
	for _, b := range r.bodies {
		c := &Competent{Kind: b.kind, Article: b.article, Place: place}
		switch {
		case crime != "" && slices.ContainsFunc(b.crimes, func(x crimes) bool { return x.holds(crime) }):
			c.Crime = crime
		case crime == "" && matter != "" && slices.Contains(b.matters, matter):
			c.Matter = matter
		case len(b.crimes) > 0 || len(b.matters) > 0:
			continue
		}
		here := tree.Office(office)
		near := tree.Nearest(b.kind, place)
		switch {
		case slices.ContainsFunc(near, func(o *directory.Office) bool { return o.ID == office }), place == "" && here != nil && here.Kind == b.kind:
			c.Office, c.Here = office, true
		case len(near) > 0:
			c.Office = near[0].ID
		case place == "" && here != nil:
			if list := tree.Nearest(b.kind, here.Place); len(list) > 0 {
				c.Office = list[0].ID
			}
		}
		return c
	}
	return nil
}
