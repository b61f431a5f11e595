package lawload

import (
	"slices"
	"strconv"
	"strings"

	"nazorat/internal/fact"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

var kindKeys = []string{"states", "of", "fields", "final", "path", "secrecy", "party", "asks", "sheet", "opened", "reading", "called"}

// kinds come first: everything else names them.
func (c *compiler) kinds() {
	for _, raw := range c.raw.kinds {
		id := procedure.KindID(c.law.Names.Kinds.ID(raw.Name))
		k := &procedure.Kind{ID: id, Name: raw.Name, Of: procedure.None, Called: procedure.None}
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
				c.onlyInForms(f)
				k.Fields = grow(k.Fields, int(fld.ID))
				k.Fields[fld.ID] = fld
			}
		}
		if len(k.Final) < len(c.law.Names.States[id].List) {
			k.Final = append(k.Final, make([]bool, len(c.law.Names.States[id].List)-len(k.Final))...)
		}
		if v["called"].Given() {
			if f := c.fieldOf(k, v["called"], fact.Text); f != nil {
				k.Called = f.ID
			}
		}
		c.secrecy(k, v["secrecy"])
		c.party(k, v["party"])
		c.asks(k, v["asks"])
		c.kindSheet(k, v["sheet"])
		c.opening(k, v["opened"])
		c.reading(k, v["reading"])
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
	c.references()
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

// secrecy reads which facts of the proceeding tell how closed it is: secrecy: { level: field, because: field }.
func (c *compiler) secrecy(k *procedure.Kind, n lawtext.Node) {
	if !n.Given() {
		return
	}
	if k.ID != 0 {
		c.Bad(n, "only the proceeding itself is closed; a %s is what it holds", k.Name).Meant = "say secrecy: under " + c.law.Names.Kinds.List[0]
		return
	}
	v := c.Keys(n, "level", "because")
	rule := &procedure.SecrecyRule{Level: procedure.None, Because: procedure.None}
	if f := c.fieldOf(k, v["level"].Or(n), fact.Choice); f != nil {
		if rule.Level = f.ID; len(f.Choices) < 2 {
			c.Bad(v["level"], "the field %q has one level, and the first is that of a proceeding which nothing closes", f.Name)
		}
	}
	if v["because"].Given() {
		if f := c.fieldOf(k, v["because"], fact.Choice); f != nil {
			rule.Because = f.ID
		}
	}
	if rule.Level != procedure.None {
		k.Secrecy = rule
	}
}

// asks reads that a thing asks something of an office: asks: { office: field, while: [state] }.
func (c *compiler) asks(k *procedure.Kind, n lawtext.Node) {
	if !n.Given() {
		return
	}
	v := c.Keys(n, "office", "while")
	rule := &procedure.AskRule{While: c.statesOf(k, v["while"])}
	if f := c.fieldOf(k, v["office"].Or(n), fact.Office); f != nil {
		rule.Office, k.Asks = f.ID, rule
	}
}

// party reads that a thing makes an officer a party: party: { officer: field, as: role, while: [state] }.
func (c *compiler) party(k *procedure.Kind, n lawtext.Node) {
	if !n.Given() {
		return
	}
	v := c.Keys(n, "officer", "as", "while")
	rule := &procedure.PartyRule{As: c.Text(v["as"]), While: c.statesOf(k, v["while"])}
	f := c.fieldOf(k, v["officer"].Or(n), fact.Officer)
	switch {
	case f == nil:
		return
	case rule.As == "":
		c.Bad(n, "it is not said in which role he is a party").Meant = "say as: role"
		return
	case !slices.Contains(f.Roles, rule.As):
		c.Bad(v["as"], "the field %q holds no %s", f.Name, rule.As).Meant = lawtext.Meant(rule.As, f.Roles)
		return
	}
	rule.Officer = f.ID
	k.Party = rule
	if !slices.Contains(c.e.Roles, rule.As) {
		c.e.Roles = append(c.e.Roles, rule.As)
	}
}

// fieldOf finds a field of a kind that must be of a type; nil, with a problem, if there is none.
func (c *compiler) fieldOf(k *procedure.Kind, at lawtext.Node, want fact.Type) *procedure.Field {
	word := c.Text(at)
	f := k.Field(word)
	switch {
	case f == nil:
		c.BadName(at, "field of the "+k.Name, word, procedure.FieldNames(k.Fields))
	case f.Type != want:
		c.Bad(at, "the field %q is of type %s; one of type %s is wanted here", word, f.Type, want)
		return nil
	}
	return f
}

// grow lengthens a list until it has a place for an id.
func grow[T any](list []T, id int) []T {
	for len(list) <= id {
		var zero T
		list = append(list, zero)
	}
	return list
}

// fieldKeys are what can be said of a field.
var fieldKeys = []string{"type", "choice", "optional", "needed_if", "future", "most", "shape", "officer", "article", "money", "open", "thing", "while", "good", "checks", "kept", "shown_by", "answers", "appoints"}

// reference is a field that names a thing of a kind, which may be written further down.
type reference struct {
	field       *procedure.Field
	kind, while lawtext.Node
}

// onlyInForms refuses under a kind what can only be said of a field of a form.
func (c *compiler) onlyInForms(f lawtext.Entry) {
	if f.Value.Scalar() {
		return
	}
	v := c.Keys(f.Value, fieldKeys...)
	for _, key := range []string{"while", "shape", "good", "checks", "kept", "shown_by", "answers", "appoints"} {
		if v[key].Given() {
			c.Bad(v[key], "%s: is said where a field is filled in", key).Meant = "say it in the form of the act"
		}
	}
}

// references finds the kinds that fields name, now that all are known.
func (c *compiler) references() {
	for _, r := range c.named {
		k := c.kindNamed(r.kind)
		switch {
		case k == nil:
			continue
		case k.ID == 0:
			c.Bad(r.kind, "the %s itself needs no name in its own file", k.Name).Meant = "name a kind of thing that it holds; another proceeding is of type proceeding"
			continue
		}
		r.field.Kind, r.field.While = k.ID, c.statesOf(k, r.while)
	}
	c.named = nil
}

// reserved names cannot be fields: conditions use them.
var reserved = []string{"done", "recorded", "state", "since"}

// field reads "name: type", "name: optional type", or "name: { ... }".
func (c *compiler) field(raw lawtext.Entry, table *procedure.Names) *procedure.Field {
	f := &procedure.Field{Name: raw.Name, Line: raw.Key.Line(), In: c.e, Answers: procedure.None}
	if slices.Contains(reserved, raw.Name) {
		c.Bad(raw.Key, "a field cannot be called %q", raw.Name).Meant = "every act has done and recorded, every thing has state and since"
		return nil
	}
	if raw.Value.Scalar() {
		word := c.Text(raw.Value)
		word, f.Optional = strings.CutPrefix(word, "optional ")
		f.Type = c.typeNamed(raw.Value, word)
	} else {
		v := c.Keys(raw.Value, fieldKeys...)
		f.Open = c.Yes(v["open"])
		f.Optional, f.Future, f.Article = c.Yes(v["optional"]), c.Yes(v["future"]), c.Text(v["article"])
		switch {
		case v["choice"].Given():
			f.Type = fact.Choice
			c.choicesOf(f, v["choice"])
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
		case v["thing"].Given():
			f.Type = fact.Thing
			c.named = append(c.named, reference{f, v["thing"], v["while"]})
		case v["type"].Given():
			f.Type = c.typeNamed(v["type"], c.Text(v["type"]))
		default:
			c.Bad(raw.Key, "the field %q has no type", raw.Name).Meant = "say type: text, or choice: [one, two]"
		}
		if n := v["appoints"]; n.Given() {
			f.Appoints = c.period(n)
		}
		if m := v["most"]; m.Given() {
			n, err := strconv.Atoi(c.Text(m))
			if err != nil || n < 1 || n > procedure.MostText {
				c.Bad(m, "most: want a number of letters from 1 to %d", procedure.MostText)
			}
			f.Most = n
		}
		if n := v["shape"]; n.Given() {
			switch f.Shape = procedure.Shape(c.Text(n)); {
			case f.Type != fact.Text:
				c.Bad(n, "shape: says how a text must look, and the field %q is none", raw.Name).Meant = "say type: text"
			case !slices.Contains(procedure.ShapeNames(), string(f.Shape)):
				c.BadName(n, "shape", string(f.Shape), procedure.ShapeNames())
			}
		}
		if v["needed_if"].Given() {
			f.Optional = true
		}
		if v["while"].Given() && f.Type != fact.Thing {
			c.Bad(v["while"], "while: says in which states a thing can be named, and the field %q names none", raw.Name).Meant = "say thing: kind"
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
