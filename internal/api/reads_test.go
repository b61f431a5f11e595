package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"nazorat/internal/calendar"
)

// into reads an answer.
func into[T any](t *testing.T, h *house, path, token string, header ...string) (v T, status int) {
	t.Helper()
	w := h.ask(t, http.MethodGet, path, token, header...)
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("%s: %d %v", path, w.Code, err)
	}
	return v, w.Code
}

func TestReceiptsAreGivenOutAndChecked(t *testing.T) {
	h := open(t)
	d, anna := description(t, h), h.as(t, "anna")
	path := "/api/v1/proceedings/" + h.id + "/entries/1/receipt"
	type receipt struct {
		Text, Digits, Hash, Detail string
		Seq, Size                  int64
	}
	if r, status := into[receipt](t, h, path+"?lang=en", anna); status != http.StatusServiceUnavailable || r.Detail == "" {
		t.Fatalf("before anything is signed: %d %+v", status, r)
	}
	if _, err := h.tree.Checkpoint(t.Context(), h.signer, calendar.Moment(h.now.Load())); err != nil {
		t.Fatal(err)
	}
	r, status := into[receipt](t, h, path, anna)
	if status != http.StatusOK || r.Seq != 1 || len(r.Hash) != 64 || r.Size < 8 {
		t.Fatalf("%d %+v", status, r)
	}
	for _, text := range []string{r.Text, r.Digits} {
		body, err := json.Marshal(map[string]string{"receipt": text})
		if err != nil {
			t.Fatal(err)
		}
		if w := h.post(t, sending{path: "/api/v1/receipts/check", body: string(body)}); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"recorded":"2025-03-03"`) {
			t.Errorf("checked: %d %s", w.Code, w.Body)
		}
	}
	check := "/api/v1/receipts/check"
	h.did(t, d, check, sending{path: check, body: `{"receipt":"1234"}`}, http.StatusUnprocessableEntity)
	h.did(t, d, check, sending{path: check, body: `{}`}, http.StatusUnprocessableEntity)
	for range 40 {
		h.post(t, sending{path: check, body: `{"receipt":"1234"}`})
	}
	w := h.post(t, sending{path: check, body: `{"receipt":"1234"}`})
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("too often: %d", w.Code)
	}
	if w := h.ask(t, http.MethodGet, strings.Replace(path, "/1/", "/99/", 1), anna); w.Code != http.StatusNotFound {
		t.Errorf("of an entry that is not there: %d", w.Code)
	}
}

func TestANumberLeadsToItsProceeding(t *testing.T) {
	h := open(t)
	anna := h.as(t, "anna")
	p, _ := into[struct{ Number string }](t, h, "/api/v1/proceedings/"+h.id, anna)
	type found struct{ ID, Type, URL string }
	for who, want := range map[string]int{anna: 200, h.as(t, "stranger"): 404} {
		if f, status := into[found](t, h, "/api/v1/numbers?number="+p.Number, who); status != want || want == 200 && (f.ID != h.id || !strings.HasSuffix(f.URL, h.id)) {
			t.Errorf("%d %+v", status, f)
		}
	}
	secret := h.register(t, "finder", "court", nil, "proceedings")
	_, says := h.send(t, credentials("finder", secret), nil)
	bearer := "Bearer " + says["access_token"].(string)
	if f, status := into[found](t, h, "/api/v1/numbers?number="+p.Number, "", "Authorization", bearer); status != 200 || f.ID != h.id {
		t.Errorf("a system: %d %+v", status, f)
	}
	if _, status := into[found](t, h, "/api/v1/numbers?number=1-1-1", "", "Authorization", bearer); status != 404 {
		t.Errorf("a number of nothing, to a system: %d", status)
	}
	for _, path := range []string{"/api/v1/work", "/api/v1/proceedings", "/api/v1/copies", "/api/v1/proceedings/" + h.id + "/acts", "/api/v1/offices/court/board"} {
		if f, status := into[found](t, h, path, "", "Authorization", bearer); status != http.StatusForbidden || !strings.HasSuffix(f.Type, "api.officers_only") {
			t.Errorf("%s, to a system: %d %+v", path, status, f)
		}
	}
	if me, status := into[struct {
		System struct {
			ID, Proof string
			Scopes    []string
		}
	}](t, h, "/api/v1/me", "", "Authorization", bearer); status != 200 || me.System.ID != "finder" || me.System.Proof != "secret" || !slices.Equal(me.System.Scopes, []string{"proceedings"}) {
		t.Errorf("%d %+v", status, me)
	}
}

// A list is read to its end, page by page, and each of it comes once.
func TestListsGoOnBehindTheirLastRow(t *testing.T) {
	h := open(t)
	d, anna := h.described(t, "/api/openapi/xx/court.json"), h.as(t, "anna")
	const more = 60
	for i := range more {
		h.did(t, d, openCourt, sending{path: openCourt, body: register, key: fmt.Sprintf("key-of-the-number-%d", i), token: anna}, http.StatusCreated)
		h.now.Add(int64(time.Minute / time.Microsecond))
	}
	for path, field := range map[string]string{"/api/v1/proceedings": "id", "/api/v1/offices/court/proceedings": "id", "/api/v1/work": "proceeding"} {
		token := anna
		if strings.Contains(path, "offices") {
			token = h.as(t, "chief")
		}
		seen, next, pages := map[string]int{}, "", 0
		for pages == 0 || next != "" {
			page, status := into[map[string]json.RawMessage](t, h, path+"?after="+next, token)
			if pages++; status != http.StatusOK || pages > 9 {
				t.Fatalf("%s: %d, page %d", path, status, pages)
			}
			next = ""
			for name, raw := range page {
				var rows []map[string]any
				switch {
				case name == "next":
					if err := json.Unmarshal(raw, &next); err != nil {
						t.Fatal(err)
					}
				case json.Unmarshal(raw, &rows) == nil:
					for _, row := range rows {
						seen[fmt.Sprint(row[field], row["no"])]++
					}
				}
			}
		}
		if len(seen) < more || pages < 2 {
			t.Errorf("%s: %d rows on %d pages", path, len(seen), pages)
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("%s: %s comes %d times", path, id, n)
			}
		}
		for _, forged := range []string{"x", "W10", "WyJhIl0", "bnVsbA", "WzEsMl0", "WyJcdTAwMDAiLDEsMl0"} {
			if w := h.ask(t, http.MethodGet, path+"?after="+forged, token); w.Code != http.StatusUnprocessableEntity && (forged != "WzEsMl0" || w.Code != http.StatusOK) {
				t.Errorf("%s behind %q: %d", path, forged, w.Code)
			}
		}
	}
}

func TestTheFormSaysWhatCanBeChosenAndWhatStandsAgainstIt(t *testing.T) {
	h := open(t)
	type form struct {
		Version int64
		Things  []struct{ Value, Text string }
		Fields  []struct {
			Name, Type string
			Needed     bool
			Choices    []struct{ Value, Text string }
		}
		Why *struct{ Key, Article string }
	}
	f, status := into[form](t, h, "/api/v1/laws/xx/court/open/register", h.as(t, "anna"))
	if status != 200 || len(f.Fields) != 4 || f.Why != nil || len(f.Fields[2].Choices) != 2 || len(f.Fields[3].Choices) != 1 || f.Fields[3].Choices[0].Value != "anna" || f.Fields[1].Needed {
		t.Errorf("%d %+v", status, f)
	}
	if f, _ := into[form](t, h, "/api/v1/laws/xx/court/open/register", h.as(t, "jurat")); f.Why == nil || f.Why.Key != "refusal.wrong_role" || f.Why.Article != "Act 1" {
		t.Errorf("%+v", f.Why)
	}
	f, status = into[form](t, h, "/api/v1/proceedings/"+h.id+"/acts/fine?thing=1", h.as(t, "anna"))
	if status != 200 || f.Version != 8 || len(f.Things) != 1 || f.Things[0].Value != "1" || f.Why == nil || f.Why.Key != "refusal.wrong_state" {
		t.Errorf("%d %+v", status, f)
	}
	for _, thing := range []string{"-1", "99", "x", "1e0"} {
		if w := h.ask(t, http.MethodGet, "/api/v1/proceedings/"+h.id+"/acts/fine?thing="+thing, h.as(t, "anna")); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("thing %s: %d", thing, w.Code)
		}
	}
}

func TestPresenceIsProvenByPassword(t *testing.T) {
	h := open(t)
	d := description(t, h)
	now := calendar.Moment(h.now.Load())
	const password = "a long word of mine to enter"
	if err := h.SignIn.SetPassword(t.Context(), "anna", password, now); err != nil {
		t.Fatal(err)
	}
	token := h.as(t, "anna")
	h.now.Add(int64(10 * time.Minute / time.Microsecond))
	seal := sending{path: actAt(h.id, "seal"), body: `{"version":8,"form":{"reason":"night"}}`, key: anyKey, token: token}
	if w := h.post(t, seal); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "presence.required") {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	h.did(t, d, "/api/v1/presence", sending{path: "/api/v1/presence", body: `{"password":"another one of many words"}`, token: token}, http.StatusUnprocessableEntity)
	w := h.post(t, sending{path: "/api/v1/presence", body: `{"password":"` + password + `"}`, token: token})
	cookies := w.Result().Cookies()
	if w.Code != http.StatusOK || len(cookies) != 1 || cookies[0].Value == token || !cookies[0].HttpOnly {
		t.Fatalf("%d %s %v", w.Code, w.Body, cookies)
	}
	if w := h.post(t, seal); w.Code != http.StatusUnauthorized {
		t.Errorf("the former cookie: %d", w.Code)
	}
	seal.token = cookies[0].Value
	if w := h.post(t, seal); w.Code != http.StatusCreated {
		t.Errorf("with the proof: %d %s", w.Code, w.Body)
	}
}
