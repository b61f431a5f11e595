package lawdraw

import (
	"slices"
	"strconv"
	"strings"

	"nazorat/internal/procedure"
)

// shape is what a box of a drawing stands for.
type shape uint8

const (
	stateShape shape = iota
	dotShape         // where a thing comes to be
	anyShape         // every stage, as a place that acts start from
	actsShape        // the acts of an arrow, in the middle of it
	looseShape       // acts that are possible in every stage and lead nowhere
)

// box is one box of a drawing. x and y are its centre, once laid out.
type box struct {
	id         string
	shape      shape
	state      procedure.StateID
	start, end bool
	main       bool // on the main path
	far        bool // a neighbour of the stage that is drawn, not drawn itself
	href       string
	says       string // shown when one points at it: which stages the acts lie between
	entries    []entry

	lines      []line
	x, y, w, h float64
}

// entry is one statement in a box.
type entry struct {
	sign sign
	runs []run
	href string
	hint string // shown when one points at it
	deep bool   // belongs to the entry above
	name string // of the act or term, for tests and links
}

// arrow leads from box to box. An arrow without a head goes on at the box of
// its acts. points are its line, once laid out.
type arrow struct {
	from, to int
	tone     arrowTone
	head     bool
	points   []point
}

type point struct{ x, y float64 }

// arrowTone is what the colour and the stroke of an arrow mean.
type arrowTone uint8

const (
	mainArrow  arrowTone = iota
	onArrow              // forwards, off the main path
	backArrow            // to an earlier stage
	takenArrow           // brought about by an act on another kind of thing
)

// scene is a drawing in the making.
type scene struct {
	m       *kindMap
	lb      *procedure.Labels
	words   Words
	links   Links
	boxes   []box
	arrows  []arrow
	unseen  [][2]int // boxes of which the second stands below the first, though no line joins them
	states  map[procedure.StateID]int
	drawing Drawing
}

// Of an overview: how many acts of an arrow and how many terms of a state are named before the rest is counted.
const (
	actsNamed  = 3
	termsNamed = 3
	linesDrawn = 3 // of an arrow to an end: from more states than these no line is drawn from each
)

func newScene(e *procedure.Edition, d Drawing, words Words, links Links) *scene {
	s := &scene{m: newKindMap(e, e.Kind(d.Kind)), lb: words.Law(e.Law.Name), words: words, links: links, states: map[procedure.StateID]int{}, drawing: d}
	switch {
	case d.Stage != "":
		s.stage()
	case d.Part != "":
		s.m.only(d.Part)
		s.part()
	default:
		s.all()
	}
	for i := range s.boxes {
		s.boxes[i].measure()
	}
	return s
}

// all draws every state and every way.
func (s *scene) all() {
	for _, id := range s.m.kind.States {
		s.addState(id)
	}
	ways := s.m.ways
	if s.drawing.Parts {
		ways = s.joined()
	}
	for _, w := range ways {
		s.addWay(w)
	}
	s.loose()
}

// joined makes one of all ways that lead to the same end from many states, as an overview shows them.
func (s *scene) joined() []way {
	var out []way
	at := map[procedure.StateID]int{}
	for _, w := range s.m.ways {
		if !s.several(w) {
			out = append(out, w)
			continue
		}
		i, there := at[w.to]
		if !there {
			at[w.to] = len(out)
			out = append(out, way{from: slices.Clone(w.from), to: w.to, acts: slices.Clone(w.acts)})
			continue
		}
		for _, f := range w.from {
			if !slices.Contains(out[i].from, f) {
				out[i].from = append(out[i].from, f)
			}
		}
		slices.SortFunc(out[i].from, func(a, b procedure.StateID) int { return s.m.order[a] - s.m.order[b] })
		out[i].acts = append(out[i].acts, w.acts...)
	}
	return out
}

// several reports whether an overview says of a way that it comes from several states, and draws no line from each.
func (s *scene) several(w way) bool {
	return s.drawing.Parts && len(w.from) > linesDrawn && s.m.final(w.to)
}

// part draws the ways that are left, the states that they lie between, and those in which something may be done.
func (s *scene) part() {
	for _, id := range s.m.kind.States {
		touched := len(s.m.stay[id]) > 0 || slices.ContainsFunc(s.m.ways, func(w way) bool { return w.to == id || slices.Contains(w.from, id) })
		if touched {
			s.addState(id)
		}
	}
	for _, w := range s.m.ways {
		s.addWay(w)
	}
	s.loose()
}

// stage draws one state, the ways into it and the ways out of it.
func (s *scene) stage() {
	id := procedure.StateID(procedure.None)
	for _, one := range s.m.kind.States {
		if s.m.name(one) == s.drawing.Stage {
			id = one
		}
	}
	s.addState(id)
	seen := kindMap{order: s.m.order} // the ways as they look from here: those that leave are one where they lead to the same state
	for _, w := range s.m.ways {
		from := w.from
		switch {
		case w.to == id:
		case slices.Contains(from, id):
			from = []procedure.StateID{id}
		default:
			continue
		}
		for _, a := range w.acts {
			seen.way(slices.Clone(from), w.to, w.enter, a)
		}
	}
	for _, w := range seen.ways {
		s.addWay(w)
	}
}

