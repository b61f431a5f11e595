// Package amend is what is done with a law before it is changed: two editions
// are compared rule by rule (Diff), an edition that is not yet in force is
// loaded beside those that are (Draft), and past proceedings are lived through
// once as they were and once as the draft would have had them (Trial).
//
// It owns the list of what can differ between two editions and the words for
// it, and the figures of a trial. It decides nothing in law: every deadline,
// deviation and refusal comes from package procedure.
//
// Invariants: an edition compared with itself differs in nothing; every rule of
// procedure that a law file can write is compared (a test holds this against
// the engine's own types); the same past, in whatever order and by however many
// lanes it is lived through, gives the same report.
//
// It reads no clock and no database: past proceedings are handed to it. It
// refuses to guess: what an old form did not ask cannot have been answered, so
// an act that the draft would judge by it is counted apart, neither as refused
// nor as possible.
package amend

import (
	"slices"

	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
)

// Subject is what of a law a change is about.
type Subject string

// The subjects.
const (
	OfEdition Subject = "edition"
	OfKind    Subject = "kind"
	OfAct     Subject = "act"
	OfTerm    Subject = "term"
)

// How something differs.
type How string

// What can become of a rule, or of a part of it.
const (
	Added   How = "added"
	Removed How = "removed"
	Changed How = "changed"
)

// Change is one thing in which two editions differ.
type Change struct {
	Subject Subject
	Name    string // of the kind, act or term; "" of an edition
	How     How
	Article string // the article of the rule, as it is now, else as it was
	Part    string // which part of the rule: "within", "by", "form"; "" for the rule as a whole
	Item    Word   // which of several: a state, a field, a condition, an act that extends
	Set     bool   // Was and Is are sets: what matters is who came and who went
	Was, Is []Word
}

// Sort says how a Word is put into a language.
type Sort uint8

// The sorts of words.
const (
	NoWord     Sort = iota
	Key             // of the catalogue, with Period and N filled in
	Role            // a role of the law
	SheetClass      // a class of sheets
	Kind            // a kind of thing
	State           // a state of the kind In
	Act             // an act
	Term            // a term
	Rule            // the name of a condition
	Switch          // the name of an open question
	FieldOf         // a field of the act or kind In
	ChoiceOf        // a choice of the field In of the act Of
	Article         // an article
	PeriodOf        // a period
	Code            // a condition, as the law's file has it
	Plain           // a text as it is
)

// Word is one value of a rule, in no language yet.
type Word struct {
	Sort   Sort
	Name   string
	In, Of string
	Period calendar.Period
	N      int
}

// Changes are all in which two editions differ: what concerns the edition as a
// whole, then kinds, acts and terms in the order of the newer law.
type Changes []Change

// side is one of the two editions.
type side struct{ *procedure.Edition }

// Diff compares two editions, of one law or of two, name by name.
func Diff(a, b *procedure.Edition) Changes {
	d := &differ{a: side{a}, b: side{b}}
	compare(d, OfEdition, "", "", a, b, editionParts)
	if a.Law.Name == b.Law.Name && a.Name != b.Name {
		// What becomes of open proceedings is said by the newer edition alone; the older one spoke of its own predecessor.
		compare(d, OfEdition, "", "", &procedure.Edition{Law: b.Law}, b, transitionParts)
	}
	rules(d, OfKind, a.KindNames(), b.KindNames(), a.Kind, b.Kind, func(*procedure.Kind) string { return "" }, kindParts)
	rules(d, OfAct, a.ActNames(), b.ActNames(), a.Act, b.Act, func(r *procedure.ActRule) string { return r.Article }, actParts)
	rules(d, OfTerm, a.TermNames(), b.TermNames(), a.Term, b.Term, func(t *procedure.Term) string { return t.Article }, termParts)
	return d.out
}

type differ struct {
	a, b side
	out  Changes
}

// part is one thing that a rule says. Either words gives its value, or items
// gives several, each under a name of its own.
type part[T any] struct {
	name  string
	set   bool
	words func(s side, rule T) []Word
	items func(s side, rule T) []item
}

type item struct {
	of    Word
	words []Word
}

// rules compares all rules of a subject.
func rules[T any](d *differ, of Subject, was, is []string, a, b func(string) *T, article func(*T) string, parts []part[*T]) {
	for _, name := range is {
		x, y := a(name), b(name)
		if x == nil {
			d.out = append(d.out, Change{Subject: of, Name: name, How: Added, Article: article(y)})
			continue
		}
		compare(d, of, name, article(y), x, y, parts)
	}
	for _, name := range was {
		if b(name) == nil {
			d.out = append(d.out, Change{Subject: of, Name: name, How: Removed, Article: article(a(name))})
		}
	}
}

// compare holds one rule against its namesake, part by part.
func compare[T any](d *differ, of Subject, name, article string, x, y T, parts []part[T]) {
	for _, p := range parts {
		c := Change{Subject: of, Name: name, Article: article, Part: p.name, Set: p.set}
		if p.words != nil {
			c.Was, c.Is = p.words(d.a, x), p.words(d.b, y)
			d.add(c)
			continue
		}
		was, is := p.items(d.a, x), p.items(d.b, y)
		for _, now := range is {
			c.Item, c.Is, c.Was = now.of, now.words, nil
			if i := slices.IndexFunc(was, func(o item) bool { return o.of == now.of }); i >= 0 {
				c.Was = was[i].words
				d.add(c)
				continue
			}
			c.How = Added
			d.out = append(d.out, c)
			c.How = ""
		}
		for _, before := range was {
			if !slices.ContainsFunc(is, func(o item) bool { return o.of == before.of }) {
				c.Item, c.Was, c.Is, c.How = before.of, before.words, nil, Removed
				d.out = append(d.out, c)
				c.How = ""
			}
		}
	}
}

// add keeps a change if there is one, and says how.
func (d *differ) add(c Change) {
	same := slices.Equal(c.Was, c.Is)
	if c.Set {
		gone, came := c.Sets()
		same = len(gone) == 0 && len(came) == 0
	}
	if same {
		return
	}
	switch {
	case len(c.Was) == 0:
		c.How = Added
	case len(c.Is) == 0:
		c.How = Removed
	default:
		c.How = Changed
	}
	d.out = append(d.out, c)
}

// Sets are the words that are no longer there, and those that are new.
func (c *Change) Sets() (gone, came []Word) {
	for _, w := range c.Was {
		if !slices.Contains(c.Is, w) {
			gone = append(gone, w)
		}
	}
	for _, w := range c.Is {
		if !slices.Contains(c.Was, w) {
			came = append(came, w)
		}
	}
	return gone, came
}
