package workplace

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"nazorat/internal/desk"
	"nazorat/internal/fact"
	"nazorat/internal/look"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/script"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

const (
	mostRows    = 50  // of a page of the table
	mostColumns = 4   // that fields make
	mostText    = 70  // letters of a text in a cell
	mostDues    = 3   // deadlines of a row
	mostActs    = 2   // acts of a row; the others are on the thing's own page
	mostWord    = 100 // bytes of a word that is looked for
)

type kindView struct {
	Heading ui.HeadingView
	TabsIs  string
	Tabs    []ui.TabItem
	Add     []link // acts that add a thing of the kind
	Filter  ui.FilterView
	State   ui.SelectField
	Word    ui.TextField
	With    url.Values // what the form keeps: the thing that those shown belong to, or name
	DuesIs  string
	Dues    []dueView // what runs in the proceeding itself for things of the kind
	Table   ui.TableView
	Sums    []ui.SummaryRow
	SumsIs  string
	Pages   ui.PaginationView
	Hidden  templ.Component
}

// asked is what the reader wants to see of a kind.
type asked struct {
	state string
	word  string
	of    int32 // the thing that they belong to; 0: any
	names int32 // the thing that a fact of theirs names; 0: any
	after int32 // the number behind which a page begins
}

func readAsked(q url.Values) (a asked, err error) {
	a.state, a.word = q.Get("state"), strings.TrimSpace(q.Get("q"))
	if len(a.word) > mostWord {
		a.word = strings.ToValidUTF8(a.word[:mostWord], "")
	}
	for name, into := range map[string]*int32{"of": &a.of, "names": &a.names, "after": &a.after} {
		if q.Get(name) == "" {
			continue
		}
		n, err := strconv.ParseInt(q.Get(name), 10, 32)
		if err != nil || n < 0 {
			return a, desk.NoPage()
		}
		*into = int32(n)
	}
	return a, nil
}

// values are the parameters that give the same things, from the first page on.
func (a *asked) values() url.Values {
	q := url.Values{"state": {a.state}, "q": {a.word}}
	if a.of > 0 {
		q.Set("of", strconv.Itoa(int(a.of)))
	}
	if a.names > 0 {
		q.Set("names", strconv.Itoa(int(a.names)))
	}
	return q
}

// kindPage: the things of one kind, those below one another, as a table.
func (m *room) kindPage(w http.ResponseWriter, r *web.Request) error {
	p, err := m.docket.Proceeding(r.Context(), r.Actor(), r.PathValue("id"))
	if err != nil {
		return err
	}
	k, err := m.kind(r, p)
	if err != nil {
		return err
	}
	a, err := readAsked(r.URL.Query())
	if err != nil {
		return err
	}
	if err := r.Looked(look.View, p); err != nil {
		return err
	}
	t := r.Words
	lb := t.Law(p.Law.Name)
	all := things(p, k, a.of, a.names)
	named, err := m.dir.Names(r.Context(), desk.OfficersOf(&p.State, all))
	if err != nil {
		return err
	}
	found := m.filter(t, p, k, &a, all, named)
	shown, more := page(found, a.after)
	v := kindView{Heading: ui.HeadingView{Caption: p.Number, Title: capital(lb.Kind(k.Name)), Aside: m.desk.Level(t, p)}, TabsIs: t.T("workplace.kinds"), Tabs: m.tabs(t, p, k), Hidden: m.desk.HiddenThings(r, p)}
	if of := cmp.Or(a.of, a.names); of > 0 && int(of) < len(p.State.Things) {
		v.Heading.Lead = t.T("workplace.of", "thing", t.Thing(p.Law, &p.State, of))
	}
	path := kindHref(p.ID, k.Name)
	m.filters(t, p, k, &a, all, path, &v)
	v.DuesIs, v.Dues = t.T("workplace.bears"), m.bearing(t, p, k)
	v.SumsIs, v.Sums = t.T("workplace.sums"), m.sums(t, p, k, found)
	v.Table.Caption, v.Table.HideCaption, v.Table.Empty = v.Heading.Title, true, t.T("workplace.none")
	if err := m.table(r, p, k, &a, found, shown, named, &v); err != nil {
		return err
	}
	if more {
		q := a.values()
		q.Set("after", strconv.Itoa(int(shown[len(shown)-1])))
		v.Pages.OlderHref, v.Pages.OlderText = query(path, q), t.T("workplace.further")
	}
	if a.after > 0 {
		v.Pages.NewerHref, v.Pages.NewerText = query(path, a.values()), t.T("workplace.first")
	}
	if len(found) > 0 && (more || a.after > 0) {
		first := slices.Index(found, shown[0]) + 1
		v.Pages.Summary = t.T("workplace.shown", "first", t.Number(int64(first)), "last", t.Number(int64(first+len(shown)-1)), "of", t.Number(int64(len(found))))
	}
	page := r.Page(p.Number + " · " + v.Heading.Title)
	page.Breadcrumbs = []ui.Crumb{{Text: p.Number, Href: desk.ProceedingHref(p.ID)}, {Text: v.Heading.Title}}
	if page.Notices, err = m.desk.Done(r, p); err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, page, kindBody(v))
}

