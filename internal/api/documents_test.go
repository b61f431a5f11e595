package api_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"nazorat/internal/look"
	"nazorat/internal/vault"
)

const bringPath = "/api/v1/documents"

// sent sends a file, holds the answer to its description, and gives it.
func (h *house) sent(t *testing.T, d *described, s sending, status int) (out struct {
	Hash, Type, Name string
	Size             int64
},
) {
	t.Helper()
	if s.kind == "" {
		s.kind = "application/octet-stream"
	}
	w := h.post(t, s)
	if w.Code != status {
		t.Fatalf("%s: %d, want %d: %s", s.path, w.Code, status, w.Body)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.answer(t, http.MethodPost, bringPath, fmt.Sprint(status), w.Header().Get("Content-Type")).Validate(v); err != nil {
		t.Errorf("%s: %v", s.path, err)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func problemOf(t *testing.T, w *httptest.ResponseRecorder) (p outcome) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	return p
}

// A program sends a file, names it in an act, and whoever reads the sheet gets it back, byte by byte, with a look on record; nobody else does.
func TestDocumentsComeInAndGoOut(t *testing.T) {
	t.Parallel()
	h := open(t)
	d := description(t, h)
	anna, stranger := h.as(t, "anna"), h.as(t, "stranger")
	const text = "The plan of the yard\n"
	bytesSum := sha256.Sum256([]byte(text))
	f := h.sent(t, d, sending{path: bringPath + "?name=" + "%D0%9F%D0%BB%D0%B0%D0%BD.txt", body: text, token: anna}, http.StatusCreated)
	if f.Hash != hex.EncodeToString(bytesSum[:]) || f.Type != vault.Text || f.Size != int64(len(text)) || f.Name != "План.txt" {
		t.Errorf("%+v", f)
	}
	added := h.did(t, d, "/api/v1/proceedings/{id}/acts/{act}", sending{path: "/api/v1/proceedings/" + h.id + "/acts/add", body: `{"version": 8, "form": {"name": "Aliyev Vali"}}`, token: anna}, http.StatusCreated)
	fine := fmt.Sprintf(`{"thing": 3, "version": %d, "form": {"amount": "1 USD", "paid": "yes", "times": "1", "at": "2025-03-09T12:00", "paper": "%s"}}`, added.Version, f.Hash)
	act := "/api/v1/proceedings/" + h.id + "/acts/fine"
	// A hash alone is no file.
	unknown := strings.Replace(fine, f.Hash, strings.Repeat("0", 64), 1)
	if o := h.did(t, d, "/api/v1/proceedings/{id}/acts/{act}", sending{path: act, body: unknown, token: anna}, http.StatusUnprocessableEntity); fmt.Sprint(o.keys()) != "[form.paper field.no_upload]" {
		t.Errorf("%+v", o)
	}
	o := h.did(t, d, "/api/v1/proceedings/{id}/acts/{act}", sending{path: act, body: fine, token: anna}, http.StatusCreated)

	const at = "/api/v1/proceedings/{id}/entries/{seq}/documents/{field}"
	href := fmt.Sprintf("/api/v1/proceedings/%s/entries/%d/documents/paper", h.id, o.Seq)
	w := h.ask(t, http.MethodGet, href, anna, "Range", "bytes=0-2", "If-None-Match", `"`+f.Hash+`"`)
	if w.Code != http.StatusOK || w.Body.String() != text || w.Header().Get("Content-Disposition") != fmt.Sprintf(`attachment; filename="%s-%d-paper.txt"`, o.Number, o.Seq) {
		t.Errorf("%d %s %q", w.Code, w.Header(), w.Body)
	}
	var content struct{ Content map[string]json.RawMessage }
	if err := json.Unmarshal(d.Paths[at]["get"].Responses["200"], &content); err != nil || content.Content[w.Header().Get("Content-Type")] == nil {
		t.Errorf("%s is not described: %v", w.Header().Get("Content-Type"), err)
	}
	if err := h.Looks.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	looks, err := h.Looks.Of(t.Context(), h.id, look.After{}, 50)
	if err != nil || len(looks) == 0 || looks[0].Kind != look.Download || looks[0].Officer != "anna" || looks[0].Thing != 3 {
		t.Errorf("%+v, %v", looks, err)
	}
	before := len(looks)
	for path, status := range map[string]int{href: http.StatusNotFound, strings.Replace(href, "paper", "amount", 1): http.StatusNotFound, bringPath: http.StatusMethodNotAllowed} {
		if w := h.ask(t, http.MethodGet, path, stranger); w.Code != status {
			t.Errorf("%s for a stranger: %d", path, w.Code)
		}
	}
	// Where there is none, nobody has looked at it.
	for _, path := range []string{strings.Replace(href, "paper", "amount", 1), strings.Replace(href, fmt.Sprintf("/%d/", o.Seq), "/99/", 1), strings.Replace(href, fmt.Sprintf("/%d/", o.Seq), fmt.Sprintf("/0%d/", o.Seq), 1)} {
		if w := h.ask(t, http.MethodGet, path, anna); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if err := h.Looks.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if looks, err := h.Looks.Of(t.Context(), h.id, look.After{}, 50); err != nil || len(looks) != before {
		t.Errorf("%+v, %v", looks, err)
	}
}

// A system of an office sends a document in the name of an officer of that office, and the act that names it: the act says who did it and through which
// system, the look that the system looked. Without the scope, with a secret alone, or in the name of one of elsewhere nothing comes in.
func TestASystemSendsADocumentInTheNameOfAnOfficer(t *testing.T) {
	h := open(t)
	d := description(t, h)
	cert, der := certificate(t)
	secret := h.register(t, "registry", "court", der, "proceedings", "acts")
	inNameOf := func(officer, role string) string {
		return bringPath + "?name=plan.txt&officer=" + officer + "&role=" + role
	}
	const text, anyAct = "The plan of the yard\n", "/api/v1/proceedings/{id}/acts/{act}"
	f := h.sent(t, d, sending{path: inNameOf("anna", "clerk"), body: text, cert: cert}, http.StatusCreated)
	others := h.sent(t, d, sending{path: inNameOf("jurat", "judge"), body: "Of the judge\n", cert: cert}, http.StatusCreated)
	by := `"by":{"officer":"anna","role":"clerk"}`
	added := h.did(t, d, anyAct, sending{path: actAt(h.id, "add"), body: `{"version":8,` + by + `,"form":{"name":"Aliyev Vali"}}`, cert: cert}, http.StatusCreated)
	fine := func(paper string) string {
		return fmt.Sprintf(`{"thing":3,"version":%d,%s,"form":{"amount":"1 USD","paid":"yes","times":"1","at":"2025-03-09T11:00","paper":"%s"}}`, added.Version, by, paper)
	}
	// What was sent in one's name no act of another may name, whoever the system is.
	if o := h.did(t, d, anyAct, sending{path: actAt(h.id, "fine"), body: fine(others.Hash), cert: cert}, http.StatusUnprocessableEntity); fmt.Sprint(o.keys()) != "[form.paper field.no_upload]" {
		t.Errorf("%+v", o)
	}
	o := h.did(t, d, anyAct, sending{path: actAt(h.id, "fine"), body: fine(f.Hash), cert: cert}, http.StatusCreated)
	if o.Entry == nil || o.Entry.By.ID != "anna" || o.Entry.By.Through != "registry" {
		t.Errorf("%+v", o)
	}
	href := fmt.Sprintf("/api/v1/proceedings/%s/entries/%d/documents/paper", h.id, o.Seq)
	if w := h.ask(t, http.MethodGet, href, h.as(t, "anna")); w.Code != http.StatusOK || w.Body.String() != text {
		t.Errorf("the officer: %d %q", w.Code, w.Body)
	}
	if err := h.Looks.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	looks, err := h.Looks.Of(t.Context(), h.id, look.After{}, 50)
	if err != nil {
		t.Fatal(err)
	}
	who := map[string]int{}
	for _, l := range looks {
		who[l.Role+" "+l.Officer+" "+l.Kind]++
		if l.Role == look.System && (look.InNameOf(&l.Look) != "anna" || l.Mandate == "") {
			t.Errorf("it looked in the name of %q by %q", l.About, l.Mandate)
		}
	}
	if who[look.System+" registry "+look.View] == 0 || who["clerk anna "+look.Download] != 1 || len(who) != 2 {
		t.Errorf("on record is %v", who)
	}

	_, says := h.send(t, credentials("registry", secret), nil)
	token, _ := says["access_token"].(string)
	reader, der := certificate(t)
	h.register(t, "reader", "court", der, "proceedings")
	elsewhere, der := certificate(t)
	h.register(t, "elsewhere", "other", der, "proceedings", "acts")
	for _, c := range []struct {
		what   string
		s      sending
		status int
		says   string
	}{
		{"without the scope", sending{path: inNameOf("anna", "clerk"), cert: reader}, http.StatusForbidden, "access.no_enter"},
		{"with a secret alone", sending{path: inNameOf("anna", "clerk"), bearer: token}, http.StatusForbidden, "enter-not-with-a-secret"},
		{"in the name of one of another office", sending{path: inNameOf("anna", "clerk"), cert: elsewhere}, http.StatusForbidden, "api.no_mandate"},
		{"in a role that he has not", sending{path: inNameOf("anna", "judge"), cert: cert}, http.StatusForbidden, "api.no_mandate"},
		{"in nobody's name", sending{path: bringPath + "?name=plan.txt", cert: cert}, http.StatusUnprocessableEntity, "officer field.missing"},
		{"no document", sending{path: inNameOf("anna", "clerk"), cert: cert, body: "<html>"}, http.StatusUnprocessableEntity, "vault.other_type"},
		{"nothing", sending{path: inNameOf("anna", "clerk"), cert: cert, kind: "application/json", body: "{}"}, http.StatusUnsupportedMediaType, "api.media_bytes"},
	} {
		if c.s.kind == "" {
			c.s.kind = "application/octet-stream"
		}
		if c.s.body == "" {
			c.s.body = "Another plan\n"
		}
		h.sent(t, d, c.s, c.status)
		if p := problemOf(t, h.post(t, c.s)); !strings.Contains(strings.Join(append(append(p.keys(), p.Policies...), p.Type), " "), c.says) || p.Detail == "" {
			t.Errorf("%s: %+v", c.what, p)
		}
	}
}

// What is wrong with a file is said in the language that was asked for, as the description has it.
func TestBadFilesAreRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	d := description(t, h)
	anna := h.as(t, "anna")
	for _, c := range []struct {
		what   string
		s      sending
		status int
		kind   string
	}{
		{"nobody", sending{path: bringPath, body: "x"}, http.StatusUnauthorized, "api.sign_in"},
		{"a form", sending{path: bringPath, body: "x", token: anna, kind: "multipart/form-data; boundary=x"}, http.StatusUnsupportedMediaType, "api.media_bytes"},
		{"a text", sending{path: bringPath, body: "x", token: anna, kind: "text/plain"}, http.StatusUnsupportedMediaType, "api.media_bytes"},
		{"packed", sending{path: bringPath, body: "x", token: anna, header: map[string]string{"Content-Encoding": "gzip"}}, http.StatusUnsupportedMediaType, "api.media_bytes"},
		{"a page", sending{path: bringPath + "?name=a.txt", body: "<html>", token: anna}, http.StatusUnprocessableEntity, "vault.other_type"},
		{"nothing", sending{path: bringPath, token: anna}, http.StatusUnprocessableEntity, "vault.empty"},
		{"in another's name", sending{path: bringPath + "?officer=jurat&role=judge", body: "x", token: anna}, http.StatusUnprocessableEntity, "refusal.bad_form"},
		{"a name without end", sending{path: bringPath + "?name=" + strings.Repeat("a", 301), body: "x", token: anna}, http.StatusUnprocessableEntity, "refusal.bad_form"},
		{"too large", sending{path: bringPath, body: strings.Repeat("a", vault.MostBytes+1), token: anna}, http.StatusRequestEntityTooLarge, "vault.too_large"},
	} {
		h.sent(t, d, c.s, c.status)
		if c.s.kind == "" {
			c.s.kind = "application/octet-stream"
		}
		if len(c.s.body) > 1<<20 {
			continue
		}
		if p := problemOf(t, h.post(t, c.s)); p.Type != "urn:nazorat:fault:"+c.kind || p.Detail == "" {
			t.Errorf("%s: %+v", c.what, p)
		}
	}
	// A line that breaks, and a body of unknown length that does not end.
	for _, c := range []struct {
		from   io.Reader
		status int
		kind   string
	}{
		{io.MultiReader(strings.NewReader("half of"), iotest.ErrReader(io.ErrUnexpectedEOF)), http.StatusBadRequest, "vault.cut_off"},
		{io.LimitReader(letters{}, vault.MostBytes+2), http.StatusRequestEntityTooLarge, "vault.too_large"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, bringPath+"?lang=ru", c.from)
		r.ContentLength = -1
		r.Header.Set("Content-Type", "application/octet-stream")
		r.AddCookie(&http.Cookie{Name: "session", Value: anna})
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if p := problemOf(t, w); w.Code != c.status || p.Type != "urn:nazorat:fault:"+c.kind {
			t.Errorf("%d %+v", w.Code, p)
		}
	}
}

type letters struct{}

func (letters) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'a'
	}
	return len(b), nil
}
