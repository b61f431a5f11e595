package app_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// asked is a row of the table of docs/security.md.
type asked struct {
	number string // of the requirement: 1.2.3
	level  int
	text   string
	how    string // begins with "shown:", "said:", "not shown:" or "not applicable:"
}

var (
	asvsRow   = regexp.MustCompile(`^\| v5\.0\.0-(\d+\.\d+\.\d+) \| ([123]) \| ([^|]+) \| ([^|]+) \|$`)
	namedTest = regexp.MustCompile("`([a-z0-9/]+)\\.((?:Test|Fuzz)[A-Za-z0-9_]+)`")
	namedPart = regexp.MustCompile(`“([^”]+)”`)
)

// answers to a requirement.
const (
	shown         = "shown: "
	said          = "said: "
	notShown      = "not shown: "
	notApplicable = "not applicable: "
)

// readASVS reads the table, and says what is wrong with its rows: there is says whether a test, or a part of the document, is there.
func readASVS(text string, there func(pkg, test string) bool) (rows []asked, wrong []string) {
	var last []int
	for i, line := range strings.Split(text, "\n") {
		if !strings.HasPrefix(line, "| v5.0.0-") {
			continue
		}
		at := func(format string, args ...any) {
			wrong = append(wrong, fmt.Sprintf("line %d: ", i+1)+fmt.Sprintf(format, args...))
		}
		m := asvsRow.FindStringSubmatch(line)
		if m == nil {
			at("the row cannot be read: %s", line)
			continue
		}
		r := asked{number: m[1], text: m[3], how: m[4]}
		r.level, _ = strconv.Atoi(m[2])
		var number []int
		for part := range strings.SplitSeq(r.number, ".") {
			n, _ := strconv.Atoi(part)
			number = append(number, n)
		}
		if last != nil && slices.Compare(number, last) <= 0 {
			at("%s stands behind %v", r.number, last)
		}
		last = number
		tests := namedTest.FindAllStringSubmatch(r.how, -1)
		parts := namedPart.FindAllStringSubmatch(r.how, -1)
		switch {
		case strings.HasPrefix(r.how, shown):
			if len(tests) == 0 {
				at("%s is shown by no test", r.number)
			}
		case strings.HasPrefix(r.how, said):
			if len(parts) == 0 {
				at("%s is said nowhere", r.number)
			}
		case strings.HasPrefix(r.how, notShown), strings.HasPrefix(r.how, notApplicable):
			if _, why, _ := strings.Cut(r.how, ": "); len(why) < 10 {
				at("%s: why not?", r.number)
			}
		default:
			at("%s: neither shown, said, not shown nor not applicable: %s", r.number, r.how)
		}
		for _, x := range tests {
			if !there(x[1], x[2]) {
				at("%s: there is no test %s.%s", r.number, x[1], x[2])
			}
		}
		for _, x := range parts {
			if !strings.Contains(text, "\n## "+x[1]+"\n") && !strings.Contains(text, "\n### "+x[1]+"\n") {
				at("%s: the document has no part %q", r.number, x[1])
			}
		}
		rows = append(rows, r)
	}
	return rows, wrong
}

// counted counts rows of levels 1 and 2 by how they are answered.
func counted(rows []asked) (shownBy, saidIn, missing, beside int) {
	for _, r := range rows {
		switch {
		case strings.HasPrefix(r.how, shown):
			shownBy++
		case strings.HasPrefix(r.how, said):
			saidIn++
		case strings.HasPrefix(r.how, notShown):
			missing++
		default:
			beside++
		}
	}
	return shownBy, saidIn, missing, beside
}

// testsOf are the tests of a package, by the folder below internal or cmd.
func testsOf(t *testing.T) func(pkg, test string) bool {
	t.Helper()
	known := map[string]map[string]bool{}
	return func(pkg, test string) bool {
		if known[pkg] == nil {
			known[pkg] = map[string]bool{}
			dir := filepath.Join("..", filepath.FromSlash(pkg))
			if pkg == "nazorat" {
				dir = "../../cmd/nazorat"
			}
			files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range files {
				f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.SkipObjectResolution)
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range f.Decls {
					if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
						known[pkg][fn.Name.Name] = true
					}
				}
			}
		}
		return known[pkg][test]
	}
}

func TestEveryTestThatTheTableOfRequirementsNamesIsThere(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	rows, wrong := readASVS(string(text), testsOf(t))
	for _, w := range wrong {
		t.Error("docs/security.md " + w)
	}
	// As many as the standard has at levels 1 and 2: none is passed over.
	levels := map[int]int{}
	for _, r := range rows {
		levels[r.level]++
	}
	if levels[1] != ofLevel1 || levels[2] != ofLevel2 || levels[3] != 0 {
		t.Errorf("the table has %v rows by level; the standard has %d of level 1 and %d of level 2", levels, ofLevel1, ofLevel2)
	}
	shownBy, saidIn, missing, beside := counted(rows)
	share := 100 * shownBy / max(1, shownBy+saidIn+missing)
	sum := fmt.Sprintf("Of %d requirements of levels 1 and 2, %d do not apply. Of the %d that do, %d are shown by tests, %d are said in this document, and %d are not shown: %d of 100 are shown by a test.",
		len(rows), beside, shownBy+saidIn+missing, shownBy, saidIn, missing, share)
	if !strings.Contains(strings.Join(strings.Fields(string(text)), " "), sum) {
		t.Errorf("docs/security.md does not say: %s", sum)
	}
	if share < 92 {
		t.Errorf("only %d of 100 are shown by a test", share)
	}
}

// What ASVS 5.0.0 has.
const (
	ofLevel1 = 70
	ofLevel2 = 183
)

func TestTheTableOfRequirementsIsReadStrictly(t *testing.T) {
	t.Parallel()
	there := func(pkg, test string) bool { return pkg == "web" && test == "TestThere" }
	for name, c := range map[string]struct{ text, want string }{
		"good":             {"| v5.0.0-1.1.1 | 1 | x | shown: `web.TestThere` |", ""},
		"said":             {"\n## Limits\n\n| v5.0.0-1.1.1 | 1 | x | said: “Limits” |", ""},
		"a missing test":   {"| v5.0.0-1.1.1 | 1 | x | shown: `web.TestGone` |", "there is no test web.TestGone"},
		"no test":          {"| v5.0.0-1.1.1 | 1 | x | shown: surely |", "shown by no test"},
		"a missing part":   {"| v5.0.0-1.1.1 | 1 | x | said: “Limits” |", "no part"},
		"no reason":        {"| v5.0.0-1.1.1 | 1 | x | not shown: - |", "why not"},
		"no answer":        {"| v5.0.0-1.1.1 | 1 | x | fine |", "neither"},
		"twice":            {"| v5.0.0-1.1.1 | 1 | x | shown: `web.TestThere` |\n| v5.0.0-1.1.1 | 1 | x | shown: `web.TestThere` |", "stands behind"},
		"out of order":     {"| v5.0.0-1.10.1 | 1 | x | shown: `web.TestThere` |\n| v5.0.0-1.2.1 | 1 | x | shown: `web.TestThere` |", "stands behind"},
		"cannot be read":   {"| v5.0.0-1.1 | 1 | x | shown: `web.TestThere` |", "cannot be read"},
		"not shown, a why": {"| v5.0.0-1.1.1 | 2 | x | not shown: nobody has built it yet |", ""},
	} {
		_, wrong := readASVS(c.text, there)
		if got := strings.Join(wrong, "\n"); c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
