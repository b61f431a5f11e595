package demo

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/docket"
	"nazorat/internal/procedure"
)

// life is one proceeding as it is lived through: its state as the law makes it,
// and what its people intend. It runs the same engine as the docket, so it knows
// what an act will do before the docket is asked; the docket decides all the same.
type life struct {
	*world
	law    *procedure.Law
	key    uint64 // of its chance
	index  uint64 // of those alive at once, the order among equals
	place  int    // in the heap of lives; -1: not in it
	dice   *rand.PCG
	r      *rand.Rand // set anew for each habit: one more habit changes nothing for the others
	beat   *beat
	plan   map[string]string // draws that are settled
	crime  crime
	run    procedure.Run
	at     calendar.Moment // of the last act
	id     string          // of the proceeding; "" until the docket gave it
	number string
	seq    int64
	did    map[string]int // acts done
	times  []uint16       // by habit: how often it was woken
	agenda []intention    // the earliest first
	lapsed func(act, why string)
	papers map[string][]byte // made for the act that is thought up, by hash
}

// trigger is what somebody reacts to.
type trigger struct {
	kind    procedure.EffectKind // for a term: Started, Extended or Resumed
	thing   int32
	no      int32 // of the deadline; 0: none
	start   calendar.Moment
	due     calendar.Moment
	since   calendar.Moment // for a state: since when
	state   procedure.StateID
	isState bool
	at      calendar.Moment // when it is asked
}

// intention is an act that somebody means to do.
type intention struct {
	at      calendar.Moment
	habit   *habit
	trigger trigger
	thing   int32
	waited  int
	dice    uint64
}

// newborn prepares a life before its first act. plan settles draws.
func (w *world) newborn(law *procedure.Law, index, key uint64, b *beat, plan map[string]string, lapsed func(act, why string)) *life {
	l := &life{world: w, law: law, key: key, index: index, place: -1, dice: rand.NewPCG(0, 0), beat: b, plan: plan, did: map[string]int{}, lapsed: lapsed, times: make([]uint16, len(w.book.habits))}
	l.r = rand.New(l.dice)
	l.dice.Seed(l.key, 1)
	if b == nil {
		l.beat = w.beatFor(l.r)
	}
	l.dice.Seed(l.key, 2)
	l.crime = w.book.drawCrime(l.r, l.gravity(), plan["article"])
	return l
}

// gravity of the crime that the life is about, as the files draw it.
func (l *life) gravity() string {
	if d := l.book.draws[l.law.Name+" gravity"]; d != nil {
		return l.drawn(d, 0)
	}
	return ""
}

// born is a life that begins at a moment with what the files call a beginning.
func (w *world) born(b *birth, lapsed func(act, why string)) *life {
	l := w.newborn(b.rule.law, b.index, mix(w.seed^mix(b.index+1+b.luck<<32)), b.beat, b.plan, lapsed)
	list := w.book.on[l.law.Name+" begin "+b.rule.begin]
	for _, h := range list {
		if holds(h.ifs, l, &trigger{}) {
			l.agenda = []intention{{at: b.at, habit: h, dice: h.key}}
			break
		}
	}
	return l
}

// next is when the life goes on; false: it does not.
func (l *life) next() (calendar.Moment, bool) {
	if len(l.agenda) == 0 {
		return 0, false
	}
	return l.agenda[0].at, true
}

// step does what is intended next. nil: it had become pointless.
func (l *life) step() *step {
	i := l.agenda[0]
	l.agenda = l.agenda[1:]
	l.dice.Seed(l.key^i.dice, 4+uint64(i.waited))
	i.trigger.at = i.at
	if !l.meant(&i) || !holds(i.habit.still, l, &i.trigger) {
		return nil
	}
	if n := l.lacks(&i); n != nil {
		// Something is missing: that comes first, this a little later.
		if i.waited++; i.waited > 25 {
			l.lapsed(i.habit.act, "waited in vain")
			return nil
		}
		later := i
		later.at += n.gap.from + l.below(n.gap.to-n.gap.from)
		l.intend(later)
		before := l.asked(n.ask, &i)
		if before == nil {
			return nil
		}
		i.habit, i.thing = before, l.aim(before, i.trigger.thing)
		if i.thing < 0 {
			return nil
		}
	}
	edition := l.law.At(i.at)
	h := i.habit
	rule := edition.Act(h.act)
	if rule == nil {
		return nil // another edition has it
	}
	if i.thing >= int32(len(l.run.State.Things)) && !rule.Opens {
		return nil
	}
	actor, ok := l.actor(rule, h)
	if !ok {
		l.lapsed(h.act, fmt.Sprintf("nobody has a role of %v", h.by))
		return nil
	}
	l.papers = nil
	s := &step{life: l, at: i.at, opens: l.seq == 0, command: docket.Command{Law: l.law.Name, Act: h.act, Thing: i.thing, Actor: actor, Form: l.fill(rule, h, &i)}}
	s.papers = l.papers
	form, bad := edition.ReadForm(rule, s.command.Form)
	if len(bad) > 0 {
		l.lapsed(h.act, fmt.Sprint("form ", bad))
		return nil
	}
	act := &procedure.Act{Act: rule.ID, Thing: i.thing, Done: i.at, Recorded: i.at, Officer: actor.Officer, Role: actor.Role, Office: actor.Office, Form: form}
	done, err := l.carryOut(edition, act, 0)
	if err != nil {
		if !errors.As(err, &s.refused) || !h.tries {
			l.lapsed(h.act, refusalKey(err))
			s.refused = nil
			return nil
		}
		return s
	}
	s.done = done
	for k := range done {
		done[k].keep(i.at)
	}
	s.version = l.seq - 1
	for k := range done {
		done[k].life.react(&done[k])
	}
	return s
}

