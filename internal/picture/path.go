package picture

import (
	"slices"

	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
)

// PathView is the path of a proceeding as a picture: the main road of its
// states from left to right, and at each stop the ways off it. Which state is
// on the road, which is an end and which leads back follows from the acts of
// the edition alone.
type PathView struct {
	Label string // what the picture shows, for those who cannot see it
	Stops []pathStop
}

// fewStops is how many stops stand side by side at a comfortable size.
const fewStops = 6

func (v PathView) many() bool { return len(v.Stops) > fewStops }

// pathMark is where a state stands on the way of one proceeding.
type pathMark string

const (
	pathPassed pathMark = "passed" // the proceeding was there
	pathHere   pathMark = "here"
	pathNext   pathMark = "next"   // one act leads there from here
	pathAhead  pathMark = "ahead"  // it may still come there
	pathMissed pathMark = "missed" // it did not go there and will not
	pathPlain  pathMark = "plain"  // the law alone is shown, no proceeding
)

// pathStop is one state. Travelled says that the line leading to it was gone.
type pathStop struct {
	Mark      pathMark
	Says      string // the mark in words
	Name      string
	Href      string // in the picture of a law: where the stage is described
	When      []string
	Back      string // where a state that leads back leads to
	End       bool
	Travelled bool
	Sides     []pathStop
}

// NewPath draws where a proceeding stands. history is newest first, as proceedings
// gives it; where it does not reach back to the opening, older visits lack their dates.
func NewPath(w *web.Words, p *proceedings.Proceeding, history []proceedings.Logged) PathView {
	law := p.Law
	e := law.At(p.Changed)
	root := p.State.Root()
	if root == nil || e.Kinds[0] == nil {
		return PathView{}
	}
	m := newPathMap(e, e.Kinds[0])
	d := pathDrawing{w: w, m: m, zone: e.Days.Zone(), here: root.State, reach: m.reachable(root.State)}
	for _, l := range slices.Backward(history) {
		for _, r := range l.Effects {
			if r.Thing == 0 && (r.Effect == "opened" || r.Effect == "moved") {
				if s, ok := m.byName(r.To); ok {
					d.visits = append(d.visits, pathVisit{s, l.Done})
				}
			}
		}
	}
	if n := len(d.visits); n == 0 || d.visits[n-1].state != root.State {
		d.visits = append(d.visits, pathVisit{root.State, root.Since})
	}
	name := w.Law(law.Name).State(m.kind.Name, law.StateName(m.kind.ID, root.State))
	return d.draw(w.T("path.label", "state", name))
}

// NewLawPath draws the path that an edition lays out for its main kind of
// thing. href is where the stage of a kind is described; each stop leads there.
func NewLawPath(w *web.Words, e *procedure.Edition, href func(kind, state string) string) PathView {
	k := mainKind(e)
	d := pathDrawing{w: w, m: newPathMap(e, k), zone: e.Days.Zone(), here: procedure.None, href: href}
	return d.draw(w.T("path.label_law", "kind", w.Law(e.Law.Name).Kind(k.Name)))
}

// mainKind is the kind whose path says most: that of the proceeding, unless it
// has a single state; then the one with the most.
func mainKind(e *procedure.Edition) *procedure.Kind {
	best := e.Kinds[0]
	if len(best.States) > 1 {
		return best
	}
	for _, k := range e.Kinds {
		if k != nil && len(k.States) > len(best.States) {
			best = k
		}
	}
	return best
}

// pathMap is the states of one kind and the ways between them.
type pathMap struct {
	e     *procedure.Edition
	kind  *procedure.Kind
	order map[procedure.StateID]int
	ways  map[procedure.StateID]map[procedure.StateID]bool // by acts that name the state they start from
	any   map[procedure.StateID]bool                       // reached by acts that start from any state
	goal  procedure.StateID                                // the end of the main road; None without final states
	side  map[procedure.StateID]bool
}

