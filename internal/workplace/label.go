package workplace

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"nazorat/internal/desk"
	"nazorat/internal/look"
	"nazorat/internal/receipt"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

type labelView struct {
	Heading ui.HeadingView
	Number  string // of the case
	Kind    string // and of the thing
	Name    string
	Came    string
	Office  string
	Photo   string // the address of its preview
	PhotoIs string
	Code    templ.Component
	Address string
	Print   string // of the button, which a script makes
	PrintIs string
	Back    link
}

// mostOnLabel is how much of a name fits on a label, in letters.
const mostOnLabel = 120

// labelPage: what is stuck on a thing: the number of its case, its own, and a code that leads to its page. The code says
// nothing that the label does not, and whoever follows it has to sign in.
func (m *room) labelPage(w http.ResponseWriter, r *web.Request) error {
	p, k, no, err := m.thing(r)
	if err != nil {
		return err
	}
	if refused := m.docket.MayDownload(r.Actor(), p.Resource()); refused != nil {
		return refused
	}
	if err := r.LookedAt(look.View, p, no); err != nil {
		return err
	}
	t := r.Words
	th := &p.State.Things[no]
	name := t.Thing(p.Law, &p.State, no)
	if runes := []rune(name); len(runes) > mostOnLabel {
		name = string(runes[:mostOnLabel-1]) + "…"
	}
	v := labelView{Heading: ui.HeadingView{Caption: p.Number, Title: t.T("workplace.label")}, Number: p.Number, Kind: t.T("thing.number", "thing", t.Law(p.Law.Name).Kind(k.Name), "n", int(no)), Name: capital(name),
		Came: t.T("workplace.came", "date", t.Date(m.zone.Date(th.Came))), Office: t.Office(m.dir.Tree().Office(p.Office)), Address: r.Reached(m.address) + thingHref(p, no),
		Print: t.T("workplace.print"), PrintIs: t.T("workplace.print_is"), Back: link{Text: name, Href: thingHref(p, no)}}
	if strings.HasPrefix(strings.ToLower(name), strings.ToLower(t.Law(p.Law.Name).Kind(k.Name))) {
		v.Kind = "" // its name says it
	}
	if v.Code, err = receipt.Drawn(v.Address, t.T("workplace.code_is")); err != nil {
		return err
	}
	for _, f := range k.Fields {
		if f == nil || v.Photo != "" {
			continue
		}
		var photo factView
		m.shown(t, p, no, f.Name, th.Field(f.ID), &photo)
		v.Photo, v.PhotoIs = photo.Picture, photo.PictureIs
	}
	page := r.Page(p.Number + " · " + name)
	page.Breadcrumbs = []ui.Crumb{{Text: p.Number, Href: desk.ProceedingHref(p.ID)}, {Text: t.Law(p.Law.Name).Kind(k.Name) + " " + strconv.Itoa(int(no)), Href: thingHref(p, no)}, {Text: v.Heading.Title}}
	return r.Render(w, http.StatusOK, page, labelBody(v))
}
