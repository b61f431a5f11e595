package figures

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/stored"
)

// Effects that the register follows, by the names that the journal has for them.
var (
	opened, added, moved, set = procedure.Opened.String(), procedure.Added.String(), procedure.Moved.String(), procedure.Set.String()
	charged, handed           = procedure.Charged.String(), procedure.Handed.String()
	met, ended                = procedure.Met.String(), procedure.Ended.String()
)

// taking is an entry that is being taken: what it changes, and how that was before.
type taking struct {
	b       *batch
	e       *entry
	f       *file
	edition *procedure.Edition
	was     map[place]item // before the entry; until is 0 for one that was not there
}

// take takes an entry.
func (b *batch) take(e *entry) error {
	t := &taking{b: b, e: e, f: b.files[e.proceeding], was: map[place]item{}}
	if t.edition = t.f.of.law.Edition(e.edition); t.edition == nil {
		return fmt.Errorf("%s has no edition %s", e.law, e.edition)
	}
	before := t.f.now
	if e.seq == 1 {
		t.f.now = version{no: e.leaf, until: still, id: e.proceeding, law: e.law, office: e.office, facts: "{}"}
	}
	now := &t.f.now
	now.supervisor = e.supervisor
	for i := range e.effects {
		if err := t.effect(&e.effects[i]); err != nil {
			return err
		}
	}
	text, err := json.Marshal(t.f.facts)
	if err != nil {
		return err
	}
	now.facts = string(text)
	if before.since = now.since; before != *now || e.seq == 1 {
		if e.seq > 1 {
			before.until = e.leaf
			b.cases[[2]int64{before.no, before.since}] = before
		}
		now.since = e.leaf
		b.cases[[2]int64{now.no, now.since}] = *now
	}
	if e.seq > 1 && (before.facts != now.facts || before.office != now.office || before.inCharge != now.inCharge) {
		for _, at := range slices.SortedFunc(maps.Keys(t.f.items), byPlace) {
			t.item(at)
		}
	}
	if err := t.counted(before); err != nil {
		return err
	}
	t.settle()
	return nil
}

func byPlace(x, y place) int {
	if x.count != y.count {
		return int(x.count - y.count)
	}
	return int(x.item - y.item)
}

// item gives one to be changed, and remembers how it was.
func (t *taking) item(at place) *item {
	it := t.f.items[at]
	if _, touched := t.was[at]; touched {
		return it
	}
	if it == nil {
		it = &item{count: at.count, no: t.f.now.no, item: at.item, until: still}
		t.f.items[at] = it
		t.was[at] = item{}
		return it
	}
	t.was[at] = *it
	return it
}

// settle makes versions of the items that have changed.
func (t *taking) settle() {
	for at, was := range t.was {
		it := t.f.items[at]
		if it.due == 0 || it.state == stored.Running || it.state == stored.Stopped || was.state != it.state { // a deadline that is over stays with whoever had it then
			it.office, it.officer = t.f.now.office, t.f.now.inCharge
			t.parts(it)
		}
		over := it.due > 0 && it.state != stored.Running && it.state != stored.Stopped
		gone := over && (it.state == stored.Ended || t.b.running[it.count]) // it fell away: nobody kept it, and nobody missed it; or what runs is counted alone
		if was.until != 0 {
			if was.until = t.e.leaf; !gone && same(was, *it) {
				continue
			}
			if was.since < t.e.leaf {
				t.b.facts[key{at, was.no, was.since}] = was
			}
		}
		it.since = t.e.leaf
		if !gone {
			t.b.facts[key{at, it.no, it.since}] = *it
		}
		if over {
			delete(t.f.items, at)
		}
	}
}

// same reports whether two versions say the same.
func same(a, b item) bool {
	a.since, a.until, b.since, b.until = 0, 0, 0, 0
	return a == b
}

// parts tells an item apart by facts of the proceeding as they are now.
func (t *taking) parts(it *item) {
	for c, id := range t.b.counts {
		if id != it.count {
			continue
		}
		for i := range c.Parts {
			if p := &c.Parts[i]; p.From == OfProceeding {
				it.parts[p.column[0]-'a'] = t.f.facts[p.Field]
			}
		}
	}
}

func (t *taking) date(m calendar.Moment) calendar.Date { return t.b.zone.Date(m) }

// effect takes one thing that followed.
func (t *taking) effect(f *stored.Effect) error {
	now := &t.f.now
	switch f.Effect {
	case opened, added, moved:
		if f.Thing == 0 {
			now.state = f.To
		}
		kind := t.f.of.law.Kind(f.Kind)
		for _, c := range t.f.of.things[kind] {
			it := t.item(place{t.b.counts[c], int64(f.Thing)})
			it.state, it.day = f.To, t.date(t.e.done)
			it.source = t.b.source(proceedings.Source{Law: t.e.law, Kinds: proceedings.KindsOf(t.edition, kind)})
		}
	case set:
		return t.fact(f)
	case charged, handed:
		v, err := fact.Decode(*f.Value)
		if err != nil {
			return err
		}
		if f.Effect == charged {
			now.inCharge = v.Text
		} else {
			now.office = v.Text
		}
	default:
		if f.Deadline != nil {
			return t.deadline(f)
		}
	}
	return nil
}

