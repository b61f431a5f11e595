package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"nazorat/internal/browsertest"
	"nazorat/internal/db"
	"nazorat/internal/docket"
	"nazorat/internal/stored"
)

// bigCase is a case of the demonstration's inquirer with so many exhibits.
func bigCase(t testing.TB, o *office, exhibits int) (id string, do func(role, act string, thing int32, form map[string]string)) {
	t.Helper()
	act := func(role, act string, thing int32, form map[string]string) string {
		t.Helper()
		c := docket.Command{Proceeding: id, Act: act, Thing: thing, Form: form, Actor: actorOf(o.as(t, role))}
		if id == "" {
			c.Law = "uz/criminal"
		}
		r, err := o.Docket.Act(t.Context(), c)
		if err != nil {
			t.Fatalf("%s: %v", act, err)
		}
		return r.Proceeding
	}
	do = func(role, name string, thing int32, form map[string]string) {
		t.Helper()
		act(role, name, thing, form)
	}
	id = act("duty_officer", "register_report", 0, map[string]string{"summary": "A shop was broken into", "source": "statement", "applicant": "A. Karimov", "assign_to": o.as(t, "inquirer").Officer})
	do("inquirer", "open_inquiry", 0, map[string]string{"crime_article": "CC 169"})
	do("inquirer", "add_suspect", 0, map[string]string{"name": "Tursunov Bekzod"})
	do("inquirer", "add_victim", 0, map[string]string{"name": "Gʻofurova Nilufar"})
	do("inquirer", "add_witness", 0, map[string]string{"name": "Qodirov Oʻtkir"})
	do("inquirer", "enter_details", 1, map[string]string{"sex": "male", "citizenship": "Oʻzbekiston", "telephone": "+998 90 123 45 67"})
	do("inquirer", "enter_details", 1, map[string]string{"telephone": "+998 91 765 43 21"})
	do("inquirer", "add_episode", 0, map[string]string{"what": "A window of the shop was broken at night, and a violin taken", "crime_article": "CC 169", "happened_at": o.Docket.Now().Time().In(o.Docket.Zone().Location()).Format("2006-01-02T15:04")})
	for i := range exhibits {
		do("inquirer", "enter_exhibit", 0, map[string]string{"what": fmt.Sprintf("Knife %d with a wooden handle and a red mark on its blade that somebody has tried to wash off", i+1), "found_in": "in the yard behind the shop", "kept_in": "room 4", "taken_from": "1"})
	}
	return id, do
}

