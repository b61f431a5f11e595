package main

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// figures are all values of a unit of a benchmark: "BenchmarkStart/empty s".
type figures map[string][]float64

// line is one line of the table.
type line struct {
	what   string
	bench  string
	unit   string
	shown  string  // how the unit is written
	budget float64 // 0: none
	atMost bool    // else at least
}

// group is a table of its own.
type group struct {
	title string
	note  string
	lines []line
}

const (
	perSecond = "/s"
	pageP99   = 50
)

func groups() []group {
	pages := func(bench string, names ...string) (out []line) {
		for _, n := range names {
			for _, readers := range []string{"1", "4"} {
				at := bench + "/" + n + "/" + readers + "_at_once"
				who := "one reader"
				if readers == "4" {
					who = "four at once"
				}
				what := strings.ReplaceAll(n, "_", " ") + ", " + who
				out = append(out, line{what + ", p50", at, "p50-ms", " ms", 0, true}, line{what + ", p99", at, "p99-ms", " ms", pageP99, true})
			}
		}
		return out
	}
	return []group{
		{"The pace of the machine", "Work that is none of ours: the standard library reading JSON, by one goroutine and by two at once. The processor is shared with other machines: between two hours these figures, and with them all that follow, may differ by half.", []line{
			{"one goroutine", "BenchmarkPace/one", "MB/s", " MB/s", 0, false},
			{"two at once, together", "BenchmarkPace/two", "MB/s", " MB/s", 0, false},
		}},
		{"The engine", "On one core. *In place* is how a log is replayed; *pure* is how a live act is decided: the state before it stays as it was.", []line{
			{"acts decided, road fines, in place", "BenchmarkDecideRoadFines/in_place", "acts/s", perSecond, 1e6, false},
			{"acts decided, road fines, pure", "BenchmarkDecideRoadFines/pure", "acts/s", perSecond, 0, false},
			{"acts decided, Uzbek criminal procedure, in place", "BenchmarkApplyCriminal/in_place", "acts/s", perSecond, 0, false},
			{"acts decided, Uzbek criminal procedure, pure", "BenchmarkApplyCriminal/pure", "acts/s", perSecond, 0, false},
			{"acts decided, a case of 12 persons, 30 measures and motions, 65 deadlines, in place", "BenchmarkApplyLargeCase/in_place", "acts/s", perSecond, 1e6, false},
			{"acts decided, the same large case, pure", "BenchmarkApplyLargeCase/pure", "acts/s", perSecond, 0, false},
		}},
		{"Logs of other systems", "The whole command on the packed log of 561,470 events, from its start to the report on disk, and the log's reader alone.", []line{
			{"replay of the road-fines log, file to report", "BenchmarkObserve", "s", " s", 5, true},
			{"most memory held meanwhile", "BenchmarkObserve", "MiB-most", " MiB", 300, true},
			{"reader alone, the same log", "BenchmarkRoadFines", "events/s", " events/s", 0, false},
			{"reader alone, the same log, unpacked bytes", "BenchmarkRoadFines", "MB/s", " MB/s", 0, false},
		}},
		{"A draft tried on the past", "100,000 proceedings of the Uzbek criminal procedure, lived through by the demonstration, read from the database and decided twice, " +
			"as they were and under a draft that shortens a term; with both cores.", []line{
			{"a what-if over 100,000 proceedings", "BenchmarkWhatIf", "s", " s", 10, true},
			{"acts read and decided twice", "BenchmarkWhatIf", "acts/s", perSecond, 0, false},
		}},
		durable("SQLite", "sqlite"), durable("PostgreSQL", "postgres"),
		{"The journal", "*Verified* is a bundle in memory, checked as `nazorat verify` does, with both cores: unpacked, every entry held against its leaf, the streams, the tree, the signatures; " +
			"once with one checkpoint at its end, once with one after every tenth entry, more often than a busy office signs. *Chain* is the hashes of entries that lie in memory, on one goroutine; " +
			"*replay* reads them from the database and applies the law again to every act.", []line{
			{"verified, signed once", "BenchmarkVerify/signed_once", "entries/s", " entries/s", 300_000, false},
			{"verified, signed after every tenth entry", "BenchmarkVerify/signed_every_10", "entries/s", " entries/s", 0, false},
			{"processor time of it, signed once", "BenchmarkVerify/signed_once", "cpu-us/entry", " µs an entry", 0, true},
			{"size of the bundle", "BenchmarkVerify/signed_once", "bytes/entry", " bytes an entry", 0, true},
			{"chain of hashes", "BenchmarkJournal/chain", "entries/s", " entries/s", 0, false},
			{"chain and replay from the database", "BenchmarkJournal/replay", "entries/s", " entries/s", 0, false},
		}},
		due("SQLite", "sqlite"), due("PostgreSQL", "postgres"),
		{"Start and memory", "From starting the command to the last byte of the first page; the memory is the resident set three seconds later, with the pages of the database that are mapped, and what follows of the processor is of a quarter of a minute. " +
			"*After use* is three seconds after two hundred pages.", []line{
			{"an empty office: first page", "BenchmarkStart/empty", "s", " s", 1, true},
			{"an empty office: at rest", "BenchmarkStart/empty", "MiB-rest", " MiB", 150, true},
			{"an empty office: of one core, while nobody asks", "BenchmarkStart/empty", "core-%-rest", " %", 0, true},
			{"an empty office: after use", "BenchmarkStart/empty", "MiB-used", " MiB", 0, true},
			{"a million proceedings: first page", "BenchmarkStart/million", "s", " s", 1, true},
			{"a million proceedings: at rest", "BenchmarkStart/million", "MiB-rest", " MiB", 150, true},
			{"a million proceedings: of one core, while nobody asks", "BenchmarkStart/million", "core-%-rest", " %", 0, true},
			{"a million proceedings: after use", "BenchmarkStart/million", "MiB-used", " MiB", 0, true},
		}},
		{"Pages, a million proceedings, SQLite", aMillion, pages("BenchmarkPage/sqlite", allPages...)},
		{"Pages, a million proceedings, PostgreSQL", "The same, with the server on the same machine, and a spool of looks as where there is a folder of state.", pages("BenchmarkPage/postgres", allPages...)},
		{"Pages, where nothing was done for a year, SQLite", aYear, pages("BenchmarkPageOverdue/sqlite", countingPages...)},
		{"Pages, where nothing was done for a year, PostgreSQL", "The same, with the server on the same machine.", pages("BenchmarkPageOverdue/postgres", countingPages...)},
		{"Finding, a million proceedings, SQLite", "Pages of what was found, by what was typed: names and words of reports drawn at random, by the officer in charge, the prosecutor who supervises, the prosecutor general.", pages("BenchmarkFind/sqlite", foundPages...)},
		{"Finding, a million proceedings, PostgreSQL", "The same, with the server on the same machine.", pages("BenchmarkFind/postgres", foundPages...)},
		{"Figures, a million proceedings, SQLite", "Tables of figures, asked by the officer in charge of a case of his body, by the prosecutor of his district, by the prosecutor general of the republic; each question for another case, or as of another leaf, so that each is counted.", figureLines("sqlite")},
		{"Figures, a million proceedings, PostgreSQL", "The same, with the server on the same machine.", figureLines("postgres")},
		{"Who looked", "The page of a proceeding, without a network, and what recording the look adds to it: what the page waits for, and what writing it into the journal takes beside it, among five hundred. " +
			"With a spool a page waits for a file, without one, as a node without a disk of its own, for the commit.", []line{
			{"the page, SQLite", "BenchmarkLook/sqlite", "us-page", " µs", 0, true},
			{"it waits for its look, SQLite", "BenchmarkLook/sqlite", "us-waited", " µs", 0, true},
			{"a look is written, SQLite", "BenchmarkLook/sqlite", "us-written", " µs", 0, true},
			{"both, as a part of the page without them, SQLite", "BenchmarkLook/sqlite", "part", "", 0.05, true},
			{"the page, PostgreSQL, spooled", "BenchmarkLook/postgres_spooled", "us-page", " µs", 0, true},
			{"it waits for its look, PostgreSQL, spooled", "BenchmarkLook/postgres_spooled", "us-waited", " µs", 0, true},
			{"a look is written, PostgreSQL, spooled", "BenchmarkLook/postgres_spooled", "us-written", " µs", 0, true},
			{"both, as a part of the page without them, PostgreSQL, spooled", "BenchmarkLook/postgres_spooled", "part", "", 0.05, true},
			{"it waits for its look, PostgreSQL without a spool", "BenchmarkLook/postgres_waiting", "us-waited", " µs", 0, true},
		}},
		{"Decisions", "Who may do what, asked of the policies that are built in, with 500 offices, on one core. *New* was not asked before; *again* was, and is remembered. " +
			"A reach is worked out once for each role and office, and again when the directory changes.", []line{
			{"may a prosecutor act in a case of his police, new", "BenchmarkDecide/own", "us", " µs", 20, true},
			{"may he read one of another region, new", "BenchmarkDecide/stranger", "us", " µs", 20, true},
			{"may he see the board of his police, new", "BenchmarkDecide/board", "us", " µs", 20, true},
			{"the first of them, again", "BenchmarkDecide/own_again", "us", " µs", 20, true},
			{"the reach of a mandate over 500 offices", "BenchmarkDecide/reach", "us", " µs", 0, true},
		}},
		atWork("SQLite", "sqlite"), atWork("PostgreSQL", "postgres"),
		{"Scripts", "Text that is mostly not ASCII, megabytes of what goes in.", []line{
			{"Latin to Cyrillic", "BenchmarkCyrillic", "MB/s", " MB/s", 0, false},
			{"Cyrillic to Latin", "BenchmarkLatin", "MB/s", " MB/s", 0, false},
			{"folding for search, Latin", "BenchmarkFoldLatin", "MB/s", " MB/s", 0, false},
			{"folding for search, Cyrillic", "BenchmarkFoldCyrillic", "MB/s", " MB/s", 0, false},
		}},
	}
}

