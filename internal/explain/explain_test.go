package explain_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/calendar"
	"nazorat/internal/explain"
	"nazorat/internal/journal"
	"nazorat/internal/lawload"
	"nazorat/internal/lived"
	"nazorat/internal/procedure"
	"nazorat/internal/stored"
	"nazorat/internal/web"
)

var languages = []string{"uz", "uz-Cyrl", "ru", "en"}

// told explains the newest deadline of a term at a moment.
func told(t *testing.T, l *lived.Proceeding, term string, now calendar.Moment) explain.Explained {
	t.Helper()
	dl := l.Deadline(term)
	d, err := stored.DecodeDeadline(l.Law, dl.Basis)
	if err != nil {
		t.Fatal(err)
	}
	x := l.Law.Explain(d)
	var entries []*journal.Entry
	for i := range l.History {
		entries = append(entries, &l.History[i].Entry)
	}
	story := explain.StoryOf(l.Law, dl.No, entries)
	story.Names = map[string]string{"prosecutor": "Karimov Jasur"}
	var all []procedure.Deadline
	for _, o := range l.Deadlines() {
		od, err := stored.DecodeDeadline(l.Law, o.Basis)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, od)
	}
	story.Parent = explain.HangsOn(&x, all)
	return explain.Tell(l.Law, x, story, now)
}

func wordsOf(t *testing.T, law *procedure.Law) *web.Catalogue {
	return lived.Words(t, law, explain.Texts)
}

// written is an explanation in a language, part by part.
func written(w *web.Words, x explain.Explained) string {
	var b strings.Builder
	for _, p := range explain.Parts() {
		list := x.Of(p)
		if len(list) == 0 {
			continue
		}
		fmt.Fprintf(&b, "%s\n", w.T(p.Key()))
		for _, s := range x.Texts(w, list) {
			fmt.Fprintf(&b, "  %s\n", s)
		}
	}
	return b.String()
}

func last(l *lived.Proceeding) calendar.Moment { return l.History[0].Done }

func TestEveryWorkedTermIsExplainedInEachLanguage(t *testing.T) {
	law := lived.Law(t, "uz/criminal")
	words := wordsOf(t, law)
	for _, lang := range languages {
		for _, v := range lived.Vectors() {
			l := lived.New(t, law)
			v.Live(l)
			text := written(words.In(lang), told(t, l, v.Term, last(l)))
			if strings.Contains(text, "explain.") || strings.ContainsAny(text, "{}") {
				t.Errorf("%s: a sentence has no words, or a variable without a value:\n%s", lang, text)
			}
		}
	}
}

// The last step that names an end must name the stored one: an explanation
// that leads elsewhere than the deadline is worse than none.
func TestExplanationLeadsToTheEndThatIsKept(t *testing.T) {
	law := lived.Law(t, "uz/criminal")
	words := wordsOf(t, law)
	for _, v := range lived.Vectors() {
		t.Run(v.Name, func(t *testing.T) {
			l := lived.New(t, law)
			v.Live(l)
			holds(t, words, told(t, l, v.Term, last(l)), l.Deadline(v.Term).Due)
		})
	}
}

// holds: the last moment that the reasons name is the end.
func holds(t *testing.T, words *web.Catalogue, x explain.Explained, due calendar.Moment) {
	t.Helper()
	var end calendar.Moment
	for _, s := range x.Of(explain.Why) {
		for _, a := range s.Args {
			if m, ok := a.Value.(explain.Moment); ok && (a.Name == "when" || a.Name == "end") {
				end = calendar.Moment(m)
			}
		}
	}
	if end != due {
		t.Errorf("the reasons lead to %s, not to %s:\n%s", x.Zone.Format(end), x.Zone.Format(due), written(words.In("en"), x))
	}
}

func TestExplanationDoesWithoutTheJournal(t *testing.T) {
	law := lived.Law(t, "uz/criminal")
	l := lived.New(t, law)
	lived.Vectors()[6].Live(l)
	now := last(l)
	l.History = nil
	text := written(wordsOf(t, law).In("en"), told(t, l, "investigation", now))
	for _, want := range []string{"to 5 months in all", "stood still for 20 days", "24:00"} {
		if !strings.Contains(text, want) {
			t.Errorf("no step says %q:\n%s", want, text)
		}
	}
}

