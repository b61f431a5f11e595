package demo

import (
	"math"
	"slices"
	"strings"

	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// yes is what a draw comes to that is asked whether; no is all the rest.
const (
	yes = "yes"
	no  = "no"
)

// draw is what chance has in store for a proceeding or for one of its things.
// It follows from the life's key, the draw's name and the thing alone: asked
// twice it says the same, and nobody's other luck changes it.
type draw struct {
	name  string
	key   uint64
	of    procedure.KindID // the kind of thing it is drawn for; 0: the proceeding
	built string           // known of the crime, not drawn
	lines []drawLine
}

type drawLine struct {
	ifs    []condition
	words  []string
	shares []float64
}

func (d *draw) comesTo(word string) bool {
	return d.built != "" || word == no || slices.ContainsFunc(d.lines, func(x drawLine) bool { return slices.Contains(x.words, word) })
}

// builtIn are known of the crime itself.
var builtIn = []string{"victim", "unseen"}

func (r *reader) drawNames(n lawtext.Node) {
	for _, e := range r.Entries(n) {
		if r.law.Kind(e.Name) >= 0 {
			r.Bad(e.Key, "%s is a kind of thing: a draw wants another name", e.Name)
		}
		r.book.draws[r.law.Name+" "+e.Name] = &draw{name: e.Name, key: key(e.Name)}
	}
	for _, b := range builtIn {
		r.book.draws[r.law.Name+" "+b] = &draw{name: b, built: b}
	}
}

func (r *reader) drawsOf() (out []string) {
	for k := range r.book.draws {
		if name, ok := strings.CutPrefix(k, r.law.Name+" "); ok {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

func (r *reader) drawNamed(at lawtext.Node, name string) *draw {
	d := r.book.draws[r.law.Name+" "+name]
	if d == nil {
		r.BadName(at, "draw", name, r.drawsOf())
	}
	return d
}

// pending are the conditions of a draw, read when the words of all are known.
type pending struct {
	law  *procedure.Law
	line *drawLine
	ifs  lawtext.Node
}

func (r *reader) drawConditions() {
	for _, p := range r.later {
		if p.law == r.law {
			p.line.ifs = r.conditions(p.ifs)
		}
	}
	r.later = slices.DeleteFunc(r.later, func(p pending) bool { return p.law == r.law })
}

// drawWords reads "name: { word: share }" or a list of such, each with an "if",
// of which the first that holds counts. What the shares leave is "no".
func (r *reader) drawWords(n lawtext.Node) {
	for _, e := range r.Entries(n) {
		d := r.book.draws[r.law.Name+" "+e.Name]
		lines := []lawtext.Node{e.Value}
		if !e.Value.Mapping() {
			lines = items(e.Value)
		}
		d.lines = make([]drawLine, len(lines))
		for i, x := range lines {
			for _, w := range r.Entries(x) {
				switch w.Name {
				case "if":
					r.later = append(r.later, pending{r.law, &d.lines[i], w.Value})
				case "of":
					d.of, _ = r.kind(w.Value, r.Text(w.Value))
				default:
					d.lines[i].words = append(d.lines[i].words, w.Name)
					d.lines[i].shares = append(d.lines[i].shares, r.percent(w.Value))
				}
			}
		}
	}
}

// drawn is what a draw came to, for a thing or what it belongs to.
func (l *life) drawn(d *draw, thing int32) string {
	if d == nil {
		return no
	}
	if v, ok := l.plan[d.name]; ok {
		return v
	}
	switch d.built {
	case "victim":
		return yesOrNo(l.crime.victim)
	case "unseen":
		return yesOrNo(l.crime.unseen)
	}
	of := int32(0)
	if d.of > 0 {
		if of = l.upTo(d.of, thing); of < 0 {
			return no
		}
	}
	t := trigger{thing: of}
	for i := range d.lines {
		x := &d.lines[i]
		if !holds(x.ifs, l, &t) {
			continue
		}
		p := luck(l.key, d.key, uint64(of)+uint64(i)<<20)
		for k, share := range x.shares {
			if p -= share; p < 0 {
				return x.words[k]
			}
		}
		return no
	}
	return no
}

func yesOrNo(b bool) string {
	if b {
		return yes
	}
	return no
}

// luck is a number below one that follows from its arguments and looks like chance.
func luck(a, b, c uint64) float64 {
	x := mix(a ^ mix(b^mix(c+0x9E3779B97F4A7C15)))
	return float64(x>>11) / math.Exp2(53)
}

// mix is the finisher of SplitMix64.
func mix(x uint64) uint64 {
	x += 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}
