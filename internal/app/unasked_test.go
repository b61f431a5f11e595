package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// What reads without asking who he is that reads is for those who hold the database: no page calls it.
func TestNoPageReadsPastThePolicies(t *testing.T) {
	t.Parallel()
	unasked := map[string]bool{"Stored": true, "States": true, "CheckAll": true, "CheckSome": true}
	seen := 0
	for _, r := range rooms {
		if r.kind != pages && r.kind != system {
			continue
		}
		files, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(r.name), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range file.Imports {
				if i.Path.Value == `"`+module+`internal/replay"` {
					t.Errorf("%s imports replay, which asks nobody who he is", name)
				}
			}
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				if f, ok := call.Fun.(*ast.SelectorExpr); ok {
					seen++
					if unasked[f.Sel.Name] {
						t.Errorf("%s calls %s, which asks nobody who he is", set.Position(f.Pos()), f.Sel.Name)
					}
				}
				return true
			})
		}
	}
	if seen < 1000 {
		t.Errorf("only %d calls were looked at", seen)
	}
}
