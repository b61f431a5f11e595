package portal_test

import (
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/docket"
	"nazorat/internal/lawload"
	"nazorat/internal/portal"
	"nazorat/laws"
)

// matter is a case with two victims and a suspect, each with a telephone in the file.
type matter struct {
	o                       *office
	id, number              string
	victim, other, suspect  *citizen
	victimNo, otherNo, susp int32
}

const (
	theSuspect = "Tursunov Botir"
	theOther   = "Nazarova Odina"
)

func (o *office) do(t *testing.T, id, act string, thing int32, form map[string]string) *docket.Receipt {
	t.Helper()
	who := access.Actor{Officer: investigator, Role: "investigator", Office: "iib-1", Mandate: investigator + "-m", Present: access.Always}
	c := docket.Command{Proceeding: id, Act: act, Thing: thing, Form: form, Actor: who}
	if id == "" {
		c.Law = "uz/criminal"
	}
	r, err := o.Docket.Act(t.Context(), c)
	if err != nil {
		t.Fatalf("%s: %v", act, err)
	}
	return r
}

func (o *office) matter(t *testing.T) *matter {
	t.Helper()
	m := &matter{o: o, victim: o.somebody(t), other: o.somebody(t), suspect: o.somebody(t)}
	r := o.do(t, "", "register_report", 0, map[string]string{"source": "direct", "summary": "A robbery at the kiosk", "assign_to": investigator})
	m.id, m.number = r.Proceeding, r.Number
	o.do(t, m.id, "open_investigation", 0, map[string]string{"crime_article": "CC 164"})
	m.victimNo, m.otherNo, m.susp = 1, 2, 3
	o.do(t, m.id, "add_victim", 0, map[string]string{"name": "Aliyeva Dilnoza"})
	o.do(t, m.id, "add_victim", 0, map[string]string{"name": theOther})
	o.do(t, m.id, "add_suspect", 0, map[string]string{"name": theSuspect})
	for no, telephone := range map[int32]string{m.victimNo: m.victim.number[:4] + " " + m.victim.number[4:], m.otherNo: "8 (" + m.other.number[4:6] + ") " + m.other.number[6:], m.susp: m.suspect.number} {
		o.do(t, m.id, "enter_details", no, map[string]string{"telephone": telephone})
	}
	o.do(t, m.id, "claim_loss", 0, map[string]string{"victim": "1", "amount": "1500"})
	o.do(t, m.id, "claim_loss", 0, map[string]string{"victim": "2", "amount": "7777"})
	return m
}

// asks for a code.
func (c *citizen) asks(number, at string) answer {
	c.t.Helper()
	return c.post("/your-case", url.Values{"number": {number}, "by": {"sms"}, "address.sms": {at}})
}

