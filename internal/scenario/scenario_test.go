package scenario_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
	"nazorat/internal/scenario"
)

// permits is a law small enough to show everything of: who, when, in time, late, too late.
var permits = fstest.MapFS{
	"calendars/xx.yaml": {Data: []byte("zone: Asia/Tashkent\nweekend: [saturday, sunday]\ncloses: \"18:00\"\nnames: { new_year: { en: New Year } }\n" +
		"years: { 2024: { source: made up, off: { 2024-01-01: new_year } } }\n")},
	"xx/permits/2024-01-01.yaml": {Data: []byte(`procedure: xx/permits
in_force: 2024-01-01
days: xx
cites: { PL: Permits Law }
kinds:
  permit: { states: [asked, decided], fields: { about: text } }
  paper: { states: [filed, returned] }
acts:
  ask: { article: PL 1, by: [clerk], opens: permit, form: { about: text, way: { choice: [post, hand] } }, sets: { about: act.about }, in_charge: officer.role }
  decide: { article: PL 2, by: [mayor], on: permit, from: [asked], to: decided }
  file: { article: PL 3, by: [clerk, mayor], on: permit, adds: paper }
  return: { article: PL 4, by: [clerk, mayor], on: paper, to: returned }
terms:
  deciding: { article: PL 2, starts: ask, within: 10d, owed_by: mayor, met_by: [decide] }
  returning: { article: PL 4, starts: file, within: 24h, counts: from_moment, per: paper, owed_by: clerk, met_by: [return], late: refused }
  looking: { article: PL 5, starts: file, within: at_once, per: paper, owed_by: clerk, met_by: [return] }
`)},
}

func permitLaw(t *testing.T) *procedure.Law {
	t.Helper()
	law, _, err := lawload.Load(permits, "xx/permits")
	if err != nil {
		t.Fatal(err)
	}
	return law
}

const (
	inTime = `scenario: all in time
2024-03-01 10:00  clerk  ask  about="a \"red\" barn" way=post   # a Friday
  deadline deciding     2024-03-11 24:00
  in_charge clerk
2024-03-01 11:00  clerk  file as P
2024-03-02 10:00  clerk  return P
  state P returned
  deadline returning(P) met
  deadline looking(P)   met
2024-03-05 10:00  mayor  decide
  deadline deciding     met
`
	late = `scenario: all too late
2024-03-01 10:00  clerk  ask  about=barn way=post
2024-03-01 10:30  clerk  ask  about=barn way=post    refused: the proceeding is already open (PL 1)
2024-03-01 11:00  clerk  file as P
2024-03-02 11:01  clerk  return P   refused: had to be done by 2024-03-02 11:00 (returning) (PL 4)
2024-03-15 10:00  clerk  decide     refused: only a mayor may do this (PL 2)
2024-03-15 11:00  mayor  decide
  deadline deciding     late
`
)

func TestWhatTheScenariosOfALawShowIsToldByActAndTerm(t *testing.T) {
	t.Parallel()
	law := permitLaw(t)
	for _, c := range []struct {
		name, text         string
		untouched, unshown []string
	}{
		{"both", inTime + late, nil, nil},
		{"in time only", inTime, nil, []string{"act ask refused", "act decide refused", "act return refused", "term deciding met late", "term returning met late"}},
		{"late only", late, []string{"act return"}, []string{"term deciding met in time", "term returning met in time", "term looking met in time"}},
		{"nothing", "", []string{"act ask", "act decide", "act file", "act return", "term deciding", "term returning", "term looking"}, nil},
		{"done, but nobody looks", strings.ReplaceAll(inTime, "  deadline", "  # deadline"), nil, []string{
			"act ask refused", "act decide refused", "act return refused", "term deciding met in time", "term deciding met late",
			"term returning met in time", "term returning met late", "term looking met in time"}},
	} {
		rep := scenario.Text(law, "s.txt", []byte(c.text))
		if len(rep.Failures) > 0 {
			t.Errorf("%s: %v", c.name, rep.Failures)
		}
		if got := rep.Untouched(); !slices.Equal(got, c.untouched) {
			t.Errorf("%s: untouched %q, want %q", c.name, got, c.untouched)
		}
		if got := rep.Unshown(); !slices.Equal(got, c.unshown) {
			t.Errorf("%s: not shown %q, want %q", c.name, got, c.unshown)
		}
		if rep.Holds() != (len(c.untouched) == 0 && len(c.unshown) == 0) {
			t.Errorf("%s: holds %v", c.name, rep.Holds())
		}
	}
	// Anybody may file a paper whenever there is a permit: the law itself cannot refuse it.
	for _, a := range scenario.Text(law, "s.txt", nil).Acts {
		if want := a.Name != "file"; a.Name != "return" && a.Refusable != want {
			t.Errorf("%s can be refused: %v", a.Name, a.Refusable)
		}
	}
}

