package api_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// sending is an act on its way to the API.
type sending struct {
	path, body, key string
	token           string            // of an officer's session
	cert            *x509.Certificate // of a system
	bearer          string            // of a system
	kind            string            // of the body; "" for JSON
	header          map[string]string
}

const anyKey = "0123456789abcdef"

func (h *house) post(t *testing.T, s sending) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, s.path, strings.NewReader(s.body))
	r.Header.Set("Content-Type", "application/json")
	if s.kind != "" {
		r.Header.Set("Content-Type", s.kind)
	}
	if s.key == "" {
		s.key = rand.Text()
	}
	r.Header.Set("Idempotency-Key", s.key)
	for name, value := range s.header {
		r.Header.Set(name, value)
	}
	if s.token != "" {
		r.AddCookie(&http.Cookie{Name: "session", Value: s.token})
	}
	if s.bearer != "" {
		r.Header.Set("Authorization", "Bearer "+s.bearer)
	}
	if s.cert != nil {
		r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{s.cert}, VerifiedChains: [][]*x509.Certificate{{s.cert}}}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if got := w.Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("POST %s: an answer may be kept: %q", s.path, got)
	}
	return w
}

// outcome of an act, as programs read it.
type outcome struct {
	Type, Title, Detail, Article string
	Policies                     []string
	Fields                       []struct{ Field, Key, Detail, Label, Article string }
	Changed                      *struct {
		Version int64
		Entries []struct {
			Seq int64
			Act struct{ Name string }
		}
	}
	Proceeding, Number, Hash, Receipt string
	Version, Seq, Leaf                int64
	Repeated                          bool
	Entry                             *struct {
		Act     struct{ Name string }
		By      struct{ ID, Through string }
		Effects []struct{ Effect string }
	}
}

