package amend

import (
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/procedure"
)

// What a law file can write of each rule, and so what can differ.

var editionParts = []part[*procedure.Edition]{
	{name: "days", words: func(_ side, e *procedure.Edition) []Word { return plain(e.DayTable) }},
	{name: "currency", words: func(_ side, e *procedure.Edition) []Word { return plain(e.Currency) }},
	{name: "number", words: func(_ side, e *procedure.Edition) []Word { return plain(e.Number) }},
	{name: "cites", items: func(_ side, e *procedure.Edition) (out []item) {
		for _, c := range e.Cites {
			out = append(out, item{Word{Sort: Plain, Name: c.Short}, plain(c.Title)})
		}
		return out
	}},
	{name: "places", set: true, words: func(_ side, e *procedure.Edition) (out []Word) {
		if e.Places == nil {
			return nil
		}
		for _, code := range e.Places.Regions {
			out = append(out, Word{Sort: Plain, Name: code})
		}
		return out
	}},
	{name: "codes", items: func(_ side, e *procedure.Edition) (out []item) {
		for _, c := range e.Codes {
			out = append(out, item{Word{Sort: Plain, Name: c.Short}, plain(c.Title)})
		}
		return out
	}},
	{name: "switches", items: func(_ side, e *procedure.Edition) (out []item) {
		for i := range e.Switches {
			s := &e.Switches[i]
			words := append([]Word{{Sort: Plain, Name: s.Default}}, article(s.Article)...)
			for _, c := range s.Choices {
				words = append(words, Word{Sort: Plain, Name: c})
			}
			out = append(out, item{Word{Sort: Switch, Name: s.Name}, words})
		}
		return out
	}},
	{name: "inward", words: func(_ side, e *procedure.Edition) []Word { return yes(e.Inward) }},
	{name: "sheets", set: true, words: func(_ side, e *procedure.Edition) []Word { return sheets(e.Sheets...) }},
}

// sheets are classes of sheets.
func sheets(classes ...string) (out []Word) {
	for _, class := range classes {
		if class != "" {
			out = append(out, Word{Sort: SheetClass, Name: class})
		}
	}
	return out
}

var kindParts = []part[*procedure.Kind]{
	{name: "of", words: func(s side, k *procedure.Kind) []Word { return s.kind(k.Of) }},
	{name: "states", set: true, words: func(s side, k *procedure.Kind) []Word { return s.states(k.ID, k.States) }},
	{name: "start", words: func(s side, k *procedure.Kind) []Word { return s.states(k.ID, []procedure.StateID{k.Start}) }},
	{name: "final", set: true, words: func(s side, k *procedure.Kind) (out []Word) {
		for _, id := range k.States {
			if k.Final[id] {
				out = append(out, s.states(k.ID, []procedure.StateID{id})...)
			}
		}
		return out
	}},
	{name: "path", words: func(s side, k *procedure.Kind) []Word { return s.states(k.ID, k.Path) }},
	{name: "fields", set: true, items: func(s side, k *procedure.Kind) []item { return s.fields(k.Name, k.Fields) }},
	{name: "called", words: func(_ side, k *procedure.Kind) []Word {
		if k.Called == procedure.None {
			return nil
		}
		return []Word{{Sort: FieldOf, Name: k.Fields[k.Called].Name, In: k.Name}}
	}},
	{name: "secrecy", words: func(_ side, k *procedure.Kind) (out []Word) {
		if k.Secrecy == nil {
			return nil
		}
		out = []Word{{Sort: FieldOf, Name: k.Fields[k.Secrecy.Level].Name, In: k.Name}}
		if k.Secrecy.Because != procedure.None {
			out = append(out, Word{Sort: FieldOf, Name: k.Fields[k.Secrecy.Because].Name, In: k.Name})
		}
		return out
	}},
	{name: "party", words: func(s side, k *procedure.Kind) []Word {
		if k.Party == nil {
			return nil
		}
		out := append([]Word{{Sort: FieldOf, Name: k.Fields[k.Party.Officer].Name, In: k.Name}}, roles(k.Party.As)...)
		return append(out, s.states(k.ID, k.Party.While)...)
	}},
	{name: "asks", words: func(s side, k *procedure.Kind) []Word {
		if k.Asks == nil {
			return nil
		}
		return append([]Word{{Sort: FieldOf, Name: k.Fields[k.Asks.Office].Name, In: k.Name}}, s.states(k.ID, k.Asks.While)...)
	}},
	{name: "sheet", words: func(_ side, k *procedure.Kind) []Word { return sheets(k.Sheet) }},
	{name: "opened", words: func(_ side, k *procedure.Kind) []Word {
		if k.Opening == nil {
			return nil
		}
		return []Word{{Sort: FieldOf, Name: k.Fields[k.Opening.Opened].Name, In: k.Name}}
	}},
	{name: "reading", words: func(_ side, k *procedure.Kind) []Word {
		if k.Reading == procedure.None {
			return nil
		}
		return []Word{{Sort: FieldOf, Name: k.Fields[k.Reading].Name, In: k.Name}}
	}},
}

