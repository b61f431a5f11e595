package lawload_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
	"nazorat/internal/scenario"
)

// amended is the tiny law with a second edition: the clerk may prolong, and for
// longer; nobody is heard any more; a matter can be halted.
const amended = `procedure: xx/tiny
in_force: 2026-01-01
based_on: 2025-01-01

kinds:
  matter:
    states: [open, halted, closed]
    final: [closed]
    fields: { about: text, why: text }
  party:
    states: [known]
    fields: { name: person }

acts:
  prolong:
    article: Act 5a
    by: [clerk]
    on: matter
    form: { note: optional text, weeks: optional number }
  hear: ~
  halt:
    article: Act 7
    by: [clerk]
    on: matter
    from: [open]
    to: halted
    form: { why: text }
    sets: { why: act.why }

terms:
  hear_party: ~
  answer:
    article: Act 3
    starts: begin
    at: act.asked_at
    within: 5d
    owed_by: clerk
    met_by: [finish]
    extended_by: { prolong: { to: 2mo } }
transition: { end: [hear_party], states: { party: { heard: known } } }
`

func withAmendment(t *testing.T, text string) fstest.MapFS {
	t.Helper()
	files := tiny(t)
	files["xx/tiny/2026-01-01.yaml"] = &fstest.MapFile{Data: []byte(text)}
	return files
}

// holds runs a scenario that must hold.
func holds(t *testing.T, law *procedure.Law, text string) {
	t.Helper()
	rep := scenario.Text(law, "scenario", []byte(text))
	for _, f := range rep.Failures {
		t.Error(f)
	}
	if rep.Tried == 0 || rep.Expected == 0 {
		t.Error("the scenario says nothing")
	}
}

func TestAnActIsGovernedByTheEditionInForceWhenItIsDone(t *testing.T) {
	t.Parallel()
	law, warnings, err := lawload.Load(withAmendment(t, amended), "xx/tiny")
	if err != nil || len(warnings) > 0 {
		t.Fatalf("%v %v", err, warnings)
	}
	holds(t, law, `
scenario: a matter begun and prolonged under the old edition
2025-11-03 09:00  clerk  begin  about=bricks urgent=no size=small asked_at=2025-11-03T09:00 applicant=A
  deadline answer          2025-11-13 24:00
  deadline ask_to_prolong  2025-11-11 24:00
2025-11-04 09:00  clerk  prolong  note=more    refused: only a chief may do this (Act 5)
2025-11-04 09:00  chief  prolong  note=more
  deadline answer          2025-12-03 24:00
2025-11-05 09:00  clerk  admit as P  name=B
2025-11-05 10:00  clerk  hear P
  deadline hear_party(P)   met

scenario: the new edition governs from its first midnight in the law's zone, not a microsecond earlier
2025-12-30 09:00  clerk  begin  about=bricks urgent=no size=small asked_at=2025-12-30T09:00 applicant=A
  deadline answer  2026-01-09 24:00
2025-12-31 23:59:59.999999  clerk  prolong  note=more   refused: only a chief may do this (Act 5)
2026-01-01 00:00            clerk  prolong
  deadline answer  2026-02-28 24:00       # two months, which the old edition did not know; a Saturday, which rolled by the old one
2026-01-02 09:00  chief  prolong          refused: only a clerk may do this (Act 5a)

scenario: a matter begun under the old edition reaches a state that only the new one has
2025-12-30 09:00  clerk  begin  about=bricks urgent=no size=small asked_at=2025-12-30T09:00 applicant=A
2026-01-05 09:00  clerk  halt  why=strike
  state case halted
  field case.why strike
2026-01-06 09:00  clerk  finish           refused: possible only while the matter is in open, and it is in halted (Act 6)

scenario: what began under the new edition has its length
2026-02-02 09:00  clerk  begin  about=bricks urgent=no size=small asked_at=2026-02-02T09:00 applicant=A
  deadline answer  2026-02-07 24:00       # a Saturday: the new edition does not roll
`)
}

