package main

import (
	"strings"
	"testing"
)

const printed = `goos: linux
BenchmarkDecideRoadFines/in_place 	 100	 900 ns/op	 1200000 acts/s	 0 B/op	 0 allocs/op
BenchmarkDecideRoadFines/in_place 	 100	 900 ns/op	 900000 acts/s	 0 B/op	 0 allocs/op
BenchmarkDecideRoadFines/in_place 	 100	 900 ns/op	 1000000 acts/s	 0 B/op	 0 allocs/op
BenchmarkStart/empty-2 	 1	 40.5 MiB-rest	 1.25 s
BenchmarkDurable/sqlite/64-2 	 1	 0.25 ratio
--- SKIP: BenchmarkObserve-2
    process_test.go:28: needs a log
BenchmarkPage/sqlite/my_work/4_at_once-2 	 1	 49.96 p99-ms
BenchmarkDecide/own_again 	 1	 0.21 us
BenchmarkAtWork/postgres-2 	 6000	 101.5 p99-ms	 199.9 pages/s
PASS
`

func TestPageSetsMediansAgainstBudgets(t *testing.T) {
	t.Parallel()
	f, skipped, err := read(strings.NewReader(printed))
	if err != nil {
		t.Fatal(err)
	}
	text := page("Machine: two cores", f, skipped, earlier{})
	for _, want := range []string{
		"Machine: two cores",
		"| acts decided, road fines, in place | ≥ 1,000,000/s | 1,000,000/s | 900,000 to 1,200,000 | 3 | 1.00 | yes |",
		"| an empty office: first page | ≤ 1 s | 1.25 s | 1.25 to 1.25 | 1 | 1.25 | **no** |",
		"| an empty office: at rest | ≤ 150 MiB | 40.5 MiB | 40.5 to 40.5 | 1 | 0.27 | yes |",
		"| ratio of the two, 64 callers | ≥ 0.50 | 0.25 | 0.25 to 0.25 | 1 | 0.50 | **no** |",
		"| my work, four at once, p99 | ≤ 50 ms | 50.0 ms | 50.0 to 50.0 | 1 | 1.00 | yes |",
		"| replay of the road-fines log, file to report | ≤ 5 s | not measured | | | | |",
		"| the first of them, again | ≤ 20 µs | 0.21 µs | 0.21 to 0.21 | 1 | 0.01 | yes |",
		"| a page, p99 | ≤ 100 ms | 102 ms | 102 to 102 | 1 | 1.01 | **no** |",
		"- BenchmarkObserve: needs a log",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("not in the page: %s\n%s", want, text)
		}
	}
}

func TestFigureThatIsNoneIsAnError(t *testing.T) {
	t.Parallel()
	if _, _, err := read(strings.NewReader("BenchmarkX 	 1	 fast ns/op\n")); err == nil {
		t.Error("\"fast\" was taken for a figure")
	}
}

// What was not measured anew stays as it was, with when it was measured; what was is written over.
func TestPageKeepsWhatWasNotMeasuredAnew(t *testing.T) {
	printed := func(text string) figures {
		t.Helper()
		f, _, err := read(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	first := page("- Machine: two cores\n  - pace: in May\n  - start: in May", printed("BenchmarkPace/one-2 1 22 MB/s\nBenchmarkStart/empty-2 1 0.5 s 80 MiB-rest\n"), nil, earlier{})
	second := page("- Machine: two cores\n  - pace: in June", printed("BenchmarkPace/one-2 1 33 MB/s\n"), nil, parse(first))
	for _, want := range []string{"  - pace: in June\n", "  - start: in May\n", "| one goroutine |  | 33 MB/s |", "| an empty office: first page | ≤ 1 s | 0.50 s |", "| a million proceedings: first page | ≤ 1 s | not measured |"} {
		if !strings.Contains(second, want) {
			t.Errorf("%q is missing", want)
		}
	}
	for _, not := range []string{"pace: in May", "22 MB/s"} {
		if strings.Contains(second, not) {
			t.Errorf("%q is there still", not)
		}
	}
	titles := map[[2]string]bool{}
	for _, g := range groups() {
		for _, l := range g.lines {
			if titles[[2]string{g.title, l.what}] {
				t.Errorf("%s: %q stands there twice, and could not be told apart", g.title, l.what)
			}
			titles[[2]string{g.title, l.what}] = true
		}
	}
}
