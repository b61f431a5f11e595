package procedure_test

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/calendar"
	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
	"nazorat/internal/stored"
)

// matterLaw is a law of no country with a case, persons and what they are held by. The
// first edition says all but in_force; others say what is different.
func matterLaw(t *testing.T, editions ...string) *procedure.Law {
	t.Helper()
	files := fstest.MapFS{"calendars/x.yaml": {Data: []byte("zone: Asia/Tashkent\nweekend: [saturday, sunday]\ncloses: \"18:00\"\nyears:\n  2026: { source: none }\n")}}
	for i, text := range editions {
		day := fmt.Sprintf("2026-%02d-01", 1+3*i)
		head := "procedure: x\nin_force: " + day + "\n"
		if i == 0 {
			head += "days: x\ncurrency: UZS\nnumber: \"{office}-{seq:3}\"\ncites: { A: Act }\n"
		} else {
			head += fmt.Sprintf("based_on: 2026-%02d-01\n", 3*i-2)
		}
		files["x/"+day+".yaml"] = &fstest.MapFile{Data: []byte(head + text)}
	}
	law, _, err := lawload.Load(files, "x")
	if err != nil {
		t.Fatal(err)
	}
	return law
}

// matter is a proceeding that a test lives through, act by act.
type matter struct {
	t     *testing.T
	law   *procedure.Law
	role  string // who acts; "": a clerk
	state procedure.State
	last  []procedure.Effect
}

func (m *matter) zone() *calendar.Zone { return m.law.Editions[0].Days.Zone() }

func (m *matter) act(at, name string, thing int32, form map[string]string) (*procedure.Edition, procedure.Act) {
	m.t.Helper()
	done, err := m.zone().ParseMoment(at)
	if err != nil {
		m.t.Fatal(err)
	}
	e := m.law.At(done)
	r := e.Act(name)
	if r == nil {
		m.t.Fatalf("there is no act %s", name)
	}
	values, bad := e.ReadForm(r, form)
	if bad != nil {
		m.t.Fatalf("%s: %v", name, bad)
	}
	return e, procedure.Act{Act: r.ID, Thing: thing, Done: done, Recorded: done, Officer: "o", Role: cmp.Or(m.role, "clerk"), Office: "office", Form: values}
}

// try does an act at a moment; fields follow as name, value.
func (m *matter) try(at, name string, thing int32, form ...string) error {
	m.t.Helper()
	e, a := m.act(at, name, thing, pairs(form))
	next, effects, err := e.Apply(m.state, a)
	m.state, m.last = next, effects
	return err
}

func (m *matter) do(at, name string, thing int32, form ...string) {
	m.t.Helper()
	if err := m.try(at, name, thing, form...); err != nil {
		m.t.Fatalf("%s on %s: %v", name, at, err)
	}
}

func pairs(list []string) map[string]string {
	out := map[string]string{}
	for i := 0; i+1 < len(list); i += 2 {
		out[list[i]] = list[i+1]
	}
	return out
}

// due is when a term runs out; "none" if it does not run.
func (m *matter) due(term string) string {
	for _, d := range m.state.Deadlines {
		if m.law.TermName(d.Term) == term {
			return m.zone().Format(d.Due)
		}
	}
	return "none"
}

func (m *matter) wantDue(term, want string) {
	m.t.Helper()
	if got := m.due(term); got != want {
		m.t.Errorf("%s ends %s, not %s", term, got, want)
	}
}

func refusedFor(t *testing.T, err error, want procedure.Reason) {
	t.Helper()
	var r *procedure.Refusal
	if !errors.As(err, &r) || r.Reason != want {
		t.Errorf("got %v, want %v", err, want)
	}
}

const holding = `
kinds:
  matter: { states: [open, shut], final: [shut], fields: { until: date, sum: { money: [UZS, USD] } } }
  person: { states: [known, tried] }
  hold: { of: person, states: [held, over], final: [over] }
acts:
  begin: { article: A 1, by: [clerk], opens: matter, form: { until: { type: date, future: true, optional: true }, sum: { money: [UZS, USD], optional: true } }, sets: { until: act.until, sum: act.sum } }
  add: { article: A 1, by: [clerk], on: matter, adds: person }
  hold: { article: A 1, by: [clerk], on: person, adds: hold, form: { until: { type: date, future: true, optional: true } } }
  free: { article: A 1, by: [clerk], on: hold, to: over }
  halt: { article: A 1, by: [clerk], on: matter }
  go_on: { article: A 1, by: [clerk], on: matter }
  longer: { article: A 1, by: [clerk], on: matter, form: { to: { type: date, future: true } } }
  ask: { article: A 1, by: [clerk], on: matter }
  finish: { article: A 1, by: [clerk], on: matter, from: [open], to: shut }
  sentence: { article: A 1, by: [clerk], on: person, to: tried, form: { until: { type: date, future: true } } }
`

