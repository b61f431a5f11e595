package lawdraw

import "fmt"

// The legend stands below the drawing and names only what the drawing has.

type legendItem struct {
	draw  func(w *writer, x, y float64) // within 30 by 16, from its middle on the left
	text  string
	x     float64
	lines []row
	width float64
}

const (
	swatch      = 34.0
	legendText  = 13.0
	legendRow   = 17.0
	legendGap   = 22.0
	legendWide  = 250.0
	leastLegend = 336.0 // a drawing is at least so wide, that its legend and title can be read
)

// legendRows arranges the legend, and makes the drawing wide enough for it.
func (w *writer) legendRows(form Form) {
	least := leastLegend
	if form == Alone {
		least = 480
	}
	w.width = max(w.width, least)
	x := margin
	var row []legendItem
	high := 0
	flush := func() {
		if len(row) > 0 {
			w.rows = append(w.rows, row)
			w.legendHeight += float64(high)*legendRow + 6
			row, x, high = nil, margin, 0
		}
	}
	w.legendHeight = margin + 8
	for _, it := range w.p.legendItems() {
		it.lines = wrapped([]run{{it.text, legendStyle}}, legendWide)
		for _, l := range it.lines {
			it.width = max(it.width, l.width)
		}
		if x+swatch+it.width > w.width-margin {
			flush()
		}
		it.x = x
		x += swatch + it.width + legendGap
		row, high = append(row, it), max(high, len(it.lines))
	}
	flush()
	w.legendHeight += margin
}

func (w *writer) legend(top float64) {
	w.out.WriteString("<g>\n")
	fmt.Fprintf(&w.out, "<path %s stroke-width=\"1\" d=\"M%s %sH%s\"/>\n", actsPaint.attributes(), num(margin), num(top+margin-4), num(w.width-margin))
	y := top + margin + 8
	for _, row := range w.rows {
		high := 0
		for _, it := range row {
			w.out.WriteString("<g aria-hidden=\"true\">")
			it.draw(w, it.x, y+legendRow/2)
			w.out.WriteString("</g>")
			fmt.Fprintf(&w.out, "<text %s font-size=\"%g\">", inkPaint.attributes(), legendText)
			for i, l := range it.lines {
				text := plain(l)
				if i < len(it.lines)-1 {
					text += " "
				}
				fmt.Fprintf(&w.out, "<tspan x=\"%s\" y=\"%s\">%s</tspan>", num(it.x+swatch), num(y+legendRow*float64(i)+13), escaped(text))
			}
			w.out.WriteString("</text>\n")
			high = max(high, len(it.lines))
		}
		y += float64(high)*legendRow + 6
	}
	w.out.WriteString("</g>\n")
}

func (p *Picture) legendItems() []legendItem {
	var list []legendItem
	add := func(key string, there bool, draw func(w *writer, x, y float64)) {
		if there {
			list = append(list, legendItem{text: p.scene.words.T(key), draw: draw})
		}
	}
	rect := func(c paint, width float64, rim bool) func(*writer, float64, float64) {
		return func(w *writer, x, y float64) {
			fmt.Fprintf(&w.out, `<rect %s stroke-width="%g" x="%s" y="%s" width="26" height="14" rx="4"/>`, c.attributes(), width, num(x), num(y-7))
			if rim {
				fmt.Fprintf(&w.out, `<rect class="nz-drawing__rim" fill="none" stroke="%s" stroke-width="1" x="%s" y="%s" width="21" height="9" rx="2"/>`, c.stroke, num(x+2.5), num(y-4.5))
			}
		}
	}
	line := func(t arrowTone) func(*writer, float64, float64) {
		return func(w *writer, x, y float64) {
			fmt.Fprintf(&w.out, `<path %s d="M%s %sH%s" marker-end="url(#%shead-%s)"/>`, strokes[t].attributes(), num(x), num(y), num(x+27), w.prefix, strokes[t].name)
		}
	}
	mark := func(s sign) func(*writer, float64, float64) {
		return func(w *writer, x, y float64) { w.sign(s, x+20, y) }
	}
	has := p.scene.has()
	add("draw.legend.start", has.start, rect(mainPaint, 3.4, false))
	add("draw.legend.main", has.main, rect(mainPaint, 1.3, false))
	add("draw.legend.beside", has.beside, rect(besidePaint, 1.3, false))
	add("draw.legend.end", has.end, rect(endPaint, 1.3, true))
	add("draw.legend.far", has.far, rect(farPaint, 1.3, false))
	add("draw.legend.begin", has.dot, func(w *writer, x, y float64) {
		fmt.Fprintf(&w.out, `<circle %s cx="%s" cy="%s" r="6"/>`, dotPaint.attributes(), num(x+13), num(y))
	})
	add("draw.legend.acts", has.acts, rect(actsPaint, 1, false))
	add("draw.legend.arrow_main", has.tones[mainArrow], line(mainArrow))
	add("draw.legend.arrow_on", has.tones[onArrow], line(onArrow))
	add("draw.legend.arrow_back", has.tones[backArrow], line(backArrow))
	add("draw.legend.arrow_taken", has.tones[takenArrow], line(takenArrow))
	add("draw.legend.stay", has.signs[staySign], mark(staySign))
	add("draw.legend.duty", has.signs[dutySign], mark(dutySign))
	add("draw.legend.release", has.signs[releaseSign], mark(releaseSign))
	add("draw.legend.chance", has.signs[chanceSign], mark(chanceSign))
	return list
}

// contents says what of the legend a scene needs.
type contents struct {
	start, main, beside, end, far, dot, acts bool
	tones                                    [len(strokes)]bool
	signs                                    [chanceSign + 1]bool
}

func (s *scene) has() (c contents) {
	for _, b := range s.boxes {
		switch {
		case b.shape == dotShape:
			c.dot = true
		case b.shape == actsShape:
			c.acts = true
		case b.shape != stateShape:
		case b.end:
			c.end = true
		case b.far:
			c.far = true
		case b.main:
			c.main = true
		default:
			c.beside = true
		}
		c.start = c.start || b.shape == stateShape && b.start
		for _, e := range b.entries {
			c.signs[e.sign] = true
		}
	}
	for _, a := range s.arrows {
		c.tones[a.tone] = true
	}
	return c
}
