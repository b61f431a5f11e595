package e2e

import (
	"strings"
	"testing"

	"nazorat/internal/browsertest"
	"nazorat/internal/demo"
)

// signIn chooses a demonstration officer on the sign-in page.
func signIn(p *browsertest.Page, o *office, who demo.Account) {
	p.Goto(o.url + "/sign-in")
	p.Follow("form:has(input[name=officer][value='" + who.Officer + "']) button")
}

// choose clicks the radio of a field.
func choose(p *browsertest.Page, field, value string) {
	p.Click("input[name='f." + field + "'][value='" + value + "']")
}

func submit(p *browsertest.Page) { p.Follow("form#act button[type=submit]") }

func contains(t *testing.T, p *browsertest.Page, selector, want string) {
	t.Helper()
	if got := p.Text(selector); !strings.Contains(got, want) {
		t.Fatalf("%s of %s says %q, not %q", selector, p.URL(), got, want)
	}
}

// The walk that the office exists for: a report comes in, its deadline is owed
// and explained, the wrong officer is refused with the article, the right one
// extends it, the case is opened, referred, returned, approved; and whoever
// watches the board sees it happen.
func TestACaseGoesFromTheReportOfACrimeToTheProsecutorsDecision(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	o := serve(t, 0)
	dutyOfficer, inquirer, prosecutor := b.Page(t, 1366, 768), b.Page(t, 390, 844), b.Page(t, 1366, 768)
	for _, p := range []*browsertest.Page{dutyOfficer, inquirer, prosecutor} {
		p.Goto(o.url + "/sign-in?lang=en")
	}
	signIn(dutyOfficer, o, o.as(t, "duty_officer"))
	signIn(inquirer, o, o.as(t, "inquirer"))
	signIn(prosecutor, o, o.as(t, "prosecutor"))

	board := prosecutor.Tab(1366, 768)
	board.Goto(o.url + "/board")
	board.WaitText("#open", "0")
	board.Axe(t)

	// The duty officer leaves a field out; what he typed stays.
	dutyOfficer.Axe(t)
	followActNamed(dutyOfficer, o.act("register_report"))
	dutyOfficer.Axe(t)
	dutyOfficer.Fill("[name='f.summary']", "A bicycle was stolen from the yard of house 12")
	submit(dutyOfficer)
	contains(t, dutyOfficer, ".govuk-error-summary", "Fill this in")
	dutyOfficer.Axe(t)
	if got := dutyOfficer.Value("[name='f.summary']", "value"); got != "A bicycle was stolen from the yard of house 12" {
		t.Fatalf("what was typed was lost: %q", got)
	}
	choose(dutyOfficer, "source", "direct")
	dutyOfficer.Fill("[name='f.assign_to']", o.as(t, "inquirer").Officer)
	submit(dutyOfficer)
	contains(t, dutyOfficer, "h1", "A bicycle was stolen")
	dutyOfficer.Axe(t)
	board.WaitText("#open", "1")

	// The inquirer finds it in his work, with its deadline explained.
	inquirer.Goto(o.url + "/")
	contains(t, inquirer, "main", o.term("decide_on_report"))
	inquirer.Axe(t)
	inquirer.FollowText(o.term("decide_on_report"))
	contains(t, inquirer, "main", "CPC 329")
	contains(t, inquirer, "main", "10 days")
	inquirer.Axe(t)
	inquirer.Follow(".govuk-breadcrumbs a")
	caseURL := inquirer.URL()
	before := inquirer.Text("#deadlines")

	// He tries to extend it and is refused with the article.
	inquirer.Goto(caseURL + "/acts/extend_check")
	contains(t, inquirer, "main", "This may be done only by: prosecutor")
	contains(t, inquirer, "main", "CPC 329")
	inquirer.Axe(t)
	if n := inquirer.Count("form#act"); n != 0 {
		t.Fatal("a form for an act that he may not do")
	}

	// The prosecutor extends it with a reason, and the deadline moves.
	prosecutor.Goto(caseURL)
	followActNamed(prosecutor, o.act("extend_check"))
	prosecutor.Axe(t)
	choose(prosecutor, "reason", "examination_ordered")
	submit(prosecutor)
	contains(t, prosecutor, ".govuk-notification-banner, .nz-notice", "Done")
	inquirer.Goto(caseURL)
	if after := inquirer.Text("#deadlines"); after == before {
		t.Fatalf("the deadline did not move: %s", after)
	}

	// The inquirer opens the case, finds a suspect, and refers it.
	followActNamed(inquirer, o.act("open_inquiry"))
	inquirer.Fill("[name='f.crime_article']", "CC 169")
	submit(inquirer)
	inquirer.Goto(caseURL + "/acts/add_suspect")
	inquirer.Fill("[name='f.name']", "Botir Tursunov")
	submit(inquirer)
	inquirer.Goto(caseURL + "/acts/refer_to_prosecutor")
	choose(inquirer, "with", "indictment_act")
	submit(inquirer)
	contains(t, inquirer, "main", "Botir Tursunov")
	inquirer.Axe(t)

	// The prosecutor returns it; the inquirer refers it again; the prosecutor approves.
	prosecutor.Goto(o.url + "/")
	contains(t, prosecutor, "main", o.term("decide_on_case"))
	prosecutor.Goto(caseURL + "/acts/return_case")
	choose(prosecutor, "reason", "incomplete")
	prosecutor.Fill("[name='f.instructions']", "Question the neighbour of house 14.")
	submit(prosecutor)
	inquirer.Goto(caseURL + "/acts/refer_to_prosecutor")
	choose(inquirer, "with", "indictment_act")
	submit(inquirer)
	prosecutor.Goto(caseURL + "/acts/approve_and_refer")
	prosecutor.Fill("[name='f.court']", "Chilonzor district court")
	submit(prosecutor)
	prosecutor.Axe(t)
	contains(t, prosecutor, "h1 ~ *, .nz-heading, main", "Court")
	board.WaitText("#open", "1") // the court has it now: it is open until the sentence is executed

	p, err := o.Docket.Proceeding(t.Context(), actorOf(o.as(t, "prosecutor")), strings.TrimPrefix(caseURL, o.url+"/proceedings/"))
	if err != nil {
		t.Fatal(err)
	}
	if p.RootState != "court" {
		t.Errorf("the case is in the state %s", p.RootState)
	}
	stored, err := o.Docket.Stored(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Replay.Check(t.Context(), stored); err != nil {
		t.Error(err)
	}
}

// Two officers open the same form; the second to send is told who was first and keeps what he typed.
func TestSecondOfficerIsToldAndKeepsHisForm(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	o := serve(t, 0)
	dutyOfficer, prosecutor := b.Page(t, 1366, 768), b.Page(t, 1366, 768)
	dutyOfficer.Goto(o.url + "/sign-in?lang=en")
	prosecutor.Goto(o.url + "/sign-in?lang=en")
	signIn(dutyOfficer, o, o.as(t, "duty_officer"))
	signIn(prosecutor, o, o.as(t, "prosecutor"))
	followActNamed(dutyOfficer, o.act("register_report"))
	dutyOfficer.Fill("[name='f.summary']", "A window was broken")
	choose(dutyOfficer, "source", "direct")
	dutyOfficer.Fill("[name='f.assign_to']", o.as(t, "inquirer").Officer)
	submit(dutyOfficer)
	caseURL, _, _ := strings.Cut(dutyOfficer.URL(), "?")

	prosecutor.Goto(caseURL + "/acts/extend_check")
	choose(prosecutor, "reason", "new_facts")
	prosecutor.Fill("[name='f.note']", "Two more windows")
	dutyOfficer.Goto(caseURL + "/acts/assign")
	dutyOfficer.Fill("[name='f.assign_to']", o.as(t, "inquirer").Officer)
	submit(dutyOfficer)

	submit(prosecutor)
	contains(t, prosecutor, "main", "Another officer was first")
	contains(t, prosecutor, "main", o.as(t, "duty_officer").Name)
	prosecutor.Axe(t)
	if got := prosecutor.Value("[name='f.note']", "value"); got != "Two more windows" {
		t.Errorf("what was typed was lost: %q", got)
	}
	if got := prosecutor.Value("input[name='f.reason'][value='new_facts']", "checked"); got != "true" {
		t.Error("what was chosen was lost")
	}
	submit(prosecutor)
	contains(t, prosecutor, "main", "Done")
}

// Every page works without JavaScript.
func TestAnActIsDoneWithoutScript(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	o := serve(t, 0)
	p := b.Page(t, 1366, 768)
	p.ScriptOff()
	p.Goto(o.url + "/sign-in?lang=en")
	signIn(p, o, o.as(t, "duty_officer"))
	p.Goto(o.url + "/open/register_report?law=uz/criminal")
	p.Fill("[name='f.summary']", "A lamp was broken")
	choose(p, "source", "direct")
	p.Fill("[name='f.assign_to']", o.as(t, "inquirer").Officer)
	submit(p)
	contains(t, p, "h1", "A lamp was broken")
}

// axe finds nothing: on every page and for every role in Uzbek on a desk and in Russian on a phone, on the pages of the day in the two others.
func TestEveryPageIsAccessible(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	o := serve(t, 150)
	for _, look := range []struct {
		lang          string
		width, height int
		whole         bool // every page and every role: Uzbek on a desk, Russian, whose words are long, on a phone
	}{{"uz", 1366, 768, true}, {"ru", 390, 844, true}, {"uz-Cyrl", 390, 844, false}, {"en", 1366, 768, false}} {
		roles := []string{"investigator", "prosecutor", "prosecutor_general"}
		if !look.whole {
			roles = roles[:1]
		}
		for _, role := range roles {
			t.Run(look.lang+"/"+role, func(t *testing.T) {
				t.Parallel()
				p := b.Page(t, look.width, look.height)
				p.Goto(o.url + "/sign-in?lang=" + look.lang)
				if role == roles[0] { // the same for everybody
					p.Axe(t)
				}
				signIn(p, o, o.as(t, role))
				p.Axe(t)
				paths := []string{"/cases", "/board"}
				if role == roles[0] && look.whole { // the same for everybody
					paths = append(paths, "/account", "/laws", "/laws/uz/criminal", "/laws/uz/criminal/2025-01-01/part/custody", "/laws/it/road-fines", "/laws/us-il/felony", "/find?q=nothing", "/no-such-page", "/proceedings/none")
				}
				for _, path := range paths {
					p.Goto(o.url + path)
					p.Axe(t)
				}
				if role == "prosecutor_general" {
					return
				}
				for _, follow := range []string{"a[href*='/deadlines/']", "td a[href^='/proceedings/']:not([href*='/deadlines/']):not([href*='/acts/'])"} {
					p.Goto(o.url + "/")
					p.Follow(follow)
					p.Axe(t)
				}
				followAct(p)
				p.Axe(t)
				submit(p) // with nothing filled in
				p.Axe(t)
			})
		}
	}
}