var (
	allPages = []string{"my_work", "work_of_a_prosecutor", "cases", "cases_of_an_office", "proceeding", "history", "deadline", "act_form",
		"find_by_number", "board_of_a_district", "board_of_the_republic", "law"}
	foundPages = []string{"person", "person_in_cyrillic", "person_mistyped", "person_elsewhere", "surname", "surname_of_the_republic", "common_word", "common_word_of_the_republic",
		"three_words", "end_of_a_number", "nothing"}
	countingPages = []string{"my_work", "work_of_a_prosecutor", "board_of_a_district", "board_of_the_republic"}
)

const (
	aMillion = "Over a loopback connection to the last byte, in one process with the reader; each request for another officer and proceeding, 300 of them. " +
		"Every proceeding is open; of the deadlines that are over, one in twenty is still running."
	aYear = "The same million, with nearly all of their deadlines overdue: what the counting pages cost at their worst."
)

// figureLines are the lines of a table about figures, in one of the databases.
func figureLines(database string) (out []line) {
	for _, page := range []struct{ name, what string }{{"body", "cases of a body by article and stage"}, {"district", "reports of a district by body and source"}, {"district_terms", "terms of a district, kept and missed"},
		{"district_cases", "the cases behind a figure of a district"}, {"republic", "cases of the republic by region and stage"}, {"republic_month", "reports of the republic in a month"}} {
		at := "BenchmarkFigures/" + database + "/" + page.name
		out = append(out, line{page.what + ", p50", at, "p50-ms", " ms", 0, true}, line{page.what + ", p99", at, "p99-ms", " ms", 0, true})
	}
	return out
}

