package proceedings

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fault"
)

// This file puts the policies' questions: of one proceeding to the policies
// themselves, of many to a query, as sets of offices that follow from them. Lists
// so show what single readings would allow, and nothing else.

// Policies are those that are asked, of all days.
func (k *Reader) Policies() *access.Policies { return k.policies }

// Decide asks the policies whether an actor may do something, of a proceeding or an office.
// For whoever asks on behalf of the actor: a page tells a refused reader only that there is none.
func (k *Reader) Decide(who access.Actor, do access.Action, what access.Resource) access.Decision {
	return k.DecideAt(k.now(), who, do, what)
}

// DecideAt is Decide by the policies in force at a moment, and by what the actor is admitted to then: an act is decided by those of the moment at which it is recorded.
func (k *Reader) DecideAt(at calendar.Moment, who access.Actor, do access.Action, what access.Resource) access.Decision {
	return k.inForce(at).Decide(k.dir.Tree().Service(), k.subjectAt(at, who), do, what)
}

// Subject is the actor as policies are asked about him, with what he is admitted to now:
// whoever asks for him need not know it, and cannot say it.
func (k *Reader) Subject(who access.Actor) access.Subject {
	return k.admitted(k.now, who)
}

func (k *Reader) subjectAt(at calendar.Moment, who access.Actor) access.Subject {
	return k.admitted(func() calendar.Moment { return at }, who)
}

// admitted is who asks, with what he is admitted to by a clock, which is read only where there are admissions.
func (k *Reader) admitted(clock func() calendar.Moment, who access.Actor) access.Subject {
	s := who.Subject()
	s.Clearance = k.dir.Tree().Clearance(who.Officer, clock)
	return s
}

// Resource is the proceeding as the policies ask about it.
func (p *Proceeding) Resource() access.Resource {
	return Resource(p.Law.Name, p.Office, p.Supervisor, p.InCharge, p.RootState, p.Secrecy, p.Parties)
}

// MayRead reports whether the actor may see a proceeding.
func (k *Reader) MayRead(who access.Actor, what access.Resource) bool {
	return k.Decide(who, access.Read, what).Allowed
}

// MayAct reports why the actor's mandate does not reach a proceeding that he may
// read: a fault that names the policies that forbid it, or none where no policy allows it; nil if
// it does. Whether the law gives his role the act is asked of the law.
func (k *Reader) MayAct(who access.Actor, what access.Resource) *fault.Error {
	return k.MayActAt(k.now(), who, what)
}

// MayActAt is MayAct by the policies in force at a moment.
func (k *Reader) MayActAt(at calendar.Moment, who access.Actor, what access.Resource) *fault.Error {
	d := k.DecideAt(at, who, access.Act, what)
	if d.Allowed {
		return nil
	}
	key := "access.not_your_proceeding"
	if len(d.By) > 0 {
		key = "access.forbidden"
	}
	return &fault.Error{Kind: fault.Forbidden, Key: key, Article: d.Article(), Policies: d.IDs()}
}

// MayList reports whether the actor may see the board and the lists of an office.
func (k *Reader) MayList(who access.Actor, office string) bool {
	return k.listed(who)[office]
}

func (k *Reader) listed(who access.Actor) map[string]bool {
	return k.InForce().Listed(k.dir.Tree().Service(), k.Subject(who))
}

// MayListUnder lists those of an office and the offices below it whose boards and lists the actor may see.
func (k *Reader) MayListUnder(who access.Actor, office string) []string {
	listed := k.listed(who)
	return slices.DeleteFunc(k.dir.Tree().Under(office), func(id string) bool { return !listed[id] })
}

// MayAdminister reports whether the actor may see who works in an office, and change it.
func (k *Reader) MayAdminister(who access.Actor, office string) bool {
	return k.Decide(who, access.Administer, access.Resource{Office: office}).Allowed
}

// within is the condition that rows of a list are within the actor's reach. The
// proceeding is p. Where the list is that of an office, or of a supervisor, what
// follows from that is settled here, and a query mostly stays as it is.
type within struct {
	reach      *access.Reach
	who        access.Actor
	officer    string
	role       string
	office     string // that all rows have; "": any
	supervisor string // the same
	copied     bool   // p is a copy of the proceeding, which does not list its parties
	args       []any  // of the whole query; conditions add theirs
}

func (k *Reader) within(who access.Actor, args ...any) *within {
	return &within{reach: k.InForce().Reach(k.dir.Tree().Service(), k.Subject(who)), who: who, officer: who.Officer, role: who.Role, args: args}
}

