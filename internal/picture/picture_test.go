package picture

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/calendar"
	"nazorat/internal/lawload"
	"nazorat/internal/lived"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/stored"
	"nazorat/internal/web/ui"
)

func nowhere(*proceedings.Deadline) string { return "" }

// drawn writes a path as text: one line a stop, what hangs from it indented.
func drawn(v PathView) string {
	var b strings.Builder
	write := func(indent string, s pathStop) {
		fmt.Fprintf(&b, "%s%s [%s]", indent, s.Name, s.Mark)
		if s.Travelled {
			b.WriteString(" travelled")
		}
		if s.End {
			b.WriteString(" end")
		}
		for _, when := range append(s.When, s.Back) {
			if when != "" {
				b.WriteString(", " + when)
			}
		}
		b.WriteString("\n")
	}
	for _, s := range v.Stops {
		write("", s)
		for _, side := range s.Sides {
			write("    ", side)
		}
	}
	return b.String()
}

var paths = []struct {
	name, law string
	live      func(l *lived.Proceeding)
}{
	{"being checked", "uz/criminal", func(l *lived.Proceeding) {
		l.Do("2026-03-02 14:30 duty_officer register_report", lived.Report())
	}},
	{"opening refused: an exit was taken", "uz/criminal", func(l *lived.Proceeding) {
		l.Do("2026-03-02 14:30 duty_officer register_report", lived.Report())
		l.Do("2026-03-05 14:30 investigator refuse", lived.Form{"ground": "no_event", "note": "It was lost"})
	}},
	{"investigated at once: the inquiry was passed by", "uz/criminal", lived.Investigated},
	{"suspended: beside the road", "uz/criminal", func(l *lived.Proceeding) {
		lived.Investigated(l)
		l.Do("2026-03-10 09:00 investigator suspend", lived.Form{"ground": "illness"})
	}},
	{"returned by the prosecutor, and sent to him again", "uz/criminal", func(l *lived.Proceeding) {
		lived.Investigated(l)
		lived.Accused(l)
		l.Do("2026-03-20 09:00 prosecutor return_case", lived.Form{"reason": "incomplete", "instructions": "Question the neighbours"})
		l.Do("2026-04-01 09:00 investigator refer_to_prosecutor", lived.Form{"with": "indictment"})
	}},
	{"in court: the road to its end", "uz/criminal", func(l *lived.Proceeding) {
		lived.Investigated(l)
		lived.Accused(l)
		l.Do("2026-03-20 09:00 prosecutor approve_and_refer", lived.Form{"court": "Chilonzor"})
	}},
	{"a fine that was notified", "it/road-fines", func(l *lived.Proceeding) {
		l.Do("2012-03-02 10:00 police create_fine", lived.Form{"amount": "35.00"})
		l.Do("2012-03-20 10:00 police send_fine", lived.Form{"expense": "12.00"})
		l.Do("2012-04-02 10:00 police notify_fine", nil)
	}},
	{"a fine that was paid before it was sent", "it/road-fines", func(l *lived.Proceeding) {
		l.Do("2012-03-02 10:00 police create_fine", lived.Form{"amount": "35.00"})
		l.Do("2012-03-04 10:00 offender pay_in_full", lived.Form{"total": "35.00"})
	}},
}

func TestPathShowsWhereTheProceedingWasIsAndMayStillGo(t *testing.T) {
	for _, lang := range []string{"uz", "ru", "en"} {
		var b strings.Builder
		for _, p := range paths {
			law := lived.Law(t, p.law)
			l := lived.New(t, law)
			p.live(l)
			v := NewPath(lived.Words(t, law, Texts).In(lang), l.Proceeding(), l.History)
			fmt.Fprintf(&b, "# %s\n%s\n%s\n", p.name, v.Label, drawn(v))
		}
		lived.Golden(t, "paths."+lang+".txt", b.String())
	}
}