func TestWhatDoesNotHoldIsToldWithItsLine(t *testing.T) {
	t.Parallel()
	law := permitLaw(t)
	const begin = "2024-03-01 10:00  clerk  ask  about=barn way=post\n"
	for name, c := range map[string]struct{ text, want string }{
		"a wrong end":          {begin + "  deadline deciding 2024-03-12 24:00\n", "s.txt:2: deadline deciding: 2024-03-11 24:00, not 2024-03-12 24:00"},
		"met, it says":         {begin + "  deadline deciding met\n", "s.txt:2: deadline deciding: 2024-03-11 24:00, not met"},
		"no such term":         {begin + "  deadline decidin met\n", `s.txt:2: there is no term "decidin"; was "deciding" meant?`},
		"nothing ran":          {begin + "  deadline returning met\n", "s.txt:2: deadline returning: none, not met"},
		"a wrong state":        {begin + "  state case decided\n", "s.txt:2: case is in the state asked, not decided"},
		"a wrong fact":         {begin + "  field case.about house\n", `s.txt:2: case.about is "barn", not "house"`},
		"no such fact":         {begin + "  field case.colour red\n", `s.txt:2: a permit has no field "colour"`},
		"another in charge":    {begin + "  in_charge mayor\n", `s.txt:2: in charge is "clerk", not "mayor"`},
		"a thing unknown":      {begin + "  state P filed\n", `s.txt:2: nothing is called "P" here`},
		"a misspelt role":      {"2024-03-01 10:00 clrek ask about=barn way=post\n", `s.txt:1: there is no role "clrek"; was "clerk" meant?`},
		"a role to be refused": {"2024-03-01 10:00 mayr ask about=barn way=post refused: only a clerk may do this (PL 1)\n", `s.txt:1: there is no role "mayr"; was "mayor" meant?`},
		"a copy to nobody":     {begin + "  copied mayr\n", `s.txt:2: there is no role "mayr"; was "mayor" meant?`},
		"no such day":          {"2024-10-36 10:00 clerk ask about=barn way=post\n", `s.txt:1: moment "2024-10-36 10:00": there is no such day`},
		"the end of a day":     {"2024-03-01 24:00 clerk ask about=barn way=post\n", `s.txt:1: moment "2024-03-01 24:00": a day ends before 24:00; say 00:00 of 2024-03-02, or 23:59`},
		"an end on no day":     {begin + "  deadline deciding 2024-10-36 24:00\n", `s.txt:2: deadline deciding: moment "2024-10-36": there is no such day`},
		"an end at no time":    {begin + "  deadline deciding 2024-10-06 24:01\n", `s.txt:2: deadline deciding: moment "2024-10-06 24:01": there is no such time of day`},
		"a word for an end":    {begin + "  deadline deciding endet\n", `s.txt:2: deadline deciding: want a moment, or what became of it: was "ended" meant?`},
		"an act on it":         {begin + "2024-03-02 10:00 clerk return P\n", `s.txt:2: nothing is called "P" here`},
		"no such act":          {"2024-03-01 10:00 clerk aks\n", `s.txt:1: there is no act "aks"; was "ask" meant?`},
		"no such field":        {"2024-03-01 10:00 clerk ask abuot=barn\n", `s.txt:1: the form of ask has no field "abuot"; was "about" meant?`},
		"no choice":            {"2024-03-01 10:00 clerk ask about=barn way=pigeon\n", "s.txt:1: refused: way: field.not_a_choice (PL 1)"},
		"refused, unexpected":  {"2024-03-01 10:00 mayor ask about=barn way=post\n", "s.txt:1: refused: only a clerk may do this (PL 1)"},
		"refused in other words": {"2024-03-01 10:00 mayor ask about=barn way=post refused: no\n",
			"s.txt:1: refused: only a clerk may do this (PL 1); the scenario says: no"},
		"allowed, unexpected": {"2024-03-01 10:00 clerk ask about=barn way=post refused: no\n", "s.txt:1: ask was allowed; it should have been refused: no"},
		"backwards":           {begin + "2024-02-01 10:00 mayor decide\n", "s.txt:2: acts stand in the order in which they were done\ns.txt:2: refused: it cannot have been done before 2024-03-01 10:00 (PL 2)"},
		"too short":           {"2024-03-01 10:00\n", "s.txt:1: want: date time role act [thing] [as name] [field=value ...]"},
		"no line of ours":     {begin + "  so it is\n", "s.txt:2: want: deadline term(thing) moment, state thing state, field thing.name value, in_charge officer, copied role, linked law act, or step term(thing) tell|escalate role moment"},
		"an endless line":     {"# " + strings.Repeat("x", 1<<17), "s.txt:1: the rest cannot be read: bufio.Scanner: token too long"},
	} {
		rep := scenario.Text(law, "s.txt", []byte(c.text))
		if rep.Failures.Error() != c.want {
			t.Errorf("%s: got %v, want %s", name, rep.Failures, c.want)
		}
		if rep.Holds() {
			t.Errorf("%s: holds", name)
		}
	}
}

