package e2e

import (
	"cmp"
	"os"
	"strings"
	"testing"

	"nazorat/internal/browsertest"
)

// shorter is a draft that gives less time for the first decision, lets another do what the prosecutor did, and asks for more.
func shorter(o *office) string {
	law := o.Docket.Law("uz/criminal")
	last := law.Editions[len(law.Editions)-1]
	return "procedure: uz/criminal\nin_force: 2030-01-01\nbased_on: " + last.Name + `
terms:
  decide_on_report:
    article: CPC 329
    starts: register_report
    within: 5d
    rolls: next_working_day
    owed_by: officer_in_charge
    met_by: [open_inquiry, open_investigation, refuse, transfer]
    extended_by: { extend_check: { to: 20d } }
    breach: escalate
acts:
  extend_check: { article: CPC 329, by: [judge], on: case, from: [check], form: { why: text } }
`
}

// An analyst of the whole service tries a draft; whoever reads a part of it does not come in, and another analyst does not see the result.
func TestADraftIsTriedOnThePastAndShown(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	o := serve(t, 120)
	p := b.Page(t, 1366, 768)
	signIn(p, o, o.as(t, "investigator"))
	p.Goto(o.url + "/whatif?lang=en")
	if text := p.Text("main"); !strings.Contains(text, "Only an office that may read all of them") {
		t.Fatalf("an investigator is shown %q", text)
	}
	p.Goto(o.url + "/sign-in")
	p.Follow("form[action='/sign-out'] button")

	signIn(p, o, o.as(t, "prosecutor_general"))
	p.Goto(o.url + "/laws/uz/criminal?lang=en")
	p.Follow("a[href^='/whatif']")
	p.Axe(t)
	if begin := p.Value("#draft", "value"); !strings.HasPrefix(begin, "procedure: uz/criminal\nin_force: ") {
		t.Errorf("the draft begins with %q", begin)
	}
	p.Fill("#draft", strings.Replace(shorter(o), "within: 5d", "within: 5dd", 1))
	p.Follow("main form button")
	p.Axe(t)
	if text := p.Text(".govuk-error-summary"); !strings.Contains(text, "Line 8: ") {
		t.Errorf("the mistake is told as %q", text)
	}
	p.Fill("#draft", shorter(o))
	p.Follow("main form button")
	p.WaitFor("#days .nz-bars__row")
	p.Axe(t)
	for _, id := range []string{"days", "articles", "offices", "terms", "refused", "changes"} {
		if p.Count("#"+id) != 1 {
			t.Errorf("the result lacks %s", id)
		}
	}
	if p.Count("#articles table tbody tr") == 0 || p.Count("#offices .nz-bars__row") == 0 {
		t.Error("a chart has no rows, or no table beside it")
	}
	result := p.URL()
	p.Follow("#terms a[href^='/find']")
	if !strings.Contains(p.URL(), "/proceedings/") {
		t.Errorf("an example leads to %s", p.URL())
	}
	if len(p.Problems()) > 0 {
		t.Error(p.Problems())
	}

	if dir := os.Getenv("NAZORAT_PICTURES"); dir != "" {
		for _, lang := range []string{"uz", "ru", "en"} {
			for _, size := range []struct {
				name string
				w, h int
			}{{"desk", 1366, 768}, {"phone", 390, 844}} {
				q := p.Tab(size.w, size.h)
				for name, at := range map[string]string{"whatif": "/whatif", "result": strings.TrimPrefix(result, o.url), "diff": "/laws/it/road-fines/diff/2010-08-13/2011-10-06", "law": "/laws/it/road-fines"} {
					q.Goto(o.url + cmp.Or(at, "/") + "?lang=" + lang)
					q.Screenshot(dir + "/" + name + "-" + size.name + "-" + lang + ".png")
				}
			}
		}
	}

	p.Goto(o.url + "/sign-in")
	p.Follow("form[action='/sign-out'] button")
	signIn(p, o, o.as(t, "investigator"))
	p.Goto(result + "?lang=en")
	if p.Count(".nz-bars") != 0 {
		t.Error("somebody else sees the result")
	}
}
