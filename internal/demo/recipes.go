package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// recipe is how a field of a form is filled; "" leaves it out.
type recipe func(l *life, i *intention) string

// plainRecipes are recipes without anything that differs.
var plainRecipes = map[string]recipe{
	"nothing":             func(*life, *intention) string { return "" },
	"a person":            func(l *life, _ *intention) string { return l.beat.peoples.name(l.r, 12) }, // of those convicted in 2023, 6,466 of 55,763 were women
	"anybody":             func(l *life, _ *intention) string { return l.beat.peoples.name(l.r, 45) },
	"a birthday":          birthday,
	"the article":         func(l *life, _ *intention) string { return l.crime.article },
	"the article, maybe":  func(l *life, _ *intention) string { return maybe(l, 0.6, l.crime.article) },
	"the matter":          func(l *life, _ *intention) string { return l.crime.matter },
	"the penalty":         func(l *life, _ *intention) string { return strconv.Itoa(l.crime.penalty) },
	"the summary":         func(l *life, _ *intention) string { return l.crime.summary(l) },
	"the court":           func(l *life, _ *intention) string { return l.beat.court },
	"the body":            func(l *life, _ *intention) string { return l.beat.body },
	"the first officer":   firstOfficer,
	"a colleague":         colleague,
	"now":                 func(l *life, i *intention) string { return l.format(i.at) },
	"a moment ago":        func(l *life, i *intention) string { return l.format(i.at - minute - l.below(8*minute)) },
	"within the hour":     func(l *life, i *intention) string { return l.format(i.at - 10*minute - l.below(50*minute)) },
	"today":               func(l *life, i *intention) string { return l.zone.Date(i.at).String() },
	"a place in the city": func(l *life, _ *intention) string { return l.filled("{street} yaqini") },
	"a neighbour case":    func(l *life, _ *intention) string { return l.neighbour() },
	"a case of the same":  func(l *life, i *intention) string { return l.same(i) },
	"another body":        func(l *life, _ *intention) string { return l.otherOffice() },
	"a document":          document,
	"an officer there":    func(l *life, i *intention) string { return l.thereAs(i) },
	"a phrase":            func(*life, *intention) string { return phrase },
	"the thing at hand":   func(_ *life, i *intention) string { return strconv.Itoa(int(i.trigger.thing)) }, // what woke the habit
	"a passport": func(l *life, _ *intention) string {
		return fmt.Sprintf("A%c%07d", 'A'+rune(l.r.IntN(4)), l.r.IntN(10_000_000))
	},
	"a telephone": func(l *life, _ *intention) string {
		return fmt.Sprintf("+998 %s %03d %02d %02d", pick(l.r, []string{"90", "91", "93", "94", "97", "99"}), l.r.IntN(1000), l.r.IntN(100), l.r.IntN(100))
	},
}

// phrase stands for a text of habits/phrases.yaml.
const phrase = "a phrase"

// form reads the recipes of a form. A text is itself unless it is a recipe;
// a list is one of its texts; "word: share" is one by its share.
func (r *reader) form(n lawtext.Node, act string) (out []entry) {
	for _, e := range r.Entries(n) {
		known := false
		var names []string
		for _, rule := range rules(r.law, act) {
			names = append(names, procedure.FieldNames(rule.Form)...)
			known = known || rule.Field(e.Name) != nil
		}
		if !known {
			r.BadName(e.Key, "field of "+act, e.Name, names)
		}
		if x := r.recipe(e.Value); x != nil {
			out = append(out, entry{e.Name, x})
		}
	}
	return out
}

func (r *reader) recipe(n lawtext.Node) recipe {
	switch {
	case n.Mapping():
		var words []recipe
		var shares []float64
		for _, e := range r.Entries(n) {
			words, shares = append(words, r.phrase(e.Key, e.Name)), append(shares, r.percent(e.Value))
		}
		return func(l *life, i *intention) string {
			p := l.r.Float64()
			for k, s := range shares {
				if p -= s; p < 0 {
					return words[k](l, i)
				}
			}
			return ""
		}
	case n.Scalar():
		return r.phrase(n, n.Word())
	}
	list := r.Texts(n)
	if len(list) == 0 {
		r.Bad(n, "a list of texts is wanted")
		return nil
	}
	return func(l *life, _ *intention) string { return pick(l.r, list) }
}

