package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/mod/sumdb/note"

	"nazorat/internal/access"
	"nazorat/internal/api"
	"nazorat/internal/calendar"
	"nazorat/internal/client"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/desk"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/explain"
	"nazorat/internal/figures"
	"nazorat/internal/follow"
	"nazorat/internal/hearing"
	"nazorat/internal/journal"
	"nazorat/internal/lawbook"
	"nazorat/internal/lawload"
	"nazorat/internal/leaf"
	"nazorat/internal/look"
	"nazorat/internal/openapi"
	"nazorat/internal/picture"
	"nazorat/internal/procedure"
	"nazorat/internal/receipt"
	"nazorat/internal/signin"
	"nazorat/internal/statistics"
	"nazorat/internal/vault"
	"nazorat/internal/web"
	"nazorat/laws"
)

// house is an office under a law of no country, with a case in which everything happened.
type house struct {
	*web.Server
	dir      *directory.Directory
	clients  *client.Keeper
	tree     *leaf.Log
	signer   note.Signer
	figures  *figures.Register
	hearings *hearing.Calendar
	follow   *follow.Keeper
	now      atomic.Int64
	id       string // of the case
	law      *procedure.Law
}

func at(t *testing.T, law *procedure.Law, s string) calendar.Moment {
	t.Helper()
	m, err := law.Editions[0].Days.Zone().ParseMoment(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// built is what all houses stand on and nobody changes, read once: laws, policies, rules of looking, words of pages.
type built struct {
	court, criminal *procedure.Law
	policies        *access.Policies
	rules           *look.Rules
	words           *web.Catalogue
}

var ground = sync.OnceValues(func() (b built, err error) {
	if b.court, _, err = lawload.Load(os.DirFS("testdata/laws"), "xx/court"); err != nil {
		return b, err
	}
	if b.criminal, _, err = lawload.Load(laws.FS, "uz/criminal"); err != nil {
		return b, err
	}
	if b.policies, err = access.Load(laws.FS); err != nil {
		return b, err
	}
	if b.rules, err = look.LoadRules(laws.FS); err != nil {
		return b, err
	}
	b.words, err = web.NewCatalogue([]*procedure.Law{b.court, b.criminal}, web.Texts, explain.Texts, picture.Texts, lawbook.Texts, statistics.Texts, api.Texts, desk.Texts, openapi.Texts)
	return b, err
})

func TestMain(m *testing.M) { dbtest.Main(m) }

// founded is the court on its first day.
var founded dbtest.Model

// newCourt makes it.
func newCourt(location string) error {
	ctx := context.Background()
	d, err := db.Create(ctx, location)
	if err != nil {
		return err
	}
	if err := d.Migrate(ctx, slices.Concat(directory.Migrations, signin.Migrations, client.Migrations, docket.Migrations, look.Migrations, follow.Migrations, figures.Migrations, hearing.Migrations)); err != nil {
		return err
	}
	dir, err := directory.Open(ctx, d)
	if err != nil {
		return err
	}
	service := &directory.Service{Offices: []directory.Office{
		{ID: "court", Code: "01", Kind: directory.Court, Place: "17", Names: map[string]string{"uz": "Sud", "ru": "Суд", "en": "Court"}},
		{ID: "other", Code: "02", Kind: directory.Court, Place: "18"}}}
	for _, o := range []struct{ id, name, role, office string }{{"anna", "Anna Karimova", "clerk", "court"}, {"jurat", "Joʻrat Aliyev", "judge", "court"}, {"chief", "Olim Chief", "chief", "court"}, {"stranger", "X", "clerk", "other"}, {"admin", "Nodira Admin", "administrator", "court"}, {"counter", "Counter", "analyst", "court"}} {
		service.Officers = append(service.Officers, directory.NewOfficer{Officer: directory.Officer{ID: o.id, Name: o.name, Login: o.id},
			Mandates: []directory.Mandate{{ID: o.id + "-1", Officer: o.id, Role: o.role, Office: o.office, From: 1}}})
	}
	for _, role := range []string{"clerk", "judge", "chief"} {
		service.Competences = append(service.Competences, directory.Competence{Office: "court", Role: role, Competent: "court"}, directory.Competence{Office: "other", Role: role, Competent: "other"})
	}
	if err := dir.Import(ctx, service, 1); err != nil {
		return err
	}
	return d.Close()
}

func open(t *testing.T) *house {
	t.Helper()
	b, err := ground()
	if err != nil {
		t.Fatal(err)
	}
	court := b.court
	d, err := db.Open(t.Context(), founded.One(t, newCourt))
	if err != nil {
		t.Fatal(err)
	}
	dir, err := directory.Open(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{dir: dir, law: court}
	var ids atomic.Int64
	k := docket.Open(d, dir, []*procedure.Law{court}, docket.Options{Policies: b.policies, Now: func() calendar.Moment { return calendar.Moment(h.now.Load()) }, NewID: func() string { return fmt.Sprintf("id%06d", ids.Add(1)) }})
	t.Cleanup(func() { k.Close(); _ = d.Close() })
	looks := look.Open(d, b.rules)
	if err := looks.Begin("", slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(looks.Close)
	store, err := vault.NewDisk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	keeper := vault.Open(d, store, k.Now)
	k.TakeUploads(keeper)
	h.Server = web.New(web.Options{Vault: keeper, Docket: k, Directory: dir, SignIn: signin.New(d, dir), Looks: looks, Words: b.words, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Zone: court.Editions[0].Days.Zone()})
	if h.figures, err = figures.Open(d, k.Reader, dir, os.DirFS("testdata/laws")); err != nil {
		t.Fatal(err)
	}
	h.hearings, h.follow = hearing.Open(d, k.Reader), follow.New(d)
	h.tree = leaf.Open(d)
	h.tree.Fence = nil // nobody else signs here
	h.clients = client.New(d, dir, "https://nazorat.example/oauth/token")
	if err := api.Register(h.Server, api.Options{Laws: []*procedure.Law{court, b.criminal}, Clients: h.clients, Receipts: h.receipts(t), Figures: h.figures, Hearings: h.hearings}); err != nil {
		t.Fatal(err)
	}
	for _, a := range []struct {
		when, who, act string
		thing          int32
		form           map[string]string
	}{
		{"2025-03-03 10:00", "anna clerk", "register", 0, map[string]string{"about": "A <fence>", "money": "12.50", "kind": "small", "assign_to": "anna"}},
		{"2025-03-03 11:00", "anna clerk", "add", 0, map[string]string{"name": "Tursunov Bekzod", "born": "1990-01-02"}},
		{"2025-03-03 12:00", "anna clerk", "hold", 1, map[string]string{"until": "2025-04-01"}},
		{"2025-03-04 09:00", "anna clerk", "stop", 0, nil},
		{"2025-03-06 09:00", "anna clerk", "go_on", 0, nil},
		{"2025-03-07 10:00", "chief chief", "prolong", 0, nil},
		{"2025-03-08 10:00", "anna clerk", "free", 2, nil},
		{"2025-03-09 12:00", "jurat judge", "judge", 1, nil},
	} {
		h.now.Store(int64(at(t, court, a.when)))
		who, role, _ := strings.Cut(a.who, " ")
		r, err := k.Act(t.Context(), docket.Command{Law: "xx/court", Proceeding: h.id, Act: a.act, Thing: a.thing, Form: a.form, Actor: access.Actor{Officer: who, Role: role, Office: "court", Mandate: who + "-1"}})
		if err != nil {
			t.Fatalf("%s: %v", a.act, err)
		}
		h.id = r.Proceeding
	}
	return h
}

// receipts are those of an office that signs its journal.
func (h *house) receipts(t *testing.T) *receipt.Room {
	t.Helper()
	private, public, err := note.GenerateKey(nil, "nazorat.example/log")
	if err != nil {
		t.Fatal(err)
	}
	if h.signer, err = note.NewSigner(private); err != nil {
		t.Fatal(err)
	}
	keys, err := journal.ParseKeys(public)
	if err != nil {
		t.Fatal(err)
	}
	room, err := receipt.Open(h.Server, receipt.Options{Log: h.tree, Keys: keys, Laws: os.DirFS("testdata/laws")})
	if err != nil {
		t.Fatal(err)
	}
	return room
}

// as gives the cookie of an officer who has signed in.
func (h *house) as(t *testing.T, officer string) string {
	t.Helper()
	token, err := h.SignIn.Begin(t.Context(), officer, signin.ByChoice, "", calendar.Moment(h.now.Load()))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func (h *house) ask(t *testing.T, method, path, token string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if token != "" {
		r.AddCookie(&http.Cookie{Name: "session", Value: token})
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if got := w.Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("%s %s: an answer may be kept: %q", method, path, got)
	}
	return w
}

// described is a description of the API and the schemas in it.
type described struct {
	Paths map[string]map[string]struct {
		OperationID string
		Parameters  []map[string]string
		Security    []map[string][]string
		RequestBody struct {
			Content map[string]struct{ Example json.RawMessage }
		}
		Responses map[string]json.RawMessage
	}
	compiler *jsonschema.Compiler
}

const descriptionURL = "https://nazorat.test/openapi.json"

// description of all routes, as it is served.
func description(t *testing.T, h *house) *described {
	t.Helper()
	return h.described(t, "/api/openapi.json")
}

// described is the description at an address.
func (h *house) described(t *testing.T, address string) *described {
	t.Helper()
	w := h.ask(t, http.MethodGet, address, "")
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != openapi.MediaType {
		t.Fatalf("%s: %d %s", address, w.Code, w.Header().Get("Content-Type"))
	}
	var d described
	if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	d.compiler = jsonschema.NewCompiler()
	d.compiler.DefaultDraft(jsonschema.Draft2020)
	d.compiler.AssertFormat()
	if err := d.compiler.AddResource(descriptionURL, doc); err != nil {
		t.Fatal(err)
	}
	return &d
}

var pointed = strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D")

// at compiles the schema that a pointer leads to.
func (d *described) at(t *testing.T, parts ...string) *jsonschema.Schema {
	t.Helper()
	pointer := ""
	for _, p := range parts {
		pointer += "/" + pointed.Replace(p)
	}
	s, err := d.compiler.Compile(descriptionURL + "#" + pointer)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// answer is the schema of an answer: of an operation and a status, as the description has it.
func (d *described) answer(t *testing.T, method, path, status, kind string) *jsonschema.Schema {
	t.Helper()
	said := d.Paths[path][strings.ToLower(method)].Responses[status]
	if said == nil {
		t.Fatalf("%s %s: %s is not described", method, path, status)
	}
	if strings.Contains(string(said), "#/components/responses/Problem") {
		return d.at(t, "components", "responses", "Problem", "content", kind, "schema")
	}
	return d.at(t, "paths", path, strings.ToLower(method), "responses", status, "content", kind, "schema")
}

func (d *described) schema(t *testing.T, path, status, kind string) *jsonschema.Schema {
	t.Helper()
	return d.answer(t, http.MethodGet, path, status, kind)
}

func TestEveryRouteIsDescribedAndEveryDescribedRouteExists(t *testing.T) {
	t.Parallel()
	h := open(t)
	d := description(t, h)
	routes := map[string]bool{}
	for _, pattern := range h.Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		if !strings.HasPrefix(path, "/api/") {
			continue
		}
		routes[pattern] = true
		if d.Paths[path][strings.ToLower(method)].OperationID == "" {
			t.Errorf("%s is answered and not described", pattern)
		}
	}
	ids := map[string]bool{}
	for path, methods := range d.Paths {
		for m, o := range methods {
			if !routes[strings.ToUpper(m)+" "+path] {
				t.Errorf("%s %s is described and not answered", m, path)
			}
			if ids[o.OperationID] {
				t.Errorf("%s stands twice", o.OperationID)
			}
			ids[o.OperationID] = true
		}
	}
	if len(routes) < 10 {
		t.Errorf("only %d routes", len(routes))
	}
}

func TestEveryAnswerIsAsDescribedInEveryLanguage(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.caughtUp(t)
	d := description(t, h)
	fill := func(path, edition, no string) string {
		return strings.NewReplacer("{country}", "xx", "{procedure}", "court", "{file}", "court.json", "{edition}", edition, "{id}", h.id, "{no}", no, "{seq}", no,
			"/open/{act}", "/open/register", "{act}", "add", "{office}", "court", "{officer}", "anna", "{table}", "cases", "{count}", "cases").Replace(path)
	}
	tried := 0
	for path, methods := range d.Paths {
		if methods["get"].OperationID == "" || notAlone[path] != "" {
			continue
		}
		asked := []string{fill(path, "2025-01-01", "1") + asks[path]}
		if strings.Contains(path, "{no}") || strings.Contains(path, "{seq}") {
			for no := 2; no <= 7; no++ {
				asked = append(asked, fill(path, "", fmt.Sprint(no)))
			}
		}
		if strings.Contains(path, "{edition}") {
			asked = append(asked, strings.NewReplacer("{country}", "uz", "{procedure}", "criminal", "{edition}", "2025-01-01").Replace(path))
		}
		who := asker[path]
		if who == "" {
			who = "anna"
		}
		token := h.as(t, who)
		for _, url := range asked {
			for _, lang := range []string{"uz", "uz-Cyrl", "ru", "en"} {
				sep := "?"
				if strings.Contains(url, "?") {
					sep = "&"
				}
				w := h.ask(t, http.MethodGet, url+sep+"lang="+lang, token)
				kind := w.Header().Get("Content-Type")
				if w.Code != http.StatusOK {
					t.Fatalf("%s: %d %s", url, w.Code, w.Body)
				}
				if path != "/api/openapi.json" && w.Header().Get("Content-Language") != lang {
					t.Errorf("%s: in %q, asked for %s", url, w.Header().Get("Content-Language"), lang)
				}
				v, err := jsonschema.UnmarshalJSON(w.Body)
				if err != nil {
					t.Fatalf("%s: %v", url, err)
				}
				if err := d.schema(t, path, "200", kind).Validate(v); err != nil {
					t.Errorf("%s in %s: %v", url, lang, err)
				}
				tried++
			}
		}
	}
	if tried < 50 {
		t.Errorf("only %d answers", tried)
	}
}

// caughtUp lets what follows the journal do so.
func (h *house) caughtUp(t *testing.T) {
	t.Helper()
	for _, f := range []follow.Follower{h.figures.Follower(), h.hearings.Follower()} {
		if err := h.follow.CatchUp(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
}

// notAlone are the paths that are asked elsewhere, with why: they want more than an office of this test has.
var notAlone = map[string]string{"/api/v1/proceedings/{id}/entries/{seq}/receipt": "once it is signed: TestReceiptsAreGivenOutAndChecked",
	"/api/v1/proceedings/{id}/entries/{seq}/documents/{field}": "a file, where there is one: TestDocumentsComeInAndGoOut"}

// asker is who asks at a path that is not everybody's, and what he asks besides.
var (
	asker = map[string]string{"/api/v1/offices/{office}/hearings": "chief", "/api/v1/offices/{office}/board": "chief", "/api/v1/service/offices": "admin", "/api/v1/service/offices/{office}": "admin", "/api/v1/service/officers": "admin", "/api/v1/service/officers/{officer}": "admin"}
	asks  = map[string]string{"/api/v1/service/officers": "?find=anna", "/api/v1/numbers": "?number=2025-1",
		"/api/v1/figures/{country}/{procedure}/counts/{count}": "?rows=office&columns=stage", "/api/v1/figures/{country}/{procedure}/counts/{count}/cases": "?rows=office"}
)

// A schema that allows anything would hold every answer: what is spoilt must be seen.
func TestSchemasRefuseAnAnswerThatIsOff(t *testing.T) {
	t.Parallel()
	h := open(t)
	d := description(t, h)
	w := h.ask(t, http.MethodGet, "/api/v1/proceedings/"+h.id+"/deadlines", h.as(t, "anna"))
	schema := d.schema(t, "/api/v1/proceedings/{id}/deadlines", "200", "application/json")
	for _, spoil := range [][2]string{{`"status":"running"`, `"status":"idle"`}, {`"due":"2025`, `"due":"soon`}, {`"no":`, `"number":`}} {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(strings.Replace(w.Body.String(), spoil[0], spoil[1], 1)))
		if err != nil {
			t.Fatal(err)
		}
		if schema.Validate(v) == nil {
			t.Errorf("%s passes for %s", spoil[1], spoil[0])
		}
	}
}

func TestWhoMayNotReadIsToldAsIfThereWereNone(t *testing.T) {
	t.Parallel()
	h := open(t)
	d := description(t, h)
	problem := func(w *httptest.ResponseRecorder, path string, status int) map[string]any {
		t.Helper()
		if w.Code != status || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Fatalf("%s: %d %s", path, w.Code, w.Header().Get("Content-Type"))
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(w.Body.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if err := d.schema(t, path, fmt.Sprint(status), "application/problem+json").Validate(v); err != nil {
			t.Error(err)
		}
		m := v.(map[string]any)
		delete(m, "request")
		delete(m, "instance")
		return m
	}
	stranger := h.as(t, "stranger")
	for _, path := range []string{"/api/v1/proceedings/{id}", "/api/v1/proceedings/{id}/deadlines", "/api/v1/proceedings/{id}/deadlines/{no}/explanation"} {
		of := func(id string) string { return strings.NewReplacer("{id}", id, "{no}", "1").Replace(path) + "?lang=en" }
		w := h.ask(t, http.MethodGet, of(h.id), "")
		problem(w, path, http.StatusUnauthorized)
		if w.Header().Get("WWW-Authenticate") == "" || strings.Contains(w.Body.String(), "fence") {
			t.Errorf("%s: %v %s", path, w.Header(), w.Body)
		}
		hidden, absent := problem(h.ask(t, http.MethodGet, of(h.id), stranger), path, http.StatusNotFound), problem(h.ask(t, http.MethodGet, of("none"), stranger), path, http.StatusNotFound)
		if fmt.Sprint(hidden) != fmt.Sprint(absent) {
			t.Errorf("%s: hidden %v, absent %v", path, hidden, absent)
		}
		problem(h.ask(t, http.MethodGet, of(h.id), "no such token"), path, http.StatusUnauthorized)
	}
	for _, no := range []string{"99", "x", "-1", "99999999999"} {
		problem(h.ask(t, http.MethodGet, "/api/v1/proceedings/"+h.id+"/deadlines/"+no+"/explanation", h.as(t, "anna")), "/api/v1/proceedings/{id}/deadlines/{no}/explanation", http.StatusNotFound)
	}
	problem(h.ask(t, http.MethodGet, "/api/v1/laws/xx/none", ""), "/api/v1/laws/{country}/{procedure}", http.StatusNotFound)
	problem(h.ask(t, http.MethodGet, "/api/v1/laws/xx/court/1999-01-01", ""), "/api/v1/laws/{country}/{procedure}/{edition}", http.StatusNotFound)
}

func TestEverythingElseIsAProblemToo(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, c := range []struct {
		method, path string
		status       int
	}{{"GET", "/api/", 404}, {"GET", "/api/v1/nothing", 404}, {"POST", "/api/v1/nothing", 404}, {"POST", "/api/v1/laws", 405}, {"DELETE", "/api/v1/proceedings/" + h.id, 405}} {
		w := h.ask(t, c.method, c.path, "")
		if w.Code != c.status || w.Header().Get("Content-Type") != "application/problem+json" || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s %s: %d %s", c.method, c.path, w.Code, w.Body)
		}
	}
	if w := h.ask(t, http.MethodHead, "/api/v1/laws", ""); w.Code != http.StatusOK {
		t.Errorf("HEAD: %d", w.Code)
	}
}

func TestLanguageIsTheOneAskedForAndNoCookieKeepsIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, c := range []struct{ query, header, cookie, want string }{
		{"?lang=ru", "en", "", "ru"}, {"", "en-GB,ru;q=0.5", "", "en"}, {"", "fr, ru;q=0.3", "", "ru"}, {"", "", "", "uz"}, {"", "en", "ru", "en"}, {"?lang=uz-Cyrl", "", "", "uz-Cyrl"},
	} {
		header := []string{"Accept-Language", c.header}
		if c.cookie != "" {
			header = append(header, "Cookie", "language="+c.cookie)
		}
		w := h.ask(t, http.MethodGet, "/api/v1/laws"+c.query, "", header...)
		if got := w.Header().Get("Content-Language"); w.Code != http.StatusOK || got != c.want || w.Header().Get("Set-Cookie") != "" {
			t.Errorf("%+v: %d %s, %s", c, w.Code, got, w.Header().Get("Set-Cookie"))
		}
	}
	for _, query := range []string{"?lang=xx", "?lang=", "?lang=ru&lang=en", "?lang=%zz"} {
		if w := h.ask(t, http.MethodGet, "/api/v1/laws"+query, ""); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `"field":"lang"`) {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
		}
	}
}

// The explanation of the API is the one of the page: the same sentences, and with each the values in it.
func TestExplanationTellsStopsAdditionsAndStepsWithTheirMoments(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.ask(t, http.MethodGet, "/api/v1/proceedings/"+h.id+"/deadlines/1/explanation?lang=en", h.as(t, "anna"))
	var x struct {
		Deadline struct{ Due, Officer string }
		Parts    []struct {
			Part      string
			Sentences []struct {
				Key, Text string
				Values    []struct {
					Name, Type string
					Value      any
				}
			}
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &x); err != nil {
		t.Fatal(err)
	}
	// Five working days from Monday the 3rd, that day counted; two stood still, two were added; the 10th is a day of rest.
	if x.Deadline.Due != "2025-03-14T23:59:59.999999+05:00" || x.Deadline.Officer != "Anna Karimova" {
		t.Errorf("%+v", x.Deadline)
	}
	said := map[string]string{}
	values := map[string]any{}
	for _, p := range x.Parts {
		for _, s := range p.Sentences {
			said[s.Key] = s.Text
			for _, v := range s.Values {
				values[s.Key+" "+v.Name] = v.Value
			}
		}
	}
	for key, want := range map[string]string{
		"explain.why.resumed_since": "Not counted: 2 working days", "explain.why.added_total": "Olim Chief (chief) added 2 working days", "explain.breach.escalated": "the matter goes to: chief",
		"explain.question.would": "With the answer", "explain.sure.memory": "a lawyer has yet to confirm it", "explain.owed.duty": "Anna Karimova",
	} {
		if !strings.Contains(said[key], want) {
			t.Errorf("%s: %q lacks %q", key, said[key], want)
		}
	}
	for key, want := range map[string]any{"explain.why.resumed_since since": "2025-03-04T09:00:00+05:00", "explain.why.added_total total": "7wd", "explain.breach.escalated when": "2025-03-15T02:00:00+05:00"} {
		if values[key] != want {
			t.Errorf("%s is %v, want %v", key, values[key], want)
		}
	}
}
