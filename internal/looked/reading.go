package looked

import (
	"net/http"
	"slices"
	"strconv"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/fault"
	"nazorat/internal/look"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// readingPage: how long each of the parties read the finished file, as a sum; never which sheets. A party is told his own; the others, as the policies have it.
func (l *looked) readingPage(w http.ResponseWriter, r *web.Request) error {
	p, err := l.Docket.Proceeding(r.Context(), r.Actor(), r.PathValue("id"))
	if err != nil {
		return err
	}
	while, roles, err := l.Docket.ReadByParties(r.Context(), p)
	if err != nil {
		return err
	}
	own := slices.Contains(roles, r.Actor().Role)
	if !own {
		if p.Exception != "" || !l.Docket.Decide(r.Actor(), access.SeeReading, p.Resource()).Allowed {
			return fault.New(fault.Forbidden, "reading.not_yours", nil)
		}
	}
	now := l.Docket.Now()
	spans := make([]look.Span, len(while))
	for i, x := range while {
		spans[i] = look.Span{From: x.From, To: x.To}
		if x.To == 0 {
			spans[i].To = now + 1
		}
	}
	r.FlushLooks()
	list, err := l.Looks.Reading(r.Context(), p.ID, roles, spans)
	if err != nil {
		return err
	}
	if own {
		list = slices.DeleteFunc(list, func(x look.Read) bool { return x.Officer != r.Session.Officer.ID })
		err = r.Looked(look.View, p)
	} else {
		err = r.LookedWho(p.ID, "", len(list))
	}
	if err != nil {
		return err
	}
	t := r.Words
	v := listView{Heading: ui.HeadingView{Caption: p.Number, Title: t.T("reading.title"), Lead: t.T("reading.lead", "n", int(l.Looks.Rules().Pause/calendar.Minute))}}
	v.Table = ui.TableView{Caption: v.Heading.Title, HideCaption: true, Empty: t.T("reading.none"), Columns: []ui.Column{{Text: t.T("looked.who")}, {Text: t.T("reading.time")},
		{Text: t.T("reading.sheets"), Numeric: true}, {Text: t.T("reading.first"), Unbroken: true}, {Text: t.T("reading.last"), Unbroken: true}}}
	for _, x := range while {
		key := "reading.while"
		if x.To == 0 {
			key = "reading.while_now"
		}
		v.Notes = append(v.Notes, t.T(key, "from", t.Moment(l.Zone, x.From), "to", t.Moment(l.Zone, x.To)))
	}
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].Officer
	}
	names, err := l.Directory.Names(r.Context(), ids)
	if err != nil {
		return err
	}
	for _, x := range list {
		minutes := int(x.Time / calendar.Minute)
		v.Table.Rows = append(v.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: t.Name(names[x.Officer]), Note: t.Role(x.Role), Head: true}, {Text: t.T("reading.spent", "hours", minutes/60, "minutes", minutes%60)},
			{Text: strconv.Itoa(x.Sheets)}, {Text: t.Moment(l.Zone, x.First)}, {Text: t.Moment(l.Zone, x.Last)}}})
	}
	page := r.Page(p.Number + " · " + v.Heading.Title)
	page.Breadcrumbs = []ui.Crumb{{Text: p.Number, Href: proceedingHref(p.ID)}, {Text: v.Heading.Title}}
	return r.Render(w, http.StatusOK, page, listBody(v))
}
