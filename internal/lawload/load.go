// Package lawload reads laws from their files: it owns the keys of laws/*.yaml, what
// each may say, editions that rest on earlier ones, and what a lawyer is told about a
// mistake. What comes out is a procedure.Law that the engine applies.
//
// It refuses to guess: a file that names an unknown state, role or field does not
// load, and the error says where, what, and what was probably meant.
package lawload

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/condition"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// A law lives in a folder: <edition date>.yaml for each edition, labels.<lang>.yaml
// beside them, and parts named by include.

// Load reads, checks and compiles the law in a folder of fsys, such as
// "uz/criminal". The error is a lawtext.Problems if the files are at fault; warnings
// do not fail and come back beside the law.
func Load(fsys fs.FS, name string) (*procedure.Law, lawtext.Problems, error) {
	return LoadWith(fsys, name, nil)
}

// LoadWith is Load with switches set otherwise than the law's default, by name.
func LoadWith(fsys fs.FS, name string, chosen map[string]string) (*procedure.Law, lawtext.Problems, error) {
	s := lawtext.New(fsys)
	l := &loader{Source: s, law: &procedure.Law{Name: name, Labels: map[string]*procedure.Labels{}}, days: s.Days(), chosen: chosen, conds: condition.NewReader(), lists: map[*procedure.Field]string{}}
	files := l.editionFiles(name)
	if len(files) == 0 {
		return nil, nil, fmt.Errorf("no law %q: it would be a folder with a file such as %s/2025-01-01.yaml", name, name)
	}
	for _, f := range files {
		l.readEdition(f)
	}
	if err := s.Err(); err != nil {
		return nil, nil, err
	}
	l.nameAll()
	for _, r := range l.raw {
		l.compile(r)
	}
	if s.Err() == nil {
		for _, r := range l.raw {
			l.unreached(r)
		}
		l.leaks()
	}
	l.law.Beside = l.beside()
	names := l.labelled()
	for _, lang := range lawtext.Languages {
		if lb := s.Labels(name, lang, names, l.days.Names(lang)); lb != nil {
			lb.Places = l.placeNames(lang)
			l.law.Labels[lang] = lb
		}
	}
	if err := s.Err(); err != nil {
		return nil, nil, err
	}
	return l.law, s.Warnings(), nil
}

// Names lists the laws below a folder tree: every folder that holds an edition.
func Names(fsys fs.FS) ([]string, error) {
	var out []string
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !d.IsDir() && isEdition(path.Base(p)) && path.Dir(p) != "." {
			if dir := path.Dir(p); !slices.Contains(out, dir) {
				out = append(out, dir)
			}
		}
		return nil
	})
	return out, err
}

// placeNames are the names of all places that the law's editions know, in one language.
func (l *loader) placeNames(lang string) map[string]string {
	out := map[string]string{}
	for _, e := range l.law.Editions {
		maps.Copy(out, e.Places.Names(lang))
	}
	return out
}

func isEdition(file string) bool {
	date, ok := strings.CutSuffix(file, ".yaml")
	if !ok {
		return false
	}
	_, err := calendar.ParseDate(date)
	return err == nil
}

type loader struct {
	*lawtext.Source
	law  *procedure.Law
	raw  []*rawEdition
	days *lawtext.Days

	chosen   map[string]string // switches set otherwise than by default
	conds    *condition.Reader
	included []string                    // files that some edition includes
	lists    map[*procedure.Field]string // the list that a field takes its choices from, where they have a name
}

// rawEdition is an edition as written: sections by name, each name with its place.
type rawEdition struct {
	edition    *procedure.Edition
	top        lawtext.Node
	kinds      []lawtext.Entry
	acts       []lawtext.Entry
	terms      []lawtext.Entry
	switches   []lawtext.Entry
	choices    []lawtext.Entry // lists of choices that fields name
	transition lawtext.Node
	since      map[string]string // by section and name: the edition that gives it
	part       map[string]string // the same: the part of the law that it belongs to
	mine       map[string]bool   // names that this edition's own files give, by section
}

func (l *loader) editionFiles(name string) []string {
	var out []string
	for _, f := range l.Files(name, ".yaml") {
		if isEdition(path.Base(f)) {
			out = append(out, f)
		}
	}
	return out // sorted by name, which is by date
}

