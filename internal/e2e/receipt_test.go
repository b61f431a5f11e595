package e2e

import (
	"context"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"nazorat/internal/app"
	"nazorat/internal/browsertest"
	"nazorat/internal/journal"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
)

// newSigner is a key of a test's own.
func newSigner(t *testing.T) (note.Signer, journal.Keys) {
	t.Helper()
	private, public, err := note.GenerateKey(nil, "nazorat.example/log")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := journal.ParseKeys(public)
	if err != nil {
		t.Fatal(err)
	}
	return signer, keys
}

// signing serves the office once more, as one whose journal is signed whenever the test says so.
func (o *office) signing(t *testing.T, signer note.Signer, keys journal.Keys) (sign func()) {
	t.Helper()
	var offered []web.Account
	for _, x := range o.accounts {
		offered = append(offered, web.Account{Officer: x.Officer, Name: x.Name, Role: x.Role, Office: x.Office, Shows: x.Shows})
	}
	h, err := o.Handler(app.Pages{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Synthetic: true, Accounts: offered, Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
	})
	o.url = srv.URL
	o.Tree.Fence = nil // this test is the only one that signs
	return func() {
		t.Helper()
		if _, err := o.Tree.Checkpoint(context.Background(), signer, o.Docket.Now()); err != nil {
			t.Fatal(err)
		}
	}
}

// reported registers a report and gives the address of its proceeding.
func (c *client) reported(o *office) (path string) {
	c.t.Helper()
	a := c.post(openReport, report(o, c.t, "AAAAAAAAAAAAAAAAAAAAAAAAAA"))
	path, _, _ = strings.Cut(a.header.Get("Location"), "?")
	if a.status != http.StatusSeeOther || path == "" {
		c.t.Fatalf("report: %d", a.status)
	}
	return path
}

var digitsOnPage = regexp.MustCompile(`id="receipt-text"[^>]*><code>(\d+)</code>`)

// receiptOf takes what the code of a receipt holds from its page.
func (c *client) receiptOf(path string) string {
	c.t.Helper()
	a := c.get(path)
	m := digitsOnPage.FindStringSubmatch(a.body)
	if a.status != http.StatusOK || m == nil {
		c.t.Fatalf("%s: %d, and no receipt", path, a.status)
	}
	return m[1]
}

var mainPart = regexp.MustCompile(`(?s)<main.*</main>`)

// checked is what the public page answers, without the frame around it.
func (c *client) checked(text string) (status int, body string) {
	c.t.Helper()
	a := c.post("/check", url.Values{"receipt": {text}})
	return a.status, html.UnescapeString(mainPart.FindString(a.body))
}

// english is nobody, who reads English.
func (o *office) english(t *testing.T) *client {
	t.Helper()
	c := o.client(t)
	c.get("/check?lang=en")
	return c
}

// Whoever registers a report hands its receipt out; whoever holds the paper, and nobody
// else, learns where the matter stands, without an account.
func TestReceiptIsTakenFromThePaperAndCheckedByAnybody(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	o := serve(t, 0)
	signer, keys := newSigner(t)
	sign := o.signing(t, signer, keys)
	p := b.Page(t, 1366, 768)
	p.ScriptOff() // the page that waits looks again without it
	p.Goto(o.url + "/sign-in?lang=en")
	signIn(p, o, o.as(t, "duty_officer"))
	p.Goto(o.url + openReport)
	p.Fill("[name='f.summary']", "A bicycle was stolen from the yard of house 12")
	choose(p, "source", "direct")
	p.Fill("[name='f.assign_to']", o.as(t, "inquirer").Officer)
	submit(p)
	p.Follow(".nz-notice a[href*='/receipts/']")
	contains(t, p, "main", "The receipt is not complete yet")
	sign()
	p.WaitText("main", "This code holds the whole receipt")
	contains(t, p, "main", "Register a report")
	contains(t, p, "main", "nazorat.example/log+")

	link := onPaper(t, p)
	digits := strings.TrimPrefix(link, o.url+"/check#")
	if !regexp.MustCompile(`^\d{400,}$`).MatchString(digits) {
		t.Fatalf("the code holds %q", link)
	}

	// Somebody points his telephone at it.
	phone := b.Page(t, 390, 844)
	phone.Goto(o.url + "/check?lang=en")
	phone.Axe(t)
	phone.Goto("about:blank")
	phone.Goto(link)
	phone.WaitText("h1", "This receipt is genuine")
	contains(t, phone, "main", "A report of a crime was registered")
	contains(t, phone, "main", "The report is being checked")
	contains(t, phone, "main", "Leaf of the journal 0")
	if at := phone.URL(); at != o.url+"/check" {
		t.Errorf("the receipt stays in the address: %s", at)
	}
	phone.Axe(t)
	said := phone.Text("main")
	for _, secret := range []string{"bicycle", o.as(t, "inquirer").Name, o.as(t, "duty_officer").Name, regexp.MustCompile(`\d+-\d{4}-\d{6}`).FindString(p.Text("main"))} {
		if secret == "" || strings.Contains(said, secret) {
			t.Errorf("the public page tells %q", secret)
		}
	}

	// One sign is changed, or it is made up.
	for _, c := range []struct{ text, want string }{
		{swap(link, len(link)-300), "hanged"},
		{swap(link, len(link)-440), "hanged"},
		{swap(link, len(link)-1), "hanged"},
		{link[:len(link)-1], "no receipt"},
		{"1726262-2026-000001", "no receipt"},
		{"", "Paste what the code says"},
	} {
		phone.Goto(o.url + "/check")
		phone.Fill("textarea", c.text)
		phone.Follow("form#check button")
		contains(t, phone, ".govuk-error-summary", c.want)
		phone.Axe(t)
	}

	// Without script the whole link is pasted.
	plain := b.Page(t, 1366, 768)
	plain.ScriptOff()
	plain.Goto(o.url + "/check?lang=en")
	plain.Fill("textarea", link)
	plain.Follow("form#check button")
	contains(t, plain, "h1", "This receipt is genuine")
}