// addState draws a state, once.
func (s *scene) addState(id procedure.StateID) int {
	if i, there := s.states[id]; there {
		return i
	}
	m, name := s.m, s.m.name(id)
	b := box{id: "state-" + name, shape: stateShape, state: id, start: id == m.kind.Start, end: m.final(id), main: m.main[id],
		far: s.drawing.Stage != "" && s.drawing.Stage != name}
	if s.links.State != nil {
		b.href = s.links.State(m.kind.Name, name)
	}
	title := nameStyle
	if b.far {
		title = boldStyle
	}
	b.entries = append(b.entries, entry{runs: []run{{s.lb.State(m.kind.Name, name), title}}, href: b.href})
	switch {
	case b.far:
	case s.drawing.Parts:
		s.summary(&b)
	default:
		for _, t := range m.terms[id] {
			b.entries = s.term(b.entries, t, false)
		}
		for _, r := range m.stay[id] {
			b.entries = s.act(b.entries, r, staySign, "")
		}
	}
	s.boxes = append(s.boxes, b)
	s.states[id] = len(s.boxes) - 1
	return s.states[id]
}

// summary names the terms of a state as far as an overview does, those first that set a person free, and counts the rest.
func (s *scene) summary(b *box) {
	terms := slices.Clone(s.m.terms[b.state])
	slices.SortStableFunc(terms, func(x, y *procedure.Term) int { return urgency(x) - urgency(y) })
	for i, t := range terms {
		if i == termsNamed && len(terms) > termsNamed+1 {
			b.entries = append(b.entries, entry{sign: chanceSign, runs: []run{{s.words.T("draw.more_terms", "n", len(terms)-i), plainStyle}}})
			break
		}
		b.entries = append(b.entries, s.termEntry(t))
	}
	if n := len(s.m.stay[b.state]); n > 0 {
		b.entries = append(b.entries, entry{sign: staySign, runs: []run{{s.words.T("draw.stay", "n", n), plainStyle}}, href: b.href})
	}
}

func urgency(t *procedure.Term) int {
	switch t.Breach {
	case procedure.Release:
		return 0
	case procedure.Lapse:
		return 2
	}
	return 1
}

// act writes an act with its article and, below it, the terms that it starts where it leads nowhere.
func (s *scene) act(list []entry, r *procedure.ActRule, mark sign, on string) []entry {
	name := s.lb.Act(r.Name)
	if on != "" {
		name = s.words.T("draw.on", "act", name, "kind", on)
	}
	e := entry{sign: mark, runs: []run{{name, plainStyle}, {s.lb.Article(r.Article), articleStyle}}, name: r.Name}
	if s.links.Act != nil {
		e.href = s.links.Act(r.Name)
	}
	var who []string
	for _, role := range r.By {
		who = append(who, s.lb.Role(role))
	}
	e.hint = s.words.T("draw.who", "list", s.words.Or(who))
	list = append(list, e)
	if mark == staySign {
		for _, t := range s.m.beside(r) {
			list = s.term(list, t, true)
		}
	}
	return list
}

// term writes a term with its length and article, and below it those that hang on its end. No law has as many of
// them one below the other as would make no end.
func (s *scene) term(list []entry, t *procedure.Term, deep bool) []entry {
	return s.hanging(list, t, deep, len(s.m.e.Terms))
}

func (s *scene) hanging(list []entry, t *procedure.Term, deep bool, left int) []entry {
	e := s.termEntry(t)
	e.deep = deep
	list = append(list, e)
	for _, h := range s.m.e.Terms {
		if h != nil && left > 0 && (h.Before == t.ID || h.After == t.ID) {
			list = s.hanging(list, h, true, left-1)
		}
	}
	return list
}

func (s *scene) termEntry(t *procedure.Term) entry {
	text := s.words.T("draw.term", "length", s.length(t), "term", s.lb.Term(t.Name))
	e := entry{sign: dutySign, runs: []run{{text, termStyle}, {s.lb.Article(t.Article), articleStyle}}, name: t.Name}
	switch {
	case t.Breach == procedure.Release:
		e.sign = releaseSign
	case t.Breach == procedure.Lapse, t.Waiting(), t.OwedBy == "":
		e.sign = chanceSign
	}
	if s.links.Term != nil {
		e.href = s.links.Term(t.Name)
	}
	if t.OwedBy != "" {
		e.hint = s.words.T("draw.who", "list", s.lb.Role(t.OwedBy))
	}
	return e
}

// length of a term in a few words.
func (s *scene) length(t *procedure.Term) string {
	period := s.words.Period(t.Within)
	switch {
	case t.Before != procedure.None:
		return s.words.T("draw.length.before", "period", s.words.Period(t.By))
	case t.AtOnce:
		return s.words.T("period.at_once")
	case t.Share.Den > 0:
		return s.words.T("draw.length.share", "share", t.Share.String())
	case t.Until != nil && t.Within.IsZero(), t.Lengths != nil:
		return s.words.T("draw.length.until")
	case t.Until != nil:
		return s.words.T("draw.length.at_most", "period", period)
	case t.After != procedure.None:
		return s.words.T("draw.length.after", "period", period)
	}
	return period
}

