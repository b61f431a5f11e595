package e2e

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"nazorat/internal/access"
	"nazorat/internal/app"
	"nazorat/internal/browsertest"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/docket"
	"nazorat/internal/emergency"
	"nazorat/internal/journal"
	"nazorat/internal/look"
	"nazorat/internal/signin"
)

// Routes of pages that show personal data of a proceeding or of officers, each with a path that shows some; and the others, each with why it
// shows none. A route that stands in neither fails the test: whoever adds one says which it is.
var (
	showing = map[string]string{
		"GET /{$}":                "/",
		"GET /escalated":          "/escalated",
		"GET /copies":             "/copies",
		"GET /cases":              "/cases",
		"GET /find":               "/find?q={number}",
		"GET /figures/cases":      "/figures/cases?law=uz/criminal&count=cases&rows=office",
		"GET /figures/table.csv":  "/figures/table.csv?law=uz/criminal&count=cases&rows=officer",
		"GET /figures/table.xlsx": "/figures/table.xlsx?law=uz/criminal&count=cases&rows=officer",
		"GET /figures/table":      "/figures/table?law=uz/criminal&count=cases&rows=officer",
		"GET /inbox":              "/inbox",
		"GET /inbox/all":          "/inbox/all",
		"GET /inbox/live":         "/inbox/live",
		"GET /proceedings/{id}/deadlines/{no}/told":                  "/proceedings/{id}/deadlines/1/told",
		"GET /proceedings/{id}":                                      "/proceedings/{id}",
		"GET /proceedings/{id}/history":                              "/proceedings/{id}/history",
		"GET /proceedings/{id}/closed":                               "/proceedings/{id}/closed",
		"GET /proceedings/{id}/reading":                              "/proceedings/{id}/reading",
		"GET /proceedings/{id}/looks":                                "/proceedings/{id}/looks",
		"GET /proceedings/{id}/deadlines/{no}":                       "/proceedings/{id}/deadlines/1",
		"GET /proceedings/{id}/acts/{act}":                           "/proceedings/{id}/acts/assign",
		"POST /proceedings/{id}/acts/{act}":                          "/proceedings/{id}/acts/assign",
		"GET /proceedings/{id}/receipts/{seq}":                       "/proceedings/{id}/receipts/1",
		"GET /proceedings/{id}/receipts/{seq}/file":                  "/proceedings/{id}/receipts/1/file",
		"GET /proceedings/{id}/things/{kind}":                        "/proceedings/{id}/things/person",
		"GET /proceedings/{id}/things/{kind}/{no}":                   "/proceedings/{large}/things/{kind}/1",
		"GET /proceedings/{id}/things/{kind}/{no}/label":             "/proceedings/{large}/things/{kind}/1/label",
		"GET /proceedings/{id}/file":                                 "/proceedings/{id}/file",
		"GET /proceedings/{id}/file/{seq}":                           "/proceedings/{id}/file/1",
		"GET /proceedings/{id}/documents/{seq}/{field}":              "/proceedings/{paper}/documents/{sheet}/paper",
		"GET /proceedings/{id}/documents/{seq}/{field}/file":         "/proceedings/{paper}/documents/{sheet}/paper/file",
		"GET /proceedings/{id}/things/{kind}/{no}/documents/{field}": "/proceedings/{paper}/things/exhibit/{exhibit}/documents/photo",
		"GET /officers/{officer}/looks":                              "/officers/{officer}/looks",
		"GET /offices/{office}":                                      "/offices/{office}",
		"GET /offices/{office}/live":                                 "/offices/{office}/live",
		"GET /offices/{office}/held":                                 "/offices/{office}/held",
		"GET /offices/{office}/hearings":                             "/offices/{office}/hearings",
		"GET /offices/{office}/month":                                "/offices/{office}/month",
		"GET /proceedings/{id}/hearing":                              "/proceedings/{id}/hearing",
		"POST /proceedings/{id}/hearing":                             "/proceedings/{id}/hearing?act=assign",
		"GET /offices/{office}/held/live":                            "/offices/{office}/held/live",
		"GET /offices/{office}/looks":                                "/offices/{office}/looks",
		"GET /offices/{office}/proceedings":                          "/offices/{office}/proceedings",
		"POST /emergency":                                            "/emergency",
		"GET /service":                                               "/service?find=a",
		"GET /service/could":                                         "/service/could?day={today}",
		"GET /service/erasures":                                      "/service/erasures",
		"GET /service/export.csv":                                    "/service/export.csv",
		"GET /service/officers/{officer}":                            "/service/officers/{officer}",
		"GET /service/offices/{office}":                              "/service/offices/{office}",
		"GET /api/v1/proceedings/{id}":                               "/api/v1/proceedings/{id}",
		"GET /api/v1/proceedings/{id}/deadlines":                     "/api/v1/proceedings/{id}/deadlines",
		"GET /api/v1/proceedings/{id}/deadlines/{no}/explanation":    "/api/v1/proceedings/{id}/deadlines/1/explanation",
		"GET /api/v1/proceedings/{id}/entries":                       "/api/v1/proceedings/{id}/entries",
		"GET /api/v1/proceedings/{id}/entries/{seq}":                 "/api/v1/proceedings/{id}/entries/1",
		"GET /api/v1/proceedings/{id}/entries/{seq}/receipt":         "/api/v1/proceedings/{id}/entries/1/receipt", "GET /api/v1/proceedings/{id}/entries/{seq}/documents/{field}": "/api/v1/proceedings/{paper}/entries/{sheet}/documents/paper",
		"GET /api/v1/proceedings/{id}/links":                             "/api/v1/proceedings/{id}/links",
		"GET /api/v1/proceedings/{id}/looks":                             "/api/v1/proceedings/{id}/looks",
		"GET /api/v1/proceedings/{id}/acts":                              "/api/v1/proceedings/{id}/acts",
		"GET /api/v1/proceedings/{id}/acts/{act}":                        "/api/v1/proceedings/{id}/acts/assign",
		"POST /api/v1/proceedings/{id}/acts/{act}":                       "/api/v1/proceedings/{id}/acts/assign",
		"GET /api/v1/proceedings":                                        "/api/v1/proceedings",
		"GET /api/v1/numbers":                                            "/api/v1/numbers?number={number}",
		"GET /api/v1/work":                                               "/api/v1/work",
		"GET /api/v1/escalated":                                          "/api/v1/escalated",
		"GET /api/v1/copies":                                             "/api/v1/copies",
		"GET /api/v1/offices/{office}/board":                             "/api/v1/offices/{office}/board",
		"GET /api/v1/offices/{office}/proceedings":                       "/api/v1/offices/{office}/proceedings",
		"GET /api/v1/officers/{officer}/looks":                           "/api/v1/officers/{officer}/looks",
		"GET /api/v1/offices/{office}/hearings":                          "/api/v1/offices/{office}/hearings",
		"GET /api/v1/figures/{country}/{procedure}/tables/{table}":       "/api/v1/figures/uz/criminal/tables/returned_by_officer",
		"GET /api/v1/figures/{country}/{procedure}/counts/{count}":       "/api/v1/figures/uz/criminal/counts/cases?rows=officer",
		"GET /api/v1/figures/{country}/{procedure}/counts/{count}/cases": "/api/v1/figures/uz/criminal/counts/cases/cases?rows=office",
		"GET /api/v1/service/offices/{office}":                           "/api/v1/service/offices/{office}",
		"GET /api/v1/service/officers":                                   "/api/v1/service/officers?find=a",
		"GET /api/v1/service/officers/{officer}":                         "/api/v1/service/officers/{officer}",
	}
	showingNone = map[string]string{
		"GET /figures": "names of tables", "GET /api/v1/figures": "names of tables",
		"GET /sign-in": "signing in", "POST /sign-in": "signing in", "POST /sign-out": "signing in", "POST /sign-in/passkey": "signing in",
		"POST /presence/passkey": "proving presence", "POST /mandate": "one's own mandates", "/": "there is no such page",
		"POST /inbox/noted": "notes, and leads back", "GET /inbox/settings": "one's own", "POST /inbox/settings/{channel}": "one's own", "POST /inbox/settings/{channel}/code": "one's own",
		"POST /inbox/settings/{channel}/choice": "one's own", "POST /inbox/settings/{channel}/drop": "one's own",
		"POST /copies": "notes, and leads back", "GET /open/{act}": "an empty form", "POST /open/{act}": "what one typed oneself, or leads to the new proceeding", "GET /board": "leads on", "GET /held": "leads on", "GET /hearings": "leads on",
		"POST /purpose": "the form that was sent; the number was known", "GET /emergency": "an empty form",
		"GET /emergencies": "what officers did, with numbers of cases", "GET /emergencies/{id}": "what an officer did, with the number of a case", "POST /emergencies/{id}": "recorded as an answer, of which another test knows",
		"GET /account": "one's own", "POST /account/sessions/{id}/end": "one's own", "POST /account/sessions/end-others": "one's own", "POST /account/passkeys/new": "one's own", "GET /account/passkeys/new": "one's own",
		"POST /account/passkeys/options": "one's own", "POST /account/passkeys": "one's own", "POST /account/passkeys/{id}/remove": "one's own",
		"GET /recovery": "officers who lost their keys", "GET /sign-in/recover": "a code of one's own", "POST /sign-in/recover": "a code of one's own", "POST /recovery": "officers who lost their keys",

		"POST /recovery/{id}/confirm": "officers who lost their keys", "POST /recovery/{id}/refuse": "officers who lost their keys", "POST /recovery/sessions": "leads back",
		"GET /account/codes/new": "one's own", "GET /account/password": "one's own", "GET /account/second-factor": "one's own", "POST /account/codes": "one's own", "POST /account/codes/new": "one's own", "POST /account/codes/remove": "one's own", "POST /account/password": "one's own", "POST /account/password/new": "one's own",
		"GET /service/import": "an empty form", "POST /service/import": "what one typed oneself", "POST /service/import/do": "what one typed oneself",
		"GET /service/systems": "systems, and no person", "GET /service/systems/new": "an empty form", "POST /service/systems": "what one typed oneself", "GET /service/systems/{id}": "a system, and the names of administrators",
		"POST /service/systems/{id}/confirm": "leads back; recorded as what was done", "POST /service/systems/{id}/secret": "a secret; recorded as what was done", "POST /service/systems/{id}/revoke": "leads back; recorded as what was done",
		"POST /sign-in/code": "signing in", "POST /oauth/token": "a system signs in", "GET /log/": "the public tree of hashes", "GET /static/": "files of the program",
		"GET /report": "an empty form", "POST /report": "what one typed oneself", "GET /report/{token}": "what one typed oneself", "POST /report/{token}/code": "leads back", "POST /report/{token}/again": "leads back", "GET /report/{token}/receipt": "one's own",
		"GET /your-case": "an empty form", "POST /your-case": "what one typed oneself", "GET /your-case/code": "what one typed oneself", "POST /your-case/code": "leads on", "POST /your-case/leave": "leads back",
		"GET /your-case/told": "what a victim is told by a code of his own; recorded as his, of which another test knows (portal.TestCitizensReport)", "POST /your-case/told": "the same",
		"GET /check": "what a receipt's holder may be told", "POST /check": "what a receipt's holder may be told",
		"GET /whatif": "figures and numbers of cases", "POST /whatif": "figures and numbers of cases", "GET /whatif/{id}": "figures and numbers of cases",
		"GET /laws": "laws", "GET /laws/{law...}": "laws", "GET /laws/{land}/{name}/{edition}/rules": "laws", "GET /laws/{land}/{name}/{edition}/stages": "laws", "GET /laws/{land}/{name}/{edition}/who": "laws",
		"GET /laws/{land}/{name}/diff/{was}/{is}": "laws", "GET /laws/{land}/{name}/{edition}/picture": "laws", "GET /laws/{land}/{name}/{edition}/picture.svg": "laws",
		"GET /api/openapi.json": "the API's description", "GET /api/openapi/{country}/{file}": "the API's description", "GET /api/v1/me": "one's own", "GET /api/v1/openings": "acts of laws", "GET /api/v1/purposes": "words",
		"POST /api/v1/copies/noted": "notes, and tells nothing", "POST /api/v1/presence": "proving presence", "POST /api/v1/documents": "what one sent oneself", "GET /api/v1/service/offices": "offices, and no person", "POST /api/v1/receipts/check": "what a receipt's holder may be told",
		"GET /api/v1/laws/{country}/{procedure}/open/{act}": "an empty form", "POST /api/v1/laws/{country}/{procedure}/open/{act}": "what one sent oneself",
		"GET /api/v1/laws": "laws", "GET /api/v1/laws/{country}/{procedure}": "laws", "GET /api/v1/laws/{country}/{procedure}/{edition}": "laws", "/api/": "there is no such address",
	}
)

