package hearings

import (
	"net/http"
	"slices"
	"strconv"

	"nazorat/internal/desk"
	"nazorat/internal/look"
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
	FileIs       string
	Place        string // which sheet of how many
	Before, Next link
	Sheet        []ui.TimelineItem
	Kinds        []link
	KindsIs      string
	Whole        link
}

// actsOf are the acts that the reader may do now on a thing.
type actsOf struct {
	Title, Href string
	Acts        []link
}

// hearing is the page on which what is held is entered: on one side the acts, each of which leads back here, on the other the file, sheet by sheet.
func (m *room) hearing(w http.ResponseWriter, r *web.Request) error {
	p, err := m.docket.Proceeding(r.Context(), r.Actor(), r.PathValue("id"))
	if err != nil {
		return err
	}
	sheet := p.Version
	if text := r.URL.Query().Get("sheet"); text != "" {
		if sheet, err = strconv.ParseInt(text, 10, 64); err != nil || sheet < 1 || sheet > p.Version {
			return desk.NoPage()
		}
	}
	if err := r.Looked(look.View, p); err != nil {
		return err
	}
	t := r.Words
	lb := t.Law(p.Law.Name)
	v := hearingView{Heading: ui.HeadingView{Caption: lb.Kind(p.Law.KindName(0)) + " " + p.Number, Title: t.T("hearing.title"), Lead: t.Name(p.Title), Aside: m.desk.Level(t, p)}, ActsIs: t.T("hearing.acts"), FileIs: t.T("hearing.file"),
		KindsIs: t.T("hearing.things"), Whole: link{t.T("hearing.whole"), desk.ProceedingHref(p.ID)}}
	if err := m.when(r, p, &v); err != nil {
		return err
	}
	if err := m.sheet(r, p, sheet, &v); err != nil {
		return err
	}
	// Back from the form of an act the newest sheet is shown: that of the act.
	if err := m.acts(r, p, Href(p.ID), &v); err != nil {
		return err
	}
	for _, k := range desk.KindsOf(p, procedure.None) {
		v.Kinds = append(v.Kinds, link{t.T("hearing.kind", "kind", lb.Kind(p.Law.KindName(k.Kind)), "n", k.N), desk.KindHref(p.ID, p.Law.KindName(k.Kind))})
	}
	page := r.Page(v.Heading.Title + " · " + p.Number)
	page.Breadcrumbs = []ui.Crumb{{Text: p.Number, Href: desk.ProceedingHref(p.ID)}, {Text: v.Heading.Title}}
	if page.Notices, err = m.desk.Done(r, p); err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, page, hearingBody(v))
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

// sheet is one sheet of the file, with the way to the one before and the next.
func (m *room) sheet(r *web.Request, p *proceedings.Proceeding, no int64, v *hearingView) error {
	list, err := m.docket.History(r.Context(), p, no+1, 1)
	if err != nil {
		return err
	}
	if v.Sheet, err = m.desk.History(r, p, list); err != nil {
		return err
	}
	t := r.Words
	v.Place = t.T("hearing.place", "n", t.Number(no), "of", t.Number(p.Version))
	at := func(n int64) string { return Href(p.ID) + "?sheet=" + strconv.FormatInt(n, 10) + "#file" }
	if no > 1 {
		v.Before = link{t.T("hearing.sheet_before"), at(no - 1)}
	}
	if no < p.Version {
		v.Next = link{t.T("hearing.sheet_next"), at(no + 1)}
	}
	return nil
}

// acts are those that the reader may do now: on the proceeding, then on each of its things in their order.
func (m *room) acts(r *web.Request, p *proceedings.Proceeding, back string, v *hearingView) error {
	list, err := m.desk.Allowed(r.Context(), p, r.Actor(), func(*procedure.ActRule, int32) bool { return true })
	if err != nil {
		return err
	}
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
			by[x.Thing] = append(by[x.Thing], link{t.Law(p.Law.Name).Act(x.Rule.Name), desk.ActHref(p.ID, x.Rule.Name, x.Thing, back)})
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
