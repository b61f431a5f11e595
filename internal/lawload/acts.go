package lawload

import (
	"slices"

	"nazorat/internal/calendar"
	"nazorat/internal/condition"
	"nazorat/internal/fact"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

var actKeys = []string{"article", "confidence", "by", "opens", "on", "from", "to", "adds", "adds_state", "adds_sets", "moves", "form", "when", "sets", "in_charge", "office",
	"copies", "links", "takes", "only_by_link", "presence", "directory", "sheet"}

// actsShape reads everything of the acts but their conditions.
func (c *compiler) actsShape() {
	for _, raw := range c.raw.acts {
		id := procedure.ActID(c.law.Names.Acts.ID(raw.Name))
		r := &procedure.ActRule{ID: id, Name: raw.Name, File: raw.Key.File(), Line: raw.Key.Line(), Part: c.raw.part[ownName(1, raw.Name)], Since: c.raw.since[ownName(1, raw.Name)], To: procedure.None, Adds: procedure.None}
		c.e.Acts[id] = r
		switch raw.Name {
		case procedure.ComesIntoForce:
			c.Bad(raw.Key, "an act cannot be called %q", raw.Name).Meant = "so the journal calls a new edition that takes hold"
		case procedure.ChangesHands:
			c.Bad(raw.Key, "an act cannot be called %q", raw.Name).Meant = "so the journal calls it when an officer leaves and another has his proceedings"
		}
		v, clean := c.KeysClean(raw.Value, actKeys...)
		r.Article, r.Confidence, r.By = c.Text(v["article"]), c.Text(v["confidence"]), c.Texts(v["by"])
		if r.Article == "" && clean {
			c.Bad(raw.Key, "the act %q names no article", raw.Name)
		}
		c.citation(v["article"], r.Article)
		c.confidence(v["confidence"])
		if len(r.By) == 0 && clean {
			c.Bad(raw.Key, "nobody may do the act %q", raw.Name).Meant = "say by: [role]"
		}
		for _, role := range r.By {
			if role != procedure.InCharge && !slices.Contains(c.e.Roles, role) {
				c.e.Roles = append(c.e.Roles, role)
			}
		}
		r.Presence = c.presence(v["presence"])
		kind := c.e.Kinds[0]
		switch {
		case v["on"].Given() && !v["opens"].Given() && c.e.Kind(c.Text(v["on"])) == nil:
			c.kindNamed(v["on"])
			continue // its states cannot be judged
		case v["opens"].Given() && v["on"].Given():
			c.Bad(v["on"], "an act that opens a proceeding is done on nothing before it")
		case v["opens"].Given():
			if k := c.kindNamed(v["opens"]); k != nil && k.ID != 0 {
				c.Bad(v["opens"], "an act opens a %s; a %s is added to it", c.e.Kinds[0].Name, k.Name)
			}
			r.Opens = true
		case v["on"].Given():
			kind = c.kindNamed(v["on"])
		}
		r.On = kind.ID
		c.actSheet(r, kind, v["sheet"])
		r.From = c.statesOf(kind, v["from"])
		if r.Opens && len(r.From) > 0 {
			c.Bad(v["from"], "an act that opens a proceeding comes from no state")
		}
		if to := v["to"]; to.Given() {
			r.To = c.stateOf(kind, to)
		}
		c.adds(r, kind, v)
		c.moves(r, v["moves"])
		r.Takes, r.OnlyByLink = c.kindsNamed(v["takes"]), c.Yes(v["only_by_link"])
		if r.OnlyByLink && len(r.Takes) == 0 && clean {
			c.Bad(v["only_by_link"], "what is done by a link alone takes something over").Meant = "say takes: [kind]"
		}
		for _, role := range c.List(v["copies"]) {
			r.Copies = append(r.Copies, role.Word())
		}
		for _, f := range c.Entries(v["form"]) {
			if fld := c.field(f, &c.law.Names.Forms[id]); fld != nil {
				r.Form = grow(r.Form, int(fld.ID))
				r.Form[fld.ID] = fld
				c.openForm(f, fld)
				if r.Opens && fld.Type == fact.Thing {
					c.Bad(f.Key, "an act that opens a %s has no thing to name", c.e.Kinds[0].Name)
				}
			}
		}
		r.Since = c.sinceList(r)
	}
	c.references()
	slices.Sort(c.e.Roles)
	for _, raw := range c.raw.acts {
		for _, n := range c.List(c.Keys(raw.Value, actKeys...)["copies"]) {
			if !slices.Contains(c.e.Roles, n.Word()) {
				c.BadName(n, "role", n.Word(), c.e.Roles)
			}
		}
	}
}

// presence reads whether whoever does an act proves afresh that it is he. There
// is one word for it: what the law does not ask for is left out.
func (c *compiler) presence(n lawtext.Node) bool {
	if !n.Given() {
		return false
	}
	if w := n.Word(); w != "required" {
		c.Bad(n, "presence: %q is nothing that can be asked for", w).Meant = "presence: required, or left out"
	}
	return true
}

func (c *compiler) adds(r *procedure.ActRule, on *procedure.Kind, v map[string]lawtext.Node) {
	if !v["adds"].Given() {
		for _, k := range []string{"adds_state", "adds_sets"} {
			if v[k].Given() {
				c.Bad(v[k], "%s without adds", k)
			}
		}
		return
	}
	k := c.kindNamed(v["adds"])
	if k == nil {
		return
	}
	if k.ID == 0 {
		c.Bad(v["adds"], "a %s is opened, not added", k.Name)
		return
	}
	if k.Of != on.ID && k.Of != 0 {
		c.Bad(v["adds"], "a %s belongs to a %s, and the act is done on a %s", k.Name, c.e.Kinds[k.Of].Name, on.Name)
	}
	r.Adds, r.AddsState = k.ID, k.Start
	if st := v["adds_state"]; st.Given() {
		r.AddsState = c.stateOf(k, st)
	}
}

func (c *compiler) moves(r *procedure.ActRule, n lawtext.Node) {
	for _, m := range c.Entries(n) {
		k := c.e.Kind(m.Name)
		if k == nil {
			c.BadName(m.Key, "kind", m.Name, c.e.KindNames())
			continue
		}
		mv := procedure.Move{Kind: k.ID}
		if m.Value.Scalar() {
			mv.To = c.stateOf(k, m.Value)
		} else {
			v := c.Keys(m.Value, "from", "to")
			mv.From = c.statesOf(k, v["from"])
			if !v["to"].Given() {
				c.Bad(m.Key, "moves %s: to is missing", m.Name)
				continue
			}
			mv.To = c.stateOf(k, v["to"])
		}
		r.Moves = append(r.Moves, mv)
	}
}

// conditions compiles every CEL expression, now that all names are known.
func (c *compiler) conditions() {
	for _, raw := range c.raw.acts {
		r := c.e.Act(raw.Name)
		v := c.Keys(raw.Value, actKeys...)
		c.whens(r, v["when"])
		r.Sets, r.RootSets = c.sets(r, v["sets"])
		c.links(r, v["links"])
		c.records(r, v["directory"])
		if r.Adds != procedure.None {
			r.AddsSets = c.assigns(r, c.e.Kinds[r.Adds], v["adds_sets"])
		}
		if n := v["in_charge"]; n.Given() {
			r.InCharge = c.condition(r, n, condition.AText)
		}
		if n := v["office"]; n.Given() {
			r.Office = c.condition(r, n, condition.AText)
		}
		for _, f := range c.Entries(v["form"]) {
			if f.Value.Scalar() {
				continue
			}
			if n := c.Keys(f.Value, fieldKeys...)["needed_if"]; n.Given() {
				if fld := r.Field(f.Name); fld != nil {
					fld.NeededIf = c.condition(r, n, condition.YesOrNo)
				}
			}
			if fld := r.Field(f.Name); fld != nil {
				c.question(r, fld, c.Keys(f.Value, fieldKeys...))
				c.appointed(r, fld, c.Keys(f.Value, fieldKeys...)["appoints"])
			}
		}
	}
	for _, raw := range c.raw.terms {
		c.termConditions(raw)
	}
}

// whens reads when: as one condition, or as a list of { rule, if, article }.
func (c *compiler) whens(r *procedure.ActRule, n lawtext.Node) {
	if !n.Given() {
		return
	}
	if n.Scalar() {
		r.When = append(r.When, procedure.Check{Rule: r.Name, Article: r.Article, If: c.condition(r, n, condition.YesOrNo)})
		return
	}
	for _, item := range c.things(n, "{ rule: name, if: \"condition\" }") {
		v := c.Keys(item, "rule", "if", "article")
		check := procedure.Check{Rule: c.Text(v["rule"]), Article: c.Text(v["article"])}
		if check.Rule == "" {
			check.Rule = r.Name
		}
		if check.Article == "" {
			check.Article = r.Article
		}
		c.citation(v["article"], check.Article)
		if !v["if"].Given() {
			c.Bad(item, "when: a condition needs if:")
			continue
		}
		check.If = c.condition(r, v["if"], condition.YesOrNo)
		r.When = append(r.When, check)
	}
}

func (c *compiler) assigns(r *procedure.ActRule, k *procedure.Kind, n lawtext.Node) []procedure.Assign {
	var out []procedure.Assign
	for _, a := range c.Entries(n) {
		if set, ok := c.assign(r, k, a.Name, a); ok {
			out = append(out, set)
		}
	}
	return out
}

func (c *compiler) assign(r *procedure.ActRule, k *procedure.Kind, name string, a lawtext.Entry) (procedure.Assign, bool) {
	f := k.Field(name)
	if f == nil {
		p := c.Bad(a.Key, "the %s has no field %q", k.Name, name)
		p.Meant = lawtext.Meant(name, procedure.FieldNames(k.Fields))
		return procedure.Assign{}, false
	}
	value := c.condition(r, a.Value, condition.WantedFor(f.Type))
	if value != nil {
		for _, text := range value.Texts {
			if _, key := f.ParseValue(text, c.e.Days.Zone()); key != "" {
				c.Bad(a.Value, "the field %q of a %s does not take %q", name, k.Name, text).Meant = lawtext.Meant(text, f.Choices)
			}
		}
	}
	if value != nil && f.Type == fact.Thing && !c.names(r, value, f.Kind) {
		c.Bad(a.Value, "the field %q of a %s names a %s, and %s is none that is named", name, k.Name, c.law.Names.Kinds.List[f.Kind], value.Source).Meant = "name it in the form: thing: " + c.law.Names.Kinds.List[f.Kind]
	}
	return procedure.Assign{Field: f.ID, Value: value}, true
}

// names reports whether a condition just names a field that names a thing of a kind.
func (c *compiler) names(r *procedure.ActRule, value *procedure.Condition, kind procedure.KindID) bool {
	var f *procedure.Field
	switch n := value.Names; n.Whose {
	case procedure.OfAct:
		f = r.Form[n.Field]
	case procedure.OfThing, procedure.OfParent, procedure.OfProceeding:
		f = c.e.Kinds[n.Kind].Fields[n.Field]
	}
	return f != nil && f.Type == fact.Thing && f.Kind == kind
}

// appointed: what is held at a moment stands in a calendar that colleagues read, and so is of no class of sheets; it lies ahead, and takes hours.
func (c *compiler) appointed(r *procedure.ActRule, f *procedure.Field, n lawtext.Node) {
	switch unit := f.Appoints.Unit; {
	case !n.Given():
	case f.Type != fact.Moment || !f.Future:
		c.Bad(n, "something is appointed for a moment that lies ahead, and the field %q is none", f.Name).Meant = "say type: moment, future: true"
	case unit != calendar.Hours && unit != calendar.Minutes:
		c.Bad(n, "what is appointed takes hours or minutes, not %s", f.Appoints).Meant = "such as appoints: 1h"
	case r.Sheet != "":
		c.Bad(n, "the calendar would tell what the sheets of the class %s hide", r.Sheet).Meant = "leave out appoints"
	case r.Opens:
		c.Bad(n, "the act that opens a proceeding appoints nothing: nobody has it yet")
	}
}
