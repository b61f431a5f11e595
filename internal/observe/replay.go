package observe

import (
	"encoding/binary"
	"slices"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/procedure"
)

// replayer lives cases through the engine, one after another, and counts.
type replayer struct {
	law      *procedure.Law
	m        *mapping
	zone     *calendar.Zone
	examples int
	took     func(*procedure.Act) // told each act before it is observed; nil: nobody

	run  procedure.Run
	act  procedure.Act
	form []fact.Value
	b    *batch

	// of the case at hand
	id     string
	no     int // its number
	keys   []knownThing
	early  []early  // what a term will ask for was done before it ran
	fallen []fallen // duties that fell away and count if done all the same
	done   []int32  // deadlines that were done before they began
	order  []ordered

	cases   int
	things  int
	acts    []int // by act
	terms   []*termCount
	rules   map[ruleKey]*ruleCount
	paths   map[string]*pathCount
	lost    int // paths beyond the bound
	threads int
	steps   map[uint32]*stepCount
	buf     []byte
}

type knownThing struct {
	key   string
	thing int32
}

type termThing struct {
	term  procedure.TermID
	thing int32
}

type early struct {
	termThing
	by procedure.ActID
}

type fallen struct {
	termThing
	start, due calendar.Moment
}

type ordered struct {
	event int // in the batch
	day   calendar.Date
	rank  int
}

// termCount is what became of the deadlines of one term.
type termCount struct {
	started, inTime, late, lastDay, fell, early, after int
	by                                                 map[procedure.ActID]int
	took                                               []int64
	open                                               []calendar.Moment // when those still open at the end of the log fall due
	stopped                                            int
	lateCases                                          sighting
}

// ruleKey names a rule that was broken, or that could not be decided.
type ruleKey struct {
	undecided bool
	reason    procedure.Reason
	act       procedure.ActID
	rule      string // of a condition; else the state, kind, term or field that it is about
}

type ruleCount struct {
	article string
	sighting
}

// sighting counts where something was seen.
type sighting struct {
	count, cases, things int
	lastCase             int
	seen                 []int32 // things of the last case
	examples             []string
}

type pathCount struct {
	count   int
	example string
}

type stepCount struct {
	from, to int32
	took     []int64
}

func newReplayer(law *procedure.Law, m *mapping, examples int) *replayer {
	first := law.Editions[0]
	p := &replayer{law: law, m: m, zone: first.Days.Zone(), examples: examples, acts: make([]int, len(first.Acts)), terms: make([]*termCount, len(first.Terms)),
		rules: map[ruleKey]*ruleCount{}, paths: map[string]*pathCount{}, steps: map[uint32]*stepCount{}}
	for i := range p.terms {
		p.terms[i] = &termCount{by: map[procedure.ActID]int{}}
	}
	return p
}

func (p *replayer) batch(b *batch) {
	p.b = b
	for i := range b.cases {
		p.replay(&b.cases[i])
	}
}

func (p *replayer) replay(c *oneCase) {
	p.cases++
	p.id, p.no = c.id, p.cases
	p.run.Reset()
	p.keys, p.early, p.fallen, p.done = p.keys[:0], p.early[:0], p.fallen[:0], p.done[:0]
	p.follow(c)
	for _, o := range p.inOrder(c) {
		p.event(&p.b.events[o.event])
	}
	p.things += len(p.keys)
	for i := range p.run.State.Deadlines {
		dl := &p.run.State.Deadlines[i]
		t := p.terms[dl.Term]
		switch {
		case slices.Contains(p.done, dl.No):
		case dl.Stopped != 0:
			t.stopped++
		default:
			t.open = append(t.open, dl.Due)
		}
	}
}

// inOrder puts the events of a case into the order in which they are taken for
// done: by moment, or by day and within a day as the law has it. The order of
// the log decides between equals.
func (p *replayer) inOrder(c *oneCase) []ordered {
	p.order = p.order[:0]
	sorted := true
	for i := c.from; i < c.to; i++ {
		ev := &p.b.events[i]
		a := p.b.acts[ev.activity]
		if a.read == nil || a.read.ignore {
			continue
		}
		o := ordered{event: i}
		if p.m.rank != nil {
			o.day, o.rank = p.zone.Date(ev.at), p.m.rank[a.read.acts[0]]
		}
		if n := len(p.order); n > 0 && p.less(o, p.order[n-1]) < 0 {
			sorted = false
		}
		p.order = append(p.order, o)
	}
	if !sorted {
		slices.SortStableFunc(p.order, p.less)
	}
	return p.order
}

func (p *replayer) less(a, b ordered) int {
	switch {
	case a.day != b.day:
		return int(a.day - b.day)
	case a.rank != b.rank:
		return a.rank - b.rank
	case p.b.events[a.event].at < p.b.events[b.event].at:
		return -1
	case p.b.events[a.event].at > p.b.events[b.event].at:
		return 1
	}
	return 0
}