// court uses every word of the language that the criminal law does without, in two editions.
func court(t *testing.T) *procedure.Law {
	t.Helper()
	law, _, err := lawload.Load(fstest.MapFS{
		"calendars/xx.yaml": {Data: []byte(`zone: Asia/Tashkent
weekend: [saturday, sunday]
closes: "18:00"
names: { rest: { en: "Day of Rest", uz: "Dam olish", ru: "День отдыха" } }
years:
  2025: { source: "made up", off: { 2025-03-10: rest } }
  2026: { source: "made up", off: { 2026-01-01: rest } }
`)},
		"xx/court/2025-01-01.yaml": {Data: []byte(`procedure: xx/court
in_force: 2025-01-01
days: xx
number: "{year}-{seq}"
cites: { Act: "Court Act" }
roles: [chief]
switches:
  first_day: { asks: "Does the day of receipt count?", article: Act 2, choices: [from_day, from_next], default: from_day }
kinds:
  case: { states: [open, judged, closed], final: [closed] }
  person: { states: [accused, convicted, gone], final: [gone], fields: { name: person } }
  hold: { of: person, states: [held, ended], final: [ended] }
acts:
  register: { article: Act 1, by: [clerk], opens: case }
  add: { article: Act 1, by: [clerk], on: case, from: [open], adds: person, form: { name: person }, adds_sets: { name: act.name } }
  hold: { article: Act 4, by: [clerk], on: person, from: [accused], adds: hold, form: { until: { type: date, future: true } } }
  free: { article: Act 4, by: [clerk], on: hold, from: [held], to: ended }
  prolong: { article: Act 3, by: [chief], on: case }
  prolong_more: { article: Act 3, by: [chief], on: case }
  stop: { article: Act 3, by: [clerk], on: case }
  go_on: { article: Act 3, by: [clerk], on: case }
  judge: { article: Act 5, by: [judge], on: person, from: [accused], to: convicted }
  appeal: { article: Act 6, by: [party], on: person, from: [convicted] }
  execute: { article: Act 7, by: [judge], on: person, from: [convicted] }
  ask_early: { article: Act 8, by: [party], on: person, from: [convicted] }
  answer: { article: Act 2, by: [clerk], on: case }
  look: { article: Act 9, by: [clerk], on: case }
terms:
  answer_in_time:
    article: Act 2
    confidence: M
    starts: register
    within: 5wd
    counts: { switch: first_day }
    owed_by: clerk
    met_by: [answer]
    extended_by: { prolong: { to: 10wd, article: Act 3 (1) }, prolong_more: { add: 2wd, times: 2 } }
    stopped_by: [stop]
    resumed_by: [go_on]
    breach:
      does: escalate
      steps:
        - { after: 0h, tell: [clerk] }
        - { after: 2h, escalate: chief }
        - { after: 1d, escalate: judge }
  held: { article: Act 4, confidence: "?", starts: hold, until: act.until, within: 6mo, counts: from_moment, sums: person, per: hold, owed_by: clerk, met_by: [free], breach: { does: release, steps: [{ after: 0h, tell: [clerk, chief] }] } }
  held_in_all: { article: Act 4, starts: hold, within: 6mo, counts: from_moment, sums: person, per: hold, owed_by: clerk, met_by: [free] }
  ask_for_more: { article: Act 3, before: { term: answer_in_time, by: 1d }, met_by: [look], breach: lapse }
  appealable: { article: Act 6, starts: judge, within: 10d, per: person, owed_by: party, met_by: [appeal], breach: lapse }
  execute_in_time: { article: Act 7, after: { term: appealable }, within: 3d, rolls: next_working_day, owed_by: judge, met_by: [execute], late: refused }
  wait: { article: Act 8, starts: judge, within: 6mo, per: person, bars: [ask_early] }
  look_monthly: { article: Act 9, starts: register, within: 1mo, repeats: yes, owed_by: clerk, met_by: [look] }
`)},
		"xx/court/2026-01-01.yaml": {Data: []byte(`procedure: xx/court
in_force: 2026-01-01
based_on: 2025-01-01
transition: { recount: [answer_in_time], end: [wait] }
terms:
  answer_in_time: { article: Act 2, starts: register, within: 7wd, counts: { switch: first_day }, owed_by: clerk, met_by: [answer], extended_by: { prolong: { to: 10wd } }, stopped_by: [stop], resumed_by: [go_on] }
  wait: ~
`)},
	}, "xx/court")
	if err != nil {
		t.Fatal(err)
	}
	return law
}

// lives is a proceeding in which everything happens.
func lives(t *testing.T, law *procedure.Law) *lived.Proceeding {
	l := lived.New(t, law)
	l.Do("2025-03-03 10:00 clerk register", nil)
	l.Do("2025-03-03 11:00 clerk add", lived.Form{"name": "Tursunov Bekzod"})
	l.Do("2025-03-03 12:00 clerk hold 1", lived.Form{"until": "2025-04-01"})
	l.Do("2025-03-04 09:00 clerk stop", nil)
	l.Do("2025-03-06 09:00 clerk go_on", nil)
	l.Do("2025-03-07 10:00 chief prolong", nil)
	l.Do("2025-03-07 11:00 chief prolong_more", nil)
	l.Do("2025-03-20 09:00 clerk look", nil)
	l.Do("2025-03-23 12:00 clerk free 2", nil)
	l.Do("2025-03-24 12:00 clerk hold 1", lived.Form{"until": "2025-05-01"})
	l.Do("2025-03-25 12:00 judge judge 1", nil)
	return l
}

