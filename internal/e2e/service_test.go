package e2e

import (
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"nazorat/internal/access"
	"nazorat/internal/browsertest"
	"nazorat/internal/calendar"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
)

// pictured keeps a picture of a page of the service where somebody wants to look at it.
func pictured(p *browsertest.Page, name string) {
	if dir := os.Getenv("NAZORAT_PICTURES"); dir != "" {
		p.Screenshot(dir + "/service-" + name + ".png")
	}
}

// day is a day so many days from now, as a field takes it.
func (g *guarded) day(from int) string {
	return g.Docket.Now().Time().Add(time.Duration(from) * 24 * time.Hour).In(time.FixedZone("", 5*60*60)).Format("2006-01-02")
}

// sends fills a form and sends it: the names of the law's fields, and what is typed or chosen.
func sends(p *browsertest.Page, fields ...string) {
	for i := 0; i+1 < len(fields); i += 2 {
		selector := "[name='f." + fields[i] + "']"
		if p.Count("input[type=radio]"+selector) > 0 {
			choose(p, fields[i], fields[i+1])
			continue
		}
		p.Fill(selector, fields[i+1])
	}
	submit(p)
}

// One administrator proposes, the other confirms; a new officer stands in for a colleague on
// leave; the colleague leaves, and what he was in charge of is hers.
func TestAdministratorsAppointByTwoRecordLeaveAndRelieve(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	g := guard(t)
	anora, bobur := b.Page(t, 1366, 768), b.Page(t, 390, 844)
	g.signIn(anora, "anora")
	anora.FollowText("Service")
	anora.Axe(t)
	pictured(anora, "tree")
	anora.FollowText("Erasing documents")
	anora.Axe(t)
	pictured(anora, "erasures")
	anora.Goto(g.url + "/service")
	anora.Fill("[name=find]", "sard")
	anora.Follow("main form[role=search] button")
	anora.Axe(t)
	anora.FollowText("Sardor")
	contains(t, anora, "#mandates", "inquirer")
	sardor := anora.URL()
	anora.FollowText("Open the file of an officer")
	if got := anora.Value("[name='f.login']", "value"); got != "sardor" {
		t.Errorf("the form does not know whom it is about: %q", got)
	}
	submit(anora)

	anora.Goto(sardor)
	anora.FollowText("Propose what two must decide")
	anora.Axe(t)
	pictured(anora, "propose")
	sends(anora, "manner", directory.Appointment, "role", "administrator", "office", "iib", "from", g.day(0), "order", "18-SH")
	contains(t, anora, "h1", "sardor")
	anora.Goto(sardor)
	if anora.Count("#waiting a[href*='confirm']") != 0 {
		t.Error("whoever proposed it is asked to confirm it")
	}
	g.signIn(bobur, "bobur")
	bobur.Goto(sardor)
	contains(t, bobur, "#waiting", "Confirm the mandate")
	bobur.Axe(t)
	pictured(bobur, "officer-phone")
	bobur.FollowText("Confirm the mandate")
	submit(bobur)
	bobur.Goto(sardor)
	contains(t, bobur, "#mandates", "administrator")

	anora.Goto(g.url + "/service/offices/iib")
	contains(t, anora, "main", "Laid down")
	anora.Axe(t)
	pictured(anora, "office")
	anora.FollowText("Enrol a new officer")
	sends(anora, "name", "Yusupova Malika", "login", "malika", "role", "inquirer", "from", g.day(0), "order", "19-SH")
	if err := g.SignIn.SetPassword(t.Context(), "malika", ourPassword, g.Docket.Now()); err != nil {
		t.Fatal(err)
	}

	r, err := g.Docket.Act(t.Context(), docket.Command{Law: "uz/criminal", Act: "register_report", Actor: access.Actor{Officer: "dilshod", Role: "duty_officer", Office: "iib", Mandate: "dilshod-m"},
		Form: map[string]string{"source": "direct", "summary": "A window was broken", "assign_to": "sardor"}})
	if err != nil {
		t.Fatal(err)
	}
	m, err := g.Directory.Officer(t.Context(), "malika")
	if err != nil || m == nil {
		t.Fatal(err)
	}
	anora.Goto(sardor)
	anora.FollowText("Record leave with a substitute")
	sends(anora, "officer", m.ID, "role", "inquirer", "office", "iib", "from", g.day(0), "to", g.day(10), "order", "20-SH")
	g.pass(2 * calendar.Minute)

	malika := b.Page(t, 1366, 768)
	g.signIn(malika, "malika")
	malika.Goto(g.url + "/account")
	contains(t, malika, "#acting", "In the place of Sardor")
	malika.Follow("#acting form[action='/mandate'] button")
	malika.Goto(g.url + "/")
	contains(t, malika, "main", r.Number)
	pictured(malika, "stands-in")
	malika.Goto(g.url + "/proceedings/" + r.Proceeding + "/acts/open_inquiry")
	sends(malika, "crime_article", "CC 169")
	contains(t, malika, "main", "Done in the place of Sardor")
	malika.Axe(t)

	anora.Goto(sardor)
	contains(t, anora, "#leave", "Malika")
	anora.Axe(t)
	pictured(anora, "officer")
	anora.FollowText("Relieve of service")
	sends(anora, "order", "40-SH")
	contains(t, anora, ".govuk-error-summary", "open proceedings (1)")
	if got := anora.Value("[name='f.order']", "value"); got != "40-SH" {
		t.Errorf("what was typed is gone: %q", got)
	}
	anora.Axe(t)
	pictured(anora, "successor")
	sends(anora, "successor", m.ID)
	p, err := g.Docket.Proceeding(t.Context(), access.Actor{Officer: "sardor", Role: "inquirer", Office: "iib"}, r.Proceeding)
	if err != nil || p.InCharge != m.ID {
		t.Errorf("in charge is %q, %v", p.InCharge, err)
	}
	anora.Goto(sardor)
	contains(t, anora, "#mandates", "Ended by an act")

	anora.Goto(g.url + "/service/could?office=iib&role=inquirer&day=" + g.day(0))
	contains(t, anora, "#answer", "In the place of Sardor")
	contains(t, anora, "#answer", "An officer acts in the proceedings of his own office")
	anora.Axe(t)
	pictured(anora, "could")
	// What he may do is asked of the policies of that day, and his leave too: his substitute could sign, and he could not.
	anora.Goto(g.url + "/service/could?office=iib&role=inquirer&what=sign&day=" + g.day(0))
	contains(t, anora, "#answer tbody tr:has(a[href$='/sardor'])", "An officer who is on leave signs nothing.")
	contains(t, anora, "#answer tbody tr:has(a[href$='/"+m.ID+"'])", "An officer acts in the proceedings of his own office, and signs there")
	if _, err := g.Replay.CheckAll(t.Context()); err != nil {
		t.Error(err)
	}
	if err := g.Directory.Check(t.Context(), func(f func(directory.Entry) error) error { return g.Replay.Entered(t.Context(), f) }); err != nil {
		t.Error(err)
	}
}

