package demo

import (
	"slices"
	"strconv"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// condition is one line of an "if" in the files: it holds or it does not, for a
// life and what somebody reacts to. All lines of a list must hold.
//
//	road is refused/transferred     a draw came to that; a draw alone: to yes
//	case is trial                   the state of the thing at hand, or of what it belongs to
//	case.route is inquiry           a fact of it
//	known case.route                that there is such a fact
//	running custody                 a term runs for the thing at hand
//	waiting entry_into_force        it runs and is not over: what is no duty runs on until something follows
//	done return_case 2              an act was done, at least so often
//	some person suspect/accused 2   there are things in a state, at least so many
//	below measure custody           the same, of what belongs to the person (or whatever is at hand)
//	fewer person suspect than suspects   fewer of them than a draw came to
//	first | extended | resumed      of a term: it began, was lengthened, goes on
//	chance 5%                       drawn anew each time
//	odds 90%                        drawn once for what is at hand: one habit has "odds 90%", the other "not odds 90%"
//	a or b, not a
type condition func(l *life, t *trigger) bool

func holds(list []condition, l *life, t *trigger) bool {
	for _, c := range list {
		if !c(l, t) {
			return false
		}
	}
	return true
}

func (r *reader) conditions(n lawtext.Node) (out []condition) {
	for _, line := range r.List(n) {
		var any []condition
		for _, one := range strings.Split(line.Word(), " or ") {
			any = append(any, r.atom(line, strings.Fields(one)))
		}
		out = append(out, either(any))
	}
	return out
}

func either(list []condition) condition {
	if len(list) == 1 {
		return list[0]
	}
	return func(l *life, t *trigger) bool {
		return slices.ContainsFunc(list, func(c condition) bool { return c(l, t) })
	}
}

func not(c condition) condition {
	return func(l *life, t *trigger) bool { return !c(l, t) }
}

func never(*life, *trigger) bool { return false }

func (r *reader) atom(at lawtext.Node, w []string) condition {
	if len(w) > 1 && w[0] == "not" {
		return not(r.atom(at, w[1:]))
	}
	switch {
	case len(w) == 1 && (w[0] == "first" || w[0] == "extended" || w[0] == "resumed"):
		kind := map[string]procedure.EffectKind{"first": procedure.Started, "extended": procedure.Extended, "resumed": procedure.Resumed}[w[0]]
		return func(_ *life, t *trigger) bool { return t.kind == kind }
	case len(w) == 1:
		return r.drawn(at, w[0], []string{yes})
	case len(w) == 2 && w[0] == "chance":
		p, ok := percent(w[1])
		if !ok {
			r.Bad(at, "a share is wanted behind chance, such as 5%%")
		}
		return func(l *life, _ *trigger) bool {
			n := l.r.Float64()
			if l.plan["punctual"] != "" { // in a scene what is likely happens
				return p >= 0.5
			}
			return n < p
		}
	case len(w) == 2 && w[0] == "odds":
		p, ok := percent(w[1])
		if !ok {
			r.Bad(at, "a share is wanted behind odds, such as 90%%")
		}
		return func(l *life, t *trigger) bool {
			if l.plan["punctual"] != "" {
				return p >= 0.5
			}
			return luck(l.key, uint64(t.no)<<24|uint64(t.thing), key(w[1])) < p
		}
	case len(w) == 2 && w[0] == "known" && strings.Contains(w[1], "."):
		return not(r.is(at, w[1], []string{""}))
	case len(w) == 2 && w[0] == "running":
		id := r.term(at, w[1])
		return func(l *life, t *trigger) bool { return l.runs(id, t.thing) }
	case len(w) == 2 && w[0] == "waiting":
		id := r.term(at, w[1])
		return func(l *life, t *trigger) bool {
			d := l.clock(id, t.thing)
			return d != nil && t.at <= d.Due
		}
	case w[0] == "done" && len(w) > 1 && len(w) <= 3:
		if r.law.Act(w[1]) < 0 {
			r.BadName(at, "act", w[1], r.acts())
		}
		n := r.count(at, w[2:])
		return func(l *life, _ *trigger) bool { return l.did[w[1]] >= n }
	case (w[0] == "some" || w[0] == "below") && (len(w) == 3 || len(w) == 4):
		id, states := r.states(at, w[1], w[2])
		n := r.count(at, w[3:])
		return func(l *life, t *trigger) bool {
			under := int32(0)
			if w[0] == "below" {
				under = t.thing
			}
			return l.count(id, states, under) >= n
		}
	case w[0] == "fewer" && len(w) == 5 && w[3] == "than":
		id, states := r.states(at, w[1], w[2])
		d := r.drawNamed(at, w[4])
		return func(l *life, t *trigger) bool {
			most, _ := atoi(l.drawn(d, t.thing))
			return l.count(id, states, 0) < most
		}
	case len(w) == 3 && w[1] == "is":
		return r.is(at, w[0], strings.Split(w[2], "/"))
	}
	r.Bad(at, "this is no condition that is known: %s", strings.Join(w, " "))
	return never
}

// is asks a draw, a state or a fact.
func (r *reader) is(at lawtext.Node, what string, words []string) condition {
	if kind, field, ok := strings.Cut(what, "."); ok {
		id, ok := r.kind(at, kind)
		if !ok {
			return never
		}
		f := r.law.Field(id, field)
		if f < 0 {
			r.Bad(at, "a %s has no fact %q", kind, field)
			return never
		}
		return func(l *life, t *trigger) bool { return slices.Contains(words, l.factOf(id, f, t.thing)) }
	}
	if r.law.Kind(what) < 0 {
		return r.drawn(at, what, words)
	}
	id, _ := r.kind(at, what)
	for _, s := range words {
		r.state(at, what, s)
	}
	return func(l *life, t *trigger) bool {
		n := l.upTo(id, t.thing)
		return n >= 0 && slices.Contains(words, l.law.StateName(id, l.run.State.Things[n].State))
	}
}

func (r *reader) drawn(at lawtext.Node, name string, words []string) condition {
	d := r.drawNamed(at, name)
	for _, w := range words {
		if d != nil && !d.comesTo(w) {
			r.Bad(at, "%s never comes to %q", name, w)
		}
	}
	return func(l *life, t *trigger) bool { return slices.Contains(words, l.drawn(d, t.thing)) }
}

// states reads "suspect/accused"; "any" stands for all.
func (r *reader) states(at lawtext.Node, kind, words string) (procedure.KindID, []string) {
	id, ok := r.kind(at, kind)
	if !ok || words == "any" {
		return id, nil
	}
	list := strings.Split(words, "/")
	for _, s := range list {
		r.state(at, kind, s)
	}
	return id, list
}

func (r *reader) count(at lawtext.Node, w []string) int {
	if len(w) == 0 {
		return 1
	}
	n, ok := atoi(w[0])
	if !ok {
		r.Bad(at, "a number is wanted at the end")
	}
	return n
}

func atoi(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// percent reads "12%" as 0.12.
func percent(s string) (float64, bool) {
	x, ok := strings.CutSuffix(s, "%")
	p, err := strconv.ParseFloat(x, 64)
	return p / 100, ok && err == nil && p >= 0 && p <= 100
}

// count is how many things of a kind are in one of the states, at or below a thing.
func (l *life) count(kind procedure.KindID, states []string, under int32) int {
	n := 0
	for i := range l.run.State.Things {
		x := &l.run.State.Things[i]
		if x.Kind == kind && (len(states) == 0 || slices.Contains(states, l.law.StateName(kind, x.State))) && l.run.State.Under(int32(i), under) {
			n++
		}
	}
	return n
}

// upTo is the thing or the one it belongs to, of a kind; None if there is none.
func (l *life) upTo(kind procedure.KindID, thing int32) int32 {
	for ; thing >= 0 && int(thing) < len(l.run.State.Things); thing = l.run.State.Things[thing].Of {
		if l.run.State.Things[thing].Kind == kind {
			return thing
		}
	}
	return procedure.None
}

// factOf is a fact of a thing or of what it belongs to, as text; "" where not given.
func (l *life) factOf(kind procedure.KindID, f procedure.FieldID, thing int32) string {
	if n := l.upTo(kind, thing); n >= 0 {
		return l.run.State.Things[n].Field(f).String()
	}
	return ""
}

// runs reports whether a term runs for a thing, for what belongs to it, or for what it belongs to.
func (l *life) runs(term procedure.TermID, thing int32) bool { return l.clock(term, thing) != nil }

func (l *life) clock(term procedure.TermID, thing int32) *procedure.Deadline {
	s := &l.run.State
	for i := range s.Deadlines {
		if d := &s.Deadlines[i]; d.Term == term && (s.Under(d.Thing, thing) || s.Under(thing, d.Thing)) {
			return d
		}
	}
	return nil
}

// timing says when a habit is followed.
type timing struct {
	from string // what it is measured from: "after", "in", "before", "start", "past", "last"
	span span
	part [2]float64
	desk bool
	late float64 // a share of its own; below 0: as habits/pace says
}

type span struct{ from, to calendar.Moment }

// timing reads "in time", "in time 30%..85%, never late", "after 2h..3d, at the desk",
// "8h..38h before the end", "21h..44h from the start", "1h..2d past the end", "on the last day".
func (r *reader) timing(n lawtext.Node) timing {
	if !n.Given() {
		return timing{from: "after", span: span{hour, 2 * day}, desk: true}
	}
	text, more, _ := strings.Cut(r.Text(n), ", ")
	t := timing{desk: more == "at the desk", late: -1}
	if more == "never late" {
		t.late = 0
	} else if share, ok := strings.CutPrefix(more, "late "); ok {
		t.late, _ = percent(share)
	} else if more != "" && !t.desk {
		r.Bad(n, "behind the comma stands \"at the desk\", \"never late\" or \"late 10%%\"")
	}
	w := strings.Fields(text)
	switch {
	case text == "on the last day":
		t.from = "last"
	case len(w) >= 2 && w[0] == "in" && w[1] == "time" && len(w) <= 3:
		t.from, t.part = "in", [2]float64{0.25, 0.98}
		if len(w) == 3 {
			a, b, _ := strings.Cut(w[2], "..")
			var ok1, ok2 bool
			t.part[0], ok1 = percent(a)
			t.part[1], ok2 = percent(b)
			if !ok1 || !ok2 {
				r.Bad(n, "two shares are wanted: 30%%..85%%")
			}
		}
	case len(w) == 2 && w[0] == "after":
		t.from, t.span = "after", r.stretch(n, w[1])
	case len(w) == 4 && w[1] == "before":
		t.from, t.span = "before", r.stretch(n, w[0])
	case len(w) == 4 && w[1] == "from":
		t.from, t.span = "start", r.stretch(n, w[0])
	case len(w) == 4 && w[1] == "past":
		t.from, t.span, t.desk = "past", r.stretch(n, w[0]), true
	default:
		r.Bad(n, "this is no time that is known: %s", text).Meant = "in time, after 2h..3d, 8h..2d before the end, 1h..2h from the start, 1h..2d past the end, on the last day"
	}
	return t
}

func (r *reader) span(n lawtext.Node) span {
	if !n.Given() {
		return span{}
	}
	return r.stretch(n, r.Text(n))
}

// stretch reads "2h..3d"; min, h, d, mo and y are known.
func (r *reader) stretch(n lawtext.Node, text string) span {
	a, b, two := strings.Cut(text, "..")
	if !two {
		b = a
	}
	from, ok1 := length(a)
	to, ok2 := length(b)
	if !ok1 || !ok2 || to < from {
		r.Bad(n, "a length of time is wanted: 2h..3d (min, h, d, mo, y)")
	}
	return span{from, max(to, from+1)}
}

func length(s string) (calendar.Moment, bool) {
	for _, u := range []struct {
		name string
		of   calendar.Moment
	}{{"min", minute}, {"mo", 30 * day}, {"h", hour}, {"d", day}, {"y", 365 * day}} {
		if x, ok := strings.CutSuffix(s, u.name); ok {
			f, err := strconv.ParseFloat(x, 64)
			return calendar.Moment(f * float64(u.of)), err == nil && f >= 0
		}
	}
	return 0, false
}
