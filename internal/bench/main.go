// Command bench writes docs/benchmarks.md: it reads what the benchmarks print
// (go test -bench -count N) and sets the median of each figure, with its least
// and its greatest, against the budget of DESIGN.md section 7.
//
// It owns the list of what is shown and the budgets; the benchmarks are in the
// test files of this package and beside the packages that they measure. It
// decides nothing about time: a budget that is missed is shown as missed, and
// nothing fails. A figure that is not there stands as the page before had it, with when it was measured; one that never was is shown as not measured.
//
//	scripts/bench.sh runs all of it.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	place := flag.String("machine", "", "lines about the machine, as shown")
	before := flag.String("before", "", "the page as it was: what was not measured anew stays; \"\" for none")
	out := flag.String("out", "docs/benchmarks.md", "file to write")
	flag.Parse()
	figures, skipped, err := read(os.Stdin)
	var was []byte
	if err == nil && *before != "" {
		was, err = os.ReadFile(*before)
	}
	if err == nil {
		err = os.WriteFile(*out, []byte(page(*place, figures, skipped, parse(string(was)))), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