func TestEveryLawHasAPathWithEveryStateOnItOnce(t *testing.T) {
	for _, name := range []string{"uz/criminal", "it/road-fines", "us-il/felony"} {
		law := lived.Law(t, name)
		for _, e := range law.Editions {
			k := mainKind(e)
			v := NewLawPath(lived.Words(t, law, Texts).In("en"), e, func(kind, state string) string { return kind + " " + state })
			seen := map[string]int{}
			for _, s := range v.Stops {
				seen[s.Href]++
				for _, side := range s.Sides {
					seen[side.Href]++
				}
			}
			if len(seen) != len(k.States) || len(k.States) < 5 {
				t.Errorf("%s %s: %d states drawn of %d", name, e.Name, len(seen), len(k.States))
			}
			for state, n := range seen {
				if n != 1 {
					t.Errorf("%s %s: %s is drawn %d times", name, e.Name, state, n)
				}
			}
		}
	}
}

func TestClockPutsHoursAndMonthsOnLinesOfTheirOwn(t *testing.T) {
	law := lived.Law(t, "uz/criminal")
	l := lived.New(t, law)
	lived.Detained(l, "2026-03-06 22:00", "2026-03-06 23:30", "2026-03-06T23:10")
	l.Do("2026-03-06 23:50 investigator draw_up_protocol 2", lived.Form{"video_recorded": "yes"})
	w := lived.Words(t, law, Texts).In("en")
	zone := law.Editions[0].Days.Zone()
	v := NewClock(w, zone, l.Proceeding(), l.Deadlines(), nowhere, l.Moment("2026-03-08 16:00"))
	var lines [][]string
	stands := map[string]Standing{}
	for _, g := range v.Groups {
		var terms []string
		for _, r := range g.Rows {
			terms = append(terms, r.Term)
			stands[r.Term] = r.Stands
		}
		lines = append(lines, terms)
	}
	want := [][]string{
		{"Notify the family of the detention", "Notify the prosecutor of the detention", "Question the detainee", "Detention"},
		{"Charge the detained suspect", "Ask to extend the investigation", "Preliminary investigation"},
	}
	if !slices.EqualFunc(lines, want, slices.Equal[[]string]) {
		t.Errorf("lines %q\nwant %q", lines, want)
	}
	if stands["Detention"] != Soon || stands["Question the detainee"] != Over || stands["Preliminary investigation"] != OK {
		t.Errorf("stands: %v", stands)
	}
	past := v.Past[0].Rows
	if len(v.Past) != 2 || past[len(past)-1].Stands != Lapsed {
		// What was done and the motion that can no longer be filed are folded away.
		var all []string
		for _, g := range v.Past {
			for _, r := range g.Rows {
				all = append(all, r.Term+" "+string(r.Stands))
			}
		}
		t.Errorf("past: %q", all)
	}
}

func TestEveryBarLiesWithinItsLine(t *testing.T) {
	law := lived.Law(t, "uz/criminal")
	w := lived.Words(t, law, Texts).In("ru")
	for _, v := range lived.Vectors() {
		l := lived.New(t, law)
		v.Live(l)
		for _, now := range []string{"2026-03-06 23:20", "2026-03-20 12:00", "2027-06-01 12:00"} {
			c := NewClock(w, law.Editions[0].Days.Zone(), l.Proceeding(), l.Deadlines(), nowhere, l.Moment(now))
			for _, g := range append(c.Groups, c.Past...) {
				for _, r := range g.Rows {
					for _, b := range r.Bars {
						var x, width float64
						if _, err := fmt.Sscanf(b.X+" "+b.Width, "%f%% %f%%", &x, &width); err != nil || x < 0 || width < 0 || x+width > 100.01 {
							t.Errorf("%s at %s: a bar from %s of %s (%v)", r.Term, now, b.X, b.Width, err)
						}
					}
					if r.Tag == "" || strings.Contains(r.Tag, "clock.") {
						t.Errorf("%s at %s: the tag says %q", r.Term, now, r.Tag)
					}
				}
			}
		}
	}
}

func TestExtendedTermShowsWhatWasAdded(t *testing.T) {
	law := lived.Law(t, "uz/criminal")
	l := lived.New(t, law)
	lived.Vectors()[0].Live(l)
	if first := OriginalEnd(law, l.Deadline("decide_on_report")); law.Editions[0].Days.Zone().Format(first) != "2026-03-11 24:00" {
		t.Errorf("the first end is %s", law.Editions[0].Days.Zone().Format(first))
	}
	v := NewClock(lived.Words(t, law, Texts).In("en"), law.Editions[0].Days.Zone(), l.Proceeding(), l.Deadlines(), nowhere, l.Moment("2026-03-10 12:00"))
	bars := v.Groups[0].Rows[0].Bars
	if last := bars[len(bars)-1]; !strings.HasSuffix(last.Class, "--longer") {
		t.Errorf("bars: %+v", bars)
	}
}

