package observe

import (
	"math"

	"nazorat/internal/calendar"
	"nazorat/internal/eventlog"
	"nazorat/internal/fact"
	"nazorat/internal/procedure"
)

// valueOf reads an attribute of a log as a value of a field. What the field
// would not take from a person it does not take from a log; ok is false then.
func valueOf(f *procedure.Field, a *eventlog.Attr, zone *calendar.Zone) (v fact.Value, ok bool) {
	switch f.Type {
	case fact.Money:
		switch a.Kind {
		case eventlog.Float:
			if cents := math.Round(a.Float * 100); math.Abs(cents) < 1<<53 && math.Abs(cents-a.Float*100) < 1e-3 {
				return fact.NumberOf(fact.Money, int64(cents)), true
			}
			return v, false
		case eventlog.Int:
			if a.Int > math.MaxInt64/100 || a.Int < math.MinInt64/100 {
				return v, false
			}
			return fact.NumberOf(fact.Money, a.Int*100), true
		}
	case fact.Number:
		switch a.Kind {
		case eventlog.Int:
			return fact.NumberOf(fact.Number, a.Int), true
		case eventlog.Float:
			if a.Float == math.Trunc(a.Float) && math.Abs(a.Float) < 1<<53 {
				return fact.NumberOf(fact.Number, int64(a.Float)), true
			}
			return v, false
		}
	case fact.YesNo:
		if a.Kind == eventlog.Boolean {
			return fact.NumberOf(fact.YesNo, a.Int), true
		}
	case fact.Moment:
		if a.Kind == eventlog.Date {
			return fact.MomentOf(calendar.Moment(a.Int)), true
		}
	case fact.Date:
		if a.Kind == eventlog.Date {
			return fact.DateOf(zone.Date(calendar.Moment(a.Int))), true
		}
	}
	v, key := f.ParseValue(a.Text(), zone)
	return v, key == ""
}
