package e2e

import (
	"bytes"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"nazorat/internal/browsertest"
	"nazorat/internal/calendar"
)

// screen is a page that is worth a picture.
type screen struct {
	name, what  string // of the file, and in words
	role        string // of who sees it; "" for whoever is not signed in
	desk, phone string // the language of either picture
	at          string // its address, with names in braces for what the office holds; see places
	open        bool   // with what is folded away
}

var screens = []screen{
	{"sign-in", "signing in to the demonstration", "", "uz", "ru", "/sign-in", false},
	{"report", "a citizen reports a crime", "", "uz-Cyrl", "uz", "/report", false},
	{"report-followed", "what became of his report", "", "ru", "uz-Cyrl", "{reported}", false},
	{"your-case", "a victim asks for a code", "", "uz", "ru", "/your-case", false},
	{"your-case-told", "what he is told of his case", aVictim, "ru", "uz", "/your-case/told", false},
	{"check", "a receipt is checked by whoever holds it", "", "en", "uz", "/check", false},

	{"work-inquirer", "what an inquirer owes, oldest term first", "inquirer", "uz", "uz-Cyrl", "/", false},
	{"work-investigator", "what an investigator owes", "investigator", "ru", "uz", "/", false},
	{"work-prosecutor", "what waits for a prosecutor's decision", "prosecutor", "uz-Cyrl", "ru", "/", false},
	{"work-judge", "what waits for a judge", "judge", "ru", "uz", "/", false},
	{"inbox", "notices", "prosecutor", "ru", "uz-Cyrl", "/inbox", false},
	{"inbox-settings", "where notices go besides", "prosecutor", "uz", "en", "/inbox/settings", false},
	{"escalated", "terms that ran out and have come to him", "prosecutor", "uz", "ru", "/escalated", false},
	{"copies", "copies that the law orders for him", "prosecutor", "uz-Cyrl", "uz", "/copies", false},
	{"board", "all terms of an office", "prosecutor", "en", "ru", "/board", false},
	{"held", "who is held, until when, and what must be done before", "prosecutor", "uz", "uz-Cyrl", "/held", false},
	{"hearings", "the calendar of a court", "judge", "uz-Cyrl", "ru", "{calendar}", false},
	{"cases", "cases, filtered", "prosecutor", "ru", "uz", "/cases", false},
	{"find", "the one search box", "prosecutor", "uz", "ru", "/find?q=Karimov", false},

	{"register", "a report of a crime is registered", "duty_officer", "uz", "uz-Cyrl", "/open/register_report?law=uz/criminal", false},
	{"case", "a case", "investigator", "uz", "ru", "/proceedings/{case}", false},
	{"case-open", "the same with all that it offers", "prosecutor", "ru", "uz-Cyrl", "/proceedings/{case}", true},
	{"act", "an act is entered", "investigator", "uz-Cyrl", "uz", "/proceedings/{case}/acts/charge", false},
	{"act-refused", "what was typed wrongly is told beside it", "investigator", "uz", "ru", "/proceedings/{case}/acts/enter_details?thing=1", false},
	{"deadline", "why a term ends when it ends", "investigator", "uz", "en", "/proceedings/{case}/deadlines/{deadline}", false},
	{"history", "the journal of a case", "investigator", "ru", "uz", "/proceedings/{case}/history", false},
	{"persons", "the persons of a case", "inquirer", "uz", "ru", "/proceedings/{large}/things/person", false},
	{"person", "one of them, with what he was before", "inquirer", "uz-Cyrl", "uz", "/proceedings/{large}/things/person/{person}", false},
	{"file", "the file of a case, sheet by sheet", "inquirer", "ru", "uz-Cyrl", "/proceedings/{paper}/file/{sheet}", false},
	{"label", "the label of an exhibit", "inquirer", "uz", "en", "/proceedings/{paper}/things/exhibit/{exhibit}/label", false},
	{"receipt", "the receipt of an act", "inquirer", "en", "uz", "/proceedings/{paper}/receipts/1", false},
	{"hearing", "a hearing is entered beside the file", "judge", "ru", "uz", "/proceedings/{heard}/hearing", false},

	{"figures", "statistics", "prosecutor_general", "uz-Cyrl", "ru", "/figures", false},
	{"figures-map", "cases by region, with a map", "prosecutor_general", "uz", "en", "{cases_by_region}", false},
	{"figures-terms", "terms kept, with a chart", "prosecutor_general", "ru", "uz", "{terms_kept}", false},
	{"figures-damage", "damage", "prosecutor_general", "en", "uz-Cyrl", "{damage}", false},
	{"whatif", "a draft is tried on the past", "prosecutor_general", "en", "uz", "/whatif?law=uz/criminal", false},

	{"laws", "the laws", "", "uz", "ru", "/laws", false},
	{"law", "a law", "", "ru", "uz-Cyrl", "/laws/uz/criminal", false},
	{"law-part", "a chapter of it", "", "uz-Cyrl", "uz", "/laws/uz/criminal/2025-01-01/part/custody", false},
	{"law-rules", "its rules", "", "uz", "en", "/laws/uz/criminal/2025-01-01/rules", false},
	{"law-stages", "its stages", "", "en", "uz", "/laws/uz/criminal/2025-01-01/stages", false},
	{"law-who", "who may do what", "", "uz", "ru", "/laws/uz/criminal/2025-01-01/who", false},
	{"law-changed", "what an amendment changed", "", "ru", "uz", "/laws/uz/criminal/diff/2024-01-01/2025-01-01", false},
	{"law-drawn", "a law as a picture", "", "uz", "uz", "/laws/uz/criminal/2025-01-01/picture?of=case.inquiry", false},

	{"looks", "who looked at a case", "head_of_unit", "uz", "ru", "/proceedings/{large}/looks", false},
	{"looks-unusual", "what is unusual about looking", "prosecutor", "ru", "uz-Cyrl", "/offices/{police}/looks", false},
	{"purpose", "whoever stands above is asked what he looks for", "prosecutor_general", "uz", "ru", "/proceedings/{large}", false},
	{"emergency", "a case is opened in an emergency", "inquirer", "uz-Cyrl", "en", "/emergency", false},
	{"service", "who works where", "administrator", "uz", "ru", "/service", false},
	{"service-office", "an office of it", "administrator", "ru", "uz", "/service/offices/{police}", false},
	{"service-could", "who could do what on a day", "administrator", "en", "uz", "/service/could?day={today}", false},
	{"service-erasures", "documents that are to be erased", "administrator", "uz", "ru", "/service/erasures", false},
	{"service-import", "officers from a table", "administrator", "uz-Cyrl", "ru", "/service/import", false},
	{"account", "an officer's own page", "inquirer", "uz", "ru", "/account", false},
	{"no-page", "a page that is not there", "inquirer", "uz", "ru", "/no-such-page", false},
}

