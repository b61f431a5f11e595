package e2e

import (
	"cmp"
	"os"
	"strconv"
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
			if role == "prosecutor" {
				p.Goto(o.url + "/")
				p.Follow("td + td a[href^='/proceedings/'], th + td a[href^='/proceedings/']")
				p.Eval(`document.querySelectorAll("details").forEach((d) => { d.open = true })`)
				p.Screenshot(dir + "/" + size.name + "-proceeding-open.png")
				for _, r := range rest {
					p.Goto(o.url + r.at)
					p.Screenshot(dir + "/" + size.name + "-" + r.name + ".png")
				}
				counted(t, p, o)
				p.Screenshot(dir + "/" + size.name + "-deadline-days.png")
			}
			p.Goto(o.url + "/sign-in")
			p.Follow("form[action='/sign-out'] button")
		}
	}
}

// rest are pages that the walk from role to role does not come by.
var rest = []struct{ name, at string }{
	{"copies", "/copies"},
	{"escalated", "/escalated"},
	{"find", "/find?q=none"},
	{"no-page", "/no-such-page"},
	{"part", "/laws/uz/criminal/2025-01-01/part/custody"},
	{"rules", "/laws/uz/criminal/2025-01-01/rules"},
	{"stages", "/laws/uz/criminal/2025-01-01/stages"},
	{"who", "/laws/uz/criminal/2025-01-01/who"},
	{"unconfirmed", "/laws/uz/criminal?show=open"},
	{"diff", "/laws/uz/criminal/diff/2024-01-01/2025-01-01"},
	{"drawing", "/laws/uz/criminal/2025-01-01/picture"},
	{"drawing-stage", "/laws/uz/criminal/2025-01-01/picture?of=case.inquiry"},
	{"fines", "/laws/it/road-fines"},
	{"felony", "/laws/us-il/felony"},
	{"open-report", "/open/register_appeal?law=uz/appeals"},
}

// counted goes to a deadline whose days are shown one by one.
func counted(t *testing.T, p *browsertest.Page, o *office) {
	t.Helper()
	for _, list := range []string{"/", "/board"} {
		p.Goto(o.url + list)
		n, err := strconv.Atoi(p.Eval(`document.querySelectorAll("main a[href*='/deadlines/']").length`))
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			p.Goto(o.url + list)
			p.Eval(`location.href = document.querySelectorAll("main a[href*='/deadlines/']")[` + strconv.Itoa(i) + `].href`)
			p.WaitFor(".nz-due")
			if p.Count(".nz-month") > 0 {
				return
			}
		}
	}
	t.Fatal("no deadline shows its days")
}

// followAct goes to the first act that a proceeding's page offers, out of its fold if it lies in one.
func followAct(p *browsertest.Page) {
	p.Eval(`document.querySelectorAll("details.nz-fold").forEach((d) => { d.open = true })`)
	p.Follow("a.nz-acts__link")
}

// followActNamed goes to an act that a proceeding's page offers, out of its fold if it lies in one.
func followActNamed(p *browsertest.Page, name string) {
	p.Eval(`document.querySelectorAll("details.nz-fold").forEach((d) => { d.open = true })`)
	p.FollowText(name)
}