func TestARefusedActLeavesARunBeforeTheEditionThatWouldHaveTakenHold(t *testing.T) {
	t.Parallel()
	law := matterLaw(t, holding+"terms:\n  answer: { article: A 2, starts: begin, within: 6mo, owed_by: clerk, met_by: [finish] }\n",
		"transition: { end: [answer] }\nacts: { finish: { article: A 1, by: [chief], on: matter, to: shut } }\n")
	m := &matter{t: t, law: law}
	e, a := m.act("2026-03-02 10:00", "begin", 0, nil)
	var run procedure.Run
	if _, err := run.Apply(e, &a); err != nil {
		t.Fatal(err)
	}
	e, a = m.act("2026-05-04 10:00", "finish", 0, nil)
	_, err := run.Apply(e, &a)
	refusedFor(t, err, procedure.WrongRole)
	if run.State.Edition != 0 || len(run.State.Deadlines) != 1 {
		t.Fatalf("refused, and the edition took hold of it: %+v", run.State)
	}
	e, a = m.act("2026-05-04 11:00", "ask", 0, nil)
	effects, err := run.Apply(e, &a)
	if err != nil || !slices.ContainsFunc(effects, func(f procedure.Effect) bool { return f.Kind == procedure.Ended }) {
		t.Errorf("the transition is told by no act: %v, %v", effects, err)
	}
}

func TestTheLongestAllowedIsAskedOfThingsAsTheActLeavesThem(t *testing.T) {
	t.Parallel()
	m := &matter{t: t, law: matterLaw(t, holding+`terms:
  serve: { article: A 2, starts: sentence, when: "thing.state == 'tried'", until: act.until, within: 1mo, per: person, owed_by: clerk, met_by: [free] }
  held: { article: A 2, starts: hold, until: act.until, within: 2mo, counts: from_moment, sums: person, per: person, again: restart, owed_by: clerk, met_by: [free] }
`)}
	m.do("2026-03-02 10:00", "begin", 0)
	m.do("2026-03-02 10:00", "add", 0)
	refusedFor(t, m.try("2026-03-02 11:00", "sentence", 1, "until", "2027-03-01"), procedure.TooLong)
	m.do("2026-03-02 11:00", "hold", 1, "until", "2026-04-20")
	refusedFor(t, m.try("2026-04-02 11:00", "hold", 1, "until", "2026-05-31"), procedure.TooLong) // one month was used up
	m.do("2026-04-02 11:00", "hold", 1, "until", "2026-05-01")
	m.wantDue("held", "2026-05-01 24:00")

	// In place nothing is left behind by the refusal.
	run := procedure.Run{State: m.state.Clone()}
	e, a := m.act("2026-04-10 11:00", "hold", 1, map[string]string{"until": "2026-12-31"})
	_, err := run.Apply(e, &a)
	refusedFor(t, err, procedure.TooLong)
	if !same(run.State, m.state) {
		t.Errorf("refused, and something changed: %+v", run.State)
	}
}

func TestAnEndThatNobodyGaveLeavesTheOldClockRunning(t *testing.T) {
	t.Parallel()
	m := &matter{t: t, law: matterLaw(t, holding+`terms:
  held: { article: A 2, starts: hold, until: act.until, per: person, again: restart, owed_by: clerk, met_by: [free] }
`)}
	m.do("2026-03-02 10:00", "begin", 0)
	m.do("2026-03-02 10:00", "add", 0)
	m.do("2026-03-02 11:00", "hold", 1, "until", "2026-04-20")
	m.do("2026-03-03 11:00", "hold", 1)
	m.wantDue("held", "2026-04-20 24:00")
}

const stopping = holding + `terms:
  answer: { article: A 2, starts: begin, within: 10d, owed_by: clerk, met_by: [finish], extended_by: { longer: { until: act.to } }, stopped_by: [halt], resumed_by: [go_on] }
  given: { article: A 2, starts: begin, until: proceeding.until, owed_by: clerk, met_by: [finish], extended_by: { longer: { until: act.to } }, stopped_by: [halt], resumed_by: [go_on] }
`

func TestAnEndByADateIsTheEndOfThatDay(t *testing.T) {
	t.Parallel()
	m := &matter{t: t, law: matterLaw(t, stopping)}
	m.do("2026-03-02 10:00", "begin", 0, "until", "2026-03-20")
	m.wantDue("given", "2026-03-20 24:00")
	m.do("2026-03-03 10:00", "longer", 0, "to", "2026-04-01")
	m.wantDue("answer", "2026-04-01 24:00")
	m.wantDue("given", "2026-04-01 24:00")
}