// bearing are the deadlines of the proceeding itself that bear on things of a kind of which none has a term of its own: those that acts on such a
// thing, or that move such things, meet or end.
func (m *room) bearing(t *web.Words, p *proceedings.Proceeding, k *procedure.Kind) (out []dueView) {
	now := m.docket.Now()
	e := p.Law.At(now)
	if slices.ContainsFunc(e.Terms, func(t *procedure.Term) bool { return t != nil && t.Per == k.ID }) {
		return nil
	}
	bears := func(id procedure.ActID) bool {
		r := e.Acts[id]
		return r != nil && (r.On == k.ID || slices.ContainsFunc(r.Moves, func(x procedure.Move) bool { return x.Kind == k.ID }))
	}
	for i := range p.State.Deadlines {
		d := &p.State.Deadlines[i]
		if d.Thing != 0 {
			continue
		}
		if term := p.Law.TermOf(d); term == nil || !slices.ContainsFunc(term.MetBy, bears) && !slices.ContainsFunc(term.EndedBy, bears) {
			continue
		}
		if v, ok := m.due(t, p, d, now); ok {
			out = append(out, v)
		}
	}
	slices.SortStableFunc(out, func(a, b dueView) int { return cmp.Compare(a.due, b.due) })
	return out
}

// things are those of a kind that the reader sees, in the order in which they came; of: only those that belong to that one,
// names: only those of which a fact names that one.
func things(p *proceedings.Proceeding, k *procedure.Kind, of, names int32) (out []int32) {
	for no := int32(1); int(no) < len(p.State.Things); no++ {
		th := &p.State.Things[no]
		if th.Kind == k.ID && !th.Withheld() && (of == 0 || th.Of == of) && (names == 0 || naming(th, names) >= 0) {
			out = append(out, no)
		}
	}
	return out
}

// naming is the field by which a thing names another; procedure.None where it does not.
func naming(th *procedure.Thing, no int32) procedure.FieldID {
	for id, v := range th.Fields {
		if v.Type == fact.Thing && v.Num == int64(no) {
			return procedure.FieldID(id)
		}
	}
	return procedure.None
}

// page is the part of a list behind a number.
func page(all []int32, after int32) (shown []int32, more bool) {
	from, exact := slices.BinarySearch(all, after)
	if exact {
		from++
	}
	if from == len(all) && from > 0 {
		from = max(0, len(all)-mostRows) // what stood behind it has gone
	}
	to := min(from+mostRows, len(all))
	return all[from:to], to < len(all)
}

// filter keeps those in the state that was chosen, and those that say all the words that were typed, in any script.
func (m *room) filter(t *web.Words, p *proceedings.Proceeding, k *procedure.Kind, a *asked, all []int32, named map[string]string) []int32 {
	words := strings.Fields(script.Fold(a.word))
	if a.state == "" && len(words) == 0 {
		return all
	}
	var out []int32
	called := map[int32]string{0: t.Law(p.Law.Name).Kind(k.Name)}
	for _, no := range all {
		th := &p.State.Things[no]
		if a.state != "" && p.Law.StateName(th.Kind, th.State) != a.state {
			continue
		}
		if len(words) > 0 && !says(script.Fold(m.said(t, p, th, no, named, called)), words) {
			continue
		}
		out = append(out, no)
	}
	return out
}

