package lawload

import (
	"slices"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/condition"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// compiler turns one edition as written into rules that the engine applies.
type compiler struct {
	*loader
	e   *procedure.Edition
	raw *rawEdition

	named []reference // fields whose kind of thing is not found yet
}

func (l *loader) compile(r *rawEdition) {
	c := &compiler{loader: l, e: r.edition, raw: r}
	e := c.e
	e.Kinds = make([]*procedure.Kind, len(l.law.Names.Kinds.List))
	e.Acts = make([]*procedure.ActRule, len(l.law.Names.Acts.List))
	e.Terms = make([]*procedure.Term, len(l.law.Names.Terms.List))
	if len(r.kinds) == 0 || len(r.acts) == 0 {
		l.Bad(r.top, "an edition needs kinds and acts")
		return
	}
	if r.kinds[0].Name != l.law.Names.Kinds.List[0] {
		l.Bad(r.kinds[0].Key, "the first kind is the proceeding itself; in the first edition it is %q", l.law.Names.Kinds.List[0])
		return
	}
	c.namedChoices()
	c.kinds()
	c.switches()
	c.actsShape()
	c.termsShape()
	if l.Err() != nil {
		return
	}
	c.conditions()
	if l.Err() != nil {
		return
	}
	c.e.Link(c.written())
	c.transitions()
	c.unusedChoices()
	c.sound()
}

// written are the terms in the order in which they stand in the files.
func (c *compiler) written() (out []*procedure.Term) {
	for _, raw := range c.raw.terms {
		out = append(out, c.e.Term(raw.Name))
	}
	return out
}

func (c *compiler) kindsNamed(n lawtext.Node) (out []procedure.KindID) {
	for _, item := range c.List(n) {
		if k := c.kindNamed(item); k != nil {
			out = append(out, k.ID)
		}
	}
	return out
}

// confidences are the marks of how sure a rule is: read in the text of the law,
// confirmed by a later source too, from a secondary source, from memory, looked for and not found.
var confidences = []string{"V", "V+", "N", "M", "?"}

func (c *compiler) confidence(at lawtext.Node) {
	if at.Given() && !slices.Contains(confidences, c.Text(at)) {
		c.BadName(at, "mark of confidence", c.Text(at), confidences)
	}
}

func (c *compiler) kindNamed(at lawtext.Node) *procedure.Kind {
	word := c.Text(at)
	if k := c.e.Kind(word); k != nil {
		return k
	}
	c.BadName(at, "kind", word, c.e.KindNames())
	return nil
}

func (c *compiler) stateOf(k *procedure.Kind, at lawtext.Node) procedure.StateID {
	if id := c.e.State(k.ID, at.Word()); id >= 0 {
		return id
	}
	p := c.Bad(at, "the %s has no state %q", k.Name, at.Word())
	p.Meant = lawtext.Meant(at.Word(), c.e.StateNames(k.ID, k.States))
	return procedure.None
}

func (c *compiler) statesOf(k *procedure.Kind, n lawtext.Node) []procedure.StateID {
	var out []procedure.StateID
	for _, item := range c.List(n) {
		if id := c.stateOf(k, item); id >= 0 {
			out = append(out, id)
		}
	}
	return out
}

// actNamed finds an act by name; nil, with a problem, if there is none.
func (c *compiler) actNamed(at lawtext.Node) *procedure.ActRule {
	if r := c.e.Act(at.Word()); r != nil {
		return r
	}
	c.BadName(at, "act", at.Word(), c.e.ActNames())
	return nil
}

func (c *compiler) actsNamed(n lawtext.Node) []procedure.ActID {
	var out []procedure.ActID
	for _, item := range c.List(n) {
		if r := c.actNamed(item); r != nil {
			out = append(out, r.ID)
		}
	}
	return out
}

// citation checks that an article refers to one of the acts of law cited.
func (c *compiler) citation(at lawtext.Node, article string) {
	if article == "" || !at.Given() {
		return
	}
	for _, cite := range c.e.Cites {
		if article == cite.Short || strings.HasPrefix(article, cite.Short+" ") {
			return
		}
	}
	var known []string
	for _, cite := range c.e.Cites {
		known = append(known, cite.Short)
	}
	short, _, _ := strings.Cut(article, " ")
	p := c.Bad(at, "%q begins with no act of law named under cites", article)
	p.Meant = lawtext.Meant(short, known)
}

// condition compiles a condition about an act, and reports what is wrong with it at its place.
func (c *compiler) condition(r *procedure.ActRule, at lawtext.Node, want condition.Wanted) *procedure.Condition {
	cond, mistakes := c.conds.Read(c.e, r, c.Text(at), want)
	for _, m := range mistakes {
		p := c.Bad(at, "%s", m.What)
		p.Line, p.Column, p.Meant = p.Line+m.Line-1, p.Column+m.Column-1, m.Meant
	}
	return cond
}

func (c *compiler) period(at lawtext.Node) calendar.Period {
	if !at.Given() {
		return calendar.Period{}
	}
	p, err := calendar.ParsePeriod(c.Text(at))
	if err != nil {
		c.Bad(at, "%v", err)
	}
	return p
}
