package web

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/docket"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/procedure"
)

// Date writes a date for tables and forms: 12.03.2026, in English 12 Mar 2026.
func (w *Words) Date(d calendar.Date) string {
	y, m, day := d.Civil()
	if w.base == "en" {
		return fmt.Sprintf("%d %s %d", day, w.T(fmt.Sprintf("month.short.%d", m)), y)
	}
	return fmt.Sprintf("%02d.%02d.%d", day, m, y)
}

// LongDate writes a date for a sentence, with the day of the week.
func (w *Words) LongDate(d calendar.Date) string {
	y, m, day := d.Civil()
	return w.T("date.long", "day", day, "month", w.T(fmt.Sprintf("month.%d", m)), "year", y, "weekday", w.T(fmt.Sprintf("weekday.%d", int(d.Weekday()))))
}

// clock writes the time of day; the end of a day as 24:00.
func clock(tod calendar.Moment) string {
	if tod%calendar.Minute == calendar.Minute-calendar.Microsecond {
		tod++ // the last microsecond before the full minute is that minute
	}
	return fmt.Sprintf("%02d:%02d", tod/calendar.Hour, tod%calendar.Hour/calendar.Minute)
}

// Moment writes a date and a time of day.
func (w *Words) Moment(zone *calendar.Zone, m calendar.Moment) string {
	d, tod := zone.Local(m)
	return w.Date(d) + " " + clock(tod)
}

// LongMoment writes a moment for a sentence.
func (w *Words) LongMoment(zone *calendar.Zone, m calendar.Moment) string {
	d, tod := zone.Local(m)
	return w.T("moment.long", "date", w.LongDate(d), "time", clock(tod))
}

// Machine is a moment for machines.
func Machine(zone *calendar.Zone, m calendar.Moment) string {
	return m.Time().In(zone.Location()).Format(time.RFC3339)
}

// Period writes a period of the law: "10 days".
func (w *Words) Period(p calendar.Period) string {
	if p.Unit == calendar.Minutes && p.N == 0 {
		return w.T("period.at_once")
	}
	return w.T("period."+p.Unit.String(), "n", p.N)
}

// Length writes how long something lasts in its two largest units: "3 days 4 hours".
func (w *Words) Length(m calendar.Moment) string {
	if m < 0 {
		m = -m
	}
	minutes := int((m + calendar.Microsecond) / calendar.Minute)
	days, hours, minutes := minutes/(24*60), minutes/60%24, minutes%60
	switch {
	case days >= 10 || days > 0 && hours == 0:
		return w.T("period.d", "n", days)
	case days > 0:
		return w.T("period.d", "n", days) + " " + w.T("period.h", "n", hours)
	case hours > 0 && minutes > 0 && hours < 10:
		return w.T("period.h", "n", hours) + " " + w.T("period.min", "n", minutes)
	case hours > 0:
		return w.T("period.h", "n", hours)
	}
	return w.T("period.min", "n", minutes)
}

// Left says how long there is until an end, or since.
func (w *Words) Left(now, due calendar.Moment) string {
	if due < now {
		return w.T("due.over", "length", w.Length(now-due))
	}
	return w.T("due.left", "length", w.Length(due-now))
}

// Value writes a fact. Names of officers, offices and things are the caller's: it knows them.
func (w *Words) Value(law, act, field string, zone *calendar.Zone, v fact.Value, currency string) string {
	switch v.Type {
	case fact.Date:
		return w.Date(calendar.Date(v.Num))
	case fact.Moment:
		return w.Moment(zone, calendar.Moment(v.Num))
	case fact.YesNo:
		return w.T("value." + v.String())
	case fact.Money:
		if v.Text != "" {
			currency = v.Text
		}
		return w.Amount(v.Num) + " " + currency
	case fact.Number:
		return w.Number(v.Num)
	case fact.Choice:
		return w.Law(law).Choice(act, field, v.Text)
	case fact.Person:
		return w.Name(v.Text)
	case fact.Place:
		return w.Law(law).Place(v.Text)
	case fact.Article:
		return w.Law(law).Article(v.Text)
	case fact.Document:
		if f, ok := fact.FileOf(v.Text); ok && f.Type != "" {
			return w.T("document.named", "name", f.Name, "type", w.T("document.type."+f.Type[strings.IndexByte(f.Type, '/')+1:]), "size", w.Size(f.Size))
		}
	}
	return v.Text
}

// Size writes how much a file holds.
func (w *Words) Size(bytes int64) string {
	switch {
	case bytes < 1000:
		return w.T("size.bytes", "n", w.Number(bytes))
	case bytes < 1_000_000:
		return w.T("size.kilobytes", "n", w.Number((bytes+500)/1000))
	}
	tenths := (bytes + 50_000) / 100_000
	sign := ","
	if w.base == "en" {
		sign = "."
	}
	return w.T("size.megabytes", "n", w.Number(tenths/10)+sign+strconv.FormatInt(tenths%10, 10))
}

