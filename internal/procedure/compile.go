package procedure

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"

	"nazorat/internal/calendar"
)

// compiler turns one edition as written into rules that the engine applies.
type compiler struct {
	*loader
	e    *Edition
	raw  *rawEdition
	envs map[ActID]*cel.Env
}

func (l *loader) compile(r *rawEdition) {
	c := &compiler{loader: l, e: r.edition, raw: r, envs: map[ActID]*cel.Env{}}
	e := c.e
	e.Kinds = make([]*Kind, len(l.law.kinds.list))
	e.Acts = make([]*ActRule, len(l.law.acts.list))
	e.Terms = make([]*Term, len(l.law.terms.list))
	if len(r.kinds) == 0 || len(r.acts) == 0 {
		l.bad(r.top, "an edition needs kinds and acts")
		return
	}
	if r.kinds[0].name != l.law.kinds.list[0] {
		l.bad(r.kinds[0].key, "the first kind is the proceeding itself; in the first edition it is %q", l.law.kinds.list[0])
		return
	}
	c.kinds()
	c.actsShape()
	c.termsShape()
	if l.err() != nil {
		return
	}
	c.conditions()
	if l.err() != nil {
		return
	}
	c.link()
	c.sizes()
	c.sound()
}

// kinds come first: everything else names them.
func (c *compiler) kinds() {
	for _, raw := range c.raw.kinds {
		id := KindID(c.law.kinds.id(raw.name))
		k := &Kind{ID: id, Name: raw.name, Of: None}
		c.e.Kinds[id] = k
		v := c.keys(raw.value, "states", "of", "fields", "final", "starts")
		for _, st := range c.list(v["states"]) {
			sid := StateID(c.law.states[id].id(st.Value))
			if slices.Contains(k.States, sid) {
				c.bad(st, "the state %q is given twice", st.Value)
				continue
			}
			k.States = append(k.States, sid)
		}
		if len(k.States) == 0 {
			c.bad(raw.key, "the kind %q has no states", raw.name)
			continue
		}
		k.Start = k.States[0]
		k.Final = make([]bool, len(c.law.states[id].list))
		for _, f := range c.list(v["final"]) {
			if sid := c.stateOf(k, f); sid >= 0 {
				k.Final[sid] = true
			}
		}
		for _, f := range c.entries(v["fields"]) {
			if fld := c.field(f, &c.law.fields[id]); fld != nil {
				k.Fields = grow(k.Fields, int(fld.ID))
				k.Fields[fld.ID] = fld
			}
		}
		if len(k.Final) < len(c.law.states[id].list) {
			k.Final = append(k.Final, make([]bool, len(c.law.states[id].list)-len(k.Final))...)
		}
	}
	for i, raw := range c.raw.kinds {
		k := c.e.Kind(raw.name)
		v := c.keys(raw.value, "states", "of", "fields", "final", "starts")
		of := v["of"]
		switch {
		case i == 0 && of.Node != nil:
			c.bad(of, "the first kind is the proceeding itself and belongs to nothing")
		case i > 0:
			k.Of = 0
			if of.Node != nil {
				if o := c.kindNamed(of); o != nil {
					k.Of = o.ID
				}
			}
		}
	}
	for _, raw := range c.raw.kinds {
		steps := 0
		for k := c.e.Kind(raw.name); k.Of != None; k = c.e.Kinds[k.Of] {
			if steps++; steps > len(c.e.Kinds) {
				c.bad(raw.key, "the kind %q belongs, in the end, to itself", raw.name)
				c.e.Kind(raw.name).Of = 0
				break
			}
		}
	}
}

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
func (c *compiler) field(raw entry, table *names) *Field {
	f := &Field{Name: raw.name, Line: raw.key.Line}
	if slices.Contains(reserved, raw.name) {
		c.bad(raw.key, "a field cannot be called %q", raw.name).Meant = "every act has done and recorded, every thing has state and since"
		return nil
	}
	if raw.value.Kind == yamlScalar {
		word := c.text(raw.value)
		word, f.Optional = strings.CutPrefix(word, "optional ")
		f.Type = c.typeNamed(raw.value, word)
	} else {
		v := c.keys(raw.value, "type", "choice", "optional", "needed_if", "future", "most", "officer", "article")
		f.Optional, f.Future, f.Article = c.yes(v["optional"]), c.yes(v["future"]), c.text(v["article"])
		switch {
		case v["choice"].Node != nil:
			f.Type, f.Choices = Choice, c.texts(v["choice"])
			if len(f.Choices) == 0 {
				c.bad(v["choice"], "a choice of nothing")
			}
		case v["officer"].Node != nil:
			f.Type, f.Roles = Officer, c.texts(v["officer"])
		case v["type"].Node != nil:
			f.Type = c.typeNamed(v["type"], c.text(v["type"]))
		default:
			c.bad(raw.key, "the field %q has no type", raw.name).Meant = "say type: text, or choice: [one, two]"
		}
		if m := v["most"]; m.Node != nil {
			n, err := strconv.Atoi(c.text(m))
			if err != nil || n < 1 || n > mostText {
				c.bad(m, "most: want a number of letters from 1 to %d", mostText)
			}
			f.Most = n
		}
		if v["needed_if"].Node != nil {
			f.Optional = true
		}
	}
	if f.Type == NoType {
		return nil
	}
	f.ID = FieldID(table.id(raw.name))
	return f
}

