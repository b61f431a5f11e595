package amend

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
	"nazorat/laws"
)

const town = `procedure: town/permits
in_force: 2024-01-01
days: town
currency: UZS
number: "{year}-{seq:6}"
cites: { PL: "Permits Law" }
codes: { CC: "Civil Code" }
switches:
  first_day: { asks: "Does the first day count?", article: PL 9, choices: [from_day, from_next], default: from_day }
kinds:
  permit: { states: [asked, heard, decided, closed], final: [closed], fields: { topic: text, by_mayor: yes_no } }
  paper: { states: [in, out], of: permit }
acts:
  ask:
    article: PL 1
    by: [clerk]
    opens: permit
    form: { topic: text, urgent: { choice: [yes, no, soon] }, seen: optional date }
    sets: { topic: act.topic }
  hear: { article: PL 2, by: [clerk, mayor], on: permit, from: [asked], to: heard, form: { until: { type: date, future: true } } }
  decide:
    article: PL 3
    confidence: V
    by: [mayor]
    on: permit
    from: [asked, heard]
    to: decided
    when: [{ rule: not_at_night, if: "act.done > act.recorded - duration('100h')", article: PL 4 }]
  hand_in: { article: PL 5, by: [clerk], on: permit, adds: paper }
  give_out: { article: PL 5, by: [clerk], on: paper, from: [in], to: out, sets: { proceeding.by_mayor: "true" } }
  close: { article: PL 6, by: [clerk], on: permit, from: [decided], to: closed, moves: { paper: out } }
  stop: { article: PL 7, by: [mayor], on: permit, from: [asked] }
  go_on: { article: PL 7, by: [mayor], on: permit, from: [asked] }
  ask_again: { article: PL 8, by: [clerk], on: permit, from: [decided] }
terms:
  deciding:
    article: PL 3
    starts: ask
    within: 10d
    rolls: next_working_day
    owed_by: mayor
    met_by: [decide]
    extended_by: { hear: { to: 20d } }
    stopped_by: [stop]
    resumed_by: [go_on]
    warn: [3d, 1d]
  preparing: { article: PL 3, before: { term: deciding, by: 2d }, owed_by: clerk, met_by: [hear] }
  closing: { article: PL 6, starts: decide, within: 5d, owed_by: clerk, met_by: [close], breach: { does: tell, steps: [{ after: 0h, tell: [clerk] }, { after: 2d, escalate: mayor }] } }
  waiting: { article: PL 8, starts: decide, within: 30d, bars: [ask_again] }
`

const calendarOfTown = `zone: Asia/Tashkent
weekend: [saturday, sunday]
closes: "18:00"
names: { new_year: { en: "New Year", ru: "Новый год", uz: "Yangi yil" } }
years:
  2024: { source: "made up", off: { 2024-01-01: new_year } }
`

func files(edition string) fstest.MapFS {
	return fstest.MapFS{
		"calendars/town.yaml":          {Data: []byte(calendarOfTown)},
		"town/permits/2024-01-01.yaml": {Data: []byte(edition)},
	}
}

func load(t testing.TB, edition string) *procedure.Edition {
	t.Helper()
	law, _, err := lawload.Load(files(edition), "town/permits")
	if err != nil {
		t.Fatal(err)
	}
	return law.Editions[0]
}