func newPathMap(e *procedure.Edition, k *procedure.Kind) *pathMap {
	m := &pathMap{e: e, kind: k, order: map[procedure.StateID]int{}, ways: map[procedure.StateID]map[procedure.StateID]bool{},
		any: map[procedure.StateID]bool{}, goal: procedure.None, side: map[procedure.StateID]bool{}}
	for i, s := range k.States {
		m.order[s], m.ways[s] = i, map[procedure.StateID]bool{}
	}
	way := func(from []procedure.StateID, to procedure.StateID) {
		if len(from) == 0 {
			m.any[to] = true
		}
		for _, s := range from {
			if _, known := m.order[s]; known && s != to {
				m.ways[s][to] = true
			}
		}
	}
	for _, r := range e.Acts {
		if r == nil {
			continue
		}
		if r.On == k.ID && r.To != procedure.None && !r.Opens {
			way(r.From, r.To)
		}
		for _, v := range r.Moves {
			if v.Kind == k.ID && len(v.From) > 0 {
				way(v.From, v.To)
			}
		}
	}
	m.sort()
	return m
}

// sort tells the main road from what lies beside it. Where the law names the road
// (path:), that is it. Else the road ends in the
// final state that is the furthest from the start; other final states are
// exits. A state whose every way leads to earlier states or to exits is a
// detour: it stands beside the road as well.
func (m *pathMap) sort() {
	if len(m.kind.Path) > 0 {
		m.goal = m.kind.Path[len(m.kind.Path)-1]
		for _, s := range m.kind.States {
			m.side[s] = !slices.Contains(m.kind.Path, s)
		}
		return
	}
	furthest := -1
	distance := m.distances(m.kind.Start)
	for _, s := range m.kind.States {
		if d, reached := distance[s]; reached && m.final(s) && d > furthest {
			m.goal, furthest = s, d
		}
	}
	for _, s := range m.kind.States {
		switch {
		case s == m.goal || s == m.kind.Start:
		case m.final(s):
			m.side[s] = true
		default:
			m.side[s] = m.detour(s)
		}
	}
}

func (m *pathMap) detour(s procedure.StateID) bool {
	back := false
	for to := range m.ways[s] {
		switch {
		case m.final(to) && to != m.goal:
		case m.order[to] < m.order[s] && !m.final(to):
			back = true
		default:
			return false
		}
	}
	return back
}

func (m *pathMap) final(s procedure.StateID) bool {
	return int(s) < len(m.kind.Final) && m.kind.Final[s]
}

func (m *pathMap) byName(name string) (procedure.StateID, bool) {
	for _, s := range m.kind.States {
		if m.e.Law.StateName(m.kind.ID, s) == name {
			return s, true
		}
	}
	return procedure.None, false
}

// leads reports whether one act leads from a state to another.
func (m *pathMap) leads(from, to procedure.StateID) bool {
	return m.ways[from][to] || m.any[to] && !m.final(from) && from != to
}

func (m *pathMap) distances(from procedure.StateID) map[procedure.StateID]int {
	out := map[procedure.StateID]int{from: 0}
	for queue := []procedure.StateID{from}; len(queue) > 0; queue = queue[1:] {
		for _, s := range m.kind.States {
			if _, seen := out[s]; !seen && m.leads(queue[0], s) {
				out[s] = out[queue[0]] + 1
				queue = append(queue, s)
			}
		}
	}
	return out
}

func (m *pathMap) reachable(from procedure.StateID) map[procedure.StateID]bool {
	out := map[procedure.StateID]bool{}
	for s := range m.distances(from) {
		out[s] = s != from
	}
	return out
}

// pathVisit is one coming into a state.
type pathVisit struct {
	state procedure.StateID
	at    calendar.Moment
}

// pathDrawing is one picture in the making. here is None where the law alone is drawn.
type pathDrawing struct {
	w      *web.Words
	m      *pathMap
	zone   *calendar.Zone
	here   procedure.StateID
	reach  map[procedure.StateID]bool
	visits []pathVisit
	href   func(kind, state string) string // nil where a proceeding is drawn
}

