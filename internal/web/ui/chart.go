package ui

import (
	"fmt"
	"strings"
)

// ChartView is bars beside their words. The bars are for the eye; a table beside the chart says the same.
type ChartView struct {
	Title  string
	Wide   bool       // what stands beside the bars is long: amounts of money
	Legend []ChartKey // of several bars in a row; empty: one bar
	Rows   []BarRow
}

// ChartKey says what the bars of a class are.
type ChartKey struct{ Class, Text string }

// BarRow is a row of bars with what they are of.
type BarRow struct {
	Label  string
	Values []string // as written beside the bars
	SVG    string   // as Bars gives it
}

// barHeight and barGap are in pixels.
const (
	barHeight = 12
	barGap    = 3
)

// Bars draws one row as wide as its place, so that it needs no size of its own: lengths are shares of the longest of all rows.
func Bars(values []int64, longest int64, classes ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="nz-bars__svg" width="100%%" height="%d" aria-hidden="true" focusable="false">`, len(values)*(barHeight+barGap)-barGap)
	for i, n := range values {
		share := float64(max(n, 0)) / float64(max(longest, 1)) * 100
		if n > 0 {
			share = max(share, 0.5) // one of many is seen too
		}
		fmt.Fprintf(&b, `<rect class="nz-bars__bar nz-bars__bar--%s" x="0" y="%d" width="%.2f%%" height="%d"></rect>`, classes[i%len(classes)], i*(barHeight+barGap), share, barHeight)
	}
	b.WriteString("</svg>")
	return b.String()
}
