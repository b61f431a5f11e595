package browsertest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

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
		Passes     int       `json:"passes"`
		Violations []finding `json:"violations"`
	}
	ctx, cancel := context.WithTimeout(p.ctx, 3*Patience) // it reckons, for two seconds of a processor on a long page: others may have most of both
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](string(source))); err != nil {
		t.Fatalf("load axe-core into %s: %v", p.where(), err)
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[report](`axe.run(document, { resultTypes: ["violations"] }).then((r) => ({
		passes: r.passes.length,
		violations: r.violations.map((v) => ({
			id: v.id, impact: v.impact ?? "", help: v.help,
			nodes: v.nodes.map((n) => ({ target: n.target, failureSummary: n.failureSummary ?? "" })),
		})),
	}))`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("run axe-core on %s: %v", p.where(), err)
	}
	if found.Passes == 0 {
		t.Fatalf("axe-core checked nothing on %s", p.where())
	}
	for _, v := range found.Violations {
		var places []string
		for _, n := range v.Nodes {
			places = append(places, fmt.Sprintf("%v: %s", n.Target, strings.ReplaceAll(n.FailureSummary, "\n", " ")))
		}
		t.Errorf("%s: %s (%s): %s\n\t%s", p.where(), v.ID, v.Impact, v.Help, strings.Join(places, "\n\t"))
	}
}
