package figures

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"nazorat/internal/fact"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// lawFile stands beside a law's editions and says what is counted of it, and the standing tables.
const lawFile = "figures.yaml"

// Bounds of one count: so many columns the tables have.
const (
	mostParts = 4
	mostSums  = 3
)

// Of says what a count is a count of.
type Of uint8

// What is counted: acts that were done, things that are there, terms that were kept or not.
const (
	Acts Of = iota
	Things
	Terms
)

// Count is one thing that is counted of the proceedings of a law.
type Count struct {
	Law    string
	Name   string
	Of     Of
	Acts   []string // those that count
	Kind   string   // of things
	While  []string // states of things that count
	Open   bool     // of terms: those that run and are over, not those that ended
	Parts  []Part   // by what figures can be told apart, beside what every count has
	Sums   []Sum    // amounts that are added up, and then what is made of two of them
	Called map[string]string

	kind  procedure.KindID
	added int // how many of the sums are amounts of a thing
}

// Part is something by which the figures of a count are told apart: what a form said, a fact of a thing or of the proceeding, the
// act, the state, the term. Words says where labels have its name and its values.
type Part struct {
	Name  string
	From  From
	Field string // of a form, a thing or the proceeding
	Type  fact.Type
	Words []string // acts or kinds under which labels know the field
	// Choices are the values that there can be, in the law's order; nil: any.
	Choices []string

	column string
}

// From is where a part comes from.
type From uint8

// Where parts come from: the form of the act, the thing, the proceeding, which act it was, the state, the term, whether it was kept, who owes it.
const (
	Form From = iota
	OfThing
	OfProceeding
	TheAct
	TheState
	TheTerm
	TheEnd
	TheRole
)

// Sum is an amount of a thing that is added up or, with Of, what some of these are together without others.
type Sum struct {
	Name        string
	Money       bool
	Of, Without []string
	Called      map[string]string // where it is no field of the thing
}

// Table is a standing one of the register.
type Table struct {
	Law           string
	Name          string
	Count         string
	Rows, Columns string
	Sums          []string // in the place of columns: these, side by side; one alone is what is added up in each
	Called        map[string]string
	Counting      bool // it is told to those who count without reading, too
}

// Law is what is counted of one law.
type Law struct {
	Name   string
	Counts []*Count
	Tables []*Table
}

// Count by its name; nil if there is none.
func (l *Law) Count(name string) *Count {
	i := slices.IndexFunc(l.Counts, func(c *Count) bool { return c.Name == name })
	if i < 0 {
		return nil
	}
	return l.Counts[i]
}

// Table by its name; nil if there is none.
func (l *Law) Table(name string) *Table {
	i := slices.IndexFunc(l.Tables, func(t *Table) bool { return t.Name == name })
	if i < 0 {
		return nil
	}
	return l.Tables[i]
}

// Part by its name; nil if there is none.
func (c *Count) Part(name string) *Part {
	i := slices.IndexFunc(c.Parts, func(p Part) bool { return p.Name == name })
	if i < 0 {
		return nil
	}
	return &c.Parts[i]
}

// Common are what the figures of every count are told apart by: where and when.
var Common = []string{"region", "office", "officer", "year", "quarter", "month"}

// Ends are what stocks are told apart by besides: what was there at the end of a year, a quarter, a month.
var Ends = []string{"year_end", "quarter_end", "month_end"}

// Stock reports whether a count is of what is there at a moment: it can be asked for at the ends of months.
func (c *Count) Stock() bool { return c.Of == Things || c.Open }

// PartNames are all by which figures of the count are told apart: its own, then those of all counts.
func (c *Count) PartNames() []string {
	var out []string
	for _, p := range c.Parts {
		out = append(out, p.Name)
	}
	out = append(out, Common...)
	if c.Stock() {
		out = append(out, Ends...)
	}
	return out
}

// IsEnd reports whether a part is the end of a period.
func IsEnd(part string) bool { return slices.Contains(Ends, part) }

