package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What -short cuts under the race detector, make runs once more in full: of the packages that TWICE names in the Makefile, the tests that CUT names. Every package
// that runs under the detector (RACED) and asks for -short is one of them.
func TestWhatIsCutShortRunsInFullToo(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	setting := func(name string) string {
		m := regexp.MustCompile(`(?m)^` + name + ` := (.+)$`).FindSubmatch(text)
		if m == nil {
			t.Fatalf("the Makefile sets no %s", name)
		}
		return string(m[1])
	}
	runs, twice := regexp.MustCompile(setting("CUT")), strings.Fields(setting("TWICE"))
	_, list, _ := strings.Cut(strings.TrimSuffix(setting("RACED"), ")"), "(")
	raced := strings.Split(list, "|")
	if len(raced) < 10 || !slices.Contains(raced, "docket") {
		t.Fatalf("RACED is read as %v", raced)
	}
	for _, name := range raced {
		pkg := "./internal/" + name
		if cut := cutShort(t, filepath.Join("../..", filepath.FromSlash(pkg))); len(cut) > 0 && !slices.Contains(twice, pkg) {
			t.Errorf("%s: %v are cut short, and TWICE does not name it", pkg, cut)
		}
	}
	for _, pkg := range twice {
		cut := cutShort(t, filepath.Join("../..", filepath.FromSlash(pkg)))
		if len(cut) == 0 {
			t.Errorf("nothing of %s is cut short: once is enough", pkg)
		}
		for _, name := range cut {
			if !runs.MatchString(name) {
				t.Errorf("%s.%s is cut short, and CUT does not name it", pkg, name)
			}
		}
	}
}

// cutShort are the tests of a package that ask for testing.Short, themselves or in what they call by name.
func cutShort(t *testing.T, dir string) (tests []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]map[string]bool{} // of each function, those that stand in it
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			within := map[string]bool{}
			ast.Inspect(f.Body, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					within[id.Name] = true
				}
				return true
			})
			if names[f.Name.Name] == nil {
				names[f.Name.Name] = within
			}
			maps.Copy(names[f.Name.Name], within) // of methods of several types that have one name
		}
	}
	asks := map[string]bool{"Short": true}
	for grown := true; grown; {
		grown = false
		for name, within := range names {
			for other := range within {
				if asks[other] && !asks[name] {
					asks[name], grown = true, true
				}
			}
		}
	}
	for name := range names {
		if asks[name] && strings.HasPrefix(name, "Test") {
			tests = append(tests, name)
		}
	}
	return tests
}
