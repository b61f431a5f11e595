package portal_test

import (
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"nazorat/internal/app"
	"nazorat/internal/calendar"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/notice"
	"nazorat/internal/portal"
)

// All that is said of one office, which is opened once for each database; between two the hour is over for which sendings are counted.
func TestCitizensReport(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		o := open(t, location)
		for _, x := range []struct {
			name string
			test func(*testing.T, *office)
		}{
			{"what is wrong is said beside its field, and what was typed stays", badInput},
			{"what is more than anybody writes is refused", sizes},
			{"one address gets so many codes, and the last of them holds", codesOfAnAddress},
			{"one machine sends so much", sendingsOfAMachine},
			{"a report without a name is kept apart", withoutAName},
			{"a gateway that is dead loses nothing", deadGateway},
			{"a code that is wrong, too old or tried too often does not hold", wrongCodes},
			{"a code is of one address", codeOfAnotherAddress},
			{"an address is the same whatever the case of its letters", caseOfAnAddress},
			{"an address that had enough of codes leaves none waiting elsewhere", nothingLeftWaiting},
			{"a crash between confirming and entering", crashes},
			{"confirmed by many at once", atOnce},
			{"what is not confirmed is forgotten", forgotten},
			{"a victim is told of his case, and asks for something", aVictim},
			{"whoever is no victim learns nothing, in no way", strangers},
			{"a code to look by is one of few, and a visit ends by itself", visitsEnd},
			{"where nothing can be sent no name is taken", noChannels},
		} {
			if !t.Run(x.name, func(t *testing.T) { x.test(t, o) }) {
				return
			}
			o.pass(2 * calendar.Hour)
		}
		if _, err := o.Replay.CheckAll(t.Context()); err != nil {
			t.Errorf("replayed: %v", err)
		}
	})
}

const (
	reports = `SELECT count(*) FROM online_report`
	entries = `SELECT count(*) FROM entry`
)

func badInput(t *testing.T, o *office) {
	c := o.somebody(t)
	for _, x := range []struct{ field, typed, wrong string }{
		{"f.applicant", "", "f.applicant"},
		{"f.summary", " \n ", "f.summary"},
		{"f.summary", strings.Repeat("я", 4001), "f.summary"},
		{"f.matter", "witchcraft", "f.matter"},
		{"f.happened_on", "2026-02-30", "f.happened_on"},
		{"f.happened_on", "2999-01-01", "f.happened_on"},
		{"f.happened_on", "yesterday", "f.happened_on"},
		{"f.happened_in", "99", "f.happened_in"},
		{"f.happened_in", "", "f.happened_in"},
		{"f.who_did_it", strings.Repeat("x", 2001), "f.who_did_it"},
		{"by", "pigeon", "by"},
		{"by", "email", "by"}, // this office has SMS alone
		{"address.sms", "12", "address.sms"},
		{"address.sms", "", "address.sms"},
		{"address.sms", "+998901234567\r\nBcc: all", "address.sms"},
	} {
		form := c.filled()
		form.Set(x.field, x.typed)
		a := c.post("/report", form)
		said := slices.Contains(wrongs(a.body), x.wrong) || x.wrong == "by" && strings.Contains(a.body, "Choose how we reach you")
		if a.status != http.StatusUnprocessableEntity || !said {
			t.Errorf("%s=%.20q: %d, wrong are %v", x.field, x.typed, a.status, wrongs(a.body))
		}
		for field, list := range form {
			if kept := html.UnescapeString(a.body); field != "by" && field != "f.happened_in" && field != "f.matter" && field != "f.happened_on" && !strings.Contains(kept, strings.TrimSpace(list[0])) {
				t.Errorf("%s=%.20q: what was typed into %s is gone", x.field, x.typed, field)
			}
		}
		for _, chosen := range []string{`value="theft" selected`, `value="` + place + `" selected`} {
			if x.field != "f.matter" && x.field != "f.happened_in" && !strings.Contains(a.body, chosen) {
				t.Errorf("%s: %s is not chosen any more", x.field, chosen)
			}
		}
	}
	form := c.filled()
	form.Set("f.summary", `<script>alert(1)</script>`)
	form.Set("address.sms", "x")
	if a := c.post("/report", form); strings.Contains(a.body, "<script>alert") || !strings.Contains(a.body, "&lt;script&gt;alert") {
		t.Error("what was typed stands in the page as it is")
	}
	o.change(t, `ALTER TABLE online_code RENAME TO online_code_gone`) // the database fails
	a := c.post("/report", c.filled())
	o.change(t, `ALTER TABLE online_code_gone RENAME TO online_code`)
	if a.status != http.StatusServiceUnavailable || !strings.Contains(a.body, "could not be saved") || !strings.Contains(a.body, "A red bicycle was stolen") {
		t.Errorf("%d", a.status)
	}
	if n := o.count(t, reports); n != 0 {
		t.Errorf("%d reports were kept", n)
	}
}

