package procedure_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
	"nazorat/laws"
)

// Random lives of a criminal case: mostly sensible acts, some of them done by
// the wrong hand, on the wrong thing, with a spoilt form. What the engine
// promises must hold after each of them.

const hourMoment = calendar.Hour

// odd is true now and then; rapid prefers small numbers, so it asks for a large one.
func odd(t *rapid.T, what string) bool { return rapid.IntRange(0, 60).Draw(t, what) == 47 }

func drawAct(t *rapid.T, e *procedure.Edition, s *procedure.State, now calendar.Moment) procedure.Act {
	var able []*procedure.ActRule // acts that the state allows, to get anywhere at all
	for _, r := range e.Acts {
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
	if len(able) == 0 || odd(t, "any act") {
		able = e.Acts
	}
	r := rapid.SampledFrom(able).Draw(t, "act")
	a := procedure.Act{Act: r.ID, Done: now, Recorded: now, Office: rapid.SampledFrom([]string{"north", "south"}).Draw(t, "office")}
	if odd(t, "odd moment") {
		a.Recorded = now - hourMoment
	}

	var things []int32
	for i := range s.Things {
		if s.Things[i].Kind == r.On {
			things = append(things, int32(i))
		}
	}
	if len(things) == 0 || odd(t, "odd thing") {
		things = []int32{-1, 0, 1, 2, 1000}
	}
	a.Thing = rapid.SampledFrom(things).Draw(t, "thing")

	a.Role = rapid.SampledFrom(r.By).Draw(t, "by")
	if a.Role == procedure.InCharge {
		a.Role = "investigator"
	}
	a.Officer = a.Role
	if s.InCharge != "" && slices.Contains(r.By, procedure.InCharge) {
		a.Officer = s.InCharge
	}
	if odd(t, "odd hand") {
		a.Role = rapid.SampledFrom(append([]string{"", "cook"}, e.Roles...)).Draw(t, "role")
		a.Officer = a.Role
	}
	for _, f := range r.Form {
		if f.Optional && rapid.Bool().Draw(t, "leave out") {
			continue
		}
		for len(a.Form) <= int(f.ID) {
			a.Form = append(a.Form, procedure.Value{})
		}
		a.Form[f.ID] = drawValue(t, f, now)
	}
	if odd(t, "odd form") {
		a.Form = append(a.Form, procedure.TextOf(procedure.Text, "forged"))
	}
	return a
}

func drawValue(t *rapid.T, f *procedure.Field, now calendar.Moment) procedure.Value {
	if odd(t, "odd value") {
		return rapid.SampledFrom([]procedure.Value{{}, procedure.NumberOf(procedure.Number, -1), procedure.TextOf(procedure.Choice, "none"), procedure.MomentOf(now + 90*hourMoment)}).Draw(t, "value")
	}
	switch f.Type {
	case procedure.Choice:
		return procedure.TextOf(f.Type, rapid.SampledFrom(f.Choices).Draw(t, f.Name))
	case procedure.Moment:
		return procedure.MomentOf(now - calendar.Moment(rapid.IntRange(0, 60).Draw(t, f.Name))*hourMoment)
	case procedure.Date:
		return procedure.DateOf(calendar.Date(int64(now)/int64(24*hourMoment)) + calendar.Date(rapid.IntRange(-30, 200).Draw(t, f.Name)))
	case procedure.Number, procedure.Money, procedure.YesNo:
		return procedure.NumberOf(f.Type, int64(rapid.IntRange(0, 1).Draw(t, f.Name)))
	case procedure.Officer:
		return procedure.TextOf(f.Type, rapid.SampledFrom([]string{"inquirer", "investigator", "karimova"}).Draw(t, f.Name))
	}
	return procedure.TextOf(f.Type, rapid.SampledFrom([]string{"x", "y"}).Draw(t, f.Name))
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

func (l *ledger) take(t *rapid.T, e *procedure.Edition, effects []procedure.Effect) {
	for _, f := range effects {
		no := f.Deadline.No
		switch f.Kind {
		case procedure.Started:
			if l.running[no] || l.closed[no] {
				t.Fatalf("deadline %d started twice", no)
			}
			l.running[no] = true
			// What must happen before another term ends can be late from the start: detention entered in its last hour.
			if e.Terms[f.Deadline.Term].Before == procedure.None && f.Deadline.Due < f.Deadline.Start {
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

func (l *ledger) balance(t *rapid.T, s *procedure.State) {
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
	law, _, err := procedure.Load(laws.FS, "uz/criminal")
	if err != nil {
		t.Fatal(err)
	}
	e := law.Editions[0]
	done := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		var s procedure.State
		var run procedure.Run
		l := ledger{running: map[int32]bool{}, closed: map[int32]bool{}}
		now := calendar.Moment(rapid.Int64Range(1_767_225_600, 1_798_761_600).Draw(t, "start")) * calendar.Second
		for i := range rapid.IntRange(1, 80).Draw(t, "acts") {
			now += calendar.Moment(rapid.SampledFrom([]int{0, 1, 60, 600, 6000, 60000}).Draw(t, "minutes")) * calendar.Minute
			a := drawAct(t, e, &s, now)
			name := fmt.Sprintf("act %d %s", i, law.ActName(a.Act))
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
			s = next
			l.take(t, e, effects)
			l.balance(t, &s)
		}
	})
	for _, r := range e.Acts {
		if done[r.Name] == 0 {
			t.Logf("never done: %s", r.Name)
		}
	}
	if len(done) < len(e.Acts)/2 {
		t.Errorf("only %d of %d acts were ever done: the generator shows nothing", len(done), len(e.Acts))
	}
}

func deviates(effects []procedure.Effect) bool {
	return slices.ContainsFunc(effects, func(f procedure.Effect) bool {
		return f.Kind == procedure.Deviates || f.Kind == procedure.Undecided
	})
}

// A log of another system knows nothing of our order: acts come in any state, by anybody, on anything.
func TestObservingAnyActsInAnyOrderKeepsTheBooksInBalance(t *testing.T) {
	law, _, err := procedure.Load(laws.FS, "uz/criminal")
	if err != nil {
		t.Fatal(err)
	}
	e := law.Editions[0]
	rapid.Check(t, func(t *rapid.T) {
		var s procedure.State
		var run procedure.Run
		l := ledger{running: map[int32]bool{}, closed: map[int32]bool{}}
		now := calendar.Moment(1_767_225_600) * calendar.Second
		for i := range rapid.IntRange(1, 30).Draw(t, "acts") {
			now += calendar.Moment(rapid.IntRange(-600, 60000).Draw(t, "minutes")) * calendar.Minute
			a := drawAct(t, e, &s, now)
			a.Act = procedure.ActID(rapid.IntRange(-1, len(e.Acts)).Draw(t, "any"))
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
