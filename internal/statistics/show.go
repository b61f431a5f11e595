package statistics

import (
	"cmp"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"nazorat/internal/fact"
	"nazorat/internal/figures"
	"nazorat/internal/look"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// homeView is the page of the standing tables.
type homeView struct {
	Heading ui.HeadingView
	Laws    []lawView
	Own     string
}

type lawView struct {
	Name   string
	Tables []ui.Crumb
	Counts []ui.Crumb
}

// home lists the standing tables, and what questions can be asked about.
func (m *room) home(w http.ResponseWriter, r *web.Request) error {
	t := r.Words
	v := homeView{Heading: ui.HeadingView{Title: t.T("statistics.title"), Lead: t.T("statistics.lead")}, Own: t.T("statistics.own")}
	if m.g.CountsOnly(r.Actor()) {
		return m.counting(w, r)
	}
	office := r.Actor().Office
	if !m.s.Docket.MayList(r.Actor(), office) {
		office = ""
	}
	for _, l := range m.g.Laws() {
		lv := lawView{Name: t.Law(l.Name).Law}
		for _, table := range l.Tables {
			q := url.Values{fieldLaw: {l.Name}, fieldTable: {table.Name}, fieldCount: {table.Count}, fieldRows: {table.Rows}, fieldSum: table.Sums}
			for name, value := range map[string]string{fieldColumns: table.Columns, fieldOffice: office} {
				if value != "" {
					q.Set(name, value)
				}
			}
			lv.Tables = append(lv.Tables, ui.Crumb{Text: Called(t, table.Called), Href: tableHref + "?" + q.Encode()})
		}
		for _, c := range l.Counts {
			q := url.Values{fieldLaw: {l.Name}, fieldCount: {c.Name}}
			if office != "" {
				q.Set(fieldOffice, office)
			}
			lv.Counts = append(lv.Counts, ui.Crumb{Text: Called(t, c.Called), Href: tableHref + "?" + q.Encode()})
		}
		v.Laws = append(v.Laws, lv)
	}
	return r.Render(w, http.StatusOK, r.Page(v.Heading.Title), homeBody(v))
}

// tableView is the page of one table.
type tableView struct {
	Heading  ui.HeadingView
	Filters  ui.FilterView
	Fields   fields
	Notes    []string
	Table    ui.TableView
	Chart    ui.ChartView
	Map      string
	MapIs    string
	AsOf     []ui.SummaryRow
	AsOfIs   string
	Files    []ui.Crumb
	FilesAre string
	Pin      ui.Crumb
}

// fields of the question.
type fields struct {
	Hidden        [][2]string
	Period        ui.SelectField // alone, of those who count without reading
	Count         ui.SelectField
	Sums          ui.ChoiceField
	Rows, Columns ui.SelectField
	Office        ui.SelectField
	From, To      ui.DateField
	Where         []ui.SelectField
	WhereTexts    []ui.TextField
}

// table is one table.
func (m *room) table(w http.ResponseWriter, r *web.Request) error {
	a, err := m.read(r)
	if err != nil {
		return err
	}
	t := r.Words
	v := tableView{Heading: ui.HeadingView{Caption: t.Law(a.Law).Law}}
	status := http.StatusOK
	var g *grid
	if len(a.bad) == 0 {
		if g, err = m.answer(r, a, look.List); err != nil {
			return err
		}
		m.show(r, a, g, &v)
	} else {
		status = http.StatusUnprocessableEntity
		v.Heading.Title = m.title(t, a)
	}
	if v.Filters, v.Fields, err = m.filters(r, a); err != nil {
		return err
	}
	page := r.Page(v.Heading.Title)
	page.Breadcrumbs = []ui.Crumb{{Text: t.T("statistics.title"), Href: Href}, {Text: v.Heading.Title}}
	page.Errors = a.bad
	return r.Render(w, status, page, tableBody(v))
}

// show puts a grid on its page.
func (m *room) show(r *web.Request, a *asked, g *grid, v *tableView) {
	t := r.Words
	v.Heading.Title = g.Title
	v.Table = ui.TableView{ID: "figures", Caption: g.Title, HideCaption: true, Scroll: true, Empty: t.T("statistics.none"), Columns: []ui.Column{{Text: g.RowsAre}}}
	for i := range g.Columns {
		v.Table.Columns = append(v.Table.Columns, ui.Column{Text: g.Columns[i].Label, Numeric: true})
	}
	for _, line := range g.Rows {
		cells := []ui.Cell{{Text: line.Label, Head: true}}
		for i, n := range line.Values {
			cell := ui.Cell{Text: g.Columns[i].written(t, n), Quiet: n == 0}
			switch {
			case line.back(i):
				cell = ui.Cell{Text: heldBack, Quiet: true}
			case n != 0 && g.As.Back == nil:
				cell.Href = m.behind(a, g, line.Key, &g.Columns[i])
			}
			cells = append(cells, cell)
		}
		v.Table.Rows = append(v.Table.Rows, ui.Row{Cells: cells})
	}
	if len(g.Rows) > 1 {
		if g.Total != nil {
			cells := []ui.Cell{{Text: g.Total.Label, Head: true}}
			for i, n := range g.Total.Values {
				text := g.Columns[i].written(t, n)
				if g.Total.back(i) {
					text = heldBack
				}
				cells = append(cells, ui.Cell{Text: text})
			}
			v.Table.Rows = append(v.Table.Rows, ui.Row{Cells: cells})
		}
		v.Chart = m.chart(t, a, g)
	}
	if a.Rows == "region" && len(g.Rows) > 0 {
		v.MapIs = t.T("statistics.map", "title", g.Title)
		v.Map = m.tiles(t, a, g)
	}
	v.Notes = append(v.Notes, g.Notes...)
	if behind := g.As.Lag.Behind(); a.At == 0 && a.period == "" && (g.As.Lag.Emptying || behind > fewBehind) {
		v.Notes = append(v.Notes, t.T("statistics.behind", "n", behind))
	}
	for _, as := range g.AsOf {
		v.AsOf = append(v.AsOf, ui.SummaryRow{Key: as[0], Text: as[1]})
	}
	v.AsOfIs = t.T("statistics.as_of")
	at := map[string]string{fieldAt: strconv.FormatInt(g.As.At, 10)}
	if a.period != "" { // it says as of when
		at = nil
	}
	if m.mayTake(r, a) == nil {
		v.FilesAre = t.T("statistics.files")
		v.Files = []ui.Crumb{{Text: "CSV", Href: a.address(tableHref+".csv", at)}, {Text: "XLSX", Href: a.address(tableHref+".xlsx", at)}}
	}
	if a.At == 0 && a.period == "" && g.As.At != 0 {
		v.Pin = ui.Crumb{Text: t.T("statistics.pin"), Href: a.address(tableHref, at)}
	}
}

// fewBehind is how far the register may be behind without a word.
const fewBehind = 50

// behind is the address of the cases that a figure counts.
func (m *room) behind(a *asked, g *grid, rowKey string, c *column) string {
	change := map[string]string{fieldWhere + a.Rows: said(rowKey), fieldAt: strconv.FormatInt(g.As.At, 10)}
	if a.Columns != "" && !c.Sum {
		change[fieldWhere+a.Columns] = said(c.Key)
	}
	return a.address(casesHref, change)
}

// isTime reports whether the values of a part are periods or their ends.
func isTime(part string) bool {
	return figures.IsEnd(part) || part == "year" || part == "quarter" || part == "month"
}

// mostBars is how many rows a chart has.
const mostBars = 20

// chart draws the main column: times one after the other, the last of many; of other rows the largest, and none that are held back.
func (m *room) chart(t *web.Words, a *asked, g *grid) ui.ChartView {
	at := g.main()
	list := slices.DeleteFunc(slices.Clone(g.Rows), func(line row) bool { return line.back(at) })
	largest := int64(0)
	for i := range list {
		largest = max(largest, list[i].Values[at])
	}
	if isTime(a.Rows) {
		list = list[max(0, len(list)-mostBars):]
	} else {
		slices.SortStableFunc(list, func(x, y row) int { return cmp.Compare(y.Values[at], x.Values[at]) })
	}
	v := ui.ChartView{Title: t.T("statistics.chart", "title", g.Title), Wide: g.Columns[at].Money}
	if len(g.Columns) > 1 && !g.Columns[at].Sum { // which of them is drawn
		v.Legend = []ui.ChartKey{{Class: "moved", Text: g.Columns[at].Label}}
	}
	list = list[:min(len(list), mostBars)]
	for _, line := range list {
		n := line.Values[at]
		v.Rows = append(v.Rows, ui.BarRow{Label: line.Label, Values: []string{g.Columns[at].written(t, n)}, SVG: ui.Bars([]int64{max(n, 0)}, largest, "moved")})
	}
	return v
}

// Sizes of a map of tiles, in its own units.
const (
	tileWide = 116
	tileHigh = 68
	tileGap  = 4
	shades   = 5
)

// tiles draws the regions as a map of tiles of one size, as their table has them: the darker, the more. The table beside it says the same.
func (m *room) tiles(t *web.Words, a *asked, g *grid) string {
	law := m.s.Docket.Law(a.Law)
	places := law.Editions[len(law.Editions)-1].Places
	if places == nil {
		return ""
	}
	at := g.main()
	values, back := map[string]int64{}, map[string]bool{}
	var ranks []int64 // of what there is: one region with the most of all does not make the others look the same
	for _, line := range g.Rows {
		back[line.Key] = line.back(at)
		if values[line.Key] = line.Values[at]; line.Key != "" && line.Values[at] > 0 {
			ranks = append(ranks, line.Values[at])
		}
	}
	slices.Sort(ranks)
	var b strings.Builder
	wide, high := 0, 0
	for _, code := range places.Regions {
		spot, ok := places.At(code)
		if !ok {
			continue
		}
		x, y := spot[0]*(tileWide+tileGap), spot[1]*(tileHigh+tileGap)
		wide, high = max(wide, x+tileWide), max(high, y+tileHigh)
		n := values[code]
		shade := 0
		if n > 0 {
			rank, _ := slices.BinarySearch(ranks, n)
			shade = 1 + rank*(shades-1)/len(ranks)
		}
		figure := g.Columns[at].written(t, n)
		if back[code] {
			figure = heldBack
		}
		first, second := twoLines(t.Law(a.Law).Place(code))
		fmt.Fprintf(&b, `<g class="nz-tiles__tile nz-tiles__tile--%d"><rect x="%d" y="%d" width="%d" height="%d" rx="3"></rect><text class="nz-tiles__name" x="%d" y="%d">%s</text><text class="nz-tiles__name" x="%d" y="%d">%s</text><text class="nz-tiles__figure" x="%d" y="%d">%s</text></g>`,
			shade, x, y, tileWide, tileHigh, x+7, y+18, html.EscapeString(first), x+7, y+32, html.EscapeString(second), x+7, y+58, html.EscapeString(figure))
	}
	return fmt.Sprintf(`<svg class="nz-tiles__svg" viewBox="-1 -1 %d %d" aria-hidden="true" focusable="false">%s</svg>`, wide+2, high+2, b.String())
}

// twoLines are a name as a tile holds it, cut at its last blank.
func twoLines(name string) (first, second string) {
	if i := strings.LastIndexByte(name, ' '); i > 0 {
		return name[:i], name[i+1:]
	}
	return name, ""
}

// filters are the form of a question.
func (m *room) filters(r *web.Request, a *asked) (v ui.FilterView, f fields, err error) {
	t := r.Words
	if m.g.CountsOnly(r.Actor()) {
		return m.periods(r, a)
	}
	v = ui.FilterView{Title: t.T("statistics.change"), Action: tableHref, Apply: t.T("statistics.apply"), Open: len(a.bad) > 0}
	f.Hidden = [][2]string{{fieldLaw, a.Law}, {fieldTable, a.table}}
	if a.At != 0 {
		f.Hidden = append(f.Hidden, [2]string{fieldAt, strconv.FormatInt(a.At, 10)})
		v.Chosen = append(v.Chosen, ui.FilterChip{Text: t.T("statistics.chip.at", "n", a.At), RemoveHref: a.address(tableHref, map[string]string{fieldAt: ""})})
	}
	f.Count = ui.SelectField{Field: ui.Field{Name: fieldCount, Label: t.T("statistics.what")}, Value: a.Count}
	for _, c := range m.g.Law(a.Law).Counts {
		f.Count.Options = append(f.Count.Options, ui.Option{Value: c.Name, Text: Called(t, c.Called)})
	}
	if len(a.count.Sums) > 0 {
		f.Sums = ui.ChoiceField{Field: ui.Field{Name: fieldSum, Label: t.T("statistics.sums")}, Values: a.Sums}
		for _, s := range a.count.Sums {
			f.Sums.Options = append(f.Sums.Options, ui.Option{Value: s.Name, Text: m.words.Sum(t, a.count, s.Name)})
		}
	}
	f.Rows = ui.SelectField{Field: ui.Field{Name: fieldRows, Label: t.T("statistics.rows")}, Value: a.Rows}
	f.Columns = ui.SelectField{Field: ui.Field{Name: fieldColumns, Label: t.T("statistics.columns")}, Value: a.Columns, Empty: t.T("statistics.no_columns")}
	for _, part := range a.count.PartNames() {
		o := ui.Option{Value: part, Text: m.words.Part(t, a.count, part)}
		f.Rows.Options, f.Columns.Options = append(f.Rows.Options, o), append(f.Columns.Options, o)
	}
	f.Office = ui.SelectField{Field: ui.Field{Name: fieldOffice, Label: t.T("statistics.office")}, Value: a.Office, Empty: t.T("statistics.all")}
	for _, o := range m.s.Directory.Tree().Offices() {
		if m.s.Docket.MayList(r.Actor(), o.ID) {
			f.Office.Options = append(f.Office.Options, ui.Option{Value: o.ID, Text: t.Office(o)})
		}
	}
	wrong := func(field string) string {
		i := slices.IndexFunc(a.bad, func(e ui.FieldError) bool { return e.Field == field })
		if i < 0 {
			return ""
		}
		return a.bad[i].Text
	}
	f.From = ui.DateField{Field: ui.Field{Name: fieldFrom, Label: t.T("statistics.from"), Error: wrong(fieldFrom)}, Value: a.from}
	f.To = ui.DateField{Field: ui.Field{Name: fieldTo, Label: t.T("statistics.to"), Error: wrong(fieldTo)}, Value: a.to}
	m.where(t, a, &f, &v)
	return v, f, nil
}

// where are the fields by which figures are narrowed: a choice for parts with few values, a text for articles.
func (m *room) where(t *web.Words, a *asked, f *fields, v *ui.FilterView) {
	for _, part := range a.count.PartNames() {
		p := a.count.Part(part)
		label := m.words.Part(t, a.count, part)
		value, asked := a.Where[part]
		shown := m.words.Value(t, a.count, nil, part, value)
		if asked {
			v.Chosen = append(v.Chosen, ui.FilterChip{Text: label + ": " + shown, RemoveHref: a.address(tableHref, map[string]string{fieldWhere + part: ""})})
		}
		var choices []string
		switch {
		case part == "region" || p != nil && p.Type == fact.Place:
			if law := m.s.Docket.Law(a.Law); law.Editions[len(law.Editions)-1].Places != nil {
				choices = law.Editions[len(law.Editions)-1].Places.Regions
			}
		case p != nil && p.From == figures.TheTerm:
			choices = m.s.Docket.Law(a.Law).TermNames()
		case p != nil:
			choices = p.Choices
		}
		field := ui.Field{Name: fieldWhere + part, Label: label}
		switch {
		case len(choices) > 0:
			s := ui.SelectField{Field: field, Empty: t.T("statistics.any"), Value: value}
			if asked {
				s.Value = said(value)
			}
			for _, c := range choices {
				s.Options = append(s.Options, ui.Option{Value: c, Text: m.words.Value(t, a.count, nil, part, c)})
			}
			s.Options = append(s.Options, ui.Option{Value: unsaid, Text: m.words.Value(t, a.count, nil, part, "")})
			f.Where = append(f.Where, s)
		case p != nil && p.Type == fact.Article:
			f.WhereTexts = append(f.WhereTexts, ui.TextField{Field: field, Value: value, Width: 20})
		case asked:
			f.Hidden = append(f.Hidden, [2]string{fieldWhere + part, said(value)})
		}
	}
}

// casesView are the proceedings behind a figure.
type casesView struct {
	Heading ui.HeadingView
	AsOf    []ui.SummaryRow
	Table   ui.TableView
	Pages   ui.PaginationView
	Note    string
}

// mostCases stand on a page.
const mostCases = 50

// cases lists the proceedings behind a figure.
func (m *room) cases(w http.ResponseWriter, r *web.Request) error {
	a, err := m.read(r)
	if err != nil {
		return err
	}
	if len(a.bad) > 0 {
		return noPage(errors.New("dates"))
	}
	list, as, next, err := m.g.Cases(r.Context(), r.Actor(), a.Question, a.below, mostCases)
	if err != nil {
		return err
	}
	if err := r.LookedAtList(a.Office, len(list)); err != nil {
		return err
	}
	t := r.Words
	names, err := m.words.Names(r.Context(), a.count, &a.Question, as)
	if err != nil {
		return err
	}
	values := func(part, value string) string { return m.words.Value(t, a.count, names, part, value) }
	v := casesView{Heading: ui.HeadingView{Caption: t.Law(a.Law).Law, Title: Called(t, a.count.Called), Lead: t.T("statistics.behind_figure")}, Note: t.T("statistics.now")}
	for _, s := range m.asOf(t, a, as, values) {
		v.AsOf = append(v.AsOf, ui.SummaryRow{Key: s[0], Text: s[1]})
	}
	law := m.s.Docket.Law(a.Law)
	v.Table = ui.TableView{ID: "cases", Caption: v.Heading.Title, HideCaption: true, Empty: t.T("statistics.no_cases"),
		Columns: []ui.Column{{Text: t.T("statistics.column.number"), Unbroken: true}, {Text: t.T("statistics.column.about")}, {Text: t.T("statistics.column.stage")}, {Text: t.T("statistics.part.office")}, {Text: t.T("statistics.column.opened"), Unbroken: true}}}
	for i := range list {
		c := &list[i]
		v.Table.Rows = append(v.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: c.Number, Href: "/proceedings/" + url.PathEscape(c.ID), Head: true}, {Text: t.Name(c.Title)}, {Text: t.Law(a.Law).State(law.KindName(0), c.Stage)},
			{Text: t.Office(m.s.Directory.Tree().Office(c.Office))}, {Text: t.Date(m.s.Zone.Date(c.Opened))}}})
	}
	at := map[string]string{fieldAt: strconv.FormatInt(as.At, 10)}
	if next != 0 {
		at[fieldBelow] = strconv.FormatInt(next, 10)
		v.Pages.OlderText, v.Pages.OlderHref = t.T("statistics.older"), a.address(casesHref, at)
	}
	if a.below != 0 {
		delete(at, fieldBelow)
		v.Pages.NewerText, v.Pages.NewerHref = t.T("statistics.first"), a.address(casesHref, at)
	}
	page := r.Page(v.Heading.Title)
	back := map[string]string{fieldWhere + a.Rows: ""}
	if a.Columns != "" {
		back[fieldWhere+a.Columns] = ""
	}
	page.Breadcrumbs = []ui.Crumb{{Text: t.T("statistics.title"), Href: Href}, {Text: m.title(t, a), Href: a.address(tableHref, back)}, {Text: t.T("statistics.cases")}}
	return r.Render(w, http.StatusOK, page, casesBody(v))
}
