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

// mostPage is how heavy a page of a law may be, in bytes of HTML before compression, which leaves a tenth of it; its frame comes on top.
const mostPage = 175_000

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
		add(rulesHref(e), "of all rules", rendered(t, w, rulesBody(newRulesView(w, e, law.At(now)))))
		add(stagesHref(e), "of stages", rendered(t, w, stagesBody(newStagesView(w, e, law.At(now)))))
		add(whoHref(e), "of who may do what", rendered(t, w, whoBody(newWhoView(policies(t), someDay)(w, e, law.At(now)))))
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
			if r != nil && !strings.Contains(pages[rulesHref(e)], ` id="act-`+r.Name+`"`) {
				t.Errorf("%s: the names of all rules lack the act %s", lang, r.Name)
			}
		}
		for _, x := range e.Terms {
			for _, at := range []string{editionHref(e), rulesHref(e)} {
				if x != nil && !strings.Contains(pages[at], ` id="term-`+x.Name+`"`) {
					t.Errorf("%s: %s lacks the term %s", lang, at, x.Name)
				}
			}
		}
		for _, k := range e.Kinds {
			for i := range k.States {
				if id := stageAnchor(k.Name, law.StateName(k.ID, k.States[i])); !strings.Contains(pages[stagesHref(e)], ` id="`+id+`"`) {
					t.Errorf("%s: nothing is at %s", lang, id)
				}
			}
		}
		for from, html := range pages {
			for _, m := range link.FindAllStringSubmatch(html, -1) {
				to, anchor, _ := strings.Cut(strings.ReplaceAll(m[1], "&amp;", "&"), "#")
				if page, ours := pages[to]; ours && anchor != "" && !strings.Contains(page, ` id="`+anchor+`"`) {
					t.Errorf("%s: from %s nothing is at %s", lang, from, m[1])
				}
				if of := lawHref(law) + "/" + e.Name; pages[to] == "" && strings.HasPrefix(to, of) && !strings.HasPrefix(to, of+"/picture") {
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
	for _, name := range []string{"uz/appeals", "it/road-fines", "us-il/felony"} {
		law := lived.Law(t, name)
		e := law.Editions[0]
		w := lived.Words(t, law, explain.Texts, picture.Texts, Texts).In("en")
		v := newLawView(w, e, e, 1, showing{})
		if long(e) || len(v.Index) > 0 || len(v.Whole) > 0 || len(v.Kinds) == 0 || len(v.Acts) != countActs(e) || strings.Contains(ActHref(e, v.Acts[0].ID[len("act-"):]), "/part/") {
			t.Errorf("%s is in parts", name)
		}
		if got := rendered(t, w, ui.Pagination(ui.PaginationView{})); got != "" {
			t.Errorf("pages beside it: %q", got)
		}
	}
}
