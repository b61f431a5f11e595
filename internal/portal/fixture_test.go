package portal_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"nazorat/internal/app"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/look"
	"nazorat/internal/notice"
)

func TestMain(m *testing.M) { dbtest.Main(m, dbtest.NoSync) }

const (
	place        = "1726273" // a district that the law knows
	investigator = "anvar"
)

// office is a service with a body that receives, a gateway of SMS and a clock that the test moves.
type office struct {
	*app.Office
	pages   http.Handler
	now     atomic.Int64
	ids     atomic.Int64
	gateway *gateway
}

func open(t *testing.T, location string) *office {
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
	err = dir.Import(ctx, &directory.Service{
		Offices: []directory.Office{
			{ID: "pr-1", Code: "01", Kind: directory.Prosecutor, Place: "1726"},
			{ID: "iib-1", Code: "1726", Kind: directory.Interior, Place: place, Names: map[string]string{"en": "Internal affairs of the district"}},
		},
		Competences: []directory.Competence{{Office: "iib-1", Role: directory.SupervisorRole, Competent: "pr-1"}, {Office: "iib-1", Role: "prosecutor", Competent: "pr-1"}},
		Officers: []directory.NewOfficer{{Officer: directory.Officer{ID: investigator, Name: "Anvar", Login: investigator},
			Mandates: []directory.Mandate{{ID: investigator + "-m", Role: "investigator", Office: "iib-1", From: 1}}}},
	}, 1)
	if err != nil {
		t.Fatal(err)
	}
	o := &office{gateway: newGateway(t)}
	o.now.Store(int64(calendar.At(time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC))))
	if o.Office, err = app.Open(ctx, d, docket.Options{Now: func() calendar.Moment { return calendar.Moment(o.now.Load()) }, NewID: func() string { return fmt.Sprintf("id%06d", o.ids.Add(1)) }}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	})
	o.pages = o.serve(t, app.Pages{Gateway: o.gateway.described(t)})
	return o
}

func (o *office) serve(t *testing.T, p app.Pages) http.Handler {
	t.Helper()
	p.Log, p.Spool = slog.New(slog.NewTextHandler(io.Discard, nil)), look.NoSpool
	h, err := o.Handler(p)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func (o *office) pass(d calendar.Moment) { o.now.Add(int64(d)) }

// deliver sends all that is due.
func (o *office) deliver(t *testing.T) {
	t.Helper()
	for {
		n, err := o.Notices.DeliverSome(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

func (o *office) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	if err := o.DB.QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (o *office) change(t *testing.T, statement string) {
	t.Helper()
	if err := o.DB.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(statement); return err }); err != nil {
		t.Fatal(err)
	}
}

// gateway takes SMS, unless it is dead.
type gateway struct {
	*httptest.Server
	mu    sync.Mutex
	dead  bool
	taken []sms
}

type sms struct{ To, Text, ID string }

func newGateway(t *testing.T) *gateway {
	g := &gateway{}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		defer g.mu.Unlock()
		var m sms
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil || g.dead {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		g.taken = append(g.taken, m)
		_, _ = io.WriteString(w, `{"status":"ok"}`)
	}))
	t.Cleanup(g.Close)
	return g
}

func (g *gateway) described(t *testing.T) *notice.Gateway {
	t.Helper()
	file := filepath.Join(t.TempDir(), "gateway.yaml")
	text := fmt.Sprintf("url: %s/send\nheaders: { Content-Type: application/json }\nbody: '{{\"To\": {digits|json}, \"Text\": {text|json}, \"ID\": {id|json}}}'\n"+
		"within: 5s\nanswer:\n  accepted: { status: [200], at: /status, is: [ok] }\n", g.URL)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := notice.OpenGateway(file)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (g *gateway) die(dead bool) { g.mu.Lock(); g.dead = dead; g.mu.Unlock() }

// codes that came to a number, in the order in which they came.
func (g *gateway) codes(to string) (out []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, m := range g.taken {
		if m.To == strings.TrimPrefix(to, "+") {
			out = append(out, regexp.MustCompile(`\d{6}`).FindString(m.Text))
		}
	}
	return out
}

// citizen is somebody with a browser of his own.
type citizen struct {
	t       *testing.T
	pages   http.Handler
	machine string
	number  string
	jar     map[string]string // cookies that his browser keeps
}

var machines atomic.Int64

// somebody is a citizen whom the office does not know yet, with a telephone and a machine of his own.
func (o *office) somebody(t *testing.T) *citizen {
	n := machines.Add(1)
	return &citizen{t, o.pages, fmt.Sprintf("10.0.%d.%d:4711", n/200, n%200+1), fmt.Sprintf("+99890%07d", n), map[string]string{}}
}

type answer struct {
	status int
	to     string
	body   string
}

func (c *citizen) do(r *http.Request) answer {
	r.RemoteAddr = c.machine
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Accept-Language", "en")
	r.AddCookie(&http.Cookie{Name: "language", Value: "en"})
	for name, value := range c.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	c.pages.ServeHTTP(w, r)
	for _, k := range w.Result().Cookies() {
		if c.jar[k.Name] = k.Value; k.MaxAge < 0 {
			delete(c.jar, k.Name)
		}
	}
	return answer{w.Code, w.Header().Get("Location"), w.Body.String()}
}

func (c *citizen) get(path string) answer {
	return c.do(httptest.NewRequestWithContext(c.t.Context(), http.MethodGet, path, nil))
}

func (c *citizen) post(path string, form url.Values) answer {
	r := httptest.NewRequestWithContext(c.t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.do(r)
}

// filled is a good form.
func (c *citizen) filled() url.Values {
	return url.Values{"f.applicant": {"Karimov Alisher"}, "f.summary": {"A red bicycle was stolen"}, "f.matter": {"theft"}, "f.happened_on": {"2026-03-01"}, "f.happened_in": {place},
		"f.who_did_it": {"nobody knows"}, "by": {"sms"}, "address.sms": {c.number}}
}

// sends a report, and gives the address of its page.
func (c *citizen) sends(form url.Values) string {
	c.t.Helper()
	a := c.post("/report", form)
	if a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, "/report/") {
		c.t.Fatalf("%d %q %v", a.status, a.to, wrongs(a.body))
	}
	return a.to
}

// confirms with a code; what is wrong with it, if something is.
func (c *citizen) confirms(at, code string) (answer, []string) {
	c.t.Helper()
	a := c.post(at+"/code", url.Values{"code": {code}})
	return a, wrongs(a.body)
}

// wrongs are the fields that are said to be wrong.
func wrongs(body string) (out []string) {
	for _, m := range regexp.MustCompile(`id="([^"]+)-error"`).FindAllStringSubmatch(body, -1) {
		out = append(out, m[1])
	}
	return out
}
