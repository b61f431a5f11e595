package procedure

import (
	"nazorat/internal/calendar"
)

// Explanation says why a deadline ends when it does, in parts that a page puts into words.
type Explanation struct {
	Deadline Deadline
	Term     *Term
	Edition  *Edition // the one under which it started
	Start    calendar.Moment
	StartAct *ActRule
	Span     calendar.Span
	End      calendar.End
	FirstDay calendar.Date  // the first day counted; zero for terms in hours
	Skipped  []calendar.Off // days off that were not counted or that the end moved over
	Known    bool           // whether the days off of the years concerned are decreed
	Before   *Term          // the term before whose end this one ends
	By       calendar.Period
	After    *Term // the term from whose end this one runs
	Given    bool  // its end was given in a form; Most is then the longest allowed
	Most     calendar.Period
	Switches []*Switch       // the open questions on which its counting hangs
	Waiting  []*ActRule      // what is not possible while it runs
	Steps    []StepAt        // what follows if it is not met
	Until    calendar.Moment // a moment to which it was extended
	MetBy    []*ActRule
	Longer   []Longer
}

// Longer is a way in which a term can be made longer.
type Longer struct {
	Act      *ActRule
	To, Add  calendar.Period
	Article  string
	Spent    bool            // it can give nothing more
	AskUntil calendar.Moment // until when it must be asked for; 0: nothing said
	AskAct   []*ActRule      // by which act it is asked for
	Would    calendar.Moment // the end that it would give; 0 where that depends on the form
}

// Explain takes a deadline apart. The deadline may run or be over.
func (l *Law) Explain(d Deadline) Explanation {
	e := l.Editions[d.Edition]
	t := e.Terms[d.Term]
	x := Explanation{Deadline: d, Term: t, Edition: e, Start: d.Start, StartAct: l.startAct(d), Span: d.Span, Until: d.Until, Known: true}
	days := e.Days
	zone := days.Zone()
	for _, id := range t.MetBy {
		x.MetBy = append(x.MetBy, e.Acts[id])
	}
	for _, id := range t.Bars {
		x.Waiting = append(x.Waiting, e.Acts[id])
	}
	x.Steps = l.Steps(d)
	for _, name := range t.Switches {
		x.Switches = append(x.Switches, e.Switch(name))
	}
	if t.Before != None {
		x.Before, x.By = e.Terms[t.Before], t.By
		x.Known = days.Known(zone.Date(d.Due))
		return x
	}
	if t.After != None {
		x.After = e.Terms[t.After]
	}
	if d.Span.Within.IsZero() && d.Until != 0 {
		x.Given, x.Most = true, t.Within
		x.Known = days.Known(zone.Date(d.Due))
		for i := range t.Extended {
			x.Longer = append(x.Longer, e.longer(d, t, &t.Extended[i]))
		}
		return x
	}
	x.End = days.End(t.Rule, d.Start, d.Span)
	first, last := zone.Date(d.Start), zone.Date(x.End.Due)
	x.Known = days.Known(first) && days.Known(last)
	if !x.End.ByClock {
		x.FirstDay = first
		if t.Rule.Counts == calendar.FromNext {
			x.FirstDay++
		}
	}
	if d.Span.Within.Unit == calendar.WorkingDays {
		for day := x.FirstDay; day < x.End.Plain; day++ {
			if off, ok := days.Why(day); ok {
				x.Skipped = append(x.Skipped, off)
			}
		}
	}
	for day := x.End.Plain; day < last; day++ {
		if off, ok := days.Why(day); ok {
			x.Skipped = append(x.Skipped, off)
		}
	}
	for i := range t.Extended {
		x.Longer = append(x.Longer, e.longer(d, t, &t.Extended[i]))
	}
	return x
}

// startAct is the act that started a deadline; an edition that extended it may have it no more.
func (l *Law) startAct(d Deadline) *ActRule {
	for i := int(d.Edition); i >= 0; i-- {
		if e := l.Editions[i]; int(d.By) < len(e.Acts) && e.Acts[d.By] != nil {
			return e.Acts[d.By]
		}
	}
	return nil
}

func (e *Edition) longer(d Deadline, t *Term, ext *Extension) Longer {
	lg := Longer{Act: e.Acts[ext.Act], To: ext.To, Add: ext.Add, Article: ext.Article}
	for _, b := range t.hangers {
		if b.Breach == Lapse && b.Before != None {
			lg.AskUntil = e.Days.Before(d.Due, b.By)
			for _, id := range b.MetBy {
				lg.AskAct = append(lg.AskAct, e.Acts[id])
			}
		}
	}
	span := d.Span
	switch {
	case !ext.To.IsZero():
		span.Within = ext.To
	case !ext.Add.IsZero():
		if int(d.Times) >= max(ext.Times, 1) {
			lg.Spent = true
			return lg
		}
		span.Added = span.Added.Plus(ext.Add)
	default:
		return lg
	}
	lg.Would = e.Days.End(t.Rule, d.Start, span).Due
	lg.Spent = lg.Would <= d.Due
	return lg
}