var actParts = []part[*procedure.ActRule]{
	{name: "article", words: func(_ side, r *procedure.ActRule) []Word { return article(r.Article) }},
	{name: "by", set: true, words: func(_ side, r *procedure.ActRule) []Word { return roles(r.By...) }},
	{name: "opens", words: func(_ side, r *procedure.ActRule) []Word { return yes(r.Opens) }},
	{name: "on", words: func(s side, r *procedure.ActRule) []Word { return s.kind(r.On) }},
	{name: "from", set: true, words: func(s side, r *procedure.ActRule) []Word {
		if len(r.From) == 0 {
			return []Word{{Sort: Key, Name: "diff.value.any_state"}}
		}
		return s.states(r.On, r.From)
	}},
	{name: "to", words: func(s side, r *procedure.ActRule) []Word { return s.state(r.On, r.To) }},
	{name: "adds", words: func(s side, r *procedure.ActRule) []Word {
		if r.Adds == procedure.None {
			return nil
		}
		return append(s.kind(r.Adds), s.state(r.Adds, r.AddsState)...)
	}},
	{name: "adds_sets", items: func(s side, r *procedure.ActRule) []item { return s.assigns(r.Adds, r.AddsSets) }},
	{name: "moves", items: func(s side, r *procedure.ActRule) (out []item) {
		for _, m := range r.Moves {
			out = append(out, item{s.kind(m.Kind)[0], append(s.states(m.Kind, m.From), s.state(m.Kind, m.To)...)})
		}
		return out
	}},
	{name: "form", set: true, items: func(s side, r *procedure.ActRule) []item { return s.fields(r.Name, r.Form) }},
	{name: "when", items: func(_ side, r *procedure.ActRule) (out []item) {
		for _, w := range r.When {
			out = append(out, item{Word{Sort: Rule, Name: w.Rule}, append(code(w.If), article(w.Article)...)})
		}
		return out
	}},
	{name: "sets", items: func(s side, r *procedure.ActRule) []item { return s.assigns(r.On, r.Sets) }},
	{name: "root_sets", items: func(s side, r *procedure.ActRule) []item { return s.assigns(0, r.RootSets) }},
	{name: "copies", set: true, words: func(_ side, r *procedure.ActRule) []Word { return roles(r.Copies...) }},
	{name: "only_by_link", words: func(_ side, r *procedure.ActRule) []Word { return yes(r.OnlyByLink) }},
	{name: "presence", words: func(_ side, r *procedure.ActRule) []Word { return yes(r.Presence) }},
	{name: "sheet", words: func(_ side, r *procedure.ActRule) []Word { return sheets(r.Sheet) }},
	{name: "takes", set: true, words: func(s side, r *procedure.ActRule) []Word { return s.kinds(r.Takes) }},
	{name: "links", items: func(s side, r *procedure.ActRule) (out []item) {
		for i := range r.Links {
			out = append(out, item{Word{Sort: Plain, Name: r.Links[i].Procedure + " " + r.Links[i].Act}, s.link(r, &r.Links[i])})
		}
		return out
	}},
	{name: "records", items: func(_ side, r *procedure.ActRule) (out []item) {
		for i := range r.Records {
			x := &r.Records[i]
			words := code(x.When)
			for _, slot := range x.Slots {
				words = append(append(words, plain(slot.Name)...), code(slot.Value)...)
			}
			out = append(out, item{Word{Sort: Plain, Name: x.Does}, words})
		}
		return out
	}},
	{name: "in_charge", words: func(_ side, r *procedure.ActRule) []Word { return code(r.InCharge) }},
	{name: "office", words: func(_ side, r *procedure.ActRule) []Word { return code(r.Office) }},
	{name: "confidence", words: func(_ side, r *procedure.ActRule) []Word { return sure(r.Confidence) }},
}

