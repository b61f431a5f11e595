package lawbook

import (
	"fmt"
	"slices"
	"strings"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Who may see and do what, as one table of roles, acts, stages and relations to the
// case: which role does an act at which stage is in the law, where a mandate in that role
// reaches is in the policies. The page asks both, and says nothing of its own.

// whoHref is where it stands who may see and do what under a long edition.
func whoHref(e *procedure.Edition) string { return lawHref(e.Law) + "/" + e.Name + "/who" }

// lawPolicy is a policy as it is read: what it is called on the page, and what its file calls it; Days says when it is in force, where that is not always.
type lawPolicy struct{ ID, Label, Name, Text, Rests, Days string }

// whoPart is a part of the law, and who does its acts.
type whoPart struct {
	Link lawLink
	Does []whoDoes
}

// whoDoes is the acts that the same roles do.
type whoDoes struct{ Who, Acts string }

// roles that an edition gives acts to, in the order of the law. Who is in charge is no role: he has one.
func roles(e *procedure.Edition) (out []string) {
	for _, r := range e.Acts {
		if r == nil {
			continue
		}
		for _, role := range r.By {
			if role != procedure.InCharge && !slices.Contains(out, role) {
				out = append(out, role)
			}
		}
	}
	return out
}

// reached is the answers that roles have in common.
type reached struct {
	roles []string
	lines []access.Line // of the first of them, by relation
}

// alike puts roles together that the policies answer alike, by the same policies.
func alike(lines []access.Line) (out []reached) {
	at := map[string]int{}
	for len(lines) > 0 {
		n := len(access.Relations())
		of := lines[:n]
		lines = lines[n:]
		var key strings.Builder
		for _, l := range of {
			for _, do := range access.Tabled() {
				fmt.Fprintf(&key, "%v;", l.Answers[do])
			}
		}
		i, seen := at[key.String()]
		if !seen {
			i = len(out)
			at[key.String()], out = i, append(out, reached{lines: of})
		}
		out[i].roles = append(out[i].roles, of[0].Role)
	}
	return out
}

// policiesOf gives the policies that an edition of a law is read with, and their day: today's where it is in force, those of its
// first day where it is yet to come, and of its last one where another followed.
func policiesOf(p *access.Policies, e, inForce *procedure.Edition, today calendar.Date) (*access.Edition, calendar.Date) {
	day := today
	switch i := slices.Index(e.Law.Editions, e); {
	case e == inForce:
	case e.InForce > today:
		day = e.InForce
	case i+1 < len(e.Law.Editions):
		day = e.Law.Editions[i+1].InForce - 1
	}
	return p.On(day), day
}

// newWhoView shows who may see and do what.
func newWhoView(p *access.Policies, today func() calendar.Date) func(t *web.Words, e, inForce *procedure.Edition) nearView {
	return func(t *web.Words, e, inForce *procedure.Edition) nearView {
		d := lawWriting{t: t, e: e, lb: t.Law(e.Law.Name), here: inIndex}
		v := newNearView(t, e, inForce, t.T("law.reach"))
		policies, day := policiesOf(p, e, inForce, today())
		v.Heading.Lead = t.T("law.reach.lead")
		v.ActsIs, v.PoliciesIs = t.T("law.reach.acts"), t.T("law.reach.policies_on", "date", t.Date(day))
		for i, x := range policies.All() {
			if x.Law == "" || x.Law == e.Law.Name {
				v.Policies = append(v.Policies, lawPolicy{fmt.Sprintf("policy-%d", i+1), t.T("law.reach.rule", "n", len(v.Policies)+1), x.ID, x.Text(t.Lang), d.rests(x), d.days(x)})
			}
		}
		all := alike(policies.Matrix(e.Law.Name, roles(e)))
		v.Searches = d.searches(all)
		for i, g := range all {
			table := d.reachTable(g, v.Policies)
			table.ID = fmt.Sprintf("reach-%d", i+1)
			v.Reach = append(v.Reach, table)
		}
		v.Contents = append(v.Contents, lawLink{t.T("law.reach.where"), "#where"}, lawLink{v.ActsIs, "#acts"}, lawLink{v.PoliciesIs, "#policies"})
		v.ReachIs = t.T("law.reach.where")
		for _, part := range e.Parts() {
			if does := d.does(part); len(does) > 0 {
				v.Who = append(v.Who, whoPart{lawLink{partName(t, d.lb, part), partHref(e, part)}, does})
			}
		}
		return v
	}
}

// days says from when and until when a policy is in force; "" where it always is.
func (d *lawWriting) days(x *access.Policy) string {
	switch t := d.t; {
	case x.From != 0 && x.Until != 0:
		return t.T("law.reach.between", "from", t.Date(x.From), "until", t.Date(x.Until))
	case x.From != 0:
		return t.T("law.reach.since", "from", t.Date(x.From))
	case x.Until != 0:
		return t.T("law.reach.until", "until", t.Date(x.Until))
	}
	return ""
}

// rests is the article that a policy rests on. Its reason is for those who write policies, in their language.
func (d *lawWriting) rests(x *access.Policy) string { return d.lb.Article(x.Article) }

// reachTable says of roles that are answered alike where their mandates reach.
func (d *lawWriting) reachTable(g reached, policies []lawPolicy) ui.TableView {
	t := d.t
	v := ui.TableView{Caption: t.And(web.Roles(d.lb, g.roles)), Columns: []ui.Column{{Text: t.T("law.reach.relation")}}}
	columns := []string{"read", "act", "sign", "download", "list"}
	if g.signs() {
		columns = []string{"read", "act_and_sign", "download", "list"}
	}
	for _, c := range columns {
		v.Columns = append(v.Columns, ui.Column{Text: t.T("law.reach." + c)})
	}
	for _, l := range g.lines {
		if l.Relation == access.IsParty && !slices.ContainsFunc(g.roles, d.isParty) {
			continue // nobody of these roles can be one under this law
		}
		row := ui.Row{Cells: []ui.Cell{{Text: t.T("law.reach." + string(l.Relation)), Head: true}}}
		for _, c := range columns {
			do, _, _ := strings.Cut(c, "_")
			row.Cells = append(row.Cells, d.answer(l.Answers[access.Action(do)], policies))
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

// signs reports whether whoever acts signs too, by the same policies.
func (g *reached) signs() bool {
	return !slices.ContainsFunc(g.lines, func(l access.Line) bool { return l.Answers[access.Act].String() != l.Answers[access.Sign].String() })
}

// searches says which roles look for cases by their number: each from its own office, however that stands to a case.
func (d *lawWriting) searches(all []reached) string {
	var who []string
	n := 0
	for _, g := range all {
		n += len(g.roles)
		if g.lines[0].Answers[access.Search].Allowed {
			who = append(who, g.roles...)
		}
	}
	switch len(who) {
	case n:
		return d.t.T("law.reach.search_all")
	case 0:
		return d.t.T("law.reach.search_none")
	}
	return d.t.T("law.reach.search", "list", d.t.And(web.Roles(d.lb, who)))
}

// isParty reports whether something in the file can make an officer a party in a role.
func (d *lawWriting) isParty(role string) bool {
	return slices.ContainsFunc(d.e.Kinds, func(k *procedure.Kind) bool { return k != nil && k.Party != nil && k.Party.As == role })
}

// answer is yes or no, with the policies that it rests on.
func (d *lawWriting) answer(a access.Decision, policies []lawPolicy) ui.Cell {
	if !a.Allowed && len(a.By) == 0 {
		return ui.Cell{Text: "—", Quiet: true}
	}
	var by []lawPolicy
	for _, x := range policies {
		if slices.Contains(a.IDs(), x.Name) {
			by = append(by, x)
		}
	}
	said := d.t.T("law.reach.no")
	if a.Allowed {
		said = d.t.T("law.reach.yes")
	}
	return ui.Cell{Text: said, Body: whoAnswer(said, by)}
}

// does says which roles do the acts of a part; those of the same roles stand together.
func (d *lawWriting) does(part string) (out []whoDoes) {
	at := map[string]int{}
	for _, r := range d.e.Acts {
		if r == nil || r.Part != part {
			continue
		}
		who, act := d.t.Or(web.Roles(d.lb, r.By)), d.actFrom(r)
		if i, seen := at[who]; seen {
			out[i].Acts += "; " + act
			continue
		}
		at[who], out = len(out), append(out, whoDoes{who, act})
	}
	return out
}

// actFrom is an act, whether it is signed, and the stages in which it can be done; without them where it can be in any, or begins the matter.
func (d *lawWriting) actFrom(r *procedure.ActRule) string {
	name, law := d.lb.Act(r.Name), d.e.Law
	if r.Presence {
		name = d.t.T("law.reach.signed", "act", name)
	}
	if r.Opens || len(r.From) == 0 {
		return name
	}
	var stages []string
	for _, s := range r.From {
		stages = append(stages, d.lb.State(law.KindName(r.On), law.StateName(r.On, s)))
	}
	return d.t.T("law.reach.from", "act", name, "stages", d.t.Or(stages))
}