// A law with an end that a form gives, a length by the act that begins it, a possibility, and what is due at once.
func shortLaw(t *testing.T) *procedure.Law {
	t.Helper()
	law, _, err := lawload.Load(fstest.MapFS{
		"calendars/xx.yaml": {Data: []byte("zone: Asia/Tashkent\nweekend: [saturday, sunday]\ncloses: \"18:00\"\nnames: { rest: { en: Rest, uz: Dam, ru: Отдых } }\nyears:\n  2025: { source: made up, off: { 2025-01-01: rest } }\n")},
		"xx/short/2025-01-01.yaml": {Data: []byte(`procedure: xx/short
in_force: 2025-01-01
days: xx
number: "{year}-{seq}"
cites: { Act: "Short Act" }
kinds: { case: { states: [open, closed], final: [closed] } }
acts:
  begin: { article: Act 1, by: [clerk], opens: case, form: { until: { type: date, future: true } } }
  again: { article: Act 1, by: [clerk], on: case }
  free: { article: Act 2, by: [clerk], on: case }
  ask: { article: Act 3, by: [party], on: case }
  close: { article: Act 4, by: [clerk], on: case, to: closed }
terms:
  held: { article: Act 2, starts: begin, until: act.until, owed_by: clerk, met_by: [free] }
  answer: { article: Act 2, starts: [begin, again], within: { begin: 5d, again: 9d }, owed_by: clerk, met_by: [free] }
  asking: { article: Act 3, starts: begin, within: 2d, owed_by: party, met_by: [ask], breach: lapse }
  tell: { article: Act 2, starts: begin, within: at_once, owed_by: clerk, met_by: [free] }
`)}}, "xx/short")
	if err != nil {
		t.Fatal(err)
	}
	return law
}

// A punishment whose last day the judge gave was drawn as an extension from its first day to its last.
func TestAnEndThatWasGivenIsNoExtension(t *testing.T) {
	law := shortLaw(t)
	l := lived.New(t, law)
	l.Do("2025-03-03 10:00 clerk begin", lived.Form{"until": "2025-04-01"})
	for _, term := range []string{"held", "answer"} {
		if dl := l.Deadline(term); OriginalEnd(law, dl) != dl.Due {
			t.Errorf("%s: its first end is %d, and it is due at %d", term, OriginalEnd(law, dl), dl.Due)
		}
	}
	v := NewClock(lived.Words(t, law, Texts).In("en"), law.Editions[0].Days.Zone(), l.Proceeding(), l.Deadlines(), nowhere, l.Moment("2025-03-10 12:00"))
	for _, g := range v.Groups {
		for _, r := range g.Rows {
			for _, b := range r.Bars {
				if strings.HasSuffix(b.Class, "--longer") {
					t.Errorf("%s is drawn as extended: %+v", r.Term, r.Bars)
				}
			}
		}
	}
}

func TestNobodyIsDrawnLateWithAPossibilityThatFellAway(t *testing.T) {
	law := shortLaw(t)
	l := lived.New(t, law)
	l.Do("2025-03-03 10:00 clerk begin", lived.Form{"until": "2025-04-01"})
	l.Do("2025-04-10 10:00 clerk close", nil)
	v := NewClock(lived.Words(t, law, Texts).In("en"), law.Editions[0].Days.Zone(), l.Proceeding(), l.Deadlines(), nowhere, l.Moment("2025-05-01 12:00"))
	late := map[string]bool{}
	for _, g := range v.Past {
		for _, r := range g.Rows {
			late[r.Term] = slices.ContainsFunc(r.Bars, func(b clockBar) bool { return b.Pattern == "clock-late" })
		}
	}
	if len(late) != 4 || late["asking"] || late["tell"] || !late["held"] || !late["answer"] {
		t.Errorf("drawn late: %v", late)
	}
}