var termParts = []part[*procedure.Term]{
	{name: "article", words: func(_ side, t *procedure.Term) []Word { return article(t.Article) }},
	{name: "within", words: func(_ side, t *procedure.Term) []Word {
		if t.Before != procedure.None {
			return nil
		}
		if t.Withins != nil {
			return nil // said act by act
		}
		return period(t.Within)
	}},
	{name: "withins", items: func(s side, t *procedure.Term) []item {
		return s.perAct(t, func(id procedure.ActID) []Word {
			if t.Withins == nil || t.Withins[id].IsZero() {
				return nil
			}
			return period(t.Withins[id])
		})
	}},
	{name: "before", words: func(s side, t *procedure.Term) []Word {
		if t.Before == procedure.None {
			return nil
		}
		return append(period(t.By), Word{Sort: Term, Name: s.Terms[t.Before].Name})
	}},
	{name: "after", words: func(s side, t *procedure.Term) []Word {
		if t.After == procedure.None {
			return nil
		}
		return []Word{{Sort: Term, Name: s.Terms[t.After].Name}}
	}},
	{name: "until", items: func(s side, t *procedure.Term) []item {
		return s.perAct(t, func(id procedure.ActID) []Word {
			if t.Until == nil {
				return nil
			}
			return code(t.Until[id])
		})
	}},
	{name: "length", items: func(s side, t *procedure.Term) []item {
		return s.perAct(t, func(id procedure.ActID) []Word {
			if t.Lengths == nil {
				return nil
			}
			var out []Word
			for _, f := range []procedure.FieldID{t.Lengths[id].Years, t.Lengths[id].Months, t.Lengths[id].Days} {
				if f != procedure.None {
					out = append(out, Word{Sort: FieldOf, Name: s.Acts[id].Form[f].Name, In: s.Acts[id].Name})
				}
			}
			return out
		})
	}},
	{name: "share", words: func(_ side, t *procedure.Term) []Word {
		if t.Share.Den == 0 {
			return nil
		}
		return plain(t.Share.String())
	}},
	{name: "credits", set: true, words: func(s side, t *procedure.Term) (out []Word) {
		for i := range t.Credits {
			c := &t.Credits[i]
			kind := s.Law.KindName(c.Kind)
			out = append(append(out, s.kind(c.Kind)...), article(c.Article)...)
			for st, r := range c.Ratios {
				if r.Den > 0 {
					out = append(out, Word{Sort: State, Name: s.Law.StateName(c.Kind, procedure.StateID(st)), In: kind}, Word{Sort: Plain, Name: r.String()})
				}
			}
			for _, f := range []procedure.FieldID{c.Begins, c.Ends} {
				if f != procedure.None {
					out = append(out, Word{Sort: FieldOf, Name: s.Kinds[c.Kind].Fields[f].Name, In: kind})
				}
			}
		}
		return out
	}},
	{name: "starts", set: true, words: func(s side, t *procedure.Term) []Word { return s.acts(t.StartedBy) }},
	{name: "when", items: func(s side, t *procedure.Term) []item {
		return s.perAct(t, func(id procedure.ActID) []Word {
			if t.When == nil {
				return nil
			}
			return code(t.When[id])
		})
	}},
	{name: "at", items: func(s side, t *procedure.Term) []item {
		return s.perAct(t, func(id procedure.ActID) []Word {
			if t.At == nil {
				return nil
			}
			return code(t.At[id])
		})
	}},
	{name: "counts", words: func(_ side, t *procedure.Term) []Word {
		return counted(t, "diff.value.counts."+[]string{"from_next", "from_moment", "from_day"}[t.Rule.Counts])
	}},
	{name: "rolls", words: func(_ side, t *procedure.Term) []Word {
		return counted(t, "diff.value.rolls."+[]string{"never", "next_working_day", "previous_working_day"}[t.Rule.Rolls])
	}},
	{name: "ends", words: func(_ side, t *procedure.Term) []Word {
		return counted(t, "diff.value.ends."+[]string{"midnight", "close_of_business"}[t.Rule.Ends])
	}},
	{name: "per", words: func(s side, t *procedure.Term) []Word { return s.kind(t.Per) }},
	{name: "owed_by", words: func(_ side, t *procedure.Term) []Word { return roles(t.OwedBy) }},
	{name: "met_by", set: true, words: func(s side, t *procedure.Term) []Word { return s.acts(t.MetBy) }},
	{name: "ended_by", set: true, words: func(s side, t *procedure.Term) []Word { return s.acts(t.EndedBy) }},
	{name: "extended_by", items: func(s side, t *procedure.Term) (out []item) {
		for i := range t.Extended {
			x := &t.Extended[i]
			out = append(out, item{s.acts([]procedure.ActID{x.Act})[0], extension(x)})
		}
		return out
	}},
	{name: "stopped_by", set: true, words: func(s side, t *procedure.Term) []Word { return s.acts(t.StoppedBy) }},
	{name: "resumed_by", set: true, words: func(s side, t *procedure.Term) []Word { return s.acts(t.ResumedBy) }},
	{name: "warn", set: true, words: func(_ side, t *procedure.Term) (out []Word) {
		for _, p := range t.Warn {
			out = append(out, period(p)...)
		}
		return out
	}},
	{name: "breach", words: func(_ side, t *procedure.Term) []Word { return key("diff.value.breach." + t.Breach.String()) }},
	{name: "steps", words: func(s side, t *procedure.Term) (out []Word) {
		for _, st := range t.Steps {
			k := "diff.value.step.tell"
			if st.Escalate {
				k = "diff.value.step.escalate"
			}
			out = append(append(out, Word{Sort: Key, Name: k, Period: st.After}), roles(st.To...)...)
		}
		return out
	}},
	{name: "switch", words: func(_ side, t *procedure.Term) []Word {
		var out []Word
		for _, name := range t.Switches {
			out = append(out, Word{Sort: Switch, Name: name})
		}
		return out
	}},
	{name: "repeats", words: func(_ side, t *procedure.Term) []Word { return yes(t.Repeats) }},
	{name: "sums", words: func(s side, t *procedure.Term) []Word { return s.kind(t.Sums) }},
	{name: "bars", set: true, words: func(s side, t *procedure.Term) []Word { return s.acts(t.Bars) }},
	{name: "late", words: func(_ side, t *procedure.Term) []Word {
		if t.LateRefuse {
			return key("diff.value.late.refused")
		}
		return key("diff.value.late.allowed")
	}},
	{name: "again", words: func(_ side, t *procedure.Term) []Word {
		return key("diff.value.again." + []string{"keep_first", "restart", "each"}[t.Again])
	}},
	{name: "confidence", words: func(_ side, t *procedure.Term) []Word { return sure(t.Confidence) }},
}

