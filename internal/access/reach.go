package access

import (
	"slices"

	"github.com/cedar-policy/cedar-go"
)

// Reach is what one mandate may read of all proceedings: the same answer that
// Decide gives for Read, of each, as sets that a query can ask. It is made by
// asking every policy about every office of the service, once; so it
// needs no second telling of what the policies say. Read-only.
//
// It can be exact because each condition of a reading policy asks about one attribute of a
// proceeding only (Load refuses others): a condition is then known when its answer
// is known for each value of that attribute, and a policy when its conditions are.
type Reach struct {
	common *Rows
	laws   map[string]*Rows // of those laws that have reading policies of their own
}

// Rows says which proceedings are within reach: those of May that are not of Not.
type Rows struct{ May, Not Terms }

// Terms is a choice of proceedings: those for which one of its parts holds.
type Terms struct {
	All         bool // every one
	Offices     Set  // the office that has it is one of these
	Supervisors Set  // the office that supervises it is one of these
	Stages      Set  // it stands at one of these
	Secrecies   Set  // it is so closed
	Mine        bool // the officer who asks is in charge of it
	Others      bool // another officer is
	Nobodys     bool // no officer is
	Party       bool // whoever asks is a party to it, in his role
	NoParty     bool // he is none

	Together [][]Terms // for one of these, each of its parts
}

// Set is offices, stages, or levels of secrecy: those listed or, if Rest, all but those listed.
type Set struct {
	IDs  []string // sorted
	Rest bool
}

// Has reports whether an office, a stage or a level is one of the set.
func (s *Set) Has(id string) bool {
	_, listed := slices.BinarySearch(s.IDs, id)
	return listed != s.Rest
}

// Empty reports whether nothing is one of the set.
func (s *Set) Empty() bool { return len(s.IDs) == 0 && !s.Rest }

// union adds what another set has.
func (s *Set) union(o Set) {
	switch {
	case s.Rest && o.Rest:
		s.IDs = slices.DeleteFunc(s.IDs, func(id string) bool { return o.Has(id) })
	case s.Rest:
		s.IDs = slices.DeleteFunc(s.IDs, func(id string) bool { return o.Has(id) })
	case o.Rest:
		s.IDs, s.Rest = slices.DeleteFunc(slices.Clone(o.IDs), func(id string) bool { return s.Has(id) }), true
	default:
		s.IDs = append(s.IDs, o.IDs...)
		slices.Sort(s.IDs)
		s.IDs = slices.Compact(s.IDs)
	}
}

// Common is the reach in proceedings of the laws that have no reading policies of their own.
func (r *Reach) Common() *Rows { return r.common }

// Own is the reach in proceedings of each of the other laws.
func (r *Reach) Own() map[string]*Rows { return r.laws }

// Reads reports whether a proceeding is within reach of the officer: what Decide answers for Read, for
// those who ask about very many.
func (r *Reach) Reads(who Subject, what Resource) bool {
	rows := r.laws[what.Law]
	if rows == nil {
		rows = r.common
	}
	return rows.Has(who, what)
}

// Has reports whether a proceeding is one of the rows, as whoever they were worked out for sees it.
func (r *Rows) Has(who Subject, what Resource) bool {
	return r.May.has(&who, &what) && !r.Not.has(&who, &what)
}

func (t *Terms) has(who *Subject, what *Resource) bool {
	return t.All || t.Offices.Has(what.Office) || t.Supervisors.Has(what.Supervisor) || t.Stages.Has(what.Stage) ||
		t.Mine && what.InCharge != "" && what.InCharge == who.Officer ||
		t.Others && what.InCharge != "" && what.InCharge != who.Officer ||
		t.Nobodys && what.InCharge == "" || t.Secrecies.Has(what.Secrecy) ||
		(t.Party || t.NoParty) && t.Party == what.isParty(who) || t.Party && t.NoParty ||
		slices.ContainsFunc(t.Together, func(all []Terms) bool {
			return !slices.ContainsFunc(all, func(part Terms) bool { return !part.has(who, what) })
		})
}

// HangsOnCharge reports whether it may hang on who is in charge of it whether a proceeding of
// a level of secrecy is within reach.
func (r *Reach) HangsOnCharge(secrecy string) bool {
	for _, rows := range r.laws {
		if rows.May.hangsOnCharge(secrecy) || rows.Not.hangsOnCharge(secrecy) {
			return true
		}
	}
	return r.common.May.hangsOnCharge(secrecy) || r.common.Not.hangsOnCharge(secrecy)
}

func (t *Terms) hangsOnCharge(secrecy string) bool {
	return t.asksCharge() || slices.ContainsFunc(t.Together, func(all []Terms) bool {
		level := func(part Terms) bool { return !part.Secrecies.Empty() && !part.Secrecies.Has(secrecy) }
		return !slices.ContainsFunc(all, level) && slices.ContainsFunc(all, func(part Terms) bool { return part.asksCharge() })
	})
}

func (t *Terms) asksCharge() bool { return t.Mine || t.Others || t.Nobodys }

