package app

import (
	"os"
	"runtime/debug"
)

// heapGrowth is by how many percent the heap of an office may grow over what is in use before it is swept. An office uses some
// 25 MiB and leaves as much behind with every few pages: with Go's own 100 sweeping takes a quarter of a page's time, with this
// a tenth, for some 50 MiB more.
const heapGrowth = 300

// Roomy lets the heap of this process grow as an office that serves pages wants it to. Whoever sets GOGC has it as he says.
func Roomy() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
}
