package lawbook

import (
	"net/url"

	"nazorat/internal/picture"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// A long law is read part by part: the page of the law has the path, the stages and an index of
// its rules, and each part of the law has a page with its rules in full. A short one stands on one page.

// shortLaw is how many acts and terms one page holds.
const shortLaw = 60

// long reports whether an edition is read part by part.
func long(e *procedure.Edition) bool {
	return countActs(e)+countTerms(e) > shortLaw && len(e.Parts()) > 1
}

// noPart stands in an address for what belongs to no part; no part can be called so.
const noPart = "_"

func partHref(e *procedure.Edition, part string) string {
	if part == "" {
		part = noPart
	}
	return lawHref(e.Law) + "/" + e.Name + "/part/" + part
}

// allHref is the whole of a long edition on one page.
func allHref(e *procedure.Edition) string {
	return lawHref(e.Law) + "?" + url.Values{"all": {"1"}, "edition": {e.Name}}.Encode()
}

func partName(t *web.Words, lb *procedure.Labels, part string) string {
	if part == "" {
		return t.T("law.part_other")
	}
	return lb.Part(part)
}

// lawPart is a part in the index of a long law.
type lawPart struct {
	ID, Name, Href string
	Acts, Terms    []lawEntry
}

// lawEntry is a rule in the index. It has the anchor that the rule has on other pages, so that
// an old address still finds it.
type lawEntry struct {
	ID, Text, Href, Article, Note string
	Sure                          lawSure
}

// unsure is the mark of a rule that a lawyer has yet to confirm: an index has no others.
func (d *lawWriting) unsure(mark string) lawSure {
	if confirmed(mark) {
		return lawSure{}
	}
	return d.sure(mark)
}

// index lists the rules that the page shows by their parts.
func (d *lawWriting) index(shown func(mark string) bool) (out []lawPart) {
	at := map[string]int{}
	for i, name := range d.e.Parts() {
		at[name] = i
		p := lawPart{ID: "part-" + name, Name: partName(d.t, d.lb, name), Href: partHref(d.e, name)}
		if name == "" {
			p.ID = "part-" + noPart
		}
		out = append(out, p)
	}
	for _, r := range d.e.Acts {
		if r != nil && shown(r.Confidence) {
			p := &out[at[r.Part]]
			p.Acts = append(p.Acts, lawEntry{ID: "act-" + r.Name, Text: d.lb.Act(r.Name), Href: ActHref(d.e, r.Name), Article: d.lb.Article(r.Article), Sure: d.unsure(r.Confidence)})
		}
	}
	for _, x := range d.e.Terms {
		if x != nil && shown(x.Confidence) {
			p := &out[at[x.Part]]
			p.Terms = append(p.Terms, lawEntry{ID: "term-" + x.Name, Text: d.lb.Term(x.Name), Href: TermHref(d.e, x.Name), Article: d.lb.Article(x.Article), Note: d.length(x), Sure: d.unsure(x.Confidence)})
		}
	}
	some := out[:0]
	for _, p := range out {
		if len(p.Acts)+len(p.Terms) > 0 {
			some = append(some, p)
		}
	}
	return some
}

// partView is the page of one part of a long law.
type partView struct {
	Heading  ui.HeadingView
	Notice   string
	TocIs    string
	Contents []lawLink
	ActsIs   string
	Acts     []lawRule
	TermsIs  string
	Terms    []lawRule
	SureIs   string
	Sure     []lawSure
	Pages    ui.PaginationView
}

// newPartView is the page of a part of an edition; ok is false where it has none of that name.
func newPartView(t *web.Words, e, inForce *procedure.Edition, part string) (v partView, ok bool) {
	d := lawWriting{t: t, e: e, lb: t.Law(e.Law.Name), marked: anyMark(e), here: inPart, part: part}
	v = partView{Heading: ui.HeadingView{Caption: d.lb.Law + " · " + t.T("law.since", "date", t.Date(e.InForce)), Title: partName(t, d.lb, part)},
		TocIs: t.T("law.contents"), ActsIs: t.T("law.acts"), TermsIs: t.T("law.terms"), SureIs: t.T("law.sure")}
	if e != inForce {
		v.Notice = t.T("law.not_in_force", "date", t.Date(inForce.InForce))
	}
	used := map[string]bool{}
	for _, r := range e.Acts {
		if r != nil && r.Part == part {
			v.Acts = append(v.Acts, d.act(r))
			used[d.sure(r.Confidence).Mark] = true
		}
	}
	for _, x := range e.Terms {
		if x != nil && x.Part == part {
			v.Terms = append(v.Terms, d.term(x))
			used[d.sure(x.Confidence).Mark] = true
		}
	}
	for _, r := range append(append([]lawRule{}, v.Acts...), v.Terms...) {
		v.Contents = append(v.Contents, lawLink{r.Name, "#" + r.ID})
	}
	for _, s := range sureKeys {
		if used[s.mark] {
			v.Sure = append(v.Sure, d.sure(s.mark))
		}
	}
	parts := e.Parts()
	for i, name := range parts {
		if name != part {
			continue
		}
		if i > 0 {
			v.Pages.NewerHref, v.Pages.NewerText = partHref(e, parts[i-1]), partName(t, d.lb, parts[i-1])
		}
		if i+1 < len(parts) {
			v.Pages.OlderHref, v.Pages.OlderText = partHref(e, parts[i+1]), partName(t, d.lb, parts[i+1])
		}
	}
	return v, len(v.Acts)+len(v.Terms) > 0
}

// path draws the path of the edition, each stop leading to its stage on this page.
func (d *lawWriting) path() picture.PathView { return picture.NewLawPath(d.t, d.e, stageHref) }
