package lawtext

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Labels are the words of a law in one language. A name without a label is
// shown as it is written in the law, with blanks. Read-only once read, and then
// safe for concurrent use; the zero value labels nothing.
type Labels struct {
	Law      string
	Roles    map[string]string
	Kinds    map[string]string
	States   map[string]map[string]string // by kind
	Acts     map[string]string
	Hints    map[string]string // by act: a sentence for whoever does it
	Fields   map[string]string // "act.field" before "field"
	Choices  map[string]string // "act.field.choice" before "field.choice"; of a list with a name, "list.choice"
	Terms    map[string]string
	Rules    map[string]string // by the name of a condition: what it asks for
	Cites    map[string]string
	Shorts   map[string]string // of an act of law: how articles name it in this language, such as УПК for CPC
	Days     map[string]string // names of holidays
	Switches map[string]string // counting questions that the law leaves open: what each asks
	Places   map[string]string // by SOATO code
	Parts    map[string]string // parts of a long law, by which its acts are found
	Sheets   map[string]string // classes of sheets
}

// Map makes labels in another script by changing every text.
func (l *Labels) Map(change func(string) string) *Labels {
	each := func(m map[string]string) map[string]string {
		out := make(map[string]string, len(m))
		for k, v := range m {
			out[k] = change(v)
		}
		return out
	}
	c := &Labels{Law: change(l.Law), Roles: each(l.Roles), Kinds: each(l.Kinds), Acts: each(l.Acts), Hints: each(l.Hints), Fields: each(l.Fields),
		Choices: each(l.Choices), Terms: each(l.Terms), Rules: each(l.Rules), Cites: each(l.Cites), Shorts: each(l.Shorts), Days: each(l.Days), Switches: each(l.Switches), Places: each(l.Places), Parts: each(l.Parts), Sheets: each(l.Sheets), States: map[string]map[string]string{}}
	for k, m := range l.States {
		c.States[k] = each(m)
	}
	return c
}

// Plain is how a name without a label is shown: blanks instead of underscores.
func Plain(name string) string { return strings.ReplaceAll(name, "_", " ") }

func label(m map[string]string, names ...string) string {
	for _, n := range names {
		if s, ok := m[n]; ok {
			return s
		}
	}
	return Plain(names[len(names)-1])
}

// Role is the word for a role.
func (l *Labels) Role(name string) string { return label(l.Roles, name) }

// Kind is the word for a kind.
func (l *Labels) Kind(name string) string { return label(l.Kinds, name) }

// State is the word for a state of a kind.
func (l *Labels) State(kind, name string) string { return label(l.States[kind], name) }

// Act is the name of an act, in the imperative.
func (l *Labels) Act(name string) string { return label(l.Acts, name) }

// Hint is a sentence about an act, or "".
func (l *Labels) Hint(act string) string { return l.Hints[act] }

// Field is the label of a form's field.
func (l *Labels) Field(act, field string) string { return label(l.Fields, act+"."+field, field) }

// Choice is the word for a choice of a field.
func (l *Labels) Choice(act, field, choice string) string {
	return label(l.Choices, act+"."+field+"."+choice, field+"."+choice, choice)
}

// Term is the name of a term.
func (l *Labels) Term(name string) string { return label(l.Terms, name) }

// Part is the name of a part of the law; "" has none.
func (l *Labels) Part(name string) string { return label(l.Parts, name) }

// Sheet is the word for a class of sheets.
func (l *Labels) Sheet(class string) string { return label(l.Sheets, class) }

// Rule says what a condition asks for.
func (l *Labels) Rule(name string) string {
	if s, ok := l.Rules[name]; ok {
		return s
	}
	return l.Act(name)
}

// Cite is the title of an act of law, by its short name.
func (l *Labels) Cite(short string) string { return label(l.Cites, short) }

// Article writes an article as this language names its act of law: "CPC 329"
// as "УПК 329". The longest name that fits counts.
func (l *Labels) Article(article string) string {
	best := ""
	for short := range l.Shorts {
		if len(short) > len(best) && (article == short || strings.HasPrefix(article, short+" ")) {
			best = short
		}
	}
	if best == "" {
		return article
	}
	return l.Shorts[best] + article[len(best):]
}

