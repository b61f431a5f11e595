package desk

import (
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/docket"
	"nazorat/internal/picture"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
)

// termStory is what the journal tells of one deadline: which entry started it,
// what made it longer or stopped it, what ended it. Parts that the journal at
// hand does not reach are nil or missing, and the explanation does without.
type termStory struct {
	began   *docket.Logged
	changes []termChange // oldest first
	closed  *docket.Logged
	names   map[string]string // officers by id
	parent  *docket.Deadline  // the deadline before whose end this one ends
}

// termChange is one extension of a deadline, one stop of its clock, or its going on.
type termChange struct {
	effect string // as in procedure.Record
	entry  *docket.Logged
	after  procedure.Deadline
	since  calendar.Moment // for resumed: when the clock had stopped
}

// storyOf finds what a history (newest first) tells of the deadline.
func storyOf(law *procedure.Law, dl *docket.Deadline, history []docket.Logged) termStory {
	var s termStory
	var since calendar.Moment
	for i := len(history) - 1; i >= 0; i-- {
		l := &history[i]
		for _, r := range l.Effects {
			if r.Deadline == nil || r.Deadline.No != dl.No {
				continue
			}
			switch r.Effect {
			case "started":
				s.began = l
			case "met", "ended":
				s.closed = l
			case "extended", "stopped", "resumed":
				after, err := law.DecodeDeadline(*r.Deadline)
				if err != nil {
					continue // the law lost a name: the end stored still stands
				}
				s.changes = append(s.changes, termChange{r.Effect, l, after, since})
				since = after.Stopped
			}
		}
	}
	return s
}

// officers named in the story, by id.
func (s *termStory) officers() []string {
	var ids []string
	for _, l := range []*docket.Logged{s.began, s.closed} {
		if l != nil {
			ids = append(ids, l.Officer)
		}
	}
	for _, c := range s.changes {
		ids = append(ids, c.entry.Officer)
	}
	return ids
}

// telling writes the steps by which a deadline came to its end.
type telling struct {
	w     *web.Words
	zone  *calendar.Zone
	days  *calendar.Days
	lb    *procedure.Labels
	x     procedure.Explanation
	story *termStory
	out   []string
}

// termSteps explains, step by step, why the deadline ends when it does. Every
// step is one whole sentence.
func termSteps(w *web.Words, law *procedure.Law, x procedure.Explanation, story termStory) []string {
	t := &telling{w: w, zone: x.Edition.Days.Zone(), days: x.Edition.Days, lb: w.Law(law.Name), x: x, story: &story}
	t.start()
	switch {
	case x.Before != nil:
		t.before()
	case x.Term.AtOnce:
		t.say("deadline.step.at_once")
	case x.Span.Within.Unit == calendar.Hours || x.Span.Within.Unit == calendar.Minutes:
		t.hours()
	default:
		t.daysOrLonger()
	}
	if x.Deadline.Stopped != 0 {
		t.say("deadline.step.stopped_now", "when", t.moment(x.Deadline.Stopped), "end", t.moment(x.Deadline.Due))
	}
	return t.out
}

// settled reports whether what has been said leads to the end already: a later
// end that an act stated holds, or the clock stands still.
func (t *telling) settled() bool {
	if t.x.Until > t.x.End.Due {
		t.say("deadline.step.later", "when", t.moment(t.x.Until))
	}
	return t.x.Until > t.x.End.Due || t.x.Deadline.Stopped != 0
}

func (t *telling) say(key string, args ...any) { t.out = append(t.out, t.w.T(key, args...)) }

func (t *telling) moment(m calendar.Moment) string { return t.w.LongMoment(t.zone, m) }

// who did an entry: his name, else his role.
func (t *telling) who(l *docket.Logged) string {
	role := t.lb.Role(l.Role)
	if name := t.story.names[l.Officer]; name != "" {
		return t.w.T("deadline.who", "name", t.w.Name(name), "role", role)
	}
	return role
}

func (t *telling) start() {
	act := t.lb.Act(t.x.StartAct.Name)
	began := t.story.began
	if began == nil {
		t.say("deadline.step.start", "act", act, "when", t.moment(t.x.Start))
		return
	}
	if began.Act != t.x.StartAct.Name {
		act = t.lb.Act(began.Act)
	}
	t.say("deadline.step.start_by", "act", act, "who", t.who(began), "when", t.moment(began.Done))
	if t.x.Start != began.Done && t.x.Before == nil {
		t.say("deadline.step.from", "when", t.moment(t.x.Start))
	}
}

func (t *telling) before() {
	args := []any{"period", t.w.Period(t.x.By), "term", t.lb.Term(t.x.Before.Name)}
	if t.story.parent == nil {
		t.say("deadline.step.before", args...)
		return
	}
	t.say("deadline.step.before_end", append(args, "end", t.moment(t.story.parent.Due), "when", t.moment(t.x.Deadline.Due))...)
	if t.story.parent.Due > picture.OriginalEnd(t.x.Edition.Law, t.story.parent) {
		t.say("deadline.step.before_moved", args...)
	}
}

func (t *telling) hours() {
	rule, first := t.x.Term.Rule, t.x.Start
	if rule.Counts == calendar.FromNext {
		if _, tod := t.zone.Local(first); tod%calendar.Hour != 0 && t.x.Span.Within.Unit == calendar.Hours {
			first += calendar.Hour - tod%calendar.Hour
			t.say("deadline.step.next_hour", "when", t.moment(first))
		}
	} else {
		t.say("deadline.step.moment")
	}
	end := t.days.End(rule, t.x.Start, calendar.Span{Within: t.x.Term.Within})
	t.say("deadline.step.hours", "period", t.w.Period(t.x.Term.Within), "when", t.moment(end.Due))
	t.changes()
	if !t.settled() {
		t.rolled()
	}
}

