package desk

import (
	"context"
	"net/url"
	"strconv"

	"nazorat/internal/calendar"
	"nazorat/internal/docket"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// term of a deadline, in the edition under which it started; nil if the law is not applied here.
func (d *Desk) term(dl *docket.Deadline) (*procedure.Law, *procedure.Term) {
	law := d.docket.Law(dl.Law)
	if law == nil {
		return nil, nil
	}
	e := law.Edition(dl.Basis.Edition)
	if e == nil {
		return law, nil
	}
	return law, e.Term(dl.Term)
}

// tone says where a deadline stands.
func (d *Desk) tone(dl *docket.Deadline, now calendar.Moment) ui.DeadlineTone {
	switch dl.Status {
	case docket.Met, docket.Ended:
		return ui.Met
	case docket.Late:
		return ui.Late
	case docket.Stopped:
		return ui.Stopped
	}
	_, t := d.term(dl)
	switch {
	case t != nil && t.AtOnce:
		return ui.Soon
	case dl.Due < now && t != nil && t.Breach == procedure.Lapse:
		return ui.Stopped
	case dl.Due < now:
		return ui.Late
	case dl.Due-now <= window(t):
		return ui.Soon
	}
	return ui.OnTime
}

// leastWindow: whatever a law says of warnings, what ends within a day is soon.
const leastWindow = 24 * calendar.Hour

// window is how long before its end a term is soon due: its longest warning.
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

// left is the text of a deadline's tag.
func (d *Desk) left(w *web.Words, dl *docket.Deadline, now calendar.Moment) string {
	switch dl.Status {
	case docket.Met:
		return w.T("status.met")
	case docket.Late:
		return w.T("status.late")
	case docket.Ended:
		return w.T("status.ended")
	case docket.Stopped:
		return w.T("status.stopped")
	}
	_, t := d.term(dl)
	switch {
	case t != nil && t.AtOnce:
		return w.T("period.at_once")
	case dl.Due < now && t != nil && t.Breach == procedure.Lapse:
		return w.T("status.lapsed")
	}
	return w.Left(now, dl.Due)
}

func proceedingHref(id string) string { return "/proceedings/" + url.PathEscape(id) }

func deadlineHref(dl *docket.Deadline) string {
	return proceedingHref(dl.Proceeding) + "/deadlines/" + strconv.Itoa(int(dl.No))
}

func actHref(proceeding, act string, thing int32) string {
	href := proceedingHref(proceeding) + "/acts/" + url.PathEscape(act)
	if thing > 0 {
		href += "?thing=" + strconv.Itoa(int(thing))
	}
	return href
}

// owedRow is one line of a list of what is owed.
type owedRow struct {
	Tone     ui.DeadlineTone
	Term     string
	TermHref string
	Thing    string
	Article  string
	Number   string
	CaseHref string
	Title    string
	Until    string
	Machine  string
	Left     string
	Who      string
	Do       []doLink
}

type doLink struct{ Text, Href, About string }

// owed shows deadlines; with acts, the acts that would meet each are offered to the actor.
func (d *Desk) owed(ctx context.Context, w *web.Words, list []docket.Deadline, who *docket.Actor) ([]owedRow, error) {
	now := d.docket.Now()
	var ids []string
	for i := range list {
		ids = append(ids, list[i].Officer)
	}
	names, err := d.dir.Names(ctx, ids)
	if err != nil {
		return nil, err
	}
	rows := make([]owedRow, 0, len(list))
	for i := range list {
		dl := &list[i]
		law, t := d.term(dl)
		if t == nil {
			continue
		}
		lb := w.Law(law.Name)
		row := owedRow{Tone: d.tone(dl, now), Term: lb.Term(dl.Term), TermHref: deadlineHref(dl), Article: t.Article, Number: dl.Number,
			CaseHref: proceedingHref(dl.Proceeding), Title: w.Name(dl.Title), Until: w.Moment(d.zone, dl.Due), Machine: web.Machine(d.zone, dl.Due), Left: d.left(w, dl, now)}
		switch {
		case dl.Officer != "":
			row.Who = w.Name(names[dl.Officer])
		default:
			row.Who = lb.Role(dl.Role)
		}
		if who != nil {
			row.Do = d.ways(w, law, t, dl, *who)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// mostWays is how many acts a line of work offers; the page of the term has them all.
const mostWays = 3

// ways lists the acts that would meet a deadline and that the actor's role may do.
func (d *Desk) ways(w *web.Words, law *procedure.Law, t *procedure.Term, dl *docket.Deadline, who docket.Actor) []doLink {
	e := law.At(d.docket.Now())
	var out []doLink
	for _, id := range t.MetBy {
		r := e.Acts[id]
		if r == nil || !r.Role(who.Role) || len(out) == mostWays {
			continue
		}
		thing := int32(0)
		if r.On == t.Per {
			thing = dl.Thing // else the form asks for the thing
		}
		name := w.Law(law.Name).Act(r.Name)
		out = append(out, doLink{Text: name, Href: actHref(dl.Proceeding, r.Name, thing), About: dl.Number})
	}
	return out
}
