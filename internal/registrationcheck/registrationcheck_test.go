package registrationcheck_test

import (
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"nazorat/internal/access"
	"nazorat/internal/app"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/look"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
)

func TestMain(m *testing.M) { dbtest.Main(m, dbtest.NoSync) }

func actor(officer, role, office string) access.Actor {
	return access.Actor{Officer: officer, Role: role, Office: office, Mandate: officer + "-1", Present: access.Always}
}

var (
	duty       = actor("dilshod", "duty_officer", "iib-1")
	inquirer   = actor("sardor", "inquirer", "iib-1")
	head       = actor("hakim", "head", "iib-1")
	prosecutor = actor("jasur", "prosecutor", "pr-1")
	stranger   = actor("olim", "prosecutor", "pr-2")
	bek        = actor("bek", "inquirer", "iib-2")
	counsel    = actor("otabek", "defence_counsel", "bar-1")
)

// house is two bodies under their prosecutors, in the spring of 2026.
type house struct {
	*app.Office
	t   *testing.T
	now atomic.Int64
	ids atomic.Int64
}

func open(t *testing.T, location string) *house {
	t.Helper()
	ctx := t.Context()
	d, err := db.Create(ctx, location)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(ctx, app.Migrations()); err != nil {
		t.Fatal(err)
	}
	dir, err := directory.Open(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	s := &directory.Service{Offices: []directory.Office{
		{ID: "gp", Code: "00", Kind: directory.Prosecutor, Place: "17"},
		{ID: "pr-1", Code: "01", Kind: directory.Prosecutor, Parent: "gp", Place: "1726"},
		{ID: "pr-2", Code: "02", Kind: directory.Prosecutor, Parent: "gp", Place: "1703"},
		{ID: "iib-1", Code: "1726", Kind: directory.Interior, Place: "1726"},
		{ID: "iib-2", Code: "1703", Kind: directory.Interior, Place: "1703"},
		{ID: "bar-1", Code: "A1", Kind: directory.Bar, Place: "1726"},
	}}
	for _, n := range []string{"1", "2"} {
		for _, role := range []string{directory.SupervisorRole, "prosecutor"} {
			s.Competences = append(s.Competences, directory.Competence{Office: "iib-" + n, Role: role, Competent: "pr-" + n})
		}
	}
	for _, a := range []access.Actor{duty, inquirer, head, prosecutor, stranger, bek, counsel} {
		s.Officers = append(s.Officers, directory.NewOfficer{Officer: directory.Officer{ID: a.Officer, Name: a.Officer, Login: a.Officer},
			Mandates: []directory.Mandate{{ID: a.Mandate, Officer: a.Officer, Role: a.Role, Office: a.Office}}})
	}
	if err := dir.Import(ctx, s, 1); err != nil {
		t.Fatal(err)
	}
	h := &house{t: t}
	h.at("2026-01-01T09:00")
	if h.Office, err = app.Open(ctx, d, docket.Options{Now: func() calendar.Moment { return calendar.Moment(h.now.Load()) }, NewID: func() string { return fmt.Sprintf("id%06d", h.ids.Add(1)) }}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// at moves the clock: a time of Tashkent.
func (h *house) at(when string) {
	h.t.Helper()
	m, err := time.Parse("2006-01-02T15:04 -0700", when+" +0500")
	if err != nil {
		h.t.Fatal(err)
	}
	h.now.Store(int64(calendar.At(m)))
}

func (h *house) does(when string, who access.Actor, law, proceeding, act string, form map[string]string) *docket.Receipt {
	h.t.Helper()
	h.at(when)
	r, err := h.Docket.Act(h.t.Context(), docket.Command{Law: law, Proceeding: proceeding, Act: act, Actor: who, Form: form})
	if err != nil {
		h.t.Fatalf("%s %s: %v", when, act, err)
	}
	return r
}

func (h *house) registers(when string, who access.Actor) *docket.Receipt {
	h.t.Helper()
	return h.does(when, who, "uz/criminal", "", "register_report", map[string]string{"source": "direct", "summary": "A door was broken", "assign_to": map[string]string{"iib-1": "sardor", "iib-2": "bek"}[who.Office]})
}

// spring is what happened, by the names that the tests have for it: numbers.
func (h *house) spring() map[string]string {
	refused := h.registers("2026-01-20T10:00", duty)
	h.does("2026-02-05T10:00", inquirer, "", refused.Proceeding, "refuse", map[string]string{"ground": "no_event", "note": "Nothing is missing"}) // late: until 30 January
	h.does("2026-02-06T10:00", prosecutor, "", refused.Proceeding, "cancel_refusal", map[string]string{"reasons": "Nobody asked the neighbour"})
	h.does("2026-02-10T10:00", inquirer, "", refused.Proceeding, "refuse", map[string]string{"ground": "no_event", "note": "The neighbour saw nothing"})
	once := h.registers("2026-02-02T10:00", duty)
	h.does("2026-02-03T10:00", inquirer, "", once.Proceeding, "refuse", map[string]string{"ground": "no_event", "note": "It was lent"})
	slow := h.registers("2026-02-10T10:00", duty)
	elsewhere := h.registers("2026-02-10T11:00", bek)
	lost := h.registers("2026-02-20T10:00", duty)
	fresh := h.registers("2026-02-25T10:00", duty)
	online := h.does("2026-02-28T23:00", access.Actor{Role: "portal", Office: "iib-1"}, "uz/criminal", "", "receive_report",
		map[string]string{"applicant": "A. Karimov", "reply_to": "+998901234567", "summary": "A bicycle was stolen", "matter": "theft", "happened_in": "1726294"})
	h.does("2026-03-01T09:00", duty, "", online.Proceeding, "register_received", map[string]string{"assign_to": "sardor"})
	h.does("2026-03-02T10:00", inquirer, "", fresh.Proceeding, "open_inquiry", map[string]string{"crime_article": "CC 169"})
	h.does("2026-03-10T10:00", inquirer, "", slow.Proceeding, "open_inquiry", map[string]string{"crime_article": "CC 169"})
	// What should not be: a term that nobody owes.
	if err := h.DB.Write(h.t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE deadline SET officer = '' WHERE proceeding = $1`, lost.Proceeding)
		return err
	}); err != nil {
		h.t.Fatal(err)
	}
	out := map[string]string{}
	for name, r := range map[string]*docket.Receipt{"refused": refused, "once": once, "slow": slow, "elsewhere": elsewhere, "lost": lost, "fresh": fresh, "online": online} {
		out[r.Number] = name
	}
	return out
}

func TestAMonthIsLookedThrough(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		h := open(t, location)
		names := h.spring()
		h.at("2026-03-20T10:00")
		for _, x := range []struct {
			who                               access.Actor
			office, from, to                  string
			undecided, late, again, waiting   string
			registered, decidedOnce, decidedN int64
		}{
			{prosecutor, "pr-1", "2026-02-01T00:00", "2026-03-01T00:00", "fresh lost online slow", "refused", "refused", "lost", 4, 3, 0},
			{head, "iib-1", "2026-02-01T00:00", "2026-03-01T00:00", "fresh lost online slow", "refused", "refused", "lost", 4, 3, 0},
			{prosecutor, "pr-1", "2026-03-01T00:00", "2026-03-20T10:00", "lost online", "slow", "", "lost", 1, 0, 2},
			{prosecutor, "pr-1", "2026-01-01T00:00", "2026-02-01T00:00", "refused", "", "", "", 1, 0, 0},
			{stranger, "pr-2", "2026-02-01T00:00", "2026-03-01T00:00", "elsewhere", "", "", "", 1, 0, 0},
			{stranger, "pr-1", "2026-02-01T00:00", "2026-03-01T00:00", "", "", "", "", 0, 0, 0}, // the conditions of reading are in the query
			{counsel, "iib-1", "2026-02-01T00:00", "2026-03-01T00:00", "", "", "", "", 0, 0, 0},
		} {
			moment := func(s string) calendar.Moment { h.at(s); return calendar.Moment(h.now.Load()) }
			from, to := moment(x.from), moment(x.to)
			h.at("2026-03-20T10:00")
			m, err := h.Docket.Month(t.Context(), x.who, proceedings.MonthAsked{Law: "uz/criminal", Office: x.office, From: from, To: to, Limit: 10,
				Terms: []string{"register_report_in_time", "decide_on_report"}, Acts: []string{"register_report", "register_received", "refuse", "open_inquiry"}, Again: []string{"refuse"}, Waiting: []string{"received", "check"}})
			if err != nil {
				t.Fatal(err)
			}
			of := func(list []proceedings.MonthRow) string {
				var out []string
				for _, r := range list {
					out = append(out, names[r.Number])
				}
				slices.Sort(out)
				return strings.Join(slices.Compact(out), " ")
			}
			for what, got := range map[string][2]string{"undecided": {of(m.Undecided.Rows), x.undecided}, "late": {of(m.Late.Rows), x.late}, "again": {of(m.Again.Rows), x.again}, "in no list": {of(m.Waiting.Rows), x.waiting}} {
				if got[0] != got[1] {
					t.Errorf("%s at %s, from %s: %s are %q, want %q", x.who.Officer, x.office, x.from, what, got[0], got[1])
				}
			}
			if n := m.Done["register_report"] + m.Done["register_received"]; n != x.registered || m.Done["refuse"] != x.decidedOnce || m.Done["open_inquiry"] != x.decidedN || m.Undecided.More || m.Late.More || m.Again.More || m.Waiting.More {
				t.Errorf("%s at %s, from %s: %v, want %d, %d, %d; more: %v", x.who.Officer, x.office, x.from, m.Done, x.registered, x.decidedOnce, x.decidedN, m)
			}
		}
		pages(t, h, names)
		cutOff(t, h)
		extended(t, h)
	})
}

// extended: a term stands in a month with the end that it had at the end of that month, whatever was granted since.
func extended(t *testing.T, h *house) {
	after, within := h.registers("2026-05-25T10:00", duty), h.registers("2026-05-22T10:00", duty)
	h.does("2026-05-28T10:00", prosecutor, "", within.Proceeding, "extend_check", map[string]string{"reason": "new_facts"})
	h.does("2026-06-02T10:00", prosecutor, "", after.Proceeding, "extend_check", map[string]string{"reason": "new_facts"})
	moment := func(s string) calendar.Moment { h.at(s); return calendar.Moment(h.now.Load()) }
	for _, x := range []struct{ from, to, after, within string }{
		{"2026-05-01T00:00", "2026-06-01T00:00", "2026-06-04T00:00", "2026-06-23T00:00"}, // the first is extended in June
		{"2026-06-01T00:00", "2026-06-20T10:00", "2026-06-25T00:00", "2026-06-23T00:00"},
	} {
		from, to := moment(x.from), moment(x.to)
		ends := map[string]calendar.Moment{after.Proceeding: moment(x.after) - 1, within.Proceeding: moment(x.within) - 1}
		h.at("2026-06-20T10:00")
		m, err := h.Docket.Month(t.Context(), prosecutor, proceedings.MonthAsked{Law: "uz/criminal", Office: "pr-1", From: from, To: to, Limit: 50, Terms: []string{"decide_on_report"}})
		if err != nil {
			t.Fatal(err)
		}
		found, last := 0, calendar.Moment(0)
		for _, r := range m.Undecided.Rows {
			if r.Due < last {
				t.Errorf("from %s: what ended first does not stand first", x.from)
			}
			last = r.Due
			if end, is := ends[r.ID]; is {
				if found++; r.Due != end {
					t.Errorf("from %s: %s ends %s, want %s", x.from, r.Number, r.Due.Time(), end.Time())
				}
			}
		}
		if found != 2 {
			t.Errorf("from %s: %d of the two are undecided", x.from, found)
		}
	}
}

// cutOff: a list that is cut off takes nothing from the others, and says that there is more.
func cutOff(t *testing.T, h *house) {
	for range 3 {
		h.registers("2026-04-01T10:00", duty)
	}
	late := h.registers("2026-04-02T10:00", duty)
	h.does("2026-04-20T10:00", inquirer, "", late.Proceeding, "open_inquiry", map[string]string{"crime_article": "CC 169"})
	moment := func(s string) calendar.Moment { h.at(s); return calendar.Moment(h.now.Load()) }
	m, err := h.Docket.Month(t.Context(), prosecutor, proceedings.MonthAsked{Law: "uz/criminal", Office: "pr-1", From: moment("2026-04-01T00:00"), To: moment("2026-05-01T00:00"), Limit: 1,
		Terms: []string{"register_report_in_time", "decide_on_report"}, Acts: []string{"open_inquiry"}, Again: []string{"refuse"}, Waiting: []string{"received", "check"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Undecided.Rows) != 1 || !m.Undecided.More {
		t.Errorf("of many that are undecided the first is not told, or not that there are more: %+v", m.Undecided)
	}
	if len(m.Late.Rows) != 1 || m.Late.Rows[0].ID != late.Proceeding || m.Late.More {
		t.Errorf("what was decided late is not told beside them: %+v", m.Late)
	}
}

// pages: the same on the page, each line leading to its case; from there the check is recorded.
func pages(t *testing.T, h *house, names map[string]string) {
	check := h.does("2026-03-20T10:00", prosecutor, "uz/supervision", "", "open_registration_check", map[string]string{"body": "Police of the district", "assign_to": "jasur"})
	var accounts []web.Account
	for _, a := range []access.Actor{prosecutor, head, stranger, counsel} {
		accounts = append(accounts, web.Account{Officer: a.Officer, Name: a.Officer, Role: a.Role, Office: a.Office})
	}
	pages, err := h.Handler(app.Pages{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Synthetic: true, Spool: look.NoSpool, Accounts: accounts})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(pages)
	defer srv.Close()
	as := func(who access.Actor) func(path string) (int, string) {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		c := &http.Client{Jar: jar}
		get := func(path string) (int, string) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			return answer(t, c, r)
		}
		get("/sign-in?lang=en")
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+"/sign-in", strings.NewReader(url.Values{"officer": {who.Officer}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		answer(t, c, r)
		return get
	}
	jasur := as(prosecutor)
	var looks int
	seen := func() (n int) {
		if err := h.DB.QueryRow(t.Context(), `SELECT count(*) FROM look WHERE officer = $1 AND about = $2`, "jasur", "pr-1").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	looks = seen()
	status, page := jasur("/offices/pr-1/month?month=2026-02")
	if status != http.StatusOK {
		t.Fatal(status, page)
	}
	if seen() != looks+1 {
		t.Error("the look was not recorded")
	}
	for number, name := range names {
		var id string
		if err := h.DB.QueryRow(t.Context(), `SELECT id FROM proceeding WHERE number = $1`, number).Scan(&id); err != nil {
			t.Fatal(err)
		}
		want := name != "elsewhere" && name != "once"
		if is := strings.Contains(page, `href="/proceedings/`+id+`"`); is != want {
			t.Errorf("%s is on the page: %v", name, is)
		}
	}
	fills := `f.decisions=3&f.period_from=2026-02-01&f.period_to=2026-02-28&f.registered=4`
	for _, want := range []string{"Undecided (4)", "Decided late (1)", "Refused more than once (1)", "In no list (1)", "CPC 382", "February 2026", "after its end", check.Number, "/acts/check_registration?" + fills, "month=2026-01", "month=2026-03"} {
		if !strings.Contains(html.UnescapeString(page), want) {
			t.Errorf("no %q", want)
		}
	}
	if _, form := jasur("/proceedings/" + check.Proceeding + "/acts/check_registration?" + fills); !strings.Contains(form, `value="2026-02-28"`) || !strings.Contains(form, `value="4"`) {
		t.Error("the form of the check does not have what the page knows")
	}
	if _, board := jasur("/offices/pr-1"); !strings.Contains(board, `href="/offices/pr-1/month"`) {
		t.Error("the board does not lead there")
	}
	for _, bad := range []string{"2026-13", "x", "2026-04", "2026-2", "2026-02-01"} {
		if status, _ := jasur("/offices/pr-1/month?month=" + bad); status != http.StatusNotFound {
			t.Errorf("%s: %d", bad, status)
		}
	}
	if status, page := as(head)("/offices/iib-1/month?month=2026-02"); status != http.StatusOK || !strings.Contains(page, "Undecided (4)") || strings.Contains(page, "check_registration") {
		t.Errorf("the head of the body: %d", status)
	}
	if status, _ := as(stranger)("/offices/pr-1/month"); status != http.StatusNotFound {
		t.Errorf("a prosecutor of elsewhere: %d", status)
	}
	if status, _ := as(counsel)("/offices/bar-1/month"); status != http.StatusNotFound {
		t.Errorf("an office that registers nothing: %d", status)
	}
}

func answer(t *testing.T, c *http.Client, r *http.Request) (int, string) {
	t.Helper()
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}