func TestAnActThatAnEditionTookOutIsRefusedAndNamed(t *testing.T) {
	t.Parallel()
	law, _, err := lawload.Load(withAmendment(t, amended), "xx/tiny")
	if err != nil {
		t.Fatal(err)
	}
	old, new := law.Edition("2025-01-01"), law.Edition("2026-01-01")
	if new.Act("hear") != nil || new.Term("hear_party") != nil || old.Act("hear") == nil || old.Act("halt") != nil {
		t.Error("hear stands in the old edition only, halt in the new one only")
	}
	if new.Days != old.Days || new.Number != old.Number || new.Currency != old.Currency || len(new.Cites) != 1 {
		t.Error("what an edition does not say is as in the one that it is based on")
	}
	run := procedure.Run{}
	zone := old.Days.Zone()
	at := func(s string) calendar.Moment {
		m, err := zone.ParseMoment(s)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	begin := procedure.Act{Act: law.Act("begin"), Done: at("2025-12-01 09:00"), Role: "clerk", Form: []fact.Value{
		fact.TextOf(fact.Text, "bricks"), fact.NumberOf(fact.YesNo, 0), fact.TextOf(fact.Choice, "small"),
		fact.MomentOf(at("2025-12-01 09:00")), fact.TextOf(fact.Person, "A")}}
	if _, err := run.Apply(law.At(begin.Done), &begin); err != nil {
		t.Fatal(err)
	}
	hear := procedure.Act{Act: law.Act("hear"), Done: at("2026-01-05 09:00"), Role: "clerk"}
	_, err = run.Apply(law.At(hear.Done), &hear)
	var r *procedure.Refusal
	if !errors.As(err, &r) || r.Reason != procedure.NoSuchAct || r.Act != "hear" {
		t.Errorf("got %v", err)
	}
	effects := run.Observe(law.At(hear.Done), &hear)
	if len(effects) != 1 || effects[0].Kind != procedure.Deviates || effects[0].Refusal.Reason != procedure.NoSuchAct {
		t.Errorf("observed: %v", effects)
	}
}

func TestBeforeTheFirstEditionTheFirstGoverns(t *testing.T) {
	t.Parallel()
	law, _, err := lawload.Load(withAmendment(t, amended), "xx/tiny")
	if err != nil {
		t.Fatal(err)
	}
	for moment, want := range map[string]string{
		"1999-01-01 00:00": "2025-01-01", "2025-01-01 00:00": "2025-01-01", "2025-12-31 23:59": "2025-01-01",
		"2026-01-01 00:00": "2026-01-01", "2031-05-05 12:00": "2026-01-01",
	} {
		m, err := law.Editions[0].Days.Zone().ParseMoment(moment)
		if err != nil {
			t.Fatal(err)
		}
		if got := law.At(m).Name; got != want {
			t.Errorf("%s: edition %s, want %s", moment, got, want)
		}
	}
}

func TestAnEditionThatLeavesRulesHangingDoesNotLoad(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ old, new, want string }{
		{"  hear_party: ~\n", "", "xx/tiny/part.yaml:46:14: there is no act \"hear\"; known: begin, admit, prolong, finish, halt"},
		{"states: [open, halted, closed]\n    final: [closed]", "states: [halted, ended]\n    final: [ended]",
			"xx/tiny/2026-01-01.yaml:25:12: the matter has no state \"open\"; known: halted, ended\n" +
				"xx/tiny/part.yaml:6:12: the matter has no state \"open\"; known: halted, ended\n" +
				"xx/tiny/part.yaml:28:12: the matter has no state \"open\"; known: halted, ended\n" +
				"xx/tiny/part.yaml:29:9: the matter has no state \"closed\"; known: halted, ended"},
		{"  hear: ~\n", "  hear: ~\n  speak: ~\n", "xx/tiny/2026-01-01.yaml:21:3: \"speak\" is taken out, but no earlier edition has it"},
		{"  halt:\n", "  prolong:\n", "xx/tiny/2026-01-01.yaml:21:3: \"prolong\" is given twice; it stands in line 15 too"},
		{"based_on: 2025-01-01", "based_on: 2025-01-02", "xx/tiny/2026-01-01.yaml:3:11: there is no earlier edition \"2025-01-02\"; was \"2025-01-01\" meant?"},
		{"based_on: 2025-01-01", "based_on: 2026-01-01", "xx/tiny/2026-01-01.yaml:3:11: there is no earlier edition \"2026-01-01\"; was \"2025-01-01\" meant?"},
	} {
		text := strings.Replace(amended, c.old, c.new, 1)
		if text == amended {
			t.Fatalf("%q does not occur", c.old)
		}
		_, _, err := lawload.Load(withAmendment(t, text), "xx/tiny")
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: got\n%v\nwant\n%s", c.new, err, c.want)
		}
	}
}

