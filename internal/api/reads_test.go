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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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

// Figures are told with the leaf as of which they stand, by which the same answer is had again, and lead to the proceedings that they count.
func TestFiguresAreToldAndLeadToTheirCases(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.caughtUp(t)
	type told struct {
		Figures []struct {
			Row, Column struct{ Name, Label string }
			N           int64
			Sums        map[string]string
			Back        bool `json:"held_back"`
			Cases       string
		}
		At     int64
		Root   string
		Detail string
	}
	type listed struct {
		Proceedings []struct{ ID, Number string }
		At          int64
	}
	const of = "/api/v1/figures/xx/court"
	chief := h.as(t, "chief")
	for _, path := range []string{of + "/tables/cases?lang=en", of + "/counts/cases?rows=office&columns=stage&lang=en", of + "/counts/cases?rows=office&columns=stage&where=stage:open&of_office=court&from=2025-01-01&lang=en"} {
		a, status := into[told](t, h, path, chief)
		if status != http.StatusOK || len(a.Figures) != 1 || a.Figures[0].N != 1 || a.Figures[0].Row.Label != "Court" || a.Figures[0].Column.Name != "open" || a.At < 8 || len(a.Root) != 64 {
			t.Fatalf("%s: %d %+v", path, status, a)
		}
		if l, status := into[listed](t, h, a.Figures[0].Cases, chief); status != http.StatusOK || len(l.Proceedings) != 1 || l.Proceedings[0].ID != h.id || l.At != a.At {
			t.Errorf("%s: %d %+v", a.Figures[0].Cases, status, l)
		}
	}
	if a, _ := into[told](t, h, of+"/counts/cases?rows=stage&sums=money", chief); len(a.Figures) != 1 || a.Figures[0].Sums["money"] != "12.5" && a.Figures[0].Sums["money"] != "12.50" {
		t.Errorf("%+v", a)
	}
	// The same question as of the same leaf has the same answer; who may not read is told of nothing.
	before := h.ask(t, http.MethodGet, of+"/counts/registered?rows=kind&at=3", chief)
	if again := h.ask(t, http.MethodGet, of+"/counts/registered?rows=kind&at=3", chief); before.Code != http.StatusOK || again.Body.String() != before.Body.String() {
		t.Errorf("%s, and then %s", before.Body, again.Body)
	}
	if a, status := into[told](t, h, of+"/tables/cases", h.as(t, "stranger")); status != http.StatusOK || len(a.Figures) != 0 {
		t.Errorf("a stranger: %d %+v", status, a)
	}
	for _, wrong := range []string{"/counts/cases", "/counts/cases?rows=nothing", "/counts/cases?rows=stage&columns=stage", "/counts/cases?rows=stage&sums=nothing", "/counts/cases?rows=stage&where=stage", "/counts/cases?rows=stage&where=stage:open,stage:open",
		"/counts/cases?rows=stage&from=2025-02-30", "/counts/cases?rows=stage&at=999999", "/counts/cases?rows=stage&at=-1", "/counts/cases/cases?rows=stage&after=x", "/tables/cases?period=2025-03", "/counts/cases/cases?rows=stage&after=Wy0xLC0xXQ"} {
		if w := h.ask(t, http.MethodGet, of+wrong, chief); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", wrong, w.Code, w.Body)
		}
	}
	// What is wrong is what is told to be.
	for wrong, which := range map[string]string{"/counts/cases?rows=stage&at=-1": "at", "/tables/cases?at=-1": "at", "/counts/cases?rows=stage&columns=nothing": "columns", "/counts/cases?rows=stage&sums=nothing": "sums"} {
		if w := h.ask(t, http.MethodGet, of+wrong, chief); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `{"field":"`+which+`"`) {
			t.Errorf("%s: %d %s", wrong, w.Code, w.Body)
		}
	}
	for _, none := range []string{"/counts/none?rows=stage", "/tables/none", "/tables/cases?of_office=other"} {
		if w := h.ask(t, http.MethodGet, of+none, chief); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", none, w.Code)
		}
	}
	// Who counts without reading is told of periods that are over, and of nothing else.
	d := h.described(t, "/api/openapi/xx/court.json")
	h.now.Add(int64(40 * 24 * time.Hour / time.Microsecond))
	counter, anna := h.as(t, "counter"), h.as(t, "anna")
	h.did(t, d, openCourt, sending{path: openCourt, body: register, key: "key-of-the-next-month", token: anna}, http.StatusCreated)
	h.caughtUp(t)
	type asking struct {
		Laws []struct {
			Counts []json.RawMessage
			Tables []struct{ Name, URL string }
		}
		Periods []string
		Few     int64
	}
	asked, _ := into[asking](t, h, "/api/v1/figures", counter)
	if len(asked.Laws) != 1 || len(asked.Laws[0].Counts) != 0 || len(asked.Laws[0].Tables) != 1 || asked.Few != 2 || len(asked.Periods) == 0 {
		t.Fatalf("%+v", asked)
	}
	url := asked.Laws[0].Tables[0].URL + "?period="
	if a, status := into[told](t, h, url+"2025-03", counter); status != http.StatusOK || len(a.Figures) == 0 || !a.Figures[0].Back || a.Figures[0].N != 0 || a.Figures[0].Cases != "" {
		t.Errorf("of one case he is told: %d %+v", status, a)
	}
	for path, want := range map[string]int{url + "2031-01": 422, url + "x": 422, url + "2025-03&from=2025-03-02": 422, strings.TrimSuffix(url, "?period="): 422, of + "/tables/by_officer?period=2025-03": 404} {
		if w := h.ask(t, http.MethodGet, path, counter); w.Code != want {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	if a, status := into[told](t, h, of+"/counts/cases?rows=stage", counter); status != http.StatusOK || len(a.Figures) != 0 {
		t.Errorf("by a question of his own he is told: %d %+v", status, a)
	}
}

// The calendar of an office is told as its page has it: to those who may see its lists, of what they may read.
func TestTheCalendarOfACourtIsTold(t *testing.T) {
	t.Parallel()
	h := open(t)
	d := h.described(t, "/api/openapi/xx/court.json")
	path := "/api/v1/proceedings/" + h.id + "/acts/appoint"
	p, _ := into[struct{ Version int64 }](t, h, "/api/v1/proceedings/"+h.id, h.as(t, "jurat"))
	h.did(t, d, "/api/v1/proceedings/{id}/acts/appoint", sending{path: path, body: fmt.Sprintf(`{"version":%d,"form":{"hearing_at":"2030-03-05T10:00"}}`, p.Version), key: "key-of-the-hearing-1", token: h.as(t, "jurat")}, http.StatusCreated)
	h.caughtUp(t)
	type calendar struct {
		Hearings []struct {
			At, Ends, Proceeding string
			Act                  struct{ Name string }
			Officer              struct{ ID, Name string }
		}
		From, To string
	}
	const of = "/api/v1/offices/court/hearings?from=2030-03-0"
	c, status := into[calendar](t, h, of+"4", h.as(t, "chief"))
	if status != http.StatusOK || len(c.Hearings) != 1 || c.Hearings[0].Proceeding != h.id || c.Hearings[0].Officer.ID != "jurat" || c.Hearings[0].At != "2030-03-05T10:00:00+05:00" || c.Hearings[0].Ends != "2030-03-05T11:30:00+05:00" || c.To != "2030-03-10" {
		t.Errorf("%d %+v", status, c)
	}
	for query, want := range map[string]int{"6": 0, "4&officer=anna": 0, "4&officer=jurat": 1} {
		if c, status := into[calendar](t, h, of+query, h.as(t, "chief")); status != http.StatusOK || len(c.Hearings) != want {
			t.Errorf("%s: %d %+v", query, status, c)
		}
	}
	if _, status := into[calendar](t, h, of+"4", h.as(t, "stranger")); status != http.StatusNotFound {
		t.Errorf("a stranger: %d", status)
	}
	if _, status := into[calendar](t, h, of+"x", h.as(t, "chief")); status != http.StatusUnprocessableEntity {
		t.Errorf("a day that is none: %d", status)
	}
}