// atWork is the table of a service whose officers all look at pages, in one of the databases.
func atWork(name, bench string) group {
	at := "BenchmarkAtWork/" + bench
	return group{"2,000 officers at work, " + name, "Each is signed in and asks for one page every ten seconds, of the command as it is delivered, over a million proceedings. " +
		"Pages are asked for by the clock, however long others take, and a page's time is counted from when it was to be asked for. Those who ask, and the server of the database, are on the same cores.", []line{
		{"pages asked for", at, "pages/s", perSecond, 200, false},
		{"a page, p50", at, "p50-ms", " ms", 0, true},
		{"a page, p99", at, "p99-ms", " ms", 100, true},
		{"a page, the longest", at, "most-ms", " ms", 0, true},
		{"time of the processor that other machines took meanwhile", at, "stolen-%", " %", 0, true},
	}}
}

// durable is the table of acts on disk in one of the databases.
func durable(name, bench string) group {
	g := group{title: "Acts on disk, " + name, note: "An act is checked, decided, entered as a leaf of the tree, and its deadlines, tallies and notices are written, all on disk when it is answered; " +
		"the peer does one insert of a journal row and one update of a row for each item, as long as the office's own, through the same package, in batches made by the same rule, in turn with the acts in one run."}
	for _, callers := range []string{"1", "8", "64"} {
		at, who, budget := "BenchmarkDurable/"+bench+"/"+callers, callers+" callers", 0.0
		switch callers {
		case "1":
			who = "one caller"
		case "64":
			budget = 0.5
		}
		g.lines = append(g.lines, line{"acts, " + who, at, "acts/s", perSecond, 0, false}, line{"an act, " + who + ", p50", at, "p50-ms", " ms", 0, true},
			line{"an act, " + who + ", p99", at, "p99-ms", " ms", 0, true}, line{"the peer, " + who, at, "peer/s", perSecond, 0, false},
			line{"ratio of the two, " + who, at, "ratio", "", budget, false})
	}
	return g
}

