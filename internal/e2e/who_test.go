package e2e

import (
	"testing"

	"nazorat/internal/browsertest"
)

// Who may see and do what is read by everybody, without signing in: it fits a desk and a phone, axe finds nothing, and what it leads to is there.
func TestWhoMayDoWhatIsReadByEverybody(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	o := serve(t, 20)
	for i, lang := range []string{"uz", "uz-Cyrl", "ru", "en"} {
		width, height := 1366, 768
		if i%2 == 1 {
			width, height = 390, 844
		}
		p := b.Page(t, width, height)
		p.Goto(o.url + "/laws/uz/criminal?lang=" + lang)
		p.Follow("a[href$='/2025-01-01/who']")
		if bad := p.Eval(tooWide); bad != `""` {
			t.Errorf("%s: %s", lang, bad)
		}
		if i < 2 { // a desk and a phone: which words makes no difference to axe
			p.Axe(t)
		}
		if n := p.Count("#where table"); n < 2 {
			t.Errorf("%s: %d tables of where mandates reach", lang, n)
		}
		if p.Count("#policies [id]") < 9 || p.Count("#where a[href^='#policy-']") < 20 {
			t.Errorf("%s: policies are missing", lang)
		}
		p.Follow("#acts h3 a")
		p.WaitFor("main h1")
		if p.Count("#acts") != 1 {
			t.Errorf("%s: %s is no part of the law", lang, p.URL())
		}
	}
}