// phrase reads one text: a recipe, or itself.
func (r *reader) phrase(at lawtext.Node, s string) recipe {
	if p := plainRecipes[s]; p != nil {
		return p
	}
	w := strings.Fields(s)
	switch {
	case len(w) == 4 && w[0] == "a" && w[1] == "date" && w[2] == "in":
		x := r.stretch(at, w[3])
		return func(l *life, i *intention) string { return l.zone.Date(i.at + x.from + l.below(x.to-x.from)).String() }
	case len(w) == 4 && w[0] == "a" && w[1] == "date" && w[3] == "ago":
		x := r.stretch(at, w[2])
		return func(l *life, i *intention) string { return l.zone.Date(i.at - x.from - l.below(x.to-x.from)).String() }
	case len(w) == 4 && w[0] == "a" && w[1] == "moment" && w[2] == "in":
		x := r.stretch(at, w[3])
		return func(l *life, i *intention) string { return l.format(l.toDesk(i.at + x.from + l.below(x.to-x.from))) }
	case len(w) == 4 && w[0] == "an" && w[1] == "amount" && w[3] == "million":
		x := r.numbers(at, w[2])
		return func(l *life, _ *intention) string { return strconv.Itoa((x[0] + l.r.IntN(x[1]-x[0]+1)) * 1_000_000) }
	case len(w) == 3 && w[0] == "a" && w[1] == "number":
		x := r.numbers(at, w[2])
		return func(l *life, _ *intention) string { return strconv.Itoa(x[0] + l.r.IntN(x[1]-x[0]+1)) }
	case len(w) == 4 && w[0] == "an" && w[1] == "officer" && w[2] == "as":
		return func(l *life, _ *intention) string { return l.officer(strings.Split(w[3], "/")) }
	case len(w) == 4 && w[0] == "the" && w[1] == "officer" && w[2] == "as":
		return func(l *life, _ *intention) string { return l.acting(w[3]) }
	case len(w) == 4 && w[0] == "the" && w[1] == "office" && w[2] == "as":
		return func(l *life, _ *intention) string { return l.competent(l.run.State.Office, w[3]) }
	case len(w) == 4 && w[0] == "the" && w[1] == "name" && w[2] == "as":
		return func(l *life, _ *intention) string { return l.names[l.acting(w[3])] }
	case len(w) >= 4 && w[0] == "the" && w[1] == "day" && w[2] == "after":
		return r.dayAfter(at, w[3:])
	case len(w) >= 2 && w[0] == "the" && w[1] == "draw":
		d := r.drawNamed(at, w[2])
		return func(l *life, i *intention) string { return l.drawn(d, i.trigger.thing) }
	case len(w) == 2 && w[0] == "its" || len(w) == 4 && w[0] == "its" && w[2] == "or":
		return r.its(at, w)
	case strings.HasPrefix(s, "the ") || strings.HasPrefix(s, "a ") || strings.HasPrefix(s, "an "):
		known := make([]string, 0, len(plainRecipes))
		for k := range plainRecipes {
			known = append(known, k)
		}
		slices.Sort(known)
		r.BadName(at, "recipe", s, known)
	}
	return func(*life, *intention) string { return s }
}

// its reads "its KIND.FIELD" and "its KIND.FIELD or now".
func (r *reader) its(at lawtext.Node, w []string) recipe {
	kind, field, _ := strings.Cut(w[1], ".")
	id, ok := r.kind(at, kind)
	if !ok {
		return nil
	}
	f := r.law.Field(id, field)
	if f < 0 {
		r.Bad(at, "a %s has no fact %q", kind, field)
		return nil
	}
	var other recipe
	if len(w) == 4 {
		other = r.phrase(at, w[3])
	}
	return func(l *life, i *intention) string {
		v := l.factOf(id, f, i.thing)
		if v == "" && i.thing > 0 { // what belongs to it may know
			for n := range l.run.State.Things {
				if x := &l.run.State.Things[n]; x.Kind == id && l.run.State.Under(int32(n), i.thing) && x.Field(f).Given() {
					v = x.Field(f).String()
				}
			}
		}
		if v == "" && other != nil {
			return other(l, i)
		}
		return v
	}
}

