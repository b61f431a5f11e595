package procedure_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/procedure"
)

// Random lives of a criminal case: mostly sensible acts, some of them done by
// the wrong hand, on the wrong thing, with a spoilt form. What the engine
// promises must hold after each of them.

const hourMoment = calendar.Hour

// dice draw the lives. Every life has a number; the same number is the same life.
type dice struct{ *rand.Rand }

func (d dice) odd() bool { return d.IntN(60) == 47 }

func pick[T any](d dice, of ...T) T { return of[d.IntN(len(of))] }

// lives runs so many lives, fewer where the race detector makes each one slow.
func lives(t *testing.T, n int, live func(t *testing.T, number int, d dice)) {
	t.Helper()
	if testing.Short() {
		n /= 10
	}
	for number := range n {
		live(t, number, dice{rand.New(rand.NewPCG(uint64(number), 7))})
		if t.Failed() {
			return
		}
	}
}

// drawLikely draws an act that the law allows, if it finds one soon, and of those
// the one least seen so far, so that lives get beyond their beginnings; now and then any.
func drawLikely(d dice, e *procedure.Edition, s *procedure.State, now calendar.Moment, seen map[string]int) procedure.Act {
	best, least := drawAct(d, e, s, now), -1
	for range d.IntN(16) {
		a := drawAct(d, e, s, now)
		if _, _, err := e.Apply(*s, a); err != nil {
			continue
		}
		if n := seen[e.Law.ActName(a.Act)]; least < 0 || n < least {
			best, least = a, n
		}
	}
	return best
}

func drawAct(t dice, e *procedure.Edition, s *procedure.State, now calendar.Moment) procedure.Act {
	var able []*procedure.ActRule // acts that the state allows, to get anywhere at all
	for _, r := range e.Acts {
		if r == nil {
			continue
		}
		for i := range s.Things {
			if th := &s.Things[i]; !r.Opens && th.Kind == r.On && (len(r.From) == 0 || slices.Contains(r.From, th.State)) {
				able = append(able, r)
				break
			}
		}
		if r.Opens && len(s.Things) == 0 {
			able = append(able, r)
		}
	}
	if len(able) == 0 || t.odd() {
		able = slices.DeleteFunc(slices.Clone(e.Acts), func(r *procedure.ActRule) bool { return r == nil })
	}
	r := pick(t, able...)
	a := procedure.Act{Act: r.ID, Done: now, Recorded: now, Office: pick(t, "north", "south")}
	if t.odd() {
		a.Recorded = now - hourMoment
	}
	var things []int32
	for i := range s.Things {
		if th := &s.Things[i]; th.Kind == r.On && (len(r.From) == 0 || slices.Contains(r.From, th.State)) {
			things = append(things, int32(i))
		}
	}
	if len(things) == 0 || t.odd() {
		things = []int32{-1, 0, 1, 2, 1000}
	}
	a.Thing = pick(t, things...)
	a.Role = pick(t, r.By...)
	if a.Role == procedure.InCharge {
		a.Role = "investigator"
	}
	a.Officer = a.Role
	if s.InCharge != "" && slices.Contains(r.By, procedure.InCharge) {
		a.Officer = s.InCharge
	}
	if t.odd() {
		a.Role = pick(t, append([]string{"", "cook"}, e.Roles...)...)
		a.Officer = a.Role
	}
	for _, f := range r.Form {
		if f == nil || f.Optional && t.IntN(2) == 0 {
			continue
		}
		for len(a.Form) <= int(f.ID) {
			a.Form = append(a.Form, fact.Value{})
		}
		a.Form[f.ID] = drawValue(t, f, now)
	}
	if t.odd() {
		a.Form = append(a.Form, fact.TextOf(fact.Text, "forged"))
	}
	return a
}

