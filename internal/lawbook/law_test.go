package lawbook

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"nazorat/internal/calendar"
	"nazorat/internal/lived"
	"nazorat/internal/picture"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

func TestLawPageSaysEverythingInEveryLanguage(t *testing.T) {
	for _, name := range []string{"uz/criminal", "it/road-fines", "us-il/felony"} {
		law := lived.Law(t, name)
		words := lived.Words(t, law, picture.Texts, Texts)
		now := calendar.At(law.Editions[0].Days.Zone().Moment(calendar.DateOf(2026, 6, 1), 0).Time())
		for _, lang := range []string{"uz", "uz-Cyrl", "ru", "en"} {
			for _, e := range law.Editions {
				v := newLawView(words.In(lang), e, law.At(now), now)
				if len(v.Acts) != countActs(e) || len(v.Terms) != countTerms(e) || len(v.AllTerms.Rows) != countTerms(e) {
					t.Errorf("%s %s: %d acts, %d terms", name, e.Name, len(v.Acts), len(v.Terms))
				}
				text := rendered(t, words.In(lang), lawBody(v))
				for _, prefix := range []string{">law.", ">deadline.", ">path.", " law.", " deadline."} {
					if strings.Contains(text, prefix) {
						t.Errorf("%s %s: a text is missing near %q", name, lang, text[strings.Index(text, prefix):][:40])
					}
				}
				checkAnchors(t, name+" "+lang, text)
			}
		}
	}
}

func TestListShowsEveryLawAndSaysWhichTheOfficeApplies(t *testing.T) {
	var list []*procedure.Law
	for _, name := range []string{"uz/criminal", "it/road-fines", "us-il/felony"} {
		list = append(list, lived.Law(t, name))
	}
	words, err := web.NewCatalogue(list, web.Texts, picture.Texts, Texts)
	if err != nil {
		t.Fatal(err)
	}
	applied := func(l *procedure.Law) bool { return l.Name == "uz/criminal" }
	for _, lang := range []string{"uz", "uz-Cyrl", "ru", "en"} {
		w := words.In(lang)
		v := newLawsView(w, list, applied, calendar.At(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)))
		if len(v.Laws) != len(list) {
			t.Fatalf("%s: %d laws of %d", lang, len(v.Laws), len(list))
		}
		html := rendered(t, w, lawsBody(v))
		for i, l := range v.Laws {
			want := w.T("law.to_read")
			if i == 0 {
				want = w.T("law.applied")
			}
			if l.Href != "/laws/"+list[i].Name || l.Use.Text != want || !strings.Contains(html, ">"+want+"<") {
				t.Errorf("%s: %s at %s is %q, want %q", lang, l.Name, l.Href, l.Use.Text, want)
			}
		}
	}
}

// checkAnchors: whatever the page links to within itself is there, once.
func checkAnchors(t *testing.T, what, html string) {
	t.Helper()
	ids := map[string]int{}
	for _, part := range strings.Split(html, ` id="`)[1:] {
		ids[part[:strings.IndexByte(part, '"')]]++
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("%s: the id %s is given %d times", what, id, n)
		}
	}
	for _, part := range strings.Split(html, `href="#`)[1:] {
		if id := part[:strings.IndexByte(part, '"')]; ids[id] == 0 {
			t.Errorf("%s: nothing has the id %s", what, id)
		}
	}
}

func TestArticleBelongsToTheActOfLawWithTheLongestName(t *testing.T) {
	law := lived.Law(t, "it/road-fines")
	e := law.Editions[0]
	for article, want := range map[string]string{"CdS 201": "285", "L. 689 28": "689", "XYZ 1": ""} {
		if got := Source(&procedure.Labels{}, e, article); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%s is of %q", article, got)
		}
	}
}

// rendered is a component as HTML in the words of a language.
func rendered(t *testing.T, w *web.Words, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := ui.Fragment(w, c).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
