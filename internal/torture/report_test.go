package torture_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Where the report of the long run stands in a page, between two lines that stay.
const (
	reportBegins = "<!-- the last long run: written by make torture -->\n"
	reportEnds   = "<!-- end of the last long run -->\n"
)

// writeReport puts what the long run found into a page.
func writeReport(path, machine string, runs []*found) error {
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, found1 := bytes.Cut(page, []byte(reportBegins))
	_, after, found2 := bytes.Cut(rest, []byte(reportEnds))
	if !found1 || !found2 {
		return fmt.Errorf("%s has no place for the report", path)
	}
	return os.WriteFile(path, []byte(string(before)+reportBegins+report(machine, runs)+reportEnds+string(after)), 0o644)
}

func report(machine string, runs []*found) string {
	var b strings.Builder
	b.WriteString("\n" + strings.TrimSpace(machine) + "\n\n")
	row := func(what string, cell func(f *found) string) {
		b.WriteString("| " + what + " |")
		for _, f := range runs {
			b.WriteString(" " + cell(f) + " |")
		}
		b.WriteString("\n")
	}
	row("", func(f *found) string { return f.Database })
	row("---", func(*found) string { return "---:" })
	number := func(what string, n func(f *found) int64) { row(what, func(f *found) string { return thousands(n(f)) }) }
	number("processes killed", func(f *found) int64 { return int64(f.Kills) })
	number("of these the database's server", func(f *found) int64 { return int64(f.Server) })
	number("processes stopped for a while", func(f *found) int64 { return int64(f.Stops) })
	number("times that files could not grow", func(f *found) int64 { return int64(f.Disk) })
	number("times that the clock was set by a day", func(f *found) int64 { return int64(f.Clock) })
	number("acts acknowledged", func(f *found) int64 { return int64(f.Acknowledged) })
	number("forms sent again for want of an answer", func(f *found) int64 { return f.Again })
	number("acts refused, by the law or as another came first", func(f *found) int64 { return f.Refused })
	number("leaves of the journal", func(f *found) int64 { return f.Leaves })
	number("proceedings replayed", func(f *found) int64 { return int64(f.Proceedings) })
	number("checkpoints", func(f *found) int64 { return int64(f.Checkpoints) })
	number("**lost**", func(f *found) int64 { return int64(f.Lost) })
	number("**doubled**", func(f *found) int64 { return int64(f.Doubled) })
	number("**refused, and yet done**", func(f *found) int64 { return int64(f.Phantom) })
	number("**unverifiable**", func(f *found) int64 { return int64(f.Unverifiable) })
	row("time", func(f *found) string { return (time.Duration(f.Seconds) * time.Second).String() })
	row("seed", func(f *found) string { return fmt.Sprint(f.Seed) })
	b.WriteString("\n")
	for _, f := range runs {
		for _, w := range f.Wrong {
			b.WriteString("- " + f.Database + ": " + w + "\n")
		}
	}
	return b.String()
}

// thousands writes a number with commas.
func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func TestReportOfTheLongRunReplacesTheOneBefore(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(path, []byte("Before.\n"+reportBegins+"old\n"+reportEnds+"After.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	runs := []*found{{Database: "sqlite", Kills: 1000, Acknowledged: 1234567, Seconds: 61}, {Database: "postgres", Lost: 1, Wrong: []string{"one is lost"}}}
	for range 2 {
		if err := writeReport(path, "- A machine.", runs); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Before.\n" + reportBegins + "\n- A machine.\n\n|  | sqlite | postgres |\n| --- | ---: | ---: |\n| processes killed | 1,000 | 0 |\n",
		"| acts acknowledged | 1,234,567 | 0 |\n", "| **lost** | 0 | 1 |\n", "| time | 1m1s | 0s |\n", "- postgres: one is lost\n" + reportEnds + "After.\n"} {
		if !strings.Contains(string(got), want) {
			t.Errorf("it lacks %q:\n%s", want, got)
		}
	}
	if strings.Contains(string(got), "old") || strings.Count(string(got), "processes killed") != 1 {
		t.Errorf("%s", got)
	}
	if err := os.WriteFile(path, []byte("nothing\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if writeReport(path, "", runs) == nil {
		t.Error("a page without a place for it")
	}
}