// did sends an act, holds the answer to its description, and gives it.
func (h *house) did(t *testing.T, d *described, at string, s sending, status int) outcome {
	t.Helper()
	w := h.post(t, s)
	if w.Code != status {
		t.Fatalf("POST %s %s: %d, want %d: %s", s.path, s.body, w.Code, status, w.Body)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.answer(t, http.MethodPost, at, fmt.Sprint(status), w.Header().Get("Content-Type")).Validate(v); err != nil {
		t.Errorf("POST %s: %v", s.path, err)
	}
	var o outcome
	if err := json.Unmarshal(w.Body.Bytes(), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o outcome) keys() (out []string) {
	for _, f := range o.Fields {
		out = append(out, f.Field+" "+f.Key)
	}
	return out
}

const (
	openCourt = "/api/v1/laws/xx/court/open/register"
	register  = `{"form":{"about":"A gate","kind":"small","assign_to":"anna"}}`
)

func actAt(id, act string) string { return "/api/v1/proceedings/" + id + "/acts/" + act }

func courtAct(act string) string { return actAt("{id}", act) }

func TestAnOfficerOpensAProceedingAndActsInItByThatTheLawDescribes(t *testing.T) {
	t.Parallel()
	h := open(t)
	d, anna := h.described(t, "/api/openapi/xx/court.json?lang=en"), h.as(t, "anna")
	first := h.did(t, d, openCourt, sending{path: openCourt, body: register, key: anyKey, token: anna}, http.StatusCreated)
	if first.Seq != 1 || first.Version != 1 || first.Number == "" || len(first.Hash) != 64 || first.Repeated || first.Entry == nil || first.Entry.By.ID != "anna" || first.Entry.By.Through != "" || len(first.Entry.Effects) == 0 {
		t.Fatalf("%+v", first)
	}
	again := h.did(t, d, openCourt, sending{path: openCourt, body: register, key: anyKey, token: anna}, http.StatusOK)
	if !again.Repeated || again.Number != first.Number || again.Leaf != first.Leaf || again.Hash != first.Hash {
		t.Errorf("sent again: %+v", again)
	}
	other := h.did(t, d, openCourt, sending{path: openCourt, body: strings.Replace(register, "gate", "door", 1), key: anyKey, token: anna}, http.StatusConflict)
	if other.Type != "urn:nazorat:fault:conflict.other_form" {
		t.Errorf("another form with the key: %+v", other)
	}
	add := actAt(first.Proceeding, "add")
	did := h.did(t, d, courtAct("add"), sending{path: add, body: `{"version":1,"form":{"name":"Aliyev Vali","born":"1990-01-02"}}`, token: anna}, http.StatusCreated)
	if did.Seq != 2 || did.Version != 2 || did.Entry.Act.Name != "add" {
		t.Errorf("%+v", did)
	}
	stale := h.did(t, d, courtAct("add"), sending{path: add, body: `{"version":1,"form":{"name":"Aliyev Vali"}}`, token: anna}, http.StatusConflict)
	if stale.Changed == nil || stale.Changed.Version != 2 || len(stale.Changed.Entries) != 1 || stale.Changed.Entries[0].Act.Name != "add" || stale.Changed.Entries[0].Seq != 2 {
		t.Errorf("what came between: %+v", stale)
	}
	role := h.did(t, d, courtAct("prolong"), sending{path: actAt(first.Proceeding, "prolong"), body: `{"version":2}`, token: anna}, http.StatusForbidden)
	if role.Type != "urn:nazorat:fault:refusal.wrong_role" || role.Article != "Act 3" {
		t.Errorf("a role that may not: %+v", role)
	}
	rule := h.did(t, d, courtAct("fine"), sending{path: actAt(first.Proceeding, "fine"), body: `{"version":2,"thing":1,"form":{"amount":"12.50 USD","paid":"yes","times":"10","at":"2025-03-09T11:00"}}`, token: anna}, http.StatusForbidden)
	if rule.Article != "Act 11" || !strings.Contains(rule.Type, "refusal.condition") {
		t.Errorf("a condition: %+v", rule)
	}
	h.did(t, d, courtAct("fine"), sending{path: actAt(first.Proceeding, "fine"), body: `{"version":2,"thing":1,"done":"2025-03-09T07:00:00Z","form":{"amount":"12.50 USD","paid":"yes","times":"9","at":"2025-03-09T11:00","clerk":"anna"}}`, token: anna}, http.StatusCreated)
	h.did(t, d, courtAct("fine"), sending{path: actAt(first.Proceeding, "fine"), body: `{"version":3,"thing":7,"form":{"amount":"1","paid":"no","times":"1","at":"2025-03-09T11:00"}}`, token: anna}, http.StatusNotFound)
	h.did(t, d, courtAct("seal"), sending{path: actAt(first.Proceeding, "seal"), body: `{"version":3,"form":{"reason":"night"}}`, token: anna}, http.StatusCreated)
	h.now.Add(int64(6 * time.Minute / time.Microsecond))
	absent := h.did(t, d, courtAct("seal"), sending{path: actAt(first.Proceeding, "seal"), body: `{"version":4,"form":{"reason":"night"}}`, token: anna}, http.StatusForbidden)
	if absent.Type != "urn:nazorat:fault:presence.required" || !strings.Contains(absent.Detail, "/api/v1/presence") {
		t.Errorf("without a fresh proof: %+v", absent)
	}
}

func TestEveryFieldThatIsWrongIsNamed(t *testing.T) {
	t.Parallel()
	h := open(t)
	d, anna := h.described(t, "/api/openapi/xx/court.json"), h.as(t, "anna")
	id := h.did(t, d, openCourt, sending{path: openCourt, body: register, token: anna}, http.StatusCreated).Proceeding
	h.did(t, d, courtAct("add"), sending{path: actAt(id, "add"), body: `{"version":1,"form":{"name":"Aliyev Vali"}}`, token: anna}, http.StatusCreated)
	path := actAt(id, "fine")
	for body, want := range map[string][]string{
		`{}`: {"form.amount field.missing", "form.paid field.missing", "form.times field.missing", "form.at field.missing", "thing field.missing", "version field.missing"},
		`{"version":"8","thing":1.5,"done":"soon","form":[],"more":1}`: {"form.amount field.missing", "form.paid field.missing", "form.times field.missing", "form.at field.missing",
			"done field.not_a_moment", "form api.field.not_object", "more field.unknown", "thing api.field.not_whole", "version api.field.not_whole"},
		`{"version":2,"thing":1,"form":{"amount":"1 000","paid":"true","times":"010","at":"2025-03-09","paper":"x","clerk":" ","many":"1"}}`: {"form.amount field.not_an_amount", "form.paid field.not_yes_or_no",
			"form.times field.not_a_number", "form.at field.not_a_moment", "form.paper field.bad_document", "form.clerk field.missing", "form.many field.unknown"},
		`{"version":2,"thing":1,"form":{"amount":1,"paid":true,"times":null,"at":{},"paper":[]}}`: {"form.amount api.field.not_text", "form.paid api.field.not_text",
			"form.times api.field.not_text", "form.at api.field.not_text", "form.paper api.field.not_text"},
		`{"version":2,"thing":1,"done":"2025-02-30T10:00","by":{"officer":"anna","role":"clerk"},"form":{"amount":"1 EUR","paid":"no","times":"1","at":"2025-13-09T10:00"}}`: {"form.amount field.not_a_currency",
			"form.at field.not_a_moment", "by api.field.by_officer", "done field.not_a_moment"},
		`{"version":2,"thing":1,"form":{"amount":"1","paid":"no","times":"1","at":"2035-03-09T10:00","clerk":"jurat"}}`: {"form.at field.in_the_future"},
		`{"version":2,"thing":1,"form":{"amount":"1","paid":"no","times":"1","at":"2025-03-09T10:00","clerk":"jurat"}}`: {"form.clerk field.not_a_choice"},
	} {
		o := h.did(t, d, courtAct("fine"), sending{path: path, body: body, token: anna}, http.StatusUnprocessableEntity)
		if got := o.keys(); !slices.Equal(got, want) {
			t.Errorf("%s:\n got %q\nwant %q", body, got, want)
		}
		for _, f := range o.Fields {
			if f.Detail == "" || f.Detail == f.Key || strings.HasPrefix(f.Field, "form.a") && (f.Label == "" || f.Article != "Act 10") {
				t.Errorf("%s: %+v", body, f)
			}
		}
	}
	for _, key := range []string{"-", "short", strings.Repeat("x", 65), "with a blank in it", "Ключ-из-16-букв-и"} {
		o := h.did(t, d, courtAct("add"), sending{path: actAt(h.id, "add"), body: `{"version":8,"form":{"name":"X"}}`, key: key, token: anna}, http.StatusUnprocessableEntity)
		if !slices.Contains(o.keys(), "Idempotency-Key api.field.key") {
			t.Errorf("key %q: %+v", key, o)
		}
	}
}

func TestWhatIsNoStrictJSONIsRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	d, anna := h.described(t, "/api/openapi/xx/court.json"), h.as(t, "anna")
	path := actAt(h.id, "add")
	for body, status := range map[string]int{
		"": 400, "{": 400, "[]": 400, `"x"`: 400, "null": 400, "{} {}": 400, "{}x": 400, `{"version":1,"version":2}`: 400, `{"form":{"a":"1","\u0061":"2"}}`: 400,
		"{\"form\":{\"name\":\"\xff\"}}": 400, `{"form":{"name":"\ud800"}}`: 400, `{"form":{"name":"\udc00\ud800"}}`: 400, `{"form":{"name":"\ud83d\u0041"}}`: 400,
		strings.Repeat(`{"a":`, 20) + "1" + strings.Repeat("}", 20): 400, `{"version":01}`: 400, "{'version':1}": 400, "\ufeff{}": 400,
		`{"form":{"name":"` + strings.Repeat("x", 2<<20) + `"}}`: 413,
	} {
		o := h.did(t, d, courtAct("add"), sending{path: path, body: body, token: anna}, status)
		if o.Title == "" || o.Detail == "" || strings.HasPrefix(o.Detail, "api.") {
			t.Errorf("%.60q: %+v", body, o)
		}
	}
	for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "application/jsonp", ";", "multipart/form-data; boundary=x"} {
		h.did(t, d, courtAct("add"), sending{path: path, body: `{}`, kind: kind, token: anna}, http.StatusUnsupportedMediaType)
	}
	good := sending{path: path, body: `{"version":8,"form":{"name":"\ud83d\ude00 \\ud800"}}`, kind: "application/JSON; charset=UTF-8", token: anna}
	h.did(t, d, courtAct("add"), good, http.StatusCreated)
}