// addWay draws an arrow: from each of the states to a box that names the acts, and on to where they lead.
func (s *scene) addWay(w way) {
	m := s.m
	several := s.several(w)
	var sources []int
	var names []string
	switch {
	case w.enter:
		sources = append(sources, s.special(dotShape, "begin"))
	case len(w.from) == 0:
		sources = append(sources, s.special(anyShape, "any"))
		names = append(names, s.words.T("draw.any"))
	}
	for _, f := range w.from {
		if next, onPath := m.next[f]; !several || onPath && next == w.to {
			sources = append(sources, s.addState(f))
		}
		names = append(names, s.lb.State(m.kind.Name, m.name(f)))
	}
	to := s.addState(w.to)
	b := box{id: "acts-" + strconv.Itoa(len(s.boxes)), shape: actsShape, state: w.to}
	b.says = s.words.T("draw.way", "from", strings.Join(names, ", "), "to", s.lb.State(m.kind.Name, m.name(w.to)))
	taken := true
	for i, a := range w.acts {
		taken = taken && a.taken
		switch {
		case s.drawing.Parts && i == actsNamed && len(w.acts) > actsNamed+1:
			b.entries = append(b.entries, entry{runs: []run{{s.words.T("draw.more_acts", "n", len(w.acts)-i), plainStyle}}})
		case s.drawing.Parts && i > actsNamed && len(w.acts) > actsNamed+1:
		default:
			on := ""
			if a.taken && a.rule.On != m.kind.ID {
				on = s.lb.Kind(m.e.Kinds[a.rule.On].Name)
			}
			b.entries = s.act(b.entries, a.rule, noSign, on)
		}
	}
	if several {
		b.entries = slices.Insert(b.entries, 0, entry{runs: []run{{s.words.T("draw.several"), articleLong}}})
	}
	onward := backArrow // of the way on to where it leads: that of the strongest way here
	var tones []arrowTone
	for _, i := range sources {
		t := s.tone(&s.boxes[i], w, taken)
		tones = append(tones, t)
		if rank[t] < rank[onward] {
			onward = t
		}
	}
	if len(sources) == 0 {
		onward = onArrow
	}
	b.main = onward == mainArrow
	s.boxes = append(s.boxes, b)
	mid := len(s.boxes) - 1
	if len(sources) == 0 {
		s.unseen = append(s.unseen, [2]int{s.addState(w.from[len(w.from)-1]), mid})
	}
	for n, i := range sources {
		s.arrows = append(s.arrows, arrow{from: i, to: mid, tone: tones[n]})
	}
	s.arrows = append(s.arrows, arrow{from: mid, to: to, tone: onward, head: true})
}

// rank orders the tones: where several ways join, the first of them colours the rest.
var rank = [...]int{mainArrow: 0, onArrow: 1, takenArrow: 2, backArrow: 3}

// tone of the way from one box.
func (s *scene) tone(from *box, w way, taken bool) arrowTone {
	m := s.m
	next, onPath := m.next[from.state]
	switch {
	case from.shape == dotShape && w.to == m.kind.Start, from.shape == stateShape && onPath && next == w.to:
		return mainArrow
	case taken:
		return takenArrow
	case from.shape == stateShape && m.order[from.state] > m.order[w.to] && !m.final(w.to):
		return backArrow
	}
	return onArrow
}

// special is the box of which a drawing has one at the most.
func (s *scene) special(sh shape, id string) int {
	for i := range s.boxes {
		if s.boxes[i].shape == sh {
			return i
		}
	}
	b := box{id: id, shape: sh, state: procedure.None}
	if sh == anyShape {
		b.entries = []entry{{runs: []run{{s.words.T("draw.any"), plainStyle}}}}
	}
	s.boxes = append(s.boxes, b)
	return len(s.boxes) - 1
}

// loose is a box of its own for acts that are possible in every stage and lead nowhere.
func (s *scene) loose() {
	if len(s.m.any) == 0 {
		return
	}
	b := box{id: "loose", shape: looseShape, state: procedure.None, entries: []entry{{runs: []run{{s.words.T("draw.always"), boldStyle}}}}}
	for _, r := range s.m.any {
		b.entries = s.act(b.entries, r, staySign, "")
	}
	s.boxes = append(s.boxes, b)
}

// reading is the order in which the boxes are read out: each state, then the acts that lead on from it.
func (s *scene) reading() []int {
	var out []int
	done := make([]bool, len(s.boxes))
	say := func(i int) {
		if !done[i] {
			done[i] = true
			out = append(out, i)
		}
	}
	from := func(i int) {
		for _, a := range s.arrows {
			if a.from == i && !a.head {
				say(a.to)
			}
		}
	}
	for i, b := range s.boxes {
		if b.shape == dotShape {
			from(i)
		}
	}
	for _, id := range s.m.kind.States {
		if i, there := s.states[id]; there {
			say(i)
			from(i)
		}
	}
	for i := range s.boxes {
		say(i)
	}
	return out
}
