package scenario_test

import (
	"os"
	"strings"
	"testing"

	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
	"nazorat/internal/scenario"
	"nazorat/laws"
)

func builtIn(t *testing.T, name string) *procedure.Law {
	t.Helper()
	law, _, err := lawload.Load(laws.FS, name)
	if err != nil {
		t.Fatalf("%s:\n%v", name, err)
	}
	return law
}

// Each act must be seen done and refused, each term seen met in time and late: "at once" has no number to be late by, and a
// motion that would come too late is refused.
func TestScenariosOfEveryLawHoldAndShowAllOfIt(t *testing.T) {
	t.Parallel()
	names, err := lawload.Names(laws.FS)
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
		for _, u := range rep.Unshown() {
			t.Errorf("%s: no scenario shows the %s", name, u)
		}
		if !rep.Holds() || len(rep.Acts) == 0 || len(rep.Terms) == 0 {
			t.Errorf("%s: holds %v, %d acts, %d terms", name, rep.Holds(), len(rep.Acts), len(rep.Terms))
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