func (o *office) answers(t *testing.T) {
	t.Helper()
	if err := o.Portal.AnswerSome(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.deliver(t)
}

// visitCodes that came to a number.
func (g *gateway) visitCodes(to string) (out []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, m := range g.taken {
		if code := regexp.MustCompile(`\b\d{8}\b`).FindString(m.Text); code != "" && m.To == strings.TrimPrefix(to, "+") {
			out = append(out, code)
		}
	}
	return out
}

// visits the case that is about him.
func (m *matter) visits(t *testing.T, c *citizen) {
	t.Helper()
	if a := c.asks(m.number, strings.TrimPrefix(c.number, "+998")); a.status != http.StatusSeeOther || a.to != "/your-case/code" {
		t.Fatalf("%d %q %v", a.status, a.to, wrongs(a.body))
	}
	m.o.answers(t)
	codes := m.o.gateway.visitCodes(c.number)
	if len(codes) == 0 {
		t.Fatal("no code came")
	}
	code := codes[len(codes)-1]
	if a := c.post("/your-case/code", url.Values{"code": {code[:4] + " " + code[4:]}}); a.status != http.StatusSeeOther || a.to != "/your-case/told" {
		t.Fatalf("%d %q %v", a.status, a.to, wrongs(a.body))
	}
}

const looks = `SELECT count(*) FROM look WHERE proceeding = $1 AND officer = '' AND role = 'victim_online' AND thing = $2 AND kind = 'view'`

func aVictim(t *testing.T, o *office) {
	m := o.matter(t)
	c := m.victim
	m.visits(t, c)
	page := c.get("/your-case/told")
	if page.status != http.StatusOK {
		t.Fatal(page.status)
	}
	for _, want := range []string{m.number, "A criminal case was opened", "Open a case: preliminary investigation", "1,500.00", "You have asked for nothing here"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("he is not told %q", want)
		}
	}
	for _, hidden := range []string{theSuspect, theOther, "7,777.00", "kiosk", "Anvar", "CC 164"} {
		if strings.Contains(html.UnescapeString(page.body), hidden) {
			t.Errorf("he is told %q", hidden)
		}
	}
	if n := o.count(t, looks, m.id, m.victimNo); n != 1 {
		t.Errorf("%d looks are recorded as his", n)
	}
	// The demonstration tells everybody of the first case that reaches its victim.
	if v, err := o.Portal.Visitor(t.Context(), []string{"1726-2026-999999", m.number}); err != nil || v == nil || v.Number != m.number || v.Address != m.victim.number && v.Address != m.other.number {
		t.Errorf("%+v %v", v, err)
	}
	if v, err := o.Portal.Visitor(t.Context(), []string{"1726-2026-999999"}); err != nil || v != nil {
		t.Errorf("%+v %v", v, err)
	}
	// He asks for something, once, however often it is sent; and it is answered.
	submission := regexp.MustCompile(`name="submission" value="([^"]+)"`).FindStringSubmatch(page.body)
	if submission == nil {
		t.Fatal("there is no form")
	}
	form := url.Values{"what": {"Value the car anew"}, "submission": {submission[1]}, "who": {"2"}}
	for range 2 {
		if a := c.post("/your-case/told", form); a.status != http.StatusSeeOther || a.to != "/your-case/told" {
			t.Fatalf("%d %q %v", a.status, a.to, wrongs(a.body))
		}
	}
	if n := o.count(t, `SELECT count(*) FROM entry WHERE proceeding = $1 AND act = 'file_petition' AND role = 'victim_online' AND officer = ''`, m.id); n != 1 {
		t.Errorf("%d petitions were filed", n)
	}
	page = c.get("/your-case/told")
	for _, want := range []string{"Value the car anew", "Filed", "Answer the petition"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("what he asked for does not stand there: no %q", want)
		}
	}
	if a := c.post("/your-case/told", url.Values{"what": {" "}}); a.status != http.StatusUnprocessableEntity || !slices.Contains(wrongs(a.body), "what") {
		t.Errorf("nothing asked for: %d %v", a.status, wrongs(a.body))
	}
	if a := c.post("/your-case/told", url.Values{"what": {strings.Repeat("я", 2001)}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, strings.Repeat("я", 2001)) {
		t.Errorf("more than anybody asks: %d", a.status)
	}
	// Another victim sees nothing of it, nor the petition that an officer entered for the first on paper without saying whose it is.
	o.do(t, m.id, "file_petition", 0, map[string]string{"whose": "victim", "what": "On paper"})
	m.visits(t, m.other)
	if page := m.other.get("/your-case/told").body; strings.Contains(page, "Value the car") || strings.Contains(page, "On paper") || strings.Contains(page, "1,500.00") || !strings.Contains(page, "7,777.00") {
		t.Error("another victim is told what is not his")
	}
	petition := int32(o.count(t, `SELECT thing FROM deadline WHERE proceeding = $1 AND term = 'answer_petition' ORDER BY no LIMIT 1`, m.id))
	o.do(t, m.id, "grant_petition", petition, map[string]string{"answer": "An expert comes on Friday"})
	if page := c.get("/your-case/told").body; !strings.Contains(page, "An expert comes on Friday") || !strings.Contains(page, "Granted") {
		t.Error("the answer does not stand there")
	}
	// So much may wait, and no more.
	for i := range 5 {
		if a := c.post("/your-case/told", url.Values{"what": {"Once more " + strconv.Itoa(i)}, "submission": {strconv.Itoa(i)}}); a.status != http.StatusSeeOther {
			t.Fatalf("%d %v", a.status, wrongs(a.body))
		}
	}
	if a := c.post("/your-case/told", url.Values{"what": {"And more"}, "submission": {"more"}}); a.status != http.StatusUnprocessableEntity || strings.Contains(a.body, `id="ask-form"`) {
		t.Errorf("a sixth petition that waits: %d", a.status)
	}
	// Where the case reaches him no more he is told no more.
	o.do(t, m.id, "enter_details", m.victimNo, map[string]string{"telephone": "+998 71 000 00 00"})
	was := o.count(t, looks, m.id, m.victimNo)
	if a := c.get("/your-case/told"); a.status != http.StatusSeeOther || a.to != "/your-case" || o.count(t, looks, m.id, m.victimNo) != was {
		t.Errorf("his telephone is another's now: %d", a.status)
	}
}

