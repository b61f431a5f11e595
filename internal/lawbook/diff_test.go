package lawbook

import (
	"strings"
	"testing"

	"nazorat/internal/amend"
	"nazorat/internal/lived"
	"nazorat/internal/picture"
)

func TestTwoEditionsAreShownSideBySide(t *testing.T) {
	law := lived.Law(t, "it/road-fines")
	words := lived.Words(t, law, picture.Texts, amend.Texts, Texts)
	first, last := law.Editions[0], law.Editions[len(law.Editions)-1]
	for lang, want := range map[string][2]string{"en": {"60 days", "30 days"}, "ru": {"60 дней", "30 дней"}, "uz": {"60 kun", "30 kun"}, "uz-Cyrl": {"60 кун", "30 кун"}} {
		w := words.In(lang)
		html := rendered(t, w, diffBody(newDiffView(w, first, last)))
		for _, part := range []string{"<del>" + want[0] + "</del>", "<ins>" + want[1] + "</ins>", "CdS 204-bis"} {
			if !strings.Contains(html, part) {
				t.Errorf("%s: the page lacks %q", lang, part)
			}
		}
		if strings.Contains(html, "diff.") {
			t.Errorf("%s: a text is missing near %q", lang, html[strings.Index(html, "diff."):][:40])
		}
		if same := rendered(t, w, diffBody(newDiffView(w, last, last))); !strings.Contains(same, w.T("diff.same")) || strings.Contains(same, "<table") {
			t.Errorf("%s: the same edition twice shows a difference", lang)
		}
		if c := newCompare(w, last); len(c.Links) != len(law.Editions)-1 || c.Links[0].Href != "/laws/it/road-fines/diff/"+first.Name+"/"+last.Name || newCompare(w, first).Links[0] != (lawLink{w.Date(last.InForce), c.Links[0].Href}) {
			t.Errorf("%s: comparisons %+v", lang, c)
		}
	}
}
