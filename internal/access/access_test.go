package access_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"nazorat/internal/access"
	"nazorat/laws"
)

// real are the policies that are built in.
var real = sync.OnceValues(func() (*access.Policies, error) { return access.Load(laws.FS) })

func loaded(tb testing.TB) *access.Policies {
	tb.Helper()
	p, err := real()
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// policies are those of a day: none of those that are built in is dated.
func policies(tb testing.TB) *access.Edition {
	tb.Helper()
	return loaded(tb).On(0)
}

// small is a service: the general office above two regions, each above a district; the
// district prosecutor supervises the police of his district, whose judge is in a court of its own tree.
func small() *access.Service {
	police := func(n string) access.Office {
		return access.Office{ID: "police-" + n, Competent: map[string]string{"supervisor": "district-" + n, "prosecutor": "district-" + n,
			"regional_prosecutor": "region-" + n, "judge": "court-" + n}}
	}
	return access.NewService([]access.Office{
		{ID: "general"}, {ID: "region-1", Parent: "general"}, {ID: "region-2", Parent: "general"},
		{ID: "district-1", Parent: "region-1"}, {ID: "district-2", Parent: "region-2"},
		police("1"), police("2"), {ID: "court-1"}, {ID: "court-2"},
	})
}

func TestWhoReachesAProceedingAndByWhichPolicy(t *testing.T) {
	t.Parallel()
	p, s := policies(t), small()
	matter := access.Resource{Law: "uz/appeals", Office: "police-1", Supervisor: "district-1", InCharge: "sardor"}
	for _, c := range []struct {
		role, office string
		read, act    string // the policies, "" where none allows it
	}{
		{"inquirer", "police-1", "read-own-and-below", "act-in-own-office"},
		{"prosecutor", "district-1", "read-supervised read-in-role", "act-in-role"},
		{"regional_prosecutor", "region-1", "read-supervised read-in-role", "act-in-role"},
		{"prosecutor", "region-1", "read-supervised", ""}, // the region sees it; the district's prosecutor has it
		{"prosecutor", "general", "read-supervised", ""},  // so does the general office
		{"prosecutor", "district-2", "", ""},
		{"regional_prosecutor", "region-2", "", ""},
		{"inquirer", "police-2", "", ""},
		{"judge", "court-1", "read-in-role", "act-in-role"},
		{"judge", "court-2", "", ""},
		{"prosecutor", "police-1", "read-own-and-below", ""}, // a role that another office has for this one
		{"inquirer", "court-1", "", ""},                      // his office has a role for it, and it is not his
		{"inquirer", "", "", ""},
		{"", "police-1", "", ""},
	} {
		who := access.Subject{Officer: "o", Role: c.role, Office: c.office}
		for do, want := range map[access.Action]string{access.Read: c.read, access.Act: c.act} {
			got := p.Decide(s, who, do, matter)
			if by := words(got.IDs()); by != want || got.Allowed != (want != "") {
				t.Errorf("%s of %q may %s: %v by %q, want %q", c.role, c.office, do, got.Allowed, by, want)
			}
		}
	}
}

func words(list []string) (out string) {
	for i, w := range list {
		if i > 0 {
			out += " "
		}
		out += w
	}
	return out
}

// What a law adds is asked in its own proceedings only.
func TestALawsPoliciesAreAskedInItsProceedingsAlone(t *testing.T) {
	t.Parallel()
	who := access.Subject{Officer: "o", Role: "prosecutor", Office: "district-1"}
	for law, want := range map[string]string{"uz/criminal": "CPC 382", "uz/appeals": "", "": ""} {
		d := policies(t).Decide(small(), who, access.Act, access.Resource{Law: law, Office: "police-1", Supervisor: "district-1"})
		if !d.Allowed || d.Article() != want {
			t.Errorf("%q: %v by %v, article %q, want %q", law, d.Allowed, d.IDs(), d.Article(), want)
		}
	}
}

// That an office has some role for another opens single proceedings to whoever holds that role, not the other's board and lists to everybody in it.
func TestAPartInProceedingsIsNoViewOfTheOffice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		role, office string
		want         bool
	}{
		{"inquirer", "police-1", true},
		{"prosecutor", "district-1", true},
		{"prosecutor", "region-1", true},
		{"judge", "court-1", false},
		{"inquirer", "police-2", false},
	} {
		who := access.Subject{Officer: "o", Role: c.role, Office: c.office}
		if got := policies(t).Decide(small(), who, access.List, access.Resource{Office: "police-1"}); got.Allowed != c.want {
			t.Errorf("%s of %s sees the board of police-1: %v by %v", c.role, c.office, got.Allowed, got.IDs())
		}
	}
	if got := policies(t).Decide(small(), access.Subject{Officer: "o", Role: "head", Office: "nowhere"}, access.List, access.Resource{Office: "nowhere"}); got.Allowed {
		t.Error("an office that is not there has a board")
	}
}

