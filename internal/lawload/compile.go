package lawload

import (
	"slices"
	"strconv"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/condition"
	"nazorat/internal/fact"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// compiler turns one edition as written into rules that the engine applies.
type compiler struct {
	*loader
	e   *procedure.Edition
	raw *rawEdition
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
	c.sound()
}

var kindKeys = []string{"states", "of", "fields", "final", "path"}

// kinds come first: everything else names them.
func (c *compiler) kinds() {
	for _, raw := range c.raw.kinds {
		id := procedure.KindID(c.law.Names.Kinds.ID(raw.Name))
		k := &procedure.Kind{ID: id, Name: raw.Name, Of: procedure.None}
		c.e.Kinds[id] = k
		v := c.Keys(raw.Value, kindKeys...)
		for _, st := range c.List(v["states"]) {
			sid := procedure.StateID(c.law.Names.States[id].ID(st.Word()))
			if slices.Contains(k.States, sid) {
				c.Bad(st, "the state %q is given twice", st.Word())
				continue
			}
			k.States = append(k.States, sid)
		}
		if len(k.States) == 0 {
			c.Bad(raw.Key, "the kind %q has no states", raw.Name)
			continue
		}
		k.Start = k.States[0]
		k.Final = make([]bool, len(c.law.Names.States[id].List))
		for _, f := range c.List(v["final"]) {
			if sid := c.stateOf(k, f); sid >= 0 {
				k.Final[sid] = true
			}
		}
		k.Path = c.statesOf(k, v["path"])
		for _, f := range c.Entries(v["fields"]) {
			if fld := c.field(f, &c.law.Names.Fields[id]); fld != nil {
				k.Fields = grow(k.Fields, int(fld.ID))
				k.Fields[fld.ID] = fld
			}
		}
		if len(k.Final) < len(c.law.Names.States[id].List) {
			k.Final = append(k.Final, make([]bool, len(c.law.Names.States[id].List)-len(k.Final))...)
		}
	}
	for i, raw := range c.raw.kinds {
		k := c.e.Kind(raw.Name)
		v := c.Keys(raw.Value, kindKeys...)
		of := v["of"]
		switch {
		case i == 0 && of.Given():
			c.Bad(of, "the first kind is the proceeding itself and belongs to nothing")
		case i > 0:
			k.Of = 0
			if of.Given() {
				if o := c.kindNamed(of); o != nil {
					k.Of = o.ID
				}
			}
		}
	}
	for _, raw := range c.raw.kinds {
		steps := 0
		for k := c.e.Kind(raw.Name); k.Of != procedure.None; k = c.e.Kinds[k.Of] {
			if steps++; steps > len(c.e.Kinds) {
				c.Bad(raw.Key, "the kind %q belongs, in the end, to itself", raw.Name)
				c.e.Kind(raw.Name).Of = 0
				break
			}
		}
	}
}

// grow lengthens a list until it has a place for an id.
func grow[T any](list []T, id int) []T {
	for len(list) <= id {
		var zero T
		list = append(list, zero)
	}
	return list
}

// reserved names cannot be fields: conditions use them.
var reserved = []string{"done", "recorded", "state", "since"}

// field reads "name: type", "name: optional type", or "name: { ... }".
func (c *compiler) field(raw lawtext.Entry, table *procedure.Names) *procedure.Field {
	f := &procedure.Field{Name: raw.Name, Line: raw.Key.Line(), In: c.e}
	if slices.Contains(reserved, raw.Name) {
		c.Bad(raw.Key, "a field cannot be called %q", raw.Name).Meant = "every act has done and recorded, every thing has state and since"
		return nil
	}
	if raw.Value.Scalar() {
		word := c.Text(raw.Value)
		word, f.Optional = strings.CutPrefix(word, "optional ")
		f.Type = c.typeNamed(raw.Value, word)
	} else {
		v := c.Keys(raw.Value, "type", "choice", "optional", "needed_if", "future", "most", "officer", "article", "money")
		f.Optional, f.Future, f.Article = c.Yes(v["optional"]), c.Yes(v["future"]), c.Text(v["article"])
		switch {
		case v["choice"].Given():
			f.Type, f.Choices = fact.Choice, c.Texts(v["choice"])
			if len(f.Choices) == 0 {
				c.Bad(v["choice"], "a choice of nothing")
			}
		case v["money"].Given():
			if f.Type = fact.Money; len(c.List(v["money"])) == 0 {
				c.Bad(v["money"], "a sum in no currency").Meant = "say money: [UZS, USD], or the word money alone"
			}
			for _, cur := range c.List(v["money"]) {
				if !fact.IsCurrency(cur.Word()) {
					c.Bad(cur, "%q is no currency", cur.Word()).Meant = "three capital letters, such as UZS or USD"
				}
				f.Currencies = append(f.Currencies, cur.Word())
			}
		case v["officer"].Given():
			f.Type, f.Roles = fact.Officer, c.Texts(v["officer"])
		case v["type"].Given():
			f.Type = c.typeNamed(v["type"], c.Text(v["type"]))
		default:
			c.Bad(raw.Key, "the field %q has no type", raw.Name).Meant = "say type: text, or choice: [one, two]"
		}
		if m := v["most"]; m.Given() {
			n, err := strconv.Atoi(c.Text(m))
			if err != nil || n < 1 || n > procedure.MostText {
				c.Bad(m, "most: want a number of letters from 1 to %d", procedure.MostText)
			}
			f.Most = n
		}
		if v["needed_if"].Given() {
			f.Optional = true
		}
	}
	if f.Type == fact.NoType {
		return nil
	}
	f.ID = procedure.FieldID(table.ID(raw.Name))
	return f
}

func (c *compiler) typeNamed(at lawtext.Node, word string) fact.Type {
	t, ok := fact.TypeNamed(word)
	if !ok {
		c.BadName(at, "type", word, fact.TypeNames())
		return fact.NoType
	}
	return t
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

var actKeys = []string{"article", "confidence", "by", "opens", "on", "from", "to", "adds", "adds_state", "adds_sets", "moves", "form", "when", "sets", "in_charge", "office",
	"copies", "links", "takes", "only_by_link"}

// actsShape reads everything of the acts but their conditions.
func (c *compiler) actsShape() {
	for _, raw := range c.raw.acts {
		id := procedure.ActID(c.law.Names.Acts.ID(raw.Name))
		r := &procedure.ActRule{ID: id, Name: raw.Name, File: raw.Key.File(), Line: raw.Key.Line(), Part: c.raw.part[ownName(1, raw.Name)], Since: c.raw.since[ownName(1, raw.Name)], To: procedure.None, Adds: procedure.None}
		c.e.Acts[id] = r
		if raw.Name == procedure.ComesIntoForce {
			c.Bad(raw.Key, "an act cannot be called %q", raw.Name).Meant = "so the journal calls a new edition that takes hold"
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
			}
		}
	}
	slices.Sort(c.e.Roles)
	for _, raw := range c.raw.acts {
		for _, n := range c.List(c.Keys(raw.Value, actKeys...)["copies"]) {
			if !slices.Contains(c.e.Roles, n.Word()) {
				c.BadName(n, "role", n.Word(), c.e.Roles)
			}
		}
	}
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

// conditions compiles every CEL expression, now that all names are known.
func (c *compiler) conditions() {
	for _, raw := range c.raw.acts {
		r := c.e.Act(raw.Name)
		v := c.Keys(raw.Value, actKeys...)
		c.whens(r, v["when"])
		r.Sets, r.RootSets = c.sets(r, v["sets"])
		c.links(r, v["links"])
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
			if n := c.Keys(f.Value, "type", "choice", "optional", "needed_if", "future", "most", "officer", "article", "money")["needed_if"]; n.Given() {
				if fld := r.Field(f.Name); fld != nil {
					fld.NeededIf = c.condition(r, n, condition.YesOrNo)
				}
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
	return procedure.Assign{Field: f.ID, Value: c.condition(r, a.Value, condition.WantedFor(f.Type))}, true
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