func sizes(t *testing.T, o *office) {
	c := o.somebody(t)
	form := c.filled()
	form.Set("f.summary", strings.Repeat("x", 2<<20))
	if a := c.post("/report", form); a.status != http.StatusUnprocessableEntity {
		t.Errorf("2 MiB: %d", a.status)
	}
	form = c.filled()
	form.Set("f.summary", strings.Repeat("я", 4000)) // as much as the law takes
	form.Set("f.nothing_of_the_law", strings.Repeat("x", 100_000))
	at := c.sends(form)
	if n := o.count(t, reports+` WHERE form LIKE '%nothing_of_the_law%'`); n != 0 {
		t.Error("a field of nobody's was kept")
	}
	if a := c.post(at+"/code", url.Values{"code": {strings.Repeat("1", 900_000)}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a code of 900 kB: %d", a.status)
	}
}

func codesOfAnAddress(t *testing.T, o *office) {
	c := o.somebody(t)
	at := c.sends(c.filled())
	again := url.Values{"address.sms": {c.number}}
	for range portal.PerAddress + 2 {
		if a := c.post(at+"/again", again); a.status != http.StatusSeeOther {
			t.Fatalf("%d %v", a.status, wrongs(a.body))
		}
		o.deliver(t)
	}
	codes := o.gateway.codes(c.number)
	if len(codes) != portal.PerAddress-1 { // the first was taken back before it left
		t.Fatalf("%d codes were sent", len(codes))
	}
	// From another machine it is no different, and what is answered tells nothing.
	other := o.somebody(t)
	form := other.filled()
	form.Set("address.sms", c.number)
	hidden := other.sends(form)
	o.deliver(t)
	if n := len(o.gateway.codes(c.number)); n != len(codes) {
		t.Errorf("%d codes were sent", n)
	}
	page := func(c *citizen, at string) string {
		return strings.ReplaceAll(strings.ReplaceAll(c.get(at).body, at, ""), "\n", "")
	}
	if a, b := page(c, at), page(other, hidden); len(a) != len(b) || strings.Count(a, "govuk-notification") != strings.Count(b, "govuk-notification") {
		t.Errorf("the pages differ: %d and %d characters", len(a), len(b))
	}
	for _, code := range codes {
		if _, wrong := other.confirms(hidden, code); len(wrong) == 0 {
			t.Error("a report was confirmed by a code of another")
		}
	}
	if a, wrong := c.confirms(at, codes[len(codes)-1]); a.status != http.StatusSeeOther {
		t.Errorf("the last code does not hold after further ones were asked for: %v", wrong)
	}
	o.pass(calendar.Hour)
	if a := other.post(hidden+"/again", again); a.status != http.StatusSeeOther {
		t.Fatal(a.status)
	}
	o.deliver(t)
	if n := len(o.gateway.codes(c.number)); n != len(codes)+1 {
		t.Errorf("after an hour: %d", n)
	}
}

func sendingsOfAMachine(t *testing.T, o *office) {
	c := o.somebody(t)
	form := c.filled()
	before := o.count(t, reports)
	for i := range portal.PerMachine {
		form.Set("address.sms", fmt.Sprintf("+99891%07d", i))
		c.sends(form)
	}
	a := c.post("/report", form)
	if a.status != http.StatusTooManyRequests || !strings.Contains(a.body, "A red bicycle was stolen") || !strings.Contains(a.body, "Too much was sent") {
		t.Errorf("%d", a.status)
	}
	form.Set("named", "no") // nor without a name
	if a := c.post("/report", form); a.status != http.StatusTooManyRequests {
		t.Errorf("without a name: %d", a.status)
	}
	if n := o.count(t, reports) - before; n != portal.PerMachine {
		t.Errorf("%d were kept", n)
	}
	other := o.somebody(t)
	other.sends(other.filled())
	o.pass(calendar.Hour + calendar.Minute)
	c.sends(c.filled())
}

func withoutAName(t *testing.T, o *office) {
	c := o.somebody(t)
	page := c.get("/report?named=no").body
	if !strings.Contains(page, "kept apart") || strings.Contains(page, `name="f.applicant"`) || strings.Contains(page, `name="address.sms"`) {
		t.Error("the form without a name asks for one, or does not say what follows")
	}
	messages := o.count(t, `SELECT count(*) FROM message`)
	form := c.filled() // with a name, and where he is reached
	form.Set("named", "no")
	at := c.sends(form)
	if page := c.get(at).body; !strings.Contains(page, "Your report was received") || !strings.Contains(page, "A message without a name is kept apart") {
		t.Error(page)
	}
	if n := o.count(t, `SELECT count(*) FROM message`); n != messages {
		t.Error("a code was sent")
	}
	if n := o.count(t, entries+` WHERE act = 'receive_anonymous' AND officer = ''`); n != 1 {
		t.Errorf("%d entries", n)
	}
	if n := o.count(t, `SELECT count(*) FROM proceeding WHERE root_state = 'anonymous' AND office = 'iib-1'`); n != 1 {
		t.Errorf("%d are kept apart", n)
	}
	if n := o.count(t, entries+` WHERE act = 'receive_anonymous' AND form LIKE '%Karimov%'`) + o.count(t, reports+` WHERE named = 0 AND (form <> '' OR address <> '')`); n != 0 {
		t.Error("the name that was typed all the same is kept")
	}
}

func deadGateway(t *testing.T, o *office) {
	c := o.somebody(t)
	o.gateway.die(true)
	at := c.sends(c.filled())
	o.deliver(t)
	page := c.get(at).body
	if !strings.Contains(page, "The code has not left yet") || !strings.Contains(page, "A red bicycle was stolen") {
		t.Error("it is not said that the code has not left")
	}
	// Asked again while it is dead, and once it lives: one code comes, and it is the one that holds.
	for range 2 {
		if a := c.post(at+"/again", url.Values{"address.sms": {c.number}}); a.status != http.StatusSeeOther {
			t.Fatal(a.status)
		}
	}
	o.deliver(t)
	o.gateway.die(false)
	o.pass(5 * calendar.Minute)
	o.deliver(t)
	codes := o.gateway.codes(c.number)
	if len(codes) != 1 {
		t.Fatalf("%d codes came", len(codes))
	}
	if a, wrong := c.confirms(at, codes[0]); a.status != http.StatusSeeOther {
		t.Errorf("%d %v", a.status, wrong)
	}
	// Dead for longer than a code holds: it is given up, the report stays, and another one is asked for.
	o.gateway.die(true)
	o.pass(calendar.Hour)
	at = c.sends(c.filled())
	for range 4 {
		o.deliver(t)
		o.pass(10 * calendar.Minute)
	}
	o.gateway.die(false)
	o.deliver(t)
	if n := len(o.gateway.codes(c.number)); n != 1 || o.count(t, `SELECT count(*) FROM message WHERE state = 'given_up' AND address = ''`) == 0 {
		t.Errorf("a code that holds no more was sent: %d", n)
	}
	if page := c.get(at).body; !strings.Contains(page, "The code has not left yet") || !strings.Contains(page, "A red bicycle was stolen") {
		t.Error("the report, or that its code was given up, is not shown")
	}
	c.post(at+"/again", url.Values{"address.sms": {c.number}})
	o.deliver(t)
	if codes = o.gateway.codes(c.number); len(codes) != 2 {
		t.Fatalf("%d codes", len(codes))
	}
	if a, wrong := c.confirms(at, codes[1]); a.status != http.StatusSeeOther {
		t.Errorf("%d %v", a.status, wrong)
	}
	if page := c.get(at).body; !strings.Contains(page, "Your report was received") {
		t.Error("it was not received")
	}
}

// code sends what is due, and gives the last code that came to a citizen.
func (o *office) code(t *testing.T, c *citizen) string {
	t.Helper()
	o.deliver(t)
	codes := o.gateway.codes(c.number)
	if len(codes) == 0 {
		t.Fatal("no code came")
	}
	return codes[len(codes)-1]
}

// another code than a right one.
func another(code string) string {
	if code[0] == '9' {
		return "0" + code[1:]
	}
	return string(code[0]+1) + code[1:]
}

func wrongCodes(t *testing.T, o *office) {
	c := o.somebody(t)
	at, was := c.sends(c.filled()), o.count(t, entries)
	code := o.code(t, c)
	for i := range portal.MostTries {
		if a, wrong := c.confirms(at, another(code)); a.status != http.StatusUnprocessableEntity || !slices.Equal(wrong, []string{"code"}) || !strings.Contains(a.body, `value="`+another(code)+`"`) {
			t.Errorf("try %d: %d %v", i+1, a.status, wrong)
		}
	}
	if a, _ := c.confirms(at, code); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "does not hold any more") {
		t.Errorf("the right one after %d wrong ones: %d", portal.MostTries, a.status)
	}
	for _, bad := range []string{"", "x", "١٢٣٤٥٦", strings.Repeat("9", 1000)} {
		if a, _ := c.confirms(at, bad); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%.10q: %d", bad, a.status)
		}
	}
	c.post(at+"/again", url.Values{"address.sms": {c.number}})
	code = o.code(t, c)
	o.pass(15*calendar.Minute + 1)
	if a, _ := c.confirms(at, code); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "does not hold any more") {
		t.Errorf("one that is too old: %d", a.status)
	}
	c.post(at+"/again", url.Values{"address.sms": {c.number}})
	code = o.code(t, c)
	o.pass(15 * calendar.Minute) // to the last moment
	if n := o.count(t, entries); n != was {
		t.Error("it was entered before it was confirmed")
	}
	if a, wrong := c.confirms(at, " "+code[:3]+" "+code[3:]); a.status != http.StatusSeeOther {
		t.Errorf("%d %v", a.status, wrong)
	}
	if n := o.count(t, entries); n != was+1 {
		t.Errorf("%d entries", n-was)
	}
	if a := c.get("/report/AAAAAAAAAAAAAAAAAAAAAAAAAA"); a.status != http.StatusNotFound {
		t.Errorf("a page of nobody's: %d", a.status)
	}
}

