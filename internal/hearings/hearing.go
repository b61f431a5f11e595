package hearings

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"nazorat/internal/desk"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// mostActs is how many acts the page offers on one thing; the others are on the page of the proceeding.
const mostActs = 12

type hearingView struct {
	Heading      ui.HeadingView
	When         []ui.SummaryRow
	ActsIs       string
	Acts         []actsOf
	NoActs       string
	Form         templ.Component // of the act that is being entered; nil: one is chosen first
	FileIs       string
	Place        string // which sheet of how many
	Before, Next link
	Sheet        templ.Component
	Kinds        []link
	KindsIs      string
	Whole        link
}

// actsOf are the acts that the reader may do now on a thing.
type actsOf struct {
	Title, Href string
	Acts        []link
}

// opened is what of a hearing is open on its page: a sheet of the file, and the form of an act.
type opened struct {
	proceeding string
	sheet      int64 // 0: the newest
	act, thing string
}

func readOpened(r *web.Request) (o opened, err error) {
	q := r.URL.Query()
	o = opened{proceeding: r.PathValue("id"), act: q.Get("act"), thing: q.Get("thing")}
	if text := q.Get("sheet"); text != "" {
		if o.sheet, err = strconv.ParseInt(text, 10, 64); err != nil || o.sheet < 1 {
			return o, desk.NoPage()
		}
	}
	return o, nil
}

// href is the address of the page with that open, at a part of it.
func (o opened) href(part string) string {
	q := url.Values{}
	if o.sheet > 0 {
		q.Set("sheet", strconv.FormatInt(o.sheet, 10))
	}
	if o.act != "" {
		q.Set("act", o.act)
	}
	if o.thing != "" {
		q.Set("thing", o.thing)
	}
	path := Href(o.proceeding)
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	return path + part
}

// entering is the same with the form of an act, or of none.
func (o opened) entering(act, thing string) opened {
	o.act, o.thing = act, thing
	return o
}

// inside is the form of the act that is open, as the page holds it.
func (m *room) inside(w http.ResponseWriter, r *web.Request, o opened) *desk.Inside {
	return &desk.Inside{Act: o.act, Path: o.href(""), Back: o.entering("", "").href(""),
		Show: func(p *proceedings.Proceeding, status int, page ui.Page, form templ.Component) error {
			return m.show(w, r, p, o, status, page, form)
		}}
}

// hearing is the page on which what is held is entered: on one side the acts, or the form of the one that was chosen, on the other the file, sheet by sheet.
func (m *room) hearing(w http.ResponseWriter, r *web.Request) error {
	o, err := readOpened(r)
	if err != nil {
		return err
	}
	if o.act != "" {
		return m.desk.FormInside(w, r, m.inside(w, r, o))
	}
	p, err := m.docket.Proceeding(r.Context(), r.Actor(), o.proceeding)
	if err != nil {
		return err
	}
	return m.show(w, r, p, o, http.StatusOK, r.Page(""), nil)
}

// enter does the act whose form is open, or turns the sheet beside it.
func (m *room) enter(w http.ResponseWriter, r *web.Request) error {
	o, err := readOpened(r)
	if err != nil {
		return err
	}
	if o.act == "" {
		return desk.NoPage()
	}
	return m.desk.ActInside(w, r, m.inside(w, r, o))
}

