package browsertest

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// What a text contrasts with takes axe-core two thirds of its time, and the tests meet the same table, button and heading on every page. So a
// text is not asked again when one that is alike has passed: axe.js says what alike is. What fails, or cannot be told, is asked every time.
var contrasted struct {
	sync.Mutex
	passed map[int64]bool
}

//go:embed axe.js
var withAxe string

// Axe fails the test for everything on the page that axe-core finds to shut
// somebody out: the rules of WCAG 2.2 A and AA and axe's best practices. It
// needs axe-core in node_modules (npm ci).
func (p *Page) Axe(t testing.TB) {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(root(t), "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		missing(t, "axe-core is not installed (npm ci)")
	}
	type node struct {
		Target         []any  `json:"target"`
		FailureSummary string `json:"failureSummary"`
	}
	type finding struct {
		ID     string `json:"id"`
		Impact string `json:"impact"`
		Help   string `json:"help"`
		Nodes  []node `json:"nodes"`
	}
	type report struct {
		Asked      int       `json:"asked"` // the texts that there are
		Passes     int       `json:"passes"`
		Violations []finding `json:"violations"`
		Contrasted []int64   `json:"contrasted"` // the texts that passed
	}
	contrasted.Lock()
	passed, err := json.Marshal(slices.Collect(maps.Keys(contrasted.passed)))
	contrasted.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(p.ctx, 3*Patience) // it reckons, for two seconds of a processor on a long page: others may have most of both
	defer cancel()
	loaded, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`typeof axe === "object"`))
	if err == nil && !loaded {
		err = chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](string(source)))
	}
	if err != nil {
		t.Fatalf("load axe-core into %s: %v", p.where(), err)
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[report]("("+withAxe+")("+string(passed)+")", chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("run axe-core on %s: %v", p.where(), err)
	}
	if found.Passes == 0 || found.Asked == 0 {
		t.Fatalf("axe-core checked nothing on %s", p.where())
	}
	for _, v := range found.Violations {
		var places []string
		for _, n := range v.Nodes {
			places = append(places, fmt.Sprintf("%v: %s", n.Target, strings.ReplaceAll(n.FailureSummary, "\n", " ")))
		}
		t.Errorf("%s: %s (%s): %s\n\t%s", p.where(), v.ID, v.Impact, v.Help, strings.Join(places, "\n\t"))
	}
	contrasted.Lock()
	defer contrasted.Unlock()
	if contrasted.passed == nil {
		contrasted.passed = map[int64]bool{}
	}
	for _, n := range found.Contrasted {
		contrasted.passed[n] = true
	}
}
