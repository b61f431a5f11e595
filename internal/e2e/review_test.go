package e2e

import (
	"os"
	"strings"
	"testing"

	"nazorat/internal/browsertest"
	"nazorat/internal/docket"
)

// The prosecutor judges a finished case at his bench: beside each of the fourteen questions stands what the office finds by
// itself, with the sheets to look at; what he answers badly is what the return of the case says.
func TestTheBenchFindsWhatIsWrongAndTheReturnSaysIt(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	o := serve(t, 0)
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
	id := do("duty_officer", "", "register_report", 0, map[string]string{"summary": "Two bicycles were stolen", "source": "statement", "applicant": "A. Karimov", "assign_to": o.as(t, "inquirer").Officer})
	do("inquirer", id, "open_inquiry", 0, map[string]string{"crime_article": "CC 169"})
	do("inquirer", id, "add_suspect", 0, map[string]string{"name": "B. Tursunov"})                                                                  // 1
	do("inquirer", id, "add_victim", 0, map[string]string{"name": "D. Aliyeva"})                                                                    // 2
	do("inquirer", id, "add_episode", 0, map[string]string{"what": "The bicycle at the market", "crime_article": "CC 169"})                         // 3
	do("inquirer", id, "add_episode", 0, map[string]string{"what": "The bicycle at the station", "crime_article": "CC 169"})                        // 4
	do("inquirer", id, "bring_count", 3, map[string]string{"accused": "1", "crime_article": "CC 169"})                                              // 5
	do("inquirer", id, "claim_loss", 0, map[string]string{"victim": "2", "episode": "3", "amount": "3000000"})                                      // 6
	do("inquirer", id, "secure_loss", 6, map[string]string{"amount": "1000000", "by_what": "deposit"})                                              //
	do("inquirer", id, "enter_exhibit", 0, map[string]string{"what": "A red bicycle", "found_in": "The garage", "taken_from": "1", "kept_in": "5"}) // 7
	do("inquirer", id, "refer_to_prosecutor", 0, map[string]string{"with": "indictment_act"})

	bench := "/proceedings/" + id + "/acts/review_finished_case"
	for _, look := range []struct {
		name, lang    string
		width, height int
		says          []string
	}{
		{"phone", "uz", 390, 844, []string{"Har bir epizod boʻyicha ayblov eʼlon qilingan.", "Taʼminlangan va undirilgan summalar zararni qoplaydi."}},
		{"desk", "ru", 1366, 768, []string{"Каждый эпизод кому-либо вменён.", "УПК 384", "Все сроки соблюдены."}},
		{"desk", "en", 1366, 768, []string{"No: Somebody is charged with every episode.", "No: What is secured and recovered covers the losses.", "No: The file was opened to the parties.", "Yes: No examination is still under way.", "All terms were kept."}},
	} {
		p := b.Page(t, look.width, look.height)
		p.Goto(o.url + "/sign-in?lang=" + look.lang)
		signIn(p, o, o.as(t, "prosecutor"))
		p.Goto(o.url + bench)
		text := strings.Join(strings.Fields(p.Text("main")), " ")
		for _, want := range look.says {
			if !strings.Contains(text, want) {
				t.Errorf("%s, %s: the bench does not say %q:\n%s", look.lang, look.name, want, text)
			}
		}
		p.Axe(t)
		if dir := os.Getenv("NAZORAT_PICTURES"); dir != "" {
			p.Screenshot(dir + "/review-" + look.name + "-" + look.lang + ".png")
		}
		if look.lang != "en" {
			continue
		}
		p.Eval(`document.querySelectorAll('.nz-question').forEach((q) => {
			const radios = q.querySelectorAll("input[type=radio]"), no = radios[1].name === "f.grounds_to_terminate";
			radios[no ? 1 : 0].checked = true;
		});
		for (const bad of ["all_acts_included", "claim_secured"]) document.querySelector('input[name="f.' + bad + '"][value="no"]').checked = true`)
		p.Follow("#submit")
		if !strings.Contains(p.URL(), "done=") {
			t.Fatalf("the review was not taken: %s\n%s", p.URL(), p.Text("main"))
		}
		p.Goto(o.url + "/proceedings/" + id + "/acts/return_case")
		written := p.Value(`[name="f.instructions"]`, "value")
		if strings.Count(written, "\n") != 1 || !strings.Contains(written, "1. All acts proven are included: no.") || !strings.Contains(written, "2. ") {
			t.Errorf("the return says:\n%s", written)
		}
		if dir := os.Getenv("NAZORAT_PICTURES"); dir != "" {
			p.Screenshot(dir + "/review-return-" + look.lang + ".png")
		}
	}
}