func TestWhatIsDueAtOnceSaysHowLongItHasStoodOpen(t *testing.T) {
	law := shortLaw(t)
	l := lived.New(t, law)
	l.Do("2025-03-03 10:00 clerk begin", lived.Form{"until": "2025-04-01"})
	w := lived.Words(t, law, Texts).In("en")
	dl := l.Deadline("tell")
	for now, want := range map[string]string{"2025-03-03 10:00": "at once", "2025-03-03 15:24": "at once; 5 hours 24 minutes have passed"} {
		at := l.Moment(now)
		if s := Stands(TermOf(law, dl), dl, at); s != Soon || s.Words(w, TermOf(law, dl), dl, at) != want {
			t.Errorf("at %s: %s, %q", now, s, s.Words(w, TermOf(law, dl), dl, at))
		}
	}
}

func TestLateDoneAndLapsedDeadlinesAreToldApart(t *testing.T) {
	law := lived.Law(t, "uz/criminal")
	l := lived.New(t, law)
	l.Do("2026-03-02 14:30 duty_officer register_report", lived.Report())
	l.Do("2026-03-20 14:30 investigator open_investigation", lived.Crime())
	dl := l.Deadline("decide_on_report")
	now := l.Moment("2026-05-01 12:00")
	s := Stands(TermOf(law, dl), dl, now)
	words := s.Words(lived.Words(t, law, Texts).In("en"), TermOf(law, dl), dl, now)
	if s != MetLate || s.Tone() != ui.Late || words != "done 8 days 14 hours late" {
		t.Errorf("%s, %s, %q", s, s.Tone(), words)
	}
}

func TestWhatIsSoonFollowsTheLongestWarningOrADay(t *testing.T) {
	days, hours, sixHours := calendar.Period{N: 3, Unit: calendar.DaysUnit}, calendar.Period{N: 1, Unit: calendar.Hours}, calendar.Period{N: 6, Unit: calendar.Hours}
	day := 24 * calendar.Hour
	const due = calendar.Moment(1) << 50
	for name, c := range map[string]struct {
		term *procedure.Term
		left calendar.Moment
		want Standing
		tone ui.DeadlineTone
	}{
		"within the longest warning":            {&procedure.Term{Warn: []calendar.Period{hours, days}}, 3 * day, Soon, ui.Soon},
		"before the longest warning":            {&procedure.Term{Warn: []calendar.Period{hours, days}}, 3*day + calendar.Minute, OK, ui.OnTime},
		"within a day, whatever the warnings":   {&procedure.Term{Warn: []calendar.Period{sixHours}}, day, Soon, ui.Soon},
		"no warning, more than a day":           {&procedure.Term{}, day + calendar.Minute, OK, ui.OnTime},
		"the term is not known":                 {nil, day, Soon, ui.Soon},
		"the term is not known, over":           {nil, -1, Over, ui.Late},
		"over":                                  {&procedure.Term{}, -1, Over, ui.Late},
		"a possibility, near":                   {&procedure.Term{Breach: procedure.Lapse}, calendar.Hour, Soon, ui.Soon},
		"a possibility that is gone: not late":  {&procedure.Term{Breach: procedure.Lapse}, -1, Lapsed, ui.Stopped},
		"at once, and the moment is long past":  {&procedure.Term{AtOnce: true}, -90 * day, Soon, ui.Soon},
		"a time of waiting, near its end":       {&procedure.Term{Bars: []procedure.ActID{0}}, calendar.Hour, Waiting, ui.Stopped},
		"a time of waiting that is over":        {&procedure.Term{Bars: []procedure.ActID{0}}, -90 * day, Waited, ui.Met},
		"at once, a possibility: still at once": {&procedure.Term{AtOnce: true, Breach: procedure.Lapse}, -day, Soon, ui.Soon},
	} {
		dl := proceedings.Deadline{Status: stored.Running, Due: due}
		if s := Stands(c.term, &dl, due-c.left); s != c.want || s.Tone() != c.tone {
			t.Errorf("%s: %s, %s; want %s, %s", name, s, s.Tone(), c.want, c.tone)
		}
	}
}
