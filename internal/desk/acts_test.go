package desk

import (
	"fmt"
	"strings"
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/lived"
	"nazorat/internal/picture"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/stored"
)

// told writes groups as text: a line for each fold, with the parts and how many acts each has.
func told(list []actGroup) string {
	var b strings.Builder
	for _, g := range list {
		fmt.Fprintf(&b, "[%s]\n", g.Title)
		for _, f := range g.Folds {
			fmt.Fprintf(&b, "%s:", f.Summary)
			if f.Open {
				b.WriteString(" open")
			}
			for _, l := range f.Lists {
				fmt.Fprintf(&b, " %s(%d)", l.Part, len(l.Acts))
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

func TestActsStandByThePartsOfTheLawAndThoseOnAPersonUnderHim(t *testing.T) {
	law := lived.Law(t, "uz/criminal")
	l := lived.New(t, law)
	lived.Investigated(l)
	l.Do("2026-03-10 09:00 investigator add_suspect", lived.Form{"name": "B. Tursunov"})
	w := lived.Words(t, law, picture.Texts, Texts).In("en")
	p := l.Proceeding()
	var acts []openAct
	for _, a := range []struct {
		name  string
		thing int32
	}{{"suspend", 0}, {"detain", 1}, {"order_examination", 0}, {"request_counsel", 1}, {"add_victim", 0}, {"add_witness", 0}, {"sever_person", 1}, {"ask_for_interception", 1}, {"apply_lighter_measure", 1}} {
		r := law.Editions[0].Act(a.name)
		if r == nil {
			continue
		}
		acts = append(acts, openAct{Text: a.name, thing: a.thing, part: r.Part})
	}
	acts = append(acts, openAct{Text: "of no part"})
	got := told(groups(w, p, l.Moment("2026-03-11 09:00"), acts, false))
	for _, want := range []string{"[" + w.T("thing.number", "thing", "criminal case", "n", p.Number) + "]\n", "Inquiry and investigation: (1)\n", "Examinations by experts: (1)\nOther acts: (1)\n[Persons and measures]\n", "B. Tursunov"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if open := told(groups(w, p, l.Moment("2026-03-11 09:00"), acts, true)); strings.Count(open, ": open") != 5 {
		t.Errorf("few acts stand open:\n%s", open)
	}
	// A law without parts has nothing to choose from.
	if got := told(groups(w, p, l.Moment("2026-03-11 09:00"), []openAct{{Text: "a"}, {Text: "b"}}, false)); got != "[]\n: (2)\n" {
		t.Errorf("without parts: %q", got)
	}
}

func TestAnActIsMineIfItMeetsWhatIOweAndTheMostUrgentDeadlineIsShown(t *testing.T) {
	law := lived.Law(t, "uz/criminal")
	l := lived.New(t, law)
	lived.Investigated(l)
	w := lived.Words(t, law, picture.Texts, Texts).In("en")
	me := access.Actor{Officer: "me", Role: "investigator", Office: "iib"}
	now := l.Moment("2026-04-01 09:00")
	row := func(term, officer, role string, due string) *proceedings.Deadline {
		rule := law.Editions[0].Term(term)
		return &proceedings.Deadline{Term: term, Law: law.Name, Officer: officer, Role: role, Office: "iib", Status: stored.Running, Due: l.Moment(due), Breach: rule.Breach.String(),
			Basis: stored.Deadline{Edition: law.Editions[0].Name}}
	}
	far, near := row("investigation", "me", "investigator", "2026-06-05 23:59"), row("investigation", "", "prosecutor", "2026-04-10 23:59")
	gone := row("ask_for_extension", "me", "investigator", "2026-03-20 23:59")
	a := openAct{urgency: notUrgent}
	for _, dl := range []*proceedings.Deadline{gone, near, far} {
		a.waitedFor(w, law, dl, me, now)
	}
	if !a.mine || a.urgency != int64(near.Due) {
		t.Errorf("mine, and another's is nearer: %+v", a)
	}
	a = openAct{urgency: notUrgent}
	a.waitedFor(w, law, gone, me, now)
	if a.mine || a.urgency != lapsedLast || a.Tag == "" {
		t.Errorf("what lapsed is owed by nobody, and stands last: %+v", a)
	}
	a = openAct{urgency: notUrgent}
	a.waitedFor(w, law, near, me, now)
	if a.mine {
		t.Error("what the prosecutor owes is mine")
	}
}

// A judge who is to begin finds what comes next at the top, at every stage, although the law writes it further down.
func TestWhatComesNextStandsFirst(t *testing.T) {
	law := lived.Law(t, "uz/criminal")
	l := lived.New(t, law)
	lived.Investigated(l)
	lived.Accused(l)
	l.Do("2026-03-19 09:00 prosecutor approve_and_refer", lived.Form{"court": "Yunusobod"})
	step := func(now, first string, place int, leads bool) {
		t.Helper()
		at := l.Moment(now)
		e := law.At(at)
		var may []procedure.Verdict
		for _, v := range e.Verdicts(l.State, procedure.Act{Done: at, Recorded: at, Officer: "judge", Role: "judge", Office: "office"}) {
			if v.Refusal == nil && v.Thing == 0 && !v.Rule.OnlyByLink {
				may = append(may, v)
			}
		}
		written := make([]string, len(may))
		for i := range may {
			written[i] = may[i].Rule.Name
		}
		e.NextFirst(&l.State, at, may)
		if len(may) <= place || may[place].Rule.Name != first || e.LeadsOn(&l.State, may[place].Rule) != leads {
			t.Errorf("%s: %s is not number %d of what may be done, leading on: %v; the law writes %v", now, first, place+1, leads, written)
		}
		if len(may) != len(written) {
			t.Errorf("%s: %d acts of %d", now, len(may), len(written))
		}
	}
	step("2026-03-20 09:00", "schedule_trial", 0, false)
	l.Do("2026-03-20 10:00 judge schedule_trial", lived.Form{"hearing_at": "2026-03-24T10:00", "open_hearing": "yes"})
	step("2026-03-24 10:00", "open_trial", 0, true)
	step("2026-04-24 23:00", "open_trial", 0, true) // also when it is late
	l.Do("2026-03-24 10:05 judge open_trial", lived.Form{"open_hearing": "yes"})
	l.Do("2026-03-24 11:00 judge adjourn_trial", lived.Form{"why": "absence", "hearing_at": "2026-03-26T10:00"})
	step("2026-03-26 10:00", "resume_trial", 0, true)
	l.Do("2026-03-26 10:00 judge resume_trial", nil)
	l.Do("2026-03-26 12:00 judge acquit 1", lived.Form{"ground": "no_corpus"})
	step("2026-03-26 12:10", "pronounce_sentence", 0, true) // not the act that would end it otherwise, though that one is written before
}
