package notice_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/notice"
)

// relay is a gateway that does what a test tells it to.
type relay struct {
	*httptest.Server
	mu     sync.Mutex
	does   http.HandlerFunc // nil: it takes what comes
	state  string           // of every message
	taken  []sms
	asked  int
	ids    map[string]bool
	secret string
}

type sms struct{ To, Text, ID string }

func newRelay(t *testing.T) *relay {
	t.Helper()
	r := &relay{state: "QUEUED", ids: map[string]bool{}, secret: "s3cret\"}"}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *relay) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked++
	if r.does != nil {
		r.does(w, q)
		return
	}
	if q.Header.Get("Authorization") != "Bearer "+r.secret {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if strings.HasPrefix(q.URL.Path, "/state") {
		_ = json.NewEncoder(w).Encode(map[string]any{"messages": []any{map[string]string{"id": q.URL.Query().Get("of"), "state": r.state}}})
		return
	}
	var m sms
	if err := json.NewDecoder(q.Body).Decode(&m); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if !r.ids[m.ID] { // one that it has is not sent again
		r.ids[m.ID] = true
		r.taken = append(r.taken, m)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"status": "ok", "message": map[string]any{"id": 4711}})
}

func (r *relay) set(f http.HandlerFunc) { r.mu.Lock(); r.does = f; r.mu.Unlock() }

func (r *relay) got() []sms {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]sms(nil), r.taken...)
}

// described is the description of the relay.
func (r *relay) described(t *testing.T, more string) (text, dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte(r.secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`
url: %s/send
headers: { Content-Type: application/json, Authorization: "Bearer {secret}", Idempotency-Key: "{id}" }
body: '{{"To": {digits|json}, "Text": {text|json}, "ID": {id|json}}}'
secret: secret
within: 2s
answer:
  accepted: { status: [200], at: /status, is: [ok, queued] }
  refused: { at: /code, is: [bad_number] }
  id: /message/id
%s`, r.URL, more), dir
}

func (r *relay) gateway(t *testing.T, more string) *notice.Gateway {
	t.Helper()
	g, err := notice.ReadGateway(r.described(t, more))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestSMSGoesByTheGatewayAsItIsDescribed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := newRelay(t)
		k := h.keeper(t, nil, r.gateway(t, ""))
		h.letter(t, k, "a", notice.SMS, "+998 90 123-45-67")
		deliver(t, k)
		got := r.got()
		if len(got) != 1 || got[0].To != "998901234567" || got[0].Text != "You are asked to come." || got[0].ID == "" {
			t.Errorf("%+v", got)
		}
		if s, err := k.StateOf(ctx, "a"); err != nil || s.State != notice.Sent {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

func TestWhatAGatewayAnswersDecidesWhetherItIsTriedAgain(t *testing.T) {
	answer := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was led to another host") }))
	t.Cleanup(other.Close)
	for _, x := range []struct {
		name  string
		does  http.HandlerFunc
		state notice.State
	}{
		{"500", answer(500, "boom"), notice.Waiting},
		{"200 with an error", answer(200, `{"status":"error","code":"no_money"}`), notice.Waiting},
		{"200 with what is refused", answer(200, `{"status":"error","code":"bad_number"}`), notice.Refused},
		{"200 with nonsense", answer(200, `<html>hello</html>`), notice.Waiting},
		{"200 with nothing", answer(200, ""), notice.Waiting},
		{"200 with another shape", answer(200, `["ok"]`), notice.Waiting},
		{"200 without end", answer(200, `{"status":"ok","x":"`+strings.Repeat("a", 1<<20)+`"}`), notice.Waiting},
		{"401", answer(401, `{"status":"ok"}`), notice.Waiting},
		{"it leads elsewhere", func(w http.ResponseWriter, q *http.Request) {
			http.Redirect(w, q, other.URL, http.StatusTemporaryRedirect)
		}, notice.Waiting},
		{"it breaks off", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, notice.Waiting},
		{"it hangs", func(_ http.ResponseWriter, q *http.Request) {
			_, _ = io.Copy(io.Discard, q.Body) // only then does the server see that its client has gone
			<-q.Context().Done()
		}, notice.Waiting},
	} {
		t.Run(x.name, func(t *testing.T) {
			h := open(t, founded.SQLite(t, newService))
			r := newRelay(t)
			g := r.gateway(t, "")
			g.Hurry(300 * time.Millisecond)
			k := h.keeper(t, nil, g)
			r.set(x.does)
			h.letter(t, k, "a", notice.SMS, "+998901234567")
			deliver(t, k)
			got, err := k.StateOf(ctx, "a")
			if err != nil || got.State != x.state || strings.Contains(got.Reason, "s3cret") {
				t.Fatalf("%+v, %v", got, err)
			}
			g.Hurry(5 * time.Second)
			r.set(nil)
			h.pass(calendar.Hour)
			deliver(t, k)
			want := notice.Sent
			if x.state == notice.Refused {
				want = notice.Refused
			}
			if got, err = k.StateOf(ctx, "a"); err != nil || got.State != want || want == notice.Sent && len(r.got()) != 1 {
				t.Errorf("afterwards: %+v, %v, %+v", got, err, r.got())
			}
		})
	}
}

// The gateway takes it, and its answer is lost: it gets it again under the same name, and sends it once.
func TestAnAnswerThatWasLostSendsAnSMSUnderItsOldName(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := newRelay(t)
		k := h.keeper(t, nil, r.gateway(t, ""))
		r.set(func(w http.ResponseWriter, q *http.Request) {
			r.does = nil
			r.mu.Unlock()
			r.ServeHTTP(httptest.NewRecorder(), q)
			r.mu.Lock()
			panic(http.ErrAbortHandler)
		})
		h.letter(t, k, "a", notice.SMS, "+998901234567")
		deliver(t, k)
		if s, err := k.StateOf(ctx, "a"); err != nil || s.State != notice.Waiting || len(r.got()) != 1 {
			t.Fatalf("%+v, %v", s, err)
		}
		h.pass(calendar.Hour)
		deliver(t, k)
		if s, err := k.StateOf(ctx, "a"); err != nil || s.State != notice.Sent || s.Attempts != 2 || len(r.got()) != 1 {
			t.Errorf("%+v, %v, %+v", s, err, r.got())
		}
	})
}