// Switch is what an open question of counting asks, or "".
func (l *Labels) Switch(name string) string { return l.Switches[name] }

// Place is the name of a place by its SOATO code: of the longest known part of
// the code; the code itself where nothing is known.
func (l *Labels) Place(code string) string {
	for n := len(code); n > 0; n-- {
		if name, ok := l.Places[code[:n]]; ok {
			if n < len(code) {
				return name + " (" + code + ")"
			}
			return name
		}
	}
	return code
}

// Day is the name of a holiday.
func (l *Labels) Day(name string) string { return label(l.Days, name) }

// Labelled is every name of a law that wants a label, in all its editions.
type Labelled struct {
	Roles, Kinds, Acts, Terms, Rules, Fields, Choices map[string]bool // Choices by "field.choice"
	Switches, Parts, Sheets                           map[string]bool
	States                                            map[string]map[string]bool // by kind
	ActFields, ActChoices                             []string                   // "act.field", "act.field.choice"
	Listed                                            map[string]string          // of a choice that is taken from a list with a name, "act.field.choice": "list.choice"
}

// A law with more parts or acts than this is read part by part.
const fewParts, fewActs = 5, 40

// Long reports whether the parts of the law must have names that people read.
func (of *Labelled) Long() bool { return len(of.Parts) > fewParts || len(of.Acts) > fewActs }

// Labels reads labels.<lang>.yaml of the law in a folder, and labels.<lang>.<part>.yaml
// where a long law has its words in parts; nil where there is none or one cannot be
// read: a law of another country may lack a language. Warns of labels for what the law
// does not have, and of names without a label. days are the names of the holidays.
func (s *Source) Labels(dir, lang string, of *Labelled, days map[string]string) *Labels {
	lb := &Labels{Roles: map[string]string{}, Kinds: map[string]string{}, States: map[string]map[string]string{}, Acts: map[string]string{},
		Hints: map[string]string{}, Fields: map[string]string{}, Choices: map[string]string{}, Terms: map[string]string{}, Rules: map[string]string{},
		Cites: map[string]string{}, Shorts: map[string]string{}, Switches: map[string]string{}, Parts: map[string]string{}, Sheets: map[string]string{}, Days: days}
	var files []string
	for _, f := range s.Files(dir, ".yaml") {
		if base := path.Base(f); base == "labels."+lang+".yaml" || strings.HasPrefix(base, "labels."+lang+".") {
			files = append(files, f)
		}
	}
	if len(files) == 0 {
		return nil
	}
	for _, f := range files {
		if !s.labelFile(f, lb, of) {
			return nil
		}
	}
	lb.fromLists(of.Listed)
	s.missing(files[0], lb, of)
	return lb
}

// fromLists gives a choice the word that it has in its list, where neither its act nor its field has one of their own.
func (l *Labels) fromLists(listed map[string]string) {
	for own, list := range listed {
		_, short, _ := strings.Cut(own, ".")
		if word := l.Choices[list]; word != "" && l.Choices[own] == "" && l.Choices[short] == "" {
			l.Choices[own] = word
		}
	}
}

