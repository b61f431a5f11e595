package demo

import "nazorat/internal/calendar"

const hour, minute = calendar.Hour, calendar.Minute

// at is when a habit is followed.
func (w timing) at(l *life, t *trigger) calendar.Moment {
	some := w.span.from + l.below(w.span.to-w.span.from)
	var m calendar.Moment
	switch w.from {
	case "in":
		return l.inTime(w, t)
	case "before":
		return l.byDesk(t.due - some)
	case "start":
		m = max(t.start, t.since) + some
	case "past":
		m = max(t.due, l.at) + some
	case "last":
		return t.due - 6*hour - l.below(8*hour)
	default:
		m = l.at + some
	}
	if w.desk {
		return l.toDesk(m)
	}
	return m
}

// Office hours. A few work longer; nobody comes exactly at nine.
const (
	opens  = 9 * hour
	closes = 18 * hour
)

// toDesk moves a moment into office hours, forward. Here and in byDesk chance is
// drawn whether or not it is needed: so a life that begins an hour later goes
// the same way, which is what lets scenes be laid.
func (l *life) toDesk(m calendar.Moment) calendar.Moment {
	arrives := opens + 5*minute + l.below(7*hour)
	date, tod := l.zone.Local(m)
	switch {
	case l.days.Working(date) && tod >= opens && tod < closes:
		return m
	case tod >= closes || !l.days.Working(date):
		date++
	}
	return l.zone.Moment(l.days.Next(date), arrives)
}

// byDesk moves a moment into office hours, backward.
func (l *life) byDesk(m calendar.Moment) calendar.Moment {
	leaves := closes - minute - l.below(8*hour)
	date, tod := l.zone.Local(m)
	if l.days.Working(date) && tod >= opens+minute {
		if tod < closes {
			return m
		}
		return l.zone.Moment(date, leaves)
	}
	return l.zone.Moment(l.days.Previous(date-1), leaves)
}

// inTime is when a duty is done, between two parts of its term and rather towards its end, or late.
func (l *life) inTime(w timing, t *trigger) calendar.Moment {
	begin := max(t.start, l.at)
	span := t.due - begin
	inDays := t.due-t.start > 4*day
	share := l.book.pace.lateHours
	if inDays {
		share = l.book.pace.late
	}
	if w.late >= 0 {
		share = w.late
	}
	unlucky, delay, part := l.r.Float64() < share, l.r.ExpFloat64(), w.part[0]+(w.part[1]-w.part[0])*max(l.r.Float64(), l.r.Float64())
	if unlucky && l.plan["punctual"] == "" || span <= 0 {
		if inDays {
			return l.toDesk(t.due + hour + calendar.Moment(delay*float64(3*day)))
		}
		return max(t.due, l.at) + 10*minute + calendar.Moment(delay*float64(2*hour))
	}
	m := begin + calendar.Moment(part*float64(span))
	if inDays {
		latest := l.byDesk(t.due)
		if m = l.toDesk(m); m > t.due {
			m = latest
		}
	}
	return min(m, t.due)
}