// swap changes the sign at a place of a text for another one of its kind.
func swap(s string, i int) string {
	to := '0' + (s[i]-'0'+1)%10
	return s[:i] + string(to) + s[i+1:]
}

// onPaper is what the code on a receipt says: read by another project's decoder from
// the printed sheet where there is one, else taken from the text beside it.
func onPaper(t *testing.T, p *browsertest.Page) string {
	t.Helper()
	beside := strings.Trim(p.Eval(`location.origin + "/check#" + document.getElementById("receipt-text").textContent.trim()`), `"`)
	return codeOnPaper(t, p, beside)
}

// codeOnPaper reads the code of a page as it is printed, which ought to say something; what it ought to say where nothing can read it.
func codeOnPaper(t *testing.T, p *browsertest.Page, beside string) string {
	t.Helper()
	toPicture, err1 := exec.LookPath("pdftoppm")
	toText, err2 := exec.LookPath("zbarimg")
	if err1 != nil || err2 != nil {
		t.Log("the printed code is not read: pdftoppm and zbarimg are wanted (apt-get install poppler-utils zbar-tools)")
		return beside
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "sheet.pdf"), p.PDF(), 0o600); err != nil {
		t.Fatal(err)
	}
	picture := exec.CommandContext(t.Context(), toPicture, "-r", "200", "-png", "-singlefile", "sheet.pdf", "sheet")
	picture.Dir = dir
	if out, err := picture.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	said, err := exec.CommandContext(t.Context(), toText, "--quiet", "--raw", "--nodbus", filepath.Join(dir, "sheet.png")).Output()
	if err != nil {
		t.Fatalf("the code on the printed sheet cannot be read: %v", err)
	}
	read := strings.TrimSuffix(string(said), "\n")
	if read != beside {
		t.Errorf("the code on paper says\n%s\nand it ought to say\n%s", read, beside)
	}
	return read
}

var pagesOfPDF = regexp.MustCompile(`/Type\s*/Page\b[^s]`)