func drawValue(t dice, f *procedure.Field, now calendar.Moment) fact.Value {
	if t.odd() {
		return pick(t, fact.Value{}, fact.NumberOf(fact.Number, -1), fact.TextOf(fact.Choice, "none"), fact.MomentOf(now+90*hourMoment))
	}
	switch f.Type {
	case fact.Choice:
		return fact.TextOf(f.Type, pick(t, f.Choices...))
	case fact.Moment:
		if f.Future {
			return fact.MomentOf(now + calendar.Moment(t.IntN(6000))*hourMoment)
		}
		return fact.MomentOf(now - calendar.Moment(t.IntN(20))*hourMoment)
	case fact.Date:
		today := calendar.Date(int64(now) / int64(24*hourMoment))
		if f.Future {
			return fact.DateOf(today + calendar.Date(t.IntN(900)))
		}
		return fact.DateOf(today - calendar.Date(pick(t, 0, 1, 30, 5000, 9000, 12000)))
	case fact.YesNo:
		return fact.NumberOf(f.Type, int64(t.IntN(2)))
	case fact.Number, fact.Money, fact.Thing:
		return fact.NumberOf(f.Type, int64(t.IntN(12)))
	case fact.Officer:
		return fact.TextOf(f.Type, pick(t, "inquirer", "investigator", "karimova"))
	case fact.Article:
		return fact.TextOf(f.Type, pick(t, "CC 164", "CC 169(2)"))
	}
	return fact.TextOf(f.Type, pick(t, "x", "y"))
}

// same compares states; an empty list is as good as none.
func same(a, b procedure.State) bool {
	plain := func(s procedure.State) procedure.State {
		s = s.Clone()
		for i := range s.Things {
			if len(s.Things[i].Fields) == 0 {
				s.Things[i].Fields = nil
			}
		}
		if len(s.Deadlines) == 0 {
			s.Deadlines = nil
		}
		return s
	}
	return reflect.DeepEqual(plain(a), plain(b))
}

func sameEffects(a, b []procedure.Effect) bool {
	return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(a, b)
}

// ledger follows each deadline from its start to its one end.
type ledger struct {
	running map[int32]bool
	closed  map[int32]bool
}

func saidToEndEarly(f procedure.Effect) bool {
	return f.Kind == procedure.Deviates && f.Refusal.Reason == procedure.EndsEarly
}

func (l *ledger) take(t *testing.T, e *procedure.Edition, effects []procedure.Effect) {
	for _, f := range effects {
		no := f.Deadline.No
		switch f.Kind {
		case procedure.Started:
			if l.running[no] || l.closed[no] {
				t.Fatalf("deadline %d started twice", no)
			}
			l.running[no] = true
			// What must happen before another term ends can be late from the start: detention entered in its last hour.
			// So can one whose end was given, where the act is observed: then that is said.
			if e.Terms[f.Deadline.Term].Before == procedure.None && f.Deadline.Due < f.Deadline.Start && !slices.ContainsFunc(effects, saidToEndEarly) {
				t.Fatalf("%s is due before it starts", e.Law.TermName(f.Deadline.Term))
			}
		case procedure.Met, procedure.Ended:
			if !l.running[no] {
				t.Fatalf("deadline %d (%s) closed and was not running", no, e.Law.TermName(f.Deadline.Term))
			}
			delete(l.running, no)
			l.closed[no] = true
		case procedure.Extended, procedure.Stopped, procedure.Resumed:
			if !l.running[no] {
				t.Fatalf("deadline %d (%s) %s and was not running", no, e.Law.TermName(f.Deadline.Term), f.Kind)
			}
		}
	}
}

func (l *ledger) balance(t *testing.T, s *procedure.State) {
	if len(s.Deadlines) != len(l.running) {
		t.Fatalf("%d deadlines run, the effects say %d", len(s.Deadlines), len(l.running))
	}
	last := int32(0)
	for _, d := range s.Deadlines {
		switch {
		case !l.running[d.No]:
			t.Fatalf("deadline %d runs, the effects do not say so", d.No)
		case d.Thing < 0 || int(d.Thing) >= len(s.Things):
			t.Fatalf("deadline %d belongs to thing %d of %d", d.No, d.Thing, len(s.Things))
		case d.No <= last || d.No > s.Started:
			t.Fatalf("deadline %d stands after %d, %d were started", d.No, last, s.Started)
		}
		last = d.No
	}
}