// caseOf is a proceeding that an office has, and one of its own officers, with its number.
func (o *office) caseOf(t *testing.T, office string) (id, number string) {
	t.Helper()
	err := o.DB.QueryRow(t.Context(), `SELECT id, number FROM proceeding WHERE office = $1 AND law = 'uz/criminal' AND (in_charge LIKE '%-inquirer-%' OR in_charge LIKE '%-investigator-%') ORDER BY id LIMIT 1`, office).Scan(&id, &number)
	if err != nil {
		t.Fatalf("no case of %s: %v", office, err)
	}
	return id, number
}

// foreign is a case of another district than the demonstration's officers serve in, with the office that supervises it.
func (o *office) foreign(t *testing.T) (id, number, supervisor string) {
	t.Helper()
	here := o.as(t, "inquirer")
	err := o.DB.QueryRow(t.Context(), `SELECT id, number, supervisor FROM proceeding WHERE law = 'uz/criminal' AND office <> $1 AND office LIKE 'ia-%' AND supervisor <> $2 ORDER BY id LIMIT 1`,
		here.Office, o.Directory.Tree().Supervisor(here.Office)).Scan(&id, &number, &supervisor)
	if err != nil {
		t.Fatalf("no case of another district: %v", err)
	}
	return id, number, supervisor
}

