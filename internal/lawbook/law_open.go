package lawbook

import (
	"net/url"
	"slices"

	"nazorat/internal/explain"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
)

// What of a law is open: rules that a lawyer has yet to confirm, questions of
// counting that the law itself leaves open; and what becomes of open
// proceedings when the edition comes into force.

// showOpen is the value of show that asks for the rules to be confirmed.
const showOpen = "open"

func openHref(e *procedure.Edition) string {
	return lawHref(e.Law) + "?" + url.Values{"edition": {e.Name}, "show": {showOpen}}.Encode()
}

// confirmed reports whether no lawyer need look at a rule with this mark any more.
func confirmed(mark string) bool {
	_, yes := explain.Mark(mark)
	return yes
}

// anyMark reports whether any rule of an edition says how sure it is.
func anyMark(e *procedure.Edition) bool {
	for _, r := range e.Acts {
		if r != nil && r.Confidence != "" {
			return true
		}
	}
	for _, x := range e.Terms {
		if x != nil && x.Confidence != "" {
			return true
		}
	}
	return false
}

// actHref leads to an act: on this page, or on the full one where this page leaves it out.
func (d *lawWriting) actHref(r *procedure.ActRule) string {
	if d.here == inIndex || d.here == inPart && r.Part != d.part {
		return ActHref(d.e, r.Name)
	}
	if d.only && confirmed(r.Confidence) {
		return ActHref(d.e, r.Name)
	}
	return "#act-" + r.Name
}

// termHref leads to a term, as actHref does to an act.
func (d *lawWriting) termHref(x *procedure.Term) string {
	if d.here == inIndex || d.here == inPart && x.Part != d.part {
		return TermHref(d.e, x.Name)
	}
	if d.only && confirmed(x.Confidence) {
		return TermHref(d.e, x.Name)
	}
	return "#term-" + x.Name
}

func (d *lawWriting) stageHref(kind, state string) string {
	if d.here == inStages || d.here == inWhole && !d.only {
		return stageHref(kind, state)
	}
	return stageAt(d.e, kind, state)
}

func (d *lawWriting) kindNames(ids []procedure.KindID) (out []string) {
	for _, id := range ids {
		out = append(out, d.lb.Kind(d.e.Law.KindName(id)))
	}
	return out
}

// copies says to whom the law orders a copy of an act.
func (d *lawWriting) copies(r *procedure.ActRule) []lawLine {
	if len(r.Copies) == 0 {
		return nil
	}
	return []lawLine{{Text: d.t.And(web.Roles(d.lb, r.Copies))}}
}

// besideKeys are the words for what stands beside a law.
var besideKeys = map[string]string{"public": "law.beside.public", "told": "law.beside.told", "online": "law.beside.online", "registering": "law.beside.registering", "monthly": "law.beside.monthly"}

// beside lists what stands beside the law: of all editions alike, and not counted among the rules.
func (d *lawWriting) beside() (out []lawRule) {
	for _, b := range d.e.Law.Beside {
		if d.only && confirmed(b.Confidence) {
			continue
		}
		rule := lawRule{ID: "beside-" + b.Name, Name: b.Name, Article: d.lb.Article(b.Article), Sure: d.sure(b.Confidence)}
		if key, known := besideKeys[b.Name]; known {
			rule.Name = d.t.T(key)
		}
		out = append(out, rule)
	}
	return out
}

// links says what an act does in other proceedings.
func (d *lawWriting) links(r *procedure.ActRule) (out []lawLine) {
	for i := range r.Links {
		l := &r.Links[i]
		other := d.t.Law(l.Procedure)
		line := lawLine{Text: other.Act(l.Act), Note: d.t.T("law.link_opens", "law", other.Law)}
		if l.Procedure == d.e.Law.Name {
			if rule := d.e.Act(l.Act); rule != nil {
				line.Href = d.actHref(rule)
			}
		} else {
			line.Href = "/laws/" + l.Procedure
		}
		if l.To != procedure.None {
			line.Note = d.t.T("law.link_to", "field", d.lb.Field(r.Name, r.Form[l.To].Name))
		}
		out = append(out, line)
		if l.When != nil {
			out = append(out, d.onlyIf(r, l.When.Source))
		}
		if len(l.Carries) > 0 {
			out = append(out, lawLine{Text: d.t.T("law.link_carries", "list", d.t.And(d.kindNames(l.Carries)))})
		}
	}
	return out
}

