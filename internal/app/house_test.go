package app

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"image"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/identity"
	"nazorat/internal/journal"
	"nazorat/internal/signin"
	"nazorat/internal/telemetry"
	"nazorat/internal/web/static"
)

// callers ask at every door, in the order of the table's columns. The names are those of officers, but for nobody.
var callers = []string{"nobody", "stranger", "neighbour", "officer", "supervisor", "administrator", "elsewhere", "general"}

// sees are those who may know of the case.
var sees = map[string]bool{"officer": true, "supervisor": true, "administrator": true, "general": true}

// What only those who see the case may be told.
const (
	theSummary = "A violin was stolen"
	theSuspect = "Tursunov Bekzod"
)

// house is an office with one case, served as a process serves it, at the address of the pages and at that of the figures.
type house struct {
	*Office
	front, side *httptest.Server
	routes      []string // all that is answered at either
	sideRoutes  []string

	proceeding, number string
	sheet              int64 // that came with a document
	exhibit            int   // that has a photograph
	trial              string
}

// theProvider is an identity provider at an address at which nobody listens.
const theProvider = "http://127.0.0.1:9"

const housePassword = "a password of some length"

// houseService: a general office, two regions; in the first a district's prosecutor with his police, and a neighbouring police; in the second another.
func houseService() *directory.Service {
	office := func(id, code, kind, parent string) directory.Office {
		return directory.Office{ID: id, Code: code, Kind: kind, Parent: parent, Place: "17", Names: map[string]string{"uz": id, "ru": id, "en": id}}
	}
	s := &directory.Service{Offices: []directory.Office{
		office("office-gp", "00", directory.Prosecutor, ""),
		office("office-region", "10", directory.Prosecutor, "office-gp"), office("office-other-region", "20", directory.Prosecutor, "office-gp"),
		office("office-district", "11", directory.Prosecutor, "office-region"), office("office-far-district", "21", directory.Prosecutor, "office-other-region"),
		office("office-police", "1101", directory.Interior, ""), office("office-neighbour", "1102", directory.Interior, ""), office("office-far", "2101", directory.Interior, ""), office("office-bar", "3001", directory.Bar, ""),
	}}
	for of, by := range map[string]string{"office-police": "office-district", "office-neighbour": "office-region", "office-far": "office-far-district"} {
		s.Competences = append(s.Competences, directory.Competence{Office: of, Role: directory.SupervisorRole, Competent: by}, directory.Competence{Office: of, Role: "prosecutor", Competent: by})
	}
	s.Competences = append(s.Competences, directory.Competence{Office: "office-police", Role: "defence_counsel", Competent: "office-bar"}, directory.Competence{Office: "office-police", Role: "representative", Competent: "office-bar"})
	add := func(id, office string, roles ...string) {
		o := directory.NewOfficer{Officer: directory.Officer{ID: id, Name: "Name of " + id, Login: "login-of-" + id}}
		for i, role := range roles {
			o.Mandates = append(o.Mandates, directory.Mandate{ID: "mandate-" + id + "-" + strconv.Itoa(i), Role: role, Office: office, From: calendar.Moment(1 + i)})
		}
		s.Officers = append(s.Officers, o)
	}
	add("officer", "office-police", "inquirer", "investigator")
	add("duty", "office-police", "duty_officer")
	add("administrator", "office-police", "administrator")
	add("second", "office-police", "administrator")
	add("neighbour", "office-neighbour", "inquirer")
	add("stranger", "office-far", "inquirer")
	add("elsewhere", "office-far", "administrator")
	add("supervisor", "office-district", "prosecutor")
	add("general", "office-gp", "prosecutor_general")
	add("colleague", "office-police", "inquirer")
	add("counsel", "office-bar", "defence_counsel")
	return s
}

func TestMain(m *testing.M) { dbtest.Main(m) }

// founded is the house on its first day: its service, and the password of the officer.
var founded dbtest.Model

// newHouse makes it.
func newHouse(location string) error {
	ctx := context.Background()
	d, err := db.Create(ctx, location)
	if err != nil {
		return err
	}
	if err := d.Migrate(ctx, Migrations()); err != nil {
		return err
	}
	dir, err := directory.Open(ctx, d)
	if err != nil {
		return err
	}
	if err := dir.Import(ctx, houseService(), 1); err != nil {
		return err
	}
	if err := signin.New(d, dir).SetPassword(ctx, "login-of-officer", housePassword, now()); err != nil {
		return err
	}
	return d.Close()
}