func (d *pathDrawing) draw(label string) PathView {
	v := PathView{Label: label}
	reached := d.reached()
	at := map[procedure.StateID]int{}
	for _, s := range d.m.kind.States {
		if !d.m.side[s] {
			at[s] = len(v.Stops)
			v.Stops = append(v.Stops, d.stop(s, d.m.order[s] < reached))
			v.Stops[at[s]].Travelled = d.m.order[s] <= reached
		}
	}
	for _, s := range d.m.kind.States {
		if d.m.side[s] {
			i := at[d.host(s)]
			// What cannot come any more would push what is owed below the edge of the screen; the law's own path has it.
			if side := d.stop(s, false); side.Mark != pathMissed {
				v.Stops[i].Sides = append(v.Stops[i].Sides, side)
			}
		}
	}
	return v
}

// reached is the place of the furthest stop of the road that the proceeding
// came to; -1 where the law alone is drawn.
func (d *pathDrawing) reached() int {
	far := -1
	for _, v := range d.visits {
		if !d.m.side[v.state] {
			far = max(far, d.m.order[v.state])
		}
	}
	return far
}

// host is the stop of the road beside which a state is drawn: where the
// proceeding left the road for it, else where it is now if that leads there,
// else the first that does.
func (d *pathDrawing) host(s procedure.StateID) procedure.StateID {
	now, left := d.m.kind.Start, procedure.StateID(procedure.None)
	for _, v := range d.visits {
		if !d.m.side[v.state] {
			now = v.state
		} else if v.state == s {
			left = now
		}
	}
	if left != procedure.None {
		return left
	}
	if d.here != procedure.None && d.m.leads(now, s) {
		return now
	}
	for _, from := range d.m.kind.States {
		if !d.m.side[from] && d.m.ways[from][s] {
			return from
		}
	}
	return d.m.kind.Start
}

func (d *pathDrawing) stop(s procedure.StateID, behind bool) pathStop {
	law, kind := d.m.e.Law, d.m.kind
	name := law.StateName(kind.ID, s)
	v := pathStop{Mark: d.mark(s, behind), Name: d.w.Law(law.Name).State(kind.Name, name), End: d.m.final(s)}
	switch {
	case v.Mark != pathPlain:
		v.Says = d.w.T("path.mark." + string(v.Mark))
	case v.End:
		v.Says = d.w.T("path.mark.end")
	}
	if d.href != nil {
		v.Href = d.href(kind.Name, name)
	}
	for i, visit := range d.visits {
		if visit.state != s {
			continue
		}
		date := d.w.Date(d.zone.Date(visit.at))
		if i == len(d.visits)-1 {
			date = d.w.T("path.since", "date", date)
		}
		v.When = append(v.When, date)
	}
	if d.m.side[s] && !v.End {
		v.Back = d.back(s)
	}
	return v
}

// back names the states that a detour leads back to.
func (d *pathDrawing) back(s procedure.StateID) string {
	var to []string
	for _, t := range d.m.kind.States {
		if d.m.ways[s][t] && !d.m.final(t) && !d.m.side[t] {
			to = append(to, d.w.Law(d.m.e.Law.Name).State(d.m.kind.Name, d.m.e.Law.StateName(d.m.kind.ID, t)))
		}
	}
	if len(to) == 0 {
		return ""
	}
	return d.w.T("path.back", "list", d.w.Or(to))
}

func (d *pathDrawing) mark(s procedure.StateID, behind bool) pathMark {
	visited := slices.ContainsFunc(d.visits, func(v pathVisit) bool { return v.state == s })
	switch {
	case d.here == procedure.None:
		return pathPlain
	case s == d.here:
		return pathHere
	case visited:
		return pathPassed
	case behind || !d.reach[s] || d.m.final(d.here):
		return pathMissed
	case d.m.leads(d.here, s):
		return pathNext
	}
	return pathAhead
}
