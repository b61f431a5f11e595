package lawdraw

import (
	"fmt"
	"math"

	"nazorat/internal/procedure"
)

// Faults says what is wrong with where things stand in a picture: boxes that
// overlap or leave the drawing, texts that leave their box, arrows that do not end at their boxes.
func Faults(p *Picture) (out []string) {
	bad := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	boxes := p.scene.boxes
	for i, b := range boxes {
		if b.x-b.w/2 < 0 || b.y-b.h/2 < 0 || b.x+b.w/2 > p.width || b.y+b.h/2 > p.height {
			bad("the box %s leaves the drawing", b.id)
		}
		for _, c := range boxes[:i] {
			if math.Abs(b.x-c.x) < (b.w+c.w)/2 && math.Abs(b.y-c.y) < (b.h+c.h)/2 {
				bad("the boxes %s and %s overlap", b.id, c.id)
			}
		}
		var last line
		for j, l := range b.lines {
			if l.x < 0 || l.x+l.width > b.w || l.y > b.h {
				bad("a text leaves the box %s: %s", b.id, plain(l.row))
			}
			if j > 0 && l.y <= last.y && l.x < last.x+last.width {
				bad("texts of the box %s lie on each other: %s, %s", b.id, plain(last.row), plain(l.row))
			}
			last = l
		}
	}
	for i, a := range p.scene.arrows {
		if len(a.points) == 0 {
			bad("the arrow %d has no line", i)
			continue
		}
		for _, end := range []struct {
			at  point
			box box
		}{{a.points[0], boxes[a.from]}, {a.points[len(a.points)-1], boxes[a.to]}} {
			dx, dy := math.Abs(end.at.x-end.box.x)-end.box.w/2, math.Abs(end.at.y-end.box.y)-end.box.h/2
			if off := max(dx, dy); off > 2 || off < -12 && end.box.shape != dotShape {
				bad("the arrow %d ends %.1f from the box %s", i, off, end.box.id)
			}
		}
	}
	return out
}

// Shown lists what the boxes of a drawing link to, without laying it out.
func Shown(e *procedure.Edition, d Drawing, words Words, links Links) (hrefs []string) {
	for _, b := range newScene(e, d, words, links).boxes {
		for _, entry := range b.entries {
			if entry.href != "" && !b.far { // a neighbour of a stage is named there, not shown
				hrefs = append(hrefs, entry.href)
			}
		}
	}
	return hrefs
}
