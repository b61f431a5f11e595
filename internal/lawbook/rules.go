package lawbook

import (
	"regexp"
	"slices"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
)

// newFact is one line of a rule; plain links stand side by side.
func newFact(key string, lines []lawLine) lawFact {
	plain := !slices.ContainsFunc(lines, func(l lawLine) bool { return l.Href == "" || l.Note != "" || l.Code != "" || l.Article != "" })
	return lawFact{Key: key, Lines: lines, Inline: plain && len(lines) > 1}
}

// act puts one act of the law into words.
func (d *lawWriting) act(r *procedure.ActRule) lawRule {
	t, lb := d.t, d.lb
	v := lawRule{ID: "act-" + r.Name, Name: lb.Act(r.Name), Hint: lb.Hint(r.Name), Article: lb.Article(r.Article), Sure: sure(t, r.Confidence)}
	fact := func(key string, lines ...lawLine) {
		if len(lines) > 0 {
			v.Facts = append(v.Facts, newFact(t.T(key), lines))
		}
	}
	fact("law.who", lawLine{Text: t.Or(web.Roles(lb, r.By))})
	on := d.e.Kinds[r.On]
	switch {
	case r.Opens:
		fact("law.opens", lawLine{Text: t.T("law.opens_kind", "kind", lb.Kind(on.Name), "state", lb.State(on.Name, d.opensIn(r)))})
	default:
		fact("law.when", d.from(r, on)...)
		if r.To != procedure.None {
			to := d.e.Law.StateName(on.ID, r.To)
			fact("law.leads", lawLine{Text: lb.State(on.Name, to), Href: stageHref(on.Name, to)})
		}
	}
	if r.Adds != procedure.None {
		k := d.e.Kinds[r.Adds]
		state := d.e.Law.StateName(k.ID, r.AddsState)
		fact("law.adds", lawLine{Text: t.T("law.adds_kind", "kind", lb.Kind(k.Name), "state", lb.State(k.Name, state))})
	}
	for _, m := range r.Moves {
		k := d.e.Kinds[m.Kind]
		fact("law.moves", lawLine{Text: t.T("law.moves_kind", "kind", lb.Kind(k.Name), "state", lb.State(k.Name, d.e.Law.StateName(k.ID, m.To)))})
	}
	fact("law.conditions", d.conditions(r)...)
	fact("law.form", d.form(r)...)
	fact("law.starts", d.termLinks(r.Starts())...)
	fact("law.meets", d.termLinks(r.Meets())...)
	fact("law.extends", d.termLinks(r.Extends())...)
	fact("law.stops", d.termLinks(d.termsWith(func(x *procedure.Term) []procedure.ActID { return x.StoppedBy }, r.ID))...)
	fact("law.resumes", d.termLinks(d.termsWith(func(x *procedure.Term) []procedure.ActID { return x.ResumedBy }, r.ID))...)
	return v
}

func (d *lawWriting) opensIn(r *procedure.ActRule) string {
	s := r.To
	if s == procedure.None {
		s = d.e.Kinds[r.On].Start
	}
	return d.e.Law.StateName(r.On, s)
}

func (d *lawWriting) from(r *procedure.ActRule, on *procedure.Kind) []lawLine {
	if len(r.From) == 0 {
		return []lawLine{{Text: d.t.T("law.from_any", "kind", d.lb.Kind(on.Name))}}
	}
	var names []string
	for _, s := range r.From {
		names = append(names, d.lb.State(on.Name, d.e.Law.StateName(on.ID, s)))
	}
	return []lawLine{{Text: d.t.T("law.from", "kind", d.lb.Kind(on.Name), "list", d.t.Or(names))}}
}

func (d *lawWriting) conditions(r *procedure.ActRule) []lawLine {
	var out []lawLine
	for _, c := range r.When {
		article := c.Article
		if article == r.Article {
			article = ""
		}
		out = append(out, lawLine{Text: d.lb.Rule(c.Rule), Article: d.lb.Article(article)})
	}
	return out
}

