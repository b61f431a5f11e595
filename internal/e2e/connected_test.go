package e2e

import (
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/app"
	"nazorat/internal/browsertest"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/demo"
	"nazorat/internal/desk"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/explain"
	"nazorat/internal/lawbook"
	"nazorat/internal/lawload"
	"nazorat/internal/look"
	"nazorat/internal/picture"
	"nazorat/internal/procedure"
	"nazorat/internal/signin"
	"nazorat/internal/web"
	"nazorat/internal/web/static"
	files "nazorat/laws"
)

// connected is an office under the small law of the docket's tests, whose acts
// reach into other proceedings, and whose new edition changes what is open. Its clock stands where the test sets it.
type connected struct {
	office
	k   *docket.Docket
	now atomic.Int64
}

func serveConnected(t *testing.T) *connected {
	t.Helper()
	if err := static.Check(); err != nil {
		t.Skipf("the pages cannot be served: %v", err)
	}
	var laws []*procedure.Law
	for _, name := range []string{"xx/court", "xx/watch"} {
		l, _, err := lawload.Load(os.DirFS("../docket/testdata/laws"), name)
		if err != nil {
			t.Fatal(err)
		}
		laws = append(laws, l)
	}
	d, err := db.Create(t.Context(), dbtest.One(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(t.Context(), app.Migrations()); err != nil {
		t.Fatal(err)
	}
	dir, err := directory.Open(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	service := &directory.Service{
		Offices: []directory.Office{
			{ID: "gp", Code: "00", Kind: directory.Prosecutor, Place: "17"},
			{ID: "pr", Code: "01", Kind: directory.Prosecutor, Parent: "gp", Place: "1726"},
			{ID: "iib", Code: "1726", Kind: directory.Interior, Place: "1726"},
		},
		Competences: []directory.Competence{{Office: "iib", Role: directory.SupervisorRole, Competent: "pr"}, {Office: "iib", Role: "prosecutor", Competent: "pr"}, {Office: "iib", Role: "prosecutor_general", Competent: "gp"}},
	}
	o := &connected{}
	for _, a := range []struct{ id, role, office string }{{"dilshod", "duty_officer", "iib"}, {"sardor", "inquirer", "iib"}, {"jasur", "prosecutor", "pr"}, {"aziz", "prosecutor_general", "gp"}} {
		service.Officers = append(service.Officers, directory.NewOfficer{Officer: directory.Officer{ID: a.id, Name: strings.ToUpper(a.id[:1]) + a.id[1:], Login: a.id},
			Mandates: []directory.Mandate{{ID: a.id + "-m", Role: a.role, Office: a.office}}})
		o.accounts = append(o.accounts, demo.Account{Officer: a.id, Mandate: a.id + "-m", Name: a.id, Role: a.role, Office: a.office})
	}
	if err := dir.Import(t.Context(), service, 1); err != nil {
		t.Fatal(err)
	}
	var ids atomic.Int64
	policies, err := access.Load(files.FS)
	if err != nil {
		t.Fatal(err)
	}
	o.k = docket.Open(d, dir, laws, docket.Options{Policies: policies, Now: func() calendar.Moment { return calendar.Moment(o.now.Load()) }, NewID: func() string { return fmt.Sprintf("id%06d", ids.Add(1)) }})
	words, err := web.NewCatalogue(laws, web.Texts, picture.Texts, lawbook.Texts, explain.Texts, desk.Texts)
	if err != nil {
		t.Fatal(err)
	}
	var offered []web.Account
	for _, x := range o.accounts {
		offered = append(offered, web.Account{Officer: x.Officer, Name: x.Name, Role: x.Role, Office: x.Office})
	}
	zone := laws[0].Editions[0].Days.Zone()
	rules, err := look.LoadRules(files.FS)
	if err != nil {
		t.Fatal(err)
	}
	looks := look.Open(d, rules)
	if err := looks.Begin("", slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(looks.Close)
	s := web.New(web.Options{Docket: o.k, Directory: dir, SignIn: signin.New(d, dir), Looks: looks, Words: words, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Zone: zone, Synthetic: true, Accounts: offered, Nav: desk.Nav()})
	lawbook.Register(s, laws)
	desk.Register(s)
	srv := httptest.NewServer(s)
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
		o.k.Close()
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	o.url = srv.URL
	o.set(t, "2026-06-26 10:00")
	return o
}

func (o *connected) set(t *testing.T, when string) {
	t.Helper()
	m, err := o.k.Law("xx/court").Editions[0].Days.Zone().ParseMoment(when)
	if err != nil {
		t.Fatal(err)
	}
	o.now.Store(int64(m))
}

// sent does an act through its form; it fails unless the act is done, and gives the address of the proceeding.
func (c *client) sent(path string, form url.Values) string {
	c.t.Helper()
	a := c.tried(path, form)
	if a.status != http.StatusSeeOther {
		c.t.Fatalf("%s: %d: %s", path, a.status, plainText(a.body))
	}
	where, _, _ := strings.Cut(a.header.Get("Location"), "?")
	return where
}

func (c *client) tried(path string, form url.Values) answer {
	c.t.Helper()
	page := c.get(path)
	for _, name := range []string{"submission", "version", "thing"} {
		if m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page.body); m != nil && form.Get(name) == "" {
			form.Set(name, m[1])
		}
	}
	return c.post(path, form)
}

var tags = regexp.MustCompile(`(?s)<script.*?</script>|<[^>]*>`)

// plainText is what a page says.
func plainText(body string) string {
	_, main, _ := strings.Cut(body, "<main")
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString("<"+main, " "))), " ")
}

