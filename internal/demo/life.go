package demo

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sort"

	"nazorat/internal/calendar"
	"nazorat/internal/docket"
	"nazorat/internal/procedure"
)

// life is one case as it is lived through: its state as the law makes it, and
// what its people intend. It runs the same engine as the docket, so it knows
// what an act will do before the docket is asked; the docket decides all the same.
type life struct {
	*world
	r      *rand.Rand
	beat   *beat
	plan   plan
	run    procedure.Run
	at     calendar.Moment // of the last act
	id     string          // of the proceeding; "" until the docket gave it
	seq    int64
	did    map[string]int // acts done
	agenda []intention    // the earliest first
	lapsed func(act, why string)
	super  docket.Actor // the prosecutor who supervises the case
	index  uint64
	source string // of the report
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
}

// intention is an act that somebody means to do.
type intention struct {
	at      calendar.Moment
	habit   *habit
	trigger trigger
	thing   int32
	waited  int
}

// step is one act on its way to the docket.
type step struct {
	life    *life
	at      calendar.Moment
	command docket.Command
	refused *procedure.Refusal // what the law will answer, if it will not allow it
	effects []procedure.Effect // copies
}

// born prepares the life of the case with a number, before its report.
func (w *world) born(index int, b *beat, p *plan, at calendar.Moment, lapsed func(act, why string)) *life {
	l := &life{world: w, r: random(w.seed, caseStream+uint64(index)), beat: b, did: map[string]int{}, lapsed: lapsed, index: uint64(index)}
	if b == nil {
		l.beat = w.beatFor(l.r)
	}
	if p != nil {
		l.plan = *p
	} else {
		l.plan = w.draw(l.r, len(w.who(l.beat.office, "inquirer")) == 0)
	}
	if list := w.who(l.beat.office, "prosecutor"); len(list) > 0 {
		l.super = list[l.r.IntN(len(list))]
	}
	l.agenda = []intention{{at: at, habit: w.habits[reported][0]}}
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
	if !l.meant(&i) {
		return nil
	}
	edition := l.law.At(i.at)
	h := i.habit
	if h.first != nil {
		if before := h.first(l, &i); before != nil {
			// Something is missing: that comes first, this an hour or two later.
			if i.waited++; i.waited > 20 {
				l.lapsed(h.act, "waited in vain")
				return nil
			}
			later := i
			if before.act == "" {
				later.at += 20 * hour
				l.intend(later)
				return nil
			}
			later.at += hour + l.upTo(hour)
			l.intend(later)
			i.habit, i.thing = before, before.target(l)
			h = before
		}
	}
	rule := edition.Act(h.act)
	if rule == nil {
		l.lapsed(h.act, procedure.NoSuchAct.String())
		return nil
	}
	actor, ok := l.actor(h.by)
	if !ok {
		l.lapsed(h.act, "nobody has the role "+h.by)
		return nil
	}
	s := &step{life: l, at: i.at, command: docket.Command{Law: l.law.Name, Act: h.act, Thing: i.thing, Actor: actor, Form: l.fill(rule, h, &i)}}
	form, bad := edition.ReadForm(rule, s.command.Form)
	if len(bad) > 0 {
		l.lapsed(h.act, fmt.Sprint("form ", bad))
		return nil
	}
	if rule.Opens {
		l.run.State.Office = actor.Office
	}
	effects, err := l.run.Apply(edition, &procedure.Act{Act: rule.ID, Thing: i.thing, Done: i.at, Recorded: i.at, Officer: actor.Officer, Role: actor.Role,
		Office: actor.Office, Form: form})
	if err != nil {
		if !errors.As(err, &s.refused) || !h.tries {
			l.lapsed(h.act, refusalKey(err))
			return nil
		}
		return s
	}
	l.at = i.at
	l.seq++
	l.did[h.act]++
	s.effects = append(s.effects, effects...)
	l.react(h.act, s.effects)
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

// react lets habits answer to what an act did.
func (l *life) react(act string, effects []procedure.Effect) {
	for i := range effects {
		f := &effects[i]
		switch f.Kind {
		case procedure.Opened, procedure.Added, procedure.Moved:
			x := &l.run.State.Things[f.Thing]
			l.wake("state "+l.law.KindName(x.Kind)+" "+l.law.StateName(x.Kind, f.To), trigger{thing: f.Thing, since: x.Since, state: f.To, isState: true})
		case procedure.Started, procedure.Extended, procedure.Resumed:
			d := &f.Deadline
			l.wake("term "+l.law.TermName(d.Term), trigger{kind: f.Kind, thing: d.Thing, no: d.No, start: d.Start, due: d.Due})
		}
	}
	l.wake("act "+act, trigger{})
}

func (l *life) wake(on string, t trigger) {
	for _, h := range l.habits[on] {
		if t.no > 0 && l.forgets(h, &t) {
			continue
		}
		at := h.when(l, &t)
		if at == 0 {
			continue
		}
		i := intention{at: max(at, l.at+minute+l.upTo(minute)), habit: h, trigger: t}
		i.at -= i.at % calendar.Second
		thing, ok := l.thingFor(h, t.thing)
		if !ok {
			continue
		}
		i.thing = thing
		l.intend(i)
	}
}

// thingFor is what the habit's act is done on: the thing that woke it or the one that this belongs to.
func (l *life) thingFor(h *habit, thing int32) (int32, bool) {
	rule := l.law.At(l.at).Act(h.act)
	if rule == nil {
		l.lapsed(h.act, procedure.NoSuchAct.String())
		return 0, false
	}
	for ; thing >= 0; thing = l.run.State.Things[thing].Of {
		if l.run.State.Things[thing].Kind == rule.On {
			return thing, true
		}
	}
	return 0, true
}

// forgets: the plan says that nobody meets the term, or somebody forgot lately.
// Nobody forgets a person who must be set free, nor a duty of hours for weeks.
func (l *life) forgets(h *habit, t *trigger) bool {
	rule := l.law.At(l.at).Act(h.act)
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
			for _, name := range l.plan.forgets {
				if name == m.Name {
					return true
				}
			}
			lately := l.now - min(14*day, 3*(t.due-t.start))
			return !l.plan.punctual && m.Breach != procedure.Release && t.due > lately && t.due < l.now && chance(l.r, ShareForgotten)
		}
	}
	return false
}