func (d *lawWriting) form(r *procedure.ActRule) []lawLine {
	var out []lawLine
	for _, f := range r.Form {
		if f == nil {
			continue
		}
		l := lawLine{Text: d.lb.Field(r.Name, f.Name), Note: d.t.T("law.field." + f.Type.String()), Article: d.lb.Article(f.Article)}
		if f.Type == procedure.Choice {
			var choices []string
			for _, c := range f.Choices {
				choices = append(choices, d.lb.Choice(r.Name, f.Name, c))
			}
			l.Note = d.t.T("law.one_of", "list", strings.Join(choices, "; "))
		}
		if f.Optional {
			l.Note = d.t.T("law.optional", "is", l.Note)
		}
		out = append(out, l)
	}
	return out
}

func (d *lawWriting) termLinks(terms []*procedure.Term) []lawLine {
	var out []lawLine
	for _, x := range terms {
		out = append(out, lawLine{Text: d.lb.Term(x.Name), Href: "#term-" + x.Name, Note: d.length(x)})
	}
	return out
}

func (d *lawWriting) termsWith(acts func(*procedure.Term) []procedure.ActID, id procedure.ActID) []*procedure.Term {
	var out []*procedure.Term
	for _, x := range d.e.Terms {
		if x == nil {
			continue
		}
		for _, a := range acts(x) {
			if a == id {
				out = append(out, x)
			}
		}
	}
	return out
}

// length of a term in a few words.
func (d *lawWriting) length(x *procedure.Term) string {
	switch {
	case x.Before != procedure.None:
		return d.t.T("law.before", "period", d.t.Period(x.By), "term", d.lb.Term(d.e.Terms[x.Before].Name))
	case x.AtOnce:
		return d.t.T("period.at_once")
	}
	return d.t.Period(x.Within)
}

// term puts one term of the law into words.
func (d *lawWriting) term(x *procedure.Term) lawRule {
	t := d.t
	v := lawRule{ID: "term-" + x.Name, Name: d.lb.Term(x.Name), Article: d.lb.Article(x.Article), Sure: sure(t, x.Confidence)}
	fact := func(key string, lines ...lawLine) {
		if len(lines) > 0 {
			v.Facts = append(v.Facts, newFact(t.T(key), lines))
		}
	}
	length := lawLine{Text: d.length(x)}
	if x.Before != procedure.None {
		length.Href = "#term-" + d.e.Terms[x.Before].Name
	}
	fact("law.length", length)
	fact("law.begins", d.begins(x)...)
	if x.Before == procedure.None && !x.AtOnce {
		fact("law.counted", d.counted(x))
	}
	if x.OwedBy != "" {
		fact("law.owes", lawLine{Text: d.lb.Role(x.OwedBy)})
	}
	fact("law.met_by", d.actLinks(x.MetBy)...)
	fact("law.ended_by", d.actLinks(x.EndedBy)...)
	fact("law.extended_by", d.extensions(x)...)
	fact("law.stopped_by", d.actLinks(x.StoppedBy)...)
	fact("law.resumed_by", d.actLinks(x.ResumedBy)...)
	if len(x.Warn) > 0 {
		var before []string
		for _, p := range x.Warn {
			before = append(before, t.Period(p))
		}
		fact("law.warns", lawLine{Text: t.T("law.warns_before", "list", t.And(before))})
	}
	breach := []lawLine{{Text: t.T("law.breach." + x.Breach.String())}}
	if x.LateRefuse {
		breach = append(breach, lawLine{Text: t.T("law.late_refused")})
	}
	fact("law.breach", breach...)
	return v
}

// begins says which acts start a term, from which moment, and under which condition.
func (d *lawWriting) begins(x *procedure.Term) []lawLine {
	var out []lawLine
	for _, id := range x.StartedBy {
		r := d.e.Acts[id]
		l := lawLine{Text: d.lb.Act(r.Name), Href: "#act-" + r.Name}
		if c := x.At; c != nil && c[id] != nil {
			if field, ok := strings.CutPrefix(c[id].Source, "act."); ok && r.Field(field) != nil {
				l.Note = d.t.T("law.at_field", "field", d.lb.Field(r.Name, field))
			} else {
				l.Note = d.t.T("law.at_condition")
				l.Code = c[id].Source
			}
		}
		out = append(out, l)
		if c := x.When; c != nil && c[id] != nil {
			out = append(out, d.onlyIf(r, c[id].Source))
		}
	}
	return out
}

