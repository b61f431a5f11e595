package docket_test

import (
	"testing"
	"testing/fstest"

	"nazorat/internal/docket"
	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
)

// shifting is an office under a law whose second edition moves duties from one role to another, and no end.
func shifting(t testing.TB, location, transition string) *house {
	t.Helper()
	law, _, err := lawload.Load(fstest.MapFS{
		"calendars/x.yaml": {Data: []byte("zone: Asia/Tashkent\nweekend: [saturday, sunday]\ncloses: \"18:00\"\nyears:\n  2026: { source: none }\n")},
		"x/2026-01-01.yaml": {Data: []byte(`procedure: x
in_force: 2026-01-01
days: x
number: "X-{year}-{seq}"
cites: { A: Act }
kinds: { matter: { states: [open, shut], final: [shut] } }
acts:
  begin: { article: A 1, by: [duty_officer], opens: matter }
  note: { article: A 1, by: [inquirer], on: matter }
  prolong: { article: A 1, by: [inquirer], on: matter }
  close: { article: A 1, by: [inquirer, prosecutor], on: matter, to: shut }
terms:
  answer: { article: A 2, starts: begin, within: 10mo, owed_by: inquirer, met_by: [close], extended_by: { prolong: { to: 11mo } } }
  think: { article: A 2, starts: begin, within: 10mo, bars: [close], extended_by: { prolong: { to: 11mo } } }
`)},
		"x/2026-07-01.yaml": {Data: []byte(`procedure: x
in_force: 2026-07-01
based_on: 2026-01-01
` + transition + `
terms:
  answer: { article: A 2, starts: begin, within: 10mo, owed_by: prosecutor, met_by: [close], extended_by: { prolong: { to: 11mo } }, breach: { does: escalate, steps: [{ after: 0h, tell: [prosecutor] }] } }
  think: { article: A 2, starts: begin, within: 10mo, owed_by: inquirer, met_by: [close], extended_by: { prolong: { to: 11mo } } }
`)}}, "x")
	if err != nil {
		t.Fatal(err)
	}
	return openWith(t, location, []*procedure.Law{law})
}

// owes says of each stored duty who owes it.
func owes(t *testing.T, h *house, id string) map[string]string {
	t.Helper()
	list, _, err := h.Deadlines(ctx, h.read(t, id))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, d := range list {
		out[d.Term] = d.Role + " " + d.Status
	}
	return out
}

func TestADutyThatANewEditionGivesToAnotherIsHisOnThatDay(t *testing.T) {
	recounting := func(tb testing.TB, location string) *house {
		return shifting(tb, location, "transition: { recount: [answer, think] }")
	}
	each(t, recounting, aDutyThatANewEditionGivesToAnotherIsHisOnThatDay)
}

func aDutyThatANewEditionGivesToAnotherIsHisOnThatDay(t *testing.T, h *house) {
	r := h.must(t, docket.Command{Law: "x", Act: "begin", Actor: duty})
	if got := owes(t, h, r.Proceeding); got["answer"] != "inquirer running" || got["think"] != " waiting" {
		t.Errorf("before: %v", got)
	}
	h.set(at(t, "2026-07-01 03:00"))
	if took := h.force(t); took.Entries != 1 {
		t.Errorf("%+v", took)
	}
	if got := owes(t, h, r.Proceeding); got["answer"] != "prosecutor running" || got["think"] != "inquirer running" {
		t.Errorf("after: %v", got)
	}
	h.do(t, r, inquirer, "close", 0, nil)
	if got := owes(t, h, r.Proceeding); got["answer"] != "prosecutor met" || got["think"] != "inquirer met" {
		t.Errorf("closed: %v", got)
	}
}

func TestADutyThatIsExtendedUnderANewEditionIsOwedAsThatOneSays(t *testing.T) {
	plain := func(tb testing.TB, location string) *house { return shifting(tb, location, "") }
	each(t, plain, aDutyThatIsExtendedUnderANewEditionIsOwedAsThatOneSays)
}

func aDutyThatIsExtendedUnderANewEditionIsOwedAsThatOneSays(t *testing.T, h *house) {
	r := h.must(t, docket.Command{Law: "x", Act: "begin", Actor: duty})
	h.set(at(t, "2026-07-01 03:00"))
	h.force(t)
	h.do(t, r, inquirer, "note", 0, nil)
	if got := owes(t, h, r.Proceeding); got["answer"] != "inquirer running" || got["think"] != " waiting" {
		t.Errorf("what nobody touched: %v", got)
	}
	h.do(t, r, inquirer, "prolong", 0, nil)
	if got := owes(t, h, r.Proceeding); got["answer"] != "prosecutor running" || got["think"] != "inquirer running" {
		t.Errorf("extended: %v", got)
	}
}
