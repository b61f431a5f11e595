package finder

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"nazorat/internal/calendar"
	"nazorat/internal/find"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// view is the page.
type view struct {
	Heading ui.HeadingView
	Typed   string
	Errors  []ui.FieldError
	Notes   []string // what the answer is not, or how words had to match
	Filters ui.FilterView
	Fields  filterFields
	Hits    []hitView
	Pages   ui.PaginationView

	Empty, EmptyIs string
	Try            []string // what can be looked for
	TryIs          string
	Apart          ui.Crumb // to those in which the words do not stand in one name
	Emergency      ui.Crumb // where nothing was found
}

// filterFields are the fields of the filters.
type filterFields struct {
	Text                            string
	Law, Stage, State, Office, Over ui.SelectField
	From, To                        ui.DateField
}

// hitView is a proceeding that was found.
type hitView struct {
	Href, Number, Title string
	About               []string // law, stage, office, when it was opened
	Said                []saidView
	Closer              string
}

// saidView is where a word stands.
type saidView struct {
	Where string
	Parts []part
}

// part of a text; Marked are the words that match.
type part struct {
	Text   string
	Marked bool
}

// view puts an answer into words; nil where nothing was asked.
func (f *finder) view(r *web.Request, a *asked, answer *find.Answer) view {
	t := r.Words
	v := view{Heading: ui.HeadingView{Title: t.T("finder.title")}, Typed: a.Text, Errors: a.bad}
	v.Filters, v.Fields = f.filters(r, a)
	if answer == nil {
		v.Heading.Lead = t.T("finder.lead")
		v.TryIs, v.Try = t.T("finder.try"), tries(t)
		return v
	}
	v.Heading.Title = t.T("finder.of", "text", a.Text)
	v.Notes = notes(t, answer)
	if answer.Apart && len(answer.Hits) > 0 {
		v.Apart = ui.Crumb{Text: t.T("finder.apart"), Href: a.address(map[string]string{fieldHow: digits(int64(answer.How) + 1)})}
	}
	for i := range answer.Hits {
		v.Hits = append(v.Hits, f.hit(t, &answer.Hits[i]))
	}
	if n := answer.Next; n != nil {
		v.Pages.OlderText = t.T("finder.more")
		v.Pages.OlderHref = a.address(map[string]string{fieldHow: digits(int64(n.How)), fieldBelow: digits(n.Below), fieldDown: digits(n.Down), fieldPast: digits(int64(n.Past))})
	}
	if a.Below != 0 || a.Past != 0 {
		v.Pages.NewerText, v.Pages.NewerHref = t.T("finder.first"), a.address(nil)
	}
	if len(v.Hits) == 0 {
		v.Empty, v.EmptyIs = t.T("finder.none"), t.T("finder.none_is", "words", strings.Join(answer.Words, ", "))
		switch {
		case len(answer.Words) == 0:
			v.EmptyIs = t.T("finder.no_words")
		case a.Below != 0:
			v.Empty, v.EmptyIs = t.T("finder.no_more"), t.T("finder.no_more_is")
		case answer.Next != nil:
			v.Empty, v.EmptyIs = t.T("finder.none_yet"), t.T("finder.none_yet_is")
		}
		v.TryIs, v.Try = t.T("finder.try"), tries(t)
		if f.s.Emergency != nil && f.s.Emergency.May(r.Actor()) && strings.ContainsFunc(a.Text, unicode.IsDigit) {
			v.Emergency = ui.Crumb{Text: t.T("finder.emergency"), Href: "/emergency?" + url.Values{"number": {a.Text}}.Encode()}
		}
	}
	return v
}