// onlyIf puts the condition of a term into words where it asks for one answer
// of the form or for one state; any other is shown as the law's file has it.
func (d *lawWriting) onlyIf(r *procedure.ActRule, source string) lawLine {
	if m := oneAnswer.FindStringSubmatch(source); m != nil {
		switch f := r.Field(m[2]); {
		case m[1] == "act" && f != nil && f.Type == procedure.Choice:
			return lawLine{Text: d.t.T("law.only_if_is", "field", d.lb.Field(r.Name, m[2]), "value", d.lb.Choice(r.Name, m[2], m[3]))}
		case m[1] == "thing" && m[2] == "state":
			kind := d.e.Kinds[r.On].Name
			return lawLine{Text: d.t.T("law.only_if_is", "field", d.lb.Kind(kind), "value", d.lb.State(kind, m[3]))}
		case m[1] == "proceeding" && m[2] == "state":
			kind := d.e.Kinds[0].Name
			return lawLine{Text: d.t.T("law.only_if_is", "field", d.lb.Kind(kind), "value", d.lb.State(kind, m[3]))}
		}
	}
	if m := runs.FindStringSubmatch(source); m != nil && d.e.Term(m[1]) != nil {
		return lawLine{Text: d.t.T("law.only_if_runs", "term", d.lb.Term(m[1]))}
	}
	return lawLine{Text: d.t.T("law.only_if"), Code: source}
}

// counted says how the term is counted: what comes first, what happens at the end.
func (d *lawWriting) counted(x *procedure.Term) lawLine {
	byClock := x.Within.Unit == calendar.Hours || x.Within.Unit == calendar.Minutes
	var says []string
	say := func(key string) { says = append(says, d.t.T(key)) }
	switch {
	case x.Rule.Counts == calendar.FromMoment:
		say("law.counts.moment")
	case x.Rule.Counts == calendar.FromDay:
		say("law.counts.day")
	case byClock:
		say("law.counts.next_hour")
	default:
		say("law.counts.next_day")
	}
	switch x.Rule.Rolls {
	case calendar.RollNext:
		say("law.rolls.next")
	case calendar.RollPrevious:
		say("law.rolls.previous")
	default:
		say("law.rolls.never")
	}
	if !byClock && x.Rule.Counts != calendar.FromMoment {
		if x.Rule.Ends == calendar.CloseOfBusiness {
			say("law.ends.closing")
		} else {
			say("law.ends.midnight")
		}
	}
	return lawLine{Text: strings.Join(says, " ")}
}

// Conditions that can be put into words: act.x == 'y', thing.state == 'y', running.x.
var (
	oneAnswer = regexp.MustCompile(`^(act|thing|proceeding)\.(\w+) == '(\w+)'$`)
	runs      = regexp.MustCompile(`^running\.(\w+)$`)
)

func (d *lawWriting) actLinks(acts []procedure.ActID) []lawLine {
	var out []lawLine
	for _, id := range acts {
		if r := d.e.Acts[id]; r != nil {
			out = append(out, lawLine{Text: d.lb.Act(r.Name), Href: "#act-" + r.Name})
		}
	}
	return out
}

func (d *lawWriting) extensions(x *procedure.Term) []lawLine {
	var out []lawLine
	for _, ext := range x.Extended {
		r := d.e.Acts[ext.Act]
		l := lawLine{Text: d.lb.Act(r.Name), Href: "#act-" + r.Name, Article: d.lb.Article(ext.Article)}
		who := d.t.Or(web.Roles(d.lb, r.By))
		switch {
		case !ext.To.IsZero():
			l.Note = d.t.T("law.extended_to", "period", d.t.Period(ext.To), "who", who)
		case !ext.Add.IsZero():
			l.Note = d.t.T("law.extended_add", "period", d.t.Period(ext.Add), "who", who, "n", max(ext.Times, 1))
		default:
			l.Note = d.t.T("law.extended_until", "who", who)
		}
		out = append(out, l)
	}
	return out
}