func says(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// said is what a thing is looked for by: what it is, its number, whom it belongs to, and the texts among its facts. called
// remembers what things are called, since many name the same one.
func (m *room) said(t *web.Words, p *proceedings.Proceeding, th *procedure.Thing, no int32, named map[string]string, called map[int32]string) string {
	name := func(no int32) string {
		text, known := called[no]
		if !known {
			text = t.Thing(p.Law, &p.State, no)
			called[no] = text
		}
		return text
	}
	var b strings.Builder
	b.WriteString(called[0] + " " + strconv.Itoa(int(no)))
	if th.Of > 0 {
		b.WriteString(" " + name(th.Of))
	}
	for _, v := range th.Fields {
		switch v.Type {
		case fact.Text, fact.Person, fact.Article:
			b.WriteString(" " + v.Text)
		case fact.Officer:
			b.WriteString(" " + named[v.Text])
		case fact.Thing:
			b.WriteString(" " + name(int32(v.Num)))
		}
	}
	return b.String()
}

// tabs are the kinds of which the proceeding has things that the reader sees, and the one that he looks at.
func (m *room) tabs(t *web.Words, p *proceedings.Proceeding, at *procedure.Kind) (out []ui.TabItem) {
	for _, c := range desk.KindsOf(p, at.ID) {
		out = append(out, ui.TabItem{Text: capital(t.Law(p.Law.Name).Kind(p.Law.KindName(c.Kind))), Href: kindHref(p.ID, p.Law.KindName(c.Kind)), Count: c.N, Current: c.Kind == at.ID})
	}
	return out
}

// filters fills in the form by which one looks for things of a kind.
func (m *room) filters(t *web.Words, p *proceedings.Proceeding, k *procedure.Kind, a *asked, all []int32, path string, v *kindView) {
	lb := t.Law(p.Law.Name)
	counts := map[procedure.StateID]int{}
	for _, no := range all {
		counts[p.State.Things[no].State]++
	}
	v.State = ui.SelectField{Field: ui.Field{Name: "state", Label: t.T("thing.column.state")}, Value: a.state, Empty: t.T("workplace.any_state")}
	for _, s := range k.States {
		if counts[s] > 0 {
			name := p.Law.StateName(k.ID, s)
			v.State.Options = append(v.State.Options, ui.Option{Value: name, Text: t.T("workplace.state_count", "state", lb.State(k.Name, name), "n", counts[s])})
		}
	}
	v.Word = ui.TextField{Field: ui.Field{Name: "q", Label: t.T("workplace.word"), Hint: t.T("workplace.word_hint")}, Value: a.word, Type: "search", Width: 20}
	v.Filter = ui.FilterView{Title: t.T("workplace.filter"), Action: path, Apply: t.T("workplace.apply"), Open: a.state != "" || a.word != "" || len(all) > mostRows}
	v.With = a.values()
	v.With.Del("state")
	v.With.Del("q")
	without := func(change func(*asked)) string {
		b := *a
		change(&b)
		return query(path, b.values())
	}
	if a.state != "" {
		v.Filter.Chosen = append(v.Filter.Chosen, ui.FilterChip{Text: lb.State(k.Name, a.state), RemoveHref: without(func(b *asked) { b.state = "" })})
	}
	if a.word != "" {
		v.Filter.Chosen = append(v.Filter.Chosen, ui.FilterChip{Text: t.T("workplace.says", "word", a.word), RemoveHref: without(func(b *asked) { b.word = "" })})
	}
	if a.of+a.names > 0 {
		v.Filter.Chosen = append(v.Filter.Chosen, ui.FilterChip{Text: v.Heading.Lead, RemoveHref: without(func(b *asked) { b.of, b.names = 0, 0 })})
	}
	if len(v.Filter.Chosen) > 1 {
		v.Filter.ClearHref, v.Filter.ClearText = path, t.T("workplace.clear")
	}
}

// columns are the fields that make columns: of those that some thing has, as many as there is room for. Amounts are never left out,
// and free texts are the first to be.
func columns(p *proceedings.Proceeding, k *procedure.Kind, found []int32) (out []*procedure.Field) {
	given := map[procedure.FieldID]bool{}
	for _, no := range found {
		for id, v := range p.State.Things[no].Fields {
			if v.Given() {
				given[procedure.FieldID(id)] = true
			}
		}
	}
	for _, f := range k.Fields {
		if f != nil && given[f.ID] && f.Type != fact.Person && f.ID != k.Called {
			out = append(out, f)
		}
	}
	for _, drop := range []func(*procedure.Field) bool{
		func(f *procedure.Field) bool { return f.Type == fact.Document },
		func(f *procedure.Field) bool { return f.Type == fact.Text },
		func(f *procedure.Field) bool { return f.Type != fact.Money },
	} {
		for i := len(out) - 1; i >= 0 && len(out) > mostColumns; i-- {
			if drop(out[i]) {
				out = slices.Delete(out, i, i+1)
			}
		}
	}
	return out
}

// table has a row for each thing that is shown.
func (m *room) table(r *web.Request, p *proceedings.Proceeding, k *procedure.Kind, a *asked, found, shown []int32, named map[string]string, v *kindView) error {
	t, now := r.Words, m.docket.Now()
	lb := t.Law(p.Law.Name)
	fields := columns(p, k, found)
	of := make(map[int32]bool, len(shown))
	for _, no := range shown {
		of[no] = true
	}
	verdicts, err := m.desk.Allowed(r.Context(), p, r.Actor(), func(rule *procedure.ActRule, thing int32) bool {
		return of[thing] || thing == 0 && rule.Adds == k.ID || thing > 0 && thing == a.of && rule.Adds == k.ID
	})
	if err != nil {
		return err
	}
	here := query(kindHref(p.ID, k.Name), withAfter(a))
	byThing := map[int32][]procedure.Verdict{}
	for i := range verdicts {
		if of[verdicts[i].Thing] {
			byThing[verdicts[i].Thing] = append(byThing[verdicts[i].Thing], verdicts[i])
		} else {
			v.Add = append(v.Add, m.act(t, p, &verdicts[i], here))
		}
	}
	dues, parts := m.dues(t, p, now, of), belonging(p, of)
	v.Table.Columns = []ui.Column{{Text: capital(lb.Kind(k.Name))}, {Text: t.T("thing.column.state")}}
	for _, f := range fields {
		v.Table.Columns = append(v.Table.Columns, ui.Column{Text: lb.Field(k.Name, f.Name), Numeric: f.Type == fact.Money || f.Type == fact.Number})
	}
	if len(parts) > 0 {
		v.Table.Columns = append(v.Table.Columns, ui.Column{Text: t.T("workplace.belongs")})
	}
	if len(dues) > 0 {
		v.Table.Columns = append(v.Table.Columns, ui.Column{Text: t.T("proceeding.deadlines")})
	}
	if len(byThing) > 0 {
		v.Table.Columns = append(v.Table.Columns, ui.Column{Text: t.T("workplace.do")})
	}
	for _, no := range shown {
		th := &p.State.Things[no]
		row := ui.Row{ID: "thing-" + strconv.Itoa(int(no)), Tone: worst(dues[no]), Cells: []ui.Cell{m.nameCell(t, p, k, no),
			{Text: lb.State(k.Name, p.Law.StateName(th.Kind, th.State)), Note: t.Date(m.zone.Date(th.Since))}}}
		for _, f := range fields {
			row.Cells = append(row.Cells, m.valueCell(t, p, k, no, f, th.Field(f.ID), named))
		}
		if len(parts) > 0 {
			row.Cells = append(row.Cells, ui.Cell{Body: links(m.partLinks(t, p, parts[no], no))})
		}
		if len(dues) > 0 {
			row.Cells = append(row.Cells, m.duesCell(t, dues[no], thingHref(p, no)))
		}
		if len(byThing) > 0 {
			row.Cells = append(row.Cells, ui.Cell{Body: links(m.rowActs(t, p, byThing[no], no, here))})
		}
		v.Table.Rows = append(v.Table.Rows, row)
	}
	return nil
}

func withAfter(a *asked) url.Values {
	q := a.values()
	if a.after > 0 {
		q.Set("after", strconv.Itoa(int(a.after)))
	}
	return q
}

// nameCell is what a thing is called, leading to its page; below it whom it belongs to, where its name does not say that.
func (m *room) nameCell(t *web.Words, p *proceedings.Proceeding, k *procedure.Kind, no int32) ui.Cell {
	th := &p.State.Things[no]
	name := t.Thing(p.Law, &p.State, no)
	c := ui.Cell{Text: name, Href: thingHref(p, no), Head: true}
	if th.Of > 0 {
		if whom := t.Thing(p.Law, &p.State, th.Of); !strings.Contains(name, whom) {
			c.Note = whom
		}
	} else if !strings.HasPrefix(name, t.Law(p.Law.Name).Kind(k.Name)) {
		c.Note = "№ " + strconv.Itoa(int(no))
	}
	return c
}

func clipped(text string) string {
	r := []rune(text)
	if len(r) <= mostText {
		return text
	}
	return string(r[:mostText-1]) + "…"
}

// valueCell is a fact of a thing; a thing that it names is led to, where the reader sees it.
func (m *room) valueCell(t *web.Words, p *proceedings.Proceeding, k *procedure.Kind, no int32, f *procedure.Field, v fact.Value, named map[string]string) ui.Cell {
	if !v.Given() {
		return ui.Cell{Text: "—", Quiet: true}
	}
	c := ui.Cell{Text: clipped(m.desk.Value(t, p, k.Name, f.Name, v, named))}
	var doc factView
	if m.shown(t, p, no, f.Name, v, &doc); doc.Picture != "" {
		c.Body = photo(doc)
	} else if doc.Href != "" {
		c.Href = doc.Href
	}
	if f.Type == fact.Thing && seen(p, v.Num) {
		c.Href = thingHref(p, int32(v.Num))
	}
	return c
}

// seen reports whether a number is that of a thing that the reader sees.
func seen(p *proceedings.Proceeding, no int64) bool {
	return no > 0 && no < int64(len(p.State.Things)) && !p.State.Things[no].Withheld()
}

// belonging counts, for each of some things, what belongs to it by kind.
func belonging(p *proceedings.Proceeding, of map[int32]bool) map[int32]map[procedure.KindID]int {
	out := map[int32]map[procedure.KindID]int{}
	for no := 1; no < len(p.State.Things); no++ {
		th := &p.State.Things[no]
		if th.Withheld() || th.Of <= 0 || !of[th.Of] {
			continue
		}
		if out[th.Of] == nil {
			out[th.Of] = map[procedure.KindID]int{}
		}
		out[th.Of][th.Kind]++
	}
	return out
}

func (m *room) partLinks(t *web.Words, p *proceedings.Proceeding, counts map[procedure.KindID]int, no int32) (out []link) {
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		name := p.Law.KindName(kind)
		out = append(out, link{Text: t.T("workplace.kind_count", "kind", t.Law(p.Law.Name).Kind(name), "n", counts[kind]), Href: query(kindHref(p.ID, name), url.Values{"of": {strconv.Itoa(int(no))}}),
			About: t.Thing(p.Law, &p.State, no)})
	}
	return out
}

func (m *room) duesCell(t *web.Words, list []dueView, href string) ui.Cell {
	if len(list) == 0 {
		return ui.Cell{Text: "—", Quiet: true}
	}
	more := link{}
	if n := len(list) - mostDues; n > 0 {
		list, more = list[:mostDues], link{Text: t.T("workplace.more_dues", "n", n), Href: href + "#deadlines"}
	}
	return ui.Cell{Body: dues(list, more)}
}

// rowActs are the most urgent acts on a thing, and the way to the others.
func (m *room) rowActs(t *web.Words, p *proceedings.Proceeding, list []procedure.Verdict, no int32, here string) (out []link) {
	byUrgency(list)
	for i := range list {
		if len(out) == mostActs && len(list) > mostActs+1 {
			return append(out, link{Text: t.T("workplace.more_acts", "n", len(list)-mostActs), Href: thingHref(p, no) + "#acts", About: t.Thing(p.Law, &p.State, no)})
		}
		l := m.act(t, p, &list[i], here)
		l.Note = ""
		out = append(out, l)
	}
	return out
}
