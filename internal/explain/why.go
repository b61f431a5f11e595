package explain

import (
	"slices"

	"nazorat/internal/calendar"
)

// why: by which steps the end came about.
func (t *teller) why() {
	t.start()
	switch {
	case t.x.Before != nil:
		t.before()
	case t.term.AtOnce:
		t.say("explain.why.at_once")
	case t.x.Given:
		t.given()
	case byClock(t.x.Span.Within):
		t.hours()
	default:
		t.daysOrLonger()
	}
	if t.d.Stopped != 0 && t.open() {
		t.say("explain.why.stopped_now", "when", Moment(t.d.Stopped), "end", Moment(t.d.Due))
	}
	if !t.x.Known {
		t.say("explain.why.unknown_days")
	}
}

func byClock(p calendar.Period) bool { return p.Unit == calendar.Hours || p.Unit == calendar.Minutes }

// start: which act began it, when, and from when it is counted.
func (t *teller) start() {
	act := Act(t.law.ActName(t.d.By))
	again := t.term.Repeats && !slices.Contains(t.term.StartedBy, t.d.By)
	began := t.story.Began
	switch {
	case began == nil:
		t.say("explain.why.start", "act", act, "when", Moment(t.d.Start))
	case t.byLaw(began):
		t.say("explain.why.start_edition", "when", Moment(began.Done))
	case began.Act != string(act):
		t.say("explain.why.start_carried", "act", Act(began.Act), "who", t.who(began), "when", Moment(began.Done), "first", act, "start", Moment(t.d.Start))
		return
	default:
		t.say("explain.why.start_by", "act", act, "who", t.who(began), "when", Moment(began.Done))
	}
	if again {
		t.say("explain.why.again")
	}
	switch {
	case t.x.After != nil:
		t.say("explain.why.after", "term", Term(t.x.After.Name), "when", Moment(t.d.Start))
	case began != nil && t.d.Start != began.Done && t.x.Before == nil:
		t.say("explain.why.from", "when", Moment(t.d.Start))
	}
}

// before: it ends so long before another.
func (t *teller) before() {
	args := []any{"period", Period(t.x.By), "term", Term(t.x.Before.Name)}
	if p := t.story.Parent; p != nil {
		t.say("explain.why.before_end", append(args, "end", Moment(p.Due), "when", Moment(t.d.Due))...)
	} else {
		t.say("explain.why.before", append(args, "when", Moment(t.d.Due))...)
	}
	t.changes()
}

// given: its end stood in a form, under a cap that the law may set. What earlier
// periods took off the cap the deadline does not hold; that they count is said.
func (t *teller) given() {
	until := t.d.Until
	if t.story.First.No != 0 && t.story.First.Until != 0 {
		until = t.story.First.Until
	}
	switch capped := !t.x.Most.IsZero() && !t.term.AtOnce; {
	case capped && t.term.Sums >= 0:
		t.say("explain.why.most_sums", "period", Period(t.x.Most), "kind", Kind(t.law.KindName(t.term.Sums)))
	case capped:
		most := t.days.End(t.term.Rule, t.d.Start, calendar.Span{Within: t.x.Most}).Due
		t.say("explain.why.most", "period", Period(t.x.Most), "until", Moment(most))
	}
	t.say("explain.why.given", "when", Moment(until))
	t.changes()
}

// first is the length with which it began.
func (t *teller) first() calendar.Period {
	if t.story.First.No != 0 {
		return t.story.First.Span.Within
	}
	for _, c := range t.story.Changes {
		if c.Before.No != 0 {
			return c.Before.Span.Within
		}
	}
	if len(t.term.Extended) == 0 {
		return t.x.Span.Within
	}
	return t.term.Within
}

func (t *teller) hours() {
	rule, within := t.term.Rule, t.first()
	if from := t.d.Start; rule.Counts == calendar.FromNext {
		unit := calendar.Hour
		if within.Unit == calendar.Minutes {
			unit = calendar.Minute
		}
		if _, tod := t.days.Zone().Local(from); tod%unit != 0 && unit == calendar.Hour {
			t.say("explain.why.next_hour", "when", Moment(from+unit-tod%unit))
		}
	} else {
		t.say("explain.why.moment")
	}
	end := t.days.End(rule, t.d.Start, calendar.Span{Within: within})
	plain := rule
	plain.Rolls = calendar.RollNever
	t.say("explain.why.hours", "period", Period(within), "when", Moment(t.days.End(plain, t.d.Start, calendar.Span{Within: within}).Due))
	t.sums()
	t.changes()
	if t.settled() {
		return
	}
	t.rolled()
	if t.x.End.Rolled != 0 || t.x.End.Due != end.Due {
		t.say("explain.why.so", "when", Moment(t.d.Due))
	}
}

