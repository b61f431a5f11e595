package procedure

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Labels are the words of a law in one language. A name without a label is
// shown as it is written in the law, with blanks; Load warns of each such name.
type Labels struct {
	Law     string
	Roles   map[string]string
	Kinds   map[string]string
	States  map[string]map[string]string // by kind
	Acts    map[string]string
	Hints   map[string]string // by act: a sentence for whoever does it
	Fields  map[string]string // "act.field" before "field"
	Choices map[string]string // "act.field.choice" before "field.choice"
	Terms   map[string]string
	Rules   map[string]string // by the name of a condition: what it asks for
	Cites   map[string]string
	Days    map[string]string // names of holidays
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
		Choices: each(l.Choices), Terms: each(l.Terms), Rules: each(l.Rules), Cites: each(l.Cites), Days: each(l.Days), States: map[string]map[string]string{}}
	for k, m := range l.States {
		c.States[k] = each(m)
	}
	return c
}

func plain(name string) string { return strings.ReplaceAll(name, "_", " ") }

func label(m map[string]string, names ...string) string {
	for _, n := range names {
		if s, ok := m[n]; ok {
			return s
		}
	}
	return plain(names[len(names)-1])
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

// Rule says what a condition asks for.
func (l *Labels) Rule(name string) string {
	if s, ok := l.Rules[name]; ok {
		return s
	}
	return l.Act(name)
}

// Cite is the title of an act of law, by its short name.
func (l *Labels) Cite(short string) string { return label(l.Cites, short) }

// Day is the name of a holiday.
func (l *Labels) Day(name string) string { return label(l.Days, name) }

// readLabels reads labels.<lang>.yaml of the law and of its tables of days off.
func (l *loader) readLabels(dir string) {
	for _, lang := range Languages {
		lb := &Labels{Roles: map[string]string{}, Kinds: map[string]string{}, States: map[string]map[string]string{}, Acts: map[string]string{},
			Hints: map[string]string{}, Fields: map[string]string{}, Choices: map[string]string{}, Terms: map[string]string{}, Rules: map[string]string{},
			Cites: map[string]string{}, Days: l.holidays[lang]}
		file := path.Join(dir, "labels."+lang+".yaml")
		if len(l.files(dir, "labels."+lang+".yaml")) == 0 {
			continue // a law of another country may lack a language
		}
		top, ok := l.read(file)
		if !ok {
			continue
		}
		l.law.Labels[lang] = lb
		v := l.keys(top, "law", "roles", "kinds", "fields", "choices", "acts", "terms", "rules", "cites")
		lb.Law = l.text(v["law"])
		flat := func(into map[string]string, n node, known map[string]bool, what string) {
			for _, e := range l.entries(n) {
				l.knownLabel(e, known, what)
				into[e.name] = l.text(e.value)
			}
		}
		k := l.labelled()
		flat(lb.Roles, v["roles"], k.roles, "role")
		flat(lb.Fields, v["fields"], k.fields, "field")
		flat(lb.Terms, v["terms"], k.terms, "term")
		flat(lb.Rules, v["rules"], k.rules, "rule")
		flat(lb.Cites, v["cites"], nil, "")
		for _, e := range l.entries(v["kinds"]) {
			l.knownLabel(e, k.kinds, "kind")
			kv := l.keys(e.value, "name", "states")
			lb.Kinds[e.name], lb.States[e.name] = l.text(kv["name"]), map[string]string{}
			flat(lb.States[e.name], kv["states"], k.states[e.name], "state")
		}
		for _, e := range l.entries(v["choices"]) {
			for _, ch := range l.entries(e.value) {
				lb.Choices[e.name+"."+ch.name] = l.text(ch.value)
				l.knownLabel(entry{name: e.name + "." + ch.name, key: ch.key}, k.choices, "choice")
			}
		}
		for _, e := range l.entries(v["acts"]) {
			l.knownLabel(e, k.acts, "act")
			l.actLabels(lb, e)
		}
		l.missing(file, lb, k)
	}
}

func (l *loader) actLabels(lb *Labels, e entry) {
	if e.value.Kind == yamlScalar {
		lb.Acts[e.name] = l.text(e.value)
		return
	}
	v := l.keys(e.value, "name", "hint", "fields", "choices")
	lb.Acts[e.name] = l.text(v["name"])
	if h := l.text(v["hint"]); h != "" {
		lb.Hints[e.name] = h
	}
	for _, f := range l.entries(v["fields"]) {
		lb.Fields[e.name+"."+f.name] = l.text(f.value)
	}
	for _, f := range l.entries(v["choices"]) {
		for _, ch := range l.entries(f.value) {
			lb.Choices[e.name+"."+f.name+"."+ch.name] = l.text(ch.value)
		}
	}
}

// labelledNames is every name of a law that wants a label.
type labelledNames struct {
	roles, kinds, acts, terms, rules, fields, choices map[string]bool
	states                                            map[string]map[string]bool
	actFields, actChoices                             []string // "act.field", "act.field.choice"
}

func (l *loader) labelled() *labelledNames {
	k := &labelledNames{roles: map[string]bool{InCharge: true}, kinds: map[string]bool{}, acts: map[string]bool{}, terms: map[string]bool{}, rules: map[string]bool{},
		fields: map[string]bool{}, choices: map[string]bool{}, states: map[string]map[string]bool{}}
	for _, e := range l.law.Editions {
		for _, r := range e.Roles {
			k.roles[r] = true
		}
		for _, kind := range e.Kinds {
			if kind == nil {
				continue
			}
			k.kinds[kind.Name] = true
			if k.states[kind.Name] == nil {
				k.states[kind.Name] = map[string]bool{}
			}
			for _, s := range e.stateNames(kind.ID, kind.States) {
				k.states[kind.Name][s] = true
			}
			for _, f := range kind.Fields {
				if f != nil {
					k.fields[f.Name] = true
				}
			}
		}
		for _, t := range e.Terms {
			if t != nil {
				k.terms[t.Name] = true
			}
		}
		for _, r := range e.Acts {
			if r == nil {
				continue
			}
			k.acts[r.Name] = true
			for _, w := range r.When {
				if w.Rule != r.Name {
					k.rules[w.Rule] = true
				}
			}
			for _, f := range r.Form {
				if f == nil {
					continue
				}
				k.fields[f.Name] = true
				k.actFields = append(k.actFields, r.Name+"."+f.Name)
				for _, ch := range f.Choices {
					k.choices[f.Name+"."+ch] = true
					k.actChoices = append(k.actChoices, r.Name+"."+f.Name+"."+ch)
				}
			}
		}
	}
	return k
}

func (l *loader) knownLabel(e entry, known map[string]bool, what string) {
	if known == nil || known[e.name] {
		return
	}
	var list []string
	for n := range known {
		list = append(list, n)
	}
	slices.Sort(list)
	p := l.bad(e.key, "labels a %s %q that the law does not have", what, e.name)
	p.Meant = meant(e.name, list)
	p.Warning = true
}

// missing warns of what has no label in a language.
func (l *loader) missing(file string, lb *Labels, k *labelledNames) {
	warn := func(what, name string) {
		p := l.bad(node{file: file}, "no label for the %s %s", what, name)
		p.Warning = true
	}
	want := func(known map[string]bool, have map[string]string, what string) {
		for n := range known {
			if have[n] == "" {
				warn(what, n)
			}
		}
	}
	want(k.roles, lb.Roles, "role")
	want(k.kinds, lb.Kinds, "kind")
	want(k.acts, lb.Acts, "act")
	want(k.terms, lb.Terms, "term")
	want(k.rules, lb.Rules, "rule")
	for kind, states := range k.states {
		want(states, lb.States[kind], "state of "+kind)
	}
	for _, f := range k.actFields {
		act, field, _ := strings.Cut(f, ".")
		if lb.Fields[f] == "" && lb.Fields[field] == "" {
			warn("field", fmt.Sprintf("%s of %s", field, act))
		}
	}
	for _, ch := range k.actChoices {
		_, short, _ := strings.Cut(ch, ".")
		if lb.Choices[ch] == "" && lb.Choices[short] == "" {
			warn("choice", ch)
		}
	}
}