// Each line changes one thing; the diff names it, and nothing else.
func TestEachKindOfChangeIsNamed(t *testing.T) {
	t.Parallel()
	a := load(t, town)
	for _, c := range []struct {
		from, to string
		want     string // subject, name, part, how
	}{
		{"currency: UZS", "currency: USD", "edition  currency changed"},
		{`"{year}-{seq:6}"`, `"{year}-{seq:5}"`, "edition  number changed"},
		{"Permits Law", "Law on Permits", "edition  cites changed"},
		{"Civil Code", "Code of Civil Law", "edition  codes changed"},
		{"default: from_day }", "default: from_day, article: PL 10 }", ""}, // given twice: not a law
		{"article: PL 9", "article: PL 10", "edition  switches changed"},
		{"heard, decided, closed], final", "heard, decided, closed, lost], final", "kind permit states changed"},
		{"final: [closed]", "final: [closed, decided]", "kind permit final changed"},
		{"topic: text, by_mayor", "topic: text, place: text, by_mayor", "kind permit fields added"},
		{"in, out], of: permit", "out, in], of: permit", "kind paper start changed; act hand_in adds changed"},
		{"  hand_in: { article: PL 5", "  hand_in: { article: PL 4", "act hand_in article changed"},
		{"confidence: V", "confidence: M", "act decide confidence changed"},
		{"by: [mayor]\n    on: permit\n    from: [asked, heard]", "by: [mayor, clerk]\n    on: permit\n    from: [asked, heard]", "act decide by changed"},
		{"from: [asked, heard]", "from: [heard]", "act decide from changed"},
		{"on: permit, adds: paper", "on: permit", "act hand_in adds removed"},
		{"moves: { paper: out }", "moves: { paper: in }", "act close moves changed"},
		{"topic: text, urgent", "topic: optional text, urgent", "act ask form changed"},
		{"[yes, no, soon]", "[yes, no]", "act ask form changed"},
		{", seen: optional date", "", "act ask form removed"},
		{"duration('100h')", "duration('90h')", "act decide when changed"},
		{"    sets: { topic: act.topic }\n", "", "act ask sets removed"},
		{", sets: { proceeding.by_mayor: \"true\" }", "", "act give_out root_sets removed"},
		{"decide:\n    article: PL 3", "decide:\n    copies: [clerk]\n    article: PL 3", "act decide copies added"},
		{"  ask_again: { article: PL 8, by: [clerk]", "  ask_again: { article: PL 8, by: [clerk], to: asked", "act ask_again to added"},
		{"within: 10d", "within: 12d", "term deciding within changed"},
		{"within: 10d", "within: 10d\n    counts: from_day", "term deciding counts changed"},
		{"rolls: next_working_day", "rolls: never", "term deciding rolls changed"},
		{"rolls: next_working_day", "rolls: next_working_day\n    ends: close_of_business", "term deciding ends changed"},
		{"within: 10d", "within: 10d\n    when: \"act.topic != ''\"", "term deciding when added"},
		{"within: 10d", "within: 10d\n    at: act.recorded", "term deciding at added"},
		{"within: 10d", "within: 10d\n    late: refused", "term deciding late changed"},
		{"within: 10d", "within: 10d\n    again: restart", "term deciding again changed"},
		{"within: 10d", "within: 10d\n    breach: escalate", "term deciding breach changed"},
		{"within: 10d", "within: 10d\n    repeats: yes", "term deciding repeats changed"},
		{"within: 10d", "within: 10d\n    ended_by: [close]", "term deciding ended_by added"},
		{"rolls: next_working_day", "counts: { switch: first_day }\n    rolls: next_working_day", ""},
		{"owed_by: mayor", "owed_by: clerk", "term deciding owed_by changed"},
		{"met_by: [decide]", "met_by: [decide, close]", "term deciding met_by changed"},
		{"{ to: 20d }", "{ to: 25d }", "term deciding extended_by changed"},
		{"stopped_by: [stop]", "stopped_by: [stop, hear]", "term deciding stopped_by changed"},
		{"resumed_by: [go_on]", "resumed_by: [go_on, hear]", "term deciding resumed_by changed"},
		{"warn: [3d, 1d]", "warn: [3d]", "term deciding warn changed"},
		{"starts: decide, within: 5d", "starts: [decide, hear], within: { decide: 5d, hear: 6d }", "term closing within removed; term closing withins added; term closing withins added; term closing starts changed"},
		{"by: 2d }", "by: 3d }", "term preparing before changed"},
		{"after: 2d, escalate", "after: 3d, escalate", "term closing steps changed"},
		{"bars: [ask_again]", "bars: [ask_again, close]", "term waiting bars changed"},
		{"  waiting: { article: PL 8, starts: decide, within: 30d, bars: [ask_again] }\n", "", "term waiting  removed"},
		{"  stop: {", "  halt: { article: PL 7, by: [mayor], on: permit }\n  stop: {", "act halt  added"},
	} {
		if strings.Count(town, c.from) != 1 {
			t.Fatalf("%q stands %d times in the law", c.from, strings.Count(town, c.from))
		}
		law, _, err := lawload.Load(files(strings.Replace(town, c.from, c.to, 1)), "town/permits")
		if err != nil {
			if c.want != "" {
				t.Errorf("%q: %v", c.to, err)
			}
			continue
		}
		var got []string
		for _, d := range Diff(a, law.Editions[0]) {
			got = append(got, strings.Join([]string{string(d.Subject), d.Name, d.Part, string(d.How)}, " "))
		}
		if c.want == "" {
			if len(got) == 0 {
				t.Errorf("%q changes nothing", c.to)
			}
			continue
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%q: got %q, want %q", c.to, strings.Join(got, "; "), c.want)
		}
	}
}

