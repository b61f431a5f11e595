package whatif

import (
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"nazorat/internal/amend"
	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Showing is what a result is shown with: words that know the draft's own labels, and names of offices.
type Showing struct {
	Words  *web.Words
	Draft  *amend.Draft
	Office func(id string) string
	Linked bool // numbers lead to their proceedings
}

// most rows of charts and of tables of offices.
const (
	mostBars    = 12
	mostOffices = 60
	mostNamed   = 3 // proceedings named with a term: its table is wide already
)

type resultView struct {
	Heading  ui.HeadingView
	Head     string // the heading in one line
	Caveat   string
	Same     string // the draft changes nothing
	Notes    []string
	Stats    []ui.StatView
	Days     *figureView
	Articles *figureView
	Offices  *figureView
	TermsIs  string
	Terms    ui.TableView
	Acts     []actsView
	ChangeIs string
	Changes  []amend.Group
	Against  []againstView // what differs from the earlier editions under which the past was lived
}

type againstView struct {
	Title   string
	Changes []amend.Group
}

// figureView is a chart with its figures as a table.
type figureView struct {
	ID, Note string
	Chart    ui.ChartView
	TableIs  string
	Table    ui.TableView
}

type actsView struct {
	ID, Title, Note string
	Table           ui.TableView
}

func (s Showing) lines(list []string) templ.Component { return examples(list, s.Linked) }

func exampleHref(number string) string { return "/find?" + url.Values{"q": {number}}.Encode() }

func (s Showing) view(r *amend.Report) resultView {
	t := s.Words
	lb := t.Law(r.Law)
	asOf := t.Date(r.AsOfAt)
	v := resultView{Heading: ui.HeadingView{Caption: lb.Law, Title: t.T("whatif.of_draft", "date", t.Date(s.Draft.InForce)), Lead: t.T("whatif.from_start", "as_of", asOf)},
		Head: t.T("whatif.head", "law", lb.Law, "date", t.Date(s.Draft.InForce)), Caveat: t.T("whatif.caveat"), TermsIs: t.T("whatif.terms"), ChangeIs: t.T("whatif.changes", "date", t.Date(r.Before))}
	if since, err := calendar.ParseDate(r.Since); err == nil {
		v.Heading.Lead = t.T("whatif.from_day", "since", t.Date(since), "as_of", asOf)
	}
	if !r.Changed() {
		v.Same = t.T("whatif.same")
	}
	if r.Skipped > 0 {
		v.Notes = append(v.Notes, t.T("whatif.skipped", "n", r.Skipped))
	}
	if r.Left != "" {
		v.Notes = append(v.Notes, t.T("whatif.not_read", "list", r.Left))
	}
	v.Stats = s.stats(r)
	says := amend.Says{Language: t, Was: lb, Is: lb}
	v.Changes = says.Groups(r.Changes)
	for _, a := range r.Against {
		v.Against = append(v.Against, againstView{t.T("whatif.against", "date", t.Date(a.From), "acts", t.Number(int64(a.Acts)), "n", len(a.Changes)), says.Groups(a.Changes)})
	}
	if v.Same != "" {
		return v
	}
	v.Days, v.Articles, v.Offices, v.Terms = s.days(r), s.articles(r), s.offices(r), s.terms(r)
	for _, a := range []struct {
		id   string
		list []amend.ActLine
	}{{"refused", r.Refused}, {"possible", r.Possible}, {"untold", r.Untold}} {
		if len(a.list) > 0 {
			v.Acts = append(v.Acts, s.acts(a.id, a.list))
		}
	}
	return v
}

func (s Showing) stats(r *amend.Report) []ui.StatView {
	var out []ui.StatView
	add := func(key string, n int, always bool, tone ui.DeadlineTone) {
		if n == 0 && !always {
			return
		}
		if n == 0 {
			tone = ""
		}
		out = append(out, ui.StatView{ID: "stat-" + key, Number: s.Words.Number(int64(n)), Label: s.Words.T("whatif.stat." + key), Tone: tone})
	}
	add("proceedings", r.Proceedings, true, "")
	add("touched", r.Touched, true, "")
	add("earlier", r.Sum.Earlier, true, "")
	add("later", r.Sum.Later, true, "")
	add("new", r.Sum.New, false, "")
	add("gone", r.Sum.Gone, false, "")
	add("appear", r.Sum.Appear, true, ui.Late)
	add("go", r.Sum.Go, true, ui.Met)
	add("refused", total(r.Refused), false, ui.Soon)
	add("possible", total(r.Possible), false, "")
	add("untold", total(r.Untold), false, "")
	return out
}

func total(list []amend.ActLine) (n int) {
	for _, a := range list {
		n += a.Count
	}
	return n
}

// dayWords says one part of the distribution.
func dayWords(t *web.Words, d amend.Days) string {
	from, to := d.From, d.To
	key := "whatif.days.later"
	if d.Early {
		key, from, to = "whatif.days.earlier", -d.To, -d.From
	}
	switch {
	case d.From == 0 && d.Early:
		return t.T("whatif.days.same_earlier")
	case d.From == 0:
		return t.T("whatif.days.same_later")
	case d.Open:
		return t.T(key+"_more", "from", from)
	}
	return t.T(key, "from", from, "to", to)
}

func (s Showing) days(r *amend.Report) *figureView {
	t := s.Words
	first, last := -1, -1
	for i, d := range r.Days {
		if d.Count > 0 {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if first < 0 {
		return nil
	}
	title := t.T("whatif.days")
	f := &figureView{ID: "days", TableIs: t.T("whatif.table"), Table: ui.TableView{Caption: title, HideCaption: true,
		Columns: []ui.Column{{Text: t.T("whatif.days.column")}, {Text: t.T("whatif.days.count"), Numeric: true}}}}
	var labels []string
	var values [][]int
	for _, d := range r.Days[first : last+1] {
		words := dayWords(t, d)
		labels, values = append(labels, words), append(values, []int{d.Count})
		f.Table.Rows = append(f.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: words, Head: true}, {Text: t.Number(int64(d.Count))}}})
	}
	f.Chart = newChart(t, title, labels, []string{"moved"}, values)
	return f
}