// Proceedings that are open when an edition comes into force follow what its transition rule says, whether the office lets it take hold on
// the day, or the next act does.
func TestOpenProceedingsFollowTheTransitionRule(t *testing.T) {
	t.Parallel()
	rule := strings.Replace(amended, "transition: {", "transition: { recount: [answer],", 1)
	law, _, err := lawload.Load(withAmendment(t, rule), "xx/tiny")
	if err != nil {
		t.Fatal(err)
	}
	zone := law.Editions[0].Days.Zone()
	at := func(s string) calendar.Moment {
		m, err := zone.ParseMoment(s)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	act := func(name, when string, thing int32, form ...fact.Value) procedure.Act {
		return procedure.Act{Act: law.Act(name), Thing: thing, Done: at(when), Role: "clerk", Form: form}
	}
	begin := act("begin", "2025-12-30 09:00", 0, fact.TextOf(fact.Text, "bricks"), fact.NumberOf(fact.YesNo, 0),
		fact.TextOf(fact.Choice, "small"), fact.MomentOf(at("2025-12-30 09:00")), fact.TextOf(fact.Person, "A"))
	admit := act("admit", "2025-12-30 10:00", 0, fact.TextOf(fact.Person, "B"))
	var before procedure.State
	for _, a := range []procedure.Act{begin, admit, act("admit", "2025-12-30 11:00", 0, fact.TextOf(fact.Person, "C")), act("hear", "2025-12-30 12:00", 2)} {
		if before, _, err = law.At(a.Done).Apply(before, a); err != nil {
			t.Fatal(err)
		}
	}
	told := func(s *procedure.State) string {
		var b strings.Builder
		for i := range s.Things {
			b.WriteString(law.StateName(s.Things[i].Kind, s.Things[i].State) + " ")
		}
		for _, d := range s.Deadlines {
			b.WriteString(law.TermName(d.Term) + " " + zone.Format(d.Due) + " ")
		}
		return b.String()
	}
	if got, want := told(&before), "open known heard answer 2026-01-09 24:00 ask_to_prolong 2026-01-07 24:00 hear_party 2025-12-31 10:00 "; got != want {
		t.Fatalf("before: %s, want %s", got, want)
	}
	// Counted anew from its own start, by the new length and without rolling; what is no more falls away; who was heard is known.
	want := "open known known answer 2026-01-04 24:00 ask_to_prolong 2026-01-02 24:00 "
	came, effects := law.Editions[1].ComeIntoForce(before, at("2026-01-01 00:00"))
	if got := told(&came); got != want || len(effects) != 4 {
		t.Errorf("on the day: %s, %d effects; want %s", got, len(effects), want)
	}
	if again, more := law.Editions[1].ComeIntoForce(came, at("2026-01-02 00:00")); told(&again) != want || len(more) > 0 {
		t.Errorf("twice: %s, %d effects", told(&again), len(more))
	}
	next, effects, err := law.Editions[1].Apply(before, act("admit", "2026-01-01 09:00", 0, fact.TextOf(fact.Person, "D")))
	if err != nil || len(effects) < 5 || effects[0].Kind != procedure.Moved || effects[2].Kind != procedure.Recounted {
		t.Fatalf("by the next act: %v, %v", effects, err)
	}
	if got := told(&next); got != strings.Replace(want, "known known", "known known known", 1) {
		t.Errorf("by the next act: %s", got)
	}
	// A request that was made already may have to be made again.
	asked := before.Clone()
	asked.Deadlines = slices.DeleteFunc(asked.Deadlines, func(d procedure.Deadline) bool { return law.TermName(d.Term) == "ask_to_prolong" })
	if anew, _ := law.Editions[1].ComeIntoForce(asked, at("2026-01-01 00:00")); !strings.Contains(told(&anew), "ask_to_prolong 2026-01-02 24:00") {
		t.Errorf("asked before: %s", told(&anew))
	}
	// What was done before the day and is written down after it comes under the old edition, and then follows the new one.
	late, _, err := law.Editions[0].Apply(came, admit)
	if err != nil {
		t.Fatal(err)
	}
	if got := told(&late); got != strings.Replace(want, "known known", "known known known", 1) {
		t.Errorf("written down late: %s", got)
	}
}

func TestAnEditionThatPassesOverTheOneBeforeItIsWarnedOf(t *testing.T) {
	t.Parallel()
	files := withAmendment(t, amended)
	third := strings.NewReplacer("in_force: 2026-01-01", "in_force: 2026-06-01", "transition: { end: [hear_party], states: { party: { heard: known } } }", "transition: {}").Replace(amended)
	files["xx/tiny/2026-06-01.yaml"] = &fstest.MapFile{Data: []byte(third)}
	_, warnings, err := lawload.Load(files, "xx/tiny")
	if err != nil || len(warnings) != 1 || warnings[0].String() != "xx/tiny/2026-06-01.yaml:3:11: this undoes what the edition of 2026-01-01 changed; based_on: 2026-01-01, unless that is meant" {
		t.Errorf("%v, %v", warnings, err)
	}
}

// What a prosecutor gave under the old law stays given: a later edition that gives less at a time adds to it.
func TestAnExtensionAddsToWhatWasGivenUnderAnEarlierEdition(t *testing.T) {
	t.Parallel()
	files := withAmendment(t, strings.Replace(amended, "extended_by: { prolong: { to: 2mo } }", "extended_by: { prolong: { add: 2d, times: 3 } }", 1))
	files[tinyMain] = &fstest.MapFile{Data: []byte(strings.Replace(string(files[tinyMain].Data), "prolong: { to: 1mo }", "prolong: { add: 10d }", 1))}
	law, _, err := lawload.Load(files, "xx/tiny")
	if err != nil {
		t.Fatal(err)
	}
	holds(t, law, `
scenario: ten days under the old edition, twice two under the new one, and no more
2025-12-22 09:00  clerk  begin  about=bricks urgent=no size=small asked_at=2025-12-22T09:00 applicant=A
  deadline answer  2026-01-02 24:00
2025-12-23 09:00  chief  prolong  note=more
  deadline answer  2026-01-12 24:00
2026-01-05 09:00  clerk  prolong
  deadline answer  2026-01-13 24:00
2026-01-06 09:00  clerk  prolong
  deadline answer  2026-01-15 24:00
2026-01-07 09:00  clerk  prolong   refused: the term answer cannot be made longer by this (Act 5a)
`)
}