// counted leaves out how something is counted that takes its end from another term.
func counted(t *procedure.Term, k string) []Word {
	if t.Before != procedure.None || t.AtOnce || len(t.Switches) > 0 {
		return nil // taken from another term, without a number, or as the switch says
	}
	return key(k)
}

func extension(x *procedure.Extension) (out []Word) {
	switch {
	case !x.To.IsZero():
		out = append(out, Word{Sort: Key, Name: "diff.value.extended_to", Period: x.To})
	case !x.Add.IsZero():
		out = append(out, Word{Sort: Key, Name: "diff.value.extended_add", Period: x.Add, N: max(x.Times, 1)})
	default:
		out = append(out, Word{Sort: Key, Name: "diff.value.extended_until"})
		out = append(out, code(x.Until)...)
	}
	return append(out, article(x.Article)...)
}

// sures are the keys of what marks of confidence mean.
var sures = map[string]string{"V": "diff.sure.read", "V+": "diff.sure.confirmed", "N": "diff.sure.secondary", "M": "diff.sure.memory", "?": "diff.sure.open"}

// sure says in words how sure a rule is; what bears no mark that is known stands as it is written.
func sure(mark string) []Word {
	if k := sures[mark]; k != "" {
		return key(k)
	}
	return plain(mark)
}