func says(t *testing.T, what, body string, wants ...string) {
	t.Helper()
	text := plainText(body)
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("%s does not say %q:\n%s", what, want, text)
		}
	}
}

const openCourt = "/open/register?law=xx%2Fcourt"

func register(about string) url.Values {
	return url.Values{"f.about": {about}, "f.assign_to": {"sardor"}}
}

func TestProceedingsTellOfEachOther(t *testing.T) {
	t.Parallel()
	o := serveConnected(t)
	duty, inquirer, prosecutor := o.client(t).signIn(o.as(t, "duty_officer")), o.client(t).signIn(o.as(t, "inquirer")), o.client(t).signIn(o.as(t, "prosecutor"))
	for _, c := range []*client{duty, inquirer, prosecutor} {
		c.get("/?lang=en")
	}
	court := duty.sent(openCourt, register("bricks"))
	says(t, "the form of an act", inquirer.get(court+"/acts/ask").body, "Along with it, in another proceeding: “open watch”")
	a := inquirer.tried(court+"/acts/ask", url.Values{"f.about": {"Damp bricks"}})
	says(t, "the notice", inquirer.get(a.header.Get("Location")).body, "Done: ask", "Along with it, in W1726-2026-1: “open watch”.")
	page := inquirer.get(court).body
	says(t, "the proceeding", page, "Connected proceedings", "W1726-2026-1 matter", "“open watch” was done there along with an act here", "A copy went to: prosecutor")
	watch := regexp.MustCompile(`href="(/proceedings/[^"#/?]+)">W1726-2026-1<`).FindStringSubmatch(page)
	if watch == nil {
		t.Fatal("no link leads there")
	}
	says(t, "what was opened", inquirer.get(watch[1]).body, "Done along with “ask” in C1726-2026-1.", "“ask” was done there, and an act here along with it")

	// Refused there, the whole is refused; who did it is told where and why, and what he typed stays.
	inquirer.sent(watch[1]+"/acts/close", url.Values{})
	b := inquirer.tried(court+"/acts/ask", url.Values{"f.watch": {"W1726-2026-1"}})
	if b.status != http.StatusForbidden || !strings.Contains(b.body, `value="W1726-2026-1"`) {
		t.Errorf("%d", b.status)
	}
	says(t, "the refusal", b.body, "Nothing was done. Along with it “look” has to be done in W1726-2026-1, and there it is not allowed. Possible only in the stage: open. Now it is: closed.")
	b = inquirer.tried(court+"/acts/ask", url.Values{"f.watch": {"W-none"}})
	if b.status != http.StatusNotFound {
		t.Errorf("%d", b.status)
	}
	says(t, "the error beside the field", b.body, "There is no such proceeding, or none that you may see.")

	// What the prosecutor opened at his office, the inquirer is told of without its number.
	prosecutor.sent(court+"/acts/ask_prosecutor", url.Values{"f.about": {"why"}})
	if text := plainText(inquirer.get(court).body); !strings.Contains(text, "Along with it, in another proceeding: “open watch”.") || strings.Contains(text, "W01-2026-1") {
		t.Errorf("the inquirer reads: %s", text)
	}
	says(t, "the prosecutor's page", prosecutor.get(court).body, "Along with it, in W01-2026-1: “open watch”.")

	// The copies that the law orders.
	says(t, "the prosecutor's work", prosecutor.get("/").body, "Copies received: 1 new")
	says(t, "his copies", prosecutor.get("/copies").body, "New register Case C1726-2026-1 bricks Done by Dilshod, duty officer", "Take note of all")
	by := regexp.MustCompile(`name="by" value="(\d+)"`).FindStringSubmatch(prosecutor.get("/copies").body)
	if c := prosecutor.post("/copies", url.Values{"by": {by[1]}}); c.status != http.StatusSeeOther {
		t.Errorf("taking note: %d", c.status)
	}
	if text := plainText(prosecutor.get("/copies").body); strings.Contains(text, "New register") || !strings.Contains(text, "register Case C1726-2026-1") {
		t.Errorf("his copies: %s", text)
	}
	if text := plainText(inquirer.get("/").body); strings.Contains(text, "Copies received") {
		t.Error("the inquirer is led to copies that he never receives")
	}
	for _, bad := range []url.Values{{}, {"by": {"x"}}, {"by": {"-5"}}} {
		if c := prosecutor.post("/copies", bad); c.status != http.StatusUnprocessableEntity {
			t.Errorf("%v: %d", bad, c.status)
		}
	}
	if c := prosecutor.get("/copies?at=x"); c.status != http.StatusNotFound {
		t.Errorf("a link of nobody's: %d", c.status)
	}
}

