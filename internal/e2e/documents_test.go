package e2e

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nazorat/internal/browsertest"
	"nazorat/internal/docket"
)

// aPhoto is a photograph of sorts.
func aPhoto(w, h int) []byte {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.RGBA{uint8(x * 255 / w), uint8(y * 255 / h), uint8((x + y) % 256), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// aPaper is a PDF of one page that says something.
func aPaper(text string) []byte {
	var b bytes.Buffer
	var at []int
	object := func(s string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), s)
	}
	b.WriteString("%PDF-1.4\n")
	object("<</Type/Catalog/Pages 2 0 R>>")
	object("<</Type/Pages/Kids[3 0 R]/Count 1>>")
	object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>")
	stream := "BT /F 24 Tf 72 720 Td (" + text + ") Tj ET"
	object(fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(stream), stream))
	object("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}

// withPapers is a case with a paper on its fifth sheet, and a photograph of its exhibit.
func (o *office) withPapers(t testing.TB) string {
	t.Helper()
	inquirer := actorOf(o.as(t, "inquirer"))
	id := ""
	do := func(role, act string, form map[string]string) {
		t.Helper()
		c := docket.Command{Proceeding: id, Act: act, Form: form, Actor: actorOf(o.as(t, role))}
		if id == "" {
			c.Law = "uz/criminal"
		}
		r, err := o.Docket.Act(t.Context(), c)
		if err != nil {
			t.Fatalf("%s: %v", act, err)
		}
		id = r.Proceeding
	}
	take := func(name string, b []byte) string {
		t.Helper()
		f, err := o.Vault.Take(t.Context(), inquirer.Officer, name, bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		return f.Hash
	}
	do("duty_officer", "register_report", map[string]string{"summary": "A shop was broken into", "source": "statement", "applicant": "A. Karimov", "assign_to": inquirer.Officer})
	do("inquirer", "open_inquiry", map[string]string{"crime_article": "CC 169"})
	do("inquirer", "enter_exhibit", map[string]string{"what": "A knife with a wooden handle", "found_in": "the yard", "kept_in": "room 4", "photo": take("knife.jpg", aPhoto(900, 600))})
	do("inquirer", "put_in_document", map[string]string{"what": "What a witness wrote", "paper": take("a statement.txt", []byte("I saw a man with a violin.\nOʻsha kuni kechqurun.\n"))})
	do("inquirer", "put_in_document", map[string]string{"what": "The order", "paper": take("order.pdf", aPaper("Order No 5"))})
	return id
}

// A photograph comes in with a form, also one that comes back for something else; it stands on the page of its thing and on its label; the
// sheets of the file are turned by keyboard.
func TestDocumentsComeInWithFormsAndStandInTheFile(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	o := serve(t, 0)
	id := o.withPapers(t)
	dir := t.TempDir()
	photo, fake := filepath.Join(dir, "Пичоқ knife.jpg"), filepath.Join(dir, "photo.jpg")
	if err := os.WriteFile(photo, aPhoto(1200, 1600), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(fake, []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), 0o600); err != nil {
		t.Fatal(err)
	}
	picture := func(p *browsertest.Page, name string) {
		p.Axe(t)
		if to := os.Getenv("NAZORAT_PICTURES"); to != "" {
			p.Screenshot(to + "/documents-" + name + ".png")
		}
	}
	p := b.Page(t, 1366, 768)
	p.Goto(o.url + "/sign-in?lang=en")
	signIn(p, o, o.as(t, "inquirer"))
	p.Goto(o.url + "/proceedings/" + id + "/acts/enter_exhibit")
	picture(p, "form")
	p.Fill("[name='f.what']", "A knife")
	p.Choose("input[id='f.photo']", fake)
	p.Follow("#submit")
	contains(t, p, "main", "This is a file of another type: HTML, SVG, XML")
	if got := p.Value("[name='f.what']", "value"); got != "A knife" {
		t.Errorf("what was typed is %q", got)
	}
	// The form lacks where it is kept and comes back; the photograph is kept meanwhile.
	p.Choose("input[id='f.photo']", photo)
	p.Fill("[name='f.found_in']", "the kitchen")
	p.Follow("#submit")
	contains(t, p, "main", "Sent already: Пичоқ knife.jpg (JPEG")
	picture(p, "form-back")
	p.Fill("[name='f.kept_in']", "room 5")
	p.Follow("#submit")
	contains(t, p, ".nz-notice", "Done")
	p.Goto(o.url + "/proceedings/" + id + "/things/exhibit/2")
	loaded := func(selector string) {
		t.Helper()
		if got := p.Eval(`(async () => { const i = document.querySelector("` + selector + `"); await i.decode(); return i.naturalWidth + "x" + i.naturalHeight })()`); got != `"240x320"` && got != `"1200x1600"` {
			t.Errorf("%s is %s", selector, got)
		}
	}
	loaded("#facts img")
	picture(p, "thing")
	p.Goto(o.url + "/proceedings/" + id + "/things/exhibit/2/label")
	loaded(".nz-label img")
	picture(p, "label")
	p.Goto(o.url + "/proceedings/" + id + "/things/exhibit")
	picture(p, "kind")

	// The file, by keyboard.
	p.Goto(o.url + "/proceedings/" + id)
	p.FollowText("The file, sheet by sheet")
	if !strings.HasSuffix(p.URL(), "/file/1") {
		t.Errorf("the file opens at %s", p.URL())
	}
	turn := func(key, to string) {
		t.Helper()
		began := time.Now()
		p.Type(key)
		for end := time.Now().Add(20 * time.Second); !strings.HasSuffix(p.URL(), "/file/"+to); {
			if time.Now().After(end) {
				t.Fatalf("%q led to %s, want sheet %s", key, p.URL(), to)
			}
		}
		p.WaitFor("[data-sheets]")
		p.Eval(`(async () => { if (document.readyState !== "complete") await new Promise((r) => addEventListener("load", r)); return "" })()`) // from then on it hears keys
		t.Logf("sheet %s after %v", to, time.Since(began).Round(time.Millisecond))
	}
	turn(right, "2")
	turn(right, "3")
	picture(p, "sheet-photo")
	turn(right, "4")
	contains(t, p, ".nz-paper", "Oʻsha kuni kechqurun.")
	turn(right, "5")
	picture(p, "sheet-paper")
	turn(end, "6")
	loaded(".nz-paper img")
	turn(left, "5")
	turn(home, "1")
	p.Fill("input[name=n]", "4")
	p.Follow(".nz-turn button")
	if !strings.HasSuffix(p.URL(), "/file/4") {
		t.Errorf("the number led to %s", p.URL())
	}
	for _, size := range []struct {
		name, lang    string
		width, height int
	}{{"phone-ru", "ru", 390, 844}, {"desk-uz", "uz", 1366, 768}, {"phone-cyrl", "uz-Cyrl", 390, 844}} {
		p := b.Page(t, size.width, size.height)
		p.Goto(o.url + "/sign-in?lang=" + size.lang)
		signIn(p, o, o.as(t, "inquirer"))
		for name, path := range map[string]string{"sheet": "/file/6", "thing": "/things/exhibit/2", "form": "/acts/put_in_document"} {
			p.Goto(o.url + "/proceedings/" + id + path)
			picture(p, name+"-"+size.name)
		}
	}
}

// Keys as a keyboard sends them.
const (
	left  = "\u0302"
	right = "\u0303"
	end   = "\u0305"
	home  = "\u0306"
)

// What is answered is of the type that the bytes say and of no other, nothing runs in it, parts of it can be asked for; and as a file
// only those get it who may take something out.
func TestDocumentsAreServedSafely(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	id := o.withPapers(t)
	c := o.client(t).signIn(o.as(t, "inquirer"))
	for _, x := range []struct{ path, kind, how string }{
		{"/documents/3/photo", "image/jpeg", ""}, {"/documents/3/photo/file", "image/jpeg", "-3-photo.jpg"}, {"/things/exhibit/1/documents/photo?as=small", "image/jpeg", ""},
		{"/documents/4/paper", "text/plain; charset=utf-8", ""}, {"/documents/5/paper", "application/pdf", ""}, {"/documents/5/paper/file", "application/pdf", "-5-paper.pdf"},
	} {
		a := c.get("/proceedings/" + id + x.path)
		h := a.header
		// Nothing else of the site may be loaded by it.
		if a.status != http.StatusOK || h.Get("Content-Type") != x.kind || (x.how == "") != (h.Get("Content-Disposition") == "") || !strings.Contains(h.Get("Content-Disposition"), x.how) || h.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'none'") || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v", x.path, a.status, h)
		}
	}
	if n := o.count(t, `SELECT count(*) FROM look WHERE proceeding = $1 AND page LIKE '%/documents/%'`, id); n != 6 {
		t.Errorf("%d looks are on record", n)
	}
	for _, path := range []string{"/documents/3/what", "/documents/3/none", "/documents/99/photo", "/documents/03/photo", "/things/exhibit/1/documents/what", "/things/person/1/documents/photo", "/file/0", "/file/99"} {
		if a := c.get("/proceedings/" + id + path); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}
