package lawbook

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"nazorat/internal/browsertest"
	"nazorat/internal/calendar"
	"nazorat/internal/lawdraw"
	"nazorat/internal/lived"
	"nazorat/internal/picture"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
	"nazorat/internal/web/static"
)

var lawNames = []string{"uz/criminal", "it/road-fines", "us-il/felony"}

func pictureOf(t *testing.T, artist *lawdraw.Artist, w *web.Words, e *procedure.Edition, d lawdraw.Drawing) (*lawdraw.Picture, pictureView) {
	t.Helper()
	p, err := artist.Draw(t.Context(), e, d, w, w.Lang, pictureLinks(e, d))
	if err != nil {
		t.Fatal(err)
	}
	return p, newPictureView(w, e, p)
}

// Whatever a drawing leads to is there: another drawing of the edition, or a place on the page of its rules.
func TestWhatADrawingLeadsToIsThere(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`href="([^"]*)"`)
	var artist lawdraw.Artist
	for _, name := range lawNames {
		law := lived.Law(t, name)
		w := lived.Words(t, law, picture.Texts, Texts).In("uz")
		for _, e := range law.Editions {
			there := map[string]bool{editionHref(e): true}
			now := calendar.At(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))
			note := func(at, html string) {
				for _, part := range strings.Split(html, ` id="`)[1:] {
					there[at+"#"+part[:strings.IndexByte(part, '"')]] = true
				}
			}
			page := rendered(t, w, lawBody(newLawView(w, e, law.At(now), now, showing{})))
			note(editionHref(e), page)
			if !strings.Contains(page, PictureHref(e, "")) {
				t.Errorf("%s %s: the page of the rules does not lead to the drawings", name, e.Name)
			}
			if long(e) {
				note(stagesHref(e), rendered(t, w, stagesBody(newStagesView(w, e, law.At(now)))))
				for _, part := range e.Parts() {
					v, _ := newPartView(w, e, law.At(now), part)
					note(partHref(e, part), rendered(t, w, partBody(v)))
				}
			}
			for _, d := range lawdraw.Drawings(e) {
				there[PictureHref(e, d.ID())], there[pictureHref(e, d.ID(), "picture.svg")] = true, true
			}
			for i, d := range lawdraw.Drawings(e) {
				if d.Stage != "" && i%5 != 0 {
					continue // they are made alike
				}
				_, v := pictureOf(t, &artist, w, e, d)
				html := rendered(t, w, pictureBody(v))
				found := link.FindAllStringSubmatch(html, -1)
				if len(found) < 3 || strings.Contains(html, ">draw.") || strings.Contains(html, ">picture.") {
					t.Errorf("%s %s %s: %d links, or a text is missing", name, e.Name, d.ID(), len(found))
				}
				for _, m := range found {
					if href := strings.ReplaceAll(m[1], "&amp;", "&"); !there[href] {
						t.Errorf("%s %s %s: nothing is at %s", name, e.Name, d.ID(), href)
					}
				}
			}
		}
	}
}

// In a real browser: no text grows out of its box or out of the drawing, with our font in the page as with that of
// whoever opens the file; nothing but the drawing scrolls sideways; axe finds nothing. NAZORAT_PICTURES=folder keeps pictures.
func TestDrawingsFitInABrowser(t *testing.T) {
	b := browsertest.Start(t)
	law := lived.Law(t, "uz/criminal")
	words := lived.Words(t, law, picture.Texts, Texts)
	e := law.Editions[len(law.Editions)-1]
	var artist lawdraw.Artist
	list := lawdraw.Drawings(e)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, static.Prefix) {
			static.Handler().ServeHTTP(w, r)
			return
		}
		var lang, form string
		var i int
		if _, err := fmt.Sscanf(r.URL.Path, "/%d/%s", &i, &lang); err != nil || i >= len(list) {
			http.NotFound(w, r)
			return
		}
		lang, form, _ = strings.Cut(lang, "/")
		p, v := pictureOf(t, &artist, words.In(lang), e, list[i])
		if form == "file" {
			w.Header().Set("Content-Type", "image/svg+xml")
			_, _ = w.Write(p.SVG(lawdraw.Alone))
			return
		}
		w.Header().Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'")
		_, _ = fmt.Fprintf(w, `<!DOCTYPE html><html lang=%q class="govuk-template"><head><title>%s</title><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href=%q></head><body class="govuk-template__body"><main class="govuk-width-container">%s</main></body></html>`,
			lang, p.Title, static.Path("app.css"), rendered(t, words.In(lang), pictureBody(v)))
	}))
	defer server.Close()
	for _, size := range []struct {
		name          string
		width, height int
	}{{"desk", 1366, 768}, {"phone", 390, 844}} {
		p := b.Page(t, size.width, size.height)
		for i, d := range list {
			for n, lang := range []string{"uz", "ru", "en", "uz-Cyrl"} {
				// Half a second each: overviews are looked at in every language, the others in one, of stages every fifth; on a phone overviews only.
				one, phone := n == i%4, size.name == "phone"
				if !one && (phone || !d.Parts) || phone && !d.Parts || d.Stage != "" && i%5 != 0 {
					continue
				}
				for _, form := range []string{"page", "file"} {
					if form == "file" && (!one || phone) {
						continue
					}
					p.Goto(fmt.Sprintf("%s/%d/%s/%s", server.URL, i, lang, form))
					if got := p.Eval(outgrown); got != `""` {
						t.Errorf("%s %s %s %s: %s", d.ID(), lang, form, size.name, got)
					}
					if form == "page" && one {
						p.Axe(t)
					}
					if dir := os.Getenv("NAZORAT_PICTURES"); dir != "" {
						p.Screenshot(filepath.Join(dir, strings.Join([]string{size.name, d.ID(), lang, form}, "-")+".png"))
					}
				}
			}
		}
	}
}

// outgrown says which texts do not fit, and whether the page is wider than its window.
const outgrown = `(async () => {
	await document.fonts.ready
	const bad = []
	const svg = document.querySelector("svg.nz-drawing")
	const box = svg.viewBox.baseVal
	for (const g of svg.querySelectorAll("g[id]")) {
		const rect = g.querySelector("rect").getBBox()
		for (const text of g.querySelectorAll("text")) {
			const b = text.getBBox()
			if (b.x < rect.x || b.x + b.width > rect.x + rect.width || b.y < rect.y || b.y + b.height > rect.y + rect.height + 1) bad.push(text.textContent)
		}
	}
	for (const text of svg.querySelectorAll("text")) {
		const b = text.getBBox()
		if (b.x + b.width > box.width) bad.push("beyond the drawing: " + text.textContent)
	}
	if (svg.querySelectorAll("g[id] text").length === 0) bad.push("no text")
	if (document.documentElement.tagName === "HTML" && document.documentElement.scrollWidth > window.innerWidth) bad.push("the page scrolls sideways")
	return bad.join("; ")
})()`
