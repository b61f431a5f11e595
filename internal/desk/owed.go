package desk

import (
	"context"
	"net/url"
	"slices"
	"strconv"

	"nazorat/internal/access"
	"nazorat/internal/picture"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// term of a deadline, in the edition under which it started; nil if the law is not applied here.
func (d *Desk) term(dl *proceedings.Deadline) (*procedure.Law, *procedure.Term) {
	law := d.docket.Law(dl.Law)
	if law == nil {
		return nil, nil
	}
	return law, picture.TermOf(law, dl)
}

// Overdue keeps of a list what is late now. The docket compares ends alone; here
// a duty that was due at once and a possibility that is gone are left out, as
// everywhere else.
func Overdue(k *proceedings.Reader, list []proceedings.Deadline) []proceedings.Deadline {
	now := k.Now()
	return slices.DeleteFunc(list, func(dl proceedings.Deadline) bool {
		law := k.Law(dl.Law)
		return law == nil || picture.Stands(picture.TermOf(law, &dl), &dl, now) != picture.Over
	})
}

func proceedingHref(id string) string { return "/proceedings/" + url.PathEscape(id) }

func deadlineHref(dl *proceedings.Deadline) string {
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
	Others   string // where the reader may do nothing about it: who may
	Release  string // a person must be set free: said in so many words
}

type doLink struct{ Text, Href, About string }

// owed shows deadlines; with acts, the acts that would meet each are offered to the actor.
func (d *Desk) owed(ctx context.Context, w *web.Words, list []proceedings.Deadline, who *access.Actor) ([]owedRow, error) {
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
		stands := picture.Stands(t, dl, now)
		row := owedRow{Tone: stands.Tone(), Term: lb.Term(dl.Term), TermHref: deadlineHref(dl), Article: lb.Article(t.Article), Number: dl.Number,
			CaseHref: proceedingHref(dl.Proceeding), Title: w.Name(dl.Title), Until: w.Moment(d.zone, dl.Due), Machine: web.Machine(d.zone, dl.Due), Left: stands.Words(w, t, dl, now)}
		switch {
		case dl.Officer != "":
			row.Who = w.Name(names[dl.Officer])
		default:
			row.Who = lb.Role(dl.Role)
		}
		if who != nil {
			row.Do = d.ways(w, law, t, dl, *who)
			if len(row.Do) == 0 {
				row.Others = d.others(w, law, t)
			}
		}
		if stands == picture.Over && t.Breach == procedure.Release {
			row.Release = w.T("release.owed")
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// others says who may do what would meet a deadline, for a reader who may not.
func (d *Desk) others(w *web.Words, law *procedure.Law, t *procedure.Term) string {
	e := law.At(d.docket.Now())
	var roles []string
	for _, id := range t.MetBy {
		if r := e.Acts[id]; r != nil {
			roles = append(roles, r.By...)
		}
	}
	if len(roles) == 0 {
		return ""
	}
	slices.Sort(roles)
	return w.T("work.others_do", "list", w.Or(web.Roles(w.Law(law.Name), slices.Compact(roles))))
}

// mostWays is how many acts a line of work offers; the page of the term has them all.
const mostWays = 3

// ways lists the acts that would meet a deadline and that the actor's role may do.
func (d *Desk) ways(w *web.Words, law *procedure.Law, t *procedure.Term, dl *proceedings.Deadline, who access.Actor) []doLink {
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