func TestWithoutPoliciesNothingIsAllowed(t *testing.T) {
	t.Parallel()
	var none *access.Policies
	if none.On(0) != nil || none.All() != nil {
		t.Error("there are policies where none were read")
	}
	who, what := access.Subject{Officer: "o", Role: "inquirer", Office: "police-1"}, access.Resource{Office: "police-1", Supervisor: "district-1"}
	if d := none.On(0).Decide(small(), who, access.Read, what); d.Allowed {
		t.Errorf("%v", d)
	}
	if none.On(0).Reach(small(), who).Reads(who, what) {
		t.Error("nothing reaches something")
	}
}

// world is a random service as plain data, for the rules as they were written in Go before there were policies.
type world struct {
	parent    map[string]string
	competent map[[2]string]string
	ids       []string
	service   *access.Service
}

var roles = []string{"supervisor", "prosecutor", "judge", "inquirer"}

func random(r *rand.Rand) *world {
	w := &world{parent: map[string]string{}, competent: map[[2]string]string{}}
	for i := range 2 + r.IntN(10) {
		id := fmt.Sprintf("o%d", i)
		if i > 0 && r.IntN(4) > 0 {
			w.parent[id] = w.ids[r.IntN(i)]
		}
		w.ids = append(w.ids, id)
	}
	var list []access.Office
	for _, id := range w.ids {
		o := access.Office{ID: id, Parent: w.parent[id], Competent: map[string]string{}}
		for _, role := range roles {
			if r.IntN(2) == 0 {
				o.Competent[role] = w.ids[r.IntN(len(w.ids))]
				w.competent[[2]string{id, role}] = o.Competent[role]
			}
		}
		list = append(list, o)
	}
	w.service = access.NewService(list)
	return w
}

func (w *world) has(office, role string) string {
	if c := w.competent[[2]string{office, role}]; c != "" {
		return c
	}
	return office
}

func (w *world) isUnder(id, above string) bool {
	if !slices.Contains(w.ids, id) || !slices.Contains(w.ids, above) {
		return false
	}
	for ; id != ""; id = w.parent[id] {
		if id == above {
			return true
		}
	}
	return false
}

func (w *world) mayRead(s access.Subject, r access.Resource) bool {
	return s.Office != "" && (w.isUnder(r.Office, s.Office) || w.isUnder(r.Supervisor, s.Office) || s.Role != "" && w.has(r.Office, s.Role) == s.Office)
}

func (w *world) mayAct(s access.Subject, r access.Resource) bool {
	return w.mayRead(s, r) && w.has(r.Office, s.Role) == s.Office
}

func (w *world) mayList(s access.Subject, office string) bool {
	return s.Office != "" && (w.isUnder(office, s.Office) || w.isUnder(w.has(office, "supervisor"), s.Office))
}

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

// asked draws who asks and about what; offices that are not there are among them.
func (w *world) asked(r *rand.Rand) (access.Subject, access.Resource) {
	ids := append(slices.Clone(w.ids), "gone", "")
	return access.Subject{Officer: pick(r, []string{"a", "b"}), Role: pick(r, roles), Office: pick(r, ids)},
		access.Resource{Law: pick(r, []string{"uz/criminal", "uz/appeals"}), Office: pick(r, ids[:len(ids)-1]), Supervisor: pick(r, ids), InCharge: pick(r, []string{"", "a", "b"}), Stage: pick(r, []string{"", "check", "court", "closed", "judge"})}
}

// closer adds to what is asked how closed the proceeding is, who is a party to it, and what who asks is admitted to.
func closer(r *rand.Rand, who access.Subject, what access.Resource) (access.Subject, access.Resource) {
	who.Clearance = pick(r, []string{"", "secret", access.Levels("secret", "own"), "closed"})
	what.Secrecy = pick(r, []string{"", "", "closed", "secret", "own", "judge"})
	for range r.IntN(3) {
		what.Parties = append(what.Parties, access.Party{Officer: pick(r, []string{"a", "b"}), As: pick(r, roles)})
	}
	return who, what
}

