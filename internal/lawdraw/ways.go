package lawdraw

import (
	"path"
	"slices"
	"strings"

	"nazorat/internal/procedure"
)

// way is what one arrow stands for: the acts that lead things of a kind from
// the same states to the same state.
type way struct {
	from  []procedure.StateID // in the order of the path; empty: any, or none if it enters
	to    procedure.StateID
	enter bool // the thing comes to be
	acts  []wayAct
}

// wayAct is an act of a way. Taken says that the act is done on a thing of
// another kind, and takes these along or makes them.
type wayAct struct {
	rule  *procedure.ActRule
	taken bool
}

// kindMap is what an edition lays out for the things of one kind.
type kindMap struct {
	e     *procedure.Edition
	kind  *procedure.Kind
	order map[procedure.StateID]int
	ways  []way
	stay  map[procedure.StateID][]*procedure.ActRule // acts after which the thing is where it was
	any   []*procedure.ActRule                       // such acts, possible in every state
	next  map[procedure.StateID]procedure.StateID    // the main path, from each of its states to the next
	main  map[procedure.StateID]bool
	terms map[procedure.StateID][]*procedure.Term // terms that run because an act led to this state
}

// newKindMap maps a kind as all acts of the edition lay it out.
func newKindMap(e *procedure.Edition, k *procedure.Kind) *kindMap {
	m := &kindMap{e: e, kind: k, order: map[procedure.StateID]int{}, stay: map[procedure.StateID][]*procedure.ActRule{},
		next: map[procedure.StateID]procedure.StateID{}, main: map[procedure.StateID]bool{}, terms: map[procedure.StateID][]*procedure.Term{}}
	for i, s := range k.States {
		m.order[s] = i
	}
	for _, r := range e.Acts {
		if r != nil {
			m.act(r)
		}
	}
	m.path()
	for _, t := range e.Terms {
		if t == nil {
			continue
		}
		for _, id := range t.StartedBy {
			if s := m.leads(e.Acts[id], t); s != procedure.None && !slices.Contains(m.terms[s], t) {
				m.terms[s] = append(m.terms[s], t)
			}
		}
	}
	return m
}

// act enters what one act does to things of this kind.
func (m *kindMap) act(r *procedure.ActRule) {
	k := m.kind
	switch {
	case r.On != k.ID:
	case r.Opens:
		m.way(nil, opensIn(k, r), true, wayAct{r, false})
	case r.To == procedure.None && len(r.From) == 0:
		m.any = append(m.any, r)
	case r.To == procedure.None:
		for _, s := range r.From {
			m.stay[s] = append(m.stay[s], r)
		}
	default:
		from := slices.DeleteFunc(slices.Clone(r.From), func(s procedure.StateID) bool { return s == r.To })
		if len(from) < len(r.From) {
			m.stay[r.To] = append(m.stay[r.To], r)
		}
		if len(from) > 0 || len(r.From) == 0 {
			m.way(from, r.To, false, wayAct{r, false})
		}
	}
	if r.Adds == k.ID {
		m.way(nil, r.AddsState, true, wayAct{r, true})
	}
	for _, v := range r.Moves {
		if v.Kind == k.ID {
			m.way(slices.Clone(v.From), v.To, false, wayAct{r, true})
		}
	}
}

func opensIn(k *procedure.Kind, r *procedure.ActRule) procedure.StateID {
	if r.To != procedure.None {
		return r.To
	}
	return k.Start
}

func (m *kindMap) way(from []procedure.StateID, to procedure.StateID, enter bool, act wayAct) {
	slices.SortFunc(from, func(a, b procedure.StateID) int { return m.order[a] - m.order[b] })
	for i := range m.ways {
		if w := &m.ways[i]; w.to == to && w.enter == enter && slices.Equal(w.from, from) {
			w.acts = append(w.acts, act)
			return
		}
	}
	m.ways = append(m.ways, way{from, to, enter, []wayAct{act}})
}

// leads is the state of this kind that an act leads to and in which a term
// that it starts then runs; None if the term is shown beside the act instead.
func (m *kindMap) leads(r *procedure.ActRule, t *procedure.Term) procedure.StateID {
	switch {
	case r.Adds != procedure.None && (t.Per == r.Adds || r.To == procedure.None):
		if r.Adds == m.kind.ID {
			return r.AddsState
		}
	case r.On != m.kind.ID:
	case r.Opens:
		return opensIn(m.kind, r)
	case r.To != procedure.None:
		return r.To
	}
	return procedure.None
}

