package procedure

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"nazorat/internal/calendar"
)

// A law lives in a folder: <edition date>.yaml for each edition, labels.<lang>.yaml
// beside them, and parts named by include. Tables of days off lie in calendars/.
const calendarsDir = "calendars"

// Languages that a law can be labelled in; Uzbek Cyrillic follows from Latin by rule.
var Languages = []string{"uz", "ru", "en"}

// Load reads, checks and compiles the law in a folder of fsys, such as
// "uz/criminal". The error is a Problems if the files are at fault; warnings
// do not fail and come back beside the law.
func Load(fsys fs.FS, name string) (*Law, Problems, error) {
	s := &source{fsys: fsys}
	l := &loader{source: s, law: &Law{Name: name, Labels: map[string]*Labels{}}, days: map[string]*calendar.Days{}, holidays: map[string]map[string]string{}}
	files := l.editionFiles(name)
	if len(files) == 0 {
		return nil, nil, fmt.Errorf("no law %q: it would be a folder with a file such as %s/2025-01-01.yaml", name, name)
	}
	for _, f := range files {
		l.readEdition(f)
	}
	if err := s.err(); err != nil {
		return nil, nil, err
	}
	l.nameAll()
	for _, r := range l.raw {
		l.compile(r)
	}
	l.readLabels(name)
	if err := s.err(); err != nil {
		return nil, nil, err
	}
	var warnings Problems
	for _, p := range s.problems {
		if p.Warning {
			warnings = append(warnings, p)
		}
	}
	warnings.sort()
	return l.law, warnings, nil
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

func isEdition(file string) bool {
	date, ok := strings.CutSuffix(file, ".yaml")
	if !ok {
		return false
	}
	_, err := calendar.ParseDate(date)
	return err == nil
}

type loader struct {
	*source
	law      *Law
	raw      []*rawEdition
	days     map[string]*calendar.Days
	holidays map[string]map[string]string // by language, by name
}

// rawEdition is an edition as written: sections by name, each name with its place.
type rawEdition struct {
	edition *Edition
	top     node
	kinds   []entry
	acts    []entry
	terms   []entry
	mine    map[string]bool // names that this edition's own files give, by section
}

func (l *loader) editionFiles(name string) []string {
	var out []string
	for _, f := range l.files(name, ".yaml") {
		if isEdition(path.Base(f)) {
			out = append(out, f)
		}
	}
	return out // sorted by name, which is by date
}

func (l *loader) readEdition(file string) {
	top, ok := l.read(file)
	if !ok {
		return
	}
	k := l.keys(top, "procedure", "in_force", "based_on", "include", "days", "currency", "cites", "number", "kinds", "acts", "terms")
	e := &Edition{Law: l.law, Name: strings.TrimSuffix(path.Base(file), ".yaml"), File: file, Index: len(l.law.Editions)}
	if got := l.text(k["procedure"]); got != l.law.Name {
		l.bad(orTop(k["procedure"], top), "the folder is %s, the file says procedure: %q", l.law.Name, got)
	}
	date, err := calendar.ParseDate(l.text(k["in_force"]))
	if err != nil {
		l.bad(orTop(k["in_force"], top), "in_force: %v", err)
	} else if date.String() != e.Name {
		l.bad(k["in_force"], "in_force is %s, the file is named %s", date, path.Base(file)).Meant = fmt.Sprintf("rename the file to %s.yaml", date)
	}
	e.InForce = date
	r := &rawEdition{edition: e, top: top, mine: map[string]bool{}}
	if base := l.text(k["based_on"]); base != "" && !r.basedOn(l, k["based_on"], base) {
		return // all else would be measured against nothing
	}
	if r.edition.Days == nil || k["days"].Node != nil {
		e.DayTable = l.text(k["days"])
		e.Days = l.dayTable(orTop(k["days"], top), e.DayTable)
	}
	if c := l.text(k["currency"]); c != "" {
		e.Currency = c
	}
	if n := l.text(k["number"]); n != "" {
		e.Number = n
		if err := checkNumber(n); err != nil {
			l.bad(k["number"], "%v", err)
		}
	}
	for _, c := range l.entries(k["cites"]) {
		e.Cites = append(e.Cites, Cite{c.name, l.text(c.value)})
	}
	r.merge(l, k["kinds"], k["acts"], k["terms"])
	for _, inc := range l.list(k["include"]) {
		if !slices.Contains(l.files(path.Dir(file), ".yaml"), path.Join(path.Dir(file), inc.Value)) {
			l.bad(inc, "there is no file %q beside this one", inc.Value).Meant = meant(inc.Value, l.parts(file))
			continue
		}
		part, ok := l.read(path.Join(path.Dir(file), inc.Value))
		if !ok {
			continue
		}
		p := l.keys(part, "kinds", "acts", "terms")
		r.merge(l, p["kinds"], p["acts"], p["terms"])
	}
	l.raw = append(l.raw, r)
	l.law.Editions = append(l.law.Editions, e)
}

// parts are the files beside an edition that it may include.
func (l *loader) parts(file string) (out []string) {
	for _, f := range l.files(path.Dir(file), ".yaml") {
		if base := path.Base(f); !isEdition(base) && !strings.HasPrefix(base, "labels.") {
			out = append(out, base)
		}
	}
	return out
}

func orTop(n, top node) node {
	if n.Node == nil {
		return node{top.Node, top.file}
	}
	return n
}

// basedOn takes over what an earlier edition says; what this file gives anew replaces it.
func (r *rawEdition) basedOn(l *loader, at node, base string) bool {
	for _, b := range l.raw {
		if b.edition.Name == base {
			r.kinds, r.acts, r.terms = slices.Clone(b.kinds), slices.Clone(b.acts), slices.Clone(b.terms)
			r.edition.Days, r.edition.DayTable = b.edition.Days, b.edition.DayTable
			r.edition.Currency, r.edition.Number = b.edition.Currency, b.edition.Number
			r.edition.Cites = slices.Clone(b.edition.Cites)
			return true
		}
	}
	var known []string
	for _, b := range l.raw {
		known = append(known, b.edition.Name)
	}
	l.badName(at, "earlier edition", base, known)
	return false
}

// merge adds sections. A name given twice in one edition is a mistake; one of
// the base edition is replaced, or taken out by an empty value ("name: ~").
func (r *rawEdition) merge(l *loader, kinds, acts, terms node) {
	for section, m := range []struct {
		into *[]entry
		from node
	}{{&r.kinds, kinds}, {&r.acts, acts}, {&r.terms, terms}} {
		for _, e := range l.entries(m.from) {
			i := slices.IndexFunc(*m.into, func(o entry) bool { return o.name == e.name })
			own := fmt.Sprint(section, e.name)
			gone := e.value.Tag == "!!null"
			switch {
			case i < 0 && gone:
				l.bad(e.key, "%q is taken out, but no earlier edition has it", e.name)
			case i < 0:
				*m.into = append(*m.into, e)
			case r.mine[own]:
				l.bad(e.key, "%q is given twice in this edition", e.name).Meant = fmt.Sprintf("it stands at %s:%d too", (*m.into)[i].key.file, (*m.into)[i].key.Line)
			case gone:
				*m.into = slices.Delete(*m.into, i, i+1)
			default:
				(*m.into)[i] = e
			}
			r.mine[own] = true
		}
	}
}

// nameAll numbers kinds, states, fields, acts, forms and terms over all editions.
func (l *loader) nameAll() {
	for _, r := range l.raw {
		for _, e := range r.kinds {
			l.law.kinds.id(e.name)
		}
		for _, e := range r.acts {
			l.law.acts.id(e.name)
		}
		for _, e := range r.terms {
			l.law.terms.id(e.name)
		}
	}
	l.law.states = make([]names, len(l.law.kinds.list))
	l.law.fields = make([]names, len(l.law.kinds.list))
	l.law.forms = make([]names, len(l.law.acts.list))
}

// checkNumber reads a pattern such as "{office}-{year}-{seq:6}".
func checkNumber(pattern string) error {
	_, err := FormatNumber(pattern, "office", 2026, 1)
	return err
}

// FormatNumber writes a proceeding's number by the pattern of its edition.
func FormatNumber(pattern, office string, year int, seq int64) (string, error) {
	var b strings.Builder
	rest := pattern
	for {
		text, after, found := strings.Cut(rest, "{")
		b.WriteString(text)
		if !found {
			return b.String(), nil
		}
		word, tail, found := strings.Cut(after, "}")
		if !found {
			return "", fmt.Errorf("number: %q lacks a closing brace", pattern)
		}
		rest = tail
		switch name, width, _ := strings.Cut(word, ":"); name {
		case "office":
			b.WriteString(office)
		case "year":
			fmt.Fprintf(&b, "%04d", year)
		case "seq":
			n := 1
			if width != "" {
				if _, err := fmt.Sscanf(width, "%d", &n); err != nil || n < 1 || n > 12 {
					return "", fmt.Errorf("number: %q is no width for seq", width)
				}
			}
			fmt.Fprintf(&b, "%0*d", n, seq)
		default:
			return "", fmt.Errorf("number: there is no {%s}; known: {office}, {year}, {seq:6}", name)
		}
	}
}