func build(t *testing.T) *house {
	t.Helper()
	return buildUnder(t, nil)
}

// buildUnder builds the house under other policies than those that are built in.
func buildUnder(t *testing.T, p *access.Policies) *house {
	t.Helper()
	if err := static.Check(); err != nil {
		t.Skipf("the pages cannot be served: %v", err)
	}
	ctx := t.Context()
	d, err := db.Open(ctx, founded.One(t, newHouse))
	must(t, err)
	o, err := Open(ctx, d, docket.Options{Policies: p})
	must(t, err)
	h := &house{Office: o}
	t.Cleanup(func() { must(t, o.Close()) })
	must(t, o.KeepIn(t.TempDir()))
	h.live(t)
	keys := h.sign(t)

	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	// A provider that cannot be reached: whoever asks is told so.
	provider := identity.Settings{Issuer: theProvider, ClientID: "nazorat", Secret: "a secret of the tests", Redirect: "http://localhost"}
	pages, err := o.Handler(Pages{Log: log, Keys: keys, Identity: provider, Passkeys: signin.RelyingParty{Domain: "localhost", Name: "Nazorat", Origins: []string{"http://localhost"}}})
	must(t, err)
	figures := telemetry.New("test")
	s := &Serving{Pages: pages, Health: telemetry.NewHealth(log, o.Checks(figures)), Figures: figures.Metrics(), Log: log}
	front, routes := s.front()
	side, sideRoutes := s.side()
	h.front, h.side = httptest.NewServer(front), httptest.NewServer(side)
	t.Cleanup(func() {
		for _, srv := range []*httptest.Server{h.front, h.side} {
			srv.CloseClientConnections()
			srv.Close()
		}
	})
	h.sideRoutes = sideRoutes
	h.routes = append(append(pages.Patterns(), routes...), sideRoutes...)
	return h
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// actor is an officer under his first mandate.
func (h *house) actor(t *testing.T, officer string) access.Actor {
	t.Helper()
	m, err := h.Directory.Mandates(t.Context(), officer, h.Docket.Now())
	must(t, err)
	return access.Actor{Officer: officer, Role: m[0].Role, Office: m[0].Office, Mandate: m[0].ID, Present: access.Always}
}

// live: a report, and the case of a suspect.
func (h *house) live(t *testing.T) {
	t.Helper()
	act := func(officer, name string, form map[string]string) *docket.Receipt {
		r, err := h.Docket.Act(t.Context(), docket.Command{Law: "uz/criminal", Proceeding: h.proceeding, Act: name, Form: form, Actor: h.actor(t, officer)})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return r
	}
	r := act("duty", "register_report", map[string]string{"source": "direct", "summary": theSummary, "assign_to": "officer"})
	h.proceeding, h.number = r.Proceeding, r.Number
	act("officer", "open_inquiry", map[string]string{"crime_article": "CC 169"})
	act("officer", "add_suspect", map[string]string{"name": theSuspect})
}

// aside is a number that is there, and one as long that is not.
func aside(there string) made { return made{there, strings.Repeat("9", len(there))} }

// papers brings a paper and a photograph into the case, once.
func (h *house) papers(t *testing.T) {
	t.Helper()
	if h.sheet > 0 {
		return
	}
	paper, err := h.Vault.Take(t.Context(), "officer", "plan.txt", strings.NewReader("The plan of the flat, "+theSuspect))
	must(t, err)
	photo, err := h.Vault.Take(t.Context(), "officer", "knife.png", bytes.NewReader(aPicture(t)))
	must(t, err)
	act := func(name string, form map[string]string) *docket.Receipt {
		r, err := h.Docket.Act(t.Context(), docket.Command{Proceeding: h.proceeding, Act: name, Form: form, Actor: h.actor(t, "officer")})
		must(t, err)
		return r
	}
	h.sheet = act("put_in_document", map[string]string{"what": "The plan", "paper": paper.Hash}).Seq
	act("enter_exhibit", map[string]string{"what": "A knife", "found_in": "the kitchen", "kept_in": "5", "photo": photo.Hash})
	p, err := h.Docket.Stored(t.Context(), h.proceeding)
	must(t, err)
	h.exhibit = len(p.State.Things) - 1
}

// aPicture is a small one.
func aPicture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 6))))
	return b.Bytes()
}