// Number writes a whole number with its thousands apart.
func (w *Words) Number(n int64) string {
	s := fmt.Sprintf("%d", n)
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	sep := "\u00a0"
	if w.base == "en" {
		sep = ","
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + sep + s[i:]
	}
	if neg {
		s = "−" + s
	}
	return s
}

// Amount writes hundredths of a currency.
func (w *Words) Amount(n int64) string {
	point := ","
	if w.base == "en" {
		point = "."
	}
	sign := ""
	if n < 0 {
		sign, n = "−", -n // the whole part of half a unit has no sign of its own
	}
	return fmt.Sprintf("%s%s%s%02d", sign, w.Number(n/100), point, n%100)
}

// Fault puts what went wrong into words. law, where it is known, is the one
// whose labels a refusal uses.
func (w *Words) Fault(law *procedure.Law, f *fault.Error) string {
	var r *procedure.Refusal
	if law != nil && errors.As(error(f), &r) {
		return w.Refusal(law, r)
	}
	if f.Kind == fault.Internal {
		return w.T("fault.internal")
	}
	args := make([]any, 0, 2*len(f.Args)+2)
	for k, v := range f.Args {
		args = append(args, k, v)
	}
	return w.T(f.Key, args...)
}

// linkFailed says which act in which other proceeding stands in the way, and why.
func (w *Words) linkFailed(f *docket.LinkFailed) string {
	lb := w.Law(f.Law.Name)
	why := w.Fault(f.Law, f.Fault)
	for _, name := range slices.Sorted(maps.Keys(f.Fault.Fields)) {
		why += " " + w.T("refusal.link.field", "field", lb.Field(f.Act, name), "error", w.T(f.Fault.Fields[name].Key))
	}
	if f.Number == "" {
		return w.T("refusal.link.opens", "act", lb.Act(f.Act), "why", why)
	}
	return w.T("refusal.link.there", "act", lb.Act(f.Act), "number", f.Number, "why", why)
}

// Refusal says why the law does not allow an act, without its article.
func (w *Words) Refusal(law *procedure.Law, r *procedure.Refusal) string {
	var failed *docket.LinkFailed
	if r.Reason == procedure.LinkFails && errors.As(r.Cause, &failed) {
		return w.linkFailed(failed)
	}
	lb := w.Law(law.Name)
	var list []string
	switch r.Reason {
	case procedure.WrongRole:
		list = Roles(lb, r.Roles)
	case procedure.WrongState:
		for _, s := range r.States {
			list = append(list, lb.State(r.Kind, s))
		}
	}
	args := []any{"list", w.Or(list), "act", lb.Act(r.Act), "kind", lb.Kind(r.Kind), "now", lb.State(r.Kind, r.Now), "rule", lb.Rule(r.Rule), "term", lb.Term(r.Term)}
	if r.Zone != nil && r.Due != 0 {
		args = append(args, "due", w.Moment(r.Zone, r.Due))
	}
	return w.T("refusal."+r.Reason.String(), args...)
}

// Roles are the words of a law for roles, in the order given.
func Roles(lb *procedure.Labels, names []string) []string {
	out := make([]string, len(names))
	for i, role := range names {
		out[i] = lb.Role(role)
	}
	return out
}

// Thing calls a thing of a proceeding by what is known of it: the name of a
// person, else its kind with a number. It is "" for the proceeding itself and
// for a thing that is not there.
func (w *Words) Thing(law *procedure.Law, s *procedure.State, no int32) string {
	if no <= 0 || int(no) >= len(s.Things) {
		return ""
	}
	t := &s.Things[no]
	if t.Withheld() {
		return w.T("thing.withheld", "n", int(no))
	}
	for _, v := range t.Fields {
		if v.Type == fact.Person && v.Text != "" {
			return w.Name(v.Text)
		}
	}
	kind := w.Law(law.Name).Kind(law.KindName(t.Kind))
	if called := calledBy(law, t); called != "" {
		return w.T("thing.called", "thing", kind, "n", int(no), "what", w.Name(called))
	}
	if t.Of > 0 {
		return w.T("thing.of", "thing", kind, "whom", w.Thing(law, s, t.Of))
	}
	return w.T("thing.number", "thing", kind, "n", int(no))
}

// mostCalled is how much of a text is shown for the thing that it names, in letters.
const mostCalled = 80

// calledBy is the text by which the newest edition of a law tells a thing from others of its kind; "" for none.
func calledBy(law *procedure.Law, t *procedure.Thing) string {
	k := law.Editions[len(law.Editions)-1].Kinds[t.Kind]
	if k == nil {
		return ""
	}
	text := []rune(strings.Join(strings.Fields(t.Field(k.Called).Text), " "))
	if len(text) > mostCalled {
		return string(text[:mostCalled-1]) + "…"
	}
	return string(text)
}

// Or joins with "or".
func (w *Words) Or(list []string) string { return w.join(list, "list.or") }

// And joins with "and".
func (w *Words) And(list []string) string { return w.join(list, "list.and") }

func (w *Words) join(list []string, key string) string {
	switch len(list) {
	case 0:
		return ""
	case 1:
		return list[0]
	}
	return w.T(key, "first", strings.Join(list[:len(list)-1], ", "), "last", list[len(list)-1])
}