// beside lists the terms that a staying act starts, which are shown with the act.
func (m *kindMap) beside(r *procedure.ActRule) []*procedure.Term {
	return slices.DeleteFunc(slices.Clone(r.Starts()), func(t *procedure.Term) bool {
		return r.On != m.kind.ID || r.To != procedure.None || r.Adds != procedure.None
	})
}

func (m *kindMap) final(s procedure.StateID) bool {
	return int(s) < len(m.kind.Final) && m.kind.Final[s]
}

func (m *kindMap) name(s procedure.StateID) string { return m.e.Law.StateName(m.kind.ID, s) }

// path finds the main path: from the start the longest way forwards, in the
// order in which the law writes the states, to that end which takes the most
// acts to reach; where no state is final, to whatever does. Ways back, and acts
// possible in any state, make no path.
func (m *kindMap) path() {
	goal, furthest, ends := m.kind.Start, 0, false
	acts := m.distances()
	for _, s := range m.kind.States {
		n, reached := acts[s]
		switch f := m.final(s); {
		case !reached:
		case f && !ends, f == ends && n > furthest:
			goal, furthest, ends = s, n, f
		}
	}
	type step struct {
		long int
		from procedure.StateID
	}
	best := map[procedure.StateID]step{m.kind.Start: {0, procedure.None}}
	for _, s := range m.kind.States { // a way forwards leads to a state that is looked at later
		at, reached := best[s]
		if !reached {
			continue
		}
		for _, w := range m.ways {
			if w.enter || !slices.Contains(w.from, s) || m.order[w.to] <= m.order[s] {
				continue
			}
			if b, seen := best[w.to]; !seen || at.long+1 > b.long {
				best[w.to] = step{at.long + 1, s}
			}
		}
	}
	if _, reached := best[goal]; !reached {
		goal = m.kind.Start
	}
	for s := goal; s != procedure.None; s = best[s].from {
		m.main[s] = true
		if from := best[s].from; from != procedure.None {
			m.next[from] = s
		}
	}
}

// distances is how many acts it takes at least from the start to each state.
func (m *kindMap) distances() map[procedure.StateID]int {
	out := map[procedure.StateID]int{m.kind.Start: 0}
	for queue := []procedure.StateID{m.kind.Start}; len(queue) > 0; queue = queue[1:] {
		for _, w := range m.ways {
			if _, seen := out[w.to]; !seen && slices.Contains(w.from, queue[0]) {
				out[w.to] = out[queue[0]] + 1
				queue = append(queue, w.to)
			}
		}
	}
	return out
}

// only keeps of the map the acts written in one part of the law, and the terms that they start. The main path stays.
func (m *kindMap) only(part string) {
	of := func(r *procedure.ActRule) bool { return partOf(r) == part }
	other := func(r *procedure.ActRule) bool { return !of(r) }
	var ways []way
	for _, w := range m.ways {
		w.acts = slices.DeleteFunc(slices.Clone(w.acts), func(a wayAct) bool { return other(a.rule) })
		if len(w.acts) > 0 {
			ways = append(ways, w)
		}
	}
	m.ways, m.any = ways, slices.DeleteFunc(m.any, other)
	for s, list := range m.stay {
		m.stay[s] = slices.DeleteFunc(list, other)
	}
	for s, list := range m.terms {
		m.terms[s] = slices.DeleteFunc(list, func(t *procedure.Term) bool {
			return !slices.ContainsFunc(t.StartedBy, func(id procedure.ActID) bool { return of(m.e.Acts[id]) && m.leads(m.e.Acts[id], t) == s })
		})
	}
}

// partOf names the file of the law that an act is written in: "court" for court.yaml.
func partOf(r *procedure.ActRule) string { return strings.TrimSuffix(path.Base(r.File), ".yaml") }

// weight says how much there is to draw.
func (m *kindMap) weight() (n int) {
	n = len(m.kind.States) + len(m.any)
	for _, list := range m.stay {
		n += len(list)
	}
	for _, w := range m.ways {
		n += len(w.acts)
	}
	return n
}