// counting is within of what the actor may count.
func (k *Reader) counting(who access.Actor) *within {
	return &within{reach: k.InForce().Counts(k.dir.Tree().Service(), k.Subject(who)), who: who, officer: who.Officer, role: who.Role, copied: true}
}

// condition is a part of a query that may be known beforehand. A value stands as "?" in
// its text until the whole is known: what is settled leaves no value behind that nobody asks for.
type condition struct {
	known, holds bool
	text         string
	values       []any
}

var (
	always = condition{known: true, holds: true}
	never  = condition{known: true}
)

// joined are conditions of which one must hold ("OR") or all ("AND").
func joined(by string, list ...condition) condition {
	decides := by == "OR"
	var parts []string
	var values []any
	for _, c := range list {
		switch {
		case c.known && c.holds == decides:
			return c
		case !c.known:
			parts, values = append(parts, c.text), append(values, c.values...)
		}
	}
	if len(parts) == 0 {
		return condition{known: true, holds: !decides}
	}
	return condition{text: "(" + strings.Join(parts, " "+by+" ") + ")", values: values}
}

func not(c condition) condition {
	if c.known {
		return condition{known: true, holds: !c.holds}
	}
	return condition{text: "NOT " + c.text, values: c.values}
}

// in asks whether a column is one of a set of offices, or of stages.
func in(column string, s access.Set, fixed string) condition {
	switch {
	case fixed != "" && s.Has(fixed), s.Rest && len(s.IDs) == 0:
		return always
	case fixed != "", s.Empty():
		return never
	}
	ids := db.Keys(s.IDs)
	c := condition{text: column + " IN (?" + strings.Repeat(", ?", len(ids)-1) + ")", values: ids}
	if s.Rest {
		return not(c)
	}
	return c
}

func (w *within) terms(t *access.Terms) condition {
	if t.All {
		return always
	}
	if t.Party && t.NoParty {
		return always
	}
	one := func(holds bool, text string, values ...any) condition {
		if !holds {
			return never
		}
		return condition{text: text, values: values}
	}
	list := []condition{in("p.office", t.Offices, w.office), in("p.supervisor", t.Supervisors, w.supervisor), in("p.root_state", t.Stages, ""), in("p.secrecy", t.Secrecies, ""),
		one(t.Mine, "(p.in_charge <> '' AND p.in_charge = ?)", w.officer), one(t.Others, "(p.in_charge <> '' AND p.in_charge <> ?)", w.officer), one(t.Nobodys, "p.in_charge = ''")}
	for _, together := range t.Together {
		all := make([]condition, len(together))
		for i := range together {
			all[i] = w.terms(&together[i])
		}
		list = append(list, joined("AND", all...))
	}
	// Last, since the others are asked of the row alone; and most rows have no parties.
	party := "EXISTS (SELECT 1 FROM party y WHERE y.proceeding = p.id AND y.officer = ? AND y.role = ? AND y.present = 1)"
	if !w.copied {
		party = "(p.parties <> '' AND " + party + ")"
	}
	return joined("OR", append(list, one(t.Party, party, w.officer, w.role), one(t.NoParty, "NOT "+party, w.officer, w.role))...)
}

func (w *within) rows(r *access.Rows) condition {
	may := w.terms(&r.May)
	if may.known && !may.holds {
		return never
	}
	return joined("AND", may, not(w.terms(&r.Not)))
}

// unforbidden is the condition that no policy forbids it, whether or not one allows it.
func (w *within) unforbidden(r *access.Rows) condition { return not(w.terms(&r.Not)) }

// each is a condition of the whole reach, from that of the rows of each law.
func (w *within) each(rows func(*access.Rows) condition) condition {
	own := w.reach.Own()
	if len(own) == 0 {
		return rows(w.reach.Common())
	}
	var list []condition
	others := always
	for _, law := range slices.Sorted(maps.Keys(own)) {
		is := condition{text: "p.law = ?", values: []any{law}}
		list = append(list, joined("AND", is, rows(own[law])))
		others = joined("AND", others, not(is))
	}
	return joined("OR", append(list, joined("AND", others, rows(w.reach.Common())))...)
}

// where is what to add to a query's conditions, and nothing where all its rows
// are within reach; some is false where none is. What is added asks no index: behind coalesce it leaves
// the query the order that it was written for.
func (w *within) where() (text string, some bool) { return w.added(w.each(w.rows)) }

// added is a condition as it is added to a query.
func (w *within) added(c condition) (text string, some bool) {
	if c.known {
		return "", c.holds
	}
	text = c.text
	for _, v := range c.values {
		w.args = append(w.args, v)
		text = strings.Replace(text, "?", fmt.Sprintf("$%d", len(w.args)), 1)
	}
	return " AND coalesce(" + text + ", false)", true
}
