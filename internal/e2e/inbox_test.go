package e2e

import (
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"nazorat/internal/app"
	"nazorat/internal/browsertest"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/demo"
	"nazorat/internal/docket"
	"nazorat/internal/notice"
)

// told is an office whose officers are told of things by e-mail too, to a server that is not there.
func told(t *testing.T, cases int) *office {
	t.Helper()
	o := serve(t, cases)
	mail, err := notice.NewMail("smtp://127.0.0.1:1", "nazorat@office.example", "")
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	h, err := o.Handler(app.Pages{Log: log, Synthetic: true, Accounts: offered(o.accounts), Address: "https://nazorat.example", Mail: mail})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	o.url = srv.URL
	t.Cleanup(o.Keep(t.Context(), log))
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if l, err := o.Follow.Lag(t.Context(), "notice"); err == nil && l.Moved != 0 {
			return o
		}
		if time.Now().After(end) {
			t.Fatal("nobody follows the journal")
		}
	}
}

// tells writes down that an officer was told of a case, as if he had been.
func (o *office) tells(t *testing.T, who demo.Account, proceeding string) {
	t.Helper()
	err := o.DB.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO notice (proceeding, source, officer, role, office, mandate, kind, urgent, at, made, law, seq, act, actor, no, term, starter, thing, due, step, email, sms)
VALUES ($1, 'e/1', $2, $3, $4, $5, 'act', 0, 1, 1, 'uz/criminal', 1, 'register_report', 'nobody', 0, '', '', 0, 0, -1, '', '')`, proceeding, who.Officer, who.Role, who.Office, who.Mandate)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (o *office) do(t *testing.T, who demo.Account, proceeding, act string, thing int32, form map[string]string) *docket.Receipt {
	t.Helper()
	r, err := o.Docket.Act(t.Context(), docket.Command{Law: "uz/criminal", Proceeding: proceeding, Act: act, Thing: thing, Form: form, Actor: actorOf(who)})
	if err != nil {
		t.Fatalf("%s: %v", act, err)
	}
	return r
}

// heldTooLong is a case in which somebody should be free for two hours.
func (o *office) heldTooLong(t *testing.T) *docket.Receipt {
	t.Helper()
	inquirer := o.as(t, "inquirer")
	r := o.do(t, o.as(t, "duty_officer"), "", "register_report", 0, map[string]string{"source": "direct", "summary": "A door was broken", "assign_to": inquirer.Officer})
	o.do(t, inquirer, r.Proceeding, "open_inquiry", 0, map[string]string{"crime_article": "CC 169"})
	suspect := o.do(t, inquirer, r.Proceeding, "add_suspect", 0, map[string]string{"name": "B. Tursunov"})
	since := (o.Docket.Now() - 50*calendar.Hour).Time().In(o.Docket.Zone().Location()).Format("2006-01-02T15:04")
	for _, e := range suspect.Effects {
		if e.Effect == "added" {
			o.do(t, inquirer, r.Proceeding, "detain", e.Thing, map[string]string{"detained_at": since, "place": "Post 4"})
		}
	}
	return r
}

func TestAnOfficerFindsInHisInboxWhatWaitsForHim(t *testing.T) {
	t.Parallel()
	o := told(t, 30)
	b := browsertest.Start(t)
	pictures := os.Getenv("NAZORAT_PICTURES")
	p := b.Page(t, 1366, 768)
	signIn(p, o, o.as(t, "inquirer"))
	p.Goto(o.url + "/inbox?lang=en")
	p.Axe(t)
	// Something happens while the page is open: it comes by itself.
	r := o.heldTooLong(t)
	p.WaitText("#inbox", r.Number)
	p.WaitText("#inbox", "Release")
	t.Run("looks", func(t *testing.T) {
		for _, size := range []struct {
			name          string
			width, height int
		}{{"desktop", 1366, 768}, {"phone", 390, 844}} {
			for _, lang := range []string{"en", "ru", "uz", "uz-Cyrl"} {
				t.Run(size.name+"/"+lang, func(t *testing.T) {
					t.Parallel()
					p := b.Page(t, size.width, size.height)
					signIn(p, o, o.as(t, "inquirer"))
					p.Goto(o.url + "/inbox?lang=" + lang)
					if p.Count("#inbox form") == 0 || p.Count(".nz-count") != 1 {
						t.Errorf("%s: nothing to take note of, or no count", lang)
					}
					axe := lang == "en" || lang == "uz-Cyrl" // which words makes no difference to it, but that those of one are longer
					if axe {
						p.Axe(t)
					}
					if pictures != "" {
						p.Screenshot(pictures + "/inbox-" + size.name + "-" + lang + ".png")
					}
					for _, page := range []string{"/inbox/settings", "/inbox/all"} {
						p.Goto(o.url + page)
						if axe {
							p.Axe(t)
						}
						if pictures != "" {
							p.Screenshot(pictures + "/page" + strings.ReplaceAll(page, "/", "-") + "-" + size.name + "-" + lang + ".png")
						}
					}
					if lang == "en" {
						p.Goto(o.url + "/inbox")
						p.Follow("a[href$='/told']")
						p.Axe(t)
						if pictures != "" {
							p.Screenshot(pictures + "/told-" + size.name + ".png")
						}
					}
				})
			}
		}
	})
	// What must be acknowledged is acknowledged, by the keyboard, and is on record.
	p.Goto(o.url + "/inbox")
	before := p.Count("#inbox form")
	for end := time.Now().Add(time.Minute); p.Count("#inbox form") >= before; time.Sleep(500 * time.Millisecond) {
		// What comes live takes the focus away: whoever works by keyboard goes back to the button.
		p.Eval(`document.querySelector(".govuk-button--warning")?.focus()`)
		p.Type("\r")
		if time.Now().After(end) {
			t.Fatal("it is still there")
		}
	}
	p.Goto(o.url + "/inbox/all")
	p.WaitText("main", "noted ")
	if found := p.Problems(); len(found) > 0 {
		t.Errorf("%v", found)
	}
}

func TestTheInboxWorksWithoutScript(t *testing.T) {
	t.Parallel()
	o := told(t, 0)
	who := o.as(t, "inquirer")
	r := o.heldTooLong(t)
	c := o.client(t).signIn(who)
	c.get("/sign-in?lang=en")
	var body string
	for end := time.Now().Add(time.Minute); !strings.Contains(body, r.Number) || !strings.Contains(body, "Release"); time.Sleep(50 * time.Millisecond) {
		if body = c.get("/inbox").body; time.Now().After(end) {
			t.Fatal(body)
		}
	}
	// Every other page says how much is new.
	if work := c.get("/laws").body; !regexp.MustCompile(`class="nz-count"[^>]*>\d+<`).MatchString(work) {
		t.Error("no count in the header of another page")
	}
	form := regexp.MustCompile(`(?s)name="proceeding" value="([^"]+)".*?name="source" value="([^"]+)"`).FindStringSubmatch(body)
	if form == nil {
		t.Fatal(body)
	}
	before := strings.Count(body, `name="source"`)
	if a := c.post("/inbox/noted", map[string][]string{"proceeding": {form[1]}, "source": {form[2]}}); a.status != 303 {
		t.Fatalf("%d", a.status)
	}
	if after := strings.Count(c.get("/inbox").body, `name="source"`); after != before-1 {
		t.Errorf("%d notices before, %d after", before, after)
	}
	// Where and for what he is reached: the law's demand is named, a wrong address is told beside its field, and a code goes out.
	settings := c.get("/inbox/settings").body
	if !strings.Contains(settings, "cannot be taken off") || !strings.Contains(settings, "226") {
		t.Error("it is not said what the law demands, or by which article")
	}
	if a := c.post("/inbox/settings/email", map[string][]string{"address": {"no address"}}); a.status != 422 || !strings.Contains(a.body, `value="no address"`) || !strings.Contains(a.body, `id="email-address-error"`) {
		t.Errorf("%d", a.status)
	}
	if a := c.post("/inbox/settings/email", map[string][]string{"address": {"sardor@office.example"}}); a.status != 303 {
		t.Errorf("%d", a.status)
	}
	if a := c.post("/inbox/settings/email/code", map[string][]string{"code": {"000"}}); a.status != 422 || !strings.Contains(a.body, `id="email-code-error"`) {
		t.Errorf("%d", a.status)
	}
	if a := c.post("/inbox/settings/sms", map[string][]string{"address": {"+998901234567"}}); a.status != 404 {
		t.Errorf("a channel that the office has not: %d", a.status)
	}
}