func plain(s string) []Word {
	if s == "" {
		return nil
	}
	return []Word{{Sort: Plain, Name: s}}
}

func article(s string) []Word {
	if s == "" {
		return nil
	}
	return []Word{{Sort: Article, Name: s}}
}

func key(k string) []Word { return []Word{{Sort: Key, Name: k}} }

func yes(b bool) []Word {
	if b {
		return key("diff.value.yes")
	}
	return key("diff.value.no")
}

func roles(names ...string) (out []Word) {
	for _, n := range names {
		if n != "" {
			out = append(out, Word{Sort: Role, Name: n})
		}
	}
	return out
}

func period(p calendar.Period) []Word {
	if p.IsZero() {
		return nil
	}
	return []Word{{Sort: PeriodOf, Period: p}}
}

// code is a condition without the blanks and line ends that mean nothing.
func code(c *procedure.Condition) []Word {
	if c == nil {
		return nil
	}
	return []Word{{Sort: Code, Name: strings.Join(strings.Fields(c.Source), " ")}}
}

func (s side) kind(id procedure.KindID) []Word {
	if id == procedure.None {
		return nil
	}
	return []Word{{Sort: Kind, Name: s.Law.KindName(id)}}
}

func (s side) kinds(ids []procedure.KindID) (out []Word) {
	for _, id := range ids {
		out = append(out, s.kind(id)...)
	}
	return out
}

// perAct is what a term says of each act that starts it.
func (s side) perAct(t *procedure.Term, says func(procedure.ActID) []Word) (out []item) {
	for _, id := range t.StartedBy {
		if words := says(id); len(words) > 0 {
			out = append(out, item{s.acts([]procedure.ActID{id})[0], words})
		}
	}
	return out
}

// link is what an act does in another proceeding.
func (s side) link(r *procedure.ActRule, l *procedure.Link) (out []Word) {
	if l.To == procedure.None {
		out = key("diff.value.link.opens")
	} else {
		out = []Word{{Sort: Key, Name: "diff.value.link.joins"}, {Sort: FieldOf, Name: r.Form[l.To].Name, In: r.Name}}
	}
	if l.When != nil {
		out = append(append(out, Word{Sort: Key, Name: "diff.value.link.when"}), code(l.When)...)
	}
	for _, f := range l.Form {
		out = append(append(out, Word{Sort: Plain, Name: f.Name}), code(f.Value)...)
	}
	if len(l.Carries) > 0 {
		out = append(append(out, Word{Sort: Key, Name: "diff.value.link.carries"}), s.kinds(l.Carries)...)
	}
	return out
}

func (s side) state(k procedure.KindID, id procedure.StateID) []Word {
	if id == procedure.None {
		return nil
	}
	return s.states(k, []procedure.StateID{id})
}

func (s side) states(k procedure.KindID, ids []procedure.StateID) (out []Word) {
	for _, id := range ids {
		out = append(out, Word{Sort: State, Name: s.Law.StateName(k, id), In: s.Law.KindName(k)})
	}
	return out
}

func (s side) acts(ids []procedure.ActID) (out []Word) {
	for _, id := range ids {
		out = append(out, Word{Sort: Act, Name: s.Law.ActName(id)})
	}
	return out
}