// fact takes a fact of the proceeding or of a thing.
func (t *taking) fact(f *stored.Effect) error {
	v, err := fact.Decode(*f.Value)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Field, err)
	}
	law := t.f.of.law
	kind := law.Kind(f.Kind)
	if f.Thing == 0 {
		root := t.edition.Kinds[0]
		id := law.Field(0, f.Field)
		if rule := root.Secrecy; rule != nil && rule.Level == id {
			if t.f.now.secrecy = v.Text; v.Text == root.Fields[id].Choices[0] {
				t.f.now.secrecy = ""
			}
		}
		if rule := root.Opening; rule != nil && rule.Opened == id {
			t.f.now.shown = v.Num != 0
		}
		if t.f.of.facts[f.Field] {
			t.f.facts[f.Field] = told(v)
		}
	}
	for _, c := range t.f.of.things[kind] {
		for i := range c.Parts {
			if p := &c.Parts[i]; p.From == OfThing && p.Field == f.Field {
				t.item(place{t.b.counts[c], int64(f.Thing)}).parts[p.column[0]-'a'] = told(v)
			}
		}
		for i, s := range c.kept() {
			if s.Name != f.Field {
				continue
			}
			it := t.item(place{t.b.counts[c], int64(f.Thing)})
			it.sums[i], it.other = v.Num, it.other&^(1<<i)
			if s.Money && v.Text != "" && v.Text != t.edition.Currency {
				it.sums[i], it.other = 0, it.other|1<<i
			}
		}
	}
	return nil
}

// deadline takes what became of one. A time of waiting is nobody's duty, what may lapse is a possibility, and what is due at once is
// not late by a number that no law gives.
func (t *taking) deadline(f *stored.Effect) error {
	d := f.Deadline
	e := t.f.of.law.Edition(d.Edition)
	if e == nil || e.Term(d.Term) == nil {
		return fmt.Errorf("deadline %d: edition %s of %s has no term %s", d.No, d.Edition, t.e.law, d.Term)
	}
	term := e.Term(d.Term)
	if term.Waiting() || term.AtOnce || term.Breach == procedure.Lapse {
		return nil
	}
	for _, c := range t.f.of.terms {
		it := t.item(place{t.b.counts[c], int64(d.No)})
		switch {
		case f.Effect == ended:
			it.state = stored.Ended
		case f.Effect == met && f.Late:
			it.state = stored.Late
		case f.Effect == met:
			it.state = stored.Met
		case d.Stopped != 0:
			it.state = stored.Stopped
		default:
			it.state = stored.Running
		}
		it.due, it.day = d.Due, t.date(d.Due)
		kinds := ""
		if d.Thing > 0 && term.Per > 0 {
			kinds = proceedings.KindsOf(e, term.Per)
		}
		it.source = t.b.source(proceedings.Source{Law: t.e.law, Act: d.By, Kinds: kinds, Deadline: true})
		for i := range c.Parts {
			switch p := &c.Parts[i]; p.From {
			case TheTerm:
				it.parts[p.column[0]-'a'] = d.Term
			case TheRole:
				it.parts[p.column[0]-'a'] = term.OwedBy
			}
		}
	}
	return nil
}

// counted counts the act itself: for the office and the officer who had the proceeding before it.
func (t *taking) counted(before version) error {
	e := t.e
	for _, c := range t.f.of.acts[e.act] {
		it := item{count: t.b.counts[c], no: t.f.now.no, item: e.seq, since: e.leaf, until: still, source: t.b.source(proceedings.Source{Law: e.law, Act: e.act}),
			day: t.date(e.done), office: before.office, officer: before.inCharge, did: e.officer}
		if e.seq == 1 {
			it.office, it.officer = t.f.now.office, t.f.now.inCharge
		}
		t.parts(&it)
		for i := range c.Parts {
			switch p := &c.Parts[i]; p.From {
			case TheAct:
				it.parts[p.column[0]-'a'] = e.act
			case Form:
				if j, given := e.form[p.Field]; given {
					v, err := fact.Decode(j)
					if err != nil {
						return fmt.Errorf("%s: %w", p.Field, err)
					}
					it.parts[p.column[0]-'a'] = told(v)
				}
			}
		}
		t.b.facts[key{place{it.count, it.item}, it.no, it.since}] = it
	}
	return nil
}
