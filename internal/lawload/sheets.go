package lawload

import (
	"cmp"
	"slices"

	"nazorat/internal/fact"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// This file reads of what class the sheets of a law are, and refuses a law that would tell beside a sheet
// what the sheet hides: whoever does not see it must not find what it said among the facts.

// sheetClasses reads sheets: [class, ...], the classes that acts and kinds may have; a later edition adds to them.
func (l *loader) sheetClasses(e *procedure.Edition, n lawtext.Node) {
	for _, class := range l.Texts(n) {
		if !slices.Contains(e.Sheets, class) {
			e.Sheets = append(e.Sheets, class)
		}
	}
}

// sheetClass reads one of the classes.
func (c *compiler) sheetClass(n lawtext.Node) string {
	if !n.Given() {
		return ""
	}
	class := c.Text(n)
	switch {
	case len(c.e.Sheets) == 0:
		c.Bad(n, "the law knows no classes of sheets").Meant = "say sheets: [" + class + "] in the file of the edition"
		return ""
	case !slices.Contains(c.e.Sheets, class):
		c.BadName(n, "class of sheets", class, c.e.Sheets)
		return ""
	}
	return class
}

// kindSheet reads the class of a kind: of the sheets of all acts on its things, and of these themselves.
func (c *compiler) kindSheet(k *procedure.Kind, n lawtext.Node) {
	k.Sheet = c.sheetClass(n)
	if k.ID == 0 && k.Sheet != "" {
		c.Bad(n, "the %s is seen by whoever reads it; its acts have sheets that he may not see", k.Name).Meant = "say sheet: " + k.Sheet + " under an act, or under another kind"
		k.Sheet = ""
	}
	for _, f := range k.Fields {
		if f != nil && f.Open && k.ID != 0 && k.Sheet != "" {
			c.Bad(n, "the field %q is said to be open, and no %s is seen where sheets of the class %s are not", f.Name, k.Name, k.Sheet).Meant = "leave out open: there, or sheet: here"
		}
	}
}

// opening reads which fact says that the file was opened to the parties: opened: field.
func (c *compiler) opening(k *procedure.Kind, n lawtext.Node) {
	if !n.Given() {
		return
	}
	if k.ID != 0 {
		c.Bad(n, "only the file of the whole is opened to the parties; a %s is what it holds", k.Name).Meant = "say opened: under " + c.law.Names.Kinds.List[0]
		return
	}
	if f := c.fieldOf(k, n, fact.YesNo); f != nil {
		k.Opening = &procedure.OpeningRule{Opened: f.ID}
	}
}

// reading reads which fact says that the parties read the file that was opened to them.
func (c *compiler) reading(k *procedure.Kind, n lawtext.Node) {
	k.Reading = procedure.None
	if !n.Given() {
		return
	}
	if k.Opening == nil {
		c.Bad(n, "only a file that was opened to the parties is read by them").Meant = "say opened: too, under " + c.law.Names.Kinds.List[0]
		return
	}
	if f := c.fieldOf(k, n, fact.YesNo); f != nil {
		k.Reading = f.ID
	}
}

// actSheet reads the class of an act. One on a thing of a class has that class.
func (c *compiler) actSheet(r *procedure.ActRule, on *procedure.Kind, n lawtext.Node) {
	r.Sheet = c.sheetClass(n)
	switch {
	case on.Sheet == "":
	case r.Sheet != "" && r.Sheet != on.Sheet:
		c.Bad(n, "the sheets of acts on a %s are of the class %s, and of no other", on.Name, on.Sheet).Meant = "leave it out"
	default:
		r.Sheet = on.Sheet
	}
	if r.Opens && r.Sheet != "" {
		c.Bad(n, "the act that opens a %s is seen by whoever reads it", on.Name).Meant = "leave it out"
		r.Sheet = ""
	}
}

// openForm refuses open: in the form of an act: a sheet is hidden as a whole.
func (c *compiler) openForm(f lawtext.Entry, fld *procedure.Field) {
	if fld.Open {
		c.Bad(f.Key, "a field of a form is on its sheet, and hidden with it").Meant = "say open: yes where the kind has the fact that it goes into"
	}
}

// leaks holds each edition's classes against the rules of that edition and of all before it: what was done under
// those is in the same file.
func (l *loader) leaks() {
	for _, e := range l.law.Editions {
		if !e.Classed() {
			continue
		}
		for _, r := range l.raw[:e.Index+1] {
			c := &compiler{loader: l, e: r.edition, raw: r}
			c.leaksBy(e)
		}
	}
}

// leaksBy finds what rules of the compiler's edition would tell beside a sheet of a class, by the classes of an edition.
func (c *compiler) leaksBy(by *procedure.Edition) {
	for _, raw := range c.raw.kinds {
		k := c.e.Kind(raw.Name)
		c.namesHidden(by, k.Fields, by.SheetOfKind(k.ID), c.Keys(raw.Value, kindKeys...)["fields"])
		if k.Of == procedure.None || k.Of == 0 {
			continue
		}
		of := c.e.Kinds[k.Of]
		if class := by.SheetOfKind(of.ID); class != "" && by.SheetOfKind(k.ID) != class {
			c.Bad(raw.Key, "a %s belongs to a %s, which is not seen where sheets of the class %s are not", k.Name, of.Name, class).Meant = "say sheet: " + class + " under " + k.Name
		}
	}
	for _, raw := range c.raw.acts {
		c.leaksOf(by, c.e.Act(raw.Name), c.Keys(raw.Value, actKeys...))
	}
	for _, raw := range c.raw.terms {
		c.longerBy(by, c.e.Term(raw.Name), c.Keys(raw.Value, termKeys...))
	}
}

func (c *compiler) leaksOf(by *procedure.Edition, r *procedure.ActRule, v map[string]lawtext.Node) {
	class := by.SheetOf(r.ID)
	c.namesHidden(by, r.Form, class, v["form"])
	if r.Adds != procedure.None {
		k := c.e.Kinds[r.Adds]
		switch of := by.SheetOfKind(k.ID); {
		case of != "" && class != of:
			c.Bad(v["adds"], "a %s is not seen where sheets of the class %s are not, and the sheet of %s would tell of it", k.Name, of, r.Name).Meant = "say sheet: " + of
		case of != class:
			c.Bad(v["adds"], "the sheet of %s may be hidden, and the %s that it adds would be seen", r.Name, k.Name).Meant = "say sheet: " + class + " under " + k.Name
		}
	}
	if class == "" {
		return
	}
	on := c.e.Kinds[r.On]
	seen := func(k procedure.KindID) bool { return by.SheetOfKind(k) != class }
	if r.To != procedure.None && seen(on.ID) {
		c.Bad(v["to"], "the sheet of %s may be hidden, and the state of the %s, which it changes, is seen", r.Name, on.Name).Meant = "leave out sheet:, or say sheet: " + class + " under " + on.Name
	}
	for _, m := range c.Entries(v["moves"]) {
		if k := c.e.Kind(m.Name); k != nil && seen(k.ID) {
			c.Bad(m.Key, "the sheet of %s may be hidden, and the state of a %s, which it changes, is seen", r.Name, k.Name).Meant = "leave out sheet:, or say sheet: " + class + " under " + k.Name
		}
	}
	c.tells(by, r, on, class, v["sets"])
	if r.Adds != procedure.None {
		c.tells(by, r, c.e.Kinds[r.Adds], class, v["adds_sets"])
	}
	for what, n := range map[string]lawtext.Node{"who is in charge": v["in_charge"], "which office has it": v["office"], "what the directory has": v["directory"]} {
		if n.Given() {
			c.Bad(n, "the sheet of %s may be hidden, and %s, which it changes, is seen", r.Name, what).Meant = "leave out sheet:"
		}
	}
}

// namesHidden finds fields that name things which may be hidden, beside sheets of their class: the name would tell that they are there.
func (c *compiler) namesHidden(by *procedure.Edition, fields []*procedure.Field, class string, written lawtext.Node) {
	for _, raw := range c.Entries(written) {
		i := slices.IndexFunc(fields, func(f *procedure.Field) bool { return f != nil && f.Name == raw.Name && f.Type == fact.Thing })
		if i < 0 {
			continue
		}
		f := fields[i]
		if of := by.SheetOfKind(f.Kind); of != "" && of != class {
			c.Bad(raw.Key, "the field %q names a %s, which is not seen where sheets of the class %s are not", f.Name, c.law.Names.Kinds.List[f.Kind], of).Meant = "say sheet: " + of
		}
	}
}

// tells finds facts that are seen and that an act of a class sets.
func (c *compiler) tells(by *procedure.Edition, r *procedure.ActRule, of *procedure.Kind, class string, n lawtext.Node) {
	for _, a := range c.Entries(n) {
		k, name := of, a.Name
		if cut, ok := cutRoot(name); ok {
			k, name = c.e.Kinds[0], cut
		}
		now := k
		if has := by.Kinds[k.ID]; has != nil {
			now = has
		}
		f := now.Field(name)
		if by.SheetOfKind(k.ID) == class || f != nil && f.Open {
			continue
		}
		c.Bad(a.Key, "the sheet of %s may be hidden, and the fact %q of the %s, which it sets, is seen", r.Name, name, k.Name).Meant =
			"say open: yes under that field, if whoever reads the " + c.e.Kinds[0].Name + " may know it; else leave it out"
	}
}

// longerBy finds ends that are seen and that come from the form of a sheet which may be hidden, and ends that nobody may be kept from seeing.
func (c *compiler) longerBy(by *procedure.Edition, t *procedure.Term, v map[string]lawtext.Node) {
	if t.Breach == procedure.Release {
		hidden := by.SheetOfKind(t.Per)
		for _, id := range t.StartedBy {
			hidden = cmp.Or(hidden, by.SheetOf(id))
		}
		if hidden != "" {
			c.Bad(v["breach"], "the end of %s sets somebody free, and sheets of the class %s may be hidden from whoever is to see it", t.Name, hidden).Meant = "leave out sheet: where it begins"
		}
	}
	for _, x := range c.Entries(v["extended_by"]) {
		r := c.e.Act(x.Name)
		i := slices.IndexFunc(t.Extended, func(x procedure.Extension) bool { return r != nil && x.Act == r.ID })
		if i < 0 || t.Extended[i].Until == nil {
			continue
		}
		class := by.SheetOf(r.ID)
		if class == "" || by.SheetOfKind(t.Per) == class || !slices.ContainsFunc(t.StartedBy, func(id procedure.ActID) bool { return by.SheetOf(id) != class }) {
			continue
		}
		c.Bad(x.Key, "the sheet of %s may be hidden, and the end of %s, which it gives, is seen", r.Name, t.Name).Meant = "leave out sheet: under " + r.Name
	}
}
