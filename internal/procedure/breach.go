package procedure

import (
	"slices"

	"nazorat/internal/calendar"
)

// Step is one step of what follows when a term has run out undone.
type Step struct {
	After    calendar.Period // after the end of the term; zero: at once
	Escalate bool            // the matter goes to To; else To is told
	To       []string        // roles, or InCharge
}

// StepAt is a step of a running deadline, with the moment at which it is taken if nobody acts before.
type StepAt struct {
	Step
	At calendar.Moment
}

// Steps says what follows if a deadline is not met: step by step, in the order of
// time. A term that names no steps tells whoever owes it; one that lapses, or is a
// time of waiting, brings about nothing.
func (l *Law) Steps(d Deadline) []StepAt {
	e := l.Editions[d.Edition]
	t := e.Terms[d.Term]
	if t.Breach == Lapse || t.Waiting() {
		return nil
	}
	if len(t.Steps) == 0 {
		return []StepAt{{Step{To: []string{t.OwedBy}}, d.Due + 1}}
	}
	out := make([]StepAt, len(t.Steps))
	for i, s := range t.Steps {
		out[i] = StepAt{s, d.Due + 1}
		if s.After.N > 0 {
			out[i].At = e.Days.End(calendar.Rule{Counts: calendar.FromMoment}, d.Due, calendar.Span{Within: s.After}).Due + 1
		}
	}
	return out
}

// Reaches reports whether the steps of a term come to a role, and how long after its end they do first.
func (t *Term) Reaches(role string) (after calendar.Period, ok bool) {
	for _, s := range t.Steps {
		if slices.Contains(s.To, role) {
			return s.After, true
		}
	}
	return calendar.Period{}, false
}
