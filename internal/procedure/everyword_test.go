package procedure_test

import (
	"fmt"
	"slices"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
	"nazorat/internal/stored"
)

// everyWord is a law whose terms hang on each other, stop, sum, repeat, wait and end where a form says, over three editions.
var everyWord = []string{`
kinds:
  matter: { states: [open, paused, judged, shut], final: [shut], fields: { until: date, sum: { money: [UZS, USD] }, held: yes_no, n: number } }
  person: { states: [known, tried, gone], final: [gone], fields: { born: date, name: person } }
  hold: { of: person, states: [held, house, over], final: [over], fields: { until: date } }
acts:
  begin: { article: A 1, by: [clerk], opens: matter, form: { until: { type: date, future: true, optional: true }, sum: { money: [UZS, USD], optional: true } }, sets: { until: act.until, sum: act.sum } }
  add: { article: A 1, by: [clerk], on: matter, adds: person, form: { name: person, born: optional date }, adds_sets: { name: act.name, born: act.born } }
  hold: { article: A 1, by: [clerk], on: person, from: [known, tried], adds: hold, form: { until: { type: date, future: true, optional: true } }, adds_sets: { until: act.until }, sets: { proceeding.held: "true" } }
  house: { article: A 1, by: [clerk], on: hold, from: [held], to: house }
  free: { article: A 1, by: [clerk], on: hold, to: over, when: "!running.wait || parent.state == 'known'" }
  halt: { article: A 1, by: [clerk], on: matter, from: [open], to: paused }
  go_on: { article: A 1, by: [clerk], on: matter, from: [paused], to: open }
  longer: { article: A 1, by: [clerk], on: matter, form: { to: { type: date, future: true } } }
  more: { article: A 1, by: [clerk], on: matter }
  longest: { article: A 1, by: [clerk], on: person }
  ask: { article: A 1, by: [clerk], on: matter }
  look: { article: A 1, by: [clerk], on: matter, sets: { n: count.hold.held } }
  judge: { article: A 1, by: [clerk], on: person, from: [known], to: tried, form: { until: { type: date, future: true } }, moves: { matter: { from: [open], to: judged } } }
  reopen: { article: A 1, by: [clerk], on: matter, from: [judged, shut], to: open }
  leave: { article: A 1, by: [clerk], on: person, to: gone, moves: { hold: over } }
  finish: { article: A 1, by: [clerk], on: matter, to: shut, when: "!has(due.answer) || due.answer > act.done" }
terms:
  answer: { article: A 2, starts: [begin, reopen], within: { begin: 3mo, reopen: 1mo }, counts: from_day, rolls: next_working_day, owed_by: clerk, met_by: [finish], extended_by: { longer: { until: act.to }, more: { add: 20d, times: 2 }, ask: { to: 5mo } }, stopped_by: [halt], resumed_by: [go_on], again: restart }
  ask_in_time: { article: A 2, before: { term: answer, by: 10d }, met_by: [ask] }
  warn_of_asking: { article: A 2, before: { term: ask_in_time, by: 1wd }, met_by: [more] }
  then: { article: A 2, after: { term: answer }, within: 3d, met_by: [look] }
  and_then: { article: A 2, after: { term: then }, within: 24h, met_by: [look], stopped_by: [judge], resumed_by: [go_on] }
  held: { article: A 2, starts: hold, until: act.until, within: 6mo, counts: from_moment, sums: person, per: hold, owed_by: clerk, met_by: [free], extended_by: { longest: { to: 7mo } } }
  held_in_all: { article: A 2, starts: hold, within: 2mo, sums: person, per: hold, owed_by: clerk, met_by: [free, house], extended_by: { longest: { to: 7mo } }, stopped_by: [halt], resumed_by: [go_on] }
  ask_to_hold: { article: A 2, before: { term: held_in_all, by: 6d }, met_by: [ask] }
  hours: { article: A 2, starts: hold, within: 48h, counts: from_moment, sums: matter, per: person, again: restart, owed_by: clerk, met_by: [free], extended_by: { longest: { add: 48h } }, stopped_by: [halt], resumed_by: [go_on] }
  days_of_work: { article: A 2, starts: [add, hold], within: 15wd, counts: from_day, sums: matter, owed_by: clerk, met_by: [look], stopped_by: [halt], resumed_by: [go_on] }
  monthly: { article: A 2, starts: begin, within: 1mo, repeats: yes, owed_by: clerk, met_by: [look], ended_by: [judge] }
  before_monthly: { article: A 2, before: { term: monthly, by: 3wd }, met_by: [ask] }
  wait: { article: A 2, starts: [judge, ask], within: { judge: 6mo, ask: 1mo }, bars: [reopen], stopped_by: [halt], resumed_by: [go_on] }
  each: { article: A 2, starts: ask, within: 10d, again: each, owed_by: clerk, met_by: [look] }
  at_once: { article: A 2, starts: judge, within: at_once, per: person, owed_by: clerk, met_by: [leave] }
  serve: { article: A 2, starts: judge, until: act.until, per: person, owed_by: clerk, met_by: [leave], extended_by: { longest: { to: 1y } } }
`, `
kinds:
  hold: { of: person, states: [held, over], final: [over], fields: { until: date } }
acts: { house: ~ }
terms:
  answer: { article: A 2, starts: [begin, reopen], within: 2mo, rolls: previous_working_day, owed_by: chief, met_by: [finish], extended_by: { longer: { until: act.to }, more: { add: 10d, times: 3 }, ask: { to: 4mo } }, stopped_by: [halt], resumed_by: [go_on], again: restart }
  held_in_all: { article: A 2, starts: hold, within: 1mo, sums: person, per: hold, owed_by: clerk, met_by: [free], extended_by: { longest: { to: 7mo } }, stopped_by: [halt], resumed_by: [go_on] }
  days_of_work: { article: A 2, starts: [add, hold], within: 10wd, owed_by: clerk, met_by: [look] , sums: matter }
  monthly: { article: A 2, starts: begin, within: 20d, repeats: yes, owed_by: clerk, met_by: [look] }
roles: [chief]
transition: { recount: [answer, held_in_all, monthly, days_of_work], end: [each], states: { hold: { house: held } } }
`, `
terms:
  answer: { article: A 2, starts: [begin, reopen], within: 3mo, owed_by: chief, met_by: [finish], extended_by: { longer: { until: act.to }, ask: { to: 6mo } }, again: restart }
  then: ~
  and_then: ~
  warn_of_asking: ~
  held: ~
transition: { recount: [answer], end: [then, and_then, warn_of_asking, held, at_once] }
`}