// A case with many things is worked on by its kinds: a table of each, a page of each thing, forms that lead back.
func TestACaseIsWorkedOnByItsThings(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	o := serve(t, 0)
	id, do := bigCase(t, o, 60)
	summoned := time.Now().Add(30 * time.Hour).In(o.Docket.Zone().Location()).Format("2006-01-02T15:04")
	do("inquirer", "summon", 2, map[string]string{"appear_at": summoned, "appear_in": "room 12", "by_means": "paper"})
	do("inquirer", "claim_loss", 0, map[string]string{"victim": "2", "episode": "4", "amount": "12500000"})
	do("inquirer", "claim_loss", 0, map[string]string{"victim": "2", "amount": "700000.50"})
	pictures := func(p *browsertest.Page, name string) {
		p.Axe(t)
		if dir := os.Getenv("NAZORAT_PICTURES"); dir != "" {
			p.Screenshot(dir + "/" + name + ".png")
		}
	}
	for _, size := range []struct {
		name, lang    string
		width, height int
	}{{"desk", "uz-Cyrl", 1366, 768}, {"phone", "ru", 390, 844}} {
		p := b.Page(t, size.width, size.height)
		p.Goto(o.url + "/sign-in?lang=" + size.lang)
		signIn(p, o, o.as(t, "inquirer"))
		for _, at := range []struct{ name, path string }{{"case", ""}, {"loss", "/things/loss"}, {"exhibit-found", "/things/exhibit?q=knife+7"}, {"person-1", "/things/person/1"}, {"label", "/things/exhibit/5/label"},
			{"add", "/acts/add_witness?back=%2Fproceedings%2F" + id + "%2Fthings%2Fperson"}} {
			p.Goto(o.url + "/proceedings/" + id + at.path)
			pictures(p, "things-"+size.name+"-"+at.name)
			if at.name == "label" { // on paper it is one sheet, and its code leads to the thing
				label := p.PDF()
				if n := len(pagesOfPDF.FindAll(label, -1)); n != 1 {
					t.Errorf("the label has %d pages", n)
				}
				if dir := os.Getenv("NAZORAT_PICTURES"); dir != "" {
					if err := os.WriteFile(dir+"/label-"+size.name+".pdf", label, 0o600); err != nil {
						t.Fatal(err)
					}
				}
				codeOnPaper(t, p, o.url+"/proceedings/"+id+"/things/exhibit/5")
			}
		}
	}

	p := b.Page(t, 1366, 768)
	p.Goto(o.url + "/sign-in?lang=en")
	signIn(p, o, o.as(t, "inquirer"))
	p.Goto(o.url + "/proceedings/" + id)
	p.Follow("#things a[href$='/things/exhibit']")
	if n := p.Count("main tbody tr"); n != 50 {
		t.Errorf("%d rows on a page", n)
	}
	p.Follow("a[rel=next]")
	if n := p.Count("main tbody tr"); n != 10 {
		t.Errorf("%d rows on the last page", n)
	}
	// Ten witnesses are added without leaving the form, and then one is back where he was.
	p.Goto(o.url + "/proceedings/" + id + "/things/person")
	p.FollowText(o.act("add_witness"))
	for _, name := range []string{"Aliyev Anvar", "Valiyev Botir"} {
		p.Fill("input[name='f.name']", name)
		p.Follow("button[name=again]")
		contains(t, p, ".nz-notice", "Done")
		if left := p.Value("input[name='f.name']", "value"); left != "" {
			t.Errorf("the form still says %q", left)
		}
	}
	p.Fill("input[name='f.name']", "Salimov Davron")
	submit(p)
	if !strings.Contains(p.URL(), "/things/person?done=") {
		t.Errorf("the form led to %s", p.URL())
	}
	contains(t, p, ".nz-notice", "Done")
	for _, name := range []string{"Aliyev Anvar", "Valiyev Botir", "Salimov Davron"} {
		contains(t, p, "main", name)
	}
	// A way back that leads elsewhere is not taken.
	p.Goto(o.url + "/proceedings/" + id + "/acts/add_witness?back=https%3A%2F%2Fexample.org%2Fx")
	p.Fill("input[name='f.name']", "Rahimov Eldor")
	submit(p)
	if want := o.url + "/proceedings/" + id + "?done="; !strings.HasPrefix(p.URL(), want) {
		t.Errorf("the form led to %s", p.URL())
	}
	// What was typed in another script is found, and what it was before stands under what is known.
	p.Goto(o.url + "/proceedings/" + id + "/things/person?q=" + "%D0%93%D0%BE%D1%84%D1%83%D1%80%D0%BE%D0%B2%D0%B0")
	if n := p.Count("main tbody tr"); n != 1 {
		t.Errorf("%d persons are found by a name in another script", n)
	}
	p.Goto(o.url + "/proceedings/" + id + "/things/person/1")
	contains(t, p, "#facts", "+998 90 123 45 67")
	contains(t, p, "#facts", "+998 91 765 43 21")
	p.Follow("a[rel=next]")
	contains(t, p, "h1", "Nilufar")
	contains(t, p, "#related", "loss 66") // it names her
}

// BenchmarkThingsOfALargeCase asks for pages of a case with 5,000 exhibits, over HTTP as somebody who works on it.
func BenchmarkThingsOfALargeCase(b *testing.B) {
	o := serve(b, 0)
	id, _ := bigCase(b, o, 1)
	var text []byte
	if err := o.DB.QueryRow(b.Context(), `SELECT state FROM proceeding WHERE id = $1`, id).Scan(&text); err != nil {
		b.Fatal(err)
	}
	law := o.Docket.Law("uz/criminal")
	state, err := stored.DecodeState(law, text)
	if err != nil {
		b.Fatal(err)
	}
	for last := state.Things[len(state.Things)-1]; len(state.Things) < 5000; {
		state.Things = append(state.Things, last)
	}
	if text, err = stored.EncodeState(law, &state); err != nil {
		b.Fatal(err)
	}
	if err := o.DB.Write(b.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE proceeding SET state = $1 WHERE id = $2`, string(text), id)
		return err
	}); err != nil {
		b.Fatal(err)
	}
	c := o.client(b).signIn(o.as(b, "inquirer"))
	for name, path := range map[string]string{"proceeding": "", "kind": "/things/exhibit", "last page": "/things/exhibit?after=4900", "by a word": "/things/exhibit?q=knife+%D1%8F%D1%80%D0%B4", "thing": "/things/exhibit/2500", "form": "/acts/hand_over_exhibit?thing=2500", "closed": "/closed"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if a := c.get("/proceedings/" + id + path); a.status != 200 {
					b.Fatal(a.status)
				}
			}
		})
	}
}
