package procedure_test

import (
	"testing"
	"testing/fstest"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
)

// A term that cannot start because a fact is missing must be seen: no duty is
// not the same as a duty that nobody could work out.
func TestTermThatCannotStartForWantOfAFactIsRecorded(t *testing.T) {
	t.Parallel()
	law, _, err := lawload.Load(fstest.MapFS{
		"calendars/x.yaml": {Data: []byte("zone: Asia/Tashkent\nweekend: [sunday]\ncloses: \"18:00\"\nyears:\n  2026: { source: none }\n")},
		"x/2026-01-01.yaml": {Data: []byte(`procedure: x
in_force: 2026-01-01
days: x
number: "{office}-{seq:3}"
cites: { A: Act }
kinds: { matter: { states: [open, shut], final: [shut] } }
acts:
  begin: { article: A 1, by: [clerk], opens: matter, form: { told_at: optional moment } }
  finish: { article: A 2, by: [clerk], on: matter, to: shut }
terms:
  answer: { article: A 3, starts: begin, at: act.told_at, within: 10d, owed_by: clerk, met_by: [finish] }
`)}}, "x")
	if err != nil {
		t.Fatal(err)
	}
	e := law.Editions[0]
	at := calendar.Moment(1_772_443_800_000_000)
	act := procedure.Act{Act: law.Act("begin"), Done: at, Recorded: at, Officer: "c", Role: "clerk", Form: make([]fact.Value, 1)}
	_, effects, err := e.Apply(procedure.State{}, act)
	if err != nil || len(effects) != 2 || effects[1].Kind != procedure.Undecided || effects[1].Refusal.Rule != "answer" || effects[1].Refusal.Article != "A 3" {
		t.Errorf("without the moment: %+v, %v", effects, err)
	}
	act.Form[0] = fact.MomentOf(at)
	if _, effects, err = e.Apply(procedure.State{}, act); err != nil || effects[1].Kind != procedure.Started {
		t.Errorf("with it: %+v, %v", effects, err)
	}
}