// breachCells are the four counts of breaches.
func (s Showing) breachCells(b amend.Breaches) []ui.Cell {
	var out []ui.Cell
	for _, n := range []int{b.Before, b.After, b.Appear, b.Go} {
		out = append(out, s.number(n))
	}
	return out
}

func (s Showing) breachColumns() []ui.Column {
	t := s.Words
	return []ui.Column{{Text: t.T("whatif.column.before"), Numeric: true}, {Text: t.T("whatif.column.after"), Numeric: true},
		{Text: t.T("whatif.column.appear"), Numeric: true}, {Text: t.T("whatif.column.go"), Numeric: true}}
}

func (s Showing) number(n int) ui.Cell { return ui.Cell{Text: s.Words.Number(int64(n))} }

// breachChart is the chart of breaches, before and after.
func (s Showing) breachChart(title string, labels []string, values [][]int) ui.ChartView {
	c := newChart(s.Words, title, labels, []string{"before", "after"}, values)
	c.Legend = []ui.ChartKey{{Class: "before", Text: s.Words.T("whatif.before")}, {Class: "after", Text: s.Words.T("whatif.after")}}
	return c
}

func (s Showing) articles(r *amend.Report) *figureView {
	t := s.Words
	lb := t.Law(r.Law)
	title := t.T("whatif.articles")
	f := &figureView{ID: "articles", TableIs: t.T("whatif.table"), Table: ui.TableView{Caption: title, HideCaption: true, Scroll: true,
		Columns: append([]ui.Column{{Text: t.T("whatif.column.article"), Unbroken: true}}, s.breachColumns()...)}}
	var labels []string
	var values [][]int
	for i, a := range r.Articles {
		if i < mostBars {
			labels, values = append(labels, lb.Article(a.Article)), append(values, []int{a.Before, a.After})
		}
		f.Table.Rows = append(f.Table.Rows, ui.Row{Cells: append([]ui.Cell{{Text: lb.Article(a.Article), Head: true}}, s.breachCells(a.Breaches)...)})
	}
	if len(labels) == 0 {
		return nil
	}
	f.Chart = s.breachChart(title, labels, values)
	return f
}

func (s Showing) offices(r *amend.Report) *figureView {
	t := s.Words
	list := r.Offices
	if len(list) == 0 || len(list) == 1 && list[0].Office == "" {
		return nil // a log does not say who had it
	}
	title := t.T("whatif.offices")
	f := &figureView{ID: "offices", TableIs: t.T("whatif.table"), Table: ui.TableView{Caption: title, HideCaption: true, Scroll: true, Columns: append([]ui.Column{
		{Text: t.T("whatif.column.office")}, {Text: t.T("whatif.column.proceedings"), Numeric: true}, {Text: t.T("whatif.column.touched"), Numeric: true},
		{Text: t.T("whatif.column.earlier"), Numeric: true}, {Text: t.T("whatif.column.later"), Numeric: true}, {Text: t.T("whatif.column.refused"), Numeric: true}}, s.breachColumns()...)}}
	if len(list) > mostOffices {
		list, f.Note = list[:mostOffices], t.T("whatif.offices_most", "n", mostOffices)
	}
	for _, o := range list {
		f.Table.Rows = append(f.Table.Rows, ui.Row{Cells: append([]ui.Cell{{Text: s.Office(o.Office), Head: true}, s.number(o.Proceedings), s.number(o.Touched),
			s.number(o.Earlier), s.number(o.Later), s.number(o.Refused)}, s.breachCells(o.Breaches)...)})
	}
	// The chart shows those for whom breaches change most.
	charted := slices.Clone(r.Offices)
	slices.SortStableFunc(charted, func(a, b amend.OfficeLine) int { return b.Appear + b.Go - a.Appear - a.Go })
	var labels []string
	var values [][]int
	for _, o := range charted[:min(len(charted), mostBars)] {
		labels, values = append(labels, s.Office(o.Office)), append(values, []int{o.Before, o.After})
	}
	f.Chart = s.breachChart(title, labels, values)
	return f
}

