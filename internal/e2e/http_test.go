package e2e

import (
	"bufio"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"nazorat/internal/app"
	"nazorat/internal/calendar"
	"nazorat/internal/demo"
	"nazorat/internal/docket"
	"nazorat/internal/signin"
)

// client is somebody with a browser, seen from the wire.
type client struct {
	*http.Client
	t   testing.TB
	url string
}

func (o *office) client(t testing.TB) *client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &client{t: t, url: o.url, Client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (c *client) do(r *http.Request) answer {
	c.t.Helper()
	resp, err := c.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(body)}
}

func (c *client) get(path string) answer {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.url+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.do(r)
}

func (c *client) post(path string, form url.Values, headers ...string) answer {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if len(headers) == 0 {
		r.Header.Set("Sec-Fetch-Site", "same-origin") // as a browser says of a form of ours
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return c.do(r)
}

func (c *client) signIn(who demo.Account) *client {
	c.t.Helper()
	if a := c.post("/sign-in", url.Values{"officer": {who.Officer}}); a.status != http.StatusSeeOther {
		c.t.Fatalf("sign in: %d", a.status)
	}
	return c
}

// report is a good form of a report, as the duty officer's browser sends it.
func report(o *office, t testing.TB, submission string) url.Values {
	return url.Values{"f.source": {"direct"}, "f.summary": {"A door was broken"}, "f.assign_to": {o.as(t, "inquirer").Officer}, "submission": {submission}}
}

const openReport = "/open/register_report?law=uz%2Fcriminal"

func TestWhoIsNotSignedInIsSentToSignInAndComesBack(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	c := o.client(t)
	a := c.get("/cases?x=1")
	if to := a.header.Get("Location"); a.status != http.StatusSeeOther || to != "/sign-in?next=%2Fcases%3Fx%3D1" {
		t.Fatalf("%d %s", a.status, to)
	}
	a = c.post("/sign-in", url.Values{"officer": {o.as(t, "inquirer").Officer}, "next": {"/cases?x=1"}})
	if to := a.header.Get("Location"); to != "/cases?x=1" {
		t.Errorf("came back to %s", to)
	}
	for _, evil := range []string{"//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/a\r\nSet-Cookie: x=1", "",
		"///evil.example", "/%2Fevil.example", "/%2f%2fevil.example", "/%5Cevil.example", "/%5c%2Fevil.example", "/\t/evil.example", "/%09/evil.example",
		"/%00", "/a%0d%0aSet-Cookie:x=1", "/%zz", "evil.example", "http:/evil.example", "//user@evil.example/"} {
		a = o.client(t).post("/sign-in", url.Values{"officer": {o.as(t, "inquirer").Officer}, "next": {evil}})
		if to := a.header.Get("Location"); to != "/" {
			t.Errorf("next=%q led to %q", evil, to)
		}
	}
}

func TestSessionCookieIsProtected(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	a := o.client(t).post("/sign-in", url.Values{"officer": {o.as(t, "inquirer").Officer}})
	cookie := a.header.Get("Set-Cookie")
	for _, want := range []string{"session=", "HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("cookie %q lacks %s", cookie, want)
		}
	}
}

func TestOnlyOfferedOfficersCanBeChosen(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	for _, forged := range []string{"nobody", "' OR 1=1 --"} {
		if a := o.client(t).post("/sign-in", url.Values{"officer": {forged}}); a.status == http.StatusSeeOther || strings.Contains(strings.Join(a.header.Values("Set-Cookie"), "; "), "session=") {
			t.Errorf("officer %q: %d %q", forged, a.status, a.header.Values("Set-Cookie"))
		}
	}
}