// reachOf is what a reach follows from, beside the service.
type reachOf struct {
	edition *Edition
	who     Subject // the officer, and the manner of his mandate, only where a policy asks that
	do      Action
}

// Reach works out what a mandate may read, or remembers it. Safe for concurrent
// use. A nil Edition reaches nothing.
func (e *Edition) Reach(s *Service, who Subject) *Reach { return e.reach(s, who, Read) }

// Counts works out what a mandate may count, as Reach what it may read.
func (e *Edition) Counts(s *Service, who Subject) *Reach { return e.reach(s, who, Count) }

func (e *Edition) reach(s *Service, who Subject, do Action) *Reach {
	if e == nil || s == nil || who.Office == "" || who.Role == "" {
		return &Reach{common: new(Rows)}
	}
	who.OnLeave = false // no reading policy can ask it
	if !slices.ContainsFunc(e.all, func(x *Policy) bool { return x.how && slices.Contains(x.Actions, do) }) {
		who.Manner = ""
	}
	if !e.asksWho(do) {
		who.Officer = anybody
	}
	if !e.asksClearance(do) {
		who.Clearance = ""
	}
	key := reachOf{e, who, do}
	s.mu.Lock()
	r := s.reaches[key]
	s.mu.Unlock()
	if r != nil {
		return r
	}
	r = &Reach{common: new(Rows), laws: map[string]*Rows{}}
	r.common.add(s, who, asks{do: do}, e.of("", do).rules)
	for law := range e.sets {
		own := slices.DeleteFunc(slices.Clone(e.of(law, do).rules), func(x *Policy) bool { return x.Law == "" })
		if len(own) == 0 {
			continue
		}
		rows := r.common.clone()
		rows.add(s, who, asks{do: do}, own)
		if !rows.same(r.common) {
			r.laws[law] = rows
		}
	}
	s.mu.Lock()
	s.reaches[key] = r
	s.mu.Unlock()
	return r
}

// mostListed bounds for how many officers it is remembered what they list, where a policy asks who he is.
const mostListed = 4096

// Listed are the offices whose boards and lists somebody may see: those for which Decide allows List. It is worked out for all offices at once and remembered as
// long as the service is, for a page that offers a choice of offices asks for each of them. The set is only read. Safe for concurrent use. A nil Edition lists nothing.
func (e *Edition) Listed(s *Service, who Subject) map[string]bool {
	if e == nil || s == nil || who.Office == "" || who.Role == "" {
		return nil
	}
	set := e.of("", List)
	key := reachOf{e, set.asked(who, List), List}
	s.mu.RLock()
	listed, ok := s.listed[key]
	s.mu.RUnlock()
	if ok {
		return listed
	}
	listed = map[string]bool{}
	for _, id := range s.ids {
		what := Resource{Office: id}
		if q := newQuestion(s, who, List, what.spot(&who)); set.decide(&q).Allowed {
			listed[id] = true
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.listed) >= mostListed {
		clear(s.listed)
	}
	s.listed[key] = listed
	return listed
}

// asks is what a reach answers: Read or Count, or ReadSheet of sheets that are alike in all that a sheet has beside its proceeding.
type asks struct {
	do    Action
	sheet sheetSpot
}

// sheetsOf is what the reach of sheets follows from, beside the service.
type sheetsOf struct {
	edition *Edition
	who     Subject
	law     string
	sheet   sheetSpot
}

// Sheets works out in which proceedings of a law an officer sees sheets of a class, whether or not he did the act that made
// them (own) and the file was opened to the parties (opened); or remembers it. What Decide answers for ReadSheet, as
// sets. It says nothing of reading the proceedings. Safe for concurrent use. A nil Edition shows nothing.
func (e *Edition) Sheets(s *Service, who Subject, law, class string, own, opened bool) *Rows {
	if e == nil || s == nil || who.Office == "" || who.Role == "" {
		return new(Rows)
	}
	who.OnLeave = false // the schema gives it to no other action than signing
	about := asks{ReadSheet, sheetSpot{class, own, opened}}
	key := sheetsOf{e, who, law, about.sheet}
	s.mu.RLock()
	r := s.sheets[key]
	s.mu.RUnlock()
	if r != nil {
		return r
	}
	r = new(Rows)
	r.add(s, who, about, e.of(law, ReadSheet).rules)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sheets) >= mostRemembered {
		clear(s.sheets)
	}
	s.sheets[key] = r
	return r
}

// asksWho reports whether a policy of an action that is asked of rows asks who the officer is otherwise
// than whether he is in charge: the one thing that Reads compares by itself.
func (e *Edition) asksWho(do Action) bool {
	return slices.ContainsFunc(e.all, func(x *Policy) bool {
		return x.who && slices.Contains(x.Actions, do)
	})
}

// asksClearance reports whether such a policy asks what the officer is admitted to.
func (e *Edition) asksClearance(do Action) bool {
	return slices.ContainsFunc(e.all, func(x *Policy) bool { return x.level && slices.Contains(x.Actions, do) })
}

