package scenario_test

import (
	"os"
	"strings"
	"testing"

	"nazorat/internal/procedure"
	"nazorat/internal/scenario"
	"nazorat/laws"
)

func builtIn(t *testing.T, name string) *procedure.Law {
	t.Helper()
	law, _, err := procedure.Load(laws.FS, name)
	if err != nil {
		t.Fatalf("%s:\n%v", name, err)
	}
	return law
}

func TestScenariosOfEveryLawHold(t *testing.T) {
	t.Parallel()
	names, err := procedure.Names(laws.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		rep, err := scenario.Run(laws.FS, builtIn(t, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range rep.Failures {
			t.Errorf("%s", f)
		}
		for _, u := range rep.Untouched() {
			t.Errorf("%s: no scenario touches the %s", name, u)
		}
		t.Logf("%s: %d files, %d acts, %d expectations, not shown: %s", name, rep.Files, rep.Tried, rep.Expected, strings.Join(rep.Unshown(), ", "))
	}
}

// Each term that has a number must be seen kept and broken; "at once" has no number to be late by,
// and a motion that would come too late is refused.
func TestScenariosOfCriminalProcedureShowEachTermKeptAndBroken(t *testing.T) {
	t.Parallel()
	rep, err := scenario.Run(laws.FS, builtIn(t, "uz/criminal"))
	if err != nil {
		t.Fatal(err)
	}
	if len(rep.Terms) == 0 {
		t.Error("no terms")
	}
	for _, term := range rep.Terms {
		if !term.InTime {
			t.Errorf("no scenario shows %s done in time", term.Name)
		}
		if !term.Late && !term.AtOnce {
			t.Errorf("no scenario shows %s done late", term.Name)
		}
	}
}

func TestTheScenarioOfTheGuideHolds(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/laws.md")
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, block := range strings.Split(string(guide), "```text\n")[1:] {
		text, _, _ := strings.Cut(block, "```")
		if !strings.HasPrefix(text, "scenario:") {
			continue
		}
		found = true
		rep := scenario.Text(builtIn(t, "uz/criminal"), "docs/laws.md", []byte(text))
		for _, f := range rep.Failures {
			t.Error(f)
		}
		if rep.Tried == 0 || rep.Expected == 0 {
			t.Error("the scenario says nothing")
		}
	}
	if !found {
		t.Error("the guide has no scenario")
	}
}
