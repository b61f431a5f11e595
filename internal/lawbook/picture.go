package lawbook

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"nazorat/internal/fault"
	"nazorat/internal/lawdraw"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// The drawings of an edition, one at a time: which one, the query says ("of=case.trial"); without it, the first.

// registerPictures adds the pages with drawings. Names of laws have two parts, "uz/criminal".
func (b *book) registerPictures(s *web.Server) {
	s.HandlePublic("GET /laws/{land}/{name}/{edition}/picture", b.picturePage)
	s.HandlePublic("GET /laws/{land}/{name}/{edition}/picture.svg", b.pictureFile)
}

// PictureHref is where an edition is drawn; of names the drawing, "" for the first.
func PictureHref(e *procedure.Edition, of string) string {
	return pictureHref(e, of, "picture")
}

func pictureHref(e *procedure.Edition, of, page string) string {
	href := lawHref(e.Law) + "/" + e.Name + "/" + page
	if of != "" {
		href += "?" + url.Values{"of": {of}}.Encode()
	}
	return href
}

type pictureView struct {
	Heading  ui.HeadingView
	ChooseIs string
	Kinds    []ui.TabItem
	StagesIs string
	Stages   []pictureLink // of the kind that is shown, where it is drawn in parts
	Title    string
	ScrollIs string
	Drawing  string // SVG, written and escaped by lawdraw
	Save     pictureLink
	ToLaw    pictureLink
}

type pictureLink struct {
	Text, Href string
	Current    bool
}

// drawn finds the edition and the drawing that a request is about.
func (b *book) drawn(r *web.Request) (*procedure.Edition, lawdraw.Drawing, error) {
	e, err := b.editionOf(r.PathValue("land")+"/"+r.PathValue("name"), r.PathValue("edition"))
	if err != nil {
		return nil, lawdraw.Drawing{}, err
	}
	of := r.URL.Query().Get("of")
	for _, d := range lawdraw.Drawings(e) {
		if of == "" || d.ID() == of {
			return e, d, nil
		}
	}
	return nil, lawdraw.Drawing{}, fault.New(fault.NotFound, "picture.none", nil)
}

func (b *book) picturePage(w http.ResponseWriter, r *web.Request) error {
	e, d, err := b.drawn(r)
	if err != nil {
		return err
	}
	p, err := b.artist.Draw(r.Context(), e, d, r.Words, r.Words.Lang, pictureLinks(e, d))
	if err != nil {
		return err
	}
	v := newPictureView(r.Words, e, p)
	page := r.Page(v.Heading.Title)
	lb := r.Words.Law(e.Law.Name)
	page.Breadcrumbs = []ui.Crumb{{Text: r.Words.T("laws.title"), Href: "/laws"}, {Text: lb.Law, Href: editionHref(e)}, {Text: r.Words.T("picture.choose")}}
	return r.Render(w, http.StatusOK, page, pictureBody(v))
}

// pictureFile is the same drawing as a file of its own, to be kept, printed or sent.
func (b *book) pictureFile(w http.ResponseWriter, r *web.Request) error {
	e, d, err := b.drawn(r)
	if err != nil {
		return err
	}
	p, err := b.artist.Draw(r.Context(), e, d, r.Words, r.Words.Lang, lawdraw.Links{})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", strings.ReplaceAll(e.Law.Name, "/", "-")+"-"+e.Name+"-"+d.ID()+".svg"))
	_, err = w.Write(p.SVG(lawdraw.Alone))
	return err
}

// pictureLinks lead from the boxes of a drawing: a stage that has a drawing of its own to that, another to its
// description; the stage that is drawn, acts and terms to theirs.
func pictureLinks(e *procedure.Edition, now lawdraw.Drawing) lawdraw.Links {
	parts := map[lawdraw.Drawing]bool{}
	for _, d := range lawdraw.Drawings(e) {
		parts[d] = true
	}
	return lawdraw.Links{
		State: func(kind, state string) string {
			if stage := (lawdraw.Drawing{Kind: kind, Stage: state}); parts[stage] && stage != now {
				return PictureHref(e, stage.ID())
			}
			return stageAt(e, kind, state)
		},
		Act:  func(name string) string { return ActHref(e, name) },
		Term: func(name string) string { return TermHref(e, name) },
	}
}

func newPictureView(t *web.Words, e *procedure.Edition, p *lawdraw.Picture) pictureView {
	lb := t.Law(e.Law.Name)
	v := pictureView{Heading: ui.HeadingView{Caption: t.T("law.since", "date", t.Date(e.InForce)), Title: t.T("picture.title", "law", lb.Law), Lead: t.T("picture.lead")},
		ChooseIs: t.T("picture.choose"), Title: p.Title, ScrollIs: t.T("picture.scroll"), Drawing: string(p.SVG(lawdraw.InPage)),
		Save: pictureLink{Text: t.T("picture.save"), Href: pictureHref(e, p.Drawing.ID(), "picture.svg")}, ToLaw: pictureLink{Text: t.T("picture.to_law"), Href: editionHref(e)}}
	for _, d := range lawdraw.Drawings(e) {
		if d.Stage == "" {
			v.Kinds = append(v.Kinds, ui.TabItem{Text: lawdraw.Capital(lb.Kind(d.Kind)), Href: PictureHref(e, d.ID()), Current: d.Kind == p.Drawing.Kind})
		} else if d.Kind == p.Drawing.Kind {
			v.StagesIs = t.T("picture.stages", "kind", lb.Kind(d.Kind))
			v.Stages = append(v.Stages, pictureLink{Text: lb.State(d.Kind, d.Stage), Href: PictureHref(e, d.ID()), Current: d == p.Drawing})
		}
	}
	return v
}