func TestActsAreNotThereForWhoMayNotReadTheProceeding(t *testing.T) {
	t.Parallel()
	h := open(t)
	d := h.described(t, "/api/openapi/xx/court.json")
	stranger := h.as(t, "stranger")
	for _, body := range []string{`{"version":8,"form":{"name":"X"}}`, `{}`, `{"version":1}`} {
		hidden := h.did(t, d, courtAct("add"), sending{path: actAt(h.id, "add"), body: body, token: stranger}, http.StatusNotFound)
		absent := h.did(t, d, courtAct("add"), sending{path: actAt("none", "add"), body: body, token: stranger}, http.StatusNotFound)
		if fmt.Sprint(hidden) != fmt.Sprint(absent) {
			t.Errorf("%s: hidden %+v, absent %+v", body, hidden, absent)
		}
	}
	if o := h.did(t, d, courtAct("add"), sending{path: actAt(h.id, "add"), body: `{}`}, http.StatusUnauthorized); o.Type != "urn:nazorat:fault:api.sign_in" {
		t.Errorf("%+v", o)
	}
	h.did(t, d, courtAct("add"), sending{path: actAt(h.id, "nothing"), body: `{}`, token: h.as(t, "anna")}, http.StatusNotFound)
	h.did(t, d, courtAct("add"), sending{path: actAt(h.id, "register"), body: `{}`, token: h.as(t, "anna")}, http.StatusNotFound)
	h.did(t, d, openCourt, sending{path: "/api/v1/laws/xx/court/open/add", body: `{}`, token: h.as(t, "anna")}, http.StatusNotFound)
	h.did(t, d, openCourt, sending{path: "/api/v1/laws/uz/criminal/open/register_report", body: `{}`, token: h.as(t, "anna")}, http.StatusNotFound)
}