func TestOfficersAreBroughtInFromAList(t *testing.T) {
	t.Parallel()
	p := browsertest.Start(t).Page(t, 1366, 768)
	g := guard(t)
	g.signIn(p, "anora")
	p.Goto(g.url + "/service/import")
	p.Axe(t)
	head := "name,login,role,office,from,to,order\n"
	good := "Karimov Aziz,a.karimov,inquirer,1726," + g.day(0) + ",,12-SH\n=Umarov,=u,investigator,1726," + g.day(1) + "," + g.day(90) + ",13-SH\n"
	p.Fill("[name=csv]", head+good+"Nobody,sardor,inquirer,1726,"+g.day(0)+",,1\nX,x,judge,1726,"+g.day(0)+",,1\nY,y,inquirer,01,"+g.day(0)+",,1\nZ,z,inquirer,1726,31.12,,1")
	p.Follow("#try")
	for _, want := range []string{"The login sardor is taken", "given by two", "no office with the code 01", "Lines that can be done: 2"} {
		contains(t, p, "main", want)
	}
	p.Axe(t)
	pictured(p, "import")
	if p.Count("#do") != 0 {
		t.Error("a list with mistakes can be done")
	}
	p.Fill("[name=csv]", head+good)
	p.Follow("#try")
	p.Follow("#do")
	contains(t, p, "#found", "Karimov Aziz")
	answer := p.Eval("fetch('/service/export.csv').then(r => r.text())")
	if !strings.Contains(answer, "'=Umarov,'=u,investigator,1726") {
		t.Errorf("taken out: %s", answer)
	}
	p.Goto(g.url + "/service?" + url.Values{"find": {"%"}}.Encode())
	if p.Count("#found tbody a") != 0 {
		t.Error("a sign of the database finds everybody")
	}
}

func TestPagesOfTheServiceAreForAdministratorsOnly(t *testing.T) {
	t.Parallel()
	p := browsertest.Start(t).Page(t, 1366, 768)
	g := guard(t)
	g.signIn(p, "sardor")
	if p.Count("nav a[href='/service']") != 0 {
		t.Error("an inquirer is led there")
	}
	for _, path := range []string{"/service", "/service/offices/iib", "/service/officers/anora", "/service/could", "/service/import", "/service/erasures", "/service/export.csv"} {
		p.Goto(g.url + path)
		contains(t, p, "main", "There is no page at this address")
	}
	g.signOut(p)
	g.signIn(p, "anora")
	for _, path := range []string{"/service/offices/pr", "/service/officers/jasur", "/service/officers/nobody", "/service/could?office=pr&day=" + g.day(0), "/service/export.csv?office=pr"} {
		p.Goto(g.url + path)
		contains(t, p, "main", "There is no page at this address")
	}
}