func TestThePoliciesSayWhatTheRulesInGoSaid(t *testing.T) {
	t.Parallel()
	r, p := rand.New(rand.NewPCG(1, 2)), policies(t)
	seen := map[string]int{}
	for range 300 {
		w := random(r)
		for range 60 {
			who, what := w.asked(r)
			for do, want := range map[access.Action]bool{access.Read: w.mayRead(who, what), access.Act: w.mayAct(who, what), access.List: w.mayList(who, what.Office)} {
				got := p.Decide(w.service, who, do, what)
				if got.Allowed != want {
					t.Fatalf("%+v %s %+v: %v by %v; it was %v\n%v\n%v", who, do, what, got.Allowed, got.IDs(), want, w.parent, w.competent)
				}
				seen[fmt.Sprint(do, want)]++
			}
		}
	}
	for _, do := range []access.Action{access.Read, access.Act, access.List} {
		if seen[fmt.Sprint(do, true)] < 200 || seen[fmt.Sprint(do, false)] < 200 {
			t.Errorf("the draw shows too little: %v", seen)
		}
	}
}

func BenchmarkDecide(b *testing.B) {
	p, s := policies(b), fiveHundred()
	who := access.Subject{Officer: "o", Role: "prosecutor", Office: "pr-7-20"}
	for _, c := range []struct {
		name string
		do   access.Action
		what access.Resource
		want bool
	}{
		{"own", access.Act, access.Resource{Law: "uz/criminal", Office: "ia-7-20", Supervisor: "pr-7-20", InCharge: "x"}, true},
		{"stranger", access.Read, access.Resource{Law: "uz/criminal", Office: "ia-3-11", Supervisor: "pr-3-11", InCharge: "x"}, false},
		{"board", access.List, access.Resource{Office: "ia-7-20"}, true},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Forget() // every question is a new one
				if p.Decide(s, who, c.do, c.what).Allowed != c.want {
					b.Fatal("decided otherwise")
				}
			}
			inMicroseconds(b)
		})
		b.Run(c.name+"_again", func(b *testing.B) {
			for b.Loop() {
				if p.Decide(s, who, c.do, c.what).Allowed != c.want {
					b.Fatal("decided otherwise")
				}
			}
			inMicroseconds(b)
		})
	}
	b.Run("reach", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			fresh := fiveHundred()
			b.StartTimer()
			p.Reach(fresh, who)
		}
		inMicroseconds(b)
	})
}

// inMicroseconds reports what an operation took as the table of the benchmarks has it.
func inMicroseconds(b *testing.B) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/1000/float64(b.N), "us")
	b.ReportMetric(0, "ns/op")
}

// fiveHundred is a service of 500 offices: a general office, 14 regions and their districts, each with its police and its court.
func fiveHundred() *access.Service {
	list := []access.Office{{ID: "gp"}}
	for region := range 14 {
		top := fmt.Sprintf("pr-%d", region)
		list = append(list, access.Office{ID: top, Parent: "gp"})
		for district := 0; district < 40 && len(list) < 498; district += 1 {
			pr, ia, court := fmt.Sprintf("pr-%d-%d", region, district), fmt.Sprintf("ia-%d-%d", region, district), fmt.Sprintf("co-%d-%d", region, district)
			if district >= 12 && !(region == 7 && district == 20) {
				continue
			}
			list = append(list, access.Office{ID: pr, Parent: top}, access.Office{ID: court},
				access.Office{ID: ia, Competent: map[string]string{"supervisor": pr, "prosecutor": pr, "regional_prosecutor": top, "prosecutor_general": "gp", "judge": court}})
		}
	}
	return access.NewService(list)
}

// A scope that no policy asks for opens nothing, so none is offered; each of those that one asks for is, with what it opens.
func TestScopesOfSystemsAreThoseThatPoliciesAskFor(t *testing.T) {
	t.Parallel()
	p, err := real()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range p.Scopes() {
		names = append(names, s.Name)
		if len(s.Policies) == 0 || !strings.Contains(s.Policies[0].Text("en"), "“"+s.Name+"”") {
			t.Errorf("%s: %+v", s.Name, s.Policies)
		}
	}
	if !slices.Equal(names, []string{"proceedings", "supervision", "acts", "court", "facility", "experts"}) {
		t.Errorf("%v", names)
	}
}