func digits(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// tries say what can be looked for.
func tries(t *web.Words) (out []string) {
	for _, key := range []string{"finder.try.number", "finder.try.person", "finder.try.words", "finder.try.mark", "finder.try.article"} {
		out = append(out, t.T(key))
	}
	return out
}

// notes say how words had to match, and what was left out.
func notes(t *web.Words, answer *find.Answer) (out []string) {
	switch {
	case len(answer.Hits) == 0:
	case answer.How == find.Near, answer.How == find.NearTogether:
		out = append(out, t.T("finder.near"))
	case answer.How == find.Some:
		out = append(out, t.T("finder.some"))
	}
	if answer.Left {
		out = append(out, t.T("finder.left", "words", strings.Join(answer.Words, ", ")))
	}
	if answer.Looked > 0 {
		out = append(out, t.T("finder.looked", "n", answer.Looked))
	}
	switch behind := answer.Lag.Behind(); {
	case answer.Lag.Emptying || behind > manyBehind:
		out = append(out, t.T("finder.anew"))
	case behind > fewBehind:
		out = append(out, t.T("finder.behind", "n", behind))
	}
	return out
}

// How far the index may be behind without a word, and how far before it is called unfinished.
const (
	fewBehind  = 50
	manyBehind = 5000
)

// hit is a proceeding that was found.
func (f *finder) hit(t *web.Words, h *find.Hit) hitView {
	law := f.s.Docket.Law(h.Law)
	words := t.Law(h.Law)
	out := hitView{Href: proceedingHref(h.ID), Number: h.Number, Title: t.Name(h.Title)}
	if law != nil {
		out.About = append(out.About, words.Law, words.State(law.KindName(0), h.Stage))
	}
	out.About = append(out.About, t.Office(f.s.Directory.Tree().Office(h.Office)), t.T("finder.opened", "date", t.Date(f.s.Zone.Date(h.Opened))))
	if h.Closer {
		out.Closer = t.T("finder.closer")
	}
	for _, s := range h.Said {
		where := words.Field(s.Act, s.Field)
		if s.Act != "" {
			where = t.T("finder.in_act", "field", where, "act", words.Act(s.Act))
		} else if s.Kind != "" {
			where = t.T("finder.in_thing", "field", words.Field(s.Kind, s.Field), "kind", words.Kind(s.Kind))
		}
		view := saidView{Where: where}
		last := 0
		for _, m := range s.Marked {
			view.Parts = append(view.Parts, part{Text: s.Text[last:m.From]}, part{Text: s.Text[m.From:m.To], Marked: true})
			last = m.To
		}
		view.Parts = append(view.Parts, part{Text: s.Text[last:]})
		out.Said = append(out.Said, view)
	}
	return out
}

// filters are the form of the filters, and what each of those that are on did, in words.
func (f *finder) filters(r *web.Request, a *asked) (v ui.FilterView, fields filterFields) {
	t, docket := r.Words, f.s.Docket
	v = ui.FilterView{Title: t.T("finder.filters"), Action: Href, Apply: t.T("finder.apply"), ClearText: t.T("finder.clear"), ClearHref: Href + "?" + url.Values{fieldText: {a.Text}}.Encode(), Open: len(a.bad) > 0}
	chip := func(on bool, text string, without ...string) {
		if !on {
			return
		}
		gone := map[string]string{}
		for _, name := range without {
			gone[name] = ""
		}
		v.Chosen = append(v.Chosen, ui.FilterChip{Text: text, RemoveHref: a.address(gone)})
	}
	fields = filterFields{Text: a.Text,
		Law:    ui.SelectField{Field: ui.Field{Name: fieldLaw, Label: t.T("finder.law"), Hint: t.T("finder.law_hint")}, Value: a.Law, Empty: t.T("finder.any_law")},
		Office: ui.SelectField{Field: ui.Field{Name: fieldOffice, Label: t.T("finder.office")}, Value: a.Office, Empty: t.T("finder.any_office")},
		Over: ui.SelectField{Field: ui.Field{Name: fieldOver, Label: t.T("finder.over")}, Empty: t.T("finder.any_over"),
			Options: []ui.Option{{Value: "open", Text: t.T("finder.open")}, {Value: "closed", Text: t.T("finder.closed")}}},
		From: ui.DateField{Field: ui.Field{Name: fieldFrom, Label: t.T("finder.from"), Error: a.wrong(fieldFrom)}, Value: a.from},
		To:   ui.DateField{Field: ui.Field{Name: fieldTo, Label: t.T("finder.to"), Error: a.wrong(fieldTo)}, Value: a.to}}
	for _, law := range docket.Laws() {
		fields.Law.Options = append(fields.Law.Options, ui.Option{Value: law, Text: t.Law(law).Law})
	}
	f.ofLaw(t, a, &fields, chip)
	tree := f.s.Directory.Tree()
	for _, o := range tree.Offices() {
		if docket.MayList(r.Actor(), o.ID) {
			fields.Office.Options = append(fields.Office.Options, ui.Option{Value: o.ID, Text: t.Office(o)})
		}
	}
	slices.SortStableFunc(fields.Office.Options, func(x, y ui.Option) int { return cmp.Compare(x.Text, y.Text) })
	chip(a.Office != "", t.T("finder.chip.office", "office", t.Office(tree.Office(a.Office))), fieldOffice)
	switch a.Over {
	case find.StillOpen:
		fields.Over.Value = "open"
		chip(true, t.T("finder.chip.open"), fieldOver)
	case find.Closed:
		fields.Over.Value = "closed"
		chip(true, t.T("finder.chip.closed"), fieldOver)
	}
	day := func(m calendar.Moment) string { return t.Date(f.s.Zone.Date(m)) }
	chip(a.From != 0, t.T("finder.chip.from", "date", day(a.From)), fieldFrom)
	chip(a.To != 0, t.T("finder.chip.to", "date", day(a.To-1)), fieldTo)
	return v, fields
}

// ofLaw are the fields that hang on the law that was chosen.
func (f *finder) ofLaw(t *web.Words, a *asked, fields *filterFields, chip func(on bool, text string, without ...string)) {
	law := f.s.Docket.Law(a.Law)
	if law == nil {
		return
	}
	words := t.Law(a.Law)
	chip(true, t.T("finder.chip.law", "law", words.Law), fieldLaw, fieldStage, fieldState)
	root := law.KindName(0)
	fields.Stage = ui.SelectField{Field: ui.Field{Name: fieldStage, Label: t.T("finder.stage")}, Value: a.Stage, Empty: t.T("finder.any_stage")}
	for _, state := range law.Names.States[0].List {
		fields.Stage.Options = append(fields.Stage.Options, ui.Option{Value: state, Text: words.State(root, state)})
	}
	chip(a.Stage != "", t.T("finder.chip.stage", "stage", words.State(root, a.Stage)), fieldStage)
	all := roles(law)
	if len(all) == 0 {
		return
	}
	fields.State = ui.SelectField{Field: ui.Field{Name: fieldState, Label: t.T("finder.state"), Hint: t.T("finder.state_hint")}, Value: a.State, Empty: t.T("finder.any_state")}
	for _, x := range all {
		fields.State.Options = append(fields.State.Options, ui.Option{Value: x.state, Text: words.State(x.kind, x.state)})
		if x.state == a.State {
			chip(true, t.T("finder.chip.state", "state", words.State(x.kind, x.state)), fieldState)
		}
	}
}

// wrong is what is wrong with a field; "" for nothing.
func (a *asked) wrong(field string) string {
	for _, e := range a.bad {
		if e.Field == field {
			return e.Text
		}
	}
	return ""
}
