package procedure

import (
	"cmp"
	"slices"

	"nazorat/internal/calendar"
)

// LeadsOn reports whether an act brings the proceeding further on the main road through its states (path, else the order in which they are
// written), or back to it.
func (e *Edition) LeadsOn(s *State, r *ActRule) bool {
	if r.On != 0 || r.To == None || len(s.Things) == 0 || r.To == s.Root().State {
		return false
	}
	path := e.Kinds[0].Path
	if path == nil {
		path = e.Kinds[0].States
	}
	to := slices.Index(path, r.To)
	return to >= 0 && to > slices.Index(path, s.Root().State)
}

// leadsAside reports whether it brings the proceeding into another state that lies not ahead on that road.
func (e *Edition) leadsAside(s *State, r *ActRule) bool {
	return r.On == 0 && r.To != None && r.To != s.Root().State && !e.LeadsOn(s, r)
}

// NextFirst puts acts that may be done into the order in which they are looked for: what a running deadline waits for, the nearest end first;
// what leads the proceeding on; what leads it aside, again by what waits for it; then all else. Among equals the order stays.
func (e *Edition) NextFirst(s *State, now calendar.Moment, list []Verdict) {
	if len(s.Things) == 0 {
		return
	}
	type placed struct {
		v     Verdict
		place int
		due   calendar.Moment
	}
	all := make([]placed, len(list))
	for i := range list {
		all[i].v = list[i]
		all[i].place, all[i].due = e.place(s, now, &list[i])
	}
	slices.SortStableFunc(all, func(a, b placed) int { return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(a.due, b.due)) })
	for i := range all {
		list[i] = all[i].v
	}
}

// Places of acts among others.
const (
	waitedFor = iota
	leadsOn
	leadsAside
	anyOther
)

// never is behind every end of a term.
const never = calendar.Moment(1<<63 - 1)

// place of an act among others, and the nearest end that it would keep.
func (e *Edition) place(s *State, now calendar.Moment, v *Verdict) (int, calendar.Moment) {
	due := never
	for i := range v.Owes {
		d := &v.Owes[i]
		if t := e.Law.Editions[d.Edition].Terms[d.Term]; d.Stopped == 0 && (t.Breach != Lapse || d.Due >= now) {
			due = min(due, d.Due)
		}
	}
	switch {
	case e.leadsAside(s, v.Rule):
		return leadsAside, due
	case due < never:
		return waitedFor, due
	case e.LeadsOn(s, v.Rule):
		return leadsOn, due
	}
	return anyOther, due
}
