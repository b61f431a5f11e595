package figures

import (
	"cmp"
	"slices"
)

// A table for somebody who may count and not read holds back what is told of few, and so much more that sums tell nothing of it. Whoever reads
// the table knows of each figure that is held back that it is no less than 0, and what it adds up to with others. So what is told of few is safe if,
// for all that is told, it could be told of many: if what it lacks of the bound can flow through the figures that are held back. The whole of a line, and
// of the table, are figures as any other.

// held is a table with its sums: the last row has those of the columns, the last column those of the rows.
type held struct {
	n    [][]int64
	few  [][]bool // told of few: must not be found out
	hide [][]bool
	many int64 // so many are not few
}

// hold decides what is held back of a table, so that nobody finds out that what is told of few is fewer than so many. Where as many are told of few, as
// five things of one proceeding, nobody finds out how many they are.
//
// First the sums of the rows and those of the columns, each by themselves: two tables with the same sums hold back the same of
// them, whatever else they are told apart by. Then what is within, the sums being as they are.
func hold(n [][]int64, few [][]bool, many int64) [][]bool {
	h := &held{n: n, few: few, hide: make([][]bool, len(n)), many: many}
	for i := range n {
		h.hide[i] = slices.Clone(few[i])
	}
	rows, columns := len(n)-1, len(n[0])-1
	var downs, across, within [][2]int
	for i := range rows {
		downs = append(downs, [2]int{i, columns})
		for j := range columns {
			within = append(within, [2]int{i, j})
		}
	}
	for j := range columns {
		across = append(across, [2]int{rows, j})
	}
	h.line(downs, [2]int{rows, columns})
	h.line(across, [2]int{rows, columns})
	for _, at := range append(append(slices.Clone(within), downs...), append(across, [2]int{rows, columns})...) {
		if h.few[at[0]][at[1]] {
			h.cover(at, within)
		}
	}
	return h.hide
}

// lacks is by how much a figure must be able to be larger.
func (h *held) lacks(at [2]int) int64 { return max(1, h.many-h.n[at[0]][at[1]]) }

// line holds back enough of the sums of one kind, which add up to the whole.
func (h *held) line(list [][2]int, whole [2]int) {
	order := slices.Clone(list)
	slices.SortStableFunc(order, func(a, b [2]int) int { return cmp.Compare(h.n[a[0]][a[1]], h.n[b[0]][b[1]]) })
	for _, at := range list {
		if !h.few[at[0]][at[1]] || h.hide[whole[0]][whole[1]] {
			continue
		}
		others := int64(0) // by so much it could be larger
		for _, o := range list {
			if o != at && h.hide[o[0]][o[1]] {
				others += h.n[o[0]][o[1]]
			}
		}
		for _, o := range order {
			if others >= h.lacks(at) {
				break
			}
			if !h.hide[o[0]][o[1]] && h.n[o[0]][o[1]] > 0 {
				h.hide[o[0]][o[1]] = true
				others += h.n[o[0]][o[1]]
			}
		}
		if others < h.lacks(at) {
			h.hide[whole[0]][whole[1]] = true
		}
	}
}

// cover holds back more until one figure is safe: the smallest of its row and its column first, those that are none last.
func (h *held) cover(at [2]int, from [][2]int) {
	if h.room(at) {
		return
	}
	order := slices.Clone(from)
	rank := func(o [2]int) int64 {
		r := h.n[o[0]][o[1]]
		if o[0] != at[0] && o[1] != at[1] {
			r += 1 << 50
		}
		if h.n[o[0]][o[1]] == 0 {
			r += 1 << 52
		}
		return r
	}
	slices.SortStableFunc(order, func(a, b [2]int) int { return cmp.Compare(rank(a), rank(b)) })
	for _, o := range order {
		if h.hide[o[0]][o[1]] {
			continue
		}
		h.hide[o[0]][o[1]] = true
		if h.room(at) {
			return
		}
	}
	for i := range h.hide { // nothing that is told would leave it unknown
		for j := range h.hide[i] {
			h.hide[i][j] = true
		}
	}
}

// room reports whether a figure that is held back could be larger by what it lacks, what is told being as it is.
func (h *held) room(at [2]int) bool {
	bound := h.lacks(at)
	rows, columns := len(h.n), len(h.n[0])
	left := make([][]int64, rows) // by how much a figure can be made less, of those that can
	for i := range left {
		left[i] = slices.Clone(h.n[i])
	}
	sum := func(i, j int) bool { return (i == rows-1) != (j == columns-1) } // it stands on the other side of its line's equation
	// From row to column a figure is made less (a sum larger), from column to row larger (a sum less).
	capacity := func(i, j int, down bool) int64 {
		if !h.hide[i][j] || i == at[0] && j == at[1] {
			return 0
		}
		if down == sum(i, j) {
			return bound
		}
		return left[i][j]
	}
	from, to := at[0], rows+at[1]
	if sum(at[0], at[1]) {
		from, to = to, from
	}
	for found := int64(0); found < bound; {
		path, by := h.path(from, to, capacity, bound-found)
		if by == 0 {
			return false
		}
		for k := 1; k < len(path); k++ {
			i, j, down := path[k-1], path[k]-rows, true
			if path[k-1] >= rows {
				i, j, down = path[k], path[k-1]-rows, false
			}
			if down == sum(i, j) {
				left[i][j] += by
			} else {
				left[i][j] -= by
			}
		}
		found += by
	}
	return true
}

// path finds a way from one line to another, rows before columns, and how much goes through it, at most so much.
func (h *held) path(from, to int, capacity func(i, j int, down bool) int64, most int64) (path []int, by int64) {
	rows, columns := len(h.n), len(h.n[0])
	before := make([]int, rows+columns)
	through := make([]int64, rows+columns)
	for i := range before {
		before[i] = -1
	}
	before[from], through[from] = from, most
	for queue := []int{from}; len(queue) > 0 && before[to] < 0; queue = queue[1:] {
		at := queue[0]
		next := func(line int, c int64) {
			if c > 0 && before[line] < 0 {
				before[line], through[line] = at, min(through[at], c)
				queue = append(queue, line)
			}
		}
		if at < rows {
			for j := range columns {
				next(rows+j, capacity(at, j, true))
			}
			continue
		}
		for i := range rows {
			next(i, capacity(i, at-rows, false))
		}
	}
	if before[to] < 0 {
		return nil, 0
	}
	for at := to; at != from; at = before[at] {
		path = append(path, at)
	}
	path = append(path, from)
	slices.Reverse(path)
	return path, through[to]
}
