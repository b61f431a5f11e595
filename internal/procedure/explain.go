package procedure

import (
	"errors"
	"slices"

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

// Verdict is whether an act may be done now, and if not, why not.
type Verdict struct {
	Rule    *ActRule
	Thing   int32
	Refusal *Refusal // nil: it may be done
	// Owes are the running deadlines that the act would meet.
	Owes []Deadline
}

// Verdicts says of every act, on every thing that it can be done on, whether
// the actor may do it now; a form is not looked at. The actor's act gives
// Done, Recorded, Officer, Role and Office. Acts that open a proceeding are
// left out of one that is open. For a thing in the wrong state or a role that
// may never, the refusal says what would have been allowed.
func (e *Edition) Verdicts(s State, actor Act) []Verdict {
	var out []Verdict
	for _, r := range e.Acts {
		if r == nil || r.Opens != (len(s.Things) == 0) {
			continue
		}
		if r.Opens {
			out = append(out, e.verdict(s, r, 0, actor))
			continue
		}
		for i := range s.Things {
			if s.Things[i].Kind == r.On {
				out = append(out, e.verdict(s, r, int32(i), actor))
			}
		}
	}
	return out
}

func (e *Edition) verdict(s State, r *ActRule, thing int32, actor Act) Verdict {
	v := Verdict{Rule: r, Thing: thing}
	actor.Act, actor.Thing, actor.Form = r.ID, thing, nil
	d := decision{Scope: Scope{edition: e, state: &s, act: &actor, thing: thing, rule: r}}
	for _, t := range r.meets {
		for i := range s.Deadlines {
			if dl := s.Deadlines[i]; dl.Term == t.ID && s.related(dl.Thing, thing) {
				v.Owes = append(v.Owes, dl)
			}
		}
	}
	if err := d.checkThing(); errors.As(err, &v.Refusal) {
		return v
	}
	if err := d.checkWho(); errors.As(err, &v.Refusal) {
		return v
	}
	if err := d.checkCargo(); errors.As(err, &v.Refusal) {
		return v
	}
	for _, t := range r.barred {
		if err := d.checkBar(t); errors.As(err, &v.Refusal) {
			return v
		}
	}
	for i := range r.When {
		// A condition that looks at the form cannot be decided yet; that is no refusal.
		if ok, err := r.When[i].If.holds(&d.Scope); err == nil && !ok {
			v.Refusal = &Refusal{Reason: ConditionFails, Act: r.Name, Rule: r.When[i].Rule, Article: r.When[i].Article, Zone: e.Days.Zone()}
			return v
		}
	}
	for _, x := range r.extends {
		if x.rule.Until != nil {
			continue
		}
		if err := d.checkExtension(x); errors.As(err, &v.Refusal) {
			return v
		}
	}
	return v
}

// Role reports whether a role may ever do the act.
func (r *ActRule) Role(role string) bool {
	return slices.Contains(r.By, role) || slices.Contains(r.By, InCharge)
}