// event takes one event for an act.
func (p *replayer) event(ev *event) {
	read := p.b.acts[ev.activity].read
	e := p.law.At(ev.at)
	id := read.acts[0]
	if int(id) >= len(e.Acts) || e.Acts[id] == nil {
		p.observe(e, id, 0, ev, read, 0)
		return
	}
	rule := e.Acts[id]
	if len(p.run.State.Things) == 0 && p.m.opens >= 0 && !rule.Opens {
		p.observe(e, p.m.opens, 0, ev, nil, 0)
	}
	thing := p.thing(e, rule, ev)
	which := 0
	if len(read.acts) > 1 {
		which = p.choose(e, read, thing, ev)
	}
	p.observe(e, read.acts[which], thing, ev, read, which)
}

// thing finds what an act is done on: the proceeding, the thing of the event's
// key, or the last thing of the kind; None if there is none.
func (p *replayer) thing(e *procedure.Edition, rule *procedure.ActRule, ev *event) int32 {
	if rule.On == 0 {
		return 0
	}
	for _, k := range p.m.keyed {
		if k.kind != rule.On {
			continue
		}
		for i := range p.keys {
			if p.keys[i].key == ev.key {
				return p.keys[i].thing
			}
		}
		n := int32(len(p.run.State.Things))
		p.observe(e, k.adds, 0, ev, nil, 0)
		p.keys = append(p.keys, knownThing{ev.key, n})
		return n
	}
	things := p.run.State.Things
	for i := len(things) - 1; i > 0; i-- {
		if things[i].Kind == rule.On {
			return int32(i)
		}
	}
	return procedure.None
}

func (p *replayer) fill(id procedure.ActID, thing int32, ev *event, read *reading, which int) {
	p.act = procedure.Act{Act: id, Thing: thing, Done: ev.at, Recorded: p.m.recorded, Form: p.form[:0]}
	if read == nil {
		return
	}
	for j := range read.form {
		f := int(read.form[j].fields[which])
		for len(p.act.Form) <= f {
			p.act.Form = append(p.act.Form, fact.Value{})
		}
		p.act.Form[f] = p.b.values[int(ev.values)+j]
	}
	p.form = p.act.Form
}

// choose says which of several acts an event was: the first that the law
// allows, or, if it allows none, the first with the fewest deviations.
func (p *replayer) choose(e *procedure.Edition, read *reading, thing int32, ev *event) int {
	best, least := 0, -1
	for i, id := range read.acts {
		p.fill(id, thing, ev, read, i)
		_, effects := e.Observe(p.run.State, p.act)
		wrong := 0 // a deviation weighs more than any number of facts that are missing
		for j := range effects {
			switch effects[j].Kind {
			case procedure.Deviates:
				wrong += 1000
			case procedure.Undecided:
				wrong++
			}
		}
		if wrong == 0 {
			return i
		}
		if least < 0 || wrong < least {
			best, least = i, wrong
		}
	}
	return best
}

// observe does the act and counts what follows.
func (p *replayer) observe(e *procedure.Edition, id procedure.ActID, thing int32, ev *event, read *reading, which int) {
	p.fill(id, thing, ev, read, which)
	p.acts[id]++
	if p.took != nil {
		p.took(&p.act)
	}
	effects := p.run.Observe(e, &p.act)
	settles := len(p.fallen) > 0
	for i := range effects {
		f := &effects[i]
		switch f.Kind {
		case procedure.Deviates, procedure.Undecided:
			p.deviates(id, f)
		case procedure.Started:
			p.started(&f.Deadline)
		case procedure.Met:
			if !slices.Contains(p.done, f.Deadline.No) {
				p.met(f.Deadline.Term, f.Deadline.Thing, f.Deadline.Start, f.Deadline.Due, f.Late, id)
			}
		case procedure.Ended:
			p.ended(&f.Deadline)
		}
	}
	rule := (*procedure.ActRule)(nil)
	if int(id) < len(e.Acts) {
		rule = e.Acts[id]
	}
	if rule == nil {
		return
	}
	for _, t := range rule.Meets() {
		c := p.m.counts[t.ID]
		if !c.before && !(c.after && settles) {
			continue
		}
		p.outside(t, c, id, ev.at, effects)
	}
}

// outside counts an act that does what a term asks for while the term does not run.
func (p *replayer) outside(t *procedure.Term, c counts, id procedure.ActID, at calendar.Moment, effects []procedure.Effect) {
	for i := range effects {
		if k := effects[i].Kind; (k == procedure.Met || k == procedure.Ended) && effects[i].Deadline.Term == t.ID {
			return
		}
	}
	thing := p.of(t.Per, p.act.Thing)
	if thing < 0 {
		return
	}
	for i, f := range p.fallen {
		if f.term == t.ID && f.thing == thing {
			p.terms[t.ID].fell--
			p.terms[t.ID].after++
			p.met(t.ID, thing, f.start, f.due, !t.AtOnce && at > f.due, id)
			p.fallen = slices.Delete(p.fallen, i, i+1)
			return
		}
	}
	if c.before {
		p.early = append(p.early, early{termThing{t.ID, thing}, id})
	}
}