// certificate is one that a system shows.
func certificate(t *testing.T) (*x509.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert, der
}

func TestASystemActsInTheNameOfAnOfficerOfItsOffice(t *testing.T) {
	t.Parallel()
	h := open(t)
	d := h.described(t, "/api/openapi/xx/court.json")
	cert, der := certificate(t)
	secret := h.register(t, "registry", "court", der, "proceedings", "acts")
	body := `{"version":8,"by":{"officer":"anna","role":"clerk"},"form":{"name":"Aliyev Vali"}}`
	by := sending{path: actAt(h.id, "add"), body: body, cert: cert, key: anyKey}
	did := h.did(t, d, courtAct("add"), by, http.StatusCreated)
	if did.Entry == nil || did.Entry.By.ID != "anna" || did.Entry.By.Through != "registry" || did.Seq != 9 {
		t.Fatalf("%+v", did)
	}
	if again := h.did(t, d, courtAct("add"), by, http.StatusOK); !again.Repeated || again.Seq != 9 {
		t.Errorf("sent again: %+v", again)
	}
	// The same key of the officer herself is another: nobody stands in another's way by guessing keys.
	own := h.did(t, d, courtAct("add"), sending{path: actAt(h.id, "add"), body: `{"version":9,"form":{"name":"Aliyev Vali"}}`, key: anyKey, token: h.as(t, "anna")}, http.StatusCreated)
	if own.Seq != 10 || own.Entry.By.Through != "" {
		t.Errorf("%+v", own)
	}
	// In whose name it may send, it is told with the form.
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, actAt(h.id, "add"), nil)
	r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{cert}, VerifiedChains: [][]*x509.Certificate{{cert}}}
	told := httptest.NewRecorder()
	if h.ServeHTTP(told, r); told.Code != http.StatusOK || !strings.Contains(told.Body.String(), `"in_name_of":[{"officer":"anna","role":"clerk"}]`) {
		t.Errorf("%d %s", told.Code, told.Body)
	}
	// What the officer sees of it on record.
	w := h.ask(t, http.MethodGet, "/api/v1/proceedings/"+h.id+"/entries/9", h.as(t, "anna"))
	if !strings.Contains(w.Body.String(), `"through":"registry"`) {
		t.Errorf("the system is not on record: %s", w.Body)
	}
	open := h.did(t, d, openCourt, sending{path: openCourt, body: `{"by":{"officer":"anna","role":"clerk"},"form":{"about":"A gate","kind":"small","assign_to":"anna"}}`, cert: cert}, http.StatusCreated)
	if open.Entry == nil || open.Entry.By.Through != "registry" {
		t.Errorf("%+v", open)
	}
	_, says := h.send(t, credentials("registry", secret), nil)
	token, _ := says["access_token"].(string)
	for name, c := range map[string]struct {
		s      sending
		status int
		want   string
	}{
		"with a secret alone":          {sending{path: actAt(h.id, "add"), body: strings.Replace(body, "8", "10", 1), bearer: token}, 403, "enter-not-with-a-secret"},
		"what is signed":               {sending{path: actAt(h.id, "seal"), body: `{"version":10,"by":{"officer":"anna","role":"clerk"},"form":{"reason":"x"}}`, cert: cert}, 403, "enter-not-signed"},
		"in nobody's name":             {sending{path: actAt(h.id, "add"), body: `{"version":10,"form":{"name":"X"}}`, cert: cert}, 422, "by field.missing"},
		"for a role that he has not":   {sending{path: actAt(h.id, "add"), body: `{"version":10,"by":{"officer":"anna","role":"judge"},"form":{"name":"X"}}`, cert: cert}, 403, "api.no_mandate"},
		"for an officer elsewhere":     {sending{path: actAt(h.id, "add"), body: `{"version":10,"by":{"officer":"stranger","role":"clerk"},"form":{"name":"X"}}`, cert: cert}, 403, "api.no_mandate"},
		"for an officer who is none":   {sending{path: actAt(h.id, "add"), body: `{"version":10,"by":{"officer":"nobody","role":"clerk"},"form":{"name":"X"}}`, cert: cert}, 403, "api.no_mandate"},
		"what the officer may not do":  {sending{path: actAt(h.id, "prolong"), body: `{"version":10,"by":{"officer":"anna","role":"clerk"}}`, cert: cert}, 403, "refusal.wrong_role"},
		"more of whom is named":        {sending{path: actAt(h.id, "add"), body: `{"version":10,"by":{"officer":"anna","role":"clerk","mandate":"x"},"form":{"name":"X"}}`, cert: cert}, 422, "by.mandate field.unknown"},
		"in a proceeding of elsewhere": {sending{path: actAt("none", "add"), body: body, cert: cert}, 404, "proceeding.none"},
	} {
		path := courtAct(c.s.path[strings.LastIndex(c.s.path, "/")+1:])
		o := h.did(t, d, path, c.s, c.status)
		if !strings.Contains(strings.Join(append(append(o.keys(), o.Policies...), o.Type), " "), c.want) {
			t.Errorf("%s: %+v", name, o)
		}
	}
	// A system without the scope, and one of another office.
	reader, der := certificate(t)
	h.register(t, "reader", "court", der, "proceedings")
	if o := h.did(t, d, courtAct("add"), sending{path: actAt(h.id, "add"), body: strings.Replace(body, "8", "10", 1), cert: reader}, http.StatusForbidden); o.Type != "urn:nazorat:fault:access.no_enter" || len(o.Policies) != 0 {
		t.Errorf("without the scope: %+v", o)
	}
	other, der := certificate(t)
	h.register(t, "other", "other", der, "proceedings", "acts")
	h.did(t, d, courtAct("add"), sending{path: actAt(h.id, "add"), body: `{"version":10,"by":{"officer":"stranger","role":"clerk"},"form":{"name":"X"}}`, cert: other}, http.StatusNotFound)
}

// Every example of a description has the form that the description asks for.
func TestEveryExampleIsAsDescribed(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, lang := range []string{"en", "uz-Cyrl"} {
		d := h.described(t, "/api/openapi/xx/court.json?lang="+lang)
		seen := 0
		for path, methods := range d.Paths {
			o := methods["post"]
			v, err := jsonschema.UnmarshalJSON(bytes.NewReader(o.RequestBody.Content["application/json"].Example))
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			if err := d.at(t, "paths", path, "post", "requestBody", "content", "application/json", "schema").Validate(v); err != nil {
				t.Errorf("%s: %v", path, err)
			}
			seen++
		}
		if seen < 10 {
			t.Errorf("only %d acts", seen)
		}
	}
}
