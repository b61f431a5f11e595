package e2e

import (
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"nazorat/internal/app"
	"nazorat/internal/db"
	"nazorat/internal/docket"
	"nazorat/internal/procedure"
	"nazorat/internal/stored"
	"nazorat/internal/web"
)

// What nobody should type, and somebody will. wrong is the field at which he is told; "" where it is taken. says is the key of what he is told.
var badInput = []struct {
	name        string
	act, field  string
	typed       string
	wrong, says string
}{
	{"a Latin letter in a Cyrillic name", "add_witness", "name", "Kаримов Али", "f.name", "field.mixed_alphabets"},
	{"a Cyrillic letter in a Latin name", "add_witness", "name", "Кarimov Ali", "f.name", "field.mixed_alphabets"},
	{"each word in an alphabet of its own", "add_witness", "name", "Каримов Ali", "", ""},
	{"a name of several lines", "add_witness", "name", "Karimov\nAli", "f.name", "field.bad_text"},
	{"a name without an end", "add_witness", "name", strings.Repeat("Karimov ", 40), "f.name", "field.too_long"},
	{"birth in the future", "add_witness", "born", "2150-01-01", "f.born", "field.in_the_future"},
	{"birth in the year 202", "add_witness", "born", "0202-03-08", "f.born", "field.not_a_date"},
	{"birth on 30 February", "add_witness", "born", "1990-02-30", "f.born", "field.not_a_date"},
	{"a sum that is no number", "claim_loss", "amount", "NaN", "f.amount", "field.not_an_amount"},
	{"a sum without end", "claim_loss", "amount", "Infinity", "f.amount", "field.not_an_amount"},
	{"a sum that no number holds", "claim_loss", "amount", "92233720368547758.08", "f.amount", "field.too_much"},
	{"sums that no number holds together", "claim_loss", "amount", "10000000000000", "f.amount", "field.too_much"},
	{"a thousand or one and a quarter", "claim_loss", "amount", "1,250", "f.amount", "field.not_an_amount"},
	{"three decimals", "claim_loss", "amount", "1250.505", "f.amount", "field.not_an_amount"},
	{"less than nothing", "claim_loss", "amount", "-5", "refused", ""},
	{"as pages in Russian and Uzbek show it", "claim_loss", "amount", "1 250 000,50", "", ""},
	{"as pages in English show it", "claim_loss", "amount", "1,250,000.50", "", ""},
	{"a telephone that is none", "enter_details", "telephone", "ask his brother", "f.telephone", "field.not_a_telephone"},
	{"two telephones", "enter_details", "telephone", "90 123 45 67, 91 123 45 67", "f.telephone", "field.not_a_telephone"},
	{"a telephone as one writes it", "enter_details", "telephone", "+998 (90) 123-45-67", "", ""},
	{"an e-mail address without its sign", "enter_details", "email", "dilnoza mail.uz", "f.email", "field.not_an_email"},
	{"many lines pasted", "plan_task", "what", strings.Repeat("a line\n", 20_000), "f.what", "field.too_long"},
}

