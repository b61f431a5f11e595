package look_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/look"
	"nazorat/laws"
)

const rulesFile = "policies/looking.yaml"

func TestBuiltInRulesOfLookingAreWhole(t *testing.T) {
	t.Parallel()
	r := rules(t)
	if len(r.Purposes) < 3 || len(r.Emergency.Lasts) == 0 || r.Purpose("nothing") != nil {
		t.Errorf("%+v", r)
	}
	for i := range r.Purposes {
		p := &r.Purposes[i]
		if r.Purpose(p.ID) != p || p.Text("uz") == p.Text("ru") || p.Text("xx") != p.Text("en") {
			t.Errorf("%+v", p)
		}
	}
}

func TestRulesThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	text, err := fs.ReadFile(laws.FS, rulesFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to, want string }{
		{"behind: 1min", "behind: soon", "soon"},
		{"behind: 1min", "behind: 3wd", "minutes or hours"},
		{"behind: 1min", "before: 1min", "before"},
		{"holds: 30min", "holds: 0min", "holds"},
		{"lasts: [15min, 1h, 4h]", "lasts: []", "lasts"},
		{"lasts: [15min, 1h, 4h]", "lasts: [0h]", "no time"},
		{"most_a_day: 5", "most_a_day: 0", "most_a_day"},
		{"from: 8, to: 20", "from: 20, to: 8", "hours"},
		{"days: 30", "days: 0", "days"},
		{"id: complaint", "id: request", "a name of its own"},
		{"serves: itself", "serves: nobody", "another"},
		{`en: "To check an appeal or a complaint"`, `en: ""`, "complaint"},
	} {
		changed := strings.Replace(string(text), c.from, c.to, 1)
		if changed == string(text) {
			t.Fatalf("%q does not stand in the file", c.from)
		}
		_, err := look.LoadRules(fstest.MapFS{rulesFile: {Data: []byte(changed)}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.to, err)
		}
	}
	if _, err := look.LoadRules(fstest.MapFS{}); err == nil {
		t.Error("no file was taken for rules")
	}
}
