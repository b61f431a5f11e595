package e2e

import (
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"nazorat/internal/app"
	"nazorat/internal/notice"
)

// textsCitizens serves the office once more, as one that sends SMS: they wait in its outbox, for nothing takes them out.
func (o *office) textsCitizens(t *testing.T) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "gateway.yaml")
	if err := os.WriteFile(file, []byte("url: http://127.0.0.1:9/send\nbody: '{to|json} {text|json}'\nanswer: { accepted: { status: [200], at: /status, is: [ok] } }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	g, err := notice.OpenGateway(file)
	if err != nil {
		t.Fatal(err)
	}
	h, err := o.Handler(app.Pages{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Synthetic: true, Accounts: offered(o.accounts), Gateway: g})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
	})
	o.url = srv.URL
}

// reports is a citizen's step: he fills in the public page on his phone, and confirms by the code that is on its way to him.
func (s *story) reports(step step) {
	s.t.Helper()
	p := s.b.Page(s.t, 390, 844)
	s.pages[aCitizen] = p
	p.Goto(s.o.url + "/sign-in?lang=" + manners[aCitizen].lang)
	p.Follow("footer a[href='/report']")
	for _, f := range step.form {
		if f[0] == "reply_to" {
			p.Fill("[name='address.sms']", f[1])
			continue
		}
		p.Fill("[name='f."+f[0]+"']", f[1])
	}
	s.picture(p, step)
	p.Follow("#submit")
	s.report = p.URL()
	if n := s.o.count(s.t, `SELECT count(*) FROM entry`); n != 0 {
		s.t.Errorf("%d entries before it was confirmed", n)
	}
	p.Fill("[name=code]", s.o.codeOnItsWay(s.t))
	p.Follow("#code-form #submit")
	s.picture(p, step)
	if err := s.o.DB.QueryRow(s.t.Context(), `SELECT proceeding FROM online_report WHERE entered > 0`).Scan(&s.id); err != nil {
		s.t.Fatalf("%v\n%s", err, p.Text("main"))
	}
	s.hold(step)
	s.citizenIsTold("Roʻyxatga olinishi kutilmoqda")
}

// codeOnItsWay is the code in the outbox.
func (o *office) codeOnItsWay(t *testing.T) string {
	t.Helper()
	var text string
	if err := o.DB.QueryRow(t.Context(), `SELECT body FROM message WHERE state = 'waiting' AND officer = ''`).Scan(&text); err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`\d{6}`).FindString(text)
}

// citizenIsTold sees that the page of the report tells its citizen where the matter stands, in the law's words for the public, and nothing of the case.
func (s *story) citizenIsTold(want string) {
	s.t.Helper()
	if s.report == "" {
		return
	}
	p := s.pages[aCitizen]
	p.Goto(s.report)
	text := p.Text("main")
	if !strings.Contains(text, want) {
		s.t.Errorf("the citizen is not told %q: %s", want, text)
	}
	for _, secret := range []string{"Tursunov", "CC 16", "Colony"} {
		if strings.Contains(text, secret) {
			s.t.Errorf("the citizen is told of %s: %s", secret, text)
		}
	}
	p.Axe(s.t)
}
