package explain

import (
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
)

// Value is what a text names: one of the types below.
type Value interface {
	// Type names the type for machines: "moment", "act".
	Type() string
}

// The types of values.
type (
	// Moment is an instant.
	Moment calendar.Moment
	// Date is a civil date.
	Date calendar.Date
	// Period is a length as a law writes it.
	Period calendar.Period
	// Sum is what lengths come to in all, the longest unit first.
	Sum calendar.Sum
	// Length is how long something lasted.
	Length calendar.Moment
	// Number is a plain number.
	Number int
	// Act is the name of an act.
	Act string
	// Acts are names of acts, any of which will do.
	Acts []string
	// Term is the name of a term.
	Term string
	// Roles are names of roles, any of which may act.
	Roles []string
	// Told are names of roles, all of which are told.
	Told []string
	// Article of a law, by its short name.
	Article string
	// Cite is the short name of an act of law, told by its full title.
	Cite procedure.Cite
	// Off are days off, each told with why it is one.
	Off []calendar.Off
	// Choice is an answer to a question of counting.
	Choice string
	// Asks is an open question of counting.
	Asks procedure.Switch
	// Kind is the name of a kind of thing.
	Kind string
	// Share is a fraction, "2/3".
	Share string
	// Thing is a thing of a proceeding, as the pages call it.
	Thing string
)

// Who is an officer in a role. Officer is his name, "" where it is not known.
type Who struct{ Officer, Role string }

// States of a kind.
type States struct {
	Kind   string
	States []string
}

// Type of the value, for machines.
func (Moment) Type() string  { return "moment" }
func (Date) Type() string    { return "date" }
func (Period) Type() string  { return "period" }
func (Sum) Type() string     { return "period" }
func (Length) Type() string  { return "length" }
func (Number) Type() string  { return "number" }
func (Act) Type() string     { return "act" }
func (Acts) Type() string    { return "acts" }
func (Term) Type() string    { return "term" }
func (Roles) Type() string   { return "roles" }
func (Told) Type() string    { return "roles" }
func (Article) Type() string { return "article" }
func (Cite) Type() string    { return "act_of_law" }
func (Off) Type() string     { return "days_off" }
func (Choice) Type() string  { return "choice" }
func (Asks) Type() string    { return "question" }
func (Kind) Type() string    { return "kind" }
func (Share) Type() string   { return "share" }
func (Thing) Type() string   { return "thing" }
func (Who) Type() string     { return "officer" }
func (States) Type() string  { return "states" }

// Value writes a value in a language. A number stays one, so that a text can
// choose its plural form by it.
func (x Explained) Value(w Words, v Value) any {
	lb := w.Law(x.Law.Name)
	switch v := v.(type) {
	case Moment:
		return w.LongMoment(x.Zone, calendar.Moment(v))
	case Date:
		return w.LongDate(calendar.Date(v))
	case Period:
		return w.Period(calendar.Period(v))
	case Sum:
		var out []string
		for _, p := range calendar.Sum(v).Periods() {
			out = append(out, w.Period(p))
		}
		return strings.Join(out, " ")
	case Length:
		return w.Length(calendar.Moment(v))
	case Number:
		return int(v)
	case Act:
		return lb.Act(string(v))
	case Acts:
		out := make([]string, len(v))
		for i, a := range v {
			out[i] = w.T("explain.quoted", "act", lb.Act(a))
		}
		return w.Or(out)
	case Term:
		return lb.Term(string(v))
	case Roles:
		return w.Or(roles(lb, v))
	case Told:
		return w.And(roles(lb, v))
	case Article:
		return lb.Article(string(v))
	case Cite:
		return Title(lb, procedure.Cite(v))
	case Off:
		out := make([]string, len(v))
		for i, o := range v {
			if o.Name == "" {
				out[i] = w.T("explain.off.weekend", "date", w.LongDate(o.Date))
				continue
			}
			out[i] = w.T("explain.off.holiday", "date", w.LongDate(o.Date), "name", lb.Day(o.Name))
		}
		return strings.Join(out, "; ")
	case Choice:
		return w.T("explain.choice." + string(v))
	case Asks:
		s := procedure.Switch(v)
		return Asked(lb, &s)
	case Share:
		return string(v)
	case Kind:
		return lb.Kind(string(v))
	case Thing:
		return string(v)
	case Who:
		if v.Officer == "" {
			return lb.Role(v.Role)
		}
		return w.T("explain.who", "name", w.Name(v.Officer), "role", lb.Role(v.Role))
	case States:
		out := make([]string, len(v.States))
		for i, s := range v.States {
			out[i] = lb.State(v.Kind, s)
		}
		return w.Or(out)
	}
	return ""
}

func roles(lb *procedure.Labels, names []string) []string {
	out := make([]string, len(names))
	for i, r := range names {
		out[i] = lb.Role(r)
	}
	return out
}

// Plain is a value as machines read it: times in RFC 3339 in the zone of the
// law, dates as 2026-03-12, periods as the law writes them, lengths in seconds,
// everything else by its name in the law.
func (x Explained) Plain(v Value) any {
	switch v := v.(type) {
	case Moment:
		return calendar.Moment(v).Time().In(x.Zone.Location()).Format("2006-01-02T15:04:05.999999Z07:00")
	case Date:
		return calendar.Date(v).String()
	case Period:
		return calendar.Period(v).String()
	case Sum:
		return calendar.Sum(v).String()
	case Length:
		return int64(calendar.Moment(v) / calendar.Second)
	case Number:
		return int(v)
	case Act:
		return string(v)
	case Acts:
		return []string(v)
	case Term:
		return string(v)
	case Roles:
		return []string(v)
	case Told:
		return []string(v)
	case Article:
		return string(v)
	case Cite:
		return v.Short
	case Off:
		out := make([]string, len(v))
		for i, o := range v {
			out[i] = o.Date.String()
		}
		return out
	case Choice:
		return string(v)
	case Asks:
		return v.Name
	case Share:
		return string(v)
	case Kind:
		return string(v)
	case Thing:
		return string(v)
	case Who:
		return v.Role
	case States:
		return v.States
	}
	return nil
}