func (l *life) intend(i intention) {
	n := sort.Search(len(l.agenda), func(k int) bool { return l.agenda[k].at > i.at })
	l.agenda = append(l.agenda, intention{})
	copy(l.agenda[n+1:], l.agenda[n:])
	l.agenda[n] = i
}

// actor finds who does an act.
func (l *life) actor(role string) (docket.Actor, bool) {
	office := l.beat.office
	switch role {
	case procedure.InCharge:
		a, ok := l.by[l.run.State.InCharge]
		return a, ok
	case "prosecutor":
		return l.super, l.super.Officer != ""
	}
	list := l.who(office, role)
	if len(list) == 0 {
		return docket.Actor{}, false
	}
	return list[l.r.IntN(len(list))], true
}

// upTo is a random length of time below d.
func (l *life) upTo(d calendar.Moment) calendar.Moment { return calendar.Moment(l.r.Int64N(int64(d))) }

// within is between a and b after the last act, at any hour.
func (l *life) within(a, b calendar.Moment) calendar.Moment { return l.at + a + l.upTo(b-a) }

// Office hours. A few work longer; nobody comes exactly at nine.
const (
	opens  = 9 * hour
	closes = 18 * hour
)

// desk moves a moment into office hours, forward. Here and in deskBy chance is
// drawn whether or not it is needed: so a life that begins an hour later goes
// the same way, which is what lets scenes be laid.
func (l *life) desk(m calendar.Moment) calendar.Moment {
	zone, arrives := l.days.Zone(), opens+5*minute+l.upTo(7*hour)
	date, tod := zone.Local(m)
	switch {
	case l.days.Working(date) && tod >= opens && tod < closes:
		return m
	case tod >= closes || !l.days.Working(date):
		date++
	}
	return zone.Moment(l.days.Next(date), arrives)
}

// deskBy moves a moment into office hours, backward.
func (l *life) deskBy(m calendar.Moment) calendar.Moment {
	zone, leaves := l.days.Zone(), closes-minute-l.upTo(8*hour)
	date, tod := zone.Local(m)
	if l.days.Working(date) && tod >= opens+minute {
		if tod < closes {
			return m
		}
		return zone.Moment(date, leaves)
	}
	return zone.Moment(l.days.Previous(date-1), leaves)
}

// inTime is when a duty is done: mostly in time and rather towards its end, sometimes after it.
func (l *life) inTime(t *trigger) calendar.Moment {
	return l.done(t, ShareLate, ShareLateHours, 0.25, 0.98)
}

// done draws when a duty is done, between two parts of its term, or late.
func (l *life) done(t *trigger, late, lateHours, from, to float64) calendar.Moment {
	begin := max(t.start, l.at)
	span := t.due - begin
	inDays := t.due-t.start > 4*day
	share := lateHours
	if inDays {
		share = late
	}
	if !l.plan.punctual && chance(l.r, share) || span <= 0 {
		if inDays {
			return l.desk(t.due + hour + calendar.Moment(l.r.ExpFloat64()*float64(3*day)))
		}
		return max(t.due, l.at) + 10*minute + calendar.Moment(l.r.ExpFloat64()*float64(2*hour))
	}
	part := from + (to-from)*max(l.r.Float64(), l.r.Float64())
	m := begin + calendar.Moment(part*float64(span))
	if inDays {
		latest := l.deskBy(t.due)
		if m = l.desk(m); m > t.due {
			m = latest
		}
	}
	return min(m, t.due)
}

// count is how many things of a kind are in a state; "" for any.
func (l *life) count(kind, state string) int {
	n := 0
	for i := range l.run.State.Things {
		x := &l.run.State.Things[i]
		if l.law.KindName(x.Kind) == kind && (state == "" || l.law.StateName(x.Kind, x.State) == state) {
			n++
		}
	}
	return n
}

// suspects are the persons whom the case is against.
func (l *life) suspects() int { return l.count("person", "suspect") + l.count("person", "accused") }

// fact is a field of a thing as the law keeps it; "" where not given.
func (l *life) fact(thing int32, field string) string {
	x := &l.run.State.Things[thing]
	if k := l.law.At(l.at).Kinds[x.Kind]; k != nil {
		if f := k.Field(field); f != nil {
			return x.Field(f.ID).String()
		}
	}
	return ""
}

func (l *life) root() string {
	if x := l.run.State.Root(); x != nil {
		return l.law.StateName(x.Kind, x.State)
	}
	return ""
}

// running reports whether a term runs.
func (l *life) running(term string) bool {
	for i := range l.run.State.Deadlines {
		if l.law.TermName(l.run.State.Deadlines[i].Term) == term {
			return true
		}
	}
	return false
}
