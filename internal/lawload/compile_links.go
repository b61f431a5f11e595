package lawload

import (
	"slices"
	"strings"

	"nazorat/internal/condition"
	"nazorat/internal/fact"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// rootPrefix names a fact of the proceeding among those that an act on a thing sets.
const rootPrefix = "proceeding."

// cutRoot takes the prefix off the name of a fact of the proceeding.
func cutRoot(name string) (string, bool) { return strings.CutPrefix(name, rootPrefix) }

// sets reads the facts that an act sets, of its thing and of the proceeding.
func (c *compiler) sets(r *procedure.ActRule, n lawtext.Node) (own, root []procedure.Assign) {
	for _, a := range c.Entries(n) {
		kind, name := c.e.Kinds[r.On], a.Name
		if cut, ok := cutRoot(name); ok {
			kind, name = c.e.Kinds[0], cut
		}
		set, ok := c.assign(r, kind, name, a)
		switch {
		case !ok:
		case kind.ID == 0 && r.On != 0:
			root = append(root, set)
		default:
			own = append(own, set)
		}
	}
	return own, root
}

var linkKeys = []string{"procedure", "act", "to", "when", "form", "carries"}

// things are the items of a list of lines; one that is no list is a mistake, said once.
func (c *compiler) things(n lawtext.Node, such string) []lawtext.Node {
	if n.Given() && (n.Scalar() || n.Mapping()) {
		c.Bad(n, "a list is wanted here: [%s]", such)
		return nil
	}
	return n.Items()
}

// links reads the acts that an act does on other proceedings.
func (c *compiler) links(r *procedure.ActRule, n lawtext.Node) {
	for _, item := range c.things(n, "{ act: open_representation, ... }") {
		v, clean := c.KeysClean(item, linkKeys...)
		l := procedure.Link{Procedure: c.law.Name, Act: c.Text(v["act"]), To: procedure.None, Line: item.Line()}
		if p := c.Text(v["procedure"]); p != "" {
			l.Procedure = p
		}
		if l.Act == "" && clean {
			c.Bad(item, "a link says not which act it does").Meant = "say act: open_representation"
		}
		if to := v["to"]; to.Given() {
			name, _ := strings.CutPrefix(c.Text(to), "act.")
			switch f := r.Field(name); {
			case f == nil:
				c.BadName(to, "field of the form", name, procedure.FieldNames(r.Form))
			case f.Type != fact.Proceeding:
				c.Bad(to, "the field %q is of type %s; to: wants one of type proceeding", name, f.Type)
			default:
				l.To = f.ID
			}
		}
		if w := v["when"]; w.Given() {
			l.When = c.condition(r, w, condition.YesOrNo)
		}
		for _, f := range c.Entries(v["form"]) {
			if cond := c.condition(r, f.Value, condition.Anything); cond != nil && cond.Type == fact.Thing {
				c.Bad(f.Value, "%s names a thing of this file, and means nothing in another", cond.Source).Meant = "say carries: [kind], if it is to go along"
			} else if cond != nil {
				l.Form = append(l.Form, procedure.LinkField{Name: f.Name, Value: cond})
			}
		}
		l.Carries = c.kindsNamed(v["carries"])
		if len(l.Carries) > 0 && l.Procedure != c.law.Name {
			c.Bad(v["carries"], "things go along only within one procedure, and %s is another", l.Procedure)
		}
		if slices.Contains(l.Carries, 0) {
			c.Bad(v["carries"], "the %s itself does not go along", c.e.Kinds[0].Name)
		}
		r.Links = append(r.Links, l)
	}
}

// switches reads the counting questions and how they are answered.
func (c *compiler) switches() {
	e := c.e
	for _, raw := range c.raw.switches {
		v, clean := c.KeysClean(raw.Value, "asks", "article", "choices", "default")
		s := procedure.Switch{Name: raw.Name, Asks: c.Text(v["asks"]), Article: c.Text(v["article"]), Choices: c.Texts(v["choices"]), Default: c.Text(v["default"])}
		c.citation(v["article"], s.Article)
		if clean && (s.Asks == "" || len(s.Choices) < 2 || s.Article == "") {
			c.Bad(raw.Key, "the switch %q needs asks, article and at least two choices", raw.Name)
		}
		if !slices.Contains(s.Choices, s.Default) {
			c.BadName(v["default"].Or(raw.Key), "choice", s.Default, s.Choices)
		}
		c.twice(v["choices"], "the choice %q is given twice")
		s.Chosen = s.Default
		if chosen, ok := c.chosen[s.Name]; ok {
			if !slices.Contains(s.Choices, chosen) {
				c.BadName(raw.Key, "choice", chosen, s.Choices)
			}
			s.Chosen = chosen
		}
		e.Switches = append(e.Switches, s)
	}
}

// switched gives the node of a counting key: what it says, or, where it names a
// switch, what that is set to. The name of the switch is kept with the term.
func (c *compiler) switched(t *procedure.Term, n lawtext.Node, what string, words ...string) int {
	if !n.Given() || n.Scalar() {
		return c.OneOf(n, what, words...)
	}
	at := c.Keys(n, "switch")["switch"]
	s := c.e.Switch(c.Text(at))
	if s == nil {
		var known []string
		for _, s := range c.e.Switches {
			known = append(known, s.Name)
		}
		c.BadName(at.Or(n), "switch", c.Text(at), known)
		return 0
	}
	if !slices.Contains(t.Switches, s.Name) {
		t.Switches = append(t.Switches, s.Name)
	}
	for _, choice := range s.Choices {
		if !slices.Contains(words, choice) {
			c.BadName(at, what, choice, words)
		}
	}
	return max(slices.Index(words, s.Chosen), 0)
}

// transitions reads what becomes of open proceedings when the edition comes into force.
func (c *compiler) transitions() {
	e := c.e
	v := c.Keys(c.raw.transition, "recount", "end", "states")
	var before *procedure.Edition
	if e.Index > 0 {
		before = c.law.Editions[e.Index-1]
	} else if c.raw.transition.Given() {
		c.Bad(c.raw.transition, "the first edition finds no open proceedings")
		return
	}
	for _, n := range c.List(v["recount"]) {
		switch id := c.law.Term(n.Word()); {
		case id < 0 || before.Terms[id] == nil:
			c.BadName(n, "term of the edition before", n.Word(), before.TermNames())
		case e.Terms[id] == nil:
			c.Bad(n, "%s is no more in this edition: it can end, not be counted anew", n.Word()).Meant = "put it under end:"
		case e.Terms[id].Before != procedure.None || e.Terms[id].After != procedure.None:
			c.Bad(n, "%s hangs on another term and moves with that", n.Word())
		default:
			e.Transition.Recount = append(e.Transition.Recount, id)
			if c.Err() == nil && !e.Recounting(id) {
				p := c.Bad(n, "%s is counted as in every edition before: counted anew, no end moves", n.Word())
				p.Meant, p.Warning = "leave it out, or say what is new of it under terms:", true
			}
		}
	}
	for _, n := range c.List(v["end"]) {
		if id := c.law.Term(n.Word()); id < 0 || before.Terms[id] == nil {
			c.BadName(n, "term of the edition before", n.Word(), before.TermNames())
		} else {
			e.Transition.End = append(e.Transition.End, id)
		}
	}
	for _, n := range c.List(v["recount"]) {
		if slices.Contains(e.Transition.End, c.law.Term(n.Word())) {
			c.Bad(n, "%s cannot be counted anew and fall away", n.Word()).Meant = "leave it out of recount: or of end:"
		}
	}
	for _, k := range c.Entries(v["states"]) {
		kind := e.Kind(k.Name)
		if kind == nil {
			c.BadName(k.Key, "kind", k.Name, e.KindNames())
			continue
		}
		for _, m := range c.Entries(k.Value) {
			from := procedure.StateID(c.law.Names.States[kind.ID].Find(m.Name))
			to := c.stateOf(kind, m.Value)
			if from < 0 {
				var known []string
				if was := before.Kinds[kind.ID]; was != nil {
					known = before.StateNames(kind.ID, was.States)
				}
				c.BadName(m.Key, "state of the edition before", m.Name, known)
				continue
			}
			if e.Transition.States == nil {
				e.Transition.States = map[procedure.KindID][]procedure.StateChange{}
			}
			e.Transition.States[kind.ID] = append(e.Transition.States[kind.ID], procedure.StateChange{From: from, To: to})
		}
	}
	if before == nil || c.Err() != nil {
		return
	}
	terms, states := e.Dropped(before)
	for _, t := range terms {
		c.Bad(c.raw.transition.Or(c.raw.top), "the term %s is no more, and nothing says what becomes of it where it runs", t).Meant = "say transition: { end: [" + t + "] }"
	}
	for _, s := range states {
		c.Bad(c.raw.transition.Or(c.raw.top), "a %s can no more be %s, and nothing says in which state it is then", s[0], s[1]).Meant =
			"say transition: { states: { " + s[0] + ": { " + s[1] + ": another } } }"
	}
}