// The sheet is one page in every language, and every page of receipts can be used by everybody.
func TestReceiptsInEveryLanguage(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	o := serve(t, 0)
	signer, keys := newSigner(t)
	sign := o.signing(t, signer, keys)
	officer := o.client(t).signIn(o.as(t, "duty_officer"))
	path := officer.reported(o) + "/receipts/1"
	sign()
	digits := officer.receiptOf(path)
	pictures := os.Getenv("NAZORAT_PICTURES")
	for i, lang := range []string{"uz", "uz-Cyrl", "ru", "en"} {
		for name, size := range map[string][2]int{"desk": {1366, 768}, "phone": {390, 844}} {
			if pictures == "" && (name == "phone") != (i%2 == 1) {
				continue
			}
			p := b.Page(t, size[0], size[1])
			show := func(what string) {
				if i < 2 { // a desk and a phone: which words makes no difference to axe
					p.Axe(t)
				}
				if pictures != "" {
					p.Screenshot(filepath.Join(pictures, "receipt-"+what+"-"+lang+"-"+name+".png"))
				}
			}
			p.Goto(o.url + "/check?lang=" + lang)
			show("check")
			p.Fill("textarea", swap(digits, 300))
			p.Follow("form#check button")
			show("refused")
			p.Goto(o.url + "/check")
			p.Fill("textarea", digits)
			p.Follow("form#check button")
			p.WaitFor(".nz-panel")
			show("genuine")
			p.Goto(o.url + "/sign-in")
			signIn(p, o, o.as(t, "duty_officer"))
			p.Goto(o.url + path)
			show("page")
			sheet := p.PDF()
			if n := len(pagesOfPDF.FindAll(sheet, -1)); n != 1 {
				t.Errorf("%s: the sheet has %d pages", lang, n)
			}
			if pictures != "" {
				if err := os.WriteFile(filepath.Join(pictures, "receipt-"+lang+".pdf"), sheet, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			p.Eval(`document.querySelectorAll("details").forEach((d) => { d.open = true })`)
			show("proof")
		}
	}
}

func TestReceiptTellsWhereTheMatterStandsAndOthersDoNot(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	signer, keys := newSigner(t)
	sign := o.signing(t, signer, keys)
	path := o.client(t).signIn(o.as(t, "duty_officer")).reported(o)
	inquirer := o.client(t).signIn(o.as(t, "inquirer"))
	nobody := o.english(t)
	sign()
	first := inquirer.receiptOf(path + "/receipts/1")
	if a := inquirer.get(path + "/receipts/2"); a.status != http.StatusNotFound {
		t.Errorf("the receipt of an entry that is not there: %d", a.status)
	}
	a := inquirer.post(path+"/acts/open_inquiry", url.Values{"f.crime_article": {"CC 169"}, "version": {"1"}, "thing": {"0"}, "submission": {"BBBBBBBBBBBBBBBBBBBBBBBBBB"}})
	if a.status != http.StatusSeeOther {
		t.Fatalf("open_inquiry: %d", a.status)
	}
	waiting := inquirer.get(path + "/receipts/2")
	if waiting.header.Get("Refresh") == "" || digitsOnPage.MatchString(waiting.body) {
		t.Errorf("an entry that no checkpoint covers: %v", waiting.header)
	}
	if a := inquirer.get(path + "/receipts/2/file"); a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
		t.Errorf("its file: %d", a.status)
	}
	sign()
	second := inquirer.receiptOf(path + "/receipts/2")
	file := inquirer.get(path + "/receipts/1/file")
	if _, err := journal.ParseReceipt([]byte(file.body), keys); err != nil || !strings.Contains(file.header.Get("Content-Disposition"), "receipt.txt") {
		t.Errorf("the receipt as a file: %v, %v", err, file.header)
	}

	// The first receipt is as good as before, in each form, and tells how it went on.
	for name, text := range map[string]string{"number": first, "link": "https://nazorat.example/check#" + first, "grouped": first[:200] + " \r\n\t" + first[200:],
		"typeset": first[:100] + "\u00a0\u200b" + first[100:], "newer": inquirer.receiptOf(path + "/receipts/1"), "file": file.body, "file of Windows": strings.ReplaceAll(file.body, "\n", "\r\n")} {
		status, said := nobody.checked(text)
		if status != http.StatusOK || !strings.Contains(said, "A report of a crime was registered") || !strings.Contains(said, "A criminal case was opened") || !strings.Contains(said, "CPC 330") {
			t.Errorf("%s: %d %s", name, status, said)
		}
	}
	// Another act's receipt is genuine, and tells neither what was done nor how the case stands.
	status, said := nobody.checked(second)
	if status != http.StatusOK || !strings.Contains(said, "The law does not let this page say which") || strings.Contains(said, "case was opened") || strings.Contains(said, "nquiry") || strings.Contains(said, "stands today") {
		t.Errorf("%d %s", status, said)
	}
	if a := nobody.get("/check"); !strings.Contains(a.header.Get("Cache-Control"), "no-store") {
		t.Errorf("what is asked may be kept: %v", a.header)
	}
}

func TestReceiptThatDoesNotFitIsToldWhy(t *testing.T) {
	t.Parallel()
	o, other := serve(t, 0), serve(t, 0)
	signer, keys := newSigner(t)
	sign := o.signing(t, signer, keys)
	stranger, strangers := newSigner(t)
	signOther := other.signing(t, stranger, strangers)
	officer := o.client(t).signIn(o.as(t, "duty_officer"))
	path := officer.reported(o) + "/receipts/1"
	if a := officer.get(path); !strings.Contains(a.body, `href="`+path+`"`) || a.header.Get("Refresh") == "" {
		t.Errorf("before the first checkpoint: %d, %v", a.status, a.header)
	}
	sign()
	otherOfficer := other.client(t).signIn(other.as(t, "duty_officer"))
	otherPath := otherOfficer.reported(other) + "/receipts/1"
	signOther()
	mine, theirs := officer.receiptOf(path), otherOfficer.receiptOf(otherPath)
	nobody := o.english(t)
	for name, c := range map[string]struct{ text, want string }{
		"of another office":       {theirs, "does not bear this office's signature"},
		"a letter more":           {mine + "1", "no receipt"},
		"a letter less":           {mine[1:], "no receipt"},
		"words":                   {"my case, please", "no receipt"},
		"the number of a case":    {"1726262-2026-000001", "no receipt"},
		"the number of a leaf":    {"0", "no receipt"},
		"nothing":                 {" \n", "Paste what the code says"},
		"more than any receipt":   {strings.Repeat("7", 20_000), "longer than any receipt"},
		"a file that is cut":      {"c2sp.org/tlog-proof@v1\nextra ", "no receipt"},
		"text that is no UTF-8":   {"\xff\xfe", "no receipt"},
		"the link without number": {o.url + "/check#", "no receipt"},
	} {
		status, said := nobody.checked(c.text)
		if status != http.StatusUnprocessableEntity || !strings.Contains(said, c.want) || strings.Contains(said, "is genuine</h1>") {
			t.Errorf("%s: %d %s", name, status, said)
		}
	}

	// An office that has lost what it signed, or has changed it, is found out by a receipt.
	again := serve(t, 0)
	_ = again.signing(t, signer, keys)
	if status, said := again.english(t).checked(mine); status != http.StatusUnprocessableEntity || !strings.Contains(said, "the journal here does not hold what it proves") {
		t.Errorf("a journal without the leaf: %d %s", status, said)
	}
	again.client(t).signIn(again.as(t, "duty_officer")).reported(again)
	if status, said := again.english(t).checked(mine); status != http.StatusUnprocessableEntity || !strings.Contains(said, "the journal here does not hold what it proves") {
		t.Errorf("a journal with another leaf there: %d %s", status, said)
	}
}

func TestOfficeWithoutAKeyGivesNoReceipts(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	officer := o.client(t).signIn(o.as(t, "duty_officer"))
	path := officer.reported(o) + "/receipts/1"
	a := officer.get(path)
	if a.status != http.StatusOK || a.header.Get("Refresh") != "" || digitsOnPage.MatchString(a.body) {
		t.Errorf("%d %v", a.status, a.header)
	}
	if a := officer.get(path + "/file"); a.status != http.StatusServiceUnavailable {
		t.Errorf("its file: %d", a.status)
	}
	p := browsertest.Start(t).Page(t, 390, 844)
	p.Goto(o.url + "/sign-in?lang=en")
	signIn(p, o, o.as(t, "duty_officer"))
	p.Goto(o.url + path)
	contains(t, p, "main", "does not sign its journal")
	p.Axe(t)
	if a := o.client(t).get("/check"); a.status != http.StatusOK || strings.Contains(a.body, "<textarea") {
		t.Errorf("the public page: %d", a.status)
	}
	if status, _ := o.client(t).checked("123"); status != http.StatusUnprocessableEntity {
		t.Errorf("a check: %d", status)
	}
}

func TestWhoeverChecksTooOftenIsToldToWait(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	signer, keys := newSigner(t)
	o.signing(t, signer, keys)
	nobody := o.english(t)
	for range 200 {
		a := nobody.post("/check", url.Values{"receipt": {"12345"}})
		if a.status == http.StatusUnprocessableEntity {
			continue
		}
		if a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") == "" || !strings.Contains(a.body, "Wait ") || !strings.Contains(a.body, ">12345</textarea>") {
			t.Errorf("%d, %v", a.status, a.header)
		}
		return
	}
	t.Error("two hundred checks at once went through")
}

