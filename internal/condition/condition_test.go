package condition_test

import (
	"os"
	"strings"
	"testing"

	"nazorat/internal/condition"
	"nazorat/internal/fact"
	"nazorat/internal/lawload"
	"nazorat/laws"
)

// CEL knows four types; what a formula comes to is one of the types of facts.
func TestAFormulaComesToTheFactThatItsNamesSay(t *testing.T) {
	t.Parallel()
	law, _, err := lawload.Load(os.DirFS("../scenario/testdata/laws"), "xx/court")
	if err != nil {
		t.Fatal(err)
	}
	e := law.Editions[0]
	reader := condition.NewReader()
	for _, c := range []struct {
		act, source string
		want        fact.Type
		texts       string
	}{
		{"hold", "act.until", fact.Date, ""},
		{"hold", "thing.born", fact.Date, ""},
		{"hold", "thing.since", fact.Moment, ""},
		{"hold", "has(thing.born) ? thing.born : act.until", fact.Date, ""},
		{"hold", "has(thing.born) ? thing.born : act.done", fact.Moment, ""},
		{"hold", "plus(act.until, '2wd')", fact.Date, ""},
		{"hold", "plus(act.until, '2h')", fact.Moment, ""},
		{"hold", "act.until + duration('24h')", fact.Moment, ""},
		{"hold", "due.held", fact.Moment, ""},
		{"hold", "has(act.until)", fact.YesNo, ""},
		{"hold", "act.until > act.done", fact.YesNo, ""},
		{"hold", "proceeding.damage", fact.Money, ""},
		{"hold", "proceeding.damage * 3 / 2", fact.Money, ""},
		{"hold", "-proceeding.damage", fact.Money, ""},
		{"hold", "proceeding.damage / proceeding.damage", fact.Number, ""},
		{"hold", "has(proceeding.damage) ? proceeding.damage : 0", fact.Money, ""},
		{"hold", "count.person.all + 1", fact.Number, ""},
		{"hold", "days(thing.born, act.done)", fact.Number, ""},
		{"hold", "thing.name", fact.Person, ""},
		{"hold", "thing.name + '!'", fact.Text, ""},
		{"hold", "proceeding.where", fact.Place, ""},
		{"hold", "officer.office", fact.Office, ""},
		{"hold", "officer.role", fact.Text, ""},
		{"free", "parent.name", fact.Person, ""},
		{"hold", "'a'", fact.Text, "a"},
		{"hold", "has(act.until) ? 'a' : thing.born < act.done ? 'b' : 'c'", fact.Text, "a b c"},
		{"hold", "has(act.until) ? 'a' : officer.role", fact.Text, ""},
	} {
		got, mistakes := reader.Read(e, e.Act(c.act), c.source, condition.Anything)
		if got == nil || len(mistakes) > 0 {
			t.Errorf("%s: %v", c.source, mistakes)
			continue
		}
		if got.Type != c.want || strings.Join(got.Texts, " ") != c.texts {
			t.Errorf("%s comes to a %s of %q, not a %s of %q", c.source, got.Type, got.Texts, c.want, c.texts)
		}
	}
}

func TestWhoIsAPartyIsAskedByRole(t *testing.T) {
	t.Parallel()
	law, _, err := lawload.Load(laws.FS, "uz/criminal")
	if err != nil {
		t.Fatal(err)
	}
	e := law.Editions[0]
	reader := condition.NewReader()
	for source, wrong := range map[string]string{
		"act.counsel in party.representative":    "",
		"!(officer.id in party.defence_counsel)": "",
		"act.counsel in party.representatives":   `was "representative" meant?`,
		"act.counsel in party.prosecutor":        "cannot be understood",
		"party.representative":                   "gives a list(text) where a yes_no is wanted",
	} {
		c, mistakes := reader.Read(e, e.Act("enter_warrant"), source, condition.YesOrNo)
		said := ""
		for _, m := range mistakes {
			said += m.What + " " + m.Meant
		}
		if (c != nil) != (wrong == "") || !strings.Contains(said, wrong) {
			t.Errorf("%s: %q", source, said)
		}
	}
}
