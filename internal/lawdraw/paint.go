package lawdraw

import (
	"fmt"
	"strings"
)

// Colours are written as attributes of each element, because our pages allow no
// style within themselves. A file that stands alone says by a style sheet what
// differs on a dark screen. No meaning lies in a colour alone: strokes, signs and
// the legend say the same.

// paint is a colour with a meaning, by day and on a dark screen; "" paints nothing.
type paint struct {
	class              string
	fill, stroke       string
	nightFill, nightSt string
}

var (
	paperPaint   = paint{"paper", "#ffffff", "", "#101a1b", ""}
	inkPaint     = paint{"ink", "#14211f", "", "#eef3f1", ""}
	softPaint    = paint{"soft", "#4a5957", "", "#b4c2bf", ""}
	linkPaint    = paint{"leads", "#0b5661", "", "#8fd3db", ""}
	mainPaint    = paint{"main", "#e3eff0", "#0b5661", "#123b42", "#6fc2cc"}
	besidePaint  = paint{"beside", "#ffffff", "#66736f", "#101a1b", "#93a29e"}
	farPaint     = paint{"far", "#f6f7f4", "#66736f", "#1a2526", "#93a29e"}
	endPaint     = paint{"end", "#e8ebf0", "#3d4858", "#262e3a", "#aab6c8"}
	actsPaint    = paint{"acts", "#ffffff", "#b9c4c0", "#182425", "#4d5d5a"}
	dotPaint     = paint{"dot", "#0b5661", "", "#6fc2cc", ""}
	stayPaint    = paint{"stay", "", "#4a5957", "", "#b4c2bf"}
	dutyPaint    = paint{"duty", "", "#744500", "", "#f0c060"}
	releasePaint = paint{"release", "#a3222b", "#a3222b", "#ff9a94", "#ff9a94"}
	chancePaint  = paint{"chance", "", "#3d4858", "", "#aab6c8"}
	onSignPaint  = paint{"onsign", "", "#ffffff", "", "#101a1b"}
)

var paints = []paint{paperPaint, inkPaint, softPaint, linkPaint, mainPaint, besidePaint, farPaint, endPaint, actsPaint, dotPaint, stayPaint, dutyPaint, releasePaint,
	chancePaint, onSignPaint}

// stroke of an arrow by its tone.
type stroke struct {
	name       string
	day, night string
	width      float64
	dashes     string
}

var strokes = [...]stroke{
	mainArrow:  {"main", "#0b5661", "#6fc2cc", 2.6, ""},
	onArrow:    {"on", "#4a5957", "#b4c2bf", 1.4, ""},
	backArrow:  {"back", "#8a5a00", "#f0c060", 1.6, "6 4"},
	takenArrow: {"taken", "#54418a", "#bfaef0", 1.6, "1.5 3.5"},
}

// attributes of an element in this colour.
func (p paint) attributes() string {
	fill := p.fill
	if fill == "" {
		fill = "none"
	}
	s := fmt.Sprintf(`class="nz-drawing__%s" fill="%s"`, p.class, fill)
	if p.stroke != "" {
		s += fmt.Sprintf(` stroke="%s"`, p.stroke)
	}
	return s
}

func (s stroke) attributes() string {
	out := fmt.Sprintf(`class="nz-drawing__arrow-%s" fill="none" stroke="%s" stroke-width="%g"`, s.name, s.day, s.width)
	if s.dashes != "" {
		out += fmt.Sprintf(` stroke-dasharray="%s" stroke-linecap="round"`, s.dashes)
	}
	return out
}

// night is the style sheet of a drawing that stands alone: what a dark screen shows otherwise. Paper stays white.
func night() string {
	var b strings.Builder
	b.WriteString("@media screen and (prefers-color-scheme:dark){")
	for _, p := range paints {
		fmt.Fprintf(&b, ".nz-drawing__%s{", p.class)
		if p.nightFill != "" {
			fmt.Fprintf(&b, "fill:%s;", p.nightFill)
		}
		if p.nightSt != "" {
			fmt.Fprintf(&b, "stroke:%s", p.nightSt)
		}
		b.WriteString("}")
	}
	for _, s := range strokes {
		fmt.Fprintf(&b, ".nz-drawing__arrow-%[1]s{stroke:%[2]s}.nz-drawing__head-%[1]s{fill:%[2]s}", s.name, s.night)
	}
	fmt.Fprintf(&b, ".nz-drawing__rim{stroke:%s}}", endPaint.nightSt)
	return b.String()
}
