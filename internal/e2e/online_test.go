package e2e

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"nazorat/internal/browsertest"
)

// anybody is a citizen: he has no account.
func (o *office) anybody(t *testing.T) *client { t.Helper(); return o.client(t) }

func reported(place string) url.Values {
	return url.Values{"f.applicant": {"Каримов Алишер"}, "f.summary": {"Velosipedim oʻgʻirlandi, қизил рангли"}, "f.matter": {"theft"}, "f.happened_in": {place},
		"by": {"sms"}, "address.sms": {"+998 90 123-45-67"}}
}

func TestACitizenReportsACrimeAndFollowsIt(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	c := o.anybody(t)
	c.get("/check?lang=en")
	form := c.get("/report").body
	place := o.Directory.Tree().Office(o.as(t, "duty_officer").Office).Place
	if !strings.Contains(form, `<option value="`+place+`"`) {
		t.Fatal(form)
	}
	// Whatever is wrong is said beside its field, and what was typed stays.
	bad := reported("99")
	bad.Set("f.happened_on", "2999-01-01")
	bad.Set("f.summary", strings.Repeat("я", 10_000))
	bad.Set("address.sms", "12")
	a := c.post("/report", bad)
	for _, want := range []string{`id="f.happened_on-error"`, `id="f.summary-error"`, `id="f.happened_in-error"`, `id="address.sms-error"`, "Каримов Алишер", strings.Repeat("я", 10_000), `value="12"`} {
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, want) {
			t.Errorf("%d: no %.60s", a.status, want)
		}
	}
	if n := o.count(t, `SELECT count(*) FROM online_report`); n != 0 {
		t.Errorf("%d reports were kept", n)
	}
	a = c.post("/report", reported(place))
	if a.status != http.StatusSeeOther {
		t.Fatalf("%d %v", a.status, regexp.MustCompile(`(?s)error-message">.*?</p>`).FindAllString(a.body, -1))
	}
	at := a.header.Get("Location")
	page := c.get(at).body
	code := regexp.MustCompile(`The code is (\d{6})`).FindStringSubmatch(page)
	if code == nil || !strings.Contains(page, "қизил рангли") || !strings.Contains(page, "+998901234567") {
		t.Fatal(page)
	}
	if n := o.count(t, `SELECT count(*) FROM entry`); n != 0 {
		t.Errorf("%d entries before it was confirmed", n)
	}
	if a := c.post(at+"/code", url.Values{"code": {"x"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="code-error"`) {
		t.Errorf("a wrong code: %d", a.status)
	}
	for range 2 { // sent twice
		if a := c.post(at+"/code", url.Values{"code": {" " + code[1][:3] + " " + code[1][3:]}}); a.status != http.StatusSeeOther {
			t.Fatalf("%d %v", a.status, regexp.MustCompile(`(?s)error-message">.*?</p>`).FindAllString(a.body, -1))
		}
	}
	page = c.get(at).body
	if !strings.Contains(page, "Your report was received") || !strings.Contains(page, "It waits to be registered") {
		t.Error(page)
	}
	if n := o.count(t, `SELECT count(*) FROM entry WHERE act = 'receive_report' AND role = 'portal' AND officer = ''`); n != 1 {
		t.Errorf("%d entries", n)
	}
	if n := o.count(t, `SELECT count(*) FROM online_report WHERE form = '' AND address = '' AND entered > 0`); n != 1 {
		t.Error("what was entered is kept here besides")
	}
	o.registers(t, regexp.MustCompile(`It has the number ([0-9-]+)\.`).FindStringSubmatch(page)[1])
	if page := c.get(at).body; !strings.Contains(page, "The report is being checked") {
		t.Error("the citizen does not see that it is being checked")
	}
	other := "A" // another letter than it ends with, whatever that is
	if strings.HasSuffix(at, other) {
		other = "Q"
	}
	if a := c.get(at[:len(at)-1] + other); a.status != http.StatusNotFound {
		t.Errorf("a page that is none: %d", a.status)
	}
}