// typed is what is typed into the form of a page, by field, and sent, before its picture is taken.
var typed = map[string]map[string]string{
	"act-refused": {"address": "Amir Temur koʻchasi, 12", "telephone": "90 123", "email": "karimov.mail.uz"},
}

// aVictim stands for the role of whoever has no account and came in by a code.
const aVictim = "victim"

// visit lets a browser in to the first case of the office that reaches its victim.
func (o *office) visit(t *testing.T, p *browsertest.Page) {
	t.Helper()
	rows, err := o.DB.Query(t.Context(), `SELECT p.number FROM proceeding p JOIN party y ON y.proceeding = p.id WHERE y.role = 'representative' AND y.present = 1 ORDER BY p.office DESC, p.opened DESC, p.id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var numbers []string
	for rows.Next() {
		var number string
		if err := rows.Scan(&number); err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, number)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	v, err := o.Portal.Visitor(t.Context(), numbers)
	if err != nil || v == nil {
		t.Fatalf("no case reaches its victim: %v", err)
	}
	p.Goto(o.url + v.Href)
	p.Fill("[name=number]", v.Number)
	p.Click("[name=by][value=sms]")
	p.Fill("[name='address.sms']", v.Address)
	p.Follow("#submit")
	if err := o.Portal.AnswerSome(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.Goto(o.url + v.Href + "/code")
	p.Fill("[name=code]", regexp.MustCompile(`\b\d{8}\b`).FindString(p.Text("main")))
	p.Follow("#submit")
}

// screensNow is when the demonstration of the pictures is looked at: a morning of work.
var screensNow = calendar.At(time.Date(2026, time.November, 18, 5, 30, 0, 0, time.UTC))

// mostPicture is how large a picture may be, in bytes.
const mostPicture = 60_000

// size of the window that a picture is taken through.
type size struct {
	name          string
	width, height int
	lang          func(s *screen) string
}

var sizes = []size{{"desk", 1366, 768, func(s *screen) string { return s.desk }}, {"phone", 390, 844, func(s *screen) string { return s.phone }}}

// TestScreens writes the pictures of docs/screens (make screens): NAZORAT_SCREENS=folder. With NAZORAT_PICTURES=folder it writes whole pages there
// instead, for people to look at. NAZORAT_SCREENS_ONLY is an expression for the names of some of them.
func TestScreens(t *testing.T) {
	dir, whole := os.Getenv("NAZORAT_SCREENS"), os.Getenv("NAZORAT_PICTURES")
	if dir == "" && whole == "" {
		t.Skip("neither NAZORAT_SCREENS nor NAZORAT_PICTURES names a folder")
	}
	only, err := regexp.Compile(os.Getenv("NAZORAT_SCREENS_ONLY"))
	if err != nil {
		t.Fatal(err)
	}
	o := serveBy(t, 400, func() calendar.Moment { return screensNow })
	signer, keys := newSigner(t)
	sign := o.signing(t, signer, keys)
	places := o.places(t)
	sign()
	b := browsertest.Start(t)
	for _, size := range sizes {
		people := map[string]*browsertest.Page{} // by role
		for i := range screens {
			s := &screens[i]
			if !only.MatchString(s.name) {
				continue
			}
			p := people[s.role]
			if p == nil {
				p = b.Page(t, size.width, size.height)
				people[s.role] = p
				if s.role == aVictim {
					o.visit(t, p)
				} else if s.role != "" {
					signIn(p, o, o.as(t, s.role))
				}
			}
			o.indexed(t) // looking is in the journal too
			o.counted(t)
			at, fragment, _ := strings.Cut(places.Replace(s.at), "#")
			and := "?"
			if strings.Contains(at, "?") {
				and = "&"
			}
			p.Goto(o.url + at + and + "lang=" + size.lang(s) + "#" + fragment)
			if s.open {
				p.Eval(`document.querySelectorAll("details").forEach((d) => { d.open = true })`)
			}
			for field, text := range typed[s.name] {
				p.Fill("[name='f."+field+"']", text)
			}
			if typed[s.name] != nil {
				p.Follow("main form button[type=submit]")
			}
			if whole != "" {
				p.Screenshot(filepath.Join(whole, s.name+"-"+size.name+".png"))
				continue
			}
			p.Picture(filepath.Join(dir, s.name+"-"+size.name+".webp"), mostPicture)
		}
	}
	if dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "README.md"), []byte(screensPage()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

var languages = map[string]string{"uz": "Uzbek, Latin", "uz-Cyrl": "Uzbek, Cyrillic", "ru": "Russian", "en": "English"}

// screensPage is docs/screens/README.md.
func screensPage() string {
	var b strings.Builder
	b.WriteString("# The pages\n\nWhat a window of 1366 by 768 shows of each main page, and a phone of 390 by 844; of the demonstration with 400 cases and seed 1, on 18 November 2026 at 10:30 in\n" +
		"Tashkent. All persons and cases are made up. `make screens` takes them anew.\n\n| page | who sees it | desktop | phone |\n|---|---|---|---|\n")
	for _, s := range screens {
		who := strings.ReplaceAll(s.role, "_", " ")
		if who == "" {
			who = "anybody"
		}
		fmt.Fprintf(&b, "| %s | %s | [%s](%s-desk.webp) | [%s](%s-phone.webp) |\n", s.what, who, languages[s.desk], s.name, languages[s.phone], s.name)
	}
	return b.String()
}

// The page beside the pictures names each, and no picture is there that nobody takes any more.
func TestThePageOfPicturesNamesEach(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("..", "..", "docs", "screens")
	if page, err := os.ReadFile(filepath.Join(dir, "README.md")); err != nil || string(page) != screensPage() {
		t.Errorf("docs/screens/README.md is not that of the table here: make screens (%v)", err)
	}
	want := map[string]bool{"README.md": true}
	for _, s := range screens {
		for _, size := range sizes {
			want[s.name+"-"+size.name+".webp"] = true
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !want[f.Name()] {
			t.Errorf("nobody takes %s any more", f.Name())
		}
		delete(want, f.Name())
		if info, err := f.Info(); err != nil || info.Size() > mostPicture {
			t.Errorf("%s is larger than %d bytes (%v)", f.Name(), mostPicture, err)
		}
	}
	for name := range want {
		t.Errorf("%s is missing: make screens", name)
	}
}

// places are what the addresses of screens name, as the office holds it.
func (o *office) places(t *testing.T) *strings.Replacer {
	t.Helper()
	paper := o.paper(t)
	o.counted(t)
	o.indexed(t)
	if err := o.Follow.CatchUp(t.Context(), o.Hearings.Follower()); err != nil {
		t.Fatal(err)
	}
	inquirer, investigator, judge := o.as(t, "inquirer"), o.as(t, "investigator"), o.as(t, "judge")
	large, _ := o.large(t, inquirer.Office)
	var id, heard string
	var deadline, held int64
	for _, q := range []struct {
		to    []any
		query string
		args  []any
	}{
		{[]any{&id, &deadline}, `SELECT p.id, d.no FROM proceeding p JOIN deadline d ON d.proceeding = p.id WHERE p.in_charge = $1 AND p.law = 'uz/criminal' AND d.status = 'running' AND d.breach = 'release' AND d.due > $2 ORDER BY d.due, p.id LIMIT 1`, []any{investigator.Officer, int64(screensNow)}},
		{[]any{&heard, &held}, `SELECT h.proceeding, h.at FROM hearing h JOIN proceeding p ON p.id = h.proceeding WHERE h.office = $1 AND h.replaced = 0 AND p.root_state IN ('court', 'trial') ORDER BY abs(h.at - $2), h.proceeding LIMIT 1`, []any{judge.Office, int64(screensNow)}},
	} {
		if err := o.DB.QueryRow(t.Context(), q.query, q.args...).Scan(q.to...); err != nil {
			t.Fatalf("%s: %v", q.query, err)
		}
	}
	curious(t, o)
	tables := map[string]string{}
	for _, m := range regexp.MustCompile(`href="(/figures/table\?[^"]*table=(\w+)[^"]*)"`).FindAllStringSubmatch(o.client(t).signIn(o.as(t, "prosecutor_general")).get("/figures").body, -1) {
		tables[m[2]] = html.UnescapeString(m[1])
	}
	return strings.NewReplacer("{cases_by_region}", tables["cases_by_region"], "{terms_kept}", tables["terms_kept"], "{damage}", tables["damage"],
		"{paper}", paper, "{sheet}", "3", "{exhibit}", "1", "{large}", large, "{person}", "1", "{case}", id, "{deadline}", strconv.FormatInt(deadline, 10),
		"{heard}", heard, "{calendar}", "/offices/"+judge.Office+"/hearings?from="+o.Docket.Zone().Date(calendar.Moment(held)).String(),
		"{police}", inquirer.Office, "{today}", screensNow.Time().Format("2006-01-02"), "{reported}", o.reportedOnline(t))
}

// aKnife is a photograph of a knife beside a ruler, as far as a test can draw.
func aKnife() []byte {
	m := image.NewRGBA(image.Rect(0, 0, 900, 600))
	fill := func(x0, y0, x1, y1 int, c color.RGBA) {
		draw.Draw(m, image.Rect(x0, y0, x1, y1), image.NewUniform(c), image.Point{}, draw.Src)
	}
	fill(0, 0, 900, 600, color.RGBA{214, 208, 196, 255})
	fill(110, 250, 360, 310, color.RGBA{110, 72, 44, 255})
	for x := 360; x < 790; x++ {
		fill(x, 250+(x-360)/12, x+1, 310-(x-360)/24, color.RGBA{150, 156, 162, 255})
	}
	fill(110, 420, 790, 480, color.RGBA{246, 244, 236, 255})
	for x := 110; x < 790; x += 34 {
		fill(x, 420, x+2, 445, color.RGBA{40, 40, 40, 255})
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// paper is a case with a photograph of its exhibit.
func (o *office) paper(t *testing.T) string {
	t.Helper()
	inquirer := o.as(t, "inquirer")
	f, err := o.Vault.Take(t.Context(), inquirer.Officer, "pichoq.jpg", bytes.NewReader(aKnife()))
	if err != nil {
		t.Fatal(err)
	}
	id := o.do(t, o.as(t, "duty_officer"), "", "register_report", 0, map[string]string{"summary": "Doʻkonning oynasi sindirilib, kassadagi pul oʻgʻirlangan.", "source": "statement", "applicant": "Karimov Alisher Botirovich", "assign_to": inquirer.Officer}).Proceeding
	o.do(t, inquirer, id, "open_inquiry", 0, map[string]string{"crime_article": "CC 169"})
	o.do(t, inquirer, id, "enter_exhibit", 0, map[string]string{"what": "Yogʻoch dastali oshxona pichogʻi", "found_in": "Doʻkon orqasidagi hovli", "kept_in": "4-xona", "photo": f.Hash})
	return id
}

// reportedOnline is where a citizen reads what became of the report that he confirmed.
func (o *office) reportedOnline(t *testing.T) (at string) {
	t.Helper()
	c := o.anybody(t)
	c.get("/check?lang=en")
	at = c.post("/report", reported(o.Directory.Tree().Office(o.as(t, "duty_officer").Office).Place)).header.Get("Location")
	code := regexp.MustCompile(`The code is (\d{6})`).FindStringSubmatch(c.get(at).body)
	if code == nil {
		t.Fatal("a citizen is told no code")
	}
	if a := c.post(at+"/code", url.Values{"code": {code[1]}}); a.status != http.StatusSeeOther {
		t.Fatalf("his code: %d", a.status)
	}
	return at
}

// followAct goes to the first act that a proceeding's page offers, out of its fold if it lies in one.
func followAct(p *browsertest.Page) {
	p.Eval(`document.querySelectorAll("details.nz-fold").forEach((d) => { d.open = true })`)
	p.Follow("a.nz-acts__link")
}

// followActNamed goes to an act that a proceeding's page offers, out of its fold if it lies in one.
func followActNamed(p *browsertest.Page, name string) {
	p.Eval(`document.querySelectorAll("details.nz-fold").forEach((d) => { d.open = true })`)
	p.FollowText(name)
}