func TestAnEditionDiffersFromItselfInNothing(t *testing.T) {
	t.Parallel()
	names, err := lawload.Names(laws.FS)
	if err != nil || len(names) == 0 {
		t.Fatalf("laws %v, %v", names, err)
	}
	for _, name := range names {
		one, _, err := lawload.Load(laws.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		two, _, err := lawload.Load(laws.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range one.Editions {
			if d := Diff(e, two.Editions[i]); len(d) > 0 {
				t.Errorf("%s@%s differs from itself: %+v", name, e.Name, d[0])
			}
		}
	}
}

// What the engine has of each rule is compared, or is known not to be of the law's making.
func TestEveryPartOfARuleIsCompared(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rule any
		has  []string
	}{
		{procedure.Edition{}, []string{"DayTable", "Currency", "Number", "Cites", "Places", "Codes", "Switches", "Inward", "Sheets", "Kinds", "Acts", "Terms",
			"Transition", "Law", "Name", "InForce", "File", "Index", "Days", "Roles"}},
		{procedure.Switch{}, []string{"Name", "Asks", "Article", "Choices", "Default", "Chosen"}},
		{procedure.Kind{}, []string{"Of", "Start", "States", "Final", "Path", "Fields", "Called", "Secrecy", "Party", "Asks", "Sheet", "Opening", "Reading", "ID", "Name"}},
		{procedure.SecrecyRule{}, []string{"Level", "Because"}},
		{procedure.OpeningRule{}, []string{"Opened"}},
		{procedure.PartyRule{}, []string{"Officer", "As", "While"}},
		{procedure.AskRule{}, []string{"Office", "While"}},
		{procedure.Field{}, []string{"Type", "Optional", "NeededIf", "Future", "Most", "Shape", "Choices", "Currencies", "Roles", "Kind", "While", "Question", "Answers", "Article", "Open", "Appoints", "ID", "Name", "Line", "In"}},
		{procedure.Question{}, []string{"Good", "Checks", "Kept", "ShownBy"}},
		{procedure.Check{}, []string{"Rule", "Article", "If"}},
		{procedure.Move{}, []string{"Kind", "From", "To"}},
		{procedure.Link{}, []string{"Procedure", "Act", "To", "When", "Form", "Carries", "Line"}},
		{procedure.ActRule{}, []string{"Article", "Confidence", "By", "Opens", "On", "From", "To", "Adds", "AddsState", "AddsSets", "Moves", "Form", "When", "Sets",
			"InCharge", "Office", "Copies", "Links", "Takes", "OnlyByLink", "Presence", "Sheet", "RootSets", "Records", "ID", "Name", "Line", "File", "Part", "Since"}},
		{procedure.Extension{}, []string{"Act", "To", "Add", "Times", "Until", "Article"}},
		{procedure.Step{}, []string{"After", "Escalate", "To"}},
		{procedure.Term{}, []string{"Article", "Confidence", "StartedBy", "When", "At", "Within", "Until", "Switches", "AtOnce", "Rule", "Before", "By", "After", "Per", "OwedBy",
			"MetBy", "EndedBy", "Extended", "StoppedBy", "ResumedBy", "Warn", "Breach", "Steps", "LateRefuse", "Again", "Repeats", "Sums", "Bars", "Withins", "Lengths", "Share", "Credits", "ID", "Name", "Line", "File", "Part", "Since"}},
	} {
		of := reflect.TypeOf(c.rule)
		for i := range of.NumField() {
			if f := of.Field(i); f.IsExported() && !slices.Contains(c.has, f.Name) {
				t.Errorf("%s has %s, which no comparison knows: add it to parts.go, and to this list", of, f.Name)
			}
		}
	}
}

// All parts and values have words in every language, and no text is left over.
func TestEveryChangeHasWords(t *testing.T) {
	t.Parallel()
	words, err := web.NewCatalogue(nil, web.Texts, Texts)
	if err != nil {
		t.Fatal(err)
	}
	b := load(t, town)
	empty := &procedure.Labels{}
	for _, lang := range []string{"uz", "uz-Cyrl", "ru", "en"} {
		w := words.In(lang)
		need := func(key string) {
			if _, ok := w.Raw(key); !ok {
				t.Errorf("%s lacks %s", lang, key)
			}
		}
		for _, p := range editionParts {
			need("diff.part.edition." + p.name)
		}
		for _, p := range transitionParts {
			need("diff.part.edition." + p.name)
		}
		for _, p := range kindParts {
			need("diff.part.kind." + p.name)
		}
		for _, p := range actParts {
			need("diff.part.act." + p.name)
		}
		for _, p := range termParts {
			need("diff.part.term." + p.name)
		}
		for _, shape := range procedure.ShapeNames() {
			need("diff.value.shape." + shape)
		}
		for name, from := range map[string]*procedure.Edition{"made-up": b, "built-in": builtIn(t)} {
			gone := &procedure.Edition{Law: from.Law, Name: from.Name}
			gone.Kinds, gone.Acts, gone.Terms = make([]*procedure.Kind, len(from.Kinds)), make([]*procedure.ActRule, len(from.Acts)), make([]*procedure.Term, len(from.Terms))
			for _, g := range (Says{w, empty, empty}).Groups(append(Diff(gone, from), said(from)...)) {
				for _, l := range g.Lines {
					for _, s := range append(append([]Said{{Text: g.Title}, {Text: g.Text}, {Text: l.Text}}, l.Was...), l.Is...) {
						if strings.Contains(s.Text, "diff.") || strings.Contains(s.Text, "{") && !s.Code && !strings.Contains(s.Text, "{year}") {
							t.Fatalf("%s, %s: %q", lang, name, s.Text)
						}
					}
				}
			}
		}
	}
}

func builtIn(t *testing.T) *procedure.Edition {
	law, _, err := lawload.Load(laws.FS, "uz/criminal")
	if err != nil {
		t.Fatal(err)
	}
	return law.Editions[len(law.Editions)-1]
}

// said is all that an edition says, as if it were new.
func said(e *procedure.Edition) Changes {
	d := &differ{a: side{e}, b: side{e}}
	all := func(of Subject, name string, c Change) {
		c.Subject, c.Name, c.How = of, name, Changed
		c.Was = c.Is
		d.out = append(d.out, c)
	}
	for _, r := range e.Acts {
		for _, p := range actParts {
			each(side{e}, r, p, func(c Change) { all(OfAct, "x", c) })
		}
	}
	for _, r := range e.Terms {
		for _, p := range termParts {
			each(side{e}, r, p, func(c Change) { all(OfTerm, "x", c) })
		}
	}
	return d.out
}

func each[T any](s side, rule *T, p part[*T], give func(Change)) {
	if rule == nil {
		return
	}
	if p.words != nil {
		give(Change{Part: p.name, Is: p.words(s, rule)})
		return
	}
	for _, i := range p.items(s, rule) {
		give(Change{Part: p.name, Item: i.of, Is: i.words})
	}
}
