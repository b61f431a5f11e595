package lawload

import (
	"nazorat/internal/condition"
	"nazorat/internal/fact"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// questionKeys are what makes a field a question about the whole file.
var questionKeys = []string{"good", "checks", "kept", "shown_by"}

// question reads of a field of a form what it judges, or which questions it answers.
func (c *compiler) question(r *procedure.ActRule, f *procedure.Field, v map[string]lawtext.Node) {
	if n := v["answers"]; n.Given() {
		c.answers(f, n)
	}
	asked := lawtext.Node{}
	for _, key := range questionKeys {
		asked = asked.Or(v[key])
	}
	switch {
	case !asked.Given():
		return
	case f.Type != fact.YesNo:
		c.Bad(asked, "the field %q is of type %s; a question is answered by yes or no", f.Name, f.Type)
		return
	case r.On != 0 || r.Opens:
		c.Bad(asked, "a question is about the whole %s, and %s is not done on it", c.e.Kinds[0].Name, r.Name)
		return
	}
	q := &procedure.Question{Good: true, ShownBy: c.actsNamed(v["shown_by"])}
	if n := v["good"]; n.Given() {
		q.Good = c.Yes(n)
	}
	for _, item := range c.things(v["checks"], "{ rule: name, if: \"condition\" }") {
		x := c.Keys(item, "rule", "if", "article")
		check := procedure.Check{Rule: c.Text(x["rule"]), Article: c.Text(x["article"]), If: c.condition(r, x["if"].Or(item), condition.YesOrNo)}
		switch {
		case check.Rule == "":
			c.Bad(item, "a check needs a name").Meant = "say rule: name"
			continue
		case check.If == nil:
			continue
		case check.Article == "":
			check.Article = r.Article
		}
		c.citation(x["article"], check.Article)
		q.Checks = append(q.Checks, check)
	}
	for _, n := range c.List(v["kept"]) {
		t := c.e.Term(n.Word())
		switch {
		case t == nil:
			c.BadName(n, "term", n.Word(), c.e.TermNames())
		case t.Waiting():
			c.Bad(n, "%s is a time of waiting, which nobody can miss", t.Name)
		default:
			q.Kept = append(q.Kept, t.ID)
		}
	}
	f.Question = q
}

// answers reads which act's questions a text is written about.
func (c *compiler) answers(f *procedure.Field, n lawtext.Node) {
	r := c.actNamed(n)
	switch {
	case r == nil:
		return
	case f.Type != fact.Text:
		c.Bad(n, "the field %q is of type %s; what is to be answered is written as a text", f.Name, f.Type)
		return
	}
	f.Answers = r.ID
}
