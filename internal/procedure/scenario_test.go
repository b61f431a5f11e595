package procedure_test

import (
	"testing"

	"nazorat/internal/procedure"
	"nazorat/laws"
)

func TestScenariosOfEveryLawHold(t *testing.T) {
	t.Parallel()
	names, err := procedure.Names(laws.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		law, _, err := procedure.Load(laws.FS, name)
		if err != nil {
			t.Fatalf("%s:\n%v", name, err)
		}
		rep, err := procedure.RunScenarios(laws.FS, law)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range rep.Failures {
			t.Errorf("%s", f)
		}
		for _, u := range rep.Untouched {
			t.Errorf("%s: no scenario touches the %s", name, u)
		}
		t.Logf("%s: %d files, %d acts, %d expectations", name, rep.Files, rep.Acts, rep.Expected)
	}
}
