package registrationcheck

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/laws"
)

func TestWhatIsWrongWithTheFileIsToldWithItsLine(t *testing.T) {
	t.Parallel()
	var list []*procedure.Law
	for _, name := range []string{"uz/criminal", "uz/supervision"} {
		law, _, err := lawload.Load(laws.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, law)
	}
	const file = "uz/criminal/" + rulesFile
	good, err := fs.ReadFile(laws.FS, file)
	if err != nil {
		t.Fatal(err)
	}
	for was, is := range map[string][2]string{
		"":                           {"", ""},
		"again: [refuse]":            {"again: [refuze]", `"refuze"`},
		"decided: [open_inquiry,":    {"decided: [give_instructions,", "are of the class investigation"}, // a hidden sheet would be counted
		"decide_on_report]":          {"detention]", "runs for each of several things"},
		"waiting: [received,":        {"waiting: [receved,", `"receved"`},
		"offices: [prosecutor,":      {"offices: [prosecutors,", `"prosecutors"`},
		"law: uz/supervision":        {"law: uz/supervise", `"uz/supervise"`},
		"act: check_registration":    {"act: check_registry", `"check_registry"`},
		"term: monthly_check":        {"term: weekly_check", `"weekly_check"`},
		"period_from: from":          {"period_start: from", `"period_start"`},
		"decisions: decided":         {"decisions: decisive", `"decisive"`},
		"begin: open_registration":   {"begin: opens_registration", `"opens_registration_check"`},
		"registered: [register_repo": {"registrd: [register_repo", `"registrd"`},
	} {
		text := strings.Replace(string(good), was, is[0], 1)
		r, err := readRules(fstest.MapFS{file: {Data: []byte(text)}}, list)
		switch {
		case is[1] == "" && (err != nil || r == nil || r.check == nil || len(r.check.fills) != 4):
			t.Errorf("the good one: %+v, %v", r, err)
		case is[1] != "" && (err == nil || !strings.Contains(err.Error(), is[1]) || !strings.Contains(err.Error(), rulesFile+":")):
			t.Errorf("%s: %v", is[0], err)
		}
	}
}

func TestAListThatIsCutOffSaysThatThereIsMore(t *testing.T) {
	t.Parallel()
	rows := make([]proceedings.MonthRow, 2)
	for want, list := range map[string]proceedings.MonthList{"2": {Rows: rows}, "2+": {Rows: rows, More: true}, "0": {}} {
		if got := howMany(list); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