func (s side) assigns(k procedure.KindID, list []procedure.Assign) (out []item) {
	for _, a := range list {
		kind := s.Kinds[k]
		out = append(out, item{Word{Sort: FieldOf, Name: kind.Fields[a.Field].Name, In: kind.Name}, code(a.Value)})
	}
	return out
}

// fields describes what is asked for, or known of a kind.
func (s side) fields(in string, list []*procedure.Field) (out []item) {
	for _, f := range list {
		if f == nil {
			continue
		}
		words := key("diff.value.type." + f.Type.String())
		switch {
		case f.NeededIf != nil:
			words = append(append(words, Word{Sort: Key, Name: "diff.value.needed_if"}), code(f.NeededIf)...)
		case f.Optional:
			words = append(words, Word{Sort: Key, Name: "diff.value.optional"})
		default:
			words = append(words, Word{Sort: Key, Name: "diff.value.required"})
		}
		if f.Future {
			words = append(words, Word{Sort: Key, Name: "diff.value.future"})
		}
		if f.Open {
			words = append(words, Word{Sort: Key, Name: "diff.value.open"})
		}
		if f.Most > 0 {
			words = append(words, Word{Sort: Key, Name: "diff.value.most", N: f.Most})
		}
		if f.Shape != procedure.AnyShape {
			words = append(words, Word{Sort: Key, Name: "diff.value.shape." + string(f.Shape)})
		}
		for _, c := range f.Choices {
			words = append(words, Word{Sort: ChoiceOf, Name: c, In: f.Name, Of: in})
		}
		for _, c := range f.Currencies {
			words = append(words, Word{Sort: Plain, Name: c})
		}
		if f.Question != nil {
			words = append(words, s.question(f.Question)...)
		}
		if f.Answers != procedure.None {
			words = append(append(words, Word{Sort: Key, Name: "diff.value.answers"}), s.acts([]procedure.ActID{f.Answers})...)
		}
		if f.Type == fact.Thing {
			words = append(append(words, s.kind(f.Kind)...), s.states(f.Kind, f.While)...)
		}
		words = append(append(words, roles(f.Roles...)...), article(f.Article)...)
		out = append(out, item{Word{Sort: FieldOf, Name: f.Name, In: in}, words})
	}
	return out
}

// question describes what a field judges of the whole file.
func (s side) question(q *procedure.Question) []Word {
	out := key("diff.value.good_yes")
	if !q.Good {
		out = key("diff.value.good_no")
	}
	for _, c := range q.Checks {
		out = append(append(append(out, Word{Sort: Rule, Name: c.Rule}), code(c.If)...), article(c.Article)...)
	}
	if len(q.Kept) > 0 {
		out = append(append(out, Word{Sort: Key, Name: "diff.value.kept"}), s.terms(s.Edition, q.Kept)...)
	}
	if len(q.ShownBy) > 0 {
		out = append(append(out, Word{Sort: Key, Name: "diff.value.shown_by"}), s.acts(q.ShownBy)...)
	}
	return out
}

// transitionParts are what an edition says of proceedings that are open when it comes into force.
var transitionParts = []part[*procedure.Edition]{
	{name: "recounts", set: true, words: func(s side, e *procedure.Edition) []Word { return s.terms(e, e.Transition.Recount) }},
	{name: "ends", set: true, words: func(s side, e *procedure.Edition) []Word { return s.terms(e, e.Transition.End) }},
	{name: "states", items: func(s side, e *procedure.Edition) (out []item) {
		for _, k := range e.Kinds {
			if k == nil {
				continue
			}
			for _, c := range e.Transition.States[k.ID] {
				out = append(out, item{Word{Sort: State, Name: e.Law.StateName(k.ID, c.From), In: k.Name}, []Word{{Sort: State, Name: e.Law.StateName(k.ID, c.To), In: k.Name}}})
			}
		}
		return out
	}},
}

func (side) terms(e *procedure.Edition, ids []procedure.TermID) (out []Word) {
	for _, id := range ids {
		out = append(out, Word{Sort: Term, Name: e.Law.TermName(id)})
	}
	return out
}