// Whatever is done in whatever order, under whichever edition, and written down when it is: what is stored and read again is
// what was, nothing moves unsaid, and nothing hangs on what is no more.
func TestAnyLifeUnderALawOfEveryWordKeepsItsBooks(t *testing.T) {
	t.Parallel()
	law := matterLaw(t, everyWord...)
	done := map[string]int{}
	lives(t, 300, func(t *testing.T, number int, dd dice) {
		var s, observed procedure.State
		var run procedure.Run
		l := ledger{running: map[int32]bool{}, closed: map[int32]bool{}}
		now := calendar.Moment(1_767_225_600+dd.Int64N(90*86400)) * calendar.Second
		for i := range 1 + dd.IntN(60) {
			now += calendar.Moment(pick(dd, 0, 1, 60, 600, 6000, 20_000, 60_000)) * calendar.Minute
			late := now
			if dd.IntN(5) == 0 {
				late -= calendar.Moment(dd.IntN(60)) * 24 * calendar.Hour // done before, written down now
			}
			e := law.At(late)
			if dd.IntN(3) == 0 {
				came, moved := law.At(now).ComeIntoForce(s, now)
				onlyMovedBy(t, law, &s, &came, moved)
				l.take(t, law.At(now), moved)
				s, run.State = came, came.Clone()
			}
			a := drawLikely(dd, e, &s, late, done)
			a.Done, a.Recorded = late, now
			judgedByItself(t, e, s, a, fmt.Sprintf("life %d, before act %d", number, i))
			name := fmt.Sprintf("life %d, act %d %s", number, i, law.ActName(a.Act))
			next, effects, err := e.Apply(s, a)
			inPlace, errInPlace := run.Apply(e, &a)
			if fmt.Sprint(err) != fmt.Sprint(errInPlace) || !sameEffects(inPlace, effects) || written(t, law, &run.State) != written(t, law, &next) {
				t.Fatalf("%s: in place %v %v, else %v %v\n%s\n%s", name, inPlace, errInPlace, effects, err, written(t, law, &run.State), written(t, law, &next))
			}
			observed, _ = e.Observe(observed, a)
			if err != nil {
				continue
			}
			done[law.ActName(a.Act)]++
			onlyMovedBy(t, law, &s, &next, effects)
			l.take(t, e, effects)
			l.balance(t, &next)
			text := written(t, law, &next)
			back, err := stored.DecodeState(law, []byte(text))
			if err != nil || written(t, law, &back) != text {
				t.Fatalf("%s: stored %s, read %s, %v", name, text, written(t, law, &back), err)
			}
			nothingHangsOnNothing(t, law, &next, name, late)
			s = back
		}
	})
	for _, r := range law.Editions[0].Acts {
		if done[r.Name] == 0 {
			t.Errorf("never done: %s", r.Name)
		}
	}
}

// written is a state as it is stored.
func written(t *testing.T, law *procedure.Law, s *procedure.State) string {
	t.Helper()
	text, err := stored.EncodeState(law, s)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// nothingHangsOnNothing: a term that hangs on another ends as that one says, while it runs.
func nothingHangsOnNothing(t *testing.T, law *procedure.Law, s *procedure.State, after string, now calendar.Moment) {
	t.Helper()
	for _, d := range s.Deadlines {
		e := law.Editions[d.Edition]
		term := e.Terms[d.Term]
		if d.Due < d.Start-calendar.Moment(400*24)*calendar.Hour || term.Base() == procedure.None {
			continue
		}
		i := slices.IndexFunc(s.Deadlines, func(b procedure.Deadline) bool { return b.Term == term.Base() && b.Thing == d.Thing })
		if i < 0 {
			t.Fatalf("%s: %s runs, and %s does not", after, term.Name, law.TermName(term.Base()))
		}
		b := s.Deadlines[i]
		if b.Stopped != 0 || d.Stopped != 0 {
			continue
		}
		if term.Before != procedure.None {
			if want := e.Days.Before(b.Due, term.By); want != d.Due {
				t.Fatalf("%s: %s ends %s, and %s %s before %s", after, term.Name, d.Due.Time(), b.Due.Time(), term.By, want.Time())
			}
		} else if d.Start != b.Due {
			t.Fatalf("%s: %s runs from %s, and %s ends %s", after, term.Name, d.Start.Time(), law.TermName(b.Term), b.Due.Time())
		}
	}
}