// show answers with the page, over a proceeding that the reader has read.
func (m *room) show(w http.ResponseWriter, r *web.Request, p *proceedings.Proceeding, o opened, status int, page ui.Page, form templ.Component) error {
	sheet := o.sheet
	if sheet == 0 {
		sheet = p.Version
	}
	if sheet > p.Version {
		return desk.NoPage()
	}
	if err := r.LookedAtSheet(p, sheet); err != nil {
		return err
	}
	t := r.Words
	lb := t.Law(p.Law.Name)
	v := hearingView{Heading: ui.HeadingView{Caption: lb.Kind(p.Law.KindName(0)) + " " + p.Number, Title: t.T("hearing.title"), Lead: t.Name(p.Title), Aside: m.desk.Level(t, p)}, ActsIs: t.T("hearing.acts"), FileIs: t.T("hearing.file"),
		KindsIs: t.T("hearing.things"), Whole: link{t.T("hearing.whole"), desk.ProceedingHref(p.ID)}, Form: form}
	err := m.when(r, p, &v)
	if err != nil {
		return err
	}
	if v.Sheet, err = m.file.Sheet(r, p, sheet); err != nil {
		return err
	}
	v.ways(t, p, o, sheet)
	if form == nil {
		if err := m.acts(r, p, o, &v); err != nil {
			return err
		}
		if page.Notices, err = m.desk.Done(r, p); err != nil {
			return err
		}
	}
	for _, k := range desk.KindsOf(p, procedure.None) {
		v.Kinds = append(v.Kinds, link{t.T("hearing.kind", "kind", lb.Kind(p.Law.KindName(k.Kind)), "n", k.N), desk.KindHref(p.ID, p.Law.KindName(k.Kind))})
	}
	page.Title = v.Heading.Title + " · " + p.Number
	page.Breadcrumbs = []ui.Crumb{{Text: p.Number, Href: desk.ProceedingHref(p.ID)}, {Text: v.Heading.Title}}
	return r.Render(w, status, page, hearingBody(v))
}

// when says when it is held, and by whom.
func (m *room) when(r *web.Request, p *proceedings.Proceeding, v *hearingView) error {
	t, now := r.Words, m.docket.Now()
	v.When = []ui.SummaryRow{{Key: t.T("hearing.state"), Text: t.Law(p.Law.Name).State(p.Law.KindName(0), p.RootState)}}
	h, err := m.hearings.Next(r.Context(), p, now)
	if err != nil || h == nil {
		return err
	}
	names, err := m.dir.Names(r.Context(), []string{h.Officer})
	if err != nil {
		return err
	}
	key := "hearing.next"
	if h.Ends < now {
		key = "hearing.last"
	}
	v.When = append(v.When, ui.SummaryRow{Key: t.T(key), Text: t.Moment(m.zone, h.At), Note: t.Law(p.Law.Name).Act(h.Act)}, ui.SummaryRow{Key: t.T("hearings.column.who"), Text: t.Name(names[h.Officer])})
	return nil
}

// ways lead to the sheet before and the next, with the form that is open.
func (v *hearingView) ways(t *web.Words, p *proceedings.Proceeding, o opened, no int64) {
	v.Place = t.T("hearing.place", "n", t.Number(no), "of", t.Number(p.Version))
	at := func(n int64) string {
		o.sheet = n
		return o.href("#file")
	}
	if no > 1 {
		v.Before = link{t.T("hearing.sheet_before"), at(no - 1)}
	}
	if no < p.Version {
		v.Next = link{t.T("hearing.sheet_next"), at(no + 1)}
	}
}

// acts are those that the reader may do now, what comes next first: on the proceeding, then on each of its things in their order.
func (m *room) acts(r *web.Request, p *proceedings.Proceeding, o opened, v *hearingView) error {
	list, err := m.desk.Allowed(r.Context(), p, r.Actor(), func(*procedure.ActRule, int32) bool { return true })
	if err != nil {
		return err
	}
	now := m.docket.Now()
	p.Law.At(now).NextFirst(&p.State, now, list)
	t := r.Words
	by := map[int32][]link{}
	var things []int32
	for i := range list {
		x := &list[i]
		if x.Rule.OnlyByLink || x.Thing > 0 && p.State.Things[x.Thing].Withheld() {
			continue
		}
		if _, has := by[x.Thing]; !has {
			things = append(things, x.Thing)
		}
		if len(by[x.Thing]) < mostActs {
			by[x.Thing] = append(by[x.Thing], link{t.Law(p.Law.Name).Act(x.Rule.Name), o.entering(x.Rule.Name, strconv.Itoa(int(x.Thing))).href("#form")})
		}
	}
	slices.Sort(things)
	for _, no := range things {
		a := actsOf{Title: t.T("hearing.on_case"), Acts: by[no]}
		if no > 0 {
			a.Title, a.Href = t.Thing(p.Law, &p.State, no), desk.ThingHref(p, no)
		}
		v.Acts = append(v.Acts, a)
	}
	if len(v.Acts) == 0 {
		v.NoActs = t.T("hearing.no_acts")
	}
	return nil
}
