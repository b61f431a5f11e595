package lawbook

import (
	"html"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"nazorat/internal/calendar"
	"nazorat/internal/explain"
	"nazorat/internal/lawload"
	"nazorat/internal/lived"
	"nazorat/internal/picture"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
	"nazorat/laws"
)

func TestLawPageSaysEverythingInEveryLanguage(t *testing.T) {
	for _, name := range []string{"uz/criminal", "uz/supervision", "uz/appeals", "it/road-fines", "us-il/felony", "xx/court"} {
		law := court(t)
		if name != "xx/court" {
			law = lived.Law(t, name)
		}
		words := lived.Words(t, law, explain.Texts, picture.Texts, Texts)
		now := calendar.At(law.Editions[0].Days.Zone().Moment(calendar.DateOf(2026, 6, 1), 0).Time())
		for _, lang := range []string{"uz", "uz-Cyrl", "ru", "en"} {
			for _, e := range law.Editions {
				v := newLawView(words.In(lang), e, law.At(now), now, showing{all: true})
				if len(v.Acts) != countActs(e) || len(v.Terms) != countTerms(e) || len(v.AllTerms.Rows) != countTerms(e) {
					t.Errorf("%s %s: %d acts, %d terms", name, e.Name, len(v.Acts), len(v.Terms))
				}
				text := rendered(t, words.In(lang), lawBody(v))
				for _, prefix := range []string{">law.", ">explain.", ">path.", " law.", " explain."} {
					if strings.Contains(text, prefix) {
						t.Errorf("%s %s: a text is missing near %q", name, lang, text[strings.Index(text, prefix):][:40])
					}
				}
				checkAnchors(t, name+" "+lang, text)
				only := newLawView(words.In(lang), e, law.At(now), now, showing{only: true, all: true})
				checkAnchors(t, name+" "+lang+", to be confirmed", rendered(t, words.In(lang), lawBody(only)))
			}
		}
	}
}

func TestListShowsEveryLawAndSaysWhichTheOfficeApplies(t *testing.T) {
	var list []*procedure.Law
	for _, name := range []string{"uz/criminal", "it/road-fines", "us-il/felony"} {
		list = append(list, lived.Law(t, name))
	}
	words, err := web.NewCatalogue(list, web.Texts, explain.Texts, picture.Texts, Texts)
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

// court is a law of no country that uses what the laws of countries do without, in two editions.
func court(t *testing.T) *procedure.Law {
	t.Helper()
	law, _, err := lawload.Load(os.DirFS("testdata/laws"), "xx/court")
	if err != nil {
		t.Fatal(err)
	}
	return law
}

func TestLawPageSaysWhatIsOpenAndWhatANewEditionDoes(t *testing.T) {
	law := court(t)
	w := lived.Words(t, law, explain.Texts, picture.Texts, Texts).In("en")
	now := calendar.At(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))
	first, second := law.Editions[0], law.Editions[1]
	text := plain(rendered(t, w, lawBody(newLawView(w, first, second, now, showing{all: true}))))
	for _, want := range []string{
		"A copy goes to chief", "Does along open watch", "Does along take in", "in the proceeding that is stated: main", "These go along: person and hold", "Takes over person and hold",
		"Must wait for wait", "A time of waiting", "3 days from the end of the term “appealable”", "the end is stated in the act; at most 6 months", "6 months after the act “judge”", "1 year after the act “ask early”",
		"All its periods count together (person)", "Not possible until then ask early", "Once done, it begins again", "At the end, told: clerk.", "2 hours after the end, the matter goes to: chief.",
		"Does the day of receipt count?", "Answered here the starting day is the first day", "Could be the starting hour or day is not counted", "Terms that hang on it answer in time",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "When it came into force") {
		t.Error("the first edition found open proceedings")
	}
	text = plain(rendered(t, w, lawBody(newLawView(w, second, second, now, showing{all: true}))))
	for _, want := range []string{"When it came into force", "Counted anew answer in time", "Fell away wait", "hold: “sought” became “held”"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page of the second edition does not say %q:\n%s", want, text)
		}
	}
}

func TestRulesToBeConfirmedStandAloneWhereAsked(t *testing.T) {
	law := court(t)
	w := lived.Words(t, law, explain.Texts, picture.Texts, Texts).In("en")
	e := law.Editions[0]
	v := newLawView(w, e, e, 1, showing{only: true})
	if len(v.Acts) == 0 || len(v.Acts) >= countActs(e) || len(v.Terms) == 0 || len(v.Terms) >= countTerms(e) {
		t.Fatalf("%d acts of %d, %d terms of %d", len(v.Acts), countActs(e), len(v.Terms), countTerms(e))
	}
	for _, r := range append(v.Acts, v.Terms...) {
		if r.Sure.Mark == "V" || r.Sure.Mark == "V+" || r.Sure.Mark == "" {
			t.Errorf("%s is marked %q", r.Name, r.Sure.Mark)
		}
	}
	if v.Filter[1].Count != len(v.Acts)+len(v.Terms) || !v.Filter[1].Current || v.Filter[0].Count != countActs(e)+countTerms(e) {
		t.Errorf("%+v", v.Filter)
	}
	// A law that marks nothing has nothing to choose from.
	for _, r := range e.Acts {
		if r != nil {
			r.Confidence = ""
		}
	}
	for _, x := range e.Terms {
		if x != nil {
			x.Confidence = ""
		}
	}
	if v := newLawView(w, e, e, 1, showing{only: true}); len(v.Filter) > 0 || v.Only || len(v.Acts) != countActs(e) || v.SureNote == "" {
		t.Errorf("a law without marks: %+v", v.Filter)
	}
}

func TestWhatStandsBesideALawSaysHowSureItIs(t *testing.T) {
	law, _, err := lawload.Load(laws.FS, "uz/criminal") // of its own, for a mark is changed below
	if err != nil {
		t.Fatal(err)
	}
	w := lived.Words(t, law, explain.Texts, picture.Texts, Texts).In("en")
	e := law.Editions[len(law.Editions)-1]
	v := newLawView(w, e, e, 1, showing{})
	if len(v.Beside) != len(besideKeys) {
		t.Fatalf("%+v, want what %d files lay down", v.Beside, len(besideKeys))
	}
	text := plain(rendered(t, w, lawBody(v)))
	for _, want := range []string{"Laid down beside the law", "CPC 382 M : from memory, still to be checked in the text What the monthly check of registration is prepared with"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
	names, err := lawload.Names(laws.FS)
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		for _, b := range lived.Law(t, name).Beside {
			if besideKeys[b.Name] == "" || b.Article == "" {
				t.Errorf("%s: %+v has no words or no article", name, b)
			}
		}
	}
	// Where what is to be confirmed is asked for, what is confirmed stays away.
	law.Beside[0].Confidence = "V"
	if v := newLawView(w, e, e, 1, showing{only: true}); len(v.Beside) != len(besideKeys)-1 {
		t.Errorf("%d of %d are to be confirmed", len(v.Beside), len(besideKeys))
	}
}

var tags = regexp.MustCompile(`<[^>]*>|\s+`)

// plain is the text of HTML, blanks as one.
func plain(s string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(s, " "))), " ")
}