func (l *loader) readEdition(file string) {
	top, ok := l.Read(file)
	if !ok {
		return
	}
	k := l.Keys(top, "procedure", "in_force", "based_on", "include", "days", "currency", "cites", "number", "kinds", "acts", "terms", "switches", "transition", "places", "codes", "roles", "inward", "sheets", "choices")
	e := &procedure.Edition{Law: l.law, Name: strings.TrimSuffix(path.Base(file), ".yaml"), File: file, Index: len(l.law.Editions)}
	if got := l.Text(k["procedure"]); got != l.law.Name {
		l.Bad(k["procedure"].Or(top), "the folder is %s, the file says procedure: %q", l.law.Name, got)
	}
	date, err := calendar.ParseDate(l.Text(k["in_force"]))
	if err != nil {
		l.Bad(k["in_force"].Or(top), "in_force: %v", err)
	} else if date.String() != e.Name {
		l.Bad(k["in_force"], "in_force is %s, the file is named %s", date, path.Base(file)).Meant = fmt.Sprintf("rename the file to %s.yaml", date)
	}
	e.InForce = date
	r := &rawEdition{edition: e, top: top, mine: map[string]bool{}, since: map[string]string{}, part: map[string]string{}}
	if base := l.Text(k["based_on"]); base != "" && !r.basedOn(l, k["based_on"], base) {
		return // all else would be measured against nothing
	}
	if r.edition.Days == nil || k["days"].Given() {
		e.DayTable = l.Text(k["days"])
		e.Days = l.days.Table(k["days"].Or(top), e.DayTable)
	}
	if c := l.Text(k["currency"]); c != "" {
		e.Currency = c
	}
	if n := l.Text(k["number"]); n != "" {
		e.Number = n
		if err := checkNumber(n); err != nil {
			l.Bad(k["number"], "%v", err)
		}
	}
	if p := l.Text(k["places"]); p != "" {
		e.Places = l.Places(k["places"], p)
	}
	for _, c := range l.Entries(k["codes"]) {
		if !codeShort.MatchString(c.Name) {
			l.Bad(c.Key, "%q is no short name of a code", c.Name).Meant = "a word that begins with a capital letter, such as CC"
		}
		e.Codes = append(e.Codes, procedure.Cite{Short: c.Name, Title: l.Text(c.Value)})
	}
	l.sheetClasses(e, k["sheets"])
	if n := k["inward"]; n.Given() {
		e.Inward = l.Yes(n)
	}
	r.transition = k["transition"]
	r.addRoles(l, k["roles"])
	for _, c := range l.Entries(k["cites"]) {
		e.Cites = append(e.Cites, procedure.Cite{Short: c.Name, Title: l.Text(c.Value)})
	}
	r.merge(l, "", k)
	for _, inc := range l.List(k["include"]) {
		if !slices.Contains(l.Files(path.Dir(file), ".yaml"), path.Join(path.Dir(file), inc.Word())) {
			l.Bad(inc, "there is no file %q beside this one", inc.Word()).Meant = lawtext.Meant(inc.Word(), l.parts(file))
			continue
		}
		part, ok := l.Read(path.Join(path.Dir(file), inc.Word()))
		if !ok {
			continue
		}
		l.included = append(l.included, path.Join(path.Dir(file), inc.Word()))
		p := l.Keys(part, "part", "kinds", "acts", "terms", "switches", "roles", "choices")
		r.addRoles(l, p["roles"])
		r.merge(l, l.partNamed(p["part"], inc.Word()), p)
	}
	l.raw = append(l.raw, r)
	l.law.Editions = append(l.law.Editions, e)
}

// partNamed is the part of the law that the new rules of a file belong to: its own name, unless it says another.
func (l *loader) partNamed(n lawtext.Node, file string) string {
	if !n.Given() {
		return strings.TrimSuffix(file, ".yaml")
	}
	name := l.Text(n)
	if !isPart.MatchString(name) {
		l.Bad(n, "part: want the name of a part, such as searches")
	}
	return name
}

// isPart is what a part may be called: the addresses of pages have it.
var isPart = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)

// parts are the files beside an edition that it may include.
func (l *loader) parts(file string) (out []string) {
	for _, f := range l.Files(path.Dir(file), ".yaml") {
		if base := path.Base(f); !isEdition(base) && !strings.HasPrefix(base, "labels.") {
			out = append(out, base)
		}
	}
	return out
}