func TestEveryEntryOfAHistoryHasItsReceipt(t *testing.T) {
	t.Parallel()
	o := serve(t, 60)
	signer, keys := newSigner(t)
	o.signing(t, signer, keys)()
	prosecutor := o.client(t).signIn(o.as(t, "prosecutor"))
	list, err := o.Docket.OfOffice(t.Context(), actorOf(o.as(t, "prosecutor")), o.as(t, "inquirer").Office, proceedings.Behind{}, 3)
	if err != nil || len(list) == 0 {
		t.Fatalf("%d proceedings, %v", len(list), err)
	}
	nobody := o.english(t)
	checked := 0
	for _, p := range list {
		history := prosecutor.get("/proceedings/" + p.ID + "/history")
		links := regexp.MustCompile(`href="(/proceedings/`+p.ID+`/receipts/\d+)"`).FindAllStringSubmatch(history.body, -1)
		if n := strings.Count(history.body, `id="entry-`); n == 0 || n != len(links) {
			t.Errorf("%s: %d entries and %d links to receipts", p.Number, n, len(links))
		}
		for _, l := range links {
			if status, said := nobody.checked(prosecutor.receiptOf(l[1])); status != http.StatusOK {
				t.Errorf("%s: %d %s", l[1], status, said)
			}
			if checked++; checked == 25 {
				return // the public page lets nobody ask more often at once
			}
		}
	}
}
