package procedure

import (
	"slices"

	"nazorat/internal/fact"
)

// Apply decides an act: it gives the state that follows and what follows from
// the act, or refuses it with a *Refusal. The state given is never changed.
// Pure; safe for concurrent use.
func (e *Edition) Apply(s State, a Act) (State, []Effect, error) {
	next := e.room(&s, a.Act)
	effects, err := e.step(new(decision), &next, &a, false, e.effectsRoom(a.Act))
	if err != nil {
		return s, nil, err
	}
	return next, effects, nil
}

// Observe takes an act that already happened somewhere else. It never refuses:
// where Apply would, it records a deviation (an effect Deviates) and goes on.
// The state given is never changed. Pure; safe for concurrent use.
func (e *Edition) Observe(s State, a Act) (State, []Effect) {
	next := e.room(&s, a.Act)
	effects, _ := e.step(new(decision), &next, &a, true, e.effectsRoom(a.Act))
	return next, effects
}

// room copies a state with room for what an act can add to it, so that the
// engine need not grow what was just copied.
func (e *Edition) room(s *State, act ActID) State {
	things, deadlines := 0, 0
	if act >= 0 && int(act) < len(e.Acts) && e.Acts[act] != nil {
		r := e.Acts[act]
		things, deadlines = 1, r.mostStarts
	}
	c := *s
	c.Things = copied(s.Things, things)
	for i := range c.Things {
		if f := c.Things[i].Fields; len(f) > 0 {
			c.Things[i].Fields = copied(f, 0)
		}
	}
	c.Deadlines = copied(s.Deadlines, deadlines)
	c.Spent = slices.Clone(s.Spent)
	c.Past = slices.Clone(s.Past)
	return c
}

// copied is a copy with room for more; nil where there is nothing and nothing to come.
func copied[T any](list []T, more int) []T {
	if len(list)+more == 0 {
		return nil
	}
	return append(make([]T, 0, len(list)+more), list...)
}

func (e *Edition) effectsRoom(act ActID) []Effect {
	if act < 0 || int(act) >= len(e.Acts) || e.Acts[act] == nil {
		return nil
	}
	return make([]Effect, 0, e.Acts[act].mostEffects)
}

// append adds a thing, taking up the memory of the facts of one that lay there before a Reset.
func (s *State) append(t Thing) {
	if n := len(s.Things); n < cap(s.Things) {
		if old := s.Things[:n+1][n].Fields; cap(old) > 0 {
			t.Fields = old[:0]
		}
	}
	s.Things = append(s.Things, t)
}

