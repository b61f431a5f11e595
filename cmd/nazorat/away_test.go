package main

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"nazorat/internal/db/dbtest"
)

// What somebody types, and nobody else may read: none of it is ever in the log.
var personal = map[string]string{
	"a name": "Gulnora Maʼrufova", "a matter": "stole the green bicycle", "a place": "Navoiy koʻchasi 17", "a search": "qidirilayotgan", "a login": "j.nazarov",
}

// asked is what a page answers.
type asked struct {
	status int
	to     string // where it leads
	again  string // its Retry-After
	body   string
	took   time.Duration
}

func ask(t *testing.T, c *http.Client, method, at string, form url.Values) asked {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, at, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Language", "en")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin") // as a browser says of a form of ours
	}
	start := time.Now()
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return asked{res.StatusCode, res.Header.Get("Location"), res.Header.Get("Retry-After"), string(body), time.Since(start)}
}

// until asks again and again until the answer is as wanted.
func until(t *testing.T, within time.Duration, c *http.Client, at string, status int) asked {
	t.Helper()
	for deadline := time.Now().Add(within); ; {
		a := ask(t, c, http.MethodGet, at, nil)
		if a.status == status {
			return a
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: status %d after %s, want %d\n%.500s", at, a.status, within, status, a.body)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestWhatIsTypedIsKeptWhileTheDatabaseIsAwayAndTheOfficeGoesOnByItself(t *testing.T) {
	t.Parallel()
	server := dbtest.Private(t)
	s := initOffice(t, server.Database(t, "office"))
	s.serve("--verbose", "--log-format", "text")
	c := s.signedIn("d.ergashev")
	ask(t, c, http.MethodPost, s.url+"/sign-in", url.Values{"login": {personal["a login"]}, "password": {"not the password"}})
	form := func(submission string) url.Values {
		return url.Values{"submission": {submission}, "f.source": {"statement"}, "f.applicant": {personal["a name"]},
			"f.summary": {personal["a matter"] + ", " + personal["a place"]}, "f.assign_to": {"s.rahimov"}, "shown": {"yes"}}
	}
	open := s.url + "/open/register_report?law=uz%2Fcriminal"
	first := ask(t, c, http.MethodPost, open, form("submission-0000001"))
	if first.status != http.StatusSeeOther {
		t.Fatalf("before anything happens: %d\n%s", first.status, first.body)
	}
	proceeding, _, _ := strings.Cut(first.to, "?")
	pages := []string{"/", proceeding, "/offices/ia-chilonzor", "/find?q=" + url.QueryEscape(personal["a search"])}

	for _, fault := range []struct {
		name       string
		away, back func(testing.TB)
	}{{"killed", server.Kill, server.Start}, {"standing still", server.Pause, server.Resume}} {
		fault.away(t)
		until(t, 15*time.Second, c, s.figures+"/readyz", http.StatusServiceUnavailable)
		for deadline := time.Now().Add(15 * time.Second); ; {
			a := ask(t, c, http.MethodGet, s.figures+"/readyz", nil)
			if strings.Contains(a.body, `{"name":"database","ok":false,"wrong":"cannot be reached"}`) {
				break
			}
			if time.Now().After(deadline) { // before it is known that nobody answers, no answer came in time
				t.Fatalf("%s: readiness says %s", fault.name, a.body)
			}
			time.Sleep(50 * time.Millisecond)
		}
		if a := ask(t, c, http.MethodGet, s.figures+"/healthz", nil); a.status != http.StatusOK {
			t.Errorf("%s: alive: %d", fault.name, a.status)
		}
		for _, page := range pages {
			a := ask(t, c, http.MethodGet, s.url+page, nil)
			if a.status != http.StatusServiceUnavailable || a.again == "" || !strings.Contains(a.body, "Not possible at the moment") || strings.Contains(a.body, "our mistake") {
				t.Errorf("%s: %s answers %d\n%.1000s", fault.name, page, a.status, a.body)
			}
			if a.took > 5*time.Second {
				t.Errorf("%s: %s answers after %s", fault.name, page, a.took)
			}
		}
		submission := "submission-" + strings.ReplaceAll(fault.name, " ", "-")
		a := ask(t, c, http.MethodPost, open, form(submission))
		if a.status != http.StatusServiceUnavailable || a.took > 5*time.Second {
			t.Errorf("%s: a form is answered %d after %s", fault.name, a.status, a.took)
		}
		for _, kept := range []string{personal["a name"], personal["a matter"], personal["a place"], submission, "Nothing that you sent is lost", `action="/open/register_report?law=uz%2Fcriminal"`} {
			if !strings.Contains(a.body, kept) {
				t.Errorf("%s: the page that keeps a form lacks %s", fault.name, kept)
			}
		}
		// Nobody has to do anything: it is back, and the same form, sent again by the same session, is done.
		fault.back(t)
		until(t, 30*time.Second, c, s.figures+"/readyz", http.StatusOK)
		until(t, 15*time.Second, c, s.url+proceeding, http.StatusOK)
		for range 2 { // the second time by a finger that slipped
			if a := ask(t, c, http.MethodPost, open, form(submission)); a.status != http.StatusSeeOther {
				t.Errorf("%s: sent again it is answered %d\n%.1000s", fault.name, a.status, a.body)
			}
		}
	}

	// The duties that were lost while the database was away are taken up again.
	for deadline := time.Now().Add(30 * time.Second); !s.holdsAll(c); {
		if time.Now().After(deadline) {
			t.Fatal("nobody has one of the duties")
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	log, err := s.wait()
	if err != nil {
		t.Errorf("it ended with %v", err)
	}
	stored := s.stored()
	if len(stored) != 3 {
		t.Errorf("in the journal: %v", stored)
	}
	if !strings.Contains(log, "level=DEBUG msg=request") || !strings.Contains(log, "level=ERROR") {
		t.Errorf("the log does not tell of requests or of what went wrong:\n%.3000s", log)
	}
	texts := []string{"not the password", s.passwords["d.ergashev"], "d.ergashev", "Dilshod", "Ergashev", proceeding, strings.TrimPrefix(proceeding, "/proceedings/")}
	for _, text := range personal {
		texts = append(texts, text)
		texts = append(texts, strings.Fields(text)...)
	}
	texts = slices.DeleteFunc(texts, func(s string) bool { return s == "the" || s == "17" })
	for _, text := range texts {
		for line := range strings.Lines(log) {
			if strings.Contains(strings.ToLower(line), strings.ToLower(text)) || strings.Contains(line, url.QueryEscape(text)) {
				t.Errorf("the log has %q: %s", text, line)
			}
		}
	}
}