// registers lets the duty officer of the body register a citizen's report, and sees that the next one like it is shown to be there already.
func (o *office) registers(t *testing.T, number string) {
	t.Helper()
	c := o.client(t).signIn(o.as(t, "duty_officer"))
	inquirer := o.as(t, "inquirer").Officer
	c.get("/sign-in?lang=en")
	var id string
	if err := o.DB.QueryRow(t.Context(), `SELECT id FROM proceeding WHERE number = $1`, number).Scan(&id); err != nil {
		t.Fatal(err)
	}
	p, err := o.Docket.Proceeding(t.Context(), actorOf(o.as(t, "duty_officer")), id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Replay.CheckAll(t.Context()); err != nil {
		t.Errorf("replayed: %v", err)
	}
	form := c.get("/proceedings/" + id + "/acts/register_received").body
	if !strings.Contains(form, "Your body is competent") {
		t.Errorf("nobody is proposed as competent: %s", form)
	}
	a := c.post("/proceedings/"+id+"/acts/register_received", url.Values{"f.assign_to": {inquirer}, "version": {"1"}, "submission": {"AAAAAAAAAAAAAAAAAAAAAAAAAA"}})
	if a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, a.body)
	}
	o.caughtUp(t)
	// The same is told at the desk, in another script: it is shown first, and registered when it is sent once more.
	again := url.Values{"f.source": {"statement"}, "f.applicant": {"Karimov Alisher"}, "f.summary": {"Велосипедим ўғирланди"}, "f.crime_article": {"CC 210"}, "f.happened_in": {p.State.Things[0].Fields[p.Law.Names.Fields[0].Find("happened_in")].Text},
		"f.assign_to": {inquirer}, "submission": {"BBBBBBBBBBBBBBBBBBBBBBBBBB"}}
	a = c.post("/open/register_report?law=uz/criminal", again)
	for _, want := range []string{"Is it here already?", number, "Competent: ", "CPC 345", `value="Karimov Alisher"`, `name="shown"`} {
		if a.status != http.StatusOK || !strings.Contains(a.body, want) {
			t.Errorf("%d: no %q", a.status, want)
		}
	}
	if n := o.count(t, `SELECT count(*) FROM entry WHERE act = 'register_report'`); n != 0 {
		t.Errorf("%d were registered before it was shown", n)
	}
	again.Set("shown", "yes")
	if a := c.post("/open/register_report?law=uz/criminal", again); a.status != http.StatusSeeOther {
		t.Errorf("%d", a.status)
	}
}

// caughtUp waits for the index.
func (o *office) caughtUp(t *testing.T) {
	t.Helper()
	if err := o.Follow.CatchUp(t.Context(), o.Find.Follower()); err != nil {
		t.Fatal(err)
	}
}

// A citizen sends a form with nothing in it, then a good one, takes the code, and sees what became of his report: in each language, at a desk and on a phone.
func TestThePublicPageFitsAndShutsNobodyOut(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	o := serve(t, 0)
	place := o.Directory.Tree().Office(o.as(t, "duty_officer").Office).Place
	pictures := os.Getenv("NAZORAT_PICTURES")
	for _, size := range []struct {
		name string
		w, h int
	}{{"desk", 1366, 768}, {"phone", 390, 844}} {
		p := b.Page(t, size.w, size.h)
		for _, lang := range []string{"uz", "ru", "en"} {
			look := func(name string) {
				t.Helper()
				if bad := p.Eval(tooWide); bad != `""` {
					t.Errorf("%s, %s, %s: %s", name, lang, size.name, bad)
				}
				if name != "form" && (lang == "ru" && size.name == "desk" || lang == "uz" && size.name == "phone") { // which words and how wide makes no difference to axe
					p.Axe(t)
				}
				if pictures != "" {
					p.Screenshot(filepath.Join(pictures, size.name+"-report-"+name+"-"+lang+".png"))
				}
			}
			p.Goto(o.url + "/check?lang=" + lang)
			p.Goto(o.url + "/report?named=no")
			if lang == "en" {
				look("unnamed")
			}
			p.Goto(o.url + "/report")
			look("form")
			p.Follow("#submit")
			if n := p.Count(".govuk-error-summary__list li"); n != 5 { // a name, what happened, what it is about, where, how he is reached
				t.Errorf("%s, %s: %d mistakes are told", lang, size.name, n)
			}
			look("wrong")
			for field, value := range map[string]string{"f.applicant": "Nigora Aliyeva", "f.summary": "Bozor yonida sumkamni tortib olishdi", "f.matter": "violence", "f.happened_in": place} {
				p.Fill("[name='"+field+"']", value)
			}
			p.Click("[name=by][value=sms]")
			p.Fill("[name='address.sms']", "+998 90 123-45-6"+map[string]string{"uz": "1", "ru": "2", "en": "3"}[lang])
			p.Follow("#submit")
			look("code")
			code := regexp.MustCompile(`\d{6}`).FindString(p.Text(".nz-notice, .govuk-inset-text, [role=status], main"))
			p.Fill("[name=code]", code)
			p.Follow("#code-form #submit")
			if p.Count(".govuk-panel") == 0 {
				t.Fatalf("%s, %s: not received\n%s", lang, size.name, p.Text("main"))
			}
			look("received")
		}
	}
}
