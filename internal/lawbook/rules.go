package lawbook

import (
	"regexp"
	"slices"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
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
	v := lawRule{ID: "act-" + r.Name, Name: lb.Act(r.Name), Hint: lb.Hint(r.Name), Article: lb.Article(r.Article), Sure: d.sure(r.Confidence)}
	fact := func(key string, lines ...lawLine) {
		if len(lines) > 0 {
			v.Facts = append(v.Facts, newFact(t.T(key), lines))
		}
	}
	fact("law.who", lawLine{Text: t.Or(web.Roles(lb, r.By))})
	if r.Presence {
		fact("law.presence", lawLine{Text: t.T("law.presence_required")})
	}
	on := d.e.Kinds[r.On]
	switch {
	case r.Opens:
		fact("law.opens", lawLine{Text: t.T("law.opens_kind", "kind", lb.Kind(on.Name), "state", lb.State(on.Name, d.opensIn(r)))})
	default:
		fact("law.when", d.from(r, on)...)
		if r.To != procedure.None {
			to := d.e.Law.StateName(on.ID, r.To)
			fact("law.leads", lawLine{Text: lb.State(on.Name, to), Href: d.stageHref(on.Name, to)})
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
	if len(r.Takes) > 0 {
		fact("law.takes", lawLine{Text: t.And(d.kindNames(r.Takes))})
	}
	fact("law.copies", d.copies(r)...)
	fact("law.links", d.links(r)...)
	fact("law.conditions", d.conditions(r)...)
	fact("law.form", d.form(r)...)
	fact("law.starts", d.termLinks(r.Starts())...)
	fact("law.meets", d.termLinks(r.Meets())...)
	fact("law.extends", d.termLinks(r.Extends())...)
	fact("law.stops", d.termLinks(d.termsWith(func(x *procedure.Term) []procedure.ActID { return x.StoppedBy }, r.ID))...)
	fact("law.resumes", d.termLinks(d.termsWith(func(x *procedure.Term) []procedure.ActID { return x.ResumedBy }, r.ID))...)
	fact("law.waits", d.termLinks(d.termsWith(func(x *procedure.Term) []procedure.ActID { return x.Bars }, r.ID))...)
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
		l := lawLine{Text: d.lb.Field(r.Name, f.Name), Article: d.lb.Article(f.Article)}
		switch f.Type {
		case fact.Choice:
			var choices []string
			for _, c := range f.Choices {
				choices = append(choices, d.lb.Choice(r.Name, f.Name, c))
			}
			l.Note = d.t.T("law.one_of", "list", strings.Join(choices, "; "))
		case fact.Thing:
			l.Note = d.t.T("law.thing_of_kind", "kind", d.lb.Kind(d.e.Law.KindName(f.Kind)))
		default:
			l.Note = d.t.T("law.field." + f.Type.String())
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
		out = append(out, lawLine{Text: d.lb.Term(x.Name), Href: d.termHref(x), Note: d.length(x)})
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
	given := x.Until != nil
	switch {
	case x.Before != procedure.None:
		return d.t.T("law.before", "period", d.t.Period(x.By), "term", d.lb.Term(d.e.Terms[x.Before].Name))
	case x.After != procedure.None:
		return d.t.T("law.after", "period", d.t.Period(x.Within), "term", d.lb.Term(d.e.Terms[x.After].Name))
	case x.AtOnce:
		return d.t.T("period.at_once")
	case x.Share.Den > 0:
		return d.t.T("law.share", "share", x.Share.String())
	case x.Lengths != nil:
		return d.t.T("law.length_given")
	case given && x.Within.IsZero():
		return d.t.T("law.given")
	case given:
		return d.t.T("law.given_most", "period", d.t.Period(x.Within))
	case len(x.Withins) > 0:
		var all []string
		for _, id := range x.StartedBy {
			if p := d.t.Period(x.Withins[id]); !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
		return d.t.Or(all)
	}
	return d.t.Period(x.Within)
}

// lengths of a term, one for each act that starts it where that makes a difference.
func (d *lawWriting) lengths(x *procedure.Term) (out []lawLine) {
	if len(x.Withins) == 0 || x.Base() != procedure.None {
		l := lawLine{Text: d.length(x)}
		if base := x.Base(); base != procedure.None {
			l.Href = d.termHref(d.e.Terms[base])
		}
		return []lawLine{l}
	}
	for _, id := range x.StartedBy {
		out = append(out, lawLine{Text: d.t.T("law.length_after", "period", d.t.Period(x.Withins[id]), "act", d.lb.Act(d.e.Acts[id].Name))})
	}
	return out
}

// term puts one term of the law into words.
func (d *lawWriting) term(x *procedure.Term) lawRule {
	t := d.t
	v := lawRule{ID: "term-" + x.Name, Name: d.lb.Term(x.Name), Article: d.lb.Article(x.Article), Sure: d.sure(x.Confidence)}
	fact := func(key string, lines ...lawLine) {
		if len(lines) > 0 {
			v.Facts = append(v.Facts, newFact(t.T(key), lines))
		}
	}
	if x.Waiting() {
		fact("law.is", lawLine{Text: t.T("law.is_waiting")})
	}
	fact("law.length", d.lengths(x)...)
	fact("law.begins", d.begins(x)...)
	if x.Before == procedure.None && !x.AtOnce && (x.Until == nil || !x.Within.IsZero()) {
		fact("law.counted", d.counted(x))
	}
	fact("law.question", d.question(x)...)
	if x.Sums != procedure.None {
		fact("law.sums", lawLine{Text: t.T("law.sums_of", "kind", d.lb.Kind(d.e.Law.KindName(x.Sums)))})
	}
	fact("law.credits", d.credits(x)...)
	if x.OwedBy != "" {
		fact("law.owes", lawLine{Text: d.lb.Role(x.OwedBy)})
	}
	fact("law.bars", d.actLinks(x.Bars)...)
	fact("law.met_by", d.actLinks(x.MetBy)...)
	if x.Repeats {
		fact("law.repeats", lawLine{Text: t.T("law.repeats_text")})
	}
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
	fact("law.breach", d.breach(x)...)
	return v
}

// breach says what follows if a term runs out: in a sentence, and step by step.
func (d *lawWriting) breach(x *procedure.Term) (out []lawLine) {
	if x.Waiting() {
		return nil
	}
	if len(x.Steps) == 0 || x.Breach == procedure.Release {
		out = append(out, lawLine{Text: d.t.T("law.breach." + x.Breach.String())})
	}
	for _, s := range x.Steps {
		key, atOnce := "law.step.told", "law.step.told_at_once"
		if s.Escalate {
			key, atOnce = "law.step.escalated", "law.step.escalated_at_once"
		}
		who := d.t.And(web.Roles(d.lb, s.To))
		if s.After.N == 0 {
			out = append(out, lawLine{Text: d.t.T(atOnce, "who", who)})
			continue
		}
		out = append(out, lawLine{Text: d.t.T(key, "period", d.t.Period(s.After), "who", who)})
	}
	if x.LateRefuse {
		out = append(out, lawLine{Text: d.t.T("law.late_refused")})
	}
	return out
}

// begins says which acts start a term, from which moment, and under which condition.
func (d *lawWriting) begins(x *procedure.Term) []lawLine {
	var out []lawLine
	if x.After != procedure.None {
		base := d.e.Terms[x.After]
		out = append(out, lawLine{Text: d.t.T("law.begins_after", "term", d.lb.Term(base.Name)), Href: d.termHref(base)})
	}
	for _, id := range x.StartedBy {
		r := d.e.Acts[id]
		l := lawLine{Text: d.lb.Act(r.Name), Href: d.actHref(r)}
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
		case m[1] == "act" && f != nil && f.Type == fact.Choice:
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
			out = append(out, lawLine{Text: d.lb.Act(r.Name), Href: d.actHref(r)})
		}
	}
	return out
}

func (d *lawWriting) extensions(x *procedure.Term) []lawLine {
	var out []lawLine
	for _, ext := range x.Extended {
		r := d.e.Acts[ext.Act]
		l := lawLine{Text: d.lb.Act(r.Name), Href: d.actHref(r), Article: d.lb.Article(ext.Article)}
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

// credits says what counts toward a term that was before it began: which states of which things, a day of them for how many days of the term.
func (d *lawWriting) credits(x *procedure.Term) (out []lawLine) {
	for i := range x.Credits {
		c := &x.Credits[i]
		kind := d.e.Law.KindName(c.Kind)
		for s, r := range c.Ratios {
			if r.Den > 0 {
				out = append(out, lawLine{Text: d.t.T("law.credit", "kind", d.lb.Kind(kind), "state", d.lb.State(kind, d.e.Law.StateName(c.Kind, procedure.StateID(s))), "ratio", r.String()), Note: d.lb.Article(c.Article)})
			}
		}
	}
	return out
}