// large is the case of an office that holds most, and the kind of its first thing.
func (o *office) large(t *testing.T, office string) (id, kind string) {
	t.Helper()
	if err := o.DB.QueryRow(t.Context(), `SELECT id FROM proceeding WHERE office = $1 AND law = 'uz/criminal' ORDER BY length(state) DESC, id LIMIT 1`, office).Scan(&id); err != nil {
		t.Fatal(err)
	}
	p, err := o.Docket.Stored(t.Context(), id)
	if err != nil || len(p.State.Things) < 2 {
		t.Fatalf("it holds nothing: %v", err)
	}
	return id, p.Law.KindName(p.State.Things[1].Kind)
}

func (o *office) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	if err := o.Looks.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := o.DB.QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestEveryPageThatShowsAProceedingRecordsWhoLooked(t *testing.T) {
	t.Parallel()
	o := serve(t, 150)
	o.counted(t)
	h, err := o.Handler(app.Pages{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Passkeys: signin.RelyingParty{Domain: "localhost", Name: "test", Origins: []string{"http://localhost"}}})
	if err != nil {
		t.Fatal(err)
	}
	served := map[string]bool{}
	for _, p := range h.Patterns() {
		served[p] = true
		_, shows := showing[p]
		_, none := showingNone[p]
		if shows == none {
			t.Errorf("the route %s must stand in one of the two tables: whether it shows personal data", p)
		}
	}
	for _, list := range []map[string]string{showing, showingNone} {
		for p := range list {
			if !served[p] {
				t.Errorf("the route %s is not served", p)
			}
		}
	}
	paper := o.withPapers(t)
	o.erasing(t, paper)
	for _, role := range []string{"inquirer", "investigator", "prosecutor", "head_of_unit", "regional_prosecutor", "administrator"} {
		who := o.as(t, role)
		c := o.client(t).signIn(who)
		id, number := o.caseOf(t, o.as(t, "inquirer").Office)
		o.tells(t, who, id)
		large, kind := o.large(t, o.as(t, "inquirer").Office)
		fill := strings.NewReplacer("{paper}", paper, "{sheet}", "5", "{exhibit}", "1", "{id}", id, "{large}", large, "{kind}", kind, "{number}", url.QueryEscape(number), "{office}", who.Office, "{officer}", who.Officer, "{today}", o.Docket.Now().Time().Format("2006-01-02"))
		for pattern, path := range showing {
			path = fill.Replace(path)
			switch {
			case strings.HasSuffix(path, "/live"):
				c.peek(path)
			case pattern == "POST /emergency":
				c.post(path, url.Values{"number": {"nothing"}, "why": {"A trial"}, "lasts": {"15"}})
			case strings.HasPrefix(pattern, "POST /api/"):
				c.sendJSON(path, `{"version":1,"form":{}}`)
			case strings.HasPrefix(pattern, "POST "):
				c.post(path, url.Values{"version": {"1"}, "submission": {"AAAAAAAAAAAAAAAAAAAAAAAAAA"}})
			default:
				c.get(path)
			}
		}
	}
	// Who looks at what is held is who holds it.
	if err := o.Follow.CatchUp(t.Context(), o.Hearings.Follower()); err != nil {
		t.Fatal(err)
	}
	judge := o.as(t, "judge")
	var held int64
	if err := o.DB.QueryRow(t.Context(), `SELECT h.at FROM hearing h JOIN proceeding p ON p.id = h.proceeding WHERE h.office = $1 AND h.replaced = 0 AND p.root_state IN ('court', 'trial', 'judged', 'in_force', 'executed') ORDER BY h.at DESC LIMIT 1`, judge.Office).Scan(&held); err != nil {
		t.Fatalf("nothing is held at %s: %v", judge.Office, err)
	}
	at, day := o.client(t).signIn(judge), o.Docket.Zone().Date(calendar.Moment(held)).String()
	for _, path := range []string{"/offices/", "/api/v1/offices/"} {
		at.get(path + judge.Office + "/hearings?from=" + day)
	}
	for pattern := range showing {
		if n := o.count(t, `SELECT count(*) FROM look WHERE page = $1`, pattern); n == 0 {
			t.Errorf("%s was shown to six officers, and nothing was recorded", pattern)
		}
	}
	if n := o.count(t, `SELECT count(*) FROM look WHERE officer = '' OR role = '' OR mandate = '' OR office = '' OR at = 0 OR kind = '' OR basis = ''`); n > 0 {
		t.Errorf("%d looks do not say whose they are", n)
	}
}