func (t *telling) daysOrLonger() {
	term, rule := t.x.Term, t.x.Term.Rule
	first, _ := t.zone.Local(t.x.Start)
	switch rule.Counts {
	case calendar.FromNext:
		t.say("deadline.step.next_day", "date", t.w.LongDate(first+1))
	case calendar.FromDay:
		t.say("deadline.step.this_day", "date", t.w.LongDate(first))
	default:
		t.say("deadline.step.moment")
	}
	plain := t.days.End(rule, t.x.Start, calendar.Span{Within: term.Within}).Plain
	t.say("deadline.step.length", "period", t.w.Period(term.Within), "date", t.w.LongDate(plain))
	_, _, begun := first.Civil()
	if _, _, day := plain.Civil(); (term.Within.Unit == calendar.Months || term.Within.Unit == calendar.Years) && rule.Counts != calendar.FromDay && day != begun {
		t.say("deadline.step.short_month", "day", begun)
	}
	if term.Within.Unit == calendar.WorkingDays {
		var off []calendar.Off
		for _, o := range t.x.Skipped {
			if o.Date < plain {
				off = append(off, o)
			}
		}
		if len(off) > 0 {
			t.say("deadline.step.days_off", "list", t.listOff(off))
		}
	}
	t.changes()
	if t.x.End.Plain != plain {
		t.say("deadline.step.last_day", "date", t.w.LongDate(t.x.End.Plain))
	}
	if t.settled() {
		return
	}
	t.rolled()
	switch due := t.x.End.Due; {
	case rule.Counts == calendar.FromMoment:
		t.say("deadline.step.same_time", "when", t.moment(due))
	case rule.Ends == calendar.CloseOfBusiness:
		t.say("deadline.step.closing", "when", t.moment(due))
	default:
		t.say("deadline.step.midnight", "when", t.moment(due))
	}
}

// changes tells of extensions and stops. Without the journal it tells their sum.
func (t *telling) changes() {
	for _, c := range t.story.changes {
		args := []any{"act", t.lb.Act(c.entry.Act), "who", t.who(c.entry), "when", t.moment(c.entry.Done), "end", t.moment(c.after.Due)}
		switch c.effect {
		case "stopped":
			t.say("deadline.step.stopped", args...)
		case "resumed":
			t.say("deadline.step.resumed", append(args, "length", t.stood(c))...)
		default:
			t.say("deadline.step.extended", args...)
		}
	}
	if len(t.story.changes) > 0 {
		return
	}
	span := t.x.Span
	if span.Within != t.x.Term.Within {
		t.say("deadline.step.extended_to", "period", t.w.Period(span.Within))
	}
	if !span.Added.IsZero() {
		t.say("deadline.step.extended_add", "period", t.w.Period(span.Added))
	}
	switch {
	case span.StoppedDays > 0:
		t.say("deadline.step.stood", "length", t.w.Period(calendar.Period{N: span.StoppedDays, Unit: calendar.DaysUnit}))
	case span.StoppedFor > 0:
		t.say("deadline.step.stood", "length", t.w.Length(span.StoppedFor))
	}
}

// stood is how long the clock had stood still: whole days, as they are counted, or by the clock.
func (t *telling) stood(c termChange) string {
	if u := t.x.Span.Within.Unit; u == calendar.Hours || u == calendar.Minutes {
		return t.w.Length(c.entry.Done - c.since)
	}
	return t.w.Period(calendar.Period{N: t.days.DaysBetween(c.since, c.entry.Done), Unit: calendar.DaysUnit})
}

// rolled tells what happened to an end on a day off.
func (t *telling) rolled() {
	end, rule := t.x.End, t.x.Term.Rule
	off, isOff := t.days.Why(end.Plain)
	switch {
	case rule.Rolls == calendar.RollNever && isOff:
		t.say("deadline.step.never_off", "day", t.off(off), "article", t.lb.Article(t.x.Term.Article))
	case rule.Rolls == calendar.RollNever:
		t.say("deadline.step.never", "article", t.lb.Article(t.x.Term.Article))
	case !isOff:
		t.say("deadline.step.works")
	case end.Rolled < 0:
		t.say("deadline.step.rolled_back", "list", t.listOff(t.moved(end.Plain+calendar.Date(end.Rolled)+1, end.Plain)), "date", t.w.LongDate(end.Plain+calendar.Date(end.Rolled)))
	default:
		t.say("deadline.step.rolled", "list", t.listOff(t.moved(end.Plain, end.Plain+calendar.Date(end.Rolled)-1)), "date", t.w.LongDate(end.Plain+calendar.Date(end.Rolled)))
	}
}

// moved lists the days off from one date to another, both included.
func (t *telling) moved(from, to calendar.Date) []calendar.Off {
	var out []calendar.Off
	for day := from; day <= to; day++ {
		if o, off := t.days.Why(day); off {
			out = append(out, o)
		}
	}
	return out
}

func (t *telling) listOff(list []calendar.Off) string {
	out := make([]string, len(list))
	for i, o := range list {
		out[i] = t.off(o)
	}
	return strings.Join(out, "; ")
}

// off names a day off and why it is one.
func (t *telling) off(o calendar.Off) string {
	if o.Name == "" {
		return t.w.T("deadline.off.weekend", "date", t.w.LongDate(o.Date))
	}
	return t.w.T("deadline.off.holiday", "date", t.w.LongDate(o.Date), "name", t.lb.Day(o.Name))
}
