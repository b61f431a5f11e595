package lawbook

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/explain"
	"nazorat/internal/lived"
	"nazorat/internal/picture"
	"nazorat/internal/web/ui"
)

// mostPage is how heavy a page of a law may be, in bytes of HTML before compression; its frame comes on top.
const mostPage = 150_000

// Every page of a long law is light, has each of its rules in full once, and every link between the pages arrives.
func TestALongLawIsReadPartByPartAndNoLinkIsLost(t *testing.T) {
	law := lived.Law(t, "uz/criminal")
	words := lived.Words(t, law, explain.Texts, picture.Texts, Texts)
	e := law.Editions[len(law.Editions)-1]
	now := calendar.At(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))
	link := regexp.MustCompile(`href="([^"]*)"`)
	for _, lang := range []string{"uz", "uz-Cyrl", "ru", "en"} {
		w := words.In(lang)
		pages := map[string]string{}
		add := func(at, name, html string) {
			if len(html) > mostPage {
				t.Errorf("%s: the page %s has %d bytes", lang, name, len(html))
			}
			if i := strings.Index(html, ">law."); i >= 0 {
				t.Errorf("%s, %s: a text is missing near %q", lang, name, html[i:][:40])
			}
			checkAnchors(t, lang+" "+name, html)
			pages[at] = html
		}
		v := newLawView(w, e, law.At(now), now, showing{})
		add(editionHref(e), "of the law", rendered(t, w, lawBody(v)))
		add(openHref(e), "to be confirmed", rendered(t, w, lawBody(newLawView(w, e, law.At(now), now, showing{only: true}))))
		acts, terms := 0, 0
		for _, part := range e.Parts() {
			p, ok := newPartView(w, e, law.At(now), part)
			if !ok {
				t.Fatalf("no page for the part %q", part)
			}
			acts, terms = acts+len(p.Acts), terms+len(p.Terms)
			add(partHref(e, part), "of the part "+part, rendered(t, w, partBody(p)))
		}
		if acts != countActs(e) || terms != countTerms(e) {
			t.Errorf("%d acts of %d and %d terms of %d stand in parts", acts, countActs(e), terms, countTerms(e))
		}
		for _, r := range e.Acts {
			// An address from before the law was parted finds the entry of the index.
			if r != nil && !strings.Contains(pages[editionHref(e)], ` id="act-`+r.Name+`"`) {
				t.Errorf("the index lacks %s", r.Name)
			}
		}
		for from, html := range pages {
			for _, m := range link.FindAllStringSubmatch(html, -1) {
				to, anchor, _ := strings.Cut(strings.ReplaceAll(m[1], "&amp;", "&"), "#")
				if page, ours := pages[to]; ours && anchor != "" && !strings.Contains(page, ` id="`+anchor+`"`) {
					t.Errorf("%s: from %s nothing is at %s", lang, from, m[1])
				}
				if strings.Contains(to, "/part/") && pages[to] == "" {
					t.Errorf("%s: from %s there is no page %s", lang, from, to)
				}
			}
		}
	}
	if first, _ := newPartView(words.In("en"), e, e, e.Parts()[0]); first.Pages.NewerHref != "" || first.Pages.OlderHref != partHref(e, e.Parts()[1]) {
		t.Errorf("beside the first part: %+v", first.Pages)
	}
	if _, ok := newPartView(words.In("en"), e, e, "none"); ok {
		t.Error("there is a page for a part that the law does not have")
	}
}

func TestAShortLawStandsOnOnePage(t *testing.T) {
	for _, name := range []string{"uz/supervision", "uz/appeals", "it/road-fines"} {
		law := lived.Law(t, name)
		e := law.Editions[0]
		w := lived.Words(t, law, explain.Texts, picture.Texts, Texts).In("en")
		v := newLawView(w, e, e, 1, showing{})
		if long(e) || len(v.Index) > 0 || v.All.Href != "" || len(v.Acts) != countActs(e) || strings.Contains(ActHref(e, v.Acts[0].ID[len("act-"):]), "/part/") {
			t.Errorf("%s is in parts", name)
		}
		if got := rendered(t, w, ui.Pagination(ui.PaginationView{})); got != "" {
			t.Errorf("pages beside it: %q", got)
		}
	}
}
