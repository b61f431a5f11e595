package picture

import (
	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/stored"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Standing is where a deadline stands, finer than the tone of its tag.
type Standing string

// The standings. Pages name classes and texts by them.
const (
	OK      Standing = "ok"
	Soon    Standing = "soon" // its end is near, or it is to be met at once
	Over    Standing = "over"
	Lapsed  Standing = "lapsed" // a possibility that is gone: nobody is late
	Stopped Standing = "stopped"
	Met     Standing = "met"
	MetLate Standing = "met_late"
	Ended   Standing = "ended"   // fell away
	Waiting Standing = "waiting" // a time of waiting runs: something is not possible yet, and nobody owes anything
	Waited  Standing = "waited"  // it is over: what it held up is possible
)

// TermOf is the term of a deadline in the edition under which it started. It
// is nil where the law has no such edition or term any more.
func TermOf(law *procedure.Law, dl *proceedings.Deadline) *procedure.Term {
	if e := law.Edition(dl.Basis.Edition); e != nil {
		return e.Term(dl.Term)
	}
	return nil
}

// Stands says where a deadline stands at a moment. Where the term is not known
// it may be nil: then the deadline is a duty like most, with no warning of its own.
func Stands(t *procedure.Term, dl *proceedings.Deadline, now calendar.Moment) Standing {
	switch dl.Status {
	case stored.Met:
		return Met
	case stored.Late:
		return MetLate
	case stored.Ended:
		return Ended
	case stored.Stopped:
		return Stopped
	}
	switch {
	case (dl.Status == stored.Waiting || t != nil && t.Waiting()) && dl.Due < now:
		return Waited
	case dl.Status == stored.Waiting || t != nil && t.Waiting():
		return Waiting
	case t != nil && t.AtOnce:
		return Soon
	case dl.Due < now && t != nil && t.Breach == procedure.Lapse:
		return Lapsed
	case dl.Due < now:
		return Over
	case dl.Due-now <= window(t):
		return Soon
	}
	return OK
}

// Open reports whether the deadline still asks something of somebody, or holds something up.
func (s Standing) Open() bool {
	return s == OK || s == Soon || s == Over || s == Stopped || s == Waiting
}

// Tone is how a tag and a line of a list show it.
func (s Standing) Tone() ui.DeadlineTone {
	switch s {
	case Soon:
		return ui.Soon
	case Over, MetLate:
		return ui.Late
	case Stopped, Lapsed, Waiting:
		return ui.Stopped
	case Met, Ended, Waited:
		return ui.Met
	}
	return ui.OnTime
}

// Words say in a few words where a deadline stands; t may be nil, as in Stands.
func (s Standing) Words(w *web.Words, t *procedure.Term, dl *proceedings.Deadline, now calendar.Moment) string {
	switch s {
	case MetLate:
		return w.T("clock.met_late", "length", w.Length(dl.Closed-dl.Due))
	case Soon:
		if t != nil && t.AtOnce {
			if now-dl.Due < calendar.Minute {
				return w.T("period.at_once")
			}
			return w.T("clock.at_once_since", "length", w.Length(now-dl.Due))
		}
		return w.Left(now, dl.Due)
	case OK, Over:
		return w.Left(now, dl.Due)
	}
	return w.T("clock." + string(s))
}

// leastWindow: whatever a law says of warnings, what ends within a day is soon.
const leastWindow = 24 * calendar.Hour

// window is how long before its end a term is soon due: its longest warning,
// or a day if that is longer.
func window(t *procedure.Term) calendar.Moment {
	longest := leastWindow
	if t == nil {
		return longest
	}
	for _, w := range t.Warn {
		longest = max(longest, length(w))
	}
	return longest
}

// length of a period, months and years taken roughly: it only decides what looks urgent.
func length(p calendar.Period) calendar.Moment {
	n := calendar.Moment(p.N)
	switch p.Unit {
	case calendar.Minutes:
		return n * calendar.Minute
	case calendar.Hours:
		return n * calendar.Hour
	case calendar.Months:
		return n * 30 * 24 * calendar.Hour
	case calendar.Years:
		return n * 365 * 24 * calendar.Hour
	}
	return n * 24 * calendar.Hour
}
