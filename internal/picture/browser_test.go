package picture

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nazorat/internal/browsertest"
	"nazorat/internal/lived"
	"nazorat/internal/web"
	"nazorat/internal/web/static"
	"nazorat/internal/web/ui"
)

// In a real browser: no words of a path run into others or out of their stop, however many stops there are,
// on a desk, on a small one and on a phone. NAZORAT_PICTURES=folder keeps pictures.
func TestWordsOfAPathKeepToTheirStops(t *testing.T) {
	b := browsertest.Start(t)
	langs := []string{"uz", "uz-Cyrl", "ru", "en"}
	pages := map[string]string{} // by language: all the drawings, one below the other
	for _, lang := range langs {
		var html strings.Builder
		add := func(w *web.Words, name string, v PathView) {
			fmt.Fprintf(&html, "<h2>%s</h2>", name)
			if err := ui.Fragment(w, Path(v)).Render(t.Context(), &html); err != nil {
				t.Fatal(err)
			}
		}
		for _, p := range paths {
			l := lived.New(t, lived.Law(t, p.law))
			p.live(l)
			w := lived.Words(t, l.Law, Texts).In(lang)
			add(w, p.name, NewPath(w, l.Proceeding(), l.History))
		}
		for _, name := range []string{"uz/criminal", "uz/supervision", "uz/appeals", "it/road-fines", "us-il/felony"} {
			law := lived.Law(t, name)
			w := lived.Words(t, law, Texts).In(lang)
			add(w, name, NewLawPath(w, law.Editions[len(law.Editions)-1], func(kind, state string) string { return "#" + kind + state }))
		}
		pages[lang] = html.String()
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, static.Prefix) {
			static.Handler().ServeHTTP(w, r)
			return
		}
		lang := strings.TrimPrefix(r.URL.Path, "/")
		if pages[lang] == "" {
			http.NotFound(w, r)
			return
		}
		_, _ = fmt.Fprintf(w, `<!DOCTYPE html><html lang=%q class="govuk-template"><head><title>Paths</title><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href=%q></head><body class="govuk-template__body"><main class="govuk-width-container"><h1>Paths</h1>%s</main></body></html>`,
			lang, static.Path("app.css"), pages[lang])
	}))
	defer server.Close()
	for _, size := range []struct {
		name          string
		width, height int
	}{{"desk", 1366, 768}, {"small", 1200, 768}, {"tablet", 800, 1000}, {"phone", 390, 844}} {
		p := b.Page(t, size.width, size.height)
		for _, lang := range langs {
			p.Goto(server.URL + "/" + lang)
			if got := p.Eval(collides); got != `""` {
				t.Errorf("%s, %s: %s", lang, size.name, got)
			}
			if dir := os.Getenv("NAZORAT_PICTURES"); dir != "" {
				p.Screenshot(filepath.Join(dir, "path-"+size.name+"-"+lang+".png"))
			}
		}
	}
}

// collides says which words lie over others, or beside their stop, and whether the page is wider than its window.
const collides = `(async () => {
	await document.fonts.ready
	const bad = []
	for (const path of document.querySelectorAll(".nz-path")) {
	const seen = []
	for (const words of path.querySelectorAll(".nz-path__words")) {
		const stop = words.closest(".nz-path__stop").getBoundingClientRect()
		const walk = document.createTreeWalker(words, NodeFilter.SHOW_TEXT)
		for (let node; node = walk.nextNode();) {
			const style = getComputedStyle(node.parentElement)
			if (style.clipPath !== "none" || style.clip !== "auto" || !node.textContent.trim()) continue
			const range = document.createRange()
			range.selectNodeContents(node)
			for (const r of range.getClientRects()) {
				if (r.width < 2) continue
				if (r.left < stop.left - 1 || r.right > stop.right + 1) bad.push("beside its stop: " + node.textContent.trim())
				for (const o of seen) if (o.words !== words && r.left < o.r.right - 1 && o.r.left < r.right - 1 && r.top < o.r.bottom - 4 && o.r.top < r.bottom - 4) bad.push(node.textContent.trim() + " over " + o.text)
				seen.push({ words, r, text: node.textContent.trim() })
			}
		}
	}
	if (seen.length < 2) bad.push("no words")
	}
	if (!document.querySelector(".nz-path--many")) bad.push("no long road")
	if (document.documentElement.scrollWidth > window.innerWidth) bad.push("the page scrolls sideways")
	return bad.join("; ")
})()`