// lawQuestion is a question of counting that the law leaves open.
type lawQuestion struct {
	ID, Asks, Article, HereIs, OtherIs, TermsIs string
	Here                                        string // the answer by which terms are counted
	Note                                        string // that it is the one with the earlier date, or what that would be
	Others                                      []string
	Terms                                       []lawLine
}

// facts are its lines: how it is answered, what else could be, what hangs on it.
func (q *lawQuestion) facts() []lawFact {
	var others []lawLine
	for _, o := range q.Others {
		others = append(others, lawLine{Text: o})
	}
	out := []lawFact{newFact(q.HereIs, []lawLine{{Text: q.Here, Note: q.Note}}), newFact(q.OtherIs, others)}
	if len(q.Terms) > 0 {
		out = append(out, newFact(q.TermsIs, q.Terms))
	}
	return out
}

func questionAnchor(name string) string { return "question-" + name }

// questions lists what the edition leaves open, with what is chosen.
func (d *lawWriting) questions() (out []lawQuestion) {
	t := d.t
	for _, s := range d.e.Switches {
		q := lawQuestion{ID: questionAnchor(s.Name), Asks: explain.Asked(d.lb, &s), Article: d.lb.Article(s.Article), Here: choice(t, s.Chosen),
			HereIs: t.T("law.open_here"), OtherIs: t.T("law.open_other"), TermsIs: t.T("law.open_terms"), Note: t.T("law.open_default")}
		if s.Chosen != s.Default {
			q.Note = t.T("law.open_not_default", "choice", choice(t, s.Default))
		}
		for _, c := range s.Choices {
			if c != s.Chosen {
				q.Others = append(q.Others, choice(t, c))
			}
		}
		for _, x := range d.e.Terms {
			if x != nil && slices.Contains(x.Switches, s.Name) {
				q.Terms = append(q.Terms, lawLine{Text: d.lb.Term(x.Name), Href: d.termHref(x)})
			}
		}
		out = append(out, q)
	}
	return out
}

// choice puts an answer into words, as explanations have it, to stand by itself.
func choice(t *web.Words, name string) string { return t.T("explain.choice." + name) }

// question says on which open question the counting of a term hangs.
func (d *lawWriting) question(x *procedure.Term) []lawLine {
	var out []lawLine
	for _, name := range x.Switches {
		s := d.e.Switch(name)
		out = append(out, lawLine{Text: explain.Asked(d.lb, s), Href: d.questionHref(s.Name), Note: choice(d.t, s.Chosen)})
	}
	return out
}

func (d *lawWriting) questionHref(name string) string {
	if d.here == inPart {
		return editionHref(d.e) + "#" + questionAnchor(name)
	}
	return "#" + questionAnchor(name)
}

// transition says what becomes of open proceedings on the day the edition comes into force.
func (d *lawWriting) transition(v *lawView) {
	t, e := d.t, d.e
	if e.Index == 0 {
		return // the first edition finds no open proceedings
	}
	v.ChangeIs = t.T("law.transition")
	before := e.Law.Editions[e.Index-1]
	fact := func(key string, lines []lawLine) {
		if len(lines) > 0 {
			v.Change = append(v.Change, newFact(t.T(key), lines))
		}
	}
	var recount, end, states []lawLine
	for _, id := range e.Transition.Recount {
		recount = append(recount, lawLine{Text: d.lb.Term(e.Law.TermName(id)), Href: d.termHref(e.Terms[id])})
	}
	for _, id := range e.Transition.End {
		name := e.Law.TermName(id)
		end = append(end, lawLine{Text: d.lb.Term(name), Href: TermHref(before, name)})
	}
	for _, k := range e.Kinds {
		if k == nil {
			continue
		}
		for _, c := range e.Transition.States[k.ID] {
			states = append(states, lawLine{Text: t.T("law.transition_state", "kind", d.lb.Kind(k.Name), "from", d.lb.State(k.Name, e.Law.StateName(k.ID, c.From)),
				"to", d.lb.State(k.Name, e.Law.StateName(k.ID, c.To)))})
		}
	}
	fact("law.transition_recount", recount)
	fact("law.transition_end", end)
	fact("law.transition_states", states)
	v.ChangeNote = t.T("law.transition_kept")
}