// sign signs the journal as it stands.
func (h *house) sign(t *testing.T) journal.Keys {
	t.Helper()
	private, public, err := note.GenerateKey(nil, "nazorat.example/log")
	must(t, err)
	signer, err := note.NewSigner(private)
	must(t, err)
	keys, err := journal.ParseKeys(public)
	must(t, err)
	h.Tree.Fence = nil // nobody else signs here
	_, err = h.Tree.Checkpoint(t.Context(), signer, h.Docket.Now())
	must(t, err)
	return keys
}

// request is one question at a door.
type request struct {
	method, address string
	form            url.Values
	json            string // instead of a form
	caller          string
	headers         []string // names and values
	body            string   // instead of the form
	session         string   // instead of one that begins now
}

type reply struct {
	status int
	header http.Header
	body   string
}

// ask asks; each time in a session that has just begun, so that no question hangs on one before it.
func (h *house) ask(t *testing.T, q request) reply {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	body := q.body
	if body == "" && q.json != "" {
		body = q.json
	}
	if body == "" {
		body = q.form.Encode()
	}
	base := h.front.URL
	if path, _, _ := strings.Cut(q.address, "?"); path == "/metrics" {
		base = h.side.URL
	}
	r, err := http.NewRequestWithContext(ctx, q.method, base+q.address, strings.NewReader(body))
	must(t, err)
	r.Header.Set("Accept-Language", "en")
	r.Header.Set("User-Agent", "test")
	if len(q.headers) == 0 {
		r.Header.Set("Sec-Fetch-Site", "same-origin") // as a browser says of a form of ours
	}
	r.AddCookie(&http.Cookie{Name: "form", Value: "AAAAAAAAAAAAAAAAAAAAAAAAAA"})
	if q.method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if q.json != "" {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", rand.Text())
	}
	for i := 0; i+1 < len(q.headers); i += 2 {
		r.Header.Set(q.headers[i], q.headers[i+1])
	}
	if q.caller != "nobody" && q.session == "" {
		q.session = h.begin(t, q.caller)
	}
	if q.session != "" {
		r.AddCookie(&http.Cookie{Name: "session", Value: q.session})
	}
	client := &http.Client{Transport: h.front.Client().Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatalf("%s %s: %v", q.method, q.address, err)
	}
	defer resp.Body.Close()
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		return reply{resp.StatusCode, resp.Header, firstEvent(resp.Body)} // a stream does not end by itself
	}
	got, err := io.ReadAll(resp.Body)
	must(t, err)
	return reply{resp.StatusCode, resp.Header, string(got)}
}

// firstEvent reads a stream as far as its first event.
func firstEvent(r io.Reader) string {
	var out strings.Builder
	for lines := bufio.NewScanner(r); lines.Scan(); {
		if lines.Text() == "" && strings.Contains(out.String(), "event: ") {
			break
		}
		out.WriteString(lines.Text() + "\n")
	}
	return out.String()
}

func (h *house) begin(t *testing.T, officer string) string {
	t.Helper()
	token, err := h.SignIn.Begin(t.Context(), officer, signin.ByPassword, "", h.Docket.Now())
	must(t, err)
	return token
}

func (h *house) write(t *testing.T, text string, args ...any) {
	t.Helper()
	must(t, h.DB.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(text, args...)
		return err
	}))
}

func (h *house) one(t *testing.T, text string, args ...any) (s string) {
	t.Helper()
	must(t, h.DB.QueryRow(t.Context(), text, args...).Scan(&s))
	return s
}

// made is what a name in capitals stands for: something that is there, and something alike that is not.
// Of what is different each time there is nothing that is not there.
type made struct{ there, missing string }

