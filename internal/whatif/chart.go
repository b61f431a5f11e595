package whatif

import (
	"fmt"
	"strings"

	"nazorat/internal/web"
)

// chartView is bars beside their words. The bars are for the eye; a table beside the chart says the same.
type chartView struct {
	Title  string
	Legend []legendView // of two bars in a row; empty: one bar
	Rows   []barRow
}

type legendView struct{ Class, Text string }

type barRow struct {
	Label  string
	Values []string // as written beside the bars
	SVG    string
}

// barHeight and barGap are in pixels.
const (
	barHeight = 12
	barGap    = 3
)

// newChart draws a row of bars for each label. Each row has as many values as there are classes.
func newChart(t *web.Words, title string, labels []string, classes []string, values [][]int) chartView {
	v := chartView{Title: title}
	most := 1
	for _, row := range values {
		for _, n := range row {
			most = max(most, n)
		}
	}
	for i, row := range values {
		r := barRow{Label: labels[i], SVG: bars(row, most, classes)}
		for _, n := range row {
			r.Values = append(r.Values, t.Number(int64(n)))
		}
		v.Rows = append(v.Rows, r)
	}
	return v
}

// bars draws one row as wide as its place, so that it needs no size of its own: lengths are shares of the longest.
func bars(values []int, most int, classes []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="nz-bars__svg" width="100%%" height="%d" aria-hidden="true" focusable="false">`, len(values)*(barHeight+barGap)-barGap)
	for i, n := range values {
		share := float64(n) / float64(most) * 100
		if n > 0 {
			share = max(share, 0.5) // one of many is seen too
		}
		fmt.Fprintf(&b, `<rect class="nz-bars__bar nz-bars__bar--%s" x="0" y="%d" width="%.2f%%" height="%d"></rect>`, classes[i%len(classes)], i*(barHeight+barGap), share, barHeight)
	}
	b.WriteString("</svg>")
	return b.String()
}
