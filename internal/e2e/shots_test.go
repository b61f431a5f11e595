package e2e

import (
	"cmp"
	"os"
	"testing"

	"nazorat/internal/browsertest"
)

// TestShots writes pictures of the pages for people to look at:
// NAZORAT_PICTURES=folder, NAZORAT_PICTURES_LANG=ru for another language.
func TestShots(t *testing.T) {
	dir := os.Getenv("NAZORAT_PICTURES")
	if dir == "" {
		t.Skip("NAZORAT_PICTURES names no folder")
	}
	lang := cmp.Or(os.Getenv("NAZORAT_PICTURES_LANG"), "uz")
	o := serve(t, 400)
	b := browsertest.Start(t)
	for _, size := range []struct {
		name string
		w, h int
	}{{"desk", 1366, 768}, {"phone", 390, 844}} {
		p := b.Page(t, size.w, size.h)
		p.Goto(o.url + "/sign-in?lang=" + lang)
		p.Screenshot(dir + "/" + size.name + "-sign-in.png")
		p.Goto(o.url + "/laws")
		p.Screenshot(dir + "/" + size.name + "-laws.png")
		for _, role := range []string{"investigator", "prosecutor", "prosecutor_general"} {
			signIn(p, o, o.as(t, role))
			p.Screenshot(dir + "/" + size.name + "-" + role + "-work.png")
			p.Goto(o.url + "/cases")
			p.Screenshot(dir + "/" + size.name + "-" + role + "-cases.png")
			p.Goto(o.url + "/board")
			p.Screenshot(dir + "/" + size.name + "-" + role + "-board.png")
			if role == "prosecutor_general" {
				continue // he owes nothing himself
			}
			p.Goto(o.url + "/")
			p.Follow("td a[href^='/proceedings/'], th a[href^='/proceedings/']")
			p.Screenshot(dir + "/" + size.name + "-" + role + "-deadline.png")
			p.Goto(o.url + "/")
			p.Follow("td + td a[href^='/proceedings/'], th + td a[href^='/proceedings/']")
			p.Screenshot(dir + "/" + size.name + "-" + role + "-proceeding.png")
			p.Goto(o.url + "/laws/uz/criminal")
			p.Screenshot(dir + "/" + size.name + "-" + role + "-law.png")
			p.Goto(o.url + "/")
			p.Follow("td + td a[href^='/proceedings/'], th + td a[href^='/proceedings/']")
			followAct(p)
			p.Screenshot(dir + "/" + size.name + "-" + role + "-act.png")
			p.Goto(o.url + "/sign-in")
			p.Follow("form[action='/sign-out'] button")
		}
	}
}

// followAct goes to the first act that a proceeding's page offers, out of its fold if it lies in one.
func followAct(p *browsertest.Page) {
	p.Eval(`document.querySelectorAll("details.nz-fold").forEach((d) => { d.open = true })`)
	p.Follow("a.nz-acts__link")
}