func TestWhatWasNotDoneInTimeComesToThoseAbove(t *testing.T) {
	t.Parallel()
	o := serveConnected(t)
	duty, inquirer, prosecutor, general := o.client(t).signIn(o.as(t, "duty_officer")), o.client(t).signIn(o.as(t, "inquirer")), o.client(t).signIn(o.as(t, "prosecutor")), o.client(t).signIn(o.as(t, "prosecutor_general"))
	for _, c := range []*client{duty, inquirer, prosecutor, general} {
		c.get("/?lang=en")
	}
	o.set(t, "2026-03-02 14:30")
	first := duty.sent(openCourt, register("bricks"))
	for range 12 {
		duty.sent(openCourt, register("tiles"))
	}
	o.set(t, "2026-03-12 10:00")
	duty.signIn(o.as(t, "duty_officer"))
	inquirer.signIn(o.as(t, "inquirer"))
	held := duty.sent(openCourt, register("a person"))
	inquirer.sent(held+"/acts/add", url.Values{"f.name": {"Karim"}})
	inquirer.sent(held+"/acts/hold", url.Values{"f.cell": {"4"}, "thing": {"1"}})
	if text := plainText(prosecutor.signIn(o.as(t, "prosecutor")).get("/").body); strings.Contains(text, "Escalated to you") {
		t.Error("something was escalated before its time")
	}
	o.set(t, "2026-03-14 12:00")
	for c, role := range map[*client]string{inquirer: "inquirer", prosecutor: "prosecutor", general: "prosecutor_general"} {
		c.signIn(o.as(t, role))
	}
	page := prosecutor.get("/").body
	says(t, "the prosecutor's work", page, "Escalated to you", "A person must be set free held", "Step 1 of 2: you are told of it", "13 Mar 2026 02:00 Step 2 of 3: the matter is yours", "Show all that was escalated to you")
	if i, j := strings.Index(page, "A person must be set free"), strings.Index(page, "the matter is yours"); i < 0 || i > j {
		t.Error("the release does not stand first")
	}
	all := prosecutor.get("/escalated").body
	if n := strings.Count(all, "the matter is yours"); n != 13 || !strings.Contains(all, "A person must be set free") {
		t.Errorf("all that was escalated: %d matters", n)
	}
	says(t, "the prosecutor general's work", general.get("/").body, "A person must be set free", "Step 2 of 2: the matter is yours")
	says(t, "nobody's", inquirer.get("/escalated").body, "Nothing has been escalated to you.")
	deadlines := regexp.MustCompile(`href="(` + first + `/deadlines/\d+)"[^>]*>answer<`).FindStringSubmatch(prosecutor.get(first).body)
	if deadlines == nil {
		t.Fatal("no deadline")
	}
	text := plainText(prosecutor.get(deadlines[1]).body)
	if n := strings.Count(text, "reached"); n != 2 {
		t.Errorf("%d of 3 steps were reached: %s", n, text)
	}
}