// basedOn takes over what an earlier edition says; what this file gives anew replaces it.
func (r *rawEdition) basedOn(l *loader, at lawtext.Node, base string) bool {
	for _, b := range l.raw {
		if b.edition.Name == base {
			r.kinds, r.acts, r.terms = slices.Clone(b.kinds), slices.Clone(b.acts), slices.Clone(b.terms)
			r.edition.Days, r.edition.DayTable = b.edition.Days, b.edition.DayTable
			r.switches, r.since, r.part = slices.Clone(b.switches), maps.Clone(b.since), maps.Clone(b.part)
			r.choices = slices.Clone(b.choices)
			r.edition.Roles = slices.Clone(b.edition.Roles)
			r.edition.Inward = b.edition.Inward
			r.edition.Sheets = slices.Clone(b.edition.Sheets)
			r.edition.Places, r.edition.Codes = b.edition.Places, slices.Clone(b.edition.Codes)
			r.edition.Currency, r.edition.Number = b.edition.Currency, b.edition.Number
			r.edition.Cites = slices.Clone(b.edition.Cites)
			if last := l.raw[len(l.raw)-1].edition.Name; last != base {
				p := l.Bad(at, "this undoes what the edition of %s changed", last)
				p.Meant, p.Warning = "based_on: "+last+", unless that is meant", true
			}
			return true
		}
	}
	var known []string
	for _, b := range l.raw {
		known = append(known, b.edition.Name)
	}
	l.BadName(at, "earlier edition", base, known)
	return false
}

// addRoles takes up roles that do no act of their own, but are told of things or owe them.
func (r *rawEdition) addRoles(l *loader, n lawtext.Node) {
	for _, role := range l.Texts(n) {
		if !slices.Contains(r.edition.Roles, role) {
			r.edition.Roles = append(r.edition.Roles, role)
		}
	}
}

// ownName is the name of a rule with its section: kinds, acts, terms, switches, choices.
func ownName(section int, name string) string { return fmt.Sprint(section, name) }

// merge adds sections. A name given twice in one edition is a mistake; one of
// the base edition is replaced, or taken out by an empty value ("name: ~"). What is
// said anew stays in the part of the law that it was in; what is new belongs to part.
func (r *rawEdition) merge(l *loader, part string, said map[string]lawtext.Node) {
	for section, m := range []struct {
		into *[]lawtext.Entry
		from lawtext.Node
	}{{&r.kinds, said["kinds"]}, {&r.acts, said["acts"]}, {&r.terms, said["terms"]}, {&r.switches, said["switches"]}, {&r.choices, said["choices"]}} {
		for _, e := range l.Entries(m.from) {
			i := slices.IndexFunc(*m.into, func(o lawtext.Entry) bool { return o.Name == e.Name })
			own := ownName(section, e.Name)
			gone := e.Value.Empty()
			switch {
			case i < 0 && gone:
				l.Bad(e.Key, "%q is taken out, but no earlier edition has it", e.Name)
			case i < 0:
				*m.into = append(*m.into, e)
			case r.mine[own]:
				l.Bad(e.Key, "%q is given twice in this edition", e.Name).Meant = fmt.Sprintf("it stands at %s:%d too", (*m.into)[i].Key.File(), (*m.into)[i].Key.Line())
			case gone:
				*m.into = slices.Delete(*m.into, i, i+1)
			default:
				(*m.into)[i] = e
			}
			r.mine[own], r.since[own] = true, r.edition.Name
			if i < 0 || r.part[own] == "" {
				r.part[own] = part
			}
		}
	}
}

// nameAll numbers kinds, states, fields, acts, forms and terms over all editions.
func (l *loader) nameAll() {
	for _, r := range l.raw {
		for _, e := range r.kinds {
			l.law.Names.Kinds.ID(e.Name)
		}
		for _, e := range r.acts {
			l.law.Names.Acts.ID(e.Name)
		}
		for _, e := range r.terms {
			l.law.Names.Terms.ID(e.Name)
		}
	}
	l.law.Names.States = make([]procedure.Names, len(l.law.Names.Kinds.List))
	l.law.Names.Fields = make([]procedure.Names, len(l.law.Names.Kinds.List))
	l.law.Names.Forms = make([]procedure.Names, len(l.law.Names.Acts.List))
}

// checkNumber reads a pattern such as "{office}-{year}-{seq:6}".
func checkNumber(pattern string) error {
	_, err := procedure.FormatNumber(pattern, "office", 2026, 1)
	return err
}
