package procedure_test

import (
	"testing"

	"nazorat/internal/fact"
)

// An end that is worked out from dates is a day as well, and not the midnight before it.
func TestAnEndThatComesToADayIsTheEndOfThatDay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ until, begun, want string }{
		{"has(act.until) ? act.until : proceeding.until", "2026-03-20", "2026-03-20 24:00"},
		{"plus(act.until, '10d')", "2026-03-20", "2026-03-30 24:00"},
		{"plus(act.until, '1mo')", "2026-03-20", "2026-04-20 24:00"},
		{"plus(plus(act.until, '1mo'), '2wd')", "2026-03-20", "2026-04-22 24:00"},
		{"act.until > act.done ? plus(act.until, '1d') : act.until", "2026-03-20", "2026-03-21 24:00"},
		{"plus(act.until, '5h')", "2026-03-20", "2026-03-20 05:00"},
		{"act.until + duration('5h')", "2026-03-20", "2026-03-20 05:00"},
		{"plus(act.done, '3d')", "2026-03-20", "2026-03-05 10:00"},
	} {
		m := &matter{t: t, law: matterLaw(t, holding+`terms:
  answer: { article: A 2, starts: begin, until: "`+c.until+`", owed_by: clerk, met_by: [finish], extended_by: { longer: { until: "has(act.to) ? act.to : proceeding.until" } } }
`)}
		m.do("2026-03-02 10:00", "begin", 0, "until", c.begun)
		if got := m.due("answer"); got != c.want {
			t.Errorf("%s: ends %s, not %s", c.until, got, c.want)
		}
		m.do("2026-03-03 10:00", "longer", 0, "to", "2026-05-05")
		m.wantDue("answer", "2026-05-05 24:00")
	}
}

// What a formula comes to goes to another law's form as the fact that it is.
func TestALinkHandsOverWhatAFormulaComesTo(t *testing.T) {
	t.Parallel()
	m := &matter{t: t, law: matterLaw(t, holding+`  pass_on: { article: A 1, by: [clerk], on: matter, links: [{ act: begin, form: { until: "plus(proceeding.until, '1mo')", sum: "proceeding.sum + proceeding.sum / 2" } }] }
terms: {}
`)}
	m.do("2026-03-02 10:00", "begin", 0, "until", "2026-03-20", "sum", "1000")
	m.do("2026-03-03 10:00", "pass_on", 0)
	call := m.last[0].Call
	if call.Form["until"] != "2026-04-20" || call.Form["sum"] != "1500.00 UZS" {
		t.Errorf("handed over: %v", call.Form)
	}
	e := m.law.Editions[0]
	if form, bad := e.ReadForm(e.Act("begin"), call.Form); bad != nil || form[e.Act("begin").Field("sum").ID] != fact.NumberOf(fact.Money, 150_000) {
		t.Errorf("read there: %v, %v", form, bad)
	}
}
