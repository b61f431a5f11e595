// Package lawdraw draws a law so that a person can follow it: the states of a
// kind of thing as boxes, the acts that lead from one to another as arrows, what
// else may be done in a state and which terms run there as its lines, each with
// its article and in the reader's language.
//
// What is drawn follows from the edition alone. A kind with much to say is drawn
// in parts: an overview, and one drawing for each stage with the ways into it
// and out of it. Every state, act and term of an edition stands in one of its
// drawings at least. Places and lines come from Graphviz, which is built in as
// WebAssembly; this package decides what is drawn and how it is written as SVG.
// The same edition in the same language gives the same bytes.
//
// It reads no clock, writes no file and knows no page: texts, and the addresses
// that a drawing links to, are given by whoever shows it. Nothing it is given
// can become markup.
package lawdraw

import (
	"context"
	"fmt"
	"slices"
	"unicode"
	"unicode/utf8"

	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
)

// Words are the texts of the reader's language, keys that begin with "draw.".
type Words interface {
	T(key string, args ...any) string
	Or(list []string) string
	Date(calendar.Date) string
	Period(calendar.Period) string
	Law(name string) *procedure.Labels
}

// Links tell where what is drawn is described; "" is no link, and so is a nil function.
type Links struct {
	State     func(kind, state string) string
	Act, Term func(name string) string
}

// Drawing is one drawing that an edition gives.
type Drawing struct {
	Kind  string
	Stage string // the state that is drawn, of a kind that is too much for one drawing; "" draws all
	Part  string // or the file of the law whose acts are drawn, "court" for court.yaml; "" draws all
	Parts bool   // this is the overview of a kind, whose stages have drawings of their own
}

// ID names the drawing among those of its edition: "case", "case.trial" for a stage, "case-court" for a part.
func (d Drawing) ID() string {
	switch {
	case d.Stage != "":
		return d.Kind + "." + d.Stage
	case d.Part != "":
		return d.Kind + "-" + d.Part
	}
	return d.Kind
}

// large is how much there may be to one drawing: states, and acts in each of them.
const large = 26

// Drawings lists the drawings of an edition in the order in which to read
// them: kind by kind, the overview of a kind before its stages.
func Drawings(e *procedure.Edition) []Drawing {
	var out []Drawing
	for _, k := range e.Kinds {
		if k == nil {
			continue
		}
		m := newKindMap(e, k)
		if m.weight() <= large {
			out = append(out, Drawing{Kind: k.Name})
			continue
		}
		out = append(out, Drawing{Kind: k.Name, Parts: true})
		for _, s := range k.States {
			out = append(out, Drawing{Kind: k.Name, Stage: m.name(s)})
		}
	}
	return out
}

// PartDrawings lists what can be drawn of an edition by the files that its acts
// are written in, for whoever writes them: each file with each kind that its acts
// do something to. A law that is written in one file has no parts.
func PartDrawings(e *procedure.Edition) []Drawing {
	var parts []string
	for _, r := range e.Acts {
		if r != nil && !slices.Contains(parts, partOf(r)) {
			parts = append(parts, partOf(r))
		}
	}
	if len(parts) < 2 {
		return nil
	}
	slices.Sort(parts)
	var out []Drawing
	for _, part := range parts {
		for _, k := range e.Kinds {
			if k == nil {
				continue
			}
			m := newKindMap(e, k)
			m.only(part)
			if m.weight() > len(k.States) {
				out = append(out, Drawing{Kind: k.Name, Part: part})
			}
		}
	}
	return out
}

// Find is the drawing of an edition with an ID.
func Find(e *procedure.Edition, id string) (Drawing, bool) {
	for _, d := range append(Drawings(e), PartDrawings(e)...) {
		if d.ID() == id {
			return d, true
		}
	}
	return Drawing{}, false
}

// Artist draws. The zero value is ready; the first drawing takes about a second
// longer than the others, which take some milliseconds. Safe for concurrent use,
// and must not be copied once used.
type Artist struct{ engine engine }

// Close gives back what drawing took. The artist can draw again afterwards.
func (a *Artist) Close(ctx context.Context) error { return a.engine.close(ctx) }

// Picture is a drawing with all its places, ready to be written. Read-only.
type Picture struct {
	Drawing Drawing
	Title   string // what is drawn
	Under   string // of which law and edition
	Desc    string // what there is to see, for those who cannot

	lang          string
	width, height float64
	scene         *scene
}

// Title is what a drawing shows, in words.
func Title(e *procedure.Edition, d Drawing, words Words) string {
	lb := words.Law(e.Law.Name)
	kind := lb.Kind(d.Kind)
	var title string
	switch {
	case d.Stage != "":
		title = words.T("draw.title.stage", "kind", kind, "stage", lb.State(d.Kind, d.Stage))
	case d.Part != "":
		title = words.T("draw.title.part", "kind", kind, "part", d.Part)
	case d.Parts:
		title = words.T("draw.title.overview", "kind", kind)
	default:
		title = words.T("draw.title.whole", "kind", kind)
	}
	return Capital(title)
}

// Capital begins a title with a capital letter: laws write the names of kinds as they stand within a sentence.
func Capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

// Draw draws one of the Drawings of an edition. lang is the language of the
// words, as BCP 47 names it. Errors are ErrNotBuilt, the end of ctx, and
// mistakes of this package; no law that loads is at fault.
func (a *Artist) Draw(ctx context.Context, e *procedure.Edition, d Drawing, words Words, lang string, links Links) (*Picture, error) {
	if known, there := Find(e, d.ID()); !there || known != d {
		return nil, fmt.Errorf("draw %s %s: it has no drawing %q", e.Law.Name, e.Name, d.ID())
	}
	s := newScene(e, d, words, links)
	w, h, err := s.layout(ctx, &a.engine)
	if err != nil {
		return nil, fmt.Errorf("draw %s of %s %s: %w", d.ID(), e.Law.Name, e.Name, err)
	}
	p := &Picture{Drawing: d, Title: Title(e, d, words), lang: lang, width: w, height: h, scene: s}
	p.Under = words.T("draw.edition", "law", s.lb.Law, "date", words.Date(e.InForce))
	p.Desc = s.describe()
	return p, nil
}

// describe says in a sentence or two what the drawing shows.
func (s *scene) describe() string {
	m, d := s.m, s.drawing
	var ends []string
	for _, id := range m.kind.States {
		if m.final(id) {
			ends = append(ends, s.lb.State(m.kind.Name, m.name(id)))
		}
	}
	if d.Stage != "" {
		into, out := 0, 0
		for _, w := range m.ways {
			if m.name(w.to) == d.Stage {
				into += len(w.acts)
			}
			for _, f := range w.from {
				if m.name(f) == d.Stage {
					out += len(w.acts)
				}
			}
		}
		return s.words.T("draw.desc.stage", "into", into, "out", out)
	}
	text := s.words.T("draw.desc.whole", "states", len(m.kind.States), "start", s.lb.State(m.kind.Name, m.name(m.kind.Start)))
	if len(ends) > 0 {
		text += " " + s.words.T("draw.desc.ends", "list", s.words.Or(ends))
	}
	return text
}
