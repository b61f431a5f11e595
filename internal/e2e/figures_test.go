package e2e

import (
	"os"
	"strings"
	"testing"

	"nazorat/internal/browsertest"
)

// counted lets the register of figures follow to the end of the journal, as the process of an office does.
func (o *office) counted(t *testing.T) {
	t.Helper()
	if err := o.Follow.CatchUp(t.Context(), o.Figures.Follower()); err != nil {
		t.Fatal(err)
	}
}

// One opens a standing table, changes the question, comes from a figure to its cases, and has the same answer by the link to it.
func TestFiguresAreAskedForAndLeadToTheirCases(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	o := serve(t, 150)
	o.counted(t)
	pictures := os.Getenv("NAZORAT_PICTURES_FIGURES")
	shot := func(p *browsertest.Page, name string) {
		t.Helper()
		p.Axe(t)
		if bad := p.Eval(tooWide); bad != `""` {
			t.Errorf("%s: %s", name, bad)
		}
		if bad := p.Eval(outOfSight); bad != `""` {
			t.Errorf("%s: %s", name, bad)
		}
		if pictures != "" {
			p.Screenshot(pictures + "/" + name + ".png")
		}
	}
	who := o.as(t, "prosecutor_general")
	p := b.Page(t, 1366, 768)
	p.Goto(o.url + "/sign-in?lang=en")
	signIn(p, o, who)
	p.Follow(`a[href="/figures"]`)
	p.WaitFor(".nz-figures__list")
	shot(p, "desk-home")
	p.Follow(`.nz-figures__list a[href*="table=cases_by_region"]`)
	p.WaitFor("#figures")
	contains(t, p, "h1", "Cases by region and stage")
	contains(t, p, "#as-of, .nz-summary", "Leaves of the journal")
	shot(p, "desk-region")
	pinned := p.Eval(`[...document.querySelectorAll("main a")].map(a => a.href).find(h => h.includes("at=") && h.includes("/figures/table?") )`)
	before := p.Text("#figures")
	p.Eval(`document.querySelector(".nz-filters__fold").open = true`)
	shot(p, "desk-question")
	p.Eval(`document.querySelector("[name=rows]").value = "article"`)
	p.Follow(".nz-filters__form button")
	p.WaitFor("#figures")
	contains(t, p, "#figures", "CC ")
	contains(t, p, "h1", "Cases: ")
	shot(p, "desk-own")
	p.Follow("#figures td a")
	p.WaitFor("#cases")
	if p.Count("#cases tbody tr") == 0 {
		t.Error("no case is behind a figure")
	}
	shot(p, "desk-cases")
	p.Goto(strings.Trim(pinned, `"`))
	if after := p.Text("#figures"); after != before {
		t.Errorf("the same question is answered\n%s\nand was\n%s", after, before)
	}
	for _, table := range []string{"terms_kept", "damage_at_month_end", "returned_by_officer", "in_hand_at_month_end"} {
		p.Goto(o.url + "/figures")
		p.Follow(`.nz-figures__list a[href*="table=` + table + `&"], .nz-figures__list a[href$="table=` + table + `"]`)
		p.WaitFor("#figures")
		shot(p, "desk-"+table)
	}
	// A stock at the end of a month leads to its cases, too; and there is no sum of what was there at several moments.
	p.Follow("#figures td a")
	p.WaitFor("#cases")
	if p.Count("#cases tbody tr") == 0 {
		t.Error("no case is behind a stock")
	}
	p.Goto(o.url + "/figures/table?law=uz/criminal&count=cases&rows=office&from=2026-99-99")
	contains(t, p, ".govuk-error-summary", "date")
	for _, lang := range []string{"uz", "ru", "uz-Cyrl"} {
		phone := b.Page(t, 390, 844)
		phone.ScriptOff()
		phone.Goto(o.url + "/sign-in?lang=" + lang)
		signIn(phone, o, who)
		phone.Goto(o.url + "/figures")
		if pictures != "" {
			phone.Screenshot(pictures + "/phone-home-" + lang + ".png")
		}
		phone.Follow(`.nz-figures__list a[href*="table=cases_by_region"]`)
		phone.WaitFor("#figures")
		if bad := phone.Text("main"); strings.Contains(bad, "statistics.") {
			t.Errorf("%s: a text is missing: %s", lang, bad)
		}
		if pictures != "" {
			phone.Screenshot(pictures + "/phone-region-" + lang + ".png")
		}
	}
	phone := b.Page(t, 390, 844)
	phone.Goto(o.url + "/sign-in?lang=ru")
	signIn(phone, o, who)
	phone.Goto(o.url + "/figures")
	shot(phone, "phone-home")
	phone.Follow(`.nz-figures__list a[href*="table=terms_kept"]`)
	phone.WaitFor("#figures")
	shot(phone, "phone-terms")
	phone.Goto(o.url + "/figures")
	phone.Follow(`.nz-figures__list a[href*="table=cases_by_region"]`)
	phone.WaitFor("#figures")
	shot(phone, "phone-region")
	phone.Goto(o.url + "/figures")
	phone.Follow(`.nz-figures__list a[href*="table=in_hand_at_month_end"]`)
	phone.WaitFor("#figures")
	shot(phone, "phone-month-end")
	// Who counts without reading is told tables of a period; nothing leads to a case.
	analyst := b.Page(t, 1366, 768)
	analyst.Goto(o.url + "/sign-in?lang=en")
	signIn(analyst, o, o.as(t, "analyst"))
	analyst.Goto(o.url + "/figures")
	contains(t, analyst, "main", "held back")
	analyst.Follow(`.nz-figures__list a[href*="table=cases_by_region"]`)
	analyst.WaitFor("#figures")
	contains(t, analyst, "#figures", "…")
	if analyst.Count("#figures td a") != 0 || analyst.Count("[name=rows]") != 0 {
		t.Error("a figure leads to cases, or a question of his own is offered")
	}
	shot(analyst, "desk-analyst")
}