func TestAStopMovesAnEndThatWasExtendedToADate(t *testing.T) {
	t.Parallel()
	m := &matter{t: t, law: matterLaw(t, stopping)}
	m.do("2026-03-02 10:00", "begin", 0, "until", "2026-03-20")
	m.do("2026-03-03 10:00", "longer", 0, "to", "2026-04-01")
	m.do("2026-03-04 10:00", "halt", 0)
	m.do("2026-03-14 10:00", "go_on", 0)
	m.wantDue("answer", "2026-04-11 24:00")
	m.wantDue("given", "2026-04-11 24:00")
	m.do("2026-03-15 10:00", "longer", 0, "to", "2026-05-01") // a date is that date, whatever stood still before
	m.wantDue("answer", "2026-05-01 24:00")
	m.wantDue("given", "2026-05-01 24:00")
}

func TestAUsedUpTermLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ within, counts, free, again, want string }{
		{"10d", "from_day", "2026-03-11 20:00", "2026-03-20 10:00", "2026-03-20 10:00"},   // ten days of ten
		{"10d", "from_day", "2026-03-10 20:00", "2026-03-20 10:00", "2026-03-20 24:00"},   // nine of ten
		{"10d", "from_next", "2026-03-12 20:00", "2026-03-20 10:00", "2026-03-20 10:00"},  // ten of ten: the end lies at 24:00 of the day before the first
		{"10wd", "from_next", "2026-03-06 20:00", "2026-03-16 10:00", "2026-03-24 24:00"}, // four working days of ten; six are left
		{"5wd", "from_day", "2026-03-06 20:00", "2026-03-16 10:00", "2026-03-16 10:00"},   // all five
	} {
		m := &matter{t: t, law: matterLaw(t, holding+fmt.Sprintf(`terms:
  held: { article: A 2, starts: hold, within: %s, counts: %s, sums: person, per: hold, owed_by: clerk, met_by: [free] }
`, c.within, c.counts))}
		m.do("2026-03-02 10:00", "begin", 0)
		m.do("2026-03-02 10:00", "add", 0)
		m.do("2026-03-02 11:00", "hold", 1)
		m.do(c.free, "free", 2)
		m.do(c.again, "hold", 1)
		if got := m.due("held"); got != c.want && !(c.counts == "from_next" && got == strings.Replace(c.want, "10:00", "24:00", 1)) {
			t.Errorf("%s %s, free %s: the second ends %s, not %s", c.within, c.counts, c.free, got, c.want)
		}
	}
}

func TestATimeOfWaitingThatStandsStillGoesOnBarring(t *testing.T) {
	t.Parallel()
	m := &matter{t: t, law: matterLaw(t, strings.Replace(holding, "  ask: { article: A 1, by: [clerk], on: matter }", "  ask: { article: A 1, by: [clerk], on: matter }\n  later: { article: A 1, by: [clerk], on: matter, when: \"!running.wait\" }", 1)+`terms:
  wait: { article: A 2, starts: begin, within: 10d, bars: [ask], stopped_by: [halt], resumed_by: [go_on] }
`)}
	m.do("2026-03-02 10:00", "begin", 0)
	m.do("2026-03-04 10:00", "halt", 0)
	refusedFor(t, m.try("2026-03-20 10:00", "ask", 0), procedure.NotBefore)
	refusedFor(t, m.try("2026-03-20 10:00", "later", 0), procedure.ConditionFails)
	m.do("2026-03-24 10:00", "go_on", 0)
	refusedFor(t, m.try("2026-04-01 10:00", "ask", 0), procedure.NotBefore)
	m.do("2026-04-02 10:00", "later", 0) // it is over by itself
	m.do("2026-04-02 10:00", "ask", 0)
}

func TestAStepInWorkingDaysLetsThemPass(t *testing.T) {
	t.Parallel()
	m := &matter{t: t, law: matterLaw(t, holding+`terms:
  answer: { article: A 2, starts: begin, until: act.until, owed_by: clerk, met_by: [finish], breach: { does: escalate, steps: [{ after: 1wd, escalate: clerk }] } }
`)}
	for _, c := range []struct{ until, want string }{{"2026-03-09", "2026-03-11 00:00"}, {"2026-03-13", "2026-03-17 00:00"}, {"2026-03-14", "2026-03-17 00:00"}} {
		m.state = procedure.State{}
		m.do("2026-03-02 10:00", "begin", 0, "until", c.until)
		if got := m.zone().Format(m.law.Steps(m.state.Deadlines[0])[0].At); got != c.want {
			t.Errorf("one working day after the end of %s is %s, not %s", c.until, got, c.want)
		}
	}
}