func (t *teller) daysOrLonger() {
	rule, within := t.term.Rule, t.first()
	first, _ := t.days.Zone().Local(t.d.Start)
	switch rule.Counts {
	case calendar.FromNext:
		t.say("explain.why.next_day", "date", Date(first+1))
	case calendar.FromDay:
		t.say("explain.why.this_day", "date", Date(first))
	default:
		t.say("explain.why.moment")
	}
	length := calendar.Span{Within: within}
	if t.term.Lengths != nil { // years, months and days as the form says them
		length.Added = t.x.Span.Added
	}
	plain := t.days.End(rule, t.d.Start, length).Plain
	if length.Added.IsZero() {
		t.say("explain.why.length", "period", Period(within), "date", Date(plain))
	} else {
		t.say("explain.why.length_and", "period", Period(within), "more", Sum(length.Added), "date", Date(plain))
	}
	if t.term.Share.Den > 0 {
		t.say("explain.why.share", "share", Share(t.term.Share.String()))
	}
	_, _, begun := first.Civil()
	if _, _, day := plain.Civil(); (within.Unit == calendar.Months || within.Unit == calendar.Years) && rule.Counts != calendar.FromDay && day != begun {
		t.say("explain.why.short_month", "day", Number(begun))
	}
	if within.Unit == calendar.WorkingDays {
		from := first
		if rule.Counts == calendar.FromNext || rule.Counts == calendar.FromMoment {
			from++
		}
		if off := t.between(from, plain); len(off) > 0 {
			t.say("explain.why.days_off", "list", off)
		}
	}
	t.sums()
	t.changes()
	if t.x.End.Plain != plain && t.d.Until <= t.x.End.Due {
		t.say("explain.why.last_day", "date", Date(t.x.End.Plain))
	}
	if t.settled() {
		return
	}
	t.rolled()
	switch due := t.x.End.Due; {
	case rule.Counts == calendar.FromMoment:
		t.say("explain.why.same_time", "when", Moment(due))
	case rule.Ends == calendar.CloseOfBusiness:
		t.say("explain.why.closing", "when", Moment(due))
	default:
		t.say("explain.why.midnight", "when", Moment(due))
	}
}

// settled reports whether what has been said leads to the end already: a later
// end that an act stated holds, nothing is left, or the clock stands still.
func (t *teller) settled() bool {
	switch {
	case t.d.Until > t.x.End.Due:
		t.say("explain.why.later", "when", Moment(t.d.Until))
		return true
	case t.x.End.Due < t.d.Start:
		t.say("explain.why.nothing_left", "when", Moment(t.d.Due))
		return true
	}
	return t.d.Stopped != 0 && t.open()
}

// dayCount is a number of days.
func dayCount(n int) Value { return Period(calendar.Period{N: n, Unit: calendar.DaysUnit}) }

// sums: what earlier periods used up, or what counts toward it.
func (t *teller) sums() {
	if len(t.term.Credits) > 0 {
		switch first := t.x.Span.SpentDays; {
		case t.story.First.No != 0 && t.story.First.Span.SpentDays != first: // what changed it is told next
			t.say("explain.why.credited", "length", dayCount(t.story.First.Span.SpentDays))
		case first > 0:
			t.say("explain.why.credited", "length", dayCount(first))
		default:
			t.say("explain.why.credited_none")
		}
		return
	}
	if t.term.Sums < 0 {
		return
	}
	kind := Kind(t.law.KindName(t.term.Sums))
	switch s := t.x.Span; {
	case s.SpentDays > 0:
		t.say("explain.why.sums_used", "kind", kind, "length", Length(calendar.Moment(s.SpentDays)*24*calendar.Hour))
	case s.SpentFor > 0:
		t.say("explain.why.sums_used", "kind", kind, "length", Length(s.SpentFor))
	default:
		t.say("explain.why.sums", "kind", kind)
	}
}

// changes tells of extensions, stops and new counts, each with the act that
// brought it about. Without the journal it tells their sum.
func (t *teller) changes() {
	for i := range t.story.Changes {
		t.change(&t.story.Changes[i])
	}
	if len(t.story.Changes) > 0 || t.x.Before != nil {
		return
	}
	span := t.x.Span
	if !t.x.Given && span.Within != t.first() {
		t.say("explain.why.extended_to", "period", Period(span.Within))
	}
	if !span.Added.IsZero() && t.term.Lengths == nil {
		t.say("explain.why.extended_add", "period", Sum(span.Added))
	}
	switch {
	case span.StoppedDays > 0:
		t.say("explain.why.stood", "length", Period(dayPeriod(span, span.StoppedDays)))
	case span.StoppedFor > 0:
		t.say("explain.why.stood", "length", Length(span.StoppedFor))
	}
}

// dayPeriod is a number of the days in which a span is counted.
func dayPeriod(s calendar.Span, n int) calendar.Period {
	if s.Within.Unit == calendar.WorkingDays {
		return calendar.Period{N: n, Unit: calendar.WorkingDays}
	}
	return calendar.Period{N: n, Unit: calendar.DaysUnit}
}

