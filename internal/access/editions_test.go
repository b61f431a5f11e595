package access_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
)

// dated are policies of one name: each with its annotations of days.
func dated(name string, editions ...string) string {
	var b strings.Builder
	for _, days := range editions {
		fmt.Fprintf(&b, "@id(%q) %s @reason(\"a test\") @en(\"A\") @ru(\"A\") @uz(\"A\")\n", name, days)
		b.WriteString(`permit (principal is Mandate, action == Action::"read", resource is Proceeding) when { principal.role == "archivist" };` + "\n")
	}
	return b.String()
}

func day(t *testing.T, text string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// amended are the built-in policies with one more file.
func amended(t *testing.T, text string) fstest.MapFS {
	t.Helper()
	files := with(t, nil).(fstest.MapFS)
	files["policies/more.cedar"] = &fstest.MapFile{Data: []byte(text)}
	return files
}

func TestPoliciesAreInForceFromTheirDayUntilTheirDay(t *testing.T) {
	t.Parallel()
	const never = `forbid (principal is Mandate, action == Action::"read", resource is Proceeding) when { principal.role == "archivist" };`
	p, err := access.Load(amended(t, dated("archive", `@from("2026-05-01")`)+
		`@id("archive") @from("2026-07-01") @until("2026-07-31") @reason("a test") @en("A") @ru("A") @uz("A") `+never))
	if err != nil {
		t.Fatal(err)
	}
	s, who, what := small(), access.Subject{Officer: "o", Role: "archivist", Office: "court-2"}, access.Resource{Office: "police-1", Supervisor: "district-1"}
	for _, c := range []struct {
		day, want   string
		from, until string
	}{
		{"1969-01-01", "refused", "1970-01-01", "2026-04-30"},
		{"2026-04-30", "refused", "1970-01-01", "2026-04-30"},
		{"2026-05-01", "allowed: archive", "2026-05-01", "2026-06-30"},
		{"2026-06-30", "allowed: archive", "2026-05-01", "2026-06-30"},
		{"2026-07-01", "refused: archive", "2026-07-01", "2026-07-31"},
		{"2026-07-31", "refused: archive", "2026-07-01", "2026-07-31"},
		{"2026-08-01", "refused", "2026-08-01", "1970-01-01"},
		{"2099-01-01", "refused", "2026-08-01", "1970-01-01"},
	} {
		e := p.On(day(t, c.day))
		if e != p.On(day(t, c.day)) {
			t.Errorf("%s: the same day has two editions: nothing that is remembered would be found", c.day)
		}
		if got := e.Decide(s, who, access.Read, what); got.String() != c.want {
			t.Errorf("on %s it is %s, want %s", c.day, got, c.want)
		}
		if got := e.Reach(s, who).Reads(who, what); got != strings.HasPrefix(c.want, "allowed") {
			t.Errorf("on %s the reach says %v", c.day, got)
		}
		if e.From.String() != c.from || e.Until.String() != c.until {
			t.Errorf("%s lies from %s until %s", c.day, e.From, e.Until)
		}
		if named := e.Named("archive"); (named != nil) != strings.Contains(c.want, "archive") {
			t.Errorf("on %s there is %v", c.day, named)
		}
	}
	if len(p.Editions()) != 4 || len(loaded(t).Editions()) != 1 {
		t.Errorf("%d editions; of what is not dated %d", len(p.Editions()), len(loaded(t).Editions()))
	}
}

func TestDaysThatDoNotFitTogetherDoNotLoad(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"no date":            {dated("a", `@from("spring")`), `policies/more.cedar:1: the policy "a": @from("spring") is no date`},
		"no such day":        {dated("a", `@until("2026-02-30")`), `@until("2026-02-30") is no date`},
		"ends before":        {dated("a", `@from("2026-05-02") @until("2026-05-01")`), `ends on 2026-05-01, before it begins on 2026-05-02`},
		"the same day":       {dated("a", `@from("2026-05-01")`, `@from("2026-05-01")`), `policies/more.cedar:3: the edition of "a" from 2026-05-01 stands below the one from 2026-05-01`},
		"the later first":    {dated("a", `@from("2026-05-01")`, `@from("2026-04-01")`), "the earliest comes first"},
		"two without a day":  {dated("a", ``, ``), `policies/more.cedar:3: the name "a" was given before; at policies/more.cedar:1`},
		"the second without": {dated("a", `@from("2026-05-01")`, ``), "was given before"},
		"two at once":        {dated("a", `@until("2026-05-10")`, `@from("2026-05-01")`), `policies/more.cedar:3: from 2026-05-01 to 2026-05-10 two editions of "a" are in force; at policies/more.cedar:1`},
		"none for a time":    {dated("a", `@until("2026-05-10")`, `@from("2026-05-12")`), `policies/more.cedar:3: from 2026-05-11 to 2026-05-11 no edition of "a" is in force`},
		"another file":       {dated("read-own-and-below", `@from("2026-05-12")`), `the editions of "read-own-and-below" stand in one file; at policies/more.cedar:1`},
	} {
		if _, err := access.Load(amended(t, c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
	if _, err := access.Load(amended(t, dated("a", `@until("2026-05-10")`, `@from("2026-05-11")`, `@from("2027-05-11")`))); err != nil {
		t.Errorf("editions that follow each other: %v", err)
	}
}

func TestAQuestionWithoutADayIsAskedOnAllDays(t *testing.T) {
	t.Parallel()
	files := amended(t, dated("archive", `@from("2026-05-01")`, `@from("2027-01-01") @until("2027-12-31")`))
	files["policies/more.scenario"] = &fstest.MapFile{Data: []byte(`office hall
office police
archivist@hall  read  police  -> refused
archivist@hall  read  police  -> allowed: archive
archivist@hall  read  police  on=2026-04-30 -> refused
archivist@hall  read  police  on=2026-05-01 -> allowed: archive
archivist@hall  read  police  on=2028-01-01 -> allowed: archive
archivist@hall  read  police  on=spring     -> refused
clerk@hall      read  police  -> refused
`)}
	p, err := access.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Test(files)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"3: from 2026-05-01 on it is allowed: archive; the scenario says refused; say on which day: on=2026-05-01",
		"4: until 2026-04-30 it is refused; the scenario says allowed: archive; say on which day: on=2026-04-30",
		"7: it is refused; the scenario says allowed: archive",
		`8: "on=spring" is no day; on=2027-01-01`,
	}
	if len(got.Failures) != len(want) {
		t.Fatalf("%d failures\n%v", len(got.Failures), got.Failures)
	}
	for i, w := range want {
		if g := got.Failures[i].String(); g != "policies/more.scenario:"+w {
			t.Errorf("got %s, want %s", g, w)
		}
	}
	// Each edition is to be shown; what was shown of another one shows nothing.
	delete(files, "policies/more.scenario")
	if got, err = p.Test(files); err != nil || !strings.Contains(strings.Join(got.Untouched, ","), "archive from 2026-05-01,archive from 2027-01-01") {
		t.Errorf("untouched: %v, %v", got.Untouched, err)
	}
}

// Whether he is on leave is known where somebody signs, and nowhere else: a policy that asks it elsewhere would be answered wrongly.
func TestLeaveIsAskedOfSigningAlone(t *testing.T) {
	t.Parallel()
	for _, action := range []string{"read", "act", "download"} {
		text := annotated + `forbid (principal is Mandate, action == Action::"` + action + `", resource is Proceeding) when { context.on_leave };`
		if _, err := access.Load(amended(t, text)); err == nil || !strings.Contains(err.Error(), "on_leave") {
			t.Errorf("%s: %v", action, err)
		}
	}
	p, s := policies(t), small()
	what := access.Resource{Law: "uz/criminal", Office: "police-1", Supervisor: "district-1"}
	who := access.Subject{Officer: "o", Role: "inquirer", Office: "police-1", OnLeave: true}
	for do, want := range map[access.Action]string{access.Sign: "refused: sign-not-on-leave", access.Act: "allowed: act-in-own-office", access.Read: "allowed: read-own-and-below"} {
		if got := p.Decide(s, who, do, what); got.String() != want {
			t.Errorf("%s: %s, want %s", do, got, want)
		}
	}
	who.OnLeave = false
	if got := p.Decide(s, who, access.Sign, what); !got.Allowed {
		t.Errorf("back from leave: %s", got)
	}
}

// A reading policy may ask how somebody has his mandate: what one manner reaches is not remembered for another.
func TestTheMannerOfAMandateHasAReachOfItsOwn(t *testing.T) {
	t.Parallel()
	p, err := access.Load(amended(t, annotated+`forbid (principal is Mandate, action == Action::"read", resource is Proceeding) when { principal.manner == "delegation" };`))
	if err != nil {
		t.Fatal(err)
	}
	s, what := small(), access.Resource{Office: "police-1", Supervisor: "district-1"}
	for range 2 {
		for manner, want := range map[string]bool{"": true, "appointment": true, "substitution": true, "delegation": false} {
			who := access.Subject{Officer: "o", Role: "inquirer", Office: "police-1", Manner: manner}
			e := p.On(0)
			if got := e.Decide(s, who, access.Read, what).Allowed; got != want {
				t.Errorf("%q: may be read: %v", manner, got)
			}
			if got := e.Reach(s, who).Reads(who, what); got != want {
				t.Errorf("%q: within reach: %v", manner, got)
			}
		}
	}
}

func TestAListOfAnOfficeIsNotAProceedingOfIt(t *testing.T) {
	t.Parallel()
	p, s := policies(t), small()
	what := access.Resource{Office: "police-1", Supervisor: "district-1"}
	whole := access.Resource{Office: "police-1", Whole: true}
	for role, want := range map[string][2]string{"inquirer": {"allowed: download-own-office", "refused"}, "administrator": {"refused", "allowed: download-lists"}} {
		who := access.Subject{Officer: "o", Role: role, Office: "police-1"}
		for i, resource := range []access.Resource{what, whole} {
			if got := p.Decide(s, who, access.Download, resource); got.String() != want[i] {
				t.Errorf("%s, %+v: %s, want %s", role, resource, got, want[i])
			}
		}
	}
	whole.Office = "nowhere"
	if got := p.Decide(s, access.Subject{Officer: "o", Role: "administrator", Office: "nowhere"}, access.Download, whole); got.Allowed {
		t.Error("an office that is not there has a list")
	}
}
