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
	for _, table := range []string{"terms_kept", "damage", "held", "returned_by_officer", "reports", "decisions"} {
		p.Goto(o.url + "/figures")
		p.Follow(`.nz-figures__list a[href*="table=` + table + `&"], .nz-figures__list a[href$="table=` + table + `"]`)
		p.WaitFor("#figures")
		shot(p, "desk-"+table)
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
}