func TestOutsideTheDemonstrationNobodyIsChosen(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	h, err := o.Handler(app.Pages{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Secure: true})
	if err != nil {
		t.Fatal(err)
	}
	who := o.as(t, "inquirer")
	if err := o.SignIn.SetPassword(t.Context(), who.Officer, "no login of that name", o.Docket.Now()); err == nil {
		t.Fatal("a password for a login that is not there")
	}
	post := func(form url.Values) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/sign-in", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	if w := post(url.Values{"officer": {who.Officer}}); w.Code == http.StatusSeeOther {
		t.Error("an officer was chosen without a password")
	}
	if w := post(url.Values{"login": {"x"}, "password": {"y"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `value="x"`) {
		t.Errorf("a wrong password: %d", w.Code)
	}
	login := loginOf(t, o, who.Officer)
	if err := o.SignIn.SetPassword(t.Context(), login, "a password of some length", o.Docket.Now()); err != nil {
		t.Fatal(err)
	}
	w := post(url.Values{"login": {login}, "password": {"a password of some length"}})
	if w.Code != http.StatusSeeOther || !strings.Contains(w.Header().Get("Set-Cookie"), "Secure") {
		t.Errorf("the right password: %d, %s", w.Code, w.Header().Get("Set-Cookie"))
	}
}

func loginOf(t *testing.T, o *office, officer string) string {
	t.Helper()
	var login string
	if err := o.DB.QueryRow(t.Context(), `SELECT login FROM officer WHERE id = $1`, officer).Scan(&login); err != nil {
		t.Fatal(err)
	}
	return login
}

func TestEveryAnswerCarriesItsProtection(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	in := o.client(t).signIn(o.as(t, "inquirer"))
	for _, path := range []string{"/", "/sign-in", "/no-such-page", "/static/none.css", "/laws", "/proceedings/none"} {
		a := in.get(path)
		for name, want := range map[string]string{"Content-Security-Policy": "default-src 'self'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Request-Id": ""} {
			if got := a.header.Get(name); got == "" || !strings.Contains(got, want) {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if strings.Contains(a.body, "<script>") || strings.Contains(a.body, " style=") || strings.Contains(a.body, "onclick=") {
			t.Errorf("%s holds something inline", path)
		}
	}
	if got := in.get("/").header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("a page with personal data may be kept: %q", got)
	}
}

func TestFormFromAnotherSiteIsRefused(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	c := o.client(t).signIn(o.as(t, "duty_officer"))
	for _, h := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}} {
		if a := c.post(openReport, report(o, t, "AAAAAAAAAAAAAAAAAAAAAAAAAA"), h...); a.status != http.StatusForbidden {
			t.Errorf("%v: %d", h, a.status)
		}
	}
	if n := entries(t, o); n != 0 {
		t.Errorf("%d acts were done", n)
	}
}

