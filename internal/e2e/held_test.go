package e2e

import (
	"os"
	"strings"
	"testing"
	"time"

	"nazorat/internal/browsertest"
	"nazorat/internal/db"
)

// Who is held stands on one page with until when, what must be done before, and the acts that end it; on record, he is off it.
func TestWhoIsHeldIsOnOnePageUntilHeIsFree(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	o := serve(t, 120)
	id, do := bigCase(t, o, 0)
	at := time.Now().Add(-time.Hour).In(o.Docket.Zone().Location()).Format("2006-01-02T15:04")
	do("inquirer", "detain", 1, map[string]string{"detained_at": at, "delivered_at": at, "place": "in the yard behind the shop"})
	for _, size := range []struct {
		name, lang, role string
		width, height    int
	}{{"desk", "uz", "inquirer", 1366, 768}, {"phone", "ru", "prosecutor", 390, 844}, {"general", "en", "prosecutor_general", 1366, 768}} {
		p := b.Page(t, size.width, size.height)
		p.Goto(o.url + "/sign-in?lang=" + size.lang)
		signIn(p, o, o.as(t, size.role))
		p.Goto(o.url + "/board")
		p.Follow("main a[href$='/held']")
		p.Axe(t)
		if n := p.Count("#held tbody tr"); n < 1 {
			t.Errorf("%s sees nobody", size.role)
		}
		if dir := os.Getenv("NAZORAT_PICTURES"); dir != "" {
			p.Screenshot(dir + "/held-" + size.name + ".png")
		}
	}
	p := b.Page(t, 1366, 768)
	p.Goto(o.url + "/sign-in?lang=en")
	signIn(p, o, o.as(t, "inquirer"))
	p.Goto(o.url + "/held")
	row := "#held tbody tr:has(a[href='/proceedings/" + id + "'])"
	contains(t, p, row, "Tursunov Bekzod")
	contains(t, p, row, o.term("detention"))
	// What he was told of it he acknowledges there; that is on record, and he who is held stays on the page.
	who := o.as(t, "inquirer")
	if err := o.DB.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO notice (proceeding, source, officer, role, office, mandate, kind, urgent, at, made, law, seq, act, actor, no, term, starter, thing, due, step, email, sms)
SELECT proceeding, 'd/ends', $2, $3, $4, $5, 'due', 2, 1, 1, law, 0, '', '', no, term, '', thing, due, 0, '', '' FROM deadline WHERE proceeding = $1 AND term = 'detention'`, id, who.Officer, who.Role, who.Office, who.Mandate)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	p.Goto(o.url + "/held")
	p.Axe(t)
	if dir := os.Getenv("NAZORAT_PICTURES"); dir != "" {
		p.Screenshot(dir + "/held-told.png")
	}
	p.Follow(row + " form button")
	if !strings.HasSuffix(p.URL(), "/held") || p.Count(row) != 1 || p.Count(row+" form") != 0 {
		t.Errorf("after it was acknowledged: %s, %d rows, %d buttons", p.URL(), p.Count(row), p.Count(row+" form"))
	}
	var noted int64
	if err := o.DB.QueryRow(t.Context(), `SELECT noted FROM notice WHERE proceeding = $1 AND source = 'd/ends'`, id).Scan(&noted); err != nil || noted == 0 {
		t.Errorf("that it was acknowledged is not on record: %v", err)
	}
	p.Follow(row + " a[href*='/acts/release?']")
	choose(p, "ground", "not_confirmed")
	submit(p)
	if !strings.Contains(p.URL(), "/held?done=") {
		t.Errorf("the form led to %s: %s", p.URL(), p.Text("main"))
	}
	contains(t, p, ".nz-notice", "Done")
	if p.Count(row) != 0 {
		t.Error("whoever was set free is still said to be held")
	}
}
