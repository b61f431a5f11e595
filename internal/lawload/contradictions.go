package lawload

import (
	"regexp"
	"slices"
	"strings"

	"nazorat/internal/fact"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// This file finds what is written in words that are known and yet says nothing, or says
// two things at once: a lawyer would take it for a rule, and the engine would pass it over.

func (c *compiler) contradictions() {
	for _, raw := range c.raw.terms {
		t := c.e.Term(raw.Name)
		v := c.Keys(raw.Value, termKeys...)
		for _, k := range []string{"starts", "met_by", "bars"} {
			if v[k].Given() && len(c.List(v[k])) == 0 {
				c.Bad(v[k], "%s: names no act", k)
			}
		}
		c.waiting(t, v)
		c.repeating(t, v)
		c.givenEnd(t, v)
		c.summed(t, v)
		c.credited(t, v)
		c.hanging(t, v)
	}
	for _, raw := range c.raw.acts {
		r := c.e.Act(raw.Name)
		v := c.Keys(raw.Value, actKeys...)
		c.twice(v["copies"], "the copy for %q is ordered twice")
		c.movesSomething(r, v["moves"])
		c.takesOver(r, v["takes"])
		c.carriesWhole(r, v["links"])
	}
	for _, raw := range c.raw.switches {
		if !c.asked(raw.Name) && c.raw.mine[ownName(3, raw.Name)] {
			c.Bad(raw.Key, "no term hangs on the switch %q", raw.Name).Warning = true
		}
	}
}

// asked reports whether the counting of a term hangs on a switch.
func (c *compiler) asked(name string) bool {
	return slices.ContainsFunc(c.raw.terms, func(raw lawtext.Entry) bool {
		v := c.Keys(raw.Value, termKeys...)
		return slices.ContainsFunc([]string{"counts", "rolls", "ends"}, func(k string) bool {
			return v[k].Mapping() && c.Text(c.Keys(v[k], "switch")["switch"]) == name
		})
	})
}

// twice reports a word that stands in a list twice.
func (c *compiler) twice(n lawtext.Node, what string) {
	var seen []string
	for _, item := range c.List(n) {
		if slices.Contains(seen, item.Word()) {
			c.Bad(item, what, item.Word())
		}
		seen = append(seen, item.Word())
	}
}

// waiting: a time of waiting is nobody's duty, and nothing of a duty goes with it.
func (c *compiler) waiting(t *procedure.Term, v map[string]lawtext.Node) {
	for _, k := range []string{"breach", "late", "warn", "repeats"} {
		if t.Waiting() && v[k].Given() {
			c.Bad(v[k], "the term %q is a time of waiting: nobody can miss it", t.Name).Meant = "leave out " + k
		}
	}
}

// repeating: what begins again has one length of its own.
func (c *compiler) repeating(t *procedure.Term, v map[string]lawtext.Node) {
	if t.Repeats && (t.Within.IsZero() || t.Withins != nil || t.AtOnce) {
		c.Bad(v["repeats"], "the term %q begins again without a length to begin with", t.Name).Meant = "say within: 1mo, the same for all acts"
	}
}

// givenEnd: an end that stands in a form is neither counted nor rolled, must be possible
// to fill in, and is there for every act that starts the term.
func (c *compiler) givenEnd(t *procedure.Term, v map[string]lawtext.Node) {
	if t.Until == nil {
		return
	}
	for _, id := range t.StartedBy {
		r := c.e.Acts[id]
		n := c.forAct(v["until"], r)
		if !n.Given() {
			if t.Length(id).IsZero() {
				c.Bad(v["until"], "until: says nothing for %s", r.Name).Meant = "say until: or within: for it too"
			}
			continue
		}
		name, _ := strings.CutPrefix(strings.TrimSpace(c.Text(n)), "act.")
		if f := r.Field(name); f != nil && !f.Future && (f.Type == fact.Date || f.Type == fact.Moment) {
			c.Bad(n, "%s may not lie after today, and no end could be given by it", name).Meant = "say " + name + ": { type: " + f.Type.String() + ", future: true } in the form of " + r.Name
		}
	}
	for _, k := range []string{"counts", "rolls", "ends"} {
		if v[k].Given() && t.Within.IsZero() {
			c.Bad(v[k], "the end of %q is given, and is not counted", t.Name).Meant = "leave out " + k + ", or say within: with the longest allowed"
		}
	}
	for _, x := range c.Entries(v["extended_by"]) {
		if n := c.Keys(x.Value, "to", "add", "times", "until", "article")["add"]; n.Given() {
			c.Bad(n, "an end that is given has no length to add to").Meant = "say until: (a moment) or to: (a new total)"
		}
	}
}

// summed: earlier periods are counted together of one thing, in one unit.
func (c *compiler) summed(t *procedure.Term, v map[string]lawtext.Node) {
	if t.Sums != procedure.None {
		if t.Within.IsZero() {
			c.Bad(v["sums"], "the term %q has no length that earlier periods could use up", t.Name).Meant = "say within: with the longest allowed in all"
		}
		if t.Per != t.Sums && !c.above(t.Sums, t.Per) {
			c.Bad(v["sums"], "the term %q runs per %s, and a %s is not what that belongs to", t.Name, c.e.Kinds[t.Per].Name, c.e.Kinds[t.Sums].Name)
		}
	}
	if t.Sums == procedure.None && len(t.StoppedBy) == 0 || t.Within.IsZero() {
		return
	}
	for _, x := range t.Extended {
		if !x.To.IsZero() && x.To.Unit != t.Within.Unit && !(x.To.GoesWith(t.Within) && t.Within.GoesWith(x.To)) {
			c.Bad(v["extended_by"], "a term in %s that is stopped or summed cannot go on in %s", t.Within, x.To).Meant = "hours and days are counted apart; give all its lengths in one of them"
		}
	}
	for _, p := range t.Withins {
		if !p.IsZero() && !(p.GoesWith(t.Within) && t.Within.GoesWith(p)) {
			c.Bad(v["within"], "a term that is stopped or summed cannot last %s and %s", t.Within, p).Meant = "hours and days are counted apart; give all its lengths in one of them"
		}
	}
}

// hanging: a term that hangs on another runs for the same thing, and for each only once.
func (c *compiler) hanging(t *procedure.Term, v map[string]lawtext.Node) {
	if t.Base() == procedure.None {
		return
	}
	base := c.e.Terms[t.Base()]
	if base.Per != t.Per {
		c.Bad(v["per"], "%s hangs on %s, which runs per %s", t.Name, base.Name, c.e.Kinds[base.Per].Name).Meant = "leave out per"
	}
	if base.Again == procedure.Each {
		c.Bad(v["before"].Or(v["after"]), "%s may run more than once for one %s, and %s could not tell on which it hangs", base.Name, c.e.Kinds[base.Per].Name, t.Name)
	}
}

// above reports whether a kind is one that the other belongs to.
func (c *compiler) above(a, b procedure.KindID) bool {
	for k := c.e.Kinds[b].Of; k != procedure.None; k = c.e.Kinds[k].Of {
		if k == a {
			return true
		}
	}
	return false
}

// movesSomething: an act takes along what belongs to its thing, or what that belongs to.
func (c *compiler) movesSomething(r *procedure.ActRule, n lawtext.Node) {
	on := c.e.Kinds[r.On]
	for _, m := range c.Entries(n) {
		switch k := c.e.Kind(m.Name); {
		case k.ID == r.On:
			c.Bad(m.Key, "the %s is what the act is done on", k.Name).Meant = "say to: with the state that it goes to"
		case !c.above(k.ID, r.On) && !c.above(r.On, k.ID):
			c.Bad(m.Key, "neither does a %s belong to the %s, nor the %s to it", k.Name, on.Name, on.Name)
		}
	}
}

func (c *compiler) takesOver(r *procedure.ActRule, n lawtext.Node) {
	if len(r.Takes) > 0 && r.On != 0 {
		c.Bad(n, "what comes from another proceeding comes to the %s: the act must be done on it, or open it", c.e.Kinds[0].Name)
	}
	if slices.Contains(r.Takes, 0) {
		c.Bad(n, "the %s itself does not come along", c.e.Kinds[0].Name)
	}
}

// carriesWhole: what goes to another proceeding goes with what it belongs to, and does not
// stay here as well.
func (c *compiler) carriesWhole(r *procedure.ActRule, n lawtext.Node) {
	for i, item := range n.Items() {
		for _, id := range r.Links[i].Carries {
			k := c.e.Kinds[id]
			at := c.Keys(item, linkKeys...)["carries"]
			if k.Of > 0 && !slices.Contains(r.Links[i].Carries, k.Of) {
				c.Bad(at, "a %s would go without the %s that it belongs to", k.Name, c.e.Kinds[k.Of].Name).Meant = "carry both"
			}
			if !c.isLeft(r, k) {
				c.Bad(at, "a %s would go along and stay here too, with its clocks", k.Name).Meant = "bring it to a final state by moves:"
			}
		}
	}
}

// isLeft reports whether the act brings a kind of thing, or what it belongs to, to its end.
func (c *compiler) isLeft(r *procedure.ActRule, k *procedure.Kind) bool {
	for id := k.ID; id != procedure.None; id = c.e.Kinds[id].Of {
		final := func(s procedure.StateID) bool { return s >= 0 && c.e.Kinds[id].Final[s] }
		if id == r.On && final(r.To) {
			return true
		}
		if slices.ContainsFunc(r.Moves, func(m procedure.Move) bool { return m.Kind == id && final(m.To) }) {
			return true
		}
	}
	return false
}

// codeShort is a short name of a code as articles in forms begin with it.
var codeShort = regexp.MustCompile(`^[A-Z][A-Za-z]*$`)
