package ui

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/a-h/templ"

	"nazorat/internal/browsertest"
	"nazorat/internal/web/static"
)

// policy is stricter than any page may need: nothing inline, nothing from elsewhere.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func pages(g gallery) map[string]func() templ.Component {
	return map[string]func() templ.Component{"work": g.work, "case": g.proceeding, "form": g.form, "parts": g.parts, "door": g.door}
}

// fresh is a part of a page as an event stream sends it: on one line.
func fresh(t *testing.T, lang string) string {
	var html strings.Builder
	g := gallery{lang: lang}
	if err := Fragment(words{lang: lang}, g.deadlines("fresh")).Render(context.Background(), &html); err != nil {
		t.Error(err)
	}
	return strings.ReplaceAll(html.String(), "\n", " ")
}

// serveGallery serves the gallery and counts the forms that arrive; a form is
// answered only when release is closed.
func serveGallery(t *testing.T, posts *atomic.Int32, release <-chan struct{}) string {
	t.Helper()
	if err := static.Check(); err != nil {
		if os.Getenv("NAZORAT_REQUIRE_BROWSER") == "1" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+static.Prefix, static.Handler())
	mux.HandleFunc("GET /live", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprintf(w, "event: deadlines\ndata: %s\n\n", fresh(t, r.FormValue("lang")))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	mux.HandleFunc("GET /page/{lang}/{page}", func(w http.ResponseWriter, r *http.Request) {
		page, ok := pages(gallery{lang: r.PathValue("lang")})[r.PathValue("page")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err := page().Render(r.Context(), w); err != nil {
			t.Errorf("render %s: %v", r.URL.Path, err)
		}
	})
	mux.HandleFunc("POST /form", func(w http.ResponseWriter, r *http.Request) {
		// A handler learns that the browser left only once the form is read.
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		posts.Add(1)
		select {
		case <-release:
		case <-r.Context().Done():
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!doctype html><html lang="en"><title>done</title><h1>done</h1>`)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(func() {
		// The event streams never end by themselves, and Close waits for them.
		s.CloseClientConnections()
		s.Close()
	})
	return s.URL
}

// The pictures go to the folder that NAZORAT_PICTURES names, for people to look at.
func TestEveryComponentCanBeUsedByEveryoneOnDeskAndPhone(t *testing.T) {
	url := serveGallery(t, new(atomic.Int32), nil)
	b := browsertest.Start(t)
	for _, size := range []struct {
		name          string
		width, height int
	}{{"desk", 1366, 768}, {"phone", 390, 844}} {
		for _, lang := range []string{"uz", "ru"} {
			for name := range pages(gallery{lang: lang}) {
				t.Run(size.name+"/"+lang+"/"+name, func(t *testing.T) {
					p := b.Page(t, size.width, size.height)
					p.Goto(url + "/page/" + lang + "/" + name)
					if name == "case" {
						p.WaitFor("#fresh")
					}
					p.Axe(t)
					if wide := p.Eval("document.documentElement.scrollWidth"); wide != fmt.Sprint(size.width) {
						t.Errorf("the page is %s wide in a window of %d", wide, size.width)
					}
					if dir := os.Getenv("NAZORAT_PICTURES"); dir != "" {
						p.Screenshot(filepath.Join(dir, size.name+"-"+lang+"-"+name+".png"))
					}
				})
			}
		}
	}
}

func TestFontHoldsEveryLetterOfTheLanguagesAndEvenFigures(t *testing.T) {
	url := serveGallery(t, new(atomic.Int32), nil)
	p := browsertest.Start(t).Page(t, 1366, 768)
	p.Goto(url + "/page/uz/work")
	for _, family := range []string{"Source Sans 3", "Source Serif 4"} {
		// A letter that a font lacks is drawn by the fallback: as wide with it
		// behind the font as alone. Two fallbacks of unlike widths tell them apart.
		got := p.Eval(`(async () => {
			const letters = "AaBbOoʻGgʻShʼ 0123456789 АаБбЎўҚқҒғҲҳЁёЪъЫыЭэЩщ№";
			await document.fonts.load("16px '` + family + `'", letters);
			const c = document.createElement("canvas").getContext("2d");
			const width = (font, s) => { c.font = "64px " + font; return c.measureText(s).width };
			const missing = [...new Set(letters)].filter((l) =>
				width("'` + family + `', monospace", l) !== width("'` + family + `', sans-serif", l));
			const figures = new Set([..."0123456789"].map((f) => {
				const s = document.createElement("span");
				s.className = "nz-table"; s.textContent = f.repeat(20);
				document.querySelector("main").append(s);
				return Math.round(s.getBoundingClientRect().width);
			}));
			return missing.join("") + "|" + figures.size;
		})()`)
		if got != `"|1"` {
			t.Errorf("%s: letters missing | widths of figures: %s", family, got)
		}
	}
}

func TestFormIsSentOnceHoweverOftenTheButtonIsPressed(t *testing.T) {
	var posts atomic.Int32
	release := make(chan struct{})
	url := serveGallery(t, &posts, release)
	p := browsertest.Start(t).Page(t, 1366, 768)
	p.Goto(url + "/page/uz/form")
	// One script does it all: while a page waits for the next one, the browser
	// may keep what is asked of it until that has come.
	marked := p.Eval(`new Promise((resolve) => {
		const button = document.querySelector("#send");
		new MutationObserver(() => { button.click(); resolve(button.getAttribute("aria-disabled")) }).observe(button, { attributes: true });
		button.click(); button.click(); button.click();
	})`)
	if marked != `"true"` {
		t.Errorf("the button that was pressed is marked %s", marked)
	}
	close(release)
	p.WaitText("h1", "done")
	if n := posts.Load(); n != 1 {
		t.Errorf("the form arrived %d times", n)
	}
}

func TestDateIsSaidInWordsAsItWasTyped(t *testing.T) {
	url := serveGallery(t, new(atomic.Int32), nil)
	p := browsertest.Start(t).Page(t, 1366, 768)
	p.Goto(url + "/page/ru/form")
	p.WaitText("#at + .nz-date-words", "пятница, 6 марта 2026 г.")
	p.WaitText("#at + .nz-date-words", "23:10")
	p.Fill("#at", "2026-03-08T00:05")
	p.WaitText("#at + .nz-date-words", "воскресенье, 8 марта 2026 г.")
	p.WaitText("#at + .nz-date-words", "00:05")
}

func TestPagesWorkWithoutScript(t *testing.T) {
	var posts atomic.Int32
	release := make(chan struct{})
	close(release)
	url := serveGallery(t, &posts, release)
	p := browsertest.Start(t).Page(t, 390, 844)
	p.ScriptOff()
	p.Goto(url + "/page/uz/form")
	// The field under a choice and the navigation are there without the script that folds them.
	p.Fill("#where", "Buxoro")
	if visible := p.Eval(`document.querySelector("#navigation a").getClientRects().length > 0 && document.querySelector("#where").getClientRects().length > 0`); visible != "true" {
		t.Error("without script something is hidden for ever")
	}
	p.Follow("#send")
	p.WaitText("h1", "done")
	if posts.Load() != 1 {
		t.Error("the form did not arrive")
	}
}

func TestComponentsAskForExactlyTheWordsThatAreListed(t *testing.T) {
	if err := static.Check(); err != nil {
		t.Skip(err)
	}
	asked := map[string]bool{}
	for _, page := range pages(gallery{lang: "uz", asked: asked}) {
		if err := page().Render(context.Background(), io.Discard); err != nil {
			t.Fatal(err)
		}
	}
	listed := TextKeys()
	for _, key := range listed {
		if !asked[key] {
			t.Errorf("%s is listed and no component asks for it", key)
		}
		if _, ok := galleryWords[key]; !ok {
			t.Errorf("the gallery has no words for %s", key)
		}
		delete(asked, key)
	}
	for key := range asked {
		t.Errorf("%s is asked for and not in TextKeys", key)
	}
}