func TestANewEditionIsToldInTheHistory(t *testing.T) {
	t.Parallel()
	o := serveConnected(t)
	duty, inquirer := o.client(t).signIn(o.as(t, "duty_officer")), o.client(t).signIn(o.as(t, "inquirer"))
	for _, lang := range []string{"uz", "ru", "uz-Cyrl", "en"} {
		inquirer.get("/?lang=" + lang)
	}
	court := duty.sent(openCourt, register("bricks"))
	says(t, "a time of waiting", inquirer.get(court).body, "wait by 1 Jul 2026 24:00 time of waiting")
	if text := plainText(inquirer.get("/").body); strings.Contains(text, "wait ") {
		t.Errorf("waiting is nobody's work: %s", text)
	}
	inquirer.sent(court+"/acts/pause", url.Values{})
	old := inquirer.get(court + "/acts/note")
	o.set(t, "2026-07-01 03:00")
	if _, err := o.k.ComeIntoForce(t.Context(), o.k.Now()); err != nil {
		t.Fatal(err)
	}
	inquirer.signIn(o.as(t, "inquirer"))
	says(t, "the history", inquirer.get(court).body, "A new edition of the law came into force (1 Jul 2026)", "By force of law", "Stage: paused → open", "No longer owed: old duty",
		"Counted anew under the new edition: answer, now until 16 Jul 2026 24:00 (before, until 6 Jul 2026 24:00)")
	// Whoever was filling in a form meanwhile is told that it was the law.
	form := url.Values{"f.text": {"x"}}
	for _, name := range []string{"submission", "version", "thing"} {
		form.Set(name, regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(old.body)[1])
	}
	b := inquirer.post(court+"/acts/note", form)
	if b.status != http.StatusConflict {
		t.Errorf("%d", b.status)
	}
	says(t, "the conflict", b.body, "The law has changed", "a new edition of the law came into force for this case", "What you typed is kept below")
	text := plainText(inquirer.get(court + "/acts/ask_again").body)
	if !strings.Contains(text, "Not possible before 1 Jul 2026 24:00: the time of waiting “wait” has to pass first.") {
		t.Errorf("the act that must wait: %s", text)
	}
}

