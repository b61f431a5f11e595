package lawload

import (
	"slices"
	"strconv"

	"nazorat/internal/calendar"
	"nazorat/internal/condition"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// atOnce is how a law says "immediately": the duty is there from the start, and
// since the law gives no number nobody is called late by one.
const atOnce = "at_once"

var termKeys = []string{"article", "confidence", "starts", "when", "at", "within", "counts", "ends", "rolls", "before", "per", "owed_by",
	"met_by", "ended_by", "extended_by", "stopped_by", "resumed_by", "warn", "breach", "late", "again", "until", "after", "repeats", "sums", "bars", "length", "share", "credits"}

// termsShape reads everything of the terms but their conditions.
func (c *compiler) termsShape() {
	for _, raw := range c.raw.terms {
		id := procedure.TermID(c.law.Names.Terms.ID(raw.Name))
		c.e.Terms[id] = &procedure.Term{ID: id, Name: raw.Name, File: raw.Key.File(), Line: raw.Key.Line(), Part: c.raw.part[ownName(2, raw.Name)], Since: c.raw.since[ownName(2, raw.Name)], Before: procedure.None, After: procedure.None, Sums: procedure.None, Per: 0}
	}
	for _, raw := range c.raw.terms {
		t := c.e.Term(raw.Name)
		v, clean := c.KeysClean(raw.Value, termKeys...)
		t.Article, t.Confidence = c.Text(v["article"]), c.Text(v["confidence"])
		if t.Article == "" && clean {
			c.Bad(raw.Key, "the term %q names no article", raw.Name)
		}
		c.citation(v["article"], t.Article)
		t.StartedBy, t.MetBy, t.EndedBy = c.actsNamed(v["starts"]), c.actsNamed(v["met_by"]), c.actsNamed(v["ended_by"])
		t.StoppedBy, t.ResumedBy = c.actsNamed(v["stopped_by"]), c.actsNamed(v["resumed_by"])
		c.confidence(v["confidence"])
		c.within(t, v["within"])
		c.lengths(t, v["length"])
		c.share(t, v["share"])
		c.credits(t, v["credits"])
		t.Rule = calendar.Rule{
			Counts: calendar.Counting(c.switched(t, v["counts"], "way of counting", "from_next", "from_moment", "from_day")),
			Rolls:  calendar.Rolling(c.switched(t, v["rolls"], "way of rolling", "never", "next_working_day", "previous_working_day")),
			Ends:   calendar.Closing(c.switched(t, v["ends"], "end of a day", "midnight", "close_of_business")),
		}
		c.breach(t, v["breach"])
		t.Repeats, t.Bars = c.Yes(v["repeats"]), c.actsNamed(v["bars"])
		if n := v["sums"]; n.Given() {
			if k := c.kindNamed(n); k != nil {
				t.Sums = k.ID
			}
		}
		t.Again = procedure.Again(c.OneOf(v["again"], "way to start again", "keep_first", "restart", "each"))
		t.LateRefuse = c.OneOf(v["late"], "answer to a late act", "allowed", "refused") == 1
		for _, w := range c.List(v["warn"]) {
			t.Warn = append(t.Warn, c.period(w))
		}
		if per := v["per"]; per.Given() {
			if k := c.kindNamed(per); k != nil {
				t.Per = k.ID
			}
		}
		c.before(t, raw, v, clean)
		c.extensions(t, v["extended_by"])
		t.OwedBy = c.Text(v["owed_by"])
		switch {
		case t.OwedBy == "" && (v["before"].Given() || v["after"].Given() || !clean): // owed by whoever owes the other term
		case v["bars"].Given() && t.OwedBy != "":
			c.Bad(v["owed_by"], "the term %q is a time of waiting: nobody owes anything", raw.Name)
		case v["bars"].Given():
		case t.OwedBy == "":
			c.Bad(raw.Key, "nobody owes the term %q", raw.Name).Meant = "say owed_by: officer_in_charge, or a role"
		case t.OwedBy != procedure.InCharge && !slices.Contains(c.e.Roles, t.OwedBy):
			c.BadName(v["owed_by"], "role", t.OwedBy, append([]string{procedure.InCharge}, c.e.Roles...))
		}
		if v["bars"].Given() && v["met_by"].Given() {
			c.Bad(v["met_by"], "the term %q is a time of waiting: nothing meets it", raw.Name)
		}
		if !v["met_by"].Given() && clean && !v["bars"].Given() {
			c.Bad(raw.Key, "nothing meets the term %q", raw.Name).Meant = "say met_by: [act]"
		}
	}
	c.sameCredits()
	c.cycles()
}

// before reads where a term starts and ends: before another, or by itself.
// What is missing is not asked for where a key was misspelt: it may be that.
func (c *compiler) before(t *procedure.Term, raw lawtext.Entry, v map[string]lawtext.Node, clean bool) {
	if b := v["before"]; b.Given() {
		k := c.Keys(b, "term", "by")
		name := c.Text(k["term"])
		if other := c.e.Term(name); other != nil {
			t.Before = other.ID
			if !v["per"].Given() {
				t.Per = procedure.None // taken from the other term once that is read
			}
		} else {
			c.BadName(k["term"].Or(b), "term", name, c.e.TermNames())
		}
		if t.By = c.period(k["by"]); !k["by"].Given() {
			c.Bad(b, "before: says not how long before").Meant = "say before: { term: " + name + ", by: 8h }"
		}
		for _, other := range []string{"within", "at", "starts", "when", "rolls", "counts", "ends", "until", "after", "extended_by", "stopped_by", "resumed_by", "sums", "repeats", "again", "length", "share", "credits"} {
			if v[other].Given() {
				c.Bad(v[other], "a term that ends before another takes its start and its end from that one").Meant = "leave out " + other
			}
		}
		return
	}
	if a := v["after"]; a.Given() {
		name := c.Text(c.Keys(a, "term")["term"])
		if other := c.e.Term(name); other != nil {
			t.After = other.ID
			if !v["per"].Given() {
				t.Per = procedure.None
			}
		} else {
			c.BadName(a, "term", name, c.e.TermNames())
		}
		for _, other := range []string{"at", "starts", "until", "when", "sums", "again", "length", "share", "credits"} {
			if v[other].Given() {
				c.Bad(v[other], "a term that runs from the end of another takes its start from that one").Meant = "leave out " + other
			}
		}
		if !v["within"].Given() && clean {
			c.Bad(raw.Key, "the term %q has no length", raw.Name).Meant = "say within: 3d"
		}
		return
	}
	if !v["within"].Given() && !v["until"].Given() && !v["length"].Given() && clean {
		c.Bad(raw.Key, "the term %q has no length", raw.Name).Meant = "say within: 10d, within: at_once, or before: { term: other, by: 8h }"
	}
	if !v["starts"].Given() && clean {
		c.Bad(raw.Key, "nothing starts the term %q", raw.Name).Meant = "say starts: act"
	}
}

func (c *compiler) extensions(t *procedure.Term, n lawtext.Node) {
	for _, x := range c.Entries(n) {
		act := c.e.Act(x.Name)
		if act == nil {
			c.BadName(x.Key, "act", x.Name, c.e.ActNames())
			continue
		}
		v, clean := c.KeysClean(x.Value, "to", "add", "times", "until", "article")
		ext := procedure.Extension{Act: act.ID, To: c.period(v["to"]), Add: c.period(v["add"]), Article: c.Text(v["article"])}
		if ext.Article == "" {
			ext.Article = act.Article
		}
		c.citation(v["article"], ext.Article)
		if m := v["times"]; m.Given() {
			times, err := strconv.Atoi(c.Text(m))
			if err != nil || times < 1 || times > 1000 {
				c.Bad(m, "times: want a number from 1 to 1000")
			}
			ext.Times = times
		}
		ways := 0
		for _, k := range []string{"to", "add", "until"} {
			if v[k].Given() {
				ways++
			}
		}
		if ways != 1 && (clean || ways > 1) {
			c.Bad(x.Key, "an extension says one of to: (a new total), add: (so much more), until: (a moment)")
		}
		if !ext.Add.IsZero() && !t.Within.IsZero() && !ext.Add.GoesWith(t.Within) {
			c.Bad(v["add"], "a term in %s cannot have %s added", t.Within, ext.Add).Meant = "add hours to hours, days or longer to days or longer; or say to: with a new total"
		}
		if n := ext.Add.N; n*max(ext.Times, 1) > calendar.MostOfUnit {
			c.Bad(v["add"], "%s come to more than %d in all", ext.Add, calendar.MostOfUnit).Meant = "give them in a longer unit"
		}
		t.Extended = append(t.Extended, ext)
	}
}

// cycles finds terms that end before each other.
func (c *compiler) cycles() {
	for _, raw := range c.raw.terms {
		t := c.e.Term(raw.Name)
		path := []string{t.Name}
		for x := t; x.Base() != procedure.None; {
			x = c.e.Terms[x.Base()]
			path = append(path, x.Name)
			if x == t {
				c.Bad(raw.Key, "a cycle of terms: %s", joinArrows(path)).Meant = "one of them must have a length of its own (within:)"
				break
			}
			if len(path) > len(c.e.Terms)+1 {
				break // a cycle further on, reported there
			}
		}
	}
	if c.Err() != nil {
		return
	}
	for _, t := range c.e.Terms {
		for x := t; x != nil && x.Base() != procedure.None; {
			x = c.e.Terms[x.Base()]
			if t.Per == procedure.None {
				t.Per = x.Per
			}
			if t.OwedBy == "" {
				t.OwedBy = x.OwedBy
			}
		}
	}
}

// within reads a length: one, or one for each act that starts the term.
func (c *compiler) within(t *procedure.Term, n lawtext.Node) {
	switch {
	case n.Given() && !n.Scalar():
		for _, e := range c.Entries(n) {
			r := c.e.Act(e.Name)
			if r == nil || !slices.Contains(t.StartedBy, r.ID) {
				c.Bad(e.Key, "%s does not start the term %s", e.Name, t.Name)
				continue
			}
			if t.Withins == nil {
				t.Withins = make([]calendar.Period, len(c.e.Acts))
			}
			t.Withins[r.ID] = c.period(e.Value)
			if t.Within.IsZero() {
				t.Within = t.Withins[r.ID]
			}
		}
		for _, id := range t.StartedBy {
			if t.Withins == nil || t.Withins[id].IsZero() {
				c.Bad(n, "within: says nothing for %s", c.law.ActName(id))
			}
		}
	case n.Given() && c.Text(n) == atOnce:
		t.AtOnce, t.Within = true, calendar.Period{Unit: calendar.Minutes}
	default:
		t.Within = c.period(n)
	}
}

// breach reads what it means that the term runs out: a word, or a word and steps.
func (c *compiler) breach(t *procedure.Term, n lawtext.Node) {
	if !n.Given() || n.Scalar() {
		t.Breach = procedure.Breach(c.OneOf(n, "breach", procedure.BreachNames()...))
		return
	}
	v := c.Keys(n, "does", "steps")
	t.Breach = procedure.Breach(c.OneOf(v["does"].Or(n), "breach", procedure.BreachNames()...))
	if t.Breach == procedure.Lapse && v["steps"].Given() {
		c.Bad(v["steps"], "what lapses is nobody's breach: it has no steps")
	}
	for _, item := range c.things(v["steps"], "{ after: 0h, tell: [role] }") {
		k, clean := c.KeysClean(item, "after", "tell", "escalate")
		s := procedure.Step{After: c.period(k["after"]), Escalate: k["escalate"].Given(), To: append(c.Texts(k["tell"]), c.Texts(k["escalate"])...)}
		if clean && k["tell"].Given() == k["escalate"].Given() {
			c.Bad(item, "a step says either tell: or escalate:, and to whom")
		}
		if clean && len(s.To) == 0 && k["tell"].Given() != k["escalate"].Given() {
			c.Bad(item, "a step says to whom").Meant = "tell: [role], or escalate: role"
		}
		if s.Escalate && slices.Contains(s.To, procedure.InCharge) {
			c.Bad(k["escalate"], "a matter is not escalated to the one who has it").Meant = "tell: [" + procedure.InCharge + "]"
		}
		for _, role := range s.To {
			if role != procedure.InCharge && !slices.Contains(c.e.Roles, role) {
				c.BadName(item, "role", role, append([]string{procedure.InCharge}, c.e.Roles...))
			}
		}
		if k := len(t.Steps); k > 0 && later(t.Steps[k-1].After, s.After) {
			c.Bad(item, "the steps stand in the order of time")
		}
		t.Steps = append(t.Steps, s)
	}
	if len(t.Steps) == 0 {
		c.Bad(n, "breach: has no steps").Meant = "say steps: [{ after: 0h, tell: [role] }], or the word alone"
	}
}

// later reports whether a period is surely longer than another.
func later(a, b calendar.Period) bool {
	minutes := func(p calendar.Period) int {
		switch p.Unit {
		case calendar.Minutes:
			return p.N
		case calendar.Hours:
			return p.N * 60
		case calendar.Months:
			return p.N * 30 * 24 * 60
		case calendar.Years:
			return p.N * 365 * 24 * 60
		}
		return p.N * 24 * 60
	}
	return minutes(a) > minutes(b)
}

func joinArrows(path []string) string {
	out := path[0]
	for _, p := range path[1:] {
		out += " -> " + p
	}
	return out
}

// termConditions compiles the conditions of a term. A term started by several
// acts has its conditions compiled against each: they must hold for all.
func (c *compiler) termConditions(raw lawtext.Entry) {
	t := c.e.Term(raw.Name)
	v := c.Keys(raw.Value, termKeys...)
	for _, id := range t.StartedBy {
		r := c.e.Acts[id]
		if n := c.forAct(v["when"], r); n.Given() {
			t.When = c.perAct(t.When, id, c.condition(r, n, condition.YesOrNo))
		}
		if n := c.forAct(v["at"], r); n.Given() {
			t.At = c.perAct(t.At, id, c.condition(r, n, condition.AMoment))
		}
		if n := c.forAct(v["until"], r); n.Given() {
			t.Until = c.perAct(t.Until, id, c.condition(r, n, condition.AnEnd))
		}
	}
	for _, n := range []lawtext.Node{v["when"], v["at"], v["until"]} {
		if !n.Given() || n.Scalar() {
			continue
		}
		for _, e := range c.Entries(n) {
			if r := c.e.Act(e.Name); r == nil || !slices.Contains(t.StartedBy, r.ID) {
				c.Bad(e.Key, "%s does not start the term %s", e.Name, t.Name)
			}
		}
	}
	for _, x := range c.Entries(v["extended_by"]) {
		n := c.Keys(x.Value, "to", "add", "times", "until", "article")["until"]
		act := c.e.Act(x.Name)
		if !n.Given() || act == nil {
			continue
		}
		for i := range t.Extended {
			if t.Extended[i].Act == act.ID {
				t.Extended[i].Until = c.condition(act, n, condition.AnEnd)
			}
		}
	}
}

// forAct picks the condition meant for one of several starting acts: the one
// text for all, or "act: condition" lines.
func (c *compiler) forAct(n lawtext.Node, r *procedure.ActRule) lawtext.Node {
	if !n.Given() || n.Scalar() {
		return n
	}
	for _, e := range c.Entries(n) {
		if e.Name == r.Name {
			return e.Value
		}
	}
	return lawtext.Node{}
}

// perAct collects a term's condition for each act that starts it.
func (c *compiler) perAct(into procedure.Conditions, act procedure.ActID, cond *procedure.Condition) procedure.Conditions {
	if into == nil {
		into = make(procedure.Conditions, len(c.e.Acts))
	}
	into[act] = cond
	return into
}

// sound checks what can only be seen when everything is linked.
func (c *compiler) sound() {
	for _, raw := range c.raw.terms {
		t := c.e.Term(raw.Name)
		for _, id := range t.StartedBy {
			if r := c.e.Acts[id]; !c.e.Reaches(r, t.Per) {
				c.Bad(raw.Key, "the term %s runs per %s, and %s neither adds one nor is done on one", t.Name, c.e.Kinds[t.Per].Name, r.Name)
			}
		}
		if (len(t.StoppedBy) == 0) != (len(t.ResumedBy) == 0) {
			c.Bad(raw.Key, "the clock of %s can be stopped and not go on, or the other way round", t.Name).Meant = "say both stopped_by and resumed_by"
		}
	}
	c.contradictions()
	opens := false
	for _, r := range c.e.Acts {
		opens = opens || r != nil && r.Opens
	}
	if !opens {
		c.Bad(c.raw.top, "no act opens a %s", c.e.Kinds[0].Name).Meant = "one act says opens: " + c.e.Kinds[0].Name
	}
}

// unreached warns of states that no act of the edition, or of one after it, brings a thing into,
// and of kinds that none adds: a state may wait for the edition that uses it.
func (l *loader) unreached(r *rawEdition) {
	later := l.law.Editions[r.edition.Index:]
	for i, raw := range r.kinds {
		k := r.edition.Kind(raw.Name)
		if k == nil || !r.mine[ownName(0, raw.Name)] {
			continue
		}
		for _, s := range k.States {
			if s != k.Start && !slices.ContainsFunc(later, func(e *procedure.Edition) bool { return e.Enters(k, s) }) {
				l.Bad(raw.Key, "no act brings a %s into the state %s", k.Name, l.law.StateName(k.ID, s)).Warning = true
			}
		}
		adds := func(a *procedure.ActRule) bool { return a != nil && a.Adds == k.ID }
		if i > 0 && !slices.ContainsFunc(later, func(e *procedure.Edition) bool { return slices.ContainsFunc(e.Acts, adds) }) {
			l.Bad(raw.Key, "no act adds a %s", k.Name).Warning = true
		}
	}
}