// dayAfter reads "the day after TERM", the day behind the end of a term that
// runs, and "the day after KIND.FIELD", where nothing is known the day on which the thing came.
func (r *reader) dayAfter(at lawtext.Node, w []string) recipe {
	kind, field, fact := strings.Cut(w[0], ".")
	if !fact {
		id := r.term(at, w[0])
		return func(l *life, i *intention) string {
			if d := l.clock(id, i.thing); d != nil {
				return (l.zone.Date(d.Due) + 1).String()
			}
			return l.zone.Date(i.at).String()
		}
	}
	id, ok := r.kind(at, kind)
	if !ok {
		return nil
	}
	f := r.law.Field(id, field)
	return func(l *life, i *intention) string {
		n := l.upTo(id, i.thing)
		if n < 0 {
			return ""
		}
		x := &l.run.State.Things[n]
		if v := x.Field(f); v.Given() {
			return min(calendar.Date(v.Num)+1, l.zone.Date(i.at)).String()
		}
		return l.zone.Date(x.Came).String()
	}
}

func (r *reader) numbers(at lawtext.Node, s string) [2]int {
	a, b, _ := strings.Cut(s, "..")
	x, ok1 := atoi(a)
	y, ok2 := atoi(b)
	if !ok1 || !ok2 || y < x {
		r.Bad(at, "two numbers are wanted: 5..60")
		return [2]int{1, 1}
	}
	return [2]int{x, y}
}

// fill fills a form: what the habit knows, and for everything else that the
// law asks for something plausible of the right type.
func (l *life) fill(rule *procedure.ActRule, h *habit, i *intention) map[string]string {
	out := map[string]string{}
	given := map[string]bool{}
	for _, e := range h.form {
		given[e.field] = true
		if rule.Field(e.field) == nil {
			continue // another edition asks for it
		}
		v := e.recipe(l, i)
		if v == phrase {
			v = l.invent(rule, rule.Field(e.field), i, out)
		}
		if v != "" {
			out[e.field] = v
		}
	}
	for _, f := range rule.Form {
		if f == nil || given[f.Name] || f.Optional {
			continue
		}
		if v := l.invent(rule, f, i, out); v != "" {
			out[f.Name] = v
		}
	}
	return out
}

// invent is a plausible value of a field's type; a text goes with what was chosen before it.
func (l *life) invent(rule *procedure.ActRule, f *procedure.Field, i *intention, form map[string]string) string {
	switch f.Type {
	case fact.Choice:
		return pick(l.r, f.Choices)
	case fact.Text:
		chosen := ""
		for _, x := range rule.Form {
			if x != nil && x.Type == fact.Choice {
				chosen += "." + form[x.Name]
			}
		}
		for _, key := range []string{rule.Name + "." + f.Name + chosen, rule.Name + "." + f.Name, f.Name} {
			if list := l.book.phrases[key]; list != nil {
				return l.filled(pick(l.r, list))
			}
		}
		return l.filled(pick(l.r, l.book.phrases["note"]))
	case fact.Number:
		return strconv.Itoa(1 + l.r.IntN(9))
	case fact.Money:
		return strconv.Itoa((5 + l.r.IntN(60)) * 1_000_000)
	case fact.YesNo:
		return yesOrNo(true)
	case fact.Date:
		return l.zone.Date(i.at).String()
	case fact.Moment:
		return l.format(i.at - i.at%minute)
	case fact.Person:
		return l.beat.peoples.name(l.r, 30)
	case fact.Officer:
		return l.officer(f.Roles)
	case fact.Office:
		return l.beat.office
	case fact.Article:
		return l.crime.article
	case fact.Place:
		return l.beat.place
	case fact.Document:
		return document(l, i)
	case fact.Thing:
		if list := f.Nameable(&l.run.State); len(list) > 0 {
			return strconv.Itoa(int(list[l.r.IntN(len(list))]))
		}
	}
	return ""
}

