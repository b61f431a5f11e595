package e2e

import (
	"testing"

	"nazorat/internal/browsertest"
)

// tooWide names what does not fit: a page that scrolls sideways, a label that runs into its value.
const tooWide = `(() => {
	const bad = []
	if (document.documentElement.scrollWidth > window.innerWidth) bad.push("the page is " + document.documentElement.scrollWidth + " wide")
	for (const e of document.querySelectorAll(".nz-table__label, .nz-deadline, .nz-tag, .govuk-summary-list__key, .nz-stat__label")) {
		if (e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1) bad.push(e.textContent.trim())
	}
	return bad.join("; ")
})()`

// In Russian, whose words are long, a label of a card lay over its value and a sign of a deadline reached beyond the screen.
func TestPagesFitAPhoneWhateverTheLanguage(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	o := serve(t, 150)
	for _, lang := range []string{"ru", "uz"} {
		p := b.Page(t, 390, 844)
		p.Goto(o.url + "/sign-in?lang=" + lang)
		check := func() {
			t.Helper()
			if bad := p.Eval(tooWide); bad != `""` {
				t.Errorf("%s %s: %s", lang, p.URL(), bad)
			}
		}
		check()
		signIn(p, o, o.as(t, "prosecutor"))
		check()
		for _, path := range []string{"/escalated", "/copies", "/cases", "/board", "/find?q=none", "/laws", "/laws/uz/criminal", "/laws/uz/criminal/2025-01-01/stages",
			"/laws/uz/criminal/2025-01-01/rules", "/laws/uz/criminal/2025-01-01/part/custody", "/laws/uz/criminal/diff/2024-01-01/2025-01-01", "/open/register_appeal?law=uz/appeals"} {
			p.Goto(o.url + path)
			check()
		}
		for _, follow := range []string{"a[href*='/deadlines/']", "td a[href^='/proceedings/']:not([href*='/deadlines/']):not([href*='/acts/'])"} {
			p.Goto(o.url + "/")
			p.Follow(follow)
			check()
		}
		p.Follow("a[href$='/closed']")
		check()
		for _, path := range []string{p.URL(), o.url + "/offices/" + o.as(t, "prosecutor").Office + "/month", o.url + "/laws/uz/criminal/2025-01-01/stages", o.url + "/laws/uz/criminal/2025-01-01/rules"} {
			p.Goto(path)
			check()
			p.Axe(t)
		}
	}
}

// outOfSight names what is wrong with a table that is pushed sideways to its end: what a row is called stays where it was, in words and not letter by letter.
const outOfSight = `(() => {
	const bad = []
	for (const f of document.querySelectorAll(".nz-table-frame--scroll")) {
		const name = f.querySelector("tbody th")
		if (!name || f.scrollWidth <= f.clientWidth) continue
		const before = f.scrollLeft
		f.scrollLeft = f.scrollWidth
		const is = name.getBoundingClientRect(), frame = f.getBoundingClientRect()
		if (Math.abs(is.left - frame.left) > 2) bad.push(name.textContent.trim() + " is pushed out of sight")
		if (is.width < 100 || is.width > frame.width / 2) bad.push(name.textContent.trim() + " is " + is.width + " wide")
		f.scrollLeft = before
	}
	return bad.join("; ")
})()`
