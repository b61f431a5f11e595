package figures

import (
	"math/rand/v2"
	"testing"
)

// full is a table with its sums.
func full(within [][]int64) [][]int64 {
	columns := len(within[0])
	out := make([][]int64, len(within)+1)
	for i := range out {
		out[i] = make([]int64, columns+1)
	}
	for i, row := range within {
		for j, n := range row {
			for _, at := range [][2]int{{i, j}, {len(within), j}, {i, columns}, {len(within), columns}} {
				out[at[0]][at[1]] += n
			}
		}
	}
	return out
}

// most finds how large each figure that is held back could be, by trying every table that has all figures that are told, as far as some of them could
// have at most so many; whoever reads the table can do as much.
func most(n [][]int64, hide [][]bool, largest int64) [][]int64 {
	rows, columns := len(n)-1, len(n[0])-1
	out := make([][]int64, len(n))
	for i := range out {
		out[i] = make([]int64, len(n[0]))
	}
	try := make([][]int64, rows)
	for i := range try {
		try[i] = make([]int64, columns)
	}
	var fill func(k int)
	fill = func(k int) {
		if k > 0 && k%columns == 0 { // a row is whole
			sum := int64(0)
			for _, v := range try[k/columns-1] {
				sum += v
			}
			if i := k/columns - 1; !hide[i][columns] && sum != n[i][columns] {
				return
			}
		}
		if k < rows*columns {
			i, j := k/columns, k%columns
			if !hide[i][j] {
				try[i][j] = n[i][j]
				fill(k + 1)
				return
			}
			for v := range largest + 1 {
				try[i][j] = v
				fill(k + 1)
			}
			return
		}
		all := full(try)
		for i := range all {
			for j := range all[i] {
				if !hide[i][j] && all[i][j] != n[i][j] {
					return
				}
			}
		}
		for i := range all {
			for j := range all[i] {
				out[i][j] = max(out[i][j], all[i][j])
			}
		}
	}
	fill(0)
	return out
}

// Nobody who knows all that is told of a table, and what adds up to what, finds out that what is held back is fewer than the bound.
func TestWhatIsHeldBackIsNotFoundOutByAdding(t *testing.T) {
	t.Parallel()
	const bound = 3
	r := rand.New(rand.NewPCG(4, 4))
	held, told, alone := 0, 0, 0
	for draw := range 900 {
		rows, columns := 1+r.IntN(2), 1+r.IntN(2)
		if draw%150 == 0 { // these take long
			rows, columns = 3, 2
		}
		within := make([][]int64, rows)
		for i := range within {
			within[i] = make([]int64, columns)
			for j := range within[i] {
				if r.IntN(4) > 0 {
					within[i][j] = r.Int64N(5)
				}
			}
		}
		n := full(within)
		few := make([][]bool, len(n))
		for i := range n {
			few[i] = make([]bool, len(n[i]))
			for j := range n[i] {
				few[i][j] = n[i][j] > 0 && n[i][j] < bound
			}
		}
		hide := hold(n, few, bound)
		if whole := n[rows][columns]; whole >= bound && hide[rows][columns] {
			t.Fatalf("%v: the whole is held back", n)
		}
		can := most(n, hide, 7)
		naive := most(n, few, 7)
		for i := range n {
			for j := range n[i] {
				if !hide[i][j] {
					told++
				}
				if !few[i][j] {
					continue
				}
				held++
				if !hide[i][j] {
					t.Fatalf("%v: %d is told", n, n[i][j])
				}
				if can[i][j] < bound {
					t.Fatalf("%v, of which %v is held back: what is %d at row %d, column %d, is at most %d", n, hide, n[i][j], i, j, can[i][j])
				}
				if naive[i][j] < bound {
					alone++
				}
			}
		}
	}
	if held < 500 || told < 500 || alone < 50 {
		t.Errorf("the draw shows too little: %d are held back, %d are told, %d would be found out if no more were held back", held, told, alone)
	}
}

// A wide table with little in it tells its sums, and what is large.
func TestWhatIsLargeIsTold(t *testing.T) {
	t.Parallel()
	n := full([][]int64{{8, 0, 0, 0, 0, 0}, {0, 0, 0, 1, 0, 3}, {4, 7, 29, 1, 2, 49}, {0, 0, 1, 0, 0, 14}, {1, 0, 1, 0, 0, 5}, {0, 0, 2, 0, 3, 0}})
	few := make([][]bool, len(n))
	for i := range n {
		few[i] = make([]bool, len(n[i]))
		for j := range n[i] {
			few[i][j] = n[i][j] > 0 && n[i][j] < 5
		}
	}
	hide := hold(n, few, 5)
	told := 0
	for i := range n {
		for j := range n[i] {
			if !hide[i][j] {
				told++
			}
		}
	}
	if hide[2][5] || hide[6][6] || hide[2][6] || told < 20 {
		t.Errorf("of %v is held back %v", n, hide)
	}
}

// Two tables with the same sums hold back the same of these, whatever lies within: what one tells the other does not take back.
func TestSumsAreHeldBackAlikeInAllTables(t *testing.T) {
	t.Parallel()
	for _, within := range [][][]int64{{{1, 20, 30}, {0, 5, 0}}, {{1, 0, 30}, {0, 25, 0}}, {{0, 12, 15}, {1, 13, 15}}} {
		n := full(within)
		few := make([][]bool, len(n))
		for i := range n {
			few[i] = make([]bool, len(n[i]))
			for j := range n[i] {
				few[i][j] = n[i][j] > 0 && n[i][j] < 5
			}
		}
		hide := hold(n, few, 5)
		if got := hide[len(n)-1]; !got[0] || !got[1] || got[2] || got[3] {
			t.Errorf("of the sums of columns %v of %v is held back", got, within)
		}
	}
}
