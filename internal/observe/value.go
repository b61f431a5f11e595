package observe

import (
	"math"

	"nazorat/internal/calendar"
	"nazorat/internal/eventlog"
	"nazorat/internal/procedure"
)

// valueOf reads an attribute of a log as a value of a field. What the field
// would not take from a person it does not take from a log; ok is false then.
func valueOf(f *procedure.Field, a *eventlog.Attr, zone *calendar.Zone) (v procedure.Value, ok bool) {
	switch f.Type {
	case procedure.Money:
		switch a.Kind {
		case eventlog.Float:
			if cents := math.Round(a.Float * 100); math.Abs(cents) < 1<<53 && math.Abs(cents-a.Float*100) < 1e-3 {
				return procedure.NumberOf(procedure.Money, int64(cents)), true
			}
			return v, false
		case eventlog.Int:
			if a.Int > math.MaxInt64/100 || a.Int < math.MinInt64/100 {
				return v, false
			}
			return procedure.NumberOf(procedure.Money, a.Int*100), true
		}
	case procedure.Number:
		switch a.Kind {
		case eventlog.Int:
			return procedure.NumberOf(procedure.Number, a.Int), true
		case eventlog.Float:
			if a.Float == math.Trunc(a.Float) && math.Abs(a.Float) < 1<<53 {
				return procedure.NumberOf(procedure.Number, int64(a.Float)), true
			}
			return v, false
		}
	case procedure.YesNo:
		if a.Kind == eventlog.Boolean {
			return procedure.NumberOf(procedure.YesNo, a.Int), true
		}
	case procedure.Moment:
		if a.Kind == eventlog.Date {
			return procedure.MomentOf(calendar.Moment(a.Int)), true
		}
	case procedure.Date:
		if a.Kind == eventlog.Date {
			return procedure.DateOf(zone.Date(calendar.Moment(a.Int))), true
		}
	}
	v, key := f.ParseValue(a.Text(), zone)
	return v, key == ""
}
