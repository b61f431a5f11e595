package access_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/access"
	"nazorat/laws"
)

// with are the built-in policies with further files beside them. Each text is that of a policy behind its annotations.
func with(tb testing.TB, files map[string][]string) fs.FS {
	tb.Helper()
	out := fstest.MapFS{}
	err := fs.WalkDir(laws.FS, ".", func(f string, d fs.DirEntry, err error) error {
		if err != nil || path.Ext(f) != ".cedar" && path.Ext(f) != ".cedarschema" {
			return err
		}
		text, err := fs.ReadFile(laws.FS, f)
		out[f] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	for f, list := range files {
		text := ""
		for i, body := range list {
			name := fmt.Sprintf("more-%d", i)
			if f != "policies/more.cedar" {
				name = f[:len(f)-len("/policies.cedar")] + "/" + name
			}
			text += fmt.Sprintf("@id(%q)\n@reason(\"a test\")\n@en(\"A\")\n@ru(\"A\")\n@uz(\"A\")\n%s\n", name, body)
		}
		out[f] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

const (
	mine       = `permit (principal is Mandate, action == Action::"read", resource is Proceeding) when { resource has in_charge && resource.in_charge == principal.officer };`
	unassigned = `permit (principal is Mandate, action in [Action::"read", Action::"act"], resource is Proceeding) when { principal.role == "judge" } unless { resource has in_charge };`
	onlyMine   = `forbid (principal is Mandate, action == Action::"read", resource is Proceeding) when { principal.role == "inquirer" && resource has in_charge && resource.in_charge != principal.officer };`
	noJudges   = `forbid (principal is Mandate, action == Action::"read", resource is Proceeding) when { resource.office.hasTag("judge") } unless { resource.office.hasTag("judge") && resource.office.getTag("judge") == principal.office };`
	unheard    = `permit (principal is Mandate, action == Action::"read", resource is Proceeding) when { principal.role == "prosecutor" } unless { resource.office.hasTag("judge") };`
	elsewhere  = `permit (principal is Mandate, action == Action::"read", resource is Proceeding) when { principal.role == "prosecutor" } unless { resource.office in principal.office };`
	supervised = `forbid (principal is Mandate, action == Action::"read", resource is Proceeding) when { principal.role == "supervisor" } unless { resource has supervisor && resource.supervisor in principal.office };`
	everything = `permit (principal is Mandate, action == Action::"read", resource is Proceeding) when { principal.role == "supervisor" };`
	closed     = `forbid (principal is Mandate, action == Action::"read", resource is Proceeding) when { ["closed", "appeal"].contains(resource.stage) } unless { principal.role == "prosecutor" };`
	heard      = `permit (principal is Mandate, action == Action::"read", resource is Proceeding) when { principal.role == "judge" } unless { resource.stage != "court" };`
	admitted   = `forbid (principal is Mandate, action == Action::"read", resource is Proceeding) when { resource.secrecy != "" } unless { principal.clearance.contains(resource.secrecy) };`
	strangers  = `forbid (principal is Mandate, action == Action::"read", resource is Proceeding) when { resource.secrecy == "own" } unless { resource.party } unless { resource.office in principal.office && principal.role != "judge" };`
	invited    = `permit (principal is Mandate, action == Action::"read", resource is Proceeding) when { resource.party } when { resource.stage != "closed" } unless { principal.role == "inquirer" };`
	uninvited  = `permit (principal is Mandate, action == Action::"read", resource is Proceeding) when { principal.role == "judge" } when { resource.secrecy != "secret" } unless { resource.party };`
	alice      = `permit (principal is Mandate, action == Action::"read", resource is Proceeding) when { principal.officer in [principal.officer] && principal.role == "inquirer" && resource.office == principal.office };`
)

// List is the set of what may be read one by one, whatever the policies are.
func TestWhatIsWithinReachIsWhatMayBeRead(t *testing.T) {
	t.Parallel()
	for name, files := range map[string]map[string][]string{
		"the built-in ones":         nil,
		"the officer in charge":     {"policies/more.cedar": {mine, onlyMine}},
		"no officer in charge":      {"policies/more.cedar": {unassigned}},
		"forbidden offices":         {"policies/more.cedar": {noJudges, elsewhere}},
		"forbidden supervisors":     {"policies/more.cedar": {supervised, everything}},
		"one law has its own":       {"uz/appeals/policies.cedar": {everything, noJudges, onlyMine}},
		"all together":              {"policies/more.cedar": {mine, elsewhere, supervised}, "uz/appeals/policies.cedar": {unassigned, noJudges, onlyMine}},
		"one that asks who it is":   {"policies/more.cedar": {alice}},
		"the stage":                 {"policies/more.cedar": {closed, heard}},
		"the stage under one law":   {"policies/more.cedar": {mine}, "uz/appeals/policies.cedar": {heard, closed, onlyMine}},
		"two sets that are outside": {"policies/more.cedar": {elsewhere, unheard}},
		"admission by its name":     {"policies/more.cedar": {everything, admitted}},
		"parties":                   {"policies/more.cedar": {invited, uninvited, strangers}},
		"parties under one law":     {"policies/more.cedar": {mine, uninvited}, "uz/appeals/policies.cedar": {strangers, invited, admitted}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all, err := access.Load(with(t, files))
			if err != nil {
				t.Fatal(err)
			}
			p := all.On(0)
			r := rand.New(rand.NewPCG(3, 4))
			seen := map[bool]int{}
			for range 40 {
				w := random(r)
				for range 60 {
					who, what := w.asked(r)
					who, what = closer(r, who, what)
					d := p.Decide(w.service, who, access.Read, what)
					if got := p.Reach(w.service, who).Reads(who, what); got != d.Allowed {
						t.Fatalf("%+v, %+v: within reach: %v; may be read: %v by %v\n%v\n%v", who, what, got, d.Allowed, d.IDs(), w.parent, w.competent)
					}
					seen[d.Allowed]++
				}
			}
			if seen[true] < 100 || seen[false] < 100 {
				t.Errorf("the draw shows too little: %v", seen)
			}
		})
	}
}

// A reach is as good as the policies: one that lost a part of a policy shows, or hides, what it should not.
func TestAPartOfAPolicyThatIsLeftOutOfAReachShows(t *testing.T) {
	t.Parallel()
	whole, err := access.Load(with(t, map[string][]string{"policies/more.cedar": {strangers}}))
	if err != nil {
		t.Fatal(err)
	}
	part, err := access.Load(with(t, map[string][]string{"policies/more.cedar": {strings.Replace(strangers, `unless { resource.party }`, "", 1)}}))
	if err != nil {
		t.Fatal(err)
	}
	r, differ := rand.New(rand.NewPCG(3, 4)), 0
	for range 40 {
		w := random(r)
		for range 60 {
			who, what := w.asked(r)
			who, what = closer(r, who, what)
			if whole.On(0).Decide(w.service, who, access.Read, what).Allowed != part.On(0).Reach(w.service, who).Reads(who, what) {
				differ++
			}
		}
	}
	if differ < 5 {
		t.Errorf("of 2400 questions %d show what was left out", differ)
	}
}

// Whether boards must look at an officer's own proceedings one by one follows from the level alone.
func TestAReachTellsWhetherItHangsOnWhoIsInCharge(t *testing.T) {
	t.Parallel()
	who := access.Subject{Officer: "a", Role: "inquirer", Office: "police-1"}
	r := policies(t).Reach(small(), who)
	if r.HangsOnCharge("secret") || !r.HangsOnCharge("closed") {
		t.Errorf("secret %v, closed %v", r.HangsOnCharge("secret"), r.HangsOnCharge("closed"))
	}
	his, err := access.Load(with(t, map[string][]string{"policies/more.cedar": {mine}}))
	if err != nil {
		t.Fatal(err)
	}
	if !his.On(0).Reach(small(), who).HangsOnCharge("") {
		t.Error("what an officer in charge may read hangs on nobody")
	}
}

func TestAReachIsWorkedOutOnce(t *testing.T) {
	t.Parallel()
	s, who := small(), access.Subject{Officer: "a", Role: "prosecutor", Office: "district-1"}
	first := policies(t).Reach(s, who)
	who.Officer = "b" // no policy asks who he is
	if policies(t).Reach(s, who) != first {
		t.Error("a reach was worked out twice")
	}
	if got := first.Common().May.Supervisors.IDs; len(got) != 1 || got[0] != "district-1" || !first.Common().Not.Offices.Empty() {
		t.Errorf("%+v", first.Common())
	}
	if other := policies(t).Reach(small(), who); other == first {
		t.Error("a reach outlived the offices that it follows from")
	}
}

// What a choice of offices offers is what would be allowed office by office, also where a policy asks how somebody has his mandate or what he is admitted to: what one may list is not remembered for another.
func TestOfficesThatAreListedAreThoseThatMayBeListed(t *testing.T) {
	t.Parallel()
	const (
		manner = `permit (principal is Mandate, action == Action::"list", resource is Office) when { principal.manner == "delegation" && principal.role == "inquirer" };`
		level  = `permit (principal is Mandate, action == Action::"list", resource is Office) when { principal.clearance.contains("secret") && resource != principal.office };`
		never  = `forbid (principal is Mandate, action == Action::"list", resource is Office) when { principal.role == "judge" };`
	)
	for name, files := range map[string]map[string][]string{"the built-in ones": nil, "how he has it": {"policies/more.cedar": {manner}}, "admission": {"policies/more.cedar": {level}}, "one that forbids": {"policies/more.cedar": {never}}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all, err := access.Load(with(t, files))
			if err != nil {
				t.Fatal(err)
			}
			p := all.On(0)
			r := rand.New(rand.NewPCG(5, 6))
			seen := map[bool]int{}
			for range 40 {
				w := random(r)
				for range 30 {
					who, what := w.asked(r)
					who, _ = closer(r, who, what)
					who.Manner = pick(r, []string{"", "delegation", "substitution"})
					d := p.Decide(w.service, who, access.List, access.Resource{Office: what.Office})
					if got := p.Listed(w.service, who)[what.Office]; got != d.Allowed {
						t.Fatalf("%+v, %s: listed %v; may be listed: %v by %v\n%v\n%v", who, what.Office, got, d.Allowed, d.IDs(), w.parent, w.competent)
					}
					seen[d.Allowed]++
				}
			}
			if seen[true] < 50 || seen[false] < 50 {
				t.Errorf("the draw shows too little: %v", seen)
			}
			if p.Listed(nil, access.Subject{Role: "prosecutor", Office: "district-1"}) != nil || (*access.Edition)(nil).Listed(small(), access.Subject{Role: "prosecutor", Office: "district-1"}) != nil {
				t.Error("nothing lists something")
			}
		})
	}
}

// What lists show of sheets is what single readings would: for sheets of every class, one's own or not, before and after the file was opened.
func TestSheetsWithinReachAreThoseThatMayBeRead(t *testing.T) {
	t.Parallel()
	const sheets = `forbid (principal is Mandate, action == Action::"read_sheet", resource is Sheet) `
	for name, files := range map[string]map[string][]string{
		"the built-in ones": nil,
		"all that a condition can ask": {"policies/more.cedar": {
			sheets + `when { resource.sheet == "covert" } unless { resource has in_charge && resource.in_charge == principal.officer } unless { resource.own };`,
			sheets + `when { ["investigation", "covert"].contains(resource.sheet) } when { resource.party || principal.role == "judge" } unless { resource.opened };`,
			sheets + `when { resource.stage == "closed" } unless { resource has supervisor && resource.supervisor in principal.office } unless { resource.sheet == "investigation" };`,
			sheets + `when { resource.secrecy == "secret" } unless { principal.clearance.contains(resource.secrecy) };`,
		}},
		"under one law": {"uz/appeals/policies.cedar": {sheets + `when { resource.office in principal.office } unless { resource.own } unless { resource.opened };`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all, err := access.Load(with(t, files))
			if err != nil {
				t.Fatal(err)
			}
			p := all.On(0)
			r := rand.New(rand.NewPCG(5, 6))
			seen := map[bool]int{}
			for range 30 {
				w := random(r)
				for range 60 {
					who, what := w.asked(r)
					who, what = closer(r, who, what)
					what.Sheet, what.Own, what.Opened = []string{"investigation", "covert", "another"}[r.IntN(3)], r.IntN(2) == 0, r.IntN(2) == 0
					d := p.Decide(w.service, who, access.ReadSheet, what)
					if got := p.Sheets(w.service, who, what.Law, what.Sheet, what.Own, what.Opened).Has(who, what); got != d.Allowed {
						t.Fatalf("%+v, %+v: within reach: %v; may be read: %v by %v", who, what, got, d.Allowed, d.IDs())
					}
					seen[d.Allowed]++
				}
			}
			if files != nil && (seen[true] < 50 || seen[false] < 50) {
				t.Errorf("the draw shows too little: %v", seen)
			}
		})
	}
}

func TestAPolicyAboutSheetsThatNoListCanBeAskedIsRefused(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{
		`forbid (principal is Mandate, action == Action::"read_sheet", resource is Sheet) when { resource.party && resource.stage == "trial" };`,
		`forbid (principal is Mandate, action == Action::"read_sheet", resource is Sheet) when { resource.stage like "t*" };`,
	} {
		if _, err := access.Load(with(t, map[string][]string{"policies/more.cedar": {wrong}})); err == nil || !strings.Contains(err.Error(), "list") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}