// erasing lets the administrator propose to erase a document that a case names.
func (o *office) erasing(t *testing.T, proceeding string) {
	t.Helper()
	var hash string
	if err := o.DB.QueryRow(t.Context(), `SELECT min(hash) FROM document WHERE proceeding = $1`, proceeding).Scan(&hash); err != nil {
		t.Fatal(err)
	}
	who := actorOf(o.as(t, "administrator"))
	file, err := o.Docket.Act(t.Context(), docket.Command{Law: "uz/service", Act: "open_office_file", Actor: who, Form: map[string]string{"office": who.Office}})
	if err == nil {
		_, err = o.Docket.Act(t.Context(), docket.Command{Proceeding: file.Proceeding, Act: "propose_erasure", Actor: who, Form: map[string]string{"document": hash, "order": "Court, 1-12/26"}})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// sendJSON sends data as a program does.
func (c *client) sendJSON(path, body string) answer {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", "0123456789abcdef")
	return c.do(r)
}

// peek opens a stream, reads what comes first, and goes.
func (c *client) peek(path string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	res, err := c.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	b := make([]byte, 1<<10)
	for got := ""; !strings.Contains(got, "data:"); {
		n, err := res.Body.Read(b)
		if got += string(b[:n]); err != nil {
			return
		}
	}
}

// purpose says what a case is looked at for, as its form does.
func (c *client) purpose(id, purpose, number string) answer {
	c.t.Helper()
	return c.post("/purpose", url.Values{"proceeding": {id}, "to": {"/proceedings/" + id}, "purpose": {purpose}, "number": {number}, "why": {"A complaint says so"}})
}

func TestWhoeverStandsAboveIsAskedWhatHeLooksFor(t *testing.T) {
	t.Parallel()
	o := serve(t, 150)
	inquirer := o.as(t, "inquirer")
	id, number := o.caseOf(t, inquirer.Office)
	tree := o.Directory.Tree()
	region := tree.Office(tree.Supervisor(inquirer.Office)).Parent
	c := o.officer(t, "prosecutor", region)
	c.get("/sign-in?lang=en")
	a := c.get("/proceedings/" + id + "/history")
	if a.status != http.StatusForbidden || !strings.Contains(a.body, "What do you look at this case for?") || !strings.Contains(a.body, `value="/proceedings/`+id+`/history"`) {
		t.Fatalf("%d: he is shown the case, or not asked", a.status)
	}
	if n := o.count(t, `SELECT count(*) FROM look WHERE proceeding = $1 AND office = $2`, id, region); n != 0 {
		t.Errorf("%d looks were recorded of what he was not shown", n)
	}
	if a := c.get("/api/v1/proceedings/" + id); a.status != http.StatusForbidden || !strings.Contains(a.body, "look.purpose_needed") {
		t.Errorf("the API: %d %s", a.status, a.body)
	}
	for what, x := range map[string]struct {
		purpose, number, want string
	}{
		"nothing chosen":      {"", "", "Choose a purpose"},
		"something forged":    {"curiosity", "", "Choose a purpose"},
		"no number":           {"complaint", "", "Enter the number of the case that needs it"},
		"a number of no case": {"complaint", "1-1-1", "There is no such proceeding"},
		"its own number":      {"complaint", number, "This is the number of the case that you want to look at"},
	} {
		a := c.purpose(id, x.purpose, x.number)
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, x.want) || !strings.Contains(a.body, "A complaint says so") {
			t.Errorf("%s: %d", what, a.status)
		}
	}
	if a := c.get("/proceedings/" + id); a.status != http.StatusForbidden {
		t.Fatalf("a purpose that was refused opened the case: %d", a.status)
	}
	var other, otherID string
	if err := o.DB.QueryRow(t.Context(), `SELECT number, id FROM proceeding WHERE office = $1 AND id <> $2 ORDER BY id LIMIT 1`, inquirer.Office, id).Scan(&other, &otherID); err != nil {
		t.Fatal(err)
	}
	if a := c.purpose(id, "complaint", other); a.status != http.StatusSeeOther || a.header.Get("Location") != "/proceedings/"+id {
		t.Fatalf("%d %s", a.status, a.header.Get("Location"))
	}
	for range 2 {
		if a := c.get("/proceedings/" + id); a.status != http.StatusOK {
			t.Fatalf("he is asked again: %d", a.status)
		}
	}
	if n := o.count(t, `SELECT count(*) FROM look WHERE proceeding = $1 AND office = $2 AND basis = 'purpose' AND purpose = 'complaint' AND serves = $3 AND why = 'A complaint says so'`, id, region, otherID); n != 2 {
		t.Errorf("%d looks are recorded with their purpose", n)
	}
	if a := c.get("/proceedings/" + otherID); a.status != http.StatusForbidden {
		t.Errorf("a purpose for one case opened another: %d", a.status)
	}
	if a := o.officer(t, "prosecutor", region).get("/proceedings/" + id); a.status != http.StatusForbidden {
		t.Errorf("a purpose of one session opened the case to another: %d", a.status)
	}
	for _, own := range []string{"inquirer", "prosecutor"} {
		if a := o.client(t).signIn(o.as(t, own)).get("/proceedings/" + id); a.status != http.StatusOK {
			t.Errorf("the %s is asked about his own work: %d", own, a.status)
		}
	}
	if a := c.post("/purpose", url.Values{"proceeding": {"none"}, "purpose": {"oversight"}, "why": {"x"}}); a.status != http.StatusNotFound {
		t.Errorf("a purpose for what is not there: %d", a.status)
	}
	if a := c.post("/purpose", url.Values{"proceeding": {id}, "purpose": {"oversight"}, "why": {"x"}, "to": {"//evil.example"}}); a.header.Get("Location") != "/" {
		t.Errorf("he is led to %s", a.header.Get("Location"))
	}
}

func TestWhoLookedIsSeenByThoseWhoAnswerForTheCase(t *testing.T) {
	t.Parallel()
	o := serve(t, 150)
	id, _ := o.caseOf(t, o.as(t, "inquirer").Office)
	for role, want := range map[string]int{"prosecutor": http.StatusOK, "head_of_unit": http.StatusOK, "duty_officer": http.StatusForbidden, "judge": http.StatusForbidden} {
		c := o.client(t).signIn(o.as(t, role))
		c.get("/proceedings/" + id)
		for _, page := range []string{"/looks", "/reading"} { // how long the parties read is taken from who looked
			if page == "/reading" && role == "judge" { // a law lets him, at some stages: its scenario says which
				continue
			}
			if a := c.get("/proceedings/" + id + page); a.status != want {
				t.Errorf("%s%s: %d, want %d", role, page, a.status, want)
			}
		}
	}
	head := o.client(t).signIn(o.as(t, "head_of_unit"))
	head.get("/sign-in?lang=en")
	head.get("/officers/" + o.as(t, "head_of_unit").Officer + "/looks") // what was looked at before is written down
	if n := o.count(t, `SELECT count(*) FROM look WHERE kind = 'looks' AND proceeding = $1 AND officer = $2 AND page = 'GET /proceedings/{id}/reading'`, id, o.as(t, "head_of_unit").Officer); n != 1 {
		t.Errorf("%d looks at how long the parties read are recorded as looks at who looked", n)
	}
	a := head.get("/proceedings/" + id + "/looks")
	for _, name := range []string{o.as(t, "prosecutor").Name, o.as(t, "duty_officer").Name, o.as(t, "judge").Name} {
		if !strings.Contains(a.body, name) {
			t.Errorf("%s looked, and is not listed", name)
		}
	}
	// What an officer looked at: himself, his head, the office that supervises; nobody else.
	inquirer := o.as(t, "inquirer")
	for role, want := range map[string]int{"inquirer": http.StatusOK, "head_of_unit": http.StatusOK, "prosecutor": http.StatusOK, "investigator": http.StatusNotFound, "judge": http.StatusNotFound} {
		c := o.client(t).signIn(o.as(t, role))
		if a := c.get("/officers/" + inquirer.Officer + "/looks"); a.status != want {
			t.Errorf("%s sees what the inquirer looked at: %d, want %d", role, a.status, want)
		}
		if a := c.get("/offices/" + inquirer.Office + "/looks"); role != "inquirer" && a.status != want {
			t.Errorf("%s sees what is unusual: %d, want %d", role, a.status, want)
		}
	}
}

func TestAStrangerLearnsNothingUntilHeBreaksTheGlass(t *testing.T) {
	t.Parallel()
	o := serve(t, 150)
	id, number, supervisor := o.foreign(t)
	c := o.client(t).signIn(o.as(t, "inquirer"))
	c.get("/sign-in?lang=en")
	there, none := c.get("/proceedings/"+id), c.get("/proceedings/none")
	if there.status != http.StatusNotFound || none.status != there.status {
		t.Fatalf("%d and %d", there.status, none.status)
	}
	for _, form := range []url.Values{{"number": {""}, "why": {"x"}, "lasts": {"15"}}, {"number": {number}, "why": {" "}, "lasts": {"15"}}, {"number": {number}, "why": {"x"}, "lasts": {"99999"}}} {
		if a := c.post("/emergency", form); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%v: %d", form, a.status)
		}
	}
	a := c.post("/emergency", url.Values{"number": {number}, "why": {"A child is missing"}, "lasts": {"15"}})
	if a.status != http.StatusSeeOther || a.header.Get("Location") != "/proceedings/"+id {
		t.Fatalf("%d %s", a.status, a.header.Get("Location"))
	}
	if a := c.get("/proceedings/" + id); a.status != http.StatusOK || !strings.Contains(a.body, "You read this case in an emergency") {
		t.Fatalf("%d", a.status)
	}
	if a := c.get("/proceedings/" + id + "/looks"); a.status != http.StatusForbidden {
		t.Errorf("he sees who looked: %d", a.status)
	}
	if a := c.get("/find?q=" + url.QueryEscape(number)); a.status != http.StatusNotFound {
		t.Errorf("it is found by a search: %d", a.status)
	}
	if n := o.count(t, `SELECT count(*) FROM look WHERE proceeding = $1 AND basis = 'emergency'`, id); n != 2 {
		t.Errorf("%d looks of the emergency are recorded", n)
	}
	prosecutor := o.officer(t, "prosecutor", supervisor)
	list, err := o.Emergency.ToAnswer(t.Context(), access.Actor{Officer: "x", Role: "prosecutor", Office: supervisor})
	if err != nil || len(list) != 1 || list[0].Of(emergency.Supervisor) != nil {
		t.Fatalf("%v, %v", list, err)
	}
	if a := prosecutor.post("/emergencies/"+list[0].ID, url.Values{"answer": {"object"}, "why": {"There was no need"}}); a.status != http.StatusSeeOther {
		t.Fatalf("%d", a.status)
	}
	if a := c.get("/proceedings/" + id); a.status != http.StatusNotFound {
		t.Errorf("it was objected to, and is open: %d", a.status)
	}
}