func (t *teller) change(c *Change) {
	if c.Effect == "recounted" {
		t.say("explain.why.recounted", "since", Date(t.law.Editions[c.After.Edition].InForce), "was", Moment(c.Was), "end", Moment(c.After.Due))
		return
	}
	if c.Effect == "credited" {
		t.say("explain.why.credited_change", "act", Act(c.Entry.Act), "who", t.who(c.Entry), "when", Moment(c.Entry.Done), "length", dayCount(c.After.Span.SpentDays), "end", Moment(c.After.Due))
		return
	}
	args := []any{"act", Act(c.Entry.Act), "who", t.who(c.Entry), "when", Moment(c.Entry.Done)}
	end := func(more ...any) []any { return append(append(args, "end", Moment(c.After.Due)), more...) }
	switch {
	case t.byLaw(c.Entry):
		t.say("explain.why.moved_edition", "when", Moment(c.Entry.Done), "end", Moment(c.After.Due))
	case c.Effect == "stopped":
		t.say("explain.why.stopped", args...)
	case c.Effect == "resumed":
		t.resumed(c, end)
	default:
		t.extended(c, end)
	}
}

func (t *teller) resumed(c *Change, end func(...any) []any) {
	since := c.Before.Stopped
	hangs := t.x.Before != nil || t.x.After != nil
	switch {
	case since == 0:
		t.say("explain.why.resumed", end()...)
		return
	case hangs: // that its end moves with the other's is told next
		t.say("explain.why.went_on", "act", Act(c.Entry.Act), "who", t.who(c.Entry), "when", Moment(c.Entry.Done), "since", Moment(since))
		return
	}
	var length Value = Length(c.Entry.Done - since)
	switch s := c.After.Span; {
	case byClock(s.Within):
	case c.After.Span.StoppedDays >= c.Before.Span.StoppedDays:
		length = Period(dayPeriod(s, s.StoppedDays-c.Before.Span.StoppedDays))
	}
	t.say("explain.why.resumed_since", end("since", Moment(since), "length", length)...)
}

// extended tells of one extension: a new total, so much more, a moment stated;
// or that it moved with the term on which it hangs.
func (t *teller) extended(c *Change, end func(...any) []any) {
	b, a := c.Before, c.After
	article := t.articleOf(c)
	switch {
	case t.x.Before != nil:
		t.say("explain.why.moved", end("term", Term(t.x.Before.Name))...)
	case b.No == 0:
		t.say("explain.why.extended", end("article", article)...)
	case a.Span.Within != b.Span.Within:
		t.say("explain.why.extended_total", end("period", Period(a.Span.Within), "article", article)...)
	case a.Span.Added != b.Span.Added:
		more := a.Span.Added.Less(b.Span.Added)
		if total := a.Span.Added.Plus(a.Span.Within).Periods(); len(total) == 1 {
			t.say("explain.why.added_total", end("period", Sum(more), "total", Period(total[0]), "article", article)...)
			return
		}
		t.say("explain.why.added", end("period", Sum(more), "within", Period(a.Span.Within), "added", Sum(a.Span.Added), "article", article)...)
	case a.Until != b.Until:
		t.say("explain.why.extended_until", end("article", article)...)
	case t.x.After != nil:
		t.say("explain.why.moved", end("term", Term(t.x.After.Name))...)
	default:
		t.say("explain.why.extended", end("article", article)...)
	}
}

// articleOf is the article of an extension: that of the term's rule for the act, else of the act itself.
func (t *teller) articleOf(c *Change) Article {
	e := t.law.Editions[c.After.Edition]
	act := t.law.Act(c.Entry.Act)
	if term := e.Terms[c.After.Term]; term != nil {
		for _, x := range term.Extended {
			if x.Act == act && x.Article != "" {
				return Article(x.Article)
			}
		}
	}
	if r := e.Act(c.Entry.Act); r != nil {
		return Article(r.Article)
	}
	return Article(t.term.Article)
}

// rolled tells what happened to an end on a day off.
func (t *teller) rolled() {
	end, rule := t.x.End, t.term.Rule
	off, isOff := t.days.Why(end.Plain)
	to := end.Plain + calendar.Date(end.Rolled)
	switch {
	case rule.Rolls == calendar.RollNever && isOff:
		t.say("explain.why.never_off", "day", Off{off}, "article", Article(t.term.Article))
	case rule.Rolls == calendar.RollNever:
		t.say("explain.why.never", "article", Article(t.term.Article))
	case !isOff:
		t.say("explain.why.works")
	case end.Rolled < 0:
		t.say("explain.why.rolled_back", "list", t.between(to+1, end.Plain+1), "date", Date(to))
	default:
		t.say("explain.why.rolled", "list", t.between(end.Plain, to), "date", Date(to))
	}
}

// between lists the days off from one date until before another.
func (t *teller) between(from, to calendar.Date) (out Off) {
	for day := from; day < to; day++ {
		if o, off := t.days.Why(day); off {
			out = append(out, o)
		}
	}
	return out
}