func (c *compiler) typeNamed(at node, word string) Type {
	if i := slices.Index(typeNames[:], word); i > 0 && Type(i) != Choice {
		return Type(i)
	}
	c.badName(at, "type", word, append(slices.Clone(typeNames[1:7]), typeNames[8:]...))
	return NoType
}

func (c *compiler) kindNamed(at node) *Kind {
	word := c.text(at)
	if k := c.e.Kind(word); k != nil {
		return k
	}
	c.badName(at, "kind", word, c.e.kindNames())
	return nil
}

func (c *compiler) stateOf(k *Kind, at node) StateID {
	if id := c.e.state(k.ID, at.Value); id >= 0 {
		return id
	}
	p := c.bad(at, "the %s has no state %q", k.Name, at.Value)
	p.Meant = meant(at.Value, c.e.stateNames(k.ID, k.States))
	return None
}

func (c *compiler) statesOf(k *Kind, n node) []StateID {
	var out []StateID
	for _, item := range c.list(n) {
		if id := c.stateOf(k, item); id >= 0 {
			out = append(out, id)
		}
	}
	return out
}

// actNamed finds an act by name; nil, with a problem, if there is none.
func (c *compiler) actNamed(at node) *ActRule {
	if r := c.e.Act(at.Value); r != nil {
		return r
	}
	c.badName(at, "act", at.Value, c.e.actNames())
	return nil
}

func (c *compiler) actsNamed(n node) []ActID {
	var out []ActID
	for _, item := range c.list(n) {
		if r := c.actNamed(item); r != nil {
			out = append(out, r.ID)
		}
	}
	return out
}

var actKeys = []string{"article", "confidence", "by", "opens", "on", "from", "to", "adds", "adds_state", "adds_sets", "moves", "form", "when", "sets", "in_charge", "office"}