// of is the thing of a kind that a thing is or belongs to; None if there is none.
func (p *replayer) of(kind procedure.KindID, thing int32) int32 {
	things := p.run.State.Things
	for thing >= 0 && int(thing) < len(things) && things[thing].Kind != kind {
		thing = things[thing].Of
	}
	if int(thing) >= len(things) {
		return procedure.None
	}
	return thing
}

func (p *replayer) started(dl *procedure.Deadline) {
	t := p.terms[dl.Term]
	t.started++
	if !p.m.counts[dl.Term].before {
		return
	}
	if i := slices.IndexFunc(p.early, func(e early) bool { return e.termThing == termThing{dl.Term, dl.Thing} }); i >= 0 {
		t.by[p.early[i].by]++
		p.early = slices.Delete(p.early, i, i+1)
		p.done = append(p.done, dl.No)
		t.early++
		t.inTime++
	}
}

func (p *replayer) met(term procedure.TermID, thing int32, start, due calendar.Moment, late bool, by procedure.ActID) {
	t := p.terms[term]
	at := p.act.Done
	t.by[by]++
	t.took = append(t.took, int64(at-start))
	if late {
		t.late++
		p.saw(&t.lateCases, thing)
		return
	}
	t.inTime++
	if p.zone.Date(at) == p.zone.Date(due) {
		t.lastDay++
	}
}

func (p *replayer) ended(dl *procedure.Deadline) {
	if slices.Contains(p.done, dl.No) {
		return
	}
	p.terms[dl.Term].fell++
	if p.m.counts[dl.Term].after {
		p.fallen = append(p.fallen, fallen{termThing{dl.Term, dl.Thing}, dl.Start, dl.Due})
	}
}

func (p *replayer) deviates(id procedure.ActID, f *procedure.Effect) {
	r := f.Refusal
	k := ruleKey{undecided: f.Kind == procedure.Undecided, reason: r.Reason, act: id}
	switch r.Reason {
	case procedure.ConditionFails, procedure.Undecidable:
		k.rule = r.Rule
	case procedure.WrongState:
		k.rule = r.Now
	case procedure.NoSuchThing:
		k.rule = r.Kind
	case procedure.NothingRuns, procedure.TermOver, procedure.NoLonger, procedure.TooLate:
		k.rule = r.Term
	case procedure.BadForm:
		var fields []string
		for name, key := range r.Fields {
			fields = append(fields, name+": "+key)
		}
		slices.Sort(fields)
		k.rule = strings.Join(fields, ", ")
	}
	c := p.rules[k]
	if c == nil {
		c = &ruleCount{article: r.Article}
		p.rules[k] = c
	}
	p.saw(&c.sighting, f.Thing)
}

// saw counts a sighting in the case at hand, on a thing.
func (p *replayer) saw(s *sighting, thing int32) {
	s.count++
	if s.lastCase != p.no {
		s.lastCase, s.seen = p.no, s.seen[:0]
		s.cases++
		if len(s.examples) < p.examples {
			s.examples = append(s.examples, p.id)
		}
	}
	if !slices.Contains(s.seen, thing) {
		s.seen = append(s.seen, thing)
		s.things++
	}
}

// follow counts the path of a case, or of each thing that the log has a key
// for, and how long each step took, in the order of the log.
func (p *replayer) follow(c *oneCase) {
	events := p.b.events[c.from:c.to]
	if len(p.m.keyed) == 0 {
		p.path(events, false, "")
		return
	}
	for i := range events {
		if slices.ContainsFunc(events[:i], func(e event) bool { return e.key == events[i].key }) {
			continue
		}
		p.path(events, true, events[i].key)
	}
}

func (p *replayer) path(events []event, keyed bool, key string) {
	p.buf = p.buf[:0]
	last := -1
	for i := range events {
		ev := &events[i]
		if keyed && ev.key != key {
			continue
		}
		p.buf = binary.BigEndian.AppendUint16(p.buf, uint16(ev.activity))
		if last >= 0 {
			k := uint32(events[last].activity)<<16 | uint32(ev.activity)
			s := p.steps[k]
			if s == nil {
				s = &stepCount{from: events[last].activity, to: ev.activity}
				p.steps[k] = s
			}
			s.took = append(s.took, int64(ev.at-events[last].at))
		}
		last = i
	}
	p.threads++
	n := p.paths[string(p.buf)]
	if n == nil {
		if len(p.paths) >= mostPaths {
			p.lost++
			return
		}
		n = &pathCount{example: p.id}
		p.paths[string(p.buf)] = n
	}
	n.count++
}
