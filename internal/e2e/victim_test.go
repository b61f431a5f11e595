package e2e

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"nazorat/internal/browsertest"
	"nazorat/internal/docket"
)

// A victim asks for a code, makes a mistake, enters the code, sees what the law lets him be told, and asks for something: on a phone and at a desk, in two languages.
func TestThePageOfAVictimFitsAndShutsNobodyOut(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	o := serve(t, 0)
	do := func(role, proceeding, act string, thing int32, form map[string]string) *docket.Receipt {
		t.Helper()
		c := docket.Command{Proceeding: proceeding, Act: act, Thing: thing, Form: form, Actor: actorOf(o.as(t, role))}
		if proceeding == "" {
			c.Law = "uz/criminal"
		}
		r, err := o.Docket.Act(t.Context(), c)
		if err != nil {
			t.Fatalf("%s: %v", act, err)
		}
		return r
	}
	r := do("duty_officer", "", "register_report", 0, map[string]string{"summary": "A shop was broken into", "source": "statement", "applicant": "A. Karimov", "assign_to": o.as(t, "inquirer").Officer})
	do("inquirer", r.Proceeding, "open_inquiry", 0, map[string]string{"crime_article": "CC 169"})
	do("inquirer", r.Proceeding, "add_victim", 0, map[string]string{"name": "D. Aliyeva"})
	do("inquirer", r.Proceeding, "enter_details", 1, map[string]string{"telephone": "+998 90 123 45 67"})
	do("inquirer", r.Proceeding, "claim_loss", 0, map[string]string{"victim": "1", "amount": "1500000"})

	for _, look := range []struct {
		lang          string
		width, height int
	}{{"uz", 390, 844}, {"ru", 1366, 768}} {
		p := b.Page(t, look.width, look.height)
		fits := func(name string) {
			t.Helper()
			if bad := p.Eval(tooWide); bad != `""` {
				t.Errorf("%s, %s: %s", name, look.lang, bad)
			}
			if look.lang == "uz" { // which words and how wide makes no difference to axe
				p.Axe(t)
			}
			if dir := os.Getenv("NAZORAT_PICTURES"); dir != "" {
				p.Screenshot(dir + "/victim-" + name + "-" + look.lang + ".png")
			}
		}
		p.Goto(o.url + "/check?lang=" + look.lang)
		p.Follow("footer a[href='/your-case']")
		p.Follow("#submit")
		if n := p.Count(".govuk-error-summary__list li"); n != 2 { // the number, and how he is reached
			t.Errorf("%s: %d mistakes are told", look.lang, n)
		}
		fits("wrong")
		p.Fill("[name=number]", r.Number)
		p.Click("[name=by][value=sms]")
		p.Fill("[name='address.sms']", "+998901234567")
		p.Follow("#submit")
		if err := o.Portal.AnswerSome(t.Context()); err != nil {
			t.Fatal(err)
		}
		p.Goto(o.url + "/your-case/code")
		fits("code")
		p.Fill("[name=code]", regexp.MustCompile(`\b\d{8}\b`).FindString(p.Text("main")))
		p.Follow("#submit")
		p.Fill("[name=what]", "Mashinani qayta baholashni soʻrayman")
		p.Follow("#ask-form #submit")
		if text := p.Text("main"); !strings.Contains(text, r.Number) || !strings.Contains(text, "Mashinani qayta") || !strings.Contains(text, "500") {
			t.Errorf("%s: he is not told of it\n%s", look.lang, text)
		}
		fits("told")
		p.Follow("#leave-form button")
	}
}