// actsShape reads everything of the acts but their conditions.
func (c *compiler) actsShape() {
	for _, raw := range c.raw.acts {
		id := ActID(c.law.acts.id(raw.name))
		r := &ActRule{ID: id, Name: raw.name, Line: raw.key.Line, To: None, Adds: None}
		c.e.Acts[id] = r
		v, clean := c.keysClean(raw.value, actKeys...)
		r.Article, r.Confidence, r.By = c.text(v["article"]), c.text(v["confidence"]), c.texts(v["by"])
		if r.Article == "" && clean {
			c.bad(raw.key, "the act %q names no article", raw.name)
		}
		c.citation(v["article"], r.Article)
		if len(r.By) == 0 && clean {
			c.bad(raw.key, "nobody may do the act %q", raw.name).Meant = "say by: [role]"
		}
		for _, role := range r.By {
			if role != InCharge && !slices.Contains(c.e.Roles, role) {
				c.e.Roles = append(c.e.Roles, role)
			}
		}
		kind := c.e.Kinds[0]
		switch {
		case v["on"].Node != nil && v["opens"].Node == nil && c.e.Kind(c.text(v["on"])) == nil:
			c.kindNamed(v["on"])
			continue // its states cannot be judged
		case v["opens"].Node != nil && v["on"].Node != nil:
			c.bad(v["on"], "an act that opens a proceeding is done on nothing before it")
		case v["opens"].Node != nil:
			if k := c.kindNamed(v["opens"]); k != nil && k.ID != 0 {
				c.bad(v["opens"], "an act opens a %s; a %s is added to it", c.e.Kinds[0].Name, k.Name)
			}
			r.Opens = true
		case v["on"].Node != nil:
			kind = c.kindNamed(v["on"])
		}
		r.On = kind.ID
		r.From = c.statesOf(kind, v["from"])
		if r.Opens && len(r.From) > 0 {
			c.bad(v["from"], "an act that opens a proceeding comes from no state")
		}
		if to := v["to"]; to.Node != nil {
			r.To = c.stateOf(kind, node{to.Node, to.file})
		}
		c.adds(r, kind, v)
		c.moves(r, v["moves"])
		for _, f := range c.entries(v["form"]) {
			if fld := c.field(f, &c.law.forms[id]); fld != nil {
				r.Form = grow(r.Form, int(fld.ID))
				r.Form[fld.ID] = fld
			}
		}
	}
	slices.Sort(c.e.Roles)
}

func (c *compiler) adds(r *ActRule, on *Kind, v map[string]node) {
	if v["adds"].Node == nil {
		for _, k := range []string{"adds_state", "adds_sets"} {
			if v[k].Node != nil {
				c.bad(v[k], "%s without adds", k)
			}
		}
		return
	}
	k := c.kindNamed(v["adds"])
	if k == nil {
		return
	}
	if k.ID == 0 {
		c.bad(v["adds"], "a %s is opened, not added", k.Name)
		return
	}
	if k.Of != on.ID && k.Of != 0 {
		c.bad(v["adds"], "a %s belongs to a %s, and the act is done on a %s", k.Name, c.e.Kinds[k.Of].Name, on.Name)
	}
	r.Adds, r.AddsState = k.ID, k.Start
	if st := v["adds_state"]; st.Node != nil {
		r.AddsState = c.stateOf(k, st)
	}
}

func (c *compiler) moves(r *ActRule, n node) {
	for _, m := range c.entries(n) {
		k := c.e.Kind(m.name)
		if k == nil {
			c.badName(m.key, "kind", m.name, c.e.kindNames())
			continue
		}
		mv := Move{Kind: k.ID}
		if m.value.Kind == yamlScalar {
			mv.To = c.stateOf(k, m.value)
		} else {
			v := c.keys(m.value, "from", "to")
			mv.From = c.statesOf(k, v["from"])
			if v["to"].Node == nil {
				c.bad(m.key, "moves %s: to is missing", m.name)
				continue
			}
			mv.To = c.stateOf(k, v["to"])
		}
		r.Moves = append(r.Moves, mv)
	}
}