func TestFormsAskForPlacesAmountsAndDocuments(t *testing.T) {
	t.Parallel()
	o := serveConnected(t)
	duty := o.client(t).signIn(o.as(t, "duty_officer"))
	duty.get("/?lang=en")
	says(t, "the form", duty.get(openCourt).body, "Region", "1703", "Or the code of a smaller place", "Currency", "USD", "The SHA-256 of the file")
	wrong := register("bricks")
	wrong.Set("f.damage", "a lot")
	wrong.Set("currency.damage", "USD")
	wrong.Set("f.where", "99")
	wrong.Set("f.file", "abc")
	b := duty.tried(openCourt, wrong)
	if b.status != http.StatusUnprocessableEntity {
		t.Errorf("%d", b.status)
	}
	says(t, "the form", b.body, "Enter the code of a place", "Enter an amount", "Enter the SHA-256 of the document")
	if !regexp.MustCompile(`<option value="USD" selected`).MatchString(b.body) || !strings.Contains(b.body, `value="99"`) || !strings.Contains(b.body, `value="a lot"`) {
		t.Error("what was typed was lost")
	}
	for _, x := range []struct{ region, code, want string }{{"1703", "", "1703"}, {"1703", "1726264", "1726264"}} {
		right := register("bricks")
		right.Set("f.damage", "1 000,50")
		right.Set("currency.damage", "USD")
		right.Set("region.where", x.region)
		right.Set("f.where", x.code)
		right.Set("f.file", strings.Repeat("0a", 32))
		court := duty.sent(openCourt, right)
		p, err := o.k.Proceeding(t.Context(), access.Actor{Officer: "jasur", Role: "prosecutor", Office: "pr"}, strings.TrimPrefix(court, "/proceedings/"))
		if err != nil {
			t.Fatal(err)
		}
		list, err := o.k.History(t.Context(), p, 2, 1)
		if err != nil || list[0].Form["where"][1] != x.want || list[0].Form["damage"][1] != "1000.50 USD" {
			t.Errorf("%+v, %v", list, err)
		}
		says(t, "the history", duty.get(court).body, x.want, "1,000.50 USD")
	}
}

// axe finds nothing on the pages that tell of other proceedings, of copies and of what was escalated.
func TestConnectedPagesAreAccessible(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	o := serveConnected(t)
	duty, inquirer := o.client(t).signIn(o.as(t, "duty_officer")), o.client(t).signIn(o.as(t, "inquirer"))
	o.set(t, "2026-03-02 14:30")
	court := duty.sent(openCourt, register("bricks"))
	inquirer.sent(court+"/acts/ask", url.Values{"f.about": {"Damp bricks"}})
	inquirer.sent(court+"/acts/add", url.Values{"f.name": {"Karim"}})
	inquirer.sent(court+"/acts/hold", url.Values{"f.cell": {"4"}, "thing": {"1"}})
	o.set(t, "2026-07-02 14:30")
	if _, err := o.k.ComeIntoForce(t.Context(), o.k.Now()); err != nil {
		t.Fatal(err)
	}
	for i, lang := range []string{"uz", "uz-Cyrl", "ru", "en"} {
		width, height := 1366, 768
		if i%2 == 1 {
			width, height = 390, 844
		}
		axe := func(p *browsertest.Page) {
			if i < 2 { // a desk and a phone: which words makes no difference to axe
				p.Axe(t)
			}
		}
		p := b.Page(t, width, height)
		p.Goto(o.url + "/sign-in?lang=" + lang)
		signIn(p, &o.office, o.as(t, "prosecutor"))
		for _, path := range []string{"/", "/escalated", "/copies", court, court + "/history", court + "/deadlines/1", court + "/deadlines/3"} {
			p.Goto(o.url + path)
			axe(p)
		}
		signIn(p, &o.office, o.as(t, "duty_officer"))
		p.Goto(o.url + openCourt)
		axe(p)
		submit(p)
		axe(p)
	}
}
