package whatif

import (
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// newChart draws a row of bars for each label. Each row has as many values as there are classes.
func newChart(t *web.Words, title string, labels []string, classes []string, values [][]int) ui.ChartView {
	v := ui.ChartView{Title: title}
	longest := int64(1)
	rows := make([][]int64, len(values))
	for i, row := range values {
		for _, n := range row {
			rows[i], longest = append(rows[i], int64(n)), max(longest, int64(n))
		}
	}
	for i, row := range rows {
		r := ui.BarRow{Label: labels[i], SVG: ui.Bars(row, longest, classes...)}
		for _, n := range row {
			r.Values = append(r.Values, t.Number(n))
		}
		v.Rows = append(v.Rows, r)
	}
	return v
}
