package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"nazorat/internal/directory"
	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
	"nazorat/laws"
)

// An article as codes are cited here, in any of the languages.
var citedArticle = regexp.MustCompile(`\b(CPC|CC|УПК|JPK|UPK|CdS)\s?[0-9]`)

// testRooms hold tests only: they tell stories of a real law.
var testRooms = map[string]bool{"lived": true, "e2e": true, "bench": true, "browsertest": true}

// The law is data: a term, an article or a role that stood in Go would have to be
// changed there when the law changes, and nobody would look.
func TestNoGoCodeHoldsAnArticleATermOrARoleOfALaw(t *testing.T) {
	t.Parallel()
	names, err := lawload.Names(laws.FS)
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]string{} // a name of the law, and what it is
	for _, n := range names {
		law, _, err := lawload.Load(laws.FS, n)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range law.Editions {
			for _, r := range e.Roles {
				of[r] = "a role of " + n
			}
			for _, term := range e.TermNames() {
				of[term] = "a term of " + n
			}
			for _, act := range e.ActNames() {
				if strings.Contains(act, "_") {
					of[act] = "an act of " + n
				}
			}
		}
	}
	delete(of, procedure.InCharge)
	for _, kind := range []string{directory.Prosecutor, directory.Interior, directory.Court, directory.Penitentiary, directory.Bar, directory.SupervisorRole} {
		delete(of, kind) // kinds of offices, and the competence to supervise, are the directory's own words
	}
	if len(of) < 50 {
		t.Fatalf("only %d names: the test sees nothing", len(of))
	}
	looked := 0
	err = filepath.WalkDir("..", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || testRooms[d.Name()]):
			return filepath.SkipDir
		case !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go"):
			return nil
		}
		files := token.NewFileSet()
		f, err := parser.ParseFile(files, p, nil, 0)
		if err != nil {
			return err
		}
		looked++
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			text := strings.Trim(lit.Value, "\"`")
			if what := of[text]; what != "" {
				t.Errorf("%s: %s is %s", files.Position(lit.Pos()), lit.Value, what)
			}
			if m := citedArticle.FindString(text); m != "" {
				t.Errorf("%s: %q is an article", files.Position(lit.Pos()), m)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if looked < 100 {
		t.Errorf("only %d files looked at", looked)
	}
}