func (l *life) format(m calendar.Moment) string { return l.zone.Format(m - m%minute) }

// officer is one who has one of the roles for the office that has the proceeding; the same for all of it.
func (l *life) officer(roles []string) string {
	office := l.run.State.Office
	if office == "" {
		office = l.beat.office
	}
	for _, role := range roles {
		if list := l.who(office, role); len(list) > 0 {
			return list[l.r.IntN(len(list))].Officer
		}
	}
	return ""
}

// acting is the officer who acts in a role for the office that has the proceeding, as actor finds him.
func (l *life) acting(role string) string {
	list := l.who(l.run.State.Office, role)
	if len(list) == 0 {
		return ""
	}
	return list[l.standing(role, len(list))].Officer
}

// standing is which of n officers acts in a role: the same for the whole of a proceeding.
func (l *life) standing(role string, n int) int { return int(luck(l.key, key(role), 0) * float64(n)) }

// thereAs is an officer of the body that the life has just moved to.
func (l *life) thereAs(i *intention) string {
	for _, f := range l.law.At(i.at).Act(i.habit.act).Form {
		if f == nil || f.Type != fact.Officer {
			continue
		}
		for _, role := range f.Roles {
			if list := l.who(l.beat.office, role); len(list) > 0 {
				return list[l.r.IntN(len(list))].Officer
			}
		}
	}
	return ""
}

// firstOfficer is who is given a new matter: the plan may name him, grave crimes go to those who investigate.
func firstOfficer(l *life, i *intention) string {
	if who := l.plan["charge"]; who != "" {
		return who
	}
	rule := l.law.At(i.at).Act(i.habit.act)
	for _, f := range rule.Form {
		if f == nil || f.Type != fact.Officer {
			continue
		}
		roles := slices.Clone(f.Roles)
		if l.crime.grave() != (l.r.Float64() < 0.1) { // one in ten goes the other way
			slices.Reverse(roles)
		}
		return l.officer(roles)
	}
	return ""
}

// colleague is another officer of the same role.
func colleague(l *life, _ *intention) string {
	who, ok := l.by[l.run.State.InCharge]
	if !ok {
		return ""
	}
	list := l.who(l.run.State.Office, who.Role)
	for k := range list {
		if a := list[(k+l.r.IntN(len(list)))%len(list)]; a.Officer != who.Officer {
			return a.Officer
		}
	}
	return who.Officer
}

// birthday: of those convicted in 2023 some 3.4 in a hundred were minors (1,911 of 55,763) and 3.8 over sixty (2,123).
func birthday(l *life, i *intention) string {
	years := 18 + l.r.IntN(42)
	switch n := l.r.Float64(); {
	case n < 0.034:
		years = 15 + l.r.IntN(3)
	case n < 0.072:
		years = 60 + l.r.IntN(15)
	}
	return (l.zone.Date(i.at) - calendar.Date(years*36525/100+l.r.IntN(365))).String()
}

// document is a paper that says what the act does, by its hash. The step keeps it: where files are kept, it is brought before the act that names it.
func document(l *life, i *intention) string {
	if l.papers == nil {
		l.papers = map[string][]byte{}
	}
	one := fmt.Sprintf("%016x", l.r.Uint64()) // no two papers are the same
	content := paper(append(paperLines(l.sample, l.law.Labels["uz"].Act(i.habit.act), l.number, l.zone.Date(i.at)), "", one))
	sum := sha256.Sum256(content)
	hash := hex.EncodeToString(sum[:])
	l.papers[hash] = content
	return hash
}

func maybe(l *life, p float64, s string) string {
	if l.r.Float64() < p {
		return s
	}
	return ""
}

// below is a random length of time below d.
func (l *life) below(d calendar.Moment) calendar.Moment {
	return calendar.Moment(l.r.Int64N(int64(max(d, 1))))
}
