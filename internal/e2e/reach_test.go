package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"nazorat/internal/signin"
)

// officer is signed in as any officer of a role in an office, also one whom the sign-in page does not offer.
func (o *office) officer(t *testing.T, role, office string) *client {
	t.Helper()
	var officer string
	if err := o.DB.QueryRow(t.Context(), `SELECT officer FROM mandate WHERE role = $1 AND office = $2 ORDER BY officer LIMIT 1`, role, office).Scan(&officer); err != nil {
		t.Fatalf("no %s in %s: %v", role, office, err)
	}
	token, err := o.SignIn.Begin(t.Context(), officer, signin.ByChoice, "", o.Docket.Now())
	if err != nil {
		t.Fatal(err)
	}
	c := o.client(t)
	at, err := url.Parse(o.url)
	if err != nil {
		t.Fatal(err)
	}
	c.Jar.SetCookies(at, []*http.Cookie{{Name: "session", Value: token}})
	return c
}

// A region's prosecutor sees the case of a district, whose prosecutor has it: he is not offered what would be refused.
func TestActsBeyondTheMandateAreNotOffered(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	c := o.client(t).signIn(o.as(t, "duty_officer"))
	id, _, _ := strings.Cut(c.post(openReport, report(o, t, "AAAAAAAAAAAAAAAAAAAAAAAAAA")).header.Get("Location"), "?")
	tree := o.Directory.Tree()
	district := tree.Supervisor(o.as(t, "inquirer").Office)
	region := tree.Office(district).Parent
	above := o.officer(t, "prosecutor", region)
	above.get("/sign-in?lang=en")
	above.purpose(strings.TrimPrefix(id, "/proceedings/"), "oversight", "")
	a := above.get(id)
	if a.status != http.StatusOK {
		t.Fatalf("the region does not see it: %d", a.status)
	}
	if strings.Contains(a.body, `href="`+id+`/acts/extend_check"`) {
		t.Error("an act is offered that would be refused")
	}
	if a := above.get(id + "/acts/extend_check"); strings.Contains(a.body, `id="act"`) || !strings.Contains(a.body, "does not reach") {
		t.Error("the form of an act is offered that would be refused")
	}
	own := o.officer(t, "prosecutor", district)
	if a := own.get(id); !strings.Contains(a.body, `href="`+id+`/acts/extend_check"`) {
		t.Error("the district's own prosecutor is not offered it")
	}
}

// The form of a report, sent twice with other answers: nothing is lost and nothing is taken for done.
func TestReportSentAgainWithOtherAnswersKeepsThem(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	c := o.client(t).signIn(o.as(t, "duty_officer"))
	form := report(o, t, "AAAAAAAAAAAAAAAAAAAAAAAAAA")
	c.post(openReport, form)
	form.Set("f.summary", "A window was broken")
	a := c.post(openReport, form)
	if a.status != http.StatusConflict || !strings.Contains(a.body, "A window was broken") {
		t.Errorf("%d", a.status)
	}
	if n := entries(t, o); n != 1 {
		t.Errorf("%d acts were done", n)
	}
}

// Two suspects, and nobody chosen: the error stands beside the choice, and what was typed stays.
func TestActOnNothingChosenSaysSoBesideTheChoice(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	c := o.client(t).signIn(o.as(t, "duty_officer"))
	id, _, _ := strings.Cut(c.post(openReport, report(o, t, "AAAAAAAAAAAAAAAAAAAAAAAAAA")).header.Get("Location"), "?")
	inquirer := o.client(t).signIn(o.as(t, "inquirer"))
	for i, name := range []string{"B. Tursunov", "C. Aliyev"} {
		form := url.Values{"f.name": {name}, "version": {string(rune('1' + i))}, "submission": {strings.Repeat(string(rune('B'+i)), 26)}}
		if a := inquirer.post(id+"/acts/add_suspect", form); a.status != http.StatusSeeOther {
			t.Fatalf("%s: %d", name, a.status)
		}
	}
	a := inquirer.post(id+"/acts/detain", url.Values{"f.place": {"Post 4"}, "f.detained_at": {"2026-01-01T10:00"}, "thing": {""}, "version": {"3"}, "submission": {strings.Repeat("D", 26)}})
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="thing-error"`) || !strings.Contains(a.body, "Post 4") {
		t.Errorf("%d", a.status)
	}
	a = inquirer.post(id+"/acts/detain", url.Values{"thing": {"1"}, "done": {"1970-01-01T05:00"}, "version": {"3"}, "submission": {strings.Repeat("E", 26)}})
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="done-error"`) {
		t.Errorf("a moment that would mean now: %d", a.status)
	}
}
