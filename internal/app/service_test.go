package app_test

import (
	"slices"
	"testing"

	"nazorat/internal/app"
	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
	"nazorat/laws"
)

// A role that a law knows and the law of the service does not could be given to nobody by an act.
func TestEveryRoleOfALawCanBeGivenByAnAct(t *testing.T) {
	t.Parallel()
	var list []*procedure.Law
	given := map[string]int{} // by role: how many acts can give it
	acts := 0
	for _, name := range app.Applied {
		law, _, err := lawload.Load(laws.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, law)
		e := law.Editions[len(law.Editions)-1]
		for _, r := range e.Acts {
			if r == nil || !r.Enters(procedure.GiveMandate) {
				continue
			}
			f := r.Field(r.FieldOf(procedure.GiveMandate, "role"))
			if f == nil {
				continue
			}
			acts++
			for _, role := range f.Choices {
				given[role]++
			}
		}
	}
	for _, law := range list {
		for _, role := range law.Editions[len(law.Editions)-1].Roles {
			if slices.Contains(nobodys, role) {
				if given[role] > 0 {
					t.Errorf("%s is the role of no officer, and %d acts give it", role, given[role])
				}
				continue
			}
			if role != procedure.InCharge && given[role] != acts {
				t.Errorf("%s has the role %s, which %d of %d acts can give", law.Name, role, given[role], acts)
			}
		}
	}
	if acts < 3 || slices.Contains(app.Applied, "") {
		t.Errorf("only %d acts give mandates", acts)
	}
}

// nobodys are the roles of the public pages: no officer has them.
var nobodys = []string{"portal", "victim_online"}