// citation checks that an article refers to one of the acts of law cited.
func (c *compiler) citation(at node, article string) {
	if article == "" || at.Node == nil {
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
	p := c.bad(at, "%q begins with no act of law named under cites", article)
	p.Meant = meant(short, known)
}

// conditions compiles every CEL expression, now that all names are known.
func (c *compiler) conditions() {
	for _, raw := range c.raw.acts {
		r := c.e.Act(raw.name)
		v := c.keys(raw.value, actKeys...)
		c.whens(r, v["when"])
		r.Sets = c.assigns(r, c.e.Kinds[r.On], v["sets"])
		if r.Adds != None {
			r.AddsSets = c.assigns(r, c.e.Kinds[r.Adds], v["adds_sets"])
		}
		if n := v["in_charge"]; n.Node != nil {
			r.InCharge = c.condition(r, n, cel.StringType)
		}
		if n := v["office"]; n.Node != nil {
			r.Office = c.condition(r, n, cel.StringType)
		}
		for _, f := range c.entries(v["form"]) {
			if f.value.Kind == yamlScalar {
				continue
			}
			if n := c.keys(f.value, "type", "choice", "optional", "needed_if", "future", "most", "officer", "article")["needed_if"]; n.Node != nil {
				if fld := r.Field(f.name); fld != nil {
					fld.NeededIf = c.condition(r, n, cel.BoolType)
				}
			}
		}
	}
	for _, raw := range c.raw.terms {
		c.termConditions(raw)
	}
}

// whens reads when: as one condition, or as a list of { rule, if, article }.
func (c *compiler) whens(r *ActRule, n node) {
	if n.Node == nil {
		return
	}
	if n.Kind == yamlScalar {
		r.When = append(r.When, Check{Rule: r.Name, Article: r.Article, If: c.condition(r, n, cel.BoolType)})
		return
	}
	for _, item := range n.Content {
		v := c.keys(node{item, n.file}, "rule", "if", "article")
		check := Check{Rule: c.text(v["rule"]), Article: c.text(v["article"])}
		if check.Rule == "" {
			check.Rule = r.Name
		}
		if check.Article == "" {
			check.Article = r.Article
		}
		c.citation(v["article"], check.Article)
		if v["if"].Node == nil {
			c.bad(node{item, n.file}, "when: a condition needs if:")
			continue
		}
		check.If = c.condition(r, v["if"], cel.BoolType)
		r.When = append(r.When, check)
	}
}

func (c *compiler) assigns(r *ActRule, k *Kind, n node) []Assign {
	var out []Assign
	for _, a := range c.entries(n) {
		f := k.Field(a.name)
		if f == nil {
			p := c.bad(a.key, "the %s has no field %q", k.Name, a.name)
			p.Meant = meant(a.name, fieldNames(k.Fields))
			continue
		}
		out = append(out, Assign{f.ID, c.condition(r, a.value, f.Type.celType())})
	}
	return out
}

func (c *compiler) condition(r *ActRule, at node, want *cel.Type) *Condition {
	env := c.envs[r.ID]
	if env == nil {
		var err error
		if env, err = c.e.environment(r); err != nil {
			c.bad(at, "%v", err)
			return nil
		}
		c.envs[r.ID] = env
	}
	cond, err := compileCondition(env, r, c.text(at), want)
	if err == nil {
		for _, m := range c.e.misspeltTexts(env, r, cond.Source) {
			p := c.bad(at, "%s is never %q", m.what, m.text)
			p.Line, p.Column = p.Line+m.line-1, p.Column+m.column-1
			p.Meant = meant(m.text, m.known)
		}
		return cond
	}
	what, unknown := plainCondition(err.Error())
	p := c.bad(at, "the condition cannot be understood: %s", what)
	var ce *conditionError
	if errors.As(err, &ce) {
		p.Line += ce.line - 1
		p.Column += ce.column - 1
	}
	if unknown != "" {
		known := append(fieldNames(r.Form), "done", "recorded", "state", "since", "act", "thing", "proceeding", "officer", "count", "running")
		known = append(known, fieldNames(c.e.Kinds[r.On].Fields)...)
		known = append(known, fieldNames(c.e.Kinds[0].Fields)...)
		known = append(append(known, c.e.kindNames()...), c.e.termNames()...)
		for _, k := range c.e.Kinds {
			if k != nil {
				known = append(known, c.e.stateNames(k.ID, k.States)...)
			}
		}
		if near := nearest(unknown, known); near != "" {
			p.Meant = fmt.Sprintf("was %q meant?", near)
		} else if len(r.Form) > 0 {
			p.Meant = "the form of " + r.Name + " has " + strings.Join(fieldNames(r.Form), ", ")
		}
	}
	return nil
}

func (c *compiler) period(at node) calendar.Period {
	if at.Node == nil {
		return calendar.Period{}
	}
	p, err := calendar.ParsePeriod(c.text(at))
	if err != nil {
		c.bad(at, "%v", err)
	}
	return p
}
