package desk

import (
	"context"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"nazorat/internal/access"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/look"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// What other rooms of pages show of a proceeding they show as the desk does: entries, facts, what is hidden, which acts are open to
// the reader. They borrow it here, so that none of it is said in two ways.

// History puts entries of a proceeding into words, as its page does.
func (d *Desk) History(r *web.Request, p *proceedings.Proceeding, entries []proceedings.Logged) ([]ui.TimelineItem, error) {
	links, err := d.docket.Links(r.Context(), r.Actor(), p, mostLinks)
	if err != nil {
		return nil, err
	}
	return d.history(r, p, entries, links)
}

// Value writes a fact of a proceeding: of is the kind or the act whose field it is, names are those of officers, by id.
func (d *Desk) Value(t *web.Words, p *proceedings.Proceeding, of, field string, v fact.Value, names map[string]string) string {
	return d.value(t, p, of, field, v, names)
}

// OfficersOf are the officers whom facts of some things name.
func OfficersOf(s *procedure.State, things []int32) (ids []string) {
	for _, no := range things {
		for _, v := range s.Things[no].Fields {
			if v.Type == fact.Officer {
				ids = append(ids, v.Text)
			}
		}
	}
	return ids
}

// Whom calls the person whom a thing of a proceeding belongs to, else the thing itself.
func (d *Desk) Whom(t *web.Words, p *proceedings.Proceeding, thing int32) string {
	return d.whom(t, p, thing)
}

// Level says how closed a proceeding is, and why; nil where nothing closes it.
func (d *Desk) Level(t *web.Words, p *proceedings.Proceeding) templ.Component { return d.level(t, p) }

// HiddenThings says which things of a proceeding are hidden from its reader, and by what; nil where none is.
func (d *Desk) HiddenThings(r *web.Request, p *proceedings.Proceeding) templ.Component {
	if len(p.HiddenThings) == 0 {
		return nil
	}
	return hiddenLines(d.hidden(r, p, "sheet.things", p.HiddenThings))
}

// HiddenSheets says how many sheets of a proceeding are hidden from its reader; "" where none is.
func (d *Desk) HiddenSheets(r *web.Request, p *proceedings.Proceeding) (string, error) {
	return d.hiddenSheets(r, p)
}

// Allowed are the acts that the reader of a proceeding may do now, of those that of is asked about.
func (d *Desk) Allowed(ctx context.Context, p *proceedings.Proceeding, who access.Actor, of func(r *procedure.ActRule, thing int32) bool) ([]procedure.Verdict, error) {
	j, err := JudgeOf(ctx, d.docket.Reader, p, who, d.docket.Now(), of)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(j.open(), func(v procedure.Verdict) bool { return v.Refusal != nil }), nil
}

// Done acknowledges the act that the officer has just done, on a page that he came back to: ?done= is its entry.
func (d *Desk) Done(r *web.Request, p *proceedings.Proceeding) ([]ui.NoticeView, error) {
	seq, err := strconv.ParseInt(r.URL.Query().Get(doneParam), 10, 64)
	if err != nil || seq < 1 || seq > p.Version {
		return nil, nil //nolint:nilerr // nothing was done
	}
	entry, err := d.docket.History(r.Context(), p, seq+1, 1)
	if err != nil {
		return nil, err
	}
	links, err := d.docket.Links(r.Context(), r.Actor(), p, mostLinks)
	if err != nil {
		return nil, err
	}
	return d.doneNotice(r, p, entry, links), nil
}

// DoneElsewhere is Done on a page that is not one of a proceeding: ?in= is the proceeding. What he may not read any more it does not acknowledge.
func (d *Desk) DoneElsewhere(r *web.Request) ([]ui.NoticeView, error) {
	id := r.URL.Query().Get(inParam)
	if id == "" {
		return nil, nil
	}
	p, err := d.docket.Proceeding(r.Context(), r.Actor(), id)
	if err == nil {
		err = r.Looked(look.View, p)
	}
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return d.Done(r, p)
}

// MonthName is the name of a month with its year, as it stands by itself.
func MonthName(t *web.Words, year, month int) string {
	return t.T("deadline.month.caption", "month", t.T("deadline.month.name."+strconv.Itoa(month)), "year", year)
}

// LeadsTo adds a way from the boards of offices to a page of another room. It is called before pages are served; link gives "" for an office that has no such page.
func (d *Desk) LeadsTo(link func(r *web.Request, office string) (text, href string)) {
	d.leads = append(d.leads, link)
}

// Office that a page of an office is about; fault.NotFound where the reader may not see its board and lists.
func (d *Desk) Office(r *web.Request) (id, name string, crumbs []ui.Crumb, err error) {
	o, err := d.office(r)
	if err != nil {
		return "", "", nil, err
	}
	return o.ID, r.Words.Office(o), d.officeCrumbs(r, o), nil
}

// ProceedingHref, DeadlineHref and ActHref are the addresses of the desk's pages; back is where the form of an act leads afterwards, "" for the proceeding.
func ProceedingHref(id string) string { return proceedingHref(id) }

// DeadlineHref is the page on which a deadline is explained.
func DeadlineHref(dl *proceedings.Deadline) string { return deadlineHref(dl) }

// ActHref is the form of an act on a thing.
func ActHref(proceeding, act string, thing int32, back string) string {
	return withBack(actHref(proceeding, act, thing), back)
}

// NoPage is the answer to an address that no page leads to.
func NoPage() error { return fault.New(fault.NotFound, "fault.no_page", nil) }
