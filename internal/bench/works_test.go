package main

import (
	"os"
	"os/exec"
	"regexp"
	"testing"
)

// What the large databases are built by, and the benchmarks that take seconds, go through once over a small office: what fails there is else seen when somebody measures.
func TestBenchmarksWork(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it takes some twenty seconds")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run", "^$", "-test.bench", "^Benchmark(Data|Journal|Durable|FellDue|WhatIf)$", "-test.benchtime", "1x") // #nosec G204 -- this very program
	cmd.Env = append(os.Environ(), "NAZORAT_BENCH_DIR="+t.TempDir(), "NAZORAT_BENCH_CASES=200", "NAZORAT_BENCH_DEADLINES=2000", "NAZORAT_BENCH_PAST=400")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{"Journal/chain", "Journal/replay", "Durable/sqlite/64", "FellDue/sqlite", "WhatIf"} {
		if !regexp.MustCompile(`(?m)^Benchmark` + name).Match(out) {
			t.Errorf("Benchmark%s printed nothing", name)
		}
	}
}