func TestAnActThatWasRefusedOtherwiseThanSaidShowsNothing(t *testing.T) {
	t.Parallel()
	rep := scenario.Text(permitLaw(t), "s.txt", []byte("2024-03-01 10:00 mayor ask about=barn way=post refused: no\n2024-03-01 10:00 clerk ask about=barn way=post refused: no\n"))
	for _, a := range rep.Acts {
		if a.Allowed || a.Refused {
			t.Errorf("%+v", a)
		}
	}
}

func TestALawWithoutScenariosIsAnErrorNotASuccess(t *testing.T) {
	t.Parallel()
	if rep, err := scenario.Run(permits, permitLaw(t)); err == nil || rep != nil {
		t.Errorf("%+v, %v", rep, err)
	}
}

// FuzzScenario: whatever a scenario says, it is run to its end, and each complaint has its line.
func FuzzScenario(f *testing.F) {
	f.Add([]byte(inTime))
	f.Add([]byte(late))
	law, _, err := lawload.Load(permits, "xx/permits")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, p := range scenario.Text(law, "s.txt", text).Failures {
			if p.File != "s.txt" || p.Line == 0 || p.What == "" {
				t.Fatalf("a complaint without a place: %+v", p)
			}
		}
	})
}

func TestTwoLinksIntoOneProceedingAreBothDone(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"calendars/xx.yaml": permits["calendars/xx.yaml"],
		"xx/pairs/2024-01-01.yaml": {Data: []byte(`procedure: xx/pairs
in_force: 2024-01-01
days: xx
cites: { PL: Pairs Law }
kinds: { pair: { states: [open, told], fields: { a: text, b: text } } }
acts:
  begin: { article: PL 1, by: [clerk], opens: pair }
  say_a: { article: PL 1, by: [clerk], on: pair, form: { a: text }, sets: { a: act.a } }
  say_b: { article: PL 1, by: [clerk], on: pair, form: { b: text }, sets: { b: act.b } }
  stop: { article: PL 1, by: [judge], on: pair }
  tell: { article: PL 1, by: [clerk], on: pair, to: told, form: { whom: proceeding }, links: [{ act: say_a, to: act.whom, form: { a: "'x'" } }, { act: say_b, to: act.whom, form: { b: "'y'" } }] }
  fail: { article: PL 1, by: [clerk], on: pair, to: told, form: { whom: proceeding }, links: [{ act: say_a, to: act.whom, form: { a: "'z'" } }, { act: stop, to: act.whom }] }
terms: {}
`)},
		"xx/pairs/scenarios/a.txt": {Data: []byte(`scenario: both, or none
2024-03-01 10:00  clerk  begin
2024-03-01 10:00  clerk  B:begin
2024-03-01 11:00  clerk  tell  whom=B
  B: field case.a x
  B: field case.b y
2024-03-01 12:00  clerk  B:tell  whom=B
  B: state case told
  B: field case.b y
2024-03-01 13:00  clerk  fail  whom=B   refused: in the other proceeding: only a judge may do this (PL 1)
  B: field case.a x
`)},
	}
	law, _, err := lawload.Load(files, "xx/pairs")
	if err != nil {
		t.Fatal(err)
	}
	rep, err := scenario.Run(files, law)
	if err != nil || len(rep.Failures) > 0 {
		t.Errorf("%v, %v", rep.Failures, err)
	}
}
