package e2e

import (
	"net/url"
	"os"
	"strings"
	"testing"

	"nazorat/internal/browsertest"
	"nazorat/internal/script"
)

// indexed lets the index for searching follow to the end of the journal, as the process of an office does.
func (o *office) indexed(t *testing.T) {
	t.Helper()
	if err := o.Follow.CatchUp(t.Context(), o.Find.Follower()); err != nil {
		t.Fatal(err)
	}
}

// One types into the box at the top of any page, and is led on by the keyboard alone: with script, without, and on a telephone.
func TestOneBoxFindsFromEveryPage(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	o := serve(t, 150)
	o.indexed(t)
	pictures := os.Getenv("NAZORAT_PICTURES_FIND")
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
	who := o.as(t, "prosecutor")
	var number, name string
	// A case of his office with a person in it, whose name stands in a form.
	rows, err := o.DB.Query(t.Context(), `SELECT p.number, e.form FROM proceeding p JOIN entry e ON e.proceeding = p.id WHERE p.supervisor = $1 AND p.secrecy = '' AND e.act = 'add_suspect' ORDER BY e.leaf DESC LIMIT 1`, who.Office)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		if err := rows.Scan(&number, &name); err != nil {
			t.Fatal(err)
		}
	}
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
	_, name, _ = strings.Cut(name, `["person","`)
	name, _, _ = strings.Cut(name, `"`)
	if name == "" {
		t.Fatal("no case of his office has a suspect")
	}

	p := b.Page(t, 1366, 768)
	p.Goto(o.url + "/sign-in?lang=en")
	signIn(p, o, who)
	p.Goto(o.url + "/laws")
	p.Type("/")
	if got := p.Eval(`document.activeElement.id`); got != `"q"` {
		t.Fatalf("the key / leads to %s", got)
	}
	p.Eval(`document.activeElement.value = ""`) // the driver types the sign in all the same, behind the key
	p.Type(script.Cyrillic(name) + "\r")
	p.WaitFor(".nz-found__hit")
	if !strings.Contains(p.Text(".nz-found"), number) || p.Count("mark") == 0 {
		t.Errorf("%s is not found by %s: %s", number, name, p.Text("main"))
	}
	shot(p, "desk-person")
	p.Eval(`document.querySelector(".nz-filters__fold").open = true`)
	shot(p, "desk-filters")
	p.Eval(`document.querySelector("[name=law]").value = "uz/criminal"`)
	p.Eval(`document.querySelector("[name=over]").value = "open"`)
	p.Follow(".nz-filters__form button")
	p.WaitFor(".nz-filters__chosen")
	contains(t, p, ".nz-filters__chosen", "Only open ones")
	if at := p.URL(); !strings.Contains(at, "over=open") || !strings.Contains(at, "law=uz%2Fcriminal") {
		t.Errorf("the address is %s", at)
	}
	shot(p, "desk-chosen")
	p.Goto(o.url + "/find?q=" + url.QueryEscape("telefon") + "&from=2026-99-99")
	contains(t, p, ".govuk-error-summary", "date")
	shot(p, "desk-error")
	p.Goto(o.url + "/find?q=" + url.QueryEscape("Hechkimov Hechkim"))
	contains(t, p, "main", "Nothing was found")
	contains(t, p, "main", "Hechkimov, Hechkim")
	shot(p, "desk-nothing")
	p.Goto(o.url + "/find")
	shot(p, "desk-empty")
	p.Goto(o.url + "/find?q=" + url.QueryEscape(number))
	if at := p.URL(); !strings.Contains(at, "/proceedings/") {
		t.Errorf("the number leads to %s", at)
	}

	for _, lang := range []string{"uz", "ru", "uz-Cyrl"} {
		p := b.Page(t, 390, 844)
		p.ScriptOff()
		p.Goto(o.url + "/sign-in?lang=" + lang)
		signIn(p, o, who)
		p.Fill("#q", name)
		p.Follow(".nz-find__button")
		p.WaitFor(".nz-found__hit")
		if got := p.Eval(`document.querySelector(".nz-find").offsetHeight < 60 && document.querySelector(".nz-find").offsetWidth > 300`); got != "true" {
			t.Errorf("%s: the box is %s high, %s wide", lang, p.Eval(`document.querySelector(".nz-find").offsetHeight`), p.Eval(`document.querySelector(".nz-find").offsetWidth`))
		}
		if pictures != "" {
			p.Screenshot(pictures + "/phone-" + lang + ".png")
		}
	}
	phone := b.Page(t, 390, 844)
	phone.Goto(o.url + "/sign-in?lang=ru")
	signIn(phone, o, who)
	for _, typed := range []string{name, "oʻgʻirlik", "1234567890123"} {
		phone.Goto(o.url + "/find?q=" + url.QueryEscape(typed))
		shot(phone, "phone-"+script.Fold(typed)[:4])
	}
}
