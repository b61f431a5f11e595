package demo

import (
	"cmp"
	"embed"
	"hash/fnv"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// files say what people are used to doing. Every name of a
// law stands there and none in the code.
//
//go:embed habits
var files embed.FS

// book is what the people of the service are used to doing under the laws that
// the office applies, as the files in habits/ say it. Read-only once read.
type book struct {
	laws    map[string]*procedure.Law
	habits  []*habit
	on      map[string][]*habit // by law and what it answers: "uz/criminal term custody"
	draws   map[string]*draw    // by law and name
	births  []birthRule
	scenes  []scene
	crimes  []crime
	phrases map[string][]string
	older   older
	pace    pace
}

// habit is what somebody does when something happens to a proceeding: a term
// starts to run, a thing comes into a state, an act is done. Whether it may be
// done is asked of the law when the time comes.
type habit struct {
	no    int
	key   uint64 // of its chance
	law   *procedure.Law
	on    []string // "term custody", "state person accused", "act charge", "asked verdict", "begin report"
	act   string
	by    []string // the first of these roles that the law gives the act
	when  timing
	ifs   []condition // on being woken
	still []condition // at the time of doing
	needs []need
	form  []entry
	each  bool // on each thing of the kind that the act is done on
	tries bool // he will not get far: the law refuses
	file  string
	line  int
}

// need is what must be so before an act; else something else is done first, or one waits.
type need struct {
	unless []condition
	ask    string // habits "on: asked NAME"; "" where one only waits
	gap    span
}

// entry fills one field of a form.
type entry struct {
	field  string
	recipe recipe
}

// birthRule says how proceedings come about that no other one leads to.
type birthRule struct {
	law        *procedure.Law
	begin      string
	perHundred int // cases, beside which they come; 0: it is the cases themselves that are meant
	desk       bool
	pairs      float64 // so many come with another one at the same office, a few days later
	first      map[string]string
	second     map[string]string // what is in store for the two
}

// older says which share of the cases began long ago, and what is in store for them.
type older struct {
	share    float64
	from, to int64 // days
	plan     map[string]string
}

// pace is how people work.
type pace struct {
	late, lateHours, forgotten float64
	shown, regional            float64
	longWait                   int // days behind which nobody forgets any more
}

// readBook reads the files for the laws that are applied. Habits whose act
// leads into a law that is not applied are left out.
func readBook(fsys fs.FS, applied []*procedure.Law) (*book, error) {
	b := &book{laws: map[string]*procedure.Law{}, on: map[string][]*habit{}, draws: map[string]*draw{}, phrases: map[string][]string{}}
	for _, l := range applied {
		b.laws[l.Name] = l
	}
	src := lawtext.New(fsys)
	r := &reader{Source: src, book: b, plans: map[string]map[string]string{}}
	var tops []map[string]lawtext.Node
	for _, file := range src.Files("habits", ".yaml") {
		top, ok := src.Read(file)
		if !ok {
			continue
		}
		v := src.Keys(top, "law", "draws", "births", "habits", "plans", "scenes", "crimes", "fillers", "phrases", "older", "pace", "offices", "competent", "accounts", "later", "undone", "pages")
		tops = append(tops, v)
		if r.enter(v) {
			r.drawNames(v["draws"])
		}
		r.words(v)
	}
	// In this order, for each names what stands before it.
	for _, part := range []func(v map[string]lawtext.Node){
		func(v map[string]lawtext.Node) { r.drawWords(v["draws"]) },
		func(v map[string]lawtext.Node) { r.drawConditions(); each(v["habits"], r.habit) },
		func(v map[string]lawtext.Node) {
			each(v["births"], r.birth)
			r.namedPlans(v["plans"])
			r.older(v["older"])
			r.pace(v["pace"])
		},
		func(v map[string]lawtext.Node) { each(v["scenes"], r.scene) },
	} {
		for _, v := range tops {
			if r.enter(v) {
				part(v)
			}
		}
	}
	slices.SortStableFunc(b.scenes, func(x, y scene) int { return cmp.Compare(slices.Index(applied, x.law), slices.Index(applied, y.law)) })
	return b, src.Err()
}

func each(n lawtext.Node, read func(lawtext.Node)) {
	for _, x := range items(n) {
		read(x)
	}
}

func (r *reader) namedPlans(n lawtext.Node) {
	for _, e := range r.Entries(n) {
		r.plans[r.law.Name+" "+e.Name] = r.plan(e.Value)
	}
}

func items(n lawtext.Node) []lawtext.Node {
	if n.Mapping() || n.Scalar() {
		return nil
	}
	return n.Items()
}

// reader reads the files. Its law is that of the file at hand.
type reader struct {
	*lawtext.Source
	book  *book
	law   *procedure.Law
	plans map[string]map[string]string // by law and name
	later []pending
}

// enter takes up a file's law; false: the file is for a law that is not applied, or for none.
func (r *reader) enter(v map[string]lawtext.Node) bool {
	r.law = r.book.laws[r.Text(v["law"])]
	return r.law != nil
}

// words reads what is common to all laws.
func (r *reader) words(v map[string]lawtext.Node) {
	for _, e := range r.Entries(v["phrases"]) {
		r.book.phrases[e.Name] = r.Texts(e.Value)
	}
	for _, e := range r.Entries(v["fillers"]) {
		r.book.phrases["{"+e.Name+"}"] = r.Texts(e.Value)
	}
	for _, n := range items(v["crimes"]) {
		c := r.Keys(n, "article", "gravity", "often", "matter", "text", "victim", "unseen", "years")
		r.book.crimes = append(r.book.crimes, crime{article: r.Text(c["article"]), gravity: r.Text(c["gravity"]), weight: r.number(c["often"]), matter: r.Text(c["matter"]), text: r.Text(c["text"]),
			victim: r.Yes(c["victim"]), unseen: r.Yes(c["unseen"]), penalty: r.number(c["years"])})
	}
}

func (r *reader) number(n lawtext.Node) int {
	if !n.Given() {
		return 0
	}
	x, ok := atoi(r.Text(n))
	if !ok {
		r.Bad(n, "a number is wanted here")
	}
	return x
}

func (r *reader) percent(n lawtext.Node) float64 {
	p, ok := percent(r.Text(n))
	if n.Given() && !ok {
		r.Bad(n, "a share is wanted here, such as 12%% or 2.5%%")
	}
	return p
}

// habit reads one; "on" and "act" may be lists, for what goes the same way.
func (r *reader) habit(n lawtext.Node) {
	v, clean := r.KeysClean(n, "on", "act", "by", "when", "if", "still", "needs", "form", "each", "tries")
	if !clean {
		return
	}
	for _, act := range r.List(v["act"]) {
		h := &habit{no: len(r.book.habits), law: r.law, act: act.Word(), by: r.Texts(v["by"]), each: r.Yes(v["each"]), tries: r.Yes(v["tries"]), file: n.File(), line: n.Line()}
		if r.law.Act(h.act) < 0 {
			r.BadName(act, "act", h.act, r.acts())
			continue
		}
		if !r.applies(h.act) {
			continue
		}
		h.on = r.Texts(v["on"])
		for _, on := range r.List(v["on"]) {
			r.trigger(on)
		}
		for _, by := range r.List(v["by"]) {
			if !r.mayDo(h.act, by.Word()) && !h.tries {
				r.Bad(by, "the law does not let %s do %s", by.Word(), h.act)
			}
		}
		h.when = r.timing(v["when"])
		h.ifs, h.still = r.conditions(v["if"]), r.conditions(v["still"])
		for _, x := range items(v["needs"]) {
			h.needs = append(h.needs, r.need(x))
		}
		h.form = r.form(v["form"], h.act)
		h.key = key(strings.Join(h.on, ",") + " " + h.act + " " + strings.Join(h.by, ","))
		r.book.habits = append(r.book.habits, h)
		for _, on := range h.on {
			r.book.on[r.law.Name+" "+on] = append(r.book.on[r.law.Name+" "+on], h)
		}
	}
}

func (r *reader) need(n lawtext.Node) need {
	v := r.Keys(n, "unless", "ask", "wait")
	x := need{unless: r.conditions(v["unless"]), ask: r.Text(v["ask"])}
	x.gap = r.span(v["wait"])
	if !v["wait"].Given() {
		x.gap = span{hour, 2 * hour}
	}
	return x
}

// trigger checks what a habit answers.
func (r *reader) trigger(n lawtext.Node) {
	w := strings.Fields(n.Word())
	switch {
	case len(w) == 2 && w[0] == "term":
		r.term(n, w[1])
	case len(w) == 2 && w[0] == "act":
		if r.law.Act(w[1]) < 0 {
			r.BadName(n, "act", w[1], r.acts())
		}
	case len(w) == 3 && w[0] == "state":
		r.state(n, w[1], w[2])
	case len(w) == 2 && (w[0] == "asked" || w[0] == "begin"):
	default:
		r.Bad(n, "a habit answers to \"term NAME\", \"act NAME\", \"state KIND STATE\", \"asked NAME\" or \"begin NAME\"")
	}
}

func (r *reader) term(n lawtext.Node, name string) procedure.TermID {
	id := r.law.Term(name)
	if id < 0 {
		r.BadName(n, "term", name, r.law.TermNames())
	}
	return id
}

func (r *reader) kind(n lawtext.Node, name string) (procedure.KindID, bool) {
	id := r.law.Kind(name)
	if id < 0 {
		r.BadName(n, "kind of thing", name, r.law.Editions[len(r.law.Editions)-1].KindNames())
	}
	return id, id >= 0
}

// state checks that a kind has a state in one of the editions.
func (r *reader) state(n lawtext.Node, kind, state string) {
	id, ok := r.kind(n, kind)
	if !ok {
		return
	}
	var known []string
	for _, e := range r.law.Editions {
		if k := e.Kind(kind); k != nil {
			for _, s := range k.States {
				known = append(known, r.law.StateName(id, s))
			}
		}
	}
	if !slices.Contains(known, state) {
		r.BadName(n, "state of a "+kind, state, known)
	}
}

func (r *reader) acts() (out []string) {
	for _, e := range r.law.Editions {
		out = append(out, e.ActNames()...)
	}
	return out
}

// rules are those of an act in all editions.
func rules(law *procedure.Law, act string) (out []*procedure.ActRule) {
	for _, e := range law.Editions {
		if rule := e.Act(act); rule != nil {
			out = append(out, rule)
		}
	}
	return out
}

func (r *reader) mayDo(act, role string) bool {
	for _, rule := range rules(r.law, act) {
		if slices.Contains(rule.By, role) || role == procedure.InCharge {
			return true
		}
	}
	return false
}

// applies reports whether all that an act does elsewhere is done under laws that are applied.
func (r *reader) applies(act string) bool {
	for _, rule := range rules(r.law, act) {
		for _, l := range rule.Links {
			if r.book.laws[l.Procedure] == nil {
				return false
			}
		}
	}
	return true
}

func (r *reader) birth(n lawtext.Node) {
	v := r.Keys(n, "begin", "per_hundred", "desk", "pairs", "first", "second")
	x := birthRule{law: r.law, begin: r.Text(v["begin"]), perHundred: r.number(v["per_hundred"]), desk: r.Yes(v["desk"]), pairs: r.percent(v["pairs"]),
		first: r.plan(v["first"]), second: r.plan(v["second"])}
	if r.book.on[r.law.Name+" begin "+x.begin] == nil {
		r.Bad(v["begin"].Or(n), "nothing begins with %q", x.begin)
	}
	r.book.births = append(r.book.births, x)
}

func (r *reader) older(n lawtext.Node) {
	if !n.Given() {
		return
	}
	v := r.Keys(n, "share", "from", "to", "plan")
	r.book.older = older{share: r.percent(v["share"]), from: int64(r.number(v["from"])), to: int64(r.number(v["to"])), plan: r.plan(v["plan"])}
}

func (r *reader) pace(n lawtext.Node) {
	if !n.Given() {
		return
	}
	v := r.Keys(n, "late", "late_hours", "forgotten", "shown", "regional", "long_wait")
	r.book.pace = pace{late: r.percent(v["late"]), lateHours: r.percent(v["late_hours"]), forgotten: r.percent(v["forgotten"]), shown: r.percent(v["shown"]),
		regional: r.percent(v["regional"]), longWait: r.number(v["long_wait"])}
}

// plan reads what draws are to come to; "like" takes over a plan that has a name.
func (r *reader) plan(n lawtext.Node) map[string]string {
	out := map[string]string{}
	for _, e := range r.Entries(n) {
		if e.Name == "like" {
			like := r.plans[r.law.Name+" "+r.Text(e.Value)]
			if like == nil {
				r.Bad(e.Value, "no plan above is called %q", e.Value.Word())
			}
			maps.Copy(out, like)
			continue
		}
		if !planWords[e.Name] && r.book.draws[r.law.Name+" "+e.Name] == nil {
			r.BadName(e.Key, "draw", e.Name, r.drawsOf())
		}
		out[e.Name] = r.Text(e.Value)
	}
	return out
}

// planWords may be said in a plan without being drawn.
var planWords = map[string]bool{"charge": true, "article": true}

func key(s string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s)) // a hash never fails
	return h.Sum64()
}
