package e2e

import (
	"os"
	"strings"
	"testing"
	"time"

	"nazorat/internal/browsertest"
	"nazorat/internal/docket"
)

// A defence counsel sees his client's case while it is worked on, and of the sheets that are hidden from him that they are
// there, when they were written down, and which article hides them. That one of them is covert he is not told: not even by an article of its own.
func TestCounselIsToldWhichSheetsAreHiddenAndWhy(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	o := serve(t, 0)
	at := time.Now().In(o.Docket.Zone().Location()).Format("2006-01-02T15:04")
	do := func(role, proceeding, act string, thing int32, form map[string]string) string {
		t.Helper()
		c := docket.Command{Proceeding: proceeding, Act: act, Thing: thing, Form: form, Actor: actorOf(o.as(t, role))}
		if proceeding == "" {
			c.Law = "uz/criminal"
		}
		r, err := o.Docket.Act(t.Context(), c)
		if err != nil {
			t.Fatalf("%s: %v", act, err)
		}
		return r.Proceeding
	}
	id := do("duty_officer", "", "register_report", 0, map[string]string{"summary": "A shop was broken into", "source": "statement", "applicant": "A. Karimov", "assign_to": o.as(t, "inquirer").Officer})
	do("inquirer", id, "open_inquiry", 0, map[string]string{"crime_article": "CC 169"})
	do("inquirer", id, "add_suspect", 0, map[string]string{"name": "B. Tursunov"})
	do("inquirer", id, "enter_warrant", 1, map[string]string{"counsel": o.as(t, "defence_counsel").Officer, "warrant_no": "117"})
	do("prosecutor", id, "give_instructions", 0, map[string]string{"instructions": "Ask the neighbours of the yellow house"})
	do("inquirer", id, "intercept_in_urgency", 1, map[string]string{"begun_at": at, "reasons": "He speaks of the yellow house"})

	for _, look := range []struct {
		lang          string
		width, height int
		says          string // of the policy
	}{{"uz", 1366, 768, "Tugallangan ish taraflarga ochilgunga qadar"}, {"ru", 390, 844, "До ознакомления сторон с оконченным делом"}} {
		p := b.Page(t, look.width, look.height)
		p.Goto(o.url + "/sign-in?lang=" + look.lang)
		signIn(p, o, o.as(t, "defence_counsel"))
		for _, page := range []string{"/proceedings/" + id, "/proceedings/" + id + "/history"} {
			p.Goto(o.url + page)
			text := p.Text("main")
			if strings.Count(text, look.says) == 0 || !strings.Contains(text, "353") {
				t.Errorf("%s does not say what hides the sheets:\n%s", page, text)
			}
			if strings.Contains(text, "yellow house") || strings.Contains(text, "JPK 170") || strings.Contains(text, "УПК 170") {
				t.Errorf("%s tells what they say:\n%s", page, text)
			}
			p.Axe(t)
			if dir := os.Getenv("NAZORAT_PICTURES"); dir != "" {
				p.Screenshot(dir + "/sheets-" + look.lang + strings.ReplaceAll(strings.TrimPrefix(page, "/proceedings/"+id), "/", "-") + ".png")
			}
		}
	}
	p := b.Page(t, 1366, 768)
	p.Goto(o.url + "/sign-in?lang=en")
	signIn(p, o, o.as(t, "inquirer"))
	p.Goto(o.url + "/proceedings/" + id + "/history")
	p.Eval(`document.querySelectorAll("details").forEach((d) => { d.open = true })`)
	if text := p.Text("main"); strings.Count(text, "yellow house") < 2 || strings.Contains(text, "hidden from you") {
		t.Errorf("the officer in charge does not see his own sheets:\n%s", text)
	}
}