func (r *Rows) same(o *Rows) bool { return r.May.same(&o.May) && r.Not.same(&o.Not) }

func (t *Terms) same(o *Terms) bool {
	return t.All == o.All && t.Mine == o.Mine && t.Others == o.Others && t.Nobodys == o.Nobodys && t.Party == o.Party && t.NoParty == o.NoParty &&
		t.Offices.same(&o.Offices) && t.Supervisors.same(&o.Supervisors) && t.Stages.same(&o.Stages) && t.Secrecies.same(&o.Secrecies) &&
		slices.EqualFunc(t.Together, o.Together, func(a, b []Terms) bool {
			return slices.EqualFunc(a, b, func(a, b Terms) bool { return a.same(&b) })
		})
}

func (s *Set) same(o *Set) bool { return s.Rest == o.Rest && slices.Equal(s.IDs, o.IDs) }

// anybody stands for the officer where it is all the same who he is.
const anybody = "\x00anybody"

// elsewhere is an id that no office and no officer has: what holds for it holds for all that are not known.
const elsewhere = "\x00"

// add adds what policies allow and forbid.
func (r *Rows) add(s *Service, who Subject, about asks, policies rules) {
	for _, x := range policies {
		t := &r.May
		if x.Forbids {
			t = &r.Not
		}
		x.reach(s, who, about, t)
	}
}

// reach adds where a policy holds: where its one part does, or where all its parts do.
func (x *Policy) reach(s *Service, who Subject, about asks, t *Terms) {
	if len(x.parts) == 1 {
		x.parts[0].part(s, who, about, t)
		return
	}
	var all []Terms
	for _, part := range x.parts {
		var holds Terms
		part.part(s, who, about, &holds)
		if holds.same(new(Terms)) {
			return
		}
		if !holds.All {
			all = append(all, holds)
		}
	}
	if len(all) == 0 {
		t.All = true
		return
	}
	t.Together = append(t.Together, all)
}

func (r *Rows) clone() *Rows {
	c := *r
	for _, t := range []*Terms{&c.May, &c.Not} {
		for _, set := range []*Set{&t.Offices, &t.Supervisors, &t.Stages, &t.Secrecies} {
			set.IDs = slices.Clone(set.IDs)
		}
		t.Together = slices.Clone(t.Together)
	}
	return &c
}

// part asks one part of a policy about everything that it can ask about, and adds where it holds.
func (x *Policy) part(s *Service, who Subject, about asks, t *Terms) {
	q := newQuestion(s, who, about.do, spot{office: elsewhere, sheet: about.sheet})
	holds := func(what spot) bool {
		if what.office == "" {
			what.office = elsewhere
		}
		what.sheet = about.sheet
		q.about(what)
		return x.holds(&q)
	}
	attribute := ""
	if len(x.asks) > 0 {
		attribute = x.asks[0] // a part has no second
	}
	switch attribute {
	case ofOffice:
		t.Offices.union(setOf(append([]string{who.Office}, s.ids...), func(id string) bool { return holds(spot{office: id}) }))
	case ofSupervisor:
		t.Supervisors.union(setOf(s.ids, func(id string) bool { return holds(spot{supervisor: id}) }))
	case ofStage:
		// It can only be held against what the policy itself says, and against the role of who asks.
		t.Stages.union(setOf(append([]string{who.Role}, x.says...), func(stage string) bool { return holds(spot{stage: stage}) }))
	case ofSecrecy:
		// As a stage, and against what he is admitted to.
		t.Secrecies.union(setOf(append(append(levels(who.Clearance), who.Role), x.says...), func(level string) bool { return holds(spot{secrecy: level}) }))
	case ofParty:
		t.Party = t.Party || holds(spot{party: true})
		t.NoParty = t.NoParty || holds(spot{})
	case ofInCharge:
		other := who.Officer + elsewhere
		t.Mine = t.Mine || who.Officer != "" && holds(spot{inCharge: who.Officer})
		t.Others = t.Others || holds(spot{inCharge: other})
		t.Nobodys = t.Nobodys || holds(spot{})
	default: // nothing of the proceeding; of a sheet, what all of these have alike
		t.All = t.All || holds(spot{})
	}
}

// setOf is the offices, stages or levels, that something holds for; it is asked of one that is not known too.
func setOf(ids []string, holds func(id string) bool) Set {
	out := Set{Rest: holds(elsewhere)}
	for _, id := range ids {
		if holds(id) != out.Rest {
			out.IDs = append(out.IDs, id)
		}
	}
	slices.Sort(out.IDs)
	out.IDs = slices.Compact(out.IDs)
	return out
}

// holds reports whether a policy alone allows, or forbids, what is asked. One that forbids and cannot be evaluated does.
func (x *Policy) holds(q *question) bool {
	_, why := cedar.Authorize(rules{x}, q, q.request)
	return len(why.Reasons) > 0 || x.Forbids && len(why.Errors) > 0
}