func TestTheEngineKeepsItsPromisesOverAnyLifeOfACase(t *testing.T) {
	law := criminal(t)
	done, narrowed := map[string]int{}, 0
	lives(t, 120, func(t *testing.T, number int, dd dice) {
		var s procedure.State
		var run procedure.Run
		l := ledger{running: map[int32]bool{}, closed: map[int32]bool{}}
		now := drawStart(dd)
		for i := range 1 + dd.IntN(140) {
			now += calendar.Moment(pick(dd, 0, 1, 60, 60, 600, 6000, 20_000, 60_000, 300_000)) * calendar.Minute
			e := law.At(now)
			came, moved := e.ComeIntoForce(s, now)
			onlyMovedBy(t, law, &s, &came, moved)
			l.take(t, e, moved)
			s, run.State = came, came.Clone()
			a := drawLikely(dd, e, &s, now, done)
			name := fmt.Sprintf("life %d, act %d %s", number, i, law.ActName(a.Act))
			given, form := s.Clone(), slices.Clone(a.Form)

			next, effects, err := e.Apply(s, a)
			if !same(s, given) || !reflect.DeepEqual(a.Form, form) {
				t.Fatalf("%s: Apply changed what it was given", name)
			}
			again, effects2, err2 := e.Apply(s, a)
			if !same(again, next) || !sameEffects(effects2, effects) || fmt.Sprint(err) != fmt.Sprint(err2) {
				t.Fatalf("%s: twice the same act, two outcomes", name)
			}
			seen, observed := e.Observe(s, a)
			if !same(s, given) {
				t.Fatalf("%s: Observe changed what it was given", name)
			}
			inPlace, errInPlace := run.Apply(e, &a)
			if fmt.Sprint(err) != fmt.Sprint(errInPlace) || !sameEffects(inPlace, effects) {
				t.Fatalf("%s: in place %v %v, else %v %v", name, inPlace, errInPlace, effects, err)
			}
			missed, narrow := run.Overlooked()
			if len(missed) > 0 {
				t.Fatalf("%s: overlooks %v", name, missed)
			}
			if narrow {
				narrowed++
			}
			if err != nil {
				var r *procedure.Refusal
				if !errors.As(err, &r) || r.Error() == "" || r.Reason != procedure.NoSuchAct && r.Article == "" {
					t.Fatalf("%s: a refusal without its article: %v", name, err)
				}
				if len(effects) > 0 || !same(next, given) || !same(run.State, given) {
					t.Fatalf("%s: refused, and something changed", name)
				}
				// Lateness shows in what the act met; and a log that does not say who it was accuses nobody.
				if !deviates(observed) && r.Reason != procedure.TooLate && a.Role != "" {
					t.Fatalf("%s: refused (%v), observed without a deviation", name, err)
				}
				continue
			}
			if !sameEffects(observed, effects) || !same(seen, next) {
				t.Fatalf("%s: observed %v, applied %v", name, observed, effects)
			}
			if !same(run.State, next) {
				t.Fatalf("%s: in place %+v, else %+v", name, run.State, next)
			}
			done[law.ActName(a.Act)]++
			onlyMovedBy(t, law, &s, &next, effects)
			s = next
			l.take(t, e, effects)
			l.balance(t, &s)
			heldByAClock(t, law, &s, name)
		}
	})
	last := law.Editions[len(law.Editions)-1]
	for _, r := range last.Acts {
		if r != nil && done[r.Name] == 0 {
			t.Logf("never done: %s", r.Name)
		}
	}
	if narrowed == 0 {
		t.Error("no act was done where many deadlines ran: nothing is shown of what they look through")
	}
	if len(done) < len(last.ActNames())/3 {
		t.Errorf("only %d of %d acts were ever done: the generator shows nothing", len(done), len(last.ActNames()))
	}
}

