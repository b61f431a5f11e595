package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// A body that examines sends its answer by a system of its own. Whatever nonsense that sends, it is told what is wrong and where, and nothing is
// entered; what it sends twice is entered once.
func TestASystemThatAnswersWithNonsenseEntersNothing(t *testing.T) {
	h := open(t)
	d := h.described(t, "/api/openapi/xx/court.json")
	cert, der := certificate(t)
	h.register(t, "laboratory", "court", der, "proceedings", "acts")
	elsewhere, der := certificate(t)
	h.register(t, "elsewhere", "other", der, "proceedings", "acts")
	const by = `"by":{"officer":"anna","role":"clerk"}`
	send := func(act, body, key string, status int) outcome {
		t.Helper()
		return h.did(t, d, courtAct(act), sending{path: actAt(h.id, act), body: body, key: key, cert: cert}, status)
	}
	send("add", `{"version":8,`+by+`,"form":{"name":"Aliyev Vali"}}`, "", http.StatusCreated) // thing 3
	answer := func(thing, form string) string {
		return `{"version":9,"thing":` + thing + `,` + by + `,"form":` + form + `}`
	}
	const good = `{"amount":"1 USD","paid":"yes","times":"1","at":"2025-03-09T11:00"}`
	version := func() int64 {
		t.Helper()
		w := h.ask(t, http.MethodGet, "/api/v1/proceedings/"+h.id, h.as(t, "anna"))
		var p struct{ Version int64 }
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Version == 0 {
			t.Fatalf("%d %s: %v", w.Code, w.Body, err)
		}
		return p.Version
	}
	before := version()
	for _, c := range []struct {
		what, body string
		status     int
		says       []string // keys of fields, the kind of the fault
	}{
		{"no JSON", `{"version":9,`, 400, nil},
		{"a list", `[` + answer("3", good) + `]`, 400, nil},
		{"a form that is a text", answer("3", `"nothing was found"`), 422, []string{"form api.field.not_object"}},
		{"fields that there are none of", answer("3", strings.Replace(good, "{", `{"conclusion":"x","verdict":"guilty",`, 1)), 422, []string{"form.conclusion field.unknown", "form.verdict field.unknown"}},
		{"a member that there is none of", strings.Replace(answer("3", good), "{", `{"conclusion":"x",`, 1), 422, []string{"conclusion field.unknown"}},
		{"wrong types", answer("3", `{"amount":1,"paid":true,"times":null,"at":{},"paper":["x"]}`), 422, []string{"form.amount api.field.not_text", "form.paid api.field.not_text", "form.times api.field.not_text", "form.at api.field.not_text", "form.paper api.field.not_text"}},
		{"values of other types", answer("3", `{"amount":"much","paid":"perhaps","times":"often","at":"yesterday"}`), 422, []string{"form.amount field.not_an_amount", "form.paid field.not_yes_or_no", "form.times field.not_a_number", "form.at field.not_a_moment"}},
		{"nothing filled in", answer("3", `{}`), 422, []string{"form.amount field.missing", "form.at field.missing"}},
		{"a thing that is no number", answer(`"three"`, good), 422, []string{"thing api.field.not_whole"}},
		{"a thing that is not there", answer("99", good), 404, []string{"refusal.no_such_thing"}},
		{"a thing of another kind", answer("2", good), 404, []string{"refusal.no_such_thing"}},
		{"a thing that was decided on", answer("1", good), 403, []string{"refusal.wrong_state"}},
		{"a file that is none", answer("3", strings.Replace(good, "{", `{"paper":"the attached file",`, 1)), 422, []string{"form.paper field.bad_document"}},
		{"a file that nobody brought", answer("3", strings.Replace(good, "{", `{"paper":"`+strings.Repeat("a", 64)+`",`, 1)), 422, []string{"form.paper field.no_upload"}},
		{"a version that is none", strings.Replace(answer("3", good), `"version":9`, `"version":"latest"`, 1), 422, []string{"version api.field.not_whole"}},
		{"an old version", strings.Replace(answer("3", good), `"version":9`, `"version":8`, 1), 409, []string{"conflict"}},
		{"too much", answer("3", strings.Replace(good, "1 USD", strings.Repeat("9", 3<<20), 1)), 413, nil},
	} {
		o := send("fine", c.body, "", c.status)
		if told := strings.Join(append(o.keys(), o.Type), " "); o.Title == "" || o.Detail == "" || strings.HasPrefix(o.Detail, "api.") {
			t.Errorf("%s: nothing is told: %+v", c.what, o)
		} else {
			for _, want := range c.says {
				if !strings.Contains(told, want) {
					t.Errorf("%s: %q is not told: %q", c.what, want, told)
				}
			}
		}
		if got := version(); got != before {
			t.Fatalf("%s: it was entered: %d, %d before", c.what, got, before)
		}
	}
	// What is in a case of others, or asked of it by a system of others, is not there.
	h.did(t, d, courtAct("fine"), sending{path: actAt("none", "fine"), body: answer("3", good), cert: cert}, http.StatusNotFound)
	h.did(t, d, courtAct("fine"), sending{path: actAt(h.id, "fine"), body: strings.Replace(answer("3", good), "anna", "stranger", 1), cert: elsewhere}, http.StatusNotFound)
	if got := version(); got != before {
		t.Fatalf("it was entered: %d, %d before", got, before)
	}
	// Twice the same is done once; another answer under the same key is told.
	first := send("fine", answer("3", good), anyKey, http.StatusCreated)
	again := send("fine", answer("3", good), anyKey, http.StatusOK)
	if !again.Repeated || again.Seq != first.Seq || version() != before+1 {
		t.Errorf("%+v, then %+v", first, again)
	}
	if o := send("fine", answer("3", strings.Replace(good, "1 USD", "2 USD", 1)), anyKey, http.StatusConflict); o.Type != "urn:nazorat:fault:conflict.other_form" {
		t.Errorf("%+v", o)
	}
	if o := send("fine", answer("3", good), "", http.StatusConflict); o.Changed == nil || fmt.Sprint(o.Changed.Version) != fmt.Sprint(before+1) {
		t.Errorf("with another key: %+v", o)
	}
}