// plainly is a page without what was typed and the tokens of its forms.
func plainly(a answer, typed ...string) string {
	out := regexp.MustCompile(`value="[A-Za-z0-9_-]{20,}"`).ReplaceAllString(a.body, "")
	for _, x := range typed {
		out = strings.ReplaceAll(out, html.EscapeString(x), "")
	}
	return out
}

func strangers(t *testing.T, o *office) {
	m := o.matter(t)
	anybody := o.somebody(t)
	// What the request does is the same for a case that is there and for none; who it is about is looked for afterwards.
	steps := func(c *citizen, number, at string) (out []string) {
		var mu sync.Mutex
		stop := dbtest.Interpose(t, o.DB, func(s dbtest.Step) error {
			mu.Lock()
			out = append(out, fmt.Sprint(s.What, s.Text))
			mu.Unlock()
			return s.Do()
		})
		defer stop()
		if a := c.asks(number, at); a.status != http.StatusSeeOther {
			t.Error(a.status)
		}
		return out
	}
	other, first := o.somebody(t), o.somebody(t)
	first.asks(m.number, first.number) // texts are prepared once
	if a, b := steps(other, m.number, m.other.number), steps(o.somebody(t), "1726-2026-999999", anybody.number); len(a) == 0 || !slices.Equal(a, b) {
		t.Errorf("what is done tells whether there is such a case:\n%s\n---\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
	real, code := m.victim.asks(m.number, m.victim.number), ""
	o.answers(t)
	if codes := o.gateway.visitCodes(m.victim.number); len(codes) == 1 {
		code = codes[0]
	} else {
		t.Fatal("no code came")
	}
	told := plainly(m.victim.get("/your-case/code"), m.victim.number)
	sent := o.count(t, `SELECT count(*) FROM message`)
	for _, x := range []struct{ name, number, at string }{
		{"no such case", "1726-2026-999999", anybody.number},
		{"no number at all", "' OR 1=1 --", anybody.number},
		{"a case of others", m.number, anybody.number},
		{"the suspect", m.number, m.suspect.number},
	} {
		c := o.somebody(t)
		if a := c.asks(x.number, x.at); a.status != real.status || a.to != real.to || len(c.jar["visit"]) != len(m.victim.jar["visit"]) {
			t.Errorf("%s: %d %q", x.name, a.status, a.to)
		}
		o.answers(t)
		if got := plainly(c.get("/your-case/code"), x.at); got != told {
			t.Errorf("%s: the page is another", x.name)
		}
		for i := range portal.MostTries + 1 {
			a := c.post("/your-case/code", url.Values{"code": {code}})
			if over := strings.Contains(a.body, "does not hold any more"); a.status != http.StatusUnprocessableEntity || over != (i == portal.MostTries) {
				t.Errorf("%s: try %d: %d", x.name, i, a.status)
			}
		}
		if a := c.get("/your-case/told"); a.to != "/your-case" {
			t.Errorf("%s: %d %q", x.name, a.status, a.to)
		}
	}
	if n := o.count(t, `SELECT count(*) FROM message`); n != sent {
		t.Errorf("%d codes were sent", n-sent)
	}
	// The one whom it is about is answered in the same words when he types a wrong one.
	for i := range portal.MostTries + 1 {
		a := m.victim.post("/your-case/code", url.Values{"code": {"00000000"}})
		if over := strings.Contains(a.body, "does not hold any more"); a.status != http.StatusUnprocessableEntity || over != (i == portal.MostTries) {
			t.Errorf("try %d: %d", i, a.status)
		}
	}
	o.do(t, m.id, "close_case", 0, map[string]string{"secrecy_ground": "minor"})
	m.visits(t, m.other) // a closed case tells its victim
	if page := m.other.get("/your-case/told"); page.status != http.StatusOK {
		t.Errorf("a closed case: %d", page.status)
	}
	o.change(t, `UPDATE proceeding SET secrecy = 'secret' WHERE id = '`+m.id+`'`) // as two officers who are admitted make it
	defer o.change(t, `UPDATE proceeding SET secrecy = 'closed' WHERE id = '`+m.id+`'`)
	if a := m.other.get("/your-case/told"); a.to != "/your-case" {
		t.Errorf("a secret case: %d %q", a.status, a.to)
	}
	sent = o.count(t, `SELECT count(*) FROM message`)
	c := o.somebody(t)
	c.asks(m.number, m.other.number)
	o.answers(t)
	if n := o.count(t, `SELECT count(*) FROM message`); n != sent {
		t.Error("a code was sent for a secret case")
	}
}

func visitsEnd(t *testing.T, o *office) {
	m := o.matter(t)
	c := m.victim
	for _, x := range []struct {
		form  url.Values
		wrong string
	}{
		{url.Values{"number": {""}, "by": {"sms"}, "address.sms": {c.number}}, "number"},
		{url.Values{"number": {strings.Repeat("1", 101)}, "by": {"sms"}, "address.sms": {c.number}}, "number"},
		{url.Values{"number": {m.number}, "by": {"sms"}, "address.sms": {"12"}}, "address.sms"},
	} {
		if a := c.post("/your-case", x.form); a.status != http.StatusUnprocessableEntity || !slices.Contains(wrongs(a.body), x.wrong) {
			t.Errorf("%v: %d %v", x.form, a.status, wrongs(a.body))
		}
	}
	// Of one address so many codes are sent in an hour, whoever asks for them, and nobody is told.
	spellings := []string{c.number, c.number[1:], "8 " + c.number[4:], c.number[4:]}
	for i := range portal.PerAddress + 2 {
		if a := o.somebody(t).asks(m.number, spellings[i%len(spellings)]); a.status != http.StatusSeeOther {
			t.Fatal(a.status)
		}
		o.answers(t)
	}
	if n := len(o.gateway.visitCodes(c.number)); n != portal.PerAddress {
		t.Errorf("%d codes were sent", n)
	}
	o.pass(calendar.Hour + calendar.Minute)
	// A code is over after a quarter of an hour.
	c.asks(m.number, c.number)
	o.answers(t)
	codes := o.gateway.visitCodes(c.number)
	if a := c.get("/your-case/told"); a.to != "/your-case" {
		t.Error("he is told of it before he entered the code")
	}
	c.asks(m.number, c.number)
	o.pass(16 * calendar.Minute)
	o.answers(t)
	if n := len(o.gateway.visitCodes(c.number)); n != len(codes) {
		t.Error("a code was sent that is over")
	}
	if a := c.get("/your-case/code"); a.to != "/your-case" {
		t.Errorf("%d %q", a.status, a.to)
	}
	// What the browser kept while it waited for the code opens nothing afterwards; the visit ends when its time is over, or he leaves.
	c.asks(m.number, c.number)
	o.answers(t)
	before := maps.Clone(c.jar)
	codes = o.gateway.visitCodes(c.number)
	if a := c.post("/your-case/code", url.Values{"code": {codes[len(codes)-1]}}); a.to != "/your-case/told" {
		t.Fatal(a.status)
	}
	thief := &citizen{t, o.pages, o.somebody(t).machine, "", before}
	if a := thief.get("/your-case/told"); a.to != "/your-case" {
		t.Errorf("by what was kept before: %d", a.status)
	}
	if n := o.count(t, `SELECT count(*) FROM told_visit WHERE key IN ($1, $2) OR code = $3`, c.jar["visit"], before["visit"], codes[len(codes)-1]); n != 0 {
		t.Error("what opens it can be read from the table")
	}
	stolen := maps.Clone(c.jar)
	if a := c.post("/your-case/leave", nil); a.to != "/your-case" || c.jar["visit"] != "" {
		t.Errorf("%d %v", a.status, c.jar)
	}
	thief.jar = stolen
	if a := thief.get("/your-case/told"); a.to != "/your-case" {
		t.Error("the visit goes on after he left")
	}
	m.visits(t, c)
	o.pass(19 * calendar.Minute)
	if a := c.get("/your-case/told"); a.status != http.StatusOK {
		t.Error(a.status)
	}
	o.pass(2 * calendar.Minute)
	if a := c.get("/your-case/told"); a.to != "/your-case" {
		t.Error("the visit does not end")
	}
	if err := o.Portal.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := o.count(t, `SELECT count(*) FROM told_visit WHERE number = $1`, m.number); n != 0 {
		t.Errorf("%d visits are kept that are over", n)
	}
}

// What would tell of others does not load, and neither does what is misspelt.
func TestAFileThatWouldTellOfOthersIsRefused(t *testing.T) {
	t.Parallel()
	law, _, err := lawload.Load(laws.FS, "uz/criminal")
	if err != nil {
		t.Fatal(err)
	}
	good, err := laws.FS.ReadFile("uz/criminal/told.yaml")
	if err != nil {
		t.Fatal(err)
	}
	read := func(text string) error {
		return portal.ReadTellings(fstest.MapFS{"uz/criminal/told.yaml": {Data: []byte(text)}}, law)
	}
	if err := read(string(good)); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ old, now, says string }{
		{"  - refuse\n", "  - refuses\n", "refuse"},
		{"  - refuse\n", "  - give_instructions\n", "is of a class"},
		{"  - refuse\n", "  - add_suspect\n", "another's"},
		{"  - refuse\n", "  - grant_petition\n", "something else"},
		{"article: CPC 55", "article: XYZ 55", "article"},
		{"while: [victim]", "while: [victims]", "victims"},
		{"sms: telephone", "sms: telephon", "telephon"},
		{"sms: telephone", "pigeon: telephone", "pigeon"},
		{"kind: person", "kind: warrant", "belongs to the proceeding"},
		{"terms: [decide_on_report", "terms: [decide_on_reports", "decide_on_reports"},
		{"of: victim, while", "of: episode, while", "whose"},
		{"shows: [claimed", "shows: [claims", "claims"},
		{"act: file_petition", "act: file_complaint", "victim_online"},
		{"most: 5", "most: many", "number"},
	} {
		text := strings.Replace(string(good), x.old, x.now, 1)
		if text == string(good) {
			t.Fatalf("%q does not stand in the file", x.old)
		}
		if err := read(text); err == nil || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%q: %v", x.now, err)
		}
	}
}