func TestBadInputIsToldWithItsPlaceAndItsCure(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	texts, err := web.NewCatalogue([]*procedure.Law{o.Docket.Law("uz/criminal")}, web.Texts)
	if err != nil {
		t.Fatal(err)
	}
	id, _ := bigCase(t, o, 0)
	c := o.client(t).signIn(o.as(t, "inquirer"))
	version := func() string {
		var n int
		if err := o.DB.QueryRow(t.Context(), `SELECT version FROM proceeding WHERE id = $1`, id).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(n)
	}
	whole := map[string]url.Values{
		"add_witness":   {"f.name": {"Karimov Ali"}},
		"claim_loss":    {"f.victim": {"2"}, "f.amount": {"1"}},
		"enter_details": {"f.address": {"Bobur 5"}},
		"plan_task":     {"f.what": {"Ask the neighbours"}, "f.by_day": {"2100-01-01"}},
	}
	sent := 0
	send := func(act string, form url.Values) answer {
		sent++
		form.Set("submission", fmt.Sprintf("%026d", sent))
		thing := "0"
		if act == "enter_details" {
			thing = "2"
		}
		form.Set("thing", thing)
		return c.post("/proceedings/"+id+"/acts/"+act, form)
	}
	for act, form := range whole { // whoever may do it is shown its form, before anything of it is known
		a := c.get("/proceedings/" + id + "/acts/" + act + "?thing=2")
		for name := range form {
			if !strings.Contains(a.body, `name="`+name+`"`) {
				t.Errorf("%s has no %s in its form: %d", act, name, a.status)
			}
		}
	}
	for _, x := range badInput {
		for _, lang := range []string{"uz", "ru", "en"} {
			c.get("/laws?lang=" + lang)
			was := version()
			form := url.Values{"version": {was}}
			for name, values := range whole[x.act] {
				form[name] = values
			}
			form.Set("f."+x.field, x.typed)
			a := send(x.act, form)
			if x.wrong == "" {
				if a.status != http.StatusSeeOther {
					t.Errorf("%s: %d", x.name, a.status)
				}
				break
			}
			body := html.UnescapeString(a.body)
			if version() != was {
				t.Fatalf("%s: it was done", x.name)
			}
			if !strings.Contains(body, strings.TrimSpace(x.typed)) {
				t.Errorf("%s, %s: what was typed is gone", x.name, lang)
			}
			switch {
			case x.wrong == "refused":
				if a.status != http.StatusForbidden && a.status != http.StatusUnprocessableEntity || !strings.Contains(body, "nz-refusal") {
					t.Errorf("%s, %s: %d, and no reason", x.name, lang, a.status)
				}
			case a.status != http.StatusUnprocessableEntity || !strings.Contains(body, `href="#`+x.wrong+`"`) || !strings.Contains(body, `id="`+x.wrong+`-error"`) || !strings.Contains(body, texts.In(lang).T(x.says)):
				t.Errorf("%s, %s: %d, and it is not said beside %s that: %s", x.name, lang, a.status, x.wrong, texts.In(lang).T(x.says))
			}
		}
	}

	// A million lines are more than is read at all: nothing is done, and he is told where what he typed still is.
	for lang, want := range map[string]string{"uz": "oldingi sahifada", "ru": "на предыдущей странице", "en": "on the page before"} {
		c.get("/laws?lang=" + lang)
		was := version()
		a := c.stubborn("/proceedings/"+id+"/acts/plan_task", url.Values{"version": {was}, "f.what": {strings.Repeat("a line of text\n", 1_000_000)}})
		if !strings.HasPrefix(a, "HTTP/1.1 422 ") || !strings.Contains(a, want) || version() != was {
			t.Errorf("a million lines, %s: %.100s", lang, a)
		}
	}

	// Two at one sheet: the second is told who was first and with what, and what he typed stays and may be sent again.
	for _, lang := range []string{"uz", "ru", "en"} {
		c.get("/laws?lang=" + lang)
		was := version()
		if a := send("add_witness", url.Values{"version": {was}, "f.name": {"Valiyev Botir"}}); a.status != http.StatusSeeOther {
			t.Fatalf("the first: %d", a.status)
		}
		a := send("plan_task", url.Values{"version": {was}, "f.what": {"Look at the yard in " + lang}, "f.by_day": {"2100-01-01"}})
		body := html.UnescapeString(a.body)
		now := version()
		for _, want := range []string{"Look at the yard in " + lang, o.as(t, "inquirer").Name, o.Docket.Law("uz/criminal").Labels[lang].Act("add_witness"), `name="version" value="` + now + `"`} {
			if a.status != http.StatusConflict || !strings.Contains(body, want) {
				t.Errorf("the second, %s: %d, and not %q", lang, a.status, want)
			}
		}
		if a := send("plan_task", url.Values{"version": {now}, "f.what": {"Look at the yard in " + lang}, "f.by_day": {"2100-01-01"}}); a.status != http.StatusSeeOther {
			t.Errorf("the second again, %s: %d", lang, a.status)
		}
	}

	// What was refused is not found, and what was taken is, however it is typed.
	o.indexed(t)
	for _, typed := range []string{"Каримов Ali", "Kаримов", "karimov"} {
		if a := c.get("/find?q=" + url.QueryEscape(typed)); !strings.Contains(a.body+a.header.Get("Location"), id) {
			t.Errorf("%q is not found: %d", typed, a.status)
		}
	}
}

// stubborn sends all of a form before it reads a word of the answer, as browsers do.
func (c *client) stubborn(path string, form url.Values) string {
	c.t.Helper()
	at, err := url.Parse(c.url + path)
	if err != nil {
		c.t.Fatal(err)
	}
	conn, err := (&net.Dialer{}).DialContext(c.t.Context(), "tcp", at.Host)
	if err != nil {
		c.t.Fatal(err)
	}
	defer conn.Close()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Close = true
	for _, cookie := range c.Jar.Cookies(at) {
		r.AddCookie(cookie)
	}
	if err := r.Write(conn); err != nil {
		c.t.Fatalf("hung up on while it sent: %v", err)
	}
	got, err := io.ReadAll(conn)
	if err != nil {
		c.t.Fatalf("hung up on before the answer: %v", err)
	}
	return string(got)
}

// Ten thousand people are in one case: its pages stay whole and of a size that a browser shows, and the next one is added.
func TestACaseOfTenThousandPeopleIsWorkedOn(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	id, _ := bigCase(t, o, 0)
	law := o.Docket.Law("uz/criminal")
	var text []byte
	if err := o.DB.QueryRow(t.Context(), `SELECT state FROM proceeding WHERE id = $1`, id).Scan(&text); err != nil {
		t.Fatal(err)
	}
	state, err := stored.DecodeState(law, text)
	if err != nil {
		t.Fatal(err)
	}
	victim := state.Things[2]
	for len(state.Things) <= 10_000 {
		state.Things = append(state.Things, victim)
	}
	if text, err = stored.EncodeState(law, &state); err != nil {
		t.Fatal(err)
	}
	if err := o.DB.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE proceeding SET state = $1 WHERE id = $2`, string(text), id)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	// Another process: the first one knows the case as it was.
	other, err := app.Open(t.Context(), o.DB, docket.Options{Now: o.Docket.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(other.Docket.Close)
	if _, err := other.Docket.Act(t.Context(), docket.Command{Proceeding: id, Act: "add_witness", Form: map[string]string{"name": "Oxirgi Guvoh"}, Actor: actorOf(o.as(t, "inquirer"))}); err != nil {
		t.Fatal(err)
	}
	c := o.client(t).signIn(o.as(t, "inquirer"))
	for _, path := range []string{"", "/history", "/things/person", "/things/person?after=9900", "/things/person?q=guvoh", "/things/person/9999", "/things/person/10001", "/acts/enter_details?thing=9999", "/acts/claim_loss", "/acts/detain", "/acts/add_witness", "/closed", "/file/1"} {
		a := c.get("/proceedings/" + id + path)
		if a.status != http.StatusOK || !strings.Contains(a.body, "</html>") || len(a.body) > 2<<20 {
			t.Errorf("%s: %d, %d bytes", path, a.status, len(a.body))
		}
		t.Logf("%s: %d bytes", path, len(a.body))
	}
}