func refusalKey(err error) string {
	var r *procedure.Refusal
	if !errors.As(err, &r) {
		return err.Error()
	}
	switch {
	case len(r.Fields) > 0:
		return fmt.Sprint(r.Reason, " ", r.Fields)
	case r.Rule != "":
		return fmt.Sprint(r.Reason, " ", r.Rule)
	case r.Term != "":
		return fmt.Sprint(r.Reason, " ", r.Term)
	case r.Cause != nil:
		return fmt.Sprint(r.Reason, ": ", r.Cause)
	}
	return r.Reason.String()
}

// meant reports whether what an intention reacts to still stands.
func (l *life) meant(i *intention) bool {
	t := &i.trigger
	switch {
	case t.no > 0:
		for d := range l.run.State.Deadlines {
			if dl := &l.run.State.Deadlines[d]; dl.No == t.no {
				return dl.Stopped == 0 && dl.Due == t.due
			}
		}
		return false
	case t.isState:
		x := &l.run.State.Things[t.thing]
		return x.State == t.state && x.Since == t.since
	}
	return true
}

// lacks is the first need that is not met.
func (l *life) lacks(i *intention) *need {
	for k := range i.habit.needs {
		if n := &i.habit.needs[k]; !holds(n.unless, l, &i.trigger) {
			return n
		}
	}
	return nil
}

// asked finds the habit that answers a need; nil: one only waits.
func (l *life) asked(name string, i *intention) *habit {
	if name == "" {
		return nil
	}
	for _, h := range l.book.on[l.law.Name+" asked "+name] {
		t := i.trigger
		if thing := l.aim(h, t.thing); thing >= 0 {
			t.thing = thing
			if holds(h.ifs, l, &t) {
				return h
			}
		}
	}
	return nil
}

// react lets habits answer to what an act did.
func (l *life) react(o *outcome) {
	for i := range o.effects {
		f := &o.effects[i]
		switch f.Kind {
		case procedure.Opened, procedure.Added, procedure.Moved:
			x := &l.run.State.Things[f.Thing]
			l.wake("state "+l.law.KindName(x.Kind)+" "+l.law.StateName(x.Kind, f.To), trigger{thing: f.Thing, since: x.Since, state: f.To, isState: true})
		case procedure.Started, procedure.Extended, procedure.Resumed:
			d := &f.Deadline
			l.wake("term "+l.law.TermName(d.Term), trigger{kind: f.Kind, thing: d.Thing, no: d.No, start: d.Start, due: d.Due})
		}
	}
	l.wake("act "+o.rule.Name, trigger{thing: o.act.Thing})
}

func (l *life) wake(on string, t trigger) {
	t.at = l.at
	for _, h := range l.book.on[l.law.Name+" "+on] {
		n := l.times[h.no]
		l.times[h.no]++
		l.dice.Seed(l.key^h.key, uint64(n)<<2|1)
		if !holds(h.ifs, l, &t) || t.no > 0 && l.forgets(h, &t) {
			continue
		}
		for _, thing := range l.aims(h, t.thing) {
			at := h.when.at(l, &t)
			if at <= l.at {
				at = l.at + minute + l.below(minute)
			}
			at -= at % calendar.Second
			if h.each {
				t.thing = thing
			}
			l.intend(intention{at: at, habit: h, trigger: t, thing: thing, dice: h.key ^ uint64(n)<<32 ^ uint64(thing)<<48})
		}
	}
}

