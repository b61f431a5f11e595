package desk

import (
	"fmt"
	"strings"
	"testing"

	"nazorat/internal/docket"
	"nazorat/internal/lived"
	"nazorat/internal/picture"
)

func explain(t *testing.T, l *lived.Proceeding, term string) (docket.Deadline, []string, func(lang string) []string) {
	t.Helper()
	dl := l.Deadline(term)
	d, err := l.Law.DecodeDeadline(dl.Basis)
	if err != nil {
		t.Fatal(err)
	}
	x := l.Law.Explain(d)
	story := storyOf(l.Law, dl, l.History)
	story.names = map[string]string{"prosecutor": "Karimov Jasur"}
	if x.Before != nil {
		story.parent = parentOf(&x, dl, l.Deadlines())
	}
	words := lived.Words(t, l.Law, picture.Texts, Texts)
	in := func(lang string) []string { return termSteps(words.In(lang), l.Law, x, story) }
	return *dl, in("en"), in
}

func TestEveryWorkedTermIsExplainedStepByStepInEachLanguage(t *testing.T) {
	law := lived.Law(t, "uz/criminal")
	for _, lang := range []string{"uz", "ru", "en"} {
		var b strings.Builder
		for _, v := range lived.Vectors() {
			l := lived.New(t, law)
			v.Live(l)
			dl, _, in := explain(t, l, v.Term)
			fmt.Fprintf(&b, "%s\n  %s\n", v.Name, law.Editions[0].Days.Zone().Format(dl.Due))
			for i, s := range in(lang) {
				fmt.Fprintf(&b, "  %d. %s\n", i+1, s)
			}
			b.WriteString("\n")
		}
		got := b.String()
		if strings.Contains(got, "deadline.") || strings.ContainsAny(got, "{}") {
			t.Errorf("%s: a step has no words, or a variable without a value:\n%s", lang, got)
		}
		lived.Golden(t, "explained."+lang+".txt", got)
	}
}

// The last step that names an end must name the stored one: an explanation
// that leads elsewhere than the deadline is worse than none.
func TestExplanationLeadsToTheEndThatIsKept(t *testing.T) {
	law := lived.Law(t, "uz/criminal")
	zone := law.Editions[0].Days.Zone()
	for _, v := range lived.Vectors() {
		t.Run(v.Name, func(t *testing.T) {
			l := lived.New(t, law)
			v.Live(l)
			dl, steps, _ := explain(t, l, v.Term)
			end := lived.Words(t, law, picture.Texts, Texts).In("en").LongMoment(zone, dl.Due)
			if all := strings.Join(steps, "\n"); !strings.Contains(all, end) {
				t.Errorf("no step names %s:\n%s", end, all)
			}
		})
	}
}

func TestExplanationDoesWithoutTheJournal(t *testing.T) {
	law := lived.Law(t, "uz/criminal")
	l := lived.New(t, law)
	lived.Vectors()[6].Live(l)
	l.History = nil
	_, steps, _ := explain(t, l, "investigation")
	all := strings.Join(steps, "\n")
	for _, want := range []string{"to 5 months in all", "stood still for 20 days", "24:00"} {
		if !strings.Contains(all, want) {
			t.Errorf("no step says %q:\n%s", want, all)
		}
	}
}
