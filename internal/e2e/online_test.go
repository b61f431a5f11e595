package e2e

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

)

// anybody is a citizen: he has no account.
func (o *office) anybody(t *testing.T) *client { t.Helper(); return o.client(t) }

// place that the form offers first.
var placeOption = regexp.MustCompile(`(?s)name="f\.happened_in".*?<option value="(\d+)"`)

func reported(place string) url.Values {
	return url.Values{"f.applicant": {"Каримов Алишер"}, "f.summary": {"Velosipedim oʻgʻirlandi, қизил рангли"}, "f.matter": {"theft"}, "f.happened_in": {place},
		"by": {"sms"}, "address.sms": {"+998 90 123-45-67"}}
}

func TestACitizenReportsACrimeAndFollowsIt(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	c := o.anybody(t)
	c.get("/check?lang=en")
	form := c.get("/report").body
	place := placeOption.FindStringSubmatch(form)
	if place == nil {
		t.Fatal(form)
	}
	// Whatever is wrong is said beside its field, and what was typed stays.
	bad := reported("99")
	bad.Set("f.happened_on", "2999-01-01")
	bad.Set("f.summary", strings.Repeat("я", 10_000))
	bad.Set("address.sms", "12")
	a := c.post("/report", bad)
	for _, want := range []string{`id="f.happened_on-error"`, `id="f.summary-error"`, `id="f.happened_in-error"`, `id="address.sms-error"`, "Каримов Алишер", strings.Repeat("я", 10_000), `value="12"`} {
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, want) {
			t.Errorf("%d: no %.60s", a.status, want)
		}
	}
	if n := o.count(t, `SELECT count(*) FROM online_report`); n != 0 {
		t.Errorf("%d reports were kept", n)
	}
	a = c.post("/report", reported(place[1]))
	if a.status != http.StatusSeeOther {
		t.Fatalf("%d %v", a.status, regexp.MustCompile(`(?s)error-message">.*?</p>`).FindAllString(a.body, -1))
	}
	at := a.header.Get("Location")
	page := c.get(at).body
	code := regexp.MustCompile(`The code is (\d{6})`).FindStringSubmatch(page)
	if code == nil || !strings.Contains(page, "қизил рангли") || !strings.Contains(page, "+998901234567") {
		t.Fatal(page)
	}
	if n := o.count(t, `SELECT count(*) FROM entry`); n != 0 {
		t.Errorf("%d entries before it was confirmed", n)
	}
	if a := c.post(at+"/code", url.Values{"code": {"x"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="code-error"`) {
		t.Errorf("a wrong code: %d", a.status)
	}
	for range 2 { // sent twice
		if a := c.post(at+"/code", url.Values{"code": {" " + code[1][:3] + " " + code[1][3:]}}); a.status != http.StatusSeeOther {
			t.Fatalf("%d %v", a.status, regexp.MustCompile(`(?s)error-message">.*?</p>`).FindAllString(a.body, -1))
		}
	}
	page = c.get(at).body
	if !strings.Contains(page, "Your report was received") || !strings.Contains(page, "It waits to be registered") {
		t.Error(page)
	}
	if n := o.count(t, `SELECT count(*) FROM entry WHERE act = 'receive_report' AND role = 'portal' AND officer = ''`); n != 1 {
		t.Errorf("%d entries", n)
	}
	if n := o.count(t, `SELECT count(*) FROM online_report WHERE form = '' AND address = '' AND entered > 0`); n != 1 {
		t.Error("what was entered is kept here besides")
	}
	if a := c.get(at[:len(at)-1] + "X"); a.status != http.StatusNotFound {
		t.Errorf("a page that is none: %d", a.status)
	}
}
