package lawload

import (
	"slices"
	"strconv"
	"strings"

	"nazorat/internal/fact"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// lengthKeys are the units in which a form says how long a term is.
var lengthKeys = []string{"years", "months", "days"}

// lengths reads which fields of the forms say how long a term is: length: { years: field, months: field, days: field }.
func (c *compiler) lengths(t *procedure.Term, n lawtext.Node) {
	if !n.Given() {
		return
	}
	t.Lengths = make([]procedure.Lengths, len(c.e.Acts))
	v := c.Keys(n, lengthKeys...)
	for i := range t.Lengths {
		t.Lengths[i] = procedure.Lengths{Years: procedure.None, Months: procedure.None, Days: procedure.None}
	}
	for _, id := range t.StartedBy {
		r, found := c.e.Acts[id], false
		for i, to := range []*procedure.FieldID{&t.Lengths[id].Years, &t.Lengths[id].Months, &t.Lengths[id].Days} {
			unit := lengthKeys[i]
			f := r.Field(c.Text(v[unit]))
			if !v[unit].Given() || f == nil {
				continue
			}
			if found = true; f.Type != fact.Number {
				c.Bad(v[unit], "the field %q of %s is of type %s; a length is said by numbers", f.Name, r.Name, f.Type)
				continue
			}
			*to = f.ID
		}
		if !found {
			c.Bad(n, "the form of %s, which starts the term %q, says nothing of its length", r.Name, t.Name).Meant = "give it a field of type number that length: names"
		}
	}
}

// share reads which part of its length a term lasts: share: 2/3.
func (c *compiler) share(t *procedure.Term, n lawtext.Node) {
	if !n.Given() {
		return
	}
	if t.Lengths == nil {
		c.Bad(n, "a share is a part of a length that a form says, and the term %q has none", t.Name).Meant = "say length: too"
	}
	if t.Share = c.ratio(n); t.Share.Num > t.Share.Den {
		c.Bad(n, "%s is more than the whole", c.Text(n))
	}
}

// ratio reads a fraction, "2/3" or "1".
func (c *compiler) ratio(n lawtext.Node) procedure.Ratio {
	num, den, cut := strings.Cut(c.Text(n), "/")
	if !cut {
		den = "1"
	}
	a, err1 := strconv.Atoi(strings.TrimSpace(num))
	b, err2 := strconv.Atoi(strings.TrimSpace(den))
	if err1 != nil || err2 != nil || a < 1 || b < 1 || a > 100 || b > 100 {
		c.Bad(n, "%q is no fraction", c.Text(n)).Meant = "such as 1, 3 or 2/3, of numbers up to 100"
		return procedure.Ratio{Num: 1, Den: 1}
	}
	return procedure.Ratio{Num: a, Den: b}
}

// credits reads what counts toward a term: a list, or the name of another term for which the same counts. That one is read after all have been.
func (c *compiler) credits(t *procedure.Term, n lawtext.Node) {
	if !n.Given() || n.Scalar() {
		return
	}
	for _, item := range c.things(n, "{ kind: measure, article: Act 5, states: { custody: 1 } }") {
		v, clean := c.KeysClean(item, "kind", "article", "begins", "ends", "states")
		if !clean {
			continue
		}
		k := c.kindNamed(v["kind"].Or(item))
		if k == nil {
			continue
		}
		x := procedure.Credit{Kind: k.ID, Article: c.Text(v["article"]), Begins: c.momentField(k, v["begins"]), Ends: c.momentField(k, v["ends"]), Ratios: make([]procedure.Ratio, len(c.law.Names.States[k.ID].List))}
		if x.Article == "" {
			x.Article = t.Article
		}
		c.citation(v["article"], x.Article)
		if x.Ends != procedure.None && x.Begins == procedure.None {
			c.Bad(v["ends"], "it says when a period ended and not when it began").Meant = "say begins: too"
		}
		for _, e := range c.Entries(v["states"]) {
			if s := c.stateOf(k, e.Key); s >= 0 {
				x.Ratios[s] = c.ratio(e.Value)
			}
		}
		if !v["states"].Given() {
			c.Bad(item, "it says nothing of what counts").Meant = "say states: { " + c.law.StateName(k.ID, k.Start) + ": 1 }"
		}
		if slices.ContainsFunc(t.Credits, func(o procedure.Credit) bool { return o.Kind == x.Kind }) {
			c.Bad(item, "the kind %s counts twice", k.Name)
		}
		t.Credits = append(t.Credits, x)
	}
}

// momentField is the field of a kind that says a moment or a day; None for none.
func (c *compiler) momentField(k *procedure.Kind, n lawtext.Node) procedure.FieldID {
	if !n.Given() {
		return procedure.None
	}
	f := k.Field(c.Text(n))
	switch {
	case f == nil:
		c.BadName(n, "field of the "+k.Name, c.Text(n), procedure.FieldNames(k.Fields))
		return procedure.None
	case f.Type != fact.Moment && f.Type != fact.Date:
		c.Bad(n, "the field %q is of type %s; a moment or a date is wanted here", f.Name, f.Type)
		return procedure.None
	}
	return f.ID
}

// sameCredits reads the terms for which the same counts as for another.
func (c *compiler) sameCredits() {
	for _, raw := range c.raw.terms {
		n := c.Keys(raw.Value, termKeys...)["credits"]
		if !n.Given() || !n.Scalar() {
			continue
		}
		other := c.e.Term(c.Text(n))
		switch {
		case other == nil:
			c.BadName(n, "term", c.Text(n), c.e.TermNames())
		case len(other.Credits) == 0:
			c.Bad(n, "nothing counts toward the term %q that was before it began", other.Name)
		default:
			c.e.Term(raw.Name).Credits = other.Credits
		}
	}
}

// credited: time before counts toward a length that a form says, of a thing that what counts belongs to or lies beside.
func (c *compiler) credited(t *procedure.Term, v map[string]lawtext.Node) {
	if t.Lengths != nil {
		for _, k := range []string{"within", "until", "sums", "before", "after", "repeats"} {
			if v[k].Given() {
				c.Bad(v[k], "the length of the term %q stands in a form", t.Name).Meant = "leave out " + k + ", or length"
			}
		}
	}
	if len(t.Credits) > 0 && t.Lengths == nil {
		c.Bad(v["credits"], "time before counts toward a length that a form says, and the term %q has none", t.Name).Meant = "say length: { years: field }"
	}
	for _, x := range t.Credits {
		if owner := c.e.Kinds[x.Kind].Of; owner > 0 && owner != t.Per && !c.above(owner, t.Per) {
			c.Bad(v["credits"], "the term %q runs per %s, and no %s belongs to that or to what it belongs to", t.Name, c.e.Kinds[t.Per].Name, c.e.Kinds[x.Kind].Name)
		}
	}
}