// due is the table of what is found as it falls due, in one of the databases.
func due(name, bench string) group {
	first, thousand := "BenchmarkFellDue/"+bench+"/first_100", "BenchmarkFellDue/"+bench+"/first_1000"
	return group{"What fell due, " + name, "Within ten minutes around moments of the year at which something did. As the terms of days end at midnight, that is thousands at most of them; " +
		"an asker takes so many at a time, with the number and the name of the proceeding of each.", []line{
		{"running deadlines in the table", first, "running", "", 0, false},
		{"the first 100, p50", first, "p50-ms", " ms", 0, true},
		{"the first 100, p99", first, "p99-ms", " ms", 10, true},
		{"found of the first 100, on average", first, "found", "", 0, false},
		{"the first 1,000, p50", thousand, "p50-ms", " ms", 0, true},
		{"the first 1,000, p99", thousand, "p99-ms", " ms", 0, true},
		{"found of the first 1,000, on average", thousand, "found", "", 0, false},
	}}
}

var cores = regexp.MustCompile(`-\d+$`)

// read collects the figures of benchmarks, and the reasons of those that were skipped.
func read(r io.Reader) (figures, []string, error) {
	f, skipped := figures{}, []string{}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	skipping := ""
	for lines.Scan() {
		text := lines.Text()
		if name, ok := strings.CutPrefix(text, "--- SKIP: "); ok {
			skipping, _, _ = strings.Cut(name, " ")
			continue
		}
		if skipping != "" {
			if _, why, ok := strings.Cut(text, ".go:"); ok {
				_, why, _ = strings.Cut(why, ": ")
				skipped = append(skipped, cores.ReplaceAllString(skipping, "")+": "+why)
			}
			skipping = ""
		}
		w := strings.Fields(text)
		if len(w) < 4 || !strings.HasPrefix(w[0], "Benchmark") {
			continue
		}
		name := cores.ReplaceAllString(w[0], "")
		for i := 2; i+1 < len(w); i += 2 {
			v, err := strconv.ParseFloat(w[i], 64)
			if err != nil {
				return nil, nil, fmt.Errorf("%s: %q is no figure", name, w[i])
			}
			f[name+" "+w[i+1]] = append(f[name+" "+w[i+1]], v)
		}
	}
	slices.Sort(skipped)
	return f, slices.Compact(skipped), lines.Err()
}