func TestEveryWordOfTheLanguageIsExplainedInEachLanguage(t *testing.T) {
	law := court(t)
	words := wordsOf(t, law)
	terms := []string{"answer_in_time", "held", "held_in_all", "ask_for_more", "appealable", "execute_in_time", "wait", "look_monthly"}
	for _, lang := range languages {
		var b strings.Builder
		l := lives(t, law)
		for _, term := range terms {
			fmt.Fprintf(&b, "%s\n%s\n", term, written(words.In(lang), told(t, l, term, last(l))))
		}
		if strings.Contains(b.String(), "explain.") || strings.ContainsAny(b.String(), "{}") {
			t.Errorf("%s: a sentence has no words, or a variable without a value:\n%s", lang, b.String())
		}
		lived.Golden(t, "language."+lang+".txt", b.String())
	}
	l := lives(t, law)
	for _, term := range terms {
		holds(t, words, told(t, l, term, last(l)), l.Deadline(term).Due)
	}
}

// What the law leaves open is told with the date that the other answer would give.
func TestOtherAnswerToAnOpenQuestionIsToldAsADate(t *testing.T) {
	law := court(t)
	l := lived.New(t, law)
	l.Do("2025-03-03 10:00 clerk register", nil)
	var would calendar.Moment
	for _, s := range told(t, l, "answer_in_time", last(l)).Of(explain.Question) {
		if s.Key == "explain.question.would" {
			would = calendar.Moment(s.Args[1].Value.(explain.Moment))
		}
	}
	// From Monday the 3rd: that day counted until the 7th, not counted until the 11th, for the 10th is a day of rest.
	if want := l.Moment("2025-03-12 00:00") - 1; would != want {
		t.Errorf("%s", law.Editions[0].Days.Zone().Format(would))
	}
	if due := l.Deadline("answer_in_time").Due; due != l.Moment("2025-03-08 00:00")-1 {
		t.Errorf("as it is answered here: %s", law.Editions[0].Days.Zone().Format(due))
	}
}

func TestNewCountUnderANewEditionIsToldAsSuch(t *testing.T) {
	law := court(t)
	l := lived.New(t, law)
	l.Do("2025-12-29 10:00 clerk register", nil)
	at := l.Moment("2026-01-01 00:00")
	next, effects := law.Editions[1].ComeIntoForce(l.State, at)
	if len(effects) == 0 {
		t.Fatal("nothing was counted anew")
	}
	was := l.Deadline("answer_in_time").Due
	records := stored.Effects(law, effects)
	var now procedure.Deadline
	for _, d := range next.Deadlines {
		if law.TermName(d.Term) == "answer_in_time" {
			now = d
		}
	}
	entries := []*journal.Entry{{Seq: 2, Done: at, Effects: records}, &l.History[0].Entry}
	story := explain.StoryOf(law, now.No, entries)
	x := explain.Tell(law, law.Explain(now), story, at)
	var keys []string
	for _, s := range x.Sentences {
		keys = append(keys, s.Key)
	}
	for _, want := range []string{"explain.why.recounted", "explain.edition.recounted"} {
		if !slices.Contains(keys, want) {
			t.Errorf("%s is not said: %v", want, keys)
		}
	}
	text := written(wordsOf(t, law).In("en"), x)
	zone := law.Editions[0].Days.Zone()
	w := wordsOf(t, law).In("en")
	for _, want := range []string{w.LongMoment(zone, was), w.LongMoment(zone, now.Due), "2026"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not said:\n%s", want, text)
		}
	}
	holds(t, wordsOf(t, law), x, now.Due)
}

func TestWhatIsOverSaysHowAndNoMoreHowToMakeItLonger(t *testing.T) {
	law := lived.Law(t, "uz/criminal")
	l := lived.New(t, law)
	l.Do("2026-03-02 14:30 duty_officer register_report", lived.Report())
	l.Do("2026-03-05 14:30 investigator open_investigation", lived.Crime())
	x := told(t, l, "decide_on_report", last(l))
	if over := x.Of(explain.Over); len(over) != 1 || over[0].Key != "explain.over.met_by" {
		t.Errorf("%+v", over)
	}
	if len(x.Of(explain.Longer)) > 0 {
		t.Error("what is done could be made longer")
	}
}

func TestMarksThatALawyerHasYetToConfirm(t *testing.T) {
	for mark, want := range map[string]bool{"V": true, "V+": true, "N": false, "M": false, "?": false, "": false} {
		if _, confirmed := explain.Mark(mark); confirmed != want {
			t.Errorf("%q: confirmed is %v", mark, confirmed)
		}
	}
}