// Sum by its name; nil if there is none.
func (c *Count) Sum(name string) *Sum {
	i := slices.IndexFunc(c.Sums, func(s Sum) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return &c.Sums[i]
}

// When terms ended, as a part "kept" tells it.
const (
	Kept    = "kept"    // met in time
	Late    = "late"    // met, and late
	Overdue = "overdue" // not met, and over
)

// Read reads what is counted of each law; of one without the file nothing is. A mistake is told as file:line, what, and what was meant.
func Read(fsys fs.FS, laws []*procedure.Law) ([]*Law, error) {
	var out []*Law
	s := lawtext.New(fsys)
	for _, law := range laws {
		name := path.Join(law.Name, lawFile)
		if !slices.Contains(s.Files(law.Name, ".yaml"), name) {
			continue
		}
		if top, ok := s.Read(name); ok {
			r := reading{s, law, &Law{Name: law.Name}}
			r.read(top)
			out = append(out, r.out)
		}
	}
	return out, s.Err()
}

type reading struct {
	s   *lawtext.Source
	law *procedure.Law
	out *Law
}

func (r *reading) read(top lawtext.Node) {
	k := r.s.Keys(top, "counts", "tables")
	for _, e := range r.s.Entries(k["counts"]) {
		r.out.Counts = append(r.out.Counts, r.count(e))
	}
	for _, e := range r.s.Entries(k["tables"]) {
		r.out.Tables = append(r.out.Tables, r.table(e))
	}
}

// called reads the name of something, in each language.
func (r *reading) called(at, n lawtext.Node) map[string]string {
	out := map[string]string{}
	in := r.s.Keys(n, lawtext.Languages...)
	for _, lang := range lawtext.Languages {
		if out[lang] = r.s.Text(in[lang]); out[lang] == "" {
			r.s.Bad(at, "what it is called in the language %s is wanted", lang).Meant = "called: { uz: ..., ru: ..., en: ... }"
		}
	}
	return out
}

func (r *reading) count(e lawtext.Entry) *Count {
	c := &Count{Law: r.law.Name, Name: e.Name, kind: procedure.None}
	k := r.s.Keys(e.Value, "acts", "things", "terms", "while", "by", "sums", "reckoned", "called")
	c.Called = r.called(e.Key, k["called"])
	given := 0
	for _, of := range []string{"acts", "things", "terms"} {
		if k[of].Given() {
			given++
		}
	}
	if given != 1 {
		r.s.Bad(e.Key, "it counts either acts, or things, or terms").Meant = "acts: [...], things: kind, or terms: all or overdue"
		return c
	}
	switch {
	case k["acts"].Given():
		c.Of = Acts
		for _, n := range r.s.List(k["acts"]) {
			if r.law.Act(n.Word()) < 0 {
				r.s.BadName(n, "act", n.Word(), r.law.Names.Acts.List)
			}
			c.Acts = append(c.Acts, n.Word())
		}
	case k["things"].Given():
		c.Of, c.Kind = Things, r.s.Text(k["things"])
		if c.kind = r.law.Kind(c.Kind); c.kind < 0 {
			r.s.BadName(k["things"], "kind", c.Kind, r.law.Names.Kinds.List)
			return c
		}
		states := r.law.Names.States[c.kind].List
		for _, n := range r.s.List(k["while"]) {
			if !slices.Contains(states, n.Word()) {
				r.s.BadName(n, "state", n.Word(), states)
			}
			c.While = append(c.While, n.Word())
		}
	default:
		c.Of = Terms
		c.Open = r.s.OneOf(k["terms"], "terms", "all", "overdue") == 1
	}
	if c.Of != Things {
		for _, key := range []string{"while", "sums", "reckoned"} {
			if k[key].Given() {
				r.s.Bad(k[key], "only things have %s", map[string]string{"while": "states", "sums": "amounts", "reckoned": "amounts"}[key])
			}
		}
	}
	r.parts(c, k["by"])
	r.sums(c, k["sums"])
	r.reckoned(c, k["reckoned"])
	return c
}

// parts reads by what the figures of a count are told apart. Those that have columns of their own come first to these.
func (r *reading) parts(c *Count, n lawtext.Node) {
	columns := 0
	for _, e := range r.s.Entries(n) {
		if slices.Contains(Common, e.Name) || slices.Contains(Ends, e.Name) {
			r.s.Bad(e.Key, "%s is what every count, or every stock, is told apart by", e.Name)
			continue
		}
		p, ok := r.part(c, e)
		if !ok {
			continue
		}
		switch p.From {
		case TheState:
			p.column = "state"
		case TheEnd:
			p.column = "kept"
		default:
			if columns == mostParts {
				r.s.Bad(e.Key, "a count has at most %d such parts", mostParts)
				continue
			}
			p.column = string(rune('a' + columns))
			columns++
		}
		c.Parts = append(c.Parts, p)
	}
}

func (r *reading) part(c *Count, e lawtext.Entry) (p Part, ok bool) {
	from := r.s.Text(e.Value)
	p = Part{Name: e.Name}
	plain := map[Of]map[string]From{Acts: {"act": TheAct}, Things: {"state": TheState}, Terms: {"term": TheTerm, "kept": TheEnd, "owed_by": TheRole}}
	if c.Open {
		delete(plain[Terms], "kept") // none of them was
	}
	if is, known := plain[c.Of][from]; known {
		p.From = is
		switch is {
		case TheAct:
			p.Choices = c.Acts
		case TheState:
			if p.Choices = c.While; len(p.Choices) == 0 && c.kind >= 0 {
				p.Choices = r.law.Names.States[c.kind].List
			}
		case TheEnd:
			p.Choices = []string{Kept, Late, Overdue}
		}
		return p, true
	}
	what, field, dotted := strings.Cut(from, ".")
	p.Field = field
	var fields []*procedure.Field
	switch {
	case dotted && what == "form" && c.Of == Acts:
		p.From = Form
		for _, act := range c.Acts {
			for _, ed := range r.law.Editions {
				if rule := ed.Act(act); rule != nil && rule.Field(field) != nil {
					fields = append(fields, rule.Field(field))
					p.Words = appendNew(p.Words, act)
				}
			}
		}
	case dotted && what == "thing" && c.Of == Things && c.kind > 0:
		p.From, p.Words = OfThing, []string{c.Kind}
		fields = r.fields(c.kind, field)
	case dotted && what == "proceeding":
		p.From, p.Words = OfProceeding, []string{r.law.KindName(0)}
		fields = r.fields(0, field)
	default:
		known := map[Of][]string{Acts: {"act", "form.field", "proceeding.field"}, Things: {"state", "thing.field", "proceeding.field"}, Terms: {"term", "kept", "owed_by", "proceeding.field"}}[c.Of]
		r.s.BadName(e.Value, "such part", from, known)
		return p, false
	}
	if len(fields) == 0 {
		r.s.Bad(e.Value, "there is no field %q", from)
		return p, false
	}
	p.Type = fields[0].Type
	for _, f := range fields {
		if f.Type != p.Type {
			r.s.Bad(e.Value, "%q is of different types in different forms", field)
			return p, false
		}
		for _, choice := range f.Choices {
			p.Choices = appendNew(p.Choices, choice)
		}
	}
	switch p.Type {
	case fact.Choice, fact.YesNo, fact.Article, fact.Place, fact.Office, fact.Officer:
	default:
		r.s.Bad(e.Value, "figures cannot be told apart by a %s", p.Type).Meant = "a choice, a yes_no, an article, a place, an office or an officer"
		return p, false
	}
	if p.Type == fact.YesNo {
		p.Choices = []string{"yes", "no"}
	}
	return p, true
}

// fields of a kind by a name, of each edition that has it.
func (r *reading) fields(kind procedure.KindID, name string) (out []*procedure.Field) {
	for _, ed := range r.law.Editions {
		if int(kind) < len(ed.Kinds) && ed.Kinds[kind] != nil && ed.Kinds[kind].Field(name) != nil {
			out = append(out, ed.Kinds[kind].Field(name))
		}
	}
	return out
}

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

func (r *reading) sums(c *Count, n lawtext.Node) {
	if c.Of != Things || c.kind < 0 {
		return
	}
	for _, item := range r.s.List(n) {
		fields := r.fields(c.kind, item.Word())
		switch {
		case len(fields) == 0:
			r.s.BadName(item, "field", item.Word(), r.law.Names.Fields[c.kind].List)
		case fields[0].Type != fact.Money && fields[0].Type != fact.Number:
			r.s.Bad(item, "a %s cannot be added up", fields[0].Type)
		case len(c.Sums) == mostSums:
			r.s.Bad(item, "a count has at most %d sums", mostSums)
		default:
			c.Sums = append(c.Sums, Sum{Name: item.Word(), Money: fields[0].Type == fact.Money})
			c.added = len(c.Sums)
		}
	}
}

// reckoned reads what is made of sums: some of them without others.
func (r *reading) reckoned(c *Count, n lawtext.Node) {
	for _, e := range r.s.Entries(n) {
		k := r.s.Keys(e.Value, "of", "without", "called")
		x := Sum{Name: e.Name, Of: r.s.Texts(k["of"]), Without: r.s.Texts(k["without"]), Called: r.called(e.Key, k["called"])}
		if len(x.Of) == 0 {
			r.s.Bad(e.Key, "it is made of no sum").Meant = "of: [...], and without: [...]"
		}
		for i, item := range append(r.s.List(k["of"]), r.s.List(k["without"])...) {
			s := c.Sum(item.Word())
			switch {
			case s == nil || s.Of != nil:
				r.s.Bad(item, "the count %s adds no %q up", c.Name, item.Word())
			case i == 0:
				x.Money = s.Money
			case s.Money != x.Money:
				r.s.Bad(item, "money and numbers are not added to each other")
			}
		}
		if c.Sum(x.Name) != nil {
			r.s.Bad(e.Key, "there is a sum %q before", x.Name)
		}
		c.Sums = append(c.Sums, x)
	}
}

func (r *reading) table(e lawtext.Entry) *Table {
	k := r.s.Keys(e.Value, "count", "rows", "columns", "sums", "without_reading", "called")
	t := &Table{Law: r.law.Name, Name: e.Name, Count: r.s.Text(k["count"]), Rows: r.s.Text(k["rows"]), Columns: r.s.Text(k["columns"]), Sums: r.s.Texts(k["sums"]), Called: r.called(e.Key, k["called"])}
	c := r.out.Count(t.Count)
	if c == nil {
		var known []string
		for _, c := range r.out.Counts {
			known = append(known, c.Name)
		}
		r.s.BadName(k["count"].Or(e.Key), "count", t.Count, known)
		return t
	}
	known := c.PartNames()
	for _, key := range []string{"rows", "columns"} {
		if name := r.s.Text(k[key]); name != "" && !slices.Contains(known, name) || name == "" && key == "rows" {
			r.s.BadName(k[key].Or(e.Key), "part", name, known)
		}
	}
	for _, n := range r.s.List(k["sums"]) {
		if c.Sum(n.Word()) == nil {
			r.s.Bad(n, "the count %s adds no %q up", c.Name, n.Word())
		}
	}
	if len(t.Sums) > mostSums {
		r.s.Bad(k["sums"], "at most %d sums stand side by side", mostSums)
	}
	if len(t.Sums) > 1 && t.Columns != "" {
		r.s.Bad(k["columns"], "several sums stand in the place of columns")
	}
	if n := k["without_reading"]; n.Given() {
		t.Counting = r.s.OneOf(n, "without_reading", "no", "yes") == 1
		r.counting(n, c, t)
	}
	return t
}

// counting refuses what would tell those who count without reading more than figures: amounts, which one of many may make up; officers; and what tells of one
// period, or one place, in two ways, so that what is held back of the one is found by the other.
func (r *reading) counting(n lawtext.Node, c *Count, t *Table) {
	if !t.Counting {
		return
	}
	if len(t.Sums) > 0 {
		r.s.Bad(n, "amounts are not told without reading")
	}
	for _, part := range []string{t.Rows, t.Columns} {
		p := c.Part(part)
		switch {
		case part == "officer" || p != nil && p.Type == fact.Officer:
			r.s.Bad(n, "figures by officers are not told without reading")
		case part != "region" && part != "office" && (slices.Contains(Common, part) || IsEnd(part)):
			r.s.Bad(n, "without reading figures are told by period: no table has a %s of its own", part)
		}
	}
	for _, o := range r.out.Tables {
		places := []string{t.Rows, t.Columns, o.Rows, o.Columns}
		if o.Counting && o.Count == t.Count && slices.Contains(places, "region") && slices.Contains(places, "office") {
			r.s.Bad(n, "the table %s of the same count is told by other places: what is held back of one would be found by the other", o.Name)
		}
	}
}