// labelFile adds the words of one file. A word given in two files is reported.
func (s *Source) labelFile(file string, lb *Labels, of *Labelled) bool {
	top, ok := s.Read(file)
	if !ok {
		return false
	}
	v := s.Keys(top, "law", "roles", "kinds", "fields", "choices", "acts", "terms", "rules", "cites", "cites_short", "switches", "parts", "sheets")
	if v["law"].Given() {
		lb.Law = s.Text(v["law"])
	}
	twice := func(key Node, what, name string, have string) {
		if have != "" {
			s.Bad(key, "the %s %s is labelled twice", what, name).Warning = true
		}
	}
	flat := func(into map[string]string, n Node, known map[string]bool, what string) {
		for _, e := range s.Entries(n) {
			s.knownLabel(e, known, what)
			twice(e.Key, what, e.Name, into[e.Name])
			into[e.Name] = s.Text(e.Value)
		}
	}
	flat(lb.Roles, v["roles"], of.Roles, "role")
	flat(lb.Fields, v["fields"], of.Fields, "field")
	flat(lb.Terms, v["terms"], of.Terms, "term")
	flat(lb.Rules, v["rules"], of.Rules, "rule")
	flat(lb.Switches, v["switches"], of.Switches, "switch")
	flat(lb.Parts, v["parts"], of.Parts, "part")
	flat(lb.Sheets, v["sheets"], of.Sheets, "class of sheets")
	flat(lb.Cites, v["cites"], nil, "act of law")
	flat(lb.Shorts, v["cites_short"], nil, "act of law")
	for _, e := range s.Entries(v["kinds"]) {
		s.knownLabel(e, of.Kinds, "kind")
		kv := s.Keys(e.Value, "name", "states")
		if kv["name"].Given() {
			twice(e.Key, "kind", e.Name, lb.Kinds[e.Name])
			lb.Kinds[e.Name] = s.Text(kv["name"])
		}
		if lb.States[e.Name] == nil {
			lb.States[e.Name] = map[string]string{}
		}
		flat(lb.States[e.Name], kv["states"], of.States[e.Name], "state")
	}
	for _, e := range s.Entries(v["choices"]) {
		for _, ch := range s.Entries(e.Value) {
			name := e.Name + "." + ch.Name
			twice(ch.Key, "choice", name, lb.Choices[name])
			lb.Choices[name] = s.Text(ch.Value)
			s.knownLabel(Entry{Name: name, Key: ch.Key}, of.Choices, "choice")
		}
	}
	for _, e := range s.Entries(v["acts"]) {
		s.knownLabel(e, of.Acts, "act")
		twice(e.Key, "act", e.Name, lb.Acts[e.Name])
		s.actLabels(lb, e)
	}
	return true
}

func (s *Source) actLabels(lb *Labels, e Entry) {
	if e.Value.Scalar() {
		lb.Acts[e.Name] = s.Text(e.Value)
		return
	}
	v := s.Keys(e.Value, "name", "hint", "fields", "choices")
	lb.Acts[e.Name] = s.Text(v["name"])
	if h := s.Text(v["hint"]); h != "" {
		lb.Hints[e.Name] = h
	}
	for _, f := range s.Entries(v["fields"]) {
		lb.Fields[e.Name+"."+f.Name] = s.Text(f.Value)
	}
	for _, f := range s.Entries(v["choices"]) {
		for _, ch := range s.Entries(f.Value) {
			lb.Choices[e.Name+"."+f.Name+"."+ch.Name] = s.Text(ch.Value)
		}
	}
}

func (s *Source) knownLabel(e Entry, known map[string]bool, what string) {
	if known == nil || known[e.Name] {
		return
	}
	var list []string
	for n := range known {
		list = append(list, n)
	}
	slices.Sort(list)
	p := s.Bad(e.Key, "labels a %s %q that the law does not have", what, e.Name)
	p.Meant = Meant(e.Name, list)
	p.Warning = true
}

// missing warns of what has no label in a language.
func (s *Source) missing(file string, lb *Labels, of *Labelled) {
	warn := func(what, name string) {
		p := s.Bad(At(file), "no label for the %s %s", what, name)
		p.Warning = true
	}
	want := func(known map[string]bool, have map[string]string, what string) {
		for n := range known {
			if have[n] == "" {
				warn(what, n)
			}
		}
	}
	want(of.Roles, lb.Roles, "role")
	want(of.Kinds, lb.Kinds, "kind")
	want(of.Acts, lb.Acts, "act")
	want(of.Terms, lb.Terms, "term")
	want(of.Rules, lb.Rules, "rule")
	want(of.Switches, lb.Switches, "switch")
	want(of.Sheets, lb.Sheets, "class of sheets")
	if of.Long() {
		want(of.Parts, lb.Parts, "part")
	}
	for kind, states := range of.States {
		want(states, lb.States[kind], "state of "+kind)
	}
	for _, f := range of.ActFields {
		act, field, _ := strings.Cut(f, ".")
		if lb.Fields[f] == "" && lb.Fields[field] == "" {
			warn("field", fmt.Sprintf("%s of %s", field, act))
		}
	}
	for _, ch := range of.ActChoices {
		_, short, _ := strings.Cut(ch, ".")
		if lb.Choices[ch] == "" && lb.Choices[short] == "" {
			warn("choice", ch)
		}
	}
}