// drawStart is a day on which a life begins: under each edition of the law, and now and then just before the next.
func drawStart(d dice) calendar.Moment {
	return calendar.Moment(pick[int64](d, 1_609_459_200, 1_613_400_000, 1_640_000_000, 1_704_000_000, 1_735_000_000, 1_767_225_600)+d.Int64N(5_000_000)) * calendar.Second
}

// onlyMovedBy: what ran before and runs after ends when it did, unless an effect says otherwise.
func onlyMovedBy(t *testing.T, law *procedure.Law, before, after *procedure.State, effects []procedure.Effect) {
	was := map[int32]procedure.Deadline{}
	for _, d := range before.Deadlines {
		was[d.No] = d
	}
	for _, d := range after.Deadlines {
		old, ran := was[d.No]
		if !ran || old.Due == d.Due && old.Stopped == d.Stopped {
			continue
		}
		said := slices.ContainsFunc(effects, func(f procedure.Effect) bool {
			return f.Deadline.No == d.No && (f.Kind == procedure.Extended || f.Kind == procedure.Stopped || f.Kind == procedure.Resumed || f.Kind == procedure.Recounted)
		})
		if !said {
			t.Fatalf("%s moved from %s to %s, and nothing says so", law.TermName(d.Term), old.Due.Time(), d.Due.Time())
		}
	}
}

// held are the states of a measure in which a person is kept by force.
var held = []string{"detained", "detention_extended", "custody", "house_arrest"}

// heldByAClock: whoever is kept by force is kept until a day that the office watches: a term runs for
// his measure, for him, or for the whole case.
func heldByAClock(t *testing.T, law *procedure.Law, s *procedure.State, after string) {
	measure := law.Kind("measure")
	for i := range s.Things {
		th := &s.Things[i]
		if th.Kind != measure || !slices.Contains(held, law.StateName(th.Kind, th.State)) {
			continue
		}
		watched := slices.ContainsFunc(s.Deadlines, func(d procedure.Deadline) bool {
			term := law.Editions[d.Edition].Terms[d.Term]
			return !term.Waiting() && s.Under(int32(i), d.Thing) && d.Stopped == 0
		})
		if !watched {
			t.Fatalf("%s: measure %d is in %s, and no clock runs; the case is in %s", after, i, law.StateName(th.Kind, th.State), law.StateName(0, s.Things[0].State))
		}
	}
}

// A log of another system knows nothing of our order: acts come in any state, by anybody, on anything.
func TestObservingAnyActsInAnyOrderKeepsTheBooksInBalance(t *testing.T) {
	law := criminal(t)
	e := law.Editions[len(law.Editions)-1]
	lives(t, 150, func(t *testing.T, _ int, dd dice) {
		var s procedure.State
		var run procedure.Run
		l := ledger{running: map[int32]bool{}, closed: map[int32]bool{}}
		now := calendar.Moment(1_767_225_600) * calendar.Second
		for i := range 1 + dd.IntN(40) {
			now += calendar.Moment(dd.IntN(60600)-600) * calendar.Minute
			a := drawAct(dd, e, &s, now)
			a.Act = procedure.ActID(dd.IntN(len(e.Acts)+2) - 1)
			given := s.Clone()
			next, effects := e.Observe(s, a)
			if !same(s, given) {
				t.Fatalf("act %d: Observe changed what it was given", i)
			}
			if inPlace := run.Observe(e, &a); !sameEffects(effects, inPlace) || !same(run.State, next) {
				t.Fatalf("act %d: in place %v, else %v", i, inPlace, effects)
			}
			s = next
			l.take(t, e, effects)
			l.balance(t, &s)
		}
	})
}