// step is the engine. All that can refuse comes first and changes nothing, but for an
// edition that takes hold and the end of a term that is given: whoever keeps the state
// that is worked on must be able to go back (Run.Apply).
//
// d is working memory: whoever lives through many acts hands in the same again.
func (e *Edition) step(d *decision, s *State, a *Act, observe bool, out []Effect) ([]Effect, error) {
	*d = decision{Scope: Scope{edition: e, state: s, act: a, thing: a.Thing}, observe: observe, out: out, began: s.Started, charge: s.InCharge, facts: d.facts[:0], again: d.again[:0], gone: d.gone[:0]}
	d.running.runningOf(s.Deadlines)
	if len(s.Things) > 0 && int(s.Edition) < e.Index {
		d.transit()
		d.began = s.Started // what the editions began is not what this act begins
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	if d.rule == nil {
		return d.out, nil // observed, but the law has no such act: nothing follows
	}
	d.by = d.rule.ID
	d.things()
	d.deadlines()
	if d.refused != nil {
		return nil, d.refused
	}
	if len(e.credits) > 0 {
		d.recredit()
	}
	if e.Index < int(s.Edition) {
		d.catchUp()
	}
	for _, role := range d.rule.Copies {
		d.out = append(d.out, Effect{Kind: Copied, Thing: d.thing, Value: fact.TextOf(fact.Text, role)})
	}
	for _, call := range d.calls {
		d.out = append(d.out, Effect{Kind: Linked, Thing: d.thing, Call: call})
	}
	for _, record := range d.records {
		d.out = append(d.out, Effect{Kind: Entered, Thing: d.about(), Record: record})
	}
	if a.For != "" && a.For == d.charge {
		d.out = append(d.out, Effect{Kind: StoodIn, Value: fact.TextOf(fact.Officer, a.For)})
	}
	return d.out, nil
}

type decision struct {
	Scope
	observe bool
	out     []Effect
	running termSet      // at least those terms of which deadlines run
	by      ActID        // the act that deadlines begin by
	added   int32        // number of the thing that the act added; None if none
	began   int32        // how many deadlines had started before this act
	gone    []int32      // things that came to their end by this act
	facts   []fact.Value // room for what assignments come to
	again   []again      // terms that were met and begin again
	calls   []*Call      // acts on other proceedings
	records []*Record    // what the directory has from now on
	charge  string       // who was in charge before the act
	refused error        // an end that was given and cannot be
}

// wrong refuses, or in observe mode records the deviation and goes on (nil).
func (d *decision) wrong(r *Refusal) error {
	r.Zone = d.edition.Days.Zone()
	if d.rule != nil {
		r.Act = d.rule.Name
		if r.Article == "" {
			r.Article = d.rule.Article
		}
	}
	if !d.observe {
		return r
	}
	kind := Deviates
	if r.Reason == Undecidable {
		kind = Undecided
	}
	d.out = append(d.out, Effect{Kind: kind, Thing: d.thing, Refusal: r})
	return nil
}

// extended is the deadline as the extension would make it; unchanged where it cannot.
func (d *decision) extended(dl *Deadline, x extension) Deadline {
	n := *dl
	switch {
	case x.rule.Until != nil:
		until, err := x.rule.Until.end(&d.Scope)
		if err != nil || until <= n.Due {
			return n
		}
		if n.Until = until; n.Span.Within.IsZero() { // the days that its clock stood still are added to a given end
			n.Until = d.edition.Days.Later(until, -n.Span.StoppedDays)
		}
	case !x.rule.Add.IsZero():
		if int(n.Times) >= max(x.rule.Times, 1) {
			return n
		}
		n.Times++
		n.Span.Added = n.Span.Added.Plus(x.rule.Add) // what was given before stays as it was given, whatever an edition gives now
	default:
		n.Span.Within = x.rule.To
	}
	n.Edition = max(n.Edition, int16(d.edition.Index)) // it is the edition of this act that gives the new end, or a later one that took hold of it
	d.edition.Law.count(&n)
	if n.Due < dl.Due && dl.Stopped == 0 {
		return *dl // a total that is no longer than what holds already
	}
	return n
}

// count sets the end of a deadline from its start and span, by the rule of the edition that counts it.
func (l *Law) count(dl *Deadline) {
	e := l.Editions[dl.Edition]
	if dl.Span.Within.IsZero() && dl.Until != 0 { // its end is given
		dl.Due = e.Days.Later(dl.Until, dl.Span.StoppedDays)
		return
	}
	dl.Due = e.Days.End(e.Terms[dl.Term].Rule, dl.Start, dl.Span).Due
	if dl.Until > dl.Due {
		dl.Due = dl.Until
	}
	if dl.Due < dl.Start && (dl.Span.SpentDays > 0 || dl.Span.SpentFor > 0) {
		dl.Due = dl.Start // nothing is left
	}
}

func (d *decision) open(state StateID) {
	d.state.Edition = int16(d.edition.Index)
	d.state.append(Thing{Kind: 0, State: state, Of: None, Since: d.act.Done, Came: d.act.Done})
	d.out = append(d.out, Effect{Kind: Opened, Thing: 0, Of: None, To: state})
}

// things carries out what the act does to things.
func (d *decision) things() {
	e, s, a, r := d.edition, d.state, d.act, d.rule
	d.added = None
	// Values are worked out before anything changes: a law means the state in which the act was done.
	setValues, addValues := d.values(r.Sets, r.On), d.values(r.AddsSets, r.Adds)
	rootValues := d.values(r.RootSets, 0)
	charge, office := d.word(r.InCharge), d.word(r.Office)

	if len(s.Things) == 0 {
		to := e.Kinds[0].Start
		if r.To != None {
			to = r.To
		}
		d.open(to)
	} else if r.To != None && s.Things[d.thing].Kind == r.On {
		d.move(d.thing, r.To)
	}
	if s.Things[d.thing].Kind == r.On { // else observed on something that the law does not mean
		for i, set := range r.Sets {
			d.set(d.thing, set.Field, setValues[i])
		}
	}
	for i, set := range r.RootSets {
		d.set(0, set.Field, rootValues[i])
	}
	if r.Adds != None {
		of := d.thing
		if e.Kinds[r.Adds].Of == 0 {
			of = 0
		}
		d.added = int32(len(s.Things))
		s.append(Thing{Kind: r.Adds, State: r.AddsState, Of: of, Since: a.Done, Came: a.Done})
		d.out = append(d.out, Effect{Kind: Added, Thing: d.added, Of: of, KindOf: r.Adds, To: r.AddsState})
		for i, set := range r.AddsSets {
			d.set(d.added, set.Field, addValues[i])
		}
	}
	for _, m := range r.Moves {
		for i := range s.Things {
			t := &s.Things[i]
			if t.Kind != m.Kind || int32(i) == d.thing || int32(i) == d.added || !s.related(int32(i), d.thing) {
				continue
			}
			if len(m.From) == 0 && !e.final(t.Kind, t.State) || slices.Contains(m.From, t.State) {
				d.move(int32(i), m.To)
			}
		}
	}
	if a.Cargo != nil {
		d.take(a.Cargo)
	}
	if charge != "" && charge != s.InCharge {
		s.InCharge = charge
		d.out = append(d.out, Effect{Kind: Charged, Value: fact.TextOf(fact.Officer, charge)})
	}
	if office != "" && office != s.Office {
		s.Office = office
		d.out = append(d.out, Effect{Kind: Handed, Value: fact.TextOf(fact.Office, office)})
	}
}

func (e *Edition) final(k KindID, s StateID) bool {
	kind := e.Kinds[k]
	return kind != nil && int(s) < len(kind.Final) && kind.Final[s]
}

// values of assignments; one that cannot be decided is left as it was.
func (d *decision) values(list []Assign, kind KindID) []fact.Value {
	if len(list) == 0 {
		return nil
	}
	first := len(d.facts)
	for _, set := range list {
		v, err := set.Value.value(&d.Scope, d.edition.Kinds[kind].Fields[set.Field].Type)
		if err != nil {
			v = fact.Value{}
		}
		d.facts = append(d.facts, v)
	}
	return d.facts[first:]
}

func (d *decision) word(c *Condition) string {
	if c == nil {
		return ""
	}
	v, err := c.value(&d.Scope, fact.Text)
	if err != nil {
		return ""
	}
	return v.Text
}

func (d *decision) move(thing int32, to StateID) {
	t := &d.state.Things[thing]
	if t.State == to {
		return
	}
	if len(d.edition.credits) > 0 {
		d.leave(thing)
	}
	d.out = append(d.out, Effect{Kind: Moved, Thing: thing, KindOf: t.Kind, From: t.State, To: to})
	t.State, t.Since = to, d.act.Done
	if d.edition.final(t.Kind, to) {
		d.gone = append(d.gone, thing)
	}
}

func (d *decision) set(thing int32, field FieldID, v fact.Value) {
	if !v.Given() {
		return
	}
	t := &d.state.Things[thing]
	if t.Field(field) == v {
		return
	}
	if int(field) >= len(t.Fields) {
		n := int(field) + 1 // what comes along may have a fact that this edition's kind has no more
		if k := d.edition.Kinds[t.Kind]; k != nil {
			n = max(n, len(k.Fields))
		}
		if cap(t.Fields) < n {
			t.Fields = append(make([]fact.Value, 0, n), t.Fields...)
		}
		for len(t.Fields) < n {
			t.Fields = append(t.Fields, fact.Value{})
		}
	}
	t.Fields[field] = v
	d.out = append(d.out, Effect{Kind: Set, Thing: thing, KindOf: t.Kind, Field: field, Value: v})
}
