// Package finder is the page of the one search box: what was found, where in each proceeding, and filters that say what
// they did. The box itself stands in the header of every page.
//
// What is found, and what of it may be shown, is package find's to say; this one puts it into words. Whoever may not
// search is told so; every search is recorded as a look, with what was typed, before anything of it is shown. A number that
// leads to one proceeding is opened at once.
package finder

import (
	"embed"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/find"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Texts of this package, one folder a language.
//
//go:embed texts
var Texts embed.FS

// Href is where the search box leads.
const Href = "/find"

// finder serves the page.
type finder struct {
	index *find.Index
	s     *web.Server
}

// Register adds the page to a server.
func Register(s *web.Server, index *find.Index) {
	f := &finder{index: index, s: s}
	for _, lang := range web.Languages {
		words := s.Words.In(lang.Code)
		for _, law := range s.Docket.Laws() {
			index.Call(words.Law(law).Shorts)
		}
	}
	s.Handle("GET "+Href, f.page)
}

// asked is what stands in the address.
type asked struct {
	find.Ask
	from, to string // as they were typed
	bad      []ui.FieldError
}

// Names of the fields, in the address.
const (
	fieldText   = "q"
	fieldLaw    = "law"
	fieldStage  = "stage"
	fieldState  = "state"
	fieldOffice = "office"
	fieldOver   = "over"
	fieldFrom   = "from"
	fieldTo     = "to"
	fieldHow    = "how"
	fieldBelow  = "below"
	fieldDown   = "down"
	fieldPast   = "past"
)

var overs = map[string]find.Over{"": find.EitherWay, "open": find.StillOpen, "closed": find.Closed}

// read reads the address. One that no page of ours leads to is no page.
func (f *finder) read(r *web.Request) (a asked, err error) {
	q := r.URL.Query()
	a.Text = strings.TrimSpace(q.Get(fieldText))
	a.Law, a.Stage, a.State, a.Office = q.Get(fieldLaw), q.Get(fieldStage), q.Get(fieldState), q.Get(fieldOffice)
	over, known := overs[q.Get(fieldOver)]
	var wrong error
	switch law := f.s.Docket.Law(a.Law); {
	case !known:
		wrong = errors.New("over")
	case a.Law != "" && law == nil:
		wrong = errors.New("law")
	case a.Law == "":
		a.Stage, a.State = "", "" // of no law
	case a.Stage != "" && law.Names.States[0].Find(a.Stage) < 0:
		a.Stage = "" // of another law
	}
	if law := f.s.Docket.Law(a.Law); law != nil && a.State != "" && !slices.ContainsFunc(roles(law), func(x role) bool { return x.state == a.State }) {
		a.State = ""
	}
	a.Over = over
	if a.Office != "" && !f.s.Docket.MayList(r.Actor(), a.Office) {
		wrong = errors.New("office")
	}
	how, err1 := number(q.Get(fieldHow))
	below, err2 := number(q.Get(fieldBelow))
	down, err3 := number(q.Get(fieldDown))
	past, err4 := number(q.Get(fieldPast))
	if wrong = errors.Join(wrong, err1, err2, err3, err4); wrong != nil || how > int64(find.Some) || past > 10_000 {
		return a, fault.New(fault.NotFound, "fault.no_page", nil).Because(wrong)
	}
	a.How, a.Below, a.Down, a.Past = find.How(how), below, down, int(past)
	a.from, a.to = q.Get(fieldFrom), q.Get(fieldTo)
	a.From = f.day(r, &a, fieldFrom, a.from, 0)
	a.To = f.day(r, &a, fieldTo, a.to, 1)
	if n := utf8.RuneCountInString(a.Text); n > find.MostTyped {
		a.bad = append(a.bad, ui.FieldError{Field: fieldText, Text: r.Words.T("finder.too_long", "n", find.MostTyped)})
	}
	return a, nil
}

// day reads a date, and gives the moment at which it or, later by so many days, another begins.
func (f *finder) day(r *web.Request, a *asked, field, typed string, later calendar.Date) calendar.Moment {
	if typed == "" {
		return 0
	}
	v, key := fact.Parse(fact.Date, typed, f.s.Zone)
	if key != "" {
		a.bad = append(a.bad, ui.FieldError{Field: field, Text: r.Words.T(key)})
		return 0
	}
	return f.s.Zone.Moment(calendar.Date(v.Num)+later, 0)
}

// number reads a whole number that is not negative; "" is 0.
func number(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(s, 10, 62)
	return int64(n), err
}

// role is a state in which a thing that has a person's name may be.
type role struct{ kind, state string }

// roles of a law: by its last edition, which knows all that are there now.
func roles(law *procedure.Law) (out []role) {
	e := law.Editions[len(law.Editions)-1]
	for _, k := range e.Kinds {
		if k == nil || k.ID == 0 || !slices.ContainsFunc(k.Fields, func(f *procedure.Field) bool { return f != nil && f.Type == fact.Person }) {
			continue
		}
		for _, state := range e.StateNames(k.ID, k.States) {
			out = append(out, role{k.Name, state})
		}
	}
	return out
}

// address is that of the page with what is asked; further replaces some of it, "" takes away.
func (a *asked) address(further map[string]string) string {
	q := url.Values{}
	over := ""
	for name, is := range overs {
		if is == a.Over {
			over = name
		}
	}
	for name, value := range map[string]string{fieldText: a.Text, fieldLaw: a.Law, fieldStage: a.Stage, fieldState: a.State, fieldOffice: a.Office, fieldOver: over, fieldFrom: a.from, fieldTo: a.to} {
		if with, other := further[name]; other {
			value = with
		}
		if value != "" {
			q.Set(name, value)
		}
	}
	for _, name := range []string{fieldHow, fieldBelow, fieldDown, fieldPast} {
		if value := further[name]; value != "" {
			q.Set(name, value)
		}
	}
	return Href + "?" + q.Encode()
}

// plain reports whether nothing but words is asked.
func (a *asked) plain() bool {
	return a.Law+a.Stage+a.State+a.Office+a.from+a.to == "" && a.Over == find.EitherWay && a.Below == 0 && a.Past == 0
}

// page answers.
func (f *finder) page(w http.ResponseWriter, r *web.Request) error {
	a, err := f.read(r)
	if err != nil {
		return err
	}
	who, docket := r.Actor(), f.s.Docket
	if refused := docket.MaySearch(who); refused != nil {
		return refused
	}
	if a.Text == "" || len(a.bad) > 0 {
		status := http.StatusOK
		if len(a.bad) > 0 {
			status = http.StatusUnprocessableEntity
		}
		return f.render(w, r, status, f.view(r, &a, nil))
	}
	if a.plain() && strings.ContainsFunc(a.Text, unicode.IsDigit) {
		id, err := docket.ByNumber(r.Context(), who, a.Text)
		if err == nil {
			if err := r.LookedFor(a.Text, id, 0); err != nil {
				return err
			}
			return web.SeeOther(w, r, proceedingHref(id))
		}
		if !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	answer, err := f.index.Search(r.Context(), who, a.Ask)
	if err != nil {
		return err
	}
	if err := r.LookedFor(a.Text, "", len(answer.Hits)); err != nil {
		return err
	}
	status := http.StatusOK
	if len(answer.Hits) == 0 && a.Below == 0 && answer.Next == nil {
		status = http.StatusNotFound
	}
	return f.render(w, r, status, f.view(r, &a, answer))
}

func proceedingHref(id string) string { return "/proceedings/" + url.PathEscape(id) }

func (f *finder) render(w http.ResponseWriter, r *web.Request, status int, v view) error {
	page := r.Page(v.Heading.Title)
	if page.Find != nil {
		page.Find.Value = v.Typed
	}
	page.Errors = v.Errors
	return r.Render(w, status, page, body(v))
}