func entries(t *testing.T, o *office) (n int) {
	t.Helper()
	if err := o.DB.QueryRow(t.Context(), `SELECT count(*) FROM entry`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSameFormSentTwiceIsDoneOnce(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	c := o.client(t).signIn(o.as(t, "duty_officer"))
	form := report(o, t, "AAAAAAAAAAAAAAAAAAAAAAAAAA")
	first, again := c.post(openReport, form), c.post(openReport, form)
	if first.status != http.StatusSeeOther || first.header.Get("Location") != again.header.Get("Location") {
		t.Errorf("first %d %s, again %d %s", first.status, first.header.Get("Location"), again.status, again.header.Get("Location"))
	}
	if n := entries(t, o); n != 1 {
		t.Errorf("%d acts were done", n)
	}
}

func TestAMinuteThatWasFilledInIsNotBeforeWhatCameInWithinIt(t *testing.T) {
	t.Parallel()
	minute := calendar.At(time.Now()) / calendar.Minute * calendar.Minute
	var now atomic.Int64
	at := func(d calendar.Moment) { now.Store(int64(minute + d)) }
	at(-calendar.Hour)
	o := serveBy(t, 0, func() calendar.Moment { return calendar.Moment(now.Load()) })
	duty, inquirer := o.client(t).signIn(o.as(t, "duty_officer")), o.client(t).signIn(o.as(t, "inquirer"))
	at(20 * calendar.Second)
	id, _, _ := strings.Cut(duty.post(openReport, report(o, t, "AAAAAAAAAAAAAAAAAAAAAAAAAA")).header.Get("Location"), "?")
	at(70 * calendar.Second)
	open := func(done calendar.Moment) answer {
		return inquirer.post(id+"/acts/open_inquiry", url.Values{"f.crime_article": {"CC 169"}, "version": {"1"}, "thing": {"0"}, "submission": {"BBBBBBBBBBBBBBBBBBBBBBBBBB"},
			"done": {done.Time().In(o.Docket.Zone().Location()).Format("2006-01-02T15:04")}})
	}
	if a := open(minute - calendar.Minute); a.status != http.StatusUnprocessableEntity {
		t.Errorf("the minute before: %d", a.status)
	}
	if a := open(minute); a.status != http.StatusSeeOther {
		t.Errorf("the minute in which the report came: %d", a.status)
	}
	var done int64
	if err := o.DB.QueryRow(t.Context(), `SELECT done FROM entry WHERE act = 'open_inquiry'`).Scan(&done); err != nil || done < int64(minute+20*calendar.Second) || done >= int64(minute+21*calendar.Second) {
		t.Errorf("done %d microseconds after the minute began, %v", done-int64(minute), err)
	}
}

func TestForgedFormsAreToldAndDoNothing(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	c := o.client(t).signIn(o.as(t, "duty_officer"))
	good := c.post(openReport, report(o, t, "AAAAAAAAAAAAAAAAAAAAAAAAAA"))
	id, _, _ := strings.Cut(good.header.Get("Location"), "?")
	before := entries(t, o)
	inquirer := o.client(t).signIn(o.as(t, "inquirer"))
	act := func(change func(url.Values)) answer {
		form := url.Values{"f.crime_article": {"CC 169"}, "version": {"1"}, "thing": {"0"}, "submission": {"BBBBBBBBBBBBBBBBBBBBBBBBBB"}}
		change(form)
		return inquirer.post(id+"/acts/open_inquiry", form)
	}
	for name, c := range map[string]struct {
		change func(url.Values)
		status int
	}{
		"a date in the future":        {func(f url.Values) { f.Set("done", "2099-01-01T10:00") }, 422},
		"no date":                     {func(f url.Values) { f.Set("done", "yesterday") }, 422},
		"a missing field":             {func(f url.Values) { f.Del("f.crime_article") }, 422},
		"a field of no form":          {func(f url.Values) { f.Set("f.extra", "x") }, 422},
		"a thing that is not there":   {func(f url.Values) { f.Set("thing", "99") }, 404},
		"a thing that is no number":   {func(f url.Values) { f.Set("thing", "x") }, 404},
		"a version of the future":     {func(f url.Values) { f.Set("version", "7") }, 409},
		"no version":                  {func(f url.Values) { f.Del("version") }, 422},
		"no submission":               {func(f url.Values) { f.Del("submission") }, 422},
		"somebody else's submission":  {func(f url.Values) { f.Set("submission", "AAAAAAAAAAAAAAAAAAAAAAAAAA") }, 404},
		"text that is no UTF-8":       {func(f url.Values) { f.Set("f.crime_article", "CC \xff") }, 422},
		"more than a form may hold":   {func(f url.Values) { f.Set("f.note", strings.Repeat("x", 2<<20)) }, 422},
		"a note longer than the law":  {func(f url.Values) { f.Set("f.note", strings.Repeat("x", 20_000)) }, 422},
		"an article of several lines": {func(f url.Values) { f.Set("f.crime_article", "CC 169\nCC 170") }, 422},
	} {
		if a := act(c.change); a.status != c.status {
			t.Errorf("%s: %d, want %d", name, a.status, c.status)
		}
	}
	if n := entries(t, o); n != before {
		t.Errorf("%d acts were done", n-before)
	}
	if a := act(func(url.Values) {}); a.status != http.StatusSeeOther {
		t.Errorf("the good form: %d", a.status)
	}
}

var requestNumber = regexp.MustCompile(`[A-Z2-7]{12}`)

// A stranger cannot tell a proceeding that he may not see from one that is not there.
func TestHiddenAndMissingLookTheSame(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	c := o.client(t).signIn(o.as(t, "duty_officer"))
	id, _, _ := strings.Cut(c.post(openReport, report(o, t, "AAAAAAAAAAAAAAAAAAAAAAAAAA")).header.Get("Location"), "?")
	stranger := o.stranger(t)
	for _, tail := range []string{"", "/history", "/deadlines/1", "/acts/extend_check", "/receipts/1", "/receipts/1/file"} {
		hidden, missing := stranger.get(id+tail), stranger.get("/proceedings/AAAAAAAAAAAAAAAAAAAAAAAAAA"+tail)
		clean := func(a answer) string {
			own := strings.NewReplacer(strings.TrimPrefix(id, "/proceedings/"), "", "AAAAAAAAAAAAAAAAAAAAAAAAAA", "").Replace(a.body)
			return requestNumber.ReplaceAllString(own, "")
		}
		if hidden.status != http.StatusNotFound || missing.status != hidden.status || clean(hidden) != clean(missing) {
			t.Errorf("%s: hidden %d, missing %d", tail, hidden.status, missing.status)
		}
	}
}

// stranger is signed in as an inquirer of another district, whom the sign-in page does not offer.
func (o *office) stranger(t *testing.T) *client {
	t.Helper()
	home := o.as(t, "inquirer").Office
	var officer string
	if err := o.DB.QueryRow(t.Context(), `SELECT officer FROM mandate WHERE role = 'inquirer' AND office <> $1 ORDER BY officer LIMIT 1`, home).Scan(&officer); err != nil {
		t.Fatal(err)
	}
	token, err := o.SignIn.Begin(t.Context(), officer, signin.ByChoice, "", o.Docket.Now())
	if err != nil {
		t.Fatal(err)
	}
	c := o.client(t)
	at, err := url.Parse(o.url)
	if err != nil {
		t.Fatal(err)
	}
	c.Jar.SetCookies(at, []*http.Cookie{{Name: "session", Value: token}})
	return c
}

// Whoever is not signed in reads the laws, also those that the office does not apply.
func TestAnybodyReadsEveryLaw(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	c := o.client(t)
	list := c.get(c.get("/laws?lang=en").header.Get("Location"))
	at := -1
	for _, name := range []string{"uz/criminal", "it/road-fines", "us-il/felony"} {
		i := strings.Index(list.body, `href="/laws/`+name+`"`)
		if i <= at {
			t.Errorf("%s is not listed, or not in its place", name)
		}
		at = i
		if a := c.get("/laws/" + name); a.status != http.StatusOK || strings.Contains(a.body, "applied by this office") != (name == "uz/criminal") {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	if a := c.get("/laws/it/none"); a.status != http.StatusNotFound {
		t.Errorf("no such law: %d", a.status)
	}
}

func TestLanguageIsKeptAndLeadsBack(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	c := o.client(t)
	a := c.get("/sign-in?lang=ru&next=%2Fcases")
	if to := a.header.Get("Location"); a.status != http.StatusSeeOther || to != "/sign-in?next=%2Fcases" {
		t.Errorf("%d %s", a.status, to)
	}
	if a := c.get("/sign-in"); !strings.Contains(a.body, `lang="ru"`) || !strings.Contains(a.body, "Вход") {
		t.Error("the page is not in Russian")
	}
	if a := c.get("/sign-in?lang=xx"); a.status != http.StatusOK || !strings.Contains(a.body, `lang="ru"`) {
		t.Error("an unknown language changed something")
	}
}

// The languages of a page lead to the same page, and never to another site,
// whatever the address that a stranger was lured to.
func TestLanguageNeverLeadsToAnotherSite(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	for _, evil := range []string{"/%2Fevil.example", "/%2F%2Fevil.example", "/%5Cevil.example", "/%5C%2Fevil.example", "/%09%2Fevil.example", "/%0D%0ALocation:%20x"} {
		if to := o.client(t).get(evil + "?lang=en").header.Get("Location"); to != "/" {
			t.Errorf("%s led to %q", evil, to)
		}
		page := o.client(t).get(evil)
		for _, m := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(page.body, -1) {
			if !strings.HasPrefix(m[1], "/?lang=") && strings.Contains(m[1], "lang=") || strings.Contains(m[1], "evil") {
				t.Errorf("the page at %s links to %s", evil, m[1])
			}
		}
	}
	// An encoded slash within a path is not an evil one, and stays encoded.
	if to := o.client(t).get("/laws/uz%2Fcriminal?lang=en&x=%2F").header.Get("Location"); to != "/laws/uz%2Fcriminal?x=%2F" {
		t.Errorf("led to %q", to)
	}
}

func TestLiveBoardSendsTheBoardAfterAnAct(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	watcher := o.client(t).signIn(o.as(t, "prosecutor"))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, o.url+"/offices/"+o.as(t, "prosecutor").Office+"/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := watcher.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	board := func() string {
		t.Helper()
		var got strings.Builder
		for lines.Scan() {
			line := lines.Text()
			if line == "" && strings.HasPrefix(got.String(), "event: board\ndata: ") {
				return got.String()
			}
			if strings.HasPrefix(line, "event: ") {
				got.Reset()
			}
			if strings.HasPrefix(line, "event: ") || strings.HasPrefix(line, "data: ") {
				got.WriteString(line + "\n")
			}
		}
		t.Fatalf("the stream ended: %q, %v", got.String(), lines.Err())
		return ""
	}
	before := board() // as it is when the stream begins
	o.client(t).signIn(o.as(t, "duty_officer")).post(openReport, report(o, t, "AAAAAAAAAAAAAAAAAAAAAAAAAA"))
	after := board()
	if before == after || strings.Contains(after, "<html") {
		t.Errorf("event: %.300s", after)
	}
}

// The session ends while a form is filled in: the form comes back, works
// without script once one has signed in beside it, and is done once.
func TestFormThatOutlivedItsSessionIsSentAgain(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	duty := o.client(t).signIn(o.as(t, "duty_officer"))
	duty.post("/sign-out", nil) // as in another window
	a := duty.post(openReport, report(o, t, "AAAAAAAAAAAAAAAAAAAAAAAAAA"))
	if a.status != http.StatusUnauthorized || entries(t, o) != 0 {
		t.Fatalf("%d", a.status)
	}
	action := regexp.MustCompile(`<form[^>]* action="([^"]*)"[^>]* id="unsent"`).FindStringSubmatch(a.body)
	if action == nil {
		t.Fatalf("no form: %s", a.body)
	}
	form := url.Values{}
	for _, m := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(a.body, -1) {
		form.Add(html.UnescapeString(m[1]), html.UnescapeString(m[2]))
	}
	duty.signIn(o.as(t, "duty_officer"))
	if a := duty.post(html.UnescapeString(action[1]), form); a.status != http.StatusSeeOther || entries(t, o) != 1 {
		t.Errorf("sent again: %d, %d acts", a.status, entries(t, o))
	}
}

func TestOfficeOfOthersHasNoBoardForAStranger(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	c := o.client(t).signIn(o.as(t, "inquirer"))
	above := o.Directory.Tree().Supervisor(o.as(t, "inquirer").Office)
	for _, path := range []string{"/offices/" + above, "/offices/" + above + "/live", "/offices/" + above + "/proceedings", "/offices/none"} {
		if a := c.get(path); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

// Whatever is sent as the form of an act, the answer is one of those that we
// know how to give, and nothing but a whole and lawful form is done.
func FuzzForm(f *testing.F) {
	o := serve(f, 0)
	h, err := o.Handler(app.Pages{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Accounts: nil})
	if err != nil {
		f.Skipf("the pages cannot be served: %v", err)
	}
	var duty demo.Account
	for _, a := range o.accounts {
		if a.Role == "duty_officer" {
			duty = a
		}
	}
	token, err := o.SignIn.Begin(f.Context(), duty.Officer, signin.ByChoice, "", o.Docket.Now())
	if err != nil {
		f.Fatal(err)
	}
	r, err := o.Docket.Act(f.Context(), docket.Command{Law: "uz/criminal", Act: "register_report", Actor: actorOf(duty),
		Form: map[string]string{"source": "direct", "summary": "A door", "assign_to": inquirerOf(o)}})
	if err != nil {
		f.Fatal(err)
	}
	paths := []string{openReport, "/proceedings/" + r.Proceeding + "/acts/assign", "/proceedings/" + r.Proceeding + "/acts/refuse", "/proceedings/" + r.Proceeding + "/acts/detain"}
	f.Add(0, "f.source=direct&f.summary=x&f.assign_to=x&submission=AAAAAAAAAAAAAAAAAAAA")
	f.Add(1, "version=1&thing=0&submission=AAAAAAAAAAAAAAAAAAAA&f.assign_to=%ff")
	f.Add(3, "version=1&thing=-1&submission=AAAAAAAAAAAAAAAAAAAA&f.detained_at=2026-13-45T99:99&done=0")
	f.Add(0, "version=1&thing=0&submission=AAAAAAAAAAAAAAAAAAAA%ff")
	f.Add(2, "a=%zz;b&&&=&f.=&f.note="+strings.Repeat("%00", 50))
	f.Fuzz(func(t *testing.T, which int, body string) {
		path := paths[((which%len(paths))+len(paths))%len(paths)]
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(body))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		req.AddCookie(&http.Cookie{Name: "session", Value: token})
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		switch w.Code {
		case http.StatusSeeOther, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity:
		default:
			t.Errorf("%s with %q: %d", path, body, w.Code)
		}
	})
}