func TestWhatAnEditionEndsTakesAlongWhatHangsOnIt(t *testing.T) {
	t.Parallel()
	m := &matter{t: t, law: matterLaw(t, holding+`terms:
  answer: { article: A 2, starts: begin, within: 6mo, owed_by: clerk, met_by: [finish] }
  ask_in_time: { article: A 2, before: { term: answer, by: 3d }, met_by: [ask] }
  and_then: { article: A 2, after: { term: answer }, within: 3d, met_by: [ask] }
`, "transition: { end: [answer] }\n")}
	m.do("2026-03-02 10:00", "begin", 0)
	came, effects := m.law.Editions[1].ComeIntoForce(m.state, 0)
	if len(came.Deadlines) > 0 || len(effects) != 3 {
		t.Errorf("still running: %+v", came.Deadlines)
	}
}

func TestAnEditionTakesHoldOnItsDayWhetherAnActComesFirstOrNot(t *testing.T) {
	t.Parallel()
	m := &matter{t: t, law: matterLaw(t, holding+"terms: {}\n", "kinds:\n  person: { states: [told, tried] }\ntransition: { states: { person: { known: told } } }\n")}
	m.do("2026-03-02 10:00", "begin", 0)
	m.do("2026-03-02 10:00", "add", 0)
	day, err := m.zone().ParseMoment("2026-04-01")
	if err != nil {
		t.Fatal(err)
	}
	came, _ := m.law.Editions[1].ComeIntoForce(m.state, day)
	m.do("2026-05-04 10:00", "ask", 0)
	if a, b := came.Things[1].Since, m.state.Things[1].Since; a != b || a != day {
		t.Errorf("in the new state since %s or %s, not since %s", m.zone().Format(a), m.zone().Format(b), m.zone().Format(day))
	}
}

func TestAnExtensionWrittenDownLateIsCountedByTheEditionThatTookHold(t *testing.T) {
	t.Parallel()
	answer := `terms:
  answer: { article: A 2, starts: begin, within: 30d, rolls: %s, owed_by: clerk, met_by: [finish], extended_by: { ask: { add: 11d } } }
`
	m := &matter{t: t, law: matterLaw(t, holding+fmt.Sprintf(answer, "never"), "transition: { recount: [answer] }\n"+fmt.Sprintf(answer, "next_working_day"))}
	m.do("2026-03-10 10:00", "begin", 0) // to 9 April
	came, _ := m.law.Editions[1].ComeIntoForce(m.state, 0)
	m.state = came
	if m.law.Editions[m.state.Deadlines[0].Edition].Name != "2026-04-01" {
		t.Fatal("not counted anew")
	}
	e, a := m.act("2026-03-31 10:00", "ask", 0, nil) // under the old edition, entered under the new
	a.Recorded += 30 * 24 * calendar.Hour
	next, _, err := e.Apply(m.state, a)
	if err != nil {
		t.Fatal(err)
	}
	m.state = next
	m.wantDue("answer", "2026-04-20 24:00")
	m.state = procedure.State{}
	m.do("2026-03-15 10:00", "begin", 0) // to 14 April; with eleven days Saturday 25 April
	m.state, _ = m.law.Editions[1].ComeIntoForce(m.state, 0)
	e, a = m.act("2026-03-31 10:00", "ask", 0, nil)
	a.Recorded += 30 * 24 * calendar.Hour
	if m.state, _, err = e.Apply(m.state, a); err != nil {
		t.Fatal(err)
	}
	m.wantDue("answer", "2026-04-27 24:00")
}

func TestWhatComesAlongMayHaveAFactThatTheEditionHasNoMore(t *testing.T) {
	t.Parallel()
	text := strings.Replace(holding, "person: { states: [known, tried] }", "person: { states: [known, tried], fields: { a: text, b: text, c: text } }", 1)
	text = strings.Replace(text, "on: matter, adds: person }", "on: matter, adds: person, form: { c: text }, adds_sets: { c: act.c } }", 1) +
		"  take: { article: A 1, by: [clerk], on: matter, takes: [person] }\nterms: {}\n"
	m := &matter{t: t, law: matterLaw(t, text, "kinds:\n  person: { states: [known, tried], fields: { a: text } }\nacts:\n  add: { article: A 1, by: [clerk], on: matter, adds: person }\n")}
	m.do("2026-03-02 10:00", "begin", 0)
	m.do("2026-03-02 10:00", "add", 0, "c", "told")
	cargo := &procedure.Cargo{Things: []procedure.Thing{m.state.Things[1]}}
	cargo.Things[0].Of = procedure.None
	e, a := m.act("2026-05-04 10:00", "take", 0, nil)
	a.Cargo = cargo
	next, _, err := e.Apply(m.state, a)
	if err != nil || len(next.Things) != 3 || next.Things[2].Field(m.law.Field(next.Things[2].Kind, "c")).Text != "told" {
		t.Errorf("%+v, %v", next.Things, err)
	}
}

