package desk

import (
	"net/http"
	"slices"

	"nazorat/internal/look"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// What may not be done has a page of its own: it is long, and seldom asked for.

// closedView is what an officer may not do in a proceeding now, by the reasons.
type closedView struct {
	Heading ui.HeadingView
	None    string
	Groups  []closedGroup
}

// closedGroup is the acts that one reason stands against.
type closedGroup struct {
	Why  string
	Acts []closedAct
}

// closedAct is one that may not be done now, on nothing or on things of the proceeding.
type closedAct struct {
	Act, Article string
	Things       []string
	More         string // how many others
	others       int64
}

// mostNamed is how many things are named of those that an act may not be done on for one reason.
const mostNamed = 12

func closedHref(proceeding string) string { return proceedingHref(proceeding) + "/closed" }

// closedPage: what the reader may not do, and why.
func (d *Desk) closedPage(w http.ResponseWriter, r *web.Request) error {
	p, err := d.docket.Proceeding(r.Context(), r.Actor(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := r.Looked(look.View, p); err != nil {
		return err
	}
	t := r.Words
	v := closedView{Heading: ui.HeadingView{Caption: p.Number, Title: t.T("proceeding.closed"), Lead: t.Name(p.Title)}, None: t.T("proceeding.closed_none")}
	if v.Groups, err = d.closed(r, p); err != nil {
		return err
	}
	page := r.Page(p.Number + " · " + v.Heading.Title)
	page.Breadcrumbs = []ui.Crumb{{Text: p.Number, Href: proceedingHref(p.ID)}, {Text: v.Heading.Title}}
	return r.Render(w, http.StatusOK, page, closedBody(v))
}

// closed groups the acts that the law refuses by what it says, in the law's own order.
func (d *Desk) closed(r *web.Request, p *proceedings.Proceeding) (out []closedGroup, err error) {
	t := r.Words
	lb := t.Law(p.Law.Name)
	judged, err := Judge(r.Context(), d.docket.Reader, p, r.Actor(), d.docket.Now())
	if err != nil {
		return nil, err
	}
	for n := range judged.List {
		ver := &judged.List[n]
		outside := judged.Against(ver)
		a := closedAct{Act: lb.Act(ver.Rule.Name)}
		var why string
		switch {
		case ver.Refusal == nil && outside == nil:
			continue
		case ver.Refusal == nil:
			why, a.Article = r.Told(p.Law, outside), lb.Article(outside.Article)
		default:
			why, a.Article = t.Refusal(p.Law, ver.Refusal), lb.Article(ver.Refusal.Article)
		}
		i := slices.IndexFunc(out, func(g closedGroup) bool { return g.Why == why })
		if i < 0 {
			i, out = len(out), append(out, closedGroup{Why: why})
		}
		g := &out[i]
		j := slices.IndexFunc(g.Acts, func(x closedAct) bool { return x.Act == a.Act && x.Article == a.Article })
		if j < 0 {
			j, g.Acts = len(g.Acts), append(g.Acts, a)
		}
		act := &g.Acts[j]
		if len(act.Things) == mostNamed {
			act.others++
			act.More = t.T("proceeding.closed_more", "n", t.Number(act.others))
			continue
		}
		if name := t.Thing(p.Law, &p.State, ver.Thing); name != "" && !slices.Contains(act.Things, name) {
			act.Things = append(act.Things, name)
		}
	}
	return out, nil
}