// make makes what a name in a row of the table stands for.
func (h *house) make(t *testing.T, name string) made {
	t.Helper()
	now := h.Docket.Now()
	switch name {
	case "PROCEEDING":
		return like(h.proceeding)
	case "NUMBER":
		return like(h.number)
	case "DEADLINE", "ENTRY", "THING":
		return made{"1", "9"}
	case "SHEET":
		h.papers(t)
		return aside(strconv.FormatInt(h.sheet, 10))
	case "EXHIBIT":
		h.papers(t)
		return aside(strconv.Itoa(h.exhibit))
	case "OFFICE":
		return made{"office-police", "office-p0lice"}
	case "OFFICER":
		return made{"officer", "0fficer"}
	case "EMERGENCY":
		id := rand.Text()
		h.write(t, `INSERT INTO emergency (id, officer, role, mandate, office, number, proceeding, law, has, supervisor, why, at, until, answer_by)
VALUES ($1, 'second', 'administrator', 'mandate-second-0', 'office-police', $2, $3, 'uz/criminal', 'office-police', 'office-district', 'a life hangs on it', $4, $5, $5)`, id, h.number, h.proceeding, now, now+calendar.Hour)
		return like(id)
	case "LOGIN":
		return made{"login-of-officer", "login-of-0fficer"}
	case "MANDATE":
		return made{"mandate-officer-1", "mandate-0fficer-1"}
	case "SESSION":
		h.begin(t, "officer")
		return like(h.one(t, `SELECT id FROM session WHERE officer = 'officer' ORDER BY created DESC, id LIMIT 1`))
	case "PASSKEY":
		id := rand.Text()
		h.write(t, `INSERT INTO passkey_owner (officer, handle) VALUES ('officer', $1) ON CONFLICT DO NOTHING`, []byte("handle"))
		h.write(t, `INSERT INTO passkey (id, public_id, officer, name, public_key, model, transports, flags, counter, added, used) VALUES ($1, $2, 'officer', 'key', $1, $1, '', 0, 0, $3, 0)`,
			[]byte(id), id, now)
		return like(id)
	case "RECOVERY":
		id := rand.Text()
		h.write(t, `INSERT INTO recovery (id, officer, reason, asked_by, asked, confirmed_by, confirmed, first_code, second_code, ends, used) VALUES ($1, 'officer', 'lost', 'second', $2, NULL, 0, 'x', '', $3, 0)`,
			id, now, now+signin.RecoveryEnd)
		return like(id)
	case "PROPOSAL":
		id := rand.Text()
		h.write(t, `INSERT INTO identity_proposal (id, issuer, subject, officer, proposed_by, proposed, ends, decided_by, decided, bound) VALUES ($1, $2, $1, 'officer', 'second', $3, $4, NULL, 0, 0)`,
			id, theProvider, now, now+calendar.Hour)
		return like(id)
	case "SYSTEM":
		id := func() string { return "court-" + strings.ToLower(rand.Text()[:12]) }
		m := made{id(), id()}
		h.write(t, `INSERT INTO client (id, name, office, scopes, secret, key, certificate, valid_from, valid_to, revoked, added, added_by, confirmed, confirmed_by, seen)
VALUES ($1, 'Registry', 'office-police', 'proceedings', $2, '', '', $3, 0, 0, $3, 'second', 0, '', 0)`, m.there, []byte("hash"), now)
		return m
	case "TRIAL": // one for all who ask: nothing changes it, and to read its draft takes a second
		if h.trial != "" {
			return like(h.trial)
		}
		r := h.ask(t, request{method: http.MethodPost, address: "/whatif", caller: "general", form: url.Values{"law": {"uz/criminal"}, "draft": {"procedure: uz/criminal\nin_force: 2027-01-01\nbased_on: 2026-12-01\n"}}})
		id, ok := strings.CutPrefix(r.header.Get("Location"), "/whatif/")
		if !ok {
			t.Fatalf("a trial: %d %s", r.status, r.body)
		}
		h.trial = id
		return like(id)
	case "VERSION":
		return made{there: h.one(t, `SELECT version FROM proceeding WHERE id = $1`, h.proceeding)}
	case "SUBMISSION":
		return made{there: rand.Text()}
	}
	t.Fatalf("nothing is known of %s", name)
	return made{}
}

// like gives beside an id one of the same form that nothing has.
func like(id string) made {
	b := []byte(id)
	for i := len(b) - 6; i < len(b); i++ {
		if b[i] >= '0' && b[i] <= '9' {
			b[i] = '7'
		} else {
			b[i] = 'Q'
		}
	}
	return made{id, string(b)}
}

// stands tells all that somebody without a right could have changed of the case and of the officer.
func (h *house) stands(t *testing.T) string {
	t.Helper()
	return h.one(t, `SELECT 'entries ' || (SELECT count(*) FROM entry) || ', sessions ' || (SELECT count(*) FROM session WHERE officer = 'officer') || ', keys ' || (SELECT count(*) FROM passkey)
|| ', recoveries ' || (SELECT count(*) FROM recovery WHERE used = 0 AND confirmed = 0 AND ends > $1) || ', identities ' || (SELECT count(*) FROM officer_identity) || ', proposals ' || (SELECT count(*) FROM identity_proposal WHERE decided = 0)
|| ', systems ' || (SELECT count(*) FROM client WHERE revoked = 0) || ', confirmed ' || (SELECT count(*) FROM client WHERE confirmed > 0) || ', passwords ' || (SELECT hash FROM password WHERE officer = 'officer')`, h.Docket.Now())
}
