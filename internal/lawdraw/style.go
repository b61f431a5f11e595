package lawdraw

import (
	"math"
	"slices"
)

// style is how a run of text is written.
type style struct {
	class string
	size  float64
	bold  bool
	whole bool // kept on one row
}

var (
	nameStyle    = style{class: "name", size: 15, bold: true}
	boldStyle    = style{class: "name", size: 14, bold: true}
	plainStyle   = style{class: "act", size: 13.5}
	termStyle    = style{class: "term", size: 13}
	articleStyle = style{class: "article", size: 12, whole: true}
	articleLong  = style{class: "article", size: 12}
	headStyle    = style{class: "head", size: 21, bold: true}
	underStyle   = style{class: "under", size: 14}
	legendStyle  = style{class: "legend", size: legendText}
)

// sign stands before an entry.
type sign uint8

const (
	noSign      sign = iota
	staySign         // an act after which the stage is the same
	dutySign         // a term that somebody owes
	releaseSign      // a term after which a person must be free
	chanceSign       // a term that is a possibility, or a time of waiting
)

// line is one row of a box with where it stands, from the box's upper left corner.
type line struct {
	row
	entry int
	first bool    // of its entry
	x, y  float64 // of the base line
}

const (
	padX, padY  = 12.0, 9.0
	indent      = 18.0 // of entries with a sign
	gap         = 4.0  // between entries
	dot         = 16.0
	stateWidest = 236.0 // of the text
	actsWidest  = 196.0
	tallest     = 300.0 // of a column, if it can be helped
	mostColumns = 3.0
	columnGap   = 22.0
)

// measure breaks the texts of a box into rows and finds its size. The rows of a
// state with much to say stand in columns, so that it is no tower.
func (b *box) measure() {
	if b.shape == dotShape {
		b.w, b.h = dot, dot
		return
	}
	most, pad, top := actsWidest, 7.0, 5.0
	if b.shape == stateShape || b.shape == looseShape {
		most, pad, top = stateWidest, padX, padY
	}
	heights := make([]float64, len(b.entries))
	var all []line
	for i, e := range b.entries {
		x := 0.0
		if e.sign != noSign {
			x = indent
		}
		if e.deep {
			x += indent
		}
		for j, r := range wrapped(e.runs, most-x) {
			high := r.runs[0].style.size * 1.28
			heights[i] += high
			all = append(all, line{row: r, entry: i, first: j == 0, x: x, y: heights[i] - high*0.22})
		}
		heights[i] += gap
	}
	breaks := columns(b.entries, heights)
	x, y, bottom := pad, top, 0.0
	for i := range b.entries {
		if slices.Contains(breaks, i) {
			x, y = b.w-pad+columnGap, top+heights[0]
		}
		for _, l := range all {
			if l.entry == i {
				l.x, l.y = l.x+x, l.y+y
				b.lines = append(b.lines, l)
				b.w = max(b.w, l.x+l.width+pad)
			}
		}
		y += heights[i]
		bottom = max(bottom, y)
	}
	b.w, b.h = max(b.w, 44), max(bottom-gap+top+1, 26)
}

// columns says before which entries a new column begins, below the title. What belongs to an entry stays with it.
func columns(entries []entry, heights []float64) (breaks []int) {
	total := 0.0
	for i, h := range heights {
		if i > 0 {
			total += h
		}
	}
	n := min(math.Ceil(total/tallest), mostColumns)
	so, want := 0.0, total/n
	for i := 1; i < len(entries); i++ {
		if so >= want-heights[i]/2 && !entries[i].deep && float64(len(breaks)) < n-1 {
			breaks, so = append(breaks, i), 0
		}
		so += heights[i]
	}
	return breaks
}