// aims are what a habit's act is done on: each thing of the kind, or the one that aim finds.
func (l *life) aims(h *habit, thing int32) []int32 {
	if !h.each {
		if n := l.aim(h, thing); n >= 0 {
			return []int32{n}
		}
		return nil
	}
	var out []int32
	rule := l.rule(h)
	for i := range l.run.State.Things {
		x := &l.run.State.Things[i]
		if rule != nil && x.Kind == rule.On && (len(rule.From) == 0 || slices.Contains(rule.From, x.State)) {
			out = append(out, int32(i))
		}
	}
	return out
}

// aim finds what a habit's act is done on: the thing that woke it, the one that
// this belongs to, or one below it in a state in which the act can be done. None: there is none.
func (l *life) aim(h *habit, thing int32) int32 {
	rule := l.rule(h)
	switch {
	case rule == nil:
		return procedure.None
	case rule.Opens:
		return 0
	}
	if n := l.upTo(rule.On, thing); n >= 0 {
		return n
	}
	for _, under := range []int32{thing, 0} {
		for i := range l.run.State.Things {
			x := &l.run.State.Things[i]
			if x.Kind == rule.On && (len(rule.From) == 0 || slices.Contains(rule.From, x.State)) && l.run.State.Under(int32(i), under) {
				return int32(i)
			}
		}
	}
	return procedure.None
}

// rule of a habit's act as of the last act; a later edition's where that one lacks it.
func (l *life) rule(h *habit) *procedure.ActRule {
	if rule := l.law.At(l.at).Act(h.act); rule != nil {
		return rule
	}
	return l.law.Editions[len(l.law.Editions)-1].Act(h.act)
}

// forgets: the plan says that nobody meets the term, or somebody forgot lately.
// Nobody forgets a person who must be set free, nor a duty of hours for weeks.
func (l *life) forgets(h *habit, t *trigger) bool {
	rule := l.rule(h)
	if rule == nil {
		return false
	}
	for d := range l.run.State.Deadlines {
		dl := &l.run.State.Deadlines[d]
		if dl.No != t.no {
			continue
		}
		for _, m := range rule.Meets() {
			if m.ID != dl.Term {
				continue
			}
			if l.plan["forgets "+m.Name] != "" {
				return true
			}
			lately := l.now - min(calendar.Moment(l.book.pace.longWait)*day, 3*(t.due-t.start))
			return l.plan["punctual"] == "" && m.Breach != procedure.Release && t.due > lately && t.due < l.now && luck(l.key, uint64(t.no), 77) < l.book.pace.forgotten
		}
	}
	return false
}

func (l *life) intend(i intention) {
	n := sort.Search(len(l.agenda), func(k int) bool { return l.agenda[k].at > i.at })
	l.agenda = slices.Insert(l.agenda, n, i)
}

// actor finds who does an act: the officer in charge, or for each role always
// the same officer of the office that has it for this one. By a public page the office itself acts.
func (l *life) actor(rule *procedure.ActRule, h *habit) (access.Actor, bool) {
	office := l.run.State.Office
	if office == "" {
		office = l.beat.office
	}
	for _, role := range h.by {
		if role == procedure.InCharge {
			a, ok := l.by[l.run.State.InCharge]
			if ok && (slices.Contains(rule.By, role) || slices.Contains(rule.By, a.Role) || h.tries) && l.competent(office, a.Role) == a.Office {
				return a, true
			}
			continue
		}
		if !slices.Contains(rule.By, role) && !h.tries {
			continue
		}
		if slices.Contains(l.pages, role) {
			return access.Actor{Role: role, Office: office}, true
		}
		if l.isPartyRole(role) {
			for _, p := range l.law.Parties(&l.run.State) {
				if a, ok := l.by[p.Officer]; ok && p.As == role && a.Role == role {
					return a, true
				}
			}
			continue // nobody of that role may do anything here
		}
		if list := l.who(office, role); len(list) > 0 {
			return list[l.standing(role, len(list))], true
		}
	}
	return access.Actor{}, false
}

// isPartyRole reports whether an officer of a role is a party to proceedings of the law, and does nothing in others.
func (l *life) isPartyRole(role string) bool {
	return slices.ContainsFunc(l.law.At(l.at).Kinds, func(k *procedure.Kind) bool { return k != nil && k.Party != nil && k.Party.As == role })
}

func (l *life) root() string {
	if x := l.run.State.Root(); x != nil {
		return l.law.StateName(x.Kind, x.State)
	}
	return ""
}