func (s Showing) terms(r *amend.Report) ui.TableView {
	t := s.Words
	lb := t.Law(r.Law)
	v := ui.TableView{Caption: t.T("whatif.terms"), HideCaption: true, Scroll: true, Columns: append([]ui.Column{{Text: t.T("whatif.column.term")}, {Text: t.T("whatif.column.article"), Unbroken: true},
		{Text: t.T("whatif.column.same"), Numeric: true}, {Text: t.T("whatif.column.earlier"), Numeric: true}, {Text: t.T("whatif.column.later"), Numeric: true},
		{Text: t.T("whatif.column.new"), Numeric: true}, {Text: t.T("whatif.column.gone"), Numeric: true}, {Text: t.T("whatif.column.median"), Numeric: true}}, s.breachColumns()...)}
	v.Columns = append(v.Columns, ui.Column{Text: t.T("whatif.column.examples")})
	for _, x := range r.Terms {
		if x.Earlier+x.Later+x.New+x.Gone+x.Appear+x.Go == 0 {
			continue
		}
		median := ui.Cell{Text: "—"}
		if x.Earlier+x.Later > 0 {
			median = s.number(x.Median)
		}
		row := ui.Row{Cells: append([]ui.Cell{{Text: lb.Term(x.Term), Head: true}, {Text: lb.Article(x.Article)}, s.number(x.Same), s.number(x.Earlier), s.number(x.Later),
			s.number(x.New), s.number(x.Gone), median}, s.breachCells(x.Breaches)...)}
		row.Cells = append(row.Cells, ui.Cell{Body: s.lines(mostTelling(x))})
		v.Rows = append(v.Rows, row)
	}
	v.Empty = t.T("whatif.same")
	return v
}

func (s Showing) acts(id string, list []amend.ActLine) actsView {
	t := s.Words
	lb := t.Law(s.Draft.Law.Name)
	v := actsView{ID: id, Title: t.T("whatif." + id), Table: ui.TableView{Caption: t.T("whatif." + id), HideCaption: true, Columns: []ui.Column{
		{Text: t.T("whatif.column.act")}, {Text: t.T("whatif.column.why")}, {Text: t.T("whatif.column.article"), Unbroken: true},
		{Text: t.T("whatif.column.count"), Numeric: true}, {Text: t.T("whatif.column.examples")}}}}
	if id == "untold" {
		v.Note = t.T("whatif.untold_note")
	}
	for i := range list {
		a := &list[i]
		v.Table.Rows = append(v.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: lb.Act(a.Act), Head: true}, {Text: s.why(a, id == "untold")}, {Text: lb.Article(a.Article)},
			s.number(a.Count), {Body: s.lines(a.Examples)}}})
	}
	return v
}

// why says by which rule acts are judged otherwise. The figure is of many acts,
// so nothing is said that is of one of them only, such as when a term was over.
func (s Showing) why(a *amend.ActLine, untold bool) string {
	t, r := s.Words, a.Refusal
	lb := t.Law(s.Draft.Law.Name)
	switch r.Reason {
	case procedure.BadForm:
		var fields []string
		for _, f := range strings.Split(a.Rule, ", ") {
			fields = append(fields, lb.Field(a.Act, f))
		}
		if untold {
			return t.T("whatif.why.asks_more", "list", t.And(fields))
		}
		return t.T("whatif.why.bad_form", "list", t.And(fields))
	case procedure.TermOver, procedure.TooEarly, procedure.TooLate, procedure.NotBefore, procedure.TooLong, procedure.EndsEarly, procedure.OverAlready:
		return t.T("whatif.why."+r.Reason.String(), "term", lb.Term(r.Term))
	}
	return t.Refusal(s.Draft.Law, r)
}

// mostTelling are the examples of a term: where a breach appears or goes, else where it moves.
func mostTelling(x amend.TermLine) []string {
	list := x.Moved
	switch {
	case len(x.Appears) > 0:
		list = x.Appears
	case len(x.Goes) > 0:
		list = x.Goes
	}
	return list[:min(len(list), mostNamed)]
}
