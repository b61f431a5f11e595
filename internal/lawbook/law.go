package lawbook

import (
	"slices"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/lawdraw"
	"nazorat/internal/picture"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

func stageAnchor(kind, state string) string { return "stage-" + kind + "-" + state }

func stageHref(kind, state string) string { return "#" + stageAnchor(kind, state) }

type lawView struct {
	Use      useView
	Heading  ui.HeadingView
	Editions []ui.TabItem
	EditIs   string
	Notice   string // this edition is not the one in force
	Compare  compareView
	Cites    []lawCite
	CitesIs  string
	Contents []lawLink
	TocIs    string
	PathIs   string
	Path     picture.PathView
	Pictures []lawLink // the same drawn, and in words
	Kinds    []lawKind
	StagesIs string
	ActsIs   string
	Acts     []lawRule
	TermsIs  string
	Terms    []lawRule
	AllTerms ui.TableView
	IndexIs  string
	Index    []lawPart // in the place of acts and terms, where the law is long
	Whole    []lawLink // where all rules of a long law stand
	Days     ui.TableView
	DaysIs   string
	DaysNote string
	BesideIs string
	Beside   []lawRule
	SureIs   string
	Sure     []lawSure
	SureNote string // that no rule of the law has a mark

	// What is open, and what a new edition does.
	FilterIs   string
	Filter     []ui.TabItem // all rules, or those that a lawyer has yet to confirm
	Only       bool         // only the latter are shown
	OpenIs     string
	Open       []lawQuestion
	ChangeIs   string
	Change     []lawFact
	ChangeNote string
}

type lawLink struct{ Text, Href string }

// lawKind is a kind of thing with its stages. Those in which nothing more is done stand together.
type lawKind struct {
	ID, Name string
	Of       string
	Stages   []lawStage
	StillIs  string
	Still    []lawStage
}

type lawStage struct {
	ID, Name string
	End      string // that it is an end, in words
	Acts     []lawStageAct
	More     lawLink // in an overview: the acts that leave the thing in this stage, where they are drawn
}

type lawStageAct struct{ Name, Href, Who, To, ToHref string }

// lawRule is an act or a term, in words.
type lawRule struct {
	ID, Name, Hint, Article string
	Sure                    lawSure
	Facts                   []lawFact
}

// lawFact is one line of a rule: a word in the margin, and what the law says.
type lawFact struct {
	Key    string
	Lines  []lawLine
	Inline bool
}

// lawLine is one statement; Href makes its Text a link, Code is a condition as the law's file has it.
type lawLine struct{ Text, Href, Note, Article, Code string }

// lawSure is how sure the source of a rule is.
type lawSure struct{ Mark, Text string }

var sureKeys = []struct{ mark, key string }{{"V", "law.sure.read"}, {"V+", "law.sure.confirmed"}, {"N", "law.sure.secondary"}, {"M", "law.sure.memory"}, {"?", "law.sure.open"}}

// sure is the mark of a rule; a law some of whose rules have one marks all of them.
func (d *lawWriting) sure(mark string) lawSure {
	if !d.marked {
		return lawSure{}
	}
	for _, s := range sureKeys {
		if s.mark == mark {
			return lawSure{mark, d.t.T(s.key)}
		}
	}
	return lawSure{"?", d.t.T("law.sure.open")}
}

// meanings of the marks that a page uses, the surest first.
func (d *lawWriting) meanings(used map[string]bool) (out []lawSure) {
	for _, s := range sureKeys {
		if used[s.mark] {
			out = append(out, d.sure(s.mark))
		}
	}
	return out
}

// lawWriting puts one edition into words.
type lawWriting struct {
	t      *web.Words
	e      *procedure.Edition
	lb     *procedure.Labels
	marked bool // some rule has a mark that says how sure it is
	only   bool // only rules that a lawyer has yet to confirm are on the page
	here   where
	part   string // that the page is of

	drawings []lawdraw.Drawing // of an index
}

// where says which rules a page has in full: links to others lead to their own pages.
type where uint8

const (
	inWhole  where = iota // all of them
	inIndex               // none, but names and links
	inPart                // those of one part
	inStages              // none: stages, and where they lead
)

// showing is what of an edition its page shows.
type showing struct {
	only bool // just the rules that a lawyer has yet to confirm
	all  bool // everything in full, however long
}

// newLawView is the page of an edition; inForce is the edition that governs now.
func newLawView(t *web.Words, e, inForce *procedure.Edition, now calendar.Moment, show showing) lawView {
	d := lawWriting{t: t, e: e, lb: t.Law(e.Law.Name), marked: anyMark(e)}
	d.only = show.only && d.marked
	if long(e) && !show.all {
		d.here = inIndex
	}
	v := lawView{Heading: ui.HeadingView{Caption: t.T("law.since", "date", t.Date(e.InForce)), Title: d.lb.Law}, EditIs: t.T("law.editions"),
		CitesIs: t.T("law.cites"), PathIs: t.T("law.path"), StagesIs: t.T("law.stages"), ActsIs: t.T("law.acts"), TermsIs: t.T("law.terms"),
		DaysIs: t.T("law.days"), SureIs: t.T("law.sure"), TocIs: t.T("law.contents"), Only: d.only}
	if e != inForce {
		v.Notice = t.T("law.not_in_force", "date", t.Date(inForce.InForce))
	}
	if len(e.Law.Editions) > 1 {
		for _, o := range e.Law.Editions {
			v.Editions = append(v.Editions, ui.TabItem{Text: t.Date(o.InForce), Href: editionHref(o), Current: o == e})
		}
	}
	v.Cites = cites(d.lb, e)
	v.Path = d.path()
	v.Pictures = []lawLink{{t.T("picture.link"), PictureHref(e, "")}}
	switch {
	case d.here == inIndex:
		v.IndexIs, v.Whole = t.T("law.index"), []lawLink{{t.T("law.names"), rulesHref(e)}, {t.T("law.reach"), whoHref(e)}, {t.T("law.everything"), allHref(e)}}
		v.Pictures = append(v.Pictures, lawLink{t.T("law.stages_link"), stagesHref(e)})
	case !d.only:
		v.Kinds = d.kinds()
	}
	d.rules(&v)
	v.OpenIs, v.Open = t.T("law.open"), d.questions()
	v.BesideIs, v.Beside = t.T("law.beside"), d.beside()
	d.transition(&v)
	y, _, _ := e.Days.Zone().Date(now).Civil()
	v.Days, v.DaysNote = d.daysOff(y)
	v.contents()
	return v
}

// rules writes the acts and the terms, and counts what is to be confirmed.
func (d *lawWriting) rules(v *lawView) {
	t := d.t
	v.AllTerms = ui.TableView{Caption: t.T("law.all_terms"), Columns: []ui.Column{{Text: t.T("law.term")}, {Text: t.T("law.length")}, {Text: t.T("law.owes")}, {Text: t.T("law.article"), Unbroken: true}}}
	used := map[string]bool{}
	all, open := 0, 0
	seen := func(mark string) (shown bool) {
		all++
		used[d.sure(mark).Mark] = true
		if !confirmed(mark) {
			open++
		}
		return !d.only || !confirmed(mark)
	}
	if d.here == inIndex {
		v.Index = d.index(d.only, seen)
	}
	for _, r := range d.e.Acts {
		if d.here == inWhole && r != nil && seen(r.Confidence) {
			v.Acts = append(v.Acts, d.act(r))
		}
	}
	for _, term := range d.e.Terms {
		if d.here == inWhole && term != nil && seen(term.Confidence) {
			v.Terms = append(v.Terms, d.term(term))
			v.AllTerms.Rows = append(v.AllTerms.Rows, d.termRow(term))
		}
	}
	v.Sure = d.meanings(used)
	if !d.marked {
		v.SureNote = t.T("law.sure.no_marks")
		return
	}
	v.FilterIs = t.T("law.filter")
	v.Filter = []ui.TabItem{{Text: t.T("law.filter.all"), Href: editionHref(d.e), Count: all, Current: !d.only},
		{Text: t.T("law.filter.open"), Href: openHref(d.e), Count: open, Current: d.only}}
}

// contents lists what is on the page.
func (v *lawView) contents() {
	add := func(there bool, text, href string) {
		if there {
			v.Contents = append(v.Contents, lawLink{text, href})
		}
	}
	add(!v.Only, v.PathIs, "#path")
	add(len(v.Kinds) > 0, v.StagesIs, "#stages")
	add(len(v.Index) > 0, v.IndexIs, "#index")
	add(len(v.Acts) > 0, v.ActsIs, "#acts")
	add(len(v.Terms) > 0, v.TermsIs, "#terms")
	add(len(v.Open) > 0, v.OpenIs, "#open")
	add(!v.Only && (len(v.Change) > 0 || v.ChangeNote != ""), v.ChangeIs, "#transition")
	add(len(v.Beside) > 0, v.BesideIs, "#beside")
	add(!v.Only, v.DaysIs, "#days")
	add(true, v.SureIs, "#sure")
}

func (d *lawWriting) kinds() []lawKind {
	var out []lawKind
	for _, k := range d.e.Kinds {
		if k == nil {
			continue
		}
		v := lawKind{ID: "kind-" + k.Name, Name: d.lb.Kind(k.Name), StillIs: d.t.T("law.no_acts")}
		if k.Of != procedure.None && d.e.Kinds[k.Of] != nil {
			v.Of = d.t.T("law.kind_of", "kind", d.lb.Kind(d.e.Kinds[k.Of].Name))
		}
		if any := d.stageActs(k, procedure.None); len(any) > 0 {
			v.StillIs = d.t.T("law.only_any_stage")
			stage := lawStage{ID: "stage-" + k.Name, Name: d.t.T("law.any_stage"), Acts: any}
			d.overview(&stage, lawdraw.Drawing{Kind: k.Name, Parts: true})
			v.Stages = append(v.Stages, stage)
		}
		for _, s := range k.States {
			name := d.e.Law.StateName(k.ID, s)
			stage := lawStage{ID: stageAnchor(k.Name, name), Name: d.lb.State(k.Name, name), Acts: d.stageActs(k, s)}
			if int(s) < len(k.Final) && k.Final[s] {
				stage.End = d.t.T("law.final")
			}
			if len(stage.Acts) == 0 {
				v.Still = append(v.Still, stage)
				continue
			}
			d.overview(&stage, lawdraw.Drawing{Kind: k.Name, Stage: name})
			v.Stages = append(v.Stages, stage)
		}
		out = append(out, v)
	}
	return out
}

// overview leaves of a stage where it leads, where the law is long: its acts are in the drawing
// of the stage, and in their parts.
func (d *lawWriting) overview(s *lawStage, drawn lawdraw.Drawing) {
	if d.here != inStages {
		return
	}
	if !slices.Contains(d.drawings, drawn) {
		drawn = lawdraw.Drawing{Kind: drawn.Kind}
	}
	s.More = lawLink{d.t.T("law.stage_acts", "n", len(s.Acts)), PictureHref(d.e, drawn.ID())}
	var to []lawStageAct
	for _, a := range s.Acts {
		if way := (lawStageAct{To: a.To, ToHref: a.ToHref}); a.To != "" && !slices.Contains(to, way) {
			to = append(to, way)
		}
	}
	s.Acts = to
}

// stageActs lists the acts possible in a state; with None, those possible in any.
func (d *lawWriting) stageActs(k *procedure.Kind, s procedure.StateID) []lawStageAct {
	var out []lawStageAct
	for _, r := range d.e.Acts {
		if r == nil || r.Opens || r.On != k.ID {
			continue
		}
		if s == procedure.None && len(r.From) > 0 || s != procedure.None && !slices.Contains(r.From, s) {
			continue
		}
		a := lawStageAct{Name: d.lb.Act(r.Name), Href: d.actHref(r), Who: d.t.Or(web.Roles(d.lb, r.By))}
		if r.To != procedure.None && r.To != s {
			to := d.e.Law.StateName(k.ID, r.To)
			a.To, a.ToHref = d.lb.State(k.Name, to), stageHref(k.Name, to)
		}
		out = append(out, a)
	}
	return out
}

// termRow is a term in the table that shows all of them at a glance.
func (d *lawWriting) termRow(x *procedure.Term) ui.Row {
	owes := ""
	if x.OwedBy != "" {
		owes = d.lb.Role(x.OwedBy)
	}
	return ui.Row{Cells: []ui.Cell{{Text: d.lb.Term(x.Name), Href: d.termHref(x), Head: true}, {Text: d.length(x)}, {Text: owes}, {Text: d.lb.Article(x.Article)}}}
}

// daysOff is the table of the holidays of a year, and what must be said of it.
func (d *lawWriting) daysOff(year int) (table ui.TableView, note string) {
	t, days := d.t, d.e.Days
	table = ui.TableView{Caption: t.T("law.days_of", "year", year), Columns: []ui.Column{{Text: t.T("law.day"), Unbroken: true}, {Text: t.T("law.day_name")}}}
	first := calendar.DateOf(year, 1, 1)
	if !days.Known(first) {
		table.Empty = t.T("law.days_unknown", "year", year)
		return table, ""
	}
	var sources []string
	for day := first; day < calendar.DateOf(year+1, 1, 1); day++ {
		if off, isOff := days.Why(day); isOff && off.Name != "" {
			table.Rows = append(table.Rows, ui.Row{Cells: []ui.Cell{{Text: t.LongDate(day)}, {Text: d.lb.Day(off.Name)}}})
			if source := d.lb.Day(off.Source); !slices.Contains(sources, source) {
				sources = append(sources, source)
			}
		}
	}
	return table, t.T("law.days_note", "source", strings.Join(sources, "; "))
}
