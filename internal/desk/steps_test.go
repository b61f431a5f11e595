package desk

import (
	"fmt"
	"strings"
	"testing"

	"nazorat/internal/docket"
)

// The worked vectors of counting (CPC 314-317), lived through and then explained.
var vectors = []struct {
	name, term string
	live       func(l *lived)
}{
	{"a report: ten days, extended to a month", "decide_on_report", func(l *lived) {
		l.do("2026-03-02 14:30 duty_officer register_report", report)
		l.do("2026-03-09 10:00 prosecutor extend_check", formed{"reason": "examination_ordered"})
	}},
	{"a report whose tenth day is a Sunday", "decide_on_report", func(l *lived) {
		l.do("2026-03-11 09:00 duty_officer register_report", report)
	}},
	{"detention never rolls, not even on a Sunday that is a holiday", "detention", func(l *lived) {
		detained(l, "2026-03-06 22:00", "2026-03-06 23:30", "2026-03-06T23:10")
	}},
	{"a motion eight hours before the end of detention", "custody_motion", func(l *lived) {
		detained(l, "2026-03-06 22:00", "2026-03-06 23:30", "2026-03-06T23:10")
	}},
	{"custody of three months from the 31st", "custody", func(l *lived) {
		detained(l, "2026-01-30 08:00", "2026-01-30 10:10", "2026-01-30T10:00")
		l.do("2026-01-31 10:00 judge apply_custody 2", formed{"from": "2026-01-31T10:00"})
	}},
	{"an inquiry of one month that rolls over a Sunday, extended", "inquiry", func(l *lived) {
		l.do("2026-02-15 11:00 duty_officer register_report", formed{"source": "organisation", "summary": "Fraud", "assign_to": "inquirer"})
		l.do("2026-02-15 12:00 inquirer open_inquiry", formed{"crime_article": "CC 168"})
		l.do("2026-03-13 09:00 prosecutor extend_inquiry", formed{"note": "An audit"})
	}},
	{"an investigation extended, and a clock that stood still", "investigation", func(l *lived) {
		l.do("2026-01-09 11:00 duty_officer register_report", report)
		l.do("2026-01-10 12:00 investigator open_investigation", crime)
		l.do("2026-04-01 09:00 regional_prosecutor extend_investigation", formed{"note": "Granted"})
		l.do("2026-05-10 09:00 investigator suspend", formed{"ground": "illness"})
		l.do("2026-05-30 09:00 investigator resume_investigation", nil)
	}},
	{"a clock that stands still now", "investigation", func(l *lived) {
		l.do("2026-01-09 11:00 duty_officer register_report", report)
		l.do("2026-01-10 12:00 investigator open_investigation", crime)
		l.do("2026-03-10 09:00 investigator suspend", formed{"ground": "illness"})
	}},
	{"joined to a case whose term ends later", "investigation", func(l *lived) {
		l.do("2026-01-09 11:00 duty_officer register_report", report)
		l.do("2026-01-10 12:00 investigator open_investigation", crime)
		l.do("2026-02-10 12:00 investigator join_case", formed{"other_case": "7", "other_term_ends": "2026-05-05"})
	}},
	{"what must be done at once", "draw_up_detention_protocol", func(l *lived) {
		detained(l, "2026-03-06 22:00", "2026-03-06 23:30", "2026-03-06T23:10")
	}},
}

func detained(l *lived, reported, detained, actually string) {
	l.do(reported+" duty_officer register_report", report)
	l.do(reported+" investigator open_investigation", crime)
	l.do(reported+" investigator add_suspect", suspect)
	l.do(detained+" investigator detain 1", formed{"detained_at": actually, "place": "Post 4"})
}

func explain(t *testing.T, l *lived, term string) (docket.Deadline, []string, func(lang string) []string) {
	t.Helper()
	dl := l.deadline(term)
	d, err := l.law.DecodeDeadline(dl.Basis)
	if err != nil {
		t.Fatal(err)
	}
	x := l.law.Explain(d)
	story := storyOf(l.law, dl, l.history)
	story.names = map[string]string{"prosecutor": "Karimov Jasur"}
	if x.Before != nil {
		story.parent = parentOf(&x, dl, l.list())
	}
	words := wordsOf(t, l.law)
	in := func(lang string) []string { return termSteps(words.In(lang), l.law, x, story) }
	return *dl, in("en"), in
}

func TestEveryWorkedTermIsExplainedStepByStepInEachLanguage(t *testing.T) {
	law := loadLaw(t, "uz/criminal")
	for _, lang := range []string{"uz", "ru", "en"} {
		var b strings.Builder
		for _, v := range vectors {
			l := newLived(t, law)
			v.live(l)
			dl, _, in := explain(t, l, v.term)
			fmt.Fprintf(&b, "%s\n  %s\n", v.name, law.Editions[0].Days.Zone().Format(dl.Due))
			for i, s := range in(lang) {
				fmt.Fprintf(&b, "  %d. %s\n", i+1, s)
			}
			b.WriteString("\n")
		}
		got := b.String()
		if strings.Contains(got, "deadline.") || strings.ContainsAny(got, "{}") {
			t.Errorf("%s: a step has no words, or a variable without a value:\n%s", lang, got)
		}
		golden(t, "explained."+lang+".txt", got)
	}
}

// The last step that names an end must name the stored one: an explanation
// that leads elsewhere than the deadline is worse than none.
func TestExplanationLeadsToTheEndThatIsKept(t *testing.T) {
	law := loadLaw(t, "uz/criminal")
	zone := law.Editions[0].Days.Zone()
	for _, v := range vectors {
		t.Run(v.name, func(t *testing.T) {
			l := newLived(t, law)
			v.live(l)
			dl, steps, _ := explain(t, l, v.term)
			end := wordsOf(t, law).In("en").LongMoment(zone, dl.Due)
			if all := strings.Join(steps, "\n"); !strings.Contains(all, end) {
				t.Errorf("no step names %s:\n%s", end, all)
			}
		})
	}
}

func TestExplanationDoesWithoutTheJournal(t *testing.T) {
	law := loadLaw(t, "uz/criminal")
	l := newLived(t, law)
	vectors[6].live(l)
	l.history = nil
	_, steps, _ := explain(t, l, "investigation")
	all := strings.Join(steps, "\n")
	for _, want := range []string{"to 5 months in all", "stood still for 20 days", "24:00"} {
		if !strings.Contains(all, want) {
			t.Errorf("no step says %q:\n%s", want, all)
		}
	}
}