func codeOfAnotherAddress(t *testing.T, o *office) {
	c := o.somebody(t)
	at := c.sends(c.filled())
	first := o.code(t, c)
	if a := c.post(at+"/again", url.Values{"address.sms": {"nowhere"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `value="nowhere"`) {
		t.Errorf("an address that is none: %d", a.status)
	}
	right := o.somebody(t).number
	c.post(at+"/again", url.Values{"address.sms": {right}})
	o.deliver(t)
	if a, _ := c.confirms(at, first); a.status != http.StatusUnprocessableEntity {
		t.Errorf("the code of the former address: %d", a.status)
	}
	if a, wrong := c.confirms(at, o.gateway.codes(right)[0]); a.status != http.StatusSeeOther {
		t.Errorf("%d %v", a.status, wrong)
	}
	if n := o.count(t, `SELECT count(*) FROM proceeding WHERE state LIKE '%`+right+`%'`); n != 1 {
		t.Errorf("the address that was mended is not in the report: %d", n)
	}
}

// waits is the code of the one letter that waits to be sent to an address.
func (o *office) waits(t *testing.T, address string) string {
	t.Helper()
	var body string
	if err := o.DB.QueryRow(t.Context(), `SELECT body FROM message WHERE state = 'waiting' AND address = $1`, address).Scan(&body); err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	return regexp.MustCompile(`\d{6}`).FindString(body)
}

func caseOfAnAddress(t *testing.T, o *office) {
	mail, err := notice.NewMail("smtp://127.0.0.1:1", "office@example.uz", "")
	if err != nil {
		t.Fatal(err)
	}
	c := o.somebody(t)
	c.pages = o.serve(t, app.Pages{Mail: mail})
	defer func() { o.pages = o.serve(t, app.Pages{Gateway: o.gateway.described(t)}) }()
	typed := url.Values{"by": {"email"}, "address.email": {"nigora@example.uz"}}
	form := c.filled()
	maps.Copy(form, typed)
	at := c.sends(form)
	again := func() {
		t.Helper()
		if a := c.post(at+"/again", typed); a.status != http.StatusSeeOther {
			t.Fatalf("%d %v", a.status, wrongs(a.body))
		}
	}
	for range portal.PerAddress - 1 {
		again()
	}
	code := o.waits(t, "nigora@example.uz")
	typed.Set("address.email", "Nigora@Example.uz")
	again()
	if o.waits(t, "nigora@example.uz") != code {
		t.Error("the letter was changed")
	}
	if a, wrong := c.confirms(at, code); a.status != http.StatusSeeOther {
		t.Errorf("the last code that was sent does not hold after the address was typed with capitals: %d %v", a.status, wrong)
	}
}

func nothingLeftWaiting(t *testing.T, o *office) {
	full := o.somebody(t)
	for range portal.PerAddress {
		full.sends(full.filled())
	}
	o.deliver(t)
	c := o.somebody(t)
	at := c.sends(c.filled())
	o.waits(t, c.number)
	if a := c.post(at+"/again", url.Values{"address.sms": {full.number}}); a.status != http.StatusSeeOther {
		t.Fatalf("%d %v", a.status, wrongs(a.body))
	}
	if n := o.count(t, `SELECT count(*) FROM message WHERE state = 'waiting' AND address = $1`, c.number); n != 0 {
		t.Error("a code that holds no more still waits to be sent")
	}
}

func crashes(t *testing.T, o *office) {
	receive := func() {
		t.Helper()
		if err := o.Portal.ReceiveSome(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for name, does := range map[string]func(token, code string){
		"before it is entered": func(token, code string) {
			if err := o.Portal.TakeCode(t.Context(), token, code); err != nil {
				t.Fatal(err)
			}
		},
		"after it was entered, before that is noted": func(token, code string) {
			if err := o.Portal.TakeCode(t.Context(), token, code); err != nil {
				t.Fatal(err)
			}
			if _, err := o.Portal.BringIn(t.Context(), token); err != nil {
				t.Fatal(err)
			}
		},
	} {
		c, was := o.somebody(t), o.count(t, entries)
		at := c.sends(c.filled())
		does(strings.TrimPrefix(at, "/report/"), o.code(t, c))
		if page := c.get(at).body; !strings.Contains(page, "Your report is confirmed") {
			t.Errorf("%s: the citizen is not told that it is confirmed", name)
		}
		receive()
		receive()
		if n := o.count(t, entries) - was; n != 1 {
			t.Errorf("%s: %d entries", name, n)
		}
		if n := o.count(t, reports+` WHERE confirmed > 0 AND (entered = 0 OR form <> '' OR address <> '')`); n != 0 {
			t.Errorf("%s: %d are kept although they were entered", name, n)
		}
		if page := c.get(at).body; !strings.Contains(page, "Your report was received") {
			t.Errorf("%s: the citizen is not told that it was received", name)
		}
	}
}

func atOnce(t *testing.T, o *office) {
	c, was := o.somebody(t), o.count(t, entries)
	at := c.sends(c.filled())
	code := o.code(t, c)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { c.confirms(at, code) })
		all.Go(func() { _ = o.Portal.ReceiveSome(t.Context()) }) // it may meet the others at the same row; what counts is below
	}
	all.Wait()
	if err := o.Portal.ReceiveSome(t.Context()); err != nil {
		t.Error(err)
	}
	if n := o.count(t, entries) - was; n != 1 {
		t.Errorf("%d entries", n)
	}
}

func forgotten(t *testing.T, o *office) {
	c := o.somebody(t)
	at := c.sends(c.filled())
	o.pass(7*24*calendar.Hour - calendar.Minute)
	if err := o.Portal.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a := c.get(at); a.status != http.StatusOK {
		t.Errorf("before the week is over: %d", a.status)
	}
	o.pass(2 * calendar.Minute)
	if err := o.Portal.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a := c.get(at); a.status != http.StatusNotFound {
		t.Errorf("after a week: %d", a.status)
	}
	if n := o.count(t, reports+` WHERE entered = 0`); n != 0 {
		t.Errorf("%d are kept", n)
	}
	if n := o.count(t, reports+` WHERE entered > 0`); n == 0 {
		t.Error("what was entered is forgotten too: its citizen does not find it again")
	}
}

func noChannels(t *testing.T, o *office) {
	c := o.somebody(t)
	c.pages = o.serve(t, app.Pages{})
	if page := c.get("/report").body; !strings.Contains(page, "Codes cannot be sent now") || strings.Contains(page, `name="f.summary"`) {
		t.Error("a report is asked for that cannot be confirmed")
	}
	was := o.count(t, reports)
	if a := c.post("/report", c.filled()); a.status != http.StatusUnprocessableEntity || o.count(t, reports) != was {
		t.Errorf("%d", a.status)
	}
	form := c.filled()
	form.Set("named", "no")
	c.sends(form)
}