func TestALinkHandsOverDatesAndSumsAsTheyAre(t *testing.T) {
	t.Parallel()
	m := &matter{t: t, law: matterLaw(t, holding+`  pass_on: { article: A 1, by: [clerk], on: matter, links: [{ act: begin, form: { until: proceeding.until, sum: proceeding.sum } }] }
terms: {}
`)}
	for _, c := range []struct{ sum, want string }{{"1000", "1000.00 UZS"}, {"1000 USD", "1000.00 USD"}} {
		m.state = procedure.State{}
		m.do("2026-03-02 10:00", "begin", 0, "until", "2026-03-20", "sum", c.sum)
		m.do("2026-03-03 10:00", "pass_on", 0)
		call := m.last[0].Call
		if call.Form["until"] != "2026-03-20" || call.Form["sum"] != c.want {
			t.Errorf("of %s: %v", c.sum, call.Form)
		}
		e := m.law.Editions[0]
		form, bad := e.ReadForm(e.Act("begin"), call.Form)
		if bad != nil || form[e.Act("begin").Field("sum").ID].Num != 100_000 {
			t.Errorf("read there: %v, %v", form, bad)
		}
	}
}

func TestASumInAnotherCurrencyIsNoNumber(t *testing.T) {
	t.Parallel()
	text := strings.Replace(holding, "fields: { until: date,", "fields: { n: number, until: date,", 1)
	text = strings.Replace(text, "sets: { until: act.until, sum: act.sum }", "sets: { n: act.sum }", 1)
	m := &matter{t: t, law: matterLaw(t, text+"terms: {}\n")}
	m.do("2026-03-02 10:00", "begin", 0, "sum", "1000 USD")
	if v := m.state.Things[0].Field(m.law.Field(0, "n")); v.Given() {
		t.Errorf("1000 USD are the number %v", v)
	}
}

func TestWhatEndsTheMatterLeavesNothingThatHungOnItsTerms(t *testing.T) {
	t.Parallel()
	text := strings.Replace(holding, "finish: { article: A 1, by: [clerk], on: matter, from: [open], to: shut }", "finish: { article: A 1, by: [clerk], on: matter, from: [open], to: shut }\n  settle: { article: A 1, by: [clerk], on: matter, to: shut }", 1)
	m := &matter{t: t, law: matterLaw(t, text+`terms:
  answer: { article: A 2, starts: begin, within: 10d, owed_by: clerk, met_by: [finish], extended_by: { settle: { to: 20d } } }
  ask_in_time: { article: A 2, before: { term: answer, by: 3d }, met_by: [ask] }
`)}
	m.do("2026-03-02 10:00", "begin", 0)
	m.do("2026-03-03 10:00", "ask", 0)
	m.do("2026-03-04 10:00", "settle", 0) // lengthens the answer, so that the asking begins anew, and ends all
	if len(m.state.Deadlines) > 0 {
		t.Errorf("still running: %+v", m.state.Deadlines)
	}
}

func TestAnOlderEditionAddedLaterDoesNotTakeHoldAgain(t *testing.T) {
	t.Parallel()
	text := holding + "terms:\n  answer: { article: A 2, starts: begin, within: 6mo, owed_by: clerk, met_by: [finish] }\n"
	m := &matter{t: t, law: matterLaw(t, text, "transition: { end: [answer] }\n")}
	m.do("2026-05-04 10:00", "begin", 0) // under the second edition, which leaves it its answer
	alone := *m.law
	second := *m.law.Editions[1]
	alone.Editions, second.Index = []*procedure.Edition{&second}, 0
	state := m.state.Clone()
	state.Edition = 0
	for i := range state.Deadlines {
		state.Deadlines[i].Edition = 0
	}
	kept, err := stored.EncodeState(&alone, &state)
	if err != nil {
		t.Fatal(err)
	}
	if m.state, err = stored.DecodeState(m.law, kept); err != nil {
		t.Fatal(err)
	}
	m.do("2026-05-05 10:00", "ask", 0)
	m.wantDue("answer", "2026-11-04 24:00")
}
