package lawbook

import (
	"net/url"
	"strings"

	"nazorat/internal/lawdraw"
	"nazorat/internal/picture"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// A long law is read part by part: the page of the law has its path, its parts and the terms of each; each part has a
// page with its rules in full, and the names of all rules and the stages of all things have one each. A short law stands on one page.

// shortLaw is how many acts and terms one page holds.
const shortLaw = 30

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

// rulesHref is where the names of all rules of a long edition stand.
func rulesHref(e *procedure.Edition) string { return lawHref(e.Law) + "/" + e.Name + "/rules" }

// stagesHref is where the stages of everything under a long edition stand.
func stagesHref(e *procedure.Edition) string { return lawHref(e.Law) + "/" + e.Name + "/stages" }

// stageAt is where a stage of an edition is described.
func stageAt(e *procedure.Edition, kind, state string) string {
	if long(e) {
		return stagesHref(e) + stageHref(kind, state)
	}
	return editionHref(e) + stageHref(kind, state)
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

// lawPart is a part in the index of a long law, with its rules, or with its terms and how many acts it has.
type lawPart struct {
	ID, Name, Href string
	Count          lawLink
	Acts, Terms    []lawEntry
}

// lawEntry is a rule in the index, with the anchor that it has on other pages.
type lawEntry struct {
	ID, Text, Href, Article, Note string
	Sure                          lawSure
}

// unbroken is a text that stands on one line. An index has hundreds: an element around each would be a twentieth of its page.
func unbroken(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") }

// unsure is the mark of a rule that a lawyer has yet to confirm: an index has no others.
func (d *lawWriting) unsure(mark string) lawSure {
	if confirmed(mark) {
		return lawSure{}
	}
	return d.sure(mark)
}

// index lists the rules that the page shows by their parts; with named, the acts by their names, else only how many they are.
func (d *lawWriting) index(named bool, shown func(mark string) bool) (out []lawPart) {
	at, acts := map[string]int{}, map[string]int{}
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
			if acts[r.Part]++; !named {
				continue
			}
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
	for i, name := range d.e.Parts() {
		p := out[i]
		if !named && acts[name] > 0 {
			p.Count = lawLink{d.t.T("law.acts_count", "n", acts[name]), p.Href + "#acts"}
		}
		if acts[name]+len(p.Terms) > 0 {
			some = append(some, p)
		}
	}
	return some
}

// nearView is a page that belongs to a long edition: the names of all its rules, the stages, or who may see and do what.
type nearView struct {
	Heading  ui.HeadingView
	Notice   string
	TocIs    string
	Contents []lawLink
	ActsIs   string
	TermsIs  string
	Index    []lawPart
	SureIs   string
	Sure     []lawSure // what the marks in the index mean
	Kinds    []lawKind
	Pictures []lawLink

	ReachIs    string
	Reach      []ui.TableView // where mandates reach, a table for roles that are answered alike
	Searches   string         // which roles look for cases by their number
	Who        []whoPart      // who does the acts, part by part
	PoliciesIs string
	Policies   []lawPolicy
}

func newNearView(t *web.Words, e, inForce *procedure.Edition, title string) nearView {
	v := nearView{Heading: ui.HeadingView{Caption: t.Law(e.Law.Name).Law + " · " + t.T("law.since", "date", t.Date(e.InForce)), Title: title}, TocIs: t.T("law.contents")}
	if e != inForce {
		v.Notice = t.T("law.not_in_force", "date", t.Date(inForce.InForce))
	}
	return v
}

// newRulesView names every act and term of an edition, by its parts.
func newRulesView(t *web.Words, e, inForce *procedure.Edition) nearView {
	d := lawWriting{t: t, e: e, lb: t.Law(e.Law.Name), marked: anyMark(e), here: inIndex}
	v := newNearView(t, e, inForce, t.T("law.names"))
	v.ActsIs, v.TermsIs = t.T("law.acts"), t.T("law.terms")
	used := map[string]bool{}
	v.Index = d.index(true, func(mark string) bool { used[d.unsure(mark).Mark] = true; return true })
	for _, p := range v.Index {
		v.Contents = append(v.Contents, lawLink{p.Name, "#" + p.ID})
	}
	v.SureIs, v.Sure = t.T("law.sure"), d.meanings(used)
	return v
}

// newStagesView shows the stages of everything under an edition, and where each leads.
func newStagesView(t *web.Words, e, inForce *procedure.Edition) nearView {
	d := lawWriting{t: t, e: e, lb: t.Law(e.Law.Name), here: inStages, drawings: lawdraw.Drawings(e)}
	v := newNearView(t, e, inForce, t.T("law.stages"))
	v.Kinds, v.Pictures = d.kinds(), []lawLink{{t.T("picture.link"), PictureHref(e, "")}}
	for _, k := range v.Kinds {
		v.Contents = append(v.Contents, lawLink{lawdraw.Capital(k.Name), "#" + k.ID})
	}
	return v
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
	v.Sure = d.meanings(used)
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

// path draws the path of the edition, each stop leading to its stage.
func (d *lawWriting) path() picture.PathView { return picture.NewLawPath(d.t, d.e, d.stageHref) }