// earlier is what a page had before: its rows by title and what was measured, and its stamps, lines by the name of the benchmark.
type earlier struct {
	rows   map[[2]string]string
	names  []string
	stamps map[string]string
}

// parse reads a page that was written before; "" has nothing.
func parse(text string) earlier {
	e := earlier{rows: map[[2]string]string{}, stamps: map[string]string{}}
	title := ""
	for line := range strings.Lines(text) {
		switch {
		case strings.HasPrefix(line, "## "):
			title = strings.TrimSpace(line[3:])
		case strings.HasPrefix(line, "  - ") && title == "":
			name, _, _ := strings.Cut(line[4:], ":")
			e.names, e.stamps[name] = append(e.names, name), line
		case strings.HasPrefix(line, "| ") && !strings.Contains(line, "| not measured |"):
			what, _, _ := strings.Cut(line[2:], " |")
			e.rows[[2]string{title, what}] = line
		}
	}
	return e
}

// page is the whole of docs/benchmarks.md.
func page(machine string, f figures, skipped []string, was earlier) string {
	var b strings.Builder
	b.WriteString("# Benchmarks\n\nWritten by `make bench`; not by hand. Budgets are those of the design.\n\n")
	machine = strings.TrimSpace(machine)
	now := parse(machine)
	b.WriteString(machine)
	for _, name := range was.names {
		if now.stamps[name] == "" {
			b.WriteString("\n" + strings.TrimRight(was.stamps[name], "\n"))
		}
	}
	b.WriteString("\n\nEach figure is the median of its rounds, with the least and the greatest. " +
		"Everything runs on one machine, over loopback, with the readers and callers on the same cores as what they measure. " +
		"Large databases are built by `internal/demo`'s Fill, through the docket; those in PostgreSQL are backups of them, restored.\n")
	for _, g := range groups() {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| what | budget | measured | least to greatest | rounds | ratio to the budget | met? |\n|---|---|---|---|---|---|---|\n", g.title, g.note)
		for _, l := range g.lines {
			values := f[l.bench+" "+l.unit]
			if row := was.rows[[2]string{g.title, l.what}]; len(values) == 0 && row != "" {
				b.WriteString(row)
				continue
			}
			b.WriteString(l.row(values))
		}
	}
	if len(skipped) > 0 {
		b.WriteString("\n## Not measured\n\n")
		for _, s := range skipped {
			fmt.Fprintf(&b, "- %s\n", s)
		}
	}
	return b.String()
}

func (l line) row(values []float64) string {
	budget, ratio, met := "", "", ""
	if l.budget != 0 {
		budget = "≥ " + number(l.budget) + l.shown
		if l.atMost {
			budget = "≤ " + number(l.budget) + l.shown
		}
	}
	if len(values) == 0 {
		return fmt.Sprintf("| %s | %s | not measured | | | | |\n", l.what, budget)
	}
	v := slices.Sorted(slices.Values(values))
	median := (v[(len(v)-1)/2] + v[len(v)/2]) / 2
	if l.budget != 0 {
		ratio = fmt.Sprintf("%.2f", median/l.budget)
		met = "**no**"
		if l.atMost == (median <= l.budget) || median == l.budget {
			met = "yes"
		}
	}
	return fmt.Sprintf("| %s | %s | %s%s | %s to %s | %d | %s | %s |\n", l.what, budget, number(median), l.shown, number(v[0]), number(v[len(v)-1]), len(v), ratio, met)
}

// number writes three figures at least, and thousands apart.
func number(v float64) string {
	if v == math.Trunc(v) || v >= 100 {
		s := strconv.FormatInt(int64(math.Round(v)), 10)
		for i := len(s) - 3; i > 0; i -= 3 {
			s = s[:i] + "," + s[i:]
		}
		return s
	}
	if v >= 10 {
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}
