package lawtext_test

import (
	"testing"

	"nazorat/internal/lawtext"
)

func TestArticlesNameTheirActOfLawInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	l := &lawtext.Labels{Shorts: map[string]string{"CPC": "УПК", "L. 689": "З. 689", "L.": "З."}}
	for article, want := range map[string]string{
		"CPC 329":         "УПК 329",
		"CPC 379, 381-12": "УПК 379, 381-12",
		"CPC":             "УПК",
		"CPCX 1":          "CPCX 1",
		"CC 169":          "CC 169",
		"L. 689 28":       "З. 689 28",
		"":                "",
	} {
		if got := l.Article(article); got != want {
			t.Errorf("%q: %q, want %q", article, got, want)
		}
	}
}