func (r *relay) asks(t *testing.T) *notice.Gateway {
	return r.gateway(t, fmt.Sprintf(`
state:
  url: %s/state?of={message|url}
  method: GET
  headers: { Authorization: "Bearer {secret}" }
  delivered: { at: /messages/0/state, is: [DELIVERED] }
  failed: { at: /messages/0/state, is: [EXPIRED, REJECTED] }
  every: 1m
  for: 2h
`, r.URL))
}

func TestWhatBecameOfAnSMSIsAskedUntilItIsKnown(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := newRelay(t)
		k := h.keeper(t, nil, r.asks(t))
		for i, x := range []struct {
			says string
			want notice.State
		}{{"DELIVERED", notice.Delivered}, {"EXPIRED", notice.Failed}, {"QUEUED", notice.Sent}} {
			reference := fmt.Sprint(i)
			r.state = "QUEUED"
			h.letter(t, k, reference, notice.SMS, "+998901234567")
			deliver(t, k)
			for range 3 {
				h.pass(2 * calendar.Minute)
				deliver(t, k)
			}
			if s, err := k.StateOf(ctx, reference); err != nil || s.State != notice.Sent || s.Attempts != 1 {
				t.Fatalf("%s: %+v, %v", x.says, s, err)
			}
			r.mu.Lock()
			r.state = x.says
			r.mu.Unlock()
			h.pass(2 * calendar.Minute)
			deliver(t, k)
			if s, err := k.StateOf(ctx, reference); err != nil || s.State != x.want {
				t.Errorf("%s: %+v, %v", x.says, s, err)
			}
		}
		// It is not asked for ever.
		h.pass(3 * calendar.Hour)
		deliver(t, k)
		asked := r.asked
		for range 5 {
			h.pass(calendar.Hour)
			deliver(t, k)
		}
		if r.asked != asked {
			t.Errorf("still asked after its time")
		}
	})
}

func TestADescriptionThatIsWrongIsRefused(t *testing.T) {
	t.Parallel()
	r := newRelay(t)
	good, dir := r.described(t, "")
	if _, err := notice.ReadGateway(good, dir); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"another word":              {"within: 2s", "wthin: 2s"},
		"plain HTTP to others":      {r.URL, "http://sms.example"},
		"a user in the address":     {r.URL, "https://me:pw@sms.example"},
		"a host that is filled in":  {r.URL + "/send", "https://{id|url}.example/send"},
		"a host before its path":    {r.URL + "/send", "https://sms.example{id|url}"},
		"no place for the number":   {"{digits|json}", `"1"`},
		"a place that is none":      {"{digits|json}", "{number|json}"},
		"a value as it is":          {"{digits|json}", "{digits}"},
		"a brace that is not meant": {"'{{", "'{"},
		"text in a header":          {"Bearer {secret}", "Bearer {text}"},
		"nothing is accepted":       {"accepted: { status: [200], at: /status, is: [ok, queued] }", "accepted: {}"},
		"a place without values":    {", is: [bad_number]", ""},
		"another method":            {"secret: secret", "secret: secret\nmethod: DELETE"},
		"a secret that is away":     {"secret: secret", "secret: none"},
		"it waits for ever":         {"within: 2s", "within: 2h"},
		"it asks another host":      {"within: 2s", "within: 2s\nstate: { url: \"https://other.example/x\", delivered: { status: [200] } }"},
	} {
		text := strings.Replace(good, change[0], change[1], 1)
		if text == good {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, err := notice.ReadGateway(text, dir); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNoValueEndsWhatItStandsIn(t *testing.T) {
	t.Parallel()
	evil := "\", \"admin\": true, \"x\": \"{secret}&to=1\r\nX: y"
	filled, err := notice.Fill(`{{"text": {text|json}}}`, map[string]string{"text": evil})
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]string
	if err := json.Unmarshal([]byte(filled), &m); err != nil || len(m) != 1 || m["text"] != evil {
		t.Errorf("%s: %v", filled, err)
	}
	filled, err = notice.Fill("text={text|url}&to={to|url}", map[string]string{"text": evil, "to": "+998"})
	if err != nil || strings.ContainsAny(filled, "\r\n\"{") || strings.Count(filled, "&") != 1 || strings.Count(filled, "=") != 2 {
		t.Errorf("%s: %v", filled, err)
	}
}

func FuzzAnswerOfAGateway(f *testing.F) {
	f.Add(`{"a":[{"b":"c"}]}`, "/a/0/b")
	f.Add(`[1,2]`, "/9")
	f.Add(`{"a/b":1}`, "/a~1b")
	f.Fuzz(func(t *testing.T, body, at string) {
		var v any
		if json.Unmarshal([]byte(body), &v) != nil {
			return
		}
		_ = notice.TextAt(v, at) // never panics
	})
}
