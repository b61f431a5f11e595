package statistics

import (
	"net/http"
	"net/url"

	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Who counts without reading is shown the standing tables that the law tells him of, by period; no figure leads to cases.

// counting lists the standing tables for those who count without reading.
func (m *room) counting(w http.ResponseWriter, r *web.Request) error {
	t := r.Words
	v := homeView{Heading: ui.HeadingView{Title: t.T("statistics.title"), Lead: t.T("statistics.lead_counting", "few", m.g.CountingRules().Few)}}
	for _, l := range m.g.Laws() {
		lv := lawView{Name: t.Law(l.Name).Law}
		for _, table := range l.Tables {
			if table.Counting {
				lv.Tables = append(lv.Tables, ui.Crumb{Text: Called(t, table.Called), Href: tableHref + "?" + url.Values{fieldLaw: {l.Name}, fieldTable: {table.Name}}.Encode()})
			}
		}
		v.Laws = append(v.Laws, lv)
	}
	return r.Render(w, http.StatusOK, r.Page(v.Heading.Title), homeBody(v))
}

// periods are what such a one may choose.
func (m *room) periods(r *web.Request, a *asked) (v ui.FilterView, f fields, err error) {
	t := r.Words
	list, err := m.g.Periods(r.Context())
	if err != nil {
		return v, f, err
	}
	v = ui.FilterView{Title: t.T("statistics.change"), Action: tableHref, Apply: t.T("statistics.apply"), Open: true}
	f.Hidden = [][2]string{{fieldLaw, a.Law}, {fieldTable, a.table}}
	f.Period = ui.SelectField{Field: ui.Field{Name: fieldPeriod, Label: t.T("statistics.period")}, Value: a.period}
	for _, of := range list {
		f.Period.Options = append(f.Period.Options, ui.Option{Value: of, Text: period(t, m.g.CountingRules().Every, of)})
	}
	return v, f, nil
}
