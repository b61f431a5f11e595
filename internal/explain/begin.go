package explain

import (
	"fmt"
	"slices"

	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
)

// Begin is a deadline as it would be if a term began at a moment: what can be
// known of it without a proceeding. A term that hangs on the end of another
// begins with that one, which is given as well. act is the name of the act that
// starts it, "" for the first that the law names; until is the end that a form
// would give, 0 for none. It errs where the law says that it cannot begin so.
func Begin(e *procedure.Edition, t *procedure.Term, act string, start, until calendar.Moment) (d procedure.Deadline, base *procedure.Deadline, err error) {
	if id := t.Base(); id != procedure.None {
		b, _, err := Begin(e, e.Terms[id], act, start, until)
		if err != nil {
			return d, nil, err
		}
		d = procedure.Deadline{No: b.No + 1, Term: t.ID, Edition: int16(e.Index), By: b.By, Start: start, Due: e.Days.Before(b.Due, t.By)}
		if t.After != procedure.None {
			d.Start, d.Span.Within = b.Due, t.Within
			d.Due = e.Days.End(t.Rule, d.Start, d.Span).Due
		}
		return d, &b, nil
	}
	by := t.StartedBy[0]
	if act != "" {
		if by = e.Law.Act(act); !slices.Contains(t.StartedBy, by) {
			return d, nil, fmt.Errorf("the act %s does not start the term %s", act, t.Name)
		}
	}
	within := t.Within
	if int(by) < len(t.Withins) && !t.Withins[by].IsZero() {
		within = t.Withins[by]
	}
	d = procedure.Deadline{No: 1, Term: t.ID, Edition: int16(e.Index), By: by, Start: start}
	if t.Until == nil || t.Until[by] == nil {
		if until != 0 {
			return d, nil, fmt.Errorf("the end of the term %s is not given in a form: it follows from its start", t.Name)
		}
		d.Span.Within = within
		d.Due = e.Days.End(t.Rule, start, d.Span).Due
		return d, nil, nil
	}
	switch {
	case until == 0:
		return d, nil, fmt.Errorf("the end of the term %s is given in the form of %s: say until when", t.Name, e.Law.ActName(by))
	case until < start:
		return d, nil, fmt.Errorf("the term %s would end before it begins", t.Name)
	}
	if !within.IsZero() {
		if most := e.Days.End(t.Rule, start, calendar.Span{Within: within}).Due; until > most {
			return d, nil, fmt.Errorf("the term %s may last until %s at most (%s)", t.Name, e.Days.Zone().Format(most), t.Article)
		}
	}
	d.Until, d.Due = until, until
	return d, nil, nil
}