// curious is an investigator who looks in every way that is unusual.
func curious(t *testing.T, o *office) {
	t.Helper()
	who := o.as(t, "investigator")
	var ids []string
	rows, err := o.DB.Query(t.Context(), `SELECT id FROM proceeding ORDER BY CASE office WHEN $1 THEN 0 ELSE 1 END, number LIMIT 60`, who.Office)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	now := o.Docket.Now()
	l := journal.Look{Kind: look.View, Page: "GET /proceedings/{id}", Role: who.Role, Mandate: who.Mandate, Office: who.Office, Basis: look.Own, Officer: "another", At: now - calendar.Hour, Proceeding: ids[0]}
	list := []journal.Look{l}
	l.Officer, l.Basis, l.Emergency, l.Namesakes = who.Officer, look.InEmergency, "made up", 1
	for i, id := range ids {
		l.At, l.Proceeding = now-calendar.Moment(24+i%24)*calendar.Hour, id // some of it is at night, whenever this runs
		list = append(list, l)
	}
	if err := o.Looks.Write(t.Context(), list, func(*db.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
}

// The officer of one district opens a case of another in an emergency; his head finds it above his work and confirms it; the
// supervising prosecutor sees who looked. Everything fits a desk and a phone, and axe finds nothing.
func TestTheGlassIsBrokenAndTheSuperiorIsTold(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	o := serve(t, 150)
	id, number, supervisor := o.foreign(t)
	pictures := os.Getenv("NAZORAT_PICTURES_LOOKS")
	axe := true
	shot := func(p *browsertest.Page, name string) {
		t.Helper()
		if axe {
			p.Axe(t)
		}
		if bad := p.Eval(tooWide); bad != `""` {
			t.Errorf("%s: %s", name, bad)
		}
		if pictures != "" {
			p.Screenshot(pictures + "/" + name + ".png")
		}
	}
	officer, head := b.Page(t, 390, 844), b.Page(t, 1366, 768)
	officer.Goto(o.url + "/sign-in?lang=en")
	head.Goto(o.url + "/sign-in?lang=en")
	signIn(officer, o, o.as(t, "inquirer"))
	signIn(head, o, o.as(t, "head_of_unit"))

	officer.Goto(o.url + "/find?q=" + url.QueryEscape(number))
	officer.FollowText("In an emergency: open it all the same")
	shot(officer, "phone-emergency")
	officer.Follow("form#emergency button[type=submit]") // with no reason
	contains(t, officer, ".govuk-error-summary", "Fill this in")
	shot(officer, "phone-emergency-error")
	officer.Fill("[name=why]", "A child is missing, and its father is a suspect in that case")
	officer.Follow("form#emergency button[type=submit]")
	contains(t, officer, "main", "You read this case in an emergency")
	shot(officer, "phone-emergency-case")

	head.Goto(o.url + "/")
	contains(t, head, "main", "1 case was opened in an emergency")
	shot(head, "desk-work-notice")
	head.FollowText("See what was opened")
	contains(t, head, "main", "A child is missing")
	shot(head, "desk-emergencies")
	head.FollowText(number)
	shot(head, "desk-emergency")
	head.Fill("[name=why]", "Agreed by telephone")
	head.Follow("form#answer button[value=confirm]")
	contains(t, head, "main", "Confirmed: ")
	shot(head, "desk-emergency-confirmed")
	head.Goto(o.url + "/")
	if strings.Contains(head.Text("main"), "opened in an emergency") {
		t.Error("he confirmed it, and is told again")
	}

	officer.Goto(o.url + "/emergencies")
	shot(officer, "phone-emergencies")

	// Who looked, in every language, as the prosecutor of that district sees it.
	var watcher string
	if err := o.DB.QueryRow(t.Context(), `SELECT officer FROM mandate WHERE office = $1 AND role = 'prosecutor' ORDER BY officer LIMIT 1`, supervisor).Scan(&watcher); err != nil {
		t.Fatal(err)
	}
	list, err := o.Looks.Of(t.Context(), id, look.After{}, 10)
	if err != nil || len(list) == 0 {
		t.Fatalf("%v, %v", list, err)
	}
	own, _ := o.caseOf(t, o.as(t, "inquirer").Office)
	curious(t, o)
	for i, lang := range []string{"uz", "uz-Cyrl", "ru", "en"} {
		size, width, height := "desk", 1366, 768
		if i%2 == 1 {
			size, width, height = "phone", 390, 844
		}
		axe = i < 2 // a desk and a phone: which words makes no difference to axe
		p := b.Page(t, width, height)
		p.Goto(o.url + "/sign-in?lang=" + lang)
		signIn(p, o, o.as(t, "prosecutor"))
		p.Goto(o.url + "/proceedings/" + own)
		p.Follow("a[href$='/looks']")
		shot(p, size+"-"+lang+"-who-looked")
		p.Goto(o.url + "/officers/" + o.as(t, "inquirer").Officer + "/looks")
		contains(t, p, "main", number)
		shot(p, size+"-"+lang+"-officer")
		p.Goto(o.url + "/offices/" + o.as(t, "inquirer").Office + "/looks")
		if n := p.Count("#main-content td li, main td li"); n != 5 {
			t.Errorf("%s: %d reasons why looking is unusual", lang, n)
		}
		shot(p, size+"-"+lang+"-unusual")
		p.Goto(o.url + "/emergencies")
		shot(p, size+"-"+lang+"-emergencies")
		p.Goto(o.url + "/emergency")
		shot(p, size+"-"+lang+"-emergency")
		signIn(p, o, o.as(t, "prosecutor_general"))
		p.Goto(o.url + "/proceedings/" + own)
		shot(p, size+"-"+lang+"-purpose")
		p.Follow("form#purpose button[type=submit]")
		shot(p, size+"-"+lang+"-purpose-error")
		p.Click("input[name=purpose][value=oversight]")
		p.Fill("[name=why]", "A monthly examination")
		p.Follow("form#purpose button[type=submit]")
		if p.Count("#deadlines") != 1 {
			t.Errorf("%s: he said what for, and is not shown the case", lang)
		}
	}
}
