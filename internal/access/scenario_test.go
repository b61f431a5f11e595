package access_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/access"
	"nazorat/laws"
)

func TestTheScenariosOfTheBuiltInPoliciesHold(t *testing.T) {
	t.Parallel()
	got, err := loaded(t).Test(laws.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range got.Failures {
		t.Error(f)
	}
	if len(got.Untouched) > 0 || got.Files != 13 || got.Allowed < 15 || got.Questions-got.Allowed < 10 {
		t.Errorf("%+v", got)
	}
}

func TestALineThatDoesNotHoldIsTold(t *testing.T) {
	t.Parallel()
	files := with(t, nil).(fstest.MapFS)
	files["uz/criminal/policies.scenario"] = &fstest.MapFile{Data: []byte(`office a
office b under=a
office b
office c under=nowhere
office d nothing

head@a read b -> refused
head@a read b -> allowed: read-own-and-below, read-supervised # its supervisor is itself
head@a look b -> refused
head@a read z -> refused
head a b
head read b -> refused
head@a read b colour=red -> refused
office e
`)}
	got, err := loaded(t).Test(files)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`3: there is an office "b" before`, `4: the office "nowhere" stands before those below it`, `5: "nothing": say ROLE=OFFICE`,
		`7: it is allowed: read-own-and-below, read-supervised; the scenario says refused`, `9: there is no action "look"`, `10: the service has no office "z"`,
		`11: a question is`, `12: "head": say ROLE@OFFICE`, `13: "colour=red": nothing is known of that`, `14: offices stand before the first question`}
	if len(got.Failures) != len(want) {
		t.Fatalf("%d failures\n%v", len(got.Failures), got.Failures)
	}
	for i, w := range want {
		if !strings.HasPrefix(got.Failures[i].String(), "uz/criminal/policies.scenario:"+w) {
			t.Errorf("got %s, want %s", got.Failures[i], w)
		}
	}
	if got.Holds() || got.Questions != 2 || !strings.Contains(strings.Join(got.Untouched, " "), "list-supervised") {
		t.Errorf("%+v", got)
	}
}

func TestADecisionIsWrittenAsScenariosDo(t *testing.T) {
	t.Parallel()
	if got := (access.Decision{}).String(); got != "refused" {
		t.Error(got)
	}
}
